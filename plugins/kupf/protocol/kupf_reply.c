/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupf_reply.h"

#include <inttypes.h>
#include <stdio.h>
#include <sys/time.h>
#include <time.h>

/** Microseconds */
#define SECOND 1000000

/*
 * Described in header
 */
void kupf_reply_text(vici_builder_t *builder, const char *name,
					 const char *value)
{
	builder->add(builder, VICI_KEY_VALUE, (char*)name,
				 chunk_from_str((char*)value));
}

/*
 * Described in header
 */
void kupf_reply_number(vici_builder_t *builder, const char *name,
					   uint64_t value)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRIu64, value);
	kupf_reply_text(builder, name, text);
}

/*
 * Described in header
 */
void kupf_reply_identity(vici_builder_t *builder, const char *name,
						 id_type_t type, chunk_t id)
{
	char text[KUPF_IDENTITY_TEXT];

	kupf_reply_text(builder, name, kupf_identity_print(type, id, text));
}

/*
 * Described in header
 */
void kupf_reply_addresses(vici_builder_t *builder, const char *name,
						  const kupf_address_t *addresses, u_int count)
{
	char text[KUPF_ADDRESS_TEXT];
	u_int i;

	builder->begin_list(builder, (char*)name);
	for (i = 0; i < count; i++)
	{
		kupf_address_print(&addresses[i], text);
		builder->add(builder, VICI_LIST_ITEM, chunk_from_str(text));
	}
	builder->end_list(builder);
}

/**
 * Get the seconds from the zero of time_monotonic() to that of time().  They
 * change only if somebody sets the clock: a time that was told stays what it
 * is, whatever part of a second it is told in.
 */
static time_t get_epoch()
{
	static int64_t epoch = 0;
	timeval_t real, monotonic;
	int64_t off, known = __atomic_load_n(&epoch, __ATOMIC_RELAXED);

	gettimeofday(&real, NULL);
	time_monotonic(&monotonic);
	off = (int64_t)(real.tv_sec - monotonic.tv_sec) * SECOND +
		  real.tv_usec - monotonic.tv_usec;
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
void kupf_reply_time(vici_builder_t *builder, const char *name, uint32_t when)
{
	kupf_reply_number(builder, name, when ? get_epoch() + when : 0);
}

/*
 * Described in header
 */
void kupf_reply_session(vici_builder_t *builder, const kupf_session_t *session)
{
	const kupf_address_t *upf_address;
	char text[KUPF_ADDRESS_TEXT];
	id_type_t type;
	chunk_t id;

	kupf_reply_text(builder, "session", kupf_session_get_name(session));
	id = kupf_session_get_id(session, &type);
	kupf_reply_identity(builder, "ue-id", type, id);
	upf_address = kupf_session_get_upf_address(session);
	if (upf_address->family != AF_UNSPEC)
	{
		kupf_reply_text(builder, "upf-address",
						kupf_address_print(upf_address, text));
	}
	kupf_reply_number(builder, "generation",
					  kupf_session_get_generation(session));
	kupf_reply_time(builder, "expires", kupf_session_get_expiry(session));
}

/*
 * Described in header
 */
void kupf_reply_details(vici_builder_t *builder, const kupf_session_t *session)
{
	kupf_session_data_t data;

	kupf_session_get_data(session, &data);
	if (data.pdu_session_id)
	{
		kupf_reply_number(builder, "pdu-session-id", data.pdu_session_id);
	}
	kupf_reply_text(builder, "origin",
					data.preconfigured ? "preconfigured" : "socket");
	kupf_reply_addresses(builder, "ue-addresses", data.ue_addresses,
						 data.ue_address_count);
	builder->begin_list(builder, "services");
	if (data.services & KUPF_SERVICE_IKE)
	{
		builder->add(builder, VICI_LIST_ITEM, chunk_from_str("ike"));
	}
	if (data.services & KUPF_SERVICE_MPQUIC)
	{
		builder->add(builder, VICI_LIST_ITEM, chunk_from_str("mpquic"));
	}
	builder->end_list(builder);
	kupf_reply_time(builder, "created", kupf_session_get_created(session));
	kupf_reply_time(builder, "modified", kupf_session_get_modified(session));
}

/*
 * Described in header
 */
void kupf_reply_error(vici_builder_t *builder, const kupf_error_t *error)
{
	builder->add_kv(builder, "cause", "%N", kupf_cause_names, error->cause);
	kupf_reply_text(builder, "errmsg", error->message);
}
