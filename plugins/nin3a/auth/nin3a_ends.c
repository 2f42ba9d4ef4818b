/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "nin3a_ends.h"

typedef struct private_nin3a_ends_t private_nin3a_ends_t;

/**
 * Private data.
 */
struct private_nin3a_ends_t {
	/** public interface */
	nin3a_ends_t public;
	/** tunnels */
	nin3a_tunnels_t *tunnels;
	/** has those that were not judged */
	nin3a_unjudged_t *unjudged;
	/** tells about refused attempts */
	nin3a_refusals_t *refusals;
};

METHOD(nin3a_ends_t, refused, void,
	private_nin3a_ends_t *this, uint32_t unique_id)
{
	nin3a_attempt_t *attempt;
	nin3a_state_t state;

	attempt = this->tunnels->take_attempt(this->tunnels, unique_id, &state);
	if (attempt)
	{
		/* e.g. one that came from another connection: it is told once */
		this->unjudged->drop(this->unjudged, unique_id);
		this->refusals->report(this->refusals, attempt, state);
	}
	this->unjudged->end(this->unjudged, unique_id);
}

/**
 * A message could not be read.  Unless it is left alone, charon ends the
 * IKE_SA: with a request that is encrypted it was its peer who wanted that.
 */
static void handle_unreadable(private_nin3a_ends_t *this, ike_sa_t *ike_sa,
							  va_list args)
{
	uint32_t unique_id = ike_sa->get_unique_id(ike_sa);
	message_t *message = va_arg(args, message_t*);
	status_t status = va_arg(args, status_t);

	if (this->tunnels->get_state(this->tunnels, unique_id) == NIN3A_STATE_NONE)
	{
		this->unjudged->unreadable(this->unjudged, ike_sa, message, status);
	}
	else if (message->get_request(message) &&
			 (status == PARSE_ERROR || status == VERIFY_ERROR))
	{
		this->tunnels->set_reason(this->tunnels, unique_id, KUPF_REASON_PEER);
	}
}

METHOD(nin3a_ends_t, alert_, void,
	private_nin3a_ends_t *this, ike_sa_t *ike_sa, alert_t alert, va_list args)
{
	uint32_t unique_id = ike_sa->get_unique_id(ike_sa);

	switch (alert)
	{
		case ALERT_PEER_AUTH_FAILED:
			refused(this, unique_id);
			break;
		case ALERT_LOCAL_AUTH_FAILED:
			this->tunnels->refuse(this->tunnels, unique_id, NIN3A_OWN_AUTH);
			break;
		case ALERT_UNIQUE_KEEP:
			this->tunnels->refuse(this->tunnels, unique_id, NIN3A_UNIQUENESS);
			break;
		case ALERT_UNIQUE_REPLACE:
			/* raised for the IKE_SA that is replaced */
			this->tunnels->set_reason(this->tunnels, unique_id,
									  KUPF_REASON_SUPERSEDED);
			break;
		case ALERT_RETRANSMIT_SEND_TIMEOUT:
			this->tunnels->set_reason(this->tunnels, unique_id,
									  KUPF_REASON_TIMEOUT);
			break;
		case ALERT_PARSE_ERROR_BODY:
			handle_unreadable(this, ike_sa, args);
			break;
		default:
			break;
	}
}

METHOD(nin3a_ends_t, destroy, void,
	private_nin3a_ends_t *this)
{
	free(this);
}

/*
 * Described in header
 */
nin3a_ends_t *nin3a_ends_create(nin3a_tunnels_t *tunnels,
								nin3a_unjudged_t *unjudged,
								nin3a_refusals_t *refusals)
{
	private_nin3a_ends_t *this;

	INIT(this,
		.public = {
			.refused = _refused,
			.alert = _alert_,
			.destroy = _destroy,
		},
		.tunnels = tunnels,
		.unjudged = unjudged,
		.refusals = refusals,
	);

	return &this->public;
}
