/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup relay_proxy relay_proxy
 * @{ @ingroup n4_relay
 *
 * Front end "proxy": to SMFs it is the UPF, to UPFs the SMF, each at an address
 * of its own.  By the addresses of a datagram it knows from whom it is and for
 * whom; what is from somebody else is dropped.
 */

#ifndef RELAY_PROXY_H_
#define RELAY_PROXY_H_

#include "relay_config.h"

#include <signal.h>

typedef struct relay_proxy_t relay_proxy_t;

/**
 * Create a proxy, with sockets and engines.
 *
 * @param config	configuration, has to live as long
 * @param log		called with lines for the log
 * @return			proxy, NULL on failure, which is logged
 */
relay_proxy_t *relay_proxy_create(const relay_config_t *config,
								  void (*log)(const char *text));

/**
 * Destroy a proxy, NULL for none.
 */
void relay_proxy_destroy(relay_proxy_t *self);

/**
 * Wait for datagrams and handle them; returns after a while, and when a signal
 * has come.
 *
 * @param self		proxy
 * @param signals	signals that are blocked while it waits, and only then
 */
void relay_proxy_run(relay_proxy_t *self, const sigset_t *signals);

/**
 * Log the counters.
 */
void relay_proxy_tell(const relay_proxy_t *self);

#endif /** RELAY_PROXY_H_ @}*/
