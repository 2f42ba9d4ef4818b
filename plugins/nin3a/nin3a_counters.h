/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup nin3a_counters nin3a_counters
 * @{ @ingroup nin3a
 *
 * How many attempts were accepted, and how many refused for which reason,
 * since the start of the plugin.  Each attempt counts once: the accepted and
 * the refused ones add up to what was sent, less what is still under way.
 *
 * They are atomic; any thread may count.
 */

#ifndef NIN3A_COUNTERS_H_
#define NIN3A_COUNTERS_H_

#include "nin3a/auth/nin3a_policy.h"

#include "kupf/kupf.h"

typedef enum nin3a_counter_t nin3a_counter_t;

enum nin3a_counter_t {
	/** IKE_SAs established */
	NIN3A_ACCEPTED,
	/** IKE_SAs refused, for whatever reason */
	NIN3A_REFUSED,
	/** tunnels that came up */
	NIN3A_TUNNELS_OPENED,
	/** tunnels that went down */
	NIN3A_TUNNELS_CLOSED,
	/** log lines about refusals that were left out, as there were too many */
	NIN3A_SUPPRESSED,
	/** events about IKE_SA_INIT that were left out, as there were too many */
	NIN3A_SUPPRESSED_EVENTS,
	/** proposals of traffic selectors that left nothing of the session's */
	NIN3A_SELECTORS_REFUSED,
	/** CHILD_SAs with more traffic selectors than there may be */
	NIN3A_SELECTORS_EXCEEDED,
	/** CHILD_SAs refused, as the session was modified since */
	NIN3A_OUTDATED_REFUSED,
	/** CHILD_SAs and rekeyed IKE_SAs outside of the profile */
	NIN3A_PROPOSALS_REFUSED,
	/** IKE_AUTH responses that were not sent, as our AUTH payload was wrong */
	NIN3A_RESPONSES_WITHHELD,
	/** IKE_SAs closed as they were older than their connection's name */
	NIN3A_STRANGERS_CLOSED,
	/** IKE_SAs closed as they were moved to a wrong address of ours */
	NIN3A_MOVES_REFUSED,
	/** IKE_SAs destroyed as their UEs did not answer the DELETE in time */
	NIN3A_CLOSE_TIMEOUTS,
	/** IKE_SAs closed as their session had too many */
	NIN3A_CROWDED_OUT,
	/** tunnels that have lost their last CHILD_SA */
	NIN3A_TUNNELS_LOST,
	/** IKE_SAs closed as they had no CHILD_SA */
	NIN3A_CHILDLESS_CLOSED,
	/** requests for a CHILD_SA beyond max_child_sas */
	NIN3A_CHILD_SAS_EXCEEDED,
	/** requests for a rekeying or a CHILD_SA beyond max_rekeyings */
	NIN3A_REKEYINGS_EXCEEDED,
	/** requests of IKE_SAs that are not known, answered */
	NIN3A_UNKNOWN_ANSWERED,
	/** requests of IKE_SAs that are not known, too many to be answered */
	NIN3A_UNKNOWN_LIMITED,
	/** moves of tunnels that were not told, as there were too many */
	NIN3A_MOVES_UNTOLD,
	/** times that a session was found to flap */
	NIN3A_SESSIONS_FLAPPING,
	/** set-ups that were not measured, as too many others were on their way */
	NIN3A_SETUPS_UNTIMED,
	/** number of counters */
	NIN3A_COUNTER_MAX,
};

/**
 * Count one.
 */
void nin3a_count(nin3a_counter_t counter);

/**
 * Count a refused attempt: by its reason, and as NIN3A_REFUSED.
 */
void nin3a_count_refused(nin3a_reason_t reason);

/**
 * Count a set-up that has become a tunnel, by how long that took.
 *
 * @param time		microseconds
 */
void nin3a_count_setup(uint64_t time);

/**
 * Count what has passed through tunnels since it was measured last.
 *
 * @param in		octets that we have received
 * @param out		octets that we have sent
 */
void nin3a_count_octets(uint64_t in, uint64_t out);

/**
 * Report all counters, "nin3a-refused-<token>" for each reason among them, and
 * "nin3a-setup-microseconds-le-<bound>": how many set-ups took that at most,
 * the last bound being "inf", with "nin3a-setup-microseconds-sum" after it.
 *
 * @param cb		called for each
 * @param user		passed to it
 */
void nin3a_counters_report(kupf_counter_cb_t cb, void *user);

#endif /** NIN3A_COUNTERS_H_ @}*/
