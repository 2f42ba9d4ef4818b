/* SPDX-License-Identifier: MIT */

#include "n4_procedures.h"
#include "n4_clock.h"
#include "n4_keys.h"
#include "n4_source.h"

#include <stdlib.h>

/** Values of IE Cause that accept a request, clause 8.2.1: below this one */
#define CAUSE_REJECTED 64

/** Value of IE Cause: the UPF has no such session */
#define CAUSE_NO_SESSION 65

/** Octets of IE F-SEID before the addresses, clause 8.2.37 */
#define F_SEID_MIN 9

/**
 * Where to write a message to.
 */
static n4_out_t out_of(kupf_n4_t *self)
{
	n4_out_t out = { .buf = self->out, .room = sizeof(self->out) };

	return out;
}

/**
 * Take out IEs with a key.
 */
static bool take_out(void *user, const n4_ie_t *ie, n4_out_t *out)
{
	const kupf_n4_t *self = user;

	return n4_vendor_is(&self->vendor, ie, self->vendor.key_type);
}

/*
 * Described in header
 */
void n4_procedures_pass(kupf_n4_t *self, unsigned int smf, bool from_upf,
						const n4_message_t *message)
{
	kupf_n4_send_t send = from_upf ? self->config.to_smf : self->config.to_upf;
	n4_out_t out = out_of(self);

	if (n4_message_write(message, from_upf ? NULL : take_out, self,
						 wire_octets(NULL, 0), &out))
	{
		send(self->config.user, smf, out.buf, out.len);
	}
}

/**
 * A session is about to begin, or not any more.
 */
static void set_opens(kupf_n4_t *self, n4_exchange_t *exchange, bool opens)
{
	if (exchange->opens != opens)
	{
		self->smfs[exchange->smf].opening += opens ? 1 : -1;
		exchange->opens = opens;
	}
}

/**
 * The session of an exchange is about to end, or not any more.
 */
static void set_leaving(kupf_n4_t *self, const n4_exchange_t *exchange,
						bool leaving)
{
	n4_session_t *session;

	session = n4_sessions_find(self->sessions, exchange->smf, exchange->seid);
	if (session)
	{
		session->leaving = leaving;
	}
}

/**
 * A request has come for the first time.
 */
static void begin(kupf_n4_t *self, n4_exchange_t *exchange,
				  const n4_message_t *request)
{
	switch (request->type)
	{
		case N4_ESTABLISHMENT:
			set_opens(self, exchange, true);
			n4_keys_read(self, exchange, request);
			break;
		case N4_MODIFICATION:
			n4_keys_read(self, exchange, request);
			break;
		case N4_DELETION:
			set_leaving(self, exchange, true);
			break;
	}
}

/*
 * Described in header
 */
void n4_procedures_from_smf(kupf_n4_t *self, n4_exchange_t *exchange,
							const n4_message_t *message)
{
	if (exchange->from_upf)
	{
		exchange->stage = N4_STAGE_ANSWERED;
	}
	else if (!exchange->is_again)
	{
		begin(self, exchange, message);
	}
	n4_procedures_pass(self, exchange->smf, false, message);
}

/**
 * Send the response of an exchange, with an answer if it had a key.
 */
static void respond(kupf_n4_t *self, n4_exchange_t *exchange,
					const n4_answer_t *answer)
{
	wire_octets_t octets = wire_octets(exchange->response, exchange->received);
	uint8_t ie[N4_ANSWER_MAX];
	n4_out_t more = { .buf = ie, .room = sizeof(ie) }, out = out_of(self);
	n4_message_t response;

	n4_exchanges_answered(self->exchanges, exchange);
	if (!n4_message_cut(&octets, &response))
	{
		return;
	}
	if (exchange->has_key && answer->cause)
	{
		n4_vendor_write(&self->vendor, answer, &more);
	}
	if (n4_message_write(&response, NULL, NULL, wire_octets(ie, more.len),
						 &out))
	{
		memcpy(exchange->response, out.buf, out.len);
		exchange->len = out.len;
	}
	self->config.to_smf(self->config.user, exchange->smf, exchange->response,
						exchange->len);
}

/**
 * Have an exchange keep its response, as the only message of a datagram, with
 * room for an answer.
 */
static bool keep(kupf_n4_t *self, n4_exchange_t *exchange,
				 const n4_message_t *response)
{
	n4_out_t out = out_of(self);

	return n4_message_write(response, NULL, NULL, wire_octets(NULL, 0), &out) &&
		   n4_exchanges_keep(self->exchanges, exchange,
							 wire_octets(out.buf, out.len), N4_ANSWER_MAX);
}

/**
 * Whether a response is the one that an exchange has, which may have got an
 * answer since.
 */
static bool is_same(const n4_exchange_t *exchange, const n4_message_t *response)
{
	/* from the sequence number or SEID on: flag FO and length may differ */
	return exchange->response &&
		   exchange->received == response->octets.len &&
		   exchange->response[1] == response->octets.ptr[1] &&
		   !memcmp(exchange->response + 4, response->octets.ptr + 4,
				   response->octets.len - 4);
}

/*
 * Described in header
 */
bool n4_procedures_drop(kupf_n4_t *self, n4_session_t *session,
						n4_exchange_t *exchange)
{
	/* one without a key may be about to get it */
	bool known = session->content->has_key || session->refs;

	if (known)
	{
		n4_feed_delete(&self->feed, session, exchange);
	}
	n4_sessions_remove(self->sessions, session);
	return exchange && exchange->op;
}

/**
 * Add a session of which nothing is known but perhaps what its UE has.
 */
static n4_session_t *add_session(kupf_n4_t *self, const n4_exchange_t *exchange,
								 uint64_t seid)
{
	n4_pages_t *pages = n4_sessions_pages(self->sessions);
	n4_content_t *content = n4_pages_take(pages);
	n4_session_t *session = NULL;

	if (content)
	{
		memcpy(content->ue_addresses, exchange->content->ue_addresses,
			   sizeof(content->ue_addresses));
		strcpy(content->supi, exchange->content->supi);
		strcpy(content->dnn, exchange->content->dnn);
		strcpy(content->snssai, exchange->content->snssai);
		session = n4_sessions_add(self->sessions, exchange->smf,
								  self->smfs[exchange->smf].name, seid,
								  content);
	}
	if (!session)
	{
		n4_pages_give(pages, content);
	}
	return session;
}

/**
 * The UPF has given a SEID to an SMF: no other one has it any more.  The UPF may
 * have ended that session in a way that has escaped us.
 */
static void end_others(kupf_n4_t *self, unsigned int smf, uint64_t seid)
{
	n4_session_t *session;
	unsigned int i;

	for (i = 0; i < self->smf_count; i++)
	{
		session = n4_sessions_find(self->sessions, i, seid);
		if (session && i != smf)
		{
			n4_procedures_drop(self, session, NULL);
			self->counters.purged++;
			n4_engine_log(self, "%s: SEID %llx is that of a session of %s now, "
						  "its own ends", self->smfs[i].name,
						  (unsigned long long)seid, self->smfs[smf].name);
		}
	}
}

/**
 * The UPF has accepted an establishment or a modification.
 *
 * @return			what to say of the key at once; 0 if there is none, or it
 *					waits for kupf
 */
static n4_cause_t accepted(kupf_n4_t *self, n4_exchange_t *exchange, uint64_t seid)
{
	n4_session_t *session;
	n4_content_t *content;

	if (exchange->type == N4_ESTABLISHMENT)
	{
		end_others(self, exchange->smf, seid);
	}
	session = n4_sessions_find(self->sessions, exchange->smf, seid);
	if (!session && exchange->type == N4_MODIFICATION)
	{	/* it has ended before this came */
		return 0;
	}
	if (session && exchange->type == N4_ESTABLISHMENT &&
		!n4_content_has_key_of(session->content, exchange->content))
	{	/* the end of the one before has escaped us */
		n4_procedures_drop(self, session, NULL);
		session = NULL;
	}
	if (!session)
	{
		session = add_session(self, exchange, seid);
	}
	if (!session)
	{
		return N4_KEY_NO_ROOM;
	}
	if (!exchange->content->has_key)
	{
		if (exchange->type == N4_ESTABLISHMENT && !exchange->fault)
		{
			n4_source_ask(self, session);
		}
		return 0;
	}
	content = n4_pages_take(n4_sessions_pages(self->sessions));
	if (!content)
	{
		return N4_KEY_NO_ROOM;
	}
	*content = *session->content;
	n4_content_renew(content, exchange->content);
	return n4_feed_change(&self->feed, session, content, exchange);
}

/**
 * What a response means for the session.
 *
 * @param cause		[out] answer, if there is something wrong
 */
static void see_response(kupf_n4_t *self, n4_exchange_t *exchange,
						 const n4_message_t *response, n4_cause_t *cause)
{
	n4_session_t *session;
	wire_octets_t value;
	uint8_t said = 0;

	if (n4_ie_find(response->ies, N4_IE_CAUSE, 1, &value))
	{
		said = value.ptr[0];
	}
	if (exchange->type == N4_DELETION || said == CAUSE_NO_SESSION)
	{
		session = n4_sessions_find(self->sessions, exchange->smf,
								   exchange->seid);
		if (session && said && (said < CAUSE_REJECTED ||
								said == CAUSE_NO_SESSION))
		{
			n4_procedures_drop(self, session, exchange);
		}
		else if (session)
		{
			session->leaving = false;
		}
		return;
	}
	if (!said || said >= CAUSE_REJECTED || !exchange->content)
	{
		return;
	}
	if (exchange->type == N4_MODIFICATION)
	{
		if (exchange->content->has_key)
		{
			*cause = accepted(self, exchange, exchange->seid) ?: *cause;
		}
	}
	else if (n4_ie_find(response->ies, N4_IE_F_SEID, F_SEID_MIN, &value))
	{
		n4_content_learn(exchange->content, response);
		*cause = accepted(self, exchange, n4_number(value.ptr + 1, 8)) ?:
				 *cause;
	}
}

/**
 * A response has come.
 */
static void handle_response(kupf_n4_t *self, n4_exchange_t *exchange,
							const n4_message_t *response)
{
	n4_answer_t answer = {};

	if (is_same(exchange, response))
	{
		n4_exchanges_drop_content(self->exchanges, exchange);
		self->counters.repeated++;
		if (exchange->stage == N4_STAGE_ANSWERED)
		{
			self->config.to_smf(self->config.user, exchange->smf,
								exchange->response, exchange->len);
		}
		return;
	}
	if (exchange->stage != N4_STAGE_ASKED)
	{	/* two answers to one request: the first one counts */
		self->counters.unasked++;
		return;
	}
	set_opens(self, exchange, false);
	if (!keep(self, exchange, response))
	{
		n4_exchanges_answered(self->exchanges, exchange);
		n4_procedures_pass(self, exchange->smf, true, response);
		return;
	}
	if (exchange->fault)
	{
		answer.cause = exchange->fault;
		n4_keys_count_fault(self, exchange);
	}
	see_response(self, exchange, response, &answer.cause);
	if (answer.cause == N4_KEY_NO_ROOM)
	{
		self->counters.keys_no_room++;
	}
	else if (answer.cause == N4_KEY_PENDING)
	{
		self->counters.keys_pending++;
	}
	n4_exchanges_drop_content(self->exchanges, exchange);
	if (exchange->op)
	{
		n4_exchanges_wait(self->exchanges, exchange,
						  n4_now() + self->config.patience);
		return;
	}
	respond(self, exchange, &answer);
}

/*
 * Described in header
 */
void n4_procedures_from_upf(kupf_n4_t *self, n4_exchange_t *exchange,
							const n4_message_t *message)
{
	bool is_ours = exchange->type == N4_ESTABLISHMENT ||
				   exchange->type == N4_MODIFICATION ||
				   exchange->type == N4_DELETION;

	if (!exchange->from_upf && is_ours && exchange->type + 1 == message->type)
	{
		handle_response(self, exchange, message);
		return;
	}
	if (!exchange->from_upf)
	{
		n4_exchanges_answered(self->exchanges, exchange);
		set_opens(self, exchange, false);
		set_leaving(self, exchange, false);
	}
	n4_procedures_pass(self, exchange->smf, true, message);
}

/**
 * Count what has become of a key, and say so if it was not taken.
 */
static void count(kupf_n4_t *self, const n4_exchange_t *exchange,
				  const n4_answer_t *answer)
{
	const char *name = self->smfs[exchange->smf].name;

	switch (answer->cause)
	{
		case N4_KEY_ACCEPTED:
			self->counters.keys_accepted++;
			break;
		case N4_KEY_REFUSED:
			self->counters.keys_refused++;
			n4_engine_log(self, "%s: kupf has refused a key: %.*s", name,
						  (int)answer->word.len,
						  (const char*)answer->word.ptr);
			break;
		default:
			self->counters.keys_pending++;
			n4_engine_log(self, "%s: kupf has not taken a key in time", name);
			break;
	}
}

/*
 * Described in header
 */
void n4_procedures_done(void *user, n4_exchange_t *exchange,
						const n4_answer_t *answer)
{
	kupf_n4_t *self = user;

	if (exchange->has_key)
	{
		count(self, exchange, answer);
	}
	if (exchange->stage == N4_STAGE_WAITING && self->config.to_smf)
	{
		respond(self, exchange, answer);
	}
}

/**
 * An exchange waits no longer.
 */
static void give_up(kupf_n4_t *self, n4_exchange_t *exchange)
{
	n4_answer_t answer = { .cause = N4_KEY_PENDING };

	n4_feed_leave(exchange);
	n4_procedures_done(self, exchange, &answer);
}

/*
 * Described in header
 */
void n4_procedures_run_out(kupf_n4_t *self)
{
	n4_exchange_t *exchange;
	uint64_t now = n4_now();

	while ((exchange = n4_exchanges_overdue(self->exchanges, now)))
	{
		give_up(self, exchange);
	}
}

/*
 * Described in header
 */
void n4_procedures_end(void *user, n4_exchange_t *exchange)
{
	kupf_n4_t *self = user;

	if (exchange->stage == N4_STAGE_WAITING)
	{
		give_up(self, exchange);
	}
	if (exchange->type == N4_DELETION && exchange->stage == N4_STAGE_ASKED)
	{
		set_leaving(self, exchange, false);
	}
	set_opens(self, exchange, false);
	n4_feed_leave(exchange);
}
