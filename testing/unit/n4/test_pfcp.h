/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup test_pfcp test_pfcp
 * @{ @ingroup tests
 *
 * PFCP messages for tests, octet by octet.
 */

#ifndef TEST_PFCP_H_
#define TEST_PFCP_H_

#include "n4/n4_message.h"

/** For messages without SEID */
#define NO_SEID UINT64_MAX

/** IEs, as hexadecimal text: Cause (accepted), Node ID 192.0.2.1 */
#define ACCEPTED "0013 0001 01 "
#define NODE "003c 0005 00c0000201 "

/** K_UPF "K" 32 times, with identifier "ue"; and K_AMF "A" with RAND 0 to 15 */
#define KEY_PARTS "01 0020 " KEY_OCTETS "05 0002 7565 "
#define KEY_OCTETS "4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b" \
				   "4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b "
#define KEY_IE "8001 002a 7ed9 " KEY_PARTS
#define KAMF_IE "8001 0038 7ed9 02 0020 " KAMF_OCTETS "03 0010 " RAND_OCTETS
#define KAMF_OCTETS "41414141414141414141414141414141" \
					"41414141414141414141414141414141 "
#define RAND_OCTETS "000102030405060708090a0b0c0d0e0f "

typedef struct test_pfcp_t test_pfcp_t;

/**
 * A message.
 */
struct test_pfcp_t {
	/** octets */
	uint8_t buf[2048];
	/** how many */
	size_t len;
};

/**
 * Make a message.
 *
 * @param type		type
 * @param seid		SEID, or NO_SEID
 * @param sequence	sequence number
 * @param ies		IEs, hexadecimal text with blanks
 * @return			message
 */
test_pfcp_t test_pfcp(uint8_t type, uint64_t seid, uint32_t sequence,
					  const char *ies);

/**
 * Make octets of hexadecimal text with blanks.
 */
test_pfcp_t test_octets_of(const char *hex);

/**
 * Octets of a message.
 */
static inline wire_octets_t test_pfcp_octets(const test_pfcp_t *message)
{
	return wire_octets(message->buf, message->len);
}

#endif /** TEST_PFCP_H_ @}*/
