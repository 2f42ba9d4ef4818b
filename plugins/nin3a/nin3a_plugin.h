/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup nin3a_plugin nin3a_plugin
 * @{ @ingroup nin3a
 *
 * Plugin nin3a: what an IKE_SA must show to count as a NIN3A tunnel, and the
 * life of the tunnel.  It becomes the enforcer of plugin kupf, which it needs.
 */

#ifndef NIN3A_PLUGIN_H_
#define NIN3A_PLUGIN_H_

#include <plugins/plugin.h>

typedef struct nin3a_plugin_t nin3a_plugin_t;

struct nin3a_plugin_t {

	/**
	 * Implements the plugin.
	 */
	plugin_t plugin;
};

#endif /** NIN3A_PLUGIN_H_ @}*/
