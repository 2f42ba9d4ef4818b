/* SPDX-License-Identifier: MIT */

/**
 * @defgroup psk psk
 *
 * @defgroup kupf_psk_client kupf_psk_client
 * @{ @ingroup psk
 *
 * A consumer of keys of plugin kupf: library libkupf-psk.  A TLS or QUIC server
 * looks keys up by the PSK identities of its peers, a client on a UE by the
 * name of its session, and both hear when a key, and with it their connections,
 * have come to an end.  What the commands and events are, PROTOCOL.md of plugin
 * kupf says under "Consumers of keys".
 *
 * It fails closed: without an answer in time there is no key, and no
 * connection is taken up.  It connects when it has to, and again when the
 * connection was lost, with a back-off of 0.1 to 10 seconds; then it asks for
 * each connection whether its key is still in force.  If the daemon is away for
 * too long, all connections end, see kupf_psk_client_set_patience().
 *
 * Look-ups wait, up to the deadline, and call nothing back: it is safe to make
 * them within the callbacks of a TLS library.  What has ended is handed out by
 * kupf_psk_client_process() only.
 *
 * There is no thread, no signal and no state outside of the object.  Two threads
 * may use two of them at the same time, not the same one: a server with
 * several threads has one for each.  Memory that held a key is wiped.
 */

#ifndef KUPF_PSK_CLIENT_H_
#define KUPF_PSK_CLIENT_H_

#include "kupf_psk_types.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** How long the daemon may take unless set, ms */
#define KUPF_PSK_CLIENT_TIMEOUT 50

/** How long the daemon may be away unless set, ms */
#define KUPF_PSK_CLIENT_PATIENCE 60000

typedef struct kupf_psk_client_t kupf_psk_client_t;
typedef enum kupf_psk_client_status_t kupf_psk_client_status_t;

/**
 * What became of a call.
 */
enum kupf_psk_client_status_t {
	/** done */
	KUPF_PSK_CLIENT_OK = 0,
	/** there is no such key */
	KUPF_PSK_CLIENT_NO_KEY = -1,
	/** the daemon did not answer in time, or is not there */
	KUPF_PSK_CLIENT_UNAVAILABLE = -2,
	/** the daemon has refused it, for there are too many */
	KUPF_PSK_CLIENT_REFUSED = -3,
	/** no memory, or what cannot be asked for */
	KUPF_PSK_CLIENT_INVALID = -4,
};

/**
 * Create a consumer, and try to connect.
 *
 * @param path		path of the service's socket, "unix://" may stand before it
 * @param cb		called with the end of each connection
 * @param ctx		for cb
 * @return			consumer, NULL if there is no memory
 */
kupf_psk_client_t *kupf_psk_client_create(const char *path,
										  kupf_psk_client_end_cb_t cb,
										  void *ctx);

/**
 * Destroy a consumer, and forget its connections, for which nothing is called
 * back: the daemon takes them all for closed.
 *
 * @param self		consumer, NULL for none
 */
void kupf_psk_client_destroy(kupf_psk_client_t *self);

/**
 * Set the deadline of every call that waits: KUPF_PSK_CLIENT_TIMEOUT at first.
 * A daemon that takes longer has lost the connection.
 *
 * @param self		consumer
 * @param timeout	ms
 */
void kupf_psk_client_set_timeout(kupf_psk_client_t *self, unsigned int timeout);

/**
 * Set how long the daemon may be away before all connections end:
 * KUPF_PSK_CLIENT_PATIENCE at first.
 *
 * @param self		consumer
 * @param patience	ms
 */
void kupf_psk_client_set_patience(kupf_psk_client_t *self,
								  unsigned int patience);

/**
 * Look up the key of a PSK identity.
 *
 * @param self		consumer
 * @param identity	identity, as it is
 * @param len		its length
 * @param key		[out] key, empty unless OK is returned
 * @return			status
 */
kupf_psk_client_status_t kupf_psk_client_find(kupf_psk_client_t *self,
											  const void *identity, size_t len,
											  kupf_psk_client_key_t *key);

/**
 * Look up the key of a session, on a UE.
 *
 * @param self		consumer
 * @param session	name of the session
 * @param key		[out] key with its identity, empty unless OK is returned
 * @return			status
 */
kupf_psk_client_status_t kupf_psk_client_find_session(kupf_psk_client_t *self,
											const char *session,
											kupf_psk_client_key_t *key);

/**
 * Ask the SMF side for the key of a session.  It does not wait for it.
 *
 * @param self		consumer
 * @param session	name of the session
 * @return			status; NO_KEY if there is nobody to be asked
 */
kupf_psk_client_status_t kupf_psk_client_request(kupf_psk_client_t *self,
												 const char *session);

/**
 * Take a connection up whose handshake has been carried out with a key, before
 * any data is let through.  Unless OK is returned it is to be closed: the key
 * has come to an end meanwhile, or nobody knows.
 *
 * @param self		consumer
 * @param key		key; the PSK itself may be wiped already
 * @param remote	address and port of the peer, "192.0.2.1[4433]", or NULL
 * @param user		for kupf_psk_client_end_t
 * @param id		[out] number of the connection, never 0
 * @return			status
 */
kupf_psk_client_status_t kupf_psk_client_up(kupf_psk_client_t *self,
											const kupf_psk_client_key_t *key,
											const char *remote, void *user,
											uint64_t *id);

/**
 * A connection that was taken up is closed.
 *
 * @param self		consumer
 * @param id		its number; nothing happens if there is none of it
 */
void kupf_psk_client_down(kupf_psk_client_t *self, uint64_t id);

/**
 * Get the descriptor to wait for, -1 if there is no connection.  It changes with
 * the connection.
 */
int kupf_psk_client_fd(const kupf_psk_client_t *self);

/**
 * Get what to wait for, as poll() has it.
 */
short kupf_psk_client_poll_events(const kupf_psk_client_t *self);

/**
 * Get how long to wait at most before kupf_psk_client_process().
 *
 * @return			ms as poll() has them, -1 for ever
 */
int kupf_psk_client_poll_timeout(const kupf_psk_client_t *self);

/**
 * Do what can be done without waiting: connect, ask for connections anew, call
 * back for those that end.  It waits once, if the daemon did not answer when the
 * object was created.
 *
 * @return			OK, or UNAVAILABLE if there is no connection to the daemon now
 */
kupf_psk_client_status_t kupf_psk_client_process(kupf_psk_client_t *self);

/**
 * Get a sentence about what has failed last, without any key or identity.
 */
const char *kupf_psk_client_error(const kupf_psk_client_t *self);

/**
 * Wipe a key.
 */
void kupf_psk_client_key_wipe(kupf_psk_client_key_t *key);

#ifdef __cplusplus
}
#endif

#endif /** KUPF_PSK_CLIENT_H_ @}*/
