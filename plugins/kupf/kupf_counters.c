/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupf_counters.h"

/**
 * Names, in the order of kupf_counter_t.
 */
static const char *names[KUPF_COUNTER_MAX] = {
	[KUPF_CONNECTIONS_ACCEPTED] = "connections-accepted",
	[KUPF_CONNECTIONS_REFUSED] = "connections-refused",
	[KUPF_CONNECTIONS_MALFORMED] = "connections-malformed",
	[KUPF_CONNECTIONS_OVERLONG] = "connections-overlong",
	[KUPF_CONNECTIONS_SLOW] = "connections-slow",
	[KUPF_REQUESTS] = "requests",
	[KUPF_REQUESTS_FAILED] = "requests-failed",
	[KUPF_SESSIONS_ESTABLISHED] = "sessions-established",
	[KUPF_SESSIONS_MODIFIED] = "sessions-modified",
	[KUPF_SESSIONS_DELETED] = "sessions-deleted",
	[KUPF_SESSIONS_EXPIRED] = "sessions-expired",
	[KUPF_EVENTS_SENT] = "events-sent",
	[KUPF_KEYS_YIELDED] = "keys-yielded",
	[KUPF_KEYS_UNKNOWN] = "keys-unknown",
	[KUPF_KEYS_WITHHELD] = "keys-withheld",
	[KUPF_KEYS_PINNED] = "keys-pinned",
	[KUPF_PINS] = "pins",
	[KUPF_FETCH_REQUESTS] = "fetch-requests",
	[KUPF_FETCH_ANSWERED] = "fetch-answered",
	[KUPF_FETCH_REJECTED] = "fetch-rejected",
	[KUPF_FETCH_TIMEOUTS] = "fetch-timeouts",
	[KUPF_FETCH_DESERTED] = "fetch-deserted",
	[KUPF_FETCH_LIMITED] = "fetch-limited",
	[KUPF_FETCH_NEGATIVES] = "fetch-negative",
	[KUPF_FETCH_STALLED] = "fetch-stalled",
	[KUPF_FETCH_PAUSED] = "fetch-paused",
	[KUPF_FETCH_ENDED] = "fetch-ended",
	[KUPF_FETCH_WAITING] = "fetch-waiting",
	[KUPF_PSK_FOUND] = "psk-found",
	[KUPF_PSK_UNKNOWN] = "psk-unknown",
	[KUPF_PSK_AMBIGUOUS] = "psk-ambiguous",
	[KUPF_PSK_REQUESTS] = "psk-requests",
	[KUPF_PSK_LIMITED] = "psk-limited",
	[KUPF_PSK_JOINED_REQUESTS] = "psk-joined",
	[KUPF_PSK_CONNECTIONS] = "psk-connections",
	[KUPF_PSK_CONNECTIONS_OPENED] = "psk-connections-opened",
	[KUPF_PSK_CONNECTIONS_CLOSED] = "psk-connections-closed",
	[KUPF_PSK_CONNECTIONS_REFUSED] = "psk-connections-refused",
	[KUPF_PSK_CONNECTIONS_UNTOLD] = "psk-connections-untold",
	[KUPF_TRAFFIC_SKIPPED] = "traffic-skipped",
	[KUPF_SUPPRESSED] = "suppressed-log-lines",
};

/**
 * Values.
 */
static uint64_t values[KUPF_COUNTER_MAX];

/*
 * Described in header
 */
void kupf_count(kupf_counter_t counter)
{
	kupf_count_held(counter, 1);
}

/*
 * Described in header
 */
void kupf_count_held(kupf_counter_t counter, int change)
{
	__atomic_fetch_add(&values[counter], change, __ATOMIC_RELAXED);
}

/*
 * Described in header
 */
void kupf_count_suppressed()
{
	kupf_count(KUPF_SUPPRESSED);
}

/*
 * Described in header
 */
void kupf_counters_report(kupf_counter_cb_t cb, void *user)
{
	int i;

	for (i = 0; i < KUPF_COUNTER_MAX; i++)
	{
		cb(user, names[i], __atomic_load_n(&values[i], __ATOMIC_RELAXED));
	}
}
