/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "relay_proxy.h"
#include "relay_ports.h"
#include "relay_rewrite.h"
#include "relay_sockets.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/** Datagrams of a socket at a time, so that others have their turn */
#define BURST 64

/** Lines about strangers in a second at most */
#define STRANGERS 5

/** Seconds from 1900, where time stamps begin, to 1970 */
#define EPOCH 2208988800U

typedef struct upf_t upf_t;

/**
 * A UPF.
 */
struct upf_t {
	/** proxy */
	relay_proxy_t *proxy;
	/** its configuration */
	const relay_node_t *node;
	/** engine */
	kupf_n4_t *engine;
	/** what is rewritten in its messages */
	relay_rewrite_t rewrite;
	/** ports of requests of each SMF to it, and of its to each */
	relay_ports_t *from_smf[KUPF_N4_SMFS], *to_smf[KUPF_N4_SMFS];
};

/**
 * Private data.
 */
struct relay_proxy_t {
	/** configuration */
	const relay_config_t *config;
	/** called with lines for the log */
	void (*log)(const char *text);
	/** UPFs */
	upf_t upfs[RELAY_UPFS];
	/** sockets */
	relay_sockets_t sockets;
	/** datagrams of strangers, and lines about them in this second */
	uint64_t strangers;
	time_t logged_at;
	unsigned int logged;
	/** datagrams that could not be sent */
	uint64_t unsent;
	/** where datagrams are received and written */
	uint8_t in[N4_MESSAGE_MAX], out[N4_MESSAGE_MAX];
};

/**
 * Log a line.
 */
static void say(const relay_proxy_t *self, const char *fmt, ...)
{
	char line[512];
	va_list args;

	va_start(args, fmt);
	vsnprintf(line, sizeof(line), fmt, args);
	va_end(args);
	self->log(line);
}

/**
 * Rewrite a message, and send it.
 *
 * @param from		address of ours that it is from
 * @param to		whom it is for
 * @param ports		ports of the requests of that peer
 */
static void send_message(relay_proxy_t *self, relay_rewrite_t *rewrite,
						 const relay_address_t *from, const relay_address_t *to,
						 const relay_ports_t *ports, wire_octets_t octets)
{
	int fd = relay_sockets_get(&self->sockets, from);
	n4_out_t out = { .buf = self->out, .room = sizeof(self->out) };
	wire_octets_t datagram = octets;
	struct sockaddr_storage address;
	n4_message_t message;
	uint16_t port = self->config->port;
	socklen_t len;

	if (!n4_message_cut(&datagram, &message) ||
		!relay_rewrite(rewrite, octets, &out))
	{
		self->unsent++;
		return;
	}
	if (!n4_message_is_request(&message))
	{
		port = relay_ports_get(ports, message.sequence, port);
	}
	len = relay_address_to_socket(to, port, &address);
	if (sendto(fd, out.buf, out.len, MSG_DONTWAIT,
			   (struct sockaddr*)&address, len) != (ssize_t)out.len)
	{
		self->unsent++;
	}
}

/**
 * An engine has a message for its UPF.
 */
static void to_upf(void *user, unsigned int smf, const uint8_t *message,
				   size_t len)
{
	upf_t *upf = user;
	const relay_node_t *node = &upf->proxy->config->smfs[smf];
	relay_rewrite_t rewrite = { .address = node->relay };

	send_message(upf->proxy, &rewrite, &node->relay, &upf->node->address,
				 upf->to_smf[smf], wire_octets(message, len));
}

/**
 * An engine has a message for an SMF.
 */
static void to_smf(void *user, unsigned int smf, const uint8_t *message,
				   size_t len)
{
	upf_t *upf = user;
	const relay_node_t *node = &upf->proxy->config->smfs[smf];

	send_message(upf->proxy, &upf->rewrite, &upf->node->relay, &node->address,
				 upf->from_smf[smf], wire_octets(message, len));
}

/**
 * An engine has a line for the log.
 */
static void log_line(void *user, const char *text)
{
	upf_t *upf = user;

	say(upf->proxy, "UPF %s: %s", upf->node->name, text);
}

/**
 * Remember where requests come from.
 */
static void remember_port(relay_ports_t *ports, wire_octets_t datagram,
						  uint16_t port)
{
	n4_message_t message;

	while (n4_message_cut(&datagram, &message))
	{
		if (n4_message_is_request(&message))
		{
			relay_ports_put(ports, message.sequence, port);
		}
	}
}

/**
 * A datagram is from nobody that may send it.
 */
static void drop(relay_proxy_t *self, const relay_address_t *source)
{
	time_t now = time(NULL);

	self->strangers++;
	if (now != self->logged_at)
	{
		self->logged_at = now;
		self->logged = 0;
	}
	if (self->logged++ < STRANGERS)
	{
		say(self, "datagram from %s, which is no node of ours: dropped",
			relay_address_text(source));
	}
}

/**
 * Find a node by one of its addresses.
 *
 * @return			its number, the count if there is none
 */
static unsigned int find_node(const relay_node_t *nodes, unsigned int count,
							  const relay_address_t *address, bool relay)
{
	unsigned int i;

	for (i = 0; i < count; i++)
	{
		if (relay_address_equals(relay ? &nodes[i].relay : &nodes[i].address,
								 address))
		{
			break;
		}
	}
	return i;
}

/**
 * A datagram has come.
 */
static void handle(relay_proxy_t *self, const relay_address_t *local,
				   const relay_address_t *source, uint16_t port,
				   wire_octets_t datagram)
{
	const relay_config_t *config = self->config;
	unsigned int smf, upf;

	smf = find_node(config->smfs, config->smf_count, source, false);
	upf = find_node(config->upfs, config->upf_count, local, true);
	if (smf < config->smf_count && upf < config->upf_count)
	{
		remember_port(self->upfs[upf].from_smf[smf], datagram, port);
		kupf_n4_from_smf(self->upfs[upf].engine, smf, datagram.ptr,
						 datagram.len);
		return;
	}
	upf = find_node(config->upfs, config->upf_count, source, false);
	smf = find_node(config->smfs, config->smf_count, local, true);
	if (smf < config->smf_count && upf < config->upf_count)
	{
		remember_port(self->upfs[upf].to_smf[smf], datagram, port);
		kupf_n4_from_upf(self->upfs[upf].engine, smf, datagram.ptr,
						 datagram.len);
		return;
	}
	drop(self, source);
}

/**
 * Receive datagrams.
 */
static void receive(relay_proxy_t *self, const relay_socket_t *sock)
{
	struct sockaddr_storage from;
	relay_address_t source;
	socklen_t from_len;
	ssize_t len;
	int i;

	for (i = 0; i < BURST; i++)
	{
		from_len = sizeof(from);
		len = recvfrom(sock->fd, self->in, sizeof(self->in), MSG_DONTWAIT,
					   (struct sockaddr*)&from, &from_len);
		if (len < 0 && errno == EAGAIN)
		{
			return;
		}
		if (len >= 0)
		{	/* otherwise a peer that is not there, which it is told by ICMP */
			handle(self, &sock->address, &source,
				   relay_address_from_socket(&source, &from),
				   wire_octets(self->in, len));
			explicit_bzero(self->in, len);
		}
	}
}

/**
 * Open a socket of an address of ours.
 */
static bool open_socket(relay_proxy_t *self, const relay_address_t *address)
{
	if (!relay_sockets_open(&self->sockets, address, self->config->port))
	{
		say(self, "%s, port %u: %s", relay_address_text(address),
			self->config->port, strerror(errno));
		return false;
	}
	return true;
}

/**
 * Prepare a UPF.
 */
static bool create_upf(relay_proxy_t *self, unsigned int number)
{
	kupf_n4_config_t config = self->config->engine;
	upf_t *upf = &self->upfs[number];
	unsigned int i, smf;

	upf->proxy = self;
	upf->node = &self->config->upfs[number];
	upf->rewrite.address = upf->node->relay;
	upf->rewrite.shifts = true;
	upf->rewrite.start = time(NULL) + EPOCH;
	config.socket = upf->node->socket;
	config.to_upf = to_upf;
	config.to_smf = to_smf;
	config.log = log_line;
	config.user = upf;
	upf->engine = kupf_n4_create(&config);
	if (!upf->engine)
	{
		return false;
	}
	for (i = 0; i < self->config->smf_count; i++)
	{
		upf->from_smf[i] = calloc(1, sizeof(relay_ports_t));
		upf->to_smf[i] = calloc(1, sizeof(relay_ports_t));
		if (!upf->from_smf[i] || !upf->to_smf[i] ||
			!kupf_n4_add_smf(upf->engine, self->config->smfs[i].name, &smf))
		{
			return false;
		}
	}
	return open_socket(self, &upf->node->relay);
}

/*
 * Described in header
 */
relay_proxy_t *relay_proxy_create(const relay_config_t *config,
								  void (*log)(const char *text))
{
	relay_proxy_t *self = calloc(1, sizeof(*self));
	bool good = self;
	unsigned int i;

	if (good)
	{
		self->config = config;
		self->log = log;
	}
	for (i = 0; good && i < config->upf_count; i++)
	{
		good = create_upf(self, i);
	}
	for (i = 0; good && i < config->smf_count; i++)
	{
		good = open_socket(self, &config->smfs[i].relay);
	}
	if (!good)
	{
		relay_proxy_destroy(self);
		return NULL;
	}
	return self;
}

/*
 * Described in header
 */
void relay_proxy_destroy(relay_proxy_t *self)
{
	unsigned int i, j;

	if (!self)
	{
		return;
	}
	for (i = 0; i < RELAY_UPFS; i++)
	{
		kupf_n4_destroy(self->upfs[i].engine);
		for (j = 0; j < KUPF_N4_SMFS; j++)
		{
			free(self->upfs[i].from_smf[j]);
			free(self->upfs[i].to_smf[j]);
		}
	}
	relay_sockets_close(&self->sockets);
	free(self);
}

/*
 * Described in header
 */
void relay_proxy_run(relay_proxy_t *self, const sigset_t *signals)
{
	struct pollfd fds[RELAY_SOCKETS + RELAY_UPFS] = {};
	unsigned int i, upfs = self->config->upf_count;
	struct timespec limit;
	int timeout = -1, wait;

	for (i = 0; i < upfs; i++)
	{
		fds[i].fd = kupf_n4_fd(self->upfs[i].engine);
		fds[i].events = kupf_n4_poll_events(self->upfs[i].engine);
		wait = kupf_n4_poll_timeout(self->upfs[i].engine);
		timeout = timeout < 0 || (wait >= 0 && wait < timeout) ? wait : timeout;
	}
	for (i = 0; i < self->sockets.count; i++)
	{
		fds[upfs + i].fd = self->sockets.sockets[i].fd;
		fds[upfs + i].events = POLLIN;
	}
	limit.tv_sec = timeout / 1000;
	limit.tv_nsec = timeout % 1000 * 1000000L;
	if (ppoll(fds, upfs + self->sockets.count, timeout < 0 ? NULL : &limit,
			  signals) < 0)
	{
		return;
	}
	for (i = 0; i < self->sockets.count; i++)
	{
		if (fds[upfs + i].revents)
		{
			receive(self, &self->sockets.sockets[i]);
		}
	}
	for (i = 0; i < upfs; i++)
	{
		kupf_n4_process(self->upfs[i].engine);
	}
}

/*
 * Described in header
 */
void relay_proxy_tell(const relay_proxy_t *self)
{
	kupf_n4_counters_t n;
	unsigned int i;

	for (i = 0; i < self->config->upf_count; i++)
	{
		kupf_n4_get_counters(self->upfs[i].engine, &n);
#define N(name) (unsigned long long)n.name
		say(self, "UPF %s: sessions %llu, from SMFs %llu, from UPF %llu, "
			"malformed %llu, without association %llu, keys accepted %llu, "
			"refused %llu, pending %llu, malformed %llu, without room %llu, "
			"repeated %llu, purged %llu, synchronised %llu, unlogged %llu",
			self->upfs[i].node->name, N(sessions), N(from_smf), N(from_upf),
			N(malformed), N(no_association), N(keys_accepted), N(keys_refused),
			N(keys_pending), N(keys_malformed), N(keys_no_room), N(repeated),
			N(purged), N(synchronised), N(unlogged));
#undef N
	}
	say(self, "strangers %llu, unsent %llu",
		(unsigned long long)self->strangers, (unsigned long long)self->unsent);
}
