/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Addresses of the UPF out of the pool, and inner addresses of UEs.
 */

#include "test_kupf_procedures.h"

static void setup_pool()
{
	start("192.0.2.1-192.0.2.4", 0);
}

START_TEST(test_pool)
{
	u_int tunnels;

	add("session=a ue-id=keyid:a " KEY);
	ck_assert_str_eq(upf_address("a"), "192.0.2.1");
	add("session=b ue-id=keyid:b upf-address=192.0.2.2 " KEY);
	ck_assert_str_eq(upf_address("b"), "192.0.2.2");
	add("session=c ue-id=keyid:c " KEY);
	ck_assert_str_eq(upf_address("c"), "192.0.2.3");
	check_pool(3, 0);
	/* again: the same address, and none in vain */
	add("session=a ue-id=keyid:a " KEY);
	add("session=a ue-id=keyid:a upf-address=192.0.2.1 " KEY);
	check_pool(3, 0);
	ck_assert(delete("a", &tunnels));
	check_pool(2, 1);
	add("session=d ue-id=keyid:d " KEY);
	ck_assert_str_eq(upf_address("d"), "192.0.2.4");
	refuse("session=e ue-id=keyid:e " KEY, KUPF_CAUSE_NO_ADDRESS);
	check_pool(3, 1);
	/* by its name it can be had at once */
	add("session=e ue-id=keyid:e upf-address=192.0.2.1 " KEY);
	check_pool(4, 0);
}
END_TEST

START_TEST(test_pool_failures)
{
	add("session=a ue-id=keyid:a " KEY);
	add("session=b ue-id=keyid:b " KEY);
	check_pool(2, 0);
	refuse("session=c ue-id=keyid:a " KEY, KUPF_CAUSE_IDENTITY_IN_USE);
	refuse("session=c ue-id=keyid:a upf-address=192.0.2.4 " KEY,
		   KUPF_CAUSE_IDENTITY_IN_USE);
	refuse("session=a ue-id=keyid:a upf-address=192.0.2.4 " KEY,
		   KUPF_CAUSE_SESSION_EXISTS);
	refuse("session=c ue-id=keyid:c upf-address=192.0.2.1 " KEY,
		   KUPF_CAUSE_ADDRESS_IN_USE);
	refuse("session=c ue-id=keyid:c upf-address=192.0.2.5 " KEY,
		   KUPF_CAUSE_INVALID_FIELD);
	refuse("session=c ue-id=keyid:c upf-address=2001:db8::1 " KEY,
		   KUPF_CAUSE_INVALID_FIELD);
	refuse("session=c ue-id=keyid:c", KUPF_CAUSE_MISSING_FIELD);
	check_pool(2, 0);
	refuse_modify("session=a upf-address=192.0.2.2",
				  KUPF_CAUSE_ADDRESS_IN_USE);
	refuse_modify("session=a upf-address=192.0.2.5", KUPF_CAUSE_INVALID_FIELD);
	refuse_modify("session=a upf-address=192.0.2.4 ue-id=keyid:b",
				  KUPF_CAUSE_IDENTITY_IN_USE);
	refuse_modify("session=c upf-address=192.0.2.4",
				  KUPF_CAUSE_NO_SUCH_SESSION);
	check_pool(2, 0);
	ck_assert_str_eq(upf_address("a"), "192.0.2.1");
	check_sessions(2);
}
END_TEST

static kupf_store_status_t put_full(kupf_store_t *store, kupf_session_t *session,
									const kupf_store_hashes_t *hashes)
{
	return KUPF_STORE_FULL;
}

static kupf_store_status_t replace_changed(kupf_store_t *store,
										 kupf_session_t *old,
										 kupf_session_t *new)
{
	return KUPF_STORE_CHANGED;
}

/* the store refuses in the end, as another client was faster: what the session
 * took of the pool is given back */
START_TEST(test_pool_store_refuses)
{
	upf.store->put_hashed = put_full;
	refuse("session=a ue-id=keyid:a " KEY, KUPF_CAUSE_LIMIT_REACHED);
	check_pool(0, 1);
	teardown();
	setup_pool();
	add("session=a ue-id=keyid:a " KEY);
	check_pool(1, 0);
	upf.store->replace = replace_changed;
	refuse_modify("session=a upf-address=192.0.2.3", KUPF_CAUSE_BUSY);
	check_pool(1, 1);
	ck_assert_str_eq(upf_address("a"), "192.0.2.1");
}
END_TEST

START_TEST(test_pool_modify)
{
	u_int tunnels;

	add("session=a ue-id=keyid:a " KEY);
	/* keeps it, whether named or not */
	change("session=a " KEY_2);
	change("session=a upf-address=192.0.2.1");
	check_pool(1, 0);
	/* moves */
	change("session=a upf-address=192.0.2.3");
	ck_assert_str_eq(upf_address("a"), "192.0.2.3");
	check_pool(1, 1);
	/* and back, out of the quarantine */
	change("session=a upf-address=192.0.2.1");
	check_pool(1, 1);
	change("session=a ue-id=keyid:b");
	check_pool(1, 1);
	ck_assert(delete("a", &tunnels));
	check_pool(0, 2);
}
END_TEST

START_TEST(test_pool_expire)
{
	put_expired("a", "a", "192.0.2.1");
	put_expired("b", "b", "192.0.2.2");
	put_expired("c", "c", "192.0.2.3");
	check_pool(3, 0);
	/* in the place of one that has expired, even with the same address */
	add("session=a ue-id=keyid:a upf-address=192.0.2.1 " KEY);
	check_pool(3, 0);
	ck_assert(!upf.sessions->expire(upf.sessions));
	check_pool(1, 2);
	check_sessions(1);
}
END_TEST

START_TEST(test_no_pool)
{
	/* nothing is managed: the client names what it likes */
	add("session=a ue-id=keyid:a upf-address=192.0.2.1 " KEY);
	add("session=b ue-id=keyid:b upf-address=192.0.2.1 " KEY);
	add("session=c ue-id=keyid:c " KEY);
	ck_assert_str_eq(upf_address("b"), "192.0.2.1");
	ck_assert_str_eq(upf_address("c"), "");
	change("session=c upf-address=2001:db8::1");
	ck_assert_str_eq(upf_address("c"), "2001:db8::1");
	check_pool(0, 0);
}
END_TEST

/**
 * Check how many inner addresses sessions have, and are in quarantine.
 */
static void check_addresses(u_int held, u_int quarantined)
{
	uint64_t h, q;

	h = upf.addresses->get_count(upf.addresses, &q);
	ck_assert_uint_eq(h, held);
	ck_assert_uint_eq(q, quarantined);
}

#define A "session=a ue-id=keyid:a " KEY
#define B "session=b ue-id=keyid:b " KEY

/* an inner address is of one session at a time */
START_TEST(test_ue_address)
{
	u_int tunnels;

	add(A " ue-addresses=[10.0.0.1,10.0.0.2]");
	refuse(B " ue-addresses=[10.0.0.3,10.0.0.2]", KUPF_CAUSE_ADDRESS_IN_USE);
	check_sessions(1);
	check_addresses(2, 0);
	add(B " ue-addresses=[10.0.0.3]");
	refuse_modify("session=b ue-addresses=[10.0.0.1]",
				  KUPF_CAUSE_ADDRESS_IN_USE);
	check_addresses(3, 0);
	change("session=a ue-addresses=[10.0.0.2,10.0.0.4]");
	change("session=b ue-addresses=[10.0.0.1]");
	check_addresses(3, 0);
	ck_assert(delete("a", &tunnels));
	change("session=b ue-addresses=[10.0.0.4]");
	check_addresses(1, 0);
	ck_assert(delete("b", &tunnels));
	check_addresses(0, 0);
}
END_TEST

/* it is kept from others as long as an IKE_SA can use it */
START_TEST(test_ue_address_quarantine)
{
	u_int tunnels;

	add(A " ue-addresses=[10.0.0.1]");
	add(B);
	upf.enforcer.used = TRUE;
	change("session=a ue-addresses=[10.0.0.2]");
	check_addresses(1, 1);
	refuse_modify("session=b ue-addresses=[10.0.0.1]",
				  KUPF_CAUSE_ADDRESS_IN_USE);
	ck_assert(delete("a", &tunnels));
	check_addresses(0, 2);
	refuse_modify("session=b ue-addresses=[10.0.0.2]",
				  KUPF_CAUSE_ADDRESS_IN_USE);
	/* the session itself is back */
	add(A " ue-addresses=[10.0.0.1]");
	ck_assert(delete("a", &tunnels));
	check_addresses(0, 2);
	upf.enforcer.used = FALSE;
	change("session=b ue-addresses=[10.0.0.2]");
	ck_assert(!upf.sessions->expire(upf.sessions));
	check_addresses(1, 0);
}
END_TEST

/* what has expired is not in the way, nor is what fails */
START_TEST(test_ue_address_free)
{
	add(A " ue-addresses=[10.0.0.1] lifetime=1");
	refuse("session=c ue-id=keyid:a ue-addresses=[10.0.0.3] " KEY,
		   KUPF_CAUSE_IDENTITY_IN_USE);
	refuse(B " ue-addresses=[10.0.0.3] upf-address=10.0.0.3",
		   KUPF_CAUSE_INVALID_FIELD);
	refuse_modify("session=a upf-address=10.0.0.1", KUPF_CAUSE_INVALID_FIELD);
	check_addresses(1, 0);
	sleep(3);
	add(B " ue-addresses=[10.0.0.1]");
	check_sessions(1);
	check_addresses(1, 0);
}
END_TEST

/* the pool of UPF addresses loses nothing to a session that is refused */
START_TEST(test_ue_address_pool)
{
	add(A " ue-addresses=[10.0.0.1]");
	refuse(B " ue-addresses=[10.0.0.1]", KUPF_CAUSE_ADDRESS_IN_USE);
	check_pool(1, 0);
	refuse(B " ue-addresses=[192.0.2.4]", KUPF_CAUSE_INVALID_FIELD);
	check_pool(1, 0);
	change("session=a ue-addresses=[2001:db8::1]");
	refuse(B " ue-addresses=[2001:db8::/64]", KUPF_CAUSE_ADDRESS_IN_USE);
	check_pool(1, 0);
}
END_TEST

void kupf_procedures_addresses_cases(Suite *suite)
{
	TCase *tc = test_case(suite, "addresses", 30, setup, teardown);

	tcase_add_test(tc, test_no_pool);
	tcase_add_test(tc, test_ue_address);
	tcase_add_test(tc, test_ue_address_quarantine);
	tcase_add_test(tc, test_ue_address_free);

	tc = test_case(suite, "addresses", 0, setup_pool, teardown);
	tcase_add_test(tc, test_pool);
	tcase_add_test(tc, test_pool_failures);
	tcase_add_test(tc, test_pool_store_refuses);
	tcase_add_test(tc, test_pool_modify);
	tcase_add_test(tc, test_pool_expire);
	tcase_add_test(tc, test_ue_address_pool);
}
