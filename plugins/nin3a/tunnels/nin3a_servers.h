/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup nin3a_servers nin3a_servers
 * @{ @ingroup nin3a
 *
 * The servers that a UE is told with its inner addresses: name servers
 * (RFC 7296, 3.15.1) and P-CSCFs (RFC 7651) of its session, as configuration
 * attributes.
 */

#ifndef NIN3A_SERVERS_H_
#define NIN3A_SERVERS_H_

#include "kupf/store/kupf_session.h"

#include <collections/enumerator.h>

/**
 * Create an enumerator over configuration attributes, for an attribute
 * provider: name servers come before P-CSCFs, each kind in the session's order.
 *
 * @param session	session, a reference that is adopted
 * @return			enumerator over (configuration_attribute_type_t, chunk_t)
 */
enumerator_t *nin3a_servers_create_enumerator(kupf_session_t *session);

#endif /** NIN3A_SERVERS_H_ @}*/
