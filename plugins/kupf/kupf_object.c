/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupf_object.h"

typedef struct private_kupf_object_t private_kupf_object_t;

/**
 * Private data of the object.
 */
struct private_kupf_object_t {
	/** public interface */
	kupf_object_t public;
	/** sessions, those that are fed over the pre-configured ones */
	kupf_store_t *store;
	/** credential set */
	kupf_cred_t *cred;
	/** stands for the enforcer */
	kupf_enforcement_t *guard;
	/** tells about events */
	kupf_events_t *events;
	/** what the host is */
	kupf_role_t role;
};

METHOD(kupf_t, get_store, kupf_store_t*,
	private_kupf_object_t *this)
{
	return this->store;
}

METHOD(kupf_t, get_credentials, credential_set_t*,
	private_kupf_object_t *this)
{
	return &this->cred->set;
}

METHOD(kupf_t, get_verifying_session, kupf_session_t*,
	private_kupf_object_t *this, uint32_t ike_sa)
{
	return this->cred->get_verifying_session(this->cred, ike_sa);
}

METHOD(kupf_t, tunnel_up, void,
	private_kupf_object_t *this, kupf_session_t *session, ike_sa_t *ike_sa,
	child_sa_t *child_sa)
{
	this->events->tunnel_up(this->events, session, ike_sa, child_sa);
}

METHOD(kupf_t, tunnel_down, void,
	private_kupf_object_t *this, kupf_session_t *session, uint32_t ike_sa,
	kupf_reason_t reason)
{
	this->events->tunnel_down(this->events, session, ike_sa, reason);
}

METHOD(kupf_t, child_changed, void,
	private_kupf_object_t *this, kupf_session_t *session, uint32_t up_as,
	ike_sa_t *ike_sa, child_sa_t *child_sa, bool up)
{
	this->events->child_changed(this->events, session, up_as, ike_sa, child_sa,
								up);
}

METHOD(kupf_t, tunnel_moved, void,
	private_kupf_object_t *this, kupf_session_t *session, uint32_t up_as,
	host_t *local, host_t *remote)
{
	this->events->tunnel_moved(this->events, session, up_as, local, remote);
}

METHOD(kupf_t, session_flapping, void,
	private_kupf_object_t *this, kupf_session_t *session, host_t *remote,
	u_int tunnels, u_int seconds)
{
	this->events->session_flapping(this->events, session, remote, tunnels,
								   seconds);
}

METHOD(kupf_t, auth_failed, void,
	private_kupf_object_t *this, identification_t *ue_id, host_t *local,
	host_t *remote, const char *reason)
{
	this->events->auth_failed(this->events, ue_id, local, remote, reason);
}

METHOD(kupf_t, get_role, kupf_role_t,
	private_kupf_object_t *this)
{
	return this->role;
}

METHOD(kupf_t, attach, bool,
	private_kupf_object_t *this, kupf_enforcer_t *enforcer)
{
	return this->guard->attach(this->guard, enforcer);
}

METHOD(kupf_t, detach, void,
	private_kupf_object_t *this)
{
	this->guard->detach(this->guard);
}

METHOD(kupf_object_t, destroy, void,
	private_kupf_object_t *this)
{
	free(this);
}

/*
 * Described in header
 */
kupf_object_t *kupf_object_create(kupf_store_t *store, kupf_cred_t *cred,
								  kupf_enforcement_t *guard,
								  kupf_events_t *events, kupf_role_t role)
{
	private_kupf_object_t *this;

	INIT(this,
		.public = {
			.kupf = {
				.get_store = _get_store,
				.get_credentials = _get_credentials,
				.get_verifying_session = _get_verifying_session,
				.tunnel_up = _tunnel_up,
				.tunnel_down = _tunnel_down,
				.child_changed = _child_changed,
				.tunnel_moved = _tunnel_moved,
				.session_flapping = _session_flapping,
				.auth_failed = _auth_failed,
				.get_role = _get_role,
				.attach = _attach,
				.detach = _detach,
			},
			.destroy = _destroy,
		},
		.store = store,
		.cred = cred,
		.guard = guard,
		.events = events,
		.role = role,
	);
	return &this->public;
}
