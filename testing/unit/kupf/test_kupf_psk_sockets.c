/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * The sockets of consumers of keys: what they give and do not give, and what
 * consumers are told as sessions come, change and go.
 */

#include "kupf/psk/kupf_psk_service.h"
#include "test_client.h"
#include "test_kupf_psk_sockets.h"

#include <pthread.h>
#include <sys/stat.h>
#include <unistd.h>

#define PSK "f07437b07dff06e2006351d688c9174f0d75f43abaa5d7205115274f2809f70a"
#define PSK_ID "8b52ecca28b4e9cbb6aec35d89111ecf"
#define EPSK "82e84c80a932965b330195403af9541ebefe7c3f90f46f8b8910498bc1952105"
#define EPSK_ID "9eb5f83deac20947cc2772f253e42a44"

/** Identity for tls of the same */
#define TLS_ID "879aff55407b03e006d968e17daa49a2"

test_upf_t upf;

int consumer, watcher;

int dial(const char *service)
{
	char name[64];
	int fd;

	snprintf(name, sizeof(name), "sock-psk.%s", service);
	fd = test_connect(test_path(name));
	ck_assert_int_ge(fd, 0);
	return fd;
}

/**
 * Create all of it, and connect.
 */
static void start(kupf_role_t role)
{
	kupf_server_config_t server = { .max_connections = 8 };
	char uri[1024];

	test_dir_create();
	test_upf_init(&upf, NULL, 0);
	snprintf(uri, sizeof(uri), "unix://%s", test_path("sock"));
	server.uri = uri;
	ck_assert(upf.consumers->serve(upf.consumers, &test_upf_psk, &server,
								   upf.publisher, role));
	consumer = dial("mpquic");
	watcher = dial("mpquic");
	test_register(watcher, "psk-end");
	test_register(watcher, "psk-ready");
}

void setup()
{
	test_upf_psk = (kupf_psk_config_t){
		.sockets = "mpquic, tls",
		.grace = 30,
	};
	start(KUPF_ROLE_UPF);
}

static void setup_ue()
{
	test_upf_psk = (kupf_psk_config_t){
		.sockets = "mpquic tls",
		.forms = "mpquic:imp",
	};
	start(KUPF_ROLE_UE);
}

void teardown()
{
	close(consumer);
	close(watcher);
	test_upf_deinit(&upf);
	test_dir_remove();
}

void run(const char *name, const char *fmt)
{
	vici_message_t *reply;

	reply = test_execute(&upf, name, "%s", fmt);
	ck_assert_msg(streq(test_value(reply, "success"), "yes"), "%s %s: %s", name,
				  fmt, test_value(reply, "errmsg"));
	reply->destroy(reply);
}

void refused(const char *name, const char *fmt, const char *field)
{
	vici_message_t *reply;

	reply = test_execute(&upf, name, "%s", fmt);
	ck_assert_str_eq(test_value(reply, "cause"), "identity-in-use");
	ck_assert_ptr_nonnull(strstr(test_value(reply, "errmsg"), field));
	reply->destroy(reply);
}

/**
 * Write octets that are given as digits in the way of test_encode().
 */
static const char *octets(const char *hex)
{
	static __thread char text[1024];
	size_t i;

	for (i = 0; hex[2 * i]; i++)
	{
		snprintf(text + 3 * i, 4, "%%%.2s", hex + 2 * i);
	}
	return text;
}

/**
 * Ask for the key of an identity.
 */
static vici_message_t *look_up(int fd, const char *id)
{
	test_request(fd, "psk", "identity=%s", octets(id));
	return test_reply(fd);
}

static void assert_psk(vici_message_t *reply, const char *psk)
{
	char text[2 * KUPF_KEY_MAX + 1];

	chunk_to_hex(reply->get_value(reply, chunk_empty, "psk"), text, FALSE);
	ck_assert_str_eq(text, psk);
}

/**
 * Look an identity up that must have a key.
 */
static void assert_found(const char *id, const char *form, const char *psk,
						 const char *session, const char *generation)
{
	vici_message_t *reply;

	reply = look_up(consumer, id);
	ck_assert_str_eq(test_value(reply, "success"), "yes");
	ck_assert_str_eq(test_value(reply, "session"), session);
	ck_assert_str_eq(test_value(reply, "generation"), generation);
	ck_assert_str_eq(test_value(reply, "form"), form);
	ck_assert_str_eq(test_value(reply, "hash"), "sha256");
	assert_psk(reply, psk);
	reply->destroy(reply);
}

static void assert_unknown(int fd, const char *id)
{
	vici_message_t *reply;

	reply = look_up(fd, id);
	ck_assert_str_eq(test_value(reply, "success"), "no");
	ck_assert_str_eq(test_value(reply, "cause"), "unknown-identity");
	ck_assert_str_eq(test_value(reply, "psk"), "");
	reply->destroy(reply);
}

/**
 * What the consumer must be told.
 */
static void assert_event(const char *name, const char *session,
						 const char *generation, const char *reason,
						 const char *grace)
{
	vici_message_t *event;

	event = test_event(watcher, name);
	ck_assert_str_eq(test_value(event, "session"), session);
	ck_assert_str_eq(test_value(event, "generation"), generation);
	ck_assert_str_eq(test_value(event, "reason"), reason);
	ck_assert_str_eq(test_value(event, "grace"), grace);
	event->destroy(event);
}

START_TEST(test_found)
{
	vici_message_t *reply;

	run("establish-session", "session=a ue-id=keyid:ue key=" KUPF
		" services=[ike,mpquic] lifetime=100 pdu-session-id=5 "
		"ue-addresses=[10.0.0.1]");
	assert_event("psk-ready", "a", "1", "", "");
	assert_found(PSK_ID, "ext", PSK, "a", "1");
	assert_found(EPSK_ID, "imp", EPSK, "a", "1");

	reply = look_up(consumer, PSK_ID);
	ck_assert_str_eq(test_value(reply, "pdu-session-id"), "5");
	ck_assert_str_ne(test_value(reply, "expires"), "0");
	/* nothing that the consumer has no use for, least of all K_UPF */
	ck_assert_str_eq(test_value(reply, "ue-id"), "");
	ck_assert_str_eq(test_value(reply, "key"), "");
	reply->destroy(reply);
}
END_TEST

/**
 * Whatever is unknown, and why, the answer is the same, octet by octet.
 */
START_TEST(test_unknown)
{
	static const char *ids[] = {
		"00", "00000000000000000000000000000000", TLS_ID, PSK_ID "00",
		"8b52ecca28b4e9cbb6aec35d89111ece", "7565",
		"00000000000000000000000000000000000000000000000000000000000000000000",
	};
	uint64_t found = test_counter("psk-found");
	uint64_t unknown = test_counter("psk-unknown");
	chunk_t packet, first = chunk_empty;
	int tls = dial("tls");
	u_int i;

	run("establish-session", "session=a ue-id=keyid:ue key=" KUPF
		" services=[mpquic]");
	run("establish-session", "session=b ue-id=keyid:ue2 key=" OTHER);
	for (i = 0; i < countof(ids); i++)
	{
		test_request(consumer, "psk", "identity=%s", octets(ids[i]));
		ck_assert(test_receive(consumer, &packet));
		ck_assert(!first.ptr || chunk_equals(packet, first));
		chunk_free(&first);
		first = packet;
	}
	chunk_free(&first);
	/* neither has the service this key, nor the key this service */
	assert_unknown(tls, PSK_ID);
	assert_unknown(tls, TLS_ID);
	close(tls);
	ck_assert_uint_eq(test_counter("psk-found"), found);
	ck_assert_uint_eq(test_counter("psk-unknown"),
					  unknown + countof(ids) + 2);
}
END_TEST

START_TEST(test_modified)
{
	run("establish-session", "session=a ue-id=keyid:ue key=" KUPF
		" services=[ike,mpquic]");
	assert_event("psk-ready", "a", "1", "", "");
	/* nothing that concerns the key: nobody is told */
	run("modify-session", "session=a lifetime=100");
	assert_found(PSK_ID, "ext", PSK, "a", "2");
	run("modify-session", "session=a grace=7 key=" OTHER);
	assert_unknown(consumer, PSK_ID);
	assert_unknown(consumer, EPSK_ID);
	assert_event("psk-end", "a", "2", "replaced", "7");
	assert_event("psk-ready", "a", "3", "", "");
	run("modify-session", "session=a key=" KUPF);
	assert_event("psk-end", "a", "3", "replaced", "30");
	assert_event("psk-ready", "a", "4", "", "");
	assert_found(PSK_ID, "ext", PSK, "a", "4");
	run("modify-session", "session=a services=[ike]");
	assert_unknown(consumer, PSK_ID);
	assert_event("psk-end", "a", "4", "service", "0");
	run("modify-session", "session=a services=[mpquic]");
	assert_event("psk-ready", "a", "6", "", "");
	assert_found(PSK_ID, "ext", PSK, "a", "6");
}
END_TEST

START_TEST(test_gone)
{
	run("establish-session", "session=a ue-id=keyid:ue key=" KUPF
		" services=[mpquic]");
	assert_event("psk-ready", "a", "1", "", "");
	run("delete-session", "session=a");
	assert_unknown(consumer, PSK_ID);
	assert_event("psk-end", "a", "1", "deleted", "0");

	/* expired keys are not given, whether anybody has looked for them or not */
	run("establish-session", "session=a ue-id=keyid:ue key=" KUPF
		" services=[mpquic] lifetime=1");
	assert_event("psk-ready", "a", "1", "", "");
	assert_found(PSK_ID, "ext", PSK, "a", "1");
	sleep(3);
	assert_unknown(consumer, PSK_ID);
	upf.sessions->expire(upf.sessions);
	assert_event("psk-end", "a", "1", "expired", "0");

	/* a synchronisation that does not mention it */
	run("establish-session", "session=a ue-id=keyid:ue key=" KUPF
		" services=[mpquic]");
	assert_event("psk-ready", "a", "1", "", "");
	run("sync-begin", "");
	run("sync-end", "");
	assert_event("psk-end", "a", "1", "deleted", "0");
	assert_unknown(consumer, PSK_ID);
}
END_TEST

START_TEST(test_direct)
{
	uint64_t ambiguous = test_counter("psk-ambiguous");

	run("establish-session", "session=a ue-id=keyid:ue key=" OTHER
		" services=[mpquic] psk-identity=3GPP");
	assert_found("33475050", "direct", &OTHER[2], "a", "1");
	/* what is direct is not derived from */
	run("establish-session", "session=b ue-id=keyid:ue2 key=" KUPF
		" services=[mpquic] psk-identity=b");
	assert_unknown(consumer, PSK_ID);
	/* the same for another service is another one; here nobody gets either */
	run("establish-session", "session=c ue-id=keyid:ue3 key=" KUPF
		" services=[tls] psk-identity=3GPP");
	assert_found("33475050", "direct", &OTHER[2], "a", "1");
	/* there is one of each name, as of ue-id */
	refused("modify-session", "session=b psk-identity=3GPP", "psk-identity");
	refused("establish-session", "session=d ue-id=keyid:ue4 key=" KUPF
			" services=[mpquic] psk-identity=b", "psk-identity");
	run("modify-session", "session=a psk-identity=3GPP lifetime=100");
	assert_found("33475050", "direct", &OTHER[2], "a", "2");
	run("delete-session", "session=a");
	run("modify-session", "session=b psk-identity=3GPP");
	assert_found("33475050", "direct", &KUPF[2], "b", "2");
	ck_assert_uint_eq(test_counter("psk-ambiguous"), ambiguous);
}
END_TEST

/**
 * Two keys that lead to the same identity: nobody gets either.
 */
START_TEST(test_ambiguous)
{
	uint64_t ambiguous = test_counter("psk-ambiguous");

	run("establish-session", "session=a ue-id=keyid:ue key=" KUPF
		" services=[mpquic]");
	run("establish-session", "session=b ue-id=keyid:ue2 key=" KUPF
		" services=[mpquic]");
	assert_unknown(consumer, PSK_ID);
	ck_assert_uint_eq(test_counter("psk-ambiguous"), ambiguous + 1);
	run("delete-session", "session=a");
	assert_found(PSK_ID, "ext", PSK, "b", "1");
}
END_TEST

void write_keys(const char *text)
{
	FILE *file;

	file = fopen(test_path("keys"), "w");
	ck_assert_ptr_nonnull(file);
	fchmod(fileno(file), 0600);
	fputs(text, file);
	fclose(file);
	upf.preconfigured->set_file(upf.preconfigured, test_path("keys"), 0);
	run("reload-preconfigured", "");
}

START_TEST(test_preconfigured)
{
	write_keys("robot ue-id=keyid:r key=" KUPF " services=mpquic\n");
	assert_event("psk-ready", "robot", "1", "", "");
	assert_found(PSK_ID, "ext", PSK, "robot", "1");
	/* a fed session hides it, and lets it be seen again */
	run("establish-session", "session=robot ue-id=keyid:ue key=" OTHER);
	assert_event("psk-end", "robot", "1", "replaced", "0");
	assert_unknown(consumer, PSK_ID);
	run("delete-session", "session=robot");
	assert_event("psk-ready", "robot", "1", "", "");
	assert_found(PSK_ID, "ext", PSK, "robot", "1");
	write_keys("\n");
	assert_event("psk-end", "robot", "1", "reload", "0");
	assert_unknown(consumer, PSK_ID);
}
END_TEST

static void take(kupf_subscriber_t *this, wire_octets_t packet)
{
	smf_t *side = (smf_t*)this;
	vici_message_t *old, *event;

	event = test_read_packet(packet, WIRE_EVENT);
	old = __atomic_exchange_n(&side->last, event, __ATOMIC_SEQ_CST);
	DESTROY_IF(old);
	__atomic_add_fetch(&side->count, 1, __ATOMIC_SEQ_CST);
}

smf_t smf = { .public.notify = take };

void listen_to(kupf_event_t event)
{
	smf.count = 0;
	upf.publisher->subscribe(upf.publisher, event, &smf.public);
}

void ignore(kupf_event_t event)
{
	vici_message_t *last;

	upf.publisher->unsubscribe(upf.publisher, event, &smf.public);
	/* another event may come at the same time */
	last = __atomic_exchange_n(&smf.last, NULL, __ATOMIC_SEQ_CST);
	DESTROY_IF(last);
}

const char *told(const char *field)
{
	return test_value(smf.last, field);
}

void assert_reply(int fd, const char *command, const char *fmt,
				  const char *key, const char *value)
{
	vici_message_t *reply;

	test_request(fd, command, "%s", fmt);
	reply = test_reply(fd);
	ck_assert_msg(streq(test_value(reply, key), value), "%s %s: %s, not %s",
				  command, fmt, test_value(reply, key), value);
	reply->destroy(reply);
}

/**
 * Requests that are wrong name what is, and repeat nothing of it.
 */
START_TEST(test_wrong)
{
	static const struct {
		const char *message;
		const char *cause;
	} wrong[] = {
		{ "", "missing-field" },
		{ "id=a", "unknown-field" },
		{ "identity=[a]", "unknown-field" },
		{ "identity={ }", "unknown-field" },
		{ "identity=a session=a", "unknown-field" },
		{ "identity=a identity=b", "invalid-field" },
		{ "identity=", "unknown-identity" },
	};
	vici_message_t *reply;
	u_int i;

	for (i = 0; i < countof(wrong); i++)
	{
		test_request(consumer, "psk", "%s", wrong[i].message);
		reply = test_reply(consumer);
		ck_assert_msg(streq(test_value(reply, "cause"), wrong[i].cause), "%s",
					  wrong[i].message);
		reply->destroy(reply);
	}
}
END_TEST

/**
 * Neither socket has what belongs to the other one.
 */
START_TEST(test_separate)
{
	static const char *not_here[] = {
		"list-sessions", "establish-session", "stats", "psk-by-session",
	};
	static const char *no_events[] = {
		"list-session", "tunnel-up", "key-request", "session-expired",
	};
	vici_message_t *reply;
	chunk_t packet;
	u_int i;

	for (i = 0; i < countof(not_here); i++)
	{
		test_request(consumer, not_here[i], "");
		test_bare(consumer, WIRE_CMD_UNKNOWN);
	}
	for (i = 0; i < countof(no_events); i++)
	{
		packet = test_packet(WIRE_EVENT_REGISTER, no_events[i], NULL);
		ck_assert(test_send(consumer, packet));
		test_bare(consumer, WIRE_EVENT_UNKNOWN);
		chunk_free(&packet);
	}
	ck_assert(!upf.publisher->offers(upf.publisher, KUPF_EVENT_PSK_END));
	ck_assert(!upf.publisher->offers(upf.publisher, KUPF_EVENT_PSK_READY));
	ck_assert_ptr_null(test_execute(&upf, "psk", "identity=a"));

	test_request(consumer, "version", "");
	reply = test_reply(consumer);
	ck_assert_str_eq(test_value(reply, "protocol"), "1");
	ck_assert_str_eq(test_value(reply, "service"), "mpquic");
	ck_assert_str_eq(test_value(reply, "role"), "upf");
	reply->destroy(reply);
}
END_TEST

START_TEST(test_ue)
{
	vici_message_t *reply;
	char text[64];

	run("establish-session", "session=a ue-id=keyid:ue key=" KUPF
		" services=[mpquic]");
	run("establish-session", "session=b ue-id=keyid:ue2 key=" OTHER
		" services=[ike]");
	assert_event("psk-ready", "a", "1", "", "");
	test_request(consumer, "psk-by-session", "session=a");
	reply = test_reply(consumer);
	/* of the forms that the settings let it have */
	ck_assert_str_eq(test_value(reply, "form"), "imp");
	chunk_to_hex(reply->get_value(reply, chunk_empty, "identity"), text, FALSE);
	ck_assert_str_eq(text, EPSK_ID);
	assert_psk(reply, EPSK);
	reply->destroy(reply);
	assert_found(EPSK_ID, "imp", EPSK, "a", "1");
	assert_unknown(consumer, PSK_ID);

	test_request(consumer, "psk-by-session", "session=b");
	reply = test_reply(consumer);
	ck_assert_str_eq(test_value(reply, "cause"), "no-such-session");
	reply->destroy(reply);
}
END_TEST

/** Rounds of the threads */
#define ROUNDS 300

/** Whether the other threads shall end */
static bool over;

static void *flood(void *arg)
{
	int fd = *(int*)arg;
	vici_message_t *reply;

	while (!__atomic_load_n(&over, __ATOMIC_SEQ_CST))
	{
		reply = look_up(fd, PSK_ID);
		if (streq(test_value(reply, "success"), "yes"))
		{
			assert_psk(reply, PSK);
		}
		else
		{
			ck_assert_str_eq(test_value(reply, "cause"), "unknown-identity");
		}
		reply->destroy(reply);
	}
	return NULL;
}

/**
 * Look-ups while sessions come and go: a key that was deleted is never given
 * after that, and nothing is left in the index.
 */
START_TEST(test_threads)
{
	pthread_t threads[2];
	int fds[2];
	u_int i;

	over = FALSE;
	close(watcher);
	watcher = -1;
	for (i = 0; i < countof(threads); i++)
	{
		fds[i] = dial("mpquic");
		ck_assert(!pthread_create(&threads[i], NULL, flood, &fds[i]));
	}
	for (i = 0; i < ROUNDS; i++)
	{
		run("establish-session", "session=a ue-id=keyid:ue key=" KUPF
			" services=[mpquic]");
		run("modify-session", "session=a key=" OTHER);
		run("modify-session", "session=a key=" KUPF);
		run("delete-session", "session=a");
		if (i % 16 == 0)
		{
			assert_unknown(consumer, PSK_ID);
		}
	}
	__atomic_store_n(&over, TRUE, __ATOMIC_SEQ_CST);
	for (i = 0; i < countof(threads); i++)
	{
		pthread_join(threads[i], NULL);
		close(fds[i]);
	}
	assert_unknown(consumer, PSK_ID);
}
END_TEST

static bool counts(void *user, kupf_session_t *session)
{
	return session != user;
}

START_TEST(test_index)
{
	kupf_psk_index_t *index = kupf_psk_index_create();
	kupf_session_t *one, *two, *found;
	uint32_t number;
	chunk_t id = chunk_from_thing(number);
	u_int form = 0;
	bool many;

	one = test_session("one", ID_KEY_ID, "1", 0);
	two = test_session("two", ID_KEY_ID, "2", 0);
	number = 0;
	ck_assert(!index->remove(index, id, one));
	ck_assert_ptr_null(index->find(index, id, counts, NULL, &form, &many));
	for (number = 0; number < 5000; number++)
	{
		index->add(index, id, number % 3, one);
		index->add(index, id, 0, one);
	}
	ck_assert_uint_eq(index->get_count(index), 5000);
	for (number = 0; number < 5000; number++)
	{
		found = index->find(index, id, counts, NULL, &form, &many);
		ck_assert_ptr_eq(found, one);
		ck_assert_uint_eq(form, number % 3);
		kupf_session_unref(found);
	}
	number = 17;
	index->add(index, id, 1, two);
	ck_assert_ptr_null(index->find(index, id, counts, NULL, &form, &many));
	ck_assert(many);
	found = index->find(index, id, counts, one, &form, &many);
	ck_assert_ptr_eq(found, two);
	ck_assert_uint_eq(form, 1);
	kupf_session_unref(found);
	ck_assert(index->remove(index, id, one));
	ck_assert(!index->remove(index, id, one));
	ck_assert(index->remove(index, id, two));
	ck_assert_ptr_null(index->find(index, id, counts, NULL, &form, &many));
	ck_assert(!many);
	ck_assert_ptr_null(index->find(index, chunk_empty, counts, NULL, &form,
								   &many));
	ck_assert_uint_eq(index->get_count(index), 4999);
	index->destroy(index);
	kupf_session_unref(one);
	kupf_session_unref(two);
}
END_TEST

static Suite *kupf_psk_sockets_suite()
{
	Suite *suite = suite_create("kupf_psk_sockets");
	TCase *tc = test_case(suite, "upf", 120, setup, teardown);

	tcase_add_test(tc, test_found);
	tcase_add_test(tc, test_unknown);
	tcase_add_test(tc, test_modified);
	tcase_add_test(tc, test_gone);
	tcase_add_test(tc, test_direct);
	tcase_add_test(tc, test_preconfigured);
	tcase_add_test(tc, test_ambiguous);
	tcase_add_test(tc, test_wrong);
	tcase_add_test(tc, test_separate);
	tcase_add_test(tc, test_threads);

	tc = test_case(suite, "ue", 0, setup_ue, teardown);
	tcase_add_test(tc, test_ue);

	tc = test_case(suite, "parts", 0, NULL, NULL);
	tcase_add_test(tc, test_index);

	kupf_psk_sockets_requests_cases(suite);
	kupf_psk_sockets_connections_cases(suite);
	kupf_psk_sockets_config_cases(suite);
	return suite;
}

int main(void)
{
	return test_run(kupf_psk_sockets_suite());
}
