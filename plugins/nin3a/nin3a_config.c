/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "nin3a_config.h"
#include "nin3a/auth/nin3a_policy.h"

#include <threading/rwlock.h>

/** IKE_SAs that a session may have: at most, and one to replace another */
#define IKE_SAS_LEAST 2
#define IKE_SAS_MOST 64

/** CHILD_SAs of an IKE_SA, at most */
#define CHILD_SAS_MOST 64

/** Rekeyings in a minute, at most */
#define REKEYINGS_MOST 100000

/** IKE_SAs that the UE of a session may set up in a minute, at most */
#define SETUPS_MOST 100000

typedef struct private_nin3a_config_t private_nin3a_config_t;
typedef struct values_t values_t;

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
 * What is read at once.
 */
struct values_t {
	/** connections */
	const char *connections;
	/** all others */
	nin3a_settings_t settings;
};

/** Members of values_t */
#define AT(member) offsetof(values_t, member)

/**
 * All settings.
 */
static const kupf_setting_t table[] = {
	{ "close_timeout", KUPF_SETTING_TIME, "10s", AT(settings.close_timeout),
	  0, KUPF_SETTINGS_TIME_MAX },
	{ "connections", KUPF_SETTING_TEXT, NIN3A_CONNECTIONS, AT(connections) },
	{ "esp_mode", KUPF_SETTING_NAME, "tunnel", AT(settings.esp_mode),
	  TUNNEL_MODE_TUNNEL, TUNNEL_MODE_TRANSPORT, .names = &tunnel_mode_names },
	{ "esp_profile", KUPF_SETTING_NAME, "ts33210", AT(settings.esp_profile),
	  TUNNEL_PROFILE_TS33210, TUNNEL_PROFILE_NONE,
	  .names = &tunnel_profile_names },
	{ "grace", KUPF_SETTING_TIME, "30s", AT(settings.grace),
	  0, KUPF_SETTINGS_TIME_MAX },
	{ "ike_profile", KUPF_SETTING_NAME, "ts33210", AT(settings.ike_profile),
	  TUNNEL_PROFILE_TS33210, TUNNEL_PROFILE_NONE,
	  .names = &tunnel_profile_names },
	{ "max_child_sas", KUPF_SETTING_NUMBER, "8",
	  AT(settings.limits.child_sas), 1, CHILD_SAS_MOST },
	{ "max_ike_sas", KUPF_SETTING_NUMBER, "4", AT(settings.max_ike_sas),
	  IKE_SAS_LEAST, IKE_SAS_MOST },
	{ "max_rekeyings", KUPF_SETTING_NUMBER, "30",
	  AT(settings.limits.rekeyings), 1, REKEYINGS_MOST },
	{ "max_setups", KUPF_SETTING_NUMBER, "30", AT(settings.max_setups),
	  0, SETUPS_MOST },
	{ "min_auth_lifetime", KUPF_SETTING_TIME, "30m",
	  AT(settings.min_auth_lifetime), 0, KUPF_SETTINGS_TIME_MAX },
	{ "require_address_match", KUPF_SETTING_BOOL, "yes",
	  AT(settings.address_match) },
};

const kupf_settings_t nin3a_config_table = {
	.plugin = "nin3a",
	.settings = table,
	.count = countof(table),
};

METHOD(nin3a_config_t, reload, bool,
	private_nin3a_config_t *this)
{
	char *connections, *old;
	values_t values = {};

	if (!kupf_settings_read(&nin3a_config_table, &values))
	{
		return FALSE;
	}
	connections = strdup(values.connections);

	this->lock->write_lock(this->lock);
	old = this->connections;
	this->connections = connections;
	this->settings = values.settings;
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
