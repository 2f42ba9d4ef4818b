/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup bench_counted_requests counted_requests
 * @{ @ingroup bench
 *
 * The requests of program counted, which are made before anything is counted:
 * for the sessions of the UEs of bench.h.
 */

#ifndef COUNTED_REQUESTS_H_
#define COUNTED_REQUESTS_H_

#include "kupf/procedures/kupf_request.h"
#include "wire/wire_packet.h"
#include "wire/wire_writer.h"

/** Sessions of a request for many, those of feed.c */
#define COUNTED_BATCH 256

/**
 * Write the arguments of an establish-sessions for COUNTED_BATCH sessions.
 *
 * @param message	not initialised
 * @param first		number of the first UE
 */
void counted_make_batch(wire_writer_t *message, uint32_t first);

/**
 * Write the arguments of a delete-sessions for COUNTED_BATCH sessions.
 *
 * @param message	initialised, what is in it is dropped
 * @param first		number of the first UE
 */
void counted_make_deletion(wire_writer_t *message, uint32_t first);

/**
 * Write the arguments of an establish-session.
 *
 * @param message	not initialised
 * @param number	number of the UE
 */
void counted_make_single(wire_writer_t *message, uint32_t number);

/**
 * Make a request of the procedures, and what a session of it has.
 *
 * @param content	session, which points into the request
 * @param number	number of the UE
 */
void counted_make_request(kupf_request_t *request, kupf_session_data_t *content,
						  uint32_t number);

#endif /** COUNTED_REQUESTS_H_ @}*/
