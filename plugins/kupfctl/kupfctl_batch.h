/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup kupfctl_batch kupfctl_batch
 * @{ @ingroup kupfctl
 *
 * Sessions on their way to the daemon, many in one request
 * (establish-sessions, modify-sessions, delete-sessions), since a packet may be
 * 512 KiB long and an answer takes a while.
 */

#ifndef KUPFCTL_BATCH_H_
#define KUPFCTL_BATCH_H_

#include "kupfctl_line.h"
#include "client/kupf_client.h"

/** Most sessions in a request */
#define KUPFCTL_BATCH_SESSIONS 1000

/** Most octets of sessions in a request, half of what a packet may have */
#define KUPFCTL_BATCH_OCTETS (256 * 1024)

typedef struct kupfctl_batch_t kupfctl_batch_t;

/**
 * What became of sessions so far.
 */
typedef struct {
	/** sessions with which it was done */
	unsigned long done;
	/** sessions that it refused */
	unsigned long failed;
	/** sessions sent and not answered yet */
	unsigned long unanswered;
} kupfctl_totals_t;

/**
 * Create an empty batch.
 *
 * @param kind		what is to be done with the sessions
 * @param client	client, borrowed until destroyed
 * @param json		print replies in JSON; otherwise refusals to stderr
 * @return			batch
 */
kupfctl_batch_t *kupfctl_batch_create(kupfctl_line_kind_t kind,
									  kupf_client_t *client, bool json);

/**
 * Add a session; sends those before it if there is no room for it, or if one
 * of them has the same name.
 *
 * @param batch		batch
 * @param line		session, copied
 * @return			exit status: not DONE if there was a request, and no usable
 *					reply to it or one that refused it as a whole; that was
 *					printed
 */
kupfctl_status_t kupfctl_batch_add(kupfctl_batch_t *batch,
								   const kupfctl_line_t *line);

/**
 * Send what has not been sent.
 *
 * @param batch		batch
 * @return			as kupfctl_batch_add()
 */
kupfctl_status_t kupfctl_batch_flush(kupfctl_batch_t *batch);

/**
 * Get what is done with the sessions, in a word: "established".
 */
const char *kupfctl_batch_word(const kupfctl_batch_t *batch);

/**
 * Get what became of the sessions.
 *
 * @param batch		batch
 * @return			totals, valid until the batch is destroyed
 */
const kupfctl_totals_t *kupfctl_batch_totals(const kupfctl_batch_t *batch);

/**
 * Destroy a batch; what has not been sent is not sent.  Prints how many more
 * sessions were refused for the reasons that were printed.
 *
 * @param batch		batch
 */
void kupfctl_batch_destroy(kupfctl_batch_t *batch);

#endif /** KUPFCTL_BATCH_H_ @}*/
