/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup kupf_psk_service kupf_psk_service
 * @{ @ingroup kupf
 *
 * One service whose keys consumers may have: which sessions have it, the
 * look-up by identity, and what its consumers are told.
 *
 * A session is found only while the store has it as it is: what was removed,
 * replaced, hidden or has expired is unknown from that moment on, whatever the
 * index has.  Unknown identities all take the same work as known ones, which
 * includes the derivation of a key that nobody gets.  If two sessions have the
 * same identity, nobody gets a key for it.
 */

#ifndef KUPF_PSK_SERVICE_H_
#define KUPF_PSK_SERVICE_H_

#include "kupf/keys/kupf_psk.h"
#include "kupf/keys/kupf_secret.h"
#include "kupf/protocol/kupf_publisher.h"
#include "kupf/store/kupf_store.h"

/** Third form besides those of kupf_psk_form_t: the key of the session itself,
 * under the identity that it came with */
#define KUPF_PSK_DIRECT (KUPF_PSK_IMP + 1)

/** Forms: bits by their numbers, all of them */
#define KUPF_PSK_FORMS ((1 << KUPF_PSK_EXT) | (1 << KUPF_PSK_IMP) | \
						(1 << KUPF_PSK_DIRECT))

typedef struct kupf_psk_service_t kupf_psk_service_t;
typedef struct kupf_psk_found_t kupf_psk_found_t;

/**
 * What a look-up has found.
 */
struct kupf_psk_found_t {
	/** session, a reference */
	kupf_session_t *session;
	/** form of the key */
	u_int form;
	/** key, to be wiped */
	uint8_t psk[KUPF_KEY_MAX];
	/** its length */
	size_t len;
	/** form KUPF_PSK_DIRECT, whose identity stays when the key does not: what tells
	 * keys apart, the identity of form "ext" */
	uint8_t check[KUPF_PSK_ID_LEN];
};

/**
 * All methods may be called by any thread.
 */
struct kupf_psk_service_t {

	/**
	 * Get its name.
	 */
	const char *(*get_name)(kupf_psk_service_t *this);

	/**
	 * Look up what has an identity.
	 *
	 * @param id		identity, of any length
	 * @param found		[out] what was found, to be given to
	 *					kupf_psk_found_clear()
	 * @return			FALSE if nothing was
	 */
	bool (*find)(kupf_psk_service_t *this, chunk_t id, kupf_psk_found_t *found);

	/**
	 * Look up the key of a session by its name: the session's own key, or else
	 * the first form of those that the service gives.
	 *
	 * @param name		name of the session
	 * @param id		[in,out] room of KUPF_PSK_IDENTITY_MAX octets, its
	 *					identity then
	 * @param found		[out] what was found, to be given to
	 *					kupf_psk_found_clear()
	 * @return			FALSE if nothing was
	 */
	bool (*find_session)(kupf_psk_service_t *this, const char *name,
						 chunk_t *id, kupf_psk_found_t *found);

	/**
	 * Find out which session has an identity, without its key.
	 *
	 * @param id		identity, of any length
	 * @param found		[out] session, form and check of what was found, to be
	 *					given to kupf_psk_found_clear()
	 * @return			FALSE if nothing was
	 */
	bool (*identify)(kupf_psk_service_t *this, chunk_t id,
					 kupf_psk_found_t *found);

	/**
	 * Whether the keys of a session may be used here, now.
	 */
	bool (*serves)(kupf_psk_service_t *this, kupf_session_t *session);

	/**
	 * Whether another session has the PSK identity of one here; not one of the
	 * same name or ue-id, whose place it takes.
	 *
	 * @param data		contents of a session that is to enter the store
	 */
	bool (*in_use)(kupf_psk_service_t *this, const kupf_session_data_t *data);

	/**
	 * A session is in the store, or to be found there again.
	 */
	void (*established)(kupf_psk_service_t *this, kupf_session_t *session);

	/**
	 * A session has left the store, or is hidden.
	 *
	 * @param reason	why
	 * @return			whether it had a key here, and not another one of its name
	 */
	bool (*closed)(kupf_psk_service_t *this, kupf_session_t *session,
				   kupf_reason_t reason);

	/**
	 * A session was modified.
	 *
	 * @param old		as it was
	 * @param new		as it is
	 * @param grace		seconds that connections of the old key may stay,
	 *					UINT32_MAX for the default
	 * @return			FALSE if it has no key for this service any more
	 */
	bool (*replaced)(kupf_psk_service_t *this, kupf_session_t *old,
					 kupf_session_t *new, uint32_t grace);

	/**
	 * Get what tells its consumers about events.
	 *
	 * @return			internal publisher
	 */
	kupf_publisher_t *(*get_publisher)(kupf_psk_service_t *this);

	/**
	 * Destroy it; its consumers are gone.
	 */
	void (*destroy)(kupf_psk_service_t *this);
};

/**
 * Wipe the key and drop the reference.
 */
void kupf_psk_found_clear(kupf_psk_found_t *found);

/**
 * Create a service without sessions.
 *
 * @param service	kupf_service_t
 * @param name		its name, copied
 * @param forms		forms that its consumers may have, bits
 * @param fc		FC of the derivation
 * @param grace		default grace, seconds
 * @param store		sessions, those that are hidden not to be held
 * @return			service, NULL if the kernel has no randomness
 */
kupf_psk_service_t *kupf_psk_service_create(uint8_t service, const char *name,
											u_int forms, uint16_t fc,
											uint32_t grace,
											kupf_store_t *store);

#endif /** KUPF_PSK_SERVICE_H_ @}*/
