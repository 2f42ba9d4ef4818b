/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup nin3a_config nin3a_config
 * @{ @ingroup nin3a
 *
 * The settings of the plugin, read at the start and again at each reload.
 * Any thread may ask; the lock is a leaf.
 */

#ifndef NIN3A_CONFIG_H_
#define NIN3A_CONFIG_H_

#include <library.h>

/** Seconds that a UE has got to replace a tunnel of a modified session */
#define NIN3A_GRACE 30

/** Whether the UE must come to the UPF address that its session says */
#define NIN3A_REQUIRE_ADDRESS_MATCH TRUE

typedef struct nin3a_config_t nin3a_config_t;

struct nin3a_config_t {

	/**
	 * Whether a connection is a NIN3A one (charon.plugins.nin3a.connections).
	 *
	 * @param name		name of the connection
	 */
	bool (*is_named)(nin3a_config_t *this, const char *name);

	/**
	 * Get the grace, seconds (charon.plugins.nin3a.grace).
	 */
	uint32_t (*get_grace)(nin3a_config_t *this);

	/**
	 * Whether the UE must come to the UPF address that its session says
	 * (charon.plugins.nin3a.require_address_match).
	 */
	bool (*require_address_match)(nin3a_config_t *this);

	/**
	 * Read the settings again.
	 */
	void (*reload)(nin3a_config_t *this);

	/**
	 * Destroy the object.
	 */
	void (*destroy)(nin3a_config_t *this);
};

/**
 * Create the object and read the settings.
 */
nin3a_config_t *nin3a_config_create();

#endif /** NIN3A_CONFIG_H_ @}*/
