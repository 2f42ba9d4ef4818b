/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "nin3a_config.h"
#include "nin3a/auth/nin3a_policy.h"

#include <threading/rwlock.h>

#include <ctype.h>

/** Settings of the plugin */
#define SECTION "%s.plugins.nin3a."

typedef struct private_nin3a_config_t private_nin3a_config_t;

/**
 * Private data of the settings.
 */
struct private_nin3a_config_t {
	/** public interface */
	nin3a_config_t public;
	/** names of connections, as in the setting */
	char *connections;
	/** all others */
	nin3a_settings_t settings;
	/** guards all of it */
	rwlock_t *lock;
};

METHOD(nin3a_config_t, is_named, bool,
	private_nin3a_config_t *this, const char *name)
{
	bool named;

	this->lock->read_lock(this->lock);
	named = nin3a_policy_named(this->connections, name);
	this->lock->unlock(this->lock);
	return named;
}

METHOD(nin3a_config_t, get, void,
	private_nin3a_config_t *this, nin3a_settings_t *settings)
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
		DBG1(DBG_CFG, "nin3a: %s must not be '%s'", key, name);
		return FALSE;
	}
	return TRUE;
}

/**
 * Read a setting that is a number.
 *
 * @param key		name of the setting
 * @param value		[in,out] default, replaced by the value if it is set
 * @return			FALSE if it is none, or not within the limits
 */
static bool read_number(const char *key, u_int least, u_int most,
						uint32_t *value)
{
	char *text, *end;
	u_long number;

	text = lib->settings->get_str(lib->settings, SECTION "%s", NULL, lib->ns,
								  key);
	if (!text)
	{
		return TRUE;
	}
	number = strtoul(text, &end, 10);
	if (!isdigit(*text) || *end || number < least || number > most)
	{
		DBG1(DBG_CFG, "nin3a: %s must not be '%s', expected a number from %u "
			 "to %u", key, text, least, most);
		return FALSE;
	}
	*value = number;
	return TRUE;
}

/**
 * Read all settings that are plain values.
 */
static bool read_settings(nin3a_settings_t *settings)
{
	int ike_profile, esp_profile, esp_mode;
	uint32_t max_ike_sas = NIN3A_MAX_IKE_SAS;
	tunnel_limits_t limits = {
		.child_sas = NIN3A_MAX_CHILD_SAS,
		.rekeyings = NIN3A_MAX_REKEYINGS,
	};

	if (!read_number("max_ike_sas", NIN3A_MAX_IKE_SAS_LEAST,
					 NIN3A_MAX_IKE_SAS_MOST, &max_ike_sas) ||
		!read_number("max_child_sas", NIN3A_MAX_CHILD_SAS_LEAST,
					 NIN3A_MAX_CHILD_SAS_MOST, &limits.child_sas) ||
		!read_number("max_rekeyings", NIN3A_MAX_REKEYINGS_LEAST,
					 NIN3A_MAX_REKEYINGS_MOST, &limits.rekeyings) ||
		!read_name("ike_profile", tunnel_profile_names, &ike_profile) ||
		!read_name("esp_profile", tunnel_profile_names, &esp_profile) ||
		!read_name("esp_mode", tunnel_mode_names, &esp_mode))
	{
		return FALSE;
	}
	*settings = (nin3a_settings_t){
		.close_timeout = lib->settings->get_time(lib->settings,
								SECTION "close_timeout", NIN3A_CLOSE_TIMEOUT,
								lib->ns),
		.grace = lib->settings->get_time(lib->settings, SECTION "grace",
								NIN3A_GRACE, lib->ns),
		.max_ike_sas = max_ike_sas,
		.limits = limits,
		.min_auth_lifetime = lib->settings->get_time(lib->settings,
								SECTION "min_auth_lifetime",
								NIN3A_MIN_AUTH_LIFETIME, lib->ns),
		.address_match = lib->settings->get_bool(lib->settings,
								SECTION "require_address_match",
								NIN3A_REQUIRE_ADDRESS_MATCH, lib->ns),
		.ike_profile = ike_profile,
		.esp_profile = esp_profile,
		.esp_mode = esp_mode,
	};
	return TRUE;
}

METHOD(nin3a_config_t, reload, bool,
	private_nin3a_config_t *this)
{
	char *connections, *old;
	nin3a_settings_t settings;

	if (!read_settings(&settings))
	{
		return FALSE;
	}
	connections = strdup(lib->settings->get_str(lib->settings,
							SECTION "connections", NIN3A_CONNECTIONS, lib->ns));

	this->lock->write_lock(this->lock);
	old = this->connections;
	this->connections = connections;
	this->settings = settings;
	this->lock->unlock(this->lock);
	free(old);
	return TRUE;
}

METHOD(nin3a_config_t, destroy, void,
	private_nin3a_config_t *this)
{
	this->lock->destroy(this->lock);
	free(this->connections);
	free(this);
}

/*
 * Described in header
 */
nin3a_config_t *nin3a_config_create()
{
	private_nin3a_config_t *this;

	INIT(this,
		.public = {
			.is_named = _is_named,
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
