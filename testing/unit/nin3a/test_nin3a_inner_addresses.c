/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Narrowing of traffic selectors to the inner addresses of a session.
 */

#include "kupf/store/kupf_space.h"
#include "nin3a/tunnels/nin3a_inner_addresses.h"
#include "nin3a/tunnels/nin3a_servers.h"
#include "test_runner.h"
#include "test_support.h"

#include <attributes/attributes.h>
#include <selectors/traffic_selector.h>

/** Most selectors of a list */
#define SELECTORS 4

static kupf_session_t *session;
static linked_list_t *list;

/**
 * Parse "FROM-TO", with "[protocol/port]" behind it or not.
 */
static traffic_selector_t *parse(const char *text)
{
	char from[64], to[64];
	u_int protocol = 0, port = 0;
	uint16_t from_port, to_port;
	int n;

	n = sscanf(text, "%63[^-]-%63[^[][%u/%u]", from, to, &protocol, &port);
	ck_assert_int_ge(n, 2);
	from_port = port;
	to_port = n == 4 ? port : 65535;
	return traffic_selector_create_from_string(protocol,
				strchr(from, ':') ? TS_IPV6_ADDR_RANGE : TS_IPV4_ADDR_RANGE,
				from, from_port, to, to_port);
}

static void destroy_list()
{
	list->destroy_offset(list, offsetof(traffic_selector_t, destroy));
}

static void setup()
{
	kupf_session_data_t data;

	test_session_data(&data, "s", ID_KEY_ID, "id");
	ck_assert(kupf_address_parse(chunk_from_str("10.3.0.1"),
								 &data.ue_addresses[0]));
	ck_assert(kupf_address_parse(chunk_from_str("fec3::1"),
								 &data.ue_addresses[1]));
	ck_assert(kupf_address_parse_any(chunk_from_str("fec4:0:0:7::/64"),
									 &data.ue_addresses[2]));
	data.ue_address_count = 3;
	session = kupf_session_create(&data);
	list = linked_list_create();
}

static void teardown()
{
	kupf_session_unref(session);
	destroy_list();
}

#define V4 "10.3.0.1-10.3.0.1"
#define V6 "fec3::1-fec3::1"
#define WHOLE "fec4:0:0:7::-fec4:0:0:7:ffff:ffff:ffff:ffff"

static struct {
	/** what the UE may have, as far as charon's configuration goes */
	char *before[SELECTORS];
	/** what it gets */
	char *after[SELECTORS];
} lists[] = {
	/* exactly its own, in either order, and parts of it */
	{ { V4 }, { V4 } },
	{ { V6 }, { V6 } },
	{ { V6, V4 }, { V6, V4 } },
	{ { V4 "[17/53]", V4 "[6/80]" }, { V4 "[17/53]", V4 "[6/80]" } },
	/* more than that */
	{ { "0.0.0.0-255.255.255.255" }, { V4 } },
	{ { "0.0.0.0-255.255.255.255", V6 }, { V4, V6 } },
	{ { "10.3.0.0-10.3.0.255[17/53]", "fec3::-fec3::ffff" },
	  { V4 "[17/53]", V6 } },
	{ { "10.3.0.1-10.3.0.2" }, { V4 } },
	{ { "10.3.0.0-10.3.0.1" }, { V4 } },
	{ { V4, "10.3.0.0-10.3.0.1[6/80]" }, { V4, V4 "[6/80]" } },
	/* another UE's, beside it or alone */
	{ { "10.3.0.2-10.3.0.2" }, {} },
	{ { "10.3.0.2-10.3.0.255", "fec3::2-fec3::2" }, {} },
	{ { V4, "10.3.0.2-10.3.0.2" }, { V4 } },
	{ { "10.3.0.2-10.3.0.2", V6, V4 }, { V4, V6 } },
	/* the octets of one in a family of another */
	{ { "a03:1::-a03:1::" }, {} },
	{ { "254.195.0.0-254.195.0.0" }, {} },
	/* a prefix, or what is in it */
	{ { WHOLE }, { WHOLE } },
	{ { "fec4:0:0:7::5-fec4:0:0:7::5[6/80]", V4 },
	  { "fec4:0:0:7::5-fec4:0:0:7::5[6/80]", V4 } },
	{ { "fec4:0:0:7::-fec4:0:0:8::" }, { WHOLE } },
	{ { "::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff" }, { V6, WHOLE } },
	{ { "fec4:0:0:6:ffff:ffff:ffff:ffff-fec4:0:0:7::1" },
	  { "fec4:0:0:7::-fec4:0:0:7::1" } },
	{ { "fec4:0:0:8::-fec4:0:0:8::1" }, {} },
	/* nothing */
	{ {}, {} },
};

START_TEST(test_narrow)
{
	traffic_selector_t *expected, *selector;
	u_int i;

	for (i = 0; i < SELECTORS && lists[_i].before[i]; i++)
	{
		list->insert_last(list, parse(lists[_i].before[i]));
	}
	nin3a_inner_addresses_narrow(session, list);
	for (i = 0; i < SELECTORS && lists[_i].after[i]; i++)
	{
		expected = parse(lists[_i].after[i]);
		ck_assert_int_eq(list->remove_first(list, (void**)&selector), SUCCESS);
		ck_assert(expected->equals(expected, selector));
		selector->destroy(selector);
		expected->destroy(expected);
	}
	ck_assert_int_eq(list->get_count(list), 0);
}
END_TEST

/* a session without addresses leaves it to charon's configuration */
START_TEST(test_none)
{
	kupf_session_t *without;

	without = test_session("without", ID_KEY_ID, "other", 0);
	list->insert_last(list, parse("10.3.0.0-10.3.0.255"));
	nin3a_inner_addresses_narrow(without, list);
	ck_assert_int_eq(list->get_count(list), 1);
	kupf_session_unref(without);
}
END_TEST

/**
 * Create the session in another generation.
 */
static kupf_session_t *generation(uint32_t number, uint32_t lifetime,
								  char *key)
{
	kupf_session_data_t data;

	kupf_session_get_data(session, &data);
	data.generation = number;
	data.lifetime = lifetime;
	data.key = chunk_from_str(key);
	return kupf_session_create(&data);
}

/* a session that is gone, or whose UE has to come again, gives nothing new */
START_TEST(test_outdated)
{
	static char key[] = "KKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKK";
	static char other[] = "LLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLL";
	kupf_session_t *one, *two, *three, *fewer, *moved;
	kupf_session_data_t data;
	kupf_store_t *store;

	store = kupf_store_create(0, 0);
	one = generation(1, 0, key);
	two = generation(2, 60, key);
	three = generation(3, 60, other);
	ck_assert_int_eq(store->put(store, one), KUPF_STORE_OK);
	ck_assert(!nin3a_inner_addresses_outdated(store, one, FALSE));
	/* the tunnel may stay, and is about to be bound to the other one */
	ck_assert_int_eq(store->replace(store, one, two), KUPF_STORE_OK);
	ck_assert(!nin3a_inner_addresses_outdated(store, one, FALSE));
	ck_assert_int_eq(store->replace(store, two, three), KUPF_STORE_OK);
	ck_assert(nin3a_inner_addresses_outdated(store, one, FALSE));
	ck_assert(nin3a_inner_addresses_outdated(store, two, FALSE));
	ck_assert(!nin3a_inner_addresses_outdated(store, three, FALSE));
	/* only the key is another: a first CHILD_SA, not another one */
	ck_assert(!nin3a_inner_addresses_outdated(store, one, TRUE));
	ck_assert(!nin3a_inner_addresses_outdated(store, two, TRUE));
	kupf_session_get_data(three, &data);
	data.generation = 4;
	data.ue_address_count--;
	fewer = kupf_session_create(&data);
	ck_assert_int_eq(store->replace(store, three, fewer), KUPF_STORE_OK);
	ck_assert(nin3a_inner_addresses_outdated(store, one, TRUE));
	ck_assert_int_eq(store->replace(store, fewer, three), KUPF_STORE_OK);
	kupf_session_unref(fewer);
	/* the address is that of another DNN, where these have spaces of their own */
	kupf_session_get_data(three, &data);
	data.generation = 4;
	data.dnn = "ims";
	moved = kupf_session_create(&data);
	ck_assert_int_eq(store->replace(store, three, moved), KUPF_STORE_OK);
	ck_assert(!nin3a_inner_addresses_outdated(store, one, TRUE));
	kupf_space_set(KUPF_SPACE_DNN);
	ck_assert(nin3a_inner_addresses_outdated(store, one, TRUE));
	kupf_space_set(KUPF_SPACE_ONE);
	ck_assert_int_eq(store->replace(store, moved, three), KUPF_STORE_OK);
	kupf_session_unref(moved);
	ck_assert(store->remove(store, three));
	ck_assert(nin3a_inner_addresses_outdated(store, three, FALSE));
	ck_assert(nin3a_inner_addresses_outdated(store, three, TRUE));
	/* established anew: no tunnel of before is of it */
	ck_assert_int_eq(store->put(store, one), KUPF_STORE_OK);
	ck_assert(nin3a_inner_addresses_outdated(store, two, FALSE));
	kupf_session_unref(one);
	kupf_session_unref(two);
	kupf_session_unref(three);
	store->destroy(store);
}
END_TEST

/** What a session has, what a UE asks for, and what it gets */
static struct {
	char *address, *requested, *given;
} given[] = {
	{ "10.3.0.1", "0.0.0.0", "10.3.0.1" },
	{ "10.3.0.1", "10.3.0.2", "10.3.0.1" },
	{ "2001:db8::1", "2001:db8::2", "2001:db8::1" },
	/* with an interface identifier, whatever the prefix, and with none */
	{ "2001:db8:1:2::/64", "2001:db8:1:2:a:b:c:d", "2001:db8:1:2:a:b:c:d" },
	{ "2001:db8:1:2::/64", "::a:b:c:d", "2001:db8:1:2:a:b:c:d" },
	{ "2001:db8:1:2::/64", "2001:db8:3:4::5", "2001:db8:1:2::5" },
	{ "2001:db8:1:2::/64", "2001:db8:1:2::", "2001:db8:1:2::1" },
	{ "2001:db8:1:2::/64", "::", "2001:db8:1:2::1" },
};

START_TEST(test_complete)
{
	host_t *requested, *expected, *got;
	kupf_address_t address;

	ck_assert(kupf_address_parse_any(chunk_from_str(given[_i].address),
									 &address));
	requested = host_create_from_string(given[_i].requested, 0);
	expected = host_create_from_string(given[_i].given, 0);
	got = nin3a_inner_addresses_complete(&address, requested);
	ck_assert(got->equals(got, expected));
	got->destroy(got);
	expected->destroy(expected);
	requested->destroy(requested);
}
END_TEST

/**
 * Whether the next attribute is that.
 */
static void expect_attribute(enumerator_t *attributes,
							 configuration_attribute_type_t type, char *text)
{
	configuration_attribute_type_t got;
	host_t *host;
	chunk_t value;

	ck_assert(attributes->enumerate(attributes, &got, &value));
	ck_assert_int_eq(got, type);
	host = host_create_from_string(text, 0);
	ck_assert(chunk_equals(value, host->get_address(host)));
	host->destroy(host);
}

/* name servers and P-CSCFs of both families, in their order */
START_TEST(test_servers)
{
	kupf_session_data_t data;
	enumerator_t *attributes;
	kupf_session_t *told;

	kupf_session_get_data(session, &data);
	ck_assert(kupf_address_parse(chunk_from_str("fec0::53"), &data.dns[0]));
	ck_assert(kupf_address_parse(chunk_from_str("10.1.0.53"), &data.dns[1]));
	data.dns_count = 2;
	ck_assert(kupf_address_parse(chunk_from_str("10.1.0.60"),
								 &data.p_cscf[0]));
	ck_assert(kupf_address_parse(chunk_from_str("fec0::60"), &data.p_cscf[1]));
	data.p_cscf_count = 2;
	told = kupf_session_create(&data);
	attributes = nin3a_servers_create_enumerator(kupf_session_ref(told));
	kupf_session_unref(told);
	expect_attribute(attributes, INTERNAL_IP6_DNS, "fec0::53");
	expect_attribute(attributes, INTERNAL_IP4_DNS, "10.1.0.53");
	expect_attribute(attributes, P_CSCF_IP4_ADDRESS, "10.1.0.60");
	expect_attribute(attributes, P_CSCF_IP6_ADDRESS, "fec0::60");
	ck_assert(!attributes->enumerate(attributes, NULL, NULL));
	attributes->destroy(attributes);
	/* none */
	attributes = nin3a_servers_create_enumerator(kupf_session_ref(session));
	ck_assert(!attributes->enumerate(attributes, NULL, NULL));
	attributes->destroy(attributes);
}
END_TEST

static Suite *nin3a_inner_addresses_suite(void)
{
	Suite *suite = suite_create("nin3a_inner_addresses");
	TCase *tc;

	tc = tcase_create("narrow");
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, test_narrow, 0, countof(lists));
	tcase_add_test(tc, test_none);
	tcase_add_test(tc, test_outdated);
	tcase_add_test(tc, test_servers);
	tcase_add_loop_test(tc, test_complete, 0, countof(given));
	suite_add_tcase(suite, tc);

	return suite;
}

int main(void)
{
	return test_run(nin3a_inner_addresses_suite());
}
