/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupf_psk_connections.h"
#include "kupf/kupf_counters.h"

#include <collections/hashtable.h>
#include <threading/mutex.h>

/** Connections that are dropped at a time, so that others have their turn */
#define DROP_STEP 64

typedef struct private_kupf_psk_connections_t private_kupf_psk_connections_t;
typedef struct node_t node_t;
typedef struct holder_t holder_t;
typedef struct entry_t entry_t;

/**
 * Place in a ring, or its head.
 */
struct node_t {
	/** neighbours, itself if there is none */
	node_t *next, *prev;
};

/**
 * A consumer, or a session: what connections belong to.
 */
struct holder_t {
	/** its connections */
	node_t ring;
	/** number of them */
	u_int count;
	/** consumer: what identifies it, and its number */
	const void *client;
	uint32_t number;
	/** session: its name */
	char *name;
};

/**
 * A connection.
 */
struct entry_t {
	/** among those of the consumer, and of the session */
	node_t of_client, of_session;
	/** consumer */
	holder_t *client;
	/** session, NULL if that has ended */
	holder_t *session;
	/** name of the session, also then */
	char *session_name;
	/** connection */
	kupf_link_t link;
};

/**
 * Private data of the object.
 */
struct private_kupf_psk_connections_t {
	/** public interface */
	kupf_psk_connections_t public;
	/** bounds */
	u_int each, all;
	/** connections that there are */
	u_int count;
	/** number of the last consumer */
	uint32_t last;
	/** consumers by what identifies them, holder_t */
	hashtable_t *clients;
	/** sessions by name, holder_t */
	hashtable_t *sessions;
	/** connections by consumer and name, entry_t */
	hashtable_t *entries;
	/** guards all of it */
	mutex_t *mutex;
};

static u_int entry_hash(const entry_t *entry)
{
	return chunk_hash_inc(chunk_from_str((char*)entry->link.name),
						  chunk_hash(chunk_from_thing(entry->client)));
}

static bool entry_equals(const entry_t *a, const entry_t *b)
{
	return a->client == b->client && streq(a->link.name, b->link.name);
}

static void ring_init(node_t *ring)
{
	ring->next = ring->prev = ring;
}

static void ring_add(node_t *ring, node_t *node)
{
	node->next = ring;
	node->prev = ring->prev;
	ring->prev->next = node;
	ring->prev = node;
}

static void ring_remove(node_t *node)
{
	node->prev->next = node->next;
	node->next->prev = node->prev;
}

/**
 * Find a connection by its name, with the mutex locked.
 */
static entry_t *find(private_kupf_psk_connections_t *this, const void *client,
					 const char *name)
{
	entry_t key = {};

	key.client = this->clients->get(this->clients, client);
	strncpy(key.link.name, name, KUPF_LINK_NAME_MAX);
	return key.client ? this->entries->get(this->entries, &key) : NULL;
}

/**
 * Take a connection from its session.
 */
static void leave_session(private_kupf_psk_connections_t *this, entry_t *entry)
{
	holder_t *session = entry->session;

	if (session)
	{
		ring_remove(&entry->of_session);
		entry->session = NULL;
		if (!--session->count)
		{
			this->sessions->remove(this->sessions, session->name);
			free(session->name);
			free(session);
		}
	}
}

/**
 * Remove a connection; its consumer goes with the last one.
 */
static void remove_entry(private_kupf_psk_connections_t *this, entry_t *entry)
{
	holder_t *client = entry->client;

	leave_session(this, entry);
	this->entries->remove(this->entries, entry);
	ring_remove(&entry->of_client);
	if (!--client->count)
	{
		this->clients->remove(this->clients, client->client);
		free(client);
	}
	this->count--;
	kupf_count_held(KUPF_PSK_CONNECTIONS, -1);
	free(entry->session_name);
	free(entry);
}

/**
 * Get the consumer, which may be a new one.
 */
static holder_t *get_client(private_kupf_psk_connections_t *this,
							const void *client)
{
	holder_t *holder;

	holder = this->clients->get(this->clients, client);
	if (!holder)
	{
		INIT(holder,
			.client = client,
			.number = ++this->last,
		);
		ring_init(&holder->ring);
		this->clients->put(this->clients, client, holder);
	}
	return holder;
}

/**
 * Get the session, which may be a new one.
 */
static holder_t *get_session(private_kupf_psk_connections_t *this,
							 const char *name)
{
	holder_t *holder;

	holder = this->sessions->get(this->sessions, name);
	if (!holder)
	{
		INIT(holder,
			.name = strdup(name),
		);
		ring_init(&holder->ring);
		this->sessions->put(this->sessions, holder->name, holder);
	}
	return holder;
}

/**
 * Add a connection.
 */
static void add(private_kupf_psk_connections_t *this, const void *client,
				const char *session, kupf_link_t *link)
{
	entry_t *entry;

	INIT(entry,
		.client = get_client(this, client),
		.session = get_session(this, session),
		.session_name = strdup(session),
	);
	link->consumer = entry->client->number;
	link->since = time_monotonic(NULL);
	entry->link = *link;
	ring_add(&entry->client->ring, &entry->of_client);
	ring_add(&entry->session->ring, &entry->of_session);
	entry->client->count++;
	entry->session->count++;
	this->entries->put(this->entries, entry, entry);
	this->count++;
	kupf_count_held(KUPF_PSK_CONNECTIONS, 1);
}

/**
 * Whether there is room for a connection of a consumer.
 */
static bool has_room(private_kupf_psk_connections_t *this, const void *client)
{
	holder_t *holder;

	holder = this->clients->get(this->clients, client);
	return this->count < this->all && (!holder || holder->count < this->each);
}

METHOD(kupf_psk_connections_t, up, kupf_psk_up_t,
	private_kupf_psk_connections_t *this, const void *client,
	const char *session, kupf_link_t *link, kupf_error_t *error)
{
	kupf_psk_up_t up = KUPF_PSK_UP_REFUSED;
	entry_t *entry;

	this->mutex->lock(this->mutex);
	entry = find(this, client, link->name);
	if (entry && entry->session && streq(entry->session_name, session))
	{
		entry->link.generation = link->generation;
		*link = entry->link;
		up = KUPF_PSK_UP_KNOWN;
	}
	else if (entry)
	{
		kupf_error(error, KUPF_CAUSE_INVALID_FIELD, "field 'connection': there "
				   "is another one of that name");
	}
	else if (!has_room(this, client))
	{
		kupf_count(KUPF_PSK_CONNECTIONS_REFUSED);
		kupf_error(error, KUPF_CAUSE_LIMIT_REACHED, "there are as many "
				   "connections as there may be of a consumer, or of all");
	}
	else
	{
		add(this, client, session, link);
		up = KUPF_PSK_UP_NEW;
	}
	this->mutex->unlock(this->mutex);
	return up;
}

METHOD(kupf_psk_connections_t, down, bool,
	private_kupf_psk_connections_t *this, const void *client, const char *name,
	char session[KUPF_SESSION_NAME_MAX + 1], kupf_link_t *link)
{
	entry_t *entry;

	this->mutex->lock(this->mutex);
	entry = find(this, client, name);
	if (entry)
	{
		*link = entry->link;
		strcpy(session, entry->session_name);
		remove_entry(this, entry);
	}
	this->mutex->unlock(this->mutex);
	return entry != NULL;
}

/**
 * Drop some connections of a consumer.
 *
 * @return			how many, 0 if it has none
 */
static u_int drop_some(private_kupf_psk_connections_t *this,
					   const void *client, uint32_t *consumer)
{
	holder_t *holder;
	u_int i, count = 0;

	this->mutex->lock(this->mutex);
	holder = this->clients->get(this->clients, client);
	if (holder)
	{
		*consumer = holder->number;
		count = min(holder->count, DROP_STEP);
		for (i = 0; i < count; i++)
		{	/* the holder goes with the last one */
			remove_entry(this, (entry_t*)((char*)holder->ring.next -
										  offsetof(entry_t, of_client)));
		}
	}
	this->mutex->unlock(this->mutex);
	return count;
}

METHOD(kupf_psk_connections_t, drop, u_int,
	private_kupf_psk_connections_t *this, const void *client,
	uint32_t *consumer)
{
	u_int count, dropped = 0;

	do
	{
		count = drop_some(this, client, consumer);
		dropped += count;
	}
	while (count);
	return dropped;
}

/**
 * Get the connection at a place in a session's ring.
 */
static entry_t *get_entry(node_t *node)
{
	return (entry_t*)((char*)node - offsetof(entry_t, of_session));
}

METHOD(kupf_psk_connections_t, end, void,
	private_kupf_psk_connections_t *this, const char *session,
	const char *service)
{
	holder_t *holder;
	node_t *node, *next;
	u_int left;

	this->mutex->lock(this->mutex);
	holder = this->sessions->get(this->sessions, session);
	left = holder ? holder->count : 0;
	for (node = left ? holder->ring.next : NULL; left; node = next, left--)
	{	/* the holder goes with the last one */
		next = node->next;
		if (get_entry(node)->link.service == service)
		{
			leave_session(this, get_entry(node));
		}
	}
	this->mutex->unlock(this->mutex);
}

METHOD(kupf_psk_connections_t, describe, u_int,
	private_kupf_psk_connections_t *this, const char *session,
	kupf_link_t *links, u_int max, u_int *count)
{
	holder_t *holder;
	node_t *node;
	u_int all = 0;

	*count = 0;
	this->mutex->lock(this->mutex);
	holder = this->sessions->get(this->sessions, session);
	if (holder)
	{
		all = holder->count;
		for (node = holder->ring.next; node != &holder->ring && *count < max;
			 node = node->next)
		{
			links[(*count)++] = get_entry(node)->link;
		}
	}
	this->mutex->unlock(this->mutex);
	return all;
}

METHOD(kupf_psk_connections_t, destroy, void,
	private_kupf_psk_connections_t *this)
{
	this->entries->destroy(this->entries);
	this->sessions->destroy(this->sessions);
	this->clients->destroy(this->clients);
	this->mutex->destroy(this->mutex);
	free(this);
}

/*
 * Described in header
 */
kupf_psk_connections_t *kupf_psk_connections_create(u_int each, u_int all)
{
	private_kupf_psk_connections_t *this;

	INIT(this,
		.public = {
			.up = _up,
			.down = _down,
			.drop = _drop,
			.end = _end,
			.describe = _describe,
			.destroy = _destroy,
		},
		.each = each,
		.all = all,
		.clients = hashtable_create(hashtable_hash_ptr, hashtable_equals_ptr,
									8),
		.sessions = hashtable_create(hashtable_hash_str, hashtable_equals_str,
									 8),
		.entries = hashtable_create((hashtable_hash_t)entry_hash,
									(hashtable_equals_t)entry_equals, 8),
		.mutex = mutex_create(MUTEX_TYPE_DEFAULT),
	);
	return &this->public;
}
