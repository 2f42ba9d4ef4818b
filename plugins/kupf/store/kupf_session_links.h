/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup kupf_session_links kupf_session_links
 * @{ @ingroup kupf
 *
 * What a session has room for on behalf of others.
 */

#ifndef KUPF_SESSION_LINKS_H_
#define KUPF_SESSION_LINKS_H_

#include <library.h>

typedef struct kupf_session_t kupf_session_t;
typedef struct kupf_session_links_t kupf_session_links_t;

/**
 * Links of the store's indexes.  They belong to the store, which guards them
 * with its locks.
 */
struct kupf_session_links_t {
	/** next session in the same bucket of the index by name */
	kupf_session_t *name_next;
	/** next session in the same bucket of the index by identity */
	kupf_session_t *id_next;
	/** next session in the same slot of the wheel */
	kupf_session_t *wheel_next;
	/** address of the pointer that points to this session in the wheel */
	kupf_session_t **wheel_prev;
	/** hash of the name */
	uint32_t name_hash;
	/** hash of the identity */
	uint32_t id_hash;
	/** last synchronisation that mentioned it, belongs to kupf_sync */
	uint32_t mark;
	/** time_monotonic() when the wheel has something to say about it */
	uint32_t due;
};

#endif /** KUPF_SESSION_LINKS_H_ @}*/
