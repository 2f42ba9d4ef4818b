/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup sync_log sync_log
 * @{ @ingroup sync
 *
 * Lines on standard error, which systemd gives a time.  No key is ever in one.
 */

#ifndef SYNC_LOG_H_
#define SYNC_LOG_H_

/** Lines of sync_say_some() at once, and in a second after that */
#define SYNC_LOG_BURST 20
#define SYNC_LOG_RATE 5

/**
 * Say something, in a line.
 */
void sync_say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/**
 * Say something that may happen to each of many sessions: what is too much is
 * counted, and told with the next line.
 */
void sync_say_some(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif /** SYNC_LOG_H_ @}*/
