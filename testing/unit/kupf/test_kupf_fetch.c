/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Keys on demand: threads that wait as charon's workers do, and an SMF side
 * that answers, rejects, is slow or goes away.
 */

#include "test_kupf_fetch.h"
#include "kupf/procedures/kupf_procedures.h"

#include <time.h>
#include <unistd.h>

test_upf_t upf;
kupf_fetch_t *fetch;
host_t *local, *remote;
kupf_subscriber_t smf;

/** Requests that the SMF has got */
static u_int requests;

METHOD(kupf_subscriber_t, notify, void,
	kupf_subscriber_t *this, wire_octets_t packet)
{
	__atomic_fetch_add(&requests, 1, __ATOMIC_SEQ_CST);
}

u_int get_requests()
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

void begin(u_int timeout, u_int max_waiting, u_int negative_ttl,
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

void end()
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

void ue_comes(ue_t *this, const char *id, u_int count)
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

void await_requests(u_int count)
{
	u_int i;

	for (i = 0; i < 10000 && get_requests() != count; i++)
	{
		usleep(1000);
	}
	ck_assert_uint_eq(get_requests(), count);
}

void ue_asked_for(ue_t *this, const char *id, u_int count, u_int asked)
{
	ue_comes(this, id, count);
	await_requests(asked);
}

bool ue_ends(ue_t *this)
{
	bool found;

	this->thread->join(this->thread);
	found = this->session != NULL;
	kupf_session_unref(this->session);
	this->id->destroy(this->id);
	return found;
}

bool ue_at_once(const char *id)
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

void run(const char *expected, const char *name, const char *script)
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
	suite_add_tcase(suite, tc);

	kupf_fetch_unanswered_case(suite);
	kupf_fetch_threads_case(suite);
	return suite;
}

int main(void)
{
	return test_run(kupf_fetch_suite());
}
