/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Real handshakes with keys of the real socket of consumers, OpenSSL and GnuTLS
 * at either end; and what each of them does that must not be.
 */

#include "test_psk_upf.h"
#include "test_runner.h"
#include "test_openssl_end.h"
#include "psk/kupf_psk_gnutls.h"
#include "psk/kupf_psk_openssl.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

/** Longest ClientHello of a test */
#define HELLO_MAX 2048

/** Octets of ticket keys of OpenSSL */
#define TICKET_KEYS 80

/** Extensions of TLS */
#define EXT_PRE_SHARED_KEY 41
#define EXT_EARLY_DATA 42
#define EXT_PSK_MODES 45

/** Identities that nobody has: of the length of ours, of that of a ticket of
 * OpenSSL, and longer than any */
static const size_t strange[] = { 16, 1, 192, 255, 256, 1000 };

static const struct {
	const char *name;
	test_end_server_t server;
	test_end_client_t client;
} libraries[] = {
	{ "OpenSSL", test_openssl_server, test_openssl_client },
	{ "GnuTLS", test_gnutls_server, test_gnutls_client },
};

/** Combinations of both ends */
#define COMBINATIONS (countof(libraries) * countof(libraries))

static kupf_psk_client_t *client;

static kupf_psk_client_key_t right;

static void ignore_end(void *ctx, const kupf_psk_client_end_t *end)
{
}

static void setup()
{
	test_psk_upf_start(KUPF_ROLE_UPF);
	client = kupf_psk_client_create(test_psk_upf_path(), ignore_end, NULL);
	ck_assert_ptr_nonnull(client);
	kupf_psk_client_set_timeout(client, 10000);
	test_psk_upf_run("establish-session", "session=a ue-id=keyid:ue key=" KUPF
					 " services=[mpquic]");
	ck_assert_int_eq(kupf_psk_client_find(client, PSK_ID, 16, &right),
					 KUPF_PSK_CLIENT_OK);
}

static void teardown()
{
	kupf_psk_client_destroy(client);
	test_psk_upf_end();
}

static void make_pair(int fds[2])
{
	ck_assert(!socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds));
}

/**
 * Carry a handshake out until both ends are done, or one has failed and the
 * other one knows.
 */
static void shake(test_end_t *ue, test_end_t *upf)
{
	u_int i;

	for (i = 0; i < 50; i++)
	{
		if (ue->status == TEST_END_AGAIN)
		{
			ue->handshake(ue);
		}
		if (upf->status == TEST_END_AGAIN)
		{
			upf->handshake(upf);
		}
	}
}

static void assert_data(test_end_t *ue, test_end_t *upf)
{
	char buf[8];

	ck_assert_int_eq(ue->send(ue, "ping", 4), 4);
	ck_assert_int_eq(upf->receive(upf, buf, sizeof(buf)), 4);
	ck_assert_int_eq(upf->send(upf, "pong", 4), 4);
	ck_assert_int_eq(ue->receive(ue, buf, sizeof(buf)), 4);
	ck_assert(memeq(buf, "pong", 4));
}

/**
 * Carry out a handshake that must fail, and get the alert of the server.
 */
static int refused_alert(test_end_t *ue, test_end_t *upf)
{
	char buf[8];
	int alert;

	shake(ue, upf);
	ck_assert_int_eq(upf->status, TEST_END_FAILED);
	ck_assert_ptr_null(upf->get_key(upf));
	if (ue->status == TEST_END_DONE)
	{
		ue->receive(ue, buf, sizeof(buf));
	}
	alert = ue->alert;
	ue->destroy(ue);
	upf->destroy(upf);
	return alert;
}

/**
 * The alert that a server of libkupf-psk has for a key.
 *
 * @param i		combination of libraries
 */
static int alert_of(u_int i, const kupf_psk_client_key_t *key)
{
	int fds[2];

	make_pair(fds);
	return refused_alert(libraries[i % 2].client(key, fds[0]),
						 libraries[i / 2].server(client, fds[1]));
}

START_TEST(test_handshake)
{
	const kupf_psk_client_key_t *key;
	test_end_t *ue, *upf;
	uint64_t id;
	int fds[2];

	make_pair(fds);
	ue = libraries[_i % 2].client(&right, fds[0]);
	upf = libraries[_i / 2].server(client, fds[1]);
	ck_assert_ptr_null(upf->get_key(upf));
	ck_assert_ptr_null(ue->get_key(ue));
	shake(ue, upf);
	ck_assert_int_eq(ue->status, TEST_END_DONE);
	ck_assert_int_eq(upf->status, TEST_END_DONE);
	assert_data(ue, upf);
	/* no ticket, not even after that */
	ck_assert_uint_eq(ue->tickets, 0);

	key = upf->get_key(upf);
	ck_assert_ptr_nonnull(key);
	ck_assert_str_eq(key->session, "a");
	ck_assert_uint_eq(key->psk_len, 0);
	ck_assert_ptr_nonnull(ue->get_key(ue));
	ck_assert_int_eq(kupf_psk_client_up(client, key, NULL, NULL, &id),
					 KUPF_PSK_CLIENT_OK);
	/* the key goes while another handshake is under way */
	test_psk_upf_run("delete-session", "session=a");
	ck_assert_int_eq(kupf_psk_client_up(client, key, NULL, NULL, &id),
					 KUPF_PSK_CLIENT_NO_KEY);
	ue->destroy(ue);
	upf->destroy(upf);
}
END_TEST

/**
 * A wrong key, unknown identities of any length, a key that was deleted, and a
 * daemon that is not there: one alert.
 */
START_TEST(test_alerts)
{
	kupf_psk_client_key_t key = right;
	int alert;
	u_int i;

	key.psk[0] ^= 1;
	alert = alert_of(_i, &key);
	ck_assert_int_gt(alert, 0);
	for (i = 0; i < countof(strange); i++)
	{
		if (strange[i] <= sizeof(key.identity))
		{
			memset(key.identity, 'x', strange[i]);
			key.identity_len = strange[i];
			ck_assert_int_eq(alert_of(_i, &key), alert);
		}
	}
	test_psk_upf_run("delete-session", "session=a");
	ck_assert_int_eq(alert_of(_i, &right), alert);
	test_psk_upf_stop();
	ck_assert_int_eq(alert_of(_i, &right), alert);
}
END_TEST

/**
 * Read two octets.
 */
static u_int number(const uint8_t *ptr)
{
	return ptr[0] << 8 | ptr[1];
}

/**
 * Find an extension of a ClientHello in its record.
 *
 * @return			empty if there is none
 */
static chunk_t find_extension(chunk_t hello, u_int type)
{
	size_t pos = 5 + 4 + 2 + 32, end;

	pos += 1 + hello.ptr[pos];
	pos += 2 + number(hello.ptr + pos);
	pos += 1 + hello.ptr[pos];
	end = pos + 2 + number(hello.ptr + pos);
	ck_assert_uint_eq(end, hello.len);
	for (pos += 2; pos + 4 <= end; pos += 4 + number(hello.ptr + pos + 2))
	{
		if (number(hello.ptr + pos) == type)
		{
			return chunk_create(hello.ptr + pos + 4,
								number(hello.ptr + pos + 2));
		}
	}
	return chunk_empty;
}

/**
 * What a client sends: one identity, an exchange of keys with it, no data before
 * the end of the handshake.
 */
START_TEST(test_hello)
{
	uint8_t buf[HELLO_MAX];
	chunk_t hello, ext;
	test_end_t *ue;
	ssize_t len;
	int fds[2];

	make_pair(fds);
	ue = libraries[_i].client(&right, fds[0]);
	ue->handshake(ue);
	len = recv(fds[1], buf, sizeof(buf), 0);
	ck_assert_int_gt(len, 5 + 4 + 2 + 32);
	hello = chunk_create(buf, len);
	ext = find_extension(hello, EXT_PSK_MODES);
	ck_assert_uint_eq(ext.len, 2);
	ck_assert_uint_eq(ext.ptr[0], 1);
	ck_assert_uint_eq(ext.ptr[1], 1);
	ck_assert_uint_eq(find_extension(hello, EXT_EARLY_DATA).len, 0);
	ck_assert_ptr_null(find_extension(hello, EXT_EARLY_DATA).ptr);
	ext = find_extension(hello, EXT_PRE_SHARED_KEY);
	ck_assert_uint_eq(number(ext.ptr), 2 + 16 + 4);
	ck_assert_uint_eq(number(ext.ptr + 2), 16);
	ck_assert(memeq(ext.ptr + 4, PSK_ID, 16));
	ck_assert(memeq(ext.ptr + 20, "\0\0\0\0", 4));
	/* and a binder of SHA-256 */
	ck_assert_uint_eq(number(ext.ptr + 24), 33);
	ue->destroy(ue);
	close(fds[1]);
}
END_TEST

/**
 * Who offers, or takes, a PSK without an exchange of keys gets none.
 */
START_TEST(test_psk_alone)
{
	static const char *alone = "NORMAL:-VERS-ALL:+VERS-TLS1.3:-KX-ALL:+PSK:"
							   "-CIPHER-ALL:+AES-128-GCM";
	test_end_t *ue, *upf;
	int fds[2];

	/* GnuTLS does it, if it is let */
	make_pair(fds);
	ue = test_gnutls_bare(&right, alone, FALSE, fds[0]);
	upf = test_gnutls_bare(&right, alone, TRUE, fds[1]);
	shake(ue, upf);
	ck_assert_int_eq(upf->status, TEST_END_DONE);
	ue->destroy(ue);
	upf->destroy(upf);

	make_pair(fds);
	refused_alert(test_gnutls_bare(&right, alone, FALSE, fds[0]),
				  libraries[_i].server(client, fds[1]));

	make_pair(fds);
	ue = libraries[_i].client(&right, fds[0]);
	upf = test_gnutls_bare(&right, alone, TRUE, fds[1]);
	shake(ue, upf);
	ck_assert_int_ne(ue->status, TEST_END_DONE);
	ck_assert_ptr_null(ue->get_key(ue));
	ue->destroy(ue);
	upf->destroy(upf);
}
END_TEST

/**
 * Suites of another hash, and older versions, are not there.
 */
START_TEST(test_suites)
{
	test_end_t *ue, *upf;
	SSL_CTX *ctx;
	int fds[2];

	make_pair(fds);
	ctx = test_openssl_bare(&right, FALSE);
	SSL_CTX_set_ciphersuites(ctx, "TLS_AES_256_GCM_SHA384");
	refused_alert(test_openssl_end(ctx, FALSE, fds[0]),
				  libraries[_i].server(client, fds[1]));

	make_pair(fds);
	ctx = test_openssl_bare(&right, FALSE);
	SSL_CTX_set_max_proto_version(ctx, TLS1_2_VERSION);
	refused_alert(test_openssl_end(ctx, FALSE, fds[0]),
				  libraries[_i].server(client, fds[1]));

	make_pair(fds);
	ctx = test_openssl_bare(&right, TRUE);
	SSL_CTX_set_ciphersuites(ctx, "TLS_AES_256_GCM_SHA384");
	ue = libraries[_i].client(&right, fds[0]);
	upf = test_openssl_end(ctx, TRUE, fds[1]);
	shake(ue, upf);
	ck_assert_int_eq(ue->status, TEST_END_FAILED);
	ue->destroy(ue);
	upf->destroy(upf);
}
END_TEST

/**
 * A certificate, even one that the client trusts, is no key.
 */
START_TEST(test_certificate)
{
	kupf_psk_client_key_t other = right;
	SSL_CTX *ctx, *trusting;
	test_end_t *ue, *upf;
	u_int i;
	int fds[2];

	other.identity[0] ^= 1;
	/* a client of OpenSSL as it is takes it, ours does not */
	for (i = 0; i < 2; i++)
	{
		make_pair(fds);
		ctx = test_openssl_bare(&other, TRUE);
		ue = test_openssl_client(&right, fds[0]);
		trusting = ue->context;
		if (!i)
		{
			SSL_CTX_set_cert_verify_callback(trusting, NULL, NULL);
		}
		test_openssl_certify(ctx, trusting);
		upf = test_openssl_end(ctx, TRUE, fds[1]);
		shake(ue, upf);
		ck_assert_int_eq(ue->status, i ? TEST_END_FAILED : TEST_END_DONE);
		/* and who has asked for the key knows better anyhow */
		ck_assert_ptr_null(ue->get_key(ue));
		ue->destroy(ue);
		upf->destroy(upf);
	}
}
END_TEST

/** Ticket that came last */
static SSL_SESSION *ticket;

static int keep_ticket(SSL *ssl, SSL_SESSION *session)
{
	SSL_SESSION_free(ticket);
	ticket = session;
	return 1;
}

/**
 * Resume with the ticket.
 */
static test_end_t *resume(int fd)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
	test_end_t *ue;

	ue = test_openssl_end(ctx, FALSE, fd);
	ck_assert(SSL_set_session(ue->session, ticket));
	return ue;
}

/**
 * OpenSSL as it is gives tickets.  The server of libkupf-psk takes none, not even
 * one that it could read.
 */
START_TEST(test_ticket)
{
	static unsigned char keys[TICKET_KEYS] = { 1, 2, 3 };
	test_end_t *ue, *upf;
	SSL_CTX *ctx;
	char buf[8];
	int fds[2];

	make_pair(fds);
	ctx = test_openssl_bare(&right, FALSE);
	SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_CLIENT);
	SSL_CTX_sess_set_new_cb(ctx, keep_ticket);
	ue = test_openssl_end(ctx, FALSE, fds[0]);
	ctx = test_openssl_bare(&right, TRUE);
	SSL_CTX_set_ciphersuites(ctx, "TLS_AES_128_GCM_SHA256");
	SSL_CTX_set_tlsext_ticket_keys(ctx, keys, sizeof(keys));
	upf = test_openssl_end(ctx, TRUE, fds[1]);
	shake(ue, upf);
	ck_assert_int_eq(upf->status, TEST_END_DONE);
	ue->receive(ue, buf, sizeof(buf));
	ck_assert_uint_gt(ue->tickets, 0);
	ck_assert_ptr_nonnull(ticket);
	ue->destroy(ue);
	upf->destroy(upf);

	make_pair(fds);
	upf = test_openssl_server(client, fds[1]);
	SSL_CTX_set_tlsext_ticket_keys(upf->context, keys, sizeof(keys));
	refused_alert(resume(fds[0]), upf);
	/* nor by GnuTLS */
	make_pair(fds);
	refused_alert(resume(fds[0]), test_gnutls_server(client, fds[1]));
	SSL_SESSION_free(ticket);
	ticket = NULL;
}
END_TEST

/**
 * The server of libkupf-psk gives no tickets to a client that would take them.
 */
START_TEST(test_no_ticket)
{
	test_end_t *ue, *upf;
	SSL_CTX *ctx;
	int fds[2];

	make_pair(fds);
	ctx = test_openssl_bare(&right, FALSE);
	ue = test_openssl_end(ctx, FALSE, fds[0]);
	upf = libraries[_i].server(client, fds[1]);
	shake(ue, upf);
	ck_assert_int_eq(upf->status, TEST_END_DONE);
	assert_data(ue, upf);
	ck_assert_uint_eq(ue->tickets, 0);
	ue->destroy(ue);
	upf->destroy(upf);
}
END_TEST

/**
 * Data before the end of the handshake could be a replay: none is taken.
 */
static int use_early(SSL *ssl, const EVP_MD *md, const unsigned char **id,
					 size_t *len, SSL_SESSION **session)
{
	static const unsigned char suite[] = { 0x13, 0x01 };

	*session = SSL_SESSION_new();
	SSL_SESSION_set1_master_key(*session, right.psk, right.psk_len);
	SSL_SESSION_set_cipher(*session, SSL_CIPHER_find(ssl, suite));
	SSL_SESSION_set_protocol_version(*session, TLS1_3_VERSION);
	SSL_SESSION_set_max_early_data(*session, 1000);
	*id = right.identity;
	*len = right.identity_len;
	return 1;
}

START_TEST(test_early_data)
{
	test_end_t *ue, *upf;
	SSL_CTX *ctx;
	size_t len;
	int fds[2];

	make_pair(fds);
	ctx = test_openssl_bare(&right, FALSE);
	SSL_CTX_set_psk_use_session_callback(ctx, use_early);
	ue = test_openssl_end(ctx, FALSE, fds[0]);
	upf = libraries[_i].server(client, fds[1]);
	ck_assert(SSL_write_early_data(ue->session, "early", 5, &len));
	shake(ue, upf);
	ck_assert_int_ne(SSL_get_early_data_status(ue->session),
					 SSL_EARLY_DATA_ACCEPTED);
	if (upf->status == TEST_END_DONE)
	{	/* what comes is what was sent after it */
		assert_data(ue, upf);
	}
	ue->destroy(ue);
	upf->destroy(upf);
}
END_TEST

/**
 * Keys that cannot be used are refused when they are given.
 */
START_TEST(test_forms)
{
	kupf_psk_client_key_t key = right;
	SSL_CTX *ctx;

	key.form = KUPF_PSK_CLIENT_IMP;
	ctx = SSL_CTX_new(TLS_client_method());
	ck_assert(!kupf_psk_openssl_client(ctx, &key));
	ck_assert_ptr_null(kupf_psk_gnutls_client(&key));
	key = right;
	key.psk_len = 0;
	ck_assert(!kupf_psk_openssl_client(ctx, &key));
	ck_assert_ptr_null(kupf_psk_gnutls_client(&key));
	SSL_CTX_free(ctx);

	/* the identity of form imp, as such, is none of either's */
	ck_assert_int_eq(kupf_psk_client_find(client,
		"\x9e\xb5\xf8\x3d\xea\xc2\x09\x47\xcc\x27\x72\xf2\x53\xe4\x2a\x44", 16,
		&key), KUPF_PSK_CLIENT_OK);
	ck_assert_int_eq(key.form, KUPF_PSK_CLIENT_IMP);
	key.form = KUPF_PSK_CLIENT_EXT;
	ck_assert_int_gt(alert_of(0, &key), 0);
	ck_assert_int_gt(alert_of(3, &key), 0);
}
END_TEST

static Suite *kupf_psk_tls_suite()
{
	Suite *suite = suite_create("kupf_psk_tls");
	TCase *tc = test_case(suite, "combinations", 120, setup, teardown);

	tcase_add_loop_test(tc, test_handshake, 0, COMBINATIONS);
	tcase_add_loop_test(tc, test_alerts, 0, COMBINATIONS);

	tc = test_case(suite, "traps", 120, setup, teardown);
	tcase_add_loop_test(tc, test_hello, 0, countof(libraries));
	tcase_add_loop_test(tc, test_psk_alone, 0, countof(libraries));
	tcase_add_loop_test(tc, test_suites, 0, countof(libraries));
	tcase_add_test(tc, test_certificate);
	tcase_add_test(tc, test_ticket);
	tcase_add_loop_test(tc, test_no_ticket, 0, countof(libraries));
	tcase_add_loop_test(tc, test_early_data, 0, countof(libraries));
	tcase_add_test(tc, test_forms);

	return suite;
}

int main(void)
{
	return test_run(kupf_psk_tls_suite());
}
