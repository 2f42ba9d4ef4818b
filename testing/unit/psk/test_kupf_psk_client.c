/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * libkupf-psk on the real socket of consumers: look-ups, connections that end
 * with their keys, and a daemon that goes away.
 */

#include "psk/kupf_psk_client.h"
#include "test_psk_upf.h"
#include "test_runner.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

/** What has ended last, and how many have */
static kupf_psk_client_end_t last;
static u_int ends;

/** Whether a connection that has ended is closed at once */
static bool closes;

static kupf_psk_client_t *client;

static void on_end(void *ctx, const kupf_psk_client_end_t *end)
{
	ck_assert_ptr_eq(ctx, &last);
	last = *end;
	ends++;
	if (closes && !end->grace)
	{
		kupf_psk_client_down(client, end->id);
	}
}

static void start(kupf_role_t role)
{
	test_psk_upf_start(role);
	client = kupf_psk_client_create(test_psk_upf_path(), on_end, &last);
	ck_assert_ptr_nonnull(client);
	kupf_psk_client_set_timeout(client, 10000);
	ends = 0;
	closes = FALSE;
}

static void setup()
{
	start(KUPF_ROLE_UPF);
}

static void setup_ue()
{
	start(KUPF_ROLE_UE);
}

static void teardown()
{
	kupf_psk_client_destroy(client);
	test_psk_upf_end();
}

/**
 * Process until so many have ended.
 */
static void await_ends(u_int count)
{
	struct pollfd pfd;
	int timeout;
	u_int i;

	for (i = 0; i < 2000 && ends < count; i++)
	{
		timeout = kupf_psk_client_poll_timeout(client);
		pfd.fd = kupf_psk_client_fd(client);
		pfd.events = kupf_psk_client_poll_events(client);
		poll(&pfd, 1, timeout < 0 || timeout > 20 ? 20 : timeout);
		kupf_psk_client_process(client);
	}
	ck_assert_uint_eq(ends, count);
}

/**
 * Wait until kupf holds so many connections.
 */
static void await_held(uint64_t count)
{
	u_int i;

	for (i = 0; i < 1000 && test_counter("psk-connections") != count; i++)
	{
		kupf_psk_client_process(client);
		usleep(5000);
	}
	ck_assert_uint_eq(test_counter("psk-connections"), count);
}

static uint64_t up(void *user)
{
	kupf_psk_client_key_t key;
	uint64_t id;

	ck_assert_int_eq(kupf_psk_client_find(client, PSK_ID, 16, &key),
					 KUPF_PSK_CLIENT_OK);
	ck_assert_int_eq(kupf_psk_client_up(client, &key, "192.0.2.1[4433]", user,
										&id), KUPF_PSK_CLIENT_OK);
	ck_assert(id);
	return id;
}

static bool is_empty(const kupf_psk_client_key_t *key)
{
	static const kupf_psk_client_key_t empty;

	return memeq(key, &empty, sizeof(empty));
}

START_TEST(test_find)
{
	static const char long_id[256] = { 1 };
	kupf_psk_client_key_t key;

	test_psk_upf_run("establish-session", "session=a ue-id=keyid:ue key=" KUPF
					 " services=[ike,mpquic]");
	ck_assert_int_eq(kupf_psk_client_find(client, PSK_ID, 16, &key),
					 KUPF_PSK_CLIENT_OK);
	ck_assert_str_eq(key.session, "a");
	ck_assert_uint_eq(key.generation, 1);
	ck_assert_int_eq(key.form, KUPF_PSK_CLIENT_EXT);
	ck_assert_uint_eq(key.identity_len, 16);
	ck_assert(memeq(key.identity, PSK_ID, 16));
	ck_assert_uint_eq(key.psk_len, 32);
	ck_assert_int_eq(key.psk[0], 0xf0);
	kupf_psk_client_key_wipe(&key);
	ck_assert(is_empty(&key));

	ck_assert_int_eq(kupf_psk_client_find(client, PSK_ID, 15, &key),
					 KUPF_PSK_CLIENT_NO_KEY);
	ck_assert(is_empty(&key));
	/* what cannot be an identity is not asked for */
	ck_assert_int_eq(kupf_psk_client_find(client, long_id, sizeof(long_id),
										  &key), KUPF_PSK_CLIENT_NO_KEY);
	ck_assert_int_eq(kupf_psk_client_find(client, "", 0, &key),
					 KUPF_PSK_CLIENT_NO_KEY);
	ck_assert(is_empty(&key));
	/* a UPF does not tell keys by names of sessions */
	ck_assert_int_eq(kupf_psk_client_find_session(client, "a", &key),
					 KUPF_PSK_CLIENT_INVALID);
	ck_assert(is_empty(&key));
	test_psk_upf_run("delete-session", "session=a");
	ck_assert_int_eq(kupf_psk_client_find(client, PSK_ID, 16, &key),
					 KUPF_PSK_CLIENT_NO_KEY);
	/* there is no SMF side */
	ck_assert_int_eq(kupf_psk_client_request(client, "a"),
					 KUPF_PSK_CLIENT_NO_KEY);
}
END_TEST

START_TEST(test_find_session)
{
	kupf_psk_client_key_t key;

	ck_assert_int_eq(kupf_psk_client_find_session(client, "a", &key),
					 KUPF_PSK_CLIENT_NO_KEY);
	test_psk_upf_run("establish-session", "session=a ue-id=keyid:ue key=" KUPF
					 " services=[mpquic]");
	ck_assert_int_eq(kupf_psk_client_find_session(client, "a", &key),
					 KUPF_PSK_CLIENT_OK);
	ck_assert_int_eq(key.form, KUPF_PSK_CLIENT_EXT);
	ck_assert(memeq(key.identity, PSK_ID, 16));
	test_psk_upf_run("establish-session", "session=b ue-id=keyid:ue2 key=" OTHER
					 " services=[mpquic] psk-identity=3GPP");
	ck_assert_int_eq(kupf_psk_client_find_session(client, "b", &key),
					 KUPF_PSK_CLIENT_OK);
	ck_assert_int_eq(key.form, KUPF_PSK_CLIENT_DIRECT);
	ck_assert_uint_eq(key.identity_len, 4);
	ck_assert_int_eq(key.psk[31], 0x4b);
}
END_TEST

START_TEST(test_deleted)
{
	uint64_t held = test_counter("psk-connections"), one, two;
	int user;

	test_psk_upf_run("establish-session", "session=a ue-id=keyid:ue key=" KUPF
					 " services=[mpquic]");
	one = up(&user);
	two = up(NULL);
	ck_assert_uint_ne(one, two);
	ck_assert_uint_eq(test_counter("psk-connections"), held + 2);
	kupf_psk_client_down(client, two);
	kupf_psk_client_down(client, two);
	await_held(held + 1);
	test_psk_upf_run("delete-session", "session=a");
	await_ends(1);
	ck_assert_uint_eq(last.id, one);
	ck_assert_ptr_eq(last.user, &user);
	ck_assert_str_eq(last.reason, "deleted");
	ck_assert_uint_eq(last.grace, 0);
	/* once only; and it is there until it is closed */
	kupf_psk_client_process(client);
	ck_assert_uint_eq(ends, 1);
	ck_assert_uint_eq(test_counter("psk-connections"), held + 1);
	kupf_psk_client_down(client, one);
	await_held(held);
}
END_TEST

START_TEST(test_replaced)
{
	kupf_psk_client_key_t key;
	uint64_t old, id;

	test_psk_upf_run("establish-session", "session=a ue-id=keyid:ue key=" KUPF
					 " services=[mpquic]");
	old = up(NULL);
	ck_assert_int_eq(kupf_psk_client_find(client, PSK_ID, 16, &key),
					 KUPF_PSK_CLIENT_OK);
	test_psk_upf_run("modify-session", "session=a lifetime=1000");
	kupf_psk_client_process(client);
	ck_assert_uint_eq(ends, 0);
	test_psk_upf_run("modify-session", "session=a grace=1 key=" OTHER);
	await_ends(1);
	ck_assert_uint_eq(last.id, old);
	ck_assert_str_eq(last.reason, "replaced");
	ck_assert_uint_gt(last.grace, 0);
	ck_assert_uint_le(last.grace, 1000);
	/* a handshake that was under way comes too late */
	ck_assert_int_eq(kupf_psk_client_up(client, &key, NULL, NULL, &id),
					 KUPF_PSK_CLIENT_NO_KEY);
	ck_assert_uint_eq(id, 0);
	/* with the grace the connection is over */
	await_ends(2);
	ck_assert_uint_eq(last.id, old);
	ck_assert_uint_eq(last.grace, 0);
}
END_TEST

/**
 * A session that is deleted within the grace of its old key takes all with it.
 */
START_TEST(test_deleted_in_grace)
{
	test_psk_upf_run("establish-session", "session=a ue-id=keyid:ue key=" KUPF
					 " services=[mpquic]");
	up(NULL);
	test_psk_upf_run("modify-session", "session=a grace=3600 key=" OTHER);
	await_ends(1);
	ck_assert_uint_gt(last.grace, 3000000);
	test_psk_upf_run("delete-session", "session=a");
	await_ends(2);
	ck_assert_uint_eq(last.grace, 0);
	ck_assert_str_eq(last.reason, "deleted");
}
END_TEST

/**
 * Many connections that end at once, each closed in the callback.
 */
START_TEST(test_many)
{
	uint64_t held = test_counter("psk-connections");
	kupf_psk_client_key_t key;
	uint64_t id;
	u_int i;

	closes = TRUE;
	test_psk_upf_run("establish-session", "session=a ue-id=keyid:ue key=" KUPF
					 " services=[mpquic]");
	ck_assert_int_eq(kupf_psk_client_find(client, PSK_ID, 16, &key),
					 KUPF_PSK_CLIENT_OK);
	for (i = 0; i < 500; i++)
	{
		ck_assert_int_eq(kupf_psk_client_up(client, &key, NULL, NULL, &id),
						 KUPF_PSK_CLIENT_OK);
	}
	ck_assert_uint_eq(test_counter("psk-connections"), held + 500);
	test_psk_upf_run("delete-session", "session=a");
	await_ends(500);
	await_held(held);
	ck_assert_int_eq(kupf_psk_client_up(client, &key, NULL, NULL, &id),
					 KUPF_PSK_CLIENT_NO_KEY);
}
END_TEST

/**
 * Without the daemon there is no key; with it again, the connections are asked
 * for, and those end whose key has gone meanwhile.
 */
START_TEST(test_away)
{
	uint64_t held = test_counter("psk-connections"), one;
	kupf_psk_client_key_t key;
	uint64_t id;
	u_int i;

	test_psk_upf_run("establish-session", "session=a ue-id=keyid:ue key=" KUPF
					 " services=[mpquic]");
	test_psk_upf_run("establish-session", "session=b ue-id=keyid:b key=" OTHER
					 " services=[mpquic] psk-identity=b");
	one = up(NULL);
	ck_assert_int_eq(kupf_psk_client_find(client, "b", 1, &key),
					 KUPF_PSK_CLIENT_OK);
	for (i = 0; i < 100; i++)
	{
		ck_assert_int_eq(kupf_psk_client_up(client, &key, NULL, NULL, &id),
						 KUPF_PSK_CLIENT_OK);
	}
	test_psk_upf_stop();
	ck_assert_int_eq(kupf_psk_client_find(client, PSK_ID, 16, &key),
					 KUPF_PSK_CLIENT_UNAVAILABLE);
	ck_assert(is_empty(&key));
	ck_assert_int_eq(kupf_psk_client_process(client),
					 KUPF_PSK_CLIENT_UNAVAILABLE);
	ck_assert_uint_eq(ends, 0);
	ck_assert_uint_eq(test_counter("psk-connections"), held);
	kupf_psk_client_down(client, id);
	test_psk_upf_run("delete-session", "session=a");
	test_psk_upf_serve();
	await_ends(1);
	ck_assert_uint_eq(last.id, one);
	ck_assert_str_eq(last.reason, "unknown");
	ck_assert_uint_eq(last.grace, 0);
	await_held(held + 99);
	test_psk_upf_run("delete-session", "session=b");
	await_ends(100);
	ck_assert_str_eq(last.reason, "deleted");
}
END_TEST

/**
 * An identity of its own stays when the key does not, and may be that of another
 * session: what was set up with the key that was is not taken up.
 */
START_TEST(test_same_identity)
{
	uint64_t held = test_counter("psk-connections"), one, id;
	kupf_psk_client_key_t key;

	test_psk_upf_run("establish-session", "session=a ue-id=keyid:ue key=" KUPF
					 " services=[mpquic] psk-identity=x");
	ck_assert_int_eq(kupf_psk_client_find(client, "x", 1, &key),
					 KUPF_PSK_CLIENT_OK);
	ck_assert_int_eq(key.form, KUPF_PSK_CLIENT_DIRECT);
	ck_assert_uint_eq(strlen(key.check), 32);
	/* nothing but its life has changed */
	test_psk_upf_run("modify-session", "session=a lifetime=1000");
	ck_assert_int_eq(kupf_psk_client_up(client, &key, NULL, NULL, &one),
					 KUPF_PSK_CLIENT_OK);
	test_psk_upf_run("modify-session", "session=a key=" OTHER);
	ck_assert_int_eq(kupf_psk_client_up(client, &key, NULL, NULL, &id),
					 KUPF_PSK_CLIENT_NO_KEY);
	ck_assert_uint_eq(id, 0);
	await_ends(1);
	ck_assert_uint_eq(last.id, one);
	ck_assert_str_eq(last.reason, "replaced");
	kupf_psk_client_down(client, one);
	await_held(held);

	/* the same key, of another session */
	test_psk_upf_run("modify-session", "session=a key=" KUPF);
	ck_assert_int_eq(kupf_psk_client_find(client, "x", 1, &key),
					 KUPF_PSK_CLIENT_OK);
	test_psk_upf_run("delete-session", "session=a");
	test_psk_upf_run("establish-session", "session=b ue-id=keyid:b key=" KUPF
					 " services=[mpquic] psk-identity=x");
	ck_assert_int_eq(kupf_psk_client_up(client, &key, NULL, NULL, &id),
					 KUPF_PSK_CLIENT_NO_KEY);
	await_held(held);
}
END_TEST

START_TEST(test_replaced_while_away)
{
	kupf_psk_client_key_t key;
	uint64_t one;

	test_psk_upf_run("establish-session", "session=a ue-id=keyid:ue key=" KUPF
					 " services=[mpquic] psk-identity=x");
	ck_assert_int_eq(kupf_psk_client_find(client, "x", 1, &key),
					 KUPF_PSK_CLIENT_OK);
	ck_assert_int_eq(kupf_psk_client_up(client, &key, NULL, NULL, &one),
					 KUPF_PSK_CLIENT_OK);
	ends = 0;
	test_psk_upf_stop();
	ck_assert_int_eq(kupf_psk_client_process(client),
					 KUPF_PSK_CLIENT_UNAVAILABLE);
	/* as after a start anew: another key, of the first generation */
	test_psk_upf_run("delete-session", "session=a");
	test_psk_upf_run("establish-session", "session=a ue-id=keyid:ue key=" OTHER
					 " services=[mpquic] psk-identity=x");
	test_psk_upf_serve();
	await_ends(1);
	ck_assert_uint_eq(last.id, one);
	ck_assert_str_eq(last.reason, "replaced");
	ck_assert_uint_eq(last.grace, 0);
	test_psk_upf_run("delete-session", "session=a");
}
END_TEST

START_TEST(test_patience)
{
	test_psk_upf_run("establish-session", "session=a ue-id=keyid:ue key=" KUPF
					 " services=[mpquic]");
	up(NULL);
	kupf_psk_client_set_patience(client, 300);
	test_psk_upf_stop();
	await_ends(1);
	ck_assert_str_eq(last.reason, "lost");
	ck_assert_uint_eq(last.grace, 0);
}
END_TEST

/**
 * A daemon that takes the connection and says nothing: the deadline holds, and
 * when there is one that does, no end of a key is missed.
 */
START_TEST(test_deadline)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	kupf_psk_client_key_t key;
	struct timespec from, to;
	int fd;

	test_psk_upf_run("establish-session", "session=a ue-id=keyid:ue key=" KUPF
					 " services=[mpquic]");
	kupf_psk_client_destroy(client);
	test_psk_upf_stop();
	snprintf(addr.sun_path, sizeof(addr.sun_path), "%s", test_psk_upf_path());
	fd = socket(AF_UNIX, SOCK_STREAM, 0);
	ck_assert(!bind(fd, (struct sockaddr*)&addr, sizeof(addr)) &&
			  !listen(fd, 8));
	clock_gettime(CLOCK_MONOTONIC, &from);
	client = kupf_psk_client_create(test_psk_upf_path(), on_end, &last);
	ck_assert_int_eq(kupf_psk_client_find(client, PSK_ID, 16, &key),
					 KUPF_PSK_CLIENT_UNAVAILABLE);
	ck_assert(is_empty(&key));
	clock_gettime(CLOCK_MONOTONIC, &to);
	/* twice 50 ms and what a loaded machine takes, never the 10 s of a client */
	ck_assert_int_lt(to.tv_sec - from.tv_sec, 5);
	close(fd);
	unlink(test_psk_upf_path());

	kupf_psk_client_set_timeout(client, 10000);
	test_psk_upf_serve();
	while (kupf_psk_client_process(client) != KUPF_PSK_CLIENT_OK)
	{
		usleep(10000);
	}
	up(NULL);
	test_psk_upf_run("delete-session", "session=a");
	await_ends(1);
}
END_TEST

static Suite *kupf_psk_client_suite()
{
	Suite *suite = suite_create("kupf_psk_client");
	TCase *tc = test_case(suite, "upf", 120, setup, teardown);

	tcase_add_test(tc, test_find);
	tcase_add_test(tc, test_deleted);
	tcase_add_test(tc, test_replaced);
	tcase_add_test(tc, test_deleted_in_grace);
	tcase_add_test(tc, test_many);
	tcase_add_test(tc, test_away);
	tcase_add_test(tc, test_same_identity);
	tcase_add_test(tc, test_replaced_while_away);
	tcase_add_test(tc, test_patience);
	tcase_add_test(tc, test_deadline);

	tc = test_case(suite, "ue", 0, setup_ue, teardown);
	tcase_add_test(tc, test_find_session);

	return suite;
}

int main(void)
{
	return test_run(kupf_psk_client_suite());
}
