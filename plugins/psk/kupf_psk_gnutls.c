/* SPDX-License-Identifier: MIT */

#include "kupf_psk_gnutls.h"

#include <stdlib.h>
#include <string.h>

/** Suites whose hash is that of the keys, and an exchange of keys with each */
#define PRIORITY "NORMAL:-VERS-ALL:+VERS-TLS1.3:-KX-ALL:+ECDHE-PSK:+DHE-PSK:" \
				 "-CIPHER-ALL:+AES-128-GCM:+CHACHA20-POLY1305:" \
				 "-GROUP-ALL:+GROUP-X25519:+GROUP-SECP256R1"

typedef struct state_t state_t;

/**
 * Credentials.
 */
struct kupf_psk_gnutls_t {
	/** of a server, or else NULL */
	gnutls_psk_server_credentials_t server;
	/** of a client, or else NULL */
	gnutls_psk_client_credentials_t client;
	/** where a server looks keys up */
	kupf_psk_client_t *consumer;
	/** key of a client */
	kupf_psk_client_key_t key;
};

/**
 * What a session has.
 */
struct state_t {
	/** its credentials */
	kupf_psk_gnutls_t *credentials;
	/** whose key it is set up with, without the PSK */
	kupf_psk_client_key_t key;
	/** the handshake is over */
	bool done;
};

/**
 * Remember whose key a session is set up with, or forget it.
 *
 * @param key		key, or NULL
 */
static void set_key(state_t *state, const kupf_psk_client_key_t *key)
{
	kupf_psk_client_key_wipe(&state->key);
	if (key)
	{
		state->key = *key;
		memset(state->key.psk, 0, sizeof(state->key.psk));
		state->key.psk_len = 0;
	}
}

/**
 * Copy octets for GnuTLS, which frees them.
 */
static bool give(gnutls_datum_t *datum, const void *ptr, size_t len)
{
	datum->data = gnutls_malloc(len);
	if (!datum->data)
	{
		return false;
	}
	memcpy(datum->data, ptr, len);
	datum->size = len;
	return true;
}

/**
 * Look the key of an identity up, for a server.
 */
static int find_key(gnutls_session_t session, const gnutls_datum_t *identity,
					gnutls_datum_t *psk)
{
	state_t *state = gnutls_session_get_ptr(session);
	kupf_psk_client_t *consumer = state->credentials->consumer;
	kupf_psk_client_key_t key;
	/* GnuTLS goes on with a key that nobody has; -1 would be another alert */
	int result = 1;

	set_key(state, NULL);
	if (kupf_psk_client_find(consumer, identity->data, identity->size, &key) ==
		KUPF_PSK_CLIENT_OK && key.form != KUPF_PSK_CLIENT_IMP)
	{
		set_key(state, &key);
		result = give(psk, key.psk, key.psk_len) ? 0 : -1;
	}
	kupf_psk_client_key_wipe(&key);
	return result;
}

/**
 * Give the key of a client.
 */
static int use_key(gnutls_session_t session, gnutls_datum_t *identity,
				   gnutls_datum_t *psk)
{
	state_t *state = gnutls_session_get_ptr(session);
	const kupf_psk_client_key_t *key = &state->credentials->key;

	set_key(state, key);
	if (!give(identity, key->identity, key->identity_len))
	{
		return -1;
	}
	if (!give(psk, key->psk, key->psk_len))
	{
		gnutls_free(identity->data);
		identity->data = NULL;
		return -1;
	}
	return 0;
}

/*
 * Described in header
 */
kupf_psk_gnutls_t *kupf_psk_gnutls_server(kupf_psk_client_t *client)
{
	kupf_psk_gnutls_t *self;

	self = calloc(1, sizeof(*self));
	if (!self)
	{
		return NULL;
	}
	self->consumer = client;
	if (gnutls_psk_allocate_server_credentials(&self->server) < 0)
	{
		free(self);
		return NULL;
	}
	gnutls_psk_set_server_credentials_function2(self->server, find_key);
	return self;
}

/*
 * Described in header
 */
kupf_psk_gnutls_t *kupf_psk_gnutls_client(const kupf_psk_client_key_t *key)
{
	kupf_psk_gnutls_t *self;

	if (key->form == KUPF_PSK_CLIENT_IMP || !key->psk_len ||
		!key->identity_len)
	{
		return NULL;
	}
	self = calloc(1, sizeof(*self));
	if (!self)
	{
		return NULL;
	}
	if (gnutls_psk_allocate_client_credentials(&self->client) < 0)
	{
		free(self);
		return NULL;
	}
	self->key = *key;
	gnutls_psk_set_client_credentials_function2(self->client, use_key);
	return self;
}

/*
 * Described in header
 */
void kupf_psk_gnutls_destroy(kupf_psk_gnutls_t *self)
{
	if (self)
	{
		if (self->server)
		{
			gnutls_psk_free_server_credentials(self->server);
		}
		if (self->client)
		{
			gnutls_psk_free_client_credentials(self->client);
		}
		kupf_psk_client_key_wipe(&self->key);
		free(self);
	}
}

/*
 * Described in header
 */
int kupf_psk_gnutls_init(kupf_psk_gnutls_t *self, gnutls_session_t *session,
						 unsigned int flags)
{
	state_t *state;
	int result;

	flags = (flags & (GNUTLS_NONBLOCK | GNUTLS_NO_SIGNAL)) | GNUTLS_NO_TICKETS |
			(self->server ? GNUTLS_SERVER : GNUTLS_CLIENT);
	state = calloc(1, sizeof(*state));
	if (!state)
	{
		return GNUTLS_E_MEMORY_ERROR;
	}
	state->credentials = self;
	result = gnutls_init(session, flags);
	if (result < 0)
	{
		free(state);
		return result;
	}
	gnutls_session_set_ptr(*session, state);
	result = gnutls_priority_set_direct(*session, PRIORITY, NULL);
	if (result >= 0)
	{
		result = gnutls_credentials_set(*session, GNUTLS_CRD_PSK,
										self->server ? (void*)self->server :
													   (void*)self->client);
	}
	if (result < 0)
	{
		kupf_psk_gnutls_deinit(*session);
	}
	return result;
}

/*
 * Described in header
 */
int kupf_psk_gnutls_handshake(gnutls_session_t session)
{
	state_t *state = gnutls_session_get_ptr(session);
	int result;

	result = gnutls_handshake(session);
	state->done = result == GNUTLS_E_SUCCESS &&
				  gnutls_auth_get_type(session) == GNUTLS_CRD_PSK &&
				  !gnutls_session_is_resumed(session);
	return result;
}

/*
 * Described in header
 */
const kupf_psk_client_key_t *kupf_psk_gnutls_get_key(gnutls_session_t session)
{
	const state_t *state = gnutls_session_get_ptr(session);

	return state->done && state->key.identity_len ? &state->key : NULL;
}

/*
 * Described in header
 */
void kupf_psk_gnutls_deinit(gnutls_session_t session)
{
	state_t *state = gnutls_session_get_ptr(session);

	gnutls_deinit(session);
	kupf_psk_client_key_wipe(&state->key);
	free(state);
}
