/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * The connection that is made for a session: what it has of the session, what
 * of the template, and what it has whatever the template says.
 */

#include <check.h>

#include "compat.h"
#include "nin3a_ue/tunnels/nin3a_ue_template.h"
#include "test_nin3a_ue_host.h"

/** What was made */
static peer_cfg_t *made;

static void setup()
{
	host_setup();
	made = NULL;
}

static void teardown()
{
	DESTROY_IF(made);
	host_teardown();
}

/**
 * Make a connection for a session.
 */
static void apply(const char *name, kupf_session_t *of)
{
	DESTROY_IF(made);
	made = nin3a_ue_template_apply(name, of);
}

/**
 * Add a round of authentication to the template.
 */
static void add_round(bool local, auth_class_t class, char *id)
{
	auth_cfg_t *auth = auth_cfg_create();

	auth->add(auth, AUTH_RULE_AUTH_CLASS, class);
	if (id)
	{
		auth->add(auth, AUTH_RULE_IDENTITY,
				  identification_create_from_string(id));
	}
	connection->add_auth_cfg(connection, auth, local);
}

/**
 * That there is one round of PSK, with an identity.
 */
static void assert_round(bool local, char *expected)
{
	enumerator_t *enumerator;
	identification_t *id;
	auth_cfg_t *auth;
	u_int count = 0;
	char text[64];

	enumerator = made->create_auth_cfg_enumerator(made, local);
	while (enumerator->enumerate(enumerator, &auth))
	{
		ck_assert_uint_eq((uintptr_t)auth->get(auth, AUTH_RULE_AUTH_CLASS),
						  AUTH_CLASS_PSK);
		id = auth->get(auth, AUTH_RULE_IDENTITY);
		snprintf(text, sizeof(text), "%Y", id);
		ck_assert_str_eq(text, expected);
		count++;
	}
	enumerator->destroy(enumerator);
	ck_assert_uint_eq(count, 1);
}

/**
 * That these inner addresses are asked for.
 */
static void assert_vips(const char *expected)
{
	enumerator_t *enumerator;
	char text[256] = "";
	host_t *host;
	size_t len = 0;

	enumerator = made->create_virtual_ip_enumerator(made);
	while (enumerator->enumerate(enumerator, &host))
	{
		len += snprintf(text + len, sizeof(text) - len, "%s%H",
						len ? " " : "", host);
	}
	enumerator->destroy(enumerator);
	ck_assert_str_eq(text, expected);
}

START_TEST(test_none)
{
	apply("nin3a-ue", session);
	ck_assert_ptr_null(made);
	/* of another name, for IKEv1, without children */
	connection = host_connection("nin3a-ue", IKEV2, "pdu");
	apply("other", session);
	ck_assert_ptr_null(made);
	connection->destroy(connection);
	connection = host_connection("nin3a-ue", IKEV1, "pdu");
	apply("nin3a-ue", session);
	ck_assert_ptr_null(made);
	connection->destroy(connection);
	connection = host_connection("nin3a-ue", IKEV2, "");
	apply("nin3a-ue", session);
	ck_assert_ptr_null(made);
	connection->destroy(connection);
	connection = host_connection("nin3a-ue", IKE_ANY, "pdu");
	apply("nin3a-ue", session);
	ck_assert_ptr_nonnull(made);
}
END_TEST

START_TEST(test_taken_over)
{
	ike_cfg_t *ike_cfg;

	connection = host_connection("nin3a-ue", IKE_ANY, "pdu second");
	apply("nin3a-ue", session);
	ck_assert_str_eq(made->get_name(made), "nin3a-ue");
	ck_assert_int_eq(made->get_ike_version(made), IKEV2);
	ike_cfg = made->get_ike_cfg(made);
	ck_assert_str_eq(ike_cfg->get_other_addr(ike_cfg), "198.51.100.2");
	ck_assert_str_eq(ike_cfg->get_my_addr(ike_cfg), "192.0.2.1");
	ck_assert_uint_eq(ike_cfg->get_my_port(ike_cfg), 500);
	ck_assert_uint_eq(ike_cfg->get_other_port(ike_cfg), 4500);
	ck_assert(!ike_cfg->send_certreq(ike_cfg));
	assert_round(TRUE, "carol@example.org");
	assert_round(FALSE, "%any");
	assert_vips("%any");
}
END_TEST

/* of the template's authentication only the identity of the UPF is used */
START_TEST(test_authentication)
{
	connection = host_connection("nin3a-ue", IKEV2, "pdu");
	add_round(TRUE, AUTH_CLASS_PUBKEY, "dave@example.org");
	add_round(TRUE, AUTH_CLASS_EAP, NULL);
	add_round(FALSE, AUTH_CLASS_PUBKEY, "upf.example.org");
	add_round(FALSE, AUTH_CLASS_EAP, NULL);
	apply("nin3a-ue", session);
	assert_round(TRUE, "carol@example.org");
	assert_round(FALSE, "upf.example.org");
}
END_TEST

START_TEST(test_vips)
{
	kupf_session_data_t data;
	kupf_session_t *named;

	connection = host_connection("nin3a-ue", IKEV2, "pdu");
	connection->add_virtual_ip(connection, host_create_any(AF_INET6));
	connection->add_virtual_ip(connection,
							   host_create_from_string("10.9.0.1", 0));
	apply("nin3a-ue", session);
	assert_vips("%any6 10.9.0.1");
	/* those that the session names, and no others */
	test_session_data(&data, "carol", ID_RFC822_ADDR, "carol@example.org");
	data.upf_address = *kupf_session_get_upf_address(session);
	ck_assert(kupf_address_parse(chunk_from_str("10.3.0.1"),
								 &data.ue_addresses[0]));
	ck_assert(kupf_address_parse(chunk_from_str("2001:db8::1"),
								 &data.ue_addresses[1]));
	data.ue_address_count = 2;
	named = kupf_session_create(&data);
	apply("nin3a-ue", named);
	assert_vips("10.3.0.1 2001:db8::1");
	kupf_session_unref(named);
}
END_TEST

START_TEST(test_children)
{
	enumerator_t *enumerator;
	child_cfg_t *child_cfg;
	u_int count = 0;

	connection = host_connection("nin3a-ue", IKEV2, "pdu second");
	apply("nin3a-ue", session);
	enumerator = made->create_child_cfg_enumerator(made);
	while (enumerator->enumerate(enumerator, &child_cfg))
	{
		ck_assert_str_eq(child_cfg->get_name(child_cfg),
						 count++ ? "second" : "pdu");
	}
	enumerator->destroy(enumerator);
	ck_assert_uint_eq(count, 2);
}
END_TEST

/**
 * A template that sets all it can.
 */
static peer_cfg_t *create_full(bool ppk)
{
	ike_cfg_create_t ike = {
		.version = IKEV2,
		.local = "192.0.2.1",
		.local_port = 501,
		.remote = "203.0.113.1",
		.remote_port = 502,
		.force_encap = TRUE,
		.fragmentation = FRAGMENTATION_FORCE,
		.childless = CHILDLESS_FORCE,
		.dscp = 5,
	};
	peer_cfg_create_t peer = {
		.cert_policy = CERT_ALWAYS_SEND,
		.unique = UNIQUE_REPLACE,
		.keyingtries = 3,
		.rekey_time = 1000,
		.reauth_time = 700,
		.jitter_time = 0,
		.over_time = 44,
		.dpd = 33,
		.if_id_in = 7,
		.if_id_out = 8,
		.ppk_id = ppk ? identification_create_from_string("ppk") : NULL,
	};
	child_cfg_create_t child = {};
	peer_cfg_t *peer_cfg;
	ike_cfg_t *ike_cfg;

#ifdef PEER_CFG_HAS_OPTIONS
	peer.options = ppk ? OPT_NO_MOBIKE | OPT_PPK_REQUIRED : 0;
#else
	peer.no_mobike = peer.ppk_required = ppk;
#endif
	ike_cfg = ike_cfg_create(&ike);
	ike_cfg->add_proposal(ike_cfg, proposal_create_from_string(PROTO_IKE,
										"aes256gcm16-prfsha384-ecp384"));
	peer_cfg = peer_cfg_create("nin3a-ue", ike_cfg, &peer);
	peer_cfg->add_child_cfg(peer_cfg, child_cfg_create("pdu", &child));
	return peer_cfg;
}

START_TEST(test_template)
{
	linked_list_t *proposals;
	identification_t *id;
	ike_cfg_t *ike_cfg;
	char text[64];

	connection = create_full(_i);
	apply("nin3a-ue", session);
	ike_cfg = made->get_ike_cfg(made);
	ck_assert_uint_eq(ike_cfg->get_my_port(ike_cfg), 501);
	ck_assert_uint_eq(ike_cfg->get_other_port(ike_cfg), 502);
	ck_assert(ike_cfg->force_encap(ike_cfg));
	ck_assert_int_eq(ike_cfg->fragmentation(ike_cfg), FRAGMENTATION_FORCE);
	ck_assert_int_eq(ike_cfg->childless(ike_cfg), CHILDLESS_FORCE);
	ck_assert_uint_eq(ike_cfg->get_dscp(ike_cfg), 5);
	proposals = compat_get_proposals(ike_cfg);
	ck_assert_uint_eq(proposals->get_count(proposals), 1);
	proposals->destroy_offset(proposals, offsetof(proposal_t, destroy));
	ck_assert_uint_eq(made->get_over_time(made), 44);
	ck_assert_uint_eq(made->get_dpd(made), 33);
	ck_assert_uint_eq(made->get_if_id(made, TRUE), 7);
	ck_assert_uint_eq(made->get_if_id(made, FALSE), 8);
	ck_assert_uint_eq(made->get_rekey_time(made, FALSE), 1000);
	ck_assert_uint_eq(made->get_reauth_time(made, FALSE), 700);
	ck_assert(compat_ppk_required(made) == _i);
#ifdef PEER_CFG_HAS_OPTIONS
	ck_assert(made->has_option(made, OPT_NO_MOBIKE) == _i);
#else
	ck_assert(made->use_mobike(made) == !_i);
#endif
	id = made->get_ppk_id(made);
	ck_assert((id != NULL) == _i);
	if (id)
	{
		snprintf(text, sizeof(text), "%Y", id);
		ck_assert_str_eq(text, "ppk");
	}
	/* whatever it says: we try again ourselves, and two IKE_SAs of a session at
	 * once are the hand-over */
	ck_assert_int_eq(made->get_unique_policy(made), UNIQUE_NEVER);
	ck_assert_uint_eq(made->get_keyingtries(made), 1);
	ck_assert_int_eq(made->get_cert_policy(made), CERT_NEVER_SEND);
}
END_TEST

/* charon subtracts a tenth of the shorter time, at random */
START_TEST(test_jitter)
{
	uint32_t time, least = UINT32_MAX, most = 0, i;

	connection = create_full(FALSE);
	apply("nin3a-ue", session);
	for (i = 0; i < 1000; i++)
	{
		time = made->get_rekey_time(made, TRUE);
		least = min(least, time);
		most = max(most, time);
	}
	ck_assert_uint_ge(least, 1000 - 70);
	ck_assert_uint_le(most, 1000);
	ck_assert_uint_lt(least, most);
}
END_TEST

static Suite *nin3a_ue_template_suite()
{
	Suite *suite = suite_create("nin3a_ue_template");
	TCase *tc = test_case(suite, "connection", 0, setup, teardown);

	tcase_add_test(tc, test_none);
	tcase_add_test(tc, test_taken_over);
	tcase_add_test(tc, test_authentication);
	tcase_add_test(tc, test_vips);
	tcase_add_test(tc, test_children);
	tcase_add_loop_test(tc, test_template, 0, 2);
	tcase_add_test(tc, test_jitter);

	return suite;
}

int main(void)
{
	return test_run(nin3a_ue_template_suite());
}
