/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Whether the UPF is who the UE wants: as charon decides it, but before
 * it looks at the key.
 */

#include <check.h>

#include "nin3a/auth/nin3a_facts.h"
#include "test_runner.h"

static const struct {
	/** what the UE wants, NULL for no IDr */
	char *wanted;
	/** the connection's identity, NULL for none */
	char *ours;
	bool right;
} cases[] = {
	{ "moon.example.org", "moon.example.org", TRUE },
	{ NULL, "moon.example.org", TRUE },
	{ "%any", "moon.example.org", TRUE },
	{ "sun.example.org", "moon.example.org", FALSE },
	{ "@#6d6f6f6e2e6578616d706c652e6f7267", "moon.example.org", FALSE },
	/* the connection was found by this, but charon does not go by it */
	{ "*.example.org", "moon.example.org", FALSE },
	{ "fqdn:*", "moon.example.org", FALSE },
	/* a connection of many names, and one of any */
	{ "moon.example.org", "*.example.org", TRUE },
	{ "moon.example.com", "*.example.org", FALSE },
	{ "moon.example.org", NULL, TRUE },
	{ NULL, NULL, TRUE },
};

START_TEST(test_wanted)
{
	ike_cfg_create_t ike = {
		.version = IKEV2,
		.local = "%any",
		.local_port = 500,
		.remote = "%any",
		.remote_port = 500,
	};
	peer_cfg_create_t peer = {};
	identification_t *wanted = NULL;
	peer_cfg_t *peer_cfg;
	auth_cfg_t *auth;

	peer_cfg = peer_cfg_create("nin3a", ike_cfg_create(&ike), &peer);
	auth = auth_cfg_create();
	if (cases[_i].ours)
	{
		auth->add(auth, AUTH_RULE_IDENTITY,
				  identification_create_from_string(cases[_i].ours));
	}
	peer_cfg->add_auth_cfg(peer_cfg, auth, TRUE);
	/* the peer's is not looked at */
	auth = auth_cfg_create();
	auth->add(auth, AUTH_RULE_IDENTITY,
			  identification_create_from_string("sun.example.org"));
	peer_cfg->add_auth_cfg(peer_cfg, auth, FALSE);
	if (cases[_i].wanted)
	{
		wanted = identification_create_from_string(cases[_i].wanted);
	}
	ck_assert_int_eq(nin3a_facts_are_wanted(peer_cfg, wanted),
					 cases[_i].right);
	DESTROY_IF(wanted);
	peer_cfg->destroy(peer_cfg);
}
END_TEST

static Suite *nin3a_facts_suite(void)
{
	Suite *suite = suite_create("nin3a_facts");
	TCase *tc = test_case(suite, "wanted", 0, NULL, NULL);

	tcase_add_loop_test(tc, test_wanted, 0, countof(cases));

	return suite;
}

int main(void)
{
	return test_run(nin3a_facts_suite());
}
