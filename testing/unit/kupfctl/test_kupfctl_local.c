/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * What kupfctl does and refuses without a daemon.
 */

#include "test_kupfctl.h"

#include <stdlib.h>
#include <string.h>

static const run_t usages[] = {
	{ "", NULL, 2, "", "kupfctl: no command given, see kupfctl --help\n" },
	{ "frobnicate", NULL, 2, "",
	  "kupfctl: command, with a name of 10 octets, is not known here, see "
	  "kupfctl --help\n" },
	{ "esatblish s1", NULL, 2, "", "kupfctl: command, with a name of 9 octets, "
	  "is not known here: 'establish' is, see kupfctl --help\n" },
	{ "--frobnicate", NULL, 2, "",
	  "*, with a name of 12 octets, is not known here\n" },
	{ "version --rand 00", NULL, 2, "",
	  "kupfctl: argument 1, with a name of 6 octets, is not known here\n" },
	{ "establish s1 --lifetime 5 --keyfile raw", NULL, 2, "",
	  "kupfctl: argument 4, with a name of 9 octets, is not known here: "
	  "'--key-file' is\n" },
	{ "version now", NULL, 2, "",
	  "kupfctl: usage: kupfctl version, see kupfctl version --help\n" },
	{ "delete", NULL, 2, "", "*usage: kupfctl delete SESSION" },
	{ "delete a b", NULL, 2, "", "*usage: kupfctl delete SESSION" },
	{ "delete \x01", NULL, 2, "", "*the name of a session is" },
	{ "establish s1", NULL, 2, "", "*a session needs a key" },
	{ "establish s1 --key-file", NULL, 2, "",
	  "kupfctl: option --key-file needs an argument: FILE\n" },
	{ "establish s1 --json=1", NULL, 2, "",
	  "kupfctl: option --json takes no argument\n" },
	{ "establish s1 --key-file raw --lifetime 1 --lifetime 2", NULL, 2, "",
	  "kupfctl: option --lifetime given twice\n" },
	{ "establish s1 --key-file raw --kamf-file kamf --rand " RAND, NULL, 2,
	  "", "*exclude each other" },
	{ "establish s1 --ktngf-file kamf --kamf-file kamf", NULL, 2,
	  "", "*exclude each other" },
	{ "establish s1 --derivation kupf", NULL, 2, "", "*needs a key" },
	{ "establish s1 --kamf-file kamf --rand 00", NULL, 2, "",
	  "kupfctl: option --rand: expected 32 to 128 hexadecimal digits, an even "
	  "number\n" },
	{ "establish s1 --kamf-file kamf --rand " RAND "0", NULL, 2, "",
	  "*option --rand" },
	{ "establish s1 --kamf-file kamf --rand " RAND "0g", NULL, 2, "",
	  "*option --rand" },
	{ "establish s1 --kamf-file kamf --fc 0 --rand " RAND, NULL, 2, "",
	  "*option --fc" },
	{ "establish s1 --key-file absent", NULL, 2, "",
	  "kupfctl: cannot open key file absent: No such file or directory\n" },
	{ "establish s1 --key-file .", NULL, 2, "",
	  "*kupfctl: cannot read key file .: Is a directory\n" },
	{ "establish s1 --key-file short", NULL, 2, "",
	  "kupfctl: key file short: expected 32 raw octets, or text 0x<hex> or "
	  "0s<base64> of 32 to 64 octets\n" },
	{ "establish s1 --key-file long", NULL, 2, "", "*key file long" },
	{ "establish s1 --key-file digits", NULL, 2, "", "*key file digits" },
	{ "establish s1 --key-file odd", NULL, 2, "", "*key file odd" },
	{ "establish s1 --key-file hex65", NULL, 2, "", "*key file hex65" },
	{ "establish s1 --key-file empty", NULL, 2, "", "*key file empty" },
	{ "establish s1 --kamf-file hex64 --rand " RAND, NULL, 2, "",
	  "*0s<base64> of 32 octets" },
	{ "load absent", NULL, 2, "",
	  "kupfctl: cannot open absent: No such file or directory\n" },
	{ "load", NULL, 2, "", "*usage: kupfctl load FILE" },
	{ "version --timeout 0", NULL, 2, "",
	  "kupfctl: option --timeout: expected 1 to 86400\n" },
	{ "--timeout 1s version", NULL, 2, "", "*option --timeout: " },
	{ "completion csh", NULL, 2, "",
	  "kupfctl: there is completion for bash, zsh and fish\n" },
	{ "completion sessions", NULL, 3, "", "" },
	{ "list s1 --session s1", NULL, 2, "",
	  "kupfctl: a session is named twice\n" },
	{ "delete s1 --file -", NULL, 2, "",
	  "kupfctl: with --file, what is said of sessions is in the file\n" },
	{ "modify --file - --grace 5", NULL, 2, "", "*is in the file\n" },
	{ "modify --file - --key-file raw", NULL, 2, "", "*is in the file\n" },
	{ "modify --grace 5", NULL, 2, "", "*usage: kupfctl modify SESSION" },
	{ "delete --file absent", NULL, 2, "",
	  "kupfctl: cannot open absent: No such file or directory\n" },
	{ "sync", NULL, 2, "", "*usage: kupfctl sync FILE" },
	{ "derive --rand " RAND, NULL, 2, "",
	  "kupfctl: option --kamf-file is required for derivation kupf\n" },
	{ "derive --kamf-file kamf", NULL, 2, "",
	  "kupfctl: option --rand is required for derivation kupf\n" },
	{ "derive --derivation ts33501-a9 --kamf-file kamf --distinguisher F1",
	  NULL, 2, "",
	  "kupfctl: option --nas-count is required for derivation ts33501-a9\n" },
	{ "derive --derivation ts33501-a22 --ktngf-file kamf --distinguisher F1 "
	  "--fc 84", NULL, 2, "",
	  "kupfctl: option --fc is of no use for derivation ts33501-a22\n" },
	{ "derive --derivation ts33501-a22 --ktngf-file kamf --distinguisher 01",
	  NULL, 2, "", "*private use, F1 to FF\n" },
	{ "derive --derivation ts33501-a9 --kamf-file kamf --distinguisher F1 "
	  "--nas-count 4294967296", NULL, 2, "",
	  "kupfctl: option --nas-count: expected 0 to 4294967295\n" },
	{ "derive --derivation a9", NULL, 2, "",
	  "kupfctl: option --derivation: unknown name, see --list\n" },
	{ "derive --kamf-file kamf --rand " RAND " --fc 00FF", NULL, 2, "",
	  "kupfctl: option --fc: expected 00 to FE, or FF00 to FFFF\n" },
	{ "derive --kamf-file kamf --rand " RAND " --pdu-session-id 16", NULL, 2,
	  "", "kupfctl: option --pdu-session-id: expected 1 to 15\n" },
	{ "derive --kamf-file kamf --rand " RAND " --pdu-session-id 0", NULL, 2,
	  "", "*expected 1 to 15" },
	{ "derive --kamf-file kamf --rand " RAND " --pdu-session-id 5x", NULL, 2,
	  "", "*expected 1 to 15" },
	{ "derive --kamf-file kamf --rand " RAND " --pdu-session-id 4294967297",
	  NULL, 2, "", "*expected 1 to 15" },
	{ "derive --kamf-file short --rand " RAND, NULL, 2, "",
	  "*key file short" },
};

START_TEST(test_usages)
{
	check_run(&usages[_i]);
}
END_TEST

static const run_t locals[] = {
	{ "--help", NULL, 0, "*Usage: kupfctl ", "" },
	{ "-h", NULL, 0, "*Usage: kupfctl ", "" },
	{ "delete -h", NULL, 0, "*Usage: kupfctl delete ", "" },
	{ "--version", NULL, 0, "kupfctl " NIN3A_VERSION "\n", "" },
	{ "list --version", NULL, 0, "kupfctl " NIN3A_VERSION "\n", "" },
	{ "completion zsh", NULL, 0, "*#compdef kupfctl\n", "" },
	{ "completion fish", NULL, 0, "*complete -c kupfctl -f\n", "" },
	{ "establish --help", NULL, 0, "*--key-file FILE", "" },
	{ "completion bash", NULL, 0, "*complete -F _kupfctl kupfctl\n", "" },
	/* the vectors of test_kupf_kdf.c */
	{ "derive --kamf-file kamf --rand " RAND, NULL, 0,
	  "key 0x073ffc5b05a7eb6d08f94ade33f5083f0fd6975861d670012fcaf804355c9d2d"
	  "\nue-id @#31a39ed223cf2ca0ea7efc227b1da702\n", "" },
	{ "derive --kamf-file kamf --rand 0x" RAND " --fc 0x6E "
	  "--pdu-session-id 5 --json", NULL, 0,
	  "{\"key\":\"0x1e50ebf87e2b72683f09d39527bbe646687c1b9452041cfca8d0753cfc"
	  "6c974e\",\"ue-id\":\"@#155cea6cc2b3dcc3d2e3f76c8fd6ae7a\"}\n", "" },
};

START_TEST(test_locals)
{
	check_run(&locals[_i]);
}
END_TEST

/*
 * A key that is written where others may read it is worth a word.
 */
START_TEST(test_derive_warns)
{
	const run_t run = {
		"derive --kamf-file kamf --rand " RAND, NULL, 0, "*key 0x073f",
		"kupfctl: warning: writing the key to a file that others may read "
		"(mode 0640)\n",
	};

	write_file("out", 0640, "", 0);
	check_run(&run);
}
END_TEST

/*
 * Whatever the tool says, it says no key.
 */
START_TEST(test_no_key_printed)
{
	char *text;

	check_run(&(run_t){ "--json establish s1 --key-file open",
		".\nR success=no cause=invalid-field errmsg=x\nW", 1, "*", "*", NULL });
	text = contents(err);
	ck_assert(!strstr(text, RAW) && !strstr(text, RAW_HEX));
	free(text);
	text = contents(out);
	ck_assert(!strstr(text, RAW) && !strstr(text, RAW_HEX));
	free(text);
}
END_TEST

void kupfctl_local_cases(Suite *suite)
{
	TCase *tc = test_case(suite, "local", 30, setup, teardown);

	tcase_add_loop_test(tc, test_usages, 0, sizeof(usages) / sizeof(*usages));
	tcase_add_loop_test(tc, test_locals, 0, sizeof(locals) / sizeof(*locals));
	tcase_add_test(tc, test_derive_warns);
	tcase_add_test(tc, test_no_key_printed);
}
