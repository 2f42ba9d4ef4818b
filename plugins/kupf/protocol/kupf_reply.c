/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupf_reply.h"
#include "kupf_identifiers.h"
#include "kupf/store/kupf_services.h"
#include "kupf/kupf_counters.h"

#include <stdio.h>
#include <sys/time.h>
#include <time.h>

/** Microseconds */
#define SECOND 1000000

/** Most looks at the clocks until they are of one moment */
#define LOOKS_MAX 16

/** Findings that a reply has room for */
#define FINDINGS_MAX 256

typedef struct findings_t findings_t;

/**
 * Writes findings into a reply.
 */
struct findings_t {
	/** what others see */
	kupf_findings_t public;
	/** reply */
	wire_writer_t *reply;
	/** findings, and those of each severity */
	u_int count, counts[KUPF_FINDING_FAULT + 1];
};

/*
 * Described in header
 */
void kupf_reply_begin(wire_writer_t *writer)
{
	wire_writer_init(writer, WIRE_PACKET_HEADER + WIRE_PACKET_MAX);
	wire_packet_begin(writer, WIRE_CMD_RESPONSE, NULL);
}

/*
 * Described in header
 */
wire_octets_t kupf_reply_end(wire_writer_t *writer, const char *command,
							 bool success, const kupf_error_t *error)
{
	wire_octets_t packet;

	kupf_count(KUPF_REQUESTS);
	wire_writer_text(writer, "success", success ? "yes" : "no");
	if (!success)
	{
		kupf_count(KUPF_REQUESTS_FAILED);
		DBG2(DBG_CFG, "kupf: %s refused: %N", command, kupf_cause_names,
			 error->cause);
		kupf_reply_error(writer, error);
	}
	wire_packet_end(writer, &packet);
	return packet;
}

/*
 * Described in header
 */
void kupf_reply_identity(wire_writer_t *writer, const char *name,
						 id_type_t type, chunk_t id)
{
	char text[KUPF_IDENTITY_TEXT];

	wire_writer_text(writer, name, kupf_identity_print(type, id, text));
}

/*
 * Described in header
 */
void kupf_reply_endpoint(wire_writer_t *writer, const char *name,
						 const kupf_address_t *address, uint16_t port)
{
	char printed[KUPF_ADDRESS_TEXT], text[KUPF_ADDRESS_TEXT + 8];

	if (address->family != AF_UNSPEC)
	{
		snprintf(text, sizeof(text), "%s[%u]",
				 kupf_address_print(address, printed), port);
		wire_writer_text(writer, name, text);
	}
}

/*
 * Described in header
 */
void kupf_reply_addresses(wire_writer_t *writer, const char *name,
						  const kupf_address_t *addresses, u_int count)
{
	char text[KUPF_ADDRESS_TEXT];
	u_int i;

	wire_writer_begin_list(writer, name);
	for (i = 0; i < count; i++)
	{
		kupf_address_print(&addresses[i], text);
		wire_writer_item(writer, wire_text(text));
	}
	wire_writer_end_list(writer);
}

/**
 * A time in microseconds.
 */
static int64_t microseconds(const timeval_t *time)
{
	return (int64_t)time->tv_sec * SECOND + time->tv_usec;
}

/**
 * Get the seconds from the zero of time_monotonic() to that of time().  They
 * change only if somebody sets the clock: a time that was told stays what it
 * is, whatever part of a second it is told in.
 */
static time_t get_epoch()
{
	static int64_t epoch = 0;
	timeval_t before, real, after;
	int64_t off, known = __atomic_load_n(&epoch, __ATOMIC_RELAXED);
	u_int looks = 0;

	do
	{
		time_monotonic(&before);
		gettimeofday(&real, NULL);
		time_monotonic(&after);
		off = microseconds(&real) - microseconds(&before);
	}
	/* if this thread was away in between, the clock seems to be set */
	while (microseconds(&after) - microseconds(&before) > SECOND / 8 &&
		   ++looks < LOOKS_MAX);
	if (!known || off < known * SECOND - SECOND / 4 ||
		off > known * SECOND + SECOND + SECOND / 4)
	{
		known = off / SECOND;
		__atomic_store_n(&epoch, known, __ATOMIC_RELAXED);
	}
	return known;
}

/*
 * Described in header
 */
void kupf_reply_time(wire_writer_t *writer, const char *name, uint32_t when)
{
	wire_writer_number(writer, name, when ? get_epoch() + when : 0);
}

/**
 * Add octets in the way in which a request may have them: as they are if they
 * are text, and do not look like digits.
 */
static void add_text_or_hex(wire_writer_t *writer, const char *name,
							chunk_t octets)
{
	char text[2 + 2 * KUPF_PSK_IDENTITY_MAX + 1] = "0x";

	if (kupf_identifiers_are_text(octets))
	{
		wire_writer_value(writer, name, wire_octets(octets.ptr, octets.len));
		return;
	}
	chunk_to_hex(octets, text + 2, FALSE);
	wire_writer_text(writer, name, text);
}

/**
 * Add members that a session has, from one to another one; of addresses also that
 * there are none.
 */
static void add_members(wire_writer_t *writer, const kupf_session_t *session,
						kupf_member_t first, kupf_member_t last)
{
	char text[KUPF_ADDRESS_TEXT];
	const char *name;
	chunk_t octets;

	for (; first <= last; first++)
	{
		name = kupf_members[first].name;
		octets = kupf_session_get_member(session, first);
		if (kupf_members[first].kind == KUPF_KIND_ADDRESSES)
		{
			kupf_reply_addresses(writer, name, (kupf_address_t*)octets.ptr,
								 octets.len / sizeof(kupf_address_t));
			continue;
		}
		if (!octets.len)
		{
			continue;
		}
		switch (kupf_members[first].kind)
		{
			case KUPF_KIND_NUMBER:
				wire_writer_number(writer, name, *octets.ptr);
				break;
			case KUPF_KIND_ADDRESS:
				wire_writer_text(writer, name, kupf_address_print(
									(kupf_address_t*)octets.ptr, text));
				break;
			case KUPF_KIND_TEXT:
				wire_writer_text(writer, name, (char*)octets.ptr);
				break;
			default:
				add_text_or_hex(writer, name, octets);
				break;
		}
	}
}

/*
 * Described in header
 */
void kupf_reply_session(wire_writer_t *writer, const kupf_session_t *session)
{
	id_type_t type;
	chunk_t id;

	wire_writer_text(writer, "session", kupf_session_get_name(session));
	id = kupf_session_get_id(session, &type);
	kupf_reply_identity(writer, "ue-id", type, id);
	add_members(writer, session, KUPF_MEMBER_UPF_ADDRESS,
				KUPF_MEMBER_UPF_ADDRESS);
	wire_writer_number(writer, "generation",
					   kupf_session_get_generation(session));
	kupf_reply_time(writer, "expires", kupf_session_get_expiry(session));
}

/*
 * Described in header
 */
void kupf_reply_network(wire_writer_t *writer, const kupf_session_t *session)
{
	add_members(writer, session, KUPF_MEMBER_DNN, KUPF_MEMBER_SNSSAI);
}

/**
 * Add the names of services.
 */
static void add_services(wire_writer_t *writer, uint8_t services)
{
	const char *name;

	wire_writer_begin_list(writer, "services");
	for (; services; services &= services - 1)
	{
		name = kupf_services_name(services & -services);
		if (name)
		{
			wire_writer_item(writer, wire_text(name));
		}
	}
	wire_writer_end_list(writer);
}

/*
 * Described in header
 */
void kupf_reply_details(wire_writer_t *writer, const kupf_session_t *session,
						const kupf_tunnel_t *tunnel)
{
	add_members(writer, session, KUPF_MEMBER_PDU_SESSION_ID, KUPF_MEMBER_SNSSAI);
	wire_writer_text(writer, "origin", kupf_session_is_preconfigured(session) ?
									   "preconfigured" : "socket");
	if (tunnel && tunnel->assigned_count)
	{
		kupf_reply_addresses(writer, "ue-addresses", tunnel->assigned,
							 tunnel->assigned_count);
	}
	else
	{
		add_members(writer, session, KUPF_MEMBER_UE_ADDRESSES,
					KUPF_MEMBER_UE_ADDRESSES);
	}
	add_services(writer, kupf_session_get_services(session));
	add_members(writer, session, KUPF_MEMBER_PSK_IDENTITY, KUPF_MEMBERS - 1);
	kupf_reply_time(writer, "created", kupf_session_get_created(session));
	kupf_reply_time(writer, "modified", kupf_session_get_modified(session));
}

/*
 * Described in header
 */
void kupf_reply_error(wire_writer_t *writer, const kupf_error_t *error)
{
	wire_writer_text(writer, "cause",
					 enum_to_name(kupf_cause_names, error->cause));
	wire_writer_text(writer, "errmsg", error->message);
}

METHOD(kupf_findings_t, add_finding, void,
	findings_t *this, kupf_severity_t severity, const char *about,
	const char *text)
{
	char name[16];

	this->counts[severity]++;
	if (this->count++ >= FINDINGS_MAX)
	{	/* only counted */
		return;
	}
	snprintf(name, sizeof(name), "%u", this->count);
	wire_writer_begin_section(this->reply, name);
	wire_writer_text(this->reply, "severity",
					 enum_to_name(kupf_severity_names, severity));
	wire_writer_text(this->reply, "about", about);
	wire_writer_text(this->reply, "text", text);
	wire_writer_end_section(this->reply);
}

/*
 * Described in header
 */
void kupf_reply_check(wire_writer_t *reply, kupf_check_t *check)
{
	findings_t findings = {
		.public.add = _add_finding,
		.reply = reply,
	};

	check->run(check, &findings.public);
	wire_writer_number(reply, "faults", findings.counts[KUPF_FINDING_FAULT]);
	wire_writer_number(reply, "warnings",
					   findings.counts[KUPF_FINDING_WARNING]);
}
