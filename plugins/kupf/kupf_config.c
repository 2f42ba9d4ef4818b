/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupf_config.h"
#include "kupf/keys/kupf_kdf.h"
#include "kupf/procedures/kupf_pool.h"
#include "kupf/socket/kupf_access.h"
#include "kupf/socket/kupf_socket.h"
#include "kupf/store/kupf_services.h"
#include "kupf/store/kupf_space.h"

/** Most clients: each takes memory for a request of half a MiB */
#define CONNECTIONS_MAX 65536

/**
 * Whether there is a group of this name or number.
 */
static bool is_group(const char *text)
{
	gid_t gid;

	return kupf_access_find_group(text, &gid);
}

static bool is_path(const char *text)
{
	return *text == '/';
}

static bool is_fc(const char *text)
{
	uint16_t fc;

	return kupf_kdf_fc_parse(text, &fc);
}

static bool are_addresses(const char *text)
{
	kupf_pool_t *pool = kupf_pool_create(text, 0, FALSE);

	if (pool)
	{
		pool->destroy(pool);
	}
	return pool != NULL;
}

/** Member of kupf_config_t */
#define AT(member) offsetof(kupf_config_t, member)

/**
 * All settings.
 */
static const kupf_setting_t settings[] = {
	{ "socket", KUPF_SETTING_TEXT, "unix://" IPSEC_PIDDIR "/charon.kupf",
	  AT(server.uri), .check = kupf_socket_is_uri,
	  .expected = "unix:// and a path of up to 107 characters" },
	{ "role", KUPF_SETTING_NAME, NULL, AT(role), KUPF_ROLE_UPF, KUPF_ROLE_UE,
	  .names = &kupf_role_names },
	{ "socket_group", KUPF_SETTING_TEXT, NULL, AT(server.group),
	  .check = is_group, .expected = "a group of this host" },
	{ "allowed_users", KUPF_SETTING_TEXT, NULL, AT(server.allowed_users),
	  .check = kupf_access_are_users, .expected = "users of this host" },
	{ "allowed_groups", KUPF_SETTING_TEXT, NULL, AT(server.allowed_groups),
	  .check = kupf_access_are_groups, .expected = "groups of this host" },
	{ "max_connections", KUPF_SETTING_NUMBER, "64", AT(server.max_connections),
	  1, CONNECTIONS_MAX },
	{ "max_sessions", KUPF_SETTING_NUMBER, "0", AT(max_sessions),
	  0, UINT32_MAX },
	{ "preconfigured", KUPF_SETTING_TEXT, NULL, AT(preconfigured),
	  .check = is_path, .expected = "a path that begins with /" },
	{ "fetch", KUPF_SETTING_BOOL, "no", AT(fetch) },
	{ "fetch_timeout", KUPF_SETTING_FRACTION, "3s", AT(fetching.timeout),
	  1, KUPF_FETCH_TIMEOUT_MAX },
	{ "fetch_max_waiting", KUPF_SETTING_NUMBER, "4", AT(fetching.max_waiting),
	  1, KUPF_FETCH_WAITING_MAX },
	{ "fetch_rate", KUPF_SETTING_NUMBER, "100", AT(fetching.rate),
	  0, KUPF_FETCH_RATE_MAX },
	{ "negative_ttl", KUPF_SETTING_TIME, "10s", AT(fetching.negative_ttl),
	  0, KUPF_FETCH_TTL_MAX },
	{ "rekey_margin", KUPF_SETTING_TIME, "60s", AT(rekey_margin),
	  0, KUPF_SETTINGS_TIME_MAX },
	{ "addresses", KUPF_SETTING_TEXT, NULL, AT(addresses),
	  .check = are_addresses, .expected = "prefixes, ranges first-last and "
	  "addresses, separated by comma or space, none of them twice" },
	{ "addresses_file", KUPF_SETTING_TEXT, NULL, AT(addresses_file),
	  .check = is_path, .expected = "a path that begins with /" },
	{ "share_addresses", KUPF_SETTING_BOOL, "no", AT(share_addresses) },
	{ "sync_first", KUPF_SETTING_BOOL, "no", AT(sync_first) },
	{ "share_ue_addresses", KUPF_SETTING_TEXT, "no", AT(share_ue_addresses),
	  .check = kupf_space_is_setting, .expected = "no, dnn or yes" },
	{ "quarantine", KUPF_SETTING_TIME, "60s", AT(quarantine),
	  0, KUPF_SETTINGS_TIME_MAX },
	{ "kdf_fc", KUPF_SETTING_TEXT, "0xFFFF", AT(kdf_fc),
	  .check = is_fc, .expected = "0x and two digits other than FF, or 0xFF "
	  "and two digits" },
	{ "services", KUPF_SETTING_TEXT, NULL, AT(services),
	  .check = kupf_services_are_names, .expected = "up to 4 names of up to 32 "
	  "lower-case letters, digits and hyphens, separated by comma or space, "
	  "none of them twice, ike, mpquic, msgin5g or tls" },
	{ "psk_sockets", KUPF_SETTING_TEXT, NULL, AT(psk.sockets),
	  .check = kupf_psk_config_are_sockets,
	  .expected = "services other than ike, separated by comma or space" },
	{ "psk_group", KUPF_SETTING_TEXT, NULL, AT(psk.groups),
	  .check = kupf_psk_config_are_groups, .expected = "service:group, for "
	  "services of psk_sockets and groups of this host" },
	{ "psk_users", KUPF_SETTING_TEXT, NULL, AT(psk.users),
	  .check = kupf_psk_config_are_users, .expected = "service:user, for "
	  "services of psk_sockets and users of this host" },
	{ "psk_forms", KUPF_SETTING_TEXT, NULL, AT(psk.forms),
	  .check = kupf_psk_config_are_forms, .expected = "service:form, for "
	  "services of psk_sockets and forms ext, imp and direct" },
	{ "psk_grace", KUPF_SETTING_TIME, "30s", AT(psk.grace),
	  0, KUPF_SETTINGS_TIME_MAX },
	{ "require_enforcement", KUPF_SETTING_BOOL, "yes",
	  AT(require_enforcement) },
	{ "fatal", KUPF_SETTING_BOOL, "no", AT(fatal) },
};

const kupf_settings_t kupf_config_table = {
	.plugin = "kupf",
	.settings = settings,
	.count = countof(settings),
};
