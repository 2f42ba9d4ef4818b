/* SPDX-License-Identifier: MIT */

#include "client_engine.h"

#include <stdarg.h>
#include <stdio.h>
#include <time.h>

/** Longest packet without a message, with its length */
#define SMALL_PACKET (WIRE_PACKET_HEADER + 2 + WIRE_NAME_MAX)

/*
 * Described in header
 */
uint64_t client_engine_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/*
 * Described in header
 */
kupf_client_status_t client_engine_fail(kupf_client_t *self,
										kupf_client_status_t status,
										const char *fmt, ...)
{
	va_list args;
	char *pos;

	va_start(args, fmt);
	vsnprintf(self->error, sizeof(self->error), fmt, args);
	va_end(args);
	/* some of it may be the daemon's */
	for (pos = self->error; *pos; pos++)
	{
		*pos = *pos < ' ' || *pos > '~' ? '?' : *pos;
	}
	return status;
}

/*
 * Described in header
 */
bool client_engine_connected(const kupf_client_t *self)
{
	return self->link.fd != -1;
}

/*
 * Described in header
 */
void client_engine_tell(kupf_client_t *self, const client_request_t *request,
						const kupf_client_reply_t *reply)
{
	if (request->cb)
	{
		self->depth++;
		request->cb(request->user, reply);
		self->depth--;
	}
}

/**
 * See to it that the next attempt to connect is not too soon: a daemon that
 * lets nobody in closes connections right after they were accepted.
 */
static void back_off(kupf_client_t *self, bool healthy)
{
	if (healthy)
	{
		/* retry_at was set when it was opened */
		self->backoff = 0;
		return;
	}
	self->backoff = self->backoff ? 2 * self->backoff : CLIENT_BACKOFF_MIN;
	if (self->backoff > CLIENT_BACKOFF_MAX)
	{
		self->backoff = CLIENT_BACKOFF_MAX;
	}
	self->retry_at = client_engine_now() + self->backoff;
}

/*
 * Described in header
 */
void client_engine_close(kupf_client_t *self, kupf_client_status_t status)
{
	kupf_client_reply_t reply = { .status = status };
	client_flight_t flight = self->flight;
	client_request_t request;

	if (client_engine_connected(self))
	{
		back_off(self, self->answered && status == KUPF_CLIENT_LOST);
	}
	client_link_close(&self->link);
	self->boot[0] = '\0';
	/* who is told may send the next request */
	self->flight = (client_flight_t){};
	while (flight.count)
	{
		request = client_flight_pop(&flight);
		client_engine_tell(self, &request, &reply);
		client_request_clear(&request);
		reply.status = KUPF_CLIENT_LOST;
	}
}

/*
 * Described in header
 */
kupf_client_status_t client_engine_put(kupf_client_t *self,
									   wire_octets_t packet,
									   const client_request_t *request)
{
	if (self->flight.count == CLIENT_FLIGHT_MAX ||
		!client_link_put(&self->link, packet))
	{
		return client_engine_fail(self, KUPF_CLIENT_BUSY, "%u requests wait "
								  "already", self->flight.count);
	}
	if (!self->flight.count)
	{
		self->deadline = client_engine_now() + self->timeout;
	}
	client_flight_push(&self->flight, request);
	return KUPF_CLIENT_OK;
}

/*
 * Described in header
 */
kupf_client_status_t client_engine_register(kupf_client_t *self,
							wire_packet_type_t type, const char *name,
							kupf_client_reply_cb_t cb, void *user)
{
	const client_request_t request = {
		.registers = true,
		.cb = cb,
		.user = user,
	};
	uint8_t buf[SMALL_PACKET];
	wire_writer_t writer;
	wire_octets_t packet;

	/* the client's own writer may be in use */
	wire_writer_init_buffer(&writer, buf, sizeof(buf));
	wire_packet_begin(&writer, type, name);
	if (!wire_packet_end(&writer, &packet))
	{
		return client_engine_fail(self, KUPF_CLIENT_INVALID,
								  "not the name of an event");
	}
	return client_engine_put(self, packet, &request);
}

/**
 * The daemon has answered "version".
 */
static void keep_boot(void *user, const kupf_client_reply_t *reply)
{
	kupf_client_t *self = user;
	wire_octets_t boot = kupf_client_reply_get(reply, "boot");

	if (boot.len < sizeof(self->boot))
	{
		snprintf(self->boot, sizeof(self->boot), "%.*s", (int)boot.len,
				 boot.len ? (const char*)boot.ptr : "");
	}
}

/*
 * Described in header
 */
void client_engine_ask_boot(kupf_client_t *self)
{
	const client_request_t version = {
		.cb = keep_boot,
		.user = self,
	};
	uint8_t buf[SMALL_PACKET];
	wire_writer_t writer;
	wire_octets_t packet;

	wire_writer_init_buffer(&writer, buf, sizeof(buf));
	wire_packet_begin(&writer, WIRE_CMD_REQUEST, "version");
	wire_packet_end(&writer, &packet);
	client_engine_put(self, packet, &version);
}

/**
 * Ask for everything that a new connection has to know.
 */
static void introduce(kupf_client_t *self)
{
	unsigned int i;

	for (i = 0; i < CLIENT_EVENTS_MAX; i++)
	{
		if (self->events.all[i].name[0])
		{
			client_engine_register(self, WIRE_EVENT_REGISTER,
								   self->events.all[i].name, NULL, NULL);
		}
	}
	if (self->follows_boot)
	{
		client_engine_ask_boot(self);
	}
}

/*
 * Described in header
 */
kupf_client_status_t client_engine_open(kupf_client_t *self,
										unsigned int wait)
{
	int err;

	if (self->once && self->serial)
	{
		return client_engine_fail(self, KUPF_CLIENT_LOST,
								  "connection to %s lost", self->name);
	}
	err = client_link_open(&self->link, self->path, wait);
	if (err)
	{
		back_off(self, false);
		return client_engine_fail(self, KUPF_CLIENT_LOST,
								  "cannot connect to %s: %s", self->name,
								  strerror(err));
	}
	self->serial++;
	self->answered = false;
	self->retry_at = client_engine_now() + CLIENT_BACKOFF_MIN;
	introduce(self);
	return KUPF_CLIENT_OK;
}
