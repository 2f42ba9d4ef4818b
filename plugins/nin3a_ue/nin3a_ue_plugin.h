/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup nin3a_ue_plugin nin3a_ue_plugin
 * @{ @ingroup nin3a_ue
 *
 * Plugin nin3a-ue: sets up the tunnels of a UE and keeps them up.  It becomes
 * the enforcer of plugin kupf, which it needs; plugin nin3a, the other one, is
 * for UPFs.
 */

#ifndef NIN3A_UE_PLUGIN_H_
#define NIN3A_UE_PLUGIN_H_

#include <plugins/plugin.h>

typedef struct nin3a_ue_plugin_t nin3a_ue_plugin_t;

struct nin3a_ue_plugin_t {

	/**
	 * Implements the plugin.
	 */
	plugin_t plugin;
};

#endif /** NIN3A_UE_PLUGIN_H_ @}*/
