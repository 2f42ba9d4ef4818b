/* SPDX-License-Identifier: MIT */

/**
 * @defgroup kupf_psk_openssl kupf_psk_openssl
 * @{ @ingroup psk
 *
 * Keys of plugin kupf for OpenSSL 3.0 and later: library libkupf-psk-openssl.
 * TLS 1.3 with an external PSK of form ext or direct, and with nothing else.
 *
 * The two functions that prepare a context set what must not be forgotten:
 * suites with SHA-256 only; an exchange of keys in each handshake
 * (psk_dhe_ke); no tickets, as a ticket outlives the key, and no cache of
 * sessions; no early data; no certificate in place of the key.  What is set
 * otherwise after that is the caller's own doing.
 *
 * A server answers an unknown identity, one that is no identity of ours, and a
 * daemon that cannot be asked as it answers a wrong key: with a key that
 * nobody has.  A client has to offer one identity.
 *
 * A context belongs to the thread of its consumer, as all connections of it do.
 */

#ifndef KUPF_PSK_OPENSSL_H_
#define KUPF_PSK_OPENSSL_H_

#include "kupf_psk_client.h"

#include <openssl/ssl.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Prepare the context of a server.
 *
 * @param ctx		context of TLS_server_method(), new
 * @param client	consumer, outlives ctx and all of its connections
 * @return			FALSE if that failed: ctx is not to be used then
 */
bool kupf_psk_openssl_server(SSL_CTX *ctx, kupf_psk_client_t *client);

/**
 * Prepare the context of a client.
 *
 * @param ctx		context of TLS_client_method(), new
 * @param key		key of form ext or direct, copied; the copy is wiped with ctx
 * @return			FALSE if that failed: ctx is not to be used then
 */
bool kupf_psk_openssl_client(SSL_CTX *ctx, const kupf_psk_client_key_t *key);

/**
 * Get whose key has authenticated a connection, for kupf_psk_client_up(); with
 * the identity and without the PSK.
 *
 * @param ssl		connection of such a context
 * @return			internal data, valid as long as ssl; NULL before the handshake
 *					is over, or if none has
 */
const kupf_psk_client_key_t *kupf_psk_openssl_get_key(const SSL *ssl);

#ifdef __cplusplus
}
#endif

#endif /** KUPF_PSK_OPENSSL_H_ @}*/
