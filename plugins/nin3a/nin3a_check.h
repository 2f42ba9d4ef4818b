/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup nin3a_check nin3a_check
 * @{ @ingroup nin3a
 *
 * Looks for what is wrong with the connections that UEs come to.
 */

#ifndef NIN3A_CHECK_H_
#define NIN3A_CHECK_H_

#include "nin3a_config.h"
#include "kupf/kupf_findings.h"

/** Connections that are looked at, at most */
#define NIN3A_CHECK_MAX 1000

/**
 * Look at all connections.
 *
 * @param config	settings
 * @param findings	gets what is found
 */
void nin3a_check_connections(nin3a_config_t *config, kupf_findings_t *findings);

#endif /** NIN3A_CHECK_H_ @}*/
