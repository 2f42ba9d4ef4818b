/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "nin3a_check.h"
#include "nin3a/auth/nin3a_facts.h"

#include <daemon.h>

/**
 * Whether a host has the address at which a connection waits for UEs; names,
 * ranges and several of them are not looked at.
 */
static void check_address(peer_cfg_t *peer_cfg, kupf_findings_t *findings)
{
	ike_cfg_t *ike_cfg = peer_cfg->get_ike_cfg(peer_cfg);
	host_t *host;

	host = host_create_from_string(ike_cfg->get_my_addr(ike_cfg), 0);
	if (host && !host->is_anyaddr(host) && !kupf_findings_is_local(host))
	{
		kupf_findings_add(findings, KUPF_FINDING_FAULT, "connections",
						  "connection '%.64s' is for local address %.64s, which "
						  "is none of this host", peer_cfg->get_name(peer_cfg),
						  ike_cfg->get_my_addr(ike_cfg));
	}
	DESTROY_IF(host);
}

/**
 * Look at a connection.
 *
 * @return			whether it is a NIN3A one
 */
static bool check_connection(nin3a_config_t *config, peer_cfg_t *peer_cfg,
							 kupf_findings_t *findings)
{
	nin3a_facts_t facts = {};

	nin3a_facts_of_connection(peer_cfg, config, &facts);
	if (!facts.named)
	{
		return FALSE;
	}
	if (peer_cfg->get_ike_version(peer_cfg) == IKEV1)
	{
		kupf_findings_add(findings, KUPF_FINDING_FAULT, "connections",
						  "connection '%.64s' is for IKEv1, which is refused: "
						  "set version = 2", peer_cfg->get_name(peer_cfg));
	}
	else if (!facts.psk_only || facts.local_rounds != 1 ||
			 facts.remote_rounds != 1)
	{
		kupf_findings_add(findings, KUPF_FINDING_FAULT, "connections",
						  "connection '%.64s' refuses all UEs: expected one "
						  "local and one remote section with auth = psk",
						  peer_cfg->get_name(peer_cfg));
	}
	check_address(peer_cfg, findings);
	return TRUE;
}

/*
 * Described in header
 */
void nin3a_check_connections(nin3a_config_t *config, kupf_findings_t *findings)
{
	enumerator_t *enumerator;
	peer_cfg_t *peer_cfg;
	u_int seen = 0, named = 0;

	enumerator = charon->backends->create_peer_cfg_enumerator(charon->backends,
											NULL, NULL, NULL, NULL, IKE_ANY);
	while (seen < NIN3A_CHECK_MAX &&
		   enumerator->enumerate(enumerator, &peer_cfg))
	{
		seen++;
		if (check_connection(config, peer_cfg, findings))
		{
			named++;
		}
	}
	enumerator->destroy(enumerator);
	if (named)
	{
		kupf_findings_add(findings, KUPF_FINDING_OK, "connections",
						  "%u of %u connections are for UEs "
						  "(charon.plugins.nin3a.connections)", named, seen);
	}
	else
	{
		kupf_findings_add(findings, KUPF_FINDING_FAULT, "connections",
						  "none of %u connections has a name that is in "
						  "charon.plugins.nin3a.connections: no UE gets in",
						  seen);
	}
}
