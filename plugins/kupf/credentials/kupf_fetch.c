/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupf_fetch.h"
#include "kupf/kupf_counters.h"
#include "kupf/store/kupf_identity.h"
#include "kupf_fetch_denied.h"
#include "kupf_stall.h"

#include <collections/hashtable.h>
#include <threading/condvar.h>
#include <threading/mutex.h>

typedef struct private_kupf_fetch_t private_kupf_fetch_t;
typedef struct request_t request_t;
typedef enum outcome_t outcome_t;

/**
 * What became of a request.
 */
enum outcome_t {
	/** nothing yet */
	PENDING,
	/** there is a session */
	ANSWERED,
	/** there is no such UE */
	REJECTED,
	/** nobody is there to answer */
	DESERTED,
	/** nobody has answered in time */
	TIMEOUT,
	/** charon has no thread left for another IKE_AUTH */
	STALLED,
	/** there was somebody who waited for too long */
	PAUSED,
	/** charon ends */
	ENDED,
};

/**
 * A request under way.
 */
struct request_t {
	/** identity, key of the table */
	identification_t *id;
	/** when waiting is over */
	timeval_t end;
	/** threads that wait */
	u_int waiting;
	/** what became of it */
	outcome_t outcome;
};

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
	/** request_t that are pending, by identity */
	hashtable_t *requests;
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
	/** nobody may begin to wait before that, ms */
	uint64_t resume;
	/** nor before all have gone that wait */
	bool pausing;
	/** since when there is somebody who waits, but for shorter gaps, ms */
	uint64_t since;
	/** when the last one went, ms */
	uint64_t left;
	/** when to look next whether charon stalls */
	timeval_t look;
	/** looks in a row that it does */
	u_int stalls;
	/** charon ends */
	bool ended;
	/** guards all that changes */
	mutex_t *mutex;
	/** signals an outcome */
	condvar_t *condvar;
};

CALLBACK(request_hash, u_int,
	identification_t *id)
{
	return id->hash(id, 0);
}

/**
 * By type and bytes: matches() of identities folds case.
 */
CALLBACK(request_equals, bool,
	identification_t *a, identification_t *b)
{
	return a->get_type(a) == b->get_type(b) &&
		   chunk_equals(a->get_encoding(a), b->get_encoding(b));
}

/**
 * Get the time in milliseconds.
 */
static uint64_t get_time()
{
	timeval_t tv;

	time_monotonic(&tv);
	return (uint64_t)tv.tv_sec * 1000 + tv.tv_usec / 1000;
}

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
static void settle(private_kupf_fetch_t *this, request_t *request,
				   outcome_t outcome)
{
	identification_t *id = request->id;

	if (request->outcome == PENDING)
	{
		request->outcome = outcome;
		this->requests->remove(this->requests, id);
		if (outcome == REJECTED || outcome == TIMEOUT)
		{
			this->negative->add(this->negative, id->get_type(id),
								id->get_encoding(id), get_time());
		}
		note(this);
		this->condvar->broadcast(this->condvar);
	}
}

/**
 * Settle all requests, with the mutex locked.
 */
static void settle_all(private_kupf_fetch_t *this, outcome_t outcome)
{
	enumerator_t *enumerator;
	request_t *request = NULL;

	do
	{	/* it leaves the table */
		enumerator = this->requests->create_enumerator(this->requests);
		if (!enumerator->enumerate(enumerator, NULL, &request))
		{
			request = NULL;
		}
		enumerator->destroy(enumerator);
		if (request)
		{
			settle(this, request, outcome);
		}
	}
	while (request);
}

/**
 * Begin a request, with the mutex locked.
 */
static request_t *begin(private_kupf_fetch_t *this, identification_t *id)
{
	request_t *request;

	INIT(request,
		.id = id->clone(id),
	);
	time_monotonic(&request->end);
	timeval_add_ms(&request->end, this->config.timeout);
	this->requests->put(this->requests, request->id, request);
	note(this);
	return request;
}

/**
 * Whether an identity is not to be waited for, whatever the limits are.
 */
static bool is_barred(private_kupf_fetch_t *this, identification_t *id)
{
	uint64_t now = get_time();

	if (this->ended)
	{
		return TRUE;
	}
	if (this->negative->has(this->negative, id->get_type(id),
							id->get_encoding(id), now))
	{
		kupf_count(KUPF_FETCH_NEGATIVES);
		return TRUE;
	}
	if (this->pausing || now < this->resume)
	{
		kupf_count(KUPF_FETCH_LIMITED);
		return TRUE;
	}
	return FALSE;
}

/**
 * Set when to look next whether charon stalls.
 */
static void set_look(private_kupf_fetch_t *this)
{
	time_monotonic(&this->look);
	timeval_add_ms(&this->look, KUPF_FETCH_LOOK);
}

/**
 * Somebody is to wait, and nobody did.  Who did may not have left the lock of
 * the credential manager yet.
 */
static void begin_waiting(private_kupf_fetch_t *this)
{
	uint64_t now = get_time();

	if (now > this->left + KUPF_FETCH_GAP)
	{
		this->since = now;
	}
	this->stalls = 0;
	set_look(this);
}

/**
 * Join a request for an identity, or begin one.
 *
 * @param first		[out] whether it was begun, and nobody was asked yet
 * @return			request, NULL if the identity is not to be waited for
 */
static request_t *join(private_kupf_fetch_t *this, identification_t *id,
					   bool *first)
{
	request_t *request;

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
		request = begin(this, id);
	}
	if (!this->waiting)
	{
		begin_waiting(this);
	}
	request->waiting++;
	this->waiting++;
	kupf_count_held(KUPF_FETCH_WAITING, 1);
	return request;
}

/**
 * Leave a request; the last one to do so destroys it.
 */
static void leave(private_kupf_fetch_t *this, request_t *request)
{
	kupf_count_held(KUPF_FETCH_WAITING, -1);
	if (--this->waiting == 0)
	{
		this->left = get_time();
		if (this->pausing)
		{
			this->pausing = FALSE;
			this->resume = max(this->resume, this->left + KUPF_FETCH_GAP + 1);
		}
	}
	if (--request->waiting == 0)
	{
		request->id->destroy(request->id);
		free(request);
	}
}

/**
 * Ask the SMF side.
 */
static outcome_t ask(private_kupf_fetch_t *this, identification_t *id,
					 host_t *local, host_t *remote)
{
	if (!this->events->key_request(this->events, id, local, remote))
	{
		return DESERTED;
	}
	kupf_count(KUPF_FETCH_REQUESTS);
	return PENDING;
}

/**
 * Count what a request came to, as seen by the one who began it.
 */
static void count_outcome(outcome_t outcome)
{
	switch (outcome)
	{
		case ANSWERED:
			kupf_count(KUPF_FETCH_ANSWERED);
			break;
		case REJECTED:
			kupf_count(KUPF_FETCH_REJECTED);
			break;
		case DESERTED:
			kupf_count(KUPF_FETCH_DESERTED);
			break;
		case STALLED:
			kupf_count(KUPF_FETCH_STALLED);
			break;
		case PAUSED:
			kupf_count(KUPF_FETCH_PAUSED);
			break;
		case ENDED:
			kupf_count(KUPF_FETCH_ENDED);
			break;
		default:
			kupf_count(KUPF_FETCH_TIMEOUTS);
			break;
	}
}

/**
 * Let all go who wait, and nobody begin before they have gone.
 */
static void pause_all(private_kupf_fetch_t *this, outcome_t outcome,
					  uint64_t resume)
{
	settle_all(this, outcome);
	this->pausing = this->waiting;
	this->resume = resume;
	this->stalls = 0;
}

/**
 * Look whether others can work, and have nobody wait if not.  The mutex is
 * held, but not meanwhile.
 */
static void look(private_kupf_fetch_t *this)
{
	uint64_t now = get_time(), due;
	bool stalled, late;

	/* if even this thread comes late, there is too little of the processor to
	 * say that others are stuck */
	due = (uint64_t)this->look.tv_sec * 1000 + this->look.tv_usec / 1000;
	late = now > due + KUPF_FETCH_LOOK / 2;
	/* whoever else waits need not look */
	set_look(this);
	this->mutex->unlock(this->mutex);
	stalled = kupf_stall_look();
	this->mutex->lock(this->mutex);
	this->stalls = stalled ? this->stalls + !late : 0;
	if (this->stalls >= KUPF_FETCH_STALLS)
	{
		pause_all(this, STALLED, now + KUPF_FETCH_PAUSE);
	}
	else if (now > this->since + max(KUPF_FETCH_SPAN, this->config.timeout))
	{
		pause_all(this, PAUSED, now);
	}
}

/**
 * Wait for the outcome of a request, with the mutex locked.
 */
static void await(private_kupf_fetch_t *this, request_t *request)
{
	timeval_t now;

	while (request->outcome == PENDING)
	{
		this->condvar->timed_wait_abs(this->condvar, this->mutex,
							timercmp(&this->look, &request->end, <) ?
							this->look : request->end);
		time_monotonic(&now);
		if (!timercmp(&now, &request->end, <))
		{
			settle(this, request, TIMEOUT);
		}
		else if (!timercmp(&now, &this->look, <))
		{
			look(this);
		}
	}
}

METHOD(kupf_fetch_t, get, kupf_session_t*,
	private_kupf_fetch_t *this, identification_t *id, host_t *local,
	host_t *remote)
{
	kupf_session_t *session;
	request_t *request;
	outcome_t outcome;
	bool first;

	if (!kupf_identity_is_usable(id->get_type(id), id->get_encoding(id)))
	{	/* no session can have it */
		return NULL;
	}
	this->mutex->lock(this->mutex);
	request = join(this, id, &first);
	this->mutex->unlock(this->mutex);
	if (!request)
	{
		return NULL;
	}
	/* it may have come before there was a request that it could answer */
	session = find(this, id);
	outcome = session ? ANSWERED : PENDING;
	if (first && !session)
	{
		outcome = ask(this, id, local, remote);
	}
	this->mutex->lock(this->mutex);
	if (outcome != PENDING)
	{
		settle(this, request, outcome);
	}
	await(this, request);
	outcome = request->outcome;
	leave(this, request);
	this->mutex->unlock(this->mutex);

	if (first)
	{
		count_outcome(outcome);
	}
	if (!session && outcome == ANSWERED)
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
					   outcome_t outcome)
{
	identification_t *id;
	request_t *request;
	u_int waiting = 0;

	id = identification_create_from_encoding(type, data);
	this->mutex->lock(this->mutex);
	request = this->requests->get(this->requests, id);
	if (request)
	{
		waiting = request->waiting;
		settle(this, request, outcome);
	}
	if (outcome == REJECTED)
	{	/* worth remembering, also if nobody waits any more */
		this->negative->add(this->negative, type, data, get_time());
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
		settle_id(this, type, id, ANSWERED);
	}
}

METHOD(kupf_fetch_t, reject, u_int,
	private_kupf_fetch_t *this, id_type_t type, chunk_t id)
{
	return settle_id(this, type, id, REJECTED);
}

/**
 * Nobody is registered for key-request any more.
 */
CALLBACK(on_deserted, void,
	private_kupf_fetch_t *this)
{
	this->mutex->lock(this->mutex);
	settle_all(this, DESERTED);
	this->mutex->unlock(this->mutex);
}

METHOD(kupf_fetch_t, end, void,
	private_kupf_fetch_t *this)
{
	this->mutex->lock(this->mutex);
	this->ended = TRUE;
	settle_all(this, ENDED);
	this->mutex->unlock(this->mutex);
}

METHOD(kupf_fetch_t, destroy, void,
	private_kupf_fetch_t *this)
{
	this->events->observe(this->events, KUPF_EVENT_KEY_REQUEST, NULL, NULL);
	this->requests->destroy(this->requests);
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
		.requests = hashtable_create((hashtable_hash_t)request_hash,
									 (hashtable_equals_t)request_equals, 8),
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
