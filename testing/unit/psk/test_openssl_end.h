/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup test_openssl_end test_openssl_end
 * @{ @ingroup tests
 *
 * Ends of OpenSSL that are set otherwise than libkupf-psk sets them.
 */

#ifndef TEST_OPENSSL_END_H_
#define TEST_OPENSSL_END_H_

#include "test_tls_end.h"

#include <openssl/ssl.h>

/**
 * Create an end of a context, which is adopted.
 */
test_end_t *test_openssl_end(SSL_CTX *ctx, bool server, int fd);

/**
 * Create a context with a PSK and nothing else set.
 *
 * @param key		key, outlives it
 */
SSL_CTX *test_openssl_bare(const kupf_psk_client_key_t *key, bool server);

/**
 * Give a server a certificate of its own, and have others trust it.
 *
 * @param trusting	context of a client
 */
void test_openssl_certify(SSL_CTX *ctx, SSL_CTX *trusting);

#endif /** TEST_OPENSSL_END_H_ @}*/
