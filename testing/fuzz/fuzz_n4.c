/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Fuzzes what comes over N4: datagrams of an SMF with an association, and of its
 * UPF.  Each is preceded by an octet that says from whom (bit 7: the UPF) and
 * its length.  Nobody listens at kupf's socket.
 */

#include "fuzz.h"
#include "n4/kupf_n4.h"
#include "n4/n4_message.h"
#include "n4/n4_vendor.h"

#include <stdlib.h>
#include <string.h>

/** The octet in front of a datagram */
#define FROM_UPF 0x80
#define LENGTH 0x7f


const char *fuzz_target = "n4";

static unsigned int smf;

/**
 * Whether what is sent on is one message of PFCP, without an IE with a key.
 */
static void check(const uint8_t *octets, size_t len, bool may_have_key)
{
	static const n4_vendor_t vendor = {
		.enterprise = N4_ENTERPRISE,
		.key_type = N4_KEY_TYPE,
		.answer_type = N4_ANSWER_TYPE,
	};
	wire_octets_t datagram = wire_octets(octets, len);
	n4_message_t message;
	n4_ie_t ie;

	if (!n4_message_cut(&datagram, &message) || datagram.len)
	{
		abort();
	}
	while (!may_have_key && n4_ie_next(&message.ies, &ie))
	{
		if (n4_vendor_is(&vendor, &ie, vendor.key_type))
		{
			abort();
		}
	}
}

static void to_upf(void *user, unsigned int number, const uint8_t *octets,
				   size_t len)
{
	check(octets, len, false);
}

static void to_smf(void *user, unsigned int number, const uint8_t *octets,
				   size_t len)
{
	check(octets, len, true);
}

/**
 * Lines have nothing of a key, and nothing that is not printable.
 */
static void log_line(void *user, const char *text)
{
	if (strstr(text, "KKKK"))
	{
		abort();
	}
	for (; *text; text++)
	{
		if (*text < ' ' || *text > '~')
		{
			abort();
		}
	}
}

/**
 * There is a key for every other session of a subscriber.
 */
static bool find_key(void *user, const kupf_n4_need_t *need, kupf_n4_key_t *key)
{
	memset(key->key, 'K', sizeof(key->key));
	key->derives = true;
	log_line(user, need->supi);
	return need->supi[5] % 2;
}

static void tell(void *user, const kupf_n4_told_t *told)
{
	log_line(user, told->supi);
	log_line(user, told->cause);
}

/** Engine, used again and again */
static kupf_n4_t *engine;

/*
 * Described in header
 */
int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	kupf_n4_config_t config = {
		.socket = "/nonexistent",
		.patience = 1,
		.max_sessions = 4,
		.smf_rate = UINT32_MAX,
		.smf_responses = 4096,
		.smf_exchanges = 16,
		.to_upf = to_upf,
		.to_smf = to_smf,
		.log = log_line,
		.find_key = find_key,
		.tell = tell,
	};
	uint8_t key[KUPF_N4_WRAPPING_KEY] = {};

	engine = kupf_n4_create(&config);
	if (!engine || !kupf_n4_add_smf(engine, "smf", &smf))
	{
		abort();
	}
	/* without libcrypto wrapped keys are parsed all the same */
	kupf_n4_unwrap_with(engine, smf, key);
	return 0;
}

/**
 * Have the UPF start anew: the SMF asks for a sign of life, and the stamp of the
 * response is another one than before.
 */
static void restart(uint8_t stamp)
{
	uint8_t request[] = {
		0x20, 1, 0, 4, 0xff, 0xff, 0xfe, 0,
	};
	uint8_t response[] = {
		0x20, 2, 0, 12, 0xff, 0xff, 0xfe, 0, 0, 96, 0, 4, 0, 0, 0, stamp,
	};

	kupf_n4_from_smf(engine, smf, request, sizeof(request));
	kupf_n4_from_upf(engine, smf, response, sizeof(response));
}

/**
 * Have an association and nothing else.
 */
static void begin(void)
{
	static const uint8_t request[] = {
		0x20, 5, 0, 12, 0xff, 0xff, 0xff, 0, 0, 96, 0, 4, 0, 0, 0, 1,
	};
	static const uint8_t response[] = {
		0x20, 6, 0, 9, 0xff, 0xff, 0xff, 0, 0, 19, 0, 1, 1,
	};
	kupf_n4_counters_t counters;

	restart(1);
	restart(2);
	kupf_n4_from_smf(engine, smf, request, sizeof(request));
	kupf_n4_from_upf(engine, smf, response, sizeof(response));
	kupf_n4_get_counters(engine, &counters);
	if (counters.sessions || counters.exchanges > 2)
	{
		abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	kupf_n4_counters_t counters;
	uint8_t *exact;
	size_t len;

	begin();
	while (size)
	{
		len = data[0] & LENGTH;
		len = len < size - 1 ? len : size - 1;
		/* memory of its size, for the address sanitizer */
		exact = malloc(len + 1);
		memcpy(exact + 1, data + 1, len);
		(data[0] & FROM_UPF ? kupf_n4_from_upf : kupf_n4_from_smf)(engine, smf,
															exact + 1, len);
		free(exact);
		data += 1 + len;
		size -= 1 + len;
	}
	kupf_n4_process(engine);
	kupf_n4_get_counters(engine, &counters);
	if (counters.sessions > 4 || counters.exchanges > 32)
	{
		abort();
	}
	return 0;
}
