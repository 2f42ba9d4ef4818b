/* SPDX-License-Identifier: MIT */

/**
 * @defgroup n4_content n4_content
 * @{ @ingroup n4
 *
 * What is known about a session, its key included: what the SMF's vendor IE
 * says, and what other IEs say of the UE.
 * Contents are in n4_pages.
 */

#ifndef N4_CONTENT_H_
#define N4_CONTENT_H_

#include "n4_message.h"

/** Octets of K_UPF and K_AMF */
#define N4_KEY_SIZE 32

/** Octets that RAND has at least and at most */
#define N4_RAND_MIN 16
#define N4_RAND_MAX 64

/** Most octets of a key identifier */
#define N4_ID_MAX 64

/** Most inner addresses of a UE, and the longest, as text */
#define N4_UE_ADDRESSES 4
#define N4_ADDRESS_TEXT 52

/** Longest DNN, and longest S-NSSAI as text */
#define N4_DNN_MAX 100
#define N4_SNSSAI_MAX 12

/** Room for a subscriber as text */
#define N4_SUPI_SIZE 64

typedef struct n4_content_t n4_content_t;

/**
 * What is known about a session.  All zero is nothing.
 */
struct n4_content_t {
	/** K_UPF, or K_AMF if it is to be derived from */
	uint8_t key[N4_KEY_SIZE];
	/** there is a key */
	bool has_key;
	/** it is K_AMF */
	bool derives;
	/** RAND, and how many octets; 0 for none */
	uint8_t rand[N4_RAND_MAX], rand_len;
	/** key identifier, and how many octets; 0 for none */
	uint8_t id[N4_ID_MAX], id_len;
	/** seconds that the session lives, 0 for no end */
	uint32_t lifetime;
	/** when that was said, ms of a clock that does not jump */
	uint64_t since;
	/** it was said with this key, not with one before */
	bool lifetime_is_new;
	/** seconds that tunnels with the old key have, at a new one */
	uint32_t grace;
	/** PDU session ID, 0 for none */
	uint8_t pdu_session_id;
	/** inner addresses and prefixes, as text; empty ones at the end */
	char ue_addresses[N4_UE_ADDRESSES][N4_ADDRESS_TEXT];
	/** data network name, or empty */
	char dnn[N4_DNN_MAX + 1];
	/** slice, or empty */
	char snssai[N4_SNSSAI_MAX];
	/** subscriber, or empty */
	char supi[N4_SUPI_SIZE];
	/** the key is not the SMF's, and it was not told that kupf has it */
	bool untold;
	/** UPF's address that kupf has told, or empty */
	char upf_address[N4_ADDRESS_TEXT];
};

/**
 * Take over what a request for a new key says: the key with all that belongs to
 * it, and of the rest what is there.
 *
 * @param self		contents, as they were
 * @param with		what the request says
 */
void n4_content_renew(n4_content_t *self, const n4_content_t *with);

/**
 * Whether both have the same key: of a request that comes again when it was
 * forgotten that it had come before.
 */
bool n4_content_has_key_of(const n4_content_t *self,
						   const n4_content_t *other);

/**
 * Read what the IEs of a Session Establishment Request, or of the response to
 * it, say of the UE: addresses (UE IP Address in the PDI of Create PDR, or in
 * Created PDR if the UPF has chosen), subscriber, DNN and S-NSSAI.  What is there
 * stays.
 *
 * @param self		contents
 * @param message	message
 */
void n4_content_learn(n4_content_t *self, const n4_message_t *message);

#endif /** N4_CONTENT_H_ @}*/
