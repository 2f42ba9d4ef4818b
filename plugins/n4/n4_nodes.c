/* SPDX-License-Identifier: MIT */

#include "n4_nodes.h"
#include "n4_clock.h"
#include "n4_procedures.h"

/**
 * All sessions of an SMF have ended.
 */
static void purge(kupf_n4_t *self, unsigned int smf, const char *why)
{
	n4_session_t *session, *after;
	unsigned int count = 0;

	for (session = n4_sessions_first(self->sessions); session; session = after)
	{
		after = session->after;
		if (session->smf == smf)
		{
			n4_procedures_drop(self, session, NULL);
			count++;
		}
	}
	self->counters.purged += count;
	if (count)
	{
		n4_engine_log(self, "%s: %s, %u sessions end",
					  self->smfs[smf].name, why, count);
	}
}

/**
 * Whether a recovery time stamp is another one than before.
 */
static bool is_another(uint32_t *known, uint32_t recovery)
{
	bool another = recovery && *known && recovery != *known;

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
						 uint32_t recovery, const n4_exchange_t *exchange)
{
	unsigned int i;

	if (from_upf)
	{
		if (is_another(&self->recovery, recovery))
		{
			for (i = 0; i < self->smf_count; i++)
			{
				purge(self, i, "the UPF has started anew");
				self->smfs[i].associated = false;
				n4_exchanges_forget_smf(self->exchanges, i, exchange);
			}
		}
	}
	else if (is_another(&self->smfs[smf].recovery, recovery))
	{
		purge(self, smf, "the SMF has started anew");
		self->smfs[smf].associated = false;
		n4_exchanges_forget_smf(self->exchanges, smf, exchange);
	}
}

/**
 * An exchange about nodes is over.
 */
static void see_accepted(kupf_n4_t *self, const n4_exchange_t *exchange)
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
			n4_engine_log(self, "%s: associated", smf->name);
			break;
		case N4_ASSOCIATION_RELEASE:
			purge(self, exchange->smf, "association released");
			smf->associated = false;
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
static void see_request(kupf_n4_t *self, unsigned int smf, bool from_upf,
						const n4_message_t *message, uint32_t recovery)
{
	n4_exchange_t *exchange;
	wire_octets_t value;

	exchange = n4_exchanges_find(self->exchanges, smf, from_upf,
								 message->sequence);
	if (exchange && exchange->recovery != recovery)
	{	/* not the same again */
		n4_exchanges_forget(self->exchanges, exchange);
	}
	exchange = n4_exchanges_have(self->exchanges, smf, from_upf, message,
								 n4_now());
	if (exchange)
	{
		exchange->recovery = recovery;
		exchange->retains = n4_ie_find(message->ies, N4_IE_SESSION_RETENTION,
									   0, &value);
	}
}

/**
 * Look at a response.
 */
static void see_response(kupf_n4_t *self, n4_exchange_t *exchange,
						 const n4_message_t *message)
{
	wire_octets_t cause;

	if (exchange->type + 1 == message->type &&
		exchange->stage == N4_STAGE_ASKED &&
		n4_ie_find(message->ies, N4_IE_CAUSE, 1, &cause))
	{
		/* once only: it may come again when there is something new */
		exchange->stage = N4_STAGE_ANSWERED;
		if (cause.ptr[0] == N4_CAUSE_ACCEPTED)
		{
			see_accepted(self, exchange);
		}
	}
}

/*
 * Described in header
 */
void n4_nodes_see(kupf_n4_t *self, unsigned int smf, bool from_upf,
				  const n4_message_t *message)
{
	bool is_request = n4_message_is_request(message);
	n4_exchange_t *exchange = NULL;
	wire_octets_t value;
	uint32_t recovery = 0;

	if (n4_ie_find(message->ies, N4_IE_RECOVERY_TIME_STAMP, 4, &value))
	{
		recovery = n4_number(value.ptr, 4);
	}
	if (!is_request)
	{
		exchange = n4_exchanges_find(self->exchanges, smf, !from_upf,
									 message->sequence);
	}
	see_recovery(self, smf, from_upf, recovery, exchange);
	if (!is_request && exchange)
	{
		see_response(self, exchange, message);
	}
	else if (is_request && (message->type == N4_ASSOCIATION_SETUP ||
							message->type == N4_ASSOCIATION_RELEASE ||
							message->type == N4_SET_DELETION))
	{
		see_request(self, smf, from_upf, message, recovery);
	}
}
