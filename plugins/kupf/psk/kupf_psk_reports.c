/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupf_psk_reports.h"
#include "kupf/kupf_counters.h"
#include "kupf/protocol/kupf_reply.h"

typedef struct private_kupf_psk_reports_t private_kupf_psk_reports_t;

/**
 * Private data of the object.
 */
struct private_kupf_psk_reports_t {
	/** public interface */
	kupf_psk_reports_t public;
	/** tells the SMF side */
	kupf_publisher_t *smf;
	/** name of the service */
	const char *service;
	/** events about connections in this second, and which one that is */
	u_int told;
	time_t second;
};

METHOD(kupf_psk_reports_t, lacking, u_int,
	private_kupf_psk_reports_t *this, const kupf_request_t *request)
{
	wire_writer_t writer;

	if (!this->smf->begin(this->smf, KUPF_EVENT_KEY_REQUEST, &writer))
	{
		return 0;
	}
	wire_writer_text(&writer, "service", this->service);
	if (*request->session)
	{
		wire_writer_text(&writer, "session", request->session);
	}
	if (request->data.ue_address_count)
	{
		kupf_reply_addresses(&writer, "ue-addresses", request->data.ue_addresses,
							 request->data.ue_address_count);
	}
	kupf_count(KUPF_PSK_REQUESTS);
	return this->smf->end(this->smf, KUPF_EVENT_KEY_REQUEST, &writer);
}

/**
 * Begin an event about a connection, unless there were too many or nobody wants
 * it.
 */
static bool begin_event(private_kupf_psk_reports_t *this, kupf_event_t type,
						uint32_t consumer, wire_writer_t *writer)
{
	time_t now = time_monotonic(NULL);

	if (now != this->second)
	{
		this->second = now;
		this->told = 0;
	}
	if (this->told >= KUPF_PSK_TOLD_MAX)
	{
		kupf_count(KUPF_PSK_CONNECTIONS_UNTOLD);
		return FALSE;
	}
	if (!this->smf->begin(this->smf, type, writer))
	{
		return FALSE;
	}
	this->told++;
	wire_writer_text(writer, "service", this->service);
	wire_writer_number(writer, "consumer", consumer);
	return TRUE;
}

/**
 * Add what there is to say about a connection.
 */
static void add_link(wire_writer_t *writer, const char *session,
					 const kupf_link_t *link)
{
	wire_writer_text(writer, "session", session);
	wire_writer_number(writer, "generation", link->generation);
	wire_writer_text(writer, "connection", link->name);
	kupf_reply_endpoint(writer, "remote", &link->remote, link->port);
}

METHOD(kupf_psk_reports_t, up, void,
	private_kupf_psk_reports_t *this, const char *session,
	const kupf_link_t *link)
{
	wire_writer_t writer;

	if (begin_event(this, KUPF_EVENT_CONNECTION_UP, link->consumer, &writer))
	{
		add_link(&writer, session, link);
		this->smf->end(this->smf, KUPF_EVENT_CONNECTION_UP, &writer);
	}
}

/**
 * End an event connection-down.
 */
static void end_down(private_kupf_psk_reports_t *this, wire_writer_t *writer,
					 const char *reason)
{
	wire_writer_text(writer, "reason", reason);
	this->smf->end(this->smf, KUPF_EVENT_CONNECTION_DOWN, writer);
}

METHOD(kupf_psk_reports_t, down, void,
	private_kupf_psk_reports_t *this, const char *session,
	const kupf_link_t *link)
{
	wire_writer_t writer;

	if (begin_event(this, KUPF_EVENT_CONNECTION_DOWN, link->consumer, &writer))
	{
		add_link(&writer, session, link);
		end_down(this, &writer, "closed");
	}
}

METHOD(kupf_psk_reports_t, all_down, void,
	private_kupf_psk_reports_t *this, uint32_t consumer, u_int count)
{
	wire_writer_t writer;

	if (begin_event(this, KUPF_EVENT_CONNECTION_DOWN, consumer, &writer))
	{
		wire_writer_number(&writer, "connections", count);
		end_down(this, &writer, "consumer");
	}
}

METHOD(kupf_psk_reports_t, destroy, void,
	private_kupf_psk_reports_t *this)
{
	free(this);
}

/*
 * Described in header
 */
kupf_psk_reports_t *kupf_psk_reports_create(kupf_publisher_t *smf,
											const char *service)
{
	private_kupf_psk_reports_t *this;

	INIT(this,
		.public = {
			.lacking = _lacking,
			.up = _up,
			.down = _down,
			.all_down = _all_down,
			.destroy = _destroy,
		},
		.smf = smf,
		.service = service,
	);
	return &this->public;
}
