/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup relay_common relay_common
 * @{ @ingroup n4_relay
 *
 * What all UPFs of a relay share: configuration, sockets, the source of keys, and
 * the log.
 */

#ifndef RELAY_COMMON_H_
#define RELAY_COMMON_H_

#include "relay_sockets.h"
#include "relay_source.h"

#include "n4/n4_message.h"

typedef struct relay_common_t relay_common_t;

/**
 * What is shared; whoever creates it fills it in.
 */
struct relay_common_t {
	/** configuration */
	const relay_config_t *config;
	/** called with lines for the log */
	void (*log)(const char *text);
	/** sockets */
	relay_sockets_t sockets;
	/** where keys are from that SMFs do not send */
	relay_source_t *source;
	/** datagrams that could not be sent */
	uint64_t unsent;
	/** where datagrams are written */
	uint8_t out[N4_MESSAGE_MAX];
};

/**
 * Log a line, as printf() does.
 */
void relay_common_say(const relay_common_t *self, const char *fmt, ...);

#endif /** RELAY_COMMON_H_ @}*/
