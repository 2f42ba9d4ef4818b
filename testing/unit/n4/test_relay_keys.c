/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Where n4-relay has keys from that SMFs do not send: a file, and a socket.
 */

#include "n4/relay/relay_events.h"
#include "n4/relay/relay_list.h"
#include "n4/relay/relay_provide.h"
#include "client/kupf_client.h"
#include "n4/n4_pages.h"
#include "test_runner.h"
#include "test_support.h"

#include <errno.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define KEY "4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b"
#define LONG "1234567890123456789012345678901234567890123456789012345678901234"

static void write_file(const char *text, mode_t mode)
{
	FILE *file = fopen(test_path("keys"), "w");

	ck_assert_int_ge(fputs(text, file), 0);
	fclose(file);
	ck_assert_int_eq(chmod(test_path("keys"), mode), 0);
}

static bool find(const relay_list_t *list, const char *supi, const char *dnn,
				 kupf_n4_key_t *key)
{
	kupf_n4_need_t need = { .supi = supi, .dnn = dnn };

	return relay_list_find(list, &need, key);
}

START_TEST(test_list)
{
	relay_list_t *list;
	kupf_n4_key_t key;
	const char *wrong;
	unsigned int line;

	write_file("# keys\n\nimsi-1 net 0x7565 0x" KEY "\n"
			   "  imsi-1\t*  7566  " KEY "\n"
			   "nai-a@b Ims 01 " KEY, 0600);
	list = relay_list_create(test_path("keys"), &line, &wrong);
	ck_assert_msg(list, "line %u: %s", line, wrong);
	ck_assert(find(list, "imsi-1", "net", &key));
	ck_assert_uint_eq(key.id_len, 2);
	ck_assert(!memcmp(key.id, "ue", 2));
	ck_assert_int_eq(key.key[0], 'K');
	ck_assert_int_eq(key.key[31], 'K');
	ck_assert(!key.derives);
	ck_assert(find(list, "imsi-1", "", &key));
	ck_assert_int_eq(key.id[1], 'f');
	ck_assert(find(list, "nai-a@b", "ims", &key));
	ck_assert(!find(list, "nai-a@b", "net", &key));
	ck_assert(!find(list, "imsi-2", "net", &key));
	ck_assert(!find(list, "", "", &key));
	relay_list_destroy(list);
	relay_list_destroy(NULL);
}
END_TEST

/** Files that are wrong: content, mode, line, and a word about it */
static const struct {
	const char *content;
	mode_t mode;
	unsigned int line;
	const char *wrong;
} bad_files[] = {
	{ "", 0640, 0, "mode 0600" },
	{ "\nimsi-1 net 01\n", 0600, 2, "expected subscriber, DNN" },
	{ "imsi-1 net 01 " KEY " 1\n", 0600, 1, "expected subscriber, DNN" },
	{ "1 net 01 " KEY "\n", 0600, 1, "expected a subscriber" },
	{ "imsi-" LONG " net 01 " KEY "\n", 0600, 1, "expected a subscriber" },
	{ "imsi-1 " LONG LONG " 01 " KEY "\n", 0600, 1, "the DNN is longer" },
	{ "imsi-1 net 0x " KEY "\n", 0600, 1, "expected a key identifier" },
	{ "imsi-1 net 012 " KEY "\n", 0600, 1, "expected a key identifier" },
	{ "imsi-1 net 0g " KEY "\n", 0600, 1, "expected a key identifier" },
	{ "imsi-1 net " LONG LONG "12 " KEY "\n", 0600, 1, "key identifier" },
	{ "imsi-1 net 01 " KEY "4b\n", 0600, 1, "expected a key, 64" },
	{ "imsi-1 net 01 4b\n", 0600, 1, "expected a key, 64" },
	{ "#" LONG LONG LONG LONG LONG LONG LONG LONG "\n", 0600, 1, "too long" },
};

START_TEST(test_bad_file)
{
	const char *wrong;
	unsigned int line;

	write_file(bad_files[_i].content, bad_files[_i].mode);
	ck_assert_ptr_null(relay_list_create(test_path("keys"), &line, &wrong));
	ck_assert_ptr_nonnull(strstr(wrong, bad_files[_i].wrong));
	ck_assert_uint_eq(line, bad_files[_i].line);
	/* nothing of a key */
	ck_assert_ptr_null(strstr(wrong, "4b4b"));
}
END_TEST

START_TEST(test_too_many)
{
	FILE *file = fopen(test_path("keys"), "w");
	const char *wrong;
	unsigned int line, i;

	for (i = 0; i < RELAY_LIST_MAX; i++)
	{
		fputs("#\n", file);
	}
	fclose(file);
	chmod(test_path("keys"), 0600);
	ck_assert_ptr_null(relay_list_create(test_path("keys"), &line, &wrong));
	ck_assert_ptr_nonnull(strstr(wrong, "more than 10000 lines"));
	ck_assert_ptr_null(relay_list_create(test_path("none"), &line, &wrong));
	ck_assert_str_eq(wrong, "No such file or directory");
}
END_TEST

/** Memory cannot be locked; how often some was kept out of core dumps */
static bool lock_fails;
static unsigned int hidden;

/*
 * In the place of the C library's, which does not fail for root.
 */
int mlock(const void *at, size_t len)
{
	errno = ENOMEM;
	return lock_fails ? -1 : 0;
}

/*
 * Likewise, which is seen.
 */
int madvise(void *at, size_t len, int advice)
{
	if (advice == MADV_DONTDUMP)
	{
		hidden++;
		return 0;
	}
	return syscall(SYS_madvise, at, len, advice);
}

/*
 * Keys are not in core dumps, also where they cannot be locked.
 */
START_TEST(test_no_dump)
{
	n4_pages_t *pages = n4_pages_create();
	n4_content_t *content;
	relay_list_t *list;
	const char *wrong;
	unsigned int line;

	lock_fails = _i;
	hidden = 0;
	content = n4_pages_take(pages);
	ck_assert_ptr_nonnull(content);
	ck_assert_uint_eq(hidden, 1);
	ck_assert(n4_pages_are_locked(pages) == !lock_fails);
	n4_pages_give(pages, content);
	n4_pages_destroy(pages);

	write_file("imsi-1 net 0x7565 0x" KEY "\n", 0600);
	hidden = 0;
	list = relay_list_create(test_path("keys"), &line, &wrong);
	ck_assert_msg(list, "line %u: %s", line, wrong);
	ck_assert_uint_eq(hidden, 1);
	relay_list_destroy(list);
}
END_TEST

/** Socket, and what has come over it */
static relay_events_t *events;
static relay_provide_t provided;
static unsigned int asked_again;
static const char *refusal;

static const char *provide(void *user, const char *upf, const char *session,
						   const kupf_n4_key_t *key)
{
	strcpy(provided.upf, upf);
	strcpy(provided.session, session);
	provided.key = *key;
	return refusal;
}

static void again(void *user)
{
	asked_again++;
}

static void setup()
{
	test_dir_create();
	memset(&provided, 0, sizeof(provided));
	asked_again = 0;
	refusal = NULL;
	events = relay_events_create(test_path("sock"), provide, again, NULL);
	ck_assert_ptr_nonnull(events);
}

static void teardown()
{
	relay_events_destroy(events);
	test_dir_remove();
}

/**
 * Have the socket work for a moment.
 */
static void work()
{
	struct pollfd fds[RELAY_EVENTS_FDS];

	relay_events_poll(events, fds);
	poll(fds, RELAY_EVENTS_FDS, 20);
	relay_events_process(events, fds);
}

static char got[1024];

static void on_event(void *user, wire_octets_t name,
					 const wire_reader_t *event)
{
	wire_reader_t reader = *event;
	wire_element_t field;

	while (wire_reader_next(&reader, &field))
	{
		sprintf(got + strlen(got), "%.*s=%.*s ", (int)field.name.len,
				(const char*)field.name.ptr, (int)field.value.len,
				(const char*)field.value.ptr);
	}
}

/**
 * Provide a key, and expect an error or none.
 */
static void call_provide(kupf_client_t *client, const char *name,
						 wire_octets_t key, const char *id, const char *error)
{
	wire_writer_t *writer = kupf_client_begin(client, "provide-key");
	kupf_client_reply_t reply;

	wire_writer_text(writer, "session", "n4-0000000000000007-smf");
	wire_writer_value(writer, name, key);
	if (id)
	{
		wire_writer_text(writer, "ue-id", id);
	}
	wire_writer_number(writer, "lifetime", 9);
	ck_assert_int_eq(kupf_client_call(client, &reply), error ?
					 KUPF_CLIENT_REFUSED : KUPF_CLIENT_OK);
	ck_assert(!error || wire_equals(kupf_client_reply_get(&reply, "errmsg"),
									error));
}

/**
 * Be a client, in a process of its own: it hears of a session, provides the key
 * and hears what has become of it.
 */
static void be_client()
{
	kupf_client_t *client = kupf_client_create(test_path("sock"));

	ck_assert_int_eq(kupf_client_register(client, "key-taken", on_event, NULL),
					 KUPF_CLIENT_OK);
	ck_assert_int_eq(kupf_client_register(client, "key-request", on_event,
										  NULL), KUPF_CLIENT_OK);
	while (!got[0])
	{
		kupf_client_wait(client, 1000);
	}
	ck_assert_str_eq(got, "upf=upf session=n4-0000000000000007-smf smf=smf "
					 "supi=imsi-1 dnn=net ue-addresses= ue-addresses=10.3.0.1 "
					 "ue-addresses= ");
	got[0] = '\0';
	call_provide(client, "key", wire_text("KKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKK"),
				 "@#7565", "session: there is none of this name");
	call_provide(client, "kamf", wire_text("0x" KEY), NULL, NULL);
	while (!got[0])
	{
		kupf_client_wait(client, 1000);
	}
	ck_assert_str_eq(got, "upf=upf session=n4-0000000000000007-smf smf=smf "
					 "supi=imsi-1 status=accepted upf-address=192.0.2.7 "
					 "ue-id=@#7565 rand=0x30313233343536373839616263646566 "
					 "expires=5 ");
	kupf_client_destroy(client);
}

/*
 * A client of plugin kupf's socket works here as well.
 */
START_TEST(test_dialogue)
{
	static const char *const addresses[] = { "10.3.0.1", NULL };
	kupf_n4_need_t need = {
		.session = "n4-0000000000000007-smf", .smf = "smf",
		.supi = "imsi-1", .dnn = "net", .snssai = "",
		.ue_addresses = addresses,
	};
	kupf_n4_told_t told = {
		.session = need.session, .smf = "smf", .supi = "imsi-1", .dnn = "",
		.accepted = true, .cause = "", .upf_address = "192.0.2.7",
		.rand = (const uint8_t*)"0123456789abcdef", .rand_len = 16,
		.id = "ue", .id_len = 2, .expires = 5,
	};
	struct stat about;
	pid_t client;
	int status;

	ck_assert_int_eq(stat(test_path("sock"), &about), 0);
	ck_assert_int_eq(about.st_mode & 0777, 0600);
	/* nobody listens yet */
	relay_events_ask(events, "upf", &need);
	refusal = "session: there is none of this name";
	client = fork();
	if (!client)
	{
		be_client();
		_exit(0);
	}
	while (!asked_again)
	{
		work();
	}
	relay_events_ask(events, "upf", &need);
	while (!provided.session[0])
	{
		work();
	}
	ck_assert(!provided.key.derives);
	ck_assert_uint_eq(provided.key.id_len, 2);
	refusal = NULL;
	while (!provided.key.derives)
	{
		work();
	}
	ck_assert_str_eq(provided.session, need.session);
	ck_assert_str_eq(provided.upf, "");
	ck_assert_int_eq(provided.key.key[31], 'K');
	ck_assert_uint_eq(provided.key.lifetime, 9);
	ck_assert_uint_eq(asked_again, 1);
	relay_events_tell(events, "upf", &told);
	while (waitpid(client, &status, WNOHANG) == 0)
	{
		work();
	}
	ck_assert_int_eq(status, 0);
}
END_TEST

/** Requests that are wrong, and a word about it */
static const struct {
	const char *fields, *wrong;
} bad_requests[] = {
	{ "", "session: is missing" },
	{ "session=a", "key, kamf: expected one" },
	{ "session= key=x", "session: expected" },
	{ "session=a key=0x4b ue-id=@#01", "key, kamf: expected 32 octets" },
	{ "session=a key=0x" KEY, "ue-id, rand: expected" },
	{ "session=a key=0x" KEY " kamf=0x" KEY, "key, kamf: expected one" },
	{ "session=a key=0x" KEY " ue-id=ue", "ue-id: expected" },
	{ "session=a key=0x" KEY " ue-id=@#0", "ue-id: expected" },
	{ "session=a kamf=0x" KEY " rand=0x00", "rand: expected" },
	{ "session=a kamf=0x" KEY " rand=00", "rand: expected" },
	{ "session=a key=0x" KEY " ue-id=@#01 rand=0x30313233343536373839616263646566",
	  "ue-id, rand: expected" },
	{ "session=a lifetime=0", "lifetime: expected" },
	{ "session=a lifetime=x", "lifetime: expected" },
	{ "session=a upf=", "upf: expected" },
	{ "session=a secret=1", "expected fields" },
	{ "session=a key=[x]", "expected fields with values" },
	{ "session=" LONG LONG " key=x", "session: expected" },
};

START_TEST(test_bad_request)
{
	chunk_t message = test_encode("%s", bad_requests[_i].fields);
	relay_provide_t request;
	const char *wrong;

	wrong = relay_provide_read(&request, wire_octets(message.ptr, message.len));
	ck_assert_ptr_nonnull(wrong);
	ck_assert_msg(strstr(wrong, bad_requests[_i].wrong), "said: %s", wrong);
	ck_assert_ptr_null(strstr(wrong, "4b4b"));
	chunk_free(&message);
	/* at every truncation nothing is read beyond it: the sanitizer would see */
	wrong = relay_provide_read(&request, wire_octets("\3\7ses", 5));
	ck_assert_ptr_nonnull(strstr(wrong, "malformed"));
}
END_TEST

/**
 * Connect without a client.
 */
static int open_raw()
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	strcpy(address.sun_path, test_path("sock"));
	ck_assert_int_eq(connect(fd, (struct sockaddr*)&address, sizeof(address)),
					 0);
	return fd;
}

/** What a client must not send: it is disconnected */
static const struct {
	const char *octets;
	size_t len;
} bad_octets[] = {
	{ "\0\0\0\0", 4 }, { "\0\0\0\1\x09", 5 }, { "\0\0\x20\0", 4 },
	{ "\xff\xff\xff\xff", 4 }, { "\0\0\0\2\0\5", 6 }, { "\0\0\0\1\1", 5 },
};

START_TEST(test_bad_octets)
{
	int fd = open_raw(), i;
	char buf[16];

	ck_assert_int_eq(write(fd, bad_octets[_i].octets, bad_octets[_i].len),
					 bad_octets[_i].len);
	for (i = 0; i < 5; i++)
	{
		work();
	}
	ck_assert_int_eq(recv(fd, buf, sizeof(buf), MSG_DONTWAIT), 0);
	close(fd);
}
END_TEST

/*
 * More clients than there may be, one that does not read, and commands and
 * events that are not known.
 */
START_TEST(test_bounds)
{
	static const char *const addresses[] = { NULL };
	kupf_n4_need_t need = {
		.session = "n4-0000000000000007-smf", .smf = "smf",
		.supi = "imsi-1", .dnn = LONG, .snssai = "",
		.ue_addresses = addresses,
	};
	int fds[RELAY_EVENTS_CLIENTS + 1], i;
	char buf[64];

	for (i = 0; i <= RELAY_EVENTS_CLIENTS; i++)
	{
		fds[i] = open_raw();
		work();
	}
	work();
	ck_assert_int_eq(recv(fds[RELAY_EVENTS_CLIENTS], buf, sizeof(buf), 0), 0);
	/* unknown: command, event */
	ck_assert_int_eq(write(fds[0], "\0\0\0\4\0\2ab\0\0\0\4\3\2ab", 16), 16);
	work();
	work();
	ck_assert_int_eq(recv(fds[0], buf, sizeof(buf), MSG_DONTWAIT), 10);
	ck_assert(!memcmp(buf, "\0\0\0\1\2\0\0\0\1\6", 10));
	/* it registers, and does not read */
	ck_assert_int_eq(write(fds[1], "\0\0\0\x0d\3\x0bkey-request", 17), 17);
	work();
	ck_assert_uint_eq(asked_again, 1);
	for (i = 0; i < 50000; i++)
	{
		relay_events_ask(events, "upf", &need);
	}
	work();
	/* it was disconnected: there is room for another one */
	close(fds[RELAY_EVENTS_CLIENTS]);
	fds[RELAY_EVENTS_CLIENTS] = open_raw();
	work();
	ck_assert_int_eq(recv(fds[RELAY_EVENTS_CLIENTS], buf, sizeof(buf),
						  MSG_DONTWAIT), -1);
	for (i = 0; i <= RELAY_EVENTS_CLIENTS; i++)
	{
		close(fds[i]);
	}
}
END_TEST

/*
 * What is there and no socket stays, whoever calls for one there.
 */
START_TEST(test_no_socket)
{
	struct stat about;

	write_file("mine", 0600);
	ck_assert_ptr_null(relay_events_create(test_path("keys"), provide, again,
										   NULL));
	ck_assert_int_eq(errno, EADDRINUSE);
	ck_assert_int_eq(stat(test_path("keys"), &about), 0);
	ck_assert_int_eq(about.st_size, 4);
	/* a socket that was left goes, and ours goes with us */
	relay_events_destroy(relay_events_create(test_path("sock"), provide, again,
											 NULL));
	ck_assert_int_eq(stat(test_path("sock"), &about), -1);
}
END_TEST

int main()
{
	Suite *suite = suite_create("relay_keys");
	TCase *tcase;

	tcase = tcase_create("list");
	tcase_add_checked_fixture(tcase, test_dir_create, test_dir_remove);
	tcase_add_test(tcase, test_list);
	tcase_add_loop_test(tcase, test_bad_file, 0, countof(bad_files));
	tcase_add_test(tcase, test_too_many);
	tcase_add_loop_test(tcase, test_no_dump, 0, 2);
	suite_add_tcase(suite, tcase);

	tcase = tcase_create("events");
	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, test_dialogue);
	tcase_add_loop_test(tcase, test_bad_request, 0, countof(bad_requests));
	tcase_add_loop_test(tcase, test_bad_octets, 0, countof(bad_octets));
	tcase_add_test(tcase, test_bounds);
	tcase_add_test(tcase, test_no_socket);
	suite_add_tcase(suite, tcase);
	return test_run(suite);
}
