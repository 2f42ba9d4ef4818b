/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup relay_list relay_list
 * @{ @ingroup n4_relay
 *
 * Keys of subscribers from a file, for SMFs that send none; n4-relay(8) has its
 * syntax.  They are kept in memory that is locked as far as the system allows,
 * and not in core dumps.
 */

#ifndef RELAY_LIST_H_
#define RELAY_LIST_H_

#include "n4/kupf_n4.h"

/** Most lines of a file */
#define RELAY_LIST_MAX 10000

typedef struct relay_list_t relay_list_t;

/**
 * Read a file, that nobody else than its owner may read or write.
 *
 * @param path		path of the file
 * @param line		[out] line that is wrong, 0 if it is not about a line
 * @param wrong		[out] what is wrong, nothing of a key is in it
 * @return			list, NULL if something is wrong
 */
relay_list_t *relay_list_create(const char *path, unsigned int *line,
								const char **wrong);

/**
 * Wipe and free a list, NULL for none.
 */
void relay_list_destroy(relay_list_t *self);

/**
 * Find the key of a session: that of the first line that is about it.
 *
 * @param self		list
 * @param need		session
 * @param key		[out] key, to be wiped by the caller
 * @return			FALSE if there is none
 */
bool relay_list_find(const relay_list_t *self, const kupf_n4_need_t *need,
					 kupf_n4_key_t *key);

#endif /** RELAY_LIST_H_ @}*/
