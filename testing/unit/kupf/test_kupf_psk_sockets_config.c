/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Settings of the sockets.
 */

#include "kupf/psk/kupf_psk_service.h"
#include "test_kupf_psk_sockets.h"

static const struct {
	kupf_psk_config_t config;
	const char *wrong;
} configs[] = {
	{ { NULL }, NULL },
	{ { "mpquic, tls msgin5g" }, NULL },
	{ { "ike" }, "psk_sockets" },
	{ { "sip" }, "psk_sockets" },
	{ { "mpquic", .groups = "mpquic:0", .users = "mpquic:0 mpquic:1",
		.forms = "mpquic:ext,mpquic:imp" }, NULL },
	{ { "mpquic", .groups = "tls:0" }, "psk_group" },
	{ { "mpquic", .users = "tls:0" }, "psk_users" },
	{ { NULL, .forms = "mpquic:ext" }, "psk_forms" },
};

START_TEST(test_config)
{
	const char *wrong = kupf_psk_config_check(&configs[_i].config);

	ck_assert_str_eq(wrong ?: "none", configs[_i].wrong ?: "none");
}
END_TEST

START_TEST(test_values)
{
	char *values;

	ck_assert(kupf_psk_config_are_forms("a:ext, b:imp a:direct"));
	ck_assert(!kupf_psk_config_are_forms("a:ext b"));
	ck_assert(!kupf_psk_config_are_forms(":ext"));
	ck_assert(!kupf_psk_config_are_forms("a:EXT"));
	ck_assert(kupf_psk_config_are_users("a:root b:0"));
	ck_assert(!kupf_psk_config_are_users("a:no-such-user"));
	ck_assert(kupf_psk_config_are_groups("a:0"));
	ck_assert(!kupf_psk_config_are_groups("a:no-such-group"));
	values = kupf_psk_config_get("tls:a, mpquic:b tls-2:c,tls:d", "tls");
	ck_assert_str_eq(values, "a,d");
	free(values);
	ck_assert_ptr_null(kupf_psk_config_get("tls:a", "tl"));
	ck_assert_uint_eq(kupf_psk_config_get_forms("a:ext a:direct", "a"),
					  1 << KUPF_PSK_EXT | 1 << KUPF_PSK_DIRECT);
	ck_assert_uint_eq(kupf_psk_config_get_forms("a:ext", "b"), KUPF_PSK_FORMS);
}
END_TEST

void kupf_psk_sockets_config_cases(Suite *suite)
{
	TCase *tc = test_case(suite, "config", 0, NULL, NULL);

	tcase_add_loop_test(tc, test_config, 0, countof(configs));
	tcase_add_test(tc, test_values);
}
