/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * AUTH data with a shared key: what RFC 7296 says, and what it is made of does
 * not outlast it.
 */

#include "kupf/credentials/kupf_auth_mac.h"
#include "compat.h"
#include "test_runner.h"

#include <daemon.h>

/** What charon's keymat gives for any message and identity */
#define OCTETS "message, nonce and identity"

/** A PRF that is none: each octet is the sum of key and data */
static struct {
	prf_t public;
	uint8_t sum;
	/** where the first value went, which is the next key */
	uint8_t *inner;
	u_int created, destroyed;
} fake;

static size_t block_size;
static u_int originals;
static bool octets_fail;

static uint8_t sum(chunk_t chunk)
{
	uint8_t total = 0;
	size_t i;

	for (i = 0; i < chunk.len; i++)
	{
		total += chunk.ptr[i];
	}
	return total;
}

static size_t get_block_size(prf_t *this)
{
	return block_size;
}

static bool set_key(prf_t *this, chunk_t key)
{
	fake.sum = sum(key);
	return TRUE;
}

static bool get_bytes(prf_t *this, chunk_t seed, uint8_t *buffer)
{
	fake.inner = buffer;
	memset(buffer, fake.sum + sum(seed), block_size);
	return TRUE;
}

static bool allocate_bytes(prf_t *this, chunk_t seed, chunk_t *chunk)
{
	*chunk = chunk_alloc(block_size);
	memset(chunk->ptr, fake.sum + sum(seed), block_size);
	/* it is there until it was used */
	ck_assert_uint_ne(fake.inner[0], 0);
	return TRUE;
}

static void destroy(prf_t *this)
{
	size_t i;

	fake.destroyed++;
	for (i = 0; fake.inner && i < block_size; i++)
	{
		ck_assert_uint_eq(fake.inner[i], 0);
	}
}

static prf_t *create_prf(pseudo_random_function_t alg)
{
	ck_assert_int_eq(alg, PRF_FIPS_SHA1_160);
	fake.created++;
	fake.inner = NULL;
	fake.public = (prf_t){
		.get_block_size = get_block_size,
		.set_key = set_key,
		.get_bytes = get_bytes,
		.allocate_bytes = allocate_bytes,
		.destroy = destroy,
	};
	return &fake.public;
}

static pseudo_random_function_t get_skd(keymat_v2_t *this, chunk_t *skd)
{
	return PRF_FIPS_SHA1_160;
}

static bool get_auth_octets(keymat_v2_t *this, bool verify, chunk_t ike_sa_init,
							chunk_t nonce, COMPAT_INT_AUTH_PARAM chunk_t ppk,
							identification_t *id, char reserved[3],
							chunk_t *octets, array_t *schemes)
{
	ck_assert(verify);
	ck_assert(chunk_equals(ike_sa_init, chunk_from_str("init")));
	ck_assert(chunk_equals(nonce, chunk_from_str("nonce")));
	ck_assert(chunk_equals(ppk, chunk_from_str("ppk")));
	if (octets_fail)
	{
		return FALSE;
	}
	*octets = chunk_clone(chunk_from_str(OCTETS));
	return TRUE;
}

static bool get_psk_sig(keymat_v2_t *this, bool verify, chunk_t ike_sa_init,
						chunk_t nonce, COMPAT_INT_AUTH_PARAM chunk_t secret,
						chunk_t ppk, identification_t *id, char reserved[3],
						chunk_t *sig)
{
	originals++;
	return TRUE;
}

static bool get_other_sig(keymat_v2_t *this, bool verify, chunk_t ike_sa_init,
						  chunk_t nonce, COMPAT_INT_AUTH_PARAM chunk_t secret,
						  chunk_t ppk, identification_t *id, char reserved[3],
						  chunk_t *sig)
{
	return FALSE;
}

static keymat_v2_t keymat;

static void setup()
{
	keymat = (keymat_v2_t){
		.get_skd = get_skd,
		.get_auth_octets = get_auth_octets,
		.get_psk_sig = get_psk_sig,
	};
	block_size = 32;
	originals = 0;
	octets_fail = FALSE;
	lib->crypto->add_prf(lib->crypto, PRF_FIPS_SHA1_160, "test",
						 (prf_constructor_t)create_prf);
	kupf_auth_mac_install(&keymat);
}

static void teardown()
{
	lib->crypto->remove_prf(lib->crypto, (prf_constructor_t)create_prf);
}

static bool sign(chunk_t secret, chunk_t *sig)
{
#ifdef CHARON_HAS_ADDITIONAL_KE
	chunk_t int_auth = chunk_empty;
#endif
	char reserved[3] = {};

	return keymat.get_psk_sig(&keymat, TRUE, chunk_from_str("init"),
							  chunk_from_str("nonce"), COMPAT_INT_AUTH_ARG
							  secret, chunk_from_str("ppk"), NULL, reserved,
							  sig);
}

START_TEST(test_mac)
{
	chunk_t secret = chunk_from_str("secret"), sig, expected;
	u_int destroyed = fake.destroyed;
	uint8_t inner;

	inner = sum(secret) + sum(chunk_from_str("Key Pad for IKEv2"));
	expected = chunk_alloca(block_size);
	memset(expected.ptr, (uint8_t)(inner * block_size) +
		   sum(chunk_from_str(OCTETS)), block_size);
	ck_assert(sign(secret, &sig));
	ck_assert(chunk_equals(sig, expected));
	chunk_free(&sig);
	/* where wiping is looked at */
	ck_assert_uint_eq(fake.destroyed, destroyed + 1);
	ck_assert_uint_eq(originals, 0);
}
END_TEST

START_TEST(test_failures)
{
	u_int destroyed = fake.destroyed;
	chunk_t sig;

	octets_fail = TRUE;
	ck_assert(!sign(chunk_from_str("secret"), &sig));
	octets_fail = FALSE;
	block_size = 65;
	ck_assert(!sign(chunk_from_str("secret"), &sig));
	ck_assert_uint_eq(fake.destroyed, destroyed + 2);
	teardown();
	ck_assert(!sign(chunk_from_str("secret"), &sig));
}
END_TEST

START_TEST(test_original)
{
	chunk_t sig;

	/* no shared key: charon knows what to take in its place */
	ck_assert(sign(chunk_empty, &sig));
	ck_assert_uint_eq(originals, 1);
	/* once is enough */
	kupf_auth_mac_install(&keymat);
	ck_assert(sign(chunk_empty, &sig));
	ck_assert_uint_eq(originals, 2);
	/* one that is not charon's own */
	keymat.get_psk_sig = get_other_sig;
	kupf_auth_mac_install(&keymat);
	ck_assert(keymat.get_psk_sig == get_other_sig);
}
END_TEST

static Suite *kupf_auth_mac_suite(void)
{
	Suite *suite = suite_create("kupf_auth_mac");
	TCase *tc;
	tc = test_case(suite, "mac", 0, setup, teardown);
	tcase_add_test(tc, test_mac);
	tcase_add_test(tc, test_failures);
	tcase_add_test(tc, test_original);

	return suite;
}

int main(void)
{
	return test_run(kupf_auth_mac_suite());
}
