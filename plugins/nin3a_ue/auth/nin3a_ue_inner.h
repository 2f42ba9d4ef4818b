/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup nin3a_ue_inner nin3a_ue_inner
 * @{ @ingroup nin3a_ue
 *
 * The inner addresses that a UPF assigns: which can be one at all, and how those
 * that must not be taken are kept from charon, which takes any.
 *
 * All but nin3a_ue_inner_judge() are pure functions.
 */

#ifndef NIN3A_UE_INNER_H_
#define NIN3A_UE_INNER_H_

#include "kupf/store/kupf_address.h"

#include "nin3a_ue/tunnels/nin3a_ue_legs.h"

#include <daemon.h>

/** Attributes of a response that are no inner addresses, at most */
#define NIN3A_UE_OTHERS_MAX 8

/**
 * Asked about each address.
 *
 * @return			FALSE if it must not be taken
 */
typedef bool (*nin3a_ue_inner_cb_t)(void *user, const kupf_address_t *address);

/**
 * Whether an address can be that of a UE: one host's, which is not this one
 * (loopback), not on one link only, and of a range that is in use.
 */
bool nin3a_ue_inner_is_host(const kupf_address_t *address);

/**
 * Take the addresses that must not be taken out of a response: its
 * configuration payloads (RFC 7296, 3.15) lose these attributes, malformed and
 * empty ones among them.  Of all others they keep NIN3A_UE_OTHERS_MAX: charon's
 * other plugins make something of each.
 *
 * @param response	IKE_AUTH response, parsed
 * @param dns		whether name servers and domains may stay, which would be
 *					those of the whole host
 * @param allows	asked about each address, in their order
 * @param user		passed to it
 * @param kept		[out] addresses that are left
 * @param refused	[out] other attributes that were taken out
 * @return			how many addresses were taken out
 */
u_int nin3a_ue_inner_filter(message_t *response, bool dns,
							nin3a_ue_inner_cb_t allows, void *user,
							u_int *kept, u_int *refused);

/**
 * Keep inner addresses from charon that must not be taken: those that were not
 * asked for, that are somebody else's (nin3a_ue_legs_t.assign()), or our own.
 * Called in a hook of charon, by the thread that has the IKE_SA checked out.
 *
 * @param legs		legs
 * @param ike_sa	IKE_SA of ours
 * @param response	its IKE_AUTH response, parsed
 * @param dns		whether name servers and domains may stay
 * @return			FALSE if the UPF has assigned no others
 */
bool nin3a_ue_inner_judge(nin3a_ue_legs_t *legs, ike_sa_t *ike_sa,
						  message_t *response, bool dns);

#endif /** NIN3A_UE_INNER_H_ @}*/
