/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "nin3a_listener.h"
#include "nin3a/tunnels/nin3a_changes.h"
#include "nin3a/tunnels/nin3a_child_sas.h"
#include "nin3a/tunnels/nin3a_latency.h"
#include "nin3a_counters.h"
#include "nin3a/auth/nin3a_decision.h"
#include "nin3a/auth/nin3a_ends.h"
#include "tunnel/tunnel_message.h"
#include "nin3a/tunnels/nin3a_record.h"
#include "nin3a/tunnels/nin3a_unknown_spi.h"
#include "nin3a/auth/nin3a_refusals.h"
#include "nin3a/auth/nin3a_response.h"
#include "nin3a/auth/nin3a_unjudged.h"
#include "tunnel/tunnel_guard.h"
#include "tunnel/tunnel_links.h"

typedef struct private_nin3a_listener_t private_nin3a_listener_t;

/**
 * Private data of the listener.
 */
struct private_nin3a_listener_t {
	/** public interface */
	nin3a_listener_t public;
	/** gets the events */
	kupf_t *kupf;
	/** settings */
	nin3a_config_t *config;
	/** tunnels */
	nin3a_tunnels_t *tunnels;
	/** stands before charon's tasks */
	tunnel_guard_t *guard;
	/** closes tunnels */
	nin3a_jobs_t *jobs;
	/** decides on IKE_SAs */
	nin3a_decision_t *decision;
	/** keeps other credentials out */
	tunnel_keyring_t *keyring;
	/** bounds what UEs set up on their IKE_SAs */
	tunnel_bounds_t *bounds;
	/** counts the set-ups of sessions */
	nin3a_setups_t *setups;
	/** measures set-ups */
	nin3a_latency_t *latency;
	/** bounds the log */
	kupf_limiter_t limiter;
	/** bounds log and events about IKE_SA_INIT */
	kupf_limiter_t early;
	/** tells about refused attempts */
	nin3a_refusals_t *refusals;
	/** has those that were not judged */
	nin3a_unjudged_t *unjudged;
	/** knows why IKE_SAs end */
	nin3a_ends_t *ends;
	/** decides on CHILD_SAs */
	nin3a_child_sas_t *children;
	/** decides on what changes later */
	nin3a_changes_t *changes;
	/** answers for IKE_SAs that are not known */
	nin3a_unknown_spi_t unknown;
};

/**
 * Count a log line that was left out.
 */
static void count_suppressed()
{
	nin3a_count(NIN3A_SUPPRESSED);
}

/**
 * Count an event that was left out, and its log line.
 */
static void count_suppressed_event()
{
	nin3a_count(NIN3A_SUPPRESSED_EVENTS);
	count_suppressed();
}

/**
 * Handle a request that was decrypted and parsed.
 */
static void handle_request(private_nin3a_listener_t *this, ike_sa_t *ike_sa,
						   message_t *request)
{
	uint32_t unique_id = ike_sa->get_unique_id(ike_sa);

	switch (request->get_exchange_type(request))
	{
		case IKE_AUTH:
			if (!ike_sa->has_condition(ike_sa, COND_ORIGINAL_INITIATOR) &&
				!ike_sa->has_condition(ike_sa, COND_AUTHENTICATED))
			{
				this->decision->judge_request(this->decision, ike_sa, request);
			}
			break;
		case INFORMATIONAL:
			if (tunnel_message_closes(request))
			{
				this->tunnels->set_reason(this->tunnels, unique_id,
										  KUPF_REASON_PEER);
			}
			break;
		default:
			break;
	}
}

/**
 * Handle a response that is about to be sent.
 */
static void handle_response(private_nin3a_listener_t *this, ike_sa_t *ike_sa,
							message_t *response)
{
	this->unjudged->answer(this->unjudged, ike_sa, response);
	if (response->get_exchange_type(response) == IKE_AUTH)
	{
		nin3a_response_judge(this->config, this->tunnels, ike_sa, response);
		this->jobs->await_child(this->jobs,
								ike_sa->get_unique_id(ike_sa));
	}
}

/**
 * A message has come, as it is: measure the set-up that begins with it.  Later
 * anybody can send it once more.
 */
static void handle_received(private_nin3a_listener_t *this, ike_sa_t *ike_sa,
							message_t *message)
{
	if (ike_sa->get_state(ike_sa) == IKE_CREATED &&
		message->get_exchange_type(message) == IKE_SA_INIT &&
		message->get_request(message))
	{
		this->latency->begin(this->latency, ike_sa->get_unique_id(ike_sa),
							 nin3a_latency_now());
	}
}

METHOD(listener_t, message, bool,
	private_nin3a_listener_t *this, ike_sa_t *ike_sa, message_t *message,
	bool incoming, bool plain)
{
	if (!ike_sa ||
		(incoming && !this->guard->check(this->guard, ike_sa, message, plain,
											  FALSE)))
	{
		return TRUE;
	}
	if (!plain)
	{
		if (incoming)
		{
			handle_received(this, ike_sa, message);
		}
		return TRUE;
	}
	if (!incoming)
	{
		this->keyring->end(this->keyring, ike_sa->get_unique_id(ike_sa));
		this->bounds->answer(this->bounds, ike_sa, message);
		if (!message->get_request(message))
		{
			handle_response(this, ike_sa, message);
		}
		return TRUE;
	}
	this->keyring->end_any(this->keyring);
	if (message->get_request(message) &&
		ike_sa->get_version(ike_sa) == IKEV2 &&
		this->children->permits(this->children, this->bounds, ike_sa, message))
	{
		handle_request(this, ike_sa, message);
	}
	return TRUE;
}

METHOD(listener_t, authorize, bool,
	private_nin3a_listener_t *this, ike_sa_t *ike_sa, bool final,
	bool *success)
{
	if (!this->decision->authorize(this->decision, ike_sa, final))
	{
		*success = FALSE;
	}
	return TRUE;
}

METHOD(listener_t, alert_, bool,
	private_nin3a_listener_t *this, ike_sa_t *ike_sa, alert_t alert,
	va_list args)
{
	if (alert == ALERT_INVALID_IKE_SPI)
	{
		nin3a_unknown_spi_answer(&this->unknown, va_arg(args, message_t*));
	}
	else if (ike_sa)
	{
		this->ends->alert(this->ends, ike_sa, alert, args);
	}
	return TRUE;
}

/**
 * An IKE_SA was established.
 */
static void handle_established(private_nin3a_listener_t *this,
							   uint32_t unique_id)
{
	this->unjudged->drop(this->unjudged, unique_id);
	if (this->tunnels->establish(this->tunnels, unique_id))
	{
		nin3a_count(NIN3A_ACCEPTED);
		this->jobs->crop(this->jobs, unique_id);
	}
}

METHOD(listener_t, ike_state_change, bool,
	private_nin3a_listener_t *this, ike_sa_t *ike_sa, ike_sa_state_t state)
{
	uint32_t unique_id = ike_sa->get_unique_id(ike_sa);

	switch (state)
	{
		case IKE_CONNECTING:
			/* the thread begins with something else */
			if (this->keyring->get_current(this->keyring) != unique_id)
			{
				this->keyring->end_any(this->keyring);
			}
			break;
		case IKE_ESTABLISHED:
			handle_established(this, unique_id);
			break;
		case IKE_DESTROYING:
			/* comes for every end; what charon releases after it needs nothing
			 * of ours */
			this->decision->judge_end(this->decision, ike_sa);
			this->ends->refused(this->ends, unique_id);
			nin3a_record_down(this->tunnels, this->kupf, unique_id,
							  this->keyring->get_current(this->keyring));
			this->tunnels->remove(this->tunnels, unique_id);
			this->latency->remove(this->latency, unique_id);
			this->bounds->remove(this->bounds, unique_id);
			this->keyring->end(this->keyring, unique_id);
			break;
		default:
			break;
	}
	return TRUE;
}

METHOD(listener_t, ike_updown, bool,
	private_nin3a_listener_t *this, ike_sa_t *ike_sa, bool up)
{
	if (!up)
	{
		nin3a_record_down(this->tunnels, this->kupf,
						  ike_sa->get_unique_id(ike_sa),
						  this->keyring->get_current(this->keyring));
	}
	return TRUE;
}

METHOD(listener_t, ike_rekey, bool,
	private_nin3a_listener_t *this, ike_sa_t *old, ike_sa_t *new)
{
	this->changes->rekeyed(this->changes, old, new);
	this->bounds->rekey(this->bounds, old->get_unique_id(old),
						new->get_unique_id(new));
	nin3a_record_path(this->tunnels, this->kupf, new, new->get_my_host(new),
					  new->get_other_host(new));
	return TRUE;
}

METHOD(listener_t, ike_update, bool,
	private_nin3a_listener_t *this, ike_sa_t *ike_sa, host_t *local,
	host_t *remote)
{
	this->changes->moved(this->changes, ike_sa, local);
	nin3a_record_path(this->tunnels, this->kupf, ike_sa, local, remote);
	return TRUE;
}

METHOD(listener_t, child_state_change, bool,
	private_nin3a_listener_t *this, ike_sa_t *ike_sa, child_sa_t *child_sa,
	child_sa_state_t state)
{
	if (ike_sa)
	{
		tunnel_links_mend(ike_sa, child_sa, state);
	}
	if (ike_sa && nin3a_record_child(this->tunnels, this->kupf, ike_sa,
									 child_sa, state))
	{
		this->jobs->lose(this->jobs, ike_sa->get_unique_id(ike_sa));
	}
	return TRUE;
}

METHOD(listener_t, child_updown, bool,
	private_nin3a_listener_t *this, ike_sa_t *ike_sa, child_sa_t *child_sa,
	bool up)
{
	uint32_t serial, unique_id = ike_sa->get_unique_id(ike_sa);
	kupf_session_t *session;

	if (!up)
	{
		return TRUE;
	}
	session = this->tunnels->up(this->tunnels, unique_id);
	if (session)
	{
		nin3a_count(NIN3A_TUNNELS_OPENED);
		this->latency->up(this->latency, unique_id, nin3a_latency_now());
		nin3a_record_up(this->tunnels, this->kupf, session, ike_sa, child_sa);
		nin3a_record_flapping(this->setups, this->kupf, &this->limiter,
							  session, ike_sa->get_other_host(ike_sa));
		if (this->tunnels->crowds(this->tunnels, unique_id, &serial))
		{
			this->jobs->supersede(this->jobs, session, serial);
		}
		kupf_session_unref(session);
	}
	return TRUE;
}

METHOD(listener_t, narrow, bool,
	private_nin3a_listener_t *this, ike_sa_t *ike_sa, child_sa_t *child_sa,
	narrow_hook_t type, linked_list_t *local, linked_list_t *remote)
{
	if (this->tunnels->get_state(this->tunnels,
						ike_sa->get_unique_id(ike_sa)) != NIN3A_STATE_NONE ||
		this->decision->is_named(this->decision, ike_sa))
	{
		this->children->narrow(this->children, ike_sa, child_sa, type, local,
							   remote);
	}
	return TRUE;
}

METHOD(nin3a_listener_t, destroy, void,
	private_nin3a_listener_t *this)
{
	this->changes->destroy(this->changes);
	this->children->destroy(this->children);
	this->decision->destroy(this->decision);
	this->keyring->destroy(this->keyring);
	this->bounds->destroy(this->bounds);
	this->setups->destroy(this->setups);
	this->latency->destroy(this->latency);
	this->ends->destroy(this->ends);
	this->unjudged->destroy(this->unjudged);
	this->refusals->destroy(this->refusals);
	this->guard->destroy(this->guard);
	free(this);
}

/*
 * Described in header
 */
nin3a_listener_t *nin3a_listener_create(kupf_t *kupf, nin3a_config_t *config,
										nin3a_tunnels_t *tunnels,
										nin3a_jobs_t *jobs)
{
	private_nin3a_listener_t *this;

	INIT(this,
		.public = {
			.listener = {
				.alert = _alert_,
				.ike_state_change = _ike_state_change,
				.message = _message,
				.ike_updown = _ike_updown,
				.ike_rekey = _ike_rekey,
				.ike_update = _ike_update,
				.child_state_change = _child_state_change,
				.child_updown = _child_updown,
				.authorize = _authorize,
				.narrow = _narrow,
			},
			.destroy = _destroy,
		},
		.kupf = kupf,
		.config = config,
		.tunnels = tunnels,
		.jobs = jobs,
		.keyring = tunnel_keyring_create(kupf->get_credentials(kupf)),
		.guard = tunnel_guard_create("nin3a", count_suppressed),
		.bounds = tunnel_bounds_create(),
		.setups = nin3a_setups_create(),
		.latency = nin3a_latency_create(),
		.limiter = KUPF_LIMITER("nin3a", count_suppressed),
		.early = KUPF_LIMITER("nin3a", count_suppressed_event),
	);
	this->refusals = nin3a_refusals_create(kupf, &this->limiter, &this->early);
	this->unjudged = nin3a_unjudged_create(kupf->get_store(kupf),
										   this->refusals);
	this->ends = nin3a_ends_create(tunnels, this->unjudged, this->refusals);
	this->children = nin3a_child_sas_create(config, tunnels,
											kupf->get_store(kupf),
											&this->limiter);
	this->decision = nin3a_decision_create(kupf, config, tunnels, jobs,
									 this->keyring, this->unjudged,
									 this->setups);
	this->changes = nin3a_changes_create(config, tunnels, jobs, this->decision);

	return &this->public;
}
