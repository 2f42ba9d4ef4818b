/* SPDX-License-Identifier: MIT */

#include "kupf_psk_client.h"
#include "psk_links.h"
#include "client/kupf_client.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/** Requests in flight beyond which nothing is sent that can wait */
#define IN_FLIGHT_MAX 32

/** Never */
#define NEVER UINT64_MAX

typedef struct retold_t retold_t;

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

/**
 * A connection that the daemon is being told of again.
 */
struct retold_t {
	/** consumer */
	kupf_psk_client_t *self;
	/** number of the connection, which may be gone */
	uint64_t id;
};

/** Reasons of psk-end */
static const char *const reasons[] = {
	"replaced", "deleted", "expired", "service", "reload",
};

/**
 * Time that does not jump, ms.
 */
static uint64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

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
 * A connection ends; an earlier end stays.
 *
 * @param grace		ms
 */
static void end_link(kupf_psk_client_t *self, psk_link_t *link,
					 const char *reason, uint64_t grace)
{
	uint64_t end = now_ms() + grace;

	if (end < link->end && !link->closed)
	{
		link->end = end;
		link->reason = reason;
		link->grace = grace > 0;
		psk_links_move(&self->links.ending, &link->ending);
	}
}

/**
 * Handle psk-end: marks connections, and calls nobody.
 */
static void on_end(void *user, wire_octets_t name, const wire_reader_t *event)
{
	kupf_psk_client_t *self = user;
	char session[KUPF_PSK_CLIENT_SESSION_MAX + 1];
	wire_octets_t value;
	uint64_t generation = UINT32_MAX, grace = 0;
	const char *reason = "deleted";
	psk_link_t *link = NULL;
	size_t i;

	wire_reader_find(event, "session", &value);
	if (!value.len || value.len >= sizeof(session))
	{
		return;
	}
	memcpy(session, value.ptr, value.len);
	session[value.len] = '\0';
	/* what cannot be read ends all, and at once */
	wire_reader_find(event, "generation", &value);
	wire_number(value, UINT32_MAX, &generation);
	wire_reader_find(event, "grace", &value);
	wire_number(value, UINT32_MAX, &grace);
	wire_reader_find(event, "reason", &value);
	for (i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
	{
		reason = wire_equals(value, reasons[i]) ? reasons[i] : reason;
	}
	while ((link = psk_links_next(&self->links, session, link)))
	{
		if (link->generation <= generation)
		{
			end_link(self, link, reason, grace * 1000);
		}
	}
	(void)name;
}

/**
 * End all connections.
 */
static void end_all(kupf_psk_client_t *self, const char *reason)
{
	psk_link_t *link;
	size_t i;

	for (i = 0; i < self->links.size; i++)
	{
		for (link = self->links.by_id[i]; link; link = link->next_by_id)
		{
			end_link(self, link, reason, 0);
		}
	}
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
	self->seen = now_ms();
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
	self->seen = now_ms();
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
 * Read a value into a buffer.
 *
 * @return			its length, 0 if there is none, or it is too long
 */
static size_t read_value(const kupf_client_reply_t *reply, const char *name,
						 void *buf, size_t max)
{
	wire_octets_t value = kupf_client_reply_get(reply, name);

	if (!value.len || value.len > max)
	{
		return 0;
	}
	memcpy(buf, value.ptr, value.len);
	return value.len;
}

/**
 * Read a key from a reply.
 *
 * @param key		[out] key, whose identity may be set already
 */
static bool read_key(const kupf_client_reply_t *reply,
					 kupf_psk_client_key_t *key)
{
	wire_octets_t form = kupf_client_reply_get(reply, "form");
	uint64_t generation;

	if (!key->identity_len)
	{
		key->identity_len = read_value(reply, "identity", key->identity,
									   sizeof(key->identity));
	}
	key->psk_len = read_value(reply, "psk", key->psk, sizeof(key->psk));
	if (!key->psk_len || !key->identity_len ||
		!read_value(reply, "session", key->session,
					KUPF_PSK_CLIENT_SESSION_MAX) ||
		!wire_number(kupf_client_reply_get(reply, "generation"), UINT32_MAX,
					 &generation) ||
		!wire_equals(kupf_client_reply_get(reply, "hash"), "sha256"))
	{
		return false;
	}
	key->generation = generation;
	key->form = wire_equals(form, "direct") ? KUPF_PSK_CLIENT_DIRECT :
				wire_equals(form, "imp") ? KUPF_PSK_CLIENT_IMP :
				KUPF_PSK_CLIENT_EXT;
	if (key->form == KUPF_PSK_CLIENT_DIRECT)
	{
		return read_value(reply, "check", key->check,
						  KUPF_PSK_CLIENT_CHECK_MAX);
	}
	return key->form != KUPF_PSK_CLIENT_EXT || wire_equals(form, "ext");
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
	if (status == KUPF_PSK_CLIENT_OK && !read_key(&reply, key))
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
 * Begin the request that tells of a connection.
 */
static void begin_up(kupf_psk_client_t *self, const psk_link_t *link)
{
	wire_writer_t *writer;
	char name[24];

	snprintf(name, sizeof(name), "%llu", (unsigned long long)link->id);
	writer = kupf_client_begin(self->client, "connection-up");
	wire_writer_value(writer, "identity",
					  wire_octets(link->identity, link->identity_len));
	wire_writer_text(writer, "connection", name);
	if (link->remote[0])
	{
		wire_writer_text(writer, "remote", link->remote);
	}
}

/**
 * Whether the daemon has taken a connection up with the key that it was set up
 * with, and for the same session: an identity may have got another key.
 */
static bool is_of_its_key(const psk_link_t *link,
						  const kupf_client_reply_t *reply)
{
	wire_octets_t check = kupf_client_reply_get(reply, "check");
	wire_octets_t session = kupf_client_reply_get(reply, "session");

	return wire_equals(session, link->session) &&
		   check.len == strlen(link->check) &&
		   (!check.len || !memcmp(check.ptr, link->check, check.len));
}

/**
 * The daemon knows a connection.
 */
static void set_generation(psk_link_t *link, const kupf_client_reply_t *reply)
{
	uint64_t generation;

	if (wire_number(kupf_client_reply_get(reply, "generation"), UINT32_MAX,
					&generation))
	{
		link->generation = generation;
	}
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
	link->end = NEVER;
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
	begin_up(self, link);
	status = call(self, &reply);
	if (status != KUPF_PSK_CLIENT_OK)
	{
		psk_links_remove(&self->links, link);
		return status;
	}
	/* the connection that was made for this request knows it */
	psk_links_move(NULL, &link->untold);
	link->serial = self->serial;
	if (!is_of_its_key(link, &reply))
	{
		kupf_psk_client_down(self, link->id);
		return KUPF_PSK_CLIENT_NO_KEY;
	}
	set_generation(link, &reply);
	*id = link->id;
	return status;
}

/**
 * Called with what became of a connection that the daemon was told of again.
 */
static void on_retold(void *user, const kupf_client_reply_t *reply)
{
	retold_t *retold = user;
	kupf_psk_client_t *self = retold->self;
	psk_link_t *link;

	link = psk_links_find(&self->links, retold->id);
	if (link && reply->status == KUPF_CLIENT_OK)
	{
		if (is_of_its_key(link, reply))
		{
			set_generation(link, reply);
		}
		else
		{
			end_link(self, link, "replaced", 0);
		}
	}
	else if (link && (reply->status == KUPF_CLIENT_REFUSED ||
					  reply->status == KUPF_CLIENT_UNKNOWN))
	{
		end_link(self, link, "unknown", 0);
	}
	/* otherwise there will be another connection, which is told of all */
	free(retold);
}

/**
 * Tell the daemon of a connection again.
 */
static bool send_up(kupf_psk_client_t *self, psk_link_t *link)
{
	retold_t *retold;

	retold = malloc(sizeof(*retold));
	if (!retold)
	{
		return false;
	}
	*retold = (retold_t){ self, link->id };
	begin_up(self, link);
	if (kupf_client_send(self->client, on_retold, retold) != KUPF_CLIENT_OK)
	{
		free(retold);
		return false;
	}
	link->serial = self->serial;
	psk_links_move(NULL, &link->untold);
	return true;
}

/**
 * Tell the daemon that a connection is closed, if it knows of it, and forget it.
 */
static bool send_down(kupf_psk_client_t *self, psk_link_t *link)
{
	wire_writer_t *writer;
	char name[24];

	if (link->serial == self->serial)
	{
		snprintf(name, sizeof(name), "%llu", (unsigned long long)link->id);
		writer = kupf_client_begin(self->client, "connection-down");
		wire_writer_text(writer, "connection", name);
		if (kupf_client_send(self->client, NULL, NULL) != KUPF_CLIENT_OK)
		{
			return false;
		}
	}
	psk_links_remove(&self->links, link);
	return true;
}

/**
 * Tell the daemon of connections, as many as can be without waiting.
 */
static void retell(kupf_psk_client_t *self)
{
	psk_node_t *untold = &self->links.untold;
	psk_link_t *link;
	bool sent = true;

	while (sent && !psk_links_is_empty(untold) &&
		   kupf_client_in_flight(self->client) < IN_FLIGHT_MAX)
	{
		link = PSK_LINK(untold->next, untold);
		sent = link->closed ? send_down(self, link) : send_up(self, link);
	}
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
			retell(self);
		}
	}
}

/**
 * Call back for the connections that end, each of which may be gone after it.
 */
static void tell_ends(kupf_psk_client_t *self)
{
	psk_node_t waiting, *ending = &self->links.ending;
	kupf_psk_client_end_t end;
	uint64_t now = now_ms();
	psk_link_t *link;

	waiting.next = waiting.prev = &waiting;
	while (!psk_links_is_empty(ending))
	{
		link = PSK_LINK(ending->next, ending);
		end = (kupf_psk_client_end_t){
			.id = link->id,
			.user = link->user,
			.reason = link->reason,
		};
		if (link->end <= now)
		{
			psk_links_move(NULL, &link->ending);
			self->cb(self->ctx, &end);
			continue;
		}
		psk_links_move(&waiting, &link->ending);
		if (link->grace)
		{
			link->grace = false;
			end.grace = link->end - now > UINT_MAX ? UINT_MAX :
													 link->end - now;
			self->cb(self->ctx, &end);
		}
	}
	while (!psk_links_is_empty(&waiting))
	{
		psk_links_move(ending, waiting.next);
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
		retell(self);
	}
	else if (now_ms() >= self->seen + self->patience)
	{
		end_all(self, "lost");
	}
	tell_ends(self);
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
	uint64_t now = now_ms(), then = NEVER;
	const psk_link_t *link;
	psk_node_t *node;

	if (kupf_client_serial(self->client) != self->serial)
	{	/* there are connections that it is to be told of */
		return 0;
	}
	if (links->count && kupf_client_fd(self->client) < 0)
	{
		then = self->seen + self->patience;
	}
	for (node = links->ending.next; node != &links->ending; node = node->next)
	{
		link = PSK_LINK(node, ending);
		then = link->grace ? 0 : link->end < then ? link->end : then;
	}
	if (then == NEVER)
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
