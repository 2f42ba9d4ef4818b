/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "tunnel_facts.h"

#include "compat.h"

#include <encoding/payloads/cp_payload.h>
#include <encoding/payloads/delete_payload.h>
#include <encoding/payloads/notify_payload.h>
#include <sa/ikev2/tasks/ike_rekey.h>

/** Octets of the header, and where it has the type of the first payload
 * (RFC 7296, 3.1) */
#define HEADER_LEN 28
#define FIRST_PAYLOAD_POS 16

/** Octets of the headers of the Encrypted and the Encrypted Fragment payload
 * (RFC 7296, 3.14; RFC 7383, 2.5) */
#define ENCRYPTED_LEN 4
#define FRAGMENT_LEN 8

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

/*
 * Described in header
 */
bool tunnel_facts_is_protected(message_t *message)
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

/*
 * Described in header
 */
void tunnel_facts_of_message(ike_sa_t *ike_sa, message_t *message,
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
 * Get the first task of a type in a queue, of charon's requests that are under way
 * or of what the peer has begun, or NULL.
 */
static task_t *find_task(ike_sa_t *ike_sa, task_queue_t queue, task_type_t type)
{
	enumerator_t *enumerator;
	task_t *task, *found = NULL;

	enumerator = ike_sa->create_task_enumerator(ike_sa, queue);
	while (!found && enumerator->enumerate(enumerator, &task))
	{
		if (task->get_type(task) == type)
		{
			found = task;
		}
	}
	enumerator->destroy(enumerator);
	return found;
}

/**
 * Whether we rekey the IKE_SA, and the peer has asked for the same since.
 */
static bool has_collided(ike_sa_t *ike_sa)
{
	ike_rekey_t *rekey;

	rekey = (ike_rekey_t*)find_task(ike_sa, TASK_QUEUE_ACTIVE, TASK_IKE_REKEY);
	return rekey && rekey->did_collide(rekey);
}

/**
 * See whether charon takes a CHILD_SA for half-open, as
 * have_half_open_children() in its ike_rekey.c does, and how many are being
 * rekeyed.
 */
static void look_at_children(ike_sa_t *ike_sa, tunnel_facts_t *facts)
{
	enumerator_t *enumerator;
	child_sa_t *child_sa;

	enumerator = ike_sa->create_child_sa_enumerator(ike_sa);
	while (enumerator->enumerate(enumerator, &child_sa))
	{
		switch (child_sa->get_state(child_sa))
		{
			case CHILD_REKEYING:
				facts->children_rekeying++;
				facts->half_open = TRUE;
				break;
			case CHILD_RETRYING:
			case CHILD_DELETING:
				facts->half_open = TRUE;
				break;
			default:
				break;
		}
	}
	enumerator->destroy(enumerator);
}

/*
 * Described in header
 */
void tunnel_facts_of_tasks(ike_sa_t *ike_sa, tunnel_facts_t *facts)
{
	facts->ike_collided = has_collided(ike_sa);
	facts->rekeying = find_task(ike_sa, TASK_QUEUE_ACTIVE, TASK_CHILD_REKEY);
	facts->child_busy = facts->rekeying ||
				find_task(ike_sa, TASK_QUEUE_ACTIVE, TASK_CHILD_DELETE);
	facts->begun = find_task(ike_sa, TASK_QUEUE_PASSIVE, TASK_CHILD_REKEY);
	facts->ike_begun = find_task(ike_sa, TASK_QUEUE_PASSIVE, TASK_IKE_REKEY);
	if (facts->rekeying || facts->begun)
	{
		look_at_children(ike_sa, facts);
	}
}

/**
 * Whether a request rekeys a CHILD_SA that was rekeyed already.
 */
static bool rekeys_again(ike_sa_t *ike_sa, message_t *message)
{
	notify_payload_t *notify = message->get_notify(message, REKEY_SA);
	child_sa_t *child_sa;

	if (!notify)
	{
		return FALSE;
	}
	child_sa = ike_sa->get_child_sa(ike_sa, notify->get_protocol_id(notify),
									notify->get_spi(notify), FALSE);
	return child_sa && child_sa->get_state(child_sa) == CHILD_REKEYED;
}

/*
 * Described in header
 */
void tunnel_facts_of_request(ike_sa_t *ike_sa, message_t *message,
							 tunnel_facts_t *facts)
{
	tunnel_facts_of_tasks(ike_sa, facts);
	facts->any_selectors = message->get_payload(message, PLV2_TS_INITIATOR) ||
						   message->get_payload(message, PLV2_TS_RESPONDER);
	facts->again = rekeys_again(ike_sa, message);
}

/*
 * Described in header
 */
void tunnel_facts_of_answer(ike_sa_t *ike_sa, message_t *message,
							tunnel_facts_t *facts)
{
	notify_payload_t *notify;
	enumerator_t *enumerator;
	payload_t *payload;
	notify_type_t type;

	facts->child_due =
				find_task(ike_sa, TASK_QUEUE_ACTIVE, TASK_CHILD_CREATE) ||
				find_task(ike_sa, TASK_QUEUE_ACTIVE, TASK_CHILD_REKEY);
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

/*
 * Described in header
 */
void tunnel_facts_count(ike_sa_t *ike_sa, payload_t *payload,
						tunnel_facts_t *facts)
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
