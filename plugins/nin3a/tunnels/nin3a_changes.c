/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "nin3a_changes.h"
#include "kupf/store/kupf_identity.h"
#include "nin3a/nin3a_counters.h"
#include "nin3a/auth/nin3a_facts.h"

typedef struct private_nin3a_changes_t private_nin3a_changes_t;

/**
 * Private data.
 */
struct private_nin3a_changes_t {
	/** public interface */
	nin3a_changes_t public;
	/** settings */
	nin3a_config_t *config;
	/** tunnels */
	nin3a_tunnels_t *tunnels;
	/** closes tunnels */
	nin3a_jobs_t *jobs;
	/** knows NIN3A connections */
	nin3a_decision_t *decision;
};

/**
 * An IKE_SA without an entry was rekeyed.  If it is of a NIN3A connection
 * nobody has judged it: it is older than the connection's name.
 */
static void handle_stranger(private_nin3a_changes_t *this, ike_sa_t *ike_sa)
{
	tunnel_spis_t spis = tunnel_spis_get(ike_sa);
	char name[KUPF_IDENTITY_TEXT];

	if (this->decision->is_named(this->decision, ike_sa))
	{
		DBG1(DBG_CFG, "nin3a: closing IKE_SA with '%s', it is older than the "
			 "name of its connection",
			 kupf_identity_name(ike_sa->get_other_id(ike_sa), name));
		nin3a_count(NIN3A_STRANGERS_CLOSED);
		this->jobs->close_stranger(this->jobs, &spis);
	}
}

/**
 * Whether a rekeyed IKE_SA is protected as it must be.
 */
static bool is_protected(private_nin3a_changes_t *this, ike_sa_t *ike_sa)
{
	char why[TUNNEL_PROFILE_WHY_LEN], name[KUPF_IDENTITY_TEXT];
	nin3a_settings_t settings;

	this->config->get(this->config, &settings);
	if (tunnel_profile_allows(settings.ike_profile,
							 ike_sa->get_proposal(ike_sa), why, sizeof(why)))
	{
		return TRUE;
	}
	DBG1(DBG_CFG, "nin3a: closing rekeyed IKE_SA with '%s', outside of the "
		 "profile: %s", kupf_identity_name(ike_sa->get_other_id(ike_sa), name),
		 why);
	nin3a_count(NIN3A_PROPOSALS_REFUSED);
	return FALSE;
}

METHOD(nin3a_changes_t, rekeyed, void,
	private_nin3a_changes_t *this, ike_sa_t *old, ike_sa_t *new)
{
	uint32_t unique_id = new->get_unique_id(new);
	tunnel_spis_t spis = tunnel_spis_get(new), before = tunnel_spis_get(old);
	bool closing;

	closing = this->tunnels->rekey(this->tunnels, old->get_unique_id(old),
								   unique_id, &spis);
	if (this->tunnels->is_losing(this->tunnels, unique_id))
	{	/* who was to look again knows it by its former identifier */
		this->jobs->lose(this->jobs, unique_id);
	}
	if (this->tunnels->get_state(this->tunnels, unique_id) == NIN3A_STATE_NONE)
	{
		handle_stranger(this, new);
	}
	else
	{
		this->jobs->end_rekeyed(this->jobs, &before);
		if (closing || (!is_protected(this, new) &&
						this->tunnels->condemn(this->tunnels, unique_id)))
		{
			this->jobs->close(this->jobs, unique_id);
		}
	}
}

/**
 * Whether our address is one that the session of an IKE_SA allows.
 */
static bool is_allowed(private_nin3a_changes_t *this, uint32_t unique_id,
					   host_t *local)
{
	nin3a_settings_t settings;
	kupf_session_t *session;
	bool allowed = TRUE;

	this->config->get(this->config, &settings);
	session = this->tunnels->get_session(this->tunnels, unique_id);
	if (session)
	{
		allowed = !settings.address_match ||
				  nin3a_facts_has_address(session, local);
		kupf_session_unref(session);
	}
	return allowed;
}

METHOD(nin3a_changes_t, moved, void,
	private_nin3a_changes_t *this, ike_sa_t *ike_sa, host_t *local)
{
	uint32_t unique_id = ike_sa->get_unique_id(ike_sa);
	char name[KUPF_IDENTITY_TEXT];

	if (!is_allowed(this, unique_id, local) &&
		this->tunnels->condemn(this->tunnels, unique_id))
	{
		DBG1(DBG_CFG, "nin3a: closing IKE_SA with '%s', moved to %H: %N",
			 kupf_identity_name(ike_sa->get_other_id(ike_sa), name), local,
			 nin3a_reason_names, NIN3A_ADDRESS_MISMATCH);
		nin3a_count(NIN3A_MOVES_REFUSED);
		this->jobs->close(this->jobs, unique_id);
	}
}

METHOD(nin3a_changes_t, destroy, void,
	private_nin3a_changes_t *this)
{
	free(this);
}

/*
 * Described in header
 */
nin3a_changes_t *nin3a_changes_create(nin3a_config_t *config,
									  nin3a_tunnels_t *tunnels,
									  nin3a_jobs_t *jobs,
									  nin3a_decision_t *decision)
{
	private_nin3a_changes_t *this;

	INIT(this,
		.public = {
			.rekeyed = _rekeyed,
			.moved = _moved,
			.destroy = _destroy,
		},
		.config = config,
		.tunnels = tunnels,
		.jobs = jobs,
		.decision = decision,
	);

	return &this->public;
}
