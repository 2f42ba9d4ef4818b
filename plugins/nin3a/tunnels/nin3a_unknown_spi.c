/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "nin3a_unknown_spi.h"
#include "nin3a/nin3a_counters.h"
#include "tunnel/tunnel_invalid_spi.h"

/**
 * Whether another answer may be sent now.
 */
static bool take_token(nin3a_unknown_spi_t *this)
{
	time_t now = time_monotonic(NULL);

	if (now != this->second)
	{
		this->second = now;
		this->answers = 0;
	}
	return this->answers++ < NIN3A_UNKNOWN_SPI_RATE;
}

/*
 * Described in header
 */
void nin3a_unknown_spi_answer(nin3a_unknown_spi_t *this, message_t *message)
{
	host_t *from = message->get_source(message);
	host_t *to = message->get_destination(message);
	chunk_t answer;

	answer = tunnel_invalid_spi_answer(message->get_packet_data(message));
	if (!answer.len)
	{
		return;
	}
	if (!take_token(this))
	{
		nin3a_count(NIN3A_UNKNOWN_LIMITED);
		chunk_free(&answer);
		return;
	}
	nin3a_count(NIN3A_UNKNOWN_ANSWERED);
	charon->sender->send(charon->sender,
			packet_create_from_data(to->clone(to), from->clone(from), answer));
}
