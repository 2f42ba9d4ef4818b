/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup nin3a_ue_config nin3a_ue_config
 * @{ @ingroup nin3a_ue
 *
 * The settings of the plugin, read at the start and again at each reload.
 * Any thread may ask; the lock is a leaf.
 *
 * A value that is not one is an error and never a default: at the start the
 * plugin does not load, and a reload leaves all settings as they were.
 */

#ifndef NIN3A_UE_CONFIG_H_
#define NIN3A_UE_CONFIG_H_

#include "kupf/kupf_settings.h"
#include "tunnel/tunnel_bounds.h"
#include "tunnel/tunnel_profile.h"

#include <library.h>

/** Longest name of a connection */
#define NIN3A_UE_CONNECTION_MAX 255

typedef struct nin3a_ue_config_t nin3a_ue_config_t;
typedef struct nin3a_ue_settings_t nin3a_ue_settings_t;

/**
 * Settings.
 */
struct nin3a_ue_settings_t {
	/** charon.plugins.nin3a-ue.connection */
	char connection[NIN3A_UE_CONNECTION_MAX + 1];
	/** charon.plugins.nin3a-ue.retry, seconds, at least 1 */
	uint32_t retry;
	/** charon.plugins.nin3a-ue.retry_max, seconds, at least retry */
	uint32_t retry_max;
	/** charon.plugins.nin3a-ue.setup_timeout, seconds, at least 1 */
	uint32_t setup_timeout;
	/** charon.plugins.nin3a-ue.close_timeout, seconds, 0 for none */
	uint32_t close_timeout;
	/** charon.plugins.nin3a-ue.liveness, seconds, 0 for none */
	uint32_t liveness;
	/** charon.plugins.nin3a-ue.dns */
	bool dns;
	/** charon.plugins.nin3a-ue.max_child_sas and max_rekeyings, 0 for none */
	tunnel_limits_t limits;
	/** charon.plugins.nin3a-ue.ike_profile */
	tunnel_profile_t ike_profile;
	/** charon.plugins.nin3a-ue.esp_profile */
	tunnel_profile_t esp_profile;
	/** charon.plugins.nin3a-ue.esp_mode */
	tunnel_mode_t esp_mode;
};

struct nin3a_ue_config_t {

	/**
	 * Get the settings.
	 *
	 * @param settings	[out] settings as they are now
	 */
	void (*get)(nin3a_ue_config_t *this, nin3a_ue_settings_t *settings);

	/**
	 * Read the settings again.
	 *
	 * @return			FALSE if one is wrong, which was logged; all are as
	 *					before then
	 */
	bool (*reload)(nin3a_ue_config_t *this);

	/**
	 * Destroy the object.
	 */
	void (*destroy)(nin3a_ue_config_t *this);
};

/**
 * Create the object and read the settings.
 *
 * @return			NULL if one is wrong, which was logged
 */
nin3a_ue_config_t *nin3a_ue_config_create();

/** Table of the settings */
extern const kupf_settings_t nin3a_ue_config_table;

#endif /** NIN3A_UE_CONFIG_H_ @}*/
