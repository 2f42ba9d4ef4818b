/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * IKE_SAs that are made up, their manager, and hooks that do with them what
 * nin3a_listener and nin3a_decision do.
 */

#include "test_concurrency.h"

slot_t slots[SLOTS];
listener_t hooks;

METHOD(ike_sa_t, get_unique_id, uint32_t,
	sa_t *this)
{
	return this->unique_id;
}

METHOD(ike_sa_t, get_state, ike_sa_state_t,
	sa_t *this)
{
	return this->state;
}

METHOD(ike_sa_t, has_condition, bool,
	sa_t *this, ike_condition_t condition)
{
	return condition == COND_AUTHENTICATED && this->state >= IKE_ESTABLISHED;
}

host_t *local_host, *remote_host;
identification_t *other_id;

METHOD(ike_sa_t, get_my_host, host_t*,
	sa_t *this)
{
	return local_host;
}

METHOD(ike_sa_t, get_other_host, host_t*,
	sa_t *this)
{
	return remote_host;
}

METHOD(ike_sa_t, get_other_id, identification_t*,
	sa_t *this)
{
	return other_id;
}

METHOD(ike_sa_t, delete_, status_t,
	sa_t *this, bool force)
{
	count_one(&deleted);
	this->state = IKE_DELETING;
	/* sometimes there is nobody to tell */
	return force || this->slot->spis.responder % 4 == 0 ? DESTROY_ME : SUCCESS;
}

static char *child_name(child_sa_t *this)
{
	return "nin3a";
}

static uint32_t child_number(child_sa_t *this, bool inbound)
{
	return inbound;
}

child_sa_t child_sa = {
	.get_name = child_name,
	.get_spi = child_number,
	.get_if_id = child_number,
};

void slot_enter(slot_t *slot)
{
	pthread_mutex_lock(&slot->mutex);
	charon->bus->set_sa(charon->bus,
						slot->current ? &slot->current->public : NULL);
}

void slot_leave(slot_t *slot)
{
	charon->bus->set_sa(charon->bus, NULL);
	pthread_mutex_unlock(&slot->mutex);
}

void slot_empty(slot_t *slot)
{
	sa_t *sa = slot->current;

	sa->state = IKE_DESTROYING;
	charon->bus->ike_state_change(charon->bus, &sa->public, IKE_DESTROYING);
	expect(!slot->up_as);
	expect(tunnels->get_state(tunnels, sa->unique_id) == NIN3A_STATE_NONE);
	charon->bus->set_sa(charon->bus, NULL);
	slot->current = NULL;
}

void slot_fill(slot_t *slot, sa_t *sa, ike_sa_state_t state)
{
	slot->spis.initiator = slot - slots + 1;
	slot->spis.responder++;
	sa->state = state;
	slot->current = sa;
	charon->bus->set_sa(charon->bus, &sa->public);
}

/*
 * Manager of IKE_SAs
 */

static ike_sa_t *manager_checkout(ike_sa_manager_t *this, ike_sa_id_t *id)
{
	slot_t *slot = &slots[id->get_initiator_spi(id) - 1];

	slot_enter(slot);
	if (slot->current &&
		slot->spis.responder == id->get_responder_spi(id))
	{
		return &slot->current->public;
	}
	slot_leave(slot);
	return NULL;
}

static void manager_checkin(ike_sa_manager_t *this, ike_sa_t *ike_sa)
{
	slot_leave(((sa_t*)ike_sa)->slot);
}

static void manager_checkin_and_destroy(ike_sa_manager_t *this,
										ike_sa_t *ike_sa)
{
	slot_empty(((sa_t*)ike_sa)->slot);
	manager_checkin(this, ike_sa);
}

ike_sa_manager_t manager = {
	.checkout = manager_checkout,
	.checkin = manager_checkin,
	.checkin_and_destroy = manager_checkin_and_destroy,
};

/*
 * Hooks, called under the mutex of the bus
 */

/**
 * Whether an IKE_SA may go on with its session, asked after it was bound.
 */
static bool is_current(kupf_session_t *session, bool final)
{
	kupf_session_t *current;
	bool good;

	current = store->get(store, kupf_session_get_name(session));
	good = current && !kupf_session_expired(session, time_monotonic(NULL)) &&
		   (current == session || kupf_session_precedes(session, current));
	if (good && final && current != session)
	{
		if (kupf_session_needs_rekey(session, current))
		{
			actions->check(actions, current, 1);
		}
		else
		{
			tunnels->refresh(tunnels, current);
		}
	}
	kupf_session_unref(current);
	return good;
}

METHOD(listener_t, authorize, bool,
	listener_t *this, ike_sa_t *ike_sa, bool final, bool *success)
{
	uint32_t unique_id = ike_sa->get_unique_id(ike_sa);
	kupf_session_t *session;

	session = final ? tunnels->get_session(tunnels, unique_id)
					: cred->get_verifying_session(cred, unique_id);
	*success = session &&
			   (final || tunnels->bind(tunnels, unique_id, session,
									   &((sa_t*)ike_sa)->slot->spis)) &&
			   is_current(session, final);
	if (!*success)
	{
		tunnels->refuse(tunnels, unique_id, NIN3A_SESSION_EXPIRED);
	}
	kupf_session_unref(session);
	return TRUE;
}

kupf_t plugin = {
	.tunnel_down = (void*)nop,
};

static void handle_established(uint32_t unique_id)
{
	kupf_session_t *session;
	uint32_t serial;

	if (tunnels->establish(tunnels, unique_id) &&
		tunnels->crowds(tunnels, unique_id, &serial))
	{
		session = tunnels->get_session(tunnels, unique_id);
		expect(session);
		actions->settle(actions, session, serial, 1);
		kupf_session_unref(session);
	}
}

static void handle_end(slot_t *slot, uint32_t unique_id)
{
	nin3a_attempt_t *attempt;
	kupf_session_t *session;
	kupf_reason_t reason;
	nin3a_state_t state;
	uint32_t up_as;

	attempt = tunnels->take_attempt(tunnels, unique_id, &state);
	if (attempt)
	{
		expect(state != NIN3A_STATE_ESTABLISHED);
		events->auth_failed(events, attempt->id, attempt->local,
							attempt->remote, "test");
		nin3a_attempt_destroy(attempt);
	}
	session = tunnels->down(tunnels, unique_id, &up_as, &reason);
	if (session)
	{
		expect(up_as && slot->up_as == up_as);
		slot->up_as = 0;
		count_one(&closed);
		events->tunnel_down(events, session, up_as, reason);
		kupf_session_unref(session);
	}
	tunnels->remove(tunnels, unique_id);
}

METHOD(listener_t, ike_state_change, bool,
	listener_t *this, ike_sa_t *ike_sa, ike_sa_state_t state)
{
	uint32_t unique_id = ike_sa->get_unique_id(ike_sa);

	switch (state)
	{
		case IKE_ESTABLISHED:
			handle_established(unique_id);
			break;
		case IKE_DESTROYING:
			handle_end(((sa_t*)ike_sa)->slot, unique_id);
			break;
		default:
			break;
	}
	return TRUE;
}

METHOD(listener_t, ike_rekey, bool,
	listener_t *this, ike_sa_t *old, ike_sa_t *new)
{
	uint32_t unique_id = new->get_unique_id(new);

	if (tunnels->rekey(tunnels, old->get_unique_id(old), unique_id,
					   &((sa_t*)new)->slot->spis))
	{
		actions->close(actions, unique_id);
	}
	return TRUE;
}

METHOD(listener_t, child_updown, bool,
	listener_t *this, ike_sa_t *ike_sa, child_sa_t *child, bool up)
{
	uint32_t serial, unique_id = ike_sa->get_unique_id(ike_sa);
	slot_t *slot = ((sa_t*)ike_sa)->slot;
	kupf_session_data_t data;
	kupf_session_t *session;

	session = tunnels->up(tunnels, unique_id);
	if (session)
	{
		expect(!slot->up_as);
		slot->up_as = unique_id;
		count_one(&opened);
		kupf_session_get_data(session, &data);
		if (data.preconfigured)
		{
			count_one(&from_file);
		}
		events->tunnel_up(events, session, ike_sa, child);
		if (tunnels->crowds(tunnels, unique_id, &serial))
		{
			actions->supersede(actions, session, serial);
		}
		kupf_session_unref(session);
	}
	return TRUE;
}

void ike_sas_init()
{
	int i, j;

	for (i = 0; i < SLOTS; i++)
	{
		slots[i] = (slot_t){};
		pthread_mutex_init(&slots[i].mutex, NULL);
		for (j = 0; j < 2; j++)
		{
			slots[i].sas[j] = (sa_t){
				.public = {
					.get_unique_id = _get_unique_id,
					.get_version = test_get_version,
					.get_keymat = test_get_keymat,
					.get_state = _get_state,
					.has_condition = _has_condition,
					.get_my_host = _get_my_host,
					.get_other_host = _get_other_host,
					.get_other_id = _get_other_id,
					.delete = _delete_,
					.create_task_enumerator =
									(void*)enumerator_create_empty,
					.create_child_sa_enumerator =
									(void*)enumerator_create_empty,
					.create_virtual_ip_enumerator =
									(void*)enumerator_create_empty,
					.get_child_sa = (void*)return_null,
				},
				.slot = &slots[i],
				.unique_id = 2 * i + j + 1,
			};
		}
	}
	hooks = (listener_t){
		.authorize = _authorize,
		.ike_state_change = _ike_state_change,
		.ike_rekey = _ike_rekey,
		.child_updown = _child_updown,
	};
}
