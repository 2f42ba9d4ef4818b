/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup kupf_psk_notices kupf_psk_notices
 * @{ @ingroup kupf
 *
 * What the consumers of a service are told: that there is a key, and that one
 * is not to be used any more.  Any thread may call; nobody waits for a consumer.
 */

#ifndef KUPF_PSK_NOTICES_H_
#define KUPF_PSK_NOTICES_H_

#include "kupf/protocol/kupf_publisher.h"

/** Events that a publisher for consumers tells about, a bit each */
#define KUPF_PSK_NOTICES (1 << KUPF_EVENT_PSK_END | 1 << KUPF_EVENT_PSK_READY)

/**
 * Raise psk-ready.
 *
 * @param publisher	tells the consumers
 * @param session	session whose key they can have now
 */
void kupf_psk_notices_ready(kupf_publisher_t *publisher,
							kupf_session_t *session);

/**
 * Raise psk-end.
 *
 * @param publisher	tells the consumers
 * @param session	session as it was
 * @param reason	token: why
 * @param grace		seconds for which connections may go on
 */
void kupf_psk_notices_end(kupf_publisher_t *publisher, kupf_session_t *session,
						  const char *reason, uint32_t grace);

/**
 * Raise psk-end for a session that has left the store, or is hidden.
 *
 * @param publisher	tells the consumers
 * @param session	session as it was
 * @param reason	why
 */
void kupf_psk_notices_closed(kupf_publisher_t *publisher,
							 kupf_session_t *session, kupf_reason_t reason);

#endif /** KUPF_PSK_NOTICES_H_ @}*/
