/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * What the other end may set up: how it is counted, and how requests beyond that
 * are answered without charon's tasks.
 */

#include <check.h>

#include "tunnel/tunnel_bounds.h"
#include "test_runner.h"

#include <collections/array.h>
#include <encoding/payloads/nonce_payload.h>
#include <encoding/payloads/notify_payload.h>
#include <encoding/payloads/ts_payload.h>
#include <selectors/traffic_selector.h>

/** Most CHILD_SAs that a test has */
#define CHILDREN 32

/** An IKE_SA as far as it is asked */
static struct {
	ike_sa_t public;
	uint32_t unique_id;
	child_sa_t child;
	u_int count;
	child_sa_state_t states[CHILDREN];
	u_int asked;
} sa;

static tunnel_bounds_t *bounds;
static message_t *message;

static const tunnel_limits_t limits = {
	.child_sas = 2,
	.rekeyings = 3,
};

static uint32_t get_unique_id(ike_sa_t *this)
{
	return sa.unique_id;
}

static child_sa_state_t get_state(child_sa_t *this)
{
	return sa.states[sa.asked++];
}

static enumerator_t *create_child_sa_enumerator(ike_sa_t *this)
{
	array_t *children = array_create(0, 0);
	u_int i;

	sa.asked = 0;
	for (i = 0; i < sa.count; i++)
	{
		array_insert(children, ARRAY_TAIL, &sa.child);
	}
	return enumerator_create_cleaner(array_create_enumerator(children),
									 (void*)array_destroy, children);
}

static void setup()
{
	sa.public = (ike_sa_t){
		.get_unique_id = get_unique_id,
		.create_child_sa_enumerator = create_child_sa_enumerator,
	};
	sa.child = (child_sa_t){
		.get_state = get_state,
	};
	sa.unique_id = 1;
	bounds = tunnel_bounds_create();
}

static void teardown()
{
	DESTROY_IF(message);
	message = NULL;
	bounds->destroy(bounds);
}

/**
 * Begin with a message.
 */
static void begin(exchange_type_t exchange, bool request)
{
	DESTROY_IF(message);
	message = message_create(IKEV2_MAJOR_VERSION, IKEV2_MINOR_VERSION);
	message->set_exchange_type(message, exchange);
	message->set_request(message, request);
}

/**
 * Begin with a request for another CHILD_SA, or for rekeying one.
 */
static void ask_child(bool rekeying)
{
	notify_payload_t *notify;

	begin(CREATE_CHILD_SA, TRUE);
	message->add_payload(message,
						 (payload_t*)nonce_payload_create(PLV2_NONCE));
	message->add_payload(message, (payload_t*)ts_payload_create(TRUE));
	if (rekeying)
	{
		notify = notify_payload_create_from_protocol_and_type(PLV2_NOTIFY,
													PROTO_ESP, REKEY_SA);
		message->add_payload(message, (payload_t*)notify);
	}
}

/**
 * Begin with a request to rekey the IKE_SA.
 */
static void ask_ike()
{
	begin(CREATE_CHILD_SA, TRUE);
	message->add_payload(message,
						 (payload_t*)nonce_payload_create(PLV2_NONCE));
}

static tunnel_bound_t check(const tunnel_limits_t *within)
{
	return bounds->check(bounds, &sa.public, message, within);
}

static u_int payloads()
{
	enumerator_t *enumerator;
	payload_t *payload;
	u_int count = 0;

	enumerator = message->create_payload_enumerator(message);
	while (enumerator->enumerate(enumerator, &payload))
	{
		count++;
	}
	enumerator->destroy(enumerator);
	return count;
}

/**
 * That a request is answered with a notify and has no effect.
 */
static void assert_refused(notify_type_t type)
{
	ck_assert_int_eq(message->get_exchange_type(message), INFORMATIONAL);
	ck_assert(message->get_request(message));
	ck_assert_uint_eq(payloads(), 0);
	/* what charon answers to that */
	begin(INFORMATIONAL, FALSE);
	bounds->answer(bounds, &sa.public, message);
	ck_assert_int_eq(message->get_exchange_type(message), CREATE_CHILD_SA);
	ck_assert_uint_eq(payloads(), 1);
	ck_assert(message->get_notify(message, type));
	/* once */
	begin(INFORMATIONAL, FALSE);
	bounds->answer(bounds, &sa.public, message);
	ck_assert_int_eq(message->get_exchange_type(message), INFORMATIONAL);
	ck_assert_uint_eq(payloads(), 0);
}

START_TEST(test_judge_children)
{
	tunnel_children_t children = { .all = 7, .live = 7 };
	tunnel_limits_t eight = { .child_sas = 8 };
	tunnel_rate_t rate = {};

	ck_assert_int_eq(tunnel_bounds_judge(&eight, TUNNEL_ANOTHER_CHILD,
										 &children, &rate, 1), TUNNEL_WITHIN);
	children.all = children.live = 8;
	ck_assert_int_eq(tunnel_bounds_judge(&eight, TUNNEL_ANOTHER_CHILD,
							&children, &rate, 1), TUNNEL_CHILDREN_EXCEEDED);
	/* each of them may be rekeyed */
	ck_assert_int_eq(tunnel_bounds_judge(&eight, TUNNEL_REKEYING, &children,
										 &rate, 1), TUNNEL_WITHIN);
	children.all = 15;
	ck_assert_int_eq(tunnel_bounds_judge(&eight, TUNNEL_REKEYING, &children,
										 &rate, 1), TUNNEL_WITHIN);
	children.all = 16;
	ck_assert_int_eq(tunnel_bounds_judge(&eight, TUNNEL_REKEYING, &children,
										 &rate, 1), TUNNEL_RATE_EXCEEDED);
	/* some were, and are still there */
	children.live = 1;
	ck_assert_int_eq(tunnel_bounds_judge(&eight, TUNNEL_ANOTHER_CHILD,
								&children, &rate, 1), TUNNEL_RATE_EXCEEDED);
	eight.child_sas = 0;
	ck_assert_int_eq(tunnel_bounds_judge(&eight, TUNNEL_ANOTHER_CHILD,
								&children, &rate, 1), TUNNEL_WITHIN);
}
END_TEST

START_TEST(test_judge_rate)
{
	tunnel_children_t children = {};
	tunnel_limits_t three = { .rekeyings = 3 };
	tunnel_rate_t rate = {};
	u_int i;

	for (i = 0; i < 3; i++)
	{
		ck_assert_int_eq(tunnel_bounds_judge(&three, i % 2, &children, &rate,
											 100 + i), TUNNEL_WITHIN);
	}
	for (i = 0; i < 2; i++)
	{	/* whatever it is, to the end of the minute */
		ck_assert_int_eq(tunnel_bounds_judge(&three, i, &children, &rate,
											 159), TUNNEL_RATE_EXCEEDED);
	}
	ck_assert_int_eq(tunnel_bounds_judge(&three, TUNNEL_REKEYING, &children,
										 &rate, 160), TUNNEL_WITHIN);
	ck_assert_uint_eq(rate.count, 1);
	three.rekeyings = 0;
	for (i = 0; i < 100; i++)
	{
		ck_assert_int_eq(tunnel_bounds_judge(&three, TUNNEL_REKEYING,
								&children, &rate, 160), TUNNEL_WITHIN);
	}
}
END_TEST

START_TEST(test_children)
{
	ask_child(FALSE);
	ck_assert_int_eq(check(&limits), TUNNEL_WITHIN);
	ck_assert_int_eq(message->get_exchange_type(message), CREATE_CHILD_SA);
	ck_assert_uint_eq(payloads(), 2);
	/* the answer to it is charon's */
	begin(CREATE_CHILD_SA, FALSE);
	message->add_notify(message, FALSE, TS_UNACCEPTABLE, chunk_empty);
	bounds->answer(bounds, &sa.public, message);
	ck_assert(message->get_notify(message, TS_UNACCEPTABLE));

	/* those that go do not count */
	sa.count = 3;
	sa.states[0] = CHILD_REKEYED;
	sa.states[1] = CHILD_DELETED;
	sa.states[2] = CHILD_INSTALLED;
	ask_child(FALSE);
	ck_assert_int_eq(check(&limits), TUNNEL_WITHIN);
	sa.states[1] = CHILD_REKEYING;
	ask_child(FALSE);
	ck_assert_int_eq(check(&limits), TUNNEL_CHILDREN_EXCEEDED);
	assert_refused(NO_ADDITIONAL_SAS);
	ask_child(TRUE);
	ck_assert_int_eq(check(&limits), TUNNEL_WITHIN);
	sa.count = 4;
	sa.states[3] = CHILD_REKEYED;
	ask_child(TRUE);
	ck_assert_int_eq(check(&limits), TUNNEL_RATE_EXCEEDED);
	assert_refused(TEMPORARY_FAILURE);
}
END_TEST

START_TEST(test_rate)
{
	ask_child(TRUE);
	ck_assert_int_eq(check(&limits), TUNNEL_WITHIN);
	ask_ike();
	ck_assert_int_eq(check(&limits), TUNNEL_WITHIN);
	/* the successor goes on with the count */
	bounds->rekey(bounds, 1, 2);
	sa.unique_id = 2;
	ask_ike();
	ck_assert_int_eq(check(&limits), TUNNEL_WITHIN);
	ask_ike();
	ck_assert_int_eq(check(&limits), TUNNEL_RATE_EXCEEDED);
	assert_refused(TEMPORARY_FAILURE);
	/* another one has its own */
	sa.unique_id = 3;
	ask_ike();
	ck_assert_int_eq(check(&limits), TUNNEL_WITHIN);
	/* and so has one that comes after it is gone */
	bounds->remove(bounds, 2);
	sa.unique_id = 2;
	ask_ike();
	ck_assert_int_eq(check(&limits), TUNNEL_WITHIN);
	bounds->remove(bounds, 4);
	bounds->rekey(bounds, 4, 5);
}
END_TEST

START_TEST(test_others)
{
	static const tunnel_limits_t none;
	u_int i;

	/* nothing else is looked at */
	for (i = 0; i < 10; i++)
	{
		begin(INFORMATIONAL, TRUE);
		ck_assert_int_eq(check(&limits), TUNNEL_WITHIN);
		begin(CREATE_CHILD_SA, FALSE);
		ck_assert_int_eq(check(&limits), TUNNEL_WITHIN);
		ask_ike();
		ck_assert_int_eq(check(&none), TUNNEL_WITHIN);
	}
	ask_ike();
	ck_assert_int_eq(check(&limits), TUNNEL_RATE_EXCEEDED);
	/* a request of ours before the answer */
	begin(INFORMATIONAL, TRUE);
	bounds->answer(bounds, &sa.public, message);
	ck_assert_int_eq(message->get_exchange_type(message), INFORMATIONAL);
	ck_assert_uint_eq(payloads(), 0);
	/* if it was never answered, the next answer is not one to it */
	ask_child(FALSE);
	ck_assert_int_eq(check(&none), TUNNEL_WITHIN);
	begin(INFORMATIONAL, FALSE);
	bounds->answer(bounds, &sa.public, message);
	ck_assert_int_eq(message->get_exchange_type(message), INFORMATIONAL);
}
END_TEST

/**
 * Make a list of selectors, which have ports from 0 on.
 */
static linked_list_t *make_selectors(u_int count)
{
	linked_list_t *list = linked_list_create();
	u_int i;

	for (i = 0; i < count; i++)
	{
		list->insert_last(list, traffic_selector_create_from_string(
								IPPROTO_TCP, TS_IPV4_ADDR_RANGE, "10.3.0.1", i,
								"10.3.0.1", i));
	}
	return list;
}

/**
 * Bound lists of selectors, and check how many are left.
 */
static void bound(u_int local, u_int remote, bool within)
{
	linked_list_t *mine = make_selectors(local), *its = make_selectors(remote);
	traffic_selector_t *last;

	ck_assert(tunnel_bounds_selectors(mine, its) == within);
	ck_assert_int_eq(mine->get_count(mine), min(local, TUNNEL_SELECTORS_MAX));
	ck_assert_int_eq(its->get_count(its), min(remote, TUNNEL_SELECTORS_MAX));
	/* it is the first that stay */
	if (its->get_last(its, (void**)&last) == SUCCESS)
	{
		ck_assert_int_eq(last->get_from_port(last), its->get_count(its) - 1);
	}
	mine->destroy_offset(mine, offsetof(traffic_selector_t, destroy));
	its->destroy_offset(its, offsetof(traffic_selector_t, destroy));
}

START_TEST(test_selectors)
{
	bound(0, 0, TRUE);
	bound(1, 1, TRUE);
	bound(TUNNEL_SELECTORS_MAX, TUNNEL_SELECTORS_MAX, TRUE);
	bound(TUNNEL_SELECTORS_MAX + 1, 1, FALSE);
	bound(1, TUNNEL_SELECTORS_MAX + 1, FALSE);
	bound(255, 255, FALSE);
}
END_TEST

static Suite *tunnel_bounds_suite()
{
	Suite *suite = suite_create("tunnel_bounds");
	TCase *tc = test_case(suite, "judge", 0, NULL, NULL);

	tcase_add_test(tc, test_judge_children);
	tcase_add_test(tc, test_judge_rate);
	tcase_add_test(tc, test_selectors);

	tc = test_case(suite, "messages", 0, setup, teardown);
	tcase_add_test(tc, test_children);
	tcase_add_test(tc, test_rate);
	tcase_add_test(tc, test_others);

	return suite;
}

int main(void)
{
	return test_run(tunnel_bounds_suite());
}
