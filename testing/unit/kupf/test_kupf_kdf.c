/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * The KDF against published vectors and values computed by another program,
 * and what is refused.
 */

#include <check.h>

#include <library.h>

#include "kupf/keys/kupf_kdf.h"
#include "test_runner.h"

/** Plugins that bring PRF_HMAC_SHA2_256 */
#define PLUGINS "openssl sha2 hmac"

/** Directories with these plugins, if not where they are installed */
#define PLUGIN_PATH "NIN3A_TEST_PLUGIN_PATH"

/** Most parameters in a vector */
#define MAX_PARAMS 3

/** Whether the library is ours to give back */
static bool initialized;

/**
 * Read by the leak sanitizer: libcrypto keeps what it allocates once.
 */
const char *__lsan_default_suppressions(void);

const char *__lsan_default_suppressions(void)
{
	return "leak:libcrypto\n";
}

static void setup_library()
{
	char *path, *dir;
	enumerator_t *dirs;

	initialized = !lib;
	if (initialized)
	{
		ck_assert(library_init("", "test_kupf_kdf"));
		path = getenv(PLUGIN_PATH);
		dirs = enumerator_create_token(path ?: "", ":", " ");
		while (dirs->enumerate(dirs, &dir))
		{
			lib->plugins->add_path(lib->plugins, dir);
		}
		dirs->destroy(dirs);
		ck_assert(lib->plugins->load(lib->plugins, PLUGINS));
	}
}

static void teardown_library()
{
	if (initialized)
	{
		library_deinit();
	}
}

/**
 * Octets from hexadecimal digits, or from text that starts with a quote.
 */
static chunk_t octets(char *text)
{
	if (*text == '\'')
	{
		return chunk_clone(chunk_from_str(text + 1));
	}
	return chunk_from_hex(chunk_from_str(text), NULL);
}

static void assert_octets(char *expected, chunk_t actual)
{
	chunk_t expect = octets(expected);
	char text[2 * KUPF_KDF_LEN + 1];

	ck_assert_uint_le(actual.len, KUPF_KDF_LEN);
	chunk_to_hex(actual, text, FALSE);
	ck_assert_msg(chunk_equals(expect, actual), "expected %s, got %s",
				  expected, text);
	chunk_free(&expect);
}

static void assert_zero(chunk_t actual)
{
	size_t i;

	for (i = 0; i < actual.len; i++)
	{
		ck_assert_uint_eq(actual.ptr[i], 0);
	}
}

/**
 * One derivation: octets as hexadecimal digits, or text after a quote.
 */
typedef struct {
	/** where it is published */
	char *source;
	/** key of the KDF */
	char *key;
	/** FC */
	uint16_t fc;
	/** P0, P1, ... */
	char *params[MAX_PARAMS];
	/** derived key, or its last octets if it is shorter */
	char *expected;
} vector_t;

static vector_t published[] = {
	{
		"RFC 5448 Appendix C case 1 (CK' || IK', access network WLAN)",
		"5349fbe098649f948f5d2e973a81c00f9744871ad32bf9bbd1dd5ce54e3e2e5a",
		0x20, { "'WLAN", "bb52e91c747a" },
		"0093962d0dd84aa5684b045c9edffa04ccfc230ca74fcc96c0a5d61164f5a76c",
	},
	{
		"RFC 5448 Appendix C case 2 (CK' || IK', access network HRPD)",
		"5349fbe098649f948f5d2e973a81c00f9744871ad32bf9bbd1dd5ce54e3e2e5a",
		0x20, { "'HRPD", "bb52e91c747a" },
		"3820f0277fa5f77732b1fb1d90c1a0dadb94a0ab557ef6c9ab48619ca05b9a9f",
	},
	{
		"srsRAN 4G test_security_kdf.cc, TS 33.501 A.2 K_AUSF",
		"561e05efbdf2efeb2d558f041c53c44501e0f2f5535431312d57279814cfcd89",
		0x6A, { "'5G:mnc070.mcc901.3gppnetwork.org", "305eb06b7307" },
		"a2ceb20f7928bf154d4b548aee6d10a97601847fd72d2bc901982c086ea0f346",
	},
	{
		"srsRAN 4G test_security_kdf.cc, TS 33.501 A.4 RES* (128 LSB)",
		"3cba902575ed80cbfa3625aff09daffcba902575ed80cbfa3625aff09daffc3c",
		0x6B, { "'5G:mnc001.mcc001.3gppnetwork.org",
				"fc2d98a361208bf743639c9e632d7350", "fc3cba902575ed80" },
		"b0e35b23dbd7a18c848bfad91135e3fd",
	},
	{
		"srsRAN 4G test_security_kdf.cc, TS 33.501 A.6 K_SEAF",
		"d9c8ff91b69e250e256e92466acf80a1d82b65f094b7c071199c0312e067ff3b",
		0x6C, { "'5G:mnc070.mcc901.3gppnetwork.org" },
		"6c50bfa5f32a89ade1ee6c707de6dcfea0790afb6d14f9e55943aeda58334548",
	},
	{
		"srsRAN 4G test_security_kdf.cc, TS 33.501 A.7 K_AMF",
		"6c50bfa5f32a89ade1ee6c707de6dcfea0790afb6d14f9e55943aeda58334548",
		0x6D, { "'901700000021309", "0000" },
		"46237ef051d6a16a3927525fa65cc39544cdfd7990b946ad796530e6d787a0da",
	},
	{
		"srsRAN 4G test_security_kdf.cc, TS 33.501 A.7 K_AMF, second",
		"302ab7c94fae97e043b370d3eb1f5468f6a1d455d656a4cab351eacfb9f7e136",
		0x6D, { "'001010123456780", "0000" },
		"8f2a5d6c12608d8a0a8d330a719dee07226b47417b661af58490eab07aa437a4",
	},
	{
		"srsRAN 4G test_security_kdf.cc, TS 33.501 A.9 K_gNB",
		"d655f16142035d4d72ca39583d228d2dd2ec0ca7929ad007f53b382d05544405",
		0x6E, { "00000000", "01" },
		"493a16c58b77b627fa3f1ac6344c183039f01ba0cb7636bbccc4365b023bd562",
	},
};

/*
 * Nobody publishes vectors for FC of two octets, for no parameters and for
 * empty ones: ours, computed with Python's hmac module.
 */
static vector_t own[] = {
	{
		"one octet, no parameter",
		"d655f16142035d4d72ca39583d228d2dd2ec0ca7929ad007f53b382d05544405",
		0x6E, {},
		"d9fc3a93425c94426539bd1262ad31bb41d8db3574977b92dc9860da84c365c4",
	},
	{
		"two octets, no parameter",
		"d655f16142035d4d72ca39583d228d2dd2ec0ca7929ad007f53b382d05544405",
		0xFF00, {},
		"7238b92a14f57f39258be704cc8b58ef9e99c891fcf40139af5e2c62848154b5",
	},
	{
		"two empty parameters",
		"d655f16142035d4d72ca39583d228d2dd2ec0ca7929ad007f53b382d05544405",
		0x6E, { "", "" },
		"3a888fc7cc272a6300166bbaf206d0f032699d2def314e56151795e759218193",
	},
	{
		"highest FC of one octet",
		"d655f16142035d4d72ca39583d228d2dd2ec0ca7929ad007f53b382d05544405",
		0xFE, { "" },
		"44c9b3f4b4f33cbc5dfc3e7c56cc1539dbe6e0ce4ba080cb77297e1b6f2def7b",
	},
};

static void run_vector(vector_t *vector)
{
	chunk_t key, params[MAX_PARAMS];
	uint8_t out[KUPF_KDF_LEN];
	u_int count = 0, i;
	size_t len;

	while (count < MAX_PARAMS && vector->params[count])
	{
		params[count] = octets(vector->params[count]);
		count++;
	}
	key = octets(vector->key);
	ck_assert_msg(kupf_kdf(key, vector->fc, params, count, out), "%s",
				  vector->source);
	len = strlen(vector->expected) / 2;
	assert_octets(vector->expected,
				  chunk_create(out + sizeof(out) - len, len));
	for (i = 0; i < count; i++)
	{
		chunk_free(&params[i]);
	}
	chunk_free(&key);
}

START_TEST(test_published)
{
	run_vector(&published[_i]);
}
END_TEST

START_TEST(test_own)
{
	run_vector(&own[_i]);
}
END_TEST

/*
 * The longest parameter that Li can describe; computed with Python's hmac.
 */
START_TEST(test_longest)
{
	chunk_t key, param;
	uint8_t out[KUPF_KDF_LEN];

	key = octets(published[7].key);
	param = chunk_alloc(UINT16_MAX + 1);
	memset(param.ptr, 0, param.len);
	param.len--;
	ck_assert(kupf_kdf(key, 0x6E, &param, 1, out));
	assert_octets("4eac1403b6940dc89519bc1b25f45272"
				  "f129cf935d7835cde62c56f869d7264d", chunk_from_thing(out));
	param.len++;
	memset(out, 0xAA, sizeof(out));
	ck_assert(!kupf_kdf(key, 0x6E, &param, 1, out));
	assert_zero(chunk_from_thing(out));
	chunk_free(&param);
	chunk_free(&key);
}
END_TEST

static uint16_t bad_fcs[] = { 0x00FF, 0x0100, 0x6E00, 0x7FFF, 0xFEFF };

START_TEST(test_bad_fc)
{
	chunk_t key = octets(published[0].key);
	uint8_t out[KUPF_KDF_LEN];

	memset(out, 0xAA, sizeof(out));
	ck_assert(!kupf_kdf_fc_valid(bad_fcs[_i]));
	ck_assert(!kupf_kdf(key, bad_fcs[_i], NULL, 0, out));
	assert_zero(chunk_from_thing(out));
	chunk_free(&key);
}
END_TEST

START_TEST(test_empty_key)
{
	uint8_t out[KUPF_KDF_LEN];

	memset(out, 0xAA, sizeof(out));
	ck_assert(!kupf_kdf(chunk_empty, 0x6E, NULL, 0, out));
	assert_zero(chunk_from_thing(out));
}
END_TEST

/*
 * Without an HMAC the outputs are no key that anybody can guess or left over
 * from before: the caller hears about it.
 */
START_TEST(test_no_prf)
{
	crypto_factory_t *saved = lib->crypto;
	chunk_t kamf = octets(published[7].key);
	uint8_t key[KUPF_KDF_LEN];
	bool computed;

	memset(key, 0xAA, sizeof(key));
	lib->crypto = crypto_factory_create();
	computed = kupf_kdf(kamf, 0x6E, NULL, 0, key);
	lib->crypto->destroy(lib->crypto);
	lib->crypto = saved;
	ck_assert(!computed);
	assert_zero(chunk_from_thing(key));
	chunk_free(&kamf);
}
END_TEST

static struct {
	char *text;
	bool valid;
	uint16_t fc;
} fc_texts[] = {
	{ "0x00", TRUE, 0x00 },
	{ "0x6E", TRUE, 0x6E },
	{ "0x6e", TRUE, 0x6E },
	{ "0xFE", TRUE, 0xFE },
	{ "0xFF00", TRUE, 0xFF00 },
	{ "0xffff", TRUE, 0xFFFF },
	{ "0xFF", FALSE },
	{ "0x00FF", FALSE },
	{ "0x006E", FALSE },
	{ "0x0100", FALSE },
	{ "0xFEFF", FALSE },
	{ "0x", FALSE },
	{ "0x6", FALSE },
	{ "0x6E0", FALSE },
	{ "0xFFFFF", FALSE },
	{ "0X6E", FALSE },
	{ "6E", FALSE },
	{ "110", FALSE },
	{ "0x-1", FALSE },
	{ "0x 6", FALSE },
	{ "0x6E ", FALSE },
	{ " 0x6E", FALSE },
	{ "0x6G", FALSE },
	{ "", FALSE },
};

START_TEST(test_fc_parse)
{
	uint16_t fc = 0x1234;

	ck_assert_msg(kupf_kdf_fc_parse(fc_texts[_i].text, &fc) ==
				  fc_texts[_i].valid, "'%s'", fc_texts[_i].text);
	ck_assert_uint_eq(fc, fc_texts[_i].valid ? fc_texts[_i].fc : 0x1234);
}
END_TEST

static Suite *kupf_kdf_suite(void)
{
	Suite *suite = suite_create("kupf_kdf");
	TCase *tc = test_case(suite, "kdf", 0, NULL, NULL);

	tcase_add_unchecked_fixture(tc, setup_library, teardown_library);
	tcase_add_loop_test(tc, test_published, 0, countof(published));
	tcase_add_loop_test(tc, test_own, 0, countof(own));
	tcase_add_test(tc, test_longest);
	tcase_add_loop_test(tc, test_bad_fc, 0, countof(bad_fcs));
	tcase_add_test(tc, test_empty_key);
	tcase_add_test(tc, test_no_prf);

	tc = test_case(suite, "fc", 0, NULL, NULL);
	tcase_add_loop_test(tc, test_fc_parse, 0, countof(fc_texts));

	return suite;
}

int main(void)
{
	return test_run_bare(kupf_kdf_suite());
}
