/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupf_batch.h"
#include "kupf_parser.h"
#include "kupf_reply.h"
#include "wire/wire_packet.h"

#include <collections/hashtable.h>

/** Octets of a reply from which on refusals are only counted */
#define REFUSALS_MAX (384 * 1024)

typedef struct private_kupf_batch_t private_kupf_batch_t;
typedef struct section_t section_t;

/**
 * A section that was read.
 */
struct section_t {
	/** its name */
	wire_octets_t name;
	/** what it says, as far as it was understood */
	kupf_request_t request;
	/** what is wrong with it */
	kupf_error_t error;
};

/**
 * What is behind sections that were read.
 */
typedef enum {
	/** others, maybe */
	WINDOW_FULL,
	/** nothing */
	WINDOW_END,
	/** something that may not be there */
	WINDOW_WRONG,
} window_t;

/**
 * Private data of a batch.
 */
struct private_kupf_batch_t {
	/** public interface */
	kupf_work_t public;
	/** what is done */
	kupf_batch_kind_t kind;
	/** request, for the log */
	kupf_audit_t audit;
	/** procedures */
	kupf_procedures_t *sessions;
	/** synchronisation */
	kupf_sync_t *sync;
	/** sections that are yet to be looked at */
	wire_reader_t elements;
	/** sessions so far with which it was done, and that were refused */
	u_int done, failed;
	/** tunnels that are being closed */
	uint64_t tunnels;
	/** names of those that the reply tells of */
	hashtable_t *told;
	/** octets of these refusals, at most */
	size_t size;
	/** reply under construction */
	wire_writer_t reply;
};

/**
 * What there is to know of each kind.
 */
static const struct {
	/** name of the command */
	const char *command;
	/** field of the reply: number of sessions with which it was done */
	const char *done;
	/** fields of a section */
	kupf_fields_t allowed;
} kinds[] = {
	[KUPF_BATCH_ESTABLISH] = {
		"establish-sessions", "established",
		KUPF_FIELDS_SESSION | KUPF_FIELD_REPLACE,
	},
	[KUPF_BATCH_MODIFY] = {
		"modify-sessions", "modified", KUPF_FIELDS_SESSION | KUPF_FIELD_GRACE,
	},
	[KUPF_BATCH_DELETE] = {
		"delete-sessions", "deleted", 0,
	},
};

/**
 * Delete a session.
 */
static bool delete_session(private_kupf_batch_t *this, const char *name,
						   kupf_error_t *error)
{
	u_int tunnels;

	if (!this->sessions->delete(this->sessions, name, &tunnels, error))
	{
		return FALSE;
	}
	this->tunnels += tunnels;
	return TRUE;
}

/**
 * Establish or modify a session.
 */
static bool put_session(private_kupf_batch_t *this, kupf_request_t *request,
						kupf_error_t *error)
{
	kupf_procedures_t *sessions = this->sessions;
	kupf_session_t *session;

	session = this->kind == KUPF_BATCH_MODIFY ?
			  sessions->modify(sessions, request, error) :
			  sessions->establish(sessions, request, error);
	if (!session)
	{
		return FALSE;
	}
	this->sync->mark(this->sync, session);
	kupf_session_unref(session);
	return TRUE;
}

/**
 * Read a section, and get ready to carry it out.
 */
static void read_section(private_kupf_batch_t *this, section_t *section,
						 wire_octets_t name)
{
	kupf_request_t *request = &section->request;
	kupf_error_t *error = &section->error;

	section->name = name;
	kupf_request_init(request);
	error->cause = KUPF_CAUSE_NONE;
	kupf_parser_name(request, name, error);
	if (kupf_parser_message(request, &this->elements, kinds[this->kind].allowed,
							0, error) && this->kind == KUPF_BATCH_ESTABLISH)
	{
		this->sessions->prepare(this->sessions, request);
	}
}

/**
 * Do what is to be done with the session of a section.
 */
static bool carry_out(private_kupf_batch_t *this, section_t *section)
{
	kupf_request_t *request = &section->request;
	kupf_error_t *error = &section->error;
	bool done = error->cause == KUPF_CAUSE_NONE;

	if (this->kind == KUPF_BATCH_DELETE)
	{
		return done && delete_session(this, request->session, error);
	}
	done = done && put_session(this, request, error);
	if (!done && (request->fields & KUPF_FIELD_SESSION))
	{
		this->sync->mention(this->sync, request->session);
	}
	return done;
}

/**
 * Add a refusal to the reply, unless it is full, or there is one of that name
 * already: sections of the same name would be ambiguous.
 */
static void add_refusal(private_kupf_batch_t *this, wire_octets_t name,
						const kupf_error_t *error)
{
	char text[WIRE_NAME_MAX + 1], *copy;

	snprintf(text, sizeof(text), "%.*s", (int)name.len, name.ptr);
	if (this->told->get(this->told, text))
	{
		return;
	}
	this->size += name.len + sizeof(*error);
	if (this->size < REFUSALS_MAX)
	{
		copy = strdup(text);
		this->told->put(this->told, copy, copy);
		wire_writer_begin_section_named(&this->reply, name);
		kupf_reply_error(&this->reply, error);
		wire_writer_end_section(&this->reply);
	}
}

/**
 * Deal with sections that were read, in their order, and wipe them.
 */
static void take_sections(private_kupf_batch_t *this, section_t *sections,
						  u_int count)
{
	section_t *section;

	for (section = sections; section < sections + count; section++)
	{
		if (carry_out(this, section))
		{
			this->done++;
		}
		else
		{
			this->failed++;
			add_refusal(this, section->name, &section->error);
		}
		kupf_request_wipe(&section->request);
	}
}

/**
 * End the reply and send it.
 *
 * @param error		what is wrong with the message, none if nothing is
 */
static kupf_work_status_t finish(private_kupf_batch_t *this,
								 const kupf_error_t *error,
								 kupf_work_send_t send, void *user)
{
	bool success = error->cause == KUPF_CAUSE_NONE;

	kupf_audit_many(&this->audit, this->done, this->failed, error);
	if (success)
	{
		wire_writer_number(&this->reply, kinds[this->kind].done, this->done);
		wire_writer_number(&this->reply, "failed", this->failed);
		if (this->kind == KUPF_BATCH_DELETE)
		{
			wire_writer_number(&this->reply, "tunnels", this->tunnels);
		}
		if (this->size >= REFUSALS_MAX)
		{
			wire_writer_text(&this->reply, "truncated", "yes");
		}
	}
	send(user, kupf_reply_end(&this->reply, kinds[this->kind].command, success,
							  error));
	return KUPF_WORK_DONE;
}

/**
 * Say why an element of the request is none that there may be.
 */
static void set_wrong(private_kupf_batch_t *this,
					  const wire_element_t *element, kupf_error_t *error)
{
	if (element->type != WIRE_SECTION_START)
	{
		kupf_error(error, KUPF_CAUSE_UNKNOWN_FIELD,
				   "expected one section per session and nothing else; "
				   "%u sessions before it are %s", this->done,
				   kinds[this->kind].done);
	}
	else
	{
		kupf_error(error, KUPF_CAUSE_LIMIT_REACHED,
				   "a request may have %u sessions; %u of these are %s",
				   KUPF_BATCH_MAX, this->done, kinds[this->kind].done);
	}
}

/**
 * Read some sections.
 *
 * @param sections	[out] sections, KUPF_BATCH_WINDOW of them at most
 * @param count		[out] their number
 * @param element	[out] element behind them, unless they are so many or the
 *					message is at its end
 * @return			WINDOW_FULL, WINDOW_END or WINDOW_WRONG
 */
static window_t read_sections(private_kupf_batch_t *this, section_t *sections,
							  u_int *count, wire_element_t *element)
{
	u_int before = this->done + this->failed;

	for (*count = 0; *count < KUPF_BATCH_WINDOW; (*count)++)
	{
		if (!wire_reader_next(&this->elements, element))
		{
			return WINDOW_END;
		}
		if (element->type != WIRE_SECTION_START ||
			before + *count == KUPF_BATCH_MAX)
		{
			return WINDOW_WRONG;
		}
		read_section(this, &sections[*count], element->name);
	}
	return WINDOW_FULL;
}

METHOD(kupf_work_t, step, kupf_work_status_t,
	private_kupf_batch_t *this, kupf_work_send_t send, void *user)
{
	section_t sections[KUPF_BATCH_WINDOW];
	wire_element_t element;
	kupf_error_t error = {};
	window_t window;
	u_int i, count;

	for (i = 0; i < KUPF_WORK_STEP; i += KUPF_BATCH_WINDOW)
	{
		window = read_sections(this, sections, &count, &element);
		take_sections(this, sections, count);
		if (window != WINDOW_FULL)
		{
			if (window == WINDOW_WRONG)
			{
				set_wrong(this, &element, &error);
			}
			return finish(this, &error, send, user);
		}
	}
	return KUPF_WORK_MORE;
}

CALLBACK(free_name, void,
	void *name, const void *key)
{
	free(name);
}

METHOD(kupf_work_t, destroy, void,
	private_kupf_batch_t *this)
{
	this->told->destroy_function(this->told, free_name);
	wire_writer_deinit(&this->reply);
	free(this);
}

/*
 * Described in header
 */
kupf_work_t *kupf_batch_create(kupf_batch_kind_t kind,
							   const kupf_audit_t *audit,
							   kupf_procedures_t *sessions, kupf_sync_t *sync,
							   const wire_reader_t *elements)
{
	private_kupf_batch_t *this;

	INIT(this,
		.public = {
			.step = _step,
			.destroy = _destroy,
		},
		.kind = kind,
		.audit = *audit,
		.sessions = sessions,
		.sync = sync,
		.elements = *elements,
		.told = hashtable_create(hashtable_hash_str, hashtable_equals_str, 8),
	);
	kupf_reply_begin(&this->reply);
	return &this->public;
}
