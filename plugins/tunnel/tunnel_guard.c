/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "tunnel_guard.h"
#include "kupf/kupf_limiter.h"

#include "compat.h"

#include <encoding/payloads/cp_payload.h>
#include <encoding/payloads/delete_payload.h>
#include <encoding/payloads/notify_payload.h>

/** Room for the name of a counter */
#define NAME_MAX_LEN 64

/** Octets of the header, and where it has the type of the first payload
 * (RFC 7296, 3.1) */
#define HEADER_LEN 28
#define FIRST_PAYLOAD_POS 16

/** Octets of the headers of the Encrypted and the Encrypted Fragment payload
 * (RFC 7296, 3.14; RFC 7383, 2.5) */
#define ENCRYPTED_LEN 4
#define FRAGMENT_LEN 8

/** How far from the message ID that is due no window reaches */
#define FAR_AWAY 0x40000000

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
 * Whether a payload begins as it must, and ends within the message.
 */
static bool is_whole(chunk_t payload, size_t header)
{
	size_t len;

	if (payload.len < header)
	{
		return FALSE;
	}
	len = untoh16(payload.ptr + 2);
	return len >= header && len <= payload.len;
}

/**
 * Whether a message is encrypted: all of it from its first payload on, which is
 * such that charon looks at nothing else before its integrity.
 */
static bool is_protected(message_t *message)
{
	chunk_t data = message->get_packet_data(message), payload;
	uint16_t number, total;

	if (data.len <= FIRST_PAYLOAD_POS)
	{	/* put together from fragments, which were */
		return message->get_payload(message, PLV2_ENCRYPTED) != NULL;
	}
	payload = chunk_skip(data, HEADER_LEN);
	switch (data.ptr[FIRST_PAYLOAD_POS])
	{
		case PLV2_ENCRYPTED:
			return is_whole(payload, ENCRYPTED_LEN);
		case PLV2_FRAGMENT:
			if (!is_whole(payload, FRAGMENT_LEN))
			{
				return FALSE;
			}
			number = untoh16(payload.ptr + 4);
			total = untoh16(payload.ptr + 6);
			return number && number <= total;
		default:
			return FALSE;
	}
}

/**
 * Get the facts that tell whether a message is due.
 */
static void get_facts(ike_sa_t *ike_sa, message_t *message,
					  tunnel_facts_t *facts)
{
	ike_sa_id_t *id = ike_sa->get_id(ike_sa);

	facts->additional_ke = compat_has_additional_ke();
	facts->state = ike_sa->get_state(ike_sa);
	facts->initiator = id->is_initiator(id);
	facts->original = ike_sa->has_condition(ike_sa, COND_ORIGINAL_INITIATOR);
	facts->exchange = message->get_exchange_type(message);
	facts->request = message->get_request(message);
	facts->message_id = message->get_message_id(message);
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
 * Whether a request of charon for a task is under way.
 */
static bool is_active(ike_sa_t *ike_sa, task_type_t type)
{
	enumerator_t *enumerator;
	bool found = FALSE;
	task_t *task;

	enumerator = ike_sa->create_task_enumerator(ike_sa, TASK_QUEUE_ACTIVE);
	while (!found && enumerator->enumerate(enumerator, &task))
	{
		found = task->get_type(task) == type;
	}
	enumerator->destroy(enumerator);
	return found;
}

/**
 * Whether charon takes a CHILD_SA for half-open: have_half_open_children() in
 * its ike_rekey.c.
 */
static bool is_half_open(ike_sa_t *ike_sa)
{
	enumerator_t *enumerator;
	child_sa_t *child_sa;
	bool found = FALSE;

	enumerator = ike_sa->create_child_sa_enumerator(ike_sa);
	while (!found && enumerator->enumerate(enumerator, &child_sa))
	{
		switch (child_sa->get_state(child_sa))
		{
			case CHILD_REKEYING:
			case CHILD_RETRYING:
			case CHILD_DELETING:
				found = TRUE;
				break;
			default:
				break;
		}
	}
	enumerator->destroy(enumerator);
	return found;
}

/**
 * Get the facts about what a parsed request asks for.
 */
static void get_request(ike_sa_t *ike_sa, message_t *message,
						tunnel_facts_t *facts)
{
	facts->rekeying = is_active(ike_sa, TASK_CHILD_REKEY);
	facts->half_open = facts->rekeying && is_half_open(ike_sa);
	facts->any_selectors = message->get_payload(message, PLV2_TS_INITIATOR) ||
						   message->get_payload(message, PLV2_TS_RESPONDER);
}

/**
 * Get the facts about what a parsed response says.
 */
static void get_answer(ike_sa_t *ike_sa, message_t *message,
					   tunnel_facts_t *facts)
{
	notify_payload_t *notify;
	enumerator_t *enumerator;
	payload_t *payload;
	notify_type_t type;

	facts->child_due = is_active(ike_sa, TASK_CHILD_CREATE) ||
					   is_active(ike_sa, TASK_CHILD_REKEY);
	facts->sa = message->get_payload(message, PLV2_SECURITY_ASSOCIATION);
	facts->selectors = message->get_payload(message, PLV2_TS_INITIATOR) &&
					   message->get_payload(message, PLV2_TS_RESPONDER);
	enumerator = message->create_payload_enumerator(message);
	while (enumerator->enumerate(enumerator, &payload))
	{
		if (payload->get_type(payload) == PLV2_NOTIFY)
		{
			notify = (notify_payload_t*)payload;
			type = notify->get_notify_type(notify);
			/* RFC 7296, 3.10.1 */
			facts->error |= type <= 16383;
			facts->no_additional_sas |= type == NO_ADDITIONAL_SAS;
		}
	}
	enumerator->destroy(enumerator);
}

/**
 * Count the inner addresses in a configuration payload.
 */
static u_int count_addresses(cp_payload_t *payload)
{
	configuration_attribute_t *attribute;
	enumerator_t *enumerator;
	u_int count = 0;

	enumerator = payload->create_attribute_enumerator(payload);
	while (enumerator->enumerate(enumerator, &attribute))
	{
		count += attribute->get_type(attribute) == INTERNAL_IP4_ADDRESS ||
				 attribute->get_type(attribute) == INTERNAL_IP6_ADDRESS;
	}
	enumerator->destroy(enumerator);
	return count;
}

/**
 * Count what an enumerator has, which is destroyed.
 */
static u_int count_all(enumerator_t *enumerator)
{
	u_int count = 0;
	uintptr_t any;

	while (enumerator->enumerate(enumerator, &any))
	{
		count++;
	}
	enumerator->destroy(enumerator);
	return count;
}

/**
 * Count what a payload adds to those before it.
 */
static void count_content(ike_sa_t *ike_sa, tunnel_facts_t *facts,
						  payload_t *payload)
{
	delete_payload_t *delete = (delete_payload_t*)payload;

	switch (payload->get_type(payload))
	{
		case PLV2_CONFIGURATION:
			facts->asked += count_addresses((cp_payload_t*)payload);
			break;
		case PLV2_DELETE:
			facts->children = count_all(
								ike_sa->create_child_sa_enumerator(ike_sa));
			facts->deleted += count_all(delete->create_spi_enumerator(delete));
			break;
		case PLV2_VENDOR_ID:
			facts->vendors++;
			break;
		default:
			break;
	}
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

	count_content(ike_sa, facts, payload);
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
		get_request(ike_sa, message, facts);
		return tunnel_rules_request(facts);
	}
	get_answer(ike_sa, message, facts);
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
	get_facts(ike_sa, message, &facts);
	if (!plain && facts.message_id !=
				ike_sa->get_message_id(ike_sa, !facts.request))
	{	/* sent again, or out of the window: charon does not read it */
		return TRUE;
	}
	facts.protected = plain || is_protected(message);
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
tunnel_guard_t *tunnel_guard_create(const char *name, void (*count)(void))
{
	private_tunnel_guard_t *this;

	INIT(this,
		.public = {
			.check = _check,
			.destroy = _destroy,
		},
		.name = name,
		.limiter = KUPF_LIMITER(name, count),
	);

	return &this->public;
}
