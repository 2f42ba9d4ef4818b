/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "nin3a_ue_sas.h"

#include <collections/hashtable.h>
#include <threading/mutex.h>

typedef struct private_nin3a_ue_sas_t private_nin3a_ue_sas_t;

/**
 * Private data.
 */
struct private_nin3a_ue_sas_t {
	/** public interface */
	nin3a_ue_sas_t public;
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

METHOD(nin3a_ue_sas_t, lock, void,
	private_nin3a_ue_sas_t *this)
{
	this->mutex->lock(this->mutex);
}

METHOD(nin3a_ue_sas_t, unlock, void,
	private_nin3a_ue_sas_t *this)
{
	this->mutex->unlock(this->mutex);
}

METHOD(nin3a_ue_sas_t, find, nin3a_ue_sa_t*,
	private_nin3a_ue_sas_t *this, uint32_t ike_sa)
{
	return this->sas->get(this->sas, key_of(ike_sa));
}

METHOD(nin3a_ue_sas_t, find_connection, nin3a_ue_sa_t*,
	private_nin3a_ue_sas_t *this, const void *connection)
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

METHOD(nin3a_ue_sas_t, add, void,
	private_nin3a_ue_sas_t *this, nin3a_ue_leg_t *leg,
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
		.stage = NIN3A_UE_CONNECTING,
		.reason = NIN3A_UE_NO_REASON,
	);
	leg->first = sa;
	this->sas->put(this->sas, key_of(ike_sa), sa);
}

METHOD(nin3a_ue_sas_t, take, nin3a_ue_sa_t*,
	private_nin3a_ue_sas_t *this, uint32_t ike_sa)
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

METHOD(nin3a_ue_sas_t, get_count, u_int,
	private_nin3a_ue_sas_t *this)
{
	return this->sas->get_count(this->sas);
}

METHOD(nin3a_ue_sas_t, get_stage, nin3a_ue_stage_t,
	private_nin3a_ue_sas_t *this, uint32_t ike_sa)
{
	nin3a_ue_stage_t stage;
	nin3a_ue_sa_t *sa;

	this->mutex->lock(this->mutex);
	sa = find(this, ike_sa);
	stage = sa ? sa->stage : NIN3A_UE_NONE;
	this->mutex->unlock(this->mutex);
	return stage;
}

METHOD(nin3a_ue_sas_t, get_session, kupf_session_t*,
	private_nin3a_ue_sas_t *this, uint32_t ike_sa)
{
	kupf_session_t *session = NULL;
	nin3a_ue_sa_t *sa;

	this->mutex->lock(this->mutex);
	sa = find(this, ike_sa);
	if (sa)
	{
		session = kupf_session_ref(sa->session);
	}
	this->mutex->unlock(this->mutex);
	return session;
}

METHOD(nin3a_ue_sas_t, set_failure, void,
	private_nin3a_ue_sas_t *this, uint32_t ike_sa, nin3a_ue_reason_t failure)
{
	nin3a_ue_sa_t *sa;

	this->mutex->lock(this->mutex);
	sa = find(this, ike_sa);
	if (sa && sa->stage != NIN3A_UE_UP)
	{
		nin3a_ue_sa_fail(sa, failure);
	}
	this->mutex->unlock(this->mutex);
}

METHOD(nin3a_ue_sas_t, set_unreadable, void,
	private_nin3a_ue_sas_t *this, uint32_t ike_sa)
{
	nin3a_ue_sa_t *sa;

	this->mutex->lock(this->mutex);
	sa = find(this, ike_sa);
	if (sa)
	{
		sa->unreadable = TRUE;
	}
	this->mutex->unlock(this->mutex);
}

METHOD(nin3a_ue_sas_t, get_failure, nin3a_ue_reason_t,
	private_nin3a_ue_sas_t *this, uint32_t ike_sa)
{
	nin3a_ue_reason_t failure = NIN3A_UE_UNDECIDED;
	nin3a_ue_sa_t *sa;

	this->mutex->lock(this->mutex);
	sa = find(this, ike_sa);
	if (sa)
	{
		failure = sa->failure;
	}
	this->mutex->unlock(this->mutex);
	return failure;
}

METHOD(nin3a_ue_sas_t, take_lifetime, bool,
	private_nin3a_ue_sas_t *this, uint32_t ike_sa)
{
	bool taken = FALSE;
	nin3a_ue_sa_t *sa;

	this->mutex->lock(this->mutex);
	sa = find(this, ike_sa);
	if (sa && sa->lifetimes < NIN3A_UE_LIFETIMES_MAX)
	{
		sa->lifetimes++;
		taken = TRUE;
	}
	this->mutex->unlock(this->mutex);
	return taken;
}

METHOD(nin3a_ue_sas_t, establish, void,
	private_nin3a_ue_sas_t *this, uint32_t ike_sa)
{
	nin3a_ue_sa_t *sa;

	this->mutex->lock(this->mutex);
	sa = find(this, ike_sa);
	if (sa && sa->stage == NIN3A_UE_CONNECTING)
	{
		sa->stage = NIN3A_UE_ESTABLISHED;
	}
	this->mutex->unlock(this->mutex);
}

METHOD(nin3a_ue_sas_t, set_reason, void,
	private_nin3a_ue_sas_t *this, uint32_t ike_sa, kupf_reason_t reason)
{
	nin3a_ue_sa_t *sa;

	this->mutex->lock(this->mutex);
	sa = find(this, ike_sa);
	if (sa)
	{
		nin3a_ue_sa_give_reason(sa, reason);
	}
	this->mutex->unlock(this->mutex);
}

METHOD(nin3a_ue_sas_t, condemn, bool,
	private_nin3a_ue_sas_t *this, uint32_t ike_sa, nin3a_ue_reason_t failure)
{
	bool condemned;
	nin3a_ue_sa_t *sa;

	this->mutex->lock(this->mutex);
	sa = find(this, ike_sa);
	condemned = sa && nin3a_ue_sa_condemn(sa, failure);
	this->mutex->unlock(this->mutex);
	return condemned;
}

METHOD(nin3a_ue_sas_t, rekey, bool,
	private_nin3a_ue_sas_t *this, uint32_t old, uint32_t new,
	const tunnel_spis_t *spis)
{
	bool closing = FALSE;
	nin3a_ue_sa_t *sa;

	this->mutex->lock(this->mutex);
	sa = this->sas->remove(this->sas, key_of(old));
	if (sa)
	{
		sa->ike_sa = new;
		sa->spis = *spis;
		this->sas->put(this->sas, key_of(new), sa);
		closing = sa->closing;
	}
	this->mutex->unlock(this->mutex);
	return closing;
}

METHOD(nin3a_ue_sas_t, set_spis, void,
	private_nin3a_ue_sas_t *this, uint32_t ike_sa, const tunnel_spis_t *spis)
{
	nin3a_ue_sa_t *sa;

	this->mutex->lock(this->mutex);
	sa = find(this, ike_sa);
	if (sa)
	{
		sa->spis = *spis;
	}
	this->mutex->unlock(this->mutex);
}

METHOD(nin3a_ue_sas_t, get_spis, bool,
	private_nin3a_ue_sas_t *this, uint32_t ike_sa, tunnel_spis_t *spis)
{
	nin3a_ue_sa_t *sa;

	this->mutex->lock(this->mutex);
	sa = find(this, ike_sa);
	if (sa)
	{
		*spis = sa->spis;
	}
	this->mutex->unlock(this->mutex);
	return sa != NULL;
}

METHOD(nin3a_ue_sas_t, set_path, void,
	private_nin3a_ue_sas_t *this, uint32_t ike_sa,
	const kupf_endpoint_t *local, const kupf_endpoint_t *remote,
	tunnel_told_t *told)
{
	nin3a_ue_sa_t *sa;

	this->mutex->lock(this->mutex);
	sa = find(this, ike_sa);
	if (sa)
	{
		nin3a_ue_sa_set_path(sa, local, remote, told);
	}
	this->mutex->unlock(this->mutex);
}

METHOD(nin3a_ue_sas_t, set_child, void,
	private_nin3a_ue_sas_t *this, uint32_t ike_sa, const kupf_child_t *child,
	bool installed, tunnel_told_t *told)
{
	nin3a_ue_sa_t *sa;

	this->mutex->lock(this->mutex);
	sa = find(this, ike_sa);
	if (sa)
	{
		nin3a_ue_sa_set_child(sa, child, installed, told);
	}
	this->mutex->unlock(this->mutex);
}

METHOD(nin3a_ue_sas_t, down, kupf_session_t*,
	private_nin3a_ue_sas_t *this, uint32_t ike_sa, uint32_t *up_as,
	kupf_reason_t *reason)
{
	kupf_session_t *session = NULL;
	nin3a_ue_sa_t *sa;

	this->mutex->lock(this->mutex);
	sa = find(this, ike_sa);
	if (sa && nin3a_ue_sa_down(sa, nin3a_ue_leg_replaces(sa->leg, sa), reason))
	{
		*up_as = sa->up_as;
		session = kupf_session_ref(sa->session);
	}
	this->mutex->unlock(this->mutex);
	return session;
}

METHOD(nin3a_ue_sas_t, failed, kupf_session_t*,
	private_nin3a_ue_sas_t *this, uint32_t ike_sa, nin3a_ue_reason_t *failure)
{
	kupf_session_t *session = NULL;
	nin3a_ue_sa_t *sa;

	this->mutex->lock(this->mutex);
	sa = find(this, ike_sa);
	if (sa && nin3a_ue_sa_end_attempt(sa, failure))
	{
		session = kupf_session_ref(sa->session);
	}
	this->mutex->unlock(this->mutex);
	return session;
}

METHOD(nin3a_ue_sas_t, destroy, void,
	private_nin3a_ue_sas_t *this)
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
nin3a_ue_sas_t *nin3a_ue_sas_create()
{
	private_nin3a_ue_sas_t *this;

	INIT(this,
		.public = {
			.lock = _lock,
			.unlock = _unlock,
			.find = _find,
			.find_connection = _find_connection,
			.add = _add,
			.take = _take,
			.get_count = _get_count,
			.get_stage = _get_stage,
			.get_session = _get_session,
			.set_failure = _set_failure,
			.set_unreadable = _set_unreadable,
			.get_failure = _get_failure,
			.take_lifetime = _take_lifetime,
			.establish = _establish,
			.set_reason = _set_reason,
			.condemn = _condemn,
			.rekey = _rekey,
			.set_spis = _set_spis,
			.get_spis = _get_spis,
			.set_path = _set_path,
			.set_child = _set_child,
			.down = _down,
			.failed = _failed,
			.destroy = _destroy,
		},
		.sas = hashtable_create(hashtable_hash_ptr, hashtable_equals_ptr, 8),
		.mutex = mutex_create(MUTEX_TYPE_DEFAULT),
	);

	return &this->public;
}
