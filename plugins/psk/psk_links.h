/* SPDX-License-Identifier: MIT */

/**
 * @defgroup psk_links psk_links
 * @{ @ingroup psk
 *
 * The connections of a consumer, by number and by session.
 */

#ifndef PSK_LINKS_H_
#define PSK_LINKS_H_

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Longest name of a session and identity, octets */
#define PSK_LINKS_SESSION_MAX 64
#define PSK_LINKS_IDENTITY_MAX 255
#define PSK_LINKS_CHECK_MAX 32

/** Never, in ms */
#define PSK_NEVER UINT64_MAX

typedef struct psk_node_t psk_node_t;
typedef struct psk_link_t psk_link_t;
typedef struct psk_links_t psk_links_t;

/**
 * Place in a ring, or its head.
 */
struct psk_node_t {
	/** neighbours, itself if there is none */
	psk_node_t *next, *prev;
};

/**
 * A connection.
 */
struct psk_link_t {
	/** in what it waits for: to end, or to be told of */
	psk_node_t ending, untold;
	/** others in the same buckets */
	psk_link_t *next_by_id, *next_by_session;
	/** its number */
	uint64_t id;
	/** of the user */
	void *user;
	/** session, and the generation that it was last known to be of */
	char session[PSK_LINKS_SESSION_MAX + 1];
	uint32_t generation;
	/** what tells its key from others of its identity, or empty */
	char check[PSK_LINKS_CHECK_MAX + 1];
	/** identity of the key */
	uint8_t identity[PSK_LINKS_IDENTITY_MAX];
	size_t identity_len;
	/** address and port of the peer, or empty */
	char remote[64];
	/** when it ends, ms, PSK_NEVER if it does not */
	uint64_t end;
	/** why */
	const char *reason;
	/** the user is to be told of its grace */
	bool grace;
	/** the user has closed it, and only the daemon is to be told of that */
	bool closed;
	/** connection to the daemon on which that was told of it last */
	uint64_t serial;
};

/**
 * All of them.
 */
struct psk_links_t {
	/** by number, and by session */
	psk_link_t **by_id, **by_session;
	/** buckets of each, a power of two, or 0 */
	size_t size;
	/** number of connections */
	size_t count;
	/** those that end, and those that the daemon is to be told of */
	psk_node_t ending, untold;
};

/** Get the connection at a place in a ring */
#define PSK_LINK(node, ring) \
	((psk_link_t*)((char*)(node) - offsetof(psk_link_t, ring)))

/**
 * Prepare an empty set.
 */
void psk_links_init(psk_links_t *self);

/**
 * Free all connections.
 */
void psk_links_deinit(psk_links_t *self);

/**
 * Add a connection, whose id and session are set.
 *
 * @return			FALSE if there is no memory
 */
bool psk_links_add(psk_links_t *self, psk_link_t *link);

/**
 * Find a connection by its number.
 *
 * @return			NULL if there is none
 */
psk_link_t *psk_links_find(psk_links_t *self, uint64_t id);

/**
 * Remove a connection from all that it is in, and free it.
 */
void psk_links_remove(psk_links_t *self, psk_link_t *link);

/**
 * Find the next connection of a session.
 *
 * @param link		the one before, NULL for the first
 * @return			NULL if there is no other
 */
psk_link_t *psk_links_next(psk_links_t *self, const char *session,
						   psk_link_t *link);

/**
 * Take a connection out of the ring that a place of it is in, and put it at the
 * end of another one.
 *
 * @param ring		NULL for none
 */
void psk_links_move(psk_node_t *ring, psk_node_t *node);

/**
 * Whether there is nothing in a ring.
 */
bool psk_links_is_empty(const psk_node_t *ring);

/**
 * Have all connections told of again.
 */
void psk_links_retell(psk_links_t *self);

#endif /** PSK_LINKS_H_ @}*/
