/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupf_psk_commands.h"
#include "kupf/kupf_counters.h"
#include "kupf/protocol/kupf_parser.h"
#include "kupf/protocol/kupf_reply.h"

#include <sys/eventfd.h>
#include <unistd.h>

/** Version of the protocol */
#define PROTOCOL 1

/** Room for the longest answer */
#define ANSWER_MAX (4096 - KUPF_SECRET_HEAD)

/** The only field of the command "psk" */
#define IDENTITY "identity"

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
	/** tells the SMF side */
	kupf_publisher_t *smf;
	/** requests for keys in a second, 0 for any number */
	u_int rate;
	/** requests in this second, and which one that is */
	u_int requests;
	time_t second;
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
	/** carries it out; FALSE with error set */
	bool (*run)(private_kupf_psk_commands_t *this, wire_reader_t *arguments,
				kupf_error_t *error);
};

static bool run_version(private_kupf_psk_commands_t *this,
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
 * Read the field of the command "psk".
 */
static bool parse_identity(wire_reader_t *arguments, chunk_t *id,
						   kupf_error_t *error)
{
	wire_element_t element;

	*id = chunk_empty;
	while (wire_reader_next(arguments, &element))
	{
		/* no name is repeated: it may be what was meant as a value */
		if (element.type != WIRE_KEY_VALUE ||
			!wire_equals(element.name, IDENTITY))
		{
			return kupf_error(error, KUPF_CAUSE_UNKNOWN_FIELD,
							  "expected nothing but field '" IDENTITY "'");
		}
		if (id->ptr)
		{
			return kupf_error(error, KUPF_CAUSE_INVALID_FIELD,
							  "field '" IDENTITY "' is there more than once");
		}
		*id = chunk_create((u_char*)element.value.ptr, element.value.len);
	}
	if (!id->ptr)
	{
		return kupf_error(error, KUPF_CAUSE_MISSING_FIELD, "field '" IDENTITY
						  "' is missing: expected a PSK identity");
	}
	return TRUE;
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

static bool run_psk(private_kupf_psk_commands_t *this,
					wire_reader_t *arguments, kupf_error_t *error)
{
	kupf_psk_found_t found;
	chunk_t id;

	if (!parse_identity(arguments, &id, error))
	{
		return FALSE;
	}
	if (!this->service->find(this->service, id, &found))
	{
		return kupf_error(error, KUPF_CAUSE_UNKNOWN_IDENTITY,
						  "no key has this identity");
	}
	add_found(this, &found);
	kupf_psk_found_clear(&found);
	return TRUE;
}

static bool run_by_session(private_kupf_psk_commands_t *this,
						   wire_reader_t *arguments, kupf_error_t *error)
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
	wire_writer_value(&this->answer, IDENTITY, wire_octets(id.ptr, id.len));
	add_found(this, &found);
	kupf_psk_found_clear(&found);
	return TRUE;
}

/**
 * Whether another key may be asked for in this second.
 */
static bool is_rate_kept(private_kupf_psk_commands_t *this)
{
	time_t now = time_monotonic(NULL);

	if (now != this->second)
	{
		this->second = now;
		this->requests = 0;
	}
	return !this->rate || this->requests++ < this->rate;
}

static bool run_request(private_kupf_psk_commands_t *this,
						wire_reader_t *arguments, kupf_error_t *error)
{
	const u_int fields = KUPF_FIELD_SESSION | KUPF_FIELD_UE_ADDRESSES;
	kupf_request_t request = {};
	wire_writer_t writer;
	u_int told = 0;

	if (!kupf_parser_message(&request, arguments, fields, 0, error))
	{
		return FALSE;
	}
	if (!*request.session && !request.ue_address_count)
	{
		return kupf_error(error, KUPF_CAUSE_MISSING_FIELD, "field 'session' is "
						  "missing: expected it, or 'ue-addresses'");
	}
	if (!is_rate_kept(this))
	{
		kupf_count(KUPF_PSK_LIMITED);
		return kupf_error(error, KUPF_CAUSE_BUSY, "more keys are asked for than "
						  "charon.plugins.kupf.fetch_rate allows");
	}
	if (this->smf->begin(this->smf, KUPF_EVENT_KEY_REQUEST, &writer))
	{
		wire_writer_text(&writer, "service",
						 this->service->get_name(this->service));
		if (*request.session)
		{
			wire_writer_text(&writer, "session", request.session);
		}
		if (request.ue_address_count)
		{
			kupf_reply_addresses(&writer, "ue-addresses",
								 request.ue_addresses,
								 request.ue_address_count);
		}
		told = this->smf->end(this->smf, KUPF_EVENT_KEY_REQUEST, &writer);
		kupf_count(KUPF_PSK_REQUESTS);
	}
	wire_writer_number(&this->answer, "told", told);
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
	success = command->run(this, arguments, &error);
	return kupf_reply_end(&this->answer, command->name, success, &error);
}

METHOD(kupf_commands_t, get_wake, int,
	private_kupf_psk_commands_t *this)
{
	return this->wake;
}

METHOD(kupf_commands_t, forget, void,
	private_kupf_psk_commands_t *this, const void *client)
{
	/* nothing is kept of a client, and nothing of its last answer */
	wire_writer_reset(&this->answer);
}

METHOD(kupf_commands_t, destroy, void,
	private_kupf_psk_commands_t *this)
{
	wire_writer_deinit(&this->answer);
	kupf_secret_free(this->buf, ANSWER_MAX);
	close(this->wake);
	free(this);
}

/*
 * Described in header
 */
kupf_commands_t *kupf_psk_commands_create(kupf_psk_service_t *service,
										  kupf_publisher_t *smf, u_int rate,
										  kupf_role_t role)
{
	private_kupf_psk_commands_t *this;

	INIT(this,
		.public = {
			.secret = TRUE,
			.execute = _execute,
			.get_wake = _get_wake,
			.forget = _forget,
			.destroy = _destroy,
		},
		.service = service,
		.smf = smf,
		.rate = rate,
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
