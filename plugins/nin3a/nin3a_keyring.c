/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "nin3a_keyring.h"

#include <threading/thread_value.h>

typedef struct private_nin3a_keyring_t private_nin3a_keyring_t;

/**
 * Private data of the keyring.
 */
struct private_nin3a_keyring_t {
	/** public interface */
	nin3a_keyring_t public;
	/** credential set of plugin kupf */
	credential_set_t *set;
	/** unique identifier of the IKE_SA whose exchange a thread handles */
	thread_value_t *current;
};

METHOD(nin3a_keyring_t, get_current, uint32_t,
	private_nin3a_keyring_t *this)
{
	return (uintptr_t)this->current->get(this->current);
}

METHOD(nin3a_keyring_t, end_any, void,
	private_nin3a_keyring_t *this)
{
	if (get_current(this))
	{
		lib->credmgr->remove_local_set(lib->credmgr, this->set);
		this->current->set(this->current, NULL);
	}
}

METHOD(nin3a_keyring_t, begin, void,
	private_nin3a_keyring_t *this, uint32_t ike_sa)
{
	end_any(this);
	lib->credmgr->add_local_set(lib->credmgr, this->set, TRUE);
	this->current->set(this->current, (void*)(uintptr_t)ike_sa);
}

METHOD(nin3a_keyring_t, end, void,
	private_nin3a_keyring_t *this, uint32_t ike_sa)
{
	if (get_current(this) == ike_sa)
	{
		end_any(this);
	}
}

METHOD(nin3a_keyring_t, destroy, void,
	private_nin3a_keyring_t *this)
{
	end_any(this);
	this->current->destroy(this->current);
	free(this);
}

/*
 * Described in header
 */
nin3a_keyring_t *nin3a_keyring_create(credential_set_t *set)
{
	private_nin3a_keyring_t *this;

	INIT(this,
		.public = {
			.begin = _begin,
			.end = _end,
			.end_any = _end_any,
			.get_current = _get_current,
			.destroy = _destroy,
		},
		.set = set,
		.current = thread_value_create(NULL),
	);

	return &this->public;
}
