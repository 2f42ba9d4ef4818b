/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "test_upf.h"
#include "kupf/protocol/kupf_preconfigured_file.h"
#include "kupf/protocol/kupf_packet.h"
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
	kupf_fetch_config_t config = {
		.timeout = FETCH_TIMEOUT,
		.max_waiting = 4,
		.negative_ttl = 10,
		.rate = 100,
	};

	test_enforcer_init(&this->enforcer);
	this->store = kupf_store_create(max, REKEY_MARGIN);
	this->pool = kupf_pool_create(addresses, QUARANTINE, FALSE);
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
	this->commands = kupf_commands_create(this->sessions, this->store,
							this->all, this->preconfigured, this->pool,
							&this->enforcer.public);
}

/*
 * Described in header
 */
void test_upf_deinit(test_upf_t *this)
{
	this->commands->destroy(this->commands);
	this->sessions->destroy(this->sessions);
	this->fetch->destroy(this->fetch);
	this->publisher->destroy(this->publisher);
	this->pool->destroy(this->pool);
	this->all->destroy(this->all);
	this->preconfigured->destroy(this->preconfigured);
	this->store->destroy(this->store);
}

/*
 * Described in header
 */
vici_message_t *test_execute(test_upf_t *this, const char *name,
							 const char *fmt, ...)
{
	vici_message_t *message, *reply;
	enumerator_t *stream;
	char *script;
	va_list args;

	script = malloc(SCRIPT_MAX);
	va_start(args, fmt);
	ck_assert_int_lt(vsnprintf(script, SCRIPT_MAX, fmt, args), SCRIPT_MAX);
	va_end(args);
	message = test_message("%s", script);
	free(script);
	ck_assert(kupf_packet_check(message->get_encoding(message)));
	reply = this->commands->execute(this->commands, this,
							chunk_from_str((char*)name), message, &stream);
	ck_assert_ptr_null(stream);
	message->destroy(message);
	return reply;
}
