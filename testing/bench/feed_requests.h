/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup bench_feed_requests feed_requests
 * @{ @ingroup bench
 *
 * The requests of program feed, for the UEs of bench.h, put together in place:
 * a client that is not the bottleneck.  One thread, and one of it in a process.
 */

#ifndef FEED_REQUESTS_H_
#define FEED_REQUESTS_H_

#include <stddef.h>
#include <stdint.h>

/** Octets that are put together before they are sent */
#define FEED_CHUNK (128 * 1024)

/** Longest packet of either side, with its length */
#define FEED_PACKET_MAX (512 * 1024 + 4)

/** Element of a message: a value with a name, see PROTOCOL.md */
#define FEED_KEY_VALUE 3

typedef struct feed_t feed_t;
typedef enum feed_what_t feed_what_t;

/**
 * What is fed.
 */
enum feed_what_t {
	FEED_ESTABLISH,
	FEED_BATCH,
	FEED_MODIFY,
	FEED_DELETE,
	FEED_LOAD_SHARED,
	FEED_WHATS,
};

/**
 * What is fed and how, see feed.c, and how far it is.
 */
struct feed_t {
	/** what */
	feed_what_t what;
	/** the UEs: number of the first one, and how many */
	uint32_t first, count;
	/** upf-address, or NULL */
	const char *upf;
	/** options */
	uint32_t window, batch, generation, lifetime, grace, addresses, sync, owners;
	/** what is to be sent, FEED_CHUNK and FEED_PACKET_MAX octets */
	uint8_t *out;
	/** octets of that */
	size_t out_len;
	/** requests without an answer */
	uint32_t waiting;
	/** octets of all requests */
	uint64_t octets;
};

extern feed_t feed;

/**
 * Put the next request together.
 *
 * @param done		UEs before those of this request
 * @return			how many it is for
 */
uint32_t feed_put_request(uint32_t done);

/**
 * Put a request without arguments together.
 */
void feed_put_command(const char *command);

/**
 * Say what is wrong, and end the program.
 */
void feed_fail(const char *text) __attribute__((noreturn));

#endif /** FEED_REQUESTS_H_ @}*/
