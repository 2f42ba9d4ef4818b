/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "feed_requests.h"
#include "bench.h"

#include <arpa/inet.h>
#include <stdio.h>

/** Elements of messages beside FEED_KEY_VALUE, see PROTOCOL.md */
enum {
	SECTION_START = 1,
	SECTION_END,
	LIST_START = 4,
	LIST_ITEM,
	LIST_END,
};

/** The commands, as in feed_what_t */
static const char *commands[] = {
	"establish-session", "establish-sessions", "modify-session",
	"delete-session", "load-shared",
};

static void put(const void *data, size_t len)
{
	memcpy(feed.out + feed.out_len, data, len);
	feed.out_len += len;
}

static void put_octet(uint8_t octet)
{
	feed.out[feed.out_len++] = octet;
}

static void put_name(uint8_t type, const char *name)
{
	put_octet(type);
	put_octet(strlen(name));
	put(name, strlen(name));
}

static void put_data(const void *data, size_t len)
{
	put_octet(len >> 8);
	put_octet(len);
	put(data, len);
}

static void put_value(const char *name, const char *value)
{
	put_name(FEED_KEY_VALUE, name);
	put_data(value, strlen(value));
}

static void put_number(const char *name, uint32_t number)
{
	char text[16];

	snprintf(text, sizeof(text), "%u", number);
	put_value(name, text);
}

static void put_item(const char *value)
{
	put_octet(LIST_ITEM);
	put_data(value, strlen(value));
}

/**
 * Begin a packet; the result is what end_packet() needs.
 */
static size_t begin_packet(const char *command)
{
	size_t start = feed.out_len;

	feed.out_len += 4;
	put_name(0, command);
	return start;
}

static void end_packet(size_t start)
{
	uint32_t len = htonl(feed.out_len - start - 4);

	memcpy(feed.out + start, &len, sizeof(len));
	feed.octets += feed.out_len - start;
	feed.waiting++;
}

/**
 * The identity as a client writes it.
 */
static char *id_text(const uint8_t id[BENCH_ID_LEN], char text[40])
{
	static const char digits[] = "0123456789abcdef";
	int i;

	text[0] = '@';
	text[1] = '#';
	for (i = 0; i < BENCH_ID_LEN; i++)
	{
		text[2 + 2 * i] = digits[id[i] >> 4];
		text[3 + 2 * i] = digits[id[i] & 0xf];
	}
	text[2 + 2 * i] = '\0';
	return text;
}

static void put_shared(uint32_t number)
{
	uint8_t id[BENCH_ID_LEN], key[BENCH_KEY_LEN];
	char text[40];

	bench_id(number, id);
	bench_key(id, feed.generation, key);
	put_number("id", number);
	put_value("type", "IKE");
	put_name(FEED_KEY_VALUE, "data");
	put_data(key, sizeof(key));
	put_name(LIST_START, "owners");
	if (feed.owners > 1)
	{
		put_item("gw");
	}
	put_item(id_text(id, text));
	put_octet(LIST_END);
}

static void put_content(uint32_t number)
{
	uint8_t id[BENCH_ID_LEN], key[BENCH_KEY_LEN];
	char text[48];

	bench_id(number, id);
	bench_key(id, feed.generation, key);
	put_name(FEED_KEY_VALUE, "key");
	put_data(key, sizeof(key));
	if (feed.what == FEED_MODIFY)
	{
		if (feed.grace != UINT32_MAX)
		{
			put_number("grace", feed.grace);
		}
		if (feed.lifetime)
		{
			put_number("lifetime", feed.lifetime);
		}
		return;
	}
	put_value("ue-id", id_text(id, text));
	put_value("pdu-session-id", "1");
	if (feed.upf)
	{
		put_value("upf-address", feed.upf);
	}
	if (feed.addresses)
	{
		put_name(LIST_START, "ue-addresses");
		snprintf(text, sizeof(text), "10.%u.%u.%u", number >> 16 & 0xff,
				 number >> 8 & 0xff, number & 0xff);
		put_item(text);
		snprintf(text, sizeof(text), "2001:db8:%x:%x::1", number >> 16,
				 number & 0xffff);
		put_item(text);
		put_octet(LIST_END);
	}
	if (feed.lifetime)
	{
		put_number("lifetime", feed.lifetime);
	}
}

/*
 * Described in header
 */
uint32_t feed_put_request(uint32_t done)
{
	uint32_t i = 0, number, many = 1;
	size_t start;
	char name[24];

	if (feed.what == FEED_BATCH)
	{
		many = feed.batch < feed.count - done ? feed.batch : feed.count - done;
	}
	start = begin_packet(commands[feed.what]);
	for (i = 0; i < many; i++)
	{
		number = feed.first + bench_shuffle(done + i, feed.count);
		snprintf(name, sizeof(name), "imsi-90170%010u-1", number);
		switch (feed.what)
		{
			case FEED_LOAD_SHARED:
				put_shared(number);
				break;
			case FEED_BATCH:
				put_name(SECTION_START, name);
				put_content(number);
				put_octet(SECTION_END);
				break;
			case FEED_DELETE:
				put_value("session", name);
				break;
			default:
				put_value("session", name);
				put_content(number);
				break;
		}
	}
	if (feed.out_len - start > FEED_PACKET_MAX)
	{
		feed_fail("batch is too large");
	}
	end_packet(start);
	return many;
}

/*
 * Described in header
 */
void feed_put_command(const char *command)
{
	end_packet(begin_packet(command));
}
