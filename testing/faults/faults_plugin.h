/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup faults faults
 * @{ @ingroup testing
 *
 * Plugin faults, for scenario tests and for nothing else: it makes happen, each
 * time, what otherwise takes a race of microseconds, or a charon that does what
 * it does not do.  It is for UPFs, and where that is said for UEs.  Each of these settings, below
 * charon.plugins.faults, is read when it is needed, and does nothing if it is
 * not there:
 *
 * run_verified		command that is run, and waited for, when charon has
 *					verified the UE's AUTH payload, before plugin nin3a judges
 * run_final		the same when charon has built ours and asks a last time
 * run_rekey		the same when an IKE_SA was rekeyed, before nin3a knows
 * verify_psk		PSK, the only credential for the IKE_AUTH request, on a UE
 *					for the response, instead of those that nin3a leaves
 * build_psk		the same for our AUTH payload only, also on a UE; no
 *					credential at all if it is "none"
 * auth_method		number that our AUTH payload gets as its method
 * reload_set		yes for a credential set that comes and goes when charon
 *					reloads its plugins, as those of other plugins may
 *
 * Commands are run in hooks, that is with the bus of charon locked, and for
 * 10 seconds at most.  They get by with kupfctl and swanctl, as far as these
 * need no IKE_SA.
 */

#ifndef FAULTS_PLUGIN_H_
#define FAULTS_PLUGIN_H_

#include <plugins/plugin.h>

typedef struct faults_plugin_t faults_plugin_t;

struct faults_plugin_t {

	/**
	 * Implements the plugin.
	 */
	plugin_t plugin;
};

#endif /** FAULTS_PLUGIN_H_ @}*/
