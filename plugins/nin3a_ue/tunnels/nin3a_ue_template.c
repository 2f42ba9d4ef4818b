/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "nin3a_ue_template.h"

#include "compat.h"

/**
 * Make the part of the connection that is for the time before IKE_AUTH.
 */
static ike_cfg_t *create_ike_cfg(ike_cfg_t *template,
								 const kupf_session_t *session)
{
	char remote[KUPF_ADDRESS_TEXT];
	linked_list_t *proposals;
	proposal_t *proposal;
	ike_cfg_t *ike_cfg;
	ike_cfg_create_t ike = {
		.version = IKEV2,
		.local = template->get_my_addr(template),
		.local_port = template->get_my_port(template),
		.remote = kupf_address_print(kupf_session_get_upf_address(session),
									 remote),
		.remote_port = template->get_other_port(template),
		.no_certreq = TRUE,
		.force_encap = template->force_encap(template),
		.fragmentation = template->fragmentation(template),
		.childless = template->childless(template),
		.dscp = template->get_dscp(template),
	};

	ike_cfg = ike_cfg_create(&ike);
	proposals = compat_get_proposals(template);
	while (proposals->remove_first(proposals, (void**)&proposal) == SUCCESS)
	{
		ike_cfg->add_proposal(ike_cfg, proposal);
	}
	proposals->destroy(proposals);
	return ike_cfg;
}

/**
 * Add how we authenticate ourselves.
 */
static void add_local(peer_cfg_t *peer_cfg, const kupf_session_t *session)
{
	auth_cfg_t *auth = auth_cfg_create();
	id_type_t type;
	chunk_t id;

	id = kupf_session_get_id(session, &type);
	auth->add(auth, AUTH_RULE_AUTH_CLASS, AUTH_CLASS_PSK);
	auth->add(auth, AUTH_RULE_IDENTITY,
			  identification_create_from_encoding(type, id));
	peer_cfg->add_auth_cfg(peer_cfg, auth, TRUE);
}

/**
 * Add how the UPF has to authenticate itself.
 */
static void add_remote(peer_cfg_t *peer_cfg, peer_cfg_t *template)
{
	identification_t *id = NULL;
	auth_cfg_t *auth = auth_cfg_create(), *from;
	enumerator_t *enumerator;

	enumerator = template->create_auth_cfg_enumerator(template, FALSE);
	if (enumerator->enumerate(enumerator, &from))
	{
		id = from->get(from, AUTH_RULE_IDENTITY);
	}
	auth->add(auth, AUTH_RULE_AUTH_CLASS, AUTH_CLASS_PSK);
	auth->add(auth, AUTH_RULE_IDENTITY,
			  id ? id->clone(id) :
				   identification_create_from_encoding(ID_ANY, chunk_empty));
	enumerator->destroy(enumerator);
	peer_cfg->add_auth_cfg(peer_cfg, auth, FALSE);
}

/**
 * Add the inner addresses to ask for.
 */
static void add_virtual_ips(peer_cfg_t *peer_cfg, peer_cfg_t *template,
							const kupf_session_t *session)
{
	const kupf_address_t *addresses;
	enumerator_t *enumerator;
	u_int count, i, added;
	host_t *vip;

	addresses = kupf_session_get_ue_addresses(session, &count);
	added = count;
	for (i = 0; i < count; i++)
	{
		peer_cfg->add_virtual_ip(peer_cfg, kupf_address_to_host(&addresses[i]));
	}
	if (!added)
	{
		enumerator = template->create_virtual_ip_enumerator(template);
		while (enumerator->enumerate(enumerator, &vip))
		{
			peer_cfg->add_virtual_ip(peer_cfg, vip->clone(vip));
			added++;
		}
		enumerator->destroy(enumerator);
	}
	if (!added)
	{	/* a UPF without IPv6 inside must not be asked for it: some refuse the
		 * request as a whole */
		peer_cfg->add_virtual_ip(peer_cfg, host_create_any(AF_INET));
	}
}

/**
 * Add the children of the template.
 *
 * @return			their number
 */
static u_int add_children(peer_cfg_t *peer_cfg, peer_cfg_t *template)
{
	enumerator_t *enumerator;
	child_cfg_t *child_cfg;
	u_int count = 0;

	enumerator = template->create_child_cfg_enumerator(template);
	while (enumerator->enumerate(enumerator, &child_cfg))
	{
		peer_cfg->add_child_cfg(peer_cfg, child_cfg->get_ref(child_cfg));
		count++;
	}
	enumerator->destroy(enumerator);
	return count;
}

/**
 * Make the connection.
 */
static peer_cfg_t *create_peer_cfg(peer_cfg_t *template,
								   const kupf_session_t *session)
{
	identification_t *ppk_id = template->get_ppk_id(template);
	uint32_t rekey_time = template->get_rekey_time(template, FALSE);
	uint32_t reauth_time = template->get_reauth_time(template, FALSE);
	peer_cfg_t *peer_cfg;
	peer_cfg_create_t peer = {
		.cert_policy = CERT_NEVER_SEND,
		.unique = UNIQUE_NEVER,
		.keyingtries = 1,
		.rekey_time = rekey_time,
		.reauth_time = reauth_time,
		/* it is subtracted from either at random, the template does not tell */
		.jitter_time = min(rekey_time ?: reauth_time,
						   reauth_time ?: rekey_time) / 10,
		.over_time = template->get_over_time(template),
		.dpd = template->get_dpd(template),
		.if_id_in = template->get_if_id(template, TRUE),
		.if_id_out = template->get_if_id(template, FALSE),
		.ppk_id = ppk_id ? ppk_id->clone(ppk_id) : NULL,
	};

	compat_set_options(&peer, template);
	peer_cfg = peer_cfg_create(template->get_name(template),
					create_ike_cfg(template->get_ike_cfg(template), session),
					&peer);
	add_local(peer_cfg, session);
	add_remote(peer_cfg, template);
	add_virtual_ips(peer_cfg, template, session);
	if (!add_children(peer_cfg, template))
	{
		peer_cfg->destroy(peer_cfg);
		return NULL;
	}
	return peer_cfg;
}

/*
 * Described in header
 */
peer_cfg_t *nin3a_ue_template_apply(const char *name,
									const kupf_session_t *session)
{
	peer_cfg_t *template, *peer_cfg = NULL;

	template = charon->backends->get_peer_cfg_by_name(charon->backends,
													  (char*)name);
	if (!template)
	{
		DBG1(DBG_CFG, "nin3a-ue: there is no connection '%s'", name);
		return NULL;
	}
	if (template->get_ike_version(template) == IKEV1)
	{
		DBG1(DBG_CFG, "nin3a-ue: connection '%s' is for IKEv1", name);
	}
	else
	{
		peer_cfg = create_peer_cfg(template, session);
		if (!peer_cfg)
		{
			DBG1(DBG_CFG, "nin3a-ue: connection '%s' has no children", name);
		}
	}
	template->destroy(template);
	return peer_cfg;
}
