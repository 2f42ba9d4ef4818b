/* SPDX-License-Identifier: MIT */

/**
 * @defgroup n4 n4
 *
 * @defgroup n4_message n4_message
 * @{ @ingroup n4
 *
 * Messages of PFCP (3GPP TS 29.244): cut out of a datagram, read, and written
 * again with some of their information elements (IEs) changed.
 *
 * Nothing is copied to be read, and what is not to be changed is written octet
 * by octet as it was, known or not.  Nothing here allocates or has a state.
 */

#ifndef N4_MESSAGE_H_
#define N4_MESSAGE_H_

#include "wire/wire.h"

/** Port of PFCP, clause 4.4 */
#define N4_PORT 8805

/** Longest message: its length field counts all but the first four octets */
#define N4_MESSAGE_MAX (4 + 0xffff)

typedef enum n4_type_t n4_type_t;
typedef enum n4_ie_type_t n4_ie_type_t;
typedef struct n4_message_t n4_message_t;
typedef struct n4_ie_t n4_ie_t;
typedef struct n4_out_t n4_out_t;

/**
 * Types of messages, table 7.3-1.  A response has the number after that of its
 * request.  From 50 on they are about sessions.
 */
enum n4_type_t {
	N4_HEARTBEAT = 1,
	N4_ASSOCIATION_SETUP = 5,
	N4_ASSOCIATION_RELEASE = 9,
	/** answers any request */
	N4_VERSION_NOT_SUPPORTED = 11,
	N4_SET_DELETION = 14,
	N4_ESTABLISHMENT = 50,
	N4_MODIFICATION = 52,
	N4_DELETION = 54,
	N4_REPORT = 56,
};

/**
 * Types of IEs, table 8.1.2-1.
 */
enum n4_ie_type_t {
	N4_IE_CREATE_PDR = 1,
	N4_IE_PDI = 2,
	N4_IE_CREATED_PDR = 8,
	N4_IE_CAUSE = 19,
	N4_IE_F_SEID = 57,
	N4_IE_NODE_ID = 60,
	N4_IE_UE_IP_ADDRESS = 93,
	N4_IE_RECOVERY_TIME_STAMP = 96,
	N4_IE_USER_ID = 141,
	N4_IE_APN_DNN = 159,
	N4_IE_SESSION_RETENTION = 183,
	N4_IE_S_NSSAI = 257,
	/** from here on they are of vendors: an enterprise number comes first */
	N4_IE_VENDOR = 32768,
};

/** Value of IE Cause: request accepted */
#define N4_CAUSE_ACCEPTED 1

/**
 * A message.
 */
struct n4_message_t {
	/** all of it, header included */
	wire_octets_t octets;
	/** its IEs */
	wire_octets_t ies;
	/** type, perhaps none of n4_type_t */
	uint8_t type;
	/** its header has a SEID */
	bool has_seid;
	/** the SEID, that of the receiver */
	uint64_t seid;
	/** sequence number, 24 bits */
	uint32_t sequence;
};

/**
 * An IE.
 */
struct n4_ie_t {
	/** type */
	uint16_t type;
	/** value */
	wire_octets_t value;
	/** all of it, type and length included */
	wire_octets_t octets;
};

/**
 * Where a message is written to.
 */
struct n4_out_t {
	/** memory of the caller */
	uint8_t *buf;
	/** octets that it has room for */
	size_t room;
	/** octets written */
	size_t len;
	/** there was no room */
	bool failed;
};

/**
 * Called with each IE of a message that is written.
 *
 * @param user		of whoever writes
 * @param ie		IE
 * @param out		where to write what is to stand in its place
 * @return			TRUE if that was done, FALSE if the IE is to stay
 */
typedef bool (*n4_edit_t)(void *user, const n4_ie_t *ie, n4_out_t *out);

/**
 * Read a number, most significant octet first.
 *
 * @param from		octets
 * @param len		how many, up to 8
 */
uint64_t n4_number(const uint8_t *from, size_t len);

/**
 * Cut the next message off a datagram, which has several if they say so (flag
 * FO, clause 5.23).
 *
 * @param datagram	[in,out] what is left of it; empty after the last message
 *					and if it is malformed
 * @param message	[out] message, points into the datagram
 * @return			FALSE if there is none: another version of PFCP, cut off,
 *					or with octets behind that do not belong to it
 */
bool n4_message_cut(wire_octets_t *datagram, n4_message_t *message);

/**
 * Whether a message is a request.
 */
bool n4_message_is_request(const n4_message_t *self);

/**
 * Read the next IE.
 *
 * @param ies		[in,out] what is left of the IEs
 * @param ie		[out] IE
 * @return			FALSE if there is none, or it is cut off
 */
bool n4_ie_next(wire_octets_t *ies, n4_ie_t *ie);

/**
 * Find the first IE of a type, not within others.
 *
 * @param ies		IEs, of a message or of a grouped IE
 * @param type		type
 * @param min		octets that its value has to have at least
 * @param value		[out] value
 * @return			FALSE if there is none, or it is shorter
 */
bool n4_ie_find(wire_octets_t ies, uint16_t type, size_t min,
				wire_octets_t *value);

/**
 * Add octets.
 */
void n4_out_add(n4_out_t *self, wire_octets_t octets);

/**
 * Add a number, most significant octet first.
 */
void n4_out_number(n4_out_t *self, uint64_t number, size_t len);

/**
 * Write a message with changes, as the only one of its datagram.  From the
 * first IE on that is cut off, what there is stays as it is.
 *
 * @param self		message
 * @param edit		called with each IE, NULL if they stay
 * @param user		for edit
 * @param more		IEs to be added at the end
 * @param out		[out] where to write to; empty
 * @return			FALSE if there was no room, or it got too long
 */
bool n4_message_write(const n4_message_t *self, n4_edit_t edit, void *user,
					  wire_octets_t more, n4_out_t *out);

#endif /** N4_MESSAGE_H_ @}*/
