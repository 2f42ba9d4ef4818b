/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "nin3a_ue_listener.h"
#include "nin3a_ue_counters.h"
#include "nin3a_ue/auth/nin3a_ue_decision.h"
#include "nin3a_ue/tunnels/nin3a_ue_initiator.h"
#include "nin3a_ue/tunnels/nin3a_ue_record.h"
#include "tunnel/tunnel_guard.h"
#include "tunnel/tunnel_links.h"

typedef struct private_nin3a_ue_listener_t private_nin3a_ue_listener_t;
typedef struct roam_listener_t roam_listener_t;

/**
 * Listens for changes of the network.
 */
struct roam_listener_t {
	/** public interface */
	kernel_listener_t public;
	/** begins attempts */
	nin3a_ue_jobs_t *jobs;
};

/**
 * Private data of the listener.
 */
struct private_nin3a_ue_listener_t {
	/** public interface */
	nin3a_ue_listener_t public;
	/** gets the events */
	kupf_t *kupf;
	/** settings */
	nin3a_ue_config_t *config;
	/** IKE_SAs */
	nin3a_ue_sas_t *sas;
	/** legs */
	nin3a_ue_legs_t *legs;
	/** jobs */
	nin3a_ue_jobs_t *jobs;
	/** listens to the tunnels */
	nin3a_ue_liveness_t *liveness;
	/** stands before charon's tasks */
	tunnel_guard_t *guard;
	/** bounds what UPFs set up */
	tunnel_bounds_t *bounds;
	/** decides */
	nin3a_ue_decision_t *decision;
	/** keeps other credentials out */
	tunnel_keyring_t *keyring;
	/** listens for changes of the network */
	roam_listener_t roamer;
};

/**
 * Count a log line that was left out.
 */
static void count_suppressed()
{
	nin3a_ue_count(NIN3A_UE_COUNTED_SUPPRESSED);
}

/**
 * An IKE_SA has its first CHILD_SA.
 */
static void handle_up(private_nin3a_ue_listener_t *this, ike_sa_t *ike_sa,
					  child_sa_t *child_sa)
{
	kupf_session_t *session;
	nin3a_ue_order_t order;
	u_int rekeyed;
	array_t *ids;

	ids = array_create(sizeof(uint32_t), 0);
	session = this->legs->up(this->legs, ike_sa->get_unique_id(ike_sa), &order,
							 ids, &rekeyed);
	if (session)
	{
		nin3a_ue_count(NIN3A_UE_COUNTED_ACCEPTED);
		nin3a_ue_count(NIN3A_UE_COUNTED_TUNNELS_OPENED);
		while (rekeyed--)
		{
			nin3a_ue_count(NIN3A_UE_COUNTED_REKEYED);
		}
		nin3a_ue_record_up(this->sas, this->kupf, session, ike_sa, child_sa);
		this->jobs->hand_over(this->jobs, ids);
		this->jobs->start(this->jobs, &order);
		this->liveness->watch(this->liveness, ike_sa->get_unique_id(ike_sa));
		this->liveness->map(this->liveness, ike_sa);
		kupf_session_unref(session);
	}
	array_destroy(ids);
}

/**
 * Close an IKE_SA for what it does.
 */
static void close_bad(private_nin3a_ue_listener_t *this, uint32_t unique_id)
{
	array_t *ids;

	ids = array_create(sizeof(uint32_t), 0);
	array_insert(ids, ARRAY_TAIL, &unique_id);
	this->jobs->close(this->jobs, ids);
	array_destroy(ids);
}

/**
 * Handle an incoming message that the guard lets pass.
 */
static void handle_incoming(private_nin3a_ue_listener_t *this, ike_sa_t *ike_sa,
							message_t *message)
{
	this->keyring->end_any(this->keyring);
	if (ike_sa->get_version(ike_sa) == IKEV2)
	{
		this->decision->judge_message(this->decision, ike_sa, message);
		if (this->sas->get_stage(this->sas,
						ike_sa->get_unique_id(ike_sa)) != NIN3A_UE_STAGE_NONE)
		{
			this->decision->judge_bounds(this->decision, this->bounds, ike_sa,
									 message);
		}
	}
}

METHOD(listener_t, message, bool,
	private_nin3a_ue_listener_t *this, ike_sa_t *ike_sa, message_t *message,
	bool incoming, bool plain)
{
	/* the guard may make something else of it */
	bool response = !message->get_request(message);
	bool ours;

	if (!ike_sa)
	{
		return TRUE;
	}
	if (!incoming)
	{
		if (plain)
		{
			this->bounds->answer(this->bounds, ike_sa, message);
			this->keyring->end(this->keyring, ike_sa->get_unique_id(ike_sa));
		}
		else
		{
			this->liveness->sent(this->liveness, ike_sa, message);
		}
		return TRUE;
	}
	if (plain)
	{
		this->liveness->received(this->liveness, ike_sa, message);
	}
	/* it is the UE that moves a tunnel of a session, and nobody else */
	ours = this->sas->get_stage(this->sas, ike_sa->get_unique_id(ike_sa)) !=
														NIN3A_UE_STAGE_NONE;
	if (!this->guard->check(this->guard, ike_sa, message, plain, ours))
	{
		if (response)
		{
			this->sas->set_unreadable(this->sas,
									  ike_sa->get_unique_id(ike_sa));
		}
	}
	else if (plain)
	{
		handle_incoming(this, ike_sa, message);
	}
	return TRUE;
}

METHOD(listener_t, authorize, bool,
	private_nin3a_ue_listener_t *this, ike_sa_t *ike_sa, bool final,
	bool *success)
{
	if (!this->decision->authorize(this->decision, ike_sa, final))
	{
		*success = FALSE;
	}
	return TRUE;
}

METHOD(listener_t, narrow, bool,
	private_nin3a_ue_listener_t *this, ike_sa_t *ike_sa, child_sa_t *child_sa,
	narrow_hook_t type, linked_list_t *local, linked_list_t *remote)
{
	traffic_selector_t *ts;

	if (!this->decision->allows_child(this->decision, ike_sa, child_sa, type))
	{	/* without a traffic selector there is no CHILD_SA */
		while (remote->remove_first(remote, (void**)&ts) == SUCCESS)
		{
			ts->destroy(ts);
		}
	}
	else if (this->sas->get_stage(this->sas,
						ike_sa->get_unique_id(ike_sa)) != NIN3A_UE_STAGE_NONE &&
			 !tunnel_bounds_selectors(local, remote))
	{
		nin3a_ue_count(NIN3A_UE_COUNTED_SELECTORS_EXCEEDED);
	}
	return TRUE;
}

METHOD(listener_t, alert_, bool,
	private_nin3a_ue_listener_t *this, ike_sa_t *ike_sa, alert_t alert,
	va_list args)
{
	message_t *message;
	uint32_t unique_id;

	if (!ike_sa)
	{
		return TRUE;
	}
	unique_id = ike_sa->get_unique_id(ike_sa);
	switch (alert)
	{
		case ALERT_LOCAL_AUTH_FAILED:
			this->sas->set_failure(this->sas, unique_id, NIN3A_UE_OWN_AUTH);
			break;
		case ALERT_PEER_AUTH_FAILED:
			this->sas->set_failure(this->sas, unique_id, NIN3A_UE_WRONG_KEY);
			break;
		case ALERT_PROPOSAL_MISMATCH_IKE:
			this->sas->set_failure(this->sas, unique_id, NIN3A_UE_IKE_PROPOSAL);
			break;
		case ALERT_PARSE_ERROR_BODY:
			message = va_arg(args, message_t*);
			if (!message->get_request(message))
			{
				this->sas->set_unreadable(this->sas, unique_id);
			}
			break;
		case ALERT_RETRANSMIT_SEND_TIMEOUT:
			this->sas->set_failure(this->sas, unique_id, NIN3A_UE_NO_ANSWER);
			this->sas->set_reason(this->sas, unique_id,
								   KUPF_REASON_TIMEOUT);
			break;
		default:
			break;
	}
	return TRUE;
}

/**
 * An IKE_SA is about to be set up.
 */
static void handle_connecting(private_nin3a_ue_listener_t *this,
							  ike_sa_t *ike_sa)
{
	uint32_t unique_id = ike_sa->get_unique_id(ike_sa);
	array_t *ids;

	if (this->sas->get_stage(this->sas, unique_id) == NIN3A_UE_STAGE_NONE)
	{
		ids = array_create(sizeof(uint32_t), 0);
		if (nin3a_ue_follow(this->legs, ike_sa, ids))
		{
			nin3a_ue_count(NIN3A_UE_COUNTED_ATTEMPTS);
		}
		this->jobs->close(this->jobs, ids);
		array_destroy(ids);
	}
	if (this->sas->get_stage(this->sas, unique_id) == NIN3A_UE_STAGE_CONNECTING)
	{
		this->jobs->watch(this->jobs, unique_id);
	}
}

METHOD(listener_t, ike_state_change, bool,
	private_nin3a_ue_listener_t *this, ike_sa_t *ike_sa, ike_sa_state_t state)
{
	uint32_t unique_id = ike_sa->get_unique_id(ike_sa);
	nin3a_ue_order_t order;

	switch (state)
	{
		case IKE_CONNECTING:
			if (this->keyring->get_current(this->keyring) != unique_id)
			{	/* the thread begins with something else */
				this->keyring->end_any(this->keyring);
			}
			handle_connecting(this, ike_sa);
			break;
		case IKE_ESTABLISHED:
			this->sas->establish(this->sas, unique_id);
			this->keyring->end(this->keyring, unique_id);
			break;
		case IKE_DESTROYING:
			/* comes for every end */
			nin3a_ue_record_failed(this->sas, this->kupf, ike_sa);
			nin3a_ue_record_down(this->sas, this->kupf, ike_sa);
			this->legs->remove(this->legs, unique_id, &order);
			this->bounds->remove(this->bounds, unique_id);
			this->jobs->start(this->jobs, &order);
			this->keyring->end(this->keyring, unique_id);
			break;
		default:
			break;
	}
	return TRUE;
}

METHOD(listener_t, ike_updown, bool,
	private_nin3a_ue_listener_t *this, ike_sa_t *ike_sa, bool up)
{
	if (!up)
	{
		nin3a_ue_record_down(this->sas, this->kupf, ike_sa);
	}
	return TRUE;
}

METHOD(listener_t, child_state_change, bool,
	private_nin3a_ue_listener_t *this, ike_sa_t *ike_sa, child_sa_t *child_sa,
	child_sa_state_t state)
{
	if (ike_sa)
	{
		tunnel_links_mend(ike_sa, child_sa, state);
		nin3a_ue_record_child(this->sas, this->kupf, ike_sa, child_sa, state);
	}
	return TRUE;
}

METHOD(listener_t, child_updown, bool,
	private_nin3a_ue_listener_t *this, ike_sa_t *ike_sa, child_sa_t *child_sa,
	bool up)
{
	uint32_t unique_id = ike_sa->get_unique_id(ike_sa);

	if (up)
	{
		handle_up(this, ike_sa, child_sa);
	}
	else if (this->sas->get_stage(this->sas, unique_id) == NIN3A_UE_STAGE_UP)
	{
		this->jobs->check_children(this->jobs, unique_id);
	}
	return TRUE;
}

METHOD(listener_t, ike_rekey, bool,
	private_nin3a_ue_listener_t *this, ike_sa_t *old, ike_sa_t *new)
{
	uint32_t unique_id = new->get_unique_id(new);
	tunnel_spis_t spis = tunnel_spis_get(new), before = tunnel_spis_get(old);
	bool closing;

	this->bounds->rekey(this->bounds, old->get_unique_id(old), unique_id);
	closing = this->sas->rekey(this->sas, old->get_unique_id(old), unique_id,
							   &spis);
	nin3a_ue_record_path(this->sas, this->kupf, new, new->get_my_host(new),
						 new->get_other_host(new));
	if (this->sas->get_stage(this->sas, unique_id) != NIN3A_UE_STAGE_NONE)
	{
		this->jobs->end_rekeyed(this->jobs, &before);
		if (!this->decision->allows_rekeyed(this->decision, new))
		{
			closing |= this->sas->condemn(this->sas, unique_id,
										   NIN3A_UE_IKE_PROPOSAL);
		}
	}
	if (closing)
	{
		close_bad(this, unique_id);
	}
	else if (this->sas->get_stage(this->sas, unique_id) == NIN3A_UE_STAGE_UP)
	{	/* the one before may have had none left */
		this->jobs->check_children(this->jobs, unique_id);
		this->liveness->watch(this->liveness, unique_id);
		this->liveness->map(this->liveness, new);
	}
	return TRUE;
}

METHOD(listener_t, ike_update, bool,
	private_nin3a_ue_listener_t *this, ike_sa_t *ike_sa, host_t *local,
	host_t *remote)
{
	nin3a_ue_record_path(this->sas, this->kupf, ike_sa, local, remote);
	return TRUE;
}

METHOD(kernel_listener_t, roam, bool,
	roam_listener_t *this, bool address)
{
	this->jobs->roam(this->jobs);
	return TRUE;
}

METHOD(nin3a_ue_listener_t, destroy, void,
	private_nin3a_ue_listener_t *this)
{
	this->decision->destroy(this->decision);
	this->keyring->destroy(this->keyring);
	this->bounds->destroy(this->bounds);
	this->guard->destroy(this->guard);
	free(this);
}

/*
 * Described in header
 */
nin3a_ue_listener_t *nin3a_ue_listener_create(kupf_t *kupf,
											  nin3a_ue_config_t *config,
											  nin3a_ue_sas_t *sas,
											  nin3a_ue_legs_t *legs,
											  nin3a_ue_jobs_t *jobs,
											  nin3a_ue_liveness_t *liveness)
{
	private_nin3a_ue_listener_t *this;

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
		.sas = sas,
		.legs = legs,
		.jobs = jobs,
		.liveness = liveness,
		.guard = tunnel_guard_create("nin3a-ue", count_suppressed),
		.bounds = tunnel_bounds_create(),
		.keyring = tunnel_keyring_create(kupf->get_credentials(kupf)),
		.roamer = {
			.public = {
				.roam = _roam,
			},
			.jobs = jobs,
		},
	);
	this->decision = nin3a_ue_decision_create(kupf, config, sas, legs,
											  this->keyring);
	this->public.kernel = &this->roamer.public;

	return &this->public;
}
