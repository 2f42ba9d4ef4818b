/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup kupf_events kupf_events
 * @{ @ingroup kupf
 *
 * The events that are told to clients of the socket, for whoever has something
 * to tell; kupf_publisher_t carries them out.
 *
 * Any thread may raise an event, also a hook of charon: an event that nobody
 * has registered for costs next to nothing, and nobody waits for a client.
 */

#ifndef KUPF_EVENTS_H_
#define KUPF_EVENTS_H_

#include "kupf.h"

typedef struct kupf_events_t kupf_events_t;
typedef enum kupf_event_t kupf_event_t;

/**
 * Called, without a lock, when the last subscriber of an event has gone.
 */
typedef void (*kupf_events_deserted_t)(void *user);

/**
 * Events; kupf_event_names has their names in the protocol.
 */
enum kupf_event_t {
	KUPF_EVENT_TUNNEL_UP,
	KUPF_EVENT_TUNNEL_DOWN,
	KUPF_EVENT_AUTH_FAILED,
	KUPF_EVENT_SESSION_EXPIRED,
	KUPF_EVENT_KEY_REQUEST,
	KUPF_EVENT_REKEY_REQUEST,
	KUPF_EVENT_SESSION_FLAPPING,
	KUPF_EVENT_CHILD_UP,
	KUPF_EVENT_CHILD_DOWN,
	KUPF_EVENT_TUNNEL_MOVED,
	KUPF_EVENT_CONNECTION_UP,
	KUPF_EVENT_CONNECTION_DOWN,
	/** this and what follows is for consumers of keys only */
	KUPF_EVENT_PSK_END,
	KUPF_EVENT_PSK_READY,
};

/** Number of events */
#define KUPF_EVENTS (KUPF_EVENT_PSK_READY + 1)

/** Names for kupf_event_t */
extern enum_name_t *kupf_event_names;

struct kupf_events_t {

	/**
	 * Observe whether there are subscribers of an event.
	 *
	 * @param deserted	called when the last one has gone, NULL to stop; one for
	 *					each event, set while no client can be there
	 * @param user		given to the callback
	 */
	void (*observe)(kupf_events_t *this, kupf_event_t event,
					kupf_events_deserted_t deserted, void *user);

	/**
	 * Raise tunnel-up, see kupf_t.
	 */
	void (*tunnel_up)(kupf_events_t *this, kupf_session_t *session,
					  ike_sa_t *ike_sa, child_sa_t *child_sa);

	/**
	 * Raise tunnel-down, see kupf_t.
	 */
	void (*tunnel_down)(kupf_events_t *this, kupf_session_t *session,
						uint32_t ike_sa, kupf_reason_t reason);

	/**
	 * Raise child-up or child-down, see kupf_t.
	 */
	void (*child_changed)(kupf_events_t *this, kupf_session_t *session,
						  uint32_t up_as, ike_sa_t *ike_sa,
						  child_sa_t *child_sa, bool up);

	/**
	 * Raise tunnel-moved, see kupf_t.
	 */
	void (*tunnel_moved)(kupf_events_t *this, kupf_session_t *session,
						 uint32_t up_as, host_t *local, host_t *remote);

	/**
	 * Raise auth-failed, see kupf_t.
	 */
	void (*auth_failed)(kupf_events_t *this, identification_t *ue_id,
						host_t *local, host_t *remote, const char *reason);

	/**
	 * Raise session-expired.
	 *
	 * @param session	session that has left the store
	 */
	void (*session_expired)(kupf_events_t *this, kupf_session_t *session);

	/**
	 * Raise key-request.
	 *
	 * @param ue_id		identity that the UE claims
	 * @param local		our address and port
	 * @param remote	address and port of the UE
	 * @return			number of subscribers
	 */
	u_int (*key_request)(kupf_events_t *this, identification_t *ue_id,
						 host_t *local, host_t *remote);

	/**
	 * Raise rekey-request.
	 *
	 * @param session	session that needs another key
	 * @param reason	token: why
	 * @return			number of subscribers
	 */
	u_int (*rekey_request)(kupf_events_t *this, kupf_session_t *session,
						   const char *reason);

	/**
	 * Raise session-flapping, see kupf_t.
	 */
	void (*session_flapping)(kupf_events_t *this, kupf_session_t *session,
							 host_t *remote, u_int tunnels, u_int seconds);
};

#endif /** KUPF_EVENTS_H_ @}*/
