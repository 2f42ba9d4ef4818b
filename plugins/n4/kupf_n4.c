/* SPDX-License-Identifier: MIT */

#include "kupf_n4.h"
#include "n4_clock.h"
#include "n4_engine.h"
#include "n4_nodes.h"
#include "n4_procedures.h"

#include <limits.h>
#include <stdlib.h>

/**
 * Have defaults for what is not there, and see whether the rest will do.
 */
static bool complete(kupf_n4_config_t *config)
{
	config->enterprise = config->enterprise ?: N4_ENTERPRISE;
	config->key_type = config->key_type ?: N4_KEY_TYPE;
	config->answer_type = config->answer_type ?: N4_ANSWER_TYPE;
	config->patience = config->patience ?: KUPF_N4_PATIENCE;
	config->max_sessions = config->max_sessions ?: KUPF_N4_SESSIONS;
	return config->socket && config->to_upf && config->to_smf &&
		   config->key_type >= N4_IE_VENDOR &&
		   config->answer_type >= N4_IE_VENDOR &&
		   config->key_type != config->answer_type;
}

/*
 * Described in header
 */
kupf_n4_t *kupf_n4_create(const kupf_n4_config_t *config)
{
	kupf_n4_t *self = calloc(1, sizeof(*self));
	bool done = false;

	if (!self)
	{
		return NULL;
	}
	self->config = *config;
	if (complete(&self->config))
	{
		self->vendor.enterprise = self->config.enterprise;
		self->vendor.key_type = self->config.key_type;
		self->vendor.answer_type = self->config.answer_type;
		self->sessions = n4_sessions_create(self->config.max_sessions);
		self->exchanges = self->sessions ? n4_exchanges_create(
									n4_sessions_pages(self->sessions),
									n4_procedures_end, self) : NULL;
		done = self->exchanges && n4_feed_init(&self->feed, config->socket,
											   self->sessions,
											   n4_procedures_done, self);
	}
	self->config.socket = NULL;
	if (!done)
	{
		n4_exchanges_destroy(self->exchanges);
		n4_sessions_destroy(self->sessions);
		free(self);
		return NULL;
	}
	return self;
}

/*
 * Described in header
 */
void kupf_n4_destroy(kupf_n4_t *self)
{
	if (self)
	{
		self->config.to_smf = NULL;
		n4_exchanges_destroy(self->exchanges);
		n4_feed_deinit(&self->feed);
		n4_sessions_destroy(self->sessions);
		free(self);
	}
}

/*
 * Described in header
 */
bool kupf_n4_add_smf(kupf_n4_t *self, const char *name, unsigned int *smf)
{
	size_t len = strlen(name), i;

	if (len < 1 || len > N4_SMF_NAME_MAX || self->smf_count >= KUPF_N4_SMFS)
	{
		return false;
	}
	for (i = 0; i < len; i++)
	{
		if (name[i] <= ' ' || name[i] > '~')
		{
			return false;
		}
	}
	for (i = 0; i < self->smf_count; i++)
	{
		if (!strcmp(self->smfs[i].name, name))
		{
			return false;
		}
	}
	*smf = self->smf_count++;
	strcpy(self->smfs[*smf].name, name);
	return true;
}

/**
 * Handle a message.
 */
static void handle(kupf_n4_t *self, unsigned int smf, bool from_upf,
				   const n4_message_t *message)
{
	if (message->type < N4_ESTABLISHMENT)
	{
		n4_nodes_see(self, smf, from_upf, message);
		n4_procedures_pass(self, smf, from_upf, message);
	}
	else if (!self->smfs[smf].associated)
	{
		self->counters.no_association++;
		n4_engine_log(self, "%s: message of type %u about a session, without "
					  "association: dropped", self->smfs[smf].name,
					  message->type);
	}
	else if (from_upf)
	{
		n4_procedures_from_upf(self, smf, message);
	}
	else
	{
		n4_procedures_from_smf(self, smf, message);
	}
}

/**
 * Handle a datagram.
 */
static void handle_datagram(kupf_n4_t *self, unsigned int smf, bool from_upf,
							wire_octets_t datagram)
{
	n4_message_t message;
	bool good;

	if (smf >= self->smf_count)
	{
		return;
	}
	do
	{
		good = n4_message_cut(&datagram, &message);
		if (good)
		{
			(*(from_upf ? &self->counters.from_upf :
						  &self->counters.from_smf))++;
			handle(self, smf, from_upf, &message);
		}
	}
	while (datagram.len);
	if (!good)
	{
		self->counters.malformed++;
		n4_engine_log(self, "%s: malformed message%s: dropped",
					  self->smfs[smf].name, from_upf ? " for it" : "");
	}
	n4_feed_push(&self->feed);
}

/*
 * Described in header
 */
void kupf_n4_from_smf(kupf_n4_t *self, unsigned int smf,
					  const uint8_t *datagram, size_t len)
{
	handle_datagram(self, smf, false, wire_octets(datagram, len));
}

/*
 * Described in header
 */
void kupf_n4_from_upf(kupf_n4_t *self, unsigned int smf,
					  const uint8_t *datagram, size_t len)
{
	handle_datagram(self, smf, true, wire_octets(datagram, len));
}

/*
 * Described in header
 */
int kupf_n4_fd(const kupf_n4_t *self)
{
	return kupf_client_fd(self->feed.client);
}

/*
 * Described in header
 */
short kupf_n4_poll_events(const kupf_n4_t *self)
{
	return kupf_client_poll_events(self->feed.client);
}

/*
 * Described in header
 */
int kupf_n4_poll_timeout(const kupf_n4_t *self)
{
	int timeout = n4_feed_timeout(&self->feed);
	uint64_t next = n4_exchanges_next(self->exchanges), now = n4_now();
	int wait;

	if (next != UINT64_MAX)
	{
		wait = next <= now ? 0 : next - now > INT_MAX ? INT_MAX : next - now;
		timeout = timeout < 0 || wait < timeout ? wait : timeout;
	}
	return timeout;
}

/*
 * Described in header
 */
void kupf_n4_process(kupf_n4_t *self)
{
	uint64_t syncs = self->feed.sync.count;

	n4_feed_process(&self->feed);
	n4_procedures_run_out(self);
	n4_exchanges_age(self->exchanges, n4_now());
	n4_feed_push(&self->feed);
	if (self->feed.sync.count != syncs)
	{
		n4_engine_log(self, "synchronised with kupf, %zu sessions",
					  n4_sessions_count(self->sessions));
	}
}

/*
 * Described in header
 */
void kupf_n4_get_counters(const kupf_n4_t *self, kupf_n4_counters_t *counters)
{
	*counters = self->counters;
	counters->sessions = n4_sessions_count(self->sessions);
	counters->locked = n4_pages_are_locked(n4_sessions_pages(self->sessions));
	counters->synchronised = self->feed.sync.count;
}
