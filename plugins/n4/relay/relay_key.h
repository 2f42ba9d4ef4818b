/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup relay_key relay_key
 * @{ @ingroup n4_relay
 *
 * The key that an SMF wraps keys with, from a file that nobody but its owner,
 * who is root or who runs the program, may read or write: 64 hexadecimal digits,
 * "0x" may stand before them.
 */

#ifndef RELAY_KEY_H_
#define RELAY_KEY_H_

#include "n4/kupf_n4.h"

/**
 * Open a file that nobody else may read or write.
 *
 * @param path		path of the file
 * @param fd		[out] descriptor, -1 if something is wrong
 * @return			what is wrong, NULL if all is right
 */
const char *relay_key_open(const char *path, int *fd);

/**
 * Read a key.
 *
 * @param path		path of the file
 * @param key		[out] KUPF_N4_WRAPPING_KEY octets, to be wiped by the caller
 * @return			what is wrong, nothing of the key is in it; NULL if all is
 *					right
 */
const char *relay_key_read(const char *path, uint8_t *key);

#endif /** RELAY_KEY_H_ @}*/
