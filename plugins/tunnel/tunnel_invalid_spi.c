/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "tunnel_invalid_spi.h"

#include <encoding/payloads/ike_header.h>
#include <encoding/payloads/notify_payload.h>

/** Header of a message (RFC 7296, 3.1): its length, and where the parts are */
#define HEADER_LEN 28
#define RESPONDER_SPI_POS 8
#define NEXT_PAYLOAD_POS 16
#define VERSION_POS 17
#define EXCHANGE_POS 18
#define FLAGS_POS 19
#define MESSAGE_ID_POS 20
#define LENGTH_POS 24

/** Flags of the header: sent by who has set the IKE_SA up, and a response */
#define INITIATOR 0x08
#define RESPONSE 0x20

/** A Notify payload without SPI and data (RFC 7296, 3.10) */
#define NOTIFY_LEN 8
#define ANSWER_LEN (HEADER_LEN + NOTIFY_LEN)

/** What it is made of: no next payload, not critical, no protocol, no SPI */
static const uint8_t notify[NOTIFY_LEN] = {
	0, 0, 0, NOTIFY_LEN, 0, 0, INVALID_IKE_SPI >> 8, INVALID_IKE_SPI & 0xff,
};

/*
 * Described in header
 */
chunk_t tunnel_invalid_spi_answer(chunk_t request)
{
	chunk_t answer;

	if (request.len < ANSWER_LEN ||
		untoh32(request.ptr + LENGTH_POS) != request.len ||
		request.ptr[VERSION_POS] >> 4 != IKEV2_MAJOR_VERSION ||
		request.ptr[EXCHANGE_POS] <= IKE_AUTH ||
		request.ptr[FLAGS_POS] & RESPONSE ||
		(request.ptr[NEXT_PAYLOAD_POS] != PLV2_ENCRYPTED &&
		 request.ptr[NEXT_PAYLOAD_POS] != PLV2_FRAGMENT) ||
		!untoh64(request.ptr) || !untoh64(request.ptr + RESPONDER_SPI_POS))
	{
		return chunk_empty;
	}
	answer = chunk_alloc(ANSWER_LEN);
	memcpy(answer.ptr, request.ptr, HEADER_LEN);
	answer.ptr[NEXT_PAYLOAD_POS] = PLV2_NOTIFY;
	answer.ptr[VERSION_POS] = IKEV2_MAJOR_VERSION << 4;
	/* the other end has set up what this one answers about, or has not */
	answer.ptr[FLAGS_POS] = RESPONSE |
							(~request.ptr[FLAGS_POS] & INITIATOR);
	htoun32(answer.ptr + LENGTH_POS, ANSWER_LEN);
	memcpy(answer.ptr + HEADER_LEN, notify, NOTIFY_LEN);
	return answer;
}

/*
 * Described in header
 */
bool tunnel_invalid_spi_is_answer(chunk_t message)
{
	return message.len == ANSWER_LEN &&
		   untoh32(message.ptr + LENGTH_POS) == ANSWER_LEN &&
		   message.ptr[VERSION_POS] >> 4 == IKEV2_MAJOR_VERSION &&
		   message.ptr[NEXT_PAYLOAD_POS] == PLV2_NOTIFY &&
		   (message.ptr[FLAGS_POS] & RESPONSE) &&
		   /* the protocol may be named: others say that it is IKE */
		   untoh16(message.ptr + HEADER_LEN + 6) == INVALID_IKE_SPI &&
		   !message.ptr[HEADER_LEN] && !message.ptr[HEADER_LEN + 5] &&
		   untoh16(message.ptr + HEADER_LEN + 2) == NOTIFY_LEN;
}

/*
 * Described in header
 */
bool tunnel_invalid_spi_read(chunk_t message, uint64_t *initiator,
							 uint64_t *responder, uint32_t *message_id)
{
	memcpy(initiator, message.ptr, sizeof(*initiator));
	memcpy(responder, message.ptr + RESPONDER_SPI_POS, sizeof(*responder));
	*message_id = untoh32(message.ptr + MESSAGE_ID_POS);
	return !(message.ptr[FLAGS_POS] & INITIATOR);
}
