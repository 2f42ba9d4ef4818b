/* SPDX-License-Identifier: MIT */

/**
 * @defgroup kupf_n4_config kupf_n4_config
 * @{ @ingroup n4
 *
 * What an engine needs to know, whom it calls, and what it counts.
 */

#ifndef KUPF_N4_CONFIG_H_
#define KUPF_N4_CONFIG_H_

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Most SMFs of an engine */
#define KUPF_N4_SMFS 64

/** How long a response waits for kupf unless set, ms */
#define KUPF_N4_PATIENCE 300

/** Most sessions unless set */
#define KUPF_N4_SESSIONS 1000000

typedef struct kupf_n4_config_t kupf_n4_config_t;
typedef struct kupf_n4_counters_t kupf_n4_counters_t;

/**
 * Called with a message to be sent.
 *
 * @param user		of the configuration
 * @param smf		number of the SMF that it is for, or from
 * @param message	message, valid until this returns
 * @param len		octets of it
 */
typedef void (*kupf_n4_send_t)(void *user, unsigned int smf,
							   const uint8_t *message, size_t len);

/**
 * Called with a line for the log.
 *
 * @param user		of the configuration
 * @param text		printable ASCII without newline, valid until this returns
 */
typedef void (*kupf_n4_log_t)(void *user, const char *text);

/**
 * What an engine needs to know.  All that is 0 or NULL gets its default.
 */
struct kupf_n4_config_t {
	/** kupf's socket, "unix://" may stand before it; required */
	const char *socket;
	/** enterprise number of the vendor IEs: 32473 */
	uint16_t enterprise;
	/** type of the IE with a key: 32769 */
	uint16_t key_type;
	/** type of the IE with the answer: 32770 */
	uint16_t answer_type;
	/** how long a response waits for kupf, ms */
	unsigned int patience;
	/** most sessions; those beyond pass without a key */
	size_t max_sessions;
	/** called with messages to the UPF; required */
	kupf_n4_send_t to_upf;
	/** called with messages to an SMF; required */
	kupf_n4_send_t to_smf;
	/** called with lines for the log */
	kupf_n4_log_t log;
	/** for all three */
	void *user;
};

/**
 * Numbers since the start, but for the first two.
 */
struct kupf_n4_counters_t {
	/** N4 sessions now, with a key or without */
	uint64_t sessions;
	/** all keys could be locked in memory: 1, else 0 */
	uint64_t locked;
	/** messages from SMFs and from the UPF */
	uint64_t from_smf, from_upf;
	/** dropped: no PFCP of version 1 */
	uint64_t malformed;
	/** dropped: about a session, from an SMF without association */
	uint64_t no_association;
	/** keys that kupf has taken, that it has refused, and whose answer did not
	 * come in time */
	uint64_t keys_accepted, keys_refused, keys_pending;
	/** IEs with a key that could not be read */
	uint64_t keys_malformed;
	/** keys for which there was no room */
	uint64_t keys_no_room;
	/** responses of the UPF that it had sent before */
	uint64_t repeated;
	/** sessions that ended with their association or node */
	uint64_t purged;
	/** synchronisations with kupf */
	uint64_t synchronised;
	/** lines that were not logged: more than 10 in a second */
	uint64_t unlogged;
};

#ifdef __cplusplus
}
#endif

#endif /** KUPF_N4_CONFIG_H_ @}*/
