/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * The sockets of consumers of keys: what they give and do not give, and what
 * consumers are told as sessions come, change and go.
 */

#include "kupf/psk/kupf_psk_connections.h"
#include "kupf/psk/kupf_psk_index.h"
#include "kupf/psk/kupf_psk_requests.h"
#include "kupf/psk/kupf_psk_service.h"
#include "kupf/psk/kupf_psk_sockets.h"
#include "test_client.h"
#include "test_runner.h"
#include "test_upf.h"

#include <pthread.h>
#include <sys/stat.h>
#include <unistd.h>

/** K_UPF of PROTOCOL.md's first example, and what is derived for mpquic */
#define KUPF "0xf4452b1597a2a48b21903a6a86fff1e177e780b4cee394ba3cc41c5be3aa4cd6"
#define PSK "f07437b07dff06e2006351d688c9174f0d75f43abaa5d7205115274f2809f70a"
#define PSK_ID "8b52ecca28b4e9cbb6aec35d89111ecf"
#define EPSK "82e84c80a932965b330195403af9541ebefe7c3f90f46f8b8910498bc1952105"
#define EPSK_ID "9eb5f83deac20947cc2772f253e42a44"

/** Identity for tls of the same */
#define TLS_ID "879aff55407b03e006d968e17daa49a2"

/** Another key */
#define OTHER "0x4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b"

/** The parts behind the sockets */
static test_upf_t upf;

/** The consumer of mpquic, with requests and with events */
static int consumer, watcher;

static int dial(const char *service)
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

static void setup()
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

static void teardown()
{
	close(consumer);
	close(watcher);
	test_upf_deinit(&upf);
	test_dir_remove();
}

/**
 * Carry out a command of the SMF side.
 */
static void run(const char *name, const char *fmt)
{
	vici_message_t *reply;

	reply = test_execute(&upf, name, "%s", fmt);
	ck_assert_msg(streq(test_value(reply, "success"), "yes"), "%s %s: %s", name,
				  fmt, test_value(reply, "errmsg"));
	reply->destroy(reply);
}

/**
 * Carry out a command that is refused as an identity is in use.
 */
static void refused(const char *name, const char *fmt, const char *field)
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
	assert_found("33475050", "direct", OTHER + 2, "a", "1");
	/* what is direct is not derived from */
	run("establish-session", "session=b ue-id=keyid:ue2 key=" KUPF
		" services=[mpquic] psk-identity=b");
	assert_unknown(consumer, PSK_ID);
	/* the same for another service is another one; here nobody gets either */
	run("establish-session", "session=c ue-id=keyid:ue3 key=" KUPF
		" services=[tls] psk-identity=3GPP");
	assert_found("33475050", "direct", OTHER + 2, "a", "1");
	/* there is one of each name, as of ue-id */
	refused("modify-session", "session=b psk-identity=3GPP", "psk-identity");
	refused("establish-session", "session=d ue-id=keyid:ue4 key=" KUPF
			" services=[mpquic] psk-identity=b", "psk-identity");
	run("modify-session", "session=a psk-identity=3GPP lifetime=100");
	assert_found("33475050", "direct", OTHER + 2, "a", "2");
	run("delete-session", "session=a");
	run("modify-session", "session=b psk-identity=3GPP");
	assert_found("33475050", "direct", KUPF + 2, "b", "2");
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

static void write_keys(const char *text)
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

/** Events that the SMF side has got, as text, and how many */
typedef struct {
	kupf_subscriber_t public;
	u_int count;
	vici_message_t *last;
} smf_t;

static void take(kupf_subscriber_t *this, wire_octets_t packet)
{
	smf_t *smf = (smf_t*)this;
	vici_message_t *old, *event;

	event = test_read_packet(packet, WIRE_EVENT);
	old = __atomic_exchange_n(&smf->last, event, __ATOMIC_SEQ_CST);
	DESTROY_IF(old);
	__atomic_add_fetch(&smf->count, 1, __ATOMIC_SEQ_CST);
}

static smf_t smf = { .public.notify = take };

static void listen_to(kupf_event_t event)
{
	smf.count = 0;
	upf.publisher->subscribe(upf.publisher, event, &smf.public);
}

static void ignore(kupf_event_t event)
{
	upf.publisher->unsubscribe(upf.publisher, event, &smf.public);
	DESTROY_IF(smf.last);
	smf.last = NULL;
}

/**
 * What the event that came last says.
 */
static const char *told(const char *field)
{
	return test_value(smf.last, field);
}

static void assert_reply(int fd, const char *command, const char *fmt,
						 const char *key, const char *value)
{
	vici_message_t *reply;

	test_request(fd, command, "%s", fmt);
	reply = test_reply(fd);
	ck_assert_msg(streq(test_value(reply, key), value), "%s %s: %s, not %s",
				  command, fmt, test_value(reply, key), value);
	reply->destroy(reply);
}

static void assert_request(const char *fmt, const char *key, const char *value)
{
	assert_reply(consumer, "psk-request", fmt, key, value);
}

START_TEST(test_request_key)
{
	uint64_t joined = test_counter("psk-joined");

	assert_request("", "cause", "missing-field");
	assert_request("session=a ue-id=keyid:a", "cause", "unknown-field");
	assert_request("ue-addresses=[127.0.0.1]", "cause", "invalid-field");
	/* nobody is there: it may be asked for again at once */
	assert_request("session=a", "told", "0");
	assert_request("session=a", "waiting", "no");
	listen_to(KUPF_EVENT_KEY_REQUEST);
	assert_request("session=a ue-addresses=[10.0.0.1]", "told", "1");
	ck_assert_uint_eq(smf.count, 1);
	ck_assert_str_eq(told("service"), "mpquic");
	ck_assert_str_eq(told("session"), "a");
	ck_assert_str_eq(told("ue-id"), "");
	/* one for a session, whoever asks */
	assert_request("session=a", "told", "0");
	assert_request("session=a", "waiting", "yes");
	ck_assert_uint_eq(smf.count, 1);
	ck_assert_uint_eq(test_counter("psk-joined"), joined + 2);
	/* until there is an answer */
	run("establish-session", "session=a ue-id=keyid:ue key=" KUPF
		" services=[mpquic] ue-addresses=[10.0.0.1]");
	assert_request("session=a", "told", "1");
	run("modify-session", "session=a key=" OTHER);
	assert_request("session=a", "told", "1");
	ignore(KUPF_EVENT_KEY_REQUEST);
}
END_TEST

START_TEST(test_request_address)
{
	listen_to(KUPF_EVENT_KEY_REQUEST);
	assert_request("ue-addresses=[10.0.0.1]", "told", "1");
	assert_request("ue-addresses=[10.0.0.1]", "waiting", "yes");
	assert_request("ue-addresses=[10.0.0.2]", "told", "1");
	ck_assert_uint_eq(smf.count, 2);
	run("establish-session", "session=a ue-id=keyid:ue key=" KUPF
		" services=[mpquic] ue-addresses=[10.0.0.2]");
	assert_request("ue-addresses=[10.0.0.1]", "told", "0");
	assert_request("ue-addresses=[10.0.0.2]", "told", "1");
	ignore(KUPF_EVENT_KEY_REQUEST);
}
END_TEST

/**
 * Bounds of requests, by themselves: the clock of the test stands in between.
 */
START_TEST(test_request_bounds)
{
	kupf_psk_bounds_t bounds = { .rate = 0, .waiting = 2, .timeout = 300 };
	uint64_t limited = test_counter("psk-limited");
	kupf_psk_requests_t *requests;
	kupf_address_t none = {};
	u_int i, refused = 0;

	requests = kupf_psk_requests_create(&bounds);
	ck_assert_int_eq(requests->ask(requests, "a", &none), KUPF_PSK_ASKED);
	ck_assert_int_eq(requests->ask(requests, "b", &none), KUPF_PSK_ASKED);
	ck_assert_int_eq(requests->ask(requests, "c", &none), KUPF_PSK_REFUSED);
	ck_assert_int_eq(requests->ask(requests, "a", &none), KUPF_PSK_JOINED);
	requests->withdraw(requests, "b", &none);
	ck_assert_int_eq(requests->ask(requests, "c", &none), KUPF_PSK_ASKED);
	ck_assert_uint_eq(test_counter("psk-limited"), limited + 1);
	/* nobody waits for ever for who does not answer */
	usleep(400000);
	ck_assert_int_eq(requests->ask(requests, "a", &none), KUPF_PSK_ASKED);
	requests->destroy(requests);

	bounds = (kupf_psk_bounds_t){ .rate = 3, .waiting = 100, .timeout = 1 };
	requests = kupf_psk_requests_create(&bounds);
	/* more than there may be, even if a second ends meanwhile */
	for (i = 0; i < 12; i++)
	{
		char name[8];

		snprintf(name, sizeof(name), "s%u", i);
		refused += requests->ask(requests, name, &none) == KUPF_PSK_REFUSED;
	}
	ck_assert_uint_ge(refused, 6);
	requests->destroy(requests);
}
END_TEST

/** A connection with the key of PSK_ID */
#define CONNECTION "%8b%52%ec%ca%28%b4%e9%cb%b6%ae%c3%5d%89%11%1e%cf"

/**
 * Get what list-sessions says of a session.
 */
static vici_message_t *list(const char *session, test_call_t *call)
{
	vici_message_t *event;
	wire_packet_type_t type;

	test_call_begin(&upf, call, &upf, "list-sessions", "session=%s", session);
	while (test_call_step(&upf, call))
	{
		/* to its end */
	}
	event = test_call_next(call, &type);
	ck_assert_int_eq(type, WIRE_EVENT);
	return event;
}

static void assert_listed(const char *session, const char *field,
						  const char *value)
{
	vici_message_t *event;
	test_call_t call;

	event = list(session, &call);
	ck_assert_str_eq(event->get_str(event, "", (char*)field), value);
	event->destroy(event);
	test_call_end(&call);
}

START_TEST(test_connections)
{
	uint64_t held = test_counter("psk-connections");
	uint64_t opened = test_counter("psk-connections-opened");
	int other = dial("mpquic");

	listen_to(KUPF_EVENT_CONNECTION_UP);
	upf.publisher->subscribe(upf.publisher, KUPF_EVENT_CONNECTION_DOWN,
							 &smf.public);
	run("establish-session", "session=a ue-id=keyid:ue key=" KUPF
		" services=[ike,mpquic]");
	run("establish-session", "session=b ue-id=keyid:ue2 key=" OTHER);
	assert_listed("a", "connections", "0");
	assert_listed("b", "connections", "");

	assert_reply(consumer, "connection-up", "identity=" CONNECTION
				 " connection=c-1 remote=192.0.2.9[4433]", "session", "a");
	ck_assert_uint_eq(smf.count, 1);
	ck_assert_str_eq(told("session"), "a");
	ck_assert_str_eq(told("service"), "mpquic");
	ck_assert_str_eq(told("connection"), "c-1");
	ck_assert_str_eq(told("remote"), "192.0.2.9[4433]");
	ck_assert_str_eq(told("generation"), "1");
	ck_assert_str_ne(told("time"), "");
	/* once more is the same, by another consumer it is another one */
	assert_reply(consumer, "connection-up", "identity=" CONNECTION
				 " connection=c-1", "success", "yes");
	ck_assert_uint_eq(smf.count, 1);
	assert_reply(other, "connection-up", "identity=" CONNECTION
				 " connection=c-1 remote=2001:db8::1[1]", "generation", "1");
	ck_assert_uint_eq(smf.count, 2);
	ck_assert_uint_eq(test_counter("psk-connections"), held + 2);
	ck_assert_uint_eq(test_counter("psk-connections-opened"), opened + 2);
	assert_listed("a", "connections", "2");
	assert_listed("a", "psk-connections.1.service", "mpquic");
	assert_listed("a", "psk-connections.1.connection", "c-1");
	assert_listed("a", "psk-connections.1.remote", "192.0.2.9[4433]");
	assert_listed("a", "psk-connections.2.remote", "2001:db8::1[1]");
	assert_listed("a", "psk-connections.2.generation", "1");

	assert_reply(consumer, "connection-down", "connection=c-2", "cause",
				 "no-such-connection");
	assert_reply(consumer, "connection-down", "connection=c-1", "success",
				 "yes");
	assert_reply(consumer, "connection-down", "connection=c-1", "cause",
				 "no-such-connection");
	ck_assert_uint_eq(smf.count, 3);
	ck_assert_str_eq(told("reason"), "closed");
	ck_assert_str_eq(told("session"), "a");
	assert_listed("a", "connections", "1");
	ck_assert_uint_eq(test_counter("psk-connections"), held + 1);
	close(other);
	ignore(KUPF_EVENT_CONNECTION_UP);
	ignore(KUPF_EVENT_CONNECTION_DOWN);
}
END_TEST

/**
 * A key that is gone has no new connections, and those that it had are not the
 * session's any more.
 */
START_TEST(test_connections_end)
{
	uint64_t held = test_counter("psk-connections");
	u_int i;

	run("establish-session", "session=a ue-id=keyid:ue key=" KUPF
		" services=[mpquic,tls]");
	assert_reply(consumer, "connection-up", "identity=" CONNECTION
				 " connection=1", "success", "yes");
	/* of the key that was, until the consumer has closed it */
	run("modify-session", "session=a key=" OTHER);
	assert_listed("a", "psk-connections.1.generation", "1");
	assert_reply(consumer, "connection-up", "identity=" CONNECTION
				 " connection=2", "cause", "unknown-identity");
	run("modify-session", "session=a services=[tls]");
	assert_listed("a", "connections", "0");
	run("modify-session", "session=a services=[mpquic] key=" KUPF);
	assert_reply(consumer, "connection-up", "identity=" CONNECTION
				 " connection=3", "success", "yes");
	run("delete-session", "session=a");
	run("establish-session", "session=a ue-id=keyid:ue key=" KUPF
		" services=[mpquic]");
	assert_listed("a", "connections", "0");
	/* they are the consumer's all the same */
	ck_assert_uint_eq(test_counter("psk-connections"), held + 2);
	assert_reply(consumer, "connection-up", "identity=" CONNECTION
				 " connection=3", "cause", "invalid-field");
	assert_reply(consumer, "connection-up", "identity=" CONNECTION
				 " connection=4", "success", "yes");

	/* until it is gone: one event for all */
	listen_to(KUPF_EVENT_CONNECTION_DOWN);
	close(consumer);
	for (i = 0; i < 500 && !__atomic_load_n(&smf.count, __ATOMIC_SEQ_CST); i++)
	{
		usleep(10000);
	}
	ck_assert_uint_eq(smf.count, 1);
	ck_assert_str_eq(told("reason"), "consumer");
	ck_assert_str_eq(told("connections"), "3");
	ck_assert_str_eq(told("session"), "");
	ck_assert_uint_eq(test_counter("psk-connections"), held);
	assert_listed("a", "connections", "0");
	ignore(KUPF_EVENT_CONNECTION_DOWN);
	consumer = dial("mpquic");
}
END_TEST

/**
 * A line of the file that a fed session of its name hides says again and again
 * that it has no key: the connections are the fed session's.
 */
START_TEST(test_connections_hidden)
{
	write_keys("a ue-id=keyid:r key=" OTHER " services=mpquic\n");
	run("establish-session", "session=a ue-id=keyid:ue key=" KUPF
		" services=[mpquic]");
	assert_reply(consumer, "connection-up", "identity=" CONNECTION
				 " connection=c-1", "success", "yes");
	assert_listed("a", "connections", "1");
	run("modify-session", "session=a lifetime=600");
	assert_listed("a", "connections", "1");
	write_keys("a ue-id=keyid:r key=" KUPF " services=tls\n");
	assert_listed("a", "connections", "1");
	assert_reply(consumer, "connection-up", "identity=" CONNECTION
				 " connection=c-1", "success", "yes");
	run("delete-session", "session=a");
	write_keys("\n");
}
END_TEST

START_TEST(test_connections_wrong)
{
	static const struct {
		const char *message;
		const char *cause;
	} wrong[] = {
		{ "connection=a", "missing-field" },
		{ "identity=a", "missing-field" },
		{ "identity=a connection=", "invalid-field" },
		{ "identity=a connection=%20", "invalid-field" },
		{ "identity=a connection=a%00b", "invalid-field" },
		{ "identity=a connection=a%ffb", "invalid-field" },
		{ "identity=a connection=0123456789012345678901234567890123456789"
		  "0123456789012345678901234", "invalid-field" },
		{ "identity=a connection=a remote=", "invalid-field" },
		{ "identity=a connection=a remote=192.0.2.1", "invalid-field" },
		{ "identity=a connection=a remote=%5b1%5d", "invalid-field" },
		{ "identity=a connection=a remote=192.0.2.1[65536]", "invalid-field" },
		{ "identity=a connection=a remote=192.0.2.1[1", "invalid-field" },
		{ "identity=a connection=a remote=]192.0.2.1[", "invalid-field" },
		{ "identity=a connection=a connection=b", "invalid-field" },
		{ "identity=a connection=a session=b", "unknown-field" },
		{ "identity=a connection=a", "unknown-identity" },
	};
	u_int i;

	for (i = 0; i < countof(wrong); i++)
	{
		assert_reply(consumer, "connection-up", wrong[i].message, "cause",
					 wrong[i].cause);
	}
	assert_reply(consumer, "connection-down", "", "cause", "missing-field");
	assert_reply(consumer, "connection-down", "connection=a identity=a",
				 "cause", "unknown-field");
}
END_TEST

/**
 * Bounds for each consumer and for all.
 */
START_TEST(test_connections_bounds)
{
	uint64_t held = test_counter("psk-connections");
	kupf_psk_connections_t *connections;
	char session[KUPF_SESSION_NAME_MAX + 1];
	kupf_link_t link = { .service = "s" }, links[2];
	kupf_error_t error = {};
	int clients[3];
	uint32_t number = 0, other = 0;
	u_int i, count;

	connections = kupf_psk_connections_create(200, 300);
	for (i = 0; i < 500; i++)
	{
		error = (kupf_error_t){};
		snprintf(link.name, sizeof(link.name), "%u", i);
		ck_assert_int_eq(connections->up(connections, &clients[0], "a", &link,
										 &error),
						 i < 200 ? KUPF_PSK_UP_NEW : KUPF_PSK_UP_REFUSED);
		ck_assert_int_eq(error.cause, i < 200 ? KUPF_CAUSE_NONE :
						 KUPF_CAUSE_LIMIT_REACHED);
	}
	for (i = 0; i < 500; i++)
	{
		error = (kupf_error_t){};
		snprintf(link.name, sizeof(link.name), "%u", i);
		ck_assert_int_eq(connections->up(connections, &clients[1],
										 i % 2 ? "a" : "b", &link, &error),
						 i < 100 ? KUPF_PSK_UP_NEW : KUPF_PSK_UP_REFUSED);
	}
	/* what is there may be told again, and none of another session */
	error = (kupf_error_t){};
	strcpy(link.name, "7");
	ck_assert_int_eq(connections->up(connections, &clients[0], "a", &link,
									 &error), KUPF_PSK_UP_KNOWN);
	ck_assert_int_eq(connections->up(connections, &clients[0], "b", &link,
									 &error), KUPF_PSK_UP_REFUSED);
	ck_assert_int_eq(error.cause, KUPF_CAUSE_INVALID_FIELD);
	ck_assert_int_eq(connections->up(connections, &clients[2], "b", &link,
									 &error), KUPF_PSK_UP_REFUSED);
	ck_assert_uint_eq(test_counter("psk-connections"), held + 300);
	ck_assert_uint_eq(connections->describe(connections, "a", links,
											countof(links), &count), 250);
	ck_assert_uint_eq(count, countof(links));
	ck_assert_uint_eq(connections->describe(connections, "b", links, 0,
											&count), 50);
	connections->end(connections, "a", "of another");
	ck_assert_uint_eq(connections->describe(connections, "a", links, 0,
											&count), 250);
	connections->end(connections, "a", link.service);
	ck_assert_uint_eq(connections->describe(connections, "a", links, 0,
											&count), 0);
	ck_assert(connections->down(connections, &clients[0], "7", session, &link));
	ck_assert_str_eq(session, "a");
	ck_assert(!connections->down(connections, &clients[2], "7", session,
								 &link));
	ck_assert_uint_eq(connections->drop(connections, &clients[0], &number),
					  199);
	ck_assert_uint_eq(connections->drop(connections, &clients[0], &other), 0);
	ck_assert_uint_eq(connections->drop(connections, &clients[1], &other),
					  100);
	ck_assert_uint_ne(number, other);
	ck_assert_uint_eq(test_counter("psk-connections"), held);
	connections->destroy(connections);
}
END_TEST

static void take_replies(u_int count)
{
	vici_message_t *reply;

	while (count--)
	{
		reply = test_reply(consumer);
		ck_assert_str_eq(test_value(reply, "success"), "yes");
		reply->destroy(reply);
	}
}

/**
 * An SMF side that reads is not flooded by a consumer.
 */
START_TEST(test_connections_flood)
{
	uint64_t untold = test_counter("psk-connections-untold");
	char text[128];
	u_int i;

	run("establish-session", "session=a ue-id=keyid:ue key=" KUPF
		" services=[mpquic]");
	listen_to(KUPF_EVENT_CONNECTION_UP);
	for (i = 0; i < 6000; i++)
	{
		snprintf(text, sizeof(text), "identity=%s connection=%u", CONNECTION,
				 i);
		test_request(consumer, "connection-up", "%s", text);
		if (i % 32 == 31)
		{
			take_replies(32);
		}
	}
	take_replies(6000 % 32);
	/* all are there, whoever was told of them */
	assert_listed("a", "connections", "6000");
	ck_assert_uint_eq(smf.count + test_counter("psk-connections-untold"),
					  untold + 6000);
	ignore(KUPF_EVENT_CONNECTION_UP);
}
END_TEST

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

Suite *kupf_psk_sockets_suite(void);

Suite *kupf_psk_sockets_suite(void)
{
	Suite *suite;
	TCase *tc;

	suite = suite_create("kupf_psk_sockets");

	tc = tcase_create("upf");
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, test_found);
	tcase_add_test(tc, test_unknown);
	tcase_add_test(tc, test_modified);
	tcase_add_test(tc, test_gone);
	tcase_add_test(tc, test_direct);
	tcase_add_test(tc, test_preconfigured);
	tcase_add_test(tc, test_ambiguous);
	tcase_add_test(tc, test_request_key);
	tcase_add_test(tc, test_request_address);
	tcase_add_test(tc, test_connections);
	tcase_add_test(tc, test_connections_end);
	tcase_add_test(tc, test_connections_hidden);
	tcase_add_test(tc, test_connections_wrong);
	tcase_add_test(tc, test_connections_flood);
	tcase_add_test(tc, test_wrong);
	tcase_add_test(tc, test_separate);
	tcase_add_test(tc, test_threads);
	tcase_set_timeout(tc, 120);
	suite_add_tcase(suite, tc);

	tc = tcase_create("ue");
	tcase_add_checked_fixture(tc, setup_ue, teardown);
	tcase_add_test(tc, test_ue);
	suite_add_tcase(suite, tc);

	tc = tcase_create("parts");
	tcase_add_test(tc, test_index);
	tcase_add_test(tc, test_request_bounds);
	tcase_add_test(tc, test_connections_bounds);
	tcase_add_loop_test(tc, test_config, 0, countof(configs));
	tcase_add_test(tc, test_values);
	suite_add_tcase(suite, tc);

	return suite;
}

int main(void)
{
	return test_run(kupf_psk_sockets_suite());
}
