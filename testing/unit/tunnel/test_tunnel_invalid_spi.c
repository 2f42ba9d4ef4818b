/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * INVALID_IKE_SPI without protection: what gets such an answer, what it is, and
 * what is taken for one (RFC 7296, 2.21.4).
 */

#include <check.h>

#include "tunnel/tunnel_invalid_spi.h"
#include "test_runner.h"

/** An INFORMATIONAL request with an Encrypted payload, of the initiator */
static const uint8_t request[60] = {
	1, 2, 3, 4, 5, 6, 7, 8, 11, 12, 13, 14, 15, 16, 17, 18,
	46, 0x20, 37, 0x08, 0, 0, 0, 7, 0, 0, 0, 60,
};

/** What it gets */
static const uint8_t expected[36] = {
	1, 2, 3, 4, 5, 6, 7, 8, 11, 12, 13, 14, 15, 16, 17, 18,
	41, 0x20, 37, 0x20, 0, 0, 0, 7, 0, 0, 0, 36,
	0, 0, 0, 8, 0, 0, 0, 4,
};

START_TEST(test_answer)
{
	uint8_t other[sizeof(request)];
	chunk_t answer;

	answer = tunnel_invalid_spi_answer(chunk_from_thing(request));
	ck_assert(chunk_equals(answer, chunk_from_thing(expected)));
	ck_assert(tunnel_invalid_spi_is_answer(answer));
	chunk_free(&answer);
	/* the responder of the IKE_SA asks: the answer is of its initiator */
	memcpy(other, request, sizeof(other));
	other[19] = 0;
	answer = tunnel_invalid_spi_answer(chunk_from_thing(other));
	ck_assert_uint_eq(answer.ptr[19], 0x28);
	chunk_free(&answer);
}
END_TEST

/** What else a request may be, and gets no answer then */
static const struct {
	u_int pos;
	uint8_t value;
} changes[] = {
	/* a response, with which two ends could go on for ever */
	{ 19, 0x28 },
	/* IKE_SA_INIT, IKE_AUTH, IKEv1 */
	{ 18, 34 },
	{ 18, 35 },
	{ 17, 0x10 },
	/* not protected */
	{ 16, 41 },
	{ 16, 0 },
	/* another length than it says */
	{ 27, 59 },
	{ 27, 61 },
};

START_TEST(test_no_answer)
{
	uint8_t other[sizeof(request)];
	size_t len;

	memcpy(other, request, sizeof(other));
	other[changes[_i].pos] = changes[_i].value;
	ck_assert(!tunnel_invalid_spi_answer(chunk_from_thing(other)).len);
	memcpy(other, request, sizeof(other));
	/* no SPI of the one end, or of the other */
	memset(other, 0, 8);
	ck_assert(!tunnel_invalid_spi_answer(chunk_from_thing(other)).len);
	memcpy(other, request, 8);
	memset(other + 8, 0, 8);
	ck_assert(!tunnel_invalid_spi_answer(chunk_from_thing(other)).len);
	/* shorter than the answer would be, down to nothing */
	memcpy(other, request, sizeof(other));
	for (len = 0; len < sizeof(expected); len++)
	{
		other[27] = len;
		ck_assert(!tunnel_invalid_spi_answer(chunk_create(other, len)).len);
	}
}
END_TEST

START_TEST(test_is_answer)
{
	uint8_t other[sizeof(expected) + 1] = {};
	size_t len;
	u_int i, bit;
	bool is;

	ck_assert(tunnel_invalid_spi_is_answer(chunk_from_thing(expected)));
	for (i = 16; i < sizeof(expected); i++)
	{
		for (bit = 0; bit < 8; bit++)
		{
			memcpy(other, expected, sizeof(expected));
			other[i] ^= 1 << bit;
			is = tunnel_invalid_spi_is_answer(
									chunk_create(other, sizeof(expected)));
			/* exchange, message ID, flags but for "response", minor version,
			 * critical and reserved bits, protocol: not looked at here */
			ck_assert_int_eq(is, i == 18 || (i == 19 && bit != 5) ||
							 (i >= 20 && i < 24) || (i == 17 && bit < 4) ||
							 i == 29 || i == 32);
		}
	}
	memcpy(other, expected, sizeof(expected));
	for (len = 0; len <= sizeof(other); len++)
	{
		ck_assert_int_eq(tunnel_invalid_spi_is_answer(
									chunk_create(other, len)),
						 len == sizeof(expected));
	}
}
END_TEST

static Suite *tunnel_invalid_spi_suite()
{
	Suite *suite = suite_create("tunnel_invalid_spi");
	TCase *tc;
	tc = test_case(suite, "answers", 0, NULL, NULL);
	tcase_add_test(tc, test_answer);
	tcase_add_loop_test(tc, test_no_answer, 0, countof(changes));
	tcase_add_test(tc, test_is_answer);
	return suite;
}

int main(void)
{
	return test_run(tunnel_invalid_spi_suite());
}
