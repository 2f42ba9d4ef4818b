/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup test_tls_end test_tls_end
 * @{ @ingroup tests
 *
 * An end of a TLS connection over a socket pair, of OpenSSL or of GnuTLS.
 */

#ifndef TEST_TLS_END_H_
#define TEST_TLS_END_H_

#include "psk/kupf_psk_client.h"

#include <stdbool.h>

typedef struct test_end_t test_end_t;

/**
 * Where a handshake is.
 */
typedef enum {
	TEST_END_AGAIN,
	TEST_END_DONE,
	TEST_END_FAILED,
} test_end_status_t;

struct test_end_t {

	/** go on with the handshake */
	test_end_status_t (*handshake)(test_end_t *this);

	/** send and receive; number of octets, -1 if there are none, and the alert
	 * is set if one has come */
	int (*send)(test_end_t *this, const void *ptr, int len);
	int (*receive)(test_end_t *this, void *ptr, int len);

	/** whose key it is, for ends of libkupf-psk */
	const kupf_psk_client_key_t *(*get_key)(test_end_t *this);

	/** close the descriptor and free all */
	void (*destroy)(test_end_t *this);

	/** where the handshake is */
	test_end_status_t status;
	/** alert that the other end has sent, -1 for none */
	int alert;
	/** NewSessionTickets that have come, for ends of OpenSSL */
	unsigned int tickets;
	/** descriptor */
	int fd;
	/** the library's */
	void *session, *context;
};

/**
 * Create an end of libkupf-psk that is a server.
 */
typedef test_end_t *(*test_end_server_t)(kupf_psk_client_t *client, int fd);

/**
 * Create an end of libkupf-psk that is a client.
 */
typedef test_end_t *(*test_end_client_t)(const kupf_psk_client_key_t *key,
										 int fd);

test_end_t *test_openssl_server(kupf_psk_client_t *client, int fd);
test_end_t *test_openssl_client(const kupf_psk_client_key_t *key, int fd);
test_end_t *test_gnutls_server(kupf_psk_client_t *client, int fd);
test_end_t *test_gnutls_client(const kupf_psk_client_key_t *key, int fd);

/**
 * Create an end of GnuTLS with its own priorities and a PSK.
 */
test_end_t *test_gnutls_bare(const kupf_psk_client_key_t *key,
							 const char *priority, bool server, int fd);

#endif /** TEST_TLS_END_H_ @}*/
