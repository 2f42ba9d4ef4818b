/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup nin3a_ue_check nin3a_ue_check
 * @{ @ingroup nin3a_ue
 *
 * Looks for what is wrong with the connection that is the template of all.
 */

#ifndef NIN3A_UE_CHECK_H_
#define NIN3A_UE_CHECK_H_

#include "nin3a_ue_config.h"
#include "kupf/kupf_findings.h"

/**
 * Look at the connection.
 *
 * @param config	settings
 * @param findings	gets what is found
 */
void nin3a_ue_check_connection(nin3a_ue_config_t *config,
							   kupf_findings_t *findings);

#endif /** NIN3A_UE_CHECK_H_ @}*/
