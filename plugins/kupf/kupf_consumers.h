/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup kupf_consumers kupf_consumers
 * @{ @ingroup kupf
 *
 * Consumers of keys, TLS and QUIC servers, as the rest of kupf sees them:
 * what they are told of sessions, and the connections that they tell of.
 *
 * Whoever stands for the enforcer passes on to them what it is told of sessions.
 */

#ifndef KUPF_CONSUMERS_H_
#define KUPF_CONSUMERS_H_

#include "kupf_tunnel.h"
#include "kupf/store/kupf_session.h"

/** Longest name of a connection, octets */
#define KUPF_LINK_NAME_MAX 64

/** Connections of a session that are described */
#define KUPF_LINKS_MAX 16

typedef struct kupf_consumers_t kupf_consumers_t;
typedef struct kupf_link_t kupf_link_t;

/**
 * A TLS or QUIC connection that a consumer has told of; plain values.
 */
struct kupf_link_t {
	/** name that the consumer has given it */
	char name[KUPF_LINK_NAME_MAX + 1];
	/** service, lives as long as the consumers do */
	const char *service;
	/** number of the consumer, unique since the start */
	uint32_t consumer;
	/** generation of the session whose key it was set up with */
	uint32_t generation;
	/** address of the UE, AF_UNSPEC if it is not known */
	kupf_address_t remote;
	/** its port, host order */
	uint16_t port;
	/** time_monotonic() when the consumer told of it */
	uint32_t since;
};

/**
 * All methods may be called by any thread, with no lock of the store held.
 */
struct kupf_consumers_t {

	/**
	 * A session has entered the store, or is to be found there again.
	 */
	void (*established)(kupf_consumers_t *this, kupf_session_t *session);

	/**
	 * A session has left the store, or is hidden.
	 *
	 * @param reason	why
	 */
	void (*closed)(kupf_consumers_t *this, kupf_session_t *session,
				   kupf_reason_t reason);

	/**
	 * A session was modified.
	 *
	 * @param old		session as it was
	 * @param new		session as it is in the store now
	 * @param grace		seconds, UINT32_MAX for the default
	 */
	void (*replaced)(kupf_consumers_t *this, kupf_session_t *old,
					 kupf_session_t *new, uint32_t grace);

	/**
	 * Whether a session of another name has the PSK identity of one that is to
	 * enter the store, for a service that has consumers.
	 *
	 * @param data		contents of the session
	 */
	bool (*in_use)(kupf_consumers_t *this, const kupf_session_data_t *data);

	/**
	 * Describe the connections of a session.
	 *
	 * @param session	name of the session
	 * @param links		[out] connections, in no order
	 * @param max		room for that, number of connections
	 * @param count		[out] number of connections that were described
	 * @return			number of connections that there are
	 */
	u_int (*describe)(kupf_consumers_t *this, const char *session,
					  kupf_link_t *links, u_int max, u_int *count);
};

#endif /** KUPF_CONSUMERS_H_ @}*/
