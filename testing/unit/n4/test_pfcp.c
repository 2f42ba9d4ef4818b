/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "n4/test_pfcp.h"

#include <ctype.h>
#include <stdio.h>

/*
 * Described in header
 */
test_pfcp_t test_octets_of(const char *hex)
{
	test_pfcp_t octets = {};
	unsigned int octet;

	for (; *hex; hex += 2)
	{
		while (*hex == ' ')
		{
			hex++;
		}
		if (sscanf(hex, "%2x", &octet) != 1)
		{
			break;
		}
		octets.buf[octets.len++] = octet;
	}
	return octets;
}

/*
 * Described in header
 */
test_pfcp_t test_pfcp(uint8_t type, uint64_t seid, uint32_t sequence,
					  const char *ies)
{
	test_pfcp_t body = test_octets_of(ies), message = {};
	n4_out_t out = { .buf = message.buf, .room = sizeof(message.buf) };
	bool has_seid = seid != NO_SEID;

	n4_out_number(&out, has_seid ? 0x21 : 0x20, 1);
	n4_out_number(&out, type, 1);
	n4_out_number(&out, (has_seid ? 12 : 4) + body.len, 2);
	if (has_seid)
	{
		n4_out_number(&out, seid, 8);
	}
	n4_out_number(&out, sequence << 8, 4);
	n4_out_add(&out, test_pfcp_octets(&body));
	message.len = out.len;
	return message;
}
