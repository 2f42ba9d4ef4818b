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
	/** procedures */
	kupf_procedures_t *sessions;
	/** synchronisation */
	kupf_sync_t *sync;
	/** sections that are yet to be looked at */
	wire_reader_t elements;
	/** sessions so far that are there, and that were refused */
	u_int established, failed;
	/** names of those that the reply tells of */
	hashtable_t *told;
	/** octets of these refusals, at most */
	size_t size;
	/** reply under construction */
	wire_writer_t reply;
};

/**
 * Establish the session of a section.
 */
static bool establish(private_kupf_batch_t *this, wire_octets_t name,
					  kupf_error_t *error)
{
	kupf_request_t request = {};
	kupf_session_t *session = NULL;

	kupf_parser_name(&request, name, error);
	if (kupf_parser_message(&request, &this->elements, KUPF_FIELDS_SESSION, 0,
							error))
	{
		session = this->sessions->establish(this->sessions, &request, error);
		kupf_session_unref(session);
	}
	if (request.fields & KUPF_FIELD_SESSION)
	{
		this->sync->mention(this->sync, request.session);
	}
	kupf_request_wipe(&request);
	return session != NULL;
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

	if (establish(this, name, &error))
	{
		this->established++;
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

	if (success)
	{
		wire_writer_number(&this->reply, "established", this->established);
		wire_writer_number(&this->reply, "failed", this->failed);
		if (this->size >= REFUSALS_MAX)
		{
			wire_writer_text(&this->reply, "truncated", "yes");
		}
	}
	send(user, kupf_reply_end(&this->reply, "establish-sessions", success,
							  error));
	return KUPF_WORK_DONE;
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
		if (element.type != WIRE_SECTION_START)
		{
			kupf_error(&error, KUPF_CAUSE_UNKNOWN_FIELD,
					   "expected one section per session and nothing else; %u "
					   "sessions before it are established", this->established);
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
kupf_work_t *kupf_batch_create(kupf_procedures_t *sessions, kupf_sync_t *sync,
							   const wire_reader_t *elements)
{
	private_kupf_batch_t *this;

	INIT(this,
		.public = {
			.step = _step,
			.destroy = _destroy,
		},
		.sessions = sessions,
		.sync = sync,
		.elements = *elements,
		.told = hashtable_create(hashtable_hash_str, hashtable_equals_str, 8),
	);
	kupf_reply_begin(&this->reply);
	return &this->public;
}
