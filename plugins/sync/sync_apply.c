/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "sync_apply.h"
#include "sync_log.h"

#include <stdlib.h>
#include <time.h>

/** Most sessions and octets of a request, and requests in flight */
#define SECTIONS_MAX 250
#define SIZE_MAX_REQUEST (256 * 1024)
#define IN_FLIGHT_MAX 8

/** Longest time to wait for the replies to be fewer, ms */
#define WAIT 1000

/** Most sessions that are tried again at once */
#define AGAIN_MAX 256

typedef struct change_t change_t;

/**
 * A change that was sent.
 */
struct change_t {
	/** who has sent it */
	sync_apply_t *apply;
	/** it was refused before */
	bool again;
	/** name of its session */
	char name[SYNC_NAME_MAX + 1];
};

/**
 * Length of a text as printf() takes it.
 */
#define TEXT(octets) (int)(octets).len, (const char*)(octets).ptr

/**
 * Whether something is the name of a session, which can be handed on.
 */
static bool is_session(wire_octets_t name)
{
	return name.len && name.len <= SYNC_NAME_MAX && wire_is_name(name);
}

/**
 * kupf has refused a session.
 *
 * @param again		whether it was refused before, which was told then
 */
static void refused(sync_apply_t *self, wire_octets_t name, wire_octets_t cause,
					wire_octets_t errmsg, bool again)
{
	if (wire_equals(cause, "stale-generation"))
	{	/* told twice, in another order, or the engine has lost something */
		self->ahead++;
		sync_say_some("session '%.*s': charon has a later generation, or this "
					  "one with other content", TEXT(name));
		return;
	}
	if (wire_equals(cause, "not-synchronised"))
	{
		self->lost = true;
	}
	else if (sync_again_is_passing(cause))
	{
		sync_again_add(&self->again, name);
		if (again)
		{
			return;
		}
	}
	self->refused++;
	sync_say_some("session '%.*s' was refused: %.*s, %.*s", TEXT(name),
				  TEXT(cause), TEXT(errmsg));
}

/**
 * The reply to many sessions has come.
 */
static void on_batch(void *user, const kupf_client_reply_t *reply)
{
	wire_octets_t name, cause, errmsg;
	sync_apply_t *self = user;
	wire_element_t element;
	wire_reader_t reader = reply->message, section;
	uint64_t taken = 0;

	if (reply->status != KUPF_CLIENT_OK)
	{
		self->lost = true;
		sync_say_some("charon has not taken sessions: %s",
					  kupf_client_status_text(reply->status));
		return;
	}
	wire_number(kupf_client_reply_get(reply, "established"), UINT64_MAX,
				&taken);
	self->taken += taken;
	while (wire_reader_next(&reader, &element))
	{
		if (element.type != WIRE_SECTION_START)
		{
			continue;
		}
		name = element.name;
		section = reader;
		wire_reader_skip(&reader);
		wire_reader_find(&section, "errmsg", &errmsg);
		/* those of sync_apply_keep() have no content on purpose */
		if (wire_reader_find(&section, "cause", &cause) &&
			!wire_equals(cause, "missing-field"))
		{
			refused(self, name, cause, errmsg, false);
		}
	}
}

/**
 * Send the request that is being written.
 */
static void send_batch(sync_apply_t *self)
{
	if (!self->sections)
	{
		return;
	}
	self->sections = 0;
	self->size = 0;
	if (kupf_client_send(self->client, on_batch, self) != KUPF_CLIENT_OK)
	{
		self->lost = true;
	}
	while (!self->lost && kupf_client_in_flight(self->client) > IN_FLIGHT_MAX)
	{
		if (kupf_client_wait(self->client, WAIT) != KUPF_CLIENT_OK)
		{
			self->lost = true;
		}
	}
}

/**
 * Begin a section of a request.
 */
static void begin_section(sync_apply_t *self, wire_octets_t name, size_t len)
{
	if (self->sections == SECTIONS_MAX || self->size + len > SIZE_MAX_REQUEST)
	{
		send_batch(self);
	}
	if (!self->sections)
	{
		self->writer = kupf_client_begin(self->client, "establish-sessions");
	}
	self->sections++;
	self->size += len + name.len + 128;
	wire_writer_begin_section_named(self->writer, name);
}

/*
 * Described in header
 */
void sync_apply_keep(sync_apply_t *self, wire_octets_t name)
{
	begin_section(self, name, 0);
	wire_writer_end_section(self->writer);
}

/**
 * Open a record; one that cannot be opened is told.
 */
static bool open_record(sync_apply_t *self, wire_octets_t name,
						wire_octets_t record, sync_entry_t *entry)
{
	const sync_config_t *config = self->config;

	switch (sync_open(&config->keys, config->group, name, record,
					  &entry->header, entry->plain, &entry->len))
	{
		case SYNC_OPENED:
			return true;
		case SYNC_NO_KEY:
			sync_say_some("session '%.*s': its record is sealed with key %u, "
						  "which is not in the key file", TEXT(name),
						  entry->header.key);
			break;
		case SYNC_FORGED:
			sync_say_some("session '%.*s': its record was not sealed with key "
						  "%u as it is here, not for this name, or was changed",
						  TEXT(name), entry->header.key);
			break;
		default:
			sync_say_some("session '%.*s': its record is malformed",
						  TEXT(name));
			break;
	}
	self->unreadable++;
	return false;
}

/*
 * Described in header
 */
void sync_apply_load(sync_apply_t *self, wire_octets_t name,
					 wire_octets_t record)
{
	sync_entry_t entry;
	uint64_t left;

	if (!is_session(name))
	{	/* a request with it would not be sent at all */
		self->unreadable++;
		sync_say_some("a record has no name that a session can have: it is "
					  "left out");
		return;
	}
	if (!open_record(self, name, record, &entry))
	{	/* whoever cannot be told from what was must not lose it */
		sync_apply_keep(self, name);
		return;
	}
	if (entry.header.kind == SYNC_SESSION &&
		sync_content_is_alive(sync_entry_content(&entry), time(NULL), &left))
	{
		begin_section(self, name, entry.len);
		sync_content_request(sync_entry_content(&entry),
							 entry.header.generation, left, true,
							 self->writer);
		wire_writer_end_section(self->writer);
	}
	sync_entry_wipe(&entry);
}

/*
 * Described in header
 */
bool sync_apply_flush(sync_apply_t *self)
{
	send_batch(self);
	if (kupf_client_flush(self->client) != KUPF_CLIENT_OK)
	{
		self->lost = true;
	}
	return !self->lost;
}

/**
 * The reply to a change has come.
 */
static void on_change(void *user, const kupf_client_reply_t *reply)
{
	change_t *change = user;
	sync_apply_t *self = change->apply;

	if (reply->status == KUPF_CLIENT_OK)
	{
		self->taken++;
	}
	else if (reply->status != KUPF_CLIENT_REFUSED)
	{
		self->lost = true;
	}
	else if (!wire_equals(reply->cause, "no-such-session"))
	{
		refused(self, wire_text(change->name), reply->cause, reply->errmsg,
				change->again);
	}
	free(change);
}

/**
 * The reply to something came that is not tried again: there will be another
 * event.
 */
static void on_other(void *user, const kupf_client_reply_t *reply)
{
	sync_apply_t *self = user;

	if (reply->status == KUPF_CLIENT_REFUSED &&
		!wire_equals(reply->cause, "no-such-session"))
	{
		self->refused++;
		sync_say_some("charon has refused: %.*s, %.*s", TEXT(reply->cause),
					  TEXT(reply->errmsg));
	}
}

/**
 * Make room for a request.
 */
static void make_room(sync_apply_t *self)
{
	while (kupf_client_in_flight(self->client) > 32)
	{
		if (kupf_client_wait(self->client, WAIT) != KUPF_CLIENT_OK)
		{
			return;
		}
	}
}

/**
 * Send a change.
 */
static void send_change(sync_apply_t *self, wire_octets_t name, bool again)
{
	change_t *change = calloc(1, sizeof(*change));

	if (change)
	{
		change->apply = self;
		change->again = again;
		memcpy(change->name, name.ptr, name.len);
	}
	if (!change || kupf_client_send(self->client, on_change,
									change) != KUPF_CLIENT_OK)
	{
		free(change);
		self->lost = true;
	}
}

/**
 * Begin a request about a session.
 */
static wire_writer_t *begin(sync_apply_t *self, const char *command,
							wire_octets_t name)
{
	wire_writer_t *writer;

	make_room(self);
	writer = kupf_client_begin(self->client, command);
	wire_writer_value(writer, "session", name);
	return writer;
}

/**
 * Carry out a change that was opened.
 */
static void change_to(sync_apply_t *self, wire_octets_t name,
					  const sync_entry_t *entry, bool known, bool again)
{
	wire_octets_t content = sync_entry_content(entry);
	uint64_t left;

	if (entry->header.kind == SYNC_TOMBSTONE ||
		!sync_content_is_alive(content, time(NULL), &left))
	{
		begin(self, "delete-session", name);
	}
	else
	{
		sync_content_request(content, entry->header.generation, left, !known,
							 begin(self, known ? "modify-session" :
								   "establish-session", name));
	}
	send_change(self, name, again);
}

/*
 * Described in header
 */
void sync_apply_change(sync_apply_t *self, wire_octets_t name,
					   wire_octets_t record, bool known)
{
	sync_entry_t entry;

	if (is_session(name) && open_record(self, name, record, &entry))
	{
		change_to(self, name, &entry, known, false);
		sync_entry_wipe(&entry);
	}
}

/*
 * Described in header
 */
bool sync_apply_again(sync_apply_t *self, sync_engine_t *engine)
{
	unsigned int left = self->again.count;
	char name[SYNC_NAME_MAX + 1];
	sync_entry_t entry;

	/* those that are refused once more go behind the others */
	left = left < AGAIN_MAX ? left : AGAIN_MAX;
	for (; left && !self->lost && sync_again_take(&self->again, name); left--)
	{
		switch (sync_store_get(engine, wire_text(name), &entry))
		{
			case SYNC_DONE:
				change_to(self, wire_text(name), &entry, self->config->fetch,
						  true);
				sync_entry_wipe(&entry);
				break;
			case SYNC_LOST:
				sync_again_add(&self->again, wire_text(name));
				return false;
			default:
				/* gone, or what is there now was told when it came */
				break;
		}
	}
	return true;
}

/*
 * Described in header
 */
void sync_apply_answer(sync_apply_t *self, wire_octets_t id, const char *name,
					   const sync_entry_t *entry)
{
	wire_writer_t *writer;
	uint64_t left;

	make_room(self);
	if (name && sync_content_is_alive(sync_entry_content(entry), time(NULL),
									  &left))
	{
		sync_content_request(sync_entry_content(entry),
							 entry->header.generation, left, true,
							 begin(self, "establish-session",
								   wire_text(name)));
		send_change(self, wire_text(name), false);
		return;
	}
	writer = kupf_client_begin(self->client, "reject-key");
	wire_writer_value(writer, "ue-id", id);
	kupf_client_send(self->client, on_other, self);
}

/*
 * Described in header
 */
void sync_apply_close(sync_apply_t *self, const char *name, uint32_t unique_id)
{
	wire_writer_t *writer = begin(self, "close-tunnels", wire_text(name));

	wire_writer_number(writer, "unique-id", unique_id);
	kupf_client_send(self->client, on_other, self);
}
