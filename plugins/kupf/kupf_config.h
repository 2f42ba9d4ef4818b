/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup kupf_config kupf_config
 * @{ @ingroup kupf
 *
 * The settings of plugin kupf.  They are read when the plugin is created; of
 * those that are read again at a reload only max_sessions, for the file, and
 * preconfigured are of any effect, but all have to be right.
 */

#ifndef KUPF_CONFIG_H_
#define KUPF_CONFIG_H_

#include "kupf_role.h"
#include "kupf_settings.h"
#include "kupf/credentials/kupf_fetch.h"
#include "kupf/psk/kupf_psk_config.h"
#include "kupf/socket/kupf_server.h"

typedef struct kupf_config_t kupf_config_t;

/**
 * Settings, each named like the one in strongswan.conf.  Texts live as long as
 * lib->settings.
 */
struct kupf_config_t {
	/** socket, socket_group, allowed_users, allowed_groups, max_connections */
	kupf_server_config_t server;
	/** role, KUPF_ROLE_UNSET if it is not set */
	kupf_role_t role;
	/** 0 for no limit */
	uint32_t max_sessions;
	/** path, NULL for none */
	const char *preconfigured;
	/** whether to fetch keys */
	bool fetch;
	/** fetch_timeout, fetch_max_waiting, negative_ttl, fetch_rate */
	kupf_fetch_config_t fetching;
	/** seconds */
	uint32_t rekey_margin;
	/** as kupf_pool_create() takes them, NULL for none */
	const char *addresses;
	/** file that remembers who had them, NULL for one beside the socket */
	const char *addresses_file;
	/** whether any number of sessions may have an address */
	bool share_addresses;
	/** whether only named addresses are held before the first sync-end */
	bool sync_first;
	/** as kupf_space_parse() takes it */
	const char *share_ue_addresses;
	/** seconds */
	uint32_t quarantine;
	/** as kupf_kdf_fc_parse() takes it */
	const char *kdf_fc;
	/** names of services of one's own, NULL for none */
	const char *services;
	/** psk_sockets, psk_group, psk_users, psk_forms, psk_grace */
	kupf_psk_config_t psk;
	/** whether keys need an enforcer */
	bool require_enforcement;
	/** whether charon must not start without us: read by
	 * kupf_settings_require() */
	bool fatal;
};

/** Table of these settings */
extern const kupf_settings_t kupf_config_table;

#endif /** KUPF_CONFIG_H_ @}*/
