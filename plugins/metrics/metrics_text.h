/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup metrics metrics
 *
 * @defgroup metrics_text metrics_text
 * @{ @ingroup metrics
 *
 * What the daemon says of itself, as text in the format of OpenMetrics 1.0.
 * Prometheus' own text format, which this is as well, has no units and no end.
 *
 * An exposition is metrics_text_version(), metrics_text_stats() and
 * metrics_text_end(), in this order, of replies of one connection.  Errors are
 * those of the stream: ferror() after the last of them.
 */

#ifndef METRICS_TEXT_H_
#define METRICS_TEXT_H_

#include "client/kupf_client_reply.h"

#include <stdio.h>

/** What HTTP calls it */
#define METRICS_TEXT_TYPE \
	"application/openmetrics-text; version=1.0.0; charset=utf-8"

/**
 * Write which daemon it is, and how long it runs.
 *
 * @param out		stream
 * @param reply		reply to "version"
 */
void metrics_text_version(FILE *out, const kupf_client_reply_t *reply);

/**
 * Write all numbers of the daemon; names that a metric cannot have are left
 * out.
 *
 * @param out		stream
 * @param reply		reply to "stats"
 */
void metrics_text_stats(FILE *out, const kupf_client_reply_t *reply);

/**
 * Write the end: without it, what is there is not all.
 *
 * @param out		stream
 */
void metrics_text_end(FILE *out);

#endif /** METRICS_TEXT_H_ @}*/
