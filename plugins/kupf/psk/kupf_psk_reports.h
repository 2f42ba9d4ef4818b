/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup kupf_psk_reports kupf_psk_reports
 * @{ @ingroup kupf
 *
 * What the SMF side is told of the consumers of a service: that they lack a
 * key, and their connections, KUPF_PSK_TOLD_MAX events in a second at most.
 *
 * For one thread, the server's.
 */

#ifndef KUPF_PSK_REPORTS_H_
#define KUPF_PSK_REPORTS_H_

#include "kupf/kupf_consumers.h"
#include "kupf/procedures/kupf_request.h"
#include "kupf/protocol/kupf_publisher.h"

/** Events about connections in a second; what is more is counted */
#define KUPF_PSK_TOLD_MAX 1000

typedef struct kupf_psk_reports_t kupf_psk_reports_t;

struct kupf_psk_reports_t {

	/**
	 * Ask for a key: raise key-request.
	 *
	 * @param request	request that names a session, an inner address, or both
	 * @return			how many were asked
	 */
	u_int (*lacking)(kupf_psk_reports_t *this, const kupf_request_t *request);

	/**
	 * Raise connection-up.
	 *
	 * @param session	name of the session
	 * @param link		connection
	 */
	void (*up)(kupf_psk_reports_t *this, const char *session,
			   const kupf_link_t *link);

	/**
	 * Raise connection-down: the consumer has closed it.
	 *
	 * @param session	name of the session
	 * @param link		connection
	 */
	void (*down)(kupf_psk_reports_t *this, const char *session,
				 const kupf_link_t *link);

	/**
	 * Raise connection-down for all connections of a consumer that has gone:
	 * one event, as they may be more than the SMF side can take.
	 *
	 * @param consumer	number of the consumer
	 * @param count		how many connections it had, not 0
	 */
	void (*all_down)(kupf_psk_reports_t *this, uint32_t consumer, u_int count);

	/**
	 * Destroy the object.
	 */
	void (*destroy)(kupf_psk_reports_t *this);
};

/**
 * Create the object.
 *
 * @param smf		tells the SMF side about events, outlives it
 * @param service	name of the service, lives as long
 */
kupf_psk_reports_t *kupf_psk_reports_create(kupf_publisher_t *smf,
											const char *service);

#endif /** KUPF_PSK_REPORTS_H_ @}*/
