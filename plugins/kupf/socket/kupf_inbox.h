/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup kupf_inbox kupf_inbox
 * @{ @ingroup kupf
 *
 * What a client has sent and nobody has dealt with yet: cut into packets.
 *
 * The memory is kept out of core dumps, as there are keys in it, and packets
 * are wiped as soon as they are dealt with.  There is room for one packet of
 * the greatest length at most, and for little more than has come: it doubles
 * when it is full.  For one thread.
 */

#ifndef KUPF_INBOX_H_
#define KUPF_INBOX_H_

#include "wire/wire_packet.h"

#include <library.h>

typedef struct kupf_inbox_t kupf_inbox_t;

struct kupf_inbox_t {

	/**
	 * Read from a socket, once and without waiting.
	 *
	 * @param fd		socket
	 * @param eof		[out] set to TRUE if the peer will not send any more
	 * @return			FALSE if the socket or memory is at its end
	 */
	bool (*read)(kupf_inbox_t *this, int fd, bool *eof);

	/**
	 * Get the next packet, without its length.
	 *
	 * @param packet	[out] packet, valid until wipe()
	 * @return			status
	 */
	wire_packet_status_t (*next)(kupf_inbox_t *this, wire_octets_t *packet);

	/**
	 * Whether there may be another packet: at least a header.
	 */
	bool (*has_more)(kupf_inbox_t *this);

	/**
	 * Wipe the packets that next() has returned.
	 */
	void (*wipe)(kupf_inbox_t *this);

	/**
	 * Wipe everything.
	 */
	void (*destroy)(kupf_inbox_t *this);
};

/**
 * Create an empty inbox.
 */
kupf_inbox_t *kupf_inbox_create();

#endif /** KUPF_INBOX_H_ @}*/
