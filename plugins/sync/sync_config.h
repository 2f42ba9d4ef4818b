/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup sync_config sync_config
 * @{ @ingroup sync
 *
 * The configuration of kupf-sync: a file in the format of strongswan.conf,
 * which is read and checked as a whole.
 */

#ifndef SYNC_CONFIG_H_
#define SYNC_CONFIG_H_

#include "sync_seal.h"

/** Room for the path of a socket, as sockaddr_un has it */
#define SYNC_PATH_SIZE 108

/** Longest password of the engine's user */
#define SYNC_PASSWORD_MAX 128

typedef struct sync_config_t sync_config_t;

/**
 * A configuration.
 */
struct sync_config_t {
	/** name of the group, and of this UPF */
	char group[SYNC_GROUP_MAX + 1];
	char upf[SYNC_GROUP_MAX + 1];
	/** keys are fetched when a UE comes, nothing is loaded before */
	bool fetch;
	/** socket of charon's plugin kupf */
	char socket[SYNC_PATH_SIZE];
	/** socket of the engine; empty if it is reached by host and port */
	char engine_socket[SYNC_PATH_SIZE];
	/** host and port of the engine */
	char engine_host[256];
	uint16_t engine_port;
	/** user of the engine, empty for the default one, and its password */
	char engine_user[SYNC_GROUP_MAX + 1];
	char engine_password[SYNC_PASSWORD_MAX + 1];
	/** how long the engine may take, ms */
	unsigned int engine_timeout;
	/** number of buckets that a new group gets */
	unsigned int buckets;
	/** changes that the stream keeps, about */
	unsigned int changes;
	/** how long tombstones are kept, seconds */
	unsigned int tombstones;
	/** key-encryption keys */
	sync_keys_t keys;
};

/**
 * Read a configuration and the files that it names.  libstrongswan has to be
 * there.
 *
 * @param self		[out] configuration, to be wiped with sync_config_wipe()
 * @param path		name of the file
 * @param errors	called with each thing that is wrong, a sentence with the name
 *					of the setting and no key or password
 * @return			FALSE if anything is
 */
bool sync_config_read(sync_config_t *self, const char *path,
					  void (*errors)(const char *text));

/**
 * Wipe the secrets of a configuration.
 */
void sync_config_wipe(sync_config_t *self);

#endif /** SYNC_CONFIG_H_ @}*/
