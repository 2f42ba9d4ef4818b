/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "tunnel_screen.h"
#include "tunnel_guard.h"
#include "tunnel_invalid_spi.h"

/** Header of a message (RFC 7296, 3.1): its length, and where the parts are */
#define HEADER_LEN 28
#define RESPONDER_SPI_POS 8
#define FIRST_PAYLOAD_POS 16
#define VERSION_POS 17
#define EXCHANGE_POS 18
#define FLAGS_POS 19
#define MESSAGE_ID_POS 20

/** Flag of a response of IKEv2 */
#define RESPONSE 0x20

/** Octets in front of messages on other ports (RFC 3948, 2.2) */
#define MARKER_LEN 4

/**
 * The method of charon's socket manager.
 */
static typeof(((socket_manager_t*)NULL)->receive) original;

/**
 * Gets INVALID_IKE_SPI, and what is passed to it.
 */
static tunnel_screen_cb_t invalid_spi;
static void *invalid_spi_user;

/**
 * Whether the first payload of an INFORMATIONAL is one that charon decrypts.
 */
static bool is_protected(payload_type_t first)
{
#ifdef ME
	/* a charon with mediation has no use for an INFORMATIONAL in fragments */
	return first == PLV2_ENCRYPTED;
#else
	return first == PLV2_ENCRYPTED || first == PLV2_FRAGMENT;
#endif
}

/*
 * Described in header
 */
tunnel_verdict_t tunnel_screen_judge(chunk_t message)
{
	bool first;

	if (message.len < HEADER_LEN)
	{
		return TUNNEL_PASS;
	}
	first = untoh64(message.ptr + RESPONDER_SPI_POS) == 0 &&
			untoh32(message.ptr + MESSAGE_ID_POS) == 0;
	switch (message.ptr[VERSION_POS] >> 4)
	{
		case IKEV2_MAJOR_VERSION:
			switch (message.ptr[EXCHANGE_POS])
			{
				case IKE_SA_INIT:
					return first || (message.ptr[FLAGS_POS] & RESPONSE) ?
								TUNNEL_PASS : TUNNEL_NOT_DUE;
				case ID_PROT:
				case AGGRESSIVE:
					return TUNNEL_NOT_DUE;
				case INFORMATIONAL:
					return is_protected(message.ptr[FIRST_PAYLOAD_POS]) ?
								TUNNEL_PASS : TUNNEL_UNPROTECTED;
				case IKE_AUTH:
					return TUNNEL_PASS;
				default:
					/* also of an exchange that was asked for, as a rekeying */
					return tunnel_invalid_spi_is_answer(message) ?
								TUNNEL_UNPROTECTED : TUNNEL_PASS;
			}
		case IKEV1_MAJOR_VERSION:
			switch (message.ptr[EXCHANGE_POS])
			{
				case IKE_SA_INIT:
					return TUNNEL_NOT_DUE;
				case ID_PROT:
				case AGGRESSIVE:
					return first ||
						   untoh64(message.ptr + RESPONDER_SPI_POS) != 0 ?
								TUNNEL_PASS : TUNNEL_NOT_DUE;
				default:
					return TUNNEL_PASS;
			}
		default:
			return TUNNEL_PASS;
	}
}

/**
 * Get a packet's message; receive_packets() in charon's receiver.c finds it in
 * the same way.
 */
static chunk_t get_message(packet_t *packet)
{
	host_t *src = packet->get_source(packet);
	host_t *dst = packet->get_destination(packet);
	chunk_t data = packet->get_data(packet);

	if (dst->get_port(dst) != IKEV2_UDP_PORT &&
		src->get_port(src) != IKEV2_UDP_PORT)
	{	/* anything else in front of it is ESP */
		return data.len >= MARKER_LEN && untoh32(data.ptr) == 0 ?
					chunk_skip(data, MARKER_LEN) : chunk_empty;
	}
	return data;
}

/**
 * Whether a packet gets in; one that does not is counted, and destroyed.
 */
static bool screen(packet_t *packet)
{
	chunk_t message = get_message(packet);
	tunnel_verdict_t verdict = tunnel_screen_judge(message);

	if (verdict == TUNNEL_PASS)
	{
		return TRUE;
	}
	tunnel_guard_count(verdict);
	if (invalid_spi && tunnel_invalid_spi_is_answer(message))
	{
		invalid_spi(invalid_spi_user, message);
	}
	packet->destroy(packet);
	return FALSE;
}

METHOD(socket_manager_t, receive_allowed, status_t,
	socket_manager_t *this, packet_t **packet)
{
	status_t status;

	do
	{
		status = original(this, packet);
	}
	while (status == SUCCESS && !screen(*packet));
	return status;
}

/*
 * Described in header
 */
void tunnel_screen_install(tunnel_screen_cb_t cb, void *user)
{
	invalid_spi = cb;
	invalid_spi_user = user;
	original = charon->socket->receive;
	__atomic_store_n(&charon->socket->receive, _receive_allowed,
					 __ATOMIC_RELEASE);
}

/*
 * Described in header
 */
void tunnel_screen_remove(void)
{
	if (charon->socket->receive == _receive_allowed)
	{
		__atomic_store_n(&charon->socket->receive, original,
						 __ATOMIC_RELEASE);
	}
}
