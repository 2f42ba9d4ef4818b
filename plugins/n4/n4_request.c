/* SPDX-License-Identifier: MIT */

#include "n4_request.h"

/*
 * Described in header
 */
bool n4_request_is_alive(const n4_content_t *content, uint64_t now)
{
	return !content->lifetime ||
		   content->since + 1000ULL * content->lifetime > now;
}

/**
 * Write the key identifier as an identity: "@#" and hexadecimal digits.
 */
static void write_id(wire_writer_t *writer, const n4_content_t *content)
{
	static const char digits[] = "0123456789abcdef";
	char text[2 + 2 * N4_ID_MAX + 1] = "@#", *at = text + 2;
	int i;

	for (i = 0; i < content->id_len; i++)
	{
		*at++ = digits[content->id[i] >> 4];
		*at++ = digits[content->id[i] & 0x0f];
	}
	*at = '\0';
	wire_writer_text(writer, "ue-id", text);
}

/**
 * Write RAND: as it is, or as text if it is longer than what may be so.
 */
static void write_rand(wire_writer_t *writer, const n4_content_t *content)
{
	static const char digits[] = "0123456789abcdef";
	char text[2 + 2 * N4_RAND_MAX + 1] = "0x", *at = text + 2;
	int i;

	for (i = 0; i < content->rand_len; i++)
	{
		*at++ = digits[content->rand[i] >> 4];
		*at++ = digits[content->rand[i] & 0x0f];
	}
	*at = '\0';
	wire_writer_text(writer, "rand", text);
}

/**
 * Write everything but the lifetime.
 */
static void write_content(wire_writer_t *writer, const char *name,
						  const n4_content_t *content)
{
	int i;

	wire_writer_text(writer, "session", name);
	wire_writer_value(writer, content->derives ? "kamf" : "key",
					  wire_octets(content->key, N4_KEY_SIZE));
	if (content->rand_len)
	{
		write_rand(writer, content);
	}
	if (content->id_len)
	{
		write_id(writer, content);
	}
	if (content->pdu_session_id)
	{
		wire_writer_number(writer, "pdu-session-id", content->pdu_session_id);
	}
	if (content->upf_address[0])
	{
		wire_writer_text(writer, "upf-address", content->upf_address);
	}
	if (content->dnn[0])
	{
		wire_writer_text(writer, "dnn", content->dnn);
	}
	if (content->snssai[0])
	{
		wire_writer_text(writer, "snssai", content->snssai);
	}
	if (content->ue_addresses[0][0])
	{
		wire_writer_begin_list(writer, "ue-addresses");
		for (i = 0; i < N4_UE_ADDRESSES && content->ue_addresses[i][0]; i++)
		{
			wire_writer_item(writer, wire_text(content->ue_addresses[i]));
		}
		wire_writer_end_list(writer);
	}
}

/*
 * Described in header
 */
void n4_request_establish(kupf_client_t *client, const char *name,
						  const n4_content_t *content, uint64_t now)
{
	wire_writer_t *writer = kupf_client_begin(client, "establish-session");
	uint64_t passed = (now - content->since) / 1000;

	write_content(writer, name, content);
	if (content->lifetime)
	{
		/* one that has ended meanwhile ends at once */
		wire_writer_number(writer, "lifetime", passed < content->lifetime ?
						   content->lifetime - passed : 1);
	}
	wire_writer_text(writer, "replace", "yes");
}

/*
 * Described in header
 */
void n4_request_modify(kupf_client_t *client, const char *name,
					   const n4_content_t *content)
{
	wire_writer_t *writer = kupf_client_begin(client, "modify-session");

	write_content(writer, name, content);
	if (content->lifetime_is_new)
	{
		wire_writer_number(writer, "lifetime", content->lifetime);
	}
	if (content->grace)
	{
		wire_writer_number(writer, "grace", content->grace);
	}
}

/*
 * Described in header
 */
void n4_answer_read(n4_answer_t *answer, const kupf_client_reply_t *reply)
{
	memset(answer, 0, sizeof(*answer));
	answer->cause = N4_KEY_ACCEPTED;
	answer->upf_address = kupf_client_reply_get(reply, "upf-address");
	answer->ue_id = kupf_client_reply_get(reply, "ue-id");
	wire_number(kupf_client_reply_get(reply, "expires"), UINT64_MAX,
				&answer->expires);
}

/*
 * Described in header
 */
void n4_request_keep_address(n4_content_t *content, const n4_answer_t *answer)
{
	if (answer->upf_address.len &&
		answer->upf_address.len < sizeof(content->upf_address))
	{
		memcpy(content->upf_address, answer->upf_address.ptr,
			   answer->upf_address.len);
		content->upf_address[answer->upf_address.len] = '\0';
	}
}
