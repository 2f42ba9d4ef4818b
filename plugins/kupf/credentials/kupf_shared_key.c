/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupf_shared_key.h"
#include "kupf_redact.h"

typedef struct private_kupf_shared_key_t private_kupf_shared_key_t;

/**
 * Private data of a key.
 */
struct private_kupf_shared_key_t {
	/** public interface */
	shared_key_t public;
	/** session with the key */
	kupf_session_t *session;
	/** references */
	refcount_t ref;
};

METHOD(shared_key_t, get_type, shared_key_type_t,
	private_kupf_shared_key_t *this)
{
	return SHARED_IKE;
}

METHOD(shared_key_t, get_key, chunk_t,
	private_kupf_shared_key_t *this)
{
	return kupf_session_get_key(this->session);
}

METHOD(shared_key_t, get_ref, shared_key_t*,
	private_kupf_shared_key_t *this)
{
	ref_get(&this->ref);
	return &this->public;
}

METHOD(shared_key_t, destroy, void,
	private_kupf_shared_key_t *this)
{
	if (ref_put(&this->ref))
	{
		kupf_session_unref(this->session);
		kupf_redact_end();
		free(this);
	}
}

/*
 * Described in header
 */
shared_key_t *kupf_shared_key_create(kupf_session_t *session)
{
	private_kupf_shared_key_t *key;

	kupf_redact_begin();
	INIT(key,
		.public = {
			.get_type = _get_type,
			.get_key = _get_key,
			.get_ref = _get_ref,
			.destroy = _destroy,
		},
		.session = session,
		.ref = 1,
	);
	return &key->public;
}
