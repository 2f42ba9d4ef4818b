/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "test_upf.h"
#include "kupf/protocol/kupf_preconfigured_file.h"
#include "test_runner.h"

#include <stdarg.h>

/** Seconds of quarantine in the pool */
#define QUARANTINE 60

/** Seconds before its end that a session is about to end */
#define REKEY_MARGIN 60

/** Longest wait for a key, milliseconds */
#define FETCH_TIMEOUT 2000

/** Longest message of a test, as text */
#define SCRIPT_MAX (200 * 1024)

/*
 * Described in header
 */
void test_upf_init(test_upf_t *this, const char *addresses, u_int max)
{
	test_upf_init_with(this, addresses, QUARANTINE, max);
}

/*
 * Described in header
 */
void test_upf_init_with(test_upf_t *this, const char *addresses,
						u_int quarantine, u_int max)
{
	kupf_fetch_config_t config = {
		.timeout = FETCH_TIMEOUT,
		.max_waiting = 4,
		.negative_ttl = 10,
		.rate = 100,
	};

	test_enforcer_init(&this->enforcer);
	this->store = kupf_store_create(max, REKEY_MARGIN);
	this->pool = kupf_pool_create(addresses, quarantine, FALSE);
	if (!this->pool)
	{	/* no ck_assert(): fuzz targets come here, too */
		abort();
	}
	this->preconfigured = kupf_preconfigured_create(this->store,
							&this->enforcer.public,
							kupf_preconfigured_file_read);
	this->all = kupf_overlay_create(this->store,
						this->preconfigured->get_store(this->preconfigured));
	this->publisher = kupf_publisher_create();
	this->events = &this->publisher->events;
	this->fetch = kupf_fetch_create(this->all, this->events, &config);
	this->preconfigured->set_fetch(this->preconfigured, this->fetch);
	this->sessions = kupf_procedures_create(this->store, this->pool,
							&this->enforcer.public, this->events, this->fetch,
							this->preconfigured, KUPF_KDF_FC_DEFAULT);
	this->check = kupf_check_create(addresses, TRUE, this->store,
							this->preconfigured, &this->enforcer.public);
	this->commands = kupf_commands_create(this->sessions, this->store,
							this->all, this->preconfigured, this->pool,
							&this->enforcer.public, this->check);
}

/*
 * Described in header
 */
void test_upf_clear(test_upf_t *this)
{
	char name[KUPF_SESSION_NAME_MAX + 1];
	enumerator_t *enumerator;
	kupf_session_t *session;
	kupf_error_t error;
	u_int tunnels;

	while (this->store->get_count(this->store))
	{
		enumerator = this->store->create_enumerator(this->store);
		if (!enumerator->enumerate(enumerator, &session))
		{
			abort();
		}
		strcpy(name, kupf_session_get_name(session));
		enumerator->destroy(enumerator);
		error = (kupf_error_t){};
		this->sessions->delete(this->sessions, name, &tunnels, &error);
	}
}

/*
 * Described in header
 */
void test_upf_deinit(test_upf_t *this)
{
	this->commands->destroy(this->commands);
	this->check->destroy(this->check);
	this->sessions->destroy(this->sessions);
	this->fetch->destroy(this->fetch);
	this->publisher->destroy(this->publisher);
	this->pool->destroy(this->pool);
	this->all->destroy(this->all);
	this->preconfigured->destroy(this->preconfigured);
	this->store->destroy(this->store);
}

/**
 * Carry out a command.
 */
static vici_message_t *vexecute(test_upf_t *this, const void *client,
								kupf_list_t **list, const char *name,
								const char *fmt, va_list args)
{
	wire_octets_t answer, body;
	wire_reader_t arguments;
	chunk_t encoding;
	size_t size;
	char *script;

	script = malloc(SCRIPT_MAX);
	ck_assert_int_lt(vsnprintf(script, SCRIPT_MAX, fmt, args), SCRIPT_MAX);
	encoding = test_encode("%s", script);
	free(script);
	ck_assert(wire_reader_init(&arguments, test_octets(encoding)));
	answer = this->commands->execute(this->commands, client, wire_text(name),
									 &arguments, list);
	chunk_free(&encoding);
	wire_packet_cut(answer, &body, &size);
	if (body.len == 1 && body.ptr[0] == WIRE_CMD_UNKNOWN)
	{
		return NULL;
	}
	return test_read_packet(answer, WIRE_CMD_RESPONSE);
}

/*
 * Described in header
 */
vici_message_t *test_execute_as(test_upf_t *this, const void *client,
								kupf_list_t **list, const char *name,
								const char *fmt, ...)
{
	vici_message_t *reply;
	va_list args;

	va_start(args, fmt);
	reply = vexecute(this, client, list, name, fmt, args);
	va_end(args);
	return reply;
}

/*
 * Described in header
 */
vici_message_t *test_next(kupf_list_t *list)
{
	wire_octets_t packet;

	return list->next(list, &packet) ? test_read_packet(packet, WIRE_EVENT) :
									   NULL;
}

/*
 * Described in header
 */
vici_message_t *test_execute(test_upf_t *this, const char *name,
							 const char *fmt, ...)
{
	vici_message_t *reply;
	kupf_list_t *list;
	va_list args;

	va_start(args, fmt);
	reply = vexecute(this, this, &list, name, fmt, args);
	va_end(args);
	ck_assert_ptr_null(list);
	return reply;
}
