/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Sessions that are listed: page by page, with tunnels that charon is busy with,
 * and for clients that do not read.
 */

#include "kupf/protocol/kupf_measure.h"
#include "kupf/protocol/kupf_traffic.h"
#include "test_kupf_commands.h"
#include "test_support.h"

#include <sched.h>
#include <time.h>

/**
 * Begin to list sessions, and go on to the end.
 */
static void list_all(test_call_t *call, const char *script)
{
	test_call_begin(&upf, call, &upf, "list-sessions", "%s", script);
	while (test_call_step(&upf, call))
	{
		/* to the end */
	}
}

/**
 * Take steps until there is something to wait for, or all is done.
 */
static kupf_work_status_t step(test_call_t *call)
{
	kupf_work_status_t status;

	do
	{
		status = call->work->step(call->work, (void*)nop, NULL);
	}
	while (status == KUPF_WORK_MORE);
	return status;
}

/**
 * Take the next event of a list.
 *
 * @return			NULL if it is the reply
 */
static vici_message_t *next_entry(test_call_t *call)
{
	wire_packet_type_t type;
	vici_message_t *message;

	message = test_call_next(call, &type);
	ck_assert_ptr_nonnull(message);
	if (type == WIRE_CMD_RESPONSE)
	{
		check(message, "success=yes");
		message->destroy(message);
		return NULL;
	}
	ck_assert_int_eq(type, WIRE_EVENT);
	return message;
}

/**
 * Names of the sessions that list-sessions streams, in order.
 */
static char *list(const char *script)
{
	static char names[256];
	vici_message_t *entry;
	test_call_t call;
	chunk_t encoding;
	char *pos = names;
	bool seen[10] = {};
	u_int i;

	list_all(&call, script);
	while ((entry = next_entry(&call)))
	{
		encoding = entry->get_encoding(entry);
		ck_assert(!memmem(encoding.ptr, encoding.len, KEY, 8));
		i = test_value(entry, "session")[0] - 'a';
		ck_assert_uint_lt(i, countof(seen));
		ck_assert(!seen[i]);
		seen[i] = TRUE;
		entry->destroy(entry);
	}
	/* nothing behind the reply */
	ck_assert_int_eq(array_count(call.packets), 0);
	test_call_end(&call);
	for (i = 0; i < countof(seen); i++)
	{
		if (seen[i])
		{
			*pos++ = 'a' + i;
		}
	}
	*pos = '\0';
	return names;
}

START_TEST(test_list)
{
	vici_message_t *entry;
	test_call_t call;

	ck_assert_str_eq(list(""), "");
	run("success=yes", "establish-session", "session=a ue-id=keyid:a key=" KEY
		" lifetime=0 ue-addresses=[10.0.0.1,2001:db8::1] pdu-session-id=3 "
		"services=[mpquic,ike] upf-address=192.0.2.1");
	run("success=yes", "establish-session", "session=b ue-id=fqdn:b key=" KEY);
	run("success=yes", "establish-session", "session=c ue-id=@#00 key=" KEY);
	ck_assert_str_eq(list(""), "abc");
	ck_assert_str_eq(list("session=a"), "a");
	ck_assert_str_eq(list("session=x"), "");
	ck_assert_str_eq(list("ue-id=fqdn:b"), "b");
	ck_assert_str_eq(list("ue-id=fqdn:B"), "");
	ck_assert_str_eq(list("ue-id=keyid:#00"), "c");
	ck_assert_str_eq(list("session=a ue-id=keyid:a"), "a");
	ck_assert_str_eq(list("session=a ue-id=fqdn:b"), "");
	ck_assert_str_eq(list("state=provisioned"), "abc");
	ck_assert_str_eq(list("state=up"), "");
	ck_assert_str_eq(list("session=b state=up"), "");
	upf.enforcer.tunnels = 1;
	ck_assert_str_eq(list("state=up"), "abc");
	ck_assert_str_eq(list("state=provisioned"), "");
	ck_assert_str_eq(list("session=b state=up"), "b");
	run("success=no cause=invalid-field", "list-sessions", "state=down");
	run("success=no cause=unknown-field", "list-sessions", "lifetime=1");

	list_all(&call, "session=a");
	entry = next_entry(&call);
	check(entry, "session=a ue-id=keyid:a upf-address=192.0.2.1 generation=1 "
		  "expires=0 pdu-session-id=3 state=up tunnels=1");
	ck_assert(test_begins(entry, "ue-addresses", "10.0.0.1"));
	entry->destroy(entry);
	test_call_end(&call);
	/* on a UE: what the UPF has assigned */
	ck_assert(kupf_address_parse(chunk_from_str("10.3.0.1"),
								 &upf.enforcer.assigned));
	list_all(&call, "session=a");
	entry = next_entry(&call);
	ck_assert(test_begins(entry, "ue-addresses", "10.3.0.1"));
	entry->destroy(entry);
	test_call_end(&call);
	/* not asked to its end */
	test_call_begin(&upf, &call, &upf, "list-sessions", "");
	ck_assert(test_call_step(&upf, &call));
	ck_assert_ptr_nonnull(call.work);
	test_call_end(&call);
}
END_TEST

/** Sessions of a long list, and of a page of it */
#define LONG_LIST 500
#define PAGE 30

/**
 * List one page.
 *
 * @param after		where to begin; [out] where to go on, empty at the end
 * @param last		[out] name of the last session
 * @param seen		how often each was seen, by the number in its name
 * @return			number of sessions
 */
static u_int list_page(char after[96], char last[65], u_int seen[LONG_LIST])
{
	wire_packet_type_t type = WIRE_EVENT;
	vici_message_t *message;
	char script[256], escaped[128];
	test_call_t call;
	u_int count = 0;
	char *blank;

	blank = strchr(after, ' ');
	snprintf(escaped, sizeof(escaped), "%.*s%s%s",
			 blank ? (int)(blank - after) : (int)strlen(after), after,
			 blank ? "%20" : "", blank ? blank + 1 : "");
	snprintf(script, sizeof(script), "limit=%u%s%s", PAGE,
			 after[0] ? " after=" : "", escaped);
	list_all(&call, script);
	while (type == WIRE_EVENT)
	{
		message = test_call_next(&call, &type);
		ck_assert_ptr_nonnull(message);
		if (type == WIRE_EVENT)
		{
			count++;
			strcpy(last, test_value(message, "session"));
			if (last[0] == 's')
			{
				seen[atoi(last + 1)]++;
			}
		}
		else
		{
			check(message, "success=yes");
			strcpy(after, test_value(message, "after"));
		}
		message->destroy(message);
	}
	test_call_end(&call);
	ck_assert_int_eq(count == PAGE, after[0] != '\0');
	return count;
}

/**
 * Have sessions come and go, and others be exchanged, between two pages.
 */
static void change_some(u_int *added)
{
	vici_message_t *reply;
	char script[128];
	u_int i;

	for (i = 0; i < 100; i++, (*added)++)
	{
		snprintf(script, sizeof(script),
				 "session=new%u ue-id=keyid:new%u key=" KEY, *added, *added);
		run("success=yes", "establish-session", script);
		snprintf(script, sizeof(script), "session=new%u", *added / 2);
		if (i % 2)
		{	/* unless that was done already */
			reply = test_execute(&upf, "delete-session", "%s", script);
			reply->destroy(reply);
		}
		snprintf(script, sizeof(script), "session=s%u", *added % LONG_LIST);
		run("success=yes", "modify-session", script);
	}
}

/* page by page everything that stays is listed once, whatever comes and goes */
START_TEST(test_list_pages)
{
	u_int seen[LONG_LIST] = {}, i, pages = 0, added = 0;
	char script[128], after[96] = "", last[65];

	for (i = 0; i < LONG_LIST; i++)
	{
		snprintf(script, sizeof(script), "session=s%u ue-id=keyid:%u key=" KEY,
				 i, i);
		run("success=yes", "establish-session", script);
	}
	do
	{
		ck_assert_uint_le(list_page(after, last, seen), PAGE);
		pages++;
		if (after[0])
		{
			ck_assert_str_eq(after, last);
			/* the one that was the last is gone, now and then */
			if (after[0] == 'n')
			{
				snprintf(script, sizeof(script), "session=%s", after);
				run("success=yes", "delete-session", script);
			}
			change_some(&added);
		}
	}
	while (after[0]);
	for (i = 0; i < LONG_LIST; i++)
	{
		ck_assert_msg(seen[i] == 1, "s%u was listed %u times", i, seen[i]);
	}
	ck_assert_uint_gt(pages, LONG_LIST / PAGE);
}
END_TEST

/* what is pre-configured comes after what is fed, by whichever name one goes
 * on, and a filter counts what it lets through */
START_TEST(test_list_pages_preconfigured)
{
	kupf_store_t *lower = upf.preconfigured->get_store(upf.preconfigured);
	char name[16], script[128], after[96] = "", last[65];
	u_int seen[LONG_LIST] = {}, i, pages = 0, layer = 0;
	kupf_session_data_t data;
	kupf_session_t *session;
	test_call_t call;
	vici_message_t *entry;

	for (i = 0; i < LONG_LIST; i++)
	{
		snprintf(name, sizeof(name), "s%u", i);
		if (i % 2)
		{
			snprintf(script, sizeof(script), "session=%s ue-id=keyid:%s key="
					 KEY, name, name);
			run("success=yes", "establish-session", script);
			continue;
		}
		test_session_data(&data, name, ID_KEY_ID, name);
		data.preconfigured = TRUE;
		session = kupf_session_create(&data);
		ck_assert_int_eq(lower->put(lower, session), KUPF_STORE_OK);
		kupf_session_unref(session);
	}
	do
	{
		list_page(after, last, seen);
		pages++;
		if (!after[0])
		{
			break;
		}
		ck_assert_int_eq(atoi(last + 1) % 2, strchr(after, ' ') ? 0 : 1);
		if (strchr(after, ' '))
		{
			layer++;
			if (_i)
			{
				strcpy(after, last);
			}
		}
	}
	while (pages < 2 * LONG_LIST);
	for (i = 0; i < LONG_LIST; i++)
	{
		ck_assert_msg(seen[i] == 1, "s%u was listed %u times", i, seen[i]);
	}
	ck_assert_uint_gt(layer, 3);

	list_all(&call, "limit=2 state=up");
	ck_assert_ptr_null(next_entry(&call));
	test_call_end(&call);
	list_all(&call, "session=s1 limit=1 after=s1");
	entry = next_entry(&call);
	check(entry, "session=s1");
	entry->destroy(entry);
	test_call_end(&call);
	run("success=no cause=invalid-field", "list-sessions", "limit=0");
}
END_TEST

/* what a session leads to is told back, and part of it */
START_TEST(test_network)
{
	vici_message_t *entry;
	test_call_t call;

	run("success=yes", "establish-session", "session=a ue-id=keyid:a key=" KEY
		" dnn=internet snssai=1-00000A");
	run("success=yes generation=1", "establish-session",
		"session=a ue-id=keyid:a key=" KEY " dnn=Internet snssai=1-00000a");
	run("success=no cause=session-exists", "establish-session",
		"session=a ue-id=keyid:a key=" KEY " dnn=ims snssai=1-00000a");
	run("success=no cause=session-exists", "establish-session",
		"session=a ue-id=keyid:a key=" KEY " dnn=internet");
	run("success=yes generation=2", "modify-session", "session=a dnn=ims");
	list_all(&call, "");
	entry = next_entry(&call);
	check(entry, "dnn=ims snssai=1-00000a");
	entry->destroy(entry);
	test_call_end(&call);
}
END_TEST

START_TEST(test_list_tunnels)
{
	vici_message_t *entry;
	char name[KUPF_CHILD_NAME];
	test_call_t call;
	time_t now = time(NULL);

	run("success=yes", "establish-session", "session=a ue-id=keyid:a key=" KEY);
	upf.enforcer.tunnels = KUPF_TUNNELS_MAX + 1;
	list_all(&call, "");
	entry = next_entry(&call);
	check(entry, "state=up tunnels=5 ike-sas.1.tunnel-id=100 "
		  "ike-sas.1.initiator-spi=0000000000001111 "
		  "ike-sas.1.responder-spi=fedcba9876543210 "
		  "ike-sas.1.local=192.0.2.1[4500] "
		  "ike-sas.1.remote=2001:db8::[65535] "
		  "ike-sas.1.generation=4294967295 "
		  "ike-sas.1.child-sas.0000abc0.spi-in=0000abc0 "
		  "ike-sas.1.child-sas.0000abc7.spi-out=ffffffff "
		  "ike-sas.4.tunnel-id=103 ike-sas.5.tunnel-id=");
	check(entry, "ike-sas.1.child-sas.0000abc1.if-id-in=00000011 "
		  "ike-sas.1.child-sas.0000abc1.if-id-out=fffffffe "
		  "ike-sas.4.child-sas.0000abc7.if-id-in=00000017 "
		  "ike-sas.4.child-sas.0000abc0.if-id-out=00000000");
	memset(name, 'x', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	ck_assert_str_eq(test_value(entry, "ike-sas.4.child-sas.0000abc3.child"),
					 name);
	check(entry, "ike-sas.1.child-sas.0000abc0.octets-in=18446744073709551615 "
		  "ike-sas.1.child-sas.0000abc0.packets-in=4711 "
		  "ike-sas.4.child-sas.0000abc0.octets-out=0 "
		  "ike-sas.4.child-sas.0000abc0.packets-out=0 "
		  "ike-sas.4.child-sas.0000abc0.last-out=- "
		  "ike-sas.4.child-sas.0000abc7.octets-in=-");
	ck_assert_uint_eq(upf.enforcer.measured, KUPF_TUNNELS_MAX);
	/* the clocks may tick between two looks at them */
	ck_assert_int_le(labs(atol(test_value(entry, "ike-sas.1.established")) -
						  now), 5);
	ck_assert_int_le(labs(atol(test_value(entry,
							"ike-sas.4.child-sas.0000abc0.last-in")) - now), 5);
	ck_assert_int_le(labs(atol(test_value(entry, "created")) - now), 5);
	ck_assert_int_le(labs(atol(test_value(entry, "modified")) - now), 5);
	entry->destroy(entry);
	test_call_end(&call);
}
END_TEST

/* what charon does not tell, as a thread is busy with the IKE_SA */
START_TEST(test_list_busy)
{
	test_call_t call, other;
	sem_t busy;

	ck_assert_int_eq(sem_init(&busy, 0, 0), 0);
	upf.enforcer.stalled = &busy;
	run("success=yes", "establish-session", "session=a ue-id=keyid:a key=" KEY);
	upf.enforcer.tunnels = 1;
	test_call_begin(&upf, &call, &upf, "list-sessions", "");
	ck_assert_int_eq(step(&call), KUPF_WORK_WAITS);
	ck_assert_int_eq(step(&call), KUPF_WORK_WAITS);
	while (!__atomic_load_n(&upf.enforcer.measuring, __ATOMIC_RELAXED))
	{
		sched_yield();
	}
	/* nobody else waits, nor does whoever destroys it */
	run("success=yes sessions=1", "version", "");
	test_call_begin(&upf, &other, &upf, "list-sessions", "state=provisioned");
	ck_assert_int_eq(step(&other), KUPF_WORK_DONE);
	test_call_end(&other);
	test_call_end(&call);

	/* the session is gone when it is known */
	test_call_begin(&upf, &call, &upf, "list-sessions", "");
	ck_assert_int_eq(step(&call), KUPF_WORK_WAITS);
	run("success=yes", "delete-session", "session=a");
	sem_post(&busy);
	sem_post(&busy);
	while (test_call_step(&upf, &call))
	{
		/* to the end */
	}
	ck_assert_ptr_null(next_entry(&call));
	test_call_end(&call);
	lib->processor->cancel(lib->processor);
	ck_assert_uint_eq(upf.enforcer.measured, 2);
	sem_destroy(&busy);
}
END_TEST

/**
 * Put sessions into the store, s0 and so on.
 */
static void put_sessions(u_int count)
{
	kupf_session_t *session;
	char name[16];
	u_int i;

	for (i = 0; i < count; i++)
	{
		snprintf(name, sizeof(name), "s%u", i);
		session = test_session(name, ID_KEY_ID, name, 0);
		ck_assert_int_eq(upf.store->put(upf.store, session), KUPF_STORE_OK);
		kupf_session_unref(session);
	}
}

START_TEST(test_measure)
{
	run("success=yes tunnels=0 complete=yes", "measure-traffic", "");
	put_sessions(3);
	/* nothing is up */
	run("success=yes tunnels=0 complete=yes", "measure-traffic", "");
	ck_assert_uint_eq(upf.enforcer.measured, 0);
	upf.enforcer.tunnels = 1;
	run("success=yes tunnels=3 complete=yes", "measure-traffic", "");
	ck_assert_uint_eq(upf.enforcer.measured, 3);
	/* each time anew; no more of a session than are described */
	upf.enforcer.tunnels = KUPF_TUNNELS_MAX + 1;
	run("success=yes tunnels=12 complete=yes", "measure-traffic", "");
	ck_assert_uint_eq(upf.enforcer.measured, 3 + 3 * KUPF_TUNNELS_MAX);
	run("success=no cause=unknown-field", "measure-traffic", "session=s1");
}
END_TEST

/* a request has a bound, and the next one goes on */
START_TEST(test_measure_bounded)
{
	u_int total = 3 * KUPF_MEASURE_TUNNELS, requests = 0, before, most;
	vici_message_t *reply;

	put_sessions(total);
	upf.enforcer.tunnels = 1;
	most = KUPF_MEASURE_TUNNELS + 8 * KUPF_WORK_STEP;
	while (upf.enforcer.measured < total)
	{
		before = upf.enforcer.measured;
		reply = test_execute(&upf, "measure-traffic", "");
		check(reply, "success=yes complete=no");
		ck_assert_uint_eq(atoi(test_value(reply, "tunnels")),
						  upf.enforcer.measured - before);
		ck_assert_uint_gt(upf.enforcer.measured, before);
		ck_assert_uint_le(upf.enforcer.measured - before, most);
		reply->destroy(reply);
		requests++;
	}
	/* none was measured twice before each was once */
	ck_assert_uint_eq(upf.enforcer.measured, total);
	ck_assert_uint_ge(requests, 3);
}
END_TEST

/* charon is busy with an IKE_SA: nobody else waits, and the client may go */
START_TEST(test_measure_busy)
{
	test_call_t call;
	sem_t busy;

	ck_assert_int_eq(sem_init(&busy, 0, 0), 0);
	upf.enforcer.stalled = &busy;
	put_sessions(1);
	upf.enforcer.tunnels = 1;
	test_call_begin(&upf, &call, &upf, "measure-traffic", "");
	ck_assert_int_eq(step(&call), KUPF_WORK_WAITS);
	ck_assert_int_eq(step(&call), KUPF_WORK_WAITS);
	while (!__atomic_load_n(&upf.enforcer.measuring, __ATOMIC_RELAXED))
	{
		sched_yield();
	}
	run("success=yes sessions=1", "version", "");
	ck_assert_int_eq(step(&call), KUPF_WORK_WAITS);
	test_call_end(&call);
	sem_post(&busy);
	lib->processor->cancel(lib->processor);
	ck_assert_uint_eq(upf.enforcer.measured, 1);
	sem_destroy(&busy);
}
END_TEST

/* clients that go again and again leave a bounded number of jobs behind */
START_TEST(test_measure_again_and_again)
{
	uint64_t skipped = test_counter("traffic-skipped");
	test_call_t call;
	sem_t busy;
	u_int i, jobs = 0;

	ck_assert_int_eq(sem_init(&busy, 0, 0), 0);
	upf.enforcer.stalled = &busy;
	put_sessions(1);
	upf.enforcer.tunnels = 1;
	/* each goes on where the one before has ended, so that some find none */
	lib->processor->set_threads(lib->processor, 2 * KUPF_TRAFFIC_JOBS);
	while (jobs < KUPF_TRAFFIC_JOBS)
	{
		test_call_begin(&upf, &call, &upf, "measure-traffic", "");
		jobs += step(&call) == KUPF_WORK_WAITS;
		while (__atomic_load_n(&upf.enforcer.measuring,
							   __ATOMIC_RELAXED) < jobs)
		{
			sched_yield();
		}
		test_call_end(&call);
	}
	ck_assert_uint_eq(test_counter("traffic-skipped"), skipped);
	/* whoever comes now does not wait, neither for this nor for a list */
	list_all(&call, "");
	test_call_end(&call);
	ck_assert_uint_eq(test_counter("traffic-skipped"), ++skipped);
	run("success=yes", "measure-traffic", "");
	run("success=yes", "measure-traffic", "");
	ck_assert_uint_gt(test_counter("traffic-skipped"), skipped);
	skipped = test_counter("traffic-skipped");
	/* they end, and there is room again */
	upf.enforcer.stalled = NULL;
	for (i = 0; i < KUPF_TRAFFIC_JOBS; i++)
	{
		sem_post(&busy);
	}
	lib->processor->cancel(lib->processor);
	lib->processor->set_threads(lib->processor, 2);
	i = upf.enforcer.measured;
	run("success=yes", "measure-traffic", "");
	run("success=yes", "measure-traffic", "");
	ck_assert_uint_gt(upf.enforcer.measured, i);
	ck_assert_uint_eq(test_counter("traffic-skipped"), skipped);
	sem_destroy(&busy);
}
END_TEST

/* how setting up the tunnel gets on, which is a UE's business */
START_TEST(test_attempts)
{
	time_t now = time(NULL);
	kupf_attempts_t attempts = {
		.failures = 3,
		.failure = "wrong-key",
		.failed = time_monotonic(NULL),
		.next = time_monotonic(NULL) + 100,
	};
	vici_message_t *entry;
	test_call_t call;

	run("success=yes", "establish-session", "session=a ue-id=keyid:a key=" KEY);
	run("success=no cause=not-allowed", "retry-session", "session=a");
	run("success=no cause=no-such-session", "retry-session", "session=b");
	run("success=no cause=missing-field", "retry-session", "");
	list_all(&call, "");
	entry = next_entry(&call);
	check(entry, "failures=- last-failure=- last-failed=- next-attempt=-");
	entry->destroy(entry);
	test_call_end(&call);

	upf.enforcer.attempts = &attempts;
	run("success=no cause=no-such-session", "retry-session", "session=b");
	run("success=yes waited=yes", "retry-session", "session=a");
	list_all(&call, "");
	entry = next_entry(&call);
	check(entry, "failures=3 last-failure=wrong-key");
	ck_assert_int_le(labs(atol(test_value(entry, "last-failed")) - now), 5);
	ck_assert_int_le(labs(atol(test_value(entry, "next-attempt")) - now - 100),
					 5);
	entry->destroy(entry);
	test_call_end(&call);

	attempts = (kupf_attempts_t){};
	run("success=yes waited=no", "retry-session", "session=a");
	list_all(&call, "");
	entry = next_entry(&call);
	check(entry, "failures=0 last-failure=- last-failed=- next-attempt=-");
	entry->destroy(entry);
	test_call_end(&call);
}
END_TEST

/** Sessions of a list that nobody reads on */
#define STALLED 500

START_TEST(test_list_stalled)
{
	kupf_session_t *session;
	test_call_t call;
	uint8_t *keys[STALLED];
	char script[128];
	u_int i, j;

	for (i = 0; i < STALLED; i++)
	{
		snprintf(script, sizeof(script), "session=s%u ue-id=keyid:%u key=" KEY,
				 i, i);
		run("success=yes", "establish-session", script);
		snprintf(script, sizeof(script), "s%u", i);
		session = upf.store->get(upf.store, script);
		keys[i] = kupf_session_get_key(session).ptr;
		kupf_session_unref(session);
	}
	test_call_begin(&upf, &call, &upf, "list-sessions", "");
	do
	{
		ck_assert(test_call_step(&upf, &call));
	}
	while (!array_count(call.packets));
	/* the list keeps no key of what is deleted meanwhile */
	for (i = 0; i < STALLED; i++)
	{
		snprintf(script, sizeof(script), "session=s%u", i);
		run("success=yes", "delete-session", script);
	}
	for (i = 0; i < STALLED; i++)
	{	/* what is free begins with a pointer */
		for (j = sizeof(void*); j < 32; j++)
		{
			ck_assert_uint_eq(keys[i][j], 0);
		}
	}
	ck_assert_ptr_nonnull(call.work);
	test_call_end(&call);
}
END_TEST

void kupf_commands_list_cases(Suite *suite)
{
	TCase *tc = test_case(suite, "list", 60, setup, teardown);

	tcase_add_test(tc, test_list_busy);
	tcase_add_test(tc, test_measure);
	tcase_add_test(tc, test_measure_bounded);
	tcase_add_test(tc, test_measure_busy);
	tcase_add_test(tc, test_measure_again_and_again);
	tcase_add_test(tc, test_network);
	tcase_add_test(tc, test_list);
	tcase_add_test(tc, test_list_pages);
	tcase_add_loop_test(tc, test_list_pages_preconfigured, 0, 2);
	tcase_add_test(tc, test_list_tunnels);
	tcase_add_test(tc, test_list_stalled);
	tcase_add_test(tc, test_attempts);
}
