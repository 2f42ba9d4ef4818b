/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup nin3a_attempt nin3a_attempt
 * @{ @ingroup nin3a
 *
 * One attempt of a UE to authenticate, as it was when its request came in:
 * what is reported if it is refused.  It lives until the IKE_SA is
 * established or the refusal is reported.
 */

#ifndef NIN3A_ATTEMPT_H_
#define NIN3A_ATTEMPT_H_

#include "nin3a_policy.h"
#include "tunnel/tunnel_profile.h"

#include <networking/host.h>
#include <utils/identification.h>

typedef struct nin3a_attempt_t nin3a_attempt_t;

struct nin3a_attempt_t {
	/** identity that the UE claims, NULL if it is not known */
	identification_t *id;
	/** our address and port */
	host_t *local;
	/** address and port of the UE */
	host_t *remote;
	/** first reason against it, NIN3A_ALLOWED while there is none */
	nin3a_reason_t reason;
	/** whether it is about IKE_SA_INIT, which costs a stranger nothing */
	bool early;
	/** what speaks against it, for the log, or empty */
	char detail[TUNNEL_PROFILE_WHY_LEN];
	/** what the request says about authentication */
	tunnel_auth_t auth;
	/** whether we have that PPK */
	bool ppk_held;
	/** whether the connection requires a PPK */
	bool ppk_required;
};

/**
 * Create an attempt.
 *
 * @param id		identity that the UE claims, cloned, or NULL
 * @param local		our address and port, cloned
 * @param remote	address and port of the UE, cloned
 * @param reason	NIN3A_ALLOWED, or why it is refused
 * @return			attempt
 */
nin3a_attempt_t *nin3a_attempt_create(identification_t *id, host_t *local,
									  host_t *remote, nin3a_reason_t reason);

/**
 * Destroy an attempt.
 *
 * @param attempt	attempt, or NULL
 */
void nin3a_attempt_destroy(nin3a_attempt_t *attempt);

#endif /** NIN3A_ATTEMPT_H_ @}*/
