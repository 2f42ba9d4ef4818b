/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "nin3a_ue_counters.h"
#include "tunnel/tunnel_guard.h"

/** Room for the name of a counter */
#define NAME_MAX_LEN 64

/**
 * Names, in the order of nin3a_ue_counter_t.
 */
static const char *names[NIN3A_UE_COUNTED_MAX] = {
	[NIN3A_UE_COUNTED_ATTEMPTS] = "nin3a-ue-attempts",
	[NIN3A_UE_COUNTED_ACCEPTED] = "nin3a-ue-accepted",
	[NIN3A_UE_COUNTED_FAILED] = "nin3a-ue-failed",
	[NIN3A_UE_COUNTED_NO_CONNECTION] = "nin3a-ue-no-connection",
	[NIN3A_UE_COUNTED_TUNNELS_OPENED] = "nin3a-ue-tunnels-opened",
	[NIN3A_UE_COUNTED_TUNNELS_CLOSED] = "nin3a-ue-tunnels-closed",
	[NIN3A_UE_COUNTED_REKEYED] = "nin3a-ue-rekeyed",
	[NIN3A_UE_COUNTED_PROPOSALS_REFUSED] = "nin3a-ue-proposals-refused",
	[NIN3A_UE_COUNTED_INNER_REFUSED] = "nin3a-ue-inner-addresses-refused",
	[NIN3A_UE_COUNTED_ATTRIBUTES_REFUSED] = "nin3a-ue-attributes-refused",
	[NIN3A_UE_COUNTED_CHILDREN_REFUSED] = "nin3a-ue-child-sas-refused",
	[NIN3A_UE_COUNTED_REKEYINGS_REFUSED] = "nin3a-ue-rekeyings-refused",
	[NIN3A_UE_COUNTED_SELECTORS_EXCEEDED] = "nin3a-ue-selectors-exceeded",
	[NIN3A_UE_COUNTED_LIFETIMES_IGNORED] = "nin3a-ue-lifetimes-ignored",
	[NIN3A_UE_COUNTED_ROAMED] = "nin3a-ue-roamed",
	[NIN3A_UE_COUNTED_SILENT] = "nin3a-ue-silent",
	[NIN3A_UE_COUNTED_UNKNOWN_SPIS] = "nin3a-ue-unknown-spis",
	[NIN3A_UE_COUNTED_MOVES_UNTOLD] = "nin3a-ue-moves-untold",
	[NIN3A_UE_COUNTED_CLOSE_TIMEOUTS] = "nin3a-ue-close-timeouts",
	[NIN3A_UE_COUNTED_SUPPRESSED] = "nin3a-ue-suppressed-log-lines",
};

/**
 * Values.
 */
static uint64_t values[NIN3A_UE_COUNTED_MAX];

/**
 * Values of the reasons.
 */
static uint64_t failed[NIN3A_UE_REASON_MAX];

/*
 * Described in header
 */
void nin3a_ue_count(nin3a_ue_counter_t counter)
{
	__atomic_fetch_add(&values[counter], 1, __ATOMIC_RELAXED);
}

/*
 * Described in header
 */
void nin3a_ue_count_failed(nin3a_ue_reason_t reason)
{
	__atomic_fetch_add(&failed[reason], 1, __ATOMIC_RELAXED);
	nin3a_ue_count(NIN3A_UE_COUNTED_FAILED);
}

/*
 * Described in header
 */
void nin3a_ue_counters_report(kupf_counter_cb_t cb, void *user)
{
	char name[NAME_MAX_LEN];
	u_int i;

	for (i = 0; i < NIN3A_UE_COUNTED_MAX; i++)
	{
		cb(user, names[i], __atomic_load_n(&values[i], __ATOMIC_RELAXED));
	}
	for (i = NIN3A_UE_CANCELLED; i < NIN3A_UE_REASON_MAX; i++)
	{
		snprintf(name, sizeof(name), "nin3a-ue-failed-%s",
				 nin3a_ue_reason_token(i));
		cb(user, name, __atomic_load_n(&failed[i], __ATOMIC_RELAXED));
	}
	tunnel_guard_report("nin3a-ue", cb, user);
}
