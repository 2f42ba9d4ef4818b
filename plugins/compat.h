/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup compat compat
 * @{ @ingroup plugins
 *
 * Differences between the versions of strongSwan that these plugins build
 * for (5.9.8, 6.0.1, 6.1.0), and the only place that knows them.
 *
 * What the preprocessor can see in strongSwan's headers is told from there;
 * for the rest configure compiles a probe (NIN3A_STRONGSWAN_FEATURES in
 * scripts/m4/strongswan.m4) and sets a macro.
 */

#ifndef COMPAT_H_
#define COMPAT_H_

#include <daemon.h>
#include <plugins/plugin.h>

/**
 * Defines the constructor of a plugin.  strongSwan's own macro, since 6.0.3,
 * also exports the version of the daemon that the plugin is for, and the
 * loader refuses a plugin without it; before, it wants the constructor only.
 *
 * @param name		name of the plugin, with underscores
 */
#ifndef PLUGIN_DEFINE
#define PLUGIN_DEFINE(name) \
	plugin_t *name##_plugin_create()
#endif

/**
 * Whether a connection requires a PPK.
 *
 * @param peer_cfg	connection
 */
static inline bool compat_ppk_required(peer_cfg_t *peer_cfg)
{
#ifdef PEER_CFG_HAS_OPTIONS
	/* later ones have a method for all options together */
	return peer_cfg->has_option(peer_cfg, OPT_PPK_REQUIRED);
#else
	return peer_cfg->ppk_required(peer_cfg);
#endif
}

/**
 * Set the options of a connection as another one has them: MOBIKE, and whether
 * it requires a PPK.
 *
 * @param data		data for the connection
 * @param from		the other connection
 */
static inline void compat_set_options(peer_cfg_create_t *data,
									  peer_cfg_t *from)
{
#ifdef PEER_CFG_HAS_OPTIONS
	data->options |= from->has_option(from, OPT_NO_MOBIKE) ? OPT_NO_MOBIKE : 0;
	data->options |= from->has_option(from, OPT_PPK_REQUIRED) ?
					 OPT_PPK_REQUIRED : 0;
#else
	data->no_mobike = !from->use_mobike(from);
	data->ppk_required = from->ppk_required(from);
#endif
}

/**
 * Get the proposals of a connection, without a word in the log.
 *
 * @param ike_cfg	connection
 * @return			list of proposal_t, both the caller's
 */
static inline linked_list_t *compat_get_proposals(ike_cfg_t *ike_cfg)
{
#ifdef IKE_CFG_LOGS_PROPOSALS
	return ike_cfg->get_proposals(ike_cfg, FALSE);
#else
	return ike_cfg->get_proposals(ike_cfg);
#endif
}

/**
 * Whether charon has additional key exchanges (RFC 9370), and with them the
 * exchanges IKE_INTERMEDIATE and IKE_FOLLOWUP_KE.
 */
static inline bool compat_has_additional_ke()
{
#ifdef CHARON_HAS_ADDITIONAL_KE
	/* since 6.0 */
	return TRUE;
#else
	return FALSE;
#endif
}

/**
 * What get_psk_sig() and get_auth_octets() of keymat_v2_t have after the nonce:
 * data of the exchanges IKE_INTERMEDIATE.
 */
#ifdef CHARON_HAS_ADDITIONAL_KE
#define COMPAT_INT_AUTH_PARAM chunk_t int_auth,
#define COMPAT_INT_AUTH_ARG int_auth,
#else
#define COMPAT_INT_AUTH_PARAM
#define COMPAT_INT_AUTH_ARG
#endif

#endif /** COMPAT_H_ @}*/
