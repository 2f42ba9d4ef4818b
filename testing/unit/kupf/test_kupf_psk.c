/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Keys and identities of services against values computed by another program,
 * and what is refused; and the names of services.
 */

#include "kupf/keys/kupf_psk.h"
#include "kupf/store/kupf_services.h"
#include "test_runner.h"

/** K_UPF of PROTOCOL.md's first example */
#define KUPF "f4452b1597a2a48b21903a6a86fff1e177e780b4cee394ba3cc41c5be3aa4cd6"

/** 32 and 33 characters */
#define NAME_32 "aaaaaaaaaaaaaaaabbbbbbbbbbbbbbbb"
#define NAME_33 NAME_32 "c"

/*
 * Byte by byte the definition in kupf_psk.h, computed with Python's hmac and
 * hashlib: kdf() of test_kupf_derivation.c with FC 0xFFFF and the one parameter
 * b'mpquic psk', and [16:] of that with b'mpquic psk-id'.
 */
static struct {
	char *service;
	kupf_psk_form_t form;
	char *psk;
	char *id;
} vectors[] = {
	{ "mpquic", KUPF_PSK_EXT,
	  "f07437b07dff06e2006351d688c9174f0d75f43abaa5d7205115274f2809f70a",
	  "8b52ecca28b4e9cbb6aec35d89111ecf" },
	{ "mpquic", KUPF_PSK_IMP,
	  "82e84c80a932965b330195403af9541ebefe7c3f90f46f8b8910498bc1952105",
	  "9eb5f83deac20947cc2772f253e42a44" },
	{ "msgin5g", KUPF_PSK_EXT,
	  "7980be864e8656051647c1f6877fe0eb6e3115a5b28c8b490c3857f5313baedb",
	  "9096052d003c7959ca2abca730be506e" },
	{ "msgin5g", KUPF_PSK_IMP,
	  "d4f78e59deab68bd558b9ee2cea3baf6c5fb5a941297908d49837ba1d17830f1",
	  "ce44d105feacbadc3ceffcfe5a1faffc" },
	{ "tls", KUPF_PSK_EXT,
	  "3112234cfa8c32e736696923f673be0048ae91c1a6748450df7be1708b19ec94",
	  "879aff55407b03e006d968e17daa49a2" },
	{ "tls", KUPF_PSK_IMP,
	  "d36749f4ad436301a3b2ef4936dc99fac7121dbeb66ab72ed648a3944c29ba85",
	  "dabff7bc9e23ac5c451b8d0f1e7a5c2b" },
};

static void assert_octets(const char *expected, chunk_t actual)
{
	char text[2 * KUPF_KDF_LEN + 1];

	chunk_to_hex(actual, text, FALSE);
	ck_assert_str_eq(text, expected);
}

START_TEST(test_vectors)
{
	uint8_t kupf[KUPF_KDF_LEN], psk[KUPF_KDF_LEN], other[KUPF_KDF_LEN],
			id[KUPF_PSK_ID_LEN];
	chunk_t base = chunk_from_hex(chunk_from_str(KUPF), (char*)kupf);

	ck_assert(kupf_psk_derive(base, KUPF_KDF_FC_DEFAULT, vectors[_i].service,
							  vectors[_i].form, psk));
	assert_octets(vectors[_i].psk, chunk_from_thing(psk));
	ck_assert(kupf_psk_identity(base, KUPF_KDF_FC_DEFAULT, vectors[_i].service,
								vectors[_i].form, id));
	assert_octets(vectors[_i].id, chunk_from_thing(id));
	/* another FC, another key */
	ck_assert(kupf_psk_derive(base, 0xFF00, vectors[_i].service,
							  vectors[_i].form, other));
	ck_assert(memcmp(psk, other, sizeof(psk)) != 0);
}
END_TEST

START_TEST(test_refused)
{
	uint8_t key[KUPF_KDF_LEN] = { 1 }, psk[KUPF_KDF_LEN],
			zero[KUPF_KDF_LEN] = {};
	chunk_t base = chunk_from_thing(key);

	ck_assert(kupf_psk_derive(base, 0x6E, NAME_32, KUPF_PSK_IMP, psk));
	ck_assert(!kupf_psk_derive(base, 0x6E, NAME_33, KUPF_PSK_IMP, psk));
	ck_assert_mem_eq(psk, zero, sizeof(psk));
	ck_assert(!kupf_psk_derive(base, 0x6E, "", KUPF_PSK_EXT, psk));
	ck_assert(!kupf_psk_derive(base, 0xFF, "tls", KUPF_PSK_EXT, psk));
	ck_assert(!kupf_psk_derive(base, 0x6E, "tls", KUPF_PSK_IMP + 1, psk));
	ck_assert(!kupf_psk_derive(chunk_empty, 0x6E, "tls", KUPF_PSK_EXT, psk));
	memset(psk, 0xAA, sizeof(psk));
	ck_assert(!kupf_psk_identity(chunk_empty, 0x6E, "tls", KUPF_PSK_EXT, psk));
	ck_assert_mem_eq(psk, zero, KUPF_PSK_ID_LEN);
}
END_TEST

static uint8_t find(const char *name)
{
	return kupf_services_find(chunk_from_str((char*)name));
}

START_TEST(test_services)
{
	ck_assert_uint_eq(find("ike"), KUPF_SERVICE_IKE);
	ck_assert_uint_eq(find("mpquic"), KUPF_SERVICE_MPQUIC);
	ck_assert_uint_eq(find("msgin5g"), KUPF_SERVICE_MSGIN5G);
	ck_assert_uint_eq(find("tls"), KUPF_SERVICE_TLS);
	ck_assert_uint_eq(find(""), 0);
	ck_assert_uint_eq(find("tl"), 0);
	ck_assert_uint_eq(find("TLS"), 0);
	ck_assert_str_eq(kupf_services_name(KUPF_SERVICE_MSGIN5G), "msgin5g");
	ck_assert_ptr_null(kupf_services_name(0));
	ck_assert_ptr_null(kupf_services_name(KUPF_SERVICE_OWN));
}
END_TEST

static struct {
	char *text;
	bool good;
} lists[] = {
	{ NULL, TRUE },
	{ "", TRUE },
	{ "a", TRUE },
	{ "a, b,c  d-1", TRUE },
	{ NAME_32, TRUE },
	{ NAME_33, FALSE },
	{ "a b c d e", FALSE },
	{ "a b a", FALSE },
	{ "tls", FALSE },
	{ "ike", FALSE },
	{ "A", FALSE },
	{ "a_b", FALSE },
	{ "a;b", FALSE },
	{ "\xc3\xa9", FALSE },
};

START_TEST(test_names)
{
	ck_assert(kupf_services_are_names(lists[_i].text) == lists[_i].good);
}
END_TEST

START_TEST(test_own)
{
	kupf_services_set("seal, edge-1");
	ck_assert_uint_eq(find("seal"), KUPF_SERVICE_OWN);
	ck_assert_uint_eq(find("edge-1"), KUPF_SERVICE_OWN << 1);
	ck_assert_str_eq(kupf_services_name(KUPF_SERVICE_OWN << 1), "edge-1");
	ck_assert_uint_eq(find("tls"), KUPF_SERVICE_TLS);
	kupf_services_set("other");
	ck_assert_uint_eq(find("seal"), 0);
	ck_assert_uint_eq(find("other"), KUPF_SERVICE_OWN);
	kupf_services_set(NULL);
	ck_assert_uint_eq(find("other"), 0);
}
END_TEST

static Suite *kupf_psk_suite()
{
	Suite *suite = suite_create("kupf_psk");
	TCase *tc = test_case(suite, "keys", 0, NULL, NULL);

	tcase_add_loop_test(tc, test_vectors, 0, countof(vectors));
	tcase_add_test(tc, test_refused);

	tc = test_case(suite, "services", 0, NULL, NULL);
	tcase_add_test(tc, test_services);
	tcase_add_loop_test(tc, test_names, 0, countof(lists));
	tcase_add_test(tc, test_own);

	return suite;
}

int main(void)
{
	return test_run(kupf_psk_suite());
}
