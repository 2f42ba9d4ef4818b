/* SPDX-License-Identifier: MIT */

#include "n4_procedures.h"
#include "n4_clock.h"

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
 * Read what a request says about its session.
 */
static void read_request(kupf_n4_t *self, n4_exchange_t *exchange,
						 const n4_message_t *request)
{
	wire_octets_t ies = request->ies;
	n4_content_t *content;
	n4_ie_t ie;

	n4_exchanges_drop_content(self->exchanges, exchange);
	exchange->has_key = exchange->is_malformed = false;
	content = n4_content_new(n4_sessions_pages(self->sessions));
	if (!content)
	{
		return;
	}
	exchange->content = content;
	content->since = n4_now();
	while (n4_ie_next(&ies, &ie))
	{
		if (n4_vendor_is(&self->vendor, &ie, self->vendor.key_type))
		{	/* a second one finds that there is a key */
			exchange->is_malformed |= !n4_vendor_read(&ie, content);
			exchange->has_key = true;
		}
	}
	if (exchange->is_malformed)
	{
		explicit_bzero(content, sizeof(*content));
	}
	content->lifetime_is_new = content->lifetime > 0;
	if (request->type == N4_ESTABLISHMENT)
	{
		n4_content_learn(content, request);
	}
}

/*
 * Described in header
 */
void n4_procedures_from_smf(kupf_n4_t *self, unsigned int smf,
							const n4_message_t *message)
{
	n4_exchange_t *exchange;

	if (message->type == N4_ESTABLISHMENT || message->type == N4_MODIFICATION ||
		message->type == N4_DELETION)
	{
		exchange = n4_exchanges_have(self->exchanges, smf, false, message,
									 n4_now());
		if (exchange && message->type != N4_DELETION)
		{
			read_request(self, exchange, message);
		}
	}
	n4_procedures_pass(self, smf, false, message);
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

	free(exchange->response);
	exchange->response = NULL;
	if (n4_message_write(response, NULL, NULL, wire_octets(NULL, 0), &out))
	{
		exchange->response = malloc(out.len + N4_ANSWER_MAX);
	}
	if (exchange->response)
	{
		memcpy(exchange->response, out.buf, out.len);
		exchange->received = exchange->len = out.len;
	}
	return exchange->response;
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
	n4_content_t *content = n4_content_new(pages);
	n4_session_t *session = NULL;

	if (content)
	{
		memcpy(content->ue_addresses, exchange->content->ue_addresses,
			   sizeof(content->ue_addresses));
		strcpy(content->dnn, exchange->content->dnn);
		strcpy(content->snssai, exchange->content->snssai);
		session = n4_sessions_add(self->sessions, exchange->smf,
								  self->smfs[exchange->smf].name, seid,
								  content);
	}
	if (!session)
	{
		n4_content_free(pages, content);
	}
	return session;
}

/**
 * The UPF has accepted an establishment or a modification.
 *
 * @return			FALSE if there is no room for the key
 */
static bool accepted(kupf_n4_t *self, n4_exchange_t *exchange, uint64_t seid)
{
	n4_session_t *session;
	n4_content_t *content;

	session = n4_sessions_find(self->sessions, exchange->smf, seid);
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
		return false;
	}
	if (!exchange->content->has_key)
	{
		return true;
	}
	content = n4_content_new(n4_sessions_pages(self->sessions));
	if (!content)
	{
		return false;
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
		return;
	}
	if (!said || said >= CAUSE_REJECTED || !exchange->content)
	{
		return;
	}
	if (exchange->type == N4_MODIFICATION)
	{
		if (exchange->content->has_key &&
			!accepted(self, exchange, exchange->seid))
		{
			*cause = N4_KEY_NO_ROOM;
		}
	}
	else if (n4_ie_find(response->ies, N4_IE_F_SEID, F_SEID_MIN, &value))
	{
		n4_content_learn(exchange->content, response);
		if (!accepted(self, exchange, n4_number(value.ptr + 1, 8)))
		{
			*cause = N4_KEY_NO_ROOM;
		}
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
	if (exchange->stage == N4_STAGE_WAITING || !keep(self, exchange, response))
	{	/* two answers to one request are the UPF's affair */
		n4_procedures_pass(self, exchange->smf, true, response);
		return;
	}
	if (exchange->is_malformed)
	{
		answer.cause = N4_KEY_MALFORMED;
		self->counters.keys_malformed++;
	}
	see_response(self, exchange, response, &answer.cause);
	if (answer.cause == N4_KEY_NO_ROOM)
	{
		self->counters.keys_no_room++;
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
void n4_procedures_from_upf(kupf_n4_t *self, unsigned int smf,
							const n4_message_t *message)
{
	n4_exchange_t *exchange = NULL;

	if (!n4_message_is_request(message))
	{
		exchange = n4_exchanges_find(self->exchanges, smf, false,
									 message->sequence);
	}
	if (exchange && exchange->type + 1 == message->type)
	{
		handle_response(self, exchange, message);
	}
	else
	{
		n4_procedures_pass(self, smf, true, message);
	}
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
	if (exchange->stage == N4_STAGE_WAITING)
	{
		give_up(user, exchange);
	}
	n4_feed_leave(exchange);
}
