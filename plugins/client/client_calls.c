/* SPDX-License-Identifier: MIT */

#include "client_calls.h"
#include "client_loop.h"

#include <stdlib.h>

/*
 * Described in header
 */
bool client_calls_may_wait(kupf_client_t *self)
{
	if (self->depth)
	{
		client_engine_fail(self, KUPF_CLIENT_INVALID,
						   "a callback must not wait");
		return false;
	}
	return true;
}

/**
 * Handle packets until something is done, which the end of the connection does
 * as well.
 */
static void run_until(kupf_client_t *self, const bool *done)
{
	self->until = done;
	while (!*done)
	{
		client_loop_poll(self, -1);
		client_loop_step(self);
	}
	self->until = NULL;
}

/*
 * Described in header
 */
void client_calls_keep(void *user, const kupf_client_reply_t *reply)
{
	client_awaited_t *awaited = user;

	awaited->reply = *reply;
	awaited->done = true;
}

/**
 * Say why a request was not carried out, unless that was said.
 */
static kupf_client_status_t explain(kupf_client_t *self,
									const kupf_client_reply_t *reply)
{
	wire_octets_t cause = reply->cause, errmsg = reply->errmsg;

	cause = cause.len ? cause : wire_text("refused");
	if (reply->status == KUPF_CLIENT_REFUSED)
	{
		client_engine_fail(self, reply->status, "%.*s%s%.*s",
						   (int)cause.len, (const char*)cause.ptr,
						   errmsg.len ? ": " : "", (int)errmsg.len,
						   errmsg.len ? (const char*)errmsg.ptr : "");
	}
	else if (reply->status == KUPF_CLIENT_UNKNOWN)
	{
		client_engine_fail(self, reply->status, "%s",
						   kupf_client_status_text(reply->status));
	}
	return reply->status;
}

/*
 * Described in header
 */
kupf_client_status_t client_calls_await(kupf_client_t *self,
										client_awaited_t *awaited)
{
	run_until(self, &awaited->done);
	return explain(self, &awaited->reply);
}

/*
 * Described in header
 */
kupf_client_status_t client_calls_connect(kupf_client_t *self, bool waits)
{
	uint64_t now;

	if (self->depth && !client_engine_connected(self))
	{
		return client_engine_fail(self, KUPF_CLIENT_LOST, "not connected");
	}
	self->wanted = true;
	if (waits && client_engine_connected(self))
	{
		/* the daemon may have gone since somebody looked */
		client_loop_step(self);
	}
	if (client_engine_connected(self))
	{
		return KUPF_CLIENT_OK;
	}
	now = client_engine_now();
	if (now < self->retry_at)
	{
		/* the reason of the last failure stays to be read */
		return KUPF_CLIENT_LOST;
	}
	return client_engine_open(self, waits ? self->timeout : 0);
}

/*
 * Described in header
 */
void client_calls_forget(kupf_client_t *self)
{
	wire_writer_reset(&self->writer);
	self->head = 0;
}

/**
 * Keep the message of an upsert.
 */
static bool keep_message(client_request_t *request, wire_octets_t packet,
						 size_t head)
{
	request->len = packet.len - head;
	request->message = malloc(request->len + 1);
	if (request->message)
	{
		memcpy(request->message, packet.ptr + head, request->len);
	}
	return request->message;
}

/**
 * Send the request that was begun.
 */
static kupf_client_status_t send_packet(kupf_client_t *self, bool upsert,
										client_request_t *request)
{
	kupf_client_status_t status;
	wire_octets_t packet;

	if (!self->head || !wire_packet_end(&self->writer, &packet) ||
		(upsert && !self->establishes))
	{
		return client_engine_fail(self, KUPF_CLIENT_INVALID, "the request "
								  "cannot be encoded: a name or a value is "
								  "too long, or it is another one");
	}
	status = client_calls_connect(self, false);
	if (status != KUPF_CLIENT_OK)
	{
		return status;
	}
	if (upsert && !keep_message(request, packet, self->head))
	{
		return client_engine_fail(self, KUPF_CLIENT_NO_MEMORY, "no memory");
	}
	status = client_engine_put(self, packet, request);
	if (status != KUPF_CLIENT_OK)
	{
		client_request_clear(request);
	}
	return status;
}

/*
 * Described in header
 */
kupf_client_status_t client_calls_send(kupf_client_t *self, bool upsert,
									   client_request_t *request)
{
	kupf_client_status_t status;

	status = send_packet(self, upsert, request);
	client_calls_forget(self);
	if (status == KUPF_CLIENT_OK && !self->depth)
	{
		/* an error is met again by whoever looks for the reply */
		client_link_send(&self->link);
	}
	return status;
}

/*
 * Described in header
 */
kupf_client_status_t client_calls_wait(kupf_client_t *self, bool upsert,
									   kupf_client_reply_t *reply)
{
	client_awaited_t awaited = {};
	client_request_t request = {
		.cb = client_calls_keep,
		.user = &awaited,
	};
	kupf_client_status_t status = KUPF_CLIENT_INVALID;

	if (client_calls_may_wait(self))
	{
		status = client_calls_connect(self, true);
	}
	if (status == KUPF_CLIENT_OK)
	{
		status = client_calls_send(self, upsert, &request);
	}
	client_calls_forget(self);
	if (status == KUPF_CLIENT_OK)
	{
		status = client_calls_await(self, &awaited);
	}
	awaited.reply.status = status;
	if (reply)
	{
		*reply = awaited.reply;
	}
	return status;
}
