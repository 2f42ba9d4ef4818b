/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "relay_proxy.h"
#include "relay_upf.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/** Datagrams of a socket at a time, so that others have their turn */
#define BURST 64

/** Lines about strangers in a second at most */
#define STRANGERS 5

/**
 * Private data.
 */
struct relay_proxy_t {
	/** configuration, sockets, source of keys, log */
	relay_common_t common;
	/** UPFs */
	relay_upf_t upfs[RELAY_UPFS];
	/** datagrams of strangers, and lines about them in this second; responses
	 * from another port than that of PFCP */
	uint64_t strangers, misplaced;
	time_t logged_at;
	unsigned int logged;
	/** where datagrams are received */
	uint8_t in[N4_MESSAGE_MAX];
};

/**
 * A key comes over the socket.
 */
static const char *provide(void *user, const char *name, const char *session,
						   const kupf_n4_key_t *key)
{
	relay_proxy_t *self = user;
	unsigned int i;

	for (i = 0; i < self->common.config->upf_count; i++)
	{
		if ((!name[0] && self->common.config->upf_count == 1) ||
			!strcmp(self->common.config->upfs[i].name, name))
		{
			return kupf_n4_provide(self->upfs[i].engine, session, key) ? NULL :
				   "session: there is none of this name";
		}
	}
	return name[0] ? "upf: there is none of this name" :
					 "upf: is missing, there are several";
}

/**
 * Somebody listens who may have keys.
 */
static void ask_again(void *user)
{
	relay_proxy_t *self = user;
	unsigned int i;

	for (i = 0; i < self->common.config->upf_count; i++)
	{
		kupf_n4_ask_again(self->upfs[i].engine);
	}
}

/**
 * Remember where requests come from; responses come from the port of PFCP, to
 * which the request was sent (clause 6.4).
 *
 * @return			FALSE if a response comes from another one
 */
static bool check_port(relay_ports_t *ports, wire_octets_t datagram,
					   uint16_t port, uint16_t pfcp)
{
	n4_message_t message;

	while (n4_message_cut(&datagram, &message))
	{
		if (n4_message_is_request(&message))
		{
			relay_ports_put(ports, message.sequence, port);
		}
		else if (port != pfcp)
		{
			return false;
		}
	}
	return true;
}

/**
 * A datagram is not from whom it has to be from.
 */
static void drop(relay_proxy_t *self, const relay_address_t *source,
				 uint64_t *counter, const char *why)
{
	time_t now = time(NULL);

	(*counter)++;
	if (now != self->logged_at)
	{
		self->logged_at = now;
		self->logged = 0;
	}
	if (self->logged++ < STRANGERS)
	{
		relay_common_say(&self->common, "datagram from %s, which is %s: "
						 "dropped", relay_address_text(source), why);
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
	const relay_config_t *config = self->common.config;
	static const char misplaced[] = "a response from another port";
	unsigned int smf, upf;

	smf = find_node(config->smfs, config->smf_count, source, false);
	upf = find_node(config->upfs, config->upf_count, local, true);
	if (smf < config->smf_count && upf < config->upf_count)
	{
		if (!check_port(self->upfs[upf].from_smf[smf], datagram, port,
						config->port))
		{
			drop(self, source, &self->misplaced, misplaced);
			return;
		}
		kupf_n4_from_smf(self->upfs[upf].engine, smf, datagram.ptr,
						 datagram.len);
		return;
	}
	upf = find_node(config->upfs, config->upf_count, source, false);
	smf = find_node(config->smfs, config->smf_count, local, true);
	if (smf < config->smf_count && upf < config->upf_count)
	{
		if (!check_port(self->upfs[upf].to_smf[smf], datagram, port,
						config->port))
		{
			drop(self, source, &self->misplaced, misplaced);
			return;
		}
		kupf_n4_from_upf(self->upfs[upf].engine, smf, datagram.ptr,
						 datagram.len);
		return;
	}
	drop(self, source, &self->strangers, "no node of ours");
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
	if (!relay_sockets_open(&self->common.sockets, address,
							self->common.config->port))
	{
		relay_common_say(&self->common, "%s, port %u: %s",
						 relay_address_text(address), self->common.config->port,
						 strerror(errno));
		return false;
	}
	return true;
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
		self->common.config = config;
		self->common.log = log;
	}
	for (i = 0; good && i < config->upf_count; i++)
	{
		good = relay_upf_create(&self->upfs[i], &self->common, i) &&
			   open_socket(self, &self->upfs[i].node->relay);
	}
	for (i = 0; good && i < config->smf_count; i++)
	{
		good = open_socket(self, &config->smfs[i].relay);
	}
	if (good)
	{
		self->common.source = relay_source_create(config, provide, ask_again,
												  self, log);
		good = self->common.source;
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
	unsigned int i;

	if (!self)
	{
		return;
	}
	for (i = 0; i < RELAY_UPFS; i++)
	{
		relay_upf_destroy(&self->upfs[i]);
	}
	relay_sockets_close(&self->common.sockets);
	relay_source_destroy(self->common.source);
	free(self);
}

/*
 * Described in header
 */
void relay_proxy_run(relay_proxy_t *self, const sigset_t *signals)
{
	struct pollfd fds[RELAY_SOCKETS + RELAY_UPFS + RELAY_EVENTS_FDS] = {};
	struct pollfd *events;
	unsigned int i, upfs = self->common.config->upf_count;
	struct timespec limit;
	int timeout = -1, wait;

	for (i = 0; i < upfs; i++)
	{
		fds[i].fd = kupf_n4_fd(self->upfs[i].engine);
		fds[i].events = kupf_n4_poll_events(self->upfs[i].engine);
		wait = kupf_n4_poll_timeout(self->upfs[i].engine);
		timeout = timeout < 0 || (wait >= 0 && wait < timeout) ? wait : timeout;
	}
	for (i = 0; i < self->common.sockets.count; i++)
	{
		fds[upfs + i].fd = self->common.sockets.sockets[i].fd;
		fds[upfs + i].events = POLLIN;
	}
	limit.tv_sec = timeout / 1000;
	limit.tv_nsec = timeout % 1000 * 1000000L;
	events = &fds[upfs + self->common.sockets.count];
	relay_source_poll(self->common.source, events);
	if (ppoll(fds, upfs + self->common.sockets.count + RELAY_EVENTS_FDS,
			  timeout < 0 ? NULL : &limit, signals) < 0)
	{
		return;
	}
	for (i = 0; i < self->common.sockets.count; i++)
	{
		if (fds[upfs + i].revents)
		{
			receive(self, &self->common.sockets.sockets[i]);
		}
	}
	relay_source_process(self->common.source, events);
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
	unsigned int i;

	for (i = 0; i < self->common.config->upf_count; i++)
	{
		relay_upf_tell(&self->upfs[i]);
	}
	relay_common_say(&self->common, "strangers %llu, misplaced %llu, unsent "
					 "%llu", (unsigned long long)self->strangers,
					 (unsigned long long)self->misplaced,
					 (unsigned long long)self->common.unsent);
}
