/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup tunnel tunnel
 * @ingroup plugins
 *
 * @defgroup tunnel_auth tunnel_auth
 * @{ @ingroup tunnel
 *
 * How both ends authenticate, and what a message says about it.  The policies
 * of both plugins judge it, without charon.
 */

#ifndef TUNNEL_AUTH_H_
#define TUNNEL_AUTH_H_

#include <library.h>

/** The method of both AUTH payloads: Shared Key Message Integrity Code
 * (RFC 7296, 3.8) */
#define TUNNEL_AUTH_METHOD 2

typedef struct tunnel_auth_t tunnel_auth_t;

/**
 * What an IKE_AUTH message says about the authentication of its sender.
 */
struct tunnel_auth_t {
	/** it has an AUTH payload */
	bool payload;
	/** method of the AUTH payload, as on the wire */
	u_int method;
	/** it has an EAP payload */
	bool eap_payload;
	/** it has an ANOTHER_AUTH_FOLLOWS notify (RFC 4739) */
	bool another_follows;
	/** it has a NO_PPK_AUTH notify (RFC 8784) */
	bool no_ppk_auth;
	/** it has a PPK_IDENTITY notify (RFC 8784) */
	bool ppk_named;
};

#endif /** TUNNEL_AUTH_H_ @}*/
