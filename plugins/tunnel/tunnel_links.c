/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "tunnel_links.h"

#ifdef CHILD_SA_HAS_REKEY_SA

/**
 * Whether an IKE_SA has a CHILD_SA, which may be gone: only its address is
 * looked at.
 */
static bool has_child(ike_sa_t *ike_sa, child_sa_t *wanted)
{
	enumerator_t *enumerator;
	child_sa_t *child_sa;
	bool found = FALSE;

	enumerator = ike_sa->create_child_sa_enumerator(ike_sa);
	while (!found && enumerator->enumerate(enumerator, &child_sa))
	{
		found = child_sa == wanted;
	}
	enumerator->destroy(enumerator);
	return found;
}

/*
 * Described in header
 */
void tunnel_links_mend(ike_sa_t *ike_sa, child_sa_t *child_sa,
					   child_sa_state_t state)
{
	child_sa_t *gone = state == CHILD_DESTROYING ? child_sa : NULL;
	child_sa_t *linked, *other;
	enumerator_t *enumerator;

	enumerator = ike_sa->create_child_sa_enumerator(ike_sa);
	while (enumerator->enumerate(enumerator, &linked))
	{
		other = linked->get_rekey_sa(linked);
		if (other && (other == gone || !has_child(ike_sa, other) ||
					  other->get_rekey_sa(other) != linked))
		{
			linked->set_rekey_sa(linked, NULL);
		}
	}
	enumerator->destroy(enumerator);
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
