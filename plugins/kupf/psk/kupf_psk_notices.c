/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupf_psk_notices.h"
#include "kupf/protocol/kupf_reply.h"

/**
 * Begin an event about a session, unless nobody wants it.
 */
static bool begin(kupf_publisher_t *publisher, kupf_event_t type,
				  kupf_session_t *session, wire_writer_t *writer)
{
	if (!publisher->begin(publisher, type, writer))
	{
		return FALSE;
	}
	wire_writer_text(writer, "session", kupf_session_get_name(session));
	wire_writer_number(writer, "generation",
					   kupf_session_get_generation(session));
	return TRUE;
}

/*
 * Described in header
 */
void kupf_psk_notices_ready(kupf_publisher_t *publisher,
							kupf_session_t *session)
{
	wire_writer_t writer;

	if (begin(publisher, KUPF_EVENT_PSK_READY, session, &writer))
	{
		kupf_reply_time(&writer, "expires", kupf_session_get_expiry(session));
		publisher->end(publisher, KUPF_EVENT_PSK_READY, &writer);
	}
}

/*
 * Described in header
 */
void kupf_psk_notices_end(kupf_publisher_t *publisher, kupf_session_t *session,
						  const char *reason, uint32_t grace)
{
	wire_writer_t writer;

	if (begin(publisher, KUPF_EVENT_PSK_END, session, &writer))
	{
		wire_writer_text(&writer, "reason", reason);
		wire_writer_number(&writer, "grace", grace);
		publisher->end(publisher, KUPF_EVENT_PSK_END, &writer);
	}
}

/*
 * Described in header
 */
void kupf_psk_notices_closed(kupf_publisher_t *publisher,
							 kupf_session_t *session, kupf_reason_t reason)
{
	const char *token;

	switch (reason)
	{
		case KUPF_REASON_EXPIRED:
			token = "expired";
			break;
		case KUPF_REASON_SUPERSEDED:
			token = "replaced";
			break;
		default:
			token = kupf_session_is_preconfigured(session) ? "reload" :
															 "deleted";
			break;
	}
	kupf_psk_notices_end(publisher, session, token, 0);
}
