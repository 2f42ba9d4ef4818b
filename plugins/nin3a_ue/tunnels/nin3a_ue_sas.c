/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "nin3a_ue_sas.h"

typedef struct private_nin3a_ue_sas_t private_nin3a_ue_sas_t;

/**
 * Private data.
 */
struct private_nin3a_ue_sas_t {
	/** public interface */
	nin3a_ue_sas_t public;
	/** IKE_SAs, with the mutex */
	nin3a_ue_table_t *table;
};

/**
 * Lock the table and find an IKE_SA.
 */
static nin3a_ue_sa_t *lock_sa(private_nin3a_ue_sas_t *this, uint32_t ike_sa)
{
	this->table->lock(this->table);
	return this->table->find(this->table, ike_sa);
}

/**
 * Unlock the table.
 *
 * @return			result, for whoever asked
 */
static u_int unlock(private_nin3a_ue_sas_t *this, u_int result)
{
	this->table->unlock(this->table);
	return result;
}

METHOD(nin3a_ue_sas_t, get_stage, nin3a_ue_stage_t,
	private_nin3a_ue_sas_t *this, uint32_t ike_sa)
{
	nin3a_ue_sa_t *sa = lock_sa(this, ike_sa);

	return unlock(this, sa ? sa->stage : NIN3A_UE_STAGE_NONE);
}

METHOD(nin3a_ue_sas_t, get_session, kupf_session_t*,
	private_nin3a_ue_sas_t *this, uint32_t ike_sa)
{
	kupf_session_t *session = NULL;
	nin3a_ue_sa_t *sa = lock_sa(this, ike_sa);

	if (sa)
	{
		session = kupf_session_ref(sa->session);
	}
	this->table->unlock(this->table);
	return session;
}

METHOD(nin3a_ue_sas_t, set_failure, void,
	private_nin3a_ue_sas_t *this, uint32_t ike_sa, nin3a_ue_reason_t failure)
{
	nin3a_ue_sa_t *sa = lock_sa(this, ike_sa);

	if (sa && sa->stage != NIN3A_UE_STAGE_UP)
	{
		nin3a_ue_sa_fail(sa, failure);
	}
	this->table->unlock(this->table);
}

METHOD(nin3a_ue_sas_t, set_unreadable, void,
	private_nin3a_ue_sas_t *this, uint32_t ike_sa)
{
	nin3a_ue_sa_t *sa = lock_sa(this, ike_sa);

	if (sa)
	{
		sa->unreadable = TRUE;
	}
	this->table->unlock(this->table);
}

METHOD(nin3a_ue_sas_t, get_failure, nin3a_ue_reason_t,
	private_nin3a_ue_sas_t *this, uint32_t ike_sa)
{
	nin3a_ue_reason_t failure = NIN3A_UE_UNDECIDED;
	nin3a_ue_sa_t *sa = lock_sa(this, ike_sa);

	if (sa)
	{
		failure = sa->failure;
	}
	return unlock(this, failure);
}

METHOD(nin3a_ue_sas_t, take_lifetime, bool,
	private_nin3a_ue_sas_t *this, uint32_t ike_sa)
{
	bool taken = FALSE;
	nin3a_ue_sa_t *sa = lock_sa(this, ike_sa);

	if (sa && sa->lifetimes < NIN3A_UE_LIFETIMES_MAX)
	{
		sa->lifetimes++;
		taken = TRUE;
	}
	return unlock(this, taken);
}

METHOD(nin3a_ue_sas_t, establish, void,
	private_nin3a_ue_sas_t *this, uint32_t ike_sa)
{
	nin3a_ue_sa_t *sa = lock_sa(this, ike_sa);

	if (sa && sa->stage == NIN3A_UE_STAGE_CONNECTING)
	{
		sa->stage = NIN3A_UE_STAGE_ESTABLISHED;
	}
	this->table->unlock(this->table);
}

METHOD(nin3a_ue_sas_t, set_reason, void,
	private_nin3a_ue_sas_t *this, uint32_t ike_sa, kupf_reason_t reason)
{
	nin3a_ue_sa_t *sa = lock_sa(this, ike_sa);

	if (sa)
	{
		nin3a_ue_sa_give_reason(sa, reason);
	}
	this->table->unlock(this->table);
}

METHOD(nin3a_ue_sas_t, condemn, bool,
	private_nin3a_ue_sas_t *this, uint32_t ike_sa, nin3a_ue_reason_t failure)
{
	nin3a_ue_sa_t *sa = lock_sa(this, ike_sa);

	return unlock(this, sa && nin3a_ue_sa_condemn(sa, failure));
}

METHOD(nin3a_ue_sas_t, rekey, bool,
	private_nin3a_ue_sas_t *this, uint32_t old, uint32_t new,
	const tunnel_spis_t *spis)
{
	nin3a_ue_sa_t *sa = lock_sa(this, old);

	if (sa)
	{
		sa->spis = *spis;
		this->table->rename(this->table, sa, new);
	}
	return unlock(this, sa && sa->closing);
}

METHOD(nin3a_ue_sas_t, set_spis, void,
	private_nin3a_ue_sas_t *this, uint32_t ike_sa, const tunnel_spis_t *spis)
{
	nin3a_ue_sa_t *sa = lock_sa(this, ike_sa);

	if (sa)
	{
		sa->spis = *spis;
	}
	this->table->unlock(this->table);
}

METHOD(nin3a_ue_sas_t, get_spis, bool,
	private_nin3a_ue_sas_t *this, uint32_t ike_sa, tunnel_spis_t *spis)
{
	nin3a_ue_sa_t *sa = lock_sa(this, ike_sa);

	if (sa)
	{
		*spis = sa->spis;
	}
	return unlock(this, sa != NULL);
}

METHOD(nin3a_ue_sas_t, set_path, void,
	private_nin3a_ue_sas_t *this, uint32_t ike_sa,
	const kupf_endpoint_t *local, const kupf_endpoint_t *remote,
	tunnel_told_t *told)
{
	nin3a_ue_sa_t *sa = lock_sa(this, ike_sa);

	if (sa)
	{
		nin3a_ue_sa_set_path(sa, local, remote, told);
	}
	this->table->unlock(this->table);
}

METHOD(nin3a_ue_sas_t, set_child, void,
	private_nin3a_ue_sas_t *this, uint32_t ike_sa, const kupf_child_t *child,
	bool installed, tunnel_told_t *told)
{
	nin3a_ue_sa_t *sa = lock_sa(this, ike_sa);

	if (sa)
	{
		nin3a_ue_sa_set_child(sa, child, installed, told);
	}
	this->table->unlock(this->table);
}

METHOD(nin3a_ue_sas_t, down, kupf_session_t*,
	private_nin3a_ue_sas_t *this, uint32_t ike_sa, uint32_t *up_as,
	kupf_reason_t *reason)
{
	kupf_session_t *session = NULL;
	nin3a_ue_sa_t *sa = lock_sa(this, ike_sa);

	if (sa && nin3a_ue_sa_down(sa, nin3a_ue_leg_replaces(sa->leg, sa), reason))
	{
		*up_as = sa->up_as;
		session = kupf_session_ref(sa->session);
	}
	this->table->unlock(this->table);
	return session;
}

METHOD(nin3a_ue_sas_t, end_attempt, kupf_session_t*,
	private_nin3a_ue_sas_t *this, uint32_t ike_sa, nin3a_ue_reason_t *failure)
{
	kupf_session_t *session = NULL;
	nin3a_ue_sa_t *sa = lock_sa(this, ike_sa);

	if (sa && nin3a_ue_sa_end_attempt(sa, failure))
	{
		session = kupf_session_ref(sa->session);
	}
	this->table->unlock(this->table);
	return session;
}

METHOD(nin3a_ue_sas_t, set_request, void,
	private_nin3a_ue_sas_t *this, uint32_t ike_sa, chunk_t request)
{
	nin3a_ue_sa_t *sa = lock_sa(this, ike_sa);

	if (sa)
	{
		sa->asked = TRUE;
		chunk_free(&sa->request);
		sa->request = chunk_clone(request);
	}
	this->table->unlock(this->table);
}

METHOD(nin3a_ue_sas_t, get_request, chunk_t,
	private_nin3a_ue_sas_t *this, uint32_t ike_sa)
{
	nin3a_ue_sa_t *sa = lock_sa(this, ike_sa);
	chunk_t request = sa ? chunk_clone(sa->request) : chunk_empty;

	this->table->unlock(this->table);
	return request;
}

METHOD(nin3a_ue_sas_t, set_heard, void,
	private_nin3a_ue_sas_t *this, uint32_t ike_sa, bool answer)
{
	nin3a_ue_sa_t *sa = lock_sa(this, ike_sa);

	if (sa)
	{
		sa->heard = TRUE;
		if (answer)
		{
			sa->asked = FALSE;
			chunk_free(&sa->request);
		}
	}
	this->table->unlock(this->table);
}

METHOD(nin3a_ue_sas_t, was_heard, bool,
	private_nin3a_ue_sas_t *this, uint32_t ike_sa, uint64_t packets)
{
	nin3a_ue_sa_t *sa = lock_sa(this, ike_sa);
	bool heard = FALSE;

	if (sa)
	{
		heard = sa->heard || sa->packets != packets;
		sa->heard = FALSE;
		sa->packets = packets;
	}
	return unlock(this, heard);
}

METHOD(nin3a_ue_sas_t, destroy, void,
	private_nin3a_ue_sas_t *this)
{
	free(this);
}

/*
 * Described in header
 */
nin3a_ue_sas_t *nin3a_ue_sas_create(nin3a_ue_table_t *table)
{
	private_nin3a_ue_sas_t *this;

	INIT(this,
		.public = {
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
			.end_attempt = _end_attempt,
			.set_request = _set_request,
			.get_request = _get_request,
			.set_heard = _set_heard,
			.was_heard = _was_heard,
			.destroy = _destroy,
		},
		.table = table,
	);

	return &this->public;
}
