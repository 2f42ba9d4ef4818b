/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * What a host is, by the setting and by what was announced.
 */

#include <check.h>

#include "kupf/kupf_role.h"
#include "test_runner.h"

/** Lines in the log, and the last one */
static u_int lines;
static char line[256];

static void count_lines(debug_t group, level_t level, char *fmt, ...)
{
	va_list args;

	if (level <= 1)
	{
		lines++;
		va_start(args, fmt);
		vsnprintf(line, sizeof(line), fmt, args);
		va_end(args);
	}
}

/**
 * Setting, what is announced, and what comes of it.
 */
static struct {
	kupf_role_t setting;
	bool upf, ue;
	kupf_role_t role;
	/** what the one line says, NULL for none */
	char *says;
} cases[] = {
	{ KUPF_ROLE_UNSET, FALSE, FALSE, KUPF_ROLE_UNSET, NULL },
	{ KUPF_ROLE_UNSET, TRUE, FALSE, KUPF_ROLE_UPF, NULL },
	{ KUPF_ROLE_UNSET, FALSE, TRUE, KUPF_ROLE_UE, NULL },
	{ KUPF_ROLE_UNSET, TRUE, TRUE, KUPF_ROLE_UNSET,
	  "set charon.plugins.kupf.role to upf or ue" },
	{ KUPF_ROLE_UPF, TRUE, FALSE, KUPF_ROLE_UPF, NULL },
	{ KUPF_ROLE_UPF, TRUE, TRUE, KUPF_ROLE_UPF, NULL },
	{ KUPF_ROLE_UE, TRUE, TRUE, KUPF_ROLE_UE, NULL },
	/* nobody but the one that was named */
	{ KUPF_ROLE_UPF, FALSE, TRUE, KUPF_ROLE_UPF,
	  "role is upf, but plugin nin3a is not loaded" },
	{ KUPF_ROLE_UE, TRUE, FALSE, KUPF_ROLE_UE,
	  "role is ue, but plugin nin3a-ue is not loaded" },
	{ KUPF_ROLE_UPF, FALSE, FALSE, KUPF_ROLE_UPF,
	  "plugin nin3a is not loaded" },
};

START_TEST(test_decide)
{
	ck_assert(library_init("", "test_kupf_role"));
	if (cases[_i].upf)
	{
		kupf_role_announce(KUPF_ROLE_UPF);
	}
	if (cases[_i].ue)
	{
		kupf_role_announce(KUPF_ROLE_UE);
	}
	dbg = count_lines;
	ck_assert_int_eq(kupf_role_decide(cases[_i].setting), cases[_i].role);
	dbg = dbg_default;
	ck_assert_uint_eq(lines, cases[_i].says != NULL);
	ck_assert(!cases[_i].says || strstr(line, cases[_i].says));
	library_deinit();
}
END_TEST

static Suite *suite()
{
	Suite *s = suite_create("kupf_role");
	TCase *tc = tcase_create("decide");

	tcase_add_loop_test(tc, test_decide, 0, countof(cases));
	suite_add_tcase(s, tc);
	return s;
}

int main()
{
	return test_run_bare(suite());
}
