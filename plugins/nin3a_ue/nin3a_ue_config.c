/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "nin3a_ue_config.h"

#include <threading/rwlock.h>

/** Settings of the plugin */
#define SECTION "%s.plugins.nin3a-ue."

/** Longest of all times, seconds: 2^31 milliseconds have room for it */
#define TIME_MAX (7 * 24 * 3600)

typedef struct private_nin3a_ue_config_t private_nin3a_ue_config_t;

/**
 * Private data of the settings.
 */
struct private_nin3a_ue_config_t {
	/** public interface */
	nin3a_ue_config_t public;
	/** settings */
	nin3a_ue_settings_t settings;
	/** guards them */
	rwlock_t *lock;
};

METHOD(nin3a_ue_config_t, get, void,
	private_nin3a_ue_config_t *this, nin3a_ue_settings_t *settings)
{
	this->lock->read_lock(this->lock);
	*settings = this->settings;
	this->lock->unlock(this->lock);
}

/**
 * Read a setting that is one of some names.
 *
 * @param key		name of the setting
 * @param names		names for values, the first one is the default
 * @param value		[out] value
 * @return			FALSE if it is none of them
 */
static bool read_name(const char *key, enum_name_t *names, int *value)
{
	char *name;

	name = lib->settings->get_str(lib->settings, SECTION "%s",
								  enum_to_name(names, 0), lib->ns, key);
	if (!enum_from_name(names, name, value))
	{
		DBG1(DBG_CFG, "nin3a-ue: %s must not be '%s'", key, name);
		return FALSE;
	}
	return TRUE;
}

/**
 * Check a time.
 *
 * @param least		least it may be, seconds
 */
static bool check_time(const char *key, uint32_t value, uint32_t least)
{
	if (value < least || value > TIME_MAX)
	{
		DBG1(DBG_CFG, "nin3a-ue: %s must be between %u and %u seconds", key,
			 least, TIME_MAX);
		return FALSE;
	}
	return TRUE;
}

/**
 * Read the name of the connection.
 */
static bool read_connection(nin3a_ue_settings_t *settings)
{
	char *name;
	size_t len;

	name = lib->settings->get_str(lib->settings, SECTION "connection",
								  NIN3A_UE_CONNECTION, lib->ns);
	len = strlen(name);
	if (!len || len > NIN3A_UE_CONNECTION_MAX)
	{
		DBG1(DBG_CFG, "nin3a-ue: connection must have 1 to %d characters",
			 NIN3A_UE_CONNECTION_MAX);
		return FALSE;
	}
	memcpy(settings->connection, name, len + 1);
	return TRUE;
}

/**
 * Read the bounds of what a UPF may set up.
 */
static bool read_limits(tunnel_limits_t *limits)
{
	int child_sas, rekeyings;

	child_sas = lib->settings->get_int(lib->settings, SECTION "max_child_sas",
									   NIN3A_UE_MAX_CHILD_SAS, lib->ns);
	rekeyings = lib->settings->get_int(lib->settings, SECTION "max_rekeyings",
									   NIN3A_UE_MAX_REKEYINGS, lib->ns);
	if (child_sas < 0 || rekeyings < 0)
	{
		DBG1(DBG_CFG, "nin3a-ue: %s must not be negative",
			 child_sas < 0 ? "max_child_sas" : "max_rekeyings");
		return FALSE;
	}
	limits->child_sas = child_sas;
	limits->rekeyings = rekeyings;
	return TRUE;
}

METHOD(nin3a_ue_config_t, reload, bool,
	private_nin3a_ue_config_t *this)
{
	int ike_profile, esp_profile, esp_mode;
	nin3a_ue_settings_t settings = {
		.retry = lib->settings->get_time(lib->settings, SECTION "retry",
								NIN3A_UE_RETRY, lib->ns),
		.retry_max = lib->settings->get_time(lib->settings,
								SECTION "retry_max", NIN3A_UE_RETRY_MAX,
								lib->ns),
		.setup_timeout = lib->settings->get_time(lib->settings,
								SECTION "setup_timeout",
								NIN3A_UE_SETUP_TIMEOUT, lib->ns),
		.close_timeout = lib->settings->get_time(lib->settings,
								SECTION "close_timeout",
								NIN3A_UE_CLOSE_TIMEOUT, lib->ns),
	};

	if (!read_connection(&settings) ||
		!check_time("retry", settings.retry, 1) ||
		!check_time("retry_max", settings.retry_max, settings.retry) ||
		!check_time("setup_timeout", settings.setup_timeout, 1) ||
		!check_time("close_timeout", settings.close_timeout, 0) ||
		!read_limits(&settings.limits) ||
		!read_name("ike_profile", tunnel_profile_names, &ike_profile) ||
		!read_name("esp_profile", tunnel_profile_names, &esp_profile) ||
		!read_name("esp_mode", tunnel_mode_names, &esp_mode))
	{
		return FALSE;
	}
	settings.ike_profile = ike_profile;
	settings.esp_profile = esp_profile;
	settings.esp_mode = esp_mode;

	this->lock->write_lock(this->lock);
	this->settings = settings;
	this->lock->unlock(this->lock);
	return TRUE;
}

METHOD(nin3a_ue_config_t, destroy, void,
	private_nin3a_ue_config_t *this)
{
	this->lock->destroy(this->lock);
	free(this);
}

/*
 * Described in header
 */
nin3a_ue_config_t *nin3a_ue_config_create()
{
	private_nin3a_ue_config_t *this;

	INIT(this,
		.public = {
			.get = _get,
			.reload = _reload,
			.destroy = _destroy,
		},
		.lock = rwlock_create(RWLOCK_TYPE_DEFAULT),
	);
	if (!reload(this))
	{
		destroy(this);
		return NULL;
	}
	return &this->public;
}
