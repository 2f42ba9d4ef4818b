/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "fuzz.h"
#include "kupf/keys/kupf_secret.h"
#include "test_runner.h"
#include "test_upf.h"

/** Octets of a key that an error must not repeat */
#define REPEATED 8

/** What keys are made of: what words and names are not, and what they are */
#define TELLING "0123456789+/ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS TELLING "abcdefghijklmnopqrstuvwxyz"

/** Numbers in errors, which an input may have as well */
static const char *numbers[] = { "4294967295", "315360000" };

/**
 * Length of a number of ours that a text begins with, 0 if there is none.
 */
static size_t number_len(const char *text)
{
	u_int i;

	for (i = 0; i < countof(numbers); i++)
	{
		if (strpfx(text, numbers[i]))
		{
			return strlen(numbers[i]);
		}
	}
	return 0;
}

/*
 * Described in header
 */
void fuzz_check_error(const char *message, const uint8_t *data, size_t size)
{
	size_t len;

	for (; *message; message++)
	{
		len = number_len(message);
		if (len)
		{
			message += len - 1;
		}
		else if (strspn(message, DIGITS) >= REPEATED &&
				 strcspn(message, TELLING) < REPEATED &&
				 memmem(data, size, message, REPEATED))
		{
			abort();
		}
	}
}

/*
 * Described in header
 */
void fuzz_check_answer(wire_octets_t answer, const uint8_t *data, size_t size)
{
	wire_element_t element;
	wire_reader_t reader;
	wire_packet_t packet;
	wire_octets_t body;
	char message[512];
	size_t len;

	if (wire_packet_cut(answer, &body, &len) != WIRE_PACKET_WHOLE ||
		len != answer.len || !wire_packet_parse(body, &packet) ||
		!wire_reader_init(&reader, packet.message))
	{
		abort();
	}
	while (wire_reader_next(&reader, &element))
	{
		if (element.type == WIRE_KEY_VALUE &&
			wire_equals(element.name, "errmsg"))
		{
			snprintf(message, sizeof(message), "%.*s", (int)element.value.len,
					 element.value.ptr);
			fuzz_check_error(message, data, size);
		}
	}
}

/*
 * Described in header
 */
int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	static uint8_t key[KUPF_KEY_MAX] = { 1 };

	test_libraries_init();
	/* pages for keys are locked; as long as there is one they are kept */
	if (!kupf_secret_create(chunk_create(key, KUPF_KEY_MIN)) ||
		!kupf_secret_create(chunk_create(key, KUPF_KEY_MAX)))
	{
		abort();
	}
	return 0;
}

/*
 * Described in header
 */
test_upf_t *fuzz_upf(void)
{
	static test_upf_t *upf;

	if (!upf)
	{
		upf = malloc(sizeof(*upf));
		test_upf_init_with(upf, "192.0.2.0/29,2001:db8::/126", 0, 4);
	}
	test_upf_clear(upf);
	return upf;
}
