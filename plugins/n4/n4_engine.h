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

/** Lines logged in a second at most */
#define N4_LOG_LINES 10

typedef struct kupf_n4_t kupf_n4_t;
typedef struct n4_smf_t n4_smf_t;

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
