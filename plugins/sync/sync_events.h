/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup sync_events sync_events
 * @{ @ingroup sync
 *
 * What kupf has told and nobody has looked at yet: its client calls back when
 * nothing else may be asked of it.
 */

#ifndef SYNC_EVENTS_H_
#define SYNC_EVENTS_H_

#include "sync_content.h"

#include "client/kupf_client.h"

/** Most events that wait; who loses one has to look at everything */
#define SYNC_EVENTS_MAX 65536

typedef struct sync_events_t sync_events_t;
typedef struct sync_event_t sync_event_t;
typedef enum sync_event_kind_t sync_event_kind_t;

/**
 * What happened.
 */
enum sync_event_kind_t {
	/** a tunnel has come up, or has gone */
	SYNC_TUNNEL_UP,
	SYNC_TUNNEL_DOWN,
	/** the key of an identity is asked for */
	SYNC_KEY_REQUEST,
};

/**
 * An event.
 */
struct sync_event_t {
	/** the next one */
	sync_event_t *next;
	/** what happened */
	sync_event_kind_t kind;
	/** number of the tunnel */
	uint32_t unique_id;
	/** when we were told, as sync_engine_now() */
	int64_t told;
	/** name of the session, or identity */
	size_t len;
	char text[];
};

/**
 * Events.  All zero is none.
 */
struct sync_events_t {
	/** first one, where the next one goes, how many */
	sync_event_t *first, **last;
	unsigned int count;
	/** one was lost */
	bool lost;
};

/**
 * Register for the events.
 *
 * @param client	client, tells them as long as it is there
 * @param keys		for key-request, too
 */
void sync_events_register(sync_events_t *self, kupf_client_t *client,
						  bool keys);

/**
 * Take the first event.
 *
 * @return			event, to be freed; NULL if there is none
 */
sync_event_t *sync_events_take(sync_events_t *self);

/**
 * Forget all events.
 */
void sync_events_clear(sync_events_t *self);

#endif /** SYNC_EVENTS_H_ @}*/
