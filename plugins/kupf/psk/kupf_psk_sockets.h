/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup kupf_psk_sockets kupf_psk_sockets
 * @{ @ingroup kupf
 *
 * The sockets of consumers of keys, TLS and QUIC servers: one for each service,
 * with a thread of its own, so that unknown identities, which are an attacker's
 * choice, hold up nobody but the consumers of that service.  A socket gives
 * keys of its service, and nothing else; the socket of the SMF side gives none.
 */

#ifndef KUPF_PSK_SOCKETS_H_
#define KUPF_PSK_SOCKETS_H_

#include "kupf_psk_config.h"
#include "kupf_psk_requests.h"
#include "kupf/kupf_consumers.h"
#include "kupf/protocol/kupf_publisher.h"
#include "kupf/socket/kupf_server.h"
#include "kupf/store/kupf_store.h"

typedef struct kupf_psk_sockets_t kupf_psk_sockets_t;

struct kupf_psk_sockets_t {

	/**
	 * Implements the consumers for the rest of kupf.
	 */
	kupf_consumers_t consumers;

	/**
	 * Create the services, before the first session is told of.
	 *
	 * @param config	settings, kupf_psk_config_check()
	 * @param bounds	of requests for keys, for each service
	 * @param fc		FC of the derivation
	 * @param store		sessions, those that are hidden not to be held
	 * @return			FALSE if that failed, which is logged
	 */
	bool (*prepare)(kupf_psk_sockets_t *this, const kupf_psk_config_t *config,
					const kupf_psk_bounds_t *bounds, uint16_t fc,
					kupf_store_t *store);

	/**
	 * Begin to serve: each service on the socket that has "-psk." and its name
	 * behind the path of the SMF side's socket.
	 *
	 * @param config	settings, those of prepare()
	 * @param server	settings of the SMF side's socket: path, most connections
	 * @param smf		tells the SMF side about events
	 * @param role		what the host is
	 * @return			FALSE if that failed, which is logged
	 */
	bool (*serve)(kupf_psk_sockets_t *this, const kupf_psk_config_t *config,
				  const kupf_server_config_t *server, kupf_publisher_t *smf,
				  kupf_role_t role);

	/**
	 * End to serve.
	 */
	void (*stop)(kupf_psk_sockets_t *this);

	/**
	 * Stop, and destroy the object.
	 */
	void (*destroy)(kupf_psk_sockets_t *this);
};

/**
 * Create the object, without any service.
 */
kupf_psk_sockets_t *kupf_psk_sockets_create(void);

#endif /** KUPF_PSK_SOCKETS_H_ @}*/
