/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup relay_source relay_source
 * @{ @ingroup n4_relay
 *
 * Where the keys of sessions are from whose SMF sends none: a file, or whoever
 * listens at a socket.  That socket also has what has become of keys.
 */

#ifndef RELAY_SOURCE_H_
#define RELAY_SOURCE_H_

#include "relay_config.h"
#include "relay_events.h"

typedef struct relay_source_t relay_source_t;

/**
 * Create what the configuration says.
 *
 * @param config	configuration
 * @param provide	called with keys that come over the socket
 * @param again		called when somebody has begun to listen there
 * @param user		for both
 * @param log		called with a line about what is wrong
 * @return			source, NULL on failure, which is logged
 */
relay_source_t *relay_source_create(const relay_config_t *config,
									relay_events_provide_t provide,
									relay_events_again_t again, void *user,
									void (*log)(const char *text));

/**
 * Destroy it, NULL for none.
 */
void relay_source_destroy(relay_source_t *self);

/**
 * Find the key of a session, or ask for it.
 *
 * @param self		source
 * @param upf		name of the UPF
 * @param need		session
 * @param key		[out] key, to be wiped by the caller
 * @return			FALSE if there is none, or it comes later
 */
bool relay_source_find(relay_source_t *self, const char *upf,
					   const kupf_n4_need_t *need, kupf_n4_key_t *key);

/**
 * Tell what has become of a key.
 */
void relay_source_tell(relay_source_t *self, const char *upf,
					   const kupf_n4_told_t *told);

/**
 * Say what to wait for.
 *
 * @param self		source
 * @param fds		[out] RELAY_EVENTS_FDS, unused ones with descriptor -1
 */
void relay_source_poll(const relay_source_t *self, struct pollfd *fds);

/**
 * Do what can be done without waiting.
 */
void relay_source_process(relay_source_t *self, const struct pollfd *fds);

#endif /** RELAY_SOURCE_H_ @}*/
