/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup metrics_measure metrics_measure
 * @{ @ingroup metrics
 *
 * Octets are counted when the daemon is asked to measure tunnels.
 */

#ifndef METRICS_MEASURE_H_
#define METRICS_MEASURE_H_

/** How long it may take at most to connect, and then to have the answer, ms */
#define METRICS_MEASURE_TIMEOUT 1000U

/**
 * Have the daemon measure tunnels before its numbers are asked for.  This is on
 * a connection of its own, and if it fails or takes too long, as somebody works
 * with an IKE_SA, that is not told: octets are those of the last time then, and
 * all other numbers are as good as ever.
 *
 * @param socket	URI of the daemon's socket
 * @param timeout	how long either may take, ms; not more than
 *					METRICS_MEASURE_TIMEOUT in any case
 */
void metrics_measure(const char *socket, unsigned int timeout);

#endif /** METRICS_MEASURE_H_ @}*/
