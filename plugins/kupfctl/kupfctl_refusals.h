/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup kupfctl_refusals kupfctl_refusals
 * @{ @ingroup kupfctl
 *
 * Sessions of a batch that were refused, on standard error: the first ones of
 * each reason one by one, and how many more there were at the end.
 */

#ifndef KUPFCTL_REFUSALS_H_
#define KUPFCTL_REFUSALS_H_

#include "client/kupf_client.h"

/** Sessions of one reason that are printed one by one */
#define KUPFCTL_REFUSALS_SHOWN 3

/** Reasons that are told apart; those beyond are all printed */
#define KUPFCTL_REFUSALS_REASONS 16

/** Octets of a reason: cause, ": " and sentence; what is longer is cut */
#define KUPFCTL_REFUSALS_TEXT 320

/**
 * Refusals so far; all zero at first, nothing has to be freed.
 */
typedef struct {
	/** reasons */
	struct {
		/** text, not escaped, and its length */
		char text[KUPFCTL_REFUSALS_TEXT];
		size_t len;
		/** sessions that were refused for it */
		unsigned long count;
	} reasons[KUPFCTL_REFUSALS_REASONS];
	/** number of reasons */
	unsigned int used;
} kupfctl_refusals_t;

/**
 * Take the refusals of a reply, sections with cause and errmsg.
 *
 * @param refusals	refusals so far
 * @param reply		reply
 */
void kupfctl_refusals_add(kupfctl_refusals_t *refusals,
						  const kupf_client_reply_t *reply);

/**
 * Print how many there were of each reason that were not printed.
 *
 * @param refusals	refusals
 */
void kupfctl_refusals_sum(const kupfctl_refusals_t *refusals);

#endif /** KUPFCTL_REFUSALS_H_ @}*/
