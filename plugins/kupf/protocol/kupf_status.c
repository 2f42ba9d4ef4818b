/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupf_status.h"
#include "kupf_batch.h"
#include "kupf/kupf_counters.h"

#include <sys/random.h>
#include <time.h>

/** Version of the protocol */
#define KUPF_PROTOCOL 1

typedef struct private_kupf_status_t private_kupf_status_t;

/**
 * Private data of the object.
 */
struct private_kupf_status_t {
	/** public interface */
	kupf_status_t public;
	/** sessions that are fed over the socket */
	kupf_store_t *store;
	/** pre-configured ones */
	kupf_preconfigured_t *preconfigured;
	/** addresses of the UPF */
	kupf_pool_t *pool;
	/** inner addresses of the UEs */
	kupf_ue_addresses_t *addresses;
	/** knows the tunnels */
	kupf_enforcer_t *enforcer;
	/** tells one start from another */
	char boot[17];
	/** time_monotonic() of this start */
	time_t started;
};

METHOD(kupf_status_t, version, void,
	private_kupf_status_t *this, wire_writer_t *reply)
{
	kupf_role_t role, attached;

	role = this->enforcer->get_role(this->enforcer, &attached);
	wire_writer_text(reply, "daemon", lib->ns);
	wire_writer_text(reply, "version", VERSION);
	wire_writer_text(reply, "plugin", NIN3A_VERSION);
	wire_writer_number(reply, "protocol", KUPF_PROTOCOL);
	wire_writer_text(reply, "boot", this->boot);
	wire_writer_number(reply, "uptime", time_monotonic(NULL) - this->started);
	wire_writer_number(reply, "sessions-per-request", KUPF_BATCH_MAX);
	wire_writer_number(reply, "sessions", this->store->get_count(this->store));
	wire_writer_text(reply, "role", enum_to_name(kupf_role_names, role));
	wire_writer_text(reply, "enforcer",
					 enum_to_name(kupf_role_plugins, attached));
}

CALLBACK(report_counter, void,
	wire_writer_t *reply, const char *name, uint64_t value)
{
	wire_writer_number(reply, name, value);
}

/**
 * Report what waits for threads of charon, and how many there are.
 */
static void report_jobs(wire_writer_t *reply)
{
	static const char *const names[JOB_PRIO_MAX] = {
		[JOB_PRIO_CRITICAL] = "jobs-critical",
		[JOB_PRIO_HIGH] = "jobs-high",
		[JOB_PRIO_MEDIUM] = "jobs-medium",
		[JOB_PRIO_LOW] = "jobs-low",
	};
	processor_t *processor = lib->processor;
	job_priority_t i;

	for (i = 0; i < JOB_PRIO_MAX; i++)
	{
		wire_writer_number(reply, names[i],
						   processor->get_job_load(processor, i));
	}
	wire_writer_number(reply, "threads",
					   processor->get_total_threads(processor));
	wire_writer_number(reply, "threads-idle",
					   processor->get_idle_threads(processor));
}

METHOD(kupf_status_t, stats, void,
	private_kupf_status_t *this, wire_writer_t *reply)
{
	uint64_t size, held, quarantined;
	kupf_store_t *store;

	wire_writer_number(reply, "sessions", this->store->get_count(this->store));
	store = this->preconfigured->get_store(this->preconfigured);
	wire_writer_number(reply, "preconfigured", store->get_count(store));
	size = this->pool->get_count(this->pool, time_monotonic(NULL), &held,
								 &quarantined);
	wire_writer_number(reply, "addresses", size);
	wire_writer_number(reply, "addresses-held", held);
	wire_writer_number(reply, "addresses-quarantined", quarantined);
	held = this->addresses->get_count(this->addresses, &quarantined);
	wire_writer_number(reply, "ue-addresses-held", held);
	wire_writer_number(reply, "ue-addresses-quarantined", quarantined);
	report_jobs(reply);
	kupf_counters_report(report_counter, reply);
	this->enforcer->counters(this->enforcer, report_counter, reply);
}

METHOD(kupf_status_t, destroy, void,
	private_kupf_status_t *this)
{
	free(this);
}

/*
 * Described in header
 */
kupf_status_t *kupf_status_create(kupf_store_t *store,
								  kupf_preconfigured_t *preconfigured,
								  kupf_pool_t *pool,
								  kupf_ue_addresses_t *addresses,
								  kupf_enforcer_t *enforcer)
{
	private_kupf_status_t *this;
	uint8_t boot[8];

	INIT(this,
		.public = {
			.version = _version,
			.stats = _stats,
			.destroy = _destroy,
		},
		.store = store,
		.preconfigured = preconfigured,
		.pool = pool,
		.addresses = addresses,
		.enforcer = enforcer,
		.started = time_monotonic(NULL),
	);
	if (getrandom(boot, sizeof(boot), 0) != sizeof(boot))
	{
		htoun64(boot, time(NULL));
	}
	chunk_to_hex(chunk_from_thing(boot), this->boot, FALSE);

	return &this->public;
}
