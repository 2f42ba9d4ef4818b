/* SPDX-License-Identifier: MIT */

#include "kupf_client.h"
#include "client_calls.h"
#include "client_loop.h"

#include <stdlib.h>

/** What may stand before a path */
#define SCHEME "unix://"

/*
 * Described in header
 */
kupf_client_t *kupf_client_create(const char *path)
{
	size_t scheme = strlen(SCHEME);
	kupf_client_t *self;

	self = calloc(1, sizeof(*self));
	if (!self)
	{
		return NULL;
	}
	self->name = strdup(path);
	if (!self->name)
	{
		free(self);
		return NULL;
	}
	self->path = self->name + (strncmp(path, SCHEME, scheme) ? 0 : scheme);
	self->timeout = CLIENT_TIMEOUT;
	self->wanted = true;
	client_link_init(&self->link);
	wire_writer_init(&self->writer, WIRE_PACKET_HEADER + WIRE_PACKET_MAX);
	return self;
}

/*
 * Described in header
 */
void kupf_client_destroy(kupf_client_t *self)
{
	if (self)
	{
		kupf_client_disconnect(self);
		wire_writer_deinit(&self->writer);
		free(self->name);
		free(self);
	}
}

/*
 * Described in header
 */
void kupf_client_set_timeout(kupf_client_t *self, unsigned int timeout)
{
	self->timeout = timeout;
}

/*
 * Described in header
 */
void kupf_client_connect_once(kupf_client_t *self)
{
	self->once = true;
}

/*
 * Described in header
 */
const char *kupf_client_error(const kupf_client_t *self)
{
	return self->error;
}

/*
 * Described in header
 */
kupf_client_status_t kupf_client_connect(kupf_client_t *self)
{
	if (!client_calls_may_wait(self))
	{
		return KUPF_CLIENT_INVALID;
	}
	self->retry_at = 0;
	if (client_calls_connect(self, true) != KUPF_CLIENT_OK)
	{
		return KUPF_CLIENT_LOST;
	}
	return kupf_client_flush(self);
}

/*
 * Described in header
 */
void kupf_client_disconnect(kupf_client_t *self)
{
	self->wanted = false;
	client_engine_close(self, KUPF_CLIENT_LOST);
}

/*
 * Described in header
 */
uint64_t kupf_client_serial(const kupf_client_t *self)
{
	return self->serial;
}

/*
 * Described in header
 */
wire_writer_t *kupf_client_begin(kupf_client_t *self, const char *command)
{
	wire_packet_begin(&self->writer, WIRE_CMD_REQUEST, command);
	self->head = self->writer.len;
	self->establishes = !strcmp(command, "establish-session");
	return &self->writer;
}

/*
 * Described in header
 */
kupf_client_status_t kupf_client_call(kupf_client_t *self,
									  kupf_client_reply_t *reply)
{
	return client_calls_wait(self, false, reply);
}

/*
 * Described in header
 */
kupf_client_status_t kupf_client_upsert(kupf_client_t *self,
										kupf_client_reply_t *reply)
{
	return client_calls_wait(self, true, reply);
}

/*
 * Described in header
 */
kupf_client_status_t kupf_client_send(kupf_client_t *self,
									  kupf_client_reply_cb_t cb, void *user)
{
	client_request_t request = { .cb = cb, .user = user };

	return client_calls_send(self, false, &request);
}

/*
 * Described in header
 */
kupf_client_status_t kupf_client_send_upsert(kupf_client_t *self,
											 kupf_client_reply_cb_t cb,
											 void *user)
{
	client_request_t request = { .cb = cb, .user = user };

	return client_calls_send(self, true, &request);
}

/**
 * Send a packet about an event, and wait for its confirmation.
 */
static kupf_client_status_t confirm(kupf_client_t *self,
									wire_packet_type_t type, const char *event)
{
	client_awaited_t awaited = {};
	kupf_client_status_t status;

	status = client_engine_register(self, type, event, client_calls_keep,
									&awaited);
	return status == KUPF_CLIENT_OK ? client_calls_await(self, &awaited) :
									  status;
}

/*
 * Described in header
 */
kupf_client_status_t kupf_client_stream(kupf_client_t *self, const char *event,
										kupf_client_event_cb_t cb, void *user,
										kupf_client_reply_t *reply)
{
	client_awaited_t awaited = {};
	client_request_t request = {
		.cb = client_calls_keep,
		.user = &awaited,
		.stream = wire_text(event),
		.stream_cb = cb,
		.stream_user = user,
	};
	kupf_client_status_t status = KUPF_CLIENT_INVALID;
	bool keep;

	keep = client_events_find(&self->events, request.stream);
	if (client_calls_may_wait(self))
	{
		status = client_calls_connect(self, true);
	}
	if (status == KUPF_CLIENT_OK && !keep)
	{
		status = confirm(self, WIRE_EVENT_REGISTER, event);
	}
	if (status == KUPF_CLIENT_OK)
	{
		status = client_calls_send(self, false, &request);
	}
	if (status == KUPF_CLIENT_OK)
	{
		status = client_calls_await(self, &awaited);
		if (!keep && client_engine_connected(self))
		{
			client_engine_register(self, WIRE_EVENT_UNREGISTER, event, NULL,
								   NULL);
		}
	}
	client_calls_forget(self);
	awaited.reply.status = status;
	if (reply)
	{
		*reply = awaited.reply;
	}
	return status;
}

/*
 * Described in header
 */
kupf_client_status_t kupf_client_flush(kupf_client_t *self)
{
	uint64_t serial = self->serial;

	if (!client_calls_may_wait(self))
	{
		return KUPF_CLIENT_INVALID;
	}
	while (self->flight.count && self->serial == serial)
	{
		client_loop_poll(self, -1);
		client_loop_step(self);
	}
	return client_engine_connected(self) && self->serial == serial ?
										KUPF_CLIENT_OK : KUPF_CLIENT_LOST;
}

/*
 * Described in header
 */
unsigned int kupf_client_in_flight(const kupf_client_t *self)
{
	return self->flight.count;
}

/*
 * Described in header
 */
kupf_client_status_t kupf_client_register(kupf_client_t *self,
										  const char *event,
										  kupf_client_event_cb_t cb,
										  void *user)
{
	kupf_client_status_t status;

	if (!client_calls_may_wait(self))
	{
		return KUPF_CLIENT_INVALID;
	}
	status = client_calls_connect(self, true);
	if (!client_events_add(&self->events, event, cb, user))
	{
		return client_engine_fail(self, KUPF_CLIENT_INVALID,
								  "too many events, or not the name of one");
	}
	if (status == KUPF_CLIENT_OK)
	{
		status = confirm(self, WIRE_EVENT_REGISTER, event);
	}
	if (status != KUPF_CLIENT_OK && status != KUPF_CLIENT_LOST)
	{
		client_events_find(&self->events, wire_text(event))->name[0] = '\0';
	}
	return status;
}

/*
 * Described in header
 */
kupf_client_status_t kupf_client_unregister(kupf_client_t *self,
											const char *event)
{
	client_event_t *found;

	if (!client_calls_may_wait(self))
	{
		return KUPF_CLIENT_INVALID;
	}
	found = event[0] ? client_events_find(&self->events, wire_text(event)) :
					   NULL;
	if (!found)
	{
		return client_engine_fail(self, KUPF_CLIENT_INVALID,
								  "not registered for this event");
	}
	found->name[0] = '\0';
	if (!client_engine_connected(self))
	{
		return client_engine_fail(self, KUPF_CLIENT_LOST, "not connected");
	}
	return confirm(self, WIRE_EVENT_UNREGISTER, event);
}

/*
 * Described in header
 */
void kupf_client_follow_boot(kupf_client_t *self)
{
	self->follows_boot = true;
	if (client_engine_connected(self))
	{
		client_engine_ask_boot(self);
	}
}

/*
 * Described in header
 */
bool kupf_client_must_sync(const kupf_client_t *self)
{
	return self->boot[0] && strcmp(self->boot, self->synced);
}

/*
 * Described in header
 */
kupf_client_status_t kupf_client_sync_begin(kupf_client_t *self)
{
	kupf_client_status_t status;

	kupf_client_begin(self, "sync-begin");
	status = kupf_client_call(self, NULL);
	self->sync_serial = status == KUPF_CLIENT_OK ? self->serial : 0;
	return status;
}

/*
 * Described in header
 */
kupf_client_status_t kupf_client_sync_end(kupf_client_t *self,
										  uint64_t *removed)
{
	kupf_client_status_t status;
	kupf_client_reply_t reply;
	uint64_t number = 0;

	status = kupf_client_flush(self);
	if (status == KUPF_CLIENT_OK && self->sync_serial != self->serial)
	{
		status = client_engine_fail(self, KUPF_CLIENT_LOST, "the connection "
									"was lost since sync-begin");
	}
	if (status != KUPF_CLIENT_OK)
	{
		return status;
	}
	kupf_client_begin(self, "sync-end");
	status = kupf_client_call(self, &reply);
	if (status == KUPF_CLIENT_OK)
	{
		self->sync_serial = 0;
		kupf_client_synced(self);
		wire_number(kupf_client_reply_get(&reply, "removed"), UINT64_MAX,
					&number);
		if (removed)
		{
			*removed = number;
		}
	}
	return status;
}

/*
 * Described in header
 */
void kupf_client_synced(kupf_client_t *self)
{
	strcpy(self->synced, self->boot);
}

/*
 * Described in header
 */
int kupf_client_fd(const kupf_client_t *self)
{
	return self->link.fd;
}

/*
 * Described in header
 */
short kupf_client_poll_events(const kupf_client_t *self)
{
	return client_loop_events(self);
}

/*
 * Described in header
 */
int kupf_client_poll_timeout(const kupf_client_t *self)
{
	return client_loop_patience(self);
}

/*
 * Described in header
 */
kupf_client_status_t kupf_client_process(kupf_client_t *self)
{
	if (!client_calls_may_wait(self))
	{
		return KUPF_CLIENT_INVALID;
	}
	client_loop_step(self);
	return client_engine_connected(self) ? KUPF_CLIENT_OK : KUPF_CLIENT_LOST;
}

/*
 * Described in header
 */
kupf_client_status_t kupf_client_wait(kupf_client_t *self, int timeout)
{
	if (!client_calls_may_wait(self))
	{
		return KUPF_CLIENT_INVALID;
	}
	client_loop_poll(self, timeout);
	return kupf_client_process(self);
}
