/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup tunnel_keyring tunnel_keyring
 * @{ @ingroup tunnel
 *
 * The only credentials of a thread while it handles an IKE_AUTH exchange of
 * ours: the keys of plugin kupf, and the one PPK (RFC 8784) that the request
 * names.  No PSK or certificate from elsewhere can take part in it, for the UE
 * or for us.
 *
 * It begins with the incoming message and ends, in the same thread, with the
 * outgoing one or with the IKE_SA.  Should both be missing, it ends with the
 * thread's next message; until then the thread only lacks credentials, it
 * never has any too many.
 *
 * A thread asks for itself only.
 */

#ifndef TUNNEL_KEYRING_H_
#define TUNNEL_KEYRING_H_

#include <library.h>
#include <credentials/credential_set.h>

typedef struct tunnel_keyring_t tunnel_keyring_t;

struct tunnel_keyring_t {

	/**
	 * Begin.  Ends what may be left of another IKE_SA.
	 *
	 * @param ike_sa	unique identifier of the IKE_SA
	 * @param ppk_id	identity of the PPK that the UE names, NULL if none;
	 *					looked up among all credentials of charon
	 * @return			whether there is such a PPK
	 */
	bool (*begin)(tunnel_keyring_t *this, uint32_t ike_sa,
				  identification_t *ppk_id);

	/**
	 * End, unless it is another IKE_SA that began: charon may destroy one
	 * while it handles another.
	 *
	 * @param ike_sa	unique identifier of the IKE_SA
	 */
	void (*end)(tunnel_keyring_t *this, uint32_t ike_sa);

	/**
	 * End what is left of an earlier exchange.
	 */
	void (*end_any)(tunnel_keyring_t *this);

	/**
	 * Get the IKE_SA whose exchange the thread handles.
	 *
	 * @return			unique identifier, 0 if none
	 */
	uint32_t (*get_current)(tunnel_keyring_t *this);

	/**
	 * Destroy the object; ends it for the calling thread.  No other thread
	 * may be handling messages any more.
	 */
	void (*destroy)(tunnel_keyring_t *this);
};

/**
 * Create the object.
 *
 * @param set		credential set of plugin kupf
 */
tunnel_keyring_t *tunnel_keyring_create(credential_set_t *set);

#endif /** TUNNEL_KEYRING_H_ @}*/
