/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "nin3a_unjudged.h"
#include "tunnel/tunnel_message.h"

#include <collections/hashtable.h>

/** Initial size of the table */
#define NOTES_SIZE 64

typedef struct private_nin3a_unjudged_t private_nin3a_unjudged_t;

/**
 * Private data of the object.
 */
struct private_nin3a_unjudged_t {
	/** public interface */
	nin3a_unjudged_t public;
	/** sessions */
	kupf_store_t *store;
	/** tells about refused attempts */
	nin3a_refusals_t *refusals;
	/** nin3a_attempt_t by unique identifier of the IKE_SA */
	hashtable_t *notes;
};

/**
 * Forget what was noted about an IKE_SA.
 *
 * @return			attempt, NULL if there is none
 */
static nin3a_attempt_t *take(private_nin3a_unjudged_t *this, uint32_t ike_sa)
{
	return this->notes->remove(this->notes, (void*)(uintptr_t)ike_sa);
}

/**
 * Note an attempt.
 *
 * @param attempt	attempt, adopted
 */
static void put(private_nin3a_unjudged_t *this, ike_sa_t *ike_sa,
				nin3a_attempt_t *attempt)
{
	uintptr_t unique_id = ike_sa->get_unique_id(ike_sa);

	nin3a_attempt_destroy(this->notes->put(this->notes, (void*)unique_id,
										   attempt));
}

/**
 * Tell at once about a refused IKE_SA_INIT request.
 */
static void tell_early(private_nin3a_unjudged_t *this, host_t *local,
					   host_t *remote, nin3a_reason_t reason)
{
	nin3a_attempt_t *attempt;

	attempt = nin3a_attempt_create(NULL, local, remote, reason);
	attempt->early = TRUE;
	this->refusals->report(this->refusals, attempt, NIN3A_STATE_NONE);
}

/**
 * Whether an IKE_SA is as it was before IKE_AUTH was answered.
 */
static bool is_half_open(ike_sa_t *ike_sa)
{
	return ike_sa->get_state(ike_sa) == IKE_CREATED ||
		   ike_sa->get_state(ike_sa) == IKE_CONNECTING;
}

METHOD(nin3a_unjudged_t, answer, void,
	private_nin3a_unjudged_t *this, ike_sa_t *ike_sa, message_t *response)
{
	/* in IKE_AUTH this is about the CHILD_SA */
	if (is_half_open(ike_sa) &&
		response->get_exchange_type(response) != IKE_AUTH &&
		response->get_notify(response, NO_PROPOSAL_CHOSEN))
	{
		tell_early(this, response->get_source(response),
				   response->get_destination(response),
				   ike_sa->get_ike_cfg(ike_sa) ? NIN3A_NO_PROPOSAL
											   : NIN3A_NO_CONNECTION);
	}
}

/**
 * Get the reason for what is wrong with a message.
 *
 * @param sealed	whether it had to have an integrity check value
 */
static nin3a_reason_t get_reason(status_t status, bool sealed)
{
	switch (status)
	{
		case FAILED:
			/* in clear it has a payload that belongs into others */
			return sealed ? NIN3A_NOT_AUTHENTIC : NIN3A_MALFORMED;
		case NOT_SUPPORTED:
			return NIN3A_CRITICAL_PAYLOAD;
		default:
			return NIN3A_MALFORMED;
	}
}

METHOD(nin3a_unjudged_t, unreadable, void,
	private_nin3a_unjudged_t *this, ike_sa_t *ike_sa, message_t *message,
	status_t status)
{
	host_t *local = message->get_destination(message);
	host_t *remote = message->get_source(message);
	uintptr_t unique_id = ike_sa->get_unique_id(ike_sa);
	nin3a_reason_t reason;

	if (ike_sa->get_version(ike_sa) != IKEV2 ||
		ike_sa->has_condition(ike_sa, COND_ORIGINAL_INITIATOR) ||
		!message->get_request(message) || !is_half_open(ike_sa))
	{
		return;
	}
	if (ike_sa->get_state(ike_sa) == IKE_CREATED)
	{	/* charon gives it up at once */
		tell_early(this, local, remote, get_reason(status, FALSE));
		return;
	}
	reason = get_reason(status, TRUE);
	/* what is not authentic may be anybody's, and says nothing against what
	 * is */
	if (reason != NIN3A_NOT_AUTHENTIC ||
		!this->notes->get(this->notes, (void*)unique_id))
	{
		put(this, ike_sa, nin3a_attempt_create(NULL, local, remote, reason));
	}
}

/**
 * Whether there is a session with an identity.
 */
static bool has_session(private_nin3a_unjudged_t *this, identification_t *id)
{
	kupf_session_t *session;

	session = this->store->find(this->store, id->get_type(id),
								id->get_encoding(id));
	kupf_session_unref(session);
	return session != NULL;
}

METHOD(nin3a_unjudged_t, pass, void,
	private_nin3a_unjudged_t *this, ike_sa_t *ike_sa, message_t *request,
	bool found)
{
	identification_t *id = tunnel_message_get_id(request);
	nin3a_reason_t reason = NIN3A_ALLOWED;

	if (!id)
	{
		reason = NIN3A_NO_IDENTITY;
	}
	else if (!found)
	{
		reason = NIN3A_NO_CONNECTION;
	}
	else if (has_session(this, id))
	{
		reason = NIN3A_OTHER_CONNECTION;
	}
	nin3a_attempt_destroy(take(this, ike_sa->get_unique_id(ike_sa)));
	if (reason != NIN3A_ALLOWED)
	{
		put(this, ike_sa, nin3a_attempt_create(id,
										request->get_destination(request),
										request->get_source(request), reason));
	}
	DESTROY_IF(id);
}

METHOD(nin3a_unjudged_t, drop, void,
	private_nin3a_unjudged_t *this, uint32_t ike_sa)
{
	nin3a_attempt_destroy(take(this, ike_sa));
}

METHOD(nin3a_unjudged_t, end, void,
	private_nin3a_unjudged_t *this, uint32_t ike_sa)
{
	nin3a_attempt_t *attempt = take(this, ike_sa);

	if (attempt)
	{
		this->refusals->report(this->refusals, attempt, NIN3A_STATE_NONE);
	}
}

/**
 * Destroy what is left in the table.
 */
CALLBACK(destroy_note, void,
	void *attempt, const void *key)
{
	nin3a_attempt_destroy(attempt);
}

METHOD(nin3a_unjudged_t, destroy, void,
	private_nin3a_unjudged_t *this)
{
	this->notes->destroy_function(this->notes, (void*)destroy_note);
	free(this);
}

/*
 * Described in header
 */
nin3a_unjudged_t *nin3a_unjudged_create(kupf_store_t *store,
										nin3a_refusals_t *refusals)
{
	private_nin3a_unjudged_t *this;

	INIT(this,
		.public = {
			.answer = _answer,
			.unreadable = _unreadable,
			.pass = _pass,
			.drop = _drop,
			.end = _end,
			.destroy = _destroy,
		},
		.store = store,
		.refusals = refusals,
		.notes = hashtable_create(hashtable_hash_ptr, hashtable_equals_ptr,
								  NOTES_SIZE),
	);

	return &this->public;
}
