/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * What the guard makes of what is in messages that are due.
 */

#include <check.h>

#include "compat.h"
#include "test_tunnel_guard.h"
#include "tunnel/tunnel_rules.h"
#include "test_runner.h"

#include <encoding/payloads/cp_payload.h>
#include <encoding/payloads/delete_payload.h>
#include <encoding/payloads/nonce_payload.h>
#include <encoding/payloads/sa_payload.h>
#include <encoding/payloads/ts_payload.h>
#include <encoding/payloads/vendor_id_payload.h>

#include <unistd.h>

START_TEST(test_take_out)
{
	begin(INFORMATIONAL, TRUE);
	add_notify(REDIRECT);
	add_notify(AUTH_LIFETIME);
	add_notify(UPDATE_SA_ADDRESSES);
	add_notify(REDIRECT);
	add(&sa_payload_create(PLV2_SECURITY_ASSOCIATION)->payload_interface);
	assert_counts(TUNNEL_REDIRECT, 2,
		assert_counts(TUNNEL_MISPLACED, 2, ck_assert(check(TRUE))));
	ck_assert_uint_eq(payloads(PL_NONE), 1);
	ck_assert(message->get_notify(message, UPDATE_SA_ADDRESSES));
	ck_assert_int_eq(message->get_exchange_type(message), INFORMATIONAL);

	/* who has initiated may be told how long it lasts */
	sa.conditions = COND_ORIGINAL_INITIATOR;
	begin(INFORMATIONAL, TRUE);
	add_notify(AUTH_LIFETIME);
	ck_assert(check(TRUE));
	ck_assert_uint_eq(payloads(PL_NONE), 1);
}
END_TEST

static void add_answer(bool selectors)
{
	begin(CREATE_CHILD_SA, FALSE);
	add(&sa_payload_create(PLV2_SECURITY_ASSOCIATION)->payload_interface);
	add(&nonce_payload_create(PLV2_NONCE)->payload_interface);
	if (selectors)
	{
		add(&ts_payload_create(TRUE)->payload_interface);
		add(&ts_payload_create(FALSE)->payload_interface);
	}
}

static void assert_refusal(tunnel_verdict_t verdict)
{
	uint64_t before = counted(verdict);

	ck_assert(check(TRUE));
	ck_assert_uint_eq(counted(verdict), before + 1);
	ck_assert_uint_eq(payloads(PL_NONE), 1);
	ck_assert(message->get_notify(message, NO_PROPOSAL_CHOSEN));
	ck_assert_int_eq(message->get_exchange_type(message), CREATE_CHILD_SA);
}

START_TEST(test_addresses)
{
	u_int i;

	begin(INFORMATIONAL, TRUE);
	for (i = 0; i < TUNNEL_ADDRESSES_MAX; i++)
	{
		add_notify(i % 2 ? ADDITIONAL_IP4_ADDRESS : ADDITIONAL_IP6_ADDRESS);
	}
	assert_counts(TUNNEL_EXCESS, 0, ck_assert(check(TRUE)));
	for (i = 0; i < 5; i++)
	{
		add_notify(i % 2 ? ADDITIONAL_IP4_ADDRESS : ADDITIONAL_IP6_ADDRESS);
		add_notify(COOKIE2);
	}
	assert_counts(TUNNEL_EXCESS, 5, ck_assert(check(TRUE)));
	ck_assert_uint_eq(payloads(PL_NONE), TUNNEL_ADDRESSES_MAX + 5);
}
END_TEST

/**
 * Add a payload that asks for inner addresses.
 */
static void add_asked(u_int count)
{
	cp_payload_t *cp;

	cp = cp_payload_create_type(PLV2_CONFIGURATION, CFG_REQUEST);
	while (count--)
	{
		cp->add_attribute(cp, configuration_attribute_create_chunk(
							PLV2_CONFIGURATION_ATTRIBUTE, count % 2 ?
							INTERNAL_IP4_ADDRESS : INTERNAL_IP6_ADDRESS,
							chunk_empty));
	}
	cp->add_attribute(cp, configuration_attribute_create_chunk(
							PLV2_CONFIGURATION_ATTRIBUTE, INTERNAL_IP4_DNS,
							chunk_empty));
	add(&cp->payload_interface);
}

START_TEST(test_asked)
{
	sa.state = IKE_CONNECTING;
	begin(IKE_AUTH, TRUE);
	add_asked(TUNNEL_ASKED_MAX);
	assert_counts(TUNNEL_EXCESS, 0, ck_assert(check(TRUE)));
	ck_assert_uint_eq(payloads(PLV2_CONFIGURATION), 1);
	begin(IKE_AUTH, TRUE);
	add_asked(TUNNEL_ASKED_MAX + 1);
	add_notify(INITIAL_CONTACT);
	assert_counts(TUNNEL_EXCESS, 1, ck_assert(check(TRUE)));
	ck_assert_uint_eq(payloads(PLV2_CONFIGURATION), 0);
	ck_assert_uint_eq(payloads(PL_NONE), 1);
}
END_TEST

/**
 * Add a payload that deletes CHILD_SAs.
 */
static void add_deleted(u_int count)
{
	delete_payload_t *delete;

	delete = delete_payload_create(PLV2_DELETE, PROTO_ESP);
	while (count--)
	{
		delete->add_spi(delete, count + 1);
	}
	add(&delete->payload_interface);
}

START_TEST(test_deleted)
{
	begin(INFORMATIONAL, TRUE);
	add_deleted(2);
	add_deleted(TUNNEL_DELETED_SPARE);
	assert_counts(TUNNEL_EXCESS, 0, ck_assert(check(TRUE)));
	add_deleted(1);
	assert_counts(TUNNEL_EXCESS, 1, ck_assert(check(TRUE)));
	ck_assert_uint_eq(payloads(PL_NONE), 2);
	begin(INFORMATIONAL, TRUE);
	add_deleted(2 + TUNNEL_DELETED_SPARE + 1);
	assert_counts(TUNNEL_EXCESS, 1, ck_assert(check(TRUE)));
	ck_assert_uint_eq(payloads(PL_NONE), 0);
}
END_TEST

START_TEST(test_vendors)
{
	u_int i;

	sa.state = IKE_CREATED;
	receive(IKE_SA_INIT, TRUE, PLV2_VENDOR_ID);
	for (i = 0; i < TUNNEL_VENDORS_MAX + 3; i++)
	{
		add(&vendor_id_payload_create_data(PLV2_VENDOR_ID,
						chunk_clone(chunk_from_str("id")))->payload_interface);
	}
	assert_counts(TUNNEL_EXCESS, 3, ck_assert(check(TRUE)));
	ck_assert_uint_eq(payloads(PLV2_VENDOR_ID), TUNNEL_VENDORS_MAX);
}
END_TEST

START_TEST(test_answer)
{
	add_answer(TRUE);
	ck_assert(check(TRUE));
	ck_assert_uint_eq(payloads(PL_NONE), 4);

	add_notify(TEMPORARY_FAILURE);
	assert_refusal(TUNNEL_CONTRADICTORY);

	add_answer(FALSE);
	assert_refusal(TUNNEL_CONTRADICTORY);
	sa_task = TASK_CHILD_REKEY;
	add_answer(FALSE);
	assert_refusal(TUNNEL_CONTRADICTORY);
	sa_task = TASK_IKE_REKEY;
	add_answer(FALSE);
	ck_assert(check(TRUE));
	ck_assert_uint_eq(payloads(PL_NONE), 2);

	begin(CREATE_CHILD_SA, FALSE);
	add_notify(NO_ADDITIONAL_SAS);
	assert_refusal(TUNNEL_REAUTH);

	/* a request may have as much as it likes */
	begin(CREATE_CHILD_SA, TRUE);
	add(&sa_payload_create(PLV2_SECURITY_ASSOCIATION)->payload_interface);
	add_notify(TEMPORARY_FAILURE);
	ck_assert(check(TRUE));
	ck_assert_uint_eq(payloads(PL_NONE), 2);
}
END_TEST

/**
 * Receive a request that rekeys the IKE_SA, or a CHILD_SA.
 */
static void add_rekeying(payload_t *selectors)
{
	begin(CREATE_CHILD_SA, TRUE);
	add(&sa_payload_create(PLV2_SECURITY_ASSOCIATION)->payload_interface);
	add(&nonce_payload_create(PLV2_NONCE)->payload_interface);
	if (selectors)
	{
		add(selectors);
	}
}

/**
 * That a request is left out as a whole, for the peer to send it again.
 */
static void assert_later()
{
	assert_counts(TUNNEL_NOT_YET, 1, ck_assert(!check(TRUE)));
	ck_assert_int_eq(message->get_exchange_type(message),
					 EXCHANGE_TYPE_UNDEFINED);
}

static void assert_now()
{
	assert_counts(TUNNEL_NOT_YET, 0, ck_assert(check(TRUE)));
	ck_assert_int_ne(message->get_exchange_type(message),
					 EXCHANGE_TYPE_UNDEFINED);
}

START_TEST(test_rekeying)
{
	child_sa_state_t open[] = {
		CHILD_REKEYING, CHILD_RETRYING, CHILD_DELETING
	};
	u_int i;

	sa_task = TASK_CHILD_REKEY;
	begin(INFORMATIONAL, TRUE);
	add_deleted(1);
	assert_now();
	/* in one payload, or in two */
	begin(INFORMATIONAL, TRUE);
	add_deleted(2);
	assert_later();
	begin(INFORMATIONAL, TRUE);
	add_deleted(1);
	add_deleted(1);
	assert_later();

	add_rekeying(NULL);
	assert_later();
	add_rekeying(&ts_payload_create(TRUE)->payload_interface);
	assert_now();
	add_rekeying(&ts_payload_create(FALSE)->payload_interface);
	assert_now();
	for (i = 0; i < countof(open); i++)
	{
		child_state = open[i];
		add_rekeying(NULL);
		assert_now();
	}

	/* nothing of ours is under way, or something else */
	child_state = CHILD_INSTALLED;
	sa_task = TASK_CHILD_CREATE;
	begin(INFORMATIONAL, TRUE);
	add_deleted(2);
	assert_now();
	add_rekeying(NULL);
	assert_now();
}
END_TEST

/**
 * Receive a request that rekeys a CHILD_SA.
 */
static void add_child_rekeying(protocol_id_t protocol, uint32_t spi)
{
	notify_payload_t *notify;

	add_rekeying(&ts_payload_create(TRUE)->payload_interface);
	notify = notify_payload_create_from_protocol_and_type(PLV2_NOTIFY, protocol,
														  REKEY_SA);
	notify->set_spi(notify, spi);
	add(&notify->payload_interface);
}

/* what the peer has rekeyed while we do, it does not rekey again */
START_TEST(test_again)
{
	sa_task = TASK_CHILD_REKEY;
	add_child_rekeying(PROTO_ESP, 0);
	assert_now();
	child_state = CHILD_REKEYED;
	add_child_rekeying(PROTO_ESP, 0);
	assert_later();
	/* a CHILD_SA that there is not is charon's to refuse */
	add_child_rekeying(PROTO_ESP, 1);
	assert_now();
	add_rekeying(&ts_payload_create(TRUE)->payload_interface);
	assert_now();
	sa_task = TASK_CHILD_CREATE;
	add_child_rekeying(PROTO_ESP, 0);
	assert_now();

	child_state = CHILD_INSTALLED;
	sa_task = TASK_IKE_REKEY;
	add_rekeying(NULL);
	assert_now();
	sa_collided = TRUE;
	add_rekeying(NULL);
	assert_later();
	add_child_rekeying(PROTO_ESP, 0);
	assert_now();
	sa_task = TASK_CHILD_CREATE;
	add_rekeying(NULL);
	assert_now();
}
END_TEST

/** Times that the IKE_SA was checked in by a job */
static u_int ins;

static ike_sa_t *checkout(ike_sa_manager_t *this, ike_sa_id_t *id)
{
	ck_assert(id->equals(id, sa.id));
	return &sa.public;
}

static void checkin(ike_sa_manager_t *this, ike_sa_t *ike_sa)
{
	ck_assert_ptr_eq(ike_sa, &sa.public);
	__atomic_fetch_add(&ins, 1, __ATOMIC_SEQ_CST);
}

/** What has changed until the job is done, and whether it is to forget */
static const struct {
	task_type_t task;
	child_sa_state_t child;
	bool forgets;
} later[] = {
	{ TASK_CHILD_CREATE, CHILD_INSTALLED, TRUE },
	/* it is there, or we rekey one */
	{ TASK_CHILD_CREATE, CHILD_REKEYING, FALSE },
	{ TASK_CHILD_REKEY, CHILD_INSTALLED, FALSE },
};

/* what the peer has begun with a CHILD_SA that is gone is forgotten by a job,
 * whatever comes next, and that comes again */
START_TEST(test_begun)
{
	ike_sa_manager_t manager = { .checkout = checkout, .checkin = checkin };
	u_int i;

	charon->ike_sa_manager = &manager;
	sa_begun = TASK_CHILD_REKEY;
	child_state = CHILD_REKEYING;
	begin(INFORMATIONAL, TRUE);
	assert_counts(TUNNEL_TOO_LATE, 0, assert_now());

	child_state = CHILD_INSTALLED;
	sa_task = TASK_CHILD_REKEY;
	begin(INFORMATIONAL, TRUE);
	assert_counts(TUNNEL_TOO_LATE, 0, assert_later());

	sa_task = TASK_CHILD_CREATE;
	begin(INFORMATIONAL, TRUE);
	assert_counts(TUNNEL_TOO_LATE, 1, ck_assert(!check(TRUE)));
	ck_assert_int_eq(message->get_exchange_type(message),
					 EXCHANGE_TYPE_UNDEFINED);
	/* not in the hook */
	ck_assert_int_eq(sa_begun, TASK_CHILD_REKEY);
	/* as often as it is sent, and no more jobs than there is room for */
	for (i = 1; i < 100; i++)
	{
		begin(INFORMATIONAL, TRUE);
		ck_assert(!check(TRUE));
	}
	ck_assert_uint_eq(lib->processor->get_job_load(lib->processor,
												   JOB_PRIO_MEDIUM), 64);

	sa_task = later[_i].task;
	child_state = later[_i].child;
	lib->processor->set_threads(lib->processor, 3);
	while (__atomic_load_n(&ins, __ATOMIC_SEQ_CST) < 64)
	{
		usleep(1000);
	}
	lib->processor->cancel(lib->processor);
	ck_assert((sa_begun != TASK_CHILD_REKEY) == later[_i].forgets);
	charon->ike_sa_manager = NULL;
}
END_TEST

/* the end of a rekeying of the IKE_SA waits for our own requests */
START_TEST(test_ike_begun)
{
	task_type_t busy[] = { TASK_CHILD_REKEY, TASK_CHILD_DELETE };
	u_int i;

	if (!compat_has_additional_ke())
	{
		begin(TUNNEL_IKE_FOLLOWUP_KE, TRUE);
		assert_counts(TUNNEL_NOT_DUE, 1, ck_assert(!check(TRUE)));
		return;
	}
	sa_begun = TASK_IKE_REKEY;
	begin(TUNNEL_IKE_FOLLOWUP_KE, TRUE);
	assert_now();
	for (i = 0; i < countof(busy); i++)
	{
		sa_task = busy[i];
		begin(TUNNEL_IKE_FOLLOWUP_KE, TRUE);
		assert_later();
	}
}
END_TEST

void tunnel_guard_contents_case(Suite *suite)
{
	TCase *tc = test_case(suite, "contents", 0, setup, teardown);

	tcase_add_test(tc, test_take_out);
	tcase_add_test(tc, test_addresses);
	tcase_add_test(tc, test_asked);
	tcase_add_test(tc, test_deleted);
	tcase_add_test(tc, test_vendors);
	tcase_add_test(tc, test_answer);
	tcase_add_test(tc, test_rekeying);
	tcase_add_test(tc, test_again);
	tcase_add_loop_test(tc, test_begun, 0, countof(later));
	tcase_add_test(tc, test_ike_begun);
}
