/* SPDX-License-Identifier: MIT */

#include "kupf_psk_client.h"
#include "psk_announce.h"
#include "psk_ends.h"
#include "psk_key.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/**
 * A consumer.
 */
struct kupf_psk_client_t {
	/** client of the socket */
	kupf_client_t *client;
	/** each connection to the daemon is registered for psk-end */
	bool registered;
	/** called with the end of a connection */
	kupf_psk_client_end_cb_t cb;
	/** for it */
	void *ctx;
	/** connections */
	psk_links_t links;
	/** number of the last one */
	uint64_t last;
	/** number of the connection to the daemon that knows them */
	uint64_t serial;
	/** when the daemon was last seen, ms */
	uint64_t seen;
	/** how long it may be away, ms */
	unsigned int patience;
};

/*
 * Described in header
 */
void kupf_psk_client_key_wipe(kupf_psk_client_key_t *key)
{
	memset(key, 0, sizeof(*key));
	/* the compiler must not leave it out */
	__asm__ __volatile__("" : : "r"(key) : "memory");
}

/**
 * Handle psk-end: marks connections, and calls nobody.
 */
static void on_end(void *user, wire_octets_t name, const wire_reader_t *event)
{
	kupf_psk_client_t *self = user;

	psk_ends_read(&self->links, event);
	(void)name;
}

/**
 * Whether each connection to the daemon is registered for psk-end, from the next
 * one on if there is none: without that no key is taken.
 */
static bool is_ready(kupf_psk_client_t *self)
{
	kupf_client_status_t status;

	if (!self->registered)
	{
		status = kupf_client_register(self->client, "psk-end", on_end, self);
		self->registered = status == KUPF_CLIENT_OK ||
						   status == KUPF_CLIENT_LOST;
	}
	return self->registered;
}

/*
 * Described in header
 */
kupf_psk_client_t *kupf_psk_client_create(const char *path,
										  kupf_psk_client_end_cb_t cb,
										  void *ctx)
{
	kupf_psk_client_t *self;

	self = calloc(1, sizeof(*self));
	if (!self)
	{
		return NULL;
	}
	self->client = kupf_client_create(path);
	if (!self->client)
	{
		free(self);
		return NULL;
	}
	self->cb = cb;
	self->ctx = ctx;
	self->patience = KUPF_PSK_CLIENT_PATIENCE;
	self->seen = psk_ends_now();
	psk_links_init(&self->links);
	kupf_client_set_timeout(self->client, KUPF_PSK_CLIENT_TIMEOUT);
	is_ready(self);
	return self;
}

/*
 * Described in header
 */
void kupf_psk_client_destroy(kupf_psk_client_t *self)
{
	if (self)
	{
		kupf_client_destroy(self->client);
		psk_links_deinit(&self->links);
		free(self);
	}
}

/*
 * Described in header
 */
void kupf_psk_client_set_timeout(kupf_psk_client_t *self, unsigned int timeout)
{
	kupf_client_set_timeout(self->client, timeout);
}

/*
 * Described in header
 */
void kupf_psk_client_set_patience(kupf_psk_client_t *self,
								  unsigned int patience)
{
	self->patience = patience;
}

/**
 * Whether there is a connection to the daemon.  If it is another one than
 * before, that does not know our connections.
 */
static bool look(kupf_psk_client_t *self)
{
	uint64_t serial = kupf_client_serial(self->client);

	if (kupf_client_fd(self->client) < 0)
	{
		return false;
	}
	if (serial != self->serial)
	{
		self->serial = serial;
		psk_links_retell(&self->links);
	}
	self->seen = psk_ends_now();
	return true;
}

/**
 * Send the request that was begun, and wait for its reply.
 */
static kupf_psk_client_status_t call(kupf_psk_client_t *self,
									 kupf_client_reply_t *reply)
{
	kupf_client_status_t status;

	status = kupf_client_call(self->client, reply);
	look(self);
	switch (status)
	{
		case KUPF_CLIENT_OK:
			return KUPF_PSK_CLIENT_OK;
		case KUPF_CLIENT_REFUSED:
			if (wire_equals(reply->cause, "unknown-identity") ||
				wire_equals(reply->cause, "no-such-session"))
			{
				return KUPF_PSK_CLIENT_NO_KEY;
			}
			return KUPF_PSK_CLIENT_REFUSED;
		case KUPF_CLIENT_INVALID:
		case KUPF_CLIENT_UNKNOWN:
		case KUPF_CLIENT_NO_MEMORY:
			return KUPF_PSK_CLIENT_INVALID;
		default:
			return KUPF_PSK_CLIENT_UNAVAILABLE;
	}
}

/**
 * Send the request for a key that was begun, and read it.
 */
static kupf_psk_client_status_t get_key(kupf_psk_client_t *self,
										kupf_psk_client_key_t *key)
{
	kupf_psk_client_status_t status;
	kupf_client_reply_t reply;

	status = call(self, &reply);
	if (status == KUPF_PSK_CLIENT_OK && !psk_key_read(&reply, key))
	{
		status = KUPF_PSK_CLIENT_INVALID;
	}
	if (status != KUPF_PSK_CLIENT_OK)
	{
		kupf_psk_client_key_wipe(key);
	}
	return status;
}

/*
 * Described in header
 */
kupf_psk_client_status_t kupf_psk_client_find(kupf_psk_client_t *self,
											  const void *identity, size_t len,
											  kupf_psk_client_key_t *key)
{
	wire_writer_t *writer;

	memset(key, 0, sizeof(*key));
	if (!len || len > sizeof(key->identity))
	{	/* what no session can have, such as tickets */
		return KUPF_PSK_CLIENT_NO_KEY;
	}
	if (!is_ready(self))
	{
		return KUPF_PSK_CLIENT_UNAVAILABLE;
	}
	memcpy(key->identity, identity, len);
	key->identity_len = len;
	writer = kupf_client_begin(self->client, "psk");
	wire_writer_value(writer, "identity", wire_octets(identity, len));
	return get_key(self, key);
}

/*
 * Described in header
 */
kupf_psk_client_status_t kupf_psk_client_find_session(kupf_psk_client_t *self,
											const char *session,
											kupf_psk_client_key_t *key)
{
	wire_writer_t *writer;

	memset(key, 0, sizeof(*key));
	if (!is_ready(self))
	{
		return KUPF_PSK_CLIENT_UNAVAILABLE;
	}
	writer = kupf_client_begin(self->client, "psk-by-session");
	wire_writer_text(writer, "session", session);
	return get_key(self, key);
}

/*
 * Described in header
 */
kupf_psk_client_status_t kupf_psk_client_request(kupf_psk_client_t *self,
												 const char *session)
{
	kupf_psk_client_status_t status;
	kupf_client_reply_t reply;
	wire_writer_t *writer;

	writer = kupf_client_begin(self->client, "psk-request");
	wire_writer_text(writer, "session", session);
	status = call(self, &reply);
	if (status == KUPF_PSK_CLIENT_OK &&
		!wire_equals(kupf_client_reply_get(&reply, "waiting"), "yes"))
	{
		status = KUPF_PSK_CLIENT_NO_KEY;
	}
	return status;
}

/**
 * Add a connection, which nobody knows yet.
 */
static psk_link_t *add_link(kupf_psk_client_t *self,
							const kupf_psk_client_key_t *key,
							const char *remote, void *user)
{
	psk_link_t *link;

	link = calloc(1, sizeof(*link));
	if (!link)
	{
		return NULL;
	}
	link->id = ++self->last;
	link->user = user;
	link->generation = key->generation;
	link->identity_len = key->identity_len;
	link->end = PSK_NEVER;
	memcpy(link->session, key->session, sizeof(link->session));
	memcpy(link->check, key->check, sizeof(link->check));
	memcpy(link->identity, key->identity, sizeof(link->identity));
	snprintf(link->remote, sizeof(link->remote), "%s", remote ? remote : "");
	if (!psk_links_add(&self->links, link))
	{
		free(link);
		return NULL;
	}
	return link;
}

/*
 * Described in header
 */
kupf_psk_client_status_t kupf_psk_client_up(kupf_psk_client_t *self,
											const kupf_psk_client_key_t *key,
											const char *remote, void *user,
											uint64_t *id)
{
	kupf_psk_client_status_t status;
	kupf_client_reply_t reply;
	psk_link_t *link;

	*id = 0;
	if (!is_ready(self))
	{
		return KUPF_PSK_CLIENT_UNAVAILABLE;
	}
	/* before it is told of: its end may come before the reply */
	link = key->identity_len ? add_link(self, key, remote, user) : NULL;
	if (!link)
	{
		return KUPF_PSK_CLIENT_INVALID;
	}
	psk_announce_begin(self->client, link);
	status = call(self, &reply);
	if (status != KUPF_PSK_CLIENT_OK)
	{
		psk_links_remove(&self->links, link);
		return status;
	}
	/* the connection that was made for this request knows it */
	psk_links_move(NULL, &link->untold);
	link->serial = self->serial;
	if (!psk_announce_is_right(link, &reply))
	{
		kupf_psk_client_down(self, link->id);
		return KUPF_PSK_CLIENT_NO_KEY;
	}
	psk_announce_taken(link, &reply);
	*id = link->id;
	return status;
}

/*
 * Described in header
 */
void kupf_psk_client_down(kupf_psk_client_t *self, uint64_t id)
{
	psk_link_t *link = psk_links_find(&self->links, id);

	if (link && !link->closed)
	{
		link->closed = true;
		psk_links_move(NULL, &link->ending);
		psk_links_move(&self->links.untold, &link->untold);
		if (look(self))
		{
			psk_announce_all(self->client, &self->links, self->serial);
		}
	}
}

/*
 * Described in header
 */
kupf_psk_client_status_t kupf_psk_client_process(kupf_psk_client_t *self)
{
	kupf_psk_client_status_t status = KUPF_PSK_CLIENT_UNAVAILABLE;

	kupf_client_process(self->client);
	if (is_ready(self) && look(self))
	{
		status = KUPF_PSK_CLIENT_OK;
		psk_announce_all(self->client, &self->links, self->serial);
	}
	else if (psk_ends_now() >= self->seen + self->patience)
	{
		psk_ends_mark_all(&self->links, "lost");
	}
	psk_ends_tell(&self->links, self->cb, self->ctx);
	return status;
}

/*
 * Described in header
 */
int kupf_psk_client_fd(const kupf_psk_client_t *self)
{
	return kupf_client_fd(self->client);
}

/*
 * Described in header
 */
short kupf_psk_client_poll_events(const kupf_psk_client_t *self)
{
	return kupf_client_poll_events(self->client);
}

/*
 * Described in header
 */
int kupf_psk_client_poll_timeout(const kupf_psk_client_t *self)
{
	const psk_links_t *links = &self->links;
	int timeout = kupf_client_poll_timeout(self->client);
	uint64_t now = psk_ends_now(), then = PSK_NEVER, due;

	if (kupf_client_serial(self->client) != self->serial)
	{	/* there are connections that it is to be told of */
		return 0;
	}
	if (links->count && kupf_client_fd(self->client) < 0)
	{
		then = self->seen + self->patience;
	}
	due = psk_ends_due(links);
	then = due < then ? due : then;
	if (then == PSK_NEVER)
	{
		return timeout;
	}
	now = then > now ? then - now : 0;
	now = now > INT_MAX ? INT_MAX : now;
	return timeout >= 0 && timeout < (int)now ? timeout : (int)now;
}

/*
 * Described in header
 */
const char *kupf_psk_client_error(const kupf_psk_client_t *self)
{
	return kupf_client_error(self->client);
}
