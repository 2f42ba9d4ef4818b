/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * The derivations against a published vector where there is one, and against
 * values computed by another program, and what is refused.
 */

#include "kupf/keys/kupf_derivation.h"
#include "test_runner.h"

/** K_AMF, and K_gNB with NAS COUNT 0 and the access type distinguisher 0x01:
 * srsRAN 4G test_security_kdf.cc */
#define KAMF "d655f16142035d4d72ca39583d228d2dd2ec0ca7929ad007f53b382d05544405"
#define KGNB "493a16c58b77b627fa3f1ac6344c183039f01ba0cb7636bbccc4365b023bd562"

/** What "kupf" needs */
#define KUPF (KUPF_INPUT_KAMF | KUPF_INPUT_FC | KUPF_INPUT_RAND)

/** What "ts33501-a9" needs */
#define A9 (KUPF_INPUT_KAMF | KUPF_INPUT_NAS_COUNT | KUPF_INPUT_DISTINGUISHER)

/** What "ts33501-a22" needs */
#define A22 (KUPF_INPUT_KTNGF | KUPF_INPUT_DISTINGUISHER)

static uint8_t key[KUPF_KDF_LEN], id[KUPF_DERIVATION_ID_LEN];

static void assert_octets(const char *expected, const uint8_t *actual,
						  size_t len)
{
	char text[2 * KUPF_KDF_LEN + 1];

	chunk_to_hex(chunk_create((uint8_t*)actual, len), text, FALSE);
	ck_assert_str_eq(text, expected);
}

static void assert_none()
{
	uint8_t zero[KUPF_KDF_LEN] = {};

	ck_assert_mem_eq(key, zero, sizeof(key));
	ck_assert_mem_eq(id, zero, sizeof(id));
}

/**
 * Derive from K_AMF above; what the inputs name and the test does not set is
 * there and zero.
 */
static bool derive(const char *name, kupf_inputs_t *inputs)
{
	const kupf_derivation_t *derivation;
	bool done;

	memset(key, 0xAA, sizeof(key));
	memset(id, 0xAA, sizeof(id));
	derivation = kupf_derivation_find(chunk_from_str((char*)name));
	ck_assert_ptr_nonnull(derivation);
	inputs->key = chunk_from_hex(chunk_from_str(KAMF), NULL);
	done = kupf_derivation_derive(derivation, inputs, key, id);
	chunk_free(&inputs->key);
	return done;
}

START_TEST(test_published)
{
	kupf_inputs_t inputs = {
		.given = A9,
		.distinguisher = 0x01,
	};

	ck_assert(derive("ts33501-a9", &inputs));
	assert_octets(KGNB, key, sizeof(key));
}
END_TEST

/*
 * K_UPF and the identifier: no specification, so nobody else's vectors.  These
 * are ours, byte by byte the definition in kupf_derivation.h, computed with
 * Python:
 *
 *   def kdf(key, fc, *params):
 *       s = bytes([fc]) if fc < 0xff else struct.pack('>H', fc)
 *       for p in params:
 *           s += p + struct.pack('>H', len(p))
 *       return hmac.new(key, s, hashlib.sha256).digest()
 *   kupf:        kdf(kamf, fc, rand[, bytes([pdu_session_id])])
 *   ts33501-a9:  kdf(kamf, 0x6e, struct.pack('>I', nas_count), bytes([d]))
 *   ts33501-a22: kdf(ktngf, 0x84, bytes([d]))
 *
 * and the identifier is [16:] of the same with b'K_UPF-ID' as last parameter.
 */
static struct {
	char *name;
	uint16_t fc;
	char *rand;
	uint8_t pdu_session_id;
	uint32_t nas_count;
	uint8_t distinguisher;
	char *key;
	char *id;
} vectors[] = {
	{ "kupf", .fc = KUPF_KDF_FC_DEFAULT, .pdu_session_id = 0,
	  .rand = "fc2d98a361208bf743639c9e632d7350",
	  .key = "073ffc5b05a7eb6d08f94ade33f5083f0fd6975861d670012fcaf804355c9d2d",
	  .id = "31a39ed223cf2ca0ea7efc227b1da702" },
	{ "kupf", .fc = KUPF_KDF_FC_DEFAULT, .pdu_session_id = 5,
	  .rand = "fc2d98a361208bf743639c9e632d7350",
	  .key = "2aa5f26603fd6d891a668680694f6d855467126f0af5026975aa752916c9d024",
	  .id = "d19d36879b9e21d23865a53a665c7a82" },
	{ "kupf", .fc = 0xFF00, .pdu_session_id = 0,
	  .rand = "fc2d98a361208bf743639c9e632d7350",
	  .key = "caf84e7586e8783e25e9d17cbd1b050c3594be29862d8725a34729ad98849caa",
	  .id = "30c1400b2170a73be604010cd4edd50b" },
	{ "kupf", .fc = 0x6E, .pdu_session_id = 5,
	  .rand = "fc2d98a361208bf743639c9e632d7350",
	  .key = "1e50ebf87e2b72683f09d39527bbe646687c1b9452041cfca8d0753cfc6c974e",
	  .id = "155cea6cc2b3dcc3d2e3f76c8fd6ae7a" },
	{ "kupf", .fc = KUPF_KDF_FC_DEFAULT, .pdu_session_id = 15,
	  .rand = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
			  "202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f",
	  .key = "47ca4815589da474234055d1b216682087c5b1275e03390f2f2733dbd89cfaaa",
	  .id = "884d5080b0e6afdf904e061cb9979d10" },
	{ "ts33501-a9", .nas_count = 0x0, .distinguisher = 0xF1,
	  .key = "952ba50e027558b566331d577b0e5023f46f440463b082df6e1d854162d594d3",
	  .id = "84cdce0fd33e8f837cc0ce64e3f227fa" },
	{ "ts33501-a9", .nas_count = 0x12345678, .distinguisher = 0xFF,
	  .key = "077ea2c84a0cf7ba25da96577ca20a5955b4d35e01799757a00a376dce8e4a29",
	  .id = "076cf10c282db39554ce293a7730cbf2" },
	{ "ts33501-a22", .nas_count = 0x0, .distinguisher = 0xF1,
	  .key = "be45afc05f9fe54f24e770c074183482117e9580680079071f715b7e9105b533",
	  .id = "74b77681e8027e946c1abf3ec70e4de3" },
	{ "ts33501-a22", .nas_count = 0x0, .distinguisher = 0xFF,
	  .key = "8b3bcddad0baf29fcac8e5d2e6d08136d42ff368b0d65363cb348f9bf619f72f",
	  .id = "304d43ddb1116cfd7932282105ecddfa" },
};

START_TEST(test_vectors)
{
	kupf_inputs_t inputs = {
		.fc = vectors[_i].fc,
		.pdu_session_id = vectors[_i].pdu_session_id,
		.nas_count = vectors[_i].nas_count,
		.distinguisher = vectors[_i].distinguisher,
	};

	if (vectors[_i].rand)
	{
		inputs.rand = chunk_from_hex(chunk_from_str(vectors[_i].rand), NULL);
		inputs.given = KUPF;
		inputs.given |= inputs.pdu_session_id ? KUPF_INPUT_PDU_SESSION_ID : 0;
	}
	else
	{
		inputs.given = streq(vectors[_i].name, "ts33501-a9") ? A9 : A22;
	}
	ck_assert(derive(vectors[_i].name, &inputs));
	assert_octets(vectors[_i].key, key, sizeof(key));
	assert_octets(vectors[_i].id, id, sizeof(id));
	chunk_free(&inputs.rand);
}
END_TEST

/** K_AUSF, and CK || IK: srsRAN 4G test_security_kdf.cc */
#define KAUSF "d9c8ff91b69e250e256e92466acf80a1d82b65f094b7c071199c0312e067ff3b"
#define CK_IK "561e05efbdf2efeb2d558f041c53c44501e0f2f5535431312d57279814cfcd89"

/** K_AKMA of the first vector */
#define KAKMA "a9873ba71813dd1e2bdf71d144e203e934d001484a1addcff04d2a7e6bef1c49"

/** SUPI and serving network name */
#define SUPI "901700000021309"
#define SNN "5G:mnc070.mcc901.3gppnetwork.org"

/*
 * Nobody else's vectors for these, either; computed in the same way:
 *
 *   akma:       kdf(kausf, 0x80, b'AKMA', supi)
 *   akma-af:    kdf(kakma, 0x82, af_id)
 *   kmsg:       kdf(kamf, fc, b'K_MSG'[, rand])
 *   best:       kdf(ck_ik, 0x63, snn, sqn_ak), best-prime with 0x64
 */
static struct {
	char *name;
	char *base;
	u_int given;
	char *rand;
	char *key;
	char *id;
} others[] = {
	{ "akma", KAUSF, KUPF_INPUT_BASE | KUPF_INPUT_SUPI, .key = KAKMA,
	  .id = "566903c255060e0f586e089d1b3362de" },
	{ "akma-af", KAKMA, KUPF_INPUT_BASE | KUPF_INPUT_AF_ID,
	  .key = "77dc9f68d97db13d0fde93aea5a260a9566569888bb2d7e44310b289b96ca54c",
	  .id = "7e98f4a948a67d9280d32fd89d52f125" },
	{ "kmsg", KAMF, KUPF_INPUT_BASE | KUPF_INPUT_FC,
	  .key = "50841d92e680c4df40dfd6f3f46864e7b94ec01301994fef6f993e07da0b63c2",
	  .id = "e4a1bb0d05c4cb10f2f2b6731defe737" },
	{ "kmsg", KAMF, KUPF_INPUT_BASE | KUPF_INPUT_FC | KUPF_INPUT_RAND,
	  .rand = "fc2d98a361208bf743639c9e632d7350",
	  .key = "eb1c5c23773ee37f1ae7b335c6b64492a5992a4fc7c708fa60132a2ac9e651ed",
	  .id = "b66dda1ef95486ed5c3804707397a3d2" },
	{ "best", CK_IK,
	  KUPF_INPUT_BASE | KUPF_INPUT_SNN | KUPF_INPUT_SQN_AK,
	  .key = "bcb77b43f03c4dab5972b76637739b3f39d2b6e9dd7fdac0bd3744599f88f480",
	  .id = "422f1eb842f11faf5898d30cea321597" },
	{ "best-prime", CK_IK,
	  KUPF_INPUT_BASE | KUPF_INPUT_SNN | KUPF_INPUT_SQN_AK,
	  .key = "339a344698a25d5f634dcb031c8c0a9e02976e2033e086af50ade584b6fd347b",
	  .id = "92e42cc15450d021cbd54846099589c5" },
};

START_TEST(test_others)
{
	const kupf_derivation_t *derivation;
	uint8_t base[KUPF_KDF_LEN], rand[16],
			sqn_ak[] = { 0x30, 0x5e, 0xb0, 0x6b, 0x73, 0x07 };
	kupf_inputs_t inputs = {
		.given = others[_i].given,
		.key = chunk_from_hex(chunk_from_str(others[_i].base), (char*)base),
		.fc = KUPF_KDF_FC_DEFAULT,
		.supi = chunk_from_str(SUPI),
		.af_id = chunk_from_str("af.example.com\x01\0\0\0\x07"),
		.snn = chunk_from_str(SNN),
		.sqn_ak = chunk_from_thing(sqn_ak),
	};

	inputs.af_id.len = strlen("af.example.com") + KUPF_DERIVATION_UA_LEN;
	if (others[_i].rand)
	{
		inputs.rand = chunk_from_hex(chunk_from_str(others[_i].rand),
									 (char*)rand);
	}
	derivation = kupf_derivation_find(chunk_from_str(others[_i].name));
	ck_assert(kupf_derivation_derive(derivation, &inputs, key, id));
	assert_octets(others[_i].key, key, sizeof(key));
	assert_octets(others[_i].id, id, sizeof(id));

	/* no name, no AF_ID without an FQDN, and SQN xor AK is whole */
	inputs.supi.len = inputs.snn.len = 0;
	inputs.af_id.len = inputs.sqn_ak.len = 5;
	inputs.rand.len = inputs.rand.len ? 15 : 0;
	ck_assert(kupf_derivation_derive(derivation, &inputs, key, id) ==
			  (others[_i].given == (KUPF_INPUT_BASE | KUPF_INPUT_FC)));
}
END_TEST

START_TEST(test_a_tid)
{
	uint8_t kausf[KUPF_KDF_LEN], a_tid[KUPF_A_TID_LEN], zero[KUPF_A_TID_LEN] = {};
	chunk_t base;

	base = chunk_from_hex(chunk_from_str(KAUSF), (char*)kausf);
	ck_assert(kupf_derivation_a_tid(base, chunk_from_str(SUPI), a_tid));
	assert_octets(
			"b3ad64cec71da4ccd5cf88fe3ec73bb223692a178672187002460cdb58599c2e",
			a_tid, sizeof(a_tid));
	ck_assert(!kupf_derivation_a_tid(base, chunk_empty, a_tid));
	ck_assert_mem_eq(a_tid, zero, sizeof(a_tid));
	base.len--;
	ck_assert(!kupf_derivation_a_tid(base, chunk_from_str(SUPI), a_tid));
	/* it goes over the air: no session may have it for a key */
	ck_assert_ptr_null(kupf_derivation_find(chunk_from_str("a-tid")));
}
END_TEST

static struct {
	char *name;
	u_int given;
	size_t key_len;
	uint16_t fc;
	size_t rand_len;
	uint8_t pdu_session_id;
	bool accepted;
} limits[] = {
	{ "kupf", KUPF, 32, KUPF_KDF_FC_DEFAULT, 16, 0, TRUE },
	{ "kupf", KUPF | KUPF_INPUT_PDU_SESSION_ID, 32, 0x6E, 64, 15, TRUE },
	{ "kupf", KUPF | KUPF_INPUT_PDU_SESSION_ID, 32, 0x6E, 64, 16, FALSE },
	{ "kupf", KUPF | KUPF_INPUT_PDU_SESSION_ID, 32, 0x6E, 64, 0, FALSE },
	{ "kupf", KUPF, 0, KUPF_KDF_FC_DEFAULT, 16, 0, FALSE },
	{ "kupf", KUPF, 31, KUPF_KDF_FC_DEFAULT, 16, 0, FALSE },
	{ "kupf", KUPF, 33, KUPF_KDF_FC_DEFAULT, 16, 0, FALSE },
	{ "kupf", KUPF, 32, KUPF_KDF_FC_DEFAULT, 0, 0, FALSE },
	{ "kupf", KUPF, 32, KUPF_KDF_FC_DEFAULT, 15, 0, FALSE },
	{ "kupf", KUPF, 32, KUPF_KDF_FC_DEFAULT, 65, 0, FALSE },
	{ "kupf", KUPF, 32, 0x00FF, 16, 0, FALSE },
	{ "kupf", KUPF, 32, 0xFEFF, 16, 0, FALSE },
	{ "kupf", KUPF & ~KUPF_INPUT_FC, 32, 0x6E, 16, 0, FALSE },
	{ "kupf", KUPF & ~KUPF_INPUT_RAND, 32, 0x6E, 16, 0, FALSE },
	{ "kupf", KUPF & ~KUPF_INPUT_KAMF, 32, 0x6E, 16, 0, FALSE },
	{ "kupf", KUPF | KUPF_INPUT_NAS_COUNT, 32, 0x6E, 16, 0, FALSE },
	{ "ts33501-a9", A9, 32, 0, 0, 0, TRUE },
	{ "ts33501-a9", A9, 31, 0, 0, 0, FALSE },
	{ "ts33501-a9", A9 & ~KUPF_INPUT_NAS_COUNT, 32, 0, 0, 0, FALSE },
	{ "ts33501-a9", A9 | KUPF_INPUT_RAND, 32, 0, 16, 0, FALSE },
	{ "ts33501-a9", A9 | KUPF_INPUT_FC, 32, 0x6E, 0, 0, FALSE },
	{ "ts33501-a9", A22, 32, 0, 0, 0, FALSE },
	{ "ts33501-a22", A22, 32, 0, 0, 0, TRUE },
	{ "ts33501-a22", A22 | KUPF_INPUT_KAMF, 32, 0, 0, 0, FALSE },
	{ "ts33501-a22", A9, 32, 0, 0, 0, FALSE },
};

START_TEST(test_limits)
{
	uint8_t base[64], rand[80];
	kupf_inputs_t inputs = {
		.given = limits[_i].given,
		.key = chunk_create(base, limits[_i].key_len),
		.fc = limits[_i].fc,
		.rand = chunk_create(rand, limits[_i].rand_len),
		.pdu_session_id = limits[_i].pdu_session_id,
	};

	memset(base, 0x11, sizeof(base));
	memset(rand, 0x22, sizeof(rand));
	memset(key, 0xAA, sizeof(key));
	memset(id, 0xAA, sizeof(id));
	ck_assert(kupf_derivation_derive(
				kupf_derivation_find(chunk_from_str(limits[_i].name)), &inputs,
				key, id) == limits[_i].accepted);
	if (!limits[_i].accepted)
	{
		assert_none();
	}
}
END_TEST

/**
 * Without an HMAC the outputs are no key that anybody can guess or left over
 * from before: the caller hears about it.
 */
START_TEST(test_no_prf)
{
	crypto_factory_t *saved = lib->crypto;
	kupf_inputs_t inputs = {
		.given = A22,
	};
	bool done;

	lib->crypto = crypto_factory_create();
	done = derive("ts33501-a22", &inputs);
	lib->crypto->destroy(lib->crypto);
	lib->crypto = saved;
	ck_assert(!done);
	assert_none();
}
END_TEST

START_TEST(test_table)
{
	const kupf_derivation_t *derivation;
	u_int i;

	for (derivation = kupf_derivations; derivation->name; derivation++)
	{
		ck_assert_ptr_eq(kupf_derivation_find(
				chunk_from_str((char*)derivation->name)), derivation);
		/* one key, and an FC that is valid or an input */
		ck_assert_int_eq(__builtin_popcount(derivation->required &
						(KUPF_INPUT_KAMF | KUPF_INPUT_KTNGF |
						 KUPF_INPUT_BASE)), 1);
		ck_assert(kupf_kdf_fc_valid(derivation->fc));
		ck_assert(!(derivation->required & KUPF_INPUT_FC) == !!derivation->fc);
		/* each parameter is an input */
		for (i = 0; i < countof(derivation->params); i++)
		{
			ck_assert(!(derivation->params[i] &
						~(derivation->required | derivation->optional)));
		}
	}
	ck_assert_ptr_null(kupf_derivation_find(chunk_from_str("ts33501-a")));
	ck_assert_ptr_null(kupf_derivation_find(chunk_from_str("KUPF")));
	ck_assert_ptr_null(kupf_derivation_find(chunk_empty));
}
END_TEST

static Suite *kupf_derivation_suite()
{
	Suite *suite = suite_create("kupf_derivation");
	TCase *tc = test_case(suite, "derivation", 0, NULL, NULL);

	tcase_add_test(tc, test_published);
	tcase_add_loop_test(tc, test_vectors, 0, countof(vectors));
	tcase_add_loop_test(tc, test_others, 0, countof(others));
	tcase_add_test(tc, test_a_tid);
	tcase_add_loop_test(tc, test_limits, 0, countof(limits));
	tcase_add_test(tc, test_no_prf);
	tcase_add_test(tc, test_table);

	return suite;
}

int main(void)
{
	return test_run(kupf_derivation_suite());
}
