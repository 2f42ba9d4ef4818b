/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupf_fetch.h"
#include "kupf_counters.h"
#include "kupf_identity.h"

#include <collections/hashtable.h>
#include <threading/condvar.h>
#include <threading/mutex.h>

#include <sys/random.h>

/** Places in the table of identities not to be asked for that one may take */
#define WAYS 4

typedef struct private_kupf_fetch_t private_kupf_fetch_t;
typedef struct request_t request_t;
typedef struct negative_t negative_t;
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
};

/**
 * A request under way.
 */
struct request_t {
	/** identity, key of the table */
	identification_t *id;
	/** its hash */
	uint64_t hash;
	/** when waiting is over */
	timeval_t end;
	/** threads that wait */
	u_int waiting;
	/** what became of it */
	outcome_t outcome;
};

/**
 * An identity not to be asked for.
 */
struct negative_t {
	/** hash of the identity, 0 if there is none */
	uint64_t hash;
	/** until when, time_monotonic() seconds */
	time_t until;
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
	/** request_t by identity */
	hashtable_t *requests;
	/** number of requests, to be read without the mutex */
	refcount_t pending;
	/** threads that wait */
	u_int waiting;
	/** requests that may be made now */
	u_int tokens;
	/** time_monotonic() when tokens were added last */
	time_t filled;
	/** KUPF_FETCH_NEGATIVE identities, NULL if they are not kept */
	negative_t *negative;
	/** key of their hashes */
	u_char key[16];
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
 * Whether the SMF side could establish a session of such an identity.
 */
static bool is_askable(identification_t *id)
{
	chunk_t data = id->get_encoding(id);

	switch (id->get_type(id))
	{
		case ID_KEY_ID:
		case ID_RFC822_ADDR:
		case ID_FQDN:
		case ID_IPV4_ADDR:
		case ID_IPV6_ADDR:
			return data.len && data.len <= KUPF_IDENTITY_MAX;
		default:
			return FALSE;
	}
}

/**
 * Hash an identity, never to 0.
 */
static uint64_t hash_id(private_kupf_fetch_t *this, id_type_t type, chunk_t id)
{
	uint8_t data[1 + KUPF_IDENTITY_MAX] = { type };
	uint64_t hash;

	memcpy(data + 1, id.ptr, min(id.len, KUPF_IDENTITY_MAX));
	hash = chunk_mac(chunk_create(data, 1 + min(id.len, KUPF_IDENTITY_MAX)),
					 this->key);
	return max(hash, 1);
}

/**
 * Get the places that a hash may take.
 */
static negative_t *get_ways(private_kupf_fetch_t *this, uint64_t hash)
{
	return &this->negative[hash % (KUPF_FETCH_NEGATIVE / WAYS) * WAYS];
}

/**
 * Whether an identity is not to be asked for.
 */
static bool is_negative(private_kupf_fetch_t *this, uint64_t hash)
{
	negative_t *ways;
	int i;

	if (this->negative)
	{
		ways = get_ways(this, hash);
		for (i = 0; i < WAYS; i++)
		{
			if (ways[i].hash == hash)
			{
				return ways[i].until > time_monotonic(NULL);
			}
		}
	}
	return FALSE;
}

/**
 * Do not ask for an identity for a while.
 */
static void set_negative(private_kupf_fetch_t *this, uint64_t hash)
{
	negative_t *ways, *place;
	int i;

	if (this->negative)
	{
		ways = place = get_ways(this, hash);
		for (i = 0; i < WAYS && place->hash != hash; i++)
		{
			if (ways[i].hash == hash || ways[i].until < place->until)
			{
				place = &ways[i];
			}
		}
		place->hash = hash;
		place->until = time_monotonic(NULL) + this->config.negative_ttl;
	}
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
 * Settle a request, unless it is.
 */
static void settle(private_kupf_fetch_t *this, request_t *request,
				   outcome_t outcome)
{
	if (request->outcome == PENDING)
	{
		request->outcome = outcome;
		if (outcome == REJECTED || outcome == TIMEOUT)
		{
			set_negative(this, request->hash);
		}
		this->condvar->broadcast(this->condvar);
	}
}

/**
 * Begin a request, with the mutex locked.
 */
static request_t *begin(private_kupf_fetch_t *this, identification_t *id,
						uint64_t hash)
{
	request_t *request;

	INIT(request,
		.id = id->clone(id),
		.hash = hash,
	);
	time_monotonic(&request->end);
	timeval_add_ms(&request->end, this->config.timeout);
	this->requests->put(this->requests, request->id, request);
	ref_get(&this->pending);
	return request;
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
	uint64_t hash = hash_id(this, id->get_type(id), id->get_encoding(id));
	request_t *request;

	*first = FALSE;
	request = this->requests->get(this->requests, id);
	if (!request && is_negative(this, hash))
	{
		kupf_count(KUPF_FETCH_NEGATIVES);
		return NULL;
	}
	if (this->waiting >= this->config.max_waiting ||
		(!request && !take_token(this)))
	{
		kupf_count(KUPF_FETCH_LIMITED);
		return NULL;
	}
	if (!request)
	{
		*first = TRUE;
		request = begin(this, id, hash);
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
	this->waiting--;
	kupf_count_held(KUPF_FETCH_WAITING, -1);
	if (--request->waiting == 0)
	{
		this->requests->remove(this->requests, request->id);
		ignore_result(ref_put(&this->pending));
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
		default:
			kupf_count(KUPF_FETCH_TIMEOUTS);
			break;
	}
}

/**
 * Wait for the outcome of a request, with the mutex locked.
 */
static void await(private_kupf_fetch_t *this, request_t *request)
{
	while (request->outcome == PENDING)
	{
		if (this->condvar->timed_wait_abs(this->condvar, this->mutex,
										  request->end))
		{
			settle(this, request, TIMEOUT);
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

	if (!is_askable(id))
	{
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
	session = this->store->find(this->store, id->get_type(id),
								id->get_encoding(id));
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
		session = this->store->find(this->store, id->get_type(id),
									id->get_encoding(id));
	}
	return session;
}

/**
 * Settle the request for an identity.
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
	else if (outcome == REJECTED)
	{	/* nobody waits any more, but it is worth remembering */
		set_negative(this, hash_id(this, type, data));
	}
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
	 * session there looks for requests after that: one of them sees the other,
	 * by the lock of the store that both have held. */
	if (ref_cur(&this->pending))
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
	enumerator_t *enumerator;
	request_t *request;

	this->mutex->lock(this->mutex);
	enumerator = this->requests->create_enumerator(this->requests);
	while (enumerator->enumerate(enumerator, NULL, &request))
	{
		settle(this, request, DESERTED);
	}
	enumerator->destroy(enumerator);
	this->mutex->unlock(this->mutex);
}

METHOD(kupf_fetch_t, destroy, void,
	private_kupf_fetch_t *this)
{
	this->events->observe(this->events, KUPF_EVENT_KEY_REQUEST, NULL, NULL);
	this->requests->destroy(this->requests);
	this->condvar->destroy(this->condvar);
	this->mutex->destroy(this->mutex);
	free(this->negative);
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
			.destroy = _destroy,
		},
		.store = store,
		.events = events,
		.config = *config,
		.requests = hashtable_create((hashtable_hash_t)request_hash,
									 (hashtable_equals_t)request_equals, 8),
		.tokens = config->rate,
		.filled = time_monotonic(NULL),
		.mutex = mutex_create(MUTEX_TYPE_DEFAULT),
		.condvar = condvar_create(CONDVAR_TYPE_DEFAULT),
	);
	if (config->negative_ttl)
	{
		this->negative = calloc(KUPF_FETCH_NEGATIVE, sizeof(negative_t));
	}
	events->observe(events, KUPF_EVENT_KEY_REQUEST, on_deserted, this);
	if (getrandom(this->key, sizeof(this->key), 0) != sizeof(this->key))
	{
		destroy(this);
		return NULL;
	}
	return &this->public;
}
