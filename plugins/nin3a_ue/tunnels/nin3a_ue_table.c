/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "nin3a_ue_table.h"

#include <collections/hashtable.h>
#include <threading/mutex.h>

typedef struct private_nin3a_ue_table_t private_nin3a_ue_table_t;

/**
 * Private data.
 */
struct private_nin3a_ue_table_t {
	/** public interface */
	nin3a_ue_table_t public;
	/** nin3a_ue_sa_t by unique identifier */
	hashtable_t *sas;
	/** guards the table, the IKE_SAs, and all legs */
	mutex_t *mutex;
};

/**
 * Key of the table of IKE_SAs.
 */
static void *key_of(uint32_t ike_sa)
{
	return (void*)(uintptr_t)ike_sa;
}

METHOD(nin3a_ue_table_t, lock, void,
	private_nin3a_ue_table_t *this)
{
	this->mutex->lock(this->mutex);
}

METHOD(nin3a_ue_table_t, unlock, void,
	private_nin3a_ue_table_t *this)
{
	this->mutex->unlock(this->mutex);
}

METHOD(nin3a_ue_table_t, find, nin3a_ue_sa_t*,
	private_nin3a_ue_table_t *this, uint32_t ike_sa)
{
	return this->sas->get(this->sas, key_of(ike_sa));
}

METHOD(nin3a_ue_table_t, find_connection, nin3a_ue_sa_t*,
	private_nin3a_ue_table_t *this, const void *connection)
{
	nin3a_ue_sa_t *sa, *found = NULL;
	enumerator_t *enumerator;

	enumerator = this->sas->create_enumerator(this->sas);
	while (!found && enumerator->enumerate(enumerator, NULL, &sa))
	{
		if (sa->connection == connection)
		{
			found = sa;
		}
	}
	enumerator->destroy(enumerator);
	return found;
}

METHOD(nin3a_ue_table_t, add, void,
	private_nin3a_ue_table_t *this, nin3a_ue_leg_t *leg,
	kupf_session_t *session, uint32_t ike_sa, uint64_t spi,
	const void *connection)
{
	nin3a_ue_sa_t *sa;

	INIT(sa,
		.leg = leg,
		.next = leg->first,
		.session = session,
		.connection = connection,
		.ike_sa = ike_sa,
		.spis = {
			.initiator = spi,
			.initiated_here = TRUE,
		},
		.stage = NIN3A_UE_STAGE_CONNECTING,
		.reason = NIN3A_UE_NO_REASON,
	);
	leg->first = sa;
	this->sas->put(this->sas, key_of(ike_sa), sa);
}

METHOD(nin3a_ue_table_t, take, nin3a_ue_sa_t*,
	private_nin3a_ue_table_t *this, uint32_t ike_sa)
{
	nin3a_ue_sa_t *sa, **pos;

	sa = this->sas->remove(this->sas, key_of(ike_sa));
	if (sa)
	{
		for (pos = &sa->leg->first; *pos != sa; pos = &(*pos)->next)
		{
			/* it is there */
		}
		*pos = sa->next;
	}
	return sa;
}

METHOD(nin3a_ue_table_t, get_count, u_int,
	private_nin3a_ue_table_t *this)
{
	return this->sas->get_count(this->sas);
}

METHOD(nin3a_ue_table_t, rename_, void,
	private_nin3a_ue_table_t *this, nin3a_ue_sa_t *sa, uint32_t ike_sa)
{
	this->sas->remove(this->sas, key_of(sa->ike_sa));
	sa->ike_sa = ike_sa;
	this->sas->put(this->sas, key_of(ike_sa), sa);
}

METHOD(nin3a_ue_table_t, destroy, void,
	private_nin3a_ue_table_t *this)
{
	enumerator_t *enumerator;
	nin3a_ue_sa_t *sa;

	enumerator = this->sas->create_enumerator(this->sas);
	while (enumerator->enumerate(enumerator, NULL, &sa))
	{
		nin3a_ue_sa_destroy(sa);
	}
	enumerator->destroy(enumerator);
	this->sas->destroy(this->sas);
	this->mutex->destroy(this->mutex);
	free(this);
}

/*
 * Described in header
 */
nin3a_ue_table_t *nin3a_ue_table_create()
{
	private_nin3a_ue_table_t *this;

	INIT(this,
		.public = {
			.lock = _lock,
			.unlock = _unlock,
			.find = _find,
			.find_connection = _find_connection,
			.add = _add,
			.take = _take,
			.get_count = _get_count,
			.rename = _rename_,
			.destroy = _destroy,
		},
		.sas = hashtable_create(hashtable_hash_ptr, hashtable_equals_ptr, 8),
		.mutex = mutex_create(MUTEX_TYPE_DEFAULT),
	);

	return &this->public;
}
