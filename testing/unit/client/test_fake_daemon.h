/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup test_fake_daemon test_fake_daemon
 * @{ @ingroup tests
 *
 * A daemon that says what a test tells it: a process of its own, so that a
 * client may wait for it.
 *
 * Its script has a line for each step:
 *
 *   < TYPE:NAME ELEMENTS   the client has to send this packet
 *   ?                      the client has to send a packet, any one
 *   R ELEMENTS             send a reply
 *   E NAME ELEMENTS        send an event
 *   U, C, N                send CMD_UNKNOWN, EVENT_CONFIRM, EVENT_UNKNOWN
 *   X HEX                  send these octets
 *   P                      from here on send octet by octet
 *   T NAME ELEMENTS        send this event again and again until the client
 *                          has gone
 *   O                      send X's octets likewise, one at a time
 *   Z MS                   wait
 *   K                      close the connection, take the next one
 *   W                      read until the client has gone
 *   S                      read nothing until the client has gone
 *
 * Elements are those of test_encode().
 */

#ifndef TEST_FAKE_DAEMON_H_
#define TEST_FAKE_DAEMON_H_

#include <sys/types.h>

/**
 * Start a daemon on the socket "sock" of the test's directory.
 *
 * @param script	script
 * @return			process
 */
pid_t test_fake_daemon(const char *script);

/**
 * Wait until it has ended; fails the test if something else was sent to it than
 * what was expected.
 */
void test_fake_daemon_end(pid_t daemon);

#endif /** TEST_FAKE_DAEMON_H_ @}*/
