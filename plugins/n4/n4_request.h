/* SPDX-License-Identifier: MIT */

/**
 * @defgroup n4_request n4_request
 * @{ @ingroup n4
 *
 * How contents of a session are told to kupf, and what its reply says.
 */

#ifndef N4_REQUEST_H_
#define N4_REQUEST_H_

#include "n4_vendor.h"

#include "client/kupf_client.h"

/**
 * Begin a request that has kupf know a session, whether it knows it or not.
 *
 * @param client	client
 * @param name		name of the session
 * @param content	contents with a key
 * @param now		time, ms
 */
void n4_request_establish(kupf_client_t *client, const char *name,
						  const n4_content_t *content, uint64_t now);

/**
 * Begin a request that gives a session that kupf knows a new key; tunnels with
 * the old one may stay for the grace of the contents.
 */
void n4_request_modify(kupf_client_t *client, const char *name,
					   const n4_content_t *content);

/**
 * Whether the end of a session has not come.
 */
bool n4_request_is_alive(const n4_content_t *content, uint64_t now);

/**
 * Read a reply.
 *
 * @param answer	[out] answer, points into the reply
 * @param reply		reply to a request that was carried out
 */
void n4_answer_read(n4_answer_t *answer, const kupf_client_reply_t *reply);

/**
 * Remember the UPF's address, which the session is to have again.
 */
void n4_request_keep_address(n4_content_t *content, const n4_answer_t *answer);

#endif /** N4_REQUEST_H_ @}*/
