/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupf_batch.h"
#include "kupf_parser.h"
#include "kupf_reply.h"
#include "wire/wire_packet.h"

#include <collections/hashtable.h>

/** Octets of a reply from which on refusals are only counted */
#define REFUSALS_MAX (384 * 1024)

typedef struct private_kupf_batch_t private_kupf_batch_t;

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
	u_int allowed;
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
 * Carry a request out.
 */
static bool carry_out(private_kupf_batch_t *this, kupf_request_t *request,
					  kupf_error_t *error)
{
	kupf_procedures_t *sessions = this->sessions;
	kupf_session_t *session;

	switch (this->kind)
	{
		case KUPF_BATCH_DELETE:
			return delete_session(this, request->session, error);
		case KUPF_BATCH_MODIFY:
			session = sessions->modify(sessions, request, error);
			break;
		default:
			session = sessions->establish(sessions, request, error);
			break;
	}
	kupf_session_unref(session);
	return session != NULL;
}

/**
 * Do what is to be done with the session of a section.
 */
static bool handle_section(private_kupf_batch_t *this, wire_octets_t name,
						   kupf_error_t *error)
{
	kupf_request_t request = {};
	bool done;

	kupf_parser_name(&request, name, error);
	done = kupf_parser_message(&request, &this->elements,
							   kinds[this->kind].allowed, 0, error) &&
		   carry_out(this, &request, error);
	if ((request.fields & KUPF_FIELD_SESSION) &&
		this->kind != KUPF_BATCH_DELETE)
	{
		this->sync->mention(this->sync, request.session);
	}
	kupf_request_wipe(&request);
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
 * Deal with a section.
 */
static void take_section(private_kupf_batch_t *this, wire_octets_t name)
{
	kupf_error_t error = {};

	if (handle_section(this, name, &error))
	{
		this->done++;
	}
	else
	{
		this->failed++;
		add_refusal(this, name, &error);
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
 * Whether an element of the request is another session, and there may be one.
 */
static bool is_session(private_kupf_batch_t *this,
					   const wire_element_t *element, kupf_error_t *error)
{
	if (element->type != WIRE_SECTION_START)
	{
		return kupf_error(error, KUPF_CAUSE_UNKNOWN_FIELD,
						  "expected one section per session and nothing else; "
						  "%u sessions before it are %s", this->done,
						  kinds[this->kind].done);
	}
	if (this->done + this->failed == KUPF_BATCH_MAX)
	{
		return kupf_error(error, KUPF_CAUSE_LIMIT_REACHED,
						  "a request may have %u sessions; %u of these are %s",
						  KUPF_BATCH_MAX, this->done, kinds[this->kind].done);
	}
	return TRUE;
}

METHOD(kupf_work_t, step, kupf_work_status_t,
	private_kupf_batch_t *this, kupf_work_send_t send, void *user)
{
	wire_element_t element;
	kupf_error_t error = {};
	u_int i;

	for (i = 0; i < KUPF_WORK_STEP; i++)
	{
		if (!wire_reader_next(&this->elements, &element))
		{
			return finish(this, &error, send, user);
		}
		if (!is_session(this, &element, &error))
		{
			return finish(this, &error, send, user);
		}
		take_section(this, element.name);
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
