/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup kupf_counters kupf_counters
 * @{ @ingroup kupf
 *
 * What happened so far, counted since the start of the plugin, and what is
 * held now.  They are atomic; any thread may count.
 */

#ifndef KUPF_COUNTERS_H_
#define KUPF_COUNTERS_H_

#include <library.h>

typedef enum kupf_counter_t kupf_counter_t;

enum kupf_counter_t {
	/** clients accepted */
	KUPF_CONNECTIONS_ACCEPTED,
	/** clients refused: credentials of the process or limit */
	KUPF_CONNECTIONS_REFUSED,
	/** clients cut off for a malformed packet */
	KUPF_CONNECTIONS_MALFORMED,
	/** clients cut off for a packet that is too long */
	KUPF_CONNECTIONS_OVERLONG,
	/** clients cut off as they did not read their events */
	KUPF_CONNECTIONS_SLOW,
	/** requests carried out or refused */
	KUPF_REQUESTS,
	/** requests refused */
	KUPF_REQUESTS_FAILED,
	/** sessions established */
	KUPF_SESSIONS_ESTABLISHED,
	/** sessions modified */
	KUPF_SESSIONS_MODIFIED,
	/** sessions deleted by a client */
	KUPF_SESSIONS_DELETED,
	/** sessions whose life was over */
	KUPF_SESSIONS_EXPIRED,
	/** events queued to a client */
	KUPF_EVENTS_SENT,
	/** key lookups by charon that found a key */
	KUPF_KEYS_YIELDED,
	/** key lookups by charon without one: no such identity, expired, other
	 * service */
	KUPF_KEYS_UNKNOWN,
	/** key lookups by charon refused as no enforcer vouched for the IKE_SA */
	KUPF_KEYS_WITHHELD,
	/** keys that verified a peer and were pinned to its IKE_SA */
	KUPF_KEYS_PINNED,
	/** sessions that are pinned to an IKE_SA now */
	KUPF_PINS,
	/** key-requests raised */
	KUPF_FETCH_REQUESTS,
	/** of these: answered with a session, or it came in another way */
	KUPF_FETCH_ANSWERED,
	/** rejected */
	KUPF_FETCH_REJECTED,
	/** not answered in time */
	KUPF_FETCH_TIMEOUTS,
	/** there is, or was then, nobody to answer */
	KUPF_FETCH_DESERTED,
	/** UEs refused as too many threads wait, or for the rate */
	KUPF_FETCH_LIMITED,
	/** UEs refused as their identity was asked for a short time ago */
	KUPF_FETCH_NEGATIVES,
	/** keys not waited for any longer as charon had no thread left */
	KUPF_FETCH_STALLED,
	/** keys not waited for any longer as there was always somebody who did */
	KUPF_FETCH_PAUSED,
	/** keys not waited for any longer as charon ends */
	KUPF_FETCH_ENDED,
	/** threads that wait now */
	KUPF_FETCH_WAITING,
	/** look-ups of consumers that have found a key */
	KUPF_PSK_FOUND,
	/** look-ups of consumers without one */
	KUPF_PSK_UNKNOWN,
	/** of these: as two sessions have the identity */
	KUPF_PSK_AMBIGUOUS,
	/** keys that consumers have asked the SMF side for */
	KUPF_PSK_REQUESTS,
	/** requests for keys refused: too many in a second, or not answered */
	KUPF_PSK_LIMITED,
	/** requests for keys that were asked for already */
	KUPF_PSK_JOINED_REQUESTS,
	/** connections of consumers now */
	KUPF_PSK_CONNECTIONS,
	/** connections that consumers have told of, and those that they have
	 * closed */
	KUPF_PSK_CONNECTIONS_OPENED,
	KUPF_PSK_CONNECTIONS_CLOSED,
	/** connections refused for a bound */
	KUPF_PSK_CONNECTIONS_REFUSED,
	/** connections that the SMF side was not told of, for there were too many
	 * in a second */
	KUPF_PSK_CONNECTIONS_UNTOLD,
	/** times that traffic was not asked for, as too many others waited for it */
	KUPF_TRAFFIC_SKIPPED,
	/** log lines about clients that were left out */
	KUPF_SUPPRESSED,
	/** number of counters */
	KUPF_COUNTER_MAX,
};

/**
 * Called back with each counter of a plugin.
 *
 * @param user		what was given along with the callback
 * @param name		name, lower case with dashes, e.g. "nin3a-tunnels-up"
 * @param value		value
 */
typedef void (*kupf_counter_cb_t)(void *user, const char *name,
								  uint64_t value);

/**
 * Count one.
 */
void kupf_count(kupf_counter_t counter);

/**
 * Count something that is held now.
 *
 * @param counter	counter
 * @param change	1 for one more, -1 for one less
 */
void kupf_count_held(kupf_counter_t counter, int change);

/**
 * Count a log line that was left out; for limiters.
 */
void kupf_count_suppressed(void);

/**
 * Report all counters.
 */
void kupf_counters_report(kupf_counter_cb_t cb, void *user);

#endif /** KUPF_COUNTERS_H_ @}*/
