/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup kupf_session kupf_session
 * @{ @ingroup kupf
 *
 * One PDU session of a UE: its IKE identity, its K_UPF and its addresses.
 *
 * A session never changes after its creation and is reference counted, so any
 * thread that holds a reference may read it without a lock.  To modify one is
 * to create another and to have the store exchange them.  The last reference
 * wipes the key.
 *
 * There may be millions of them: a session is one block of memory, functions
 * take the place of method pointers, and it has room for the links of the
 * store's indexes.
 */

#ifndef KUPF_SESSION_H_
#define KUPF_SESSION_H_

#include "kupf_session_data.h"
#include "kupf_session_links.h"

/**
 * Create a session; its life starts now.
 *
 * @param data		contents, copied
 * @return			session with one reference, NULL if the key is not acceptable
 *					or memory is exhausted
 */
kupf_session_t *kupf_session_create(const kupf_session_data_t *data);

/**
 * Take a reference.
 *
 * @return			the session
 */
kupf_session_t *kupf_session_ref(kupf_session_t *session);

/**
 * Drop a reference.
 *
 * @param session	session, or NULL
 */
void kupf_session_unref(kupf_session_t *session);

/**
 * Get the contents.
 *
 * @param data		[out] contents; pointers and chunks point into the session
 */
void kupf_session_get_data(const kupf_session_t *session,
						   kupf_session_data_t *data);

/**
 * Get the name.
 *
 * @return			internal string
 */
const char *kupf_session_get_name(const kupf_session_t *session);

/**
 * Get the IKE identity as in the ID payload.
 *
 * @param type		[out] type
 * @return			internal data
 */
chunk_t kupf_session_get_id(const kupf_session_t *session, id_type_t *type);

/**
 * Get the key.  Never to be logged, printed or copied out of kupf_secret.
 *
 * @return			internal data
 */
chunk_t kupf_session_get_key(const kupf_session_t *session);

/**
 * Get the generation: 1, and one more with each modification.
 */
uint32_t kupf_session_get_generation(const kupf_session_t *session);

/**
 * Get the time when it was established, in whatever generation.
 *
 * @return			time_monotonic() seconds
 */
uint32_t kupf_session_get_created(const kupf_session_t *session);

/**
 * Get what all generations of a session have in common, and no two sessions have.
 *
 * @return			a number, not 0
 */
uint32_t kupf_session_get_lineage(const kupf_session_t *session);

/**
 * Get the time when it was modified last, or established.
 *
 * @return			time_monotonic() seconds
 */
uint32_t kupf_session_get_modified(const kupf_session_t *session);

/**
 * Get the services that the key is for.
 *
 * @return			kupf_service_t, ORed
 */
uint8_t kupf_session_get_services(const kupf_session_t *session);

/**
 * Whether it is from the operator's file, not fed over the socket.
 */
bool kupf_session_is_preconfigured(const kupf_session_t *session);

/**
 * Get a member.
 *
 * @return			its octets as of kupf_members_get(), internal data
 */
chunk_t kupf_session_get_member(const kupf_session_t *session,
								kupf_member_t member);

/**
 * Get the UPF address that the UE must use.
 *
 * @return			internal address, AF_UNSPEC if any will do
 */
const kupf_address_t *kupf_session_get_upf_address(
											const kupf_session_t *session);

/**
 * Get the inner addresses of the UE.
 *
 * @param count		[out] their number
 * @return			internal array
 */
const kupf_address_t *kupf_session_get_ue_addresses(
							const kupf_session_t *session, u_int *count);

/**
 * Get the name servers that the UE is told.
 *
 * @param count		[out] their number
 * @return			internal array
 */
const kupf_address_t *kupf_session_get_dns(const kupf_session_t *session,
										   u_int *count);

/**
 * Get the P-CSCFs that the UE is told.
 *
 * @param count		[out] their number
 * @return			internal array
 */
const kupf_address_t *kupf_session_get_p_cscf(const kupf_session_t *session,
											  u_int *count);

/**
 * Get the DNN.
 *
 * @return			internal string, NULL if not known
 */
const char *kupf_session_get_dnn(const kupf_session_t *session);

/**
 * Get the identity that the key itself has in TLS.
 *
 * @return			internal data, empty if keys are derived from it
 */
chunk_t kupf_session_get_psk_identity(const kupf_session_t *session);

/**
 * Get the time of expiry.
 *
 * @return			time_monotonic() seconds, 0 if it never expires
 */
uint32_t kupf_session_get_expiry(const kupf_session_t *session);

/**
 * Get the time from which on the life of a session counts as about to end.
 *
 * @param margin	seconds before its end; half of its life if that is less
 * @return			time_monotonic() seconds, 0 if it never expires
 */
uint32_t kupf_session_get_ending(const kupf_session_t *session,
								 uint32_t margin);

/**
 * Whether the life of a session is over.  The expired session stays in the
 * store until the store's expire() comes by; its key must not be used.
 *
 * @param now		time_monotonic(), seconds
 */
bool kupf_session_expired(const kupf_session_t *session, time_t now);

/**
 * Whether a session is in a store; see the store's holds().
 */
bool kupf_session_is_stored(const kupf_session_t *session);

/**
 * Say whether a session is in a store; for that store only.
 */
void kupf_session_set_stored(kupf_session_t *session, bool stored);

/**
 * Get the links of the store.
 */
kupf_session_links_t *kupf_session_links(kupf_session_t *session);

#endif /** KUPF_SESSION_H_ @}*/
