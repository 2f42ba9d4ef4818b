/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup kupf_measure kupf_measure
 * @{ @ingroup kupf
 *
 * The command measure-traffic: have the enforcer ask charon what has passed
 * through tunnels, so that it can count that.  Whatever there is, a request has
 * a bound; the next one goes on where it has ended.
 */

#ifndef KUPF_MEASURE_H_
#define KUPF_MEASURE_H_

#include "kupf_work.h"
#include "kupf/kupf.h"

/** Tunnels of a request, after which it takes no other step */
#define KUPF_MEASURE_TUNNELS 1024

/** Steps of a request through the sessions, with tunnels or not */
#define KUPF_MEASURE_STEPS 4096

/**
 * Begin to measure.
 *
 * @param store		sessions
 * @param enforcer	knows the tunnels
 * @param cursor	where the walk through the sessions is, 0 at first; has to
 *					stay as long as the work, more than one of which may have it
 * @param wake		eventfd, signalled when a step may be taken
 * @return			work
 */
kupf_work_t *kupf_measure_create(kupf_store_t *store,
								 kupf_enforcer_t *enforcer, uint64_t *cursor,
								 int wake);

#endif /** KUPF_MEASURE_H_ @}*/
