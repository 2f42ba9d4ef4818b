/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "test_upf.h"
#include "kupf/protocol/kupf_preconfigured_file.h"
#include "test_runner.h"

#include <poll.h>
#include <stdarg.h>
#include <sys/eventfd.h>

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
const kupf_peer_t test_upf_peer = { .uid = 1000, .pid = 4711 };

/*
 * Described in header
 */
kupf_preconfigured_read_t test_upf_read = NULL;

/*
 * Described in header
 */
kupf_psk_config_t test_upf_psk = {};

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
	kupf_psk_bounds_t bounds = {
		.rate = TEST_UPF_PSK_RATE,
		.waiting = TEST_UPF_PSK_WAITING,
		.timeout = TEST_UPF_PSK_TIMEOUT,
	};
	kupf_enforcer_t *enforcer;

	test_enforcer_init(&this->enforcer);
	this->consumers = kupf_psk_sockets_create();
	enforcer = &this->enforcer.public;
	enforcer->consumers = &this->consumers->consumers;
	this->store = kupf_store_create(max, REKEY_MARGIN);
	this->pool = kupf_pool_create(addresses, quarantine, FALSE);
	if (!this->pool)
	{	/* no ck_assert(): fuzz targets come here, too */
		abort();
	}
	this->addresses = kupf_ue_addresses_create(enforcer,
							this->pool, NULL, FALSE);
	this->preconfigured = kupf_preconfigured_create(this->store,
							enforcer, this->addresses,
							test_upf_read ?: kupf_preconfigured_file_read);
	this->all = kupf_overlay_create(this->store,
						this->preconfigured->get_store(this->preconfigured));
	if (!this->consumers->prepare(this->consumers, &test_upf_psk, &bounds,
								  KUPF_KDF_FC_DEFAULT, this->all))
	{
		abort();
	}
	this->publisher = kupf_publisher_create();
	this->events = &this->publisher->events;
	this->fetch = kupf_fetch_create(this->all, this->events, &config);
	this->preconfigured->set_fetch(this->preconfigured, this->fetch);
	this->sessions = kupf_procedures_create(this->store, this->pool,
							this->addresses,
							enforcer, this->events, this->fetch,
							this->preconfigured, KUPF_KDF_FC_DEFAULT);
	this->check = kupf_check_create(addresses, TRUE, this->store,
							this->preconfigured, enforcer);
	this->commands = kupf_commands_create(this->sessions, this->store,
							this->all, this->preconfigured, this->pool,
							this->addresses, enforcer,
							this->check);
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
	this->consumers->stop(this->consumers);
	this->commands->destroy(this->commands);
	this->check->destroy(this->check);
	this->sessions->destroy(this->sessions);
	this->fetch->destroy(this->fetch);
	this->publisher->destroy(this->publisher);
	this->addresses->destroy(this->addresses);
	this->pool->destroy(this->pool);
	this->all->destroy(this->all);
	this->preconfigured->destroy(this->preconfigured);
	this->consumers->destroy(this->consumers);
	this->store->destroy(this->store);
}

/**
 * Keep a packet.
 */
CALLBACK(keep_packet, void,
	array_t *packets, wire_octets_t packet)
{
	chunk_t *copy;

	copy = malloc_thing(chunk_t);
	*copy = chunk_clone(chunk_create((u_char*)packet.ptr, packet.len));
	array_insert(packets, ARRAY_TAIL, copy);
}

/**
 * Begin to carry out a command.
 */
static void begin(test_upf_t *this, test_call_t *call, const void *client,
				  const char *name, const char *fmt, va_list args)
{
	wire_reader_t arguments;
	wire_octets_t answer;
	char *script;

	script = malloc(SCRIPT_MAX);
	ck_assert_int_lt(vsnprintf(script, SCRIPT_MAX, fmt, args), SCRIPT_MAX);
	call->message = test_encode("%s", script);
	call->packets = array_create(0, 0);
	free(script);
	ck_assert(wire_reader_init(&arguments, test_octets(call->message)));
	answer = this->commands->execute(this->commands, client, &test_upf_peer,
									 TRUE, wire_text(name), &arguments,
									 &call->work);
	ck_assert(!answer.len == (call->work != NULL));
	if (!call->work)
	{
		keep_packet(call->packets, answer);
	}
}

/*
 * Described in header
 */
void test_call_begin(test_upf_t *this, test_call_t *call, const void *client,
					 const char *name, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	begin(this, call, client, name, fmt, args);
	va_end(args);
}

/*
 * Described in header
 */
bool test_call_step(test_upf_t *this, test_call_t *call)
{
	struct pollfd wake = {
		.fd = this->commands->get_wake(this->commands),
		.events = POLLIN,
	};
	kupf_work_status_t status;
	eventfd_t count;

	if (!call->work)
	{
		return FALSE;
	}
	status = call->work->step(call->work, keep_packet, call->packets);
	if (status == KUPF_WORK_WAITS)
	{
		ck_assert_int_eq(poll(&wake, 1, -1), 1);
		eventfd_read(wake.fd, &count);
	}
	else if (status == KUPF_WORK_DONE)
	{
		call->work->destroy(call->work);
		call->work = NULL;
	}
	return TRUE;
}

/*
 * Described in header
 */
vici_message_t *test_call_next(test_call_t *call, wire_packet_type_t *type)
{
	vici_message_t *message = NULL;
	chunk_t *packet;

	if (array_remove(call->packets, ARRAY_HEAD, &packet))
	{
		*type = packet->ptr[WIRE_PACKET_HEADER];
		if (*type != WIRE_CMD_UNKNOWN)
		{
			message = test_read_packet(test_octets(*packet), *type);
		}
		chunk_free(packet);
		free(packet);
	}
	return message;
}

/*
 * Described in header
 */
void test_call_end(test_call_t *call)
{
	chunk_t *packet;

	DESTROY_IF(call->work);
	while (array_remove(call->packets, ARRAY_HEAD, &packet))
	{
		chunk_free(packet);
		free(packet);
	}
	array_destroy(call->packets);
	chunk_free(&call->message);
}

/**
 * Carry out a command, and take its reply.
 */
static vici_message_t *execute(test_upf_t *this, const void *client,
							   const char *name, const char *fmt, va_list args)
{
	vici_message_t *reply;
	wire_packet_type_t type;
	test_call_t call;

	begin(this, &call, client, name, fmt, args);
	while (test_call_step(this, &call))
	{
		/* to its end */
	}
	reply = test_call_next(&call, &type);
	ck_assert(!reply || type == WIRE_CMD_RESPONSE);
	test_call_end(&call);
	return reply;
}

/*
 * Described in header
 */
vici_message_t *test_execute_as(test_upf_t *this, const void *client,
								const char *name, const char *fmt, ...)
{
	vici_message_t *reply;
	va_list args;

	va_start(args, fmt);
	reply = execute(this, client, name, fmt, args);
	va_end(args);
	return reply;
}

/*
 * Described in header
 */
vici_message_t *test_execute(test_upf_t *this, const char *name,
							 const char *fmt, ...)
{
	vici_message_t *reply;
	va_list args;

	va_start(args, fmt);
	reply = execute(this, this, name, fmt, args);
	va_end(args);
	return reply;
}
