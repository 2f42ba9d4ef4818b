/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup kupf_sweep kupf_sweep
 * @{ @ingroup kupf
 *
 * The command sync-end: away with what was not mentioned.
 */

#ifndef KUPF_SWEEP_H_
#define KUPF_SWEEP_H_

#include "kupf_audit.h"
#include "kupf_work.h"
#include "kupf/procedures/kupf_sync.h"

/**
 * Begin to remove sessions.
 *
 * @param sync		synchronisation at its end, see kupf_sync_t.end()
 * @param audit		request, to log what came of it; copied
 * @return			work
 */
kupf_work_t *kupf_sweep_create(kupf_sync_t *sync, const kupf_audit_t *audit);

#endif /** KUPF_SWEEP_H_ @}*/
