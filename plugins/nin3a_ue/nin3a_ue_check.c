/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "nin3a_ue_check.h"

#include <daemon.h>

/**
 * Whether a connection has a CHILD_SA to set up.
 */
static bool has_children(peer_cfg_t *peer_cfg)
{
	enumerator_t *enumerator;
	child_cfg_t *child_cfg;
	bool has;

	enumerator = peer_cfg->create_child_cfg_enumerator(peer_cfg);
	has = enumerator->enumerate(enumerator, &child_cfg);
	enumerator->destroy(enumerator);
	return has;
}

/*
 * Described in header
 */
void nin3a_ue_check_connection(nin3a_ue_config_t *config,
							   kupf_findings_t *findings)
{
	nin3a_ue_settings_t settings;
	const char *wrong = NULL;
	peer_cfg_t *peer_cfg;

	config->get(config, &settings);
	peer_cfg = charon->backends->get_peer_cfg_by_name(charon->backends,
													  settings.connection);
	if (!peer_cfg)
	{
		wrong = "is not loaded";
	}
	else if (peer_cfg->get_ike_version(peer_cfg) == IKEV1)
	{
		wrong = "is for IKEv1";
	}
	else if (!has_children(peer_cfg))
	{
		wrong = "has no children";
	}
	if (wrong)
	{
		kupf_findings_add(findings, KUPF_FINDING_FAULT, "connections",
						  "connection '%.64s' (charon.plugins.nin3a-ue."
						  "connection) %s: no tunnel is set up",
						  settings.connection, wrong);
	}
	else
	{
		kupf_findings_add(findings, KUPF_FINDING_OK, "connections",
						  "connection '%.64s' is the template for all sessions",
						  settings.connection);
	}
	DESTROY_IF(peer_cfg);
}
