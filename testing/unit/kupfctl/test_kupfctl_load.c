/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Files that kupfctl loads.
 */

#include "test_kupfctl.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct {
	/** the file */
	const char *input;
	/** what comes of it */
	run_t run;
} loads[] = {
	{ "# two\n\ns1 key=" RAW_HEX " ue-id=@#aa # comment\r\n"
	  "\ts2\tkamf=" RAW_HEX " rand=" RAND " fc=0x6E "
	  "ue-addresses=10.0.0.1,10.0.0.2 p-cscf=10.0.0.4 dns=10.0.0.3 "
	  "services=ike",
	  { "load stdin", ".\nR success=yes established=2 failed=0\nW", 0,
		"2 established, 0 failed\n", "",
		"0:establish-sessions s1={ key=" RAW_HEX " ue-id=@#aa } s2={ kamf="
		RAW_HEX " rand=" RAND " fc=0x6E ue-addresses=[10.0.0.1,10.0.0.2] "
		"dns=[10.0.0.3] p-cscf=[10.0.0.4] services=[ike] }\n" } },
	{ "s1 key=0sQUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVoyMzQ1Njc=\n",
	  { "load -", ".\nR success=yes established=1 failed=0\nW", 0,
		"1 established, 0 failed\n", "",
		"0:establish-sessions s1={ key=" RAW_HEX " }\n" } },
	{ "s1 key=" RAW_HEX "\ns2 key=" RAW_HEX "\ns.3 key=" RAW_HEX "\n",
	  { "load stdin", ".\nR success=yes s1={ cause=identity-in-use "
		"errmsg=by_s9 } s.3={ cause=busy errmsg=^ } established=1 failed=2\nW",
		1, "1 established, 2 failed\n",
		"kupfctl: session s1: identity-in-use: by s9\n"
		"kupfctl: session s.3: busy: \\x1b\n", NULL } },
	{ "s1 key=" RAW_HEX "\ns2 key=" RAW_HEX "\n",
	  { "load --json stdin",
		".\nR success=yes s1={ cause=x } established=1 failed=1\nW", 1,
		"{\"success\":\"yes\",\"s1\":{\"cause\":\"x\"},\"established\":\"1\","
		"\"failed\":\"1\"}\n", "", NULL } },
	/* refused as a whole: nothing more is sent */
	{ "s1 key=" RAW_HEX "\ns1 key=" RAW_HEX "\n",
	  { "load stdin", ".\nR success=no cause=not-allowed errmsg=no\nW", 1,
		"0 established, 1 failed\n", "kupfctl: not-allowed: no\n",
		"0:establish-sessions s1={ key=" RAW_HEX " }\n" } },
	/* the same name twice is two requests, in their order */
	{ "s1 key=" RAW_HEX "\ns2 key=" RAW_HEX "\ns1 lifetime=5\n",
	  { "load stdin", ".\nR established=2 failed=0\n.\n"
		"R established=1 failed=0\nW", 0,
		"3 established, 0 failed\n", "",
		"0:establish-sessions s1={ key=" RAW_HEX " } s2={ key=" RAW_HEX " }\n"
		"0:establish-sessions s1={ lifetime=5 }\n" } },
	{ "s1 key=" RAW_HEX "\ns1 key=" RAW_HEX "\ns3 key=" RAW_HEX "\n",
	  { "load stdin", ".\nR established=1 failed=0\n.\n", 3,
		"1 established, 0 failed, 2 sent without an answer\n", "*lost\n",
		NULL } },
	{ "# nothing\n", { "load stdin", "W", 0, "0 established, 0 failed\n", "",
		"" } },
	{ "s1 key=" RAW_HEX "\ns2 kye=" RAW_HEX "\ns3 key=" RAW_HEX "\n",
	  { "load stdin", ".\nR established=1 failed=0\nW", 2,
		"1 established, 0 failed\n",
		"kupfctl: stdin, line 2: word 2, with a name of 3 octets, is not known "
		"here: 'key' is\n",
		"0:establish-sessions s1={ key=" RAW_HEX " }\n" } },
	{ "s1 " RAW_HEX, { "load stdin", "W", 2, "0 established, 0 failed\n",
		"kupfctl: stdin, line 1: word 2, of 66 octets, is not field=value\n",
		"" } },
	/* a blank, or the end of a line, cuts a key in two */
	{ "s1 ue-id=keyid:a key=" RAW_HEX " uQUJDQUJDQUI=\n",
	  { "load stdin", "W", 2, "0 established, 0 failed\n",
		"kupfctl: stdin, line 1: word 4, with a name of 12 octets, is not known "
		"here\n", "" } },
	{ "uQUJDQUJDQUI=\n", { "load stdin", "W", 2, "0 established, 0 failed\n",
		"kupfctl: stdin, line 1: expected field=value after the name of the "
		"session\n", "" } },
	{ "s1 fc=0x6E fc=0x6F", { "load -", "W", 2, "*",
		"kupfctl: standard input, line 1: field fc given twice\n", "" } },
	{ "s1 ue-id=", { "load -", "W", 2, "*",
		"*line 1: field ue-id has no value\n", "" } },
	{ "s1 key=" RAW, { "load -", "W", 2, "*",
		"*line 1: field key is not 0x<hex> or 0s<base64> of 32 to 64 octets\n",
		"" } },
	{ "s1 kamf=0x00", { "load -", "W", 2, "*",
		"*line 1: field kamf is not 0x<hex> or 0s<base64> of 32 octets\n",
		"" } },
	{ "s\xc3\xa4 key=" RAW_HEX, { "load -", "W", 2, "*",
		"*line 1: field session: ", "" } },
	{ "", { "load .", "W", 2, "*", "*cannot read .: Is a directory\n", "" } },
	{ "s1 key=" RAW_HEX " grace=5", { "load -", "W", 2, "*",
		"*line 1: word 3, with a name of 5 octets, is not known here\n", "" } },
	{ "s1 key=" RAW_HEX "\n",
	  { "load --replace -", ".\nR success=yes established=1 failed=0\nW", 0,
		"1 established, 0 failed\n", "",
		"0:establish-sessions s1={ replace=yes key=" RAW_HEX " }\n" } },
	/* many of one reason */
	{ "s1 fc=0\ns2 fc=0\ns3 fc=0\ns4 fc=0\ns5 fc=0\ns6 fc=0\n",
	  { "load -", ".\nR s1={ cause=a } s2={ cause=b errmsg=x } s3={ cause=a } "
		"s4={ cause=a } s5={ cause=a } s6={ cause=a } established=0 failed=6\n"
		"W", 1, "0 established, 6 failed\n",
		"kupfctl: session s1: a\nkupfctl: session s2: b: x\n"
		"kupfctl: session s3: a\nkupfctl: session s4: a\n"
		"kupfctl: 2 more sessions: a\n", NULL } },
	/* modify and delete */
	{ "s1 lifetime=5 grace=0\ns2 key=" RAW_HEX "\n",
	  { "modify --file -", ".\nR modified=1 failed=1 s2={ cause=busy }\nW", 1,
		"1 modified, 1 failed\n", "kupfctl: session s2: busy\n",
		"0:modify-sessions s1={ lifetime=5 grace=0 } s2={ key=" RAW_HEX
		" }\n" } },
	{ "s1\n# all\ns2 # and this one\n",
	  { "delete --file stdin", ".\nR deleted=2 failed=0 tunnels=1\nW", 0,
		"2 deleted, 0 failed\n", "",
		"0:delete-sessions s1={ } s2={ }\n" } },
	{ "s1\ns2 key=" RAW_HEX,
	  { "delete --file=-", ".\nR deleted=1 failed=0 tunnels=1\nW", 2,
		"1 deleted, 0 failed\n", "*line 2: word 2, with a name of 3 octets, is "
		"not known here\n", "0:delete-sessions s1={ }\n" } },
	/* what there is to be, and nothing else */
	{ "s1 key=" RAW_HEX "\n",
	  { "sync stdin", ".\nR success=yes\n.\nR established=1 failed=0\n.\n"
		"R success=yes removed=3\nW", 0,
		"1 established, 0 failed, 3 removed\n", "",
		"0:sync-begin\n0:establish-sessions s1={ replace=yes key=" RAW_HEX
		" }\n0:sync-end\n" } },
	{ "s1 key=" RAW_HEX "\n",
	  { "sync --json -", ".\nR success=yes\n.\nR established=0 failed=1 s1={ "
		"cause=x }\n.\nR success=yes removed=3\nW", 1,
		"{\"established\":\"0\",\"failed\":\"1\",\"s1\":{\"cause\":\"x\"}}\n"
		"{\"removed\":\"3\"}\n", "", NULL } },
	/* nothing is removed that may be in the rest of the file */
	{ "s1 key=" RAW_HEX "\ns2 key=" RAW "\n",
	  { "sync -", ".\nR success=yes\n.\nR established=1 failed=0\nW", 2,
		"1 established, 0 failed, 0 removed\n", "*line 2: field key is not",
		"0:sync-begin\n0:establish-sessions s1={ replace=yes key=" RAW_HEX
		" }\n" } },
	{ "s1 key=" RAW_HEX "\n",
	  { "sync -", ".\nR success=no cause=busy errmsg=x\nW", 1,
		"0 established, 0 failed, 0 removed\n", "*busy: x\n",
		"0:sync-begin\n" } },
	{ "s1 key=" RAW_HEX "\n",
	  { "sync -", ".\nR success=yes\n.\nR established=1 failed=0\n.\n", 3,
		"1 established, 0 failed, 0 removed\n", "*lost", NULL } },
	{ "# nobody\n",
	  { "sync -", ".\nR success=yes\nW", 2,
		"0 established, 0 failed, 0 removed\n", "kupfctl: standard input has "
		"no session: nothing is removed, unless with --allow-empty\n",
		"0:sync-begin\n" } },
	{ "", { "sync --allow-empty -", ".\nR success=yes\n.\nR success=yes "
		"removed=9\nW", 0, "0 established, 0 failed, 9 removed\n", "",
		"0:sync-begin\n0:sync-end\n" } },
};

START_TEST(test_loads)
{
	write_text("stdin", loads[_i].input);
	check_run(&loads[_i].run);
}
END_TEST

/*
 * A line that is longer than any session, and one with a NUL in it.
 */
START_TEST(test_load_not_text)
{
	const run_t run = {
		"load stdin", "W", 2, "*", "*stdin, line 2: longer than 16382 octets, "
		"or not text\n", ""
	};
	char line[20000];

	memset(line, 'x', sizeof(line));
	line[0] = '\n';
	write_file("stdin", 0600, line, sizeof(line));
	check_run(&run);
	ck_assert(!unlink(sock));
	memcpy(line, "\ns1 \0 key=\n", 11);
	write_file("stdin", 0600, line, 11);
	check_run(&run);
}
END_TEST

/*
 * 1,000 sessions a request, and not more octets than a packet may have.
 */
START_TEST(test_load_batches)
{
	const run_t run = {
		"load stdin",
		".\nR established=1000 failed=0\n.\nR established=1000 failed=0\n"
		".\nR established=501 failed=0\nW", 0,
		"2501 established, 0 failed\n", "", "*s2000={ key=" RAW_HEX " }\n"
		"0:establish-sessions s2001={",
	};
	FILE *file;
	char *text;
	size_t size;
	int i;

	file = open_memstream(&text, &size);
	for (i = 1; i <= 2501; i++)
	{
		fprintf(file, "s%d key=" RAW_HEX "\n", i);
	}
	fclose(file);
	write_file("stdin", 0600, text, size);
	free(text);
	check_run(&run);
}
END_TEST

START_TEST(test_load_large)
{
	const run_t run = {
		"load stdin",
		".\nR established=1 failed=0\n.\nR established=1 failed=0\n"
		".\nR established=1 failed=0\nW", 0,
		"3 established, 0 failed\n", "", NULL,
	};
	FILE *file;
	char *text;
	size_t size;
	int i;

	/* 45 lines of 16 KiB: 16 of them are more than a request has room for */
	file = open_memstream(&text, &size);
	for (i = 1; i <= 45; i++)
	{
		fprintf(file, "s%d ue-id=%016000d\n", i, 0);
	}
	fclose(file);
	write_file("stdin", 0600, text, size);
	free(text);
	check_run(&run);
}
END_TEST

void kupfctl_load_cases(Suite *suite)
{
	TCase *tc = test_case(suite, "load", 30, setup, teardown);

	tcase_add_loop_test(tc, test_loads, 0, sizeof(loads) / sizeof(*loads));
	tcase_add_test(tc, test_load_not_text);
	tcase_add_test(tc, test_load_batches);
	tcase_add_test(tc, test_load_large);
}
