/* SPDX-License-Identifier: MIT */

/**
 * @defgroup n4_vendor n4_vendor
 * @{ @ingroup n4
 *
 * Our vendor-specific IEs (TS 29.244 clause 8.1.1): the one with a key, of the
 * SMF's requests, and the one with the answer, of the responses to them.  N4.md
 * has their layout.  Enterprise number and types are settings.
 */

#ifndef N4_VENDOR_H_
#define N4_VENDOR_H_

#include "n4_content.h"

/** Enterprise number unless set: for documentation, RFC 5612 */
#define N4_ENTERPRISE 32473

/** Types of the IEs unless set */
#define N4_KEY_TYPE 32769
#define N4_ANSWER_TYPE 32770

/** Longest IE with an answer */
#define N4_ANSWER_MAX 192

typedef enum n4_cause_t n4_cause_t;
typedef struct n4_vendor_t n4_vendor_t;
typedef struct n4_answer_t n4_answer_t;
typedef struct n4_wrapped_t n4_wrapped_t;

/**
 * What has become of a key.
 */
enum n4_cause_t {
	/** charon has it */
	N4_KEY_ACCEPTED = 1,
	/** not known in time: charon gets it as soon as it can be reached */
	N4_KEY_PENDING = 2,
	/** kupf has refused it; the word says why */
	N4_KEY_REFUSED = 64,
	/** the IE cannot be read */
	N4_KEY_MALFORMED = 65,
	/** there is no memory */
	N4_KEY_NO_ROOM = 66,
	/** it is not wrapped, which it has to be */
	N4_KEY_IN_CLEAR = 67,
	/** it cannot be unwrapped: another key, changed, or sent before */
	N4_KEY_LOCKED = 68,
};

/**
 * Which IEs are ours.
 */
struct n4_vendor_t {
	/** enterprise number */
	uint16_t enterprise;
	/** type of the IE with a key */
	uint16_t key_type;
	/** type of the IE with the answer */
	uint16_t answer_type;
};

/**
 * A key that is wrapped, as it is in an IE.
 */
struct n4_wrapped_t {
	/** it, N4_WRAP_SIZE octets; none if the key is not wrapped */
	wire_octets_t octets;
	/** what the IE has before it: it counts as additional data */
	wire_octets_t before;
};

/**
 * What an answer says.
 */
struct n4_answer_t {
	/** cause */
	n4_cause_t cause;
	/** cause of kupf's, a word; empty for none */
	wire_octets_t word;
	/** UPF's address as text; empty for none */
	wire_octets_t upf_address;
	/** identity of the UE, of which "@#" and hexadecimal digits are told; empty
	 * for none */
	wire_octets_t ue_id;
	/** when the session ends, seconds since 1970; 0 for never */
	uint64_t expires;
};

/**
 * Whether an IE is ours.
 *
 * @param self		which are
 * @param ie		IE
 * @param type		key_type or answer_type
 */
bool n4_vendor_is(const n4_vendor_t *self, const n4_ie_t *ie, uint16_t type);

/**
 * Read an IE with a key.
 *
 * @param ie		IE that is ours
 * @param content	[out] contents; as far as it was read if it is malformed.
 *					They have a key even if it still has to be unwrapped.
 * @param wrapped	[out] key that is to be unwrapped, points into the IE
 * @return			FALSE if it is malformed: without the key, with both or
 *					with a part twice, of another length, cut off, or not known,
 *					or with a part after a wrapped key
 */
bool n4_vendor_read(const n4_ie_t *ie, n4_content_t *content,
					n4_wrapped_t *wrapped);

/**
 * Read the octets of an identity of type ID_KEY_ID, "@#" and hexadecimal digits
 * or "keyid:" and text.
 *
 * @param text		identity
 * @param id		[out] octets, N4_ID_MAX
 * @return			how many, 0 if it is another identity
 */
size_t n4_vendor_read_id(wire_octets_t text, uint8_t *id);

/**
 * Write an IE with an answer.
 *
 * @param self		which type it has
 * @param answer	answer
 * @param out		where to write to, has room for N4_ANSWER_MAX octets
 */
void n4_vendor_write(const n4_vendor_t *self, const n4_answer_t *answer,
					 n4_out_t *out);

#endif /** N4_VENDOR_H_ @}*/
