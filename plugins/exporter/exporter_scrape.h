/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup exporter_scrape exporter_scrape
 * @{ @ingroup exporter
 *
 * Asks the daemon for its metrics.
 */

#ifndef EXPORTER_SCRAPE_H_
#define EXPORTER_SCRAPE_H_

#include <stdbool.h>

/**
 * Ask the daemon, on a connection of its own, so that one that has started anew
 * is found.  Takes three times the timeout at most, to connect, and for two
 * answers, and before that what metrics_measure() takes.
 *
 * @param socket	URI of the daemon's socket
 * @param timeout	how long the daemon may take for each, ms
 * @param text		[out] all metrics, or why there are none: a sentence in
 *					printable ASCII without its full stop; for free(), or NULL
 *					if there is no memory
 * @return			whether these are the metrics
 */
bool exporter_scrape(const char *socket, unsigned int timeout, char **text);

#endif /** EXPORTER_SCRAPE_H_ @}*/
