/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "nin3a_closing.h"
#include "nin3a_cut.h"
#include "kupf/store/kupf_identity.h"
#include "nin3a/nin3a_counters.h"

/*
 * Described in header
 */
status_t nin3a_closing_tell(ike_sa_t *ike_sa, bool cut)
{
	switch (ike_sa->get_state(ike_sa))
	{
		case IKE_ESTABLISHED:
		case IKE_REKEYING:
			if (cut)
			{
				nin3a_cut(ike_sa);
			}
			/* fall through */
		case IKE_CONNECTING:
			return ike_sa->delete(ike_sa, FALSE);
		default:
			/* rekeyed meanwhile: the successor has its own job; or a DELETE is
			 * under way, and a second call would end it without an answer */
			return SUCCESS;
	}
}

/*
 * Described in header
 */
status_t nin3a_closing_force(ike_sa_t *ike_sa)
{
	char name[KUPF_IDENTITY_TEXT];

	switch (ike_sa->get_state(ike_sa))
	{
		case IKE_ESTABLISHED:
		case IKE_REKEYING:
		case IKE_DELETING:
			DBG1(DBG_CFG, "nin3a: '%s' does not answer the DELETE, not waiting "
				 "any longer",
				 kupf_identity_name(ike_sa->get_other_id(ike_sa), name));
			nin3a_count(NIN3A_CLOSE_TIMEOUTS);
			return ike_sa->delete(ike_sa, TRUE);
		default:
			return SUCCESS;
	}
}
