/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup fuzz_ike_sa fuzz_ike_sa
 * @{ @ingroup fuzz
 *
 * An IKE_SA as far as our plugins ask it, and a message that it receives, both
 * made of an input: its first octets say what they are, the rest is the chain
 * of payloads.  Nothing is encrypted, so that the fuzzer can change what is in
 * it; what is said to be has an SK payload all the same.
 */

#ifndef FUZZ_IKE_SA_H_
#define FUZZ_IKE_SA_H_

#include <daemon.h>

/** Octets in front of the chain: state (low half), number of CHILD_SAs; bits
 * below; type of the exchange; type of the first payload */
#define FUZZ_IKE_HEADER 4

/** Bits of the second octet: who has initiated the IKE_SA, and the first one */
#define FUZZ_IKE_INITIATOR 0x01
#define FUZZ_IKE_ORIGINAL 0x02
/** what the message is */
#define FUZZ_IKE_REQUEST 0x04
#define FUZZ_IKE_ENCRYPTED 0x08
/** what else may come of it */
#define FUZZ_IKE_REFUSED 0x10
/** task that waits for an answer, in the bits from here on */
#define FUZZ_IKE_TASK 5

/**
 * Set up the IKE_SA, there is one only.
 *
 * @param data		input, at least FUZZ_IKE_HEADER octets
 */
ike_sa_t *fuzz_ike_sa(const uint8_t *data);

/**
 * Create the message, as charon's receiver does: its header is parsed.
 *
 * @param data		input, at least FUZZ_IKE_HEADER octets
 * @param size		its length
 * @return			message, NULL if there is none
 */
message_t *fuzz_ike_message(const uint8_t *data, size_t size);

/**
 * Parse what is in the message.
 *
 * @return			FALSE if charon cannot read it
 */
bool fuzz_ike_parse(message_t *message);

/**
 * Count the payloads of a type.
 *
 * @param type		type, PL_NONE for all payloads
 */
u_int fuzz_ike_payloads(message_t *message, payload_type_t type);

/**
 * Whether a message has a notify of a range of types.
 */
bool fuzz_ike_notifies(message_t *message, u_int first, u_int last);

#endif /** FUZZ_IKE_SA_H_ @}*/
