/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "nin3a_refusals.h"
#include "kupf/store/kupf_identity.h"
#include "nin3a/nin3a_counters.h"

#include <daemon.h>

typedef struct private_nin3a_refusals_t private_nin3a_refusals_t;

/**
 * Private data of the refusals.
 */
struct private_nin3a_refusals_t {
	/** public interface */
	nin3a_refusals_t public;
	/** gets the events */
	kupf_t *kupf;
	/** bounds the log */
	kupf_limiter_t *limiter;
	/** bounds log and events about IKE_SA_INIT */
	kupf_limiter_t *early;
};

/**
 * Find out why no key has verified the UE.
 */
static nin3a_reason_t why_no_key(private_nin3a_refusals_t *this,
								 nin3a_attempt_t *attempt)
{
	kupf_store_t *store = this->kupf->get_store(this->kupf);
	nin3a_facts_t facts = {
		.auth = attempt->auth,
		.ppk_held = attempt->ppk_held,
		.ppk_required = attempt->ppk_required,
	};
	kupf_session_t *session = NULL;

	if (attempt->id)
	{
		session = store->find(store, attempt->id->get_type(attempt->id),
							  attempt->id->get_encoding(attempt->id));
	}
	if (session)
	{
		facts.session_known = TRUE;
		facts.session_alive = !kupf_session_expired(session,
													time_monotonic(NULL));
		facts.session_service = kupf_session_get_services(session) &
								KUPF_SERVICE_IKE;
	}
	kupf_session_unref(session);
	return nin3a_policy_mac_failed(&facts);
}

/**
 * Log a refusal.
 */
static void log_refusal(nin3a_attempt_t *attempt)
{
	const char *open, *close;
	char name[KUPF_IDENTITY_TEXT];

	open = *attempt->detail ? " (" : "";
	close = *attempt->detail ? ")" : "";
	if (attempt->id)
	{
		DBG1(DBG_CFG, "nin3a: refused '%s', %#H...%#H: %N%s%s%s",
			 kupf_identity_name(attempt->id, name), attempt->local,
			 attempt->remote, nin3a_reason_names, attempt->reason, open,
			 attempt->detail, close);
	}
	else
	{
		DBG1(DBG_CFG, "nin3a: refused UE without identity, %#H...%#H: "
			 "%N%s%s%s", attempt->local, attempt->remote, nin3a_reason_names,
			 attempt->reason, open, attempt->detail, close);
	}
}

METHOD(nin3a_refusals_t, report, void,
	private_nin3a_refusals_t *this, nin3a_attempt_t *attempt,
	nin3a_state_t state)
{
	bool few;

	if (attempt->reason == NIN3A_ALLOWED)
	{
		attempt->reason = state == NIN3A_STATE_GUARDED ?
							why_no_key(this, attempt) : NIN3A_INCOMPLETE;
	}
	nin3a_count_refused(attempt->reason);
	few = kupf_limiter_allows(attempt->early ? this->early : this->limiter);
	if (few)
	{
		log_refusal(attempt);
	}
	if (few || !attempt->early)
	{
		this->kupf->auth_failed(this->kupf, attempt->id, attempt->local,
								attempt->remote,
								nin3a_reason_token(attempt->reason));
	}
	nin3a_attempt_destroy(attempt);
}

METHOD(nin3a_refusals_t, destroy, void,
	private_nin3a_refusals_t *this)
{
	free(this);
}

/*
 * Described in header
 */
nin3a_refusals_t *nin3a_refusals_create(kupf_t *kupf, kupf_limiter_t *limiter,
										kupf_limiter_t *early)
{
	private_nin3a_refusals_t *this;

	INIT(this,
		.public = {
			.report = _report,
			.destroy = _destroy,
		},
		.kupf = kupf,
		.limiter = limiter,
		.early = early,
	);

	return &this->public;
}
