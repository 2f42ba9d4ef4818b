/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup kupf_cred kupf_cred
 * @{ @ingroup kupf
 *
 * Gives charon the K_UPF of the peer, and remembers which one it was.
 *
 * charon's PSK authenticator tries every key that it gets and ignores how well
 * the owner matches, and it looks the key up twice: to verify the peer's AUTH
 * payload and to build ours (process() and build() in its
 * psk_authenticator.c).  Therefore:
 *
 * - a key is yielded for exactly the peer's identity, type and bytes; never
 *   for a wildcard or none, never for another type of secret;
 * - for one that is not there the verifier, and nobody else, may have to wait
 *   until its session was fetched (kupf_fetch);
 * - for any other identity the verifier, and nobody else, gets a random key of
 *   this process, so that an unknown identity takes as long as a wrong key; it
 *   is never pinned, so whoever guesses it is refused all the same;
 * - it is yielded only if the enforcer covers the IKE_SA;
 * - an IKE_SA that we have initiated gets the key of the session that the
 *   enforcer has initiated it for, the very same object to authenticate us and
 *   the peer, whatever the peer's identity and whatever the store has;
 * - the session whose key verified the peer is pinned to the IKE_SA, and its
 *   key answers for us, whatever happens to the store in between.
 *
 * Enumerators hold a reference to the session and no lock, as the credential
 * manager keeps its own lock while one lives.
 */

#ifndef KUPF_CRED_H_
#define KUPF_CRED_H_

#include "kupf/kupf.h"
#include "kupf_fetch.h"

#include <bus/listeners/listener.h>

typedef struct kupf_cred_t kupf_cred_t;

struct kupf_cred_t {

	/**
	 * Implements the credential set.
	 */
	credential_set_t set;

	/**
	 * Drops the pins of IKE_SAs that are gone, and lets go who waits for a key
	 * when charon is told to end; to be added to charon's bus.
	 */
	listener_t *listener;

	/**
	 * Get the session whose key has verified the peer, see kupf_t.
	 *
	 * @param ike_sa	unique identifier of the IKE_SA
	 * @return			new reference, NULL if there is none
	 */
	kupf_session_t *(*get_verifying_session)(kupf_cred_t *this, uint32_t ike_sa);

	/**
	 * Get the number of pins.
	 */
	u_int (*get_pins)(kupf_cred_t *this);

	/**
	 * Destroy the set.
	 */
	void (*destroy)(kupf_cred_t *this);
};

/**
 * Create the credential set.
 *
 * @param store		sessions
 * @param fetch		gets sessions that are not there, NULL for nobody
 * @param enforcer	decides which IKE_SAs may have keys
 * @return			credential set
 */
kupf_cred_t *kupf_cred_create(kupf_store_t *store, kupf_fetch_t *fetch,
							  kupf_enforcer_t *enforcer);

#endif /** KUPF_CRED_H_ @}*/
