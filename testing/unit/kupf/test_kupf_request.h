/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup test_kupf_request test_kupf_request
 * @{ @ingroup tests
 *
 * Keys in all notations, and a message that is parsed.
 */

#ifndef TEST_KUPF_REQUEST_H_
#define TEST_KUPF_REQUEST_H_

#include "kupf/protocol/kupf_fields.h"
#include "kupf/protocol/kupf_parser.h"
#include "test_runner.h"

/** 64 characters */
#define A64 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

/** 32 and 64 octets as hexadecimal digits */
#define HEX32 "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define HEX31 "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e"
#define ZERO16 "00000000000000000000000000000000"
#define HEX64 HEX32 HEX32

/** 32 raw octets, printable */
#define RAW32 "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"

/** 33 octets in Base64 */
#define B64_33 "YWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFh"

/** 64 and 65 characters */
#define TEXT64 \
	"aaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbccccccccccccccccdddddddddddddddd"

/** All fields */
#define ALL (KUPF_FIELD_SESSION | KUPF_FIELDS_SESSION | KUPF_FIELD_GRACE | \
			 KUPF_FIELD_STATE | KUPF_FIELD_REPLACE | KUPF_FIELD_LIMIT | \
			 KUPF_FIELD_AFTER | KUPF_FIELD_GENERATION | KUPF_FIELD_UNIQUE_ID)

/**
 * Parse a message.
 *
 * @param script	the message for test_encode()
 */
bool parse(kupf_request_t *request, kupf_error_t *error, kupf_fields_t allowed,
		   kupf_fields_t required, const char *script);

/**
 * Whether a text has a run of n characters of another.
 */
bool shares(const char *text, const char *other, size_t n);

/** Cases of the other sources */
void kupf_request_bad_cases(Suite *suite);

#endif /** TEST_KUPF_REQUEST_H_ @}*/
