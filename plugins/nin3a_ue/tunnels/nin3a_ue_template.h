/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup nin3a_ue_template nin3a_ue_template
 * @{ @ingroup nin3a_ue
 *
 * Makes a connection for one session out of the one in swanctl.conf that is
 * the template of all.
 *
 * From the session: the UPF's address, our identity, and the inner addresses
 * to ask for.  From the template: everything else, and inner addresses to ask
 * for if the session has none (any IPv4 address if the template has none,
 * either).  Always so, whatever the template says:
 *
 * - one round of PSK on either side; of the template's authentication only the
 *   identity of the UPF is used, any will do if there is none: the UPF is known
 *   by its key;
 * - one try: we try again ourselves;
 * - no INITIAL_CONTACT and no uniqueness policy: two IKE_SAs of a session at
 *   once are the hand-over.
 */

#ifndef NIN3A_UE_TEMPLATE_H_
#define NIN3A_UE_TEMPLATE_H_

#include "kupf/kupf.h"

#include <daemon.h>

/**
 * Make a connection for a session.
 *
 * @param name		name of the template
 * @param session	session with a UPF address
 * @return			new connection with at least one child; NULL if the template
 *					cannot be used, which was logged
 */
peer_cfg_t *nin3a_ue_template_apply(const char *name,
									const kupf_session_t *session);

#endif /** NIN3A_UE_TEMPLATE_H_ @}*/
