/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * A request of an IKE_SA that is not known here: the answer goes back to where
 * it came from, as long as there are not too many.
 */

#include <check.h>

#include "nin3a/nin3a_counters.h"
#include "nin3a/tunnels/nin3a_unknown_spi.h"
#include "test_runner.h"

/** An INFORMATIONAL request with an Encrypted payload, of the initiator */
static const uint8_t request[60] = {
	1, 2, 3, 4, 5, 6, 7, 8, 11, 12, 13, 14, 15, 16, 17, 18,
	46, 0x20, 37, 0x08, 0, 0, 0, 7, 0, 0, 0, 60,
};

/** Where the flags are, and a response's */
#define FLAGS_POS 19
#define FLAGS_RESPONSE 0x28

/** What was sent */
static u_int sent;

/** What counters have */
static uint64_t answered, limited;

static void send_(sender_t *this, packet_t *packet)
{
	char from[64], to[64];
	chunk_t data = packet->get_data(packet);

	snprintf(from, sizeof(from), "%#H", packet->get_source(packet));
	snprintf(to, sizeof(to), "%#H", packet->get_destination(packet));
	ck_assert_str_eq(from, "192.0.2.1[4500]");
	ck_assert_str_eq(to, "198.51.100.2[4711]");
	ck_assert(memeq(data.ptr, request, 16));
	ck_assert_uint_lt(data.len, sizeof(request));
	packet->destroy(packet);
	sent++;
}

static sender_t sender = {
	.send = send_,
};

static void find_counters(void *user, const char *name, uint64_t value)
{
	if (streq(name, "nin3a-unknown-spis-answered"))
	{
		answered = value;
	}
	else if (streq(name, "nin3a-unknown-spis-limited"))
	{
		limited = value;
	}
}

/**
 * Have a message answered, or not.
 *
 * @param flags		of its header
 */
static void answer(nin3a_unknown_spi_t *this, uint8_t flags)
{
	uint8_t data[sizeof(request)];
	message_t *message;

	memcpy(data, request, sizeof(data));
	data[FLAGS_POS] = flags;
	message = message_create_from_packet(packet_create_from_data(
						host_create_from_string("198.51.100.2", 4711),
						host_create_from_string("192.0.2.1", 4500),
						chunk_clone(chunk_from_thing(data))));
	nin3a_unknown_spi_answer(this, message);
	message->destroy(message);
	nin3a_counters_report(find_counters, NULL);
}

static void setup()
{
	charon->sender = &sender;
	sent = 0;
}

static void teardown()
{
	charon->sender = NULL;
}

START_TEST(test_answer)
{
	nin3a_unknown_spi_t this = {};

	answer(&this, FLAGS_RESPONSE);
	ck_assert_uint_eq(sent, 0);
	ck_assert_uint_eq(this.answers, 0);
	answer(&this, request[FLAGS_POS]);
	ck_assert_uint_eq(sent, 1);
	ck_assert_uint_eq(answered, 1);
	ck_assert_uint_eq(limited, 0);
}
END_TEST

START_TEST(test_limit)
{
	nin3a_unknown_spi_t this = {};
	uint64_t before;
	time_t begun;
	u_int i;

	do
	{	/* within one second */
		begun = time_monotonic(NULL);
		sent = 0;
		this.second = 0;
		before = limited;
		for (i = 0; i < NIN3A_UNKNOWN_SPI_RATE; i++)
		{
			answer(&this, request[FLAGS_POS]);
		}
		ck_assert_uint_eq(sent, NIN3A_UNKNOWN_SPI_RATE);
		answer(&this, request[FLAGS_POS]);
	}
	while (time_monotonic(NULL) != begun);
	ck_assert_uint_eq(sent, NIN3A_UNKNOWN_SPI_RATE);
	ck_assert_uint_eq(limited, before + 1);
	/* the next second */
	this.second--;
	answer(&this, request[FLAGS_POS]);
	ck_assert_uint_eq(sent, NIN3A_UNKNOWN_SPI_RATE + 1);
	ck_assert_uint_eq(limited, before + 1);
}
END_TEST

static Suite *nin3a_unknown_spi_suite()
{
	Suite *suite = suite_create("nin3a_unknown_spi");
	TCase *tc = test_case(suite, "answers", 0, setup, teardown);

	tcase_add_test(tc, test_answer);
	tcase_add_test(tc, test_limit);

	return suite;
}

int main(void)
{
	return test_run(nin3a_unknown_spi_suite());
}
