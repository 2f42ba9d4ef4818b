/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup nin3a_ue_counters nin3a_ue_counters
 * @{ @ingroup nin3a_ue
 *
 * What has happened since the start of the plugin.  Each attempt to set up a
 * tunnel that has ended counts once: as accepted, by the reason why it failed,
 * or as cancelled.
 *
 * They are atomic; any thread may count.
 */

#ifndef NIN3A_UE_COUNTERS_H_
#define NIN3A_UE_COUNTERS_H_

#include "nin3a_ue/auth/nin3a_ue_policy.h"

#include "kupf/kupf.h"

typedef enum nin3a_ue_counter_t nin3a_ue_counter_t;

enum nin3a_ue_counter_t {
	/** IKE_SAs initiated, by us or by charon for one of ours */
	NIN3A_UE_COUNTED_ATTEMPTS,
	/** attempts that became tunnels */
	NIN3A_UE_COUNTED_ACCEPTED,
	/** attempts that failed, for whatever reason */
	NIN3A_UE_COUNTED_FAILED,
	/** attempts that were not begun, as the connection could not be used */
	NIN3A_UE_COUNTED_NO_CONNECTION,
	/** tunnels that came up */
	NIN3A_UE_COUNTED_TUNNELS_OPENED,
	/** tunnels that went down */
	NIN3A_UE_COUNTED_TUNNELS_CLOSED,
	/** tunnels that another one took the place of, after a new key */
	NIN3A_UE_COUNTED_REKEYED,
	/** CHILD_SAs and rekeyed IKE_SAs outside of the profile */
	NIN3A_UE_COUNTED_PROPOSALS_REFUSED,
	/** inner addresses that UPFs have assigned, and that were not taken */
	NIN3A_UE_COUNTED_INNER_REFUSED,
	/** other configuration attributes of UPFs that were not taken */
	NIN3A_UE_COUNTED_ATTRIBUTES_REFUSED,
	/** CHILD_SAs beyond the bound that UPFs wanted to set up */
	NIN3A_UE_COUNTED_CHILDREN_REFUSED,
	/** CHILD_SAs and rekeyings of UPFs that came too fast */
	NIN3A_UE_COUNTED_REKEYINGS_REFUSED,
	/** CHILD_SAs with more traffic selectors than there may be */
	NIN3A_UE_COUNTED_SELECTORS_EXCEEDED,
	/** AUTH_LIFETIMEs that were not followed, as they were too short */
	NIN3A_UE_COUNTED_LIFETIMES_IGNORED,
	/** changes of the network that cut the waiting for another attempt short */
	NIN3A_UE_COUNTED_ROAMED,
	/** tunnels whose UPF was silent for longer than liveness allows */
	NIN3A_UE_COUNTED_SILENT,
	/** tunnels that UPFs have said not to know, without protection */
	NIN3A_UE_COUNTED_UNKNOWN_SPIS,
	/** moves of tunnels that were not told, as there were too many */
	NIN3A_UE_COUNTED_MOVES_UNTOLD,
	/** IKE_SAs destroyed as the UPF did not answer the DELETE in time */
	NIN3A_UE_COUNTED_CLOSE_TIMEOUTS,
	/** log lines that were left out, as there were too many */
	NIN3A_UE_COUNTED_SUPPRESSED,
	/** number of counters */
	NIN3A_UE_COUNTED_MAX,
};

/**
 * Count one.
 */
void nin3a_ue_count(nin3a_ue_counter_t counter);

/**
 * Count a failed attempt: by its reason, and as NIN3A_UE_COUNTED_FAILED.
 */
void nin3a_ue_count_failed(nin3a_ue_reason_t reason);

/**
 * Report all counters, "nin3a-ue-failed-<token>" for each reason among them.
 *
 * @param cb		called for each
 * @param user		passed to it
 */
void nin3a_ue_counters_report(kupf_counter_cb_t cb, void *user);

#endif /** NIN3A_UE_COUNTERS_H_ @}*/
