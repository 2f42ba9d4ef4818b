/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupf_plugin.h"
#include "kupf_config.h"
#include "kupf_object.h"
#include "kupf/protocol/kupf_check.h"
#include "kupf/protocol/kupf_commands.h"
#include "kupf/credentials/kupf_cred.h"
#include "kupf/protocol/kupf_preconfigured_file.h"
#include "kupf/protocol/kupf_publisher.h"
#include "kupf/credentials/kupf_fetch.h"
#include "kupf/store/kupf_overlay.h"
#include "kupf/store/kupf_services.h"
#include "kupf/store/kupf_space.h"
#include "kupf/procedures/kupf_pool.h"
#include "kupf/procedures/kupf_preconfigured.h"
#include "kupf/credentials/kupf_redact.h"
#include "kupf/psk/kupf_psk_sockets.h"
#include "kupf/socket/kupf_server.h"
#include "kupf/socket/kupf_socket.h"
#include "kupf/procedures/kupf_procedures.h"
#include "kupf/procedures/kupf_ue_addresses.h"

#include "compat.h"
#include "version.h"

#include <daemon.h>
#include <processing/jobs/callback_job.h>

/** Milliseconds until more sessions expire, if there are more */
#define EXPIRE_PAUSE 10

typedef struct private_kupf_plugin_t private_kupf_plugin_t;

/**
 * Private data of the plugin.
 */
struct private_kupf_plugin_t {
	/** public interface */
	kupf_plugin_t public;
	/** settings as they were at the start */
	kupf_config_t config;
	/** what the host is */
	kupf_role_t role;
	/** sessions that are fed over the socket */
	kupf_store_t *store;
	/** pre-configured sessions */
	kupf_preconfigured_t *preconfigured;
	/** the former over the latter */
	kupf_store_t *all;
	/** addresses of the UPF */
	kupf_pool_t *pool;
	/** inner addresses of the UEs */
	kupf_ue_addresses_t *addresses;
	/** stands for the enforcer */
	kupf_enforcement_t *guard;
	/** consumers of keys, told of sessions by the guard */
	kupf_psk_sockets_t *consumers;
	/** tells about events */
	kupf_publisher_t *publisher;
	/** gets keys that are not there, NULL for nobody */
	kupf_fetch_t *fetch;
	/** procedures */
	kupf_procedures_t *sessions;
	/** looks for what is wrong */
	kupf_check_t *check;
	/** commands */
	kupf_commands_t *commands;
	/** credential set */
	kupf_cred_t *cred;
	/** socket */
	kupf_server_t *server;
	/** what other plugins see */
	kupf_object_t *object;
};

/**
 * Remove what has expired, every second.
 */
static job_requeue_t expire(private_kupf_plugin_t *this)
{
	if (this->sessions->expire(this->sessions))
	{
		return JOB_RESCHEDULE_MS(EXPIRE_PAUSE);
	}
	return JOB_RESCHEDULE(1);
}

/**
 * Whether an address of a prefix is on an interface of this host.
 */
static bool has_own(const kupf_address_t *prefix)
{
	enumerator_t *enumerator;
	kupf_address_t address;
	bool own = FALSE;
	host_t *host;

	enumerator = charon->kernel->create_address_enumerator(charon->kernel,
											ADDR_TYPE_REGULAR);
	while (!own && enumerator->enumerate(enumerator, &host))
	{
		address = kupf_address_of_host(host);
		own = kupf_address_contains(prefix, &address);
	}
	enumerator->destroy(enumerator);
	return own;
}

/**
 * Whether an address is on an interface of this host.  A UE has its inner
 * addresses there, a UPF has not.
 */
static bool is_own(const kupf_address_t *address)
{
	host_t *host;
	bool own;

	if (address->prefix)
	{
		return has_own(address);
	}
	host = kupf_address_to_host(address);
	own = charon->kernel->get_interface(charon->kernel, host, NULL);
	host->destroy(host);
	return own;
}

/**
 * Destroy what create_parts() created, as far as it came.
 */
static void destroy_parts(private_kupf_plugin_t *this)
{
	DESTROY_IF(this->object);
	DESTROY_IF(this->server);
	if (this->consumers)
	{
		this->consumers->stop(this->consumers);
	}
	DESTROY_IF(this->cred);
	DESTROY_IF(this->commands);
	DESTROY_IF(this->check);
	DESTROY_IF(this->sessions);
	DESTROY_IF(this->fetch);
	DESTROY_IF(this->publisher);
	DESTROY_IF(this->all);
	DESTROY_IF(this->preconfigured);
	DESTROY_IF(this->addresses);
	DESTROY_IF(this->consumers);
	DESTROY_IF(this->guard);
	DESTROY_IF(this->pool);
	DESTROY_IF(this->store);
	this->object = NULL;
	this->server = NULL;
	this->cred = NULL;
	this->commands = NULL;
	this->check = NULL;
	this->sessions = NULL;
	this->fetch = NULL;
	this->publisher = NULL;
	this->all = NULL;
	this->preconfigured = NULL;
	this->addresses = NULL;
	this->consumers = NULL;
	this->guard = NULL;
	this->pool = NULL;
	this->store = NULL;
}

/**
 * Have the pool remember who had which address, in a file beside the socket
 * unless another one is set.
 */
static void remember_addresses(private_kupf_plugin_t *this)
{
	const char *path = this->config.addresses_file;
	char beside[PATH_MAX];

	if (!path)
	{
		snprintf(beside, sizeof(beside), "%s.addresses",
				 kupf_socket_get_path(this->config.server.uri));
		path = beside;
	}
	this->pool->remember(this->pool, path, time_monotonic(NULL));
}

/**
 * Create all parts, as the settings say.
 */
static bool create_parts(private_kupf_plugin_t *this)
{
	kupf_config_t *config = &this->config;
	kupf_psk_bounds_t bounds = {
		.rate = config->fetching.rate,
		.waiting = config->fetching.max_waiting,
		.timeout = config->fetching.timeout,
	};
	kupf_enforcer_t *enforcer;
	kupf_space_t space = kupf_space_parse(config->share_ue_addresses);
	uint16_t fc = KUPF_KDF_FC_DEFAULT;
	kupf_error_t error = {};
	const char *wrong;

	kupf_kdf_fc_parse(config->kdf_fc, &fc);
	kupf_services_set(config->services);
	kupf_space_set(space);
	wrong = kupf_psk_config_check(&config->psk);
	if (wrong)
	{
		kupf_settings_refuse(&kupf_config_table, wrong,
							 "services that there are, each with a socket");
		return FALSE;
	}
	this->role = kupf_role_decide(config->role);
	this->pool = kupf_pool_create(config->addresses, config->quarantine,
								  config->share_addresses);
	if (!this->pool)
	{
		return FALSE;
	}
	remember_addresses(this);
	this->pool->set_closed(this->pool, config->sync_first);
	this->store = kupf_store_create(config->max_sessions, config->rekey_margin);
	this->guard = kupf_enforcement_create(config->require_enforcement,
										  this->role);
	this->consumers = kupf_psk_sockets_create();
	enforcer = &this->guard->enforcer;
	enforcer->consumers = &this->consumers->consumers;
	this->addresses = kupf_ue_addresses_create(enforcer,
							this->pool,
							this->role == KUPF_ROLE_UPF ? is_own : NULL,
							space == KUPF_SPACE_SHARED);
	this->preconfigured = kupf_preconfigured_create(this->store, enforcer,
											this->addresses,
											kupf_preconfigured_file_read);
	this->preconfigured->set_file(this->preconfigured, config->preconfigured,
								  config->max_sessions);
	this->all = kupf_overlay_create(this->store,
						this->preconfigured->get_store(this->preconfigured));
	if (!this->consumers->prepare(this->consumers, &config->psk, &bounds, fc,
								  this->all))
	{
		return FALSE;
	}
	/* it is logged, and the socket serves all the same */
	this->preconfigured->load(this->preconfigured, &error);
	this->publisher = kupf_publisher_create();
	if (config->fetch)
	{
		this->fetch = kupf_fetch_create(this->all, &this->publisher->events,
										&config->fetching);
		this->preconfigured->set_fetch(this->preconfigured, this->fetch);
	}
	this->sessions = kupf_procedures_create(this->store, this->pool,
							this->addresses, enforcer,
							&this->publisher->events, this->fetch,
							this->preconfigured, fc);
	this->check = kupf_check_create(config->addresses,
							config->require_enforcement, this->store,
							this->preconfigured, enforcer);
	this->commands = kupf_commands_create(this->sessions, this->store,
							this->all, this->preconfigured, this->pool,
							this->addresses, enforcer, this->check);
	this->cred = kupf_cred_create(this->all, this->fetch, enforcer);
	this->object = kupf_object_create(this->all, this->cred, this->guard,
							&this->publisher->events, this->role);
	this->server = kupf_server_create(&config->server, this->commands,
									  this->publisher);
	return this->server &&
		   this->consumers->serve(this->consumers, &config->psk,
								  &config->server, this->publisher,
								  this->role);
}

/**
 * Take the plugin into service, or out of it.
 */
static bool plugin_cb(private_kupf_plugin_t *this, plugin_feature_t *feature,
					  bool reg, void *data)
{
	if (!reg)
	{
		lib->set(lib, KUPF_OBJECT, NULL);
		if (this->fetch)
		{
			this->fetch->end(this->fetch);
		}
		/* waits for those who are in the set */
		lib->credmgr->remove_set(lib->credmgr, &this->cred->set);
		charon->bus->remove_listener(charon->bus, this->cred->listener);
		destroy_parts(this);
		kupf_redact_uninstall();
		return TRUE;
	}
	if (!create_parts(this))
	{
		destroy_parts(this);
		return FALSE;
	}
	kupf_redact_install();
	charon->bus->add_listener(charon->bus, this->cred->listener);
	lib->credmgr->add_set(lib->credmgr, &this->cred->set);
	lib->set(lib, KUPF_OBJECT, &this->object->kupf);
	lib->scheduler->schedule_job(lib->scheduler,
		(job_t*)callback_job_create((callback_job_cb_t)expire, this, NULL,
									(callback_job_cancel_t)return_false), 1);
	if (!this->config.require_enforcement)
	{
		DBG1(DBG_CFG, "kupf: require_enforcement is off: without plugin nin3a "
			 "any connection may use the keys");
	}
	return TRUE;
}

METHOD(plugin_t, get_name, char*,
	private_kupf_plugin_t *this)
{
	return "kupf";
}

METHOD(plugin_t, get_features, int,
	private_kupf_plugin_t *this, plugin_feature_t *features[])
{
	static plugin_feature_t f[] = {
		PLUGIN_CALLBACK((plugin_feature_callback_t)plugin_cb, NULL),
			PLUGIN_PROVIDE(CUSTOM, KUPF_OBJECT),
				/* knows the addresses of the host */
				PLUGIN_SDEPEND(CUSTOM, "kernel-net"),
	};
	*features = f;
	return countof(f);
}

METHOD(plugin_t, reload, bool,
	private_kupf_plugin_t *this)
{
	kupf_error_t error = {};
	kupf_config_t config;

	if (!kupf_settings_read(&kupf_config_table, &config))
	{
		DBG1(DBG_CFG, "kupf: all settings and keys stay as they were");
		return FALSE;
	}
	if (!this->preconfigured)
	{
		return TRUE;
	}
	this->preconfigured->set_file(this->preconfigured, config.preconfigured,
								  config.max_sessions);
	return this->preconfigured->load(this->preconfigured, &error);
}

METHOD(plugin_t, destroy, void,
	private_kupf_plugin_t *this)
{
	free(this);
}

/**
 * Plugin constructor.
 */
PLUGIN_DEFINE(kupf)
{
	private_kupf_plugin_t *this;
	kupf_config_t config;

	if (!version_fits("kupf", VERSION))
	{
		return NULL;
	}
	kupf_settings_require(KUPF_OBJECT);
	if (!kupf_settings_read(&kupf_config_table, &config))
	{
		return NULL;
	}
	INIT(this,
		.public = {
			.plugin = {
				.get_name = _get_name,
				.get_features = _get_features,
				.reload = _reload,
				.destroy = _destroy,
			},
		},
		.config = config,
	);
	return &this->public.plugin;
}
