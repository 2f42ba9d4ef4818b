/* SPDX-License-Identifier: MIT */

/**
 * @defgroup n4_pages n4_pages
 * @{ @ingroup n4
 *
 * Memory for contents of sessions, which have keys: pages that are left out of
 * core dumps and locked against swapping as far as the system allows.  Contents
 * are wiped when they are given up.
 *
 * Not to be used by two threads at once.
 */

#ifndef N4_PAGES_H_
#define N4_PAGES_H_

#include "n4_content.h"

typedef struct n4_pages_t n4_pages_t;

/**
 * Create a place for contents.
 *
 * @return			place, NULL if there is no memory
 */
n4_pages_t *n4_pages_create(void);

/**
 * Destroy it, with all contents.
 */
void n4_pages_destroy(n4_pages_t *self);

/**
 * Whether all its memory could be locked so far.
 */
bool n4_pages_are_locked(const n4_pages_t *self);

/**
 * Create contents: nothing.
 *
 * @return			contents, to be given to n4_pages_give(); NULL if there is
 *					no memory
 */
n4_content_t *n4_pages_take(n4_pages_t *pages);

/**
 * Wipe contents, and give their memory back.
 *
 * @param pages		where they are from
 * @param content	contents, NULL for none
 */
void n4_pages_give(n4_pages_t *pages, n4_content_t *content);

#endif /** N4_PAGES_H_ @}*/
