/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * What gets in: every exchange of both versions with and without a responder's
 * SPI and a message ID, on all ports.
 */

#include <check.h>

#include "tunnel/tunnel_screen.h"
#include "tunnel/tunnel_guard.h"
#include "test_runner.h"

#define HEADER_LEN 28

/** Flags: of a request by the initiator, and of a response */
#define REQUEST 0x08
#define RESPONSE 0x20

/** Charon's sockets, as far as packets come from there */
static struct {
	socket_manager_t public;
	socket_manager_t *real;
	/** packets that are still to come */
	packet_t *packets[8];
	u_int count, next;
} sockets;

static uint8_t header[HEADER_LEN];

/** INVALID_IKE_SPI that was passed on */
static u_int hints;

static void hint(void *user, chunk_t message)
{
	ck_assert_ptr_eq(user, &hints);
	ck_assert_uint_eq(message.len, HEADER_LEN + 8);
	hints++;
}

/**
 * Make a header.
 */
static chunk_t make(int major, int exchange, uint8_t flags, bool spi,
					uint32_t message_id)
{
	memset(header, 0, sizeof(header));
	memset(header, 1, 8);
	header[15] = spi;
	header[16] = exchange == INFORMATIONAL ? PLV2_ENCRYPTED
										   : PLV2_SECURITY_ASSOCIATION;
	header[17] = major << 4;
	header[18] = exchange;
	header[19] = flags;
	htoun32(header + 20, message_id);
	return chunk_from_thing(header);
}

/**
 * What is expected of a message.
 */
static bool is_due(int major, int exchange, uint8_t flags, bool spi,
				   uint32_t message_id)
{
	bool old = exchange == ID_PROT || exchange == AGGRESSIVE;

	if (major == 2)
	{
		return !old && (exchange != IKE_SA_INIT || flags == RESPONSE ||
						(!spi && !message_id));
	}
	if (major == 1)
	{
		return exchange != IKE_SA_INIT && (!old || spi || !message_id);
	}
	return TRUE;
}

START_TEST(test_all)
{
	static const uint32_t ids[] = { 0, 1, 0x100, UINT32_MAX };
	static const uint8_t flags[] = { 0, REQUEST, RESPONSE };
	int major, exchange, spi;
	u_int i, j;

	for (major = 0; major < 16; major++)
	{
		for (exchange = 0; exchange < 256; exchange++)
		{
			for (i = 0; i < countof(flags) * countof(ids); i++)
			{
				j = i / countof(flags);
				for (spi = 0; spi < 2; spi++)
				{
					ck_assert_msg(tunnel_screen_judge(
						make(major, exchange, flags[i % countof(flags)], spi,
							 ids[j])) ==
						(is_due(major, exchange, flags[i % countof(flags)], spi,
								ids[j]) ? TUNNEL_PASS : TUNNEL_NOT_DUE),
						"version %d, exchange %d, flags 0x%x, SPI %d, ID %u",
						major, exchange, flags[i % countof(flags)], spi,
						ids[j]);
				}
			}
		}
	}
}
END_TEST

START_TEST(test_short)
{
	chunk_t message = make(2, IKE_SA_INIT, REQUEST, TRUE, 1);

	ck_assert_int_eq(tunnel_screen_judge(message), TUNNEL_NOT_DUE);
	while (message.len--)
	{
		ck_assert_int_eq(tunnel_screen_judge(message), TUNNEL_PASS);
	}
}
END_TEST

START_TEST(test_unprotected)
{
	chunk_t message = make(2, INFORMATIONAL, REQUEST, TRUE, 1);
	bool fragments = TRUE;
	int type;

#ifdef ME
	/* this charon has no use for them */
	fragments = FALSE;
#endif
	for (type = 0; type < 256; type++)
	{
		header[16] = type;
		ck_assert_int_eq(tunnel_screen_judge(message),
						 type == PLV2_ENCRYPTED ||
						 (type == PLV2_FRAGMENT && fragments) ?
								TUNNEL_PASS : TUNNEL_UNPROTECTED);
	}
}
END_TEST

static status_t receive(socket_manager_t *this, packet_t **packet)
{
	if (sockets.next == sockets.count)
	{
		return FAILED;
	}
	*packet = sockets.packets[sockets.next++];
	return SUCCESS;
}

/**
 * Have a packet come in later.
 */
static void send_packet(uint16_t port, chunk_t data)
{
	sockets.packets[sockets.count++] = packet_create_from_data(
						host_create_from_string("192.0.2.1", port),
						host_create_from_string("192.0.2.2", port), data);
}

/**
 * Check that the next packet that gets in is of this length.
 */
static void expect(size_t len)
{
	packet_t *packet;

	ck_assert(charon->socket->receive(charon->socket, &packet) == SUCCESS);
	ck_assert_uint_eq(packet->get_data(packet).len, len);
	packet->destroy(packet);
}

CALLBACK(find_counter, void,
	uint64_t *value, const char *name, uint64_t counter)
{
	if (streq(name, "p-guard-not-due"))
	{
		*value = counter;
	}
}

static uint64_t get_dropped()
{
	uint64_t value = UINT64_MAX;

	tunnel_guard_report("p", find_counter, &value);
	return value;
}

static void setup()
{
	memset(&sockets, 0, sizeof(sockets));
	sockets.public.receive = receive;
	sockets.real = charon->socket;
	charon->socket = &sockets.public;
	hints = 0;
	tunnel_screen_install(hint, &hints);
}

static void teardown()
{
	tunnel_screen_remove();
	ck_assert(sockets.public.receive == receive);
	charon->socket = sockets.real;
}

/**
 * INVALID_IKE_SPI without protection.
 */
static chunk_t invalid_spi(int exchange, u_int type)
{
	chunk_t message = make(2, exchange, RESPONSE, TRUE, 7);
	uint8_t notify[] = { 0, 0, 0, 8, 0, 0, type >> 8, type };

	header[16] = PLV2_NOTIFY;
	htoun32(header + 24, HEADER_LEN + sizeof(notify));
	return chunk_cat("cc", message, chunk_from_thing(notify));
}

START_TEST(test_hint)
{
	packet_t *packet;

	/* nothing of that gets in; one kind is worth a word */
	send_packet(500, invalid_spi(INFORMATIONAL, INVALID_IKE_SPI));
	send_packet(500, invalid_spi(INFORMATIONAL, INVALID_SYNTAX));
	ck_assert(charon->socket->receive(charon->socket, &packet) == FAILED);
	ck_assert_uint_eq(hints, 1);
	/* and is dropped if nobody wants to hear of it */
	tunnel_screen_remove();
	tunnel_screen_install(NULL, NULL);
	send_packet(500, invalid_spi(INFORMATIONAL, INVALID_IKE_SPI));
	ck_assert(charon->socket->receive(charon->socket, &packet) == FAILED);
	ck_assert_uint_eq(hints, 1);
}
END_TEST

START_TEST(test_hint_exchange)
{
	static const uint8_t answered[] = { CREATE_CHILD_SA, INFORMATIONAL,
										TUNNEL_IKE_INTERMEDIATE,
										TUNNEL_IKE_FOLLOWUP_KE };
	packet_t *packet;
	u_int i;

	/* who has lost an IKE_SA answers whatever is asked, rekeying too */
	for (i = 0; i < countof(answered); i++)
	{
		send_packet(500, invalid_spi(answered[i], INVALID_IKE_SPI));
		ck_assert(charon->socket->receive(charon->socket, &packet) == FAILED);
		ck_assert_uint_eq(hints, i + 1);
	}
	/* nobody answers what sets an IKE_SA up like this, and not with all else */
	hints = 0;
	send_packet(500, invalid_spi(IKE_SA_INIT, INVALID_IKE_SPI));
	expect(HEADER_LEN + 8);
	send_packet(500, invalid_spi(IKE_AUTH, INVALID_IKE_SPI));
	expect(HEADER_LEN + 8);
	send_packet(500, invalid_spi(CREATE_CHILD_SA, INVALID_SYNTAX));
	expect(HEADER_LEN + 8);
	ck_assert_uint_eq(hints, 0);
}
END_TEST

START_TEST(test_receive)
{
	uint64_t before = get_dropped();
	packet_t *packet;

	send_packet(500, chunk_clone(make(2, IKE_SA_INIT, REQUEST, TRUE, 0)));
	send_packet(4500, chunk_cat("cc", chunk_from_chars(0, 0, 0, 0),
								make(2, IKE_SA_INIT, REQUEST, FALSE, 1)));
	send_packet(4500, chunk_cat("cc", chunk_from_chars(0, 0, 0, 0),
								make(2, IKE_SA_INIT, REQUEST, FALSE, 0)));
	/* ESP that looks like a message */
	send_packet(4500, chunk_clone(make(2, IKE_SA_INIT, REQUEST, TRUE, 1)));
	send_packet(500, chunk_clone(make(2, INFORMATIONAL, REQUEST, TRUE, 7)));
	send_packet(500, chunk_clone(chunk_from_chars(0xff)));
	expect(4 + HEADER_LEN);
	expect(HEADER_LEN);
	expect(HEADER_LEN);
	expect(1);
	ck_assert(charon->socket->receive(charon->socket, &packet) == FAILED);
	ck_assert_uint_eq(get_dropped(), before + 2);
}
END_TEST

static Suite *tunnel_screen_suite(void)
{
	Suite *suite = suite_create("tunnel_screen");
	TCase *tc = test_case(suite, "messages", 0, NULL, NULL);

	tcase_add_test(tc, test_all);
	tcase_add_test(tc, test_short);
	tcase_add_test(tc, test_unprotected);

	tc = test_case(suite, "packets", 0, setup, teardown);
	tcase_add_test(tc, test_receive);
	tcase_add_test(tc, test_hint);
	tcase_add_test(tc, test_hint_exchange);

	return suite;
}

int main(void)
{
	return test_run(tunnel_screen_suite());
}
