/* SPDX-License-Identifier: MIT */

/**
 * @defgroup wire_packet wire_packet
 * @{ @ingroup wire
 *
 * Packets: a length of 32 bits, most significant octet first, and so many
 * octets, which are a type, for some types a name with its length in one
 * octet, for some a message.
 *
 * A receiver cuts packets off the octets that have come in with
 * wire_packet_cut() and looks into them with wire_packet_parse().  A sender
 * writes wire_packet_begin(), the elements of the message, wire_packet_end().
 */

#ifndef WIRE_PACKET_H_
#define WIRE_PACKET_H_

#include "wire.h"
#include "wire_writer.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Octets of the length in front of a packet */
#define WIRE_PACKET_HEADER 4

/** Longest packet, octets without the length */
#define WIRE_PACKET_MAX (512 * 1024)

typedef struct wire_packet_t wire_packet_t;

/**
 * Types of packets.
 */
enum wire_packet_type_t {
	/** from the client: name of a command, message */
	WIRE_CMD_REQUEST = 0,
	/** to the client: message */
	WIRE_CMD_RESPONSE = 1,
	/** to the client: no such command */
	WIRE_CMD_UNKNOWN = 2,
	/** from the client: name of an event */
	WIRE_EVENT_REGISTER = 3,
	/** from the client: name of an event */
	WIRE_EVENT_UNREGISTER = 4,
	/** to the client: done */
	WIRE_EVENT_CONFIRM = 5,
	/** to the client: no such event */
	WIRE_EVENT_UNKNOWN = 6,
	/** to the client: name of the event, message */
	WIRE_EVENT = 7,
};

typedef enum wire_packet_type_t wire_packet_type_t;

/**
 * What octets that have come in begin with.
 */
enum wire_packet_status_t {
	/** a packet */
	WIRE_PACKET_WHOLE,
	/** less than a packet */
	WIRE_PACKET_PART,
	/** a packet of no octets */
	WIRE_PACKET_MALFORMED,
	/** a packet that is longer than any may be */
	WIRE_PACKET_OVERLONG,
};

typedef enum wire_packet_status_t wire_packet_status_t;

/**
 * A packet.
 */
struct wire_packet_t {
	/** type */
	wire_packet_type_t type;
	/** name, empty if the type has none */
	wire_octets_t name;
	/** message, not checked yet; empty if the type has none */
	wire_octets_t message;
};

/**
 * Find the first packet of octets that have come in.
 *
 * @param stream	what has come in and was not dealt with
 * @param body		[out] packet without its length, if it is whole
 * @param size		[out] octets that the packet has with its length, or of
 *					what is known of it: so many there must be at least for
 *					anything to change
 * @return			status
 */
wire_packet_status_t wire_packet_cut(wire_octets_t stream, wire_octets_t *body,
									 size_t *size);

/**
 * Read type, name and message of a packet.
 *
 * @param body		packet without its length
 * @param packet	[out] what is in it, points into body
 * @return			FALSE if it is malformed: no type or an unknown one, a name
 *					that is cut off, something behind where its type ends
 */
bool wire_packet_parse(wire_octets_t body, wire_packet_t *packet);

/**
 * Begin a packet in a writer, which is emptied.
 *
 * @param writer	writer
 * @param type		type
 * @param name		name, if the type has one; otherwise not looked at
 */
void wire_packet_begin(wire_writer_t *writer, wire_packet_type_t type,
					   const char *name);

/**
 * End a packet that was begun, and get it.
 *
 * @param writer	writer
 * @param packet	[out] packet with its length, valid until the writer is used
 *					for something else; empty on failure
 * @return			FALSE if the writer has failed, or it is too long
 */
bool wire_packet_end(wire_writer_t *writer, wire_octets_t *packet);

#ifdef __cplusplus
}
#endif

#endif /** WIRE_PACKET_H_ @}*/
