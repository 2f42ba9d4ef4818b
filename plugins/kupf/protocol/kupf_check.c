/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupf_check.h"
#include "kupf_preconfigured_file.h"
#include "kupf/kupf_faults.h"
#include "kupf/keys/kupf_secret.h"
#include "kupf/store/kupf_range.h"

#include <daemon.h>

#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

/** charon's own half-open limits, if they are not set */
#define BLOCK_THRESHOLD 5
#define COOKIE_THRESHOLD_IP 3

typedef struct private_kupf_check_t private_kupf_check_t;
typedef struct absent_t absent_t;

/**
 * Private data of the object.
 */
struct private_kupf_check_t {
	/** public interface */
	kupf_check_t public;
	/** addresses of the pool */
	const char *addresses;
	/** whether keys need an enforcer */
	bool required;
	/** sessions that are fed over the socket */
	kupf_store_t *store;
	/** pre-configured ones */
	kupf_preconfigured_t *preconfigured;
	/** says what it finds, too */
	kupf_enforcer_t *enforcer;
	/** time_monotonic() when there was no ESP, 0 if it was there */
	time_t without_esp;
};

/**
 * Addresses that were looked for, and those that this host does not have.
 */
struct absent_t {
	/** those that were looked for */
	u_int count;
	/** those that are not there */
	u_int absent;
	/** the first of these */
	char first[KUPF_ADDRESS_TEXT];
};

/**
 * What the host is, and whether the plugin for that is in service.
 */
static void check_role(private_kupf_check_t *this, kupf_findings_t *findings)
{
	kupf_role_t role, attached;
	bool upf = kupf_role_is_announced(KUPF_ROLE_UPF);
	bool ue = kupf_role_is_announced(KUPF_ROLE_UE);

	role = this->enforcer->get_role(this->enforcer, &attached);
	if (!this->required)
	{
		kupf_findings_add(findings, KUPF_FINDING_WARNING, "role",
						  "charon.plugins.kupf.require_enforcement is off: "
						  "any connection with a pre-shared key may use the "
						  "keys of sessions while no plugin enforces");
	}
	if (role == KUPF_ROLE_UNSET)
	{
		kupf_findings_add(findings, KUPF_FINDING_FAULT, "role", upf && ue ?
						  "plugins nin3a (for a UPF) and nin3a-ue (for a UE) "
						  "are both loaded and neither is in service: set "
						  "charon.plugins.kupf.role to upf or ue" :
						  "neither plugin nin3a (for a UPF) nor nin3a-ue (for "
						  "a UE) is loaded: no key can be used");
	}
	else if (attached == KUPF_ROLE_UNSET)
	{
		kupf_findings_add(findings, KUPF_FINDING_FAULT, "role",
						  "the role of this host is %s, but plugin %s is not "
						  "in service: %s", enum_to_name(kupf_role_names, role),
						  enum_to_name(kupf_role_plugins, role),
						  kupf_role_is_announced(role) ? "the log of charon "
						  "says why" : "it is not loaded");
	}
	else
	{
		kupf_findings_add(findings, KUPF_FINDING_OK, "role", "the role of this "
						  "host is %s, and plugin %s is in service",
						  enum_to_name(kupf_role_names, role),
						  enum_to_name(kupf_role_plugins, role));
	}
}

/**
 * A fault of the settings.
 */
static void add_fault(void *user, bool wrong, const char *text)
{
	kupf_findings_add(user, wrong ? KUPF_FINDING_FAULT : KUPF_FINDING_WARNING,
					  "settings", "%s", text);
}

/**
 * Look for an address.
 */
static void look_for(absent_t *absent, const kupf_address_t *address)
{
	host_t *host = kupf_address_to_host(address);

	absent->count++;
	if (!kupf_findings_is_local(host) && !absent->absent++)
	{
		kupf_address_print(address, absent->first);
	}
	host->destroy(host);
}

/**
 * Look for some addresses of a range, the first and the last among them.
 */
static void look_for_range(absent_t *absent, char *text)
{
	kupf_address_t first, last, address;
	uint32_t distance, offset = 0, step;

	if (!kupf_range_parse(text, &first, &last))
	{
		return;
	}
	distance = kupf_range_distance(&first, &last);
	step = max(1, distance / (KUPF_CHECK_RANGE - 1));
	while (offset < distance && distance - offset >= step &&
		   absent->count < KUPF_CHECK_ADDRESSES)
	{
		address = first;
		kupf_range_add(&address, offset);
		look_for(absent, &address);
		offset += step;
	}
	look_for(absent, &last);
}

/**
 * Tell which addresses are not there.
 */
static void add_absent(kupf_findings_t *findings, const absent_t *absent,
					   const char *of)
{
	if (absent->absent)
	{
		kupf_findings_add(findings, KUPF_FINDING_FAULT, "addresses",
						  "of %u addresses of %s, %u are none of this host, "
						  "%s is the first: no UE reaches them", absent->count,
						  of, absent->absent, absent->first);
	}
	else if (absent->count)
	{
		kupf_findings_add(findings, KUPF_FINDING_OK, "addresses",
						  "%u addresses of %s are those of this host",
						  absent->count, of);
	}
}

/**
 * Whether this host has the addresses that UEs are told.
 */
static void check_pool(private_kupf_check_t *this, kupf_findings_t *findings)
{
	enumerator_t *enumerator;
	absent_t absent = {};
	char *token, *text;

	enumerator = enumerator_create_token(this->addresses, ", ", " ");
	while (enumerator->enumerate(enumerator, &token) &&
		   absent.count < KUPF_CHECK_ADDRESSES)
	{
		text = strdup(token);
		look_for_range(&absent, text);
		free(text);
	}
	enumerator->destroy(enumerator);
	add_absent(findings, &absent, "charon.plugins.kupf.addresses");
}

/**
 * The same of sessions that came with their addresses.
 */
static void check_sessions(private_kupf_check_t *this,
						   kupf_findings_t *findings)
{
	enumerator_t *enumerator;
	kupf_session_data_t data;
	kupf_session_t *session;
	absent_t absent = {};
	u_int seen = 0;

	enumerator = this->store->create_enumerator(this->store);
	while (seen++ < KUPF_CHECK_SESSIONS &&
		   enumerator->enumerate(enumerator, &session))
	{
		kupf_session_get_data(session, &data);
		if (data.upf_address.family != AF_UNSPEC)
		{
			look_for(&absent, &data.upf_address);
		}
	}
	enumerator->destroy(enumerator);
	add_absent(findings, &absent, "sessions");
}

/**
 * Whether charon has a plugin.
 */
static bool has_plugin(const char *name)
{
	enumerator_t *enumerator;
	bool found = FALSE;
	char *current;

	enumerator = enumerator_create_token(
						lib->plugins->loaded_plugins(lib->plugins), " ", " ");
	while (!found && enumerator->enumerate(enumerator, &current))
	{
		found = streq(current, name);
	}
	enumerator->destroy(enumerator);
	return found;
}

/**
 * Whether there will be an SPI for a CHILD_SA: without ESP in the kernel that
 * is what fails.
 */
static bool get_spi()
{
	kernel_ipsec_del_sa_t data = {};
	kernel_ipsec_sa_id_t id = {
		.src = host_create_from_string("127.0.0.1", 0),
		.proto = IPPROTO_ESP,
	};
	bool got;

	id.dst = id.src;
	got = charon->kernel->get_spi(charon->kernel, id.src, id.dst, id.proto,
								  &id.spi) == SUCCESS;
	if (got)
	{
		charon->kernel->del_sa(charon->kernel, &id, &data);
	}
	id.src->destroy(id.src);
	return got;
}

/**
 * The same, but while there is none the kernel is not asked all the time:
 * charon logs each failure.
 */
static bool has_esp(private_kupf_check_t *this)
{
	time_t now = time_monotonic(NULL);

	if (this->without_esp && now - this->without_esp < KUPF_CHECK_PAUSE)
	{
		return FALSE;
	}
	this->without_esp = get_spi() ? 0 : now;
	return !this->without_esp;
}

/**
 * Whether there can be CHILD_SAs at all.
 */
static void check_esp(private_kupf_check_t *this, kupf_findings_t *findings)
{
	bool libipsec = has_plugin("kernel-libipsec");
	u_int threads = lib->processor->get_total_threads(lib->processor);

	if (!has_esp(this))
	{
		kupf_findings_add(findings, KUPF_FINDING_FAULT, "esp", "there is no ESP "
						  "in the kernel, and plugin kernel-libipsec is not "
						  "loaded: UEs get NO_PROPOSAL_CHOSEN and no tunnel");
		return;
	}
	if (libipsec && access("/dev/net/tun", R_OK | W_OK) != 0)
	{
		kupf_findings_add(findings, KUPF_FINDING_FAULT, "esp", "plugin "
						  "kernel-libipsec cannot use /dev/net/tun: no traffic "
						  "gets through a tunnel");
	}
	if (libipsec && threads < KUPF_CHECK_THREADS)
	{
		kupf_findings_add(findings, KUPF_FINDING_WARNING, "esp", "plugin "
						  "kernel-libipsec keeps threads of charon busy, of "
						  "which there are %u: set charon.threads to %u or more",
						  threads, KUPF_CHECK_THREADS);
	}
	kupf_findings_add(findings, KUPF_FINDING_OK, "esp", "ESP is done by %s",
					  libipsec ? "plugin kernel-libipsec" : "the kernel");
}

/**
 * Get a number of charon's settings.
 */
static u_int get_limit(char *key, u_int def)
{
	return lib->settings->get_int(lib->settings, key, def, lib->ns);
}

/**
 * Whether UEs that come at the same time get in.
 */
static void check_half_open(private_kupf_check_t *this,
							kupf_findings_t *findings)
{
	u_int block, cookie, all;

	all = get_limit("%s.init_limit_half_open", 0);
	if (all)
	{
		kupf_findings_add(findings, KUPF_FINDING_WARNING, "half-open",
						  "charon.init_limit_half_open is %u: whoever keeps so "
						  "many IKE_SAs half-open keeps all UEs out", all);
	}
	if (!lib->settings->get_bool(lib->settings, "%s.dos_protection", TRUE,
								 lib->ns))
	{
		kupf_findings_add(findings, KUPF_FINDING_WARNING, "half-open",
						  "charon.dos_protection is off: a flood of IKE_SA_INIT "
						  "from invented addresses takes memory and time");
		return;
	}
	cookie = get_limit("%s.cookie_threshold_ip", COOKIE_THRESHOLD_IP);
	block = get_limit("%s.block_threshold", BLOCK_THRESHOLD);
	/* as charon does it */
	block = max(block, cookie + 1);
	kupf_findings_add(findings, KUPF_FINDING_OK, "half-open", "from one address, "
					  "as behind a NAT, %u UEs get in at the same time "
					  "(charon.block_threshold), with a cookie from %u on "
					  "(charon.cookie_threshold_ip)", block, cookie);
}

/**
 * Whether keys may get onto a disk.
 */
static void check_memlock(kupf_findings_t *findings)
{
	struct rlimit limit;

	if (kupf_secret_is_swappable())
	{
		getrlimit(RLIMIT_MEMLOCK, &limit);
		kupf_findings_add(findings, KUPF_FINDING_WARNING, "memlock", "keys may "
						  "be swapped out to a disk: the limit of locked memory "
						  "of charon is %llu KiB, which is too little (with "
						  "systemd, LimitMEMLOCK)",
						  (unsigned long long)limit.rlim_cur / 1024);
	}
	else
	{
		kupf_findings_add(findings, KUPF_FINDING_OK, "memlock",
						  "keys are locked in memory");
	}
}

/**
 * Whether the file with keys is there, and for charon only.
 */
static void check_file(private_kupf_check_t *this, kupf_findings_t *findings)
{
	kupf_error_t error = {};
	char *path;

	path = this->preconfigured->get_path(this->preconfigured);
	if (path && !kupf_preconfigured_file_check(path, &error))
	{
		kupf_findings_add(findings, KUPF_FINDING_FAULT, "files", "%s: its keys "
						  "will not be read again", error.message);
	}
	else if (path)
	{
		kupf_findings_add(findings, KUPF_FINDING_OK, "files",
						  "%.100s is for charon only", path);
	}
	free(path);
}

METHOD(kupf_check_t, run, void,
	private_kupf_check_t *this, kupf_findings_t *findings)
{
	kupf_role_t attached;

	check_role(this, findings);
	kupf_faults_report(add_fault, findings);
	this->enforcer->check(this->enforcer, findings);
	if (this->enforcer->get_role(this->enforcer, &attached) == KUPF_ROLE_UPF)
	{
		if (this->addresses)
		{
			check_pool(this, findings);
		}
		else
		{
			check_sessions(this, findings);
		}
		check_half_open(this, findings);
	}
	check_esp(this, findings);
	check_memlock(findings);
	check_file(this, findings);
}

METHOD(kupf_check_t, destroy, void,
	private_kupf_check_t *this)
{
	free(this);
}

/*
 * Described in header
 */
kupf_check_t *kupf_check_create(const char *addresses, bool required,
								kupf_store_t *store,
								kupf_preconfigured_t *preconfigured,
								kupf_enforcer_t *enforcer)
{
	private_kupf_check_t *this;

	INIT(this,
		.public = {
			.run = _run,
			.destroy = _destroy,
		},
		.addresses = addresses,
		.required = required,
		.store = store,
		.preconfigured = preconfigured,
		.enforcer = enforcer,
	);
	return &this->public;
}
