/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "relay_proxy.h"
#include "relay_key.h"
#include "relay_ports.h"
#include "relay_rewrite.h"
#include "relay_source.h"
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
	/** where keys are from that SMFs do not send */
	relay_source_t *source;
	/** datagrams of strangers, and lines about them in this second; responses
	 * from another port than that of PFCP */
	uint64_t strangers, misplaced;
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
 * An engine needs a key.
 */
static bool find_key(void *user, const kupf_n4_need_t *need,
					 kupf_n4_key_t *key)
{
	upf_t *upf = user;

	return relay_source_find(upf->proxy->source, upf->node->name, need, key);
}

/**
 * An engine knows what has become of it.
 */
static void tell(void *user, const kupf_n4_told_t *told)
{
	upf_t *upf = user;

	relay_source_tell(upf->proxy->source, upf->node->name, told);
}

/**
 * A key comes over the socket.
 */
static const char *provide(void *user, const char *name, const char *session,
						   const kupf_n4_key_t *key)
{
	relay_proxy_t *self = user;
	unsigned int i;

	for (i = 0; i < self->config->upf_count; i++)
	{
		if ((!name[0] && self->config->upf_count == 1) ||
			!strcmp(self->config->upfs[i].name, name))
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

	for (i = 0; i < self->config->upf_count; i++)
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
		say(self, "datagram from %s, which is %s: dropped",
			relay_address_text(source), why);
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
	if (!relay_sockets_open(&self->sockets, address, self->config->port))
	{
		say(self, "%s, port %u: %s", relay_address_text(address),
			self->config->port, strerror(errno));
		return false;
	}
	return true;
}

/**
 * Have an SMF of an engine.
 */
static bool add_smf(relay_proxy_t *self, upf_t *upf, const relay_node_t *node)
{
	uint8_t key[KUPF_N4_WRAPPING_KEY];
	const char *wrong = NULL;
	unsigned int smf;

	if (!kupf_n4_add_smf(upf->engine, node->name, &smf))
	{
		return false;
	}
	if (node->key_file[0])
	{
		wrong = relay_key_read(node->key_file, key);
		if (!wrong && !kupf_n4_unwrap_with(upf->engine, smf, key))
		{
			wrong = "this program was built without libcrypto";
		}
		explicit_bzero(key, sizeof(key));
	}
	if (wrong)
	{
		say(self, "SMF %s: %s: %s", node->name, node->key_file, wrong);
	}
	return !wrong;
}

/**
 * Prepare a UPF.
 */
static bool create_upf(relay_proxy_t *self, unsigned int number)
{
	kupf_n4_config_t config = self->config->engine;
	upf_t *upf = &self->upfs[number];
	unsigned int i;

	upf->proxy = self;
	upf->node = &self->config->upfs[number];
	upf->rewrite.address = upf->node->relay;
	upf->rewrite.shifts = true;
	upf->rewrite.start = time(NULL) + EPOCH;
	config.socket = upf->node->socket;
	config.rewrites_node_ids = true;
	config.to_upf = to_upf;
	config.to_smf = to_smf;
	config.log = log_line;
	config.find_key = find_key;
	config.tell = tell;
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
			!add_smf(self, upf, &self->config->smfs[i]))
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
	if (good)
	{
		self->source = relay_source_create(config, provide, ask_again, self,
										   log);
		good = self->source;
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
	relay_source_destroy(self->source);
	free(self);
}

/*
 * Described in header
 */
void relay_proxy_run(relay_proxy_t *self, const sigset_t *signals)
{
	struct pollfd fds[RELAY_SOCKETS + RELAY_UPFS + RELAY_EVENTS_FDS] = {};
	struct pollfd *events;
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
	events = &fds[upfs + self->sockets.count];
	relay_source_poll(self->source, events);
	if (ppoll(fds, upfs + self->sockets.count + RELAY_EVENTS_FDS,
			  timeout < 0 ? NULL : &limit, signals) < 0)
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
	relay_source_process(self->source, events);
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
		say(self, "UPF %s: sessions %llu, exchanges %llu, octets of responses "
			"%llu, changes %llu, from SMFs %llu, from UPF %llu, repeated %llu, "
			"purged %llu, synchronised %llu, unlogged %llu",
			self->upfs[i].node->name, N(sessions), N(exchanges), N(responses),
			N(changes), N(from_smf), N(from_upf), N(repeated), N(purged),
			N(synchronised), N(unlogged));
		say(self, "UPF %s: keys accepted %llu, refused %llu, pending %llu, "
			"malformed %llu, in clear %llu, locked %llu, without room %llu, "
			"asked for %llu, provided %llu",
			self->upfs[i].node->name, N(keys_accepted), N(keys_refused),
			N(keys_pending), N(keys_malformed), N(keys_in_clear),
			N(keys_locked), N(keys_no_room), N(keys_asked),
			N(keys_provided));
		say(self, "UPF %s: malformed %llu, too many %llu, without association "
			"%llu, not owned %llu, foreign %llu, stale %llu, unasked %llu, "
			"conflicting %llu, sessions without room %llu, forgotten %llu, "
			"merged %llu", self->upfs[i].node->name, N(malformed), N(too_many),
			N(no_association), N(not_owned), N(foreign), N(stale), N(unasked),
			N(conflicting), N(no_room), N(forgotten), N(merged));
#undef N
	}
	say(self, "strangers %llu, misplaced %llu, unsent %llu",
		(unsigned long long)self->strangers,
		(unsigned long long)self->misplaced, (unsigned long long)self->unsent);
}
