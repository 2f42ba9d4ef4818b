/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup relay_config relay_config
 * @{ @ingroup n4_relay
 *
 * The configuration file of n4-relay, in the syntax of strongswan.conf, checked
 * as a whole; n4-relay(8) describes it.
 */

#ifndef RELAY_CONFIG_H_
#define RELAY_CONFIG_H_

#include "relay_nodes.h"

#include "n4/kupf_n4.h"

/** Most UPFs */
#define RELAY_UPFS 16

typedef enum relay_source_kind_t relay_source_kind_t;
typedef struct relay_config_t relay_config_t;

/**
 * Where keys are from that SMFs do not send.
 */
enum relay_source_kind_t {
	/** there are none */
	RELAY_SOURCE_NONE,
	/** a file */
	RELAY_SOURCE_FILE,
	/** whoever listens at a socket */
	RELAY_SOURCE_EVENTS,
};

/**
 * A configuration.
 */
struct relay_config_t {
	/** port of PFCP */
	uint16_t port;
	/** settings of engines; without callbacks and socket */
	kupf_n4_config_t engine;
	/** SMFs, and how many */
	relay_node_t smfs[KUPF_N4_SMFS];
	unsigned int smf_count;
	/** UPFs, and how many */
	relay_node_t upfs[RELAY_UPFS];
	unsigned int upf_count;
	/** where keys are from that SMFs do not send */
	relay_source_kind_t source;
	/** file with keys, or empty */
	char source_file[RELAY_PATH_SIZE];
	/** socket where keys are asked for and told of, or empty */
	char source_socket[RELAY_PATH_SIZE];
};

/**
 * Read a file, and check all of it.  libstrongswan has to be initialised.
 *
 * @param self		[out] configuration
 * @param path		path of the file
 * @param errors	called with a sentence for each thing that is wrong
 * @return			FALSE if there was one
 */
bool relay_config_read(relay_config_t *self, const char *path,
					   void (*errors)(const char *text));

#endif /** RELAY_CONFIG_H_ @}*/
