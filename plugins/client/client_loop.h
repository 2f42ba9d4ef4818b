/* SPDX-License-Identifier: MIT */

/**
 * @defgroup client_loop client_loop
 * @{ @ingroup client
 *
 * What moves a client: packets that were received go to those who wait for
 * them, and the daemon's time runs out.
 */

#ifndef CLIENT_LOOP_H_
#define CLIENT_LOOP_H_

#include "client_engine.h"

/**
 * Send, receive, call back, see to the deadline and the connection, as far as
 * it can be done at once.
 */
void client_loop_step(kupf_client_t *self);

/**
 * How long client_loop_step() has nothing to do unless the socket is ready.
 *
 * @return			ms, -1 for ever
 */
int client_loop_patience(const kupf_client_t *self);

/**
 * What the socket has to be ready for, as poll() has it.
 */
short client_loop_events(const kupf_client_t *self);

/**
 * Wait until the socket is ready or there is something else to do.
 *
 * @param self		client
 * @param max		longest time, ms; -1 for any
 * @return			FALSE if a signal has come
 */
bool client_loop_poll(kupf_client_t *self, int max);

#endif /** CLIENT_LOOP_H_ @}*/
