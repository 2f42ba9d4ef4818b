/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "nin3a_ue_config.h"

#include <threading/rwlock.h>

/** Bounds of what a UPF may set up, at most; 0 is for none */
#define CHILD_SAS_MOST 1000
#define REKEYINGS_MOST 100000

typedef struct private_nin3a_ue_config_t private_nin3a_ue_config_t;
typedef struct values_t values_t;

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
 * What is read at once.
 */
struct values_t {
	/** connection */
	const char *connection;
	/** all others */
	nin3a_ue_settings_t settings;
};

/**
 * Whether there is room for the name of a connection.
 */
static bool is_connection(const char *name)
{
	size_t len = strlen(name);

	return len && len <= NIN3A_UE_CONNECTION_MAX;
}

/** Members of values_t */
#define AT(member) offsetof(values_t, member)

/**
 * All settings.
 */
static const kupf_setting_t table[] = {
	{ "close_timeout", KUPF_SETTING_TIME, "10s", AT(settings.close_timeout),
	  0, KUPF_SETTINGS_TIME_MAX },
	{ "connection", KUPF_SETTING_TEXT, "nin3a-ue", AT(connection),
	  .check = is_connection,
	  .expected = "the name of a connection, 1 to 255 characters" },
	{ "dns", KUPF_SETTING_BOOL, "no", AT(settings.dns) },
	{ "esp_mode", KUPF_SETTING_NAME, "tunnel", AT(settings.esp_mode),
	  TUNNEL_MODE_TUNNEL, TUNNEL_MODE_TRANSPORT, .names = &tunnel_mode_names },
	{ "esp_profile", KUPF_SETTING_NAME, "ts33210", AT(settings.esp_profile),
	  TUNNEL_PROFILE_TS33210, TUNNEL_PROFILE_NONE,
	  .names = &tunnel_profile_names },
	{ "ike_profile", KUPF_SETTING_NAME, "ts33210", AT(settings.ike_profile),
	  TUNNEL_PROFILE_TS33210, TUNNEL_PROFILE_NONE,
	  .names = &tunnel_profile_names },
	{ "liveness", KUPF_SETTING_TIME, "10s", AT(settings.liveness),
	  0, KUPF_SETTINGS_TIME_MAX },
	{ "max_child_sas", KUPF_SETTING_NUMBER, "8",
	  AT(settings.limits.child_sas), 0, CHILD_SAS_MOST },
	{ "max_rekeyings", KUPF_SETTING_NUMBER, "30",
	  AT(settings.limits.rekeyings), 0, REKEYINGS_MOST },
	{ "retry", KUPF_SETTING_TIME, "1s", AT(settings.retry),
	  1, KUPF_SETTINGS_TIME_MAX },
	{ "retry_max", KUPF_SETTING_TIME, "60s", AT(settings.retry_max),
	  1, KUPF_SETTINGS_TIME_MAX },
	{ "setup_timeout", KUPF_SETTING_TIME, "30s", AT(settings.setup_timeout),
	  1, KUPF_SETTINGS_TIME_MAX },
};

const kupf_settings_t nin3a_ue_config_table = {
	.plugin = "nin3a-ue",
	.settings = table,
	.count = countof(table),
};

METHOD(nin3a_ue_config_t, reload, bool,
	private_nin3a_ue_config_t *this)
{
	values_t values = {};

	if (!kupf_settings_read(&nin3a_ue_config_table, &values))
	{
		return FALSE;
	}
	if (values.settings.retry_max < values.settings.retry)
	{
		kupf_settings_refuse(&nin3a_ue_config_table, "retry_max",
							 "no less than retry");
		return FALSE;
	}
	strcpy(values.settings.connection, values.connection);

	this->lock->write_lock(this->lock);
	this->settings = values.settings;
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
