/* SPDX-License-Identifier: MIT */

/**
 * @defgroup n4_engine n4_engine
 * @{ @ingroup n4
 *
 * What an engine is, for those who are parts of it.
 */

#ifndef N4_ENGINE_H_
#define N4_ENGINE_H_

#include "kupf_n4_config.h"
#include "n4_feed.h"
#include "n4_wrap.h"

/** Lines logged in a second at most */
#define N4_LOG_LINES 10

/** Longest Node ID: its type and a name, clause 8.2.38 */
#define N4_NODE_ID_MAX 256

typedef struct kupf_n4_t kupf_n4_t;
typedef struct n4_smf_t n4_smf_t;
typedef struct n4_node_id_t n4_node_id_t;

/**
 * A Node ID, as it is in the IE.
 */
struct n4_node_id_t {
	/** octets, and how many; 0 for none */
	uint8_t octets[N4_NODE_ID_MAX];
	uint16_t len;
};

/**
 * An SMF.
 */
struct n4_smf_t {
	/** name */
	char name[N4_SMF_NAME_MAX + 1];
	/** it has an association with the UPF */
	bool associated;
	/** its recovery time stamp, 0 if it is not known */
	uint32_t recovery;
	/** its Node ID: that of the association, and that of an association that it
	 * has asked for */
	n4_node_id_t node_id, asked_as;
	/** sessions that it has asked for, and whose response has not come */
	size_t opening;
	/** keys that it wraps */
	n4_wrap_t wrap;
	/** thousandths of messages that it may send now, and since when, ms */
	uint64_t tokens, filled_at;
};

/**
 * An engine.
 */
struct kupf_n4_t {
	/** configuration, without the socket */
	kupf_n4_config_t config;
	/** which IEs are ours */
	n4_vendor_t vendor;
	/** SMFs, and how many */
	n4_smf_t smfs[KUPF_N4_SMFS];
	unsigned int smf_count;
	/** recovery time stamp of the UPF, 0 if it is not known */
	uint32_t recovery;
	/** Node ID of the UPF */
	n4_node_id_t node_id;
	/** sessions */
	n4_sessions_t *sessions;
	/** exchanges */
	n4_exchanges_t *exchanges;
	/** what tells kupf */
	n4_feed_t feed;
	/** counters that are counted here */
	kupf_n4_counters_t counters;
	/** the second in which lines were logged last, and how many */
	uint64_t logged_at;
	unsigned int logged;
	/** where messages are written to */
	uint8_t out[N4_MESSAGE_MAX];
};

/**
 * Log a line, unless there are too many.
 */
void n4_engine_log(kupf_n4_t *self, const char *fmt, ...)
				   __attribute__((format(printf, 2, 3)));

#endif /** N4_ENGINE_H_ @}*/
