/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupf_commands.h"
#include "kupf_batch.h"
#include "kupf_list.h"
#include "kupf_measure.h"
#include "kupf_parser.h"
#include "kupf_reload.h"
#include "kupf_reply.h"
#include "kupf_status.h"
#include "kupf_sweep.h"
#include "kupf/procedures/kupf_sync.h"

#include <sys/eventfd.h>
#include <unistd.h>

typedef struct private_kupf_commands_t private_kupf_commands_t;
typedef struct call_t call_t;
typedef struct command_t command_t;

/**
 * Private data of the commands.
 */
struct private_kupf_commands_t {
	/** public interface */
	kupf_commands_t public;
	/** procedures */
	kupf_procedures_t *sessions;
	/** sessions that are fed here and the pre-configured ones */
	kupf_store_t *all;
	/** pre-configured ones */
	kupf_preconfigured_t *preconfigured;
	/** synchronisation */
	kupf_sync_t *sync;
	/** what the daemon is, and counts */
	kupf_status_t *status;
	/** tunnels */
	kupf_enforcer_t *enforcer;
	/** looks for what is wrong */
	kupf_check_t *check;
	/** answer to the last request */
	wire_writer_t answer;
	/** where measure-traffic goes on */
	uint64_t measured;
	/** eventfd, see get_wake() */
	int wake;
};

/**
 * A command being carried out.
 */
struct call_t {
	/** identifies the client */
	const void *client;
	/** for the log */
	kupf_audit_t audit;
	/** request, as far as it is a flat one */
	kupf_request_t request;
	/** elements of the message */
	wire_reader_t *elements;
	/** reply under construction */
	wire_writer_t *reply;
	/** error, if any */
	kupf_error_t error;
	/** whether the client has registered for list-session */
	bool listing;
	/** rest of the command, NULL if it is done */
	kupf_work_t *work;
};

/**
 * Entry of the command table.
 */
struct command_t {
	/** name */
	const char *name;
	/** fields that it knows */
	kupf_fields_t allowed;
	/** fields that it needs */
	kupf_fields_t required;
	/** carries it out; FALSE with the error of the call set */
	bool (*run)(private_kupf_commands_t *this, call_t *call);
	/** SECTIONS, AUDITED */
	u_int flags;
};

/** run() parses the message itself, section by section */
#define SECTIONS (1 << 0)

/** what comes of it is logged; work does that itself */
#define AUDITED (1 << 1)

static bool run_version(private_kupf_commands_t *this, call_t *call)
{
	this->status->version(this->status, call->reply);
	return TRUE;
}

/**
 * Reply with the session of the request; adopts the reference.
 */
static bool reply_session(private_kupf_commands_t *this, call_t *call,
						  kupf_session_t *session)
{
	if (!session)
	{
		this->sync->mention(this->sync, call->request.session);
	}
	else
	{
		this->sync->mark(this->sync, session);
		kupf_reply_session(call->reply, session);
		kupf_session_unref(session);
	}
	return session != NULL;
}

static bool run_establish(private_kupf_commands_t *this, call_t *call)
{
	return reply_session(this, call,
						 this->sessions->establish(this->sessions,
											&call->request, &call->error));
}

static bool run_modify(private_kupf_commands_t *this, call_t *call)
{
	return reply_session(this, call,
						 this->sessions->modify(this->sessions,
											&call->request, &call->error));
}

static bool run_delete(private_kupf_commands_t *this, call_t *call)
{
	u_int tunnels;

	if (!this->sessions->delete(this->sessions, call->request.session,
								&tunnels, &call->error))
	{
		return FALSE;
	}
	wire_writer_number(call->reply, "tunnels", tunnels);
	return TRUE;
}

static bool run_close_tunnels(private_kupf_commands_t *this, call_t *call)
{
	u_int tunnels;

	if (!this->sessions->close_tunnels(this->sessions, call->request.session,
							call->request.unique_id, &tunnels, &call->error))
	{
		return FALSE;
	}
	wire_writer_number(call->reply, "tunnels", tunnels);
	return TRUE;
}

static bool run_reject_key(private_kupf_commands_t *this, call_t *call)
{
	u_int waited;

	if (!this->sessions->reject_key(this->sessions, &call->request, &waited,
									&call->error))
	{
		return FALSE;
	}
	wire_writer_number(call->reply, "waited", waited);
	return TRUE;
}

static bool run_request_rekey(private_kupf_commands_t *this, call_t *call)
{
	u_int told;

	if (!this->sessions->request_rekey(this->sessions, call->request.session,
									   &told, &call->error))
	{
		return FALSE;
	}
	wire_writer_number(call->reply, "told", told);
	return TRUE;
}

static bool run_retry(private_kupf_commands_t *this, call_t *call)
{
	const char *name = call->request.session;
	kupf_session_t *session;
	bool waited;

	session = this->all->get(this->all, name);
	if (!session)
	{
		return kupf_error(&call->error, KUPF_CAUSE_NO_SUCH_SESSION,
						  "field 'session': there is none of that name");
	}
	kupf_session_unref(session);
	if (!this->enforcer->retry(this->enforcer, name, &waited))
	{
		return kupf_error(&call->error, KUPF_CAUSE_NOT_ALLOWED,
						  "this host does not set up the session's tunnel, its "
						  "UE does");
	}
	wire_writer_text(call->reply, "waited", waited ? "yes" : "no");
	return TRUE;
}

/**
 * Begin to do something with many sessions.
 */
static bool begin_batch(private_kupf_commands_t *this, call_t *call,
						kupf_batch_kind_t kind)
{
	call->work = kupf_batch_create(kind, &call->audit, this->sessions,
								   this->sync, call->elements);
	return TRUE;
}

static bool run_establish_many(private_kupf_commands_t *this, call_t *call)
{
	return begin_batch(this, call, KUPF_BATCH_ESTABLISH);
}

static bool run_modify_many(private_kupf_commands_t *this, call_t *call)
{
	return begin_batch(this, call, KUPF_BATCH_MODIFY);
}

static bool run_delete_many(private_kupf_commands_t *this, call_t *call)
{
	return begin_batch(this, call, KUPF_BATCH_DELETE);
}

static bool run_list(private_kupf_commands_t *this, call_t *call)
{
	if (call->listing)
	{
		call->work = kupf_list_create(this->all, this->enforcer,
									  &call->request, this->wake);
	}
	return TRUE;
}

static bool run_sync_begin(private_kupf_commands_t *this, call_t *call)
{
	return this->sync->begin(this->sync, call->client, &call->error);
}

static bool run_sync_end(private_kupf_commands_t *this, call_t *call)
{
	if (!this->sync->end(this->sync, call->client, &call->error))
	{
		return FALSE;
	}
	call->work = kupf_sweep_create(this->sync, &call->audit);
	return TRUE;
}

static bool run_reload(private_kupf_commands_t *this, call_t *call)
{
	call->work = kupf_reload_create(this->preconfigured, this->wake,
									&call->audit);
	return call->work ||
		   kupf_error(&call->error, KUPF_CAUSE_BUSY,
					  "there is no thread to read the file");
}

static bool run_stats(private_kupf_commands_t *this, call_t *call)
{
	this->status->stats(this->status, call->reply);
	return TRUE;
}

static bool run_measure(private_kupf_commands_t *this, call_t *call)
{
	call->work = kupf_measure_create(this->all, this->enforcer,
									 &this->measured, this->wake);
	return TRUE;
}

static bool run_check(private_kupf_commands_t *this, call_t *call)
{
	kupf_reply_check(call->reply, this->check);
	return TRUE;
}

/**
 * All commands.
 */
static const command_t commands[] = {
	{ "version", 0, 0, run_version, 0 },
	{ "establish-session",
	  KUPF_FIELD_SESSION | KUPF_FIELDS_SESSION | KUPF_FIELD_REPLACE,
	  KUPF_FIELD_SESSION, run_establish, AUDITED },
	{ "establish-sessions", 0, 0, run_establish_many, SECTIONS },
	{ "modify-sessions", 0, 0, run_modify_many, SECTIONS },
	{ "delete-sessions", 0, 0, run_delete_many, SECTIONS },
	{ "modify-session",
	  KUPF_FIELD_SESSION | KUPF_FIELDS_SESSION | KUPF_FIELD_GRACE,
	  KUPF_FIELD_SESSION, run_modify, AUDITED },
	{ "delete-session", KUPF_FIELD_SESSION, KUPF_FIELD_SESSION, run_delete,
	  AUDITED },
	{ "close-tunnels", KUPF_FIELD_SESSION | KUPF_FIELD_UNIQUE_ID,
	  KUPF_FIELD_SESSION, run_close_tunnels, AUDITED },
	{ "reject-key", KUPF_FIELD_UE_ID, KUPF_FIELD_UE_ID, run_reject_key,
	  AUDITED },
	{ "request-rekey", KUPF_FIELD_SESSION, KUPF_FIELD_SESSION,
	  run_request_rekey, 0 },
	{ "retry-session", KUPF_FIELD_SESSION, KUPF_FIELD_SESSION, run_retry,
	  0 },
	{ "list-sessions",
	  KUPF_FIELD_SESSION | KUPF_FIELD_UE_ID | KUPF_FIELD_STATE |
	  KUPF_FIELD_LIMIT | KUPF_FIELD_AFTER, 0, run_list, 0 },
	{ "stats", 0, 0, run_stats, 0 },
	{ "measure-traffic", 0, 0, run_measure, 0 },
	{ "check", 0, 0, run_check, 0 },
	{ "reload-preconfigured", 0, 0, run_reload, AUDITED },
	{ "sync-begin", 0, 0, run_sync_begin, AUDITED },
	{ "sync-end", 0, 0, run_sync_end, AUDITED },
};

/**
 * Find a command by name.
 */
static const command_t *find_command(wire_octets_t name)
{
	u_int i;

	for (i = 0; i < countof(commands); i++)
	{
		if (wire_equals(name, commands[i].name))
		{
			return &commands[i];
		}
	}
	return NULL;
}

/**
 * Carry a command out, or begin to.
 */
static bool run(private_kupf_commands_t *this, const command_t *command,
				call_t *call)
{
	bool success;

	success = ((command->flags & SECTIONS) ||
			   kupf_parser_message(&call->request, call->elements,
						command->allowed, command->required, &call->error)) &&
			  command->run(this, call);
	kupf_request_wipe(&call->request);
	return success;
}

METHOD(kupf_commands_t, execute, wire_octets_t,
	private_kupf_commands_t *this, const void *client, const kupf_peer_t *peer,
	bool listing, wire_octets_t name, wire_reader_t *arguments,
	kupf_work_t **work)
{
	const command_t *command;
	wire_octets_t answer = {};
	call_t call = {
		.client = client,
		.audit.peer = *peer,
		.elements = arguments,
		.reply = &this->answer,
		.listing = listing,
	};
	bool success;

	*work = NULL;
	command = find_command(name);
	wire_packet_begin(&this->answer, command ? WIRE_CMD_RESPONSE :
											   WIRE_CMD_UNKNOWN, NULL);
	if (!command)
	{
		wire_packet_end(&this->answer, &answer);
		return answer;
	}
	call.audit.command = command->name;
	success = run(this, command, &call);
	*work = call.work;
	if (!call.work && (command->flags & AUDITED))
	{
		kupf_audit_one(&call.audit, call.request.session, &call.error);
	}
	return call.work ? answer : kupf_reply_end(&this->answer, command->name,
											   success, &call.error);
}

METHOD(kupf_commands_t, get_wake, int,
	private_kupf_commands_t *this)
{
	return this->wake;
}

METHOD(kupf_commands_t, client_gone, void,
	private_kupf_commands_t *this, const void *client)
{
	this->sync->client_gone(this->sync, client);
}

METHOD(kupf_commands_t, destroy, void,
	private_kupf_commands_t *this)
{
	kupf_audit_flush();
	this->sync->destroy(this->sync);
	this->status->destroy(this->status);
	wire_writer_deinit(&this->answer);
	close(this->wake);
	free(this);
}

/*
 * Described in header
 */
kupf_commands_t *kupf_commands_create(kupf_procedures_t *sessions,
									  kupf_store_t *store, kupf_store_t *all,
									  kupf_preconfigured_t *preconfigured,
									  kupf_pool_t *pool,
									  kupf_ue_addresses_t *addresses,
									  kupf_enforcer_t *enforcer,
									  kupf_check_t *check)
{
	private_kupf_commands_t *this;

	INIT(this,
		.public = {
			.execute = _execute,
			.get_wake = _get_wake,
			.client_gone = _client_gone,
			.destroy = _destroy,
		},
		.sessions = sessions,
		.all = all,
		.preconfigured = preconfigured,
		.sync = kupf_sync_create(store, sessions, pool),
		.status = kupf_status_create(store, preconfigured, pool, addresses,
									 enforcer),
		.enforcer = enforcer,
		.check = check,
		.wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK),
	);
	wire_writer_init(&this->answer, WIRE_PACKET_HEADER + WIRE_PACKET_MAX);

	return &this->public;
}
