/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup tunnel_profile tunnel_profile
 * @{ @ingroup tunnel
 *
 * How an IKE_SA and its CHILD_SAs must be protected, whatever swanctl.conf
 * allows and charon has negotiated.
 *
 * The profile "ts33210" is that of TS 33.210, which TS 33.501 (9.1.2) applies
 * to IPsec in 5G.  Its own lists could not be read when this was written.  So
 * the table in tunnel_profile.c has what RFC 8247 (IKEv2) and RFC 8221 (ESP)
 * say MUST or SHOULD be there for general use, along with stronger relatives
 * of the same families, and for each row where it is from.  What these RFCs
 * call MAY, SHOULD NOT or MUST NOT is not in it, nor is AES with 192 bits.
 *
 * Extended sequence numbers may be on or off; additional key exchanges
 * (RFC 9370) only ever add to the first one and are not looked at.
 *
 * Pure functions.
 */

#ifndef TUNNEL_PROFILE_H_
#define TUNNEL_PROFILE_H_

#include <library.h>
#include <crypto/proposal/proposal.h>
#include <ipsec/ipsec_types.h>
#include <sa/child_sa.h>

/** Room for what speaks against a proposal, octets */
#define TUNNEL_PROFILE_WHY_LEN 80

typedef enum tunnel_profile_t tunnel_profile_t;
typedef enum tunnel_mode_t tunnel_mode_t;

/**
 * Profiles.
 */
enum tunnel_profile_t {
	/** TS 33.210, see above; what is never set is this one */
	TUNNEL_PROFILE_TS33210,
	/** all that swanctl.conf allows */
	TUNNEL_PROFILE_NONE,
	/** number of profiles */
	TUNNEL_PROFILE_MAX,
};

/** Names for tunnel_profile_t in the settings */
extern enum_name_t *tunnel_profile_names;

/**
 * Modes of CHILD_SAs that may be configured.
 */
enum tunnel_mode_t {
	/** tunnel mode only, the mandatory one (TS 33.501, 9.1.2) */
	TUNNEL_MODE_TUNNEL,
	/** tunnel mode or transport mode, the optional one */
	TUNNEL_MODE_TRANSPORT,
	/** number of modes */
	TUNNEL_MODE_MAX,
};

/** Names for tunnel_mode_t in the settings */
extern enum_name_t *tunnel_mode_names;

/**
 * Check a negotiated proposal, of IKE or of ESP.
 *
 * @param proposal	proposal; NULL is not allowed
 * @param why		[out] transform that speaks against it
 * @param len		room for that, TUNNEL_PROFILE_WHY_LEN is enough
 * @return			whether the profile allows it
 */
bool tunnel_profile_allows(tunnel_profile_t profile, proposal_t *proposal,
						  char *why, size_t len);

/**
 * Check the other properties of a CHILD_SA.
 *
 * @param mode		modes that are allowed
 * @param used		mode that is configured; charon falls back to tunnel mode
 *					from others, never the other way
 * @param window	size of the anti-replay window, packets
 * @param why		[out] what speaks against it
 * @param len		room for that
 * @return			whether the profile allows it
 */
bool tunnel_profile_allows_child(tunnel_profile_t profile, tunnel_mode_t mode,
								ipsec_mode_t used, uint32_t window,
								char *why, size_t len);

/**
 * Check a CHILD_SA that is being negotiated: its proposal and its configuration.
 *
 * @param mode		modes that are allowed
 * @param child_sa	CHILD_SA
 * @param why		[out] what speaks against it
 * @param len		room for that
 * @return			whether the profile allows it
 */
bool tunnel_profile_allows_child_sa(tunnel_profile_t profile,
									tunnel_mode_t mode, child_sa_t *child_sa,
									char *why, size_t len);

#endif /** TUNNEL_PROFILE_H_ @}*/
