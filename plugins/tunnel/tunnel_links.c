/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "tunnel_links.h"

#ifdef CHILD_SA_HAS_REKEY_SA

/*
 * Described in header
 */
void tunnel_links_mend(ike_sa_t *ike_sa, child_sa_t *child_sa,
					   child_sa_state_t state)
{
	child_sa_t *other, *linked = NULL;
	enumerator_t *enumerator;
	bool both = FALSE;

	if (state != CHILD_DESTROYING)
	{
		linked = child_sa->get_rekey_sa(child_sa);
	}
	enumerator = ike_sa->create_child_sa_enumerator(ike_sa);
	while (enumerator->enumerate(enumerator, &other))
	{
		if (other == child_sa || other->get_rekey_sa(other) != child_sa)
		{
			continue;
		}
		if (other == linked)
		{
			both = TRUE;
		}
		else
		{
			other->set_rekey_sa(other, NULL);
		}
	}
	enumerator->destroy(enumerator);
	if (linked && !both)
	{
		child_sa->set_rekey_sa(child_sa, NULL);
	}
}

#else /* !CHILD_SA_HAS_REKEY_SA */

/*
 * Described in header
 */
void tunnel_links_mend(ike_sa_t *ike_sa, child_sa_t *child_sa,
					   child_sa_state_t state)
{
}

#endif /* CHILD_SA_HAS_REKEY_SA */
