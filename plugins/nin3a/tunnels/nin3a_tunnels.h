/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup nin3a_tunnels nin3a_tunnels
 * @{ @ingroup nin3a
 *
 * Which IKE_SA belongs to which session, and how far it has come.
 *
 * An entry is made when an IKE_AUTH request for a NIN3A connection is judged,
 * moves to the successor when the IKE_SA is rekeyed, and goes with the IKE_SA
 * (state DESTROYING).  An IKE_SA without an entry is none of ours.
 *
 *   GUARDED ----> VERIFIED ----> ESTABLISHED
 *      |             |
 *      +-> REFUSED <-+
 *
 * From VERIFIED on the entry is bound to a session and found by its name, too.
 * A session that leaves the store while a UE authenticates with it cannot
 * leave a tunnel behind: the entry is bound first, then the store is asked
 * whether it still has the session; whoever removes a session first removes
 * it from the store and then closes what evict() finds here.  One of the two
 * sees the other.
 *
 * Locks, in this order:
 *
 *   1. the bus mutex of charon, in its hooks
 *   2. kupf's lock that keeps the enforcer attached, in calls from kupf
 *   3. the mutex of this class
 *   4. the locks of kupf's store
 *
 * Under the mutex of this class nothing of charon, of the credential manager
 * or of kupf's events is called, and no reference to a session is dropped.
 * All methods take constant time, those for a session in proportion to its
 * IKE_SAs: one, two during a hand-over, and never more than twice the setting
 * max_ike_sas but for those that are about to be destroyed, see crop().
 */

#ifndef NIN3A_TUNNELS_H_
#define NIN3A_TUNNELS_H_

#include "nin3a_chain.h"

typedef struct nin3a_tunnels_t nin3a_tunnels_t;

/**
 * Any thread may call.  IKE_SAs are named by their unique identifiers.
 */
struct nin3a_tunnels_t {

	/**
	 * Make an entry, GUARDED if nothing speaks against the attempt, REFUSED
	 * otherwise.  If there is an entry that is not established, it becomes
	 * REFUSED, as a second attempt is one too many.
	 *
	 * @param attempt	attempt, adopted
	 */
	void (*begin)(nin3a_tunnels_t *this, uint32_t ike_sa,
				  nin3a_attempt_t *attempt);

	/**
	 * Get the state of an IKE_SA.
	 */
	nin3a_state_t (*get_state)(nin3a_tunnels_t *this, uint32_t ike_sa);

	/**
	 * Refuse an IKE_SA, unless it is established.  The first reason counts.
	 */
	void (*refuse)(nin3a_tunnels_t *this, uint32_t ike_sa,
				   nin3a_reason_t reason);

	/**
	 * Bind an IKE_SA to the session whose key has verified it.
	 *
	 * @param session	session, the entry takes a reference
	 * @param spis		SPIs of the IKE_SA
	 * @return			FALSE if it was not GUARDED
	 */
	bool (*bind)(nin3a_tunnels_t *this, uint32_t ike_sa,
				 kupf_session_t *session, const tunnel_spis_t *spis);

	/**
	 * Charon has established an IKE_SA; the attempt is forgotten.
	 *
	 * @return			FALSE if it was not VERIFIED
	 */
	bool (*establish)(nin3a_tunnels_t *this, uint32_t ike_sa);

	/**
	 * An IKE_SA has a CHILD_SA.
	 *
	 * @return			new reference to its session if this makes it a tunnel;
	 *					NULL if it was one before, is not established, or is
	 *					being closed
	 */
	kupf_session_t *(*up)(nin3a_tunnels_t *this, uint32_t ike_sa);

	/**
	 * Whether an IKE_SA is established and its session has another one that
	 * is, too.
	 *
	 * @param serial	[out] for settle()
	 */
	bool (*crowds)(nin3a_tunnels_t *this, uint32_t ike_sa, uint32_t *serial);

	/**
	 * Of the established IKE_SAs of a session choose all but one to be closed
	 * as superseded: the newest tunnel stays, if there is none the newest
	 * IKE_SA.
	 *
	 * @param session	name of the session
	 * @param serial	of the newest IKE_SA that may be chosen: later ones have
	 *					yet to show whether they become tunnels
	 * @param ids		array of uint32_t that the IKE_SAs are added to
	 */
	void (*settle)(nin3a_tunnels_t *this, const char *session, uint32_t serial,
				   array_t *ids);

	/**
	 * Whether an IKE_SA is established and no tunnel.
	 *
	 * @param serial	[out] for settle() and childless()
	 */
	bool (*is_waiting)(nin3a_tunnels_t *this, uint32_t ike_sa,
					   uint32_t *serial);

	/**
	 * Bound what a session has, after an IKE_SA was established: at most one
	 * IKE_SA is chosen to be closed, as superseded, and one of those that are
	 * being closed to be destroyed.
	 *
	 * @param ike_sa	the one that was established, which stays
	 * @param max		IKE_SAs that may stay, and that may be closing
	 * @param close		array of uint32_t that the first one is added to
	 * @param force		array of uint32_t that the second one is added to
	 */
	void (*crop)(nin3a_tunnels_t *this, uint32_t ike_sa, u_int max,
				 array_t *close, array_t *force);

	/**
	 * Choose the established IKE_SAs of a session that are no tunnels to be
	 * closed, with the reason KUPF_REASON_NO_CHILD_SA.
	 *
	 * @param session	name of the session
	 * @param serial	of the newest IKE_SA that may be chosen
	 * @param chosen	array of nin3a_childless_t that they are added to
	 */
	void (*childless)(nin3a_tunnels_t *this, const char *session,
					  uint32_t serial, array_t *chosen);

	/**
	 * An IKE_SA had no CHILD_SA a moment ago: if that is so still it is no
	 * tunnel any more, until it gets another one.
	 *
	 * @param up_as		[out] unique identifier under which it came up
	 * @param serial	[out] for childless(): anew, so that its time begins now
	 * @return			new reference to its session, NULL if it is a tunnel
	 */
	kupf_session_t *(*lose)(nin3a_tunnels_t *this, uint32_t ike_sa,
							uint32_t *up_as, uint32_t *serial);

	/**
	 * A tunnel goes.
	 *
	 * @param up_as		[out] unique identifier under which it came up, before
	 *					any rekeying
	 * @param reason	[out] why, KUPF_REASON_SHUTDOWN if nobody has said so
	 * @return			new reference to its session, NULL if it was no tunnel
	 */
	kupf_session_t *(*down)(nin3a_tunnels_t *this, uint32_t ike_sa,
							uint32_t *up_as, kupf_reason_t *reason);

	/**
	 * Take the attempt out of an entry, to report its refusal.
	 *
	 * @param state		[out] state of the IKE_SA
	 * @return			attempt, now the caller's; NULL if there is none, it was
	 *					taken before, or the IKE_SA is established
	 */
	nin3a_attempt_t *(*take_attempt)(nin3a_tunnels_t *this, uint32_t ike_sa,
									 nin3a_state_t *state);

	/**
	 * Get the session that an IKE_SA is bound to.
	 *
	 * @return			new reference, NULL if it is not VERIFIED or ESTABLISHED
	 */
	kupf_session_t *(*get_session)(nin3a_tunnels_t *this, uint32_t ike_sa);

	/**
	 * Get the SPIs of an IKE_SA.
	 *
	 * @return			FALSE if it is not bound to a session
	 */
	bool (*get_spis)(nin3a_tunnels_t *this, uint32_t ike_sa,
					 tunnel_spis_t *spis);

	/**
	 * Say why a tunnel will go.  The first reason counts.
	 */
	void (*set_reason)(nin3a_tunnels_t *this, uint32_t ike_sa,
					   kupf_reason_t reason);

	/**
	 * An IKE_SA is to be closed for what it does, not for its session: so is
	 * its successor, if it is being rekeyed.  It goes with the reason
	 * KUPF_REASON_REFUSED, unless there is one already.
	 *
	 * @return			FALSE if it is not established, or is being closed
	 */
	bool (*condemn)(nin3a_tunnels_t *this, uint32_t ike_sa);

	/**
	 * Keep the addresses of a tunnel; does nothing if it is none.
	 *
	 * @param local		our address and port
	 * @param remote	address and port of the UE
	 * @param told		[out] what there is to be told, as it has moved, or NULL
	 */
	void (*set_path)(nin3a_tunnels_t *this, uint32_t ike_sa,
					 const kupf_endpoint_t *local,
					 const kupf_endpoint_t *remote, tunnel_told_t *told);

	/**
	 * Keep or forget a CHILD_SA of a tunnel; does nothing if it is none.
	 *
	 * @param child		CHILD_SA, by its SPIs
	 * @param installed	whether it is installed
	 * @param told		[out] what there is to be told, as that is new, or NULL
	 * @return			TRUE if it was the last one; until lose() is called that
	 *					is not said again
	 */
	bool (*set_child)(nin3a_tunnels_t *this, uint32_t ike_sa,
					  const kupf_child_t *child, bool installed,
					  tunnel_told_t *told);

	/**
	 * Describe the tunnels of a session.
	 *
	 * @param session	name of the session
	 * @param tunnels	[out] tunnels
	 * @param max		room for that, number of tunnels
	 * @return			number of tunnels that were described
	 */
	u_int (*describe)(nin3a_tunnels_t *this, const char *session,
					  kupf_tunnel_t *tunnels, u_int max);

	/**
	 * Count what has passed through a tunnel since it was measured last; does
	 * nothing if its IKE_SA is gone or was rekeyed meanwhile.
	 *
	 * @param tunnel	what describe() has given, measured
	 */
	void (*measured)(nin3a_tunnels_t *this, const kupf_tunnel_t *tunnel);

	/**
	 * Hand out an inner address of the session to an IKE_SA.
	 *
	 * @param i			index of the address, below KUPF_UE_ADDRESSES_MAX
	 * @return			FALSE if this IKE_SA has got it before or is not bound
	 */
	bool (*lease)(nin3a_tunnels_t *this, uint32_t ike_sa, u_int i);

	/**
	 * Whether an IKE_SA is a tunnel, or was one: it has had a CHILD_SA.
	 */
	bool (*was_up)(nin3a_tunnels_t *this, uint32_t ike_sa);

	/**
	 * Whether lose() is to be called for an IKE_SA.
	 */
	bool (*is_losing)(nin3a_tunnels_t *this, uint32_t ike_sa);

	/**
	 * An IKE_SA was rekeyed: its entry moves to the successor.
	 *
	 * @param spis		SPIs of the successor
	 * @return			TRUE if it is being closed, and so has the successor
	 */
	bool (*rekey)(nin3a_tunnels_t *this, uint32_t old, uint32_t new,
				  const tunnel_spis_t *spis);

	/**
	 * An IKE_SA is gone.
	 */
	void (*remove)(nin3a_tunnels_t *this, uint32_t ike_sa);

	/**
	 * Count the IKE_SAs that are bound to a session.
	 *
	 * @param session	name of the session
	 * @param up		[out] how many of them are tunnels, or NULL
	 * @return			number of IKE_SAs
	 */
	u_int (*count_bound)(nin3a_tunnels_t *this, const char *session, u_int *up);

	/**
	 * Whether an IKE_SA is bound to a session, as it is or as it was before,
	 * that has an inner address.
	 *
	 * @param session	name of the session
	 * @param dnn		DNN in whose space the address is (kupf_space), or NULL
	 * @param address	address
	 */
	bool (*uses)(nin3a_tunnels_t *this, const char *session, const char *dnn,
				 const kupf_address_t *address);

	/**
	 * Choose IKE_SAs of a session to be closed: those established get a
	 * reason, others are REFUSED.  One that is being closed is passed over.
	 *
	 * @param session	name of the session
	 * @param filter	chooses, NULL for all
	 * @param user		for the filter
	 * @param reason	reason to report
	 * @param ids		array of uint32_t that the IKE_SAs are added to
	 * @return			how many of them are tunnels
	 */
	u_int (*evict)(nin3a_tunnels_t *this, const char *session,
				   nin3a_tunnels_filter_t filter, void *user,
				   kupf_reason_t reason, array_t *ids);

	/**
	 * Choose established IKE_SAs of a session to be closed with the reason
	 * KUPF_REASON_MOVED.  One that is being closed is passed over.
	 *
	 * @param session	name of the session
	 * @param up_as		unique identifier of the only one, as it came up, 0 for all
	 * @param ids		array of uint32_t that the IKE_SAs are added to
	 * @return			how many of them are tunnels
	 */
	u_int (*vacate)(nin3a_tunnels_t *this, const char *session, uint32_t up_as,
					array_t *ids);

	/**
	 * A session was modified: entries whose UE does not have to set up
	 * anything anew are bound to the new one.
	 *
	 * @param session	session as it is in the store now
	 */
	void (*refresh)(nin3a_tunnels_t *this, kupf_session_t *session);

	/**
	 * Count all entries.
	 *
	 * @param up		[out] how many of them are tunnels
	 * @return			number of entries
	 */
	u_int (*get_count)(nin3a_tunnels_t *this, u_int *up);

	/**
	 * Destroy the table and all its entries.
	 */
	void (*destroy)(nin3a_tunnels_t *this);
};

/**
 * Create an empty table.
 */
nin3a_tunnels_t *nin3a_tunnels_create();

#endif /** NIN3A_TUNNELS_H_ @}*/
