/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupf_fetch_requests.h"

#include <collections/hashtable.h>

typedef struct private_kupf_fetch_requests_t private_kupf_fetch_requests_t;

/**
 * Private data of the object.
 */
struct private_kupf_fetch_requests_t {
	/** public interface */
	kupf_fetch_requests_t public;
	/** kupf_fetch_request_t that are pending, by identity */
	hashtable_t *pending;
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

METHOD(kupf_fetch_requests_t, get, kupf_fetch_request_t*,
	private_kupf_fetch_requests_t *this, identification_t *id)
{
	return this->pending->get(this->pending, id);
}

METHOD(kupf_fetch_requests_t, get_any, kupf_fetch_request_t*,
	private_kupf_fetch_requests_t *this)
{
	kupf_fetch_request_t *request = NULL;
	enumerator_t *enumerator;

	enumerator = this->pending->create_enumerator(this->pending);
	if (!enumerator->enumerate(enumerator, NULL, &request))
	{
		request = NULL;
	}
	enumerator->destroy(enumerator);
	return request;
}

METHOD(kupf_fetch_requests_t, get_count, u_int,
	private_kupf_fetch_requests_t *this)
{
	return this->pending->get_count(this->pending);
}

METHOD(kupf_fetch_requests_t, begin, kupf_fetch_request_t*,
	private_kupf_fetch_requests_t *this, identification_t *id, u_int timeout)
{
	kupf_fetch_request_t *request;

	INIT(request,
		.id = id->clone(id),
		.outcome = KUPF_FETCH_PENDING,
	);
	time_monotonic(&request->end);
	timeval_add_ms(&request->end, timeout);
	this->pending->put(this->pending, request->id, request);
	return request;
}

METHOD(kupf_fetch_requests_t, settle, bool,
	private_kupf_fetch_requests_t *this, kupf_fetch_request_t *request,
	kupf_counter_t outcome)
{
	if (request->outcome != KUPF_FETCH_PENDING)
	{
		return FALSE;
	}
	request->outcome = outcome;
	this->pending->remove(this->pending, request->id);
	return TRUE;
}

METHOD(kupf_fetch_requests_t, leave, void,
	private_kupf_fetch_requests_t *this, kupf_fetch_request_t *request)
{
	if (--request->waiting == 0)
	{
		request->id->destroy(request->id);
		free(request);
	}
}

METHOD(kupf_fetch_requests_t, destroy, void,
	private_kupf_fetch_requests_t *this)
{
	this->pending->destroy(this->pending);
	free(this);
}

/*
 * Described in header
 */
kupf_fetch_requests_t *kupf_fetch_requests_create()
{
	private_kupf_fetch_requests_t *this;

	INIT(this,
		.public = {
			.get = _get,
			.get_any = _get_any,
			.get_count = _get_count,
			.begin = _begin,
			.settle = _settle,
			.leave = _leave,
			.destroy = _destroy,
		},
		.pending = hashtable_create((hashtable_hash_t)request_hash,
									(hashtable_equals_t)request_equals, 8),
	);
	return &this->public;
}
