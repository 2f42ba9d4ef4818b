/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup kupf_plugin kupf_plugin
 * @{ @ingroup kupf
 *
 * Plugin that holds a K_UPF for each UE, fed by the SMF side over a UNIX
 * socket, and gives them to charon as a credential set.
 */

#ifndef KUPF_PLUGIN_H_
#define KUPF_PLUGIN_H_

#include <plugins/plugin.h>

typedef struct kupf_plugin_t kupf_plugin_t;

struct kupf_plugin_t {

	/**
	 * Implements plugin interface.
	 */
	plugin_t plugin;
};

#endif /** KUPF_PLUGIN_H_ @}*/
