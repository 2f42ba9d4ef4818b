/* SPDX-License-Identifier: MIT */

#include "n4_guard.h"
#include "n4_clock.h"

/** Values of IE Cause, clause 8.2.1 */
enum {
	CAUSE_NO_SESSION = 65,
	CAUSE_NO_ASSOCIATION = 72,
	CAUSE_NO_RESOURCES = 75,
};

/** Octets of IE F-SEID up to the SEID, and with it */
#define F_SEID_AT 1
#define F_SEID_MIN 9

/** First octet of a header with SEID */
#define VERSION_S 0x21

/** Octets of a header that the length counts, with SEID */
#define COUNTED 12

/** Octets of type and length of an IE */
#define IE_HEADER 4

/** What a message takes: one in a second is a thousandth of it in a ms */
#define MESSAGE 1000

/**
 * Refuse a request about a session.
 */
static void refuse(kupf_n4_t *self, unsigned int smf,
				   const n4_message_t *request, uint8_t cause)
{
	n4_out_t out = { .buf = self->out, .room = sizeof(self->out) };
	bool opens = request->type == N4_ESTABLISHMENT;
	size_t node_id = opens ? self->node_id.len : 0;
	wire_octets_t value;
	uint64_t seid = 0;

	if (opens && n4_ie_find(request->ies, N4_IE_F_SEID, F_SEID_MIN, &value))
	{
		seid = n4_number(value.ptr + F_SEID_AT, 8);
	}
	n4_out_number(&out, VERSION_S, 1);
	n4_out_number(&out, request->type + 1, 1);
	n4_out_number(&out, COUNTED + IE_HEADER + 1 +
				  (node_id ? IE_HEADER + node_id : 0), 2);
	n4_out_number(&out, seid, 8);
	n4_out_number(&out, request->sequence << 8, 4);
	if (node_id)
	{
		n4_out_number(&out, N4_IE_NODE_ID, 2);
		n4_out_number(&out, node_id, 2);
		n4_out_add(&out, wire_octets(self->node_id.octets, node_id));
	}
	n4_out_number(&out, N4_IE_CAUSE, 2);
	n4_out_number(&out, 1, 2);
	n4_out_number(&out, cause, 1);
	self->config.to_smf(self->config.user, smf, out.buf, out.len);
}

/**
 * Have it said that a message goes no further.
 */
static bool turn_away(kupf_n4_t *self, unsigned int smf,
					  const n4_message_t *message, uint64_t *counter,
					  const char *why)
{
	(*counter)++;
	n4_engine_log(self, "%s: message of type %u, SEID %llx, %s",
				  self->smfs[smf].name, message->type,
				  (unsigned long long)message->seid, why);
	return false;
}

/*
 * Described in header
 */
bool n4_guard_take(n4_smf_t *smf, unsigned int rate, uint64_t now)
{
	uint64_t most = (uint64_t)rate * MESSAGE, elapsed = now - smf->filled_at;

	/* a second of silence is a second's messages at once */
	if (smf->filled_at && elapsed < 1000 && elapsed * rate < most - smf->tokens)
	{
		smf->tokens += elapsed * rate;
	}
	else
	{
		smf->tokens = most;
	}
	smf->filled_at = now;
	if (smf->tokens < MESSAGE)
	{
		return false;
	}
	smf->tokens -= MESSAGE;
	return true;
}

/**
 * What tells a request from another one of the same number.  Our IE with a key
 * is left out: nothing of a key is in it.
 */
static uint64_t digest_of(const kupf_n4_t *self, const n4_message_t *request)
{
	wire_octets_t rest = request->ies, next = rest;
	uint64_t digest = 0xcbf29ce484222325 ^ request->type;
	bool is_cut;
	n4_ie_t ie;
	size_t i;

	digest = (digest ^ request->seid) * 0x100000001b3;
	while (rest.len)
	{
		is_cut = !n4_ie_next(&next, &ie);
		if (is_cut || !n4_vendor_is(&self->vendor, &ie, self->vendor.key_type))
		{
			for (i = 0; i < (is_cut ? rest.len : ie.octets.len); i++)
			{
				digest = (digest ^ rest.ptr[i]) * 0x100000001b3;
			}
		}
		rest = is_cut ? wire_octets(NULL, 0) : next;
	}
	return digest;
}

/**
 * Whether a Node ID is in a message, as one of its own IEs.
 */
static bool has_node_id(const n4_message_t *message, const n4_node_id_t *id)
{
	wire_octets_t ies = message->ies;
	n4_ie_t ie;

	while (id->len && n4_ie_next(&ies, &ie))
	{
		if (ie.type == N4_IE_NODE_ID && ie.value.len == id->len &&
			!memcmp(ie.value.ptr, id->octets, id->len))
		{
			return true;
		}
	}
	return false;
}

/**
 * Whether an SMF's request has the Node ID of another one.
 */
static bool is_anothers(const kupf_n4_t *self, unsigned int smf,
						const n4_message_t *request)
{
	unsigned int i;

	for (i = 0; !self->config.rewrites_node_ids && i < self->smf_count; i++)
	{
		if (i != smf && self->smfs[i].associated &&
			has_node_id(request, &self->smfs[i].node_id))
		{
			return true;
		}
	}
	return false;
}

/**
 * Whether somebody sends again what was true before a start of the SMF.
 */
static bool is_stale(const n4_smf_t *smf, const n4_message_t *request)
{
	wire_octets_t stamp;

	return request->type == N4_ASSOCIATION_SETUP && smf->associated &&
		   smf->recovery &&
		   n4_ie_find(request->ies, N4_IE_RECOVERY_TIME_STAMP, 4, &stamp) &&
		   (int32_t)(n4_number(stamp.ptr, 4) - smf->recovery) < 0;
}

/**
 * Judge an SMF's request about a node.
 */
static bool may_ask(kupf_n4_t *self, unsigned int smf,
					const n4_message_t *request)
{
	n4_smf_t *from = &self->smfs[smf];

	if (!from->associated && request->type != N4_HEARTBEAT &&
		request->type != N4_ASSOCIATION_SETUP)
	{
		return turn_away(self, smf, request, &self->counters.no_association,
						 "without association: dropped");
	}
	if (is_anothers(self, smf, request))
	{
		return turn_away(self, smf, request, &self->counters.foreign,
						 "as another SMF: dropped");
	}
	if (is_stale(from, request))
	{
		return turn_away(self, smf, request, &self->counters.stale,
						 "from before its last start: dropped");
	}
	return true;
}

/**
 * Judge an SMF's request for a session.
 */
static bool may_open(kupf_n4_t *self, unsigned int smf,
					 const n4_message_t *request)
{
	const n4_smf_t *from = &self->smfs[smf];

	if (is_anothers(self, smf, request) ||
		(from->node_id.len && !has_node_id(request, &from->node_id)))
	{
		refuse(self, smf, request, CAUSE_NO_ASSOCIATION);
		return turn_away(self, smf, request, &self->counters.foreign,
						 "not as in its association: refused");
	}
	if (!n4_sessions_have_room(self->sessions, smf, from->opening))
	{
		refuse(self, smf, request, CAUSE_NO_RESOURCES);
		return turn_away(self, smf, request, &self->counters.no_room,
						 "one session too many: refused");
	}
	return true;
}

/**
 * Judge an SMF's request about a session.
 */
static bool may_speak(kupf_n4_t *self, unsigned int smf,
					  const n4_message_t *request)
{
	n4_session_t *session;

	session = n4_sessions_find(self->sessions, smf, request->seid);
	if (!session)
	{
		if (request->type == N4_MODIFICATION || request->type == N4_DELETION)
		{
			refuse(self, smf, request, CAUSE_NO_SESSION);
		}
		return turn_away(self, smf, request, &self->counters.not_owned,
						 "about no session of its own: refused");
	}
	if (session->leaving)
	{
		return turn_away(self, smf, request, &self->counters.conflicting,
						 "about a session that it deletes: dropped");
	}
	return true;
}

/**
 * Judge a request that is not there yet.
 */
static bool may_begin(kupf_n4_t *self, unsigned int smf, bool from_upf,
					  const n4_message_t *request)
{
	bool about_session = request->type >= N4_ESTABLISHMENT;

	if (from_upf)
	{
		return !about_session || self->smfs[smf].associated ||
			   turn_away(self, smf, request, &self->counters.no_association,
						 "for it without association: dropped");
	}
	if (!about_session)
	{
		return may_ask(self, smf, request);
	}
	if (!self->smfs[smf].associated)
	{
		if (request->type <= N4_DELETION)
		{
			refuse(self, smf, request, request->type == N4_ESTABLISHMENT ?
				   CAUSE_NO_ASSOCIATION : CAUSE_NO_SESSION);
		}
		return turn_away(self, smf, request, &self->counters.no_association,
						 "about a session, without association: refused");
	}
	return request->type == N4_ESTABLISHMENT ? may_open(self, smf, request) :
											   may_speak(self, smf, request);
}

/**
 * A request is there already, perhaps answered.
 *
 * @return			whether it has to be passed on again
 */
static bool may_repeat(kupf_n4_t *self, const n4_exchange_t *exchange)
{
	/* never what the UPF has done already: the SEID may be another SMF's now */
	bool again = exchange->stage == N4_STAGE_ASKED || exchange->from_upf ||
				 exchange->type < N4_ESTABLISHMENT;

	if (!again)
	{
		self->counters.repeated++;
		if (exchange->stage == N4_STAGE_ANSWERED && exchange->response)
		{
			self->config.to_smf(self->config.user, exchange->smf,
								exchange->response, exchange->len);
		}
	}
	return again;
}

/**
 * Whether an Association Setup is that of a node which has started anew: all that
 * it had ends with it.
 *
 * @param known		its recovery time stamp so far, 0 if it is not known
 */
static bool has_restarted(uint32_t known, const n4_message_t *request)
{
	wire_octets_t stamp;
	uint32_t recovery = 0;

	if (request->type == N4_ASSOCIATION_SETUP &&
		n4_ie_find(request->ies, N4_IE_RECOVERY_TIME_STAMP, 4, &stamp))
	{
		recovery = n4_number(stamp.ptr, 4);
	}
	return recovery && known && recovery != known;
}

/**
 * Judge a request.
 */
static n4_exchange_t *judge_request(kupf_n4_t *self, unsigned int smf,
									bool from_upf, const n4_message_t *request)
{
	uint64_t digest = digest_of(self, request), now = n4_now();
	n4_exchange_t *exchange;

	n4_exchanges_age(self->exchanges, now);
	exchange = n4_exchanges_find(self->exchanges, smf, from_upf,
								 request->sequence);
	if (exchange && exchange->type == request->type &&
		exchange->digest == digest)
	{
		exchange->is_again = true;
		return may_repeat(self, exchange) ? exchange : NULL;
	}
	/* its response would be to nothing: what it says must not be missed */
	if (exchange && exchange->stage != N4_STAGE_ANSWERED &&
		!has_restarted(from_upf ? self->recovery : self->smfs[smf].recovery,
					   request))
	{
		turn_away(self, smf, request, &self->counters.conflicting,
				  "with the number of another: dropped");
		return NULL;
	}
	if (!may_begin(self, smf, from_upf, request))
	{
		return NULL;
	}
	return n4_exchanges_begin(self->exchanges, smf, from_upf, request, digest,
							  now);
}

/*
 * Described in header
 */
n4_exchange_t *n4_guard_judge(kupf_n4_t *self, unsigned int smf, bool from_upf,
							  const n4_message_t *message)
{
	n4_exchange_t *exchange;

	if (!from_upf && !n4_guard_take(&self->smfs[smf], self->config.smf_rate,
									n4_now()))
	{
		turn_away(self, smf, message, &self->counters.too_many,
				  "one too many in this second: dropped");
		return NULL;
	}
	if (n4_message_is_request(message))
	{
		return judge_request(self, smf, from_upf, message);
	}
	exchange = n4_exchanges_find(self->exchanges, smf, !from_upf,
								 message->sequence);
	if (!exchange || (message->type != exchange->type + 1 &&
					  message->type != N4_VERSION_NOT_SUPPORTED))
	{
		turn_away(self, smf, message, &self->counters.unasked, from_upf ?
				  "of the UPF, to no request: dropped" :
				  "to no request: dropped");
		return NULL;
	}
	return exchange;
}
