/* SPDX-License-Identifier: MIT */

#include "kupf_psk_openssl.h"

#include <openssl/crypto.h>
#include <openssl/rand.h>

#include <pthread.h>
#include <string.h>

/** Suites whose hash is that of the keys */
#define SUITES "TLS_AES_128_GCM_SHA256:TLS_CHACHA20_POLY1305_SHA256"

/** One of them, as OpenSSL has it for a session */
static const unsigned char suite[] = { 0x13, 0x01 };

/** Where contexts have the consumer or the key, and connections the key */
static int ctx_index = -1, ssl_index = -1;

/** Guards that they are made once */
static pthread_once_t once = PTHREAD_ONCE_INIT;

/**
 * Wipe and free a key.
 */
static void free_key(void *parent, void *ptr, CRYPTO_EX_DATA *data, int index,
					 long argl, void *argp)
{
	(void)parent;
	(void)data;
	(void)index;
	(void)argl;
	(void)argp;
	OPENSSL_clear_free(ptr, sizeof(kupf_psk_client_key_t));
}

/** Where contexts of clients have the key */
static int key_index = -1;

static void make_indexes(void)
{
	ctx_index = SSL_CTX_get_ex_new_index(0, NULL, NULL, NULL, NULL);
	key_index = SSL_CTX_get_ex_new_index(0, NULL, NULL, NULL, free_key);
	ssl_index = SSL_get_ex_new_index(0, NULL, NULL, NULL, free_key);
}

/**
 * Remember whose key a connection is set up with, or forget it.
 *
 * @param key		key, or NULL
 */
static bool set_key(SSL *ssl, const kupf_psk_client_key_t *key)
{
	kupf_psk_client_key_t *copy = SSL_get_ex_data(ssl, ssl_index);

	if (!copy)
	{
		copy = OPENSSL_zalloc(sizeof(*copy));
		if (!copy || !SSL_set_ex_data(ssl, ssl_index, copy))
		{
			OPENSSL_free(copy);
			return false;
		}
	}
	OPENSSL_cleanse(copy, sizeof(*copy));
	if (key)
	{
		*copy = *key;
		OPENSSL_cleanse(copy->psk, sizeof(copy->psk));
		copy->psk_len = 0;
	}
	return true;
}

/**
 * Make the session that OpenSSL takes an external PSK as.
 *
 * @return			NULL if that failed
 */
static SSL_SESSION *make_session(SSL *ssl, const uint8_t *psk, size_t len)
{
	const SSL_CIPHER *cipher = SSL_CIPHER_find(ssl, suite);
	SSL_SESSION *session = SSL_SESSION_new();

	if (!session || !cipher ||
		!SSL_SESSION_set1_master_key(session, psk, len) ||
		!SSL_SESSION_set_cipher(session, cipher) ||
		!SSL_SESSION_set_protocol_version(session, TLS1_3_VERSION) ||
		!SSL_SESSION_set_max_early_data(session, 0))
	{
		SSL_SESSION_free(session);
		return NULL;
	}
	return session;
}

/**
 * Look the key of an identity up, for a server.
 */
static int find_session(SSL *ssl, const unsigned char *identity, size_t len,
						SSL_SESSION **session)
{
	kupf_psk_client_t *client = SSL_CTX_get_ex_data(SSL_get_SSL_CTX(ssl),
													ctx_index);
	kupf_psk_client_key_t key;
	bool found;

	found = kupf_psk_client_find(client, identity, len, &key) ==
			KUPF_PSK_CLIENT_OK && key.form != KUPF_PSK_CLIENT_IMP;
	if (!found)
	{	/* OpenSSL would tell an unknown identity from a wrong key */
		kupf_psk_client_key_wipe(&key);
		key.psk_len = 32;
		if (RAND_bytes(key.psk, key.psk_len) != 1)
		{
			return 0;
		}
	}
	*session = NULL;
	if (set_key(ssl, found ? &key : NULL))
	{
		*session = make_session(ssl, key.psk, key.psk_len);
	}
	kupf_psk_client_key_wipe(&key);
	return *session != NULL;
}

/**
 * Give the key of a client.
 */
static int use_session(SSL *ssl, const EVP_MD *md,
					   const unsigned char **identity, size_t *len,
					   SSL_SESSION **session)
{
	const kupf_psk_client_key_t *key = SSL_CTX_get_ex_data(SSL_get_SSL_CTX(ssl),
														   key_index);

	*session = NULL;
	if (md && !EVP_MD_is_a(md, "SHA2-256"))
	{	/* a server that has chosen another hash */
		return 0;
	}
	if (set_key(ssl, key))
	{
		*session = make_session(ssl, key->psk, key->psk_len);
	}
	*identity = key->identity;
	*len = key->identity_len;
	return *session != NULL;
}

/**
 * Refuse a certificate, whoever has signed it.
 */
static int refuse_certificate(X509_STORE_CTX *store, void *arg)
{
	(void)arg;
	X509_STORE_CTX_set_error(store, X509_V_ERR_APPLICATION_VERIFICATION);
	return 0;
}

/**
 * Set what both ends have in common.
 */
static bool prepare(SSL_CTX *ctx)
{
	pthread_once(&once, make_indexes);
	if (ctx_index < 0 || key_index < 0 || ssl_index < 0)
	{
		return false;
	}
	SSL_CTX_set_options(ctx, SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION);
	SSL_CTX_clear_options(ctx, SSL_OP_ALLOW_NO_DHE_KEX);
	SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
	return SSL_CTX_set_min_proto_version(ctx, TLS1_3_VERSION) &&
		   SSL_CTX_set_max_proto_version(ctx, TLS1_3_VERSION) &&
		   SSL_CTX_set_ciphersuites(ctx, SUITES) &&
		   SSL_CTX_set_num_tickets(ctx, 0) &&
		   SSL_CTX_set_max_early_data(ctx, 0) &&
		   SSL_CTX_set_recv_max_early_data(ctx, 0);
}

/*
 * Described in header
 */
bool kupf_psk_openssl_server(SSL_CTX *ctx, kupf_psk_client_t *client)
{
	if (!prepare(ctx) || !SSL_CTX_set_ex_data(ctx, ctx_index, client))
	{
		return false;
	}
	SSL_CTX_set_psk_find_session_callback(ctx, find_session);
	return true;
}

/*
 * Described in header
 */
bool kupf_psk_openssl_client(SSL_CTX *ctx, const kupf_psk_client_key_t *key)
{
	kupf_psk_client_key_t *copy;

	if (key->form == KUPF_PSK_CLIENT_IMP || !key->psk_len ||
		!key->identity_len || !prepare(ctx))
	{
		return false;
	}
	copy = OPENSSL_memdup(key, sizeof(*key));
	if (!copy || !SSL_CTX_set_ex_data(ctx, key_index, copy))
	{
		OPENSSL_clear_free(copy, sizeof(*key));
		return false;
	}
	SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, NULL);
	SSL_CTX_set_cert_verify_callback(ctx, refuse_certificate, NULL);
	SSL_CTX_set_psk_use_session_callback(ctx, use_session);
	return true;
}

/*
 * Described in header
 */
const kupf_psk_client_key_t *kupf_psk_openssl_get_key(const SSL *ssl)
{
	const kupf_psk_client_key_t *key = SSL_get_ex_data(ssl, ssl_index);

	return key && key->identity_len && SSL_is_init_finished(ssl) &&
		   SSL_session_reused(ssl) ? key : NULL;
}
