/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup kupf_ue_addresses kupf_ue_addresses
 * @{ @ingroup kupf
 *
 * Who has which inner address: an address is of one UE at a time, or what is
 * sent to one goes to the other.  If DNNs have spaces of their own (kupf_space),
 * that is so in each of them, and all that follows.
 *
 * A session has its addresses from take() to leave().  Then each of them is in
 * quarantine as long as the enforcer says that an IKE_SA of that session can
 * still use it: a UE that does not answer a DELETE, or that has the grace of a
 * modification.  Nobody else gets it meanwhile, but these do at once:
 *
 *  - a session of the same name, which is the same PDU session
 *  - a session of the same identity, which is the same UE
 *
 * A prefix is of one UE with all addresses in it, so that a session gets no
 * address of a prefix that another one has.  A prefix of which single addresses
 * are held or in quarantine nobody gets, the same UE included: who has all of
 * them would have to be looked for.
 *
 * So a session that is fed may have the addresses of the pre-configured one
 * that it hides.  Lines of one file are compared with each other, and not with
 * those of the file before, from which addresses may change hands; two of them
 * may have one, as the operator changes the key of a UE by a second line.
 *
 * That takes about 32 octets for each address (kupf_holders), and nothing for
 * sessions without.  All but reap() takes constant time.  An address keeps its
 * session in memory, also in quarantine, until reap() comes by after the
 * enforcer has let it go.
 *
 * Any thread may call, but not in charon's hooks.  The lock is taken before
 * that of the enforcer.
 */

#ifndef KUPF_UE_ADDRESSES_H_
#define KUPF_UE_ADDRESSES_H_

#include "kupf/kupf.h"
#include "kupf/kupf_error.h"
#include "kupf_pool.h"

/** Lines of a file that may have an address: one for the old key, one for the
 * new one */
#define KUPF_UE_ADDRESS_LINES 2

/** Sessions that reap() looks at in one go */
#define KUPF_REAP_MAX 10000

/** What a client is told with KUPF_CAUSE_ADDRESS_IN_USE */
#define KUPF_UE_ADDRESSES_IN_USE "field 'ue-addresses': another session has " \
	"one of them or its prefix, or its UE can use it still, or addresses of " \
	"a prefix are in use"

typedef struct kupf_ue_addresses_t kupf_ue_addresses_t;

/**
 * Says whether an address is one of this host's own.
 */
typedef bool (*kupf_is_own_t)(const kupf_address_t *address);

struct kupf_ue_addresses_t {

	/**
	 * Check that no address is the UPF's: not that of the session, none of the
	 * pool, none of this host.
	 *
	 * @param data		contents of a session
	 * @param error		[out] error
	 * @return			FALSE with error set
	 */
	bool (*check)(kupf_ue_addresses_t *this, const kupf_session_data_t *data,
				  kupf_error_t *error);

	/**
	 * Whether a session can have its addresses.
	 *
	 * @param data		contents of a session that wants them
	 * @param other		[out] if it can not: new reference to a session that has
	 *					one of them, or whose UE can still use it, and that may
	 *					have expired; NULL for addresses of a prefix
	 */
	bool (*is_free)(kupf_ue_addresses_t *this, const kupf_session_data_t *data,
					kupf_session_t **other);

	/**
	 * Have a session have its addresses, all or none: before it enters a store,
	 * and before what it was modified from leaves.
	 *
	 * @param session	session
	 * @param error		[out] error
	 * @return			FALSE with error set
	 */
	bool (*take)(kupf_ue_addresses_t *this, kupf_session_t *session,
				 kupf_error_t *error);

	/**
	 * A session has left the store, and the enforcer was told, or it has never
	 * got there: it has no addresses any more.
	 *
	 * @param session	session
	 */
	void (*leave)(kupf_ue_addresses_t *this, kupf_session_t *session);

	/**
	 * Whether another session than those of the same UE has an address of a
	 * session, too; so it is while lines of a file exchange theirs.  Of a
	 * session with a prefix: whether any other has an address in it.
	 */
	bool (*is_given)(kupf_ue_addresses_t *this, kupf_session_t *session);

	/**
	 * End quarantines, to be called every second.  At most KUPF_REAP_MAX
	 * sessions are looked at.
	 */
	void (*reap)(kupf_ue_addresses_t *this);

	/**
	 * Count addresses, one for each session that has it.
	 *
	 * @param quarantined	[out] those in quarantine
	 * @return				those that sessions have
	 */
	uint64_t (*get_count)(kupf_ue_addresses_t *this, uint64_t *quarantined);

	/**
	 * Create an object to compare the lines of a file with each other: by
	 * take(), nothing else.
	 */
	kupf_ue_addresses_t *(*create_lines)(kupf_ue_addresses_t *this);

	/**
	 * Destroy the object.
	 */
	void (*destroy)(kupf_ue_addresses_t *this);
};

/**
 * Create the object.
 *
 * @param enforcer	knows the tunnels
 * @param pool		addresses of the UPF, or NULL
 * @param is_own	knows addresses of the host, or NULL
 * @param shared	whether any number of sessions may have an address
 */
kupf_ue_addresses_t *kupf_ue_addresses_create(kupf_enforcer_t *enforcer,
								kupf_pool_t *pool, kupf_is_own_t is_own,
								bool shared);

#endif /** KUPF_UE_ADDRESSES_H_ @}*/
