/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "tunnel_guard.h"
#include "tunnel_facts.h"
#include "tunnel_spis.h"
#include "tunnel_worker.h"
#include "kupf/kupf_limiter.h"

#include <encoding/payloads/notify_payload.h>

/** Room for the name of a counter */
#define NAME_MAX_LEN 64

/** How far from the message ID that is due no window reaches */
#define FAR_AWAY 0x40000000

/** Most jobs that are queued: whoever finds no room sends its request again */
#define JOBS_MAX 64

typedef struct private_tunnel_guard_t private_tunnel_guard_t;

/**
 * Private data of the guard.
 */
struct private_tunnel_guard_t {
	/** public interface */
	tunnel_guard_t public;
	/** name of the plugin */
	const char *name;
	/** bounds the log */
	kupf_limiter_t limiter;
	/** has IKE_SAs forget what their peers have begun */
	tunnel_worker_t *worker;
	/** jobs of it that are queued */
	u_int jobs;
};

/**
 * What was left out, by verdict.
 */
static uint64_t counters[TUNNEL_AGAINST];

/*
 * Described in header
 */
void tunnel_guard_count(tunnel_verdict_t verdict)
{
	__atomic_fetch_add(&counters[verdict], 1, __ATOMIC_RELAXED);
}

/**
 * Count what is left out, and tell about it.
 */
static void report(private_tunnel_guard_t *this, ike_sa_t *ike_sa,
				   const tunnel_facts_t *facts, message_t *message,
				   tunnel_verdict_t verdict)
{
	tunnel_guard_count(verdict);
	if (kupf_limiter_allows(&this->limiter))
	{
		DBG1(DBG_CFG, "%s: left out of IKE_SA [%u], state %N: %N %s from %#H, "
			 "%s", this->name, ike_sa->get_unique_id(ike_sa),
			 ike_sa_state_names, facts->state, exchange_type_names,
			 facts->exchange, facts->request ? "request" : "response",
			 message->get_source(message), tunnel_rules_token(verdict));
	}
}

/**
 * Whether a message comes from another address than that of the peer.
 */
static bool is_elsewhere(ike_sa_t *ike_sa, message_t *message)
{
	host_t *source = message->get_source(message);

	return !source->ip_equals(source, ike_sa->get_other_host(ike_sa));
}

/**
 * What is thought of a payload of a message that is due.
 */
static tunnel_verdict_t judge_payload(ike_sa_t *ike_sa, tunnel_facts_t *facts,
									  payload_t *payload)
{
	notify_payload_t *notify;
	tunnel_verdict_t verdict;
	notify_type_t type;

	tunnel_facts_count(ike_sa, payload, facts);
	verdict = tunnel_rules_payload(facts, payload->get_type(payload));
	if (verdict == TUNNEL_PASS && payload->get_type(payload) == PLV2_NOTIFY)
	{
		notify = (notify_payload_t*)payload;
		type = notify->get_notify_type(notify);
		verdict = tunnel_rules_notify(facts, type);
		facts->addresses += type == ADDITIONAL_IP4_ADDRESS ||
							type == ADDITIONAL_IP6_ADDRESS;
	}
	return verdict;
}

/**
 * Take out what does not belong into a message.
 *
 * @param all		take out everything, and say nothing
 */
static void take_out(private_tunnel_guard_t *this, ike_sa_t *ike_sa,
					 tunnel_facts_t *facts, message_t *message, bool all)
{
	enumerator_t *enumerator;
	tunnel_verdict_t verdict;
	payload_t *payload;

	enumerator = message->create_payload_enumerator(message);
	while (enumerator->enumerate(enumerator, &payload))
	{
		verdict = judge_payload(ike_sa, facts, payload);
		if (all || verdict != TUNNEL_PASS)
		{
			message->remove_payload_at(message, enumerator);
			payload->destroy(payload);
		}
		if (!all && verdict != TUNNEL_PASS)
		{
			report(this, ike_sa, facts, message, verdict);
		}
	}
	enumerator->destroy(enumerator);
}

/**
 * Have charon forget what a peer has begun with a CHILD_SA that is gone, if that
 * is still so: the peer's next request then finds nothing that goes on with it.
 */
static job_requeue_t forget(void *object, void *data)
{
	private_tunnel_guard_t *this = object;
	tunnel_spis_t *spis = data;
	tunnel_facts_t facts = {};
	ike_sa_t *ike_sa;

	__atomic_fetch_sub(&this->jobs, 1, __ATOMIC_RELAXED);
	ike_sa = tunnel_checkout(spis);
	if (ike_sa)
	{
		tunnel_facts_of_tasks(ike_sa, &facts);
		if (tunnel_rules_begun(&facts) == TUNNEL_TOO_LATE)
		{
			ike_sa->flush_queue(ike_sa, TASK_QUEUE_PASSIVE);
		}
		tunnel_checkin(ike_sa, SUCCESS);
	}
	return JOB_REQUEUE_NONE;
}

/**
 * Queue that as a job, as charon tells the kernel about it.
 */
static void queue_forget(private_tunnel_guard_t *this, ike_sa_t *ike_sa)
{
	tunnel_spis_t spis = tunnel_spis_get(ike_sa);

	if (__atomic_load_n(&this->jobs, __ATOMIC_RELAXED) < JOBS_MAX)
	{	/* hooks come one after another */
		__atomic_fetch_add(&this->jobs, 1, __ATOMIC_RELAXED);
		this->worker->queue(this->worker, forget, this, &spis, sizeof(spis),
							0);
	}
}

/**
 * Look at what is in a message that is due.
 *
 * @return			TUNNEL_PASS, or why it is not due after all
 */
static tunnel_verdict_t judge_content(private_tunnel_guard_t *this,
									  ike_sa_t *ike_sa, tunnel_facts_t *facts,
									  message_t *message)
{
	tunnel_verdict_t verdict;

	take_out(this, ike_sa, facts, message, FALSE);
	if (facts->request)
	{
		tunnel_facts_of_request(ike_sa, message, facts);
		return tunnel_rules_request(facts);
	}
	tunnel_facts_of_answer(ike_sa, message, facts);
	verdict = tunnel_rules_answer(facts);
	if (verdict != TUNNEL_PASS)
	{	/* charon has one way to go on after that, whatever it has asked */
		report(this, ike_sa, facts, message, verdict);
		take_out(this, ike_sa, facts, message, TRUE);
		message->add_notify(message, FALSE, NO_PROPOSAL_CHOSEN, chunk_empty);
	}
	return TUNNEL_PASS;
}

METHOD(tunnel_guard_t, check, bool,
	private_tunnel_guard_t *this, ike_sa_t *ike_sa, message_t *message,
	bool plain, bool fixed)
{
	tunnel_facts_t facts = {};
	tunnel_verdict_t verdict;

	if (ike_sa->get_version(ike_sa) != IKEV2 ||
		message->get_exchange_type(message) == EXCHANGE_TYPE_UNDEFINED)
	{	/* the latter if somebody else has left it out */
		return TRUE;
	}
	tunnel_facts_of_message(ike_sa, message, &facts);
	if (!plain && facts.message_id !=
				ike_sa->get_message_id(ike_sa, !facts.request))
	{	/* sent again, or out of the window: charon does not read it */
		return TRUE;
	}
	facts.protected = plain || tunnel_facts_is_protected(message);
	if (fixed && !plain)
	{	/* charon moves an IKE_SA before it tells of the parsed message */
		facts.elsewhere = is_elsewhere(ike_sa, message);
		facts.mobike = ike_sa->supports_extension(ike_sa, EXT_MOBIKE);
	}
	verdict = tunnel_rules_message(&facts);
	if (verdict == TUNNEL_PASS && plain)
	{
		verdict = judge_content(this, ike_sa, &facts, message);
	}
	if (verdict == TUNNEL_PASS)
	{
		return TRUE;
	}
	report(this, ike_sa, &facts, message, verdict);
	if (verdict == TUNNEL_TOO_LATE)
	{
		queue_forget(this, ike_sa);
	}
	if (plain)
	{	/* process_message() in charon's task_manager_v2.c ignores it */
		message->set_exchange_type(message, EXCHANGE_TYPE_UNDEFINED);
	}
	else
	{	/* it ignores requests out of the window and does not even parse them */
		message->set_request(message, TRUE);
		message->set_message_id(message, FAR_AWAY +
								ike_sa->get_message_id(ike_sa, FALSE));
	}
	return FALSE;
}

METHOD(tunnel_guard_t, destroy, void,
	private_tunnel_guard_t *this)
{
	this->worker->destroy(this->worker);
	free(this);
}

/*
 * Described in header
 */
void tunnel_guard_report(const char *name, kupf_counter_cb_t cb, void *user)
{
	char full[NAME_MAX_LEN];
	int i;

	for (i = 0; i < TUNNEL_AGAINST; i++)
	{
		snprintf(full, sizeof(full), "%s-guard-%s", name,
				 tunnel_rules_token(i));
		cb(user, full, __atomic_load_n(&counters[i], __ATOMIC_RELAXED));
	}
}

/*
 * Described in header
 */
tunnel_guard_t *tunnel_guard_create(const char *name,
									void (*count_left_out)(void))
{
	private_tunnel_guard_t *this;

	INIT(this,
		.public = {
			.check = _check,
			.destroy = _destroy,
		},
		.name = name,
		.limiter = KUPF_LIMITER(name, count_left_out),
		.worker = tunnel_worker_create(),
	);

	return &this->public;
}
