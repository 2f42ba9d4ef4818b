/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "test_tls_end.h"
#include "psk/kupf_psk_gnutls.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/**
 * What has become of a call.
 */
static test_end_status_t look(test_end_t *this, int result)
{
	if (result >= 0)
	{
		return TEST_END_DONE;
	}
	if (!gnutls_error_is_fatal(result))
	{
		return TEST_END_AGAIN;
	}
	if (result == GNUTLS_E_FATAL_ALERT_RECEIVED)
	{
		this->alert = gnutls_alert_get(this->session);
	}
	else
	{
		gnutls_alert_send_appropriate(this->session, result);
	}
	return TEST_END_FAILED;
}

static test_end_status_t do_handshake(test_end_t *this)
{
	return this->status = look(this, kupf_psk_gnutls_handshake(this->session));
}

static test_end_status_t bare_handshake(test_end_t *this)
{
	return this->status = look(this, gnutls_handshake(this->session));
}

static int do_send(test_end_t *this, const void *ptr, int len)
{
	return gnutls_record_send(this->session, ptr, len);
}

static int do_receive(test_end_t *this, void *ptr, int len)
{
	int result = gnutls_record_recv(this->session, ptr, len);

	look(this, result);
	return result;
}

static const kupf_psk_client_key_t *get_key(test_end_t *this)
{
	return kupf_psk_gnutls_get_key(this->session);
}

static void destroy(test_end_t *this)
{
	kupf_psk_gnutls_deinit(this->session);
	kupf_psk_gnutls_destroy(this->context);
	close(this->fd);
	free(this);
}

static test_end_t *create(gnutls_session_t session, void *context, int fd)
{
	test_end_t *this;

	gnutls_transport_set_int(session, fd);
	this = calloc(1, sizeof(*this));
	*this = (test_end_t){
		.handshake = do_handshake,
		.send = do_send,
		.receive = do_receive,
		.get_key = get_key,
		.destroy = destroy,
		.alert = -1,
		.fd = fd,
		.session = session,
		.context = context,
	};
	return this;
}

/*
 * Described in header
 */
test_end_t *test_gnutls_server(kupf_psk_client_t *client, int fd)
{
	kupf_psk_gnutls_t *credentials = kupf_psk_gnutls_server(client);
	gnutls_session_t session;

	ck_assert_ptr_nonnull(credentials);
	ck_assert(!kupf_psk_gnutls_init(credentials, &session, GNUTLS_NONBLOCK));
	return create(session, credentials, fd);
}

/*
 * Described in header
 */
test_end_t *test_gnutls_client(const kupf_psk_client_key_t *key, int fd)
{
	kupf_psk_gnutls_t *credentials = kupf_psk_gnutls_client(key);
	gnutls_session_t session;

	ck_assert_ptr_nonnull(credentials);
	ck_assert(!kupf_psk_gnutls_init(credentials, &session, GNUTLS_NONBLOCK));
	return create(session, credentials, fd);
}

static void bare_destroy(test_end_t *this)
{
	gnutls_deinit(this->session);
	gnutls_psk_free_client_credentials(this->context);
	close(this->fd);
	free(this);
}

static void bare_server_destroy(test_end_t *this)
{
	gnutls_deinit(this->session);
	gnutls_psk_free_server_credentials(this->context);
	close(this->fd);
	free(this);
}

/** Key of the bare end, of which there is one at a time */
static const kupf_psk_client_key_t *bare;

static int bare_find(gnutls_session_t session, const gnutls_datum_t *id,
					 gnutls_datum_t *psk)
{
	psk->data = gnutls_malloc(bare->psk_len);
	psk->size = bare->psk_len;
	memcpy(psk->data, bare->psk, bare->psk_len);
	return 0;
}

/*
 * Described in header
 */
test_end_t *test_gnutls_bare(const kupf_psk_client_key_t *key,
							 const char *priority, bool server, int fd)
{
	gnutls_datum_t id = { (void*)key->identity, key->identity_len };
	gnutls_datum_t psk = { (void*)key->psk, key->psk_len };
	gnutls_psk_client_credentials_t client = NULL;
	gnutls_psk_server_credentials_t of_server = NULL;
	gnutls_session_t session;
	test_end_t *this;

	bare = key;
	ck_assert(!gnutls_init(&session, GNUTLS_NONBLOCK |
						   (server ? GNUTLS_SERVER : GNUTLS_CLIENT)));
	ck_assert(!gnutls_priority_set_direct(session, priority, NULL));
	if (server)
	{
		ck_assert(!gnutls_psk_allocate_server_credentials(&of_server));
		gnutls_psk_set_server_credentials_function2(of_server, bare_find);
		gnutls_credentials_set(session, GNUTLS_CRD_PSK, of_server);
	}
	else
	{
		ck_assert(!gnutls_psk_allocate_client_credentials(&client));
		ck_assert(!gnutls_psk_set_client_credentials2(client, &id, &psk,
													  GNUTLS_PSK_KEY_RAW));
		gnutls_credentials_set(session, GNUTLS_CRD_PSK, client);
	}
	this = create(session, server ? (void*)of_server : (void*)client, fd);
	this->handshake = bare_handshake;
	this->destroy = server ? bare_server_destroy : bare_destroy;
	return this;
}
