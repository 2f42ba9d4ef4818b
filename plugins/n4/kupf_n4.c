/* SPDX-License-Identifier: MIT */

#include "kupf_n4.h"
#include "n4_clock.h"
#include "n4_engine.h"
#include "n4_guard.h"
#include "n4_nodes.h"
#include "n4_procedures.h"
#include "n4_source.h"

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
	config->smf_sessions = config->smf_sessions ?: config->max_sessions;
	config->smf_rate = config->smf_rate ?: KUPF_N4_RATE;
	config->smf_exchanges = config->smf_exchanges ?: KUPF_N4_EXCHANGES;
	config->smf_responses = config->smf_responses ?: KUPF_N4_RESPONSES;
	config->smf_changes = config->smf_changes ?: KUPF_N4_CHANGES;
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
		self->sessions = n4_sessions_create(self->config.max_sessions,
											self->config.smf_sessions);
		self->exchanges = self->sessions ? n4_exchanges_create(
									n4_sessions_pages(self->sessions),
									self->config.smf_exchanges,
									self->config.smf_responses,
									n4_procedures_end, self) : NULL;
		done = self->exchanges && n4_feed_init(&self->feed, config->socket,
											   self->config.smf_changes,
											   self->sessions,
											   n4_procedures_done,
											   n4_source_told, self);
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
		self->config.tell = NULL;
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

/*
 * Described in header
 */
bool kupf_n4_unwrap_with(kupf_n4_t *self, unsigned int smf, const uint8_t *key)
{
	n4_content_t *content = NULL;

	if (smf < self->smf_count && !self->smfs[smf].wrap.key &&
		n4_wrap_is_there())
	{
		content = n4_pages_take(n4_sessions_pages(self->sessions));
	}
	if (content)
	{
		memcpy(content->key, key, sizeof(content->key));
		self->smfs[smf].wrap.key = content;
	}
	return content;
}

/*
 * Described in header
 */
bool kupf_n4_provide(kupf_n4_t *self, const char *session,
					 const kupf_n4_key_t *key)
{
	bool done = n4_source_provide(self, session, key);

	n4_feed_push(&self->feed);
	return done;
}

/*
 * Described in header
 */
void kupf_n4_ask_again(kupf_n4_t *self)
{
	n4_source_ask_again(self);
	n4_feed_push(&self->feed);
}

/**
 * Handle a message.
 */
static void handle(kupf_n4_t *self, unsigned int smf, bool from_upf,
				   const n4_message_t *message)
{
	n4_exchange_t *exchange = n4_guard_judge(self, smf, from_upf, message);

	if (!exchange)
	{
		return;
	}
	if (message->type < N4_ESTABLISHMENT && exchange->type < N4_ESTABLISHMENT)
	{
		n4_nodes_see(self, from_upf, exchange, message);
		n4_procedures_pass(self, smf, from_upf, message);
	}
	else if (from_upf)
	{
		n4_procedures_from_upf(self, exchange, message);
	}
	else
	{
		n4_procedures_from_smf(self, exchange, message);
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
	counters->changes = self->feed.count;
	counters->merged = self->feed.merged;
	n4_exchanges_count(self->exchanges, &counters->exchanges,
					   &counters->responses, &counters->forgotten);
}
