/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup nin3a_jobs nin3a_jobs
 * @{ @ingroup nin3a
 *
 * What must not be done in a hook or in a request, as jobs of tunnel_worker.
 * Any thread may queue one, also in a hook.
 */

#ifndef NIN3A_JOBS_H_
#define NIN3A_JOBS_H_

#include "nin3a/nin3a_config.h"
#include "nin3a_tunnels.h"

/** How long a superseded tunnel stays once the other one is up, seconds */
#define NIN3A_HANDOVER 1

/** How long a tunnel may be without a CHILD_SA before that is told, seconds */
#define NIN3A_MOMENT 1

typedef struct nin3a_jobs_t nin3a_jobs_t;

struct nin3a_jobs_t {

	/**
	 * Close an IKE_SA whose session is gone, or its grace: as close() does, but
	 * its CHILD_SAs go now, and not when its peer has answered.
	 *
	 * @param ike_sa	unique identifier, bound in nin3a_tunnels
	 */
	void (*cut)(nin3a_jobs_t *this, uint32_t ike_sa);

	/**
	 * Close an IKE_SA: its peer gets a DELETE.  One that is not established
	 * is destroyed, one that is being deleted is left alone.  What is still
	 * there when charon.plugins.nin3a.close_timeout is over, as the peer does
	 * not answer, is destroyed then.
	 *
	 * @param ike_sa	unique identifier, bound in nin3a_tunnels
	 */
	void (*close)(nin3a_jobs_t *this, uint32_t ike_sa);

	/**
	 * Close an IKE_SA that has no entry in nin3a_tunnels in the same way.
	 *
	 * @param spis		its SPIs
	 */
	void (*close_stranger)(nin3a_jobs_t *this, const tunnel_spis_t *spis);

	/**
	 * An IKE_SA was rekeyed: what it was before goes within twice
	 * charon.plugins.nin3a.close_timeout, see tunnel_rekeyed_bound().
	 *
	 * @param spis		the SPIs that it had
	 */
	void (*end_rekeyed)(nin3a_jobs_t *this, const tunnel_spis_t *spis);

	/**
	 * Close tunnels that the UE has to set up anew for a modified session, if
	 * they are still there when the grace is over.  A session has
	 * NIN3A_GRACES_MAX of them; beyond that tunnels are closed now.
	 *
	 * @param session	session as it is in the store now
	 * @param grace		seconds, 0 to close them now
	 */
	void (*check)(nin3a_jobs_t *this, kupf_session_t *session,
				  uint32_t grace);

	/**
	 * A session is gone: keep neither its key nor those that it had before for
	 * a grace.
	 *
	 * @param session	session, not in the store any more
	 */
	void (*drop_graces)(nin3a_jobs_t *this, kupf_session_t *session);

	/**
	 * The UE has set up another tunnel for its session: the IKE_SAs that it
	 * supersedes (see nin3a_tunnels_t.settle()) are marked as such now and
	 * closed NIN3A_HANDOVER later, when the UE has got our answer; a UE that
	 * closes them itself meanwhile only does what is wanted.
	 *
	 * @param session	session
	 * @param serial	of the IKE_SA of the new tunnel
	 */
	void (*supersede)(nin3a_jobs_t *this, kupf_session_t *session,
					  uint32_t serial);

	/**
	 * The UE has set up an IKE_SA for its session: leave one of its IKE_SAs
	 * when the time is over that it has got to make a tunnel of it.
	 *
	 * Those that have no CHILD_SA then are closed, too, the last one as well.
	 * There is one job a session, however many IKE_SAs its UE sets up.
	 *
	 * @param session	session
	 * @param serial	of the new IKE_SA
	 * @param time		seconds, NIN3A_HANDOVER at least
	 */
	void (*settle)(nin3a_jobs_t *this, kupf_session_t *session,
				   uint32_t serial, uint32_t time);

	/**
	 * An IKE_SA was set up: if it is no tunnel yet, it has got the grace to
	 * become one, whether its session has another or not, see settle().
	 *
	 * @param ike_sa	any IKE_SA
	 */
	void (*await_child)(nin3a_jobs_t *this, uint32_t ike_sa);

	/**
	 * The UE has set up another IKE_SA for its session: close and destroy what
	 * is too many (see nin3a_tunnels_t.crop()), without waiting for a UE that
	 * was told to go before.
	 *
	 * @param ike_sa	the one that was set up
	 */
	void (*crop)(nin3a_jobs_t *this, uint32_t ike_sa);

	/**
	 * A tunnel has no CHILD_SA left: if that is so still in NIN3A_MOMENT, its
	 * end is told, and it is closed when the grace is over, unless it has got
	 * another one.
	 *
	 * @param ike_sa	the tunnel
	 */
	void (*lose)(nin3a_jobs_t *this, uint32_t ike_sa);

	/**
	 * Destroy the object.  Waits for jobs that are being carried out; others
	 * will do nothing.
	 */
	void (*destroy)(nin3a_jobs_t *this);
};

/**
 * Create the object.
 *
 * @param kupf		gets the events
 * @param config	settings
 * @param tunnels	tunnels
 * @param store		sessions
 */
nin3a_jobs_t *nin3a_jobs_create(kupf_t *kupf, nin3a_config_t *config,
								nin3a_tunnels_t *tunnels, kupf_store_t *store);

#endif /** NIN3A_JOBS_H_ @}*/
