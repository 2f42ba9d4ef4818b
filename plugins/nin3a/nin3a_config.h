/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup nin3a_config nin3a_config
 * @{ @ingroup nin3a
 *
 * The settings of the plugin, read at the start and again at each reload.
 * Any thread may ask; the lock is a leaf.
 *
 * A value that is not one is an error and never a default: at the start the
 * plugin does not load, and a reload leaves all settings as they were.
 */

#ifndef NIN3A_CONFIG_H_
#define NIN3A_CONFIG_H_

#include "kupf/kupf_settings.h"
#include "tunnel/tunnel_bounds.h"
#include "tunnel/tunnel_profile.h"

#include <library.h>

typedef struct nin3a_config_t nin3a_config_t;
typedef struct nin3a_settings_t nin3a_settings_t;

/**
 * Settings that are plain values.
 */
struct nin3a_settings_t {
	/** charon.plugins.nin3a.close_timeout, seconds, 0 for none */
	uint32_t close_timeout;
	/** charon.plugins.nin3a.grace, seconds */
	uint32_t grace;
	/** charon.plugins.nin3a.max_ike_sas */
	uint32_t max_ike_sas;
	/** charon.plugins.nin3a.max_child_sas and max_rekeyings */
	tunnel_limits_t limits;
	/** charon.plugins.nin3a.min_auth_lifetime, seconds */
	uint32_t min_auth_lifetime;
	/** charon.plugins.nin3a.max_setups, 0 for no bound */
	uint32_t max_setups;
	/** charon.plugins.nin3a.require_address_match */
	bool address_match;
	/** charon.plugins.nin3a.ike_profile */
	tunnel_profile_t ike_profile;
	/** charon.plugins.nin3a.esp_profile */
	tunnel_profile_t esp_profile;
	/** charon.plugins.nin3a.esp_mode */
	tunnel_mode_t esp_mode;
};

struct nin3a_config_t {

	/**
	 * Whether a connection is a NIN3A one (charon.plugins.nin3a.connections).
	 *
	 * @param name		name of the connection
	 */
	bool (*is_named)(nin3a_config_t *this, const char *name);

	/**
	 * Get the settings.
	 *
	 * @param settings	[out] settings as they are now
	 */
	void (*get)(nin3a_config_t *this, nin3a_settings_t *settings);

	/**
	 * Read the settings again.
	 *
	 * @return			FALSE if one is wrong, which was logged; all are as
	 *					before then
	 */
	bool (*reload)(nin3a_config_t *this);

	/**
	 * Destroy the object.
	 */
	void (*destroy)(nin3a_config_t *this);
};

/**
 * Create the object and read the settings.
 *
 * @return			NULL if one is wrong, which was logged
 */
nin3a_config_t *nin3a_config_create();

/** Table of the settings */
extern const kupf_settings_t nin3a_config_table;

#endif /** NIN3A_CONFIG_H_ @}*/
