/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "bench_keys.h"
#include "bench.h"

#include <library.h>

typedef struct key_enumerator_t key_enumerator_t;

/**
 * Yields one key.
 */
struct key_enumerator_t {
	/** public interface */
	enumerator_t public;
	/** key */
	shared_key_t *key;
	/** whether it was yielded */
	bool yielded;
};

METHOD(enumerator_t, enumerate, bool,
	key_enumerator_t *this, va_list args)
{
	id_match_t *me, *other;
	shared_key_t **key;

	VA_ARGS_VGET(args, key, me, other);

	if (this->yielded)
	{
		return FALSE;
	}
	this->yielded = TRUE;
	*key = this->key;
	if (me)
	{
		*me = ID_MATCH_PERFECT;
	}
	if (other)
	{
		*other = ID_MATCH_PERFECT;
	}
	return TRUE;
}

METHOD(enumerator_t, enumerator_destroy, void,
	key_enumerator_t *this)
{
	this->key->destroy(this->key);
	free(this);
}

METHOD(credential_set_t, create_shared_enumerator, enumerator_t*,
	credential_set_t *this, shared_key_type_t type, identification_t *me,
	identification_t *other)
{
	key_enumerator_t *enumerator;
	uint8_t key[BENCH_KEY_LEN];
	chunk_t id;

	if (type != SHARED_IKE || !me || me->get_type(me) != ID_KEY_ID)
	{
		return NULL;
	}
	id = me->get_encoding(me);
	if (id.len != BENCH_ID_LEN)
	{
		return NULL;
	}
	bench_key(id.ptr, 1, key);
	INIT(enumerator,
		.public = {
			.enumerate = enumerator_enumerate_default,
			.venumerate = _enumerate,
			.destroy = _enumerator_destroy,
		},
		.key = shared_key_create(SHARED_IKE,
								 chunk_clone(chunk_from_thing(key))),
	);
	return &enumerator->public;
}

/*
 * Described in header
 */
credential_set_t *bench_keys_create()
{
	credential_set_t *this;

	INIT(this,
		.create_private_enumerator = (void*)return_null,
		.create_cert_enumerator = (void*)return_null,
		.create_shared_enumerator = _create_shared_enumerator,
		.create_cdp_enumerator = (void*)return_null,
		.cache_cert = (void*)nop,
	);
	return this;
}
