/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "relay_upf.h"
#include "relay_key.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

/** Seconds from 1900, where time stamps begin, to 1970 */
#define EPOCH 2208988800U

/**
 * Rewrite a message, and send it.
 *
 * @param from		address of ours that it is from
 * @param to		whom it is for
 * @param ports		ports of the requests of that peer
 */
static void send_message(relay_common_t *common, relay_rewrite_t *rewrite,
						 const relay_address_t *from, const relay_address_t *to,
						 const relay_ports_t *ports, wire_octets_t octets)
{
	int fd = relay_sockets_get(&common->sockets, from);
	n4_out_t out = { .buf = common->out, .room = sizeof(common->out) };
	wire_octets_t datagram = octets;
	struct sockaddr_storage address;
	n4_message_t message;
	uint16_t port = common->config->port;
	socklen_t len;

	if (!n4_message_cut(&datagram, &message) ||
		!relay_rewrite(rewrite, octets, &out))
	{
		common->unsent++;
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
		common->unsent++;
	}
}

/**
 * An engine has a message for its UPF.
 */
static void to_upf(void *user, unsigned int smf, const uint8_t *message,
				   size_t len)
{
	relay_upf_t *upf = user;
	const relay_node_t *node = &upf->common->config->smfs[smf];
	relay_rewrite_t rewrite = { .address = node->relay };

	send_message(upf->common, &rewrite, &node->relay, &upf->node->address,
				 upf->to_smf[smf], wire_octets(message, len));
}

/**
 * An engine has a message for an SMF.
 */
static void to_smf(void *user, unsigned int smf, const uint8_t *message,
				   size_t len)
{
	relay_upf_t *upf = user;
	const relay_node_t *node = &upf->common->config->smfs[smf];

	send_message(upf->common, &upf->rewrite, &upf->node->relay, &node->address,
				 upf->from_smf[smf], wire_octets(message, len));
}

/**
 * An engine has a line for the log.
 */
static void log_line(void *user, const char *text)
{
	relay_upf_t *upf = user;

	relay_common_say(upf->common, "UPF %s: %s", upf->node->name, text);
}

/**
 * An engine needs a key.
 */
static bool find_key(void *user, const kupf_n4_need_t *need,
					 kupf_n4_key_t *key)
{
	relay_upf_t *upf = user;

	return relay_source_find(upf->common->source, upf->node->name, need, key);
}

/**
 * An engine knows what has become of it.
 */
static void tell(void *user, const kupf_n4_told_t *told)
{
	relay_upf_t *upf = user;

	relay_source_tell(upf->common->source, upf->node->name, told);
}

/**
 * Have an SMF of an engine.
 */
static bool add_smf(relay_upf_t *self, const relay_node_t *node)
{
	uint8_t key[KUPF_N4_WRAPPING_KEY];
	const char *wrong = NULL;
	unsigned int smf;

	if (!kupf_n4_add_smf(self->engine, node->name, &smf))
	{
		return false;
	}
	if (node->key_file[0])
	{
		wrong = relay_key_read(node->key_file, key);
		if (!wrong && !kupf_n4_unwrap_with(self->engine, smf, key))
		{
			wrong = "this program was built without libcrypto";
		}
		explicit_bzero(key, sizeof(key));
	}
	if (wrong)
	{
		relay_common_say(self->common, "SMF %s: %s: %s", node->name,
						 node->key_file, wrong);
	}
	return !wrong;
}

/*
 * Described in header
 */
bool relay_upf_create(relay_upf_t *self, relay_common_t *common,
					  unsigned int number)
{
	kupf_n4_config_t config = common->config->engine;
	unsigned int i;

	self->common = common;
	self->node = &common->config->upfs[number];
	self->rewrite.address = self->node->relay;
	self->rewrite.shifts = true;
	self->rewrite.start = time(NULL) + EPOCH;
	config.socket = self->node->socket;
	config.rewrites_node_ids = true;
	config.to_upf = to_upf;
	config.to_smf = to_smf;
	config.log = log_line;
	config.find_key = find_key;
	config.tell = tell;
	config.user = self;
	self->engine = kupf_n4_create(&config);
	if (!self->engine)
	{
		return false;
	}
	for (i = 0; i < common->config->smf_count; i++)
	{
		self->from_smf[i] = calloc(1, sizeof(relay_ports_t));
		self->to_smf[i] = calloc(1, sizeof(relay_ports_t));
		if (!self->from_smf[i] || !self->to_smf[i] ||
			!add_smf(self, &common->config->smfs[i]))
		{
			return false;
		}
	}
	return true;
}

/*
 * Described in header
 */
void relay_upf_destroy(relay_upf_t *self)
{
	unsigned int i;

	kupf_n4_destroy(self->engine);
	for (i = 0; i < KUPF_N4_SMFS; i++)
	{
		free(self->from_smf[i]);
		free(self->to_smf[i]);
	}
}

/*
 * Described in header
 */
void relay_upf_tell(const relay_upf_t *self)
{
	kupf_n4_counters_t n;

	kupf_n4_get_counters(self->engine, &n);
#define N(name) (unsigned long long)n.name
	relay_common_say(self->common, "UPF %s: sessions %llu, exchanges %llu, "
					 "octets of responses %llu, changes %llu, from SMFs %llu, "
					 "from UPF %llu, repeated %llu, purged %llu, synchronised "
					 "%llu, unlogged %llu", self->node->name, N(sessions),
					 N(exchanges), N(responses), N(changes), N(from_smf),
					 N(from_upf), N(repeated), N(purged), N(synchronised),
					 N(unlogged));
	relay_common_say(self->common, "UPF %s: keys accepted %llu, refused %llu, "
					 "pending %llu, malformed %llu, in clear %llu, locked "
					 "%llu, without room %llu, asked for %llu, provided %llu",
					 self->node->name, N(keys_accepted), N(keys_refused),
					 N(keys_pending), N(keys_malformed), N(keys_in_clear),
					 N(keys_locked), N(keys_no_room), N(keys_asked),
					 N(keys_provided));
	relay_common_say(self->common, "UPF %s: malformed %llu, too many %llu, "
					 "without association %llu, not owned %llu, foreign %llu, "
					 "stale %llu, unasked %llu, conflicting %llu, sessions "
					 "without room %llu, forgotten %llu, merged %llu",
					 self->node->name, N(malformed), N(too_many),
					 N(no_association), N(not_owned), N(foreign), N(stale),
					 N(unasked), N(conflicting), N(no_room), N(forgotten),
					 N(merged));
#undef N
}
