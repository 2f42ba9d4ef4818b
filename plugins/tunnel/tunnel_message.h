/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup tunnel_message tunnel_message
 * @{ @ingroup tunnel
 *
 * Reads and changes messages that charon has decrypted and parsed, but not
 * looked at.
 *
 * charon lets the peer's payload pick how it is verified: a signature is
 * checked, or EAP begun, before any configuration has a say, and a connection
 * whose configuration does not fit is left for the next one that does
 * (process_r() and update_cfg_candidates() in its ike_auth.c).  So a request
 * that is refused is changed into one that can only end in the ordinary way of
 * a wrong key, AUTHENTICATION_FAILED.
 */

#ifndef TUNNEL_MESSAGE_H_
#define TUNNEL_MESSAGE_H_

#include "tunnel_auth.h"

#include <daemon.h>

/**
 * Find the connection that charon will choose for an IKE_AUTH request.
 *
 * @param ike_sa	IKE_SA, as responder
 * @param request	its IKE_AUTH request
 * @return			new reference, NULL if there is none
 */
peer_cfg_t *tunnel_message_select(ike_sa_t *ike_sa, message_t *request);

/**
 * Get the identity that the UE claims (IDi).
 *
 * @return			new identity, NULL if there is none
 */
identification_t *tunnel_message_get_id(message_t *request);

/**
 * Get the identity that the UE wants of us (IDr).
 *
 * @return			new identity, NULL if there is none
 */
identification_t *tunnel_message_get_wanted(message_t *request);

/**
 * Get the identity of the PPK that the UE names (PPK_IDENTITY, RFC 8784).
 *
 * @return			new identity, NULL if there is none that charon knows
 */
identification_t *tunnel_message_get_ppk_id(message_t *request);

/**
 * Read what an IKE_AUTH message says about the authentication of its sender.
 *
 * @param auth		[out] what it says
 */
void tunnel_message_get_auth(message_t *message, tunnel_auth_t *auth);

/**
 * Change an IKE_AUTH request that is refused: it gets an AUTH payload of
 * method 2 that no key can verify, and loses all that could start anything
 * else: EAP and CERT payloads, ANOTHER_AUTH_FOLLOWS and NO_PPK_AUTH notifies.
 */
void tunnel_message_refuse(message_t *request);

/**
 * Change an IKE_AUTH message that is allowed: it loses NO_PPK_AUTH notifies,
 * which charon would take in place of the AUTH payload if it lacks the PPK, and
 * CERT payloads, which name what charon may fetch.
 */
void tunnel_message_allow(message_t *request);

/**
 * Change an IKE_AUTH response that says that the UE failed: it loses our AUTH
 * payload, which charon may have put into it before.
 */
void tunnel_message_strip(message_t *response);

/**
 * Change a message so that charon cannot send it and gives the IKE_SA up.
 */
void tunnel_message_withhold(message_t *response);

/**
 * Add an AUTH_LIFETIME notify (RFC 4478), unless there is one.
 *
 * @param lifetime	seconds
 */
void tunnel_message_add_lifetime(message_t *response, uint32_t lifetime);

/**
 * Get the AUTH_LIFETIME notify (RFC 4478) of a message.
 *
 * @param lifetime	[out] seconds
 * @return			FALSE if there is none
 */
bool tunnel_message_get_lifetime(message_t *message, uint32_t *lifetime);

/**
 * Remove AUTH_LIFETIME notifies, so that charon does not act on them.
 */
void tunnel_message_remove_lifetime(message_t *message);

/**
 * Whether an IKE_AUTH response is an error, after which charon gives up.
 */
bool tunnel_message_is_error(message_t *response);

/**
 * Whether an INFORMATIONAL request closes its IKE_SA.
 */
bool tunnel_message_closes(message_t *request);

#endif /** TUNNEL_MESSAGE_H_ @}*/
