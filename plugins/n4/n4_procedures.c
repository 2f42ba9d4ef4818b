/* SPDX-License-Identifier: MIT */

#include "n4_procedures.h"
#include "n4_clock.h"
#include "n4_keys.h"
#include "n4_outcome.h"

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
	n4_outcome_see(self, exchange, response, &answer.cause);
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
