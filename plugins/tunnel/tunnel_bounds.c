/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "tunnel_bounds.h"

#include <collections/hashtable.h>
#include <encoding/payloads/notify_payload.h>

typedef struct private_tunnel_bounds_t private_tunnel_bounds_t;
typedef struct entry_t entry_t;

/**
 * Private data.
 */
struct private_tunnel_bounds_t {
	/** public interface */
	tunnel_bounds_t public;
	/** entry_t by unique identifier */
	hashtable_t *entries;
};

/**
 * An IKE_SA.
 */
struct entry_t {
	/** what was set up of late */
	tunnel_rate_t rate;
	/** what the next answer has to say instead */
	tunnel_bound_t due;
};

/*
 * Described in header
 */
tunnel_bound_t tunnel_bounds_judge(const tunnel_limits_t *limits,
								   tunnel_request_t request,
								   const tunnel_children_t *children,
								   tunnel_rate_t *rate, time_t now)
{
	if (limits->child_sas)
	{
		if (request == TUNNEL_ANOTHER_CHILD &&
			children->live >= limits->child_sas)
		{
			return TUNNEL_CHILDREN_EXCEEDED;
		}
		if (children->all / 2 >= limits->child_sas)
		{
			return TUNNEL_RATE_EXCEEDED;
		}
	}
	if (!rate->since || now - rate->since >= TUNNEL_BOUNDS_WINDOW)
	{
		rate->since = now;
		rate->count = 0;
	}
	if (limits->rekeyings && rate->count >= limits->rekeyings)
	{
		return TUNNEL_RATE_EXCEEDED;
	}
	rate->count++;
	return TUNNEL_WITHIN;
}

/**
 * Narrow the selectors of one side.
 */
static bool bound_selectors(linked_list_t *selectors)
{
	bool within = selectors->get_count(selectors) <= TUNNEL_SELECTORS_MAX;
	traffic_selector_t *selector;

	while (selectors->get_count(selectors) > TUNNEL_SELECTORS_MAX &&
		   selectors->remove_last(selectors, (void**)&selector) == SUCCESS)
	{
		selector->destroy(selector);
	}
	return within;
}

/*
 * Described in header
 */
bool tunnel_bounds_selectors(linked_list_t *local, linked_list_t *remote)
{
	bool within = bound_selectors(local);

	return bound_selectors(remote) && within;
}

/**
 * Key of the table.
 */
static void *key_of(uint32_t ike_sa)
{
	return (void*)(uintptr_t)ike_sa;
}

/**
 * What a request asks for; process_request() in charon's task_manager_v2.c
 * looks at the same.
 */
static tunnel_request_t get_request(message_t *message)
{
	notify_payload_t *notify;

	if (!message->get_payload(message, PLV2_TS_INITIATOR) &&
		!message->get_payload(message, PLV2_TS_RESPONDER))
	{
		return TUNNEL_REKEYING;
	}
	notify = message->get_notify(message, REKEY_SA);
	return notify && (notify->get_protocol_id(notify) == PROTO_ESP ||
					  notify->get_protocol_id(notify) == PROTO_AH) ?
								TUNNEL_REKEYING : TUNNEL_ANOTHER_CHILD;
}

/**
 * Count the CHILD_SAs of an IKE_SA.
 */
static tunnel_children_t count_children(ike_sa_t *ike_sa)
{
	tunnel_children_t children = {};
	enumerator_t *enumerator;
	child_sa_t *child_sa;

	enumerator = ike_sa->create_child_sa_enumerator(ike_sa);
	while (enumerator->enumerate(enumerator, &child_sa))
	{
		children.all++;
		switch (child_sa->get_state(child_sa))
		{
			case CHILD_REKEYED:
			case CHILD_DELETING:
			case CHILD_DELETED:
			case CHILD_DESTROYING:
				break;
			default:
				children.live++;
				break;
		}
	}
	enumerator->destroy(enumerator);
	return children;
}

/**
 * Take all payloads out of a message.
 */
static void empty(message_t *message)
{
	enumerator_t *enumerator;
	payload_t *payload;

	enumerator = message->create_payload_enumerator(message);
	while (enumerator->enumerate(enumerator, &payload))
	{
		message->remove_payload_at(message, enumerator);
		payload->destroy(payload);
	}
	enumerator->destroy(enumerator);
}

METHOD(tunnel_bounds_t, check, tunnel_bound_t,
	private_tunnel_bounds_t *this, ike_sa_t *ike_sa, message_t *message,
	const tunnel_limits_t *limits)
{
	uint32_t unique_id = ike_sa->get_unique_id(ike_sa);
	tunnel_children_t children;
	entry_t *entry;

	if (message->get_exchange_type(message) != CREATE_CHILD_SA ||
		!message->get_request(message))
	{
		return TUNNEL_WITHIN;
	}
	entry = this->entries->get(this->entries, key_of(unique_id));
	if (!entry)
	{
		INIT(entry);
		this->entries->put(this->entries, key_of(unique_id), entry);
	}
	children = count_children(ike_sa);
	entry->due = tunnel_bounds_judge(limits, get_request(message), &children,
									 &entry->rate, time_monotonic(NULL));
	if (entry->due != TUNNEL_WITHIN)
	{
		message->set_exchange_type(message, INFORMATIONAL);
		empty(message);
	}
	return entry->due;
}

METHOD(tunnel_bounds_t, answer, void,
	private_tunnel_bounds_t *this, ike_sa_t *ike_sa, message_t *message)
{
	entry_t *entry;

	if (message->get_request(message) ||
		message->get_exchange_type(message) != INFORMATIONAL)
	{
		return;
	}
	entry = this->entries->get(this->entries,
							   key_of(ike_sa->get_unique_id(ike_sa)));
	if (!entry || entry->due == TUNNEL_WITHIN)
	{
		return;
	}
	empty(message);
	message->set_exchange_type(message, CREATE_CHILD_SA);
	message->add_notify(message, FALSE,
						entry->due == TUNNEL_CHILDREN_EXCEEDED ?
							NO_ADDITIONAL_SAS : TEMPORARY_FAILURE, chunk_empty);
	entry->due = TUNNEL_WITHIN;
}

METHOD(tunnel_bounds_t, rekey, void,
	private_tunnel_bounds_t *this, uint32_t old, uint32_t new)
{
	entry_t *entry;

	entry = this->entries->remove(this->entries, key_of(old));
	if (entry)
	{
		free(this->entries->put(this->entries, key_of(new), entry));
	}
}

METHOD(tunnel_bounds_t, remove_, void,
	private_tunnel_bounds_t *this, uint32_t ike_sa)
{
	free(this->entries->remove(this->entries, key_of(ike_sa)));
}

METHOD(tunnel_bounds_t, destroy, void,
	private_tunnel_bounds_t *this)
{
	enumerator_t *enumerator;
	entry_t *entry;

	enumerator = this->entries->create_enumerator(this->entries);
	while (enumerator->enumerate(enumerator, NULL, &entry))
	{
		free(entry);
	}
	enumerator->destroy(enumerator);
	this->entries->destroy(this->entries);
	free(this);
}

/*
 * Described in header
 */
tunnel_bounds_t *tunnel_bounds_create()
{
	private_tunnel_bounds_t *this;

	INIT(this,
		.public = {
			.check = _check,
			.answer = _answer,
			.rekey = _rekey,
			.remove = _remove_,
			.destroy = _destroy,
		},
		.entries = hashtable_create(hashtable_hash_ptr, hashtable_equals_ptr,
									8),
	);

	return &this->public;
}
