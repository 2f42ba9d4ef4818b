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

#include "nin3a/auth/nin3a_attempt.h"
#include "tunnel/tunnel_spis.h"
#include "tunnel/tunnel_status.h"

#include "kupf/store/kupf_session.h"

typedef struct nin3a_table_t nin3a_table_t;
typedef struct nin3a_entry_t nin3a_entry_t;
typedef enum nin3a_state_t nin3a_state_t;

/**
 * How far an IKE_SA has come.
 */
enum nin3a_state_t {
	/** there is no entry: it is none of ours */
	NIN3A_STATE_NONE,
	/** its IKE_AUTH request was allowed, its key is not verified */
	NIN3A_STATE_GUARDED,
	/** it will not be established */
	NIN3A_STATE_REFUSED,
	/** a session's key has verified the UE; bound to the session */
	NIN3A_STATE_VERIFIED,
	/** charon has established it; bound to the session */
	NIN3A_STATE_ESTABLISHED,
};

/**
 * An IKE_SA.
 */
struct nin3a_entry_t {
	/** session it is bound to, a reference, NULL if none */
	kupf_session_t *session;
	/** next entry bound to a session of the same name */
	nin3a_entry_t *next;
	/** attempt, until it is established or reported */
	nin3a_attempt_t *attempt;
	/** what else is known about it, NULL if it is no tunnel */
	tunnel_status_t *details;
	/** SPIs, if bound */
	tunnel_spis_t spis;
	/** unique identifier */
	uint32_t ike_sa;
	/** unique identifier that it had when it became a tunnel */
	uint32_t up_as;
	/** the how manieth to be established, 0 if it is not */
	uint32_t serial;
	/** nin3a_state_t */
	uint8_t state;
	/** kupf_reason_t, or NIN3A_NO_REASON */
	uint8_t reason;
	/** inner addresses that it has, a bit for each */
	uint8_t leased;
	/** whether it is a tunnel */
	bool up:1;
	/** whether we are closing it */
	bool closing:1;
	/** whether we do not wait for its UE to answer the DELETE */
	bool forced:1;
	/** whether it has no CHILD_SA left, and somebody will look again */
	bool losing:1;
};

/** No kupf_reason_t was given */
#define NIN3A_NO_REASON 0xff

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
	void (*move)(nin3a_table_t *this, nin3a_entry_t *entry, uint32_t ike_sa);

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
 * Create an entry, GUARDED if nothing speaks against the attempt, REFUSED
 * otherwise.
 *
 * @param ike_sa	unique identifier of the IKE_SA
 * @param attempt	attempt, adopted
 */
nin3a_entry_t *nin3a_entry_create(uint32_t ike_sa, nin3a_attempt_t *attempt);

/**
 * Destroy an entry that is in no table.
 *
 * @param entry		entry, or NULL
 */
void nin3a_entry_destroy(nin3a_entry_t *entry);

/**
 * Create an empty table.
 */
nin3a_table_t *nin3a_table_create();

#endif /** NIN3A_TABLE_H_ @}*/
