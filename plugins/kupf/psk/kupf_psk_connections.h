/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup kupf_psk_connections kupf_psk_connections
 * @{ @ingroup kupf
 *
 * The TLS and QUIC connections that consumers of keys have told of: each belongs
 * to the consumer, which has named it, and to the session whose key it was set
 * up with.  It is there until the consumer says otherwise or is gone; when the
 * session ends it is not the session's any more.
 *
 * There is a bound for each consumer and one for all; what is held is counted.
 * The mutex is a leaf.
 */

#ifndef KUPF_PSK_CONNECTIONS_H_
#define KUPF_PSK_CONNECTIONS_H_

#include "kupf/kupf_consumers.h"
#include "kupf/kupf_error.h"

/** Most connections of a consumer, and of all */
#define KUPF_PSK_CONNECTIONS_EACH 131072
#define KUPF_PSK_CONNECTIONS_ALL 262144

typedef struct kupf_psk_connections_t kupf_psk_connections_t;
typedef enum kupf_psk_up_t kupf_psk_up_t;

/**
 * What came of a connection that a consumer has told of.
 */
enum kupf_psk_up_t {
	/** it is new */
	KUPF_PSK_UP_NEW,
	/** it was there already, perhaps with another generation */
	KUPF_PSK_UP_KNOWN,
	/** it was refused */
	KUPF_PSK_UP_REFUSED,
};

/**
 * All methods may be called by any thread.
 */
struct kupf_psk_connections_t {

	/**
	 * A connection is up.
	 *
	 * @param client	identifies the consumer
	 * @param session	name of its session
	 * @param link		[in,out] the connection; consumer and since are set
	 * @param error		[out] why it was refused: another one of that name, or
	 *					a bound
	 */
	kupf_psk_up_t (*up)(kupf_psk_connections_t *this, const void *client,
						const char *session, kupf_link_t *link,
						kupf_error_t *error);

	/**
	 * A connection is down.
	 *
	 * @param client	identifies the consumer
	 * @param name		name that it has given it
	 * @param session	[out] room for the name of its session
	 * @param link		[out] the connection as it was
	 * @return			FALSE if there was none of that name
	 */
	bool (*down)(kupf_psk_connections_t *this, const void *client,
				 const char *name, char session[KUPF_SESSION_NAME_MAX + 1],
				 kupf_link_t *link);

	/**
	 * A consumer is gone, with all of its connections.
	 *
	 * @param client	identifies it
	 * @param consumer	[out] number that it had, if it had connections
	 * @return			how many
	 */
	u_int (*drop)(kupf_psk_connections_t *this, const void *client,
				  uint32_t *consumer);

	/**
	 * A session has no keys for a service any more: its connections of that
	 * are not the session's from now on.
	 *
	 * @param session	name of the session
	 * @param service	service, the very pointer that links have
	 */
	void (*end)(kupf_psk_connections_t *this, const char *session,
				const char *service);

	/**
	 * Describe the connections of a session, see kupf_consumers_t.
	 */
	u_int (*describe)(kupf_psk_connections_t *this, const char *session,
					  kupf_link_t *links, u_int max, u_int *count);

	/**
	 * Destroy the object; all consumers are gone.
	 */
	void (*destroy)(kupf_psk_connections_t *this);
};

/**
 * Create the object.
 *
 * @param each		most connections of a consumer
 * @param all		most connections of all
 */
kupf_psk_connections_t *kupf_psk_connections_create(u_int each, u_int all);

#endif /** KUPF_PSK_CONNECTIONS_H_ @}*/
