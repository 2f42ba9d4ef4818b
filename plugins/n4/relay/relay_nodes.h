/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup relay_nodes relay_nodes
 * @{ @ingroup n4_relay
 *
 * The SMFs and UPFs of a configuration file: each a section with its addresses,
 * by which they have to be told apart.
 */

#ifndef RELAY_NODES_H_
#define RELAY_NODES_H_

#include "relay_address.h"
#include "relay_reader.h"

/** Room for a name of a node */
#define RELAY_NAME_SIZE 45

typedef struct relay_node_t relay_node_t;

/**
 * An SMF or a UPF.
 */
struct relay_node_t {
	/** name in the file */
	char name[RELAY_NAME_SIZE];
	/** where it is */
	relay_address_t address;
	/** the relay's address that stands for it */
	relay_address_t relay;
	/** kupf's socket, of UPFs only */
	char socket[RELAY_PATH_SIZE];
	/** file with the key that keys are wrapped with, of SMFs only, or empty */
	char key_file[RELAY_PATH_SIZE];
};

/**
 * Read all nodes of a kind.
 *
 * @param self		file
 * @param kind		name of their section
 * @param is_upf	whether they are UPFs
 * @param nodes		[out] nodes
 * @param max		room for that, number of nodes
 * @return			how many
 */
unsigned int relay_nodes_read(relay_reader_t *self, const char *kind,
							  bool is_upf, relay_node_t *nodes,
							  unsigned int max);

/**
 * See that all nodes can be told apart, and that each SMF and each UPF can be
 * reached from each other.
 */
void relay_nodes_check(relay_reader_t *self, const relay_node_t *smfs,
					   unsigned int smf_count, const relay_node_t *upfs,
					   unsigned int upf_count);

#endif /** RELAY_NODES_H_ @}*/
