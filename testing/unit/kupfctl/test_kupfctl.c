/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * kupfctl as a process against a daemon that answers what a test tells it:
 * exit status, what it prints, and what it sent.
 *
 * The program is $KUPFCTL, or kupfctl in the working directory.
 */

#include "test_kupfctl.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const run_t replies[] = {
	{ "version",
	  ".\nR success=yes daemon=charon sessions=2\nW", 0,
	  "daemon    charon\nsessions  2\n", "",
	  "0:version\n" },
	{ "--json version",
	  ".\nR success=yes daemon=charon list=[a,b\"c] none=[] s={ x=y\\ }\nW", 0,
	  "{\"success\":\"yes\",\"daemon\":\"charon\",\"list\":[\"a\",\"b\\\"c\"],"
	  "\"none\":[],\"s\":{\"x\":\"y\\\\\"}}\n", "", NULL },
	{ "version --json",
	  ".\nR success=yes a=^[31m b=~ c=é\nW", 0,
	  "{\"success\":\"yes\",\"a\":\"\\u001b[31m\",\"b\":\"\\ufffd\","
	  "\"c\":\"é\"}\n", "", NULL },
	{ "version",
	  ".\nR success=yes a=^[31m b=~ c=é d=x\\x\nW", 0,
	  "a  \\x1b[31m\nb  \\xff\nc  é\nd  x\\x5cx\n", "", NULL },
	{ "stats",
	  ".\nR success=yes sessions=1 auth-failed=22\nW", 0,
	  "sessions     1\nauth-failed  22\n", "",
	  "0:stats\n" },
	{ "delete s1",
	  ".\nR success=yes tunnels=1\nW", 0,
	  "tunnels  1\n", "",
	  "0:delete-session session=s1\n" },
	{ "metrics",
	  ".\nR success=yes daemon=charon version=5\"9\\ role=upf enforcer=nin3a "
	  "uptime=7\n.\nR success=yes sessions=2 nin3a-refused-wrong-key=3 "
	  "requests=18446744073709551615 odd=x nin3a-refused=4 Odd=1 "
	  "nin3a-ue-failed-timeout=6 nin3a-refused-service=1 s={ requests=5 } "
	  "nin3a-tunnels-up=1\nW", 0,
	  "# TYPE kupf_build_info gauge\nkupf_build_info{daemon=\"charon\","
	  "version=\"59\",plugin=\"\",role=\"upf\",enforcer=\"nin3a\"} 1\n"
	  "# TYPE kupf_uptime_seconds gauge\n"
	  "# UNIT kupf_uptime_seconds seconds\nkupf_uptime_seconds 7\n"
	  "# TYPE kupf_nin3a_refused_reasons counter\n"
	  "kupf_nin3a_refused_reasons_total{reason=\"wrong-key\"} 3\n"
	  "kupf_nin3a_refused_reasons_total{reason=\"service\"} 1\n"
	  "# TYPE kupf_nin3a_ue_failed_reasons counter\n"
	  "kupf_nin3a_ue_failed_reasons_total{reason=\"timeout\"} 6\n"
	  "# TYPE kupf_sessions gauge\nkupf_sessions 2\n"
	  "# TYPE kupf_requests counter\n"
	  "kupf_requests_total 18446744073709551615\n"
	  "# TYPE kupf_nin3a_refused counter\nkupf_nin3a_refused_total 4\n"
	  "# TYPE kupf_nin3a_tunnels_up gauge\nkupf_nin3a_tunnels_up 1\n"
	  "# EOF\n", "",
	  "0:version\n0:stats\n" },
	/* names that a shell may take for more than a word are not offered */
	{ "completion sessions",
	  ".\nC\n.\nE list-session session=s1\nE list-session session=$(id)\n"
	  "E list-session session=-x\nE list-session session=a;b\n"
	  "E list-session session=imsi-00101:5@upf.1\nR success=yes after=x\nW",
	  0, "s1\nimsi-00101:5@upf.1\n", "",
	  "3:list-session\n0:list-sessions limit=1000\n" },
	{ "reject @#0102",
	  ".\nR success=yes waited=1\nW", 0,
	  "waited  1\n", "",
	  "0:reject-key ue-id=@#0102\n" },
	{ "reload",
	  ".\nR success=yes keys=3\nW", 0,
	  "keys  3\n", "",
	  "0:reload-preconfigured\n" },
	{ "rekey s1",
	  ".\nR success=yes told=2\nW", 0,
	  "told  2\n", "",
	  "0:request-rekey session=s1\n" },
	{ "retry s1",
	  ".\nR success=yes waited=no\nW", 0,
	  "waited  no\n", "",
	  "0:retry-session session=s1\n" },
	{ "close s1",
	  ".\nR success=yes tunnels=1\nW", 0,
	  "tunnels  1\n", "",
	  "0:close-tunnels session=s1\n" },
	{ "close s1 --unique-id 7",
	  ".\nR success=yes tunnels=0\nW", 0,
	  "tunnels  0\n", "",
	  "0:close-tunnels session=s1 unique-id=7\n" },
	{ "modify s1 --generation 7 --lifetime 60",
	  ".\nR success=no cause=stale-generation errmsg=late\nW", 1,
	  "", "kupfctl: stale-generation: late\n",
	  "0:modify-session session=s1 generation=7 lifetime=60\n" },
	{ "establish s1 --key-file raw --ue-id keyid:a",
	  ".\nR success=yes session=s1 upf-address=192.0.2.1 expires=0\nW", 0,
	  "session      s1\nupf-address  192.0.2.1\nexpires      never\n", "",
	  "0:establish-session session=s1 key=" RAW_HEX " ue-id=keyid:a\n" },
	{ "establish --key-file=hex -- s1",
	  ".\nR success=yes expires=1700000000\nW", 0,
	  "expires  2023-11-14T22:13:20+0000\n", "",
	  "0:establish-session session=s1 key=" RAW_HEX "\n" },
	{ "establish s1 --key-file base64",
	  ".\nR success=yes\nW", 0, "", "",
	  "0:establish-session session=s1 key=" RAW_HEX "\n" },
	{ "establish s1 --key-file -",
	  ".\nR success=yes\nW", 0, "", "",
	  "0:establish-session session=s1 key=" RAW_HEX "\n" },
	{ "establish s1 --key-file hex64",
	  ".\nR success=yes\nW", 0, "", "",
	  "*key=0x" HEX_32 HEX_32 "\n" },
	{ "establish s1 --key-file open",
	  ".\nR success=yes\nW", 0, "",
	  "kupfctl: warning: open contains keys and is readable by others (mode "
	  "0644)\n", NULL },
	{ "establish s1 --kamf-file kamf --rand " RAND " --fc 6E --ue-address "
	  "10.0.0.1 --pdu-session-id 5 --service ike --ue-address 2001:db8::1 "
	  "--dns 10.0.0.2 --p-cscf 10.0.0.3 --dns 10.0.0.4 --dnn ims --snssai 1-00000a --upf-address 192.0.2.1 --lifetime 60 --service mpquic",
	  ".\nR success=yes\nW", 0, "", "",
	  "0:establish-session session=s1 kamf=0xd655f16142035d4d72ca39583d228d2d"
	  "d2ec0ca7929ad007f53b382d05544405 rand=0x" RAND " fc=0x6E "
	  "ue-addresses=[10.0.0.1,2001:db8::1] pdu-session-id=5 "
	  "services=[ike,mpquic] dns=[10.0.0.2,10.0.0.4] p-cscf=[10.0.0.3] "
	  "dnn=ims snssai=1-00000a upf-address=192.0.2.1 lifetime=60\n" },
	{ "modify s1 --grace 5 --key-file raw --ue-id @#aa",
	  ".\nR success=yes generation=2\nW", 0,
	  "generation  2\n", "",
	  "0:modify-session session=s1 key=" RAW_HEX " grace=5 ue-id=@#aa\n" },
	{ "list",
	  ".\nC\n.\n"
	  "E list-session session=s1 ue-id=@#aa upf-address=192.0.2.1 "
	  "generation=1 expires=0 ue-addresses=[10.0.0.1,10.0.0.2] state=up\n"
	  "E list-session session=s22 ue-id=^ generation=3 ue-addresses=[] "
	  "state=provisioned\nR success=yes\nW", 0,
	  "SESSION  STATE        UE-ID  UPF-ADDRESS  UE-ADDRESSES       "
	  "GENERATION  EXPIRES\n"
	  "s1       up           @#aa   192.0.2.1    10.0.0.1,10.0.0.2  "
	  "1           never\n"
	  "s22      provisioned  \\x1b   -            -                  "
	  "3           -\n", "",
	  "3:list-session\n0:list-sessions\n" },
	/* fields of tunnels are none of the session's */
	{ "list",
	  ".\nC\n.\nE list-session session=s1 ue-id=a upf-address=b generation=1 "
	  "ike-sas={ 7={ generation=2 l=[x] child-sas={ 1={ session=y } } } } "
	  "expires=0 ue-addresses=[c] state=up\nR success=yes\nW", 0,
	  "SESSION  STATE  UE-ID  UPF-ADDRESS  UE-ADDRESSES  GENERATION  EXPIRES\n"
	  "s1       up     a      b            c             1           never\n",
	  "", NULL },
	/* a UE's: why there is no tunnel, and when it is tried again */
	{ "list",
	  ".\nC\n.\nE list-session session=s1 state=up failures=0\n"
	  "E list-session session=s2 state=provisioned last-failure=wrong-key "
	  "last-failed=1600000000 next-attempt=1700000000\nR success=yes\nW", 0,
	  "SESSION  STATE        UE-ID  UPF-ADDRESS  UE-ADDRESSES  GENERATION  "
	  "EXPIRES  LAST-FAILURE  NEXT-ATTEMPT\n"
	  "s1       up           -      -            -             -           "
	  "-        -             -\n"
	  "s2       provisioned  -      -            -             -           "
	  "-        wrong-key     2023-11-14T22:13:20+0000\n", "",
	  "3:list-session\n0:list-sessions\n" },
	{ "list --long",
	  ".\nC\n.\nE list-session session=s1 created=0 ike-sas={ 7={ "
	  "established=x child-sas={ 0a={ child=c } } } }\n"
	  "E list-session session=s2\nR success=yes\nW", 0,
	  "session          s1\ncreated          never\nike-sas:\n  7:\n"
	  "    established  x\n    child-sas:\n      0a:\n        child    c\n"
	  "\nsession  s2\n", "",
	  "3:list-session\n0:list-sessions\n" },
	{ "list --long", ".\nC\n.\nR success=yes\nW", 0, "", "", NULL },
	{ "list s1 --long", ".\nC\n.\nR success=yes\nW", 0, "", "",
	  "3:list-session\n0:list-sessions session=s1\n" },
	{ "list --state up --session s1 --ue-id a --json",
	  ".\nC\n.\nE list-session session=s1 l=[a]\nE list-session session=s2\n"
	  "R success=yes\nW", 0,
	  "{\"session\":\"s1\",\"l\":[\"a\"]}\n{\"session\":\"s2\"}\n", "",
	  "3:list-session\n0:list-sessions state=up session=s1 ue-id=a\n" },
	{ "list",
	  ".\nC\n.\nR success=yes\nW", 0,
	  "SESSION  STATE  UE-ID  UPF-ADDRESS  UE-ADDRESSES  GENERATION  "
	  "EXPIRES\n", "", NULL },
};

START_TEST(test_replies)
{
	check_run(&replies[_i]);
}
END_TEST

static const run_t refusals[] = {
	{ "delete s1",
	  ".\nR success=no cause=no-such-session errmsg=no_session_'s1'\nW", 1,
	  "", "kupfctl: no-such-session: no session 's1'\n", NULL },
	{ "--json delete s1",
	  ".\nR success=no cause=no-such-session errmsg=none\nW", 1,
	  "{\"success\":\"no\",\"cause\":\"no-such-session\","
	  "\"errmsg\":\"none\"}\n",
	  "kupfctl: no-such-session: none\n", NULL },
	{ "delete s1",
	  ".\nR success=no cause=busy errmsg=^[31mé\nW", 1,
	  "", "kupfctl: busy: \\x1b[31mé\n", NULL },
	{ "version", ".\nR daemon=charon\nW", 1, "", "kupfctl: refused\n", NULL },
	{ "version", ".\nU\nW", 1,
	  "", "kupfctl: the daemon does not know this command\n", NULL },
	{ "version", ".\nQ\nW", 1, "*", "*kupfctl: ", NULL },
	{ "list", ".\nN\nW", 1, "",
	  "kupfctl: the daemon does not know the event list-session\n", NULL },
	{ "list", ".\nC\n.\nR success=no cause=invalid-field\nW", 1,
	  "", "kupfctl: invalid-field\n", NULL },
	/* half of the metrics are not told from all of them but by their end */
	{ "metrics", ".\nR success=yes\n.\nR success=no cause=busy\nW", 1,
	  "# TYPE kupf_build_info gauge\nkupf_build_info{daemon=\"\",version=\"\","
	  "plugin=\"\",role=\"\",enforcer=\"\"} 1\n", "kupfctl: busy\n", NULL },
	{ "watch tunnel-sideways", ".\nN\nW", 1, "",
	  "kupfctl: the daemon does not know the event tunnel-sideways\n",
	  "3:tunnel-sideways\n" },
};

START_TEST(test_refusals)
{
	check_run(&refusals[_i]);
}
END_TEST

static const run_t losses[] = {
	{ "version", NULL, 3, "",
	  "*kupfctl: cannot connect to unix:///tmp/test_kupfctl.", NULL },
	{ "--socket nowhere version", NULL, 2, "",
	  "kupfctl: option --socket given twice\n", NULL },
	{ "version", "", 3, "", "*lost\n", NULL },
	{ "version", ".\n", 3, "", "*lost\n", NULL },
	{ "version", ".\nP", 3, "", "*lost\n", NULL },
	{ "list", ".\nC\n.\nE list-session session=s1\n", 3, "*", "*lost\n",
	  NULL },
	{ "watch", ".\n", 3, "", "*lost\n", NULL },
	/* a daemon that says nothing, or half of something */
	{ "--timeout 1 version", "W", 3, "", "* within 1000 ms\n", "0:version\n" },
	{ "stats --timeout 1", ".\nP\nW", 3, "", "* within 1000 ms\n", NULL },
	{ "list --timeout 1", ".\nC\n.\nE list-session session=s1\nW", 3, "*",
	  "* within 1000 ms\n", NULL },
	{ "watch --timeout=1", "W", 3, "", "* within 1000 ms\n",
	  "3:tunnel-up\n" },
	{ "check --timeout 1", "W", 2, "", "* within 1000 ms\n", NULL },
	/* a daemon that breaks the protocol */
	{ "version", ".\nC\nW", 1, "", "*an answer that nobody waits for\n", NULL },
	{ "watch --json", ".\nC\n.\nC\n.\nC\n.\nC\n.\nC\n.\nC\nZ 100\n"
	  "E tunnel-up session=s1 time=1764423078.007\n"
	  "E session-expired session=s1\n", 3,
	  "{\"event\":\"tunnel-up\",\"session\":\"s1\","
	  "\"time\":\"1764423078.007\"}\n"
	  "{\"event\":\"session-expired\",\"session\":\"s1\"}\n", "*lost\n",
	  "3:tunnel-up\n3:tunnel-down\n3:auth-failed\n3:session-expired\n"
	  "3:rekey-request\n3:session-flapping\n" },
	{ "watch tunnel-up", ".\nC\nZ 100\n"
	  "E tunnel-up session=s1 ue-id=^]0;x_\"y l=[a,b] e=\n", 3,
	  "* tunnel-up session=s1 ue-id=\"\\x1b]0;x \\x22y\" l=a,b e=\"\"\n",
	  "*lost\n", "3:tunnel-up\n" },
	/* its time, wherever that is: the rest is the zone's */
	{ "watch tunnel-up", ".\nC\nZ 100\n"
	  "E tunnel-up session=s1 time=1764423078.007 s={ time=2 } x=1\n", 3,
	  "*:18.007", "*lost\n", NULL },
	{ "watch tunnel-up", ".\nC\nZ 100\n"
	  "E tunnel-up session=s1 time=1764423078.007 s={ time=2 } x=1\n", 3,
	  "* tunnel-up session=s1 s={time=2} x=1\n", "*lost\n", NULL },
	{ "watch tunnel-up", ".\nC\nZ 100\nE tunnel-up time=^\n", 3,
	  "* tunnel-up \n", "*lost\n", NULL },
};

START_TEST(test_losses)
{
	check_run(&losses[_i]);
}
END_TEST

static const int signals[] = { SIGINT, SIGTERM };

/*
 * Events are there as soon as they happen, and a signal is the end of it.
 */
START_TEST(test_watch_signal)
{
	pid_t daemon, tool;
	char *text;
	int waited;

	daemon = start_daemon(".\nC\nZ 50\nE tunnel-up session=s1\nW");
	tool = start_tool("watch tunnel-up");
	for (waited = 0; waited < 5000; waited++)
	{
		text = contents(out);
		if (strstr(text, " tunnel-up session=s1\n"))
		{
			free(text);
			break;
		}
		free(text);
		usleep(1000);
	}
	ck_assert_int_lt(waited, 5000);
	ck_assert(!kill(tool, signals[_i]));
	ck_assert_int_eq(wait_for(tool), 0);
	ck_assert_int_eq(wait_for(daemon), 0);
	assert_file("watch", err, "");
}
END_TEST

static Suite *kupfctl_suite()
{
	Suite *suite = suite_create("kupfctl");
	TCase *tc = test_case(suite, "wire", 30, setup, teardown);

	tcase_add_loop_test(tc, test_replies, 0,
						sizeof(replies) / sizeof(*replies));
	tcase_add_loop_test(tc, test_refusals, 0,
						sizeof(refusals) / sizeof(*refusals));
	tcase_add_loop_test(tc, test_losses, 0, sizeof(losses) / sizeof(*losses));
	tcase_add_loop_test(tc, test_watch_signal, 0, 2);

	kupfctl_local_cases(suite);
	kupfctl_load_cases(suite);
	return suite;
}

int main(void)
{
	return test_run_bare(kupfctl_suite());
}
