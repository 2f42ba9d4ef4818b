/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup kupf_limiter kupf_limiter
 * @{ @ingroup kupf
 *
 * Bounds the log lines that peers, clients of the socket, or whoever reaches
 * charon can cause: what is left out is counted, and told in a line before the
 * next one.
 */

#ifndef KUPF_LIMITER_H_
#define KUPF_LIMITER_H_

#include <library.h>

#include <pthread.h>

/** Lines that may come at once */
#define KUPF_LIMITER_BURST 20

/** Lines a second, in the long run */
#define KUPF_LIMITER_RATE 5

/** Where lines of one kind are logged; any thread may use it, its lock is a
 * leaf */
typedef struct kupf_limiter_t kupf_limiter_t;

struct kupf_limiter_t {
	/** name of the plugin, constant, which its lines begin with */
	const char *name;
	/** counts one line that was left out */
	void (*count_left_out)(void);
	/** guards what follows */
	pthread_mutex_t mutex;
	/** lines that were logged and still count */
	u_int used;
	/** time_monotonic() when some ceased to count */
	time_t since;
	/** lines that were left out since the last one */
	u_int left_out;
};

/** A limiter at its beginning; nothing of it has to be freed */
#define KUPF_LIMITER(plugin, counts) { \
	.name = plugin, \
	.count_left_out = counts, \
	.mutex = PTHREAD_MUTEX_INITIALIZER, \
}

/**
 * Take one line.
 *
 * @return			FALSE if there are too many: it is to be left out
 */
bool kupf_limiter_allows(kupf_limiter_t *limiter);

#endif /** KUPF_LIMITER_H_ @}*/
