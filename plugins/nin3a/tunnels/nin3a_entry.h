/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup nin3a_entry nin3a_entry
 * @{ @ingroup nin3a
 *
 * An IKE_SA in nin3a_tunnels, and the rules by which it goes from one state to
 * another.
 *
 * To be called under the mutex of nin3a_tunnels; nothing here calls out of it,
 * and nothing but nin3a_entry_destroy() drops a reference to a session.
 */

#ifndef NIN3A_ENTRY_H_
#define NIN3A_ENTRY_H_

#include "nin3a/auth/nin3a_attempt.h"
#include "tunnel/tunnel_spis.h"
#include "tunnel/tunnel_status.h"

#include "kupf/kupf.h"

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
	/** what is shown of it, NULL until it is a tunnel */
	tunnel_status_t *status;
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
 * Whether an entry is bound to a session and not refused.
 *
 * @param entry		entry, or NULL
 */
bool nin3a_entry_is_bound(const nin3a_entry_t *entry);

/**
 * Refuse an entry, unless it is established.  The first reason counts.
 *
 * @param entry		entry, or NULL
 */
void nin3a_entry_refuse(nin3a_entry_t *entry, nin3a_reason_t reason);

/**
 * Say why an entry goes, unless that was said before.
 *
 * @param entry		entry, or NULL
 */
void nin3a_entry_give_reason(nin3a_entry_t *entry, kupf_reason_t reason);

/**
 * Make an entry a tunnel.
 *
 * @return			FALSE if it was one before, is not established, or is being
 *					closed
 */
bool nin3a_entry_up(nin3a_entry_t *entry);

/**
 * A tunnel has lost its last CHILD_SA: it is none until it has another one.
 *
 * @return			FALSE if it is none, or has a CHILD_SA
 */
bool nin3a_entry_lose(nin3a_entry_t *entry);

/**
 * Make a tunnel an entry that goes, and is never a tunnel again; gives the
 * reason KUPF_REASON_SHUTDOWN if there is no other.
 */
void nin3a_entry_down(nin3a_entry_t *entry);

/**
 * The key of a session has verified the UE; to be bound to it then.
 *
 * @param spis		SPIs of the IKE_SA
 * @return			FALSE if it was not GUARDED
 */
bool nin3a_entry_verify(nin3a_entry_t *entry, const tunnel_spis_t *spis);

/**
 * charon has established the IKE_SA.
 *
 * @param serial	how many were established so far, is counted up
 * @return			FALSE if it was not VERIFIED
 */
bool nin3a_entry_establish(nin3a_entry_t *entry, uint32_t *serial);

/**
 * Take the attempt out of an entry, which is refused unless it is established.
 *
 * @param entry		entry, or NULL
 * @param state		[out] state it was in
 * @return			attempt, now the caller's, NULL if there is none
 */
nin3a_attempt_t *nin3a_entry_take_attempt(nin3a_entry_t *entry,
										  nin3a_state_t *state);

/**
 * Get the SPIs of an entry.
 *
 * @param entry		entry, or NULL
 * @return			FALSE if it was never bound to a session
 */
bool nin3a_entry_get_spis(const nin3a_entry_t *entry, tunnel_spis_t *spis);

/**
 * Mark an entry as being closed for what it does, see nin3a_tunnels_t.condemn().
 *
 * @param entry		entry, or NULL
 * @return			FALSE if it is not established, or is being closed
 */
bool nin3a_entry_condemn(nin3a_entry_t *entry);

/**
 * Whether an entry is established and no tunnel.
 */
bool nin3a_entry_is_waiting(const nin3a_entry_t *entry);

/**
 * Hand out an inner address of the session, see nin3a_tunnels_t.lease().
 *
 * @param entry		entry, or NULL
 */
bool nin3a_entry_lease(nin3a_entry_t *entry, u_int i);

/**
 * Keep the addresses of a tunnel, see nin3a_tunnels_t.set_path().
 *
 * @param entry		entry, or NULL
 */
void nin3a_entry_set_path(nin3a_entry_t *entry, const kupf_endpoint_t *local,
						  const kupf_endpoint_t *remote, tunnel_told_t *told);

/**
 * Keep or forget a CHILD_SA of a tunnel, see nin3a_tunnels_t.set_child().
 *
 * @param entry		entry, or NULL
 */
bool nin3a_entry_set_child(nin3a_entry_t *entry, const kupf_child_t *child,
						   bool installed, tunnel_told_t *told);

/**
 * The IKE_SA was rekeyed.
 *
 * @param entry		entry, or NULL
 * @param spis		SPIs of the successor
 * @return			TRUE if it is being closed, and so has the successor
 */
bool nin3a_entry_rekey(nin3a_entry_t *entry, const tunnel_spis_t *spis);

#endif /** NIN3A_ENTRY_H_ @}*/
