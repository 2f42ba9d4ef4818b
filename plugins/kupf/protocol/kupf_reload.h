/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup kupf_reload kupf_reload
 * @{ @ingroup kupf
 *
 * The command reload-preconfigured.  The file is read by a thread that lives as
 * long as the work: so the one of the server is free for others meanwhile,
 * without one of charon's workers being taken.
 */

#ifndef KUPF_RELOAD_H_
#define KUPF_RELOAD_H_

#include "kupf_audit.h"
#include "kupf_work.h"
#include "kupf/procedures/kupf_preconfigured.h"

/**
 * Begin to read the file.  Destroying the work waits until it is read.
 *
 * @param preconfigured	reads it
 * @param wake		eventfd, signalled when it is read
 * @param audit		request, to log what came of it; copied
 * @return			work, NULL if there is no thread
 */
kupf_work_t *kupf_reload_create(kupf_preconfigured_t *preconfigured, int wake,
								const kupf_audit_t *audit);

#endif /** KUPF_RELOAD_H_ @}*/
