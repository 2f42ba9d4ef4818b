/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Keys on demand that no SMF gives: it is slow, goes away, or is not there.
 */

#include "test_kupf_fetch.h"

#include <unistd.h>

START_TEST(test_timeout)
{
	ue_t ue;

	begin(SHORT, 4, 10, 100, TRUE);
	ck_assert(!ue_at_once("a"));
	ck_assert_uint_eq(get_requests(), 1);
	ck_assert_uint_eq(test_counter("fetch-timeouts"), 1);
	/* nor waited for again */
	ck_assert(!ue_at_once("a"));
	ck_assert_uint_eq(get_requests(), 1);
	ck_assert_uint_eq(test_counter("fetch-negative"), 1);
	end();

	/* those who joined go at the same time */
	begin(1000, 4, 10, 100, TRUE);
	ue_asked_for(&ue, "a", 1, 1);
	ck_assert(!ue_at_once("a"));
	ck_assert(!ue_ends(&ue));
	ck_assert_uint_eq(get_requests(), 1);
	end();
}
END_TEST

START_TEST(test_nobody)
{
	begin(LONG, 4, 10, 100, FALSE);
	ck_assert(!ue_at_once("a"));
	ck_assert_uint_eq(test_counter("fetch-requests"), 0);
	ck_assert_uint_eq(test_counter("fetch-deserted"), 1);
	/* that is no word about the identity */
	ck_assert(!ue_at_once("a"));
	ck_assert_uint_eq(test_counter("fetch-negative"), 0);
	end();
}
END_TEST

START_TEST(test_deserted)
{
	ue_t ues[3];
	kupf_subscriber_t other;

	begin(LONG, 4, 10, 100, TRUE);
	other = smf;
	upf.publisher->subscribe(upf.publisher, KUPF_EVENT_KEY_REQUEST, &other);
	ue_asked_for(&ues[0], "a", 1, 2);
	ue_asked_for(&ues[1], "b", 2, 4);
	ue_comes(&ues[2], "b", 3);
	ck_assert_uint_eq(get_requests(), 4);
	/* one is left who may answer */
	upf.publisher->unsubscribe(upf.publisher, KUPF_EVENT_KEY_REQUEST, &other);
	usleep(SHORT * 1000);
	ck_assert_uint_eq(test_counter("fetch-waiting"), 3);
	upf.publisher->unsubscribe(upf.publisher, KUPF_EVENT_KEY_REQUEST, &smf);
	ck_assert(!ue_ends(&ues[0]));
	ck_assert(!ue_ends(&ues[1]));
	ck_assert(!ue_ends(&ues[2]));
	ck_assert_uint_eq(test_counter("fetch-deserted"), 2);
	/* another one comes */
	upf.publisher->subscribe(upf.publisher, KUPF_EVENT_KEY_REQUEST, &smf);
	ue_asked_for(&ues[0], "a", 1, 5);
	run("", "establish-session", "session=s ue-id=keyid:a " KEY);
	ck_assert(ue_ends(&ues[0]));
	end();
}
END_TEST

START_TEST(test_not_askable)
{
	identification_t *ids[] = {
		identification_create_from_string("C=CH, O=x, CN=y"),
		identification_create_from_encoding(ID_KEY_ID, chunk_empty),
		identification_create_from_encoding(ID_ANY, chunk_empty),
		identification_create_from_encoding(ID_FQDN, chunk_from_str("*")),
		identification_create_from_encoding(ID_IPV4_ADDR,
											chunk_from_str("abc")),
	};
	u_int i;

	begin(LONG, 4, 10, 100, TRUE);
	for (i = 0; i < countof(ids); i++)
	{
		ck_assert_ptr_null(fetch->get(fetch, ids[i], local, remote));
		ids[i]->destroy(ids[i]);
	}
	ck_assert_uint_eq(get_requests(), 0);
	end();
}
END_TEST

START_TEST(test_end)
{
	ue_t ues[2];

	begin(LONG, 4, 10, 100, TRUE);
	ue_asked_for(&ues[0], "a", 1, 1);
	ue_asked_for(&ues[1], "b", 2, 2);
	fetch->end(fetch);
	ck_assert(!ue_ends(&ues[0]));
	ck_assert(!ue_ends(&ues[1]));
	ck_assert(!ue_at_once("c"));
	ck_assert_uint_eq(get_requests(), 2);
	ck_assert_uint_eq(test_counter("fetch-ended"), 2);
	end();
}
END_TEST

void kupf_fetch_unanswered_case(Suite *suite)
{
	TCase *tc = test_case(suite, "unanswered", 60, NULL, NULL);

	tcase_add_test(tc, test_timeout);
	tcase_add_test(tc, test_nobody);
	tcase_add_test(tc, test_deserted);
	tcase_add_test(tc, test_not_askable);
	tcase_add_test(tc, test_end);
}
