/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * The table of allowed transforms: what is in it, and everything that a
 * proposal may lack or have too much.  Proposals are made as charon makes
 * them out of swanctl.conf, and by hand where charon would not.
 */

#include "nin3a/nin3a_config.h"
#include "test_runner.h"

static const struct {
	protocol_id_t protocol;
	const char *algs;
	/** what speaks against it, NULL if nothing does */
	const char *why;
} proposals[] = {
	{ PROTO_IKE, "aes128gcm16-prfsha256-ecp256", NULL },
	{ PROTO_IKE, "aes256gcm16-prfsha384-ecp384", NULL },
	{ PROTO_IKE, "aes256gcm16-prfsha512-ecp521", NULL },
	{ PROTO_IKE, "aes128-sha256-modp2048", NULL },
	{ PROTO_IKE, "aes256-sha384-modp3072", NULL },
	{ PROTO_IKE, "aes256-sha512-prfsha256-modp8192", NULL },
	{ PROTO_IKE, "chacha20poly1305-prfsha256-x25519", NULL },
	{ PROTO_IKE, "aes256gcm16-prfsha256-curve448", NULL },
	{ PROTO_IKE, "3des-sha256-modp2048", "encryption 3DES_CBC" },
	{ PROTO_IKE, "aes192-sha256-modp2048", "encryption AES_CBC, 192 bits" },
	{ PROTO_IKE, "aes192gcm16-prfsha256-ecp256",
	  "encryption AES_GCM_16, 192 bits" },
	{ PROTO_IKE, "aes256gcm8-prfsha256-ecp256",
	  "encryption AES_GCM_8, 256 bits" },
	{ PROTO_IKE, "camellia256-sha256-modp2048",
	  "encryption CAMELLIA_CBC, 256 bits" },
	{ PROTO_IKE, "aes128-sha1-prfsha256-modp2048",
	  "integrity HMAC_SHA1_96" },
	{ PROTO_IKE, "aes128-md5-prfsha256-modp2048", "integrity HMAC_MD5_96" },
	{ PROTO_IKE, "aes128-aesxcbc-prfsha256-modp2048",
	  "integrity AES_XCBC_96" },
	{ PROTO_IKE, "aes128-sha256-prfsha1-modp2048", "PRF PRF_HMAC_SHA1" },
	{ PROTO_IKE, "aes128-sha256-prfmd5-modp2048", "PRF PRF_HMAC_MD5" },
	{ PROTO_IKE, "aes128gcm16-prfaesxcbc-ecp256", "PRF PRF_AES128_XCBC" },
	{ PROTO_IKE, "aes128-sha256-modp768", "key exchange MODP_768" },
	{ PROTO_IKE, "aes128-sha256-modp1024", "key exchange MODP_1024" },
	{ PROTO_IKE, "aes128-sha256-modp1536", "key exchange MODP_1536" },
	{ PROTO_IKE, "aes128-sha256-modp1024s160",
	  "key exchange MODP_1024_160" },
	{ PROTO_IKE, "aes128-sha256-modp2048s256",
	  "key exchange MODP_2048_256" },
	{ PROTO_IKE, "aes128-sha256-ecp192", "key exchange ECP_192" },
	{ PROTO_ESP, "aes128gcm16", NULL },
	{ PROTO_ESP, "aes256gcm16-esn", NULL },
	{ PROTO_ESP, "aes256gcm16-esn-noesn-x25519", NULL },
	{ PROTO_ESP, "chacha20poly1305-ecp256", NULL },
	{ PROTO_ESP, "aes128-sha256", NULL },
	{ PROTO_ESP, "aes256-sha512-modp2048", NULL },
	{ PROTO_ESP, "null-sha256", "encryption NULL" },
	{ PROTO_ESP, "aes128gmac", "encryption NULL_AES_GMAC, 128 bits" },
	{ PROTO_ESP, "aes192-sha256", "encryption AES_CBC, 192 bits" },
	{ PROTO_ESP, "aes128ctr-sha256", "encryption AES_CTR, 128 bits" },
	{ PROTO_ESP, "3des-sha256", "encryption 3DES_CBC" },
	{ PROTO_ESP, "des-sha256", "encryption DES_CBC" },
	{ PROTO_ESP, "aes128-sha1", "integrity HMAC_SHA1_96" },
	{ PROTO_ESP, "aes128-md5", "integrity HMAC_MD5_96" },
	{ PROTO_ESP, "aes128-sha256_96", "integrity HMAC_SHA2_256_96" },
	{ PROTO_ESP, "aes128", "no integrity" },
	{ PROTO_ESP, "aes256gcm16-modp1024", "key exchange MODP_1024" },
	{ PROTO_AH, "sha256", "protocol AH" },
};

START_TEST(test_proposals)
{
	char why[TUNNEL_PROFILE_WHY_LEN] = "something";
	proposal_t *proposal;

	proposal = proposal_create_from_string(proposals[_i].protocol,
										   proposals[_i].algs);
	ck_assert_msg(proposal, "%s", proposals[_i].algs);
	ck_assert_msg(tunnel_profile_allows(TUNNEL_PROFILE_TS33210, proposal, why,
									   sizeof(why)) == !proposals[_i].why,
				  "%s: %s", proposals[_i].algs, why);
	ck_assert_str_eq(why, proposals[_i].why ?: "");
	/* switched off */
	ck_assert(tunnel_profile_allows(TUNNEL_PROFILE_NONE, proposal, why,
								   sizeof(why)));
	ck_assert_str_eq(why, "");
	proposal->destroy(proposal);
}
END_TEST

/**
 * Check a proposal of some transforms.
 */
static void assert_made(protocol_id_t protocol, bool encr, bool integ,
						bool prf, bool ke, const char *expected)
{
	char why[TUNNEL_PROFILE_WHY_LEN];
	proposal_t *proposal = proposal_create(protocol, 1);

	if (encr)
	{
		proposal->add_algorithm(proposal, ENCRYPTION_ALGORITHM, ENCR_AES_CBC,
								128);
	}
	if (integ)
	{
		proposal->add_algorithm(proposal, INTEGRITY_ALGORITHM,
								AUTH_HMAC_SHA2_256_128, 0);
	}
	if (prf)
	{
		proposal->add_algorithm(proposal, PSEUDO_RANDOM_FUNCTION,
								PRF_HMAC_SHA2_256, 0);
	}
	if (ke)
	{
		proposal->add_algorithm(proposal, KEY_EXCHANGE_METHOD, MODP_2048_BIT,
								0);
	}
	tunnel_profile_allows(TUNNEL_PROFILE_TS33210, proposal, why, sizeof(why));
	ck_assert_str_eq(why, expected);
	proposal->destroy(proposal);
}

/* nothing that must be there may be missing */
START_TEST(test_missing)
{
	char why[TUNNEL_PROFILE_WHY_LEN];

	assert_made(PROTO_IKE, TRUE, TRUE, TRUE, TRUE, "");
	assert_made(PROTO_IKE, FALSE, TRUE, TRUE, TRUE, "no encryption");
	assert_made(PROTO_IKE, TRUE, FALSE, TRUE, TRUE, "no integrity");
	assert_made(PROTO_IKE, TRUE, TRUE, FALSE, TRUE, "no PRF");
	assert_made(PROTO_IKE, TRUE, TRUE, TRUE, FALSE, "no key exchange");
	assert_made(PROTO_ESP, TRUE, TRUE, FALSE, TRUE, "");
	assert_made(PROTO_ESP, TRUE, TRUE, FALSE, FALSE, "");
	assert_made(PROTO_ESP, TRUE, FALSE, FALSE, FALSE, "no integrity");
	assert_made(PROTO_ESP, FALSE, TRUE, FALSE, FALSE, "no encryption");
	assert_made(PROTO_ESP, FALSE, FALSE, FALSE, FALSE, "no encryption");
	/* a PRF has no place in ESP */
	assert_made(PROTO_ESP, TRUE, TRUE, TRUE, FALSE,
				"PRF PRF_HMAC_SHA2_256");
	ck_assert(!tunnel_profile_allows(TUNNEL_PROFILE_TS33210, NULL, why,
									sizeof(why)));
	ck_assert_str_eq(why, "nothing negotiated");
}
END_TEST

/* one that is good does not hide one that is not */
START_TEST(test_one_of_two)
{
	char why[TUNNEL_PROFILE_WHY_LEN];
	proposal_t *proposal;

	proposal = proposal_create_from_string(PROTO_ESP, "aes128gcm16");
	proposal->add_algorithm(proposal, ENCRYPTION_ALGORITHM, ENCR_NULL, 0);
	ck_assert(!tunnel_profile_allows(TUNNEL_PROFILE_TS33210, proposal, why,
									sizeof(why)));
	ck_assert_str_eq(why, "encryption NULL");
	proposal->destroy(proposal);

	/* an AEAD algorithm needs no integrity, but it must not be a bad one */
	proposal = proposal_create_from_string(PROTO_ESP, "aes128gcm16");
	proposal->add_algorithm(proposal, INTEGRITY_ALGORITHM, AUTH_HMAC_MD5_96, 0);
	ck_assert(!tunnel_profile_allows(TUNNEL_PROFILE_TS33210, proposal, why,
									sizeof(why)));
	ck_assert_str_eq(why, "integrity HMAC_MD5_96");
	proposal->destroy(proposal);
}
END_TEST

/* the text is cut, not the buffer */
START_TEST(test_short_buffer)
{
	char why[8];
	proposal_t *proposal;

	proposal = proposal_create_from_string(PROTO_ESP, "null-sha256");
	ck_assert(!tunnel_profile_allows(TUNNEL_PROFILE_TS33210, proposal, why,
									sizeof(why)));
	ck_assert_str_eq(why, "encrypt");
	proposal->destroy(proposal);
}
END_TEST

static const struct {
	tunnel_mode_t mode;
	ipsec_mode_t used;
	uint32_t window;
	const char *why;
} children[] = {
	{ TUNNEL_MODE_TUNNEL, MODE_TUNNEL, 32, "" },
	{ TUNNEL_MODE_TUNNEL, MODE_TUNNEL, 1, "" },
	{ TUNNEL_MODE_TUNNEL, MODE_TUNNEL, 0, "no anti-replay window" },
	{ TUNNEL_MODE_TUNNEL, MODE_TRANSPORT, 32, "mode TRANSPORT" },
	{ TUNNEL_MODE_TUNNEL, MODE_BEET, 32, "mode BEET" },
	{ TUNNEL_MODE_TUNNEL, MODE_PASS, 32, "mode PASS" },
	{ TUNNEL_MODE_TRANSPORT, MODE_TUNNEL, 32, "" },
	{ TUNNEL_MODE_TRANSPORT, MODE_TRANSPORT, 32, "" },
	{ TUNNEL_MODE_TRANSPORT, MODE_TRANSPORT, 0, "no anti-replay window" },
	{ TUNNEL_MODE_TRANSPORT, MODE_BEET, 32, "mode BEET" },
};

START_TEST(test_children)
{
	char why[TUNNEL_PROFILE_WHY_LEN];

	ck_assert(tunnel_profile_allows_child(TUNNEL_PROFILE_TS33210,
						children[_i].mode, children[_i].used,
						children[_i].window, why, sizeof(why)) ==
			  !*children[_i].why);
	ck_assert_str_eq(why, children[_i].why);
	ck_assert(tunnel_profile_allows_child(TUNNEL_PROFILE_NONE, children[_i].mode,
						children[_i].used, children[_i].window, why,
						sizeof(why)));
}
END_TEST

/* a setting that is never read is the strict one */
START_TEST(test_zero)
{
	nin3a_settings_t settings = {};

	ck_assert_int_eq(settings.ike_profile, TUNNEL_PROFILE_TS33210);
	ck_assert_int_eq(settings.esp_profile, TUNNEL_PROFILE_TS33210);
	ck_assert_int_eq(settings.esp_mode, TUNNEL_MODE_TUNNEL);
}
END_TEST

static void set(const char *key, char *value)
{
	lib->settings->set_str(lib->settings, "%s.plugins.nin3a.%s", value, lib->ns,
						   key);
}

START_TEST(test_settings)
{
	nin3a_settings_t settings;
	nin3a_config_t *config;

	config = nin3a_config_create();
	ck_assert_ptr_nonnull(config);
	config->get(config, &settings);
	ck_assert_uint_eq(settings.grace, 30);
	ck_assert_uint_eq(settings.min_auth_lifetime, 30 * 60);
	ck_assert_int_eq(settings.ike_profile, TUNNEL_PROFILE_TS33210);
	ck_assert_int_eq(settings.esp_profile, TUNNEL_PROFILE_TS33210);
	ck_assert_int_eq(settings.esp_mode, TUNNEL_MODE_TUNNEL);
	ck_assert(settings.address_match);
	ck_assert(config->is_named(config, "nin3a"));

	set("ike_profile", "none");
	set("esp_mode", "transport");
	set("grace", "7s");
	set("connections", "other");
	ck_assert(config->reload(config));
	config->get(config, &settings);
	ck_assert_int_eq(settings.ike_profile, TUNNEL_PROFILE_NONE);
	ck_assert_int_eq(settings.esp_profile, TUNNEL_PROFILE_TS33210);
	ck_assert_int_eq(settings.esp_mode, TUNNEL_MODE_TRANSPORT);
	ck_assert_uint_eq(settings.grace, 7);
	ck_assert(config->is_named(config, "other"));
	config->destroy(config);
}
END_TEST

/* what is not a value is an error, and nothing changes */
START_TEST(test_wrong_settings)
{
	static const char *keys[] = { "ike_profile", "esp_profile", "esp_mode" };
	static char *values[] = { "", "NIN3A", "ts33.210", "no", "ts33210 " };
	nin3a_settings_t before, after;
	nin3a_config_t *config;
	u_int i, j;

	config = nin3a_config_create();
	config->get(config, &before);
	for (i = 0; i < countof(keys); i++)
	{
		for (j = 0; j < countof(values); j++)
		{
			set(keys[i], values[j]);
			set("grace", "99s");
			set("connections", "other");
			ck_assert_ptr_null(nin3a_config_create());
			ck_assert(!config->reload(config));
			config->get(config, &after);
			ck_assert_mem_eq(&before, &after, sizeof(before));
			ck_assert(config->is_named(config, "nin3a"));
			set(keys[i], NULL);
		}
	}
	ck_assert(config->reload(config));
	config->get(config, &after);
	ck_assert_uint_eq(after.grace, 99);
	config->destroy(config);
}
END_TEST

static Suite *tunnel_profile_suite()
{
	Suite *suite = suite_create("tunnel_profile");
	TCase *tc = test_case(suite, "proposals", 0, NULL, NULL);

	tcase_add_loop_test(tc, test_proposals, 0, countof(proposals));
	tcase_add_test(tc, test_missing);
	tcase_add_test(tc, test_one_of_two);
	tcase_add_test(tc, test_short_buffer);

	tc = test_case(suite, "children", 0, NULL, NULL);
	tcase_add_loop_test(tc, test_children, 0, countof(children));

	tc = test_case(suite, "settings", 0, NULL, NULL);
	tcase_add_test(tc, test_zero);
	tcase_add_test(tc, test_settings);
	tcase_add_test(tc, test_wrong_settings);

	return suite;
}

int main(void)
{
	return test_run(tunnel_profile_suite());
}
