/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupf_psk_commands.h"
#include "kupf_psk_fields.h"
#include "kupf_psk_reports.h"
#include "kupf/kupf_counters.h"
#include "kupf/protocol/kupf_parser.h"
#include "kupf/protocol/kupf_reply.h"

#include <sys/eventfd.h>
#include <unistd.h>

/** Version of the protocol */
#define PROTOCOL 1

/** Room for the longest answer */
#define ANSWER_MAX (4096 - KUPF_SECRET_HEAD)

typedef struct private_kupf_psk_commands_t private_kupf_psk_commands_t;
typedef struct command_t command_t;

/**
 * Private data of the commands.
 */
struct private_kupf_psk_commands_t {
	/** public interface */
	kupf_commands_t public;
	/** service */
	kupf_psk_service_t *service;
	/** tells the SMF side of its consumers */
	kupf_psk_reports_t *reports;
	/** requests for keys */
	kupf_psk_requests_t *requests;
	/** connections */
	kupf_psk_connections_t *connections;
	/** what the host is */
	kupf_role_t role;
	/** answer to the last request, in buf from kupf_secret_alloc() */
	wire_writer_t answer;
	void *buf;
	/** eventfd, see get_wake(): nothing ever waits here */
	int wake;
};

/**
 * Entry of the command table.
 */
struct command_t {
	/** name */
	const char *name;
	/** whether it is there on a UE only */
	bool ue;
	/** carries it out for a client; FALSE with error set */
	bool (*run)(private_kupf_psk_commands_t *this, const void *client,
				wire_reader_t *arguments, kupf_error_t *error);
};

static bool run_version(private_kupf_psk_commands_t *this, const void *client,
						wire_reader_t *arguments, kupf_error_t *error)
{
	kupf_request_t request = {};

	if (!kupf_parser_message(&request, arguments, 0, 0, error))
	{
		return FALSE;
	}
	wire_writer_text(&this->answer, "daemon", lib->ns);
	wire_writer_text(&this->answer, "version", VERSION);
	wire_writer_text(&this->answer, "plugin", NIN3A_VERSION);
	wire_writer_number(&this->answer, "protocol", PROTOCOL);
	wire_writer_text(&this->answer, "service",
					 this->service->get_name(this->service));
	wire_writer_text(&this->answer, "role",
					 enum_to_name(kupf_role_names, this->role));
	return TRUE;
}

/**
 * Write what tells keys of one identity apart.
 */
static void add_check(private_kupf_psk_commands_t *this,
					  const kupf_psk_found_t *found)
{
	char hex[2 * sizeof(found->check) + 1];

	if (found->form == KUPF_PSK_DIRECT)
	{
		chunk_to_hex(chunk_create((u_char*)found->check, sizeof(found->check)),
					 hex, FALSE);
		wire_writer_text(&this->answer, "check", hex);
	}
}

/**
 * Write what was found.
 */
static void add_found(private_kupf_psk_commands_t *this,
					  const kupf_psk_found_t *found)
{
	const kupf_address_t *addresses;
	kupf_session_data_t data;
	u_int count;

	kupf_session_get_data(found->session, &data);
	wire_writer_text(&this->answer, "session", data.name);
	wire_writer_number(&this->answer, "generation", data.generation);
	kupf_reply_time(&this->answer, "expires", data.expiry);
	wire_writer_text(&this->answer, "form", found->form == KUPF_PSK_DIRECT ?
					 "direct" : enum_to_name(kupf_psk_form_names, found->form));
	wire_writer_text(&this->answer, "hash", "sha256");
	add_check(this, found);
	wire_writer_value(&this->answer, "psk",
					  wire_octets(found->psk, found->len));
	if (data.pdu_session_id)
	{
		wire_writer_number(&this->answer, "pdu-session-id",
						   data.pdu_session_id);
	}
	addresses = kupf_session_get_ue_addresses(found->session, &count);
	kupf_reply_addresses(&this->answer, "ue-addresses", addresses, count);
}

static bool run_psk(private_kupf_psk_commands_t *this, const void *client,
					wire_reader_t *arguments, kupf_error_t *error)
{
	kupf_psk_field_t fields[] = { { KUPF_PSK_IDENTITY, "a PSK identity" }, {} };
	kupf_psk_found_t found;

	if (!kupf_psk_fields_read(arguments, fields, error))
	{
		return FALSE;
	}
	if (!this->service->find(this->service, fields[0].value, &found))
	{
		return kupf_error(error, KUPF_CAUSE_UNKNOWN_IDENTITY,
						  "no key has this identity");
	}
	add_found(this, &found);
	kupf_psk_found_clear(&found);
	return TRUE;
}

static bool run_by_session(private_kupf_psk_commands_t *this,
						   const void *client, wire_reader_t *arguments,
						   kupf_error_t *error)
{
	uint8_t buf[KUPF_PSK_IDENTITY_MAX];
	kupf_request_t request = {};
	kupf_psk_found_t found;
	chunk_t id;

	if (!kupf_parser_message(&request, arguments, KUPF_FIELD_SESSION,
							 KUPF_FIELD_SESSION, error))
	{
		return FALSE;
	}
	id = chunk_from_thing(buf);
	if (!this->service->find_session(this->service, request.session, &id,
									 &found))
	{
		return kupf_error(error, KUPF_CAUSE_NO_SUCH_SESSION, "field 'session': "
						  "none of that name has a key for this service");
	}
	wire_writer_value(&this->answer, KUPF_PSK_IDENTITY,
					  wire_octets(id.ptr, id.len));
	add_found(this, &found);
	kupf_psk_found_clear(&found);
	return TRUE;
}

static bool run_request(private_kupf_psk_commands_t *this, const void *client,
						wire_reader_t *arguments, kupf_error_t *error)
{
	const kupf_fields_t fields = KUPF_FIELD_SESSION | KUPF_FIELD_UE_ADDRESSES;
	kupf_request_t request = {};
	kupf_address_t address = {};
	kupf_psk_asked_t asked;
	u_int told = 0;

	if (!kupf_parser_message(&request, arguments, fields, 0, error))
	{
		return FALSE;
	}
	if (!*request.session && !request.data.ue_address_count)
	{
		return kupf_error(error, KUPF_CAUSE_MISSING_FIELD, "field 'session' is "
						  "missing: expected it, or 'ue-addresses'");
	}
	if (request.data.ue_address_count)
	{
		address = request.data.ue_addresses[0];
	}
	asked = this->requests->ask(this->requests, request.session, &address);
	if (asked == KUPF_PSK_REFUSED)
	{
		return kupf_error(error, KUPF_CAUSE_BUSY, "more keys are asked for than "
						  "charon.plugins.kupf.fetch_rate allows, or wait than "
						  "fetch_max_waiting");
	}
	if (asked == KUPF_PSK_JOINED)
	{
		kupf_count(KUPF_PSK_JOINED_REQUESTS);
	}
	else
	{
		told = this->reports->lacking(this->reports, &request);
		if (!told)
		{
			this->requests->withdraw(this->requests, request.session, &address);
		}
	}
	wire_writer_number(&this->answer, "told", told);
	wire_writer_text(&this->answer, "waiting",
					 told || asked == KUPF_PSK_JOINED ? "yes" : "no");
	return TRUE;
}

/**
 * Take up a connection that was set up with a key of a session.
 */
static bool take_up(private_kupf_psk_commands_t *this, const void *client,
					kupf_session_t *session, kupf_link_t *link,
					kupf_error_t *error)
{
	const char *name = kupf_session_get_name(session);
	char dropped[KUPF_SESSION_NAME_MAX + 1];
	kupf_psk_up_t up;

	link->service = this->service->get_name(this->service);
	link->generation = kupf_session_get_generation(session);
	up = this->connections->up(this->connections, client, name, link, error);
	if (up == KUPF_PSK_UP_REFUSED)
	{
		return FALSE;
	}
	/* who has closed it meanwhile may not have seen the connection */
	if (!this->service->serves(this->service, session))
	{
		this->connections->down(this->connections, client, link->name, dropped,
								link);
		return kupf_error(error, KUPF_CAUSE_UNKNOWN_IDENTITY,
						  "no key has this identity");
	}
	if (up == KUPF_PSK_UP_NEW)
	{
		kupf_count(KUPF_PSK_CONNECTIONS_OPENED);
		this->reports->up(this->reports, name, link);
	}
	wire_writer_text(&this->answer, "session", name);
	wire_writer_number(&this->answer, "generation", link->generation);
	return TRUE;
}

static bool run_up(private_kupf_psk_commands_t *this, const void *client,
				   wire_reader_t *arguments, kupf_error_t *error)
{
	kupf_psk_field_t fields[] = {
		{ KUPF_PSK_IDENTITY, "a PSK identity" },
		{ KUPF_PSK_CONNECTION, "a name for it" },
		{ KUPF_PSK_REMOTE, NULL },
		{},
	};
	kupf_psk_found_t found;
	kupf_link_t link = {};
	bool done;

	if (!kupf_psk_fields_read(arguments, fields, error) ||
		!kupf_psk_fields_connection(fields[1].value, &link, error) ||
		!kupf_psk_fields_remote(fields[2].value, &link, error))
	{
		return FALSE;
	}
	if (!this->service->identify(this->service, fields[0].value, &found))
	{
		return kupf_error(error, KUPF_CAUSE_UNKNOWN_IDENTITY,
						  "no key has this identity");
	}
	done = take_up(this, client, found.session, &link, error);
	if (done)
	{
		add_check(this, &found);
	}
	kupf_psk_found_clear(&found);
	return done;
}

static bool run_down(private_kupf_psk_commands_t *this, const void *client,
					 wire_reader_t *arguments, kupf_error_t *error)
{
	kupf_psk_field_t fields[] = {
		{ KUPF_PSK_CONNECTION, "the name of one" },
		{},
	};
	char session[KUPF_SESSION_NAME_MAX + 1];
	kupf_link_t link = {};

	if (!kupf_psk_fields_read(arguments, fields, error) ||
		!kupf_psk_fields_connection(fields[0].value, &link, error))
	{
		return FALSE;
	}
	if (!this->connections->down(this->connections, client, link.name, session,
								 &link))
	{
		return kupf_error(error, KUPF_CAUSE_NO_SUCH_CONNECTION, "field '"
						  KUPF_PSK_CONNECTION "': there is none of that name");
	}
	kupf_count(KUPF_PSK_CONNECTIONS_CLOSED);
	this->reports->down(this->reports, session, &link);
	return TRUE;
}

/**
 * All commands.
 */
static const command_t commands[] = {
	{ "version", FALSE, run_version },
	{ "psk", FALSE, run_psk },
	{ "psk-by-session", TRUE, run_by_session },
	{ "psk-request", FALSE, run_request },
	{ "connection-up", FALSE, run_up },
	{ "connection-down", FALSE, run_down },
};

/**
 * Find a command by name.
 */
static const command_t *find_command(private_kupf_psk_commands_t *this,
									 wire_octets_t name)
{
	u_int i;

	for (i = 0; i < countof(commands); i++)
	{
		if (wire_equals(name, commands[i].name) &&
			(!commands[i].ue || this->role == KUPF_ROLE_UE))
		{
			return &commands[i];
		}
	}
	return NULL;
}

METHOD(kupf_commands_t, execute, wire_octets_t,
	private_kupf_psk_commands_t *this, const void *client,
	const kupf_peer_t *peer, bool listing, wire_octets_t name,
	wire_reader_t *arguments, kupf_work_t **work)
{
	const command_t *command = find_command(this, name);
	kupf_error_t error = {};
	wire_octets_t answer;
	bool success;

	*work = NULL;
	wire_packet_begin(&this->answer, command ? WIRE_CMD_RESPONSE :
											   WIRE_CMD_UNKNOWN, NULL);
	if (!command)
	{
		wire_packet_end(&this->answer, &answer);
		return answer;
	}
	success = command->run(this, client, arguments, &error);
	return kupf_reply_end(&this->answer, command->name, success, &error);
}

METHOD(kupf_commands_t, get_wake, int,
	private_kupf_psk_commands_t *this)
{
	return this->wake;
}

METHOD(kupf_commands_t, client_gone, void,
	private_kupf_psk_commands_t *this, const void *client)
{
	uint32_t consumer;
	u_int count;

	count = this->connections->drop(this->connections, client, &consumer);
	if (count)
	{
		this->reports->all_down(this->reports, consumer, count);
	}
	/* nothing is kept of its last answer */
	wire_writer_reset(&this->answer);
}

METHOD(kupf_commands_t, destroy, void,
	private_kupf_psk_commands_t *this)
{
	this->reports->destroy(this->reports);
	wire_writer_deinit(&this->answer);
	kupf_secret_free(this->buf, ANSWER_MAX);
	close(this->wake);
	free(this);
}

/*
 * Described in header
 */
kupf_commands_t *kupf_psk_commands_create(kupf_psk_service_t *service,
										  kupf_psk_requests_t *requests,
										  kupf_psk_connections_t *connections,
										  kupf_publisher_t *smf,
										  kupf_role_t role)
{
	private_kupf_psk_commands_t *this;

	INIT(this,
		.public = {
			.secret = TRUE,
			.execute = _execute,
			.get_wake = _get_wake,
			.client_gone = _client_gone,
			.destroy = _destroy,
		},
		.service = service,
		.requests = requests,
		.connections = connections,
		.reports = kupf_psk_reports_create(smf, service->get_name(service)),
		.role = role,
		.buf = kupf_secret_alloc(ANSWER_MAX),
		.wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK),
	);
	wire_writer_init_buffer(&this->answer, this->buf, ANSWER_MAX);
	if (!this->buf || this->wake < 0)
	{
		destroy(this);
		return NULL;
	}
	return &this->public;
}
