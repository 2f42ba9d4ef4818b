/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupf_role.h"

#include <utils/debug.h>

/** Names of the objects of strongSwan's library that say who was announced */
#define ANNOUNCED "kupf-announced-"

ENUM(kupf_role_names, KUPF_ROLE_UNSET, KUPF_ROLE_UE,
	"unset",
	"upf",
	"ue",
);

ENUM(kupf_role_plugins, KUPF_ROLE_UNSET, KUPF_ROLE_UE,
	"none",
	"nin3a",
	"nin3a-ue",
);

/**
 * Get the name of the object that announces a role.
 */
static char *object(kupf_role_t role)
{
	return role == KUPF_ROLE_UPF ? ANNOUNCED "upf" : ANNOUNCED "ue";
}

/*
 * Described in header
 */
void kupf_role_announce(kupf_role_t role)
{
	lib->set(lib, object(role), lib);
}

/*
 * Described in header
 */
bool kupf_role_is_announced(kupf_role_t role)
{
	return lib->get(lib, object(role)) != NULL;
}

/**
 * Decide without a setting.
 */
static kupf_role_t decide_alone()
{
	bool upf = kupf_role_is_announced(KUPF_ROLE_UPF);
	bool ue = kupf_role_is_announced(KUPF_ROLE_UE);

	if (upf && ue)
	{
		DBG1(DBG_CFG, "kupf: plugins nin3a (for a UPF) and nin3a-ue (for a UE) "
			 "are both loaded, no key can be used: set "
			 "charon.plugins.kupf.role to upf or ue");
		return KUPF_ROLE_UNSET;
	}
	return upf ? KUPF_ROLE_UPF : ue ? KUPF_ROLE_UE : KUPF_ROLE_UNSET;
}

/*
 * Described in header
 */
kupf_role_t kupf_role_decide(kupf_role_t setting)
{
	if (setting == KUPF_ROLE_UNSET)
	{
		return decide_alone();
	}
	if (!kupf_role_is_announced(setting))
	{
		DBG1(DBG_CFG, "kupf: role is %N, but plugin %N is not loaded: no key "
			 "can be used", kupf_role_names, setting, kupf_role_plugins,
			 setting);
	}
	return setting;
}
