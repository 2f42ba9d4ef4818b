/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupf_psk_requests.h"
#include "kupf/kupf_counters.h"
#include "kupf/kupf_time.h"

#include <threading/mutex.h>

typedef struct private_kupf_psk_requests_t private_kupf_psk_requests_t;
typedef struct request_t request_t;

/**
 * A request that is not answered yet.
 */
struct request_t {
	/** session, empty if it is not known */
	char session[KUPF_SESSION_NAME_MAX + 1];
	/** inner address, if it is not */
	kupf_address_t address;
	/** when it is over, milliseconds */
	uint64_t end;
};

/**
 * Private data of the object.
 */
struct private_kupf_psk_requests_t {
	/** public interface */
	kupf_psk_requests_t public;
	/** bounds */
	kupf_psk_bounds_t bounds;
	/** requests of this second, and which one that is */
	u_int asked;
	time_t second;
	/** requests that are not answered yet, bounds.waiting at most */
	request_t *requests;
	u_int count;
	/** guards all of it, a leaf */
	mutex_t *mutex;
};

/**
 * Forget a request.
 */
static void forget(private_kupf_psk_requests_t *this, u_int i)
{
	this->requests[i] = this->requests[--this->count];
}

/**
 * Whether a request is for a session, or else for an address.
 */
static bool is_for(const request_t *request, const char *session,
				   const kupf_address_t *address)
{
	return *session ? streq(request->session, session) :
					  !*request->session &&
					  kupf_address_equals(&request->address, address);
}

/**
 * Find a request, and forget those whose time is over.
 *
 * @return			its position, -1 if there is none
 */
static int find(private_kupf_psk_requests_t *this, const char *session,
				const kupf_address_t *address)
{
	uint64_t now = kupf_time_ms();
	int found = -1;
	u_int i = 0;

	while (i < this->count)
	{
		if (this->requests[i].end <= now)
		{
			forget(this, i);
			continue;
		}
		if (is_for(&this->requests[i], session, address))
		{
			found = i;
		}
		i++;
	}
	return found;
}

/**
 * Whether another request may be made in this second.
 */
static bool is_rate_kept(private_kupf_psk_requests_t *this)
{
	time_t now = time_monotonic(NULL);

	if (now != this->second)
	{
		this->second = now;
		this->asked = 0;
	}
	return !this->bounds.rate || this->asked++ < this->bounds.rate;
}

METHOD(kupf_psk_requests_t, ask, kupf_psk_asked_t,
	private_kupf_psk_requests_t *this, const char *session,
	const kupf_address_t *address)
{
	kupf_psk_asked_t asked = KUPF_PSK_ASKED;
	request_t *request;

	this->mutex->lock(this->mutex);
	if (find(this, session, address) >= 0)
	{
		asked = KUPF_PSK_JOINED;
	}
	else if (this->count >= this->bounds.waiting || !is_rate_kept(this))
	{
		kupf_count(KUPF_PSK_LIMITED);
		asked = KUPF_PSK_REFUSED;
	}
	else
	{
		request = &this->requests[this->count++];
		*request = (request_t){
			.address = *address,
			.end = kupf_time_ms() + this->bounds.timeout,
		};
		snprintf(request->session, sizeof(request->session), "%s", session);
	}
	this->mutex->unlock(this->mutex);
	return asked;
}

METHOD(kupf_psk_requests_t, withdraw, void,
	private_kupf_psk_requests_t *this, const char *session,
	const kupf_address_t *address)
{
	int i;

	this->mutex->lock(this->mutex);
	i = find(this, session, address);
	if (i >= 0)
	{
		forget(this, i);
	}
	this->mutex->unlock(this->mutex);
}

/**
 * Whether a request is for a session that has come.
 */
static bool is_answered(const request_t *request, kupf_session_t *session)
{
	const kupf_address_t *addresses;
	u_int i, count;

	if (*request->session)
	{
		return streq(request->session, kupf_session_get_name(session));
	}
	addresses = kupf_session_get_ue_addresses(session, &count);
	for (i = 0; i < count; i++)
	{
		if (kupf_address_contains(&addresses[i], &request->address))
		{
			return TRUE;
		}
	}
	return FALSE;
}

METHOD(kupf_psk_requests_t, answer, void,
	private_kupf_psk_requests_t *this, kupf_session_t *session)
{
	u_int i = 0;

	this->mutex->lock(this->mutex);
	while (i < this->count)
	{
		if (is_answered(&this->requests[i], session))
		{
			forget(this, i);
		}
		else
		{
			i++;
		}
	}
	this->mutex->unlock(this->mutex);
}

METHOD(kupf_psk_requests_t, destroy, void,
	private_kupf_psk_requests_t *this)
{
	this->mutex->destroy(this->mutex);
	free(this->requests);
	free(this);
}

/*
 * Described in header
 */
kupf_psk_requests_t *kupf_psk_requests_create(const kupf_psk_bounds_t *bounds)
{
	private_kupf_psk_requests_t *this;

	INIT(this,
		.public = {
			.ask = _ask,
			.withdraw = _withdraw,
			.answer = _answer,
			.destroy = _destroy,
		},
		.bounds = *bounds,
		.requests = calloc(bounds->waiting, sizeof(request_t)),
		.mutex = mutex_create(MUTEX_TYPE_DEFAULT),
	);
	return &this->public;
}
