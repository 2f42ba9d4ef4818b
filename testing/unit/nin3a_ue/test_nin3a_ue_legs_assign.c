/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Inner addresses and lifetimes, as the UPF assigns them.
 */

#include "test_nin3a_ue_legs.h"

#include <unistd.h>

/**
 * Want a session with inner addresses, of a UPF.
 */
static void want_with(const char *name, char *inner, char *upf)
{
	uint8_t key[32] = { 1 };
	kupf_session_data_t data = {
		.name = name,
		.id_type = ID_KEY_ID,
		.id = chunk_from_str("ue"),
		.key = chunk_from_thing(key),
		.services = KUPF_SERVICE_IKE,
	};
	kupf_session_t *session;

	kupf_address_parse(chunk_from_str(upf), &data.upf_address);
	if (inner)
	{
		data.ue_address_count = 1;
		kupf_address_parse_any(chunk_from_str(inner), &data.ue_addresses[0]);
	}
	session = kupf_session_create(&data);
	legs->want(legs, session, &order);
	kupf_session_unref(session);
}

/**
 * The UPF assigns an inner address.
 */
static bool assign(uint32_t ike_sa, char *text, bool local)
{
	kupf_address_t address;

	ck_assert(kupf_address_parse(chunk_from_str(text), &address));
	return legs->assign(legs, ike_sa, &address, local);
}

/* of a prefix that a session names, any address */
START_TEST(test_assign_prefix)
{
	want_with("named", "2001:db8:0:1::/64", "192.0.2.1");
	start(1);
	want_with("any", NULL, "192.0.2.2");
	start(2);
	ck_assert(!assign(1, "2001:db8::1", FALSE));
	ck_assert(assign(1, "2001:db8:0:1::1", FALSE));
	ck_assert(!assign(1, "2001:db8:0:1::1", FALSE));
	ck_assert(!assign(2, "2001:db8:0:1::2", FALSE));
	ck_assert(assign(2, "2001:db8::1", FALSE));
}
END_TEST

START_TEST(test_assign)
{
	char text[16];
	int i;

	want_with("named", "10.3.0.1", "192.0.2.1");
	start(1);
	want_with("any", NULL, "192.0.2.2");
	start(2);
	want_with("other", NULL, "192.0.2.2");
	start(3);
	ck_assert(!assign(9, "10.3.0.9", FALSE));

	/* those that the session names, each once, whoever else has them */
	ck_assert(!assign(1, "10.3.0.2", FALSE));
	ck_assert(assign(1, "10.3.0.1", TRUE));
	ck_assert(!assign(1, "10.3.0.1", TRUE));

	/* if it names none: not those of other sessions, up or not, of UPFs and of
	 * interfaces */
	ck_assert(!assign(2, "10.3.0.1", FALSE));
	ck_assert(!assign(2, "192.0.2.1", FALSE));
	ck_assert(!assign(2, "192.0.2.2", FALSE));
	ck_assert(!assign(2, "10.3.0.2", TRUE));
	ck_assert(assign(2, "10.3.0.2", FALSE));
	ck_assert(!assign(3, "10.3.0.2", FALSE));
	ck_assert(assign(3, "10.3.0.3", FALSE));

	/* its own one is on an interface when it is assigned again, as when charon
	 * reauthenticates */
	up(2, 0);
	ck_assert(follow(2, 4));
	ck_assert(assign(4, "10.3.0.2", TRUE));
	ck_assert(!assign(4, "10.3.0.3", TRUE));
	legs->remove(legs, 2, &order);
	ck_assert(!assign(3, "10.3.0.2", FALSE));
	legs->remove(legs, 4, &order);
	/* that is so also when the tunnel is lost before there is another one */
	start(6);
	ck_assert(!assign(6, "10.3.0.3", TRUE));
	ck_assert(assign(6, "10.3.0.2", TRUE));
	ck_assert(!assign(3, "10.3.0.2", FALSE));
	legs->remove(legs, 6, &order);
	/* a while later, what is on an interface is somebody else's */
	sleep(NIN3A_UE_LOST + 2);
	start(7);
	ck_assert(!assign(7, "10.3.0.2", TRUE));
	legs->remove(legs, 7, &order);
	ck_assert(assign(3, "10.3.0.2", FALSE));

	/* and not more than that */
	for (i = 2; i < NIN3A_UE_INNER_MAX; i++)
	{
		snprintf(text, sizeof(text), "10.3.1.%d", i);
		ck_assert(assign(3, text, FALSE));
	}
	ck_assert(!assign(3, "10.3.2.1", FALSE));

	/* a session that is gone has none */
	legs->drop(legs, "named", NULL, KUPF_REASON_DELETED, ids);
	legs->remove(legs, 1, &order);
	legs->drop(legs, "other", NULL, KUPF_REASON_DELETED, ids);
	legs->remove(legs, 3, &order);
	want_with("any", NULL, "192.0.2.9");
	start(5);
	ck_assert(assign(5, "10.3.0.1", FALSE));
	ck_assert(assign(5, "192.0.2.1", FALSE));
	ck_assert(assign(5, "192.0.2.2", FALSE));
	ck_assert(!assign(5, "192.0.2.9", FALSE));
}
END_TEST

START_TEST(test_unreadable)
{
	want("s", 1, 1);
	start(1);
	sas->set_unreadable(sas, 1);
	sas->set_unreadable(sas, 9);
	ck_assert(sas->condemn(sas, 1, NIN3A_UE_NO_ANSWER));
	ck_assert_int_eq(sas->get_failure(sas, 1), NIN3A_UE_UNREADABLE);
	legs->remove(legs, 1, &order);
	/* there was something that could be read as well */
	start(2);
	sas->set_unreadable(sas, 2);
	sas->set_failure(sas, 2, NIN3A_UE_WRONG_KEY);
	sas->set_failure(sas, 2, NIN3A_UE_NO_ANSWER);
	ck_assert_int_eq(sas->get_failure(sas, 2), NIN3A_UE_WRONG_KEY);
	legs->remove(legs, 2, &order);
	start(3);
	sas->set_failure(sas, 3, NIN3A_UE_NO_ANSWER);
	ck_assert_int_eq(sas->get_failure(sas, 3), NIN3A_UE_NO_ANSWER);
}
END_TEST

START_TEST(test_lifetimes)
{
	u_int i;

	want("s", 1, 1);
	start(1);
	for (i = 0; i < NIN3A_UE_LIFETIMES_MAX - 1; i++)
	{
		ck_assert(sas->take_lifetime(sas, 1));
	}
	up(1, 1);
	ck_assert(!sas->take_lifetime(sas, 2));
	/* the UPF has no more of them by rekeying */
	ck_assert(!ike_rekey(1, 2));
	ck_assert(!sas->take_lifetime(sas, 1));
	ck_assert(sas->take_lifetime(sas, 2));
	ck_assert(!sas->take_lifetime(sas, 2));
}
END_TEST

void nin3a_ue_legs_assign_cases(Suite *suite)
{
	TCase *tc = test_case(suite, "assign", 60, setup, teardown);

	tcase_add_test(tc, test_assign);
	tcase_add_test(tc, test_assign_prefix);
	tcase_add_test(tc, test_unreadable);
	tcase_add_test(tc, test_lifetimes);
}
