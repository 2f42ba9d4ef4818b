/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup nin3a_table nin3a_table
 * @{ @ingroup nin3a
 *
 * The memory of nin3a_tunnels: entries for IKE_SAs, found by the unique
 * identifier of the IKE_SA and, once bound to a session, by its name.
 *
 * It has no lock and no rules: both are in nin3a_tunnels.
 *
 * The hash tables are cut into shards, so that one that grows moves a small
 * part of the entries.
 */

#ifndef NIN3A_TABLE_H_
#define NIN3A_TABLE_H_

#include "nin3a_entry.h"

typedef struct nin3a_table_t nin3a_table_t;

/**
 * Not to be used by two threads at once.
 */
struct nin3a_table_t {

	/**
	 * Find an entry.
	 *
	 * @param ike_sa	unique identifier of the IKE_SA
	 * @return			entry, NULL if there is none
	 */
	nin3a_entry_t *(*find)(nin3a_table_t *this, uint32_t ike_sa);

	/**
	 * Find the first entry of a session, which leads to the others.
	 *
	 * @param name		name of the session
	 * @return			entry, NULL if there is none
	 */
	nin3a_entry_t *(*find_name)(nin3a_table_t *this, const char *name);

	/**
	 * Add an entry that is not bound to a session.
	 *
	 * @param entry		entry, adopted
	 */
	void (*add)(nin3a_table_t *this, nin3a_entry_t *entry);

	/**
	 * Bind an entry to a session, which it has not been before.
	 *
	 * @param session	session, the entry takes a reference
	 */
	void (*bind)(nin3a_table_t *this, nin3a_entry_t *entry,
				 kupf_session_t *session);

	/**
	 * Bind an entry to another session of the same name.
	 *
	 * @param session	session, the entry takes a reference
	 * @return			session it was bound to, its reference is the caller's
	 */
	kupf_session_t *(*rebind)(nin3a_table_t *this, nin3a_entry_t *entry,
							  kupf_session_t *session);

	/**
	 * Give an entry another identifier.
	 */
	void (*rename)(nin3a_table_t *this, nin3a_entry_t *entry, uint32_t ike_sa);

	/**
	 * Remove an entry.
	 *
	 * @return			entry, to be given to nin3a_entry_destroy(); NULL if
	 *					there is none
	 */
	nin3a_entry_t *(*remove)(nin3a_table_t *this, uint32_t ike_sa);

	/**
	 * Get the number of entries.
	 */
	u_int (*get_count)(nin3a_table_t *this);

	/**
	 * Destroy the table and its entries.
	 */
	void (*destroy)(nin3a_table_t *this);
};

/**
 * Create an empty table.
 */
nin3a_table_t *nin3a_table_create();

#endif /** NIN3A_TABLE_H_ @}*/
