/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * What a UPF assigns is taken only as far as it was asked for: so many inner
 * addresses of each family as the connection requests, and each of them such
 * that it can be the UE's.
 */

#include <check.h>

#include "nin3a_ue/auth/nin3a_ue_decision.h"
#include "test_ike_sa.h"
#include "test_runner.h"
#include "test_support.h"

#include <encoding/payloads/auth_payload.h>
#include <encoding/payloads/cp_payload.h>

/** Unique identifier of the IKE_SA */
#define IKE_SA 7

/** The IKE_SA */
static test_ike_sa_t sa;
static peer_cfg_t *peer_cfg;

/** Whether an address is on an interface */
static bool local;

/** charon's own */
static kernel_interface_t kernel, *original;

static nin3a_ue_table_t *table;
static nin3a_ue_sas_t *sas;
static nin3a_ue_legs_t *legs;
static nin3a_ue_decision_t *decision;

static void get_settings(nin3a_ue_config_t *this, nin3a_ue_settings_t *out)
{
	*out = (nin3a_ue_settings_t){
		.ike_profile = TUNNEL_PROFILE_NONE,
		.esp_profile = TUNNEL_PROFILE_NONE,
	};
}

static bool begin_exchange(tunnel_keyring_t *this, uint32_t ike_sa,
						   identification_t *ppk_id)
{
	ck_assert_uint_eq(ike_sa, IKE_SA);
	return FALSE;
}

static bool get_interface(kernel_interface_t *this, host_t *host, char **name)
{
	return local;
}

static peer_cfg_t *get_peer_cfg(ike_sa_t *this)
{
	return peer_cfg;
}

static proposal_t *get_proposal(ike_sa_t *this)
{
	return NULL;
}

static nin3a_ue_config_t config = { .get = get_settings };
static tunnel_keyring_t keyring = { .begin = begin_exchange };

/**
 * Begin to set up a tunnel of a session that names no addresses.
 */
static void setup()
{
	nin3a_ue_backoff_t backoff = { .first = 1000, .most = 1000 };
	ike_cfg_create_t ike = {
		.version = IKEV2,
		.local = "%any",
		.local_port = 500,
		.remote = "%any",
		.remote_port = 500,
	};
	peer_cfg_create_t peer = {};
	kupf_session_t *session, *begun;
	kupf_session_data_t data;
	nin3a_ue_order_t order;

	test_ike_sa_init(&sa, IKE_SA);
	sa.state = IKE_CONNECTING;
	sa.public.get_peer_cfg = get_peer_cfg;
	sa.public.get_proposal = get_proposal;
	peer_cfg = peer_cfg_create("nin3a-ue", ike_cfg_create(&ike), &peer);
	local = FALSE;
	original = charon->kernel;
	kernel = (kernel_interface_t){ .get_interface = get_interface };
	charon->kernel = &kernel;
	table = nin3a_ue_table_create();
	sas = nin3a_ue_sas_create(table);
	legs = nin3a_ue_legs_create(table, backoff);
	decision = nin3a_ue_decision_create(NULL, &config, sas, legs, &keyring);
	test_session_data(&data, "s", ID_KEY_ID, "ue");
	data.upf_address = kupf_address_of_host(sa.remote);
	session = kupf_session_create(&data);
	legs->want(legs, session, &order);
	ck_assert(order.start);
	begun = legs->begin(legs, order.name, order.serial);
	ck_assert(legs->bind(legs, begun, IKE_SA, 1, NULL));
	kupf_session_unref(begun);
	kupf_session_unref(session);
}

static void teardown()
{
	nin3a_ue_order_t order;

	legs->remove(legs, IKE_SA, &order);
	decision->destroy(decision);
	legs->destroy(legs);
	sas->destroy(sas);
	table->destroy(table);
	charon->kernel = original;
	peer_cfg->destroy(peer_cfg);
	test_ike_sa_deinit(&sa);
}

/**
 * Call something for each word of a text.
 */
static void for_each(const char *words, void (*cb)(const char *word, void *user),
					 void *user)
{
	enumerator_t *enumerator;
	char *word;

	enumerator = enumerator_create_token(words, " ", " ");
	while (enumerator->enumerate(enumerator, &word))
	{
		cb(word, user);
	}
	enumerator->destroy(enumerator);
}

static void ask_for(const char *address, void *user)
{
	peer_cfg->add_virtual_ip(peer_cfg,
					host_create_from_string((char*)address, 0));
}

static void assign(const char *address, void *cp)
{
	cp_payload_t *payload = cp;
	uint8_t six[17] = { [16] = 64 };
	host_t *host;
	chunk_t value;
	bool ipv4;

	host = host_create_from_string((char*)address, 0);
	value = host->get_address(host);
	ipv4 = host->get_family(host) == AF_INET;
	if (!ipv4)
	{
		memcpy(six, value.ptr, value.len);
		value = chunk_from_thing(six);
	}
	payload->add_attribute(payload, configuration_attribute_create_chunk(
						PLV2_CONFIGURATION_ATTRIBUTE,
						ipv4 ? INTERNAL_IP4_ADDRESS : INTERNAL_IP6_ADDRESS,
						value));
	host->destroy(host);
}

/**
 * Count addresses that are left in a response, and those of them that are the
 * next one of a list, in its order.
 */
static u_int count_left(message_t *response, const char *expected, u_int *same)
{
	configuration_attribute_t *attribute;
	enumerator_t *attributes, *tokens;
	cp_payload_t *cp;
	u_int count = 0;
	chunk_t value;
	host_t *host;
	char *token;

	*same = 0;
	cp = (cp_payload_t*)response->get_payload(response, PLV2_CONFIGURATION);
	if (!cp)
	{
		return 0;
	}
	tokens = enumerator_create_token(expected, " ", " ");
	attributes = cp->create_attribute_enumerator(cp);
	while (attributes->enumerate(attributes, &attribute))
	{
		count++;
		if (tokens->enumerate(tokens, &token))
		{
			host = host_create_from_string(token, 0);
			value = attribute->get_chunk(attribute);
			value.len = min(value.len, 16);
			*same += chunk_equals(value, host->get_address(host));
			host->destroy(host);
		}
	}
	attributes->destroy(attributes);
	tokens->destroy(tokens);
	return count;
}

/** What is asked for, what is on an interface here, what the UPF assigns, and
 * what is taken of that, each in this order */
static const struct {
	const char *asked, *assigned, *taken;
	bool local;
} cases[] = {
	/* as many as were asked for */
	{ "0.0.0.0", "10.3.0.1", "10.3.0.1" },
	{ "0.0.0.0", "10.3.0.1 10.3.0.2", "10.3.0.1" },
	{ "0.0.0.0 0.0.0.0", "10.3.0.1 10.3.0.2 10.3.0.3", "10.3.0.1 10.3.0.2" },
	{ "::", "2001:db8::1 2001:db8::2", "2001:db8::1" },
	/* of this family */
	{ "0.0.0.0", "2001:db8::1", "" },
	{ "::", "10.3.0.1", "" },
	{ "0.0.0.0", "2001:db8::1 10.3.0.1", "10.3.0.1" },
	{ "0.0.0.0 ::", "10.3.0.1 10.3.0.2 2001:db8::1 2001:db8::2",
	  "10.3.0.1 2001:db8::1" },
	{ "", "10.3.0.1", "" },
	/* what was not taken does not count */
	{ "0.0.0.0", "127.0.0.1 192.0.2.1 10.3.0.1", "10.3.0.1" },
	/* the end of the IKE_SA, and what is on an interface, is the host's own */
	{ "0.0.0.0", "192.0.2.1", "" },
	{ "0.0.0.0", "10.3.0.1", "", TRUE },
	{ "0.0.0.0", "", "" },
};

/**
 * Count the words of a text.
 */
static void count_word(const char *word, void *count)
{
	(*(u_int*)count)++;
}

START_TEST(test_asked)
{
	u_int assigned = 0, taken = 0, same;
	auth_payload_t *auth;
	message_t *response;
	cp_payload_t *cp;

	for_each(cases[_i].asked, ask_for, NULL);
	for_each(cases[_i].assigned, count_word, &assigned);
	for_each(cases[_i].taken, count_word, &taken);
	local = cases[_i].local;
	response = message_create(IKEV2_MAJOR_VERSION, IKEV2_MINOR_VERSION);
	response->set_exchange_type(response, IKE_AUTH);
	response->set_request(response, FALSE);
	auth = auth_payload_create();
	auth->set_auth_method(auth, AUTH_PSK);
	response->add_payload(response, &auth->payload_interface);
	cp = cp_payload_create_type(PLV2_CONFIGURATION, CFG_REPLY);
	for_each(cases[_i].assigned, assign, cp);
	response->add_payload(response, &cp->payload_interface);

	decision->judge_message(decision, &sa.public, response);
	/* a response without one that was taken is refused */
	ck_assert_int_eq(sas->get_failure(sas, IKE_SA),
					 taken || !assigned ? NIN3A_UE_UNDECIDED
										: NIN3A_UE_INNER_ADDRESS);
	if (taken)
	{
		ck_assert_uint_eq(count_left(response, cases[_i].taken, &same), taken);
		ck_assert_uint_eq(same, taken);
	}
	response->destroy(response);
}
END_TEST

static Suite *nin3a_ue_inner_suite()
{
	Suite *suite = suite_create("nin3a_ue_inner");
	TCase *tc = test_case(suite, "inner", 60, setup, teardown);

	tcase_add_loop_test(tc, test_asked, 0, countof(cases));

	return suite;
}

int main(void)
{
	return test_run(nin3a_ue_inner_suite());
}
