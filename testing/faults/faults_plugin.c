/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "faults_plugin.h"

#include "compat.h"

#include <credentials/sets/mem_cred.h>
#include <encoding/payloads/auth_payload.h>
#include <utils/process.h>

/** Seconds that a command may take */
#define COMMAND_TIME "10"

typedef struct private_faults_plugin_t private_faults_plugin_t;

/**
 * Private data of the plugin.
 */
struct private_faults_plugin_t {
	/** public interface */
	faults_plugin_t public;
	/** called before plugins nin3a and nin3a-ue */
	listener_t early;
	/** called after them */
	listener_t late;
	/** what a thread has instead of its credentials, for verification */
	mem_cred_t *verify;
	/** what a thread has instead of its credentials, for our AUTH payload */
	mem_cred_t *build;
};

/**
 * Get a setting, NULL if it is not there.
 */
static char *get_setting(char *name)
{
	return lib->settings->get_str(lib->settings, "%s.plugins.faults.%s", NULL,
								  lib->ns, name);
}

/**
 * Run the command of a setting.
 */
static void run(char *name)
{
	char *command = get_setting(name);
	char *argv[] = {
		"/usr/bin/timeout", COMMAND_TIME, "/bin/sh", "-c", command, NULL,
	};
	char *envp[] = {
		"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
		NULL,
	};
	process_t *process;
	int code = -1;

	if (command)
	{
		process = process_start(argv, envp, NULL, NULL, NULL, TRUE);
		if (!process || !process->wait(process, &code))
		{
			code = -1;
		}
		DBG1(DBG_CFG, "faults: %s: '%s' returned %d", name, command, code);
	}
}

/**
 * Give the thread the PSK of a setting, and nothing else.
 */
static void replace_credentials(mem_cred_t *creds, char *name)
{
	char *psk = get_setting(name);

	if (psk)
	{
		creds->clear_secrets(creds);
		if (!streq(psk, "none"))
		{
			creds->add_shared(creds, shared_key_create(SHARED_IKE,
								chunk_clone(chunk_from_str(psk))),
							  identification_create_from_string("%any"), NULL);
		}
		lib->credmgr->add_local_set(lib->credmgr, &creds->set, TRUE);
		DBG1(DBG_CFG, "faults: %s is the only credential", name);
	}
}

/**
 * Give the thread its credentials back.
 */
static void restore_credentials(private_faults_plugin_t *this)
{
	lib->credmgr->remove_local_set(lib->credmgr, &this->verify->set);
	lib->credmgr->remove_local_set(lib->credmgr, &this->build->set);
}

/**
 * Change the method of the AUTH payload.
 */
static void change_method(message_t *message)
{
	auth_payload_t *auth;
	int method;

	method = lib->settings->get_int(lib->settings,
							"%s.plugins.faults.auth_method", -1, lib->ns);
	auth = (auth_payload_t*)message->get_payload(message, PLV2_AUTH);
	if (auth && method >= 0)
	{
		auth->set_auth_method(auth, method);
		DBG1(DBG_CFG, "faults: our AUTH payload has method %d", method);
	}
}

METHOD(listener_t, early_message, bool,
	listener_t *listener, ike_sa_t *ike_sa, message_t *message, bool incoming,
	bool plain)
{
	if (plain && !incoming && message->get_exchange_type(message) == IKE_AUTH &&
		!message->get_request(message))
	{
		change_method(message);
	}
	return TRUE;
}

METHOD(listener_t, early_authorize, bool,
	listener_t *listener, ike_sa_t *ike_sa, bool final, bool *success)
{
	run(final ? "run_final" : "run_verified");
	return TRUE;
}

METHOD(listener_t, early_ike_rekey, bool,
	listener_t *listener, ike_sa_t *old, ike_sa_t *new)
{
	run("run_rekey");
	return TRUE;
}

METHOD(listener_t, late_message, bool,
	listener_t *listener, ike_sa_t *ike_sa, message_t *message, bool incoming,
	bool plain)
{
	private_faults_plugin_t *this;

	this = (private_faults_plugin_t*)((char*)listener -
									offsetof(private_faults_plugin_t, late));
	if (plain)
	{
		restore_credentials(this);
		if (incoming && message->get_exchange_type(message) == IKE_AUTH)
		{
			replace_credentials(this->verify, "verify_psk");
		}
		else if (incoming && message->get_exchange_type(message) == IKE_SA_INIT &&
				 !message->get_request(message))
		{	/* our IKE_AUTH request follows */
			replace_credentials(this->build, "build_psk");
		}
	}
	return TRUE;
}

METHOD(listener_t, late_authorize, bool,
	listener_t *listener, ike_sa_t *ike_sa, bool final, bool *success)
{
	private_faults_plugin_t *this;

	this = (private_faults_plugin_t*)((char*)listener -
									offsetof(private_faults_plugin_t, late));
	if (!final)
	{
		replace_credentials(this->build, "build_psk");
	}
	return TRUE;
}

/**
 * Register or unregister what comes before plugin nin3a.
 */
static bool early_cb(private_faults_plugin_t *this, plugin_feature_t *feature,
					 bool reg, void *data)
{
	if (reg)
	{
		charon->bus->add_listener(charon->bus, &this->early);
	}
	else
	{
		charon->bus->remove_listener(charon->bus, &this->early);
	}
	return TRUE;
}

/**
 * Register or unregister what comes after it.
 */
static bool late_cb(private_faults_plugin_t *this, plugin_feature_t *feature,
					bool reg, void *data)
{
	if (reg)
	{
		charon->bus->add_listener(charon->bus, &this->late);
	}
	else
	{
		charon->bus->remove_listener(charon->bus, &this->late);
	}
	return TRUE;
}

METHOD(plugin_t, get_name, char*,
	private_faults_plugin_t *this)
{
	return "faults";
}

METHOD(plugin_t, get_features, int,
	private_faults_plugin_t *this, plugin_feature_t *features[])
{
	static plugin_feature_t f[] = {
		PLUGIN_CALLBACK((plugin_feature_callback_t)early_cb, NULL),
			PLUGIN_PROVIDE(CUSTOM, "faults-early"),
		PLUGIN_CALLBACK((plugin_feature_callback_t)late_cb, NULL),
			PLUGIN_PROVIDE(CUSTOM, "faults-late"),
				PLUGIN_SDEPEND(CUSTOM, "nin3a"),
				PLUGIN_SDEPEND(CUSTOM, "nin3a-ue"),
	};
	*features = f;
	return countof(f);
}

METHOD(plugin_t, reload, bool,
	private_faults_plugin_t *this)
{
	if (lib->settings->get_bool(lib->settings, "%s.plugins.faults.reload_set",
								FALSE, lib->ns))
	{
		lib->credmgr->add_set(lib->credmgr, &this->build->set);
		lib->credmgr->remove_set(lib->credmgr, &this->build->set);
		DBG1(DBG_CFG, "faults: a credential set came and went");
	}
	return TRUE;
}

METHOD(plugin_t, destroy, void,
	private_faults_plugin_t *this)
{
	this->verify->destroy(this->verify);
	this->build->destroy(this->build);
	free(this);
}

/*
 * Constructor of the plugin.
 */
PLUGIN_DEFINE(faults)
{
	private_faults_plugin_t *this;

	INIT(this,
		.public = {
			.plugin = {
				.get_name = _get_name,
				.get_features = _get_features,
				.reload = _reload,
				.destroy = _destroy,
			},
		},
		.early = {
			.message = _early_message,
			.authorize = _early_authorize,
			.ike_rekey = _early_ike_rekey,
		},
		.late = {
			.message = _late_message,
			.authorize = _late_authorize,
		},
		.verify = mem_cred_create(),
		.build = mem_cred_create(),
	);

	return &this->public.plugin;
}
