/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup relay_events relay_events
 * @{ @ingroup n4_relay
 *
 * A socket for those who have the keys of subscribers and reach UEs, and whose
 * SMF knows nothing of keys: events key-request and key-taken, command
 * provide-key.  N4.md has their fields; packets are those of plugin kupf's
 * socket, so that its clients can be used.
 *
 * There are RELAY_EVENTS_CLIENTS clients at most, each with a request of 8 KiB and
 * 1 MiB of what it has not read; who does not read is disconnected.  Requests
 * are wiped when they are done.
 */

#ifndef RELAY_EVENTS_H_
#define RELAY_EVENTS_H_

#include "n4/kupf_n4.h"

#include <poll.h>

/** Most clients, and descriptors to be polled */
#define RELAY_EVENTS_CLIENTS 8
#define RELAY_EVENTS_FDS (1 + RELAY_EVENTS_CLIENTS)

typedef struct relay_events_t relay_events_t;

/**
 * Called with a key that a client provides.
 *
 * @param user		of whoever created the socket
 * @param upf		name of the UPF, empty if it was not said
 * @param session	name of the session
 * @param key		key, wiped after this
 * @return			sentence about what is wrong, NULL if all is right
 */
typedef const char *(*relay_events_provide_t)(void *user, const char *upf,
											  const char *session,
											  const kupf_n4_key_t *key);

/**
 * Called when a client has registered for key-request: it has to hear of sessions
 * that lack a key.
 */
typedef void (*relay_events_again_t)(void *user);

/**
 * Create the socket, mode 0600.
 *
 * @param path		path
 * @param provide	called with keys
 * @param again		called when somebody has begun to listen
 * @param user		for both
 * @return			socket, NULL on failure, errno is set
 */
relay_events_t *relay_events_create(const char *path,
									relay_events_provide_t provide,
									relay_events_again_t again, void *user);

/**
 * Remove the socket, NULL for none.
 */
void relay_events_destroy(relay_events_t *self);

/**
 * Say what to wait for.
 *
 * @param self		socket
 * @param fds		[out] RELAY_EVENTS_FDS, unused ones with descriptor -1
 */
void relay_events_poll(const relay_events_t *self, struct pollfd *fds);

/**
 * Do what can be done without waiting.
 *
 * @param self		socket
 * @param fds		what relay_events_poll() has filled in, after poll()
 */
void relay_events_process(relay_events_t *self, const struct pollfd *fds);

/**
 * Send event key-request to those who listen.
 *
 * @param self		socket
 * @param upf		name of the UPF
 * @param need		session
 */
void relay_events_ask(relay_events_t *self, const char *upf,
					  const kupf_n4_need_t *need);

/**
 * Send event key-taken to those who listen.
 */
void relay_events_tell(relay_events_t *self, const char *upf,
					   const kupf_n4_told_t *told);

#endif /** RELAY_EVENTS_H_ @}*/
