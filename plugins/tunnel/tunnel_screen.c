/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "tunnel_screen.h"
#include "tunnel_guard.h"

/** Header of a message (RFC 7296, 3.1): its length, and where the parts are */
#define HEADER_LEN 28
#define RESPONDER_SPI_POS 8
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

/*
 * Described in header
 */
bool tunnel_screen_allows(chunk_t message)
{
	bool first;

	if (message.len < HEADER_LEN)
	{
		return TRUE;
	}
	first = untoh64(message.ptr + RESPONDER_SPI_POS) == 0 &&
			untoh32(message.ptr + MESSAGE_ID_POS) == 0;
	switch (message.ptr[VERSION_POS] >> 4)
	{
		case IKEV2_MAJOR_VERSION:
			switch (message.ptr[EXCHANGE_POS])
			{
				case IKE_SA_INIT:
					return first || (message.ptr[FLAGS_POS] & RESPONSE);
				case ID_PROT:
				case AGGRESSIVE:
					return FALSE;
				default:
					return TRUE;
			}
		case IKEV1_MAJOR_VERSION:
			switch (message.ptr[EXCHANGE_POS])
			{
				case IKE_SA_INIT:
					return FALSE;
				case ID_PROT:
				case AGGRESSIVE:
					return first ||
						   untoh64(message.ptr + RESPONDER_SPI_POS) != 0;
				default:
					return TRUE;
			}
		default:
			return TRUE;
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

METHOD(socket_manager_t, receive_allowed, status_t,
	socket_manager_t *this, packet_t **packet)
{
	status_t status;

	while ((status = original(this, packet)) == SUCCESS &&
		   !tunnel_screen_allows(get_message(*packet)))
	{
		tunnel_guard_count(TUNNEL_NOT_DUE);
		(*packet)->destroy(*packet);
	}
	return status;
}

/*
 * Described in header
 */
void tunnel_screen_install(void)
{
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
