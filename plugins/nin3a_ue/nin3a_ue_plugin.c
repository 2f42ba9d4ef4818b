/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "nin3a_ue_plugin.h"
#include "nin3a_ue_enforcer.h"
#include "nin3a_ue_listener.h"
#include "tunnel/tunnel_screen.h"

#include "compat.h"
#include "version.h"

typedef struct private_nin3a_ue_plugin_t private_nin3a_ue_plugin_t;

/**
 * Private data of the plugin.
 */
struct private_nin3a_ue_plugin_t {
	/** public interface */
	nin3a_ue_plugin_t public;
	/** settings */
	nin3a_ue_config_t *config;
	/** plugin kupf, while we are registered */
	kupf_t *kupf;
	/** memory of IKE_SAs and legs */
	nin3a_ue_table_t *table;
	/** IKE_SAs */
	nin3a_ue_sas_t *sas;
	/** legs */
	nin3a_ue_legs_t *legs;
	/** has the jobs done */
	tunnel_worker_t *worker;
	/** jobs */
	nin3a_ue_jobs_t *jobs;
	/** listens to the tunnels */
	nin3a_ue_liveness_t *liveness;
	/** what kupf calls */
	nin3a_ue_enforcer_t *enforcer;
	/** what charon calls */
	nin3a_ue_listener_t *listener;
};

METHOD(plugin_t, get_name, char*,
	private_nin3a_ue_plugin_t *this)
{
	return "nin3a-ue";
}

/**
 * Get the times between attempts.
 */
static nin3a_ue_backoff_t get_backoff(private_nin3a_ue_plugin_t *this)
{
	nin3a_ue_settings_t settings;

	this->config->get(this->config, &settings);
	return (nin3a_ue_backoff_t){
		.first = settings.retry * 1000,
		.most = settings.retry_max * 1000,
	};
}

/**
 * Create all parts.
 */
static void create_parts(private_nin3a_ue_plugin_t *this)
{
	this->table = nin3a_ue_table_create();
	this->sas = nin3a_ue_sas_create(this->table);
	this->legs = nin3a_ue_legs_create(this->table, get_backoff(this));
	this->worker = tunnel_worker_create();
	this->jobs = nin3a_ue_jobs_create(this->config, this->sas,
									this->legs, this->worker);
	this->liveness = nin3a_ue_liveness_create(this->config, this->sas,
									this->legs, this->jobs, this->worker);
	this->enforcer = nin3a_ue_enforcer_create(this->config, this->sas,
									this->legs, this->jobs,
									this->kupf->get_store(this->kupf));
	this->listener = nin3a_ue_listener_create(this->kupf, this->config,
									this->sas, this->legs, this->jobs,
									this->liveness);
}

/**
 * Destroy all parts.
 */
static void destroy_parts(private_nin3a_ue_plugin_t *this)
{
	this->listener->destroy(this->listener);
	this->enforcer->destroy(this->enforcer);
	this->worker->destroy(this->worker);
	this->liveness->destroy(this->liveness);
	this->jobs->destroy(this->jobs);
	this->legs->destroy(this->legs);
	this->sas->destroy(this->sas);
	this->table->destroy(this->table);
	this->kupf = NULL;
}

/**
 * Set up tunnels for the sessions that came before us.
 */
static void adopt_sessions(private_nin3a_ue_plugin_t *this)
{
	kupf_store_t *store = this->kupf->get_store(this->kupf);
	kupf_enforcer_t *enforcer = &this->enforcer->enforcer;
	enumerator_t *enumerator;
	kupf_session_data_t data;
	kupf_session_t *session;

	enumerator = store->create_enumerator(store);
	while (enumerator->enumerate(enumerator, &session))
	{
		kupf_session_get_data(session, &data);
		if (!enforcer->accepts(enforcer, &data))
		{
			enforcer->established(enforcer, session);
		}
		else
		{
			DBG1(DBG_CFG, "nin3a-ue: session '%s' has no upf-address: no "
				 "tunnel", data.name);
		}
	}
	enumerator->destroy(enumerator);
}

/**
 * Become the enforcer of plugin kupf, when all that guards the keys is in
 * place.
 */
static bool register_parts(private_nin3a_ue_plugin_t *this)
{
	this->kupf = lib->get(lib, KUPF_OBJECT);
	if (!this->kupf)
	{
		DBG1(DBG_CFG, "nin3a-ue: plugin kupf is missing");
		return FALSE;
	}
	if (this->kupf->get_role(this->kupf) != KUPF_ROLE_UE)
	{	/* kupf has said what is to be said */
		DBG2(DBG_CFG, "nin3a-ue: this host is no UE");
		this->kupf = NULL;
		return TRUE;
	}
	create_parts(this);
	charon->bus->add_listener(charon->bus, &this->listener->listener);
	if (!this->kupf->attach(this->kupf, &this->enforcer->enforcer))
	{
		DBG1(DBG_CFG, "nin3a-ue: plugin kupf has another enforcer already");
		charon->bus->remove_listener(charon->bus, &this->listener->listener);
		destroy_parts(this);
		return FALSE;
	}
	tunnel_screen_install((tunnel_screen_cb_t)this->liveness->hint,
						  this->liveness);
	charon->kernel->add_listener(charon->kernel, this->listener->kernel);
	adopt_sessions(this);
	return TRUE;
}

/**
 * Undo it.
 */
static void unregister_parts(private_nin3a_ue_plugin_t *this)
{
	tunnel_screen_remove();
	charon->kernel->remove_listener(charon->kernel, this->listener->kernel);
	this->kupf->detach(this->kupf);
	charon->bus->remove_listener(charon->bus, &this->listener->listener);
	destroy_parts(this);
}

/**
 * Register or unregister.
 */
static bool plugin_cb(private_nin3a_ue_plugin_t *this,
					  plugin_feature_t *feature, bool reg, void *data)
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
	private_nin3a_ue_plugin_t *this, plugin_feature_t *features[])
{
	static plugin_feature_t f[] = {
		PLUGIN_CALLBACK((plugin_feature_callback_t)plugin_cb, NULL),
			PLUGIN_PROVIDE(CUSTOM, "nin3a-ue"),
				PLUGIN_DEPENDS(CUSTOM, KUPF_OBJECT),
	};
	*features = f;
	return countof(f);
}

METHOD(plugin_t, reload, bool,
	private_nin3a_ue_plugin_t *this)
{
	if (!this->config->reload(this->config))
	{
		DBG1(DBG_CFG, "nin3a-ue: all settings stay as they were");
		return FALSE;
	}
	if (this->kupf)
	{
		this->legs->set_backoff(this->legs, get_backoff(this));
	}
	return TRUE;
}

METHOD(plugin_t, destroy, void,
	private_nin3a_ue_plugin_t *this)
{
	this->config->destroy(this->config);
	free(this);
}

/*
 * Described in header
 */
PLUGIN_DEFINE(nin3a_ue)
{
	private_nin3a_ue_plugin_t *this;
	nin3a_ue_config_t *config;

	if (!version_fits("nin3a-ue", VERSION))
	{
		return NULL;
	}
	kupf_role_announce(KUPF_ROLE_UE);
	kupf_settings_require("nin3a-ue");
	config = nin3a_ue_config_create();
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
