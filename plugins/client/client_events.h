/* SPDX-License-Identifier: MIT */

/**
 * @defgroup client_events client_events
 * @{ @ingroup client
 *
 * Events that a client wants to have, and who gets them.
 */

#ifndef CLIENT_EVENTS_H_
#define CLIENT_EVENTS_H_

#include "kupf_client_reply.h"

/** Most events */
#define CLIENT_EVENTS_MAX 16

/** Longest name of an event */
#define CLIENT_EVENTS_NAME_MAX 63

typedef struct client_event_t client_event_t;
typedef struct client_events_t client_events_t;

/**
 * An event.
 */
struct client_event_t {
	/** name, empty if there is none at this place */
	char name[CLIENT_EVENTS_NAME_MAX + 1];
	/** called with each */
	kupf_client_event_cb_t cb;
	/** for cb */
	void *user;
};

/**
 * The events.  All zero is none.
 */
struct client_events_t {
	client_event_t all[CLIENT_EVENTS_MAX];
};

/**
 * Add an event, or give one another callback.
 *
 * @return			FALSE if there are too many, or the name is none
 */
bool client_events_add(client_events_t *self, const char *name,
					   kupf_client_event_cb_t cb, void *user);

/**
 * Find an event.
 *
 * @return			event, NULL if there is none of that name
 */
client_event_t *client_events_find(client_events_t *self, wire_octets_t name);

#endif /** CLIENT_EVENTS_H_ @}*/
