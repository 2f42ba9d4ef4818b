/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup kupf_store kupf_store
 * @{ @ingroup kupf
 *
 * All sessions of the UPF, indexed by name and by IKE identity.
 *
 * Every operation takes constant time, whatever the number of sessions: both
 * indexes are hash tables (keyed SipHash of libstrongswan) cut into shards by
 * the high bits of the hash; each shard has a read-write lock and a table that
 * doubles when it is full, so that growth holds one shard for a moment and
 * never the store.  Sessions with an end are also held in a timing wheel.
 *
 * Locks, in this order, at most one of each kind but for identities:
 *
 *   1. shard by name      serialises all changes to one name
 *   2. shard by identity  two of them at most, lower index first
 *   3. wheel              a leaf
 *
 * A lookup takes one shard for reading.  Under these locks memory may be
 * allocated, but nothing outside of the store is called, and no session is
 * destroyed: references are dropped after unlocking.  The hooks of charon may
 * call any method: they come with the bus mutex or the credential manager's
 * read lock held, which the store never asks for.
 */

#ifndef KUPF_STORE_H_
#define KUPF_STORE_H_

#include "kupf_session.h"
#include "kupf_store_hashes.h"

#include <collections/array.h>

typedef struct kupf_store_t kupf_store_t;
typedef enum kupf_store_status_t kupf_store_status_t;

enum kupf_store_status_t {
	/** done */
	KUPF_STORE_OK,
	/** there is a session of that name */
	KUPF_STORE_NAME_IN_USE,
	/** another session has that IKE identity, see find_alike() */
	KUPF_STORE_IDENTITY_IN_USE,
	/** the session to replace is not in the store any more */
	KUPF_STORE_CHANGED,
	/** the store holds as many sessions as it may */
	KUPF_STORE_FULL,
};

/**
 * All methods may be called by any thread.
 */
struct kupf_store_t {

	/**
	 * Add a session.
	 *
	 * @param session	session; the store takes a reference
	 * @return			KUPF_STORE_OK, _NAME_IN_USE, _IDENTITY_IN_USE or _FULL
	 */
	kupf_store_status_t (*put)(kupf_store_t *this, kupf_session_t *session);

	/**
	 * Add a session, as put(), whose hashes are there.
	 *
	 * @param session	session; the store takes a reference
	 * @param hashes	hashes of its name and identity, of prepare()
	 */
	kupf_store_status_t (*put_hashed)(kupf_store_t *this,
									  kupf_session_t *session,
									  const kupf_store_hashes_t *hashes);

	/**
	 * Add a session in front of those of its name and of its identity, if there
	 * are any: from now on lookups find it, in place of them.  They stay until
	 * they are removed, which is for the caller to do; the limit does not
	 * apply.  So any exchange of names and identities is made without a moment
	 * in which one of them is not found.
	 *
	 * @param session	session; the store takes a reference
	 */
	void (*put_over)(kupf_store_t *this, kupf_session_t *session);

	/**
	 * Exchange a session for another of the same name, in one step for
	 * whoever looks it up by name; the identity may change.
	 *
	 * @param old		session to replace, exactly this object
	 * @param new		session; the store takes a reference
	 * @return			KUPF_STORE_OK, _CHANGED or _IDENTITY_IN_USE
	 */
	kupf_store_status_t (*replace)(kupf_store_t *this, kupf_session_t *old,
								   kupf_session_t *new);

	/**
	 * Remove a session.
	 *
	 * @param session	session, exactly this object
	 * @return			FALSE if it was not in the store any more
	 */
	bool (*remove)(kupf_store_t *this, kupf_session_t *session);

	/**
	 * Whether a session that was looked up is there still as it was: not
	 * removed, and not replaced by what it was modified to.  Costs no lookup,
	 * but for a pre-configured session in an overlay.  Who does something that
	 * must not be done to a session that is gone does it and asks then; who
	 * takes a session out of the store looks then for what was done.
	 *
	 * @param session	session that this store has had
	 */
	bool (*holds)(kupf_store_t *this, kupf_session_t *session);

	/**
	 * Look a session up by its name.
	 *
	 * @return			new reference, NULL if there is none
	 */
	kupf_session_t *(*get)(kupf_store_t *this, const char *name);

	/**
	 * Look a session up by its IKE identity, type and bytes: no wildcards, no
	 * folding of case.  It may have expired.
	 *
	 * @param type		type of the identity
	 * @param id		identity as in the ID payload
	 * @return			new reference, NULL if there is none
	 */
	kupf_session_t *(*find)(kupf_store_t *this, id_type_t type, chunk_t id);

	/**
	 * Look a session up by its IKE identity as charon compares identities when
	 * it looks for other IKE_SAs of a peer: FQDNs and e-mail addresses without
	 * regard to case.  No two sessions have such an identity.
	 *
	 * @param type		type of the identity
	 * @param id		identity as in the ID payload
	 * @return			new reference, NULL if there is none
	 */
	kupf_session_t *(*find_alike)(kupf_store_t *this, id_type_t type,
								  chunk_t id);

	/**
	 * Compute the hashes of a name and an identity, and fetch what a look-up
	 * begins with into the processor's cache.  Who has many of them to look up
	 * prepares some before it looks up the first.
	 *
	 * @param name		name
	 * @param type		type of the identity
	 * @param id		identity as in the ID payload
	 * @param hashes	[out] hashes, for this store and those of its kind
	 */
	void (*prepare)(kupf_store_t *this, const char *name, id_type_t type,
					chunk_t id, kupf_store_hashes_t *hashes);

	/**
	 * Whether there is a session of a name or with an identity (alike); it may
	 * have expired.  It is put() that decides; this is the fast way to learn
	 * that there is nothing in the way of a new session.
	 *
	 * @param name		name
	 * @param type		type of the identity
	 * @param id		identity as in the ID payload
	 * @param hashes	their hashes, of prepare()
	 * @param namesake	[out] new reference to that of the name, NULL if there is
	 *					none
	 * @return			TRUE if there is one of the name or of the identity
	 */
	bool (*look)(kupf_store_t *this, const char *name, id_type_t type,
				 chunk_t id, const kupf_store_hashes_t *hashes,
				 kupf_session_t **namesake);

	/**
	 * Enumerate all sessions.  No lock is held between two steps: sessions
	 * that come or go meanwhile may or may not be seen, all others are seen
	 * exactly once.
	 *
	 * @return			enumerator over kupf_session_t*, each valid until the
	 *					next step
	 */
	enumerator_t *(*create_enumerator)(kupf_store_t *this);

	/**
	 * Take a step of such an enumeration, for who is not to hold sessions, and
	 * their keys, from one step to the next.
	 *
	 * @param cursor	[in,out] where it is, 0 at its beginning
	 * @param sessions	array of kupf_session_t*, to which references are added,
	 *					some dozen at most; none does not mean that it is over
	 * @return			FALSE if it was at its end
	 */
	bool (*walk)(kupf_store_t *this, uint64_t *cursor, array_t *sessions);

	/**
	 * Get the cursor of a step that has the session of a name, if there is one,
	 * with whatever the step has beside it; all that the steps after it have
	 * come after that name in the order of kupf_store_compare().
	 *
	 * @param name		name, of a session that is there or not
	 * @param lower		whether it is one of the lower store of an overlay
	 * @return			cursor
	 */
	uint64_t (*locate)(kupf_store_t *this, const char *name, bool lower);

	/**
	 * Remove sessions whose life is over, and tell once of those whose life is
	 * about to end: they stay, and kupf_session_expired() tells them apart.
	 * To be called once a second, and again at once while it returns max.
	 *
	 * @param now		time_monotonic(), seconds
	 * @param due		[out] sessions, references for the caller
	 * @param max		most sessions
	 * @return			number of sessions
	 */
	u_int (*expire)(kupf_store_t *this, time_t now, kupf_session_t **due,
					u_int max);

	/**
	 * Get the number of sessions.
	 */
	u_int (*get_count)(kupf_store_t *this);

	/**
	 * Whether a session that is put now would be one too many.  It is put()
	 * that decides; this is for not doing in vain what comes before it.
	 */
	bool (*is_full)(kupf_store_t *this);

	/**
	 * Drop all sessions and destroy the store.  No other thread may use it.
	 */
	void (*destroy)(kupf_store_t *this);
};

/**
 * Compare sessions, of one store or of one layer of an overlay, in the order in
 * which the steps of a walk have them; a step by itself has none.  The order of
 * two sessions stays as it is as long as charon runs, whatever comes and goes.
 *
 * @param session	session of the store
 * @param cursor	of locate(), for the other one
 * @param name		name of the other one
 * @return			less than, equal to or greater than 0
 */
int kupf_store_compare(kupf_session_t *session, uint64_t cursor,
					   const char *name);

/**
 * Create a store.
 *
 * @param max		most sessions, 0 for no limit
 * @param margin	seconds before its end that the life of a session is about
 *					to end, see kupf_session_get_ending(); 0 to hear of its
 *					end only
 * @return			store
 */
kupf_store_t *kupf_store_create(u_int max, uint32_t margin);

/**
 * Create a store with a hash function of one's own.
 *
 * @param max		most sessions, 0 for no limit
 * @param margin	as above
 * @param hash		hash function
 * @return			store
 */
kupf_store_t *kupf_store_create_hash(u_int max, uint32_t margin,
									 kupf_store_hash_t hash);

#endif /** KUPF_STORE_H_ @}*/
