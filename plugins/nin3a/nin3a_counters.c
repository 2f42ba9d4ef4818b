/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "nin3a_counters.h"
#include "tunnel/tunnel_guard.h"

/** Room for the name of a counter */
#define NAME_MAX_LEN 64

/**
 * Names, in the order of nin3a_counter_t.
 */
static const char *names[] = {
	[NIN3A_ACCEPTED] = "nin3a-accepted",
	[NIN3A_REFUSED] = "nin3a-refused",
	[NIN3A_TUNNELS_OPENED] = "nin3a-tunnels-opened",
	[NIN3A_TUNNELS_CLOSED] = "nin3a-tunnels-closed",
	[NIN3A_SUPPRESSED] = "nin3a-suppressed-log-lines",
	[NIN3A_SUPPRESSED_EVENTS] = "nin3a-suppressed-events",
	[NIN3A_SELECTORS_REFUSED] = "nin3a-selectors-refused",
	[NIN3A_SELECTORS_EXCEEDED] = "nin3a-selectors-exceeded",
	[NIN3A_OUTDATED_REFUSED] = "nin3a-outdated-refused",
	[NIN3A_PROPOSALS_REFUSED] = "nin3a-proposals-refused",
	[NIN3A_RESPONSES_WITHHELD] = "nin3a-responses-withheld",
	[NIN3A_STRANGERS_CLOSED] = "nin3a-strangers-closed",
	[NIN3A_MOVES_REFUSED] = "nin3a-moves-refused",
	[NIN3A_CLOSE_TIMEOUTS] = "nin3a-close-timeouts",
	[NIN3A_CROWDED_OUT] = "nin3a-crowded-out",
	[NIN3A_TUNNELS_LOST] = "nin3a-tunnels-lost",
	[NIN3A_CHILDLESS_CLOSED] = "nin3a-childless-closed",
	[NIN3A_CHILD_SAS_EXCEEDED] = "nin3a-child-sas-exceeded",
	[NIN3A_REKEYINGS_EXCEEDED] = "nin3a-rekeyings-exceeded",
	[NIN3A_UNKNOWN_ANSWERED] = "nin3a-unknown-spis-answered",
	[NIN3A_UNKNOWN_LIMITED] = "nin3a-unknown-spis-limited",
	[NIN3A_MOVES_UNTOLD] = "nin3a-moves-untold",
	[NIN3A_SESSIONS_FLAPPING] = "nin3a-sessions-flapping",
};

/**
 * Values.
 */
static uint64_t values[NIN3A_COUNTER_MAX];

/**
 * Values of the reasons.
 */
static uint64_t refused[NIN3A_REASON_MAX];

/*
 * Described in header
 */
void nin3a_count(nin3a_counter_t counter)
{
	__atomic_fetch_add(&values[counter], 1, __ATOMIC_RELAXED);
}

/*
 * Described in header
 */
void nin3a_count_refused(nin3a_reason_t reason)
{
	__atomic_fetch_add(&refused[reason], 1, __ATOMIC_RELAXED);
	nin3a_count(NIN3A_REFUSED);
}

/*
 * Described in header
 */
void nin3a_counters_report(kupf_counter_cb_t cb, void *user)
{
	char name[NAME_MAX_LEN];
	int i;

	for (i = 0; i < NIN3A_COUNTER_MAX; i++)
	{
		cb(user, names[i], __atomic_load_n(&values[i], __ATOMIC_RELAXED));
	}
	for (i = NIN3A_ALLOWED + 1; i < NIN3A_REASON_MAX; i++)
	{
		snprintf(name, sizeof(name), "nin3a-refused-%s", nin3a_reason_token(i));
		cb(user, name, __atomic_load_n(&refused[i], __ATOMIC_RELAXED));
	}
	tunnel_guard_report("nin3a", cb, user);
}
