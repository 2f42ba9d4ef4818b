/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * A TLS server of a service, and a client on a UE, on libkupf-psk and OpenSSL.
 *
 *     psk-peer server SOCKET PORT
 *     psk-peer client SOCKET SESSION ADDRESS PORT once|hold|wrong|unknown
 *
 * SOCKET is that of the consumers.  The server echoes what comes, and closes a
 * connection when its key ends; the client gets the key of a session, and sends a
 * line that has to come back.  With "hold" it stays until the server closes, with
 * "wrong" and "unknown" key or identity have another bit.
 */

#include "psk/kupf_psk_client.h"
#include "psk/kupf_psk_openssl.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/** Connections of the server at a time */
#define CONNECTIONS_MAX 16

/** How long the daemon may take: guests are slow */
#define TIMEOUT 5000

typedef struct connection_t connection_t;

/**
 * A connection of the server.
 */
struct connection_t {
	/** TLS, NULL if there is none here */
	SSL *ssl;
	/** number that libkupf-psk has for it, 0 before its handshake is over */
	uint64_t id;
	/** address and port of the client */
	char peer[64];
};

static connection_t connections[CONNECTIONS_MAX];

static kupf_psk_client_t *consumer;

/** Alert that came last */
static int alert = -1;

static void on_info(const SSL *ssl, int where, int value)
{
	(void)ssl;
	if (where == SSL_CB_READ_ALERT)
	{
		alert = value & 0xff;
	}
}

/**
 * Close a connection of the server.
 */
static void drop(connection_t *this)
{
	int fd = SSL_get_fd(this->ssl);

	kupf_psk_client_down(consumer, this->id);
	SSL_shutdown(this->ssl);
	SSL_free(this->ssl);
	close(fd);
	memset(this, 0, sizeof(*this));
}

static void on_end(void *ctx, const kupf_psk_client_end_t *end)
{
	connection_t *this = end->user;

	(void)ctx;
	printf("%s %s %s\n", end->grace ? "grace" : "end", this->peer, end->reason);
	if (!end->grace)
	{
		drop(this);
	}
}

/**
 * Accept a connection.
 */
static void take(SSL_CTX *ctx, int listener)
{
	struct sockaddr_in addr;
	socklen_t len = sizeof(addr);
	connection_t *this = connections;
	int fd;

	fd = accept4(listener, (struct sockaddr*)&addr, &len, SOCK_NONBLOCK);
	while (this < connections + CONNECTIONS_MAX && this->ssl)
	{
		this++;
	}
	if (fd < 0 || this == connections + CONNECTIONS_MAX)
	{
		close(fd);
		return;
	}
	this->ssl = SSL_new(ctx);
	SSL_set_fd(this->ssl, fd);
	SSL_set_accept_state(this->ssl);
	snprintf(this->peer, sizeof(this->peer), "%s[%u]",
			 inet_ntoa(addr.sin_addr), ntohs(addr.sin_port));
}

/**
 * Take a connection up whose handshake is over.
 */
static bool take_up(connection_t *this)
{
	const kupf_psk_client_key_t *key = kupf_psk_openssl_get_key(this->ssl);

	if (!key || kupf_psk_client_up(consumer, key, this->peer, this,
								   &this->id) != KUPF_PSK_CLIENT_OK)
	{
		return false;
	}
	printf("up %s session=%s generation=%u\n", this->peer, key->session,
		   key->generation);
	return true;
}

/**
 * Whether an error means to come again.
 */
static bool is_again(SSL *ssl, int result)
{
	int error = SSL_get_error(ssl, result);

	return error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE;
}

/**
 * Go on with a connection.
 */
static void serve(connection_t *this)
{
	char buf[256];
	int len;

	if (!this->id)
	{
		len = SSL_do_handshake(this->ssl);
		if (len == 1 ? !take_up(this) : !is_again(this->ssl, len))
		{
			printf("refused %s\n", this->peer);
			drop(this);
		}
		return;
	}
	len = SSL_read(this->ssl, buf, sizeof(buf));
	if (len > 0)
	{
		SSL_write(this->ssl, buf, len);
	}
	else if (!is_again(this->ssl, len))
	{
		printf("closed %s\n", this->peer);
		drop(this);
	}
}

/**
 * The shorter one of two times as poll() has them.
 */
static int shorter(int a, int b)
{
	return a < 0 || (b >= 0 && b < a) ? b : a;
}

static int run_server(SSL_CTX *ctx, int port)
{
	struct pollfd pfds[CONNECTIONS_MAX + 2];
	struct sockaddr_in addr = {
		.sin_family = AF_INET,
		.sin_port = htons(port),
	};
	int listener, i, one = 1;

	listener = socket(AF_INET, SOCK_STREAM, 0);
	setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (!kupf_psk_openssl_server(ctx, consumer) ||
		bind(listener, (struct sockaddr*)&addr, sizeof(addr)) ||
		listen(listener, CONNECTIONS_MAX))
	{
		perror("server");
		return 1;
	}
	printf("ready\n");
	while (true)
	{
		for (i = 0; i < CONNECTIONS_MAX; i++)
		{
			pfds[i].fd = connections[i].ssl ? SSL_get_fd(connections[i].ssl) :
											  -1;
			pfds[i].events = POLLIN;
		}
		pfds[i++] = (struct pollfd){ .fd = listener, .events = POLLIN };
		pfds[i++] = (struct pollfd){
			.fd = kupf_psk_client_fd(consumer),
			.events = kupf_psk_client_poll_events(consumer),
		};
		poll(pfds, i, shorter(kupf_psk_client_poll_timeout(consumer), 1000));
		for (i = 0; i < CONNECTIONS_MAX; i++)
		{
			if (pfds[i].fd >= 0 && pfds[i].revents)
			{
				serve(&connections[i]);
			}
		}
		if (pfds[i].revents)
		{
			take(ctx, listener);
		}
		kupf_psk_client_process(consumer);
	}
}

/**
 * Get the key of a session, which may come later.
 */
static bool get_key(const char *session, kupf_psk_client_key_t *key)
{
	kupf_psk_client_status_t status;

	status = kupf_psk_client_find_session(consumer, session, key);
	if (status != KUPF_PSK_CLIENT_OK)
	{
		printf("no key: %s\n", kupf_psk_client_error(consumer));
	}
	return status == KUPF_PSK_CLIENT_OK;
}

static int run_client(SSL_CTX *ctx, const char *session, const char *address,
					  int port, const char *how)
{
	struct sockaddr_in addr = {
		.sin_family = AF_INET,
		.sin_port = htons(port),
	};
	kupf_psk_client_key_t key;
	char buf[256];
	SSL *ssl;
	bool up;
	int fd;

	if (!get_key(session, &key))
	{
		return 1;
	}
	key.psk[0] ^= !strcmp(how, "wrong");
	key.identity[0] ^= !strcmp(how, "unknown");
	fd = socket(AF_INET, SOCK_STREAM, 0);
	inet_pton(AF_INET, address, &addr.sin_addr);
	if (!kupf_psk_openssl_client(ctx, &key) ||
		connect(fd, (struct sockaddr*)&addr, sizeof(addr)))
	{
		perror("client");
		return 1;
	}
	kupf_psk_client_key_wipe(&key);
	ssl = SSL_new(ctx);
	SSL_set_info_callback(ssl, on_info);
	SSL_set_fd(ssl, fd);
	up = SSL_connect(ssl) == 1 && kupf_psk_openssl_get_key(ssl) &&
		 SSL_write(ssl, "ping", 4) == 4 &&
		 SSL_read(ssl, buf, sizeof(buf)) == 4 && !memcmp(buf, "ping", 4);
	if (up)
	{
		printf("up %s %s\n", SSL_get_version(ssl), SSL_get_cipher(ssl));
	}
	else
	{
		printf("refused alert=%d\n", alert);
	}
	if (up && !strcmp(how, "hold"))
	{
		while (SSL_read(ssl, buf, sizeof(buf)) > 0)
		{
			/* nothing is sent */
		}
		printf("closed\n");
	}
	SSL_shutdown(ssl);
	SSL_free(ssl);
	close(fd);
	return !up;
}

int main(int argc, char **argv)
{
	bool server = argc == 4 && !strcmp(argv[1], "server");
	SSL_CTX *ctx;
	int result;

	if (!server && (argc != 7 || strcmp(argv[1], "client")))
	{
		fprintf(stderr, "see testing/tls/psk_peer.c\n");
		return 2;
	}
	signal(SIGPIPE, SIG_IGN);
	setvbuf(stdout, NULL, _IOLBF, 0);
	consumer = kupf_psk_client_create(argv[2], on_end, NULL);
	ctx = SSL_CTX_new(server ? TLS_server_method() : TLS_client_method());
	if (!consumer || !ctx)
	{
		return 1;
	}
	kupf_psk_client_set_timeout(consumer, TIMEOUT);
	result = server ? run_server(ctx, atoi(argv[3])) :
			 run_client(ctx, argv[3], argv[4], atoi(argv[5]), argv[6]);
	SSL_CTX_free(ctx);
	kupf_psk_client_destroy(consumer);
	return result;
}
