/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Whose an inner address is, which can be one, and what a UPF's answer looks like
 * when those that must not be taken are out of it.
 */

#include <check.h>

#include "nin3a_ue/auth/nin3a_ue_inner.h"
#include "nin3a_ue/tunnels/nin3a_ue_addresses.h"
#include "test_runner.h"

#include <encoding/payloads/cp_payload.h>

/** Two owners */
#define A ((void*)1)
#define B ((void*)2)

static kupf_address_t parse(char *text)
{
	kupf_address_t address;

	kupf_address_parse_any(chunk_from_str(text), &address);
	return address;
}

START_TEST(test_claims)
{
	nin3a_ue_addresses_t *addresses = nin3a_ue_addresses_create();
	kupf_address_t x = parse("10.3.0.1"), y = parse("2001:db8::1");
	kupf_address_t none = { .family = AF_UNSPEC };

	ck_assert(!addresses->has(addresses, &x, A));
	ck_assert(!addresses->is_foreign(addresses, &x, A));
	addresses->claim(addresses, &x, A);
	addresses->claim(addresses, &x, A);
	ck_assert(addresses->has(addresses, &x, A));
	ck_assert(!addresses->has(addresses, &x, B));
	ck_assert(!addresses->has(addresses, &y, A));
	ck_assert(!addresses->is_foreign(addresses, &x, A));
	ck_assert(addresses->is_foreign(addresses, &x, B));

	/* one has it as long as it was claimed more often than released */
	addresses->release(addresses, &x, A);
	ck_assert(addresses->has(addresses, &x, A));
	addresses->claim(addresses, &x, B);
	ck_assert(addresses->is_foreign(addresses, &x, A));
	ck_assert(addresses->is_foreign(addresses, &x, B));
	addresses->release(addresses, &x, A);
	ck_assert(!addresses->has(addresses, &x, A));
	ck_assert(addresses->is_foreign(addresses, &x, A));
	ck_assert(!addresses->is_foreign(addresses, &x, B));
	addresses->release(addresses, &x, A);
	addresses->release(addresses, &x, B);
	ck_assert(!addresses->is_foreign(addresses, &x, A));

	/* what is nobody's is foreign for everybody */
	addresses->claim(addresses, &y, NIN3A_UE_NOBODY);
	ck_assert(addresses->is_foreign(addresses, &y, A));
	addresses->release(addresses, &none, NIN3A_UE_NOBODY);
	addresses->claim(addresses, &none, NIN3A_UE_NOBODY);
	ck_assert(!addresses->is_foreign(addresses, &none, A));
	/* the last of several goes first, and the first one */
	addresses->claim(addresses, &y, A);
	addresses->claim(addresses, &y, B);
	addresses->release(addresses, &y, NIN3A_UE_NOBODY);
	ck_assert(addresses->has(addresses, &y, A));
	addresses->release(addresses, &y, B);
	ck_assert(!addresses->is_foreign(addresses, &y, A));
	addresses->destroy(addresses);
}
END_TEST

/* who has a prefix has what is in it */
START_TEST(test_prefix)
{
	nin3a_ue_addresses_t *addresses = nin3a_ue_addresses_create();
	kupf_address_t whole = parse("2001:db8::/64"), in = parse("2001:db8::1");
	kupf_address_t out = parse("2001:db8:0:1::1");

	addresses->claim(addresses, &whole, A);
	ck_assert(addresses->has(addresses, &in, A));
	ck_assert(!addresses->has(addresses, &in, B));
	ck_assert(!addresses->has(addresses, &out, A));
	ck_assert(!addresses->is_foreign(addresses, &in, A));
	ck_assert(addresses->is_foreign(addresses, &in, B));
	ck_assert(!addresses->is_foreign(addresses, &out, B));
	addresses->claim(addresses, &in, NIN3A_UE_NOBODY);
	ck_assert(addresses->is_foreign(addresses, &in, A));
	addresses->release(addresses, &in, NIN3A_UE_NOBODY);
	addresses->release(addresses, &whole, A);
	ck_assert(!addresses->has(addresses, &in, A));
	ck_assert(!addresses->is_foreign(addresses, &in, B));
	addresses->destroy(addresses);
}
END_TEST

START_TEST(test_is_host)
{
	static char *good[] = {
		"10.3.0.1", "192.168.1.1", "100.64.0.1", "203.0.113.255", "128.0.0.1",
		"2001:db8::1", "fd00::1", "fec0::1",
	}, *bad[] = {
		"0.0.0.1", "127.0.0.1", "127.255.255.254", "169.254.1.1", "224.0.0.1",
		"239.255.255.255", "240.0.0.1", "255.255.255.255", "::1", "ff02::1",
		"fe80::1", "febf::1", "::ffff:10.3.0.1", "::10.3.0.1",
	};
	kupf_address_t address = { .family = AF_UNSPEC };
	u_int i;

	ck_assert(!nin3a_ue_inner_is_host(&address));
	address.family = AF_INET;
	ck_assert(!nin3a_ue_inner_is_host(&address));
	for (i = 0; i < countof(good); i++)
	{
		address = parse(good[i]);
		ck_assert_msg(nin3a_ue_inner_is_host(&address), "%s", good[i]);
	}
	for (i = 0; i < countof(bad); i++)
	{
		address = parse(bad[i]);
		ck_assert_int_ne(address.family, AF_UNSPEC);
		ck_assert_msg(!nin3a_ue_inner_is_host(&address), "%s", bad[i]);
	}
}
END_TEST

/**
 * Add an attribute to a configuration payload.
 */
static void add(cp_payload_t *cp, configuration_attribute_type_t type,
				chunk_t value)
{
	cp->add_attribute(cp, configuration_attribute_create_chunk(
							PLV2_CONFIGURATION_ATTRIBUTE, type, value));
}

/**
 * Allow addresses that end in an odd octet.
 */
CALLBACK(allow_odd, bool,
	u_int *asked, const kupf_address_t *address)
{
	(*asked)++;
	return address->bytes[address->family == AF_INET ? 3 : 15] % 2;
}

START_TEST(test_filter)
{
	static const configuration_attribute_type_t left[] = {
		INTERNAL_IP4_ADDRESS, INTERNAL_IP4_DNS, INTERNAL_IP6_ADDRESS,
	};
	uint8_t odd[] = { 10, 3, 0, 1 }, even[] = { 10, 3, 0, 2 };
	uint8_t six[17] = { [15] = 1, [16] = 64 };
	configuration_attribute_t *attribute;
	enumerator_t *enumerator, *attributes;
	u_int asked = 0, kept, refused, payloads = 0, count = 0;
	payload_t *payload;
	message_t *message;
	cp_payload_t *cp;

	message = message_create(IKEV2_MAJOR_VERSION, IKEV2_MINOR_VERSION);
	ck_assert_uint_eq(nin3a_ue_inner_filter(message, TRUE, allow_odd,
										&asked, &kept, &refused), 0);
	ck_assert_uint_eq(kept, 0);
	message->add_notify(message, FALSE, MOBIKE_SUPPORTED, chunk_empty);
	cp = cp_payload_create_type(PLV2_CONFIGURATION, CFG_REPLY);
	add(cp, INTERNAL_IP4_ADDRESS, chunk_from_thing(even));
	add(cp, INTERNAL_IP4_ADDRESS, chunk_from_thing(odd));
	add(cp, INTERNAL_IP4_DNS, chunk_from_thing(even));
	/* malformed and empty ones are none */
	add(cp, INTERNAL_IP4_ADDRESS, chunk_create(odd, 3));
	add(cp, INTERNAL_IP4_ADDRESS, chunk_empty);
	add(cp, INTERNAL_IP6_ADDRESS, chunk_create(six, 16));
	message->add_payload(message, &cp->payload_interface);
	/* a second one is looked at as well */
	cp = cp_payload_create_type(PLV2_CONFIGURATION, CFG_REPLY);
	add(cp, INTERNAL_IP6_ADDRESS, chunk_from_thing(six));
	message->add_payload(message, &cp->payload_interface);

	ck_assert_uint_eq(nin3a_ue_inner_filter(message, TRUE, allow_odd,
										&asked, &kept, &refused), 4);
	ck_assert_uint_eq(refused, 0);
	ck_assert_uint_eq(kept, 2);
	ck_assert_uint_eq(asked, 3);
	ck_assert(message->get_notify(message, MOBIKE_SUPPORTED));
	enumerator = message->create_payload_enumerator(message);
	while (enumerator->enumerate(enumerator, &payload))
	{
		payloads++;
		if (payload->get_type(payload) == PLV2_CONFIGURATION)
		{
			cp = (cp_payload_t*)payload;
			ck_assert_int_eq(cp->get_type(cp), CFG_REPLY);
			attributes = cp->create_attribute_enumerator(cp);
			while (attributes->enumerate(attributes, &attribute))
			{
				ck_assert_uint_lt(count, countof(left));
				ck_assert_int_eq(attribute->get_type(attribute), left[count++]);
				if (count == 1)
				{
					ck_assert(chunk_equals(attribute->get_chunk(attribute),
										   chunk_from_thing(odd)));
				}
			}
			attributes->destroy(attributes);
		}
	}
	enumerator->destroy(enumerator);
	ck_assert_uint_eq(payloads, 3);
	ck_assert_uint_eq(count, countof(left));
	message->destroy(message);
}
END_TEST

/** What is no inner address, and how many there are */
static const struct {
	configuration_attribute_type_t type;
	bool dns;
	u_int count, refused;
} others[] = {
	{ INTERNAL_IP4_DNS, TRUE, 8, 0 },
	{ INTERNAL_IP4_DNS, TRUE, 99, 91 },
	{ INTERNAL_IP4_DNS, FALSE, 2, 2 },
	{ INTERNAL_IP6_DNS, FALSE, 2, 2 },
	{ INTERNAL_DNS_DOMAIN, FALSE, 1, 1 },
	{ INTERNAL_IP4_SUBNET, FALSE, 8, 0 },
	{ P_CSCF_IP4_ADDRESS, FALSE, 9, 1 },
};

START_TEST(test_others)
{
	uint8_t odd[] = { 10, 3, 0, 1 };
	u_int asked = 0, kept, refused, i;
	message_t *message;
	cp_payload_t *cp;

	message = message_create(IKEV2_MAJOR_VERSION, IKEV2_MINOR_VERSION);
	cp = cp_payload_create_type(PLV2_CONFIGURATION, CFG_REPLY);
	for (i = 0; i < others[_i].count; i++)
	{
		add(cp, others[_i].type, chunk_from_thing(odd));
	}
	/* it is no matter of these */
	add(cp, INTERNAL_IP4_ADDRESS, chunk_from_thing(odd));
	message->add_payload(message, &cp->payload_interface);
	ck_assert_uint_eq(nin3a_ue_inner_filter(message, others[_i].dns, allow_odd,
										&asked, &kept, &refused), 0);
	ck_assert_uint_eq(kept, 1);
	ck_assert_uint_eq(refused, others[_i].refused);
	/* what is left is left for good */
	nin3a_ue_inner_filter(message, others[_i].dns, allow_odd, &asked, &kept,
						  &refused);
	ck_assert_uint_eq(refused, 0);
	message->destroy(message);
}
END_TEST

static Suite *nin3a_ue_addresses_suite()
{
	Suite *suite = suite_create("nin3a_ue_addresses");
	TCase *tc = test_case(suite, "owners", 0, NULL, NULL);

	tcase_add_test(tc, test_claims);
	tcase_add_test(tc, test_prefix);

	tc = test_case(suite, "answers", 0, NULL, NULL);
	tcase_add_test(tc, test_is_host);
	tcase_add_test(tc, test_filter);
	tcase_add_loop_test(tc, test_others, 0, countof(others));

	return suite;
}

int main(void)
{
	return test_run(nin3a_ue_addresses_suite());
}
