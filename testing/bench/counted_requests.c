/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "counted_requests.h"
#include "bench.h"

#include <stdio.h>

/** Octets of a name with its NUL */
#define NAME_LEN 23

static char *make_name(char name[NAME_LEN], uint32_t number)
{
	snprintf(name, NAME_LEN, "imsi-90170%010u-1", number);
	return name;
}

/**
 * The inner addresses of a UE, IPv4 and IPv6.
 */
static void make_addresses(uint32_t number, kupf_address_t addresses[2])
{
	addresses[0] = (kupf_address_t){
		.family = AF_INET,
		.bytes = { 10, number >> 16, number >> 8, number, },
	};
	addresses[1] = (kupf_address_t){
		.family = AF_INET6,
		.bytes = { 0x20, 0x01, 0x0d, 0xb8, 0, number >> 16, number >> 8, number,
				   [15] = 1, },
	};
}

/**
 * Write what a session is.
 */
static void put_content(wire_writer_t *message, uint32_t number)
{
	uint8_t id[BENCH_ID_LEN], key[BENCH_KEY_LEN];
	char text[64] = "@#";
	kupf_address_t addresses[2];
	u_int i;

	bench_id(number, id);
	bench_key(id, 1, key);
	make_addresses(number, addresses);
	wire_writer_value(message, "key", wire_octets(key, sizeof(key)));
	chunk_to_hex(chunk_from_thing(id), text + 2, FALSE);
	wire_writer_text(message, "ue-id", text);
	wire_writer_text(message, "pdu-session-id", "1");
	wire_writer_begin_list(message, "ue-addresses");
	for (i = 0; i < countof(addresses); i++)
	{
		kupf_address_print(&addresses[i], text);
		wire_writer_item(message, wire_text(text));
	}
	wire_writer_end_list(message);
	wire_writer_text(message, "lifetime", "3600");
}

/*
 * Described in header
 */
void counted_make_batch(wire_writer_t *message, uint32_t first)
{
	char name[NAME_LEN];
	uint32_t i;

	wire_writer_init(message, WIRE_PACKET_MAX);
	for (i = 0; i < COUNTED_BATCH; i++)
	{
		wire_writer_begin_section(message, make_name(name, first + i));
		put_content(message, first + i);
		wire_writer_end_section(message);
	}
}

/*
 * Described in header
 */
void counted_make_deletion(wire_writer_t *message, uint32_t first)
{
	char name[NAME_LEN];
	uint32_t i;

	wire_writer_reset(message);
	for (i = 0; i < COUNTED_BATCH; i++)
	{
		wire_writer_begin_section(message, make_name(name, first + i));
		wire_writer_end_section(message);
	}
}

/*
 * Described in header
 */
void counted_make_single(wire_writer_t *message, uint32_t number)
{
	char name[NAME_LEN];

	wire_writer_init(message, WIRE_PACKET_MAX);
	wire_writer_text(message, "session", make_name(name, number));
	put_content(message, number);
}

/*
 * Described in header
 */
void counted_make_request(kupf_request_t *request, kupf_session_data_t *content,
						  uint32_t number)
{
	*request = (kupf_request_t){
		.fields = KUPF_FIELD_SESSION | KUPF_FIELD_UE_ID | KUPF_FIELD_KEY |
				  KUPF_FIELD_PDU_SESSION_ID | KUPF_FIELD_UE_ADDRESSES |
				  KUPF_FIELD_LIFETIME,
		.id_type = ID_KEY_ID,
		.id_len = BENCH_ID_LEN,
		.key_len = BENCH_KEY_LEN,
		.data = {
			.pdu_session_id = 1,
			.ue_address_count = 2,
			.lifetime = 3600,
		},
	};
	make_name(request->session, number);
	bench_id(number, request->id);
	bench_key(request->id, 1, request->key);
	make_addresses(number, request->data.ue_addresses);
	*content = (kupf_session_data_t){
		.name = request->session,
		.services = KUPF_SERVICE_IKE,
		.generation = 1,
	};
	kupf_request_apply(content, request);
}
