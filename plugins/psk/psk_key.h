/* SPDX-License-Identifier: MIT */

/**
 * @defgroup psk_key psk_key
 * @{ @ingroup psk
 *
 * Reads the key that the daemon replies with.
 */

#ifndef PSK_KEY_H_
#define PSK_KEY_H_

#include "kupf_psk_types.h"

#include "client/kupf_client.h"

/**
 * Read a key from a reply.
 *
 * @param reply		reply, whose status is good
 * @param key		[out] key, whose identity may be set already; to be wiped by
 *					the caller, also on failure
 * @return			FALSE if something is missing or too long, or it is for
 *					another hash function than SHA-256
 */
bool psk_key_read(const kupf_client_reply_t *reply,
				  kupf_psk_client_key_t *key);

#endif /** PSK_KEY_H_ @}*/
