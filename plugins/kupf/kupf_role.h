/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup kupf_role kupf_role
 * @{ @ingroup kupf
 *
 * What a host is, a UPF or a UE, and so whose plugin may be kupf's enforcer.
 *
 * The setting charon.plugins.kupf.role says it; without it, the one of nin3a
 * and nin3a-ue that charon loads.  A plugin counts as loaded from the moment
 * that it begins to load, so that one that fails for a wrong setting does not
 * leave the host to the other.  charon creates all plugins before it takes the
 * first into service, so the role is known when kupf is.
 */

#ifndef KUPF_ROLE_H_
#define KUPF_ROLE_H_

#include <library.h>

typedef enum kupf_role_t kupf_role_t;

/**
 * What a host is.
 */
enum kupf_role_t {
	/** neither, or not known: nobody may use a key */
	KUPF_ROLE_UNSET,
	/** UPF: plugin nin3a */
	KUPF_ROLE_UPF,
	/** UE: plugin nin3a-ue */
	KUPF_ROLE_UE,
};

/** Values of the setting, and "unset" */
extern enum_name_t *kupf_role_names;

/** Names of the plugins that enforce, and "none" */
extern enum_name_t *kupf_role_plugins;

/**
 * Say that the plugin for a role is being loaded, before anything else.
 *
 * @param role		role
 */
void kupf_role_announce(kupf_role_t role);

/**
 * Whether the plugin for a role was announced.
 *
 * @param role		role
 */
bool kupf_role_is_announced(kupf_role_t role);

/**
 * Find out what this host is; if it does not show, one line in the log says
 * what to do.
 *
 * @param setting	setting, KUPF_ROLE_UNSET if there is none
 * @return			role
 */
kupf_role_t kupf_role_decide(kupf_role_t setting);

#endif /** KUPF_ROLE_H_ @}*/
