/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Who has which inner address: one UE at a time, and in quarantine as long as
 * an IKE_SA can use it.  Compared with a list, too, in random steps.
 */

#include "test_kupf_ue_addresses.h"
#include "kupf/store/kupf_space.h"
#include "test_support.h"

kupf_ue_addresses_t *addresses;

static kupf_enforcer_t enforcer;
static kupf_pool_t *pool;

const char *user, *user_dnn;

/** How often that was asked */
static u_int looks;

METHOD(kupf_enforcer_t, uses, bool,
	kupf_enforcer_t *this, const char *session, const char *dnn,
	const kupf_address_t *address)
{
	looks++;
	return user && (streq(user, "*") || streq(user, session)) &&
		   (!user_dnn || (dnn && streq(user_dnn, dnn)));
}

static bool is_own(const kupf_address_t *address)
{
	return address->bytes[0] == (address->family == AF_INET ? 172 : 0xfd);
}

static void start(bool shared)
{
	user = user_dnn = NULL;
	enforcer.uses = _uses;
	pool = kupf_pool_create("192.0.2.1-192.0.2.4 2001:db8:99::7", 0, FALSE);
	addresses = kupf_ue_addresses_create(&enforcer, pool, is_own, shared);
}

void setup()
{
	start(FALSE);
}

static void setup_shared()
{
	start(TRUE);
}

void setup_dnn()
{
	kupf_space_set(KUPF_SPACE_DNN);
	start(FALSE);
}

void teardown()
{
	addresses->destroy(addresses);
	pool->destroy(pool);
	kupf_space_set(KUPF_SPACE_ONE);
}

kupf_session_t *create_in(const char *dnn, const char *name, id_type_t type,
						  const char *id, const char *list, bool preconfigured)
{
	kupf_session_data_t data;
	enumerator_t *enumerator;
	char *token;

	test_session_data(&data, name, type, id);
	data.preconfigured = preconfigured;
	data.dnn = dnn;
	enumerator = enumerator_create_token(list, " ", " ");
	while (enumerator->enumerate(enumerator, &token))
	{
		ck_assert(kupf_address_parse_any(chunk_from_str(token),
						&data.ue_addresses[data.ue_address_count++]));
	}
	enumerator->destroy(enumerator);
	return kupf_session_create(&data);
}

kupf_session_t *create(const char *name, id_type_t type,
					   const char *id, const char *list,
					   bool preconfigured)
{
	return create_in(NULL, name, type, id, list, preconfigured);
}

kupf_session_t *fed(const char *name, const char *list)
{
	return create(name, ID_KEY_ID, name, list, FALSE);
}

kupf_session_t *fed_in(const char *dnn, const char *name, const char *list)
{
	return create_in(dnn, name, ID_KEY_ID, name, list, FALSE);
}

bool take(kupf_session_t *session)
{
	kupf_error_t error = {};
	kupf_session_data_t data;
	kupf_session_t *other;
	bool taken, free_;

	kupf_session_get_data(session, &data);
	free_ = addresses->is_free(addresses, &data, &other);
	taken = addresses->take(addresses, session, &error);
	ck_assert_int_eq(error.cause, taken ? KUPF_CAUSE_NONE :
										  KUPF_CAUSE_ADDRESS_IN_USE);
	ck_assert_int_eq(taken, free_);
	/* nobody in particular is in the way of a prefix */
	ck_assert(taken ? !other : other || data.ue_addresses[0].prefix);
	kupf_session_unref(other);
	return taken;
}

void leave(kupf_session_t *session)
{
	addresses->leave(addresses, session);
	kupf_session_unref(session);
}

void check(u_int held, u_int quarantined)
{
	uint64_t q;

	ck_assert_uint_eq(addresses->get_count(addresses, &q), held);
	ck_assert_uint_eq(q, quarantined);
}

START_TEST(test_one)
{
	kupf_session_t *a, *b, *c;

	a = fed("a", "10.0.0.1 2001:db8::1");
	b = fed("b", "10.0.0.2 2001:db8::1");
	c = fed("c", "10.0.0.2");
	ck_assert(take(a));
	ck_assert(!take(b));
	check(2, 0);
	/* nothing of it was taken */
	ck_assert(take(c));
	leave(a);
	check(1, 0);
	ck_assert(!take(b));
	leave(c);
	ck_assert(take(b));
	check(2, 0);
	leave(b);
	check(0, 0);
}
END_TEST

/* the octets of one family in the other are another address */
START_TEST(test_families)
{
	kupf_session_t *a, *b;

	a = fed("a", "10.0.0.1");
	b = fed("b", "a00:1::");
	ck_assert(take(a));
	ck_assert(take(b));
	leave(a);
	leave(b);
}
END_TEST

/* one session that leaves and comes again and again is not kept for each time */
START_TEST(test_again_and_again)
{
	kupf_session_t *a;
	u_int i;

	user = "a";
	for (i = 0; i < 1000; i++)
	{
		a = fed("a", "10.0.0.1");
		ck_assert(take(a));
		leave(a);
	}
	check(0, 1);
	looks = 0;
	addresses->reap(addresses);
	ck_assert_uint_le(looks, 4);
	check(0, 1);
}
END_TEST

START_TEST(test_quarantine)
{
	kupf_session_t *a, *b, *again;

	a = fed("a", "10.0.0.1 10.0.0.2");
	b = fed("b", "10.0.0.2");
	ck_assert(take(a));
	user = "a";
	leave(a);
	check(0, 2);
	ck_assert(!take(b));
	addresses->reap(addresses);
	check(0, 2);
	/* the same session has it at once, and what it had before counts no more */
	again = fed("a", "10.0.0.2");
	ck_assert(take(again));
	check(1, 1);
	leave(again);
	check(0, 2);
	/* the IKE_SA is gone */
	user = NULL;
	ck_assert(take(b));
	check(1, 1);
	addresses->reap(addresses);
	check(1, 0);
	leave(b);
	check(0, 0);
}
END_TEST

/* a quarantine ends by itself */
START_TEST(test_reap)
{
	kupf_session_t *a;

	a = fed("a", "10.0.0.1");
	ck_assert(take(a));
	user = "*";
	leave(a);
	check(0, 1);
	user = NULL;
	addresses->reap(addresses);
	check(0, 0);
}
END_TEST

/* a modification: the session has what it gets before it gives what it had */
START_TEST(test_modify)
{
	kupf_session_t *one, *two, *b;

	one = fed("a", "10.0.0.1 10.0.0.2");
	two = fed("a", "10.0.0.2 10.0.0.3");
	b = fed("b", "10.0.0.1");
	ck_assert(take(one));
	ck_assert(take(two));
	check(4, 0);
	user = "a";
	leave(one);
	check(2, 1);
	ck_assert(!take(b));
	user = NULL;
	ck_assert(take(b));
	leave(b);
	leave(two);
	check(0, 0);
}
END_TEST

/* what fails is undone, and nothing is in quarantine for it */
START_TEST(test_undo)
{
	kupf_session_t *one, *two;

	one = fed("a", "10.0.0.1");
	two = fed("a", "10.0.0.1");
	ck_assert(take(one));
	ck_assert(take(two));
	user = "a";
	leave(two);
	check(1, 0);
	user = NULL;
	leave(one);
}
END_TEST

/* a UE may have its own address under another name */
START_TEST(test_same_ue)
{
	kupf_session_t *a, *b, *c;

	a = create("a", ID_FQDN, "UE.example", "10.0.0.1", TRUE);
	b = create("b", ID_FQDN, "ue.EXAMPLE", "10.0.0.1", FALSE);
	c = create("c", ID_RFC822_ADDR, "ue.example", "10.0.0.1", FALSE);
	ck_assert(take(a));
	ck_assert(take(b));
	ck_assert(!take(c));
	leave(a);
	ck_assert(!take(c));
	leave(b);
	ck_assert(take(c));
	leave(c);
}
END_TEST

/* lines of a file: compared with each other, not with those of the last one */
START_TEST(test_lines)
{
	kupf_ue_addresses_t *lines;
	kupf_session_t *a, *b, *c, *f;
	kupf_error_t error = {};

	a = create("a", ID_KEY_ID, "a", "10.0.0.1", TRUE);
	b = create("b", ID_KEY_ID, "b", "10.0.0.1", TRUE);
	c = create("c", ID_KEY_ID, "c", "10.0.0.1", TRUE);
	f = fed("f", "10.0.0.1");
	lines = addresses->create_lines(addresses);
	ck_assert(lines->take(lines, a, &error));
	ck_assert(lines->take(lines, b, &error));
	ck_assert(!lines->take(lines, c, &error));
	ck_assert_int_eq(error.cause, KUPF_CAUSE_ADDRESS_IN_USE);
	lines->destroy(lines);

	ck_assert(take(a));
	ck_assert(!take(f));
	ck_assert(!addresses->is_given(addresses, a));
	ck_assert(take(b));
	ck_assert(addresses->is_given(addresses, a));
	leave(a);
	ck_assert(!take(f));
	ck_assert(!addresses->is_given(addresses, b));
	/* one whose line is gone is another matter: its UE can use it still */
	user = "b";
	leave(b);
	ck_assert(!take(c));
	user = NULL;
	ck_assert(take(c));
	leave(c);
	ck_assert(take(f));
	leave(f);
}
END_TEST

START_TEST(test_own)
{
	static char *wrong[] = {
		"172.16.0.1", "10.0.0.1 172.16.0.1", "192.0.2.1", "192.0.2.4",
		"203.0.113.1", "2001:db8:99::7", "2001:db8:99::/64",
		"10.0.0.1 fd00:1::/64",
	};
	kupf_session_data_t data;
	kupf_session_t *session;
	kupf_error_t error = {};
	u_int i;

	for (i = 0; i < countof(wrong); i++)
	{
		session = fed("a", wrong[i]);
		kupf_session_get_data(session, &data);
		ck_assert(kupf_address_parse(chunk_from_str("203.0.113.1"),
									 &data.upf_address));
		error = (kupf_error_t){};
		ck_assert(!addresses->check(addresses, &data, &error));
		ck_assert_int_eq(error.cause, KUPF_CAUSE_INVALID_FIELD);
		ck_assert_ptr_nonnull(strstr(error.message, "'ue-addresses'"));
		kupf_session_unref(session);
	}
	/* a UPF address in the UE's prefix */
	session = fed("a", "2001:db8:1::/64");
	kupf_session_get_data(session, &data);
	ck_assert(kupf_address_parse(chunk_from_str("2001:db8:1::1"),
								 &data.upf_address));
	error = (kupf_error_t){};
	ck_assert(!addresses->check(addresses, &data, &error));
	kupf_session_unref(session);
	session = fed("a", "192.0.2.5 203.0.113.2 2001:db8::1 2001:db8:98::/64");
	kupf_session_get_data(session, &data);
	error = (kupf_error_t){};
	ck_assert(addresses->check(addresses, &data, &error));
	kupf_session_unref(session);
}
END_TEST

START_TEST(test_shared)
{
	kupf_ue_addresses_t *lines;
	kupf_session_t *a, *b;
	kupf_error_t error = {};

	a = fed("a", "10.0.0.1");
	b = fed("b", "10.0.0.1");
	lines = addresses->create_lines(addresses);
	ck_assert(lines->take(lines, a, &error));
	ck_assert(lines->take(lines, b, &error));
	lines->destroy(lines);
	ck_assert(take(a));
	ck_assert(take(b));
	user = "*";
	leave(a);
	ck_assert(take(b));
	leave(b);
	check(0, 0);
}
END_TEST

/* without the setting a DNN is of no matter */
START_TEST(test_dnn_unset)
{
	kupf_session_t *a, *b;

	a = fed_in("internet", "a", "10.0.0.1");
	b = fed_in("ims", "b", "10.0.0.1");
	ck_assert(take(a));
	ck_assert(!take(b));
	leave(a);
	ck_assert(take(b));
	leave(b);
}
END_TEST

static Suite *kupf_ue_addresses_suite()
{
	Suite *suite = suite_create("kupf_ue_addresses");
	TCase *tc = test_case(suite, "one", 60, setup, teardown);

	tcase_add_test(tc, test_one);
	tcase_add_test(tc, test_families);
	tcase_add_test(tc, test_quarantine);
	tcase_add_test(tc, test_again_and_again);
	tcase_add_test(tc, test_reap);
	tcase_add_test(tc, test_modify);
	tcase_add_test(tc, test_undo);
	tcase_add_test(tc, test_same_ue);
	tcase_add_test(tc, test_lines);
	tcase_add_test(tc, test_own);
	tcase_add_test(tc, test_dnn_unset);

	tc = test_case(suite, "shared", 0, setup_shared, teardown);
	tcase_add_test(tc, test_shared);

	/* sessions that have no DNN, where that matters */
	tc = test_case(suite, "none", 0, setup_dnn, teardown);
	tcase_add_test(tc, test_one);

	kupf_ue_addresses_dnn_case(suite);
	kupf_ue_addresses_prefix_case(suite);
	kupf_ue_addresses_many_case(suite);
	return suite;
}

int main(void)
{
	return test_run(kupf_ue_addresses_suite());
}
