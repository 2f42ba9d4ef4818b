/* SPDX-License-Identifier: MIT */

#include "n4_nodes.h"
#include "n4_clock.h"
#include "n4_outcome.h"

/**
 * All sessions of an SMF have ended.
 */
static void purge(kupf_n4_t *self, unsigned int smf, const char *why)
{
	n4_session_t *session;
	unsigned int count = 0;

	while ((session = n4_sessions_first(self->sessions, smf)))
	{
		n4_outcome_drop(self, session, NULL);
		count++;
	}
	self->counters.purged += count;
	if (count)
	{
		n4_engine_log(self, "%s: %s, %u sessions end",
					  self->smfs[smf].name, why, count);
	}
}

/**
 * The association of an SMF has ended, and all that was asked with it.
 */
static void dissociate(kupf_n4_t *self, unsigned int smf, const char *why,
					   const n4_exchange_t *but)
{
	purge(self, smf, why);
	self->smfs[smf].associated = false;
	self->smfs[smf].node_id.len = 0;
	n4_exchanges_forget_smf(self->exchanges, smf, but);
}

/**
 * Whether a recovery time stamp is another one than before.  One from before it
 * is believed only in a response: that can be no old message.
 */
static bool is_another(uint32_t *known, uint32_t recovery, bool may_be_older)
{
	bool another = recovery && *known && recovery != *known;

	if (another && (int32_t)(recovery - *known) < 0 && !may_be_older)
	{
		return false;
	}
	if (recovery)
	{
		*known = recovery;
	}
	return another;
}

/**
 * Look at the recovery time stamp of a message.
 */
static void see_recovery(kupf_n4_t *self, unsigned int smf, bool from_upf,
						 uint32_t recovery, bool is_response,
						 const n4_exchange_t *exchange)
{
	n4_smf_t *from = &self->smfs[smf];
	unsigned int i;

	if (from_upf)
	{
		if (is_another(&self->recovery, recovery,
					   is_response || !from->associated))
		{
			for (i = 0; i < self->smf_count; i++)
			{
				dissociate(self, i, "the UPF has started anew", exchange);
			}
		}
	}
	else if (is_another(&from->recovery, recovery,
						is_response || !from->associated))
	{
		dissociate(self, smf, "the SMF has started anew", exchange);
	}
}

/**
 * Remember the Node ID of a message.
 */
static void see_node_id(n4_node_id_t *self, const n4_message_t *message)
{
	wire_octets_t value;

	if (n4_ie_find(message->ies, N4_IE_NODE_ID, 1, &value) &&
		value.len <= sizeof(self->octets))
	{
		memcpy(self->octets, value.ptr, value.len);
		self->len = value.len;
	}
}

/**
 * An exchange about nodes is over.
 */
static void see_accepted(kupf_n4_t *self, const n4_exchange_t *exchange,
						 const n4_message_t *response)
{
	n4_smf_t *smf = &self->smfs[exchange->smf];

	switch (exchange->type)
	{
		case N4_ASSOCIATION_SETUP:
			if (!exchange->retains)
			{
				purge(self, exchange->smf, "a new association");
			}
			smf->associated = true;
			if (exchange->from_upf)
			{
				see_node_id(&smf->node_id, response);
			}
			else
			{
				smf->node_id = smf->asked_as;
				see_node_id(&self->node_id, response);
			}
			n4_engine_log(self, "%s: associated", smf->name);
			break;
		case N4_ASSOCIATION_RELEASE:
			dissociate(self, exchange->smf, "association released", exchange);
			n4_engine_log(self, "%s: association released", smf->name);
			break;
		case N4_SET_DELETION:
			purge(self, exchange->smf, "session set deletion");
			break;
	}
}

/**
 * Look at a request.
 */
static void see_request(kupf_n4_t *self, n4_exchange_t *exchange,
						const n4_message_t *message)
{
	n4_smf_t *smf = &self->smfs[exchange->smf];
	wire_octets_t value;

	exchange->retains = n4_ie_find(message->ies, N4_IE_SESSION_RETENTION, 0,
								   &value);
	if (message->type == N4_ASSOCIATION_SETUP && exchange->from_upf)
	{
		see_node_id(&self->node_id, message);
	}
	else if (message->type == N4_ASSOCIATION_SETUP)
	{
		smf->asked_as.len = 0;
		see_node_id(&smf->asked_as, message);
	}
}

/**
 * Look at a response.
 */
static void see_response(kupf_n4_t *self, n4_exchange_t *exchange,
						 const n4_message_t *message)
{
	wire_octets_t cause;

	/* once only: it may come again when there is something new */
	if (exchange->stage == N4_STAGE_ASKED)
	{
		exchange->stage = N4_STAGE_ANSWERED;
		if (message->type != N4_VERSION_NOT_SUPPORTED &&
			n4_ie_find(message->ies, N4_IE_CAUSE, 1, &cause) &&
			cause.ptr[0] == N4_CAUSE_ACCEPTED)
		{
			see_accepted(self, exchange, message);
		}
	}
}

/*
 * Described in header
 */
void n4_nodes_see(kupf_n4_t *self, bool from_upf, n4_exchange_t *exchange,
				  const n4_message_t *message)
{
	bool is_response = exchange->from_upf != from_upf;
	wire_octets_t value;
	uint32_t recovery = 0;

	if (n4_ie_find(message->ies, N4_IE_RECOVERY_TIME_STAMP, 4, &value))
	{
		recovery = n4_number(value.ptr, 4);
	}
	see_recovery(self, exchange->smf, from_upf, recovery, is_response,
				 exchange);
	if (is_response)
	{
		see_response(self, exchange, message);
	}
	else if (!exchange->is_again)
	{
		see_request(self, exchange, message);
	}
}
