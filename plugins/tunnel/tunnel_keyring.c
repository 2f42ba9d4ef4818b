/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "tunnel_keyring.h"

#include <threading/thread_value.h>

typedef struct private_tunnel_keyring_t private_tunnel_keyring_t;
typedef struct exchange_t exchange_t;
typedef struct ppk_enumerator_t ppk_enumerator_t;

/**
 * Private data of the keyring.
 */
struct private_tunnel_keyring_t {
	/** public interface */
	tunnel_keyring_t public;
	/** the only credential set of a thread */
	credential_set_t only;
	/** credential set of plugin kupf */
	credential_set_t *set;
	/** exchange_t that a thread handles */
	thread_value_t *current;
};

/**
 * An exchange.
 */
struct exchange_t {
	/** unique identifier of the IKE_SA */
	uint32_t ike_sa;
	/** identity of the PPK, NULL if there is none */
	identification_t *ppk_id;
	/** PPK, NULL if there is none */
	shared_key_t *ppk;
};

/**
 * Yields a PPK.
 */
struct ppk_enumerator_t {
	/** public interface */
	enumerator_t public;
	/** PPK, NULL once it was yielded */
	shared_key_t *ppk;
	/** PPK to keep until the end */
	shared_key_t *ref;
};

CALLBACK(exchange_destroy, void,
	exchange_t *exchange)
{
	DESTROY_IF(exchange->ppk_id);
	DESTROY_IF(exchange->ppk);
	free(exchange);
}

METHOD(tunnel_keyring_t, get_current, uint32_t,
	private_tunnel_keyring_t *this)
{
	exchange_t *exchange = this->current->get(this->current);

	return exchange ? exchange->ike_sa : 0;
}

METHOD(tunnel_keyring_t, end_any, void,
	private_tunnel_keyring_t *this)
{
	exchange_t *exchange = this->current->get(this->current);

	if (exchange)
	{
		lib->credmgr->remove_local_set(lib->credmgr, &this->only);
		this->current->set(this->current, NULL);
		exchange_destroy(exchange);
	}
}

METHOD(tunnel_keyring_t, begin, bool,
	private_tunnel_keyring_t *this, uint32_t ike_sa, identification_t *ppk_id)
{
	exchange_t *exchange;

	end_any(this);
	INIT(exchange,
		.ike_sa = ike_sa,
	);
	if (ppk_id)
	{
		exchange->ppk_id = ppk_id->clone(ppk_id);
		exchange->ppk = lib->credmgr->get_shared(lib->credmgr, SHARED_PPK,
												 ppk_id, NULL);
	}
	lib->credmgr->add_local_set(lib->credmgr, &this->only, TRUE);
	this->current->set(this->current, exchange);
	return exchange->ppk != NULL;
}

METHOD(tunnel_keyring_t, end, void,
	private_tunnel_keyring_t *this, uint32_t ike_sa)
{
	if (get_current(this) == ike_sa)
	{
		end_any(this);
	}
}

METHOD(enumerator_t, ppk_enumerate, bool,
	ppk_enumerator_t *this, va_list args)
{
	id_match_t *me, *other;
	shared_key_t **key;

	VA_ARGS_VGET(args, key, me, other);

	if (!this->ppk)
	{
		return FALSE;
	}
	*key = this->ppk;
	this->ppk = NULL;
	if (me)
	{
		*me = ID_MATCH_PERFECT;
	}
	if (other)
	{
		*other = ID_MATCH_NONE;
	}
	return TRUE;
}

METHOD(enumerator_t, ppk_enumerator_destroy, void,
	ppk_enumerator_t *this)
{
	this->ref->destroy(this->ref);
	free(this);
}

/**
 * Create an enumerator for the PPK of the thread's exchange.
 *
 * @param id		identity that is asked for
 * @return			NULL if it is not that one's
 */
static enumerator_t *create_ppk_enumerator(private_tunnel_keyring_t *this,
										   identification_t *id)
{
	exchange_t *exchange = this->current->get(this->current);
	ppk_enumerator_t *enumerator;

	if (!exchange || !exchange->ppk || !id ||
		!id->equals(id, exchange->ppk_id))
	{
		return NULL;
	}
	INIT(enumerator,
		.public = {
			.enumerate = enumerator_enumerate_default,
			.venumerate = _ppk_enumerate,
			.destroy = _ppk_enumerator_destroy,
		},
		.ppk = exchange->ppk,
		.ref = exchange->ppk->get_ref(exchange->ppk),
	);
	return &enumerator->public;
}

CALLBACK(create_shared_enumerator, enumerator_t*,
	credential_set_t *only, shared_key_type_t type, identification_t *me,
	identification_t *other)
{
	private_tunnel_keyring_t *this;

	this = (private_tunnel_keyring_t*)((char*)only -
								offsetof(private_tunnel_keyring_t, only));
	switch (type)
	{
		case SHARED_IKE:
			return this->set->create_shared_enumerator(this->set, type, me,
													   other);
		case SHARED_PPK:
			return create_ppk_enumerator(this, me);
		default:
			return NULL;
	}
}

METHOD(tunnel_keyring_t, destroy, void,
	private_tunnel_keyring_t *this)
{
	end_any(this);
	this->current->destroy(this->current);
	free(this);
}

/*
 * Described in header
 */
tunnel_keyring_t *tunnel_keyring_create(credential_set_t *set)
{
	private_tunnel_keyring_t *this;

	INIT(this,
		.public = {
			.begin = _begin,
			.end = _end,
			.end_any = _end_any,
			.get_current = _get_current,
			.destroy = _destroy,
		},
		.only = {
			.create_private_enumerator = (void*)return_null,
			.create_cert_enumerator = (void*)return_null,
			.create_shared_enumerator = (void*)create_shared_enumerator,
			.create_cdp_enumerator = (void*)return_null,
			.cache_cert = (void*)nop,
		},
		.set = set,
		.current = thread_value_create(exchange_destroy),
	);

	return &this->public;
}
