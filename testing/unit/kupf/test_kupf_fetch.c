/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Keys on demand: threads that wait as charon's workers do, and an SMF side
 * that answers, rejects, is slow or goes away.
 */

#include "kupf/credentials/kupf_fetch.h"
#include "kupf/credentials/kupf_fetch_pauses.h"
#include "kupf/procedures/kupf_procedures.h"
#include "test_runner.h"
#include "test_support.h"
#include "test_upf.h"

#include <processing/jobs/callback_job.h>
#include <threading/thread.h>

#include <time.h>
#include <unistd.h>

/** Longest wait of the tests that run into it, milliseconds */
#define SHORT 100

/** As good as for ever, milliseconds; no test waits that long */
#define LONG 60000

/** Key of sessions */
#define KEY "key=ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"

typedef struct ue_t ue_t;

/**
 * A UE whose IKE_AUTH is being handled.
 */
struct ue_t {
	/** its thread */
	thread_t *thread;
	/** its identity */
	identification_t *id;
	/** session that it got */
	kupf_session_t *session;
};

static test_upf_t upf;
static kupf_fetch_t *fetch;
static host_t *local, *remote;
static kupf_subscriber_t smf;

/** Requests that the SMF has got */
static u_int requests;

METHOD(kupf_subscriber_t, notify, void,
	kupf_subscriber_t *this, wire_octets_t packet)
{
	__atomic_fetch_add(&requests, 1, __ATOMIC_SEQ_CST);
}

static u_int get_requests()
{
	return __atomic_load_n(&requests, __ATOMIC_SEQ_CST);
}

/** Second that seconds stay at, 0 to let them go on */
static time_t stopped;

/*
 * In place of libstrongswan's: a rate counts whole seconds, and how many go by is
 * not for the machine to say.  What is waited for in milliseconds goes on.
 */
time_t time_monotonic(timeval_t *tv)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	if (!tv && stopped)
	{
		return stopped;
	}
	if (tv)
	{
		tv->tv_sec = now.tv_sec;
		tv->tv_usec = now.tv_nsec / 1000;
	}
	return now.tv_sec;
}

/**
 * Fetch with these settings, with an SMF or without.
 */
static void begin(u_int timeout, u_int max_waiting, u_int negative_ttl,
				  u_int rate, bool subscribed)
{
	kupf_fetch_config_t config = {
		.timeout = timeout,
		.max_waiting = max_waiting,
		.negative_ttl = negative_ttl,
		.rate = rate,
	};

	test_upf_init(&upf, NULL, 0);
	/* the one of the sessions */
	upf.fetch->destroy(upf.fetch);
	upf.commands->destroy(upf.commands);
	upf.sessions->destroy(upf.sessions);
	upf.fetch = fetch = kupf_fetch_create(upf.all, upf.events, &config);
	upf.preconfigured->set_fetch(upf.preconfigured, fetch);
	upf.sessions = kupf_procedures_create(upf.store, upf.pool,
						upf.addresses, &upf.enforcer.public, upf.events, fetch,
						upf.preconfigured, KUPF_KDF_FC_DEFAULT);
	upf.commands = kupf_commands_create(upf.sessions, upf.store, upf.all,
						upf.preconfigured, upf.pool, upf.addresses,
						&upf.enforcer.public, upf.check);
	local = host_create_from_string("192.0.2.1", 4500);
	remote = host_create_from_string("198.51.100.7", 4500);
	requests = 0;
	smf.notify = _notify;
	if (subscribed)
	{
		upf.publisher->subscribe(upf.publisher, KUPF_EVENT_KEY_REQUEST, &smf);
	}
}

static void end()
{
	ck_assert_uint_eq(test_counter("fetch-waiting"), 0);
	upf.publisher->unsubscribe(upf.publisher, KUPF_EVENT_KEY_REQUEST, &smf);
	local->destroy(local);
	remote->destroy(remote);
	test_upf_deinit(&upf);
}

static void *come(ue_t *this)
{
	this->session = fetch->get(fetch, this->id, local, remote);
	return NULL;
}

/**
 * A UE comes; count is how many threads wait then.
 */
static void ue_comes(ue_t *this, const char *id, u_int count)
{
	u_int i;

	this->session = NULL;
	this->id = identification_create_from_encoding(ID_KEY_ID,
											chunk_from_str((char*)id));
	this->thread = thread_create((thread_main_t)come, this);
	for (i = 0; i < 10000 && test_counter("fetch-waiting") != count; i++)
	{
		usleep(1000);
	}
	ck_assert_uint_eq(test_counter("fetch-waiting"), count);
}

/**
 * Wait until there were so many requests.
 */
static void await_requests(u_int count)
{
	u_int i;

	for (i = 0; i < 10000 && get_requests() != count; i++)
	{
		usleep(1000);
	}
	ck_assert_uint_eq(get_requests(), count);
}

/**
 * A UE comes for which SMFs are asked; count is how many threads wait then,
 * asked how many requests there were by then.  It counts as waiting a moment
 * before the SMFs are asked, and what comes in that moment is found without.
 */
static void ue_asked_for(ue_t *this, const char *id, u_int count, u_int asked)
{
	ue_comes(this, id, count);
	await_requests(asked);
}

/**
 * A UE gets its answer.
 */
static bool ue_ends(ue_t *this)
{
	bool found;

	this->thread->join(this->thread);
	found = this->session != NULL;
	kupf_session_unref(this->session);
	this->id->destroy(this->id);
	return found;
}

/**
 * A UE comes that is to be answered at once.
 */
static bool ue_at_once(const char *id)
{
	kupf_session_t *session;
	identification_t *ue;

	ue = identification_create_from_encoding(ID_KEY_ID,
											 chunk_from_str((char*)id));
	session = fetch->get(fetch, ue, local, remote);
	kupf_session_unref(session);
	ue->destroy(ue);
	return session != NULL;
}

static void run(const char *expected, const char *name, const char *script)
{
	vici_message_t *reply;

	reply = test_execute(&upf, name, "%s", script);
	ck_assert_str_eq(test_value(reply, "cause"), expected);
	reply->destroy(reply);
}

/** Ways in which a session may come, and the command before it */
static struct {
	char *before, *name, *script;
} answers[] = {
	{ NULL, "establish-session", "session=s ue-id=keyid:a " KEY },
	{ NULL, "establish-sessions", "s={ ue-id=keyid:a " KEY " }" },
	{ "session=s ue-id=keyid:b " KEY, "modify-session",
	  "session=s ue-id=keyid:a" },
};

START_TEST(test_answered)
{
	ue_t ue;

	begin(LONG, 4, 10, 100, TRUE);
	if (answers[_i].before)
	{
		run("", "establish-session", answers[_i].before);
	}
	ue_asked_for(&ue, "a", 1, 1);
	/* somebody else's session is no answer */
	run("", "establish-session", "session=x ue-id=keyid:A " KEY);
	ck_assert_uint_eq(test_counter("fetch-waiting"), 1);
	run("", answers[_i].name, answers[_i].script);
	ck_assert(ue_ends(&ue));
	ck_assert_uint_eq(get_requests(), 1);
	ck_assert_uint_eq(test_counter("fetch-requests"), 1);
	ck_assert_uint_eq(test_counter("fetch-answered"), 1);
	end();
}
END_TEST

START_TEST(test_there_already)
{
	begin(LONG, 4, 10, 100, TRUE);
	/* between the look into the store and the request */
	run("", "establish-session", "session=s ue-id=keyid:a " KEY);
	ck_assert(ue_at_once("a"));
	ck_assert_uint_eq(get_requests(), 0);
	end();
}
END_TEST

START_TEST(test_rejected)
{
	ue_t ue;

	begin(LONG, 4, 10, 100, TRUE);
	ue_asked_for(&ue, "a", 1, 1);
	run("", "reject-key", "ue-id=fqdn:a");
	ck_assert_uint_eq(test_counter("fetch-waiting"), 1);
	run("", "reject-key", "ue-id=keyid:a");
	ck_assert(!ue_ends(&ue));
	/* not asked for again, others are */
	ck_assert(!ue_at_once("a"));
	ck_assert_uint_eq(test_counter("fetch-negative"), 1);
	ue_asked_for(&ue, "b", 1, 2);
	run("", "reject-key", "ue-id=keyid:b");
	ck_assert(!ue_ends(&ue));
	ck_assert_uint_eq(get_requests(), 2);
	ck_assert_uint_eq(test_counter("fetch-rejected"), 2);
	/* before it came */
	run("", "reject-key", "ue-id=keyid:c");
	ck_assert(!ue_at_once("c"));
	ck_assert_uint_eq(get_requests(), 2);
	/* of which there is a session */
	run("", "establish-session", "session=s ue-id=keyid:a " KEY);
	run("identity-in-use", "reject-key", "ue-id=keyid:a");
	run("missing-field", "reject-key", "");
	run("unknown-field", "reject-key", "ue-id=keyid:a session=s");
	end();
}
END_TEST

START_TEST(test_negative_ttl)
{
	ue_t ue;

	begin(LONG, 4, 1, 100, TRUE);
	run("", "reject-key", "ue-id=keyid:a");
	ck_assert(!ue_at_once("a"));
	ck_assert_uint_eq(get_requests(), 0);
	sleep(2);
	ue_asked_for(&ue, "a", 1, 1);
	run("", "reject-key", "ue-id=keyid:a");
	ck_assert(!ue_ends(&ue));
	end();

	/* none at all */
	begin(LONG, 4, 0, 100, TRUE);
	run("", "reject-key", "ue-id=keyid:a");
	ue_asked_for(&ue, "a", 1, 1);
	run("", "reject-key", "ue-id=keyid:a");
	ck_assert(!ue_ends(&ue));
	end();
}
END_TEST

START_TEST(test_forgotten)
{
	ue_t ue;

	/* what was established after all is not remembered as rejected */
	begin(LONG, 4, 1000, 100, TRUE);
	run("", "reject-key", "ue-id=keyid:a");
	ck_assert(!ue_at_once("a"));
	run("", "establish-session", "session=s ue-id=keyid:a " KEY);
	run("", "delete-session", "session=s");
	ue_asked_for(&ue, "a", 1, 1);
	run("", "establish-session", "session=s ue-id=keyid:a " KEY);
	ck_assert(ue_ends(&ue));
	end();
}
END_TEST

START_TEST(test_expired)
{
	kupf_session_t *session;
	ue_t ue;

	/* its life is over, though it is still in the store: that is none */
	begin(LONG, 4, 1000, 100, TRUE);
	session = test_session("s", ID_KEY_ID, "a", time_monotonic(NULL));
	ck_assert_int_eq(upf.store->put(upf.store, session), KUPF_STORE_OK);
	ue_asked_for(&ue, "a", 1, 1);
	run("", "establish-session", "session=s ue-id=keyid:a " KEY);
	ck_assert(ue_ends(&ue));
	ck_assert_uint_eq(get_requests(), 1);
	kupf_session_unref(session);
	end();
}
END_TEST

START_TEST(test_joined)
{
	ue_t ues[4];
	u_int i;

	begin(LONG, countof(ues), 10, 1, TRUE);
	for (i = 0; i < countof(ues); i++)
	{
		ue_comes(&ues[i], "a", i + 1);
	}
	await_requests(1);
	/* one too many */
	ck_assert(!ue_at_once("a"));
	ck_assert_uint_eq(test_counter("fetch-limited"), 1);
	run("", "establish-session", "session=s ue-id=keyid:a " KEY);
	for (i = 0; i < countof(ues); i++)
	{
		ck_assert(ue_ends(&ues[i]));
	}
	ck_assert_uint_eq(get_requests(), 1);
	ck_assert_uint_eq(test_counter("fetch-answered"), 1);
	end();
}
END_TEST

START_TEST(test_rate)
{
	ue_t ues[2];

	stopped = time_monotonic(NULL);
	begin(LONG, 8, 10, 2, TRUE);
	ue_asked_for(&ues[0], "a", 1, 1);
	ue_asked_for(&ues[1], "b", 2, 2);
	ck_assert(!ue_at_once("c"));
	ck_assert_uint_eq(test_counter("fetch-limited"), 1);
	run("", "reject-key", "ue-id=keyid:a");
	run("", "reject-key", "ue-id=keyid:b");
	ck_assert(!ue_ends(&ues[0]));
	ck_assert(!ue_ends(&ues[1]));
	/* what the rate has refused is asked for later */
	stopped++;
	ue_asked_for(&ues[0], "c", 1, 3);
	ue_asked_for(&ues[1], "d", 2, 4);
	ck_assert(!ue_at_once("e"));
	run("", "reject-key", "ue-id=keyid:c");
	run("", "reject-key", "ue-id=keyid:d");
	ck_assert(!ue_ends(&ues[0]));
	ck_assert(!ue_ends(&ues[1]));
	/* and time that went by unused is not saved */
	stopped += 100;
	ue_asked_for(&ues[0], "f", 1, 5);
	ue_asked_for(&ues[1], "g", 2, 6);
	ck_assert(!ue_at_once("h"));
	ck_assert_uint_eq(test_counter("fetch-limited"), 3);
	run("", "reject-key", "ue-id=keyid:f");
	run("", "reject-key", "ue-id=keyid:g");
	ck_assert(!ue_ends(&ues[0]));
	ck_assert(!ue_ends(&ues[1]));
	end();
	stopped = 0;
}
END_TEST

START_TEST(test_timeout)
{
	ue_t ue;

	begin(SHORT, 4, 10, 100, TRUE);
	ck_assert(!ue_at_once("a"));
	ck_assert_uint_eq(get_requests(), 1);
	ck_assert_uint_eq(test_counter("fetch-timeouts"), 1);
	/* nor waited for again */
	ck_assert(!ue_at_once("a"));
	ck_assert_uint_eq(get_requests(), 1);
	ck_assert_uint_eq(test_counter("fetch-negative"), 1);
	end();

	/* those who joined go at the same time */
	begin(1000, 4, 10, 100, TRUE);
	ue_asked_for(&ue, "a", 1, 1);
	ck_assert(!ue_at_once("a"));
	ck_assert(!ue_ends(&ue));
	ck_assert_uint_eq(get_requests(), 1);
	end();
}
END_TEST

START_TEST(test_nobody)
{
	begin(LONG, 4, 10, 100, FALSE);
	ck_assert(!ue_at_once("a"));
	ck_assert_uint_eq(test_counter("fetch-requests"), 0);
	ck_assert_uint_eq(test_counter("fetch-deserted"), 1);
	/* that is no word about the identity */
	ck_assert(!ue_at_once("a"));
	ck_assert_uint_eq(test_counter("fetch-negative"), 0);
	end();
}
END_TEST

START_TEST(test_deserted)
{
	ue_t ues[3];
	kupf_subscriber_t other = {
		.notify = _notify,
	};

	begin(LONG, 4, 10, 100, TRUE);
	upf.publisher->subscribe(upf.publisher, KUPF_EVENT_KEY_REQUEST, &other);
	ue_asked_for(&ues[0], "a", 1, 2);
	ue_asked_for(&ues[1], "b", 2, 4);
	ue_comes(&ues[2], "b", 3);
	ck_assert_uint_eq(get_requests(), 4);
	/* one is left who may answer */
	upf.publisher->unsubscribe(upf.publisher, KUPF_EVENT_KEY_REQUEST, &other);
	usleep(SHORT * 1000);
	ck_assert_uint_eq(test_counter("fetch-waiting"), 3);
	upf.publisher->unsubscribe(upf.publisher, KUPF_EVENT_KEY_REQUEST, &smf);
	ck_assert(!ue_ends(&ues[0]));
	ck_assert(!ue_ends(&ues[1]));
	ck_assert(!ue_ends(&ues[2]));
	ck_assert_uint_eq(test_counter("fetch-deserted"), 2);
	/* another one comes */
	upf.publisher->subscribe(upf.publisher, KUPF_EVENT_KEY_REQUEST, &smf);
	ue_asked_for(&ues[0], "a", 1, 5);
	run("", "establish-session", "session=s ue-id=keyid:a " KEY);
	ck_assert(ue_ends(&ues[0]));
	end();
}
END_TEST

START_TEST(test_not_askable)
{
	identification_t *ids[] = {
		identification_create_from_string("C=CH, O=x, CN=y"),
		identification_create_from_encoding(ID_KEY_ID, chunk_empty),
		identification_create_from_encoding(ID_ANY, chunk_empty),
		identification_create_from_encoding(ID_FQDN, chunk_from_str("*")),
		identification_create_from_encoding(ID_IPV4_ADDR,
											chunk_from_str("abc")),
	};
	u_int i;

	begin(LONG, 4, 10, 100, TRUE);
	for (i = 0; i < countof(ids); i++)
	{
		ck_assert_ptr_null(fetch->get(fetch, ids[i], local, remote));
		ids[i]->destroy(ids[i]);
	}
	ck_assert_uint_eq(get_requests(), 0);
	end();
}
END_TEST

START_TEST(test_end)
{
	ue_t ues[2];

	begin(LONG, 4, 10, 100, TRUE);
	ue_asked_for(&ues[0], "a", 1, 1);
	ue_asked_for(&ues[1], "b", 2, 2);
	fetch->end(fetch);
	ck_assert(!ue_ends(&ues[0]));
	ck_assert(!ue_ends(&ues[1]));
	ck_assert(!ue_at_once("c"));
	ck_assert_uint_eq(get_requests(), 2);
	ck_assert_uint_eq(test_counter("fetch-ended"), 2);
	end();
}
END_TEST

/** Released for jobs to go on */
static bool released;

/**
 * A worker thread that waits for an IKE_SA.
 */
static job_requeue_t block(void *data)
{
	while (!__atomic_load_n(&released, __ATOMIC_RELAXED))
	{
		usleep(1000);
	}
	return JOB_REQUEUE_NONE;
}

static job_requeue_t wait_in_job(char *id)
{
	ue_at_once(id);
	return JOB_REQUEUE_NONE;
}

/**
 * Wait until a counter has a value.
 */
static void await(const char *counter, uint64_t value)
{
	while (test_counter(counter) != value)
	{
		usleep(1000);
	}
}

static void queue(callback_job_cb_t cb, void *data, job_priority_t prio)
{
	lib->processor->queue_job(lib->processor,
			(job_t*)callback_job_create_with_prio(cb, data, NULL, NULL, prio));
}

/**
 * Start threads, of which charon keeps some for what is more urgent than
 * IKE_AUTH, as in the example of strongswan.conf(5), or none.
 */
static void start_threads(u_int count, bool reserve)
{
	lib->settings->set_int(lib->settings,
						   "%s.processor.priority_threads.high",
						   reserve ? 1 : 0, lib->ns);
	lib->settings->set_int(lib->settings,
						   "%s.processor.priority_threads.medium",
						   reserve ? 4 : 0, lib->ns);
	lib->processor->set_threads(lib->processor, count + (reserve ? 5 : 0));
}

START_TEST(test_stalled)
{
	ue_t ue;

	begin(LONG, 4, 10, 100, TRUE);
	start_threads(3, _i);
	queue((callback_job_cb_t)wait_in_job, "a", JOB_PRIO_LOW);
	await("fetch-waiting", 1);
	await_requests(1);
	/* all threads wait for others, none is left for an IKE_AUTH */
	queue(block, NULL, JOB_PRIO_LOW);
	queue(block, NULL, JOB_PRIO_LOW);
	await("fetch-stalled", 1);
	ck_assert_uint_eq(test_counter("fetch-waiting"), 0);
	/* for some time nobody is let in, whatever the threads do */
	__atomic_store_n(&released, TRUE, __ATOMIC_RELAXED);
	ck_assert(!ue_at_once("b"));
	ck_assert_uint_eq(test_counter("fetch-limited"), 1);
	usleep((KUPF_FETCH_PAUSE + 100) * 1000);
	/* and that was no word about the identity */
	ue_asked_for(&ue, "a", 1, 2);
	run("", "establish-session", "session=s ue-id=keyid:a " KEY);
	ck_assert(ue_ends(&ue));
	ck_assert_uint_eq(get_requests(), 2);
	lib->processor->cancel(lib->processor);
	end();
}
END_TEST

/** Jobs that keep the threads busy, and how many wait for a thread */
static u_int rounds;
#define QUEUE 200

/** What keeps the threads busy, and whether some are kept for it */
static struct {
	job_priority_t prio;
	bool reserve;
} busy[] = {
	{ JOB_PRIO_LOW, FALSE },
	{ JOB_PRIO_LOW, TRUE },
	{ JOB_PRIO_MEDIUM, FALSE },
	{ JOB_PRIO_MEDIUM, TRUE },
	{ JOB_PRIO_HIGH, FALSE },
	{ JOB_PRIO_HIGH, TRUE },
};

/**
 * A worker thread that is busy, but not for long.
 */
static job_requeue_t work(void *data)
{
	usleep(2000);
	if (!__atomic_load_n(&released, __ATOMIC_RELAXED))
	{
		__atomic_add_fetch(&rounds, 1, __ATOMIC_RELAXED);
		queue(work, data, *(job_priority_t*)data);
	}
	return JOB_REQUEUE_NONE;
}

START_TEST(test_busy)
{
	u_int i;

	begin(LONG, 4, 10, 100, TRUE);
	start_threads(3, busy[_i].reserve);
	queue((callback_job_cb_t)wait_in_job, "a", JOB_PRIO_LOW);
	await("fetch-waiting", 1);
	/* each of them waits for longer than it takes to look */
	for (i = 0; i < QUEUE; i++)
	{
		queue(work, &busy[_i].prio, busy[_i].prio);
	}
	usleep(10 * KUPF_FETCH_LOOK * 1000);
	while (__atomic_load_n(&rounds, __ATOMIC_RELAXED) < 2 * QUEUE)
	{
		usleep(1000);
	}
	ck_assert_uint_eq(test_counter("fetch-stalled"), 0);
	ck_assert_uint_eq(test_counter("fetch-waiting"), 1);
	run("", "establish-session", "session=s ue-id=keyid:a " KEY);
	await("fetch-answered", 1);
	__atomic_store_n(&released, TRUE, __ATOMIC_RELAXED);
	lib->processor->cancel(lib->processor);
	end();
}
END_TEST

/** UEs of test_storm, identities that they come with, rounds of each */
#define UES 8
#define IDS 5
#define ROUNDS 300

/**
 * UEs come and go while the SMF answers, rejects and goes away.
 */
static void *storm(void *seed)
{
	u_int state = (uintptr_t)seed, i;
	char id[] = "0";

	for (i = 0; i < ROUNDS; i++)
	{
		state = state * 1103515245 + 12345;
		id[0] = '0' + (state >> 16) % IDS;
		ue_at_once(id);
	}
	return NULL;
}

START_TEST(test_storm)
{
	thread_t *threads[UES];
	char script[128];
	u_int i;

	begin(20, UES, 0, 0, TRUE);
	for (i = 0; i < UES; i++)
	{
		threads[i] = thread_create(storm, (void*)(uintptr_t)(i + 1));
	}
	for (i = 0; i < ROUNDS; i++)
	{
		snprintf(script, sizeof(script), "session=s%u ue-id=keyid:%u " KEY,
				 i % IDS, i % IDS);
		run("", "establish-session", script);
		snprintf(script, sizeof(script), "session=s%u", i % IDS);
		run("", "delete-session", script);
		fetch->reject(fetch, ID_KEY_ID,
					  chunk_from_str(i % 2 ? "1" : "2"));
		if (i % 50 == 0)
		{
			upf.publisher->unsubscribe(upf.publisher, KUPF_EVENT_KEY_REQUEST, &smf);
			upf.publisher->subscribe(upf.publisher, KUPF_EVENT_KEY_REQUEST, &smf);
		}
		usleep(500);
	}
	for (i = 0; i < UES; i++)
	{
		threads[i]->join(threads[i]);
	}
	/* each has come to an end that was counted, once */
	ck_assert_uint_le(test_counter("fetch-requests"),
					  test_counter("fetch-answered") +
					  test_counter("fetch-rejected") +
					  test_counter("fetch-timeouts") +
					  test_counter("fetch-deserted"));
	end();
}
END_TEST

Suite *kupf_fetch_suite(void);

Suite *kupf_fetch_suite(void)
{
	Suite *suite;
	TCase *tc;

	suite = suite_create("kupf_fetch");

	tc = tcase_create("fetch");
	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, test_answered, 0, countof(answers));
	tcase_add_test(tc, test_there_already);
	tcase_add_test(tc, test_rejected);
	tcase_add_test(tc, test_negative_ttl);
	tcase_add_test(tc, test_forgotten);
	tcase_add_test(tc, test_expired);
	tcase_add_test(tc, test_joined);
	tcase_add_test(tc, test_rate);
	tcase_add_test(tc, test_timeout);
	tcase_add_test(tc, test_nobody);
	tcase_add_test(tc, test_deserted);
	tcase_add_test(tc, test_not_askable);
	tcase_add_test(tc, test_end);
	tcase_add_loop_test(tc, test_stalled, FALSE, TRUE + 1);
	tcase_add_loop_test(tc, test_busy, 0, countof(busy));
	tcase_add_test(tc, test_storm);
	suite_add_tcase(suite, tc);

	return suite;
}

int main(void)
{
	return test_run(kupf_fetch_suite());
}
