/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup kupf_packet kupf_packet
 * @{ @ingroup kupf
 *
 * The packet layer of strongSwan's VICI protocol, and a check of messages.
 *
 * A packet is a length of 32 bits in network order and so many octets: a type,
 * for most types a name with its length in one octet, for some a message.  The
 * message is encoded and decoded by libvici.
 */

#ifndef KUPF_PACKET_H_
#define KUPF_PACKET_H_

#include <library.h>
#include <vici_message.h>

/** Octets of the length in front of a packet */
#define KUPF_PACKET_HEADER 4

/** Longest packet, octets without the header */
#define KUPF_PACKET_MAX (512 * 1024)

typedef enum kupf_packet_type_t kupf_packet_type_t;

/**
 * Types of packets, as in VICI.
 */
enum kupf_packet_type_t {
	/** from the client: name of a command, message */
	KUPF_CMD_REQUEST = 0,
	/** to the client: message */
	KUPF_CMD_RESPONSE = 1,
	/** to the client: no such command */
	KUPF_CMD_UNKNOWN = 2,
	/** from the client: name of an event */
	KUPF_EVENT_REGISTER = 3,
	/** from the client: name of an event */
	KUPF_EVENT_UNREGISTER = 4,
	/** to the client: done */
	KUPF_EVENT_CONFIRM = 5,
	/** to the client: no such event */
	KUPF_EVENT_UNKNOWN = 6,
	/** to the client: name of the event, message */
	KUPF_EVENT = 7,
};

/**
 * Check the structure of an encoded message: every element complete, every
 * section and list closed, lists holding items only, names printable, nothing
 * behind the end.
 * libvici itself takes an unclosed section for a message, and its version
 * 5.9.8 hands out an item that was cut off.
 *
 * @param message	encoded message
 * @return			TRUE if libvici can be trusted with it
 */
bool kupf_packet_check(chunk_t message);

/**
 * Create a packet with its header.
 *
 * @param type		type
 * @param name		name of an event, NULL if the type has none
 * @param message	message, NULL if the type has none or for an empty one
 * @return			allocated packet, empty if it is too long or memory is
 *					exhausted
 */
chunk_t kupf_packet_packet(kupf_packet_type_t type, const char *name,
							vici_message_t *message);

#endif /** KUPF_PACKET_H_ @}*/
