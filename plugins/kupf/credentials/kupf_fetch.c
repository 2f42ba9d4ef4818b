/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupf_fetch.h"
#include "kupf/kupf_counters.h"
#include "kupf/kupf_time.h"
#include "kupf/store/kupf_identity.h"
#include "kupf_fetch_denied.h"
#include "kupf_fetch_pauses.h"
#include "kupf_fetch_requests.h"

#include <threading/condvar.h>
#include <threading/mutex.h>

typedef struct private_kupf_fetch_t private_kupf_fetch_t;

/**
 * Private data of the object.
 */
struct private_kupf_fetch_t {
	/** public interface */
	kupf_fetch_t public;
	/** sessions */
	kupf_store_t *store;
	/** events */
	kupf_events_t *events;
	/** settings */
	kupf_fetch_config_t config;
	/** requests that are pending */
	kupf_fetch_requests_t *requests;
	/** threads that wait */
	u_int waiting;
	/** requests that may be made now */
	u_int tokens;
	/** time_monotonic() when tokens were added last */
	time_t filled;
	/** identities not to be asked for */
	kupf_fetch_denied_t *negative;
	/** whether there are requests or such identities; read without the mutex */
	bool busy;
	/** when those who wait have to go */
	kupf_fetch_pauses_t *pauses;
	/** charon ends */
	bool ended;
	/** guards all that changes */
	mutex_t *mutex;
	/** signals an outcome */
	condvar_t *condvar;
};

/**
 * Find the living session of an identity.
 *
 * @return			new reference, NULL if there is none
 */
static kupf_session_t *find(private_kupf_fetch_t *this, identification_t *id)
{
	kupf_session_t *session;

	session = this->store->find(this->store, id->get_type(id),
								id->get_encoding(id));
	if (session && kupf_session_expired(session, time_monotonic(NULL)))
	{
		kupf_session_unref(session);
		session = NULL;
	}
	return session;
}

/**
 * Whether the rate allows another request.
 */
static bool take_token(private_kupf_fetch_t *this)
{
	time_t now = time_monotonic(NULL);
	uint64_t fill;

	if (!this->config.rate)
	{
		return TRUE;
	}
	fill = this->tokens + (uint64_t)(now - this->filled) * this->config.rate;
	this->tokens = min(fill, this->config.rate);
	this->filled = now;
	if (!this->tokens)
	{
		return FALSE;
	}
	this->tokens--;
	return TRUE;
}

/**
 * Note whether there is anything that a new session could change.
 */
static void note(private_kupf_fetch_t *this)
{
	__atomic_store_n(&this->busy,
					 this->requests->get_count(this->requests) ||
					 this->negative->get_count(this->negative),
					 __ATOMIC_SEQ_CST);
}

/**
 * Settle a request, unless it is.  Nobody joins it after that, so that who
 * comes later is not answered by what was before.
 */
static void settle(private_kupf_fetch_t *this, kupf_fetch_request_t *request,
				   kupf_counter_t outcome)
{
	identification_t *id = request->id;

	if (!this->requests->settle(this->requests, request, outcome))
	{
		return;
	}
	if (outcome == KUPF_FETCH_REJECTED || outcome == KUPF_FETCH_TIMEOUTS)
	{
		this->negative->add(this->negative, id->get_type(id),
							id->get_encoding(id), kupf_time_ms());
	}
	note(this);
	this->condvar->broadcast(this->condvar);
}

/**
 * Settle all requests, with the mutex locked.
 */
static void settle_all(private_kupf_fetch_t *this, kupf_counter_t outcome)
{
	kupf_fetch_request_t *request;

	while ((request = this->requests->get_any(this->requests)))
	{	/* it leaves the table */
		settle(this, request, outcome);
	}
}

/**
 * Whether an identity is not to be waited for, whatever the limits are.
 */
static bool is_barred(private_kupf_fetch_t *this, identification_t *id)
{
	if (this->ended)
	{
		return TRUE;
	}
	if (this->negative->has(this->negative, id->get_type(id),
							id->get_encoding(id), kupf_time_ms()))
	{
		kupf_count(KUPF_FETCH_NEGATIVES);
		return TRUE;
	}
	if (this->pauses->is_on(this->pauses))
	{
		kupf_count(KUPF_FETCH_LIMITED);
		return TRUE;
	}
	return FALSE;
}

/**
 * Join a request for an identity, or begin one.
 *
 * @param first		[out] whether it was begun, and nobody was asked yet
 * @return			request, NULL if the identity is not to be waited for
 */
static kupf_fetch_request_t *join_or_begin(private_kupf_fetch_t *this,
										   identification_t *id, bool *first)
{
	kupf_fetch_request_t *request;

	*first = FALSE;
	if (is_barred(this, id))
	{
		return NULL;
	}
	request = this->requests->get(this->requests, id);
	if (this->waiting >= this->config.max_waiting ||
		(!request && !take_token(this)))
	{
		kupf_count(KUPF_FETCH_LIMITED);
		return NULL;
	}
	if (!request)
	{
		*first = TRUE;
		request = this->requests->begin(this->requests, id,
										this->config.timeout);
		note(this);
	}
	if (!this->waiting)
	{
		this->pauses->begin(this->pauses);
	}
	request->waiting++;
	this->waiting++;
	kupf_count_held(KUPF_FETCH_WAITING, 1);
	return request;
}

/**
 * Leave a request; the last one to do so destroys it.
 */
static void leave(private_kupf_fetch_t *this, kupf_fetch_request_t *request)
{
	kupf_count_held(KUPF_FETCH_WAITING, -1);
	if (--this->waiting == 0)
	{
		this->pauses->end(this->pauses);
	}
	this->requests->leave(this->requests, request);
}

/**
 * Ask the SMF side.
 */
static kupf_counter_t ask(private_kupf_fetch_t *this, identification_t *id,
						  host_t *local, host_t *remote)
{
	if (!this->events->key_request(this->events, id, local, remote))
	{
		return KUPF_FETCH_DESERTED;
	}
	kupf_count(KUPF_FETCH_REQUESTS);
	return KUPF_FETCH_PENDING;
}

/**
 * Wait for the outcome of a request, with the mutex locked.
 */
static void await(private_kupf_fetch_t *this, kupf_fetch_request_t *request)
{
	kupf_counter_t outcome;
	timeval_t now, look;

	while (request->outcome == KUPF_FETCH_PENDING)
	{
		look = this->pauses->get_look(this->pauses);
		this->condvar->timed_wait_abs(this->condvar, this->mutex,
							timercmp(&look, &request->end, <) ?
							look : request->end);
		time_monotonic(&now);
		if (!timercmp(&now, &request->end, <))
		{
			settle(this, request, KUPF_FETCH_TIMEOUTS);
			continue;
		}
		outcome = this->pauses->look(this->pauses, this->mutex);
		if (outcome != KUPF_FETCH_PENDING)
		{
			settle_all(this, outcome);
		}
	}
}

METHOD(kupf_fetch_t, get, kupf_session_t*,
	private_kupf_fetch_t *this, identification_t *id, host_t *local,
	host_t *remote)
{
	kupf_session_t *session;
	kupf_fetch_request_t *request;
	kupf_counter_t outcome;
	bool first;

	if (!kupf_identity_is_usable(id->get_type(id), id->get_encoding(id)))
	{	/* no session can have it */
		return NULL;
	}
	this->mutex->lock(this->mutex);
	request = join_or_begin(this, id, &first);
	this->mutex->unlock(this->mutex);
	if (!request)
	{
		return NULL;
	}
	/* it may have come before there was a request that it could answer */
	session = find(this, id);
	outcome = session ? KUPF_FETCH_ANSWERED : KUPF_FETCH_PENDING;
	if (first && !session)
	{
		outcome = ask(this, id, local, remote);
	}
	this->mutex->lock(this->mutex);
	if (outcome != KUPF_FETCH_PENDING)
	{
		settle(this, request, outcome);
	}
	await(this, request);
	outcome = request->outcome;
	leave(this, request);
	this->mutex->unlock(this->mutex);

	if (first)
	{
		kupf_count(outcome);
	}
	if (!session && outcome == KUPF_FETCH_ANSWERED)
	{
		session = find(this, id);
	}
	return session;
}

/**
 * Settle the request for an identity, if there is one.
 *
 * @return			number of threads that wait
 */
static u_int settle_id(private_kupf_fetch_t *this, id_type_t type, chunk_t data,
					   kupf_counter_t outcome)
{
	identification_t *id;
	kupf_fetch_request_t *request;
	u_int waiting = 0;

	id = identification_create_from_encoding(type, data);
	this->mutex->lock(this->mutex);
	request = this->requests->get(this->requests, id);
	if (request)
	{
		waiting = request->waiting;
		settle(this, request, outcome);
	}
	if (outcome == KUPF_FETCH_REJECTED)
	{	/* worth remembering, also if nobody waits any more */
		this->negative->add(this->negative, type, data, kupf_time_ms());
	}
	else
	{
		this->negative->remove(this->negative, type, data);
	}
	note(this);
	this->mutex->unlock(this->mutex);
	id->destroy(id);
	return waiting;
}

METHOD(kupf_fetch_t, answer, void,
	private_kupf_fetch_t *this, kupf_session_t *session)
{
	id_type_t type;
	chunk_t id;

	/* Who begins a request looks into the store after that, and who puts a
	 * session there looks for requests after that: one of them sees the
	 * other.  It has noted that there is one before it looks. */
	if (__atomic_load_n(&this->busy, __ATOMIC_SEQ_CST))
	{
		id = kupf_session_get_id(session, &type);
		settle_id(this, type, id, KUPF_FETCH_ANSWERED);
	}
}

METHOD(kupf_fetch_t, reject, u_int,
	private_kupf_fetch_t *this, id_type_t type, chunk_t id)
{
	return settle_id(this, type, id, KUPF_FETCH_REJECTED);
}

/**
 * Nobody is registered for key-request any more.
 */
CALLBACK(on_deserted, void,
	private_kupf_fetch_t *this)
{
	this->mutex->lock(this->mutex);
	settle_all(this, KUPF_FETCH_DESERTED);
	this->mutex->unlock(this->mutex);
}

METHOD(kupf_fetch_t, end, void,
	private_kupf_fetch_t *this)
{
	this->mutex->lock(this->mutex);
	this->ended = TRUE;
	settle_all(this, KUPF_FETCH_ENDED);
	this->mutex->unlock(this->mutex);
}

METHOD(kupf_fetch_t, destroy, void,
	private_kupf_fetch_t *this)
{
	this->events->observe(this->events, KUPF_EVENT_KEY_REQUEST, NULL, NULL);
	this->requests->destroy(this->requests);
	this->pauses->destroy(this->pauses);
	this->condvar->destroy(this->condvar);
	this->mutex->destroy(this->mutex);
	DESTROY_IF(this->negative);
	free(this);
}

/*
 * Described in header
 */
kupf_fetch_t *kupf_fetch_create(kupf_store_t *store, kupf_events_t *events,
								const kupf_fetch_config_t *config)
{
	private_kupf_fetch_t *this;

	INIT(this,
		.public = {
			.get = _get,
			.answer = _answer,
			.reject = _reject,
			.end = _end,
			.destroy = _destroy,
		},
		.store = store,
		.events = events,
		.config = *config,
		.requests = kupf_fetch_requests_create(),
		.pauses = kupf_fetch_pauses_create(config->timeout),
		.negative = kupf_fetch_denied_create((uint64_t)config->negative_ttl * 1000),
		.tokens = config->rate,
		.filled = time_monotonic(NULL),
		.mutex = mutex_create(MUTEX_TYPE_DEFAULT),
		.condvar = condvar_create(CONDVAR_TYPE_DEFAULT),
	);
	events->observe(events, KUPF_EVENT_KEY_REQUEST, on_deserted, this);
	if (!this->negative)
	{
		destroy(this);
		return NULL;
	}
	return &this->public;
}
