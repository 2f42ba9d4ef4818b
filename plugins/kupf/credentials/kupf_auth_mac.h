/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup kupf_auth_mac kupf_auth_mac
 * @{ @ingroup kupf
 *
 * The data of AUTH payloads with a shared key (RFC 7296, 2.15), for IKE_SAs
 * that have one of ours: prf(prf(K_UPF, "Key Pad for IKEv2"), octets).  Whoever
 * has the inner value needs no K_UPF to authenticate with the same PRF, so here
 * it is wiped, and so is the PRF that has it as its key.
 */

#ifndef KUPF_AUTH_MAC_H_
#define KUPF_AUTH_MAC_H_

#include <sa/ikev2/keymat_v2.h>

/**
 * Have AUTH data of an IKE_SA be made here.  Calls without a shared key, as of
 * EAP, are left to charon's own method.  To be called by the thread that has
 * the IKE_SA, any number of times.
 *
 * @param keymat	keys of an IKE_SA, of IKEv2
 */
void kupf_auth_mac_install(keymat_v2_t *keymat);

#endif /** KUPF_AUTH_MAC_H_ @}*/
