/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "fuzz_ike_sa.h"

#include <bio/bio_writer.h>
#include <collections/array.h>
#include <encoding/payloads/notify_payload.h>
#include <sa/ikev2/tasks/ike_rekey.h>
#include <sa/keymat.h>

/** The message ID that is due, of requests and of responses */
#define DUE 1

/** Lengths of the headers of a message and of a payload (RFC 7296, 3.1, 3.2) */
#define MESSAGE_HEADER 28
#define PAYLOAD_HEADER 4

/** Flags of a message */
#define FLAG_INITIATOR 0x08
#define FLAG_RESPONSE 0x20

/** The IKE_SA */
static struct {
	ike_sa_t public;
	ike_sa_id_t *id;
	host_t *me, *other;
	ike_sa_state_t state;
	bool original;
	task_type_t task;
	u_int children;
} sa;

static const task_type_t tasks[] = {
	TASK_CHILD_CREATE, TASK_CHILD_REKEY, TASK_IKE_REKEY, TASK_IKE_DELETE,
	TASK_IKE_AUTH, TASK_CHILD_DELETE, TASK_IKE_MOBIKE, TASK_IKE_DPD,
};

static ike_version_t get_version(ike_sa_t *this)
{
	return IKEV2;
}

static ike_sa_state_t get_state(ike_sa_t *this)
{
	return sa.state;
}

static ike_sa_id_t *get_id(ike_sa_t *this)
{
	return sa.id;
}

static uint32_t get_unique_id(ike_sa_t *this)
{
	return 1;
}

static uint32_t get_message_id(ike_sa_t *this, bool initiate)
{
	return DUE;
}

static bool has_condition(ike_sa_t *this, ike_condition_t condition)
{
	return condition == COND_ORIGINAL_INITIATOR && sa.original;
}

static host_t *get_my_host(ike_sa_t *this)
{
	return sa.me;
}

static host_t *get_other_host(ike_sa_t *this)
{
	return sa.other;
}

static peer_cfg_t *get_peer_cfg(ike_sa_t *this)
{
	return NULL;
}

static task_type_t get_type(task_t *this)
{
	return sa.task;
}

static bool did_collide(ike_rekey_t *this)
{
	return sa.original;
}

static enumerator_t *create_task_enumerator(ike_sa_t *this, task_queue_t queue)
{
	static ike_rekey_t task = {
		.task = {
			.get_type = get_type,
		},
		.did_collide = did_collide,
	};

	return queue == TASK_QUEUE_ACTIVE ? enumerator_create_single(&task, NULL) :
										enumerator_create_empty();
}

static child_sa_state_t get_child_state(child_sa_t *this)
{
	return CHILD_INSTALLED;
}

/**
 * Every other SPI is of one that was rekeyed.
 */
static child_sa_state_t get_rekeyed_state(child_sa_t *this)
{
	return CHILD_REKEYED;
}

static child_sa_t *get_child_sa(ike_sa_t *this, protocol_id_t protocol,
								uint32_t spi, bool inbound)
{
	static child_sa_t installed = {
		.get_state = get_child_state,
	}, rekeyed = {
		.get_state = get_rekeyed_state,
	};

	return !sa.children ? NULL : spi % 2 ? &installed : &rekeyed;
}

static enumerator_t *create_child_sa_enumerator(ike_sa_t *this)
{
	static child_sa_t child = {
		.get_state = get_child_state,
	};
	array_t *children = array_create(0, 0);
	u_int i;

	for (i = 0; i < sa.children; i++)
	{
		array_insert(children, ARRAY_TAIL, &child);
	}
	return enumerator_create_cleaner(array_create_enumerator(children),
									 (void*)array_destroy, children);
}

/*
 * Described in header
 */
ike_sa_t *fuzz_ike_sa(const uint8_t *data)
{
	if (!sa.id)
	{
		sa.id = ike_sa_id_create(IKEV2_MAJOR_VERSION, 1, 2, FALSE);
		sa.me = host_create_from_string("192.0.2.1", 4500);
		sa.other = host_create_from_string("198.51.100.2", 4500);
		sa.public = (ike_sa_t){
			.get_version = get_version,
			.get_state = get_state,
			.get_id = get_id,
			.get_unique_id = get_unique_id,
			.get_message_id = get_message_id,
			.has_condition = has_condition,
			.get_my_host = get_my_host,
			.get_other_host = get_other_host,
			.get_peer_cfg = get_peer_cfg,
			.create_task_enumerator = create_task_enumerator,
			.create_child_sa_enumerator = create_child_sa_enumerator,
			.get_child_sa = get_child_sa,
		};
	}
	sa.state = (data[0] & 0x0f) % (IKE_DESTROYING + 1);
	sa.children = data[0] >> 4;
	sa.original = data[1] & FUZZ_IKE_ORIGINAL;
	sa.task = tasks[data[1] >> FUZZ_IKE_TASK];
	if (sa.id->is_initiator(sa.id) != !!(data[1] & FUZZ_IKE_INITIATOR))
	{
		sa.id->switch_initiator(sa.id);
	}
	return &sa.public;
}

/**
 * Write the header of a message.
 */
static void write_header(bio_writer_t *writer, const uint8_t *data, size_t len)
{
	bool encrypted = data[1] & FUZZ_IKE_ENCRYPTED;
	uint8_t flags = 0;

	flags |= data[1] & FUZZ_IKE_INITIATOR ? 0 : FLAG_INITIATOR;
	flags |= data[1] & FUZZ_IKE_REQUEST ? 0 : FLAG_RESPONSE;
	writer->write_uint64(writer, 1);
	writer->write_uint64(writer, 2);
	writer->write_uint8(writer, encrypted ? PLV2_ENCRYPTED : data[3]);
	writer->write_uint8(writer, IKEV2_MAJOR_VERSION << 4);
	writer->write_uint8(writer, data[2]);
	writer->write_uint8(writer, flags);
	writer->write_uint32(writer, DUE);
	if (encrypted)
	{	/* and one octet which says that there is no padding */
		len += PAYLOAD_HEADER + 1;
		writer->write_uint32(writer, MESSAGE_HEADER + len);
		writer->write_uint8(writer, data[3]);
		writer->write_uint8(writer, 0);
		writer->write_uint16(writer, len);
	}
	else
	{
		writer->write_uint32(writer, MESSAGE_HEADER + len);
	}
}

/*
 * Described in header
 */
message_t *fuzz_ike_message(const uint8_t *data, size_t size)
{
	chunk_t chain = chunk_create((u_char*)data + FUZZ_IKE_HEADER,
								 size - FUZZ_IKE_HEADER);
	bio_writer_t *writer;
	message_t *message;

	writer = bio_writer_create(MESSAGE_HEADER + PAYLOAD_HEADER + size);
	write_header(writer, data, chain.len);
	writer->write_data(writer, chain);
	if (data[1] & FUZZ_IKE_ENCRYPTED)
	{
		writer->write_uint8(writer, 0);
	}
	message = message_create_from_packet(packet_create_from_data(
						sa.other->clone(sa.other), sa.me->clone(sa.me),
						writer->extract_buf(writer)));
	writer->destroy(writer);
	if (message->parse_header(message) != SUCCESS)
	{
		message->destroy(message);
		return NULL;
	}
	return message;
}

static bool decrypt(aead_t *this, chunk_t encrypted, chunk_t assoc, chunk_t iv,
					chunk_t *plain)
{
	/* a real one has an IV before it, where charon looks for the length of
	 * the padding of nothing */
	return encrypted.len > 0;
}

static size_t get_block_size(aead_t *this)
{
	return 1;
}

static size_t get_no_size(aead_t *this)
{
	return 0;
}

static ike_version_t get_keymat_version(keymat_t *this)
{
	return IKEV2;
}

static aead_t *get_aead(keymat_t *this, bool in)
{
	static aead_t aead = {
		.decrypt = decrypt,
		.get_block_size = get_block_size,
		.get_icv_size = get_no_size,
		.get_iv_size = get_no_size,
	};

	return &aead;
}

/*
 * Described in header
 */
bool fuzz_ike_parse(message_t *message)
{
	static keymat_t keymat = {
		.get_version = get_keymat_version,
		.get_aead = get_aead,
	};

	return message->parse_body(message, &keymat) == SUCCESS;
}

/*
 * Described in header
 */
u_int fuzz_ike_payloads(message_t *message, payload_type_t type)
{
	enumerator_t *enumerator;
	payload_t *payload;
	u_int found = 0;

	enumerator = message->create_payload_enumerator(message);
	while (enumerator->enumerate(enumerator, &payload))
	{
		found += type == PL_NONE || payload->get_type(payload) == type;
	}
	enumerator->destroy(enumerator);
	return found;
}

/*
 * Described in header
 */
bool fuzz_ike_notifies(message_t *message, u_int first, u_int last)
{
	notify_payload_t *notify;
	enumerator_t *enumerator;
	payload_t *payload;
	bool found = FALSE;
	u_int type;

	enumerator = message->create_payload_enumerator(message);
	while (enumerator->enumerate(enumerator, &payload))
	{
		if (payload->get_type(payload) == PLV2_NOTIFY)
		{
			notify = (notify_payload_t*)payload;
			type = notify->get_notify_type(notify);
			found |= type >= first && type <= last;
		}
	}
	enumerator->destroy(enumerator);
	return found;
}
