/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup relay_upf relay_upf
 * @{ @ingroup n4_relay
 *
 * A UPF that the relay stands before: its engine, and the way of messages out of
 * that.  To SMFs they come from the address that stands for the UPF, to the UPF
 * from the one that stands for the SMF.
 */

#ifndef RELAY_UPF_H_
#define RELAY_UPF_H_

#include "relay_common.h"
#include "relay_ports.h"
#include "relay_rewrite.h"

typedef struct relay_upf_t relay_upf_t;

/**
 * A UPF.  All zero is none.
 */
struct relay_upf_t {
	/** what all UPFs share */
	relay_common_t *common;
	/** its configuration */
	const relay_node_t *node;
	/** engine */
	kupf_n4_t *engine;
	/** what is rewritten in its messages */
	relay_rewrite_t rewrite;
	/** ports of requests of each SMF to it, and of its to each */
	relay_ports_t *from_smf[KUPF_N4_SMFS], *to_smf[KUPF_N4_SMFS];
};

/**
 * Create a UPF, with all SMFs.
 *
 * @param self		[out] UPF, to be destroyed also on failure
 * @param common	what all UPFs share, has to live as long
 * @param number	of the UPF in the configuration
 * @return			FALSE on failure; what is wrong with a key file is logged
 */
bool relay_upf_create(relay_upf_t *self, relay_common_t *common,
					  unsigned int number);

/**
 * Destroy what it has.
 */
void relay_upf_destroy(relay_upf_t *self);

/**
 * Log its counters.
 */
void relay_upf_tell(const relay_upf_t *self);

#endif /** RELAY_UPF_H_ @}*/
