/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "nin3a_plugin.h"
#include "nin3a/tunnels/nin3a_inner_addresses.h"
#include "nin3a_enforcer.h"
#include "nin3a_listener.h"
#include "tunnel/tunnel_screen.h"

#include "compat.h"
#include "version.h"

typedef struct private_nin3a_plugin_t private_nin3a_plugin_t;

/**
 * Private data of the plugin.
 */
struct private_nin3a_plugin_t {
	/** public interface */
	nin3a_plugin_t public;
	/** settings */
	nin3a_config_t *config;
	/** plugin kupf, while we are registered */
	kupf_t *kupf;
	/** tunnels */
	nin3a_tunnels_t *tunnels;
	/** jobs */
	nin3a_jobs_t *jobs;
	/** what kupf calls */
	nin3a_enforcer_t *enforcer;
	/** what charon calls */
	nin3a_listener_t *listener;
	/** what charon asks for addresses */
	nin3a_inner_addresses_t *addresses;
};

METHOD(plugin_t, get_name, char*,
	private_nin3a_plugin_t *this)
{
	return "nin3a";
}

/**
 * Create all parts.
 */
static void create_parts(private_nin3a_plugin_t *this)
{
	kupf_store_t *store = this->kupf->get_store(this->kupf);

	this->tunnels = nin3a_tunnels_create();
	this->jobs = nin3a_jobs_create(this->kupf, this->config, this->tunnels,
								   store);
	this->enforcer = nin3a_enforcer_create(this->config, this->tunnels,
										   this->jobs, store);
	this->listener = nin3a_listener_create(this->kupf, this->config,
										   this->tunnels, this->jobs);
	this->addresses = nin3a_inner_addresses_create(this->tunnels, store);
}

/**
 * Destroy all parts.
 */
static void destroy_parts(private_nin3a_plugin_t *this)
{
	this->addresses->destroy(this->addresses);
	this->listener->destroy(this->listener);
	this->enforcer->destroy(this->enforcer);
	this->jobs->destroy(this->jobs);
	this->tunnels->destroy(this->tunnels);
	this->kupf = NULL;
}

/**
 * Become the enforcer of plugin kupf.  It gets keys out of the store last, when
 * all that guards them is in place.
 */
static bool register_parts(private_nin3a_plugin_t *this)
{
	this->kupf = lib->get(lib, KUPF_OBJECT);
	if (!this->kupf)
	{
		DBG1(DBG_CFG, "nin3a: plugin kupf is missing");
		return FALSE;
	}
	if (this->kupf->get_role(this->kupf) != KUPF_ROLE_UPF)
	{	/* kupf has said what is to be said */
		DBG2(DBG_CFG, "nin3a: this host is no UPF");
		this->kupf = NULL;
		return TRUE;
	}
	create_parts(this);
	charon->bus->add_listener(charon->bus, &this->listener->listener);
	charon->attributes->add_provider(charon->attributes,
									 &this->addresses->provider);
	if (!this->kupf->attach(this->kupf, &this->enforcer->enforcer))
	{
		DBG1(DBG_CFG, "nin3a: plugin kupf has another enforcer already");
		charon->attributes->remove_provider(charon->attributes,
											&this->addresses->provider);
		charon->bus->remove_listener(charon->bus, &this->listener->listener);
		destroy_parts(this);
		return FALSE;
	}
	tunnel_screen_install(NULL, NULL);
	return TRUE;
}

/**
 * Undo it.
 */
static void unregister_parts(private_nin3a_plugin_t *this)
{
	tunnel_screen_remove();
	this->kupf->detach(this->kupf);
	charon->attributes->remove_provider(charon->attributes,
										&this->addresses->provider);
	charon->bus->remove_listener(charon->bus, &this->listener->listener);
	destroy_parts(this);
}

/**
 * Register or unregister.
 */
static bool plugin_cb(private_nin3a_plugin_t *this, plugin_feature_t *feature,
					  bool reg, void *data)
{
	if (reg)
	{
		return register_parts(this);
	}
	if (this->kupf)
	{
		unregister_parts(this);
	}
	return TRUE;
}

METHOD(plugin_t, get_features, int,
	private_nin3a_plugin_t *this, plugin_feature_t *features[])
{
	static plugin_feature_t f[] = {
		PLUGIN_CALLBACK((plugin_feature_callback_t)plugin_cb, NULL),
			PLUGIN_PROVIDE(CUSTOM, "nin3a"),
				PLUGIN_DEPENDS(CUSTOM, KUPF_OBJECT),
	};
	*features = f;
	return countof(f);
}

METHOD(plugin_t, reload, bool,
	private_nin3a_plugin_t *this)
{
	if (!this->config->reload(this->config))
	{
		DBG1(DBG_CFG, "nin3a: all settings stay as they were");
		return FALSE;
	}
	return TRUE;
}

METHOD(plugin_t, destroy, void,
	private_nin3a_plugin_t *this)
{
	this->config->destroy(this->config);
	free(this);
}

/*
 * Described in header
 */
PLUGIN_DEFINE(nin3a)
{
	private_nin3a_plugin_t *this;
	nin3a_config_t *config;

	if (!version_fits("nin3a", VERSION))
	{
		return NULL;
	}
	kupf_role_announce(KUPF_ROLE_UPF);
	kupf_settings_require("nin3a");
	config = nin3a_config_create();
	if (!config)
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
