/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "test_openssl_end.h"
#include "psk/kupf_psk_openssl.h"

#include <check.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/** Handshake message of a ticket */
#define NEW_SESSION_TICKET 4

static test_end_status_t do_handshake(test_end_t *this)
{
	int result = SSL_do_handshake(this->session);

	if (result == 1)
	{
		return this->status = TEST_END_DONE;
	}
	switch (SSL_get_error(this->session, result))
	{
		case SSL_ERROR_WANT_READ:
		case SSL_ERROR_WANT_WRITE:
			return this->status = TEST_END_AGAIN;
		default:
			return this->status = TEST_END_FAILED;
	}
}

static int do_send(test_end_t *this, const void *ptr, int len)
{
	return SSL_write(this->session, ptr, len);
}

static int do_receive(test_end_t *this, void *ptr, int len)
{
	return SSL_read(this->session, ptr, len);
}

static const kupf_psk_client_key_t *get_key(test_end_t *this)
{
	return kupf_psk_openssl_get_key(this->session);
}

static void destroy(test_end_t *this)
{
	SSL_free(this->session);
	SSL_CTX_free(this->context);
	close(this->fd);
	free(this);
}

static void on_info(const SSL *ssl, int where, int value)
{
	test_end_t *this = SSL_get_app_data(ssl);

	if (where == SSL_CB_READ_ALERT)
	{
		this->alert = value & 0xff;
	}
}

static void on_message(int sent, int version, int type, const void *buf,
					   size_t len, SSL *ssl, void *arg)
{
	test_end_t *this = arg;

	if (!sent && type == SSL3_RT_HANDSHAKE && len &&
		*(const uint8_t*)buf == NEW_SESSION_TICKET)
	{
		this->tickets++;
	}
}

/*
 * Described in header
 */
test_end_t *test_openssl_end(SSL_CTX *ctx, bool server, int fd)
{
	test_end_t *this;
	SSL *ssl;

	ssl = SSL_new(ctx);
	ck_assert_ptr_nonnull(ssl);
	this = calloc(1, sizeof(*this));
	*this = (test_end_t){
		.handshake = do_handshake,
		.send = do_send,
		.receive = do_receive,
		.get_key = get_key,
		.destroy = destroy,
		.alert = -1,
		.fd = fd,
		.session = ssl,
		.context = ctx,
	};
	SSL_set_app_data(ssl, this);
	SSL_set_info_callback(ssl, on_info);
	SSL_set_msg_callback(ssl, on_message);
	SSL_set_msg_callback_arg(ssl, this);
	SSL_set_fd(ssl, fd);
	if (server)
	{
		SSL_set_accept_state(ssl);
	}
	else
	{
		SSL_set_connect_state(ssl);
	}
	return this;
}

/*
 * Described in header
 */
test_end_t *test_openssl_server(kupf_psk_client_t *client, int fd)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());

	ck_assert(kupf_psk_openssl_server(ctx, client));
	return test_openssl_end(ctx, true, fd);
}

/*
 * Described in header
 */
test_end_t *test_openssl_client(const kupf_psk_client_key_t *key, int fd)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());

	ck_assert(kupf_psk_openssl_client(ctx, key));
	return test_openssl_end(ctx, false, fd);
}

/** Key of all bare ends, of which there is one at a time */
static const kupf_psk_client_key_t *bare;

static SSL_SESSION *make_session(SSL *ssl)
{
	static const unsigned char suite[] = { 0x13, 0x01 };
	SSL_SESSION *session = SSL_SESSION_new();

	ck_assert(SSL_SESSION_set1_master_key(session, bare->psk, bare->psk_len));
	ck_assert(SSL_SESSION_set_cipher(session, SSL_CIPHER_find(ssl, suite)));
	ck_assert(SSL_SESSION_set_protocol_version(session, TLS1_3_VERSION));
	return session;
}

static int find_session(SSL *ssl, const unsigned char *id, size_t len,
						SSL_SESSION **session)
{
	*session = len == bare->identity_len && !memcmp(id, bare->identity, len) ?
			   make_session(ssl) : NULL;
	return 1;
}

static int use_session(SSL *ssl, const EVP_MD *md, const unsigned char **id,
					   size_t *len, SSL_SESSION **session)
{
	*id = bare->identity;
	*len = bare->identity_len;
	*session = make_session(ssl);
	return 1;
}

/*
 * Described in header
 */
SSL_CTX *test_openssl_bare(const kupf_psk_client_key_t *key, bool server)
{
	SSL_CTX *ctx;

	bare = key;
	ctx = SSL_CTX_new(server ? TLS_server_method() : TLS_client_method());
	SSL_CTX_set_psk_find_session_callback(ctx, server ? find_session : NULL);
	SSL_CTX_set_psk_use_session_callback(ctx, server ? NULL : use_session);
	return ctx;
}

/*
 * Described in header
 */
void test_openssl_certify(SSL_CTX *ctx, SSL_CTX *trusting)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *cert = X509_new();
	X509_NAME *name = X509_get_subject_name(cert);

	ck_assert(X509_set_version(cert, 2));
	ASN1_INTEGER_set(X509_get_serialNumber(cert), 1);
	X509_gmtime_adj(X509_getm_notBefore(cert), -3600);
	X509_gmtime_adj(X509_getm_notAfter(cert), 3600);
	X509_set_pubkey(cert, key);
	X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
							   (const unsigned char*)"upf", -1, -1, 0);
	X509_set_issuer_name(cert, name);
	ck_assert(X509_sign(cert, key, EVP_sha256()));
	ck_assert(SSL_CTX_use_certificate(ctx, cert));
	ck_assert(SSL_CTX_use_PrivateKey(ctx, key));
	ck_assert(X509_STORE_add_cert(SSL_CTX_get_cert_store(trusting), cert));
	X509_free(cert);
	EVP_PKEY_free(key);
}
