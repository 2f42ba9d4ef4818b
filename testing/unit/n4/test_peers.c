/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "n4/test_peers.h"
#include "test_runner.h"
#include "test_support.h"

#include <poll.h>

kupf_n4_t *engine;
unsigned int smf, other;

test_pfcp_t at_upf, at_smf;
unsigned int upf_got, smf_got, smf_number;

char said[4096];

kupf_n4_config_t engine_config;

static void to_upf(void *user, unsigned int number, const uint8_t *octets,
				   size_t len)
{
	ck_assert_uint_le(len, sizeof(at_upf.buf));
	memcpy(at_upf.buf, octets, len);
	at_upf.len = len;
	upf_got++;
}

static void to_smf(void *user, unsigned int number, const uint8_t *octets,
				   size_t len)
{
	ck_assert_uint_le(len, sizeof(at_smf.buf));
	memcpy(at_smf.buf, octets, len);
	at_smf.len = len;
	smf_number = number;
	smf_got++;
}

static void say(void *user, const char *text)
{
	if (strlen(said) + strlen(text) + 2 <= sizeof(said))
	{
		strcat(strcat(said, text), "\n");
	}
}

/*
 * Described in header
 */
kupf_n4_counters_t count()
{
	kupf_n4_counters_t counters;

	kupf_n4_get_counters(engine, &counters);
	return counters;
}

/*
 * Described in header
 */
void create(unsigned int patience)
{
	kupf_n4_config_t config = engine_config;

	config.socket = test_path("sock");
	config.patience = patience;
	config.to_upf = to_upf;
	config.to_smf = to_smf;
	config.log = say;
	config.max_sessions = config.max_sessions ?: 3;
	engine = kupf_n4_create(&config);
	ck_assert_ptr_nonnull(engine);
	ck_assert(kupf_n4_add_smf(engine, "smf", &smf));
	ck_assert(kupf_n4_add_smf(engine, "other", &other));
}

/*
 * Described in header
 */
void setup()
{
	test_dir_create();
	upf_got = smf_got = 0;
	said[0] = '\0';
	memset(&engine_config, 0, sizeof(engine_config));
	/* a kupf that answers is waited for */
	create(5000);
}

/*
 * Described in header
 */
void teardown()
{
	kupf_n4_destroy(engine);
	test_dir_remove();
}

/*
 * Described in header
 */
void work()
{
	int timeout = kupf_n4_poll_timeout(engine);
	struct pollfd pfd = {
		.fd = kupf_n4_fd(engine),
		.events = kupf_n4_poll_events(engine),
	};

	poll(&pfd, 1, timeout < 0 || timeout > 50 ? 50 : timeout);
	kupf_n4_process(engine);
}

/*
 * Described in header
 */
void await_smf(unsigned int messages)
{
	while (smf_got < messages)
	{
		work();
	}
	ck_assert_uint_eq(smf_got, messages);
}

/*
 * Described in header
 */
void await_sync(unsigned int syncs)
{
	while (count().synchronised < syncs)
	{
		work();
	}
}

/*
 * Described in header
 */
void from_smf(uint8_t type, uint64_t seid, uint32_t sequence, const char *ies)
{
	test_pfcp_t message = test_pfcp(type, seid, sequence, ies);

	kupf_n4_from_smf(engine, smf, message.buf, message.len);
}

/*
 * Described in header
 */
void from_upf(uint8_t type, uint64_t seid, uint32_t sequence, const char *ies)
{
	test_pfcp_t message = test_pfcp(type, seid, sequence, ies);

	kupf_n4_from_upf(engine, smf, message.buf, message.len);
}

/*
 * Described in header
 */
void check(const test_pfcp_t *got, uint8_t type, uint64_t seid,
		   uint32_t sequence, const char *ies)
{
	test_pfcp_t expected = test_pfcp(type, seid, sequence, ies);
	size_t i;

	for (i = 0; i < expected.len && i < got->len; i++)
	{
		ck_assert_msg(got->buf[i] == expected.buf[i], "octet %zu is %02x, not "
					  "%02x", i, got->buf[i], expected.buf[i]);
	}
	ck_assert_uint_eq(got->len, expected.len);
}

/*
 * Described in header
 */
void associate()
{
	from_smf(5, NO_SEID, 1, NODE "0060 0004 00000001");
	from_upf(6, NO_SEID, 1, NODE ACCEPTED "0060 0004 00000001");
	upf_got = smf_got = 0;
}

/*
 * Described in header
 */
void associate_other()
{
	unsigned int before = smf;

	smf = other;
	from_smf(5, NO_SEID, 1, OTHER_NODE "0060 0004 00000001");
	from_upf(6, NO_SEID, 1, NODE ACCEPTED "0060 0004 00000001");
	smf = before;
	upf_got = smf_got = 0;
}
