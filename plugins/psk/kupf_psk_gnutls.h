/* SPDX-License-Identifier: MIT */

/**
 * @defgroup kupf_psk_gnutls kupf_psk_gnutls
 * @{ @ingroup psk
 *
 * Keys of plugin kupf for GnuTLS 3.7 and later: library libkupf-psk-gnutls.
 * TLS 1.3 with an external PSK of form ext or direct, and with nothing else.
 *
 * Sessions are created by kupf_psk_gnutls_init(), which sets what must not be
 * forgotten: suites with SHA-256 only; an exchange of keys in each handshake
 * (ECDHE-PSK and DHE-PSK, never PSK alone); no tickets, as a ticket outlives the
 * key; no early data; no certificate in place of the key.  What is set otherwise
 * after that is the caller's own doing.
 *
 * A server answers an unknown identity, one that is no identity of ours, and a
 * daemon that cannot be asked as it answers a wrong key.
 *
 * All of it belongs to the thread of its consumer.
 */

#ifndef KUPF_PSK_GNUTLS_H_
#define KUPF_PSK_GNUTLS_H_

#include "kupf_psk_client.h"

#include <gnutls/gnutls.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct kupf_psk_gnutls_t kupf_psk_gnutls_t;

/**
 * Create the credentials of a server.
 *
 * @param client	consumer, outlives them and all of their sessions
 * @return			credentials, NULL if that failed
 */
kupf_psk_gnutls_t *kupf_psk_gnutls_server(kupf_psk_client_t *client);

/**
 * Create the credentials of a client.
 *
 * @param key		key of form ext or direct, copied; the copy is wiped with them
 * @return			credentials, NULL if that failed
 */
kupf_psk_gnutls_t *kupf_psk_gnutls_client(const kupf_psk_client_key_t *key);

/**
 * Destroy credentials, whose sessions are gone.
 *
 * @param self		credentials, NULL for none
 */
void kupf_psk_gnutls_destroy(kupf_psk_gnutls_t *self);

/**
 * Create a session.  gnutls_session_get_ptr() is ours.
 *
 * @param self		credentials
 * @param session	[out] session, to be given to kupf_psk_gnutls_deinit()
 * @param flags		GNUTLS_NONBLOCK and GNUTLS_NO_SIGNAL; others are left out
 * @return			0, or an error of GnuTLS
 */
int kupf_psk_gnutls_init(kupf_psk_gnutls_t *self, gnutls_session_t *session,
						 unsigned int flags);

/**
 * Go on with the handshake, as gnutls_handshake(), which must not be called
 * itself.
 */
int kupf_psk_gnutls_handshake(gnutls_session_t session);

/**
 * Get whose key has authenticated a session, for kupf_psk_client_up(); with the
 * identity and without the PSK.
 *
 * @return			internal data, valid as long as the session; NULL before the
 *					handshake is over
 */
const kupf_psk_client_key_t *kupf_psk_gnutls_get_key(gnutls_session_t session);

/**
 * Destroy a session.
 */
void kupf_psk_gnutls_deinit(gnutls_session_t session);

#ifdef __cplusplus
}
#endif

#endif /** KUPF_PSK_GNUTLS_H_ @}*/
