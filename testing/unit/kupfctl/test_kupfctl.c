/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * kupfctl as a process against a daemon that answers what a test tells it:
 * exit status, what it prints, and what it sent.
 *
 * The program is $KUPFCTL, or kupfctl in the working directory.
 */

#include <check.h>

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "test_runner.h"

/** Packet types */
enum {
	CMD_REQUEST = 0,
	CMD_RESPONSE = 1,
	CMD_UNKNOWN = 2,
	EVENT_REGISTER = 3,
	EVENT_CONFIRM = 5,
	EVENT_UNKNOWN = 6,
	EVENT = 7,
};

/** Element types */
enum {
	SECTION_START = 1,
	SECTION_END = 2,
	KEY_VALUE = 3,
	LIST_START = 4,
	LIST_ITEM = 5,
	LIST_END = 6,
};

/** Longest packet */
#define PACKET_MAX (512 * 1024)

/** Most words of a command line */
#define WORDS_MAX 64

/** A key of 32 octets that can be seen in text, and as the tool sends it */
#define RAW "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
#define HEX_32 \
	"4142434445464748494a4b4c4d4e4f505152535455565758595a323334353637"
#define RAW_HEX "0x" HEX_32

/** Directory of a test, and files in it */
static char dir[64], sock[80], requests[80], out[80], err[80];

/*
 * The daemon.  Its script has a line for each packet to send; "." waits for
 * the next packet from the tool, which is written to the file "requests":
 *
 *   R <elements>          reply
 *   E <event> <elements>  event
 *   U                     command unknown
 *   C                     event confirmed
 *   N                     event unknown
 *   P                     half a reply
 *   Q                     reply that is malformed
 *   Z <n>                 (pause) sleep n milliseconds
 *   K                     wait until the tool has closed the connection, and
 *                         take the next one
 *
 * Elements: name=value, name=[item,item], name={, }; '_' is a space, '~' an
 * octet 0xff, '^' an escape character.  The daemon goes away at the end, or
 * waits until the tool has gone if the last line is "W".
 */

static uint8_t packet[PACKET_MAX];
static size_t packet_len;

static void put(const void *data, size_t len)
{
	ck_assert_uint_le(packet_len + len, sizeof(packet));
	memcpy(packet + packet_len, data, len);
	packet_len += len;
}

static void put_octet(uint8_t octet)
{
	put(&octet, 1);
}

static void put_name(const char *name, size_t len)
{
	put_octet(len);
	put(name, len);
}

static void put_value(const char *value, size_t len)
{
	uint16_t octets = htons(len);
	size_t i;

	put(&octets, sizeof(octets));
	for (i = 0; i < len; i++)
	{
		put_octet(value[i] == '_' ? ' ' : value[i] == '~' ? 0xff :
				  value[i] == '^' ? 0x1b : value[i]);
	}
}

static void put_element(char *word)
{
	size_t len = strcspn(word, "=");
	char *value = word + len, *item;

	if (word[0] == '}')
	{
		put_octet(SECTION_END);
		return;
	}
	value++;
	if (value[0] == '{')
	{
		put_octet(SECTION_START);
		put_name(word, len);
	}
	else if (value[0] == '[')
	{
		put_octet(LIST_START);
		put_name(word, len);
		value[strlen(value) - 1] = '\0';
		for (item = strtok(value + 1, ","); item; item = strtok(NULL, ","))
		{
			put_octet(LIST_ITEM);
			put_value(item, strlen(item));
		}
		put_octet(LIST_END);
	}
	else
	{
		put_octet(KEY_VALUE);
		put_name(word, len);
		put_value(value, strlen(value));
	}
}

static void put_elements(char *text)
{
	char *word, *pos;

	for (word = strtok_r(text, " ", &pos); word;
		 word = strtok_r(NULL, " ", &pos))
	{
		put_element(word);
	}
}

static void send_packet(int fd)
{
	uint32_t len = htonl(packet_len);

	/* the tool may have gone, which is its right */
	if (send(fd, &len, sizeof(len), MSG_NOSIGNAL) == sizeof(len))
	{
		(void)!send(fd, packet, packet_len, MSG_NOSIGNAL);
	}
}

/**
 * Send what a line of the script says.
 */
static void serve_line(int fd, char *line)
{
	uint32_t announced = htonl(100);
	char *name;

	packet_len = 0;
	switch (line[0])
	{
		case 'R':
			put_octet(CMD_RESPONSE);
			put_elements(line + 1);
			break;
		case 'E':
			name = strtok(line + 2, " ");
			put_octet(EVENT);
			put_name(name, strlen(name));
			put_elements(name + strlen(name) + 1);
			break;
		case 'U':
			put_octet(CMD_UNKNOWN);
			break;
		case 'C':
			put_octet(EVENT_CONFIRM);
			break;
		case 'N':
			put_octet(EVENT_UNKNOWN);
			break;
		case 'Q':
			put_octet(CMD_RESPONSE);
			put_octet(SECTION_START);
			put_name("open", 4);
			break;
		case 'P':
			(void)!send(fd, &announced, sizeof(announced), MSG_NOSIGNAL);
			(void)!send(fd, "\1", 1, MSG_NOSIGNAL);
			return;
		case 'Z':
			usleep(1000 * atoi(line + 2));
			return;
	}
	send_packet(fd);
}

static bool receive(int fd, void *data, size_t len)
{
	uint8_t *pos = data;
	ssize_t got;

	while (len)
	{
		got = read(fd, pos, len);
		if (got <= 0)
		{
			return false;
		}
		pos += got;
		len -= got;
	}
	return true;
}

static const uint8_t *log_name(FILE *file, const uint8_t *pos)
{
	fprintf(file, " %.*s=", pos[0], pos + 1);
	return pos + 1 + pos[0];
}

static const uint8_t *log_value(FILE *file, const uint8_t *pos)
{
	size_t len = pos[0] << 8 | pos[1];

	fwrite(pos + 2, 1, len, file);
	return pos + 2 + len;
}

/**
 * Write what the tool sent to the file for it.
 */
static void log_packet(const uint8_t *pos, size_t len)
{
	const uint8_t *end = pos + len;
	FILE *file;
	bool first = false;

	file = fopen(requests, "a");
	fprintf(file, "%u:%.*s", pos[0], pos[1], pos + 2);
	pos += 2 + pos[1];
	while (pos < end)
	{
		switch (*pos++)
		{
			case SECTION_START:
				pos = log_name(file, pos);
				fputc('{', file);
				break;
			case SECTION_END:
				fputs(" }", file);
				break;
			case KEY_VALUE:
				pos = log_name(file, pos);
				pos = log_value(file, pos);
				break;
			case LIST_START:
				pos = log_name(file, pos);
				fputc('[', file);
				first = true;
				break;
			case LIST_ITEM:
				fputs(first ? "" : ",", file);
				first = false;
				pos = log_value(file, pos);
				break;
			case LIST_END:
				fputc(']', file);
				break;
		}
	}
	fputc('\n', file);
	fclose(file);
}

static bool serve_request(int fd)
{
	uint32_t len;

	if (!receive(fd, &len, sizeof(len)))
	{
		return false;
	}
	len = ntohl(len);
	if (len > sizeof(packet) || !receive(fd, packet, len))
	{
		return false;
	}
	log_packet(packet, len);
	return true;
}

/**
 * Read until the tool has gone.
 */
static void serve_rest(int fd)
{
	while (serve_request(fd))
	{
		/* until it has gone */
	}
}

static void serve(int listener, const char *script)
{
	char *copy, *line, *pos;
	int fd;

	fd = accept(listener, NULL, NULL);
	copy = strdup(script);
	for (line = strtok_r(copy, "\n", &pos); line;
		 line = strtok_r(NULL, "\n", &pos))
	{
		if (line[0] == '.')
		{
			if (!serve_request(fd))
			{
				break;
			}
		}
		else if (line[0] == 'W')
		{
			serve_rest(fd);
		}
		else if (line[0] == 'K')
		{
			serve_rest(fd);
			close(fd);
			fd = accept(listener, NULL, NULL);
		}
		else
		{
			serve_line(fd, line);
		}
	}
	free(copy);
	close(fd);
}

static pid_t start_daemon(const char *script)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int listener;
	pid_t pid;

	listener = socket(AF_UNIX, SOCK_STREAM, 0);
	strcpy(addr.sun_path, sock);
	ck_assert(!bind(listener, (struct sockaddr*)&addr, sizeof(addr)));
	ck_assert(!listen(listener, 1));
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (!pid)
	{
		serve(listener, script);
		_exit(0);
	}
	close(listener);
	return pid;
}

static void redirect(const char *path, int flags, int fd)
{
	int file = open(path, flags, 0600);

	if (file < 0 || dup2(file, fd) < 0)
	{
		_exit(99);
	}
}

/**
 * Start the tool; words of the command line are separated by spaces.
 */
static pid_t start_tool(const char *command)
{
	char *argv[WORDS_MAX], *copy, *word;
	int argc = 3;
	pid_t pid;

	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid)
	{
		return pid;
	}
	argv[0] = getenv("KUPFCTL") ?: "./kupfctl";
	argv[1] = "--socket";
	argv[2] = sock;
	copy = strdup(command);
	for (word = strtok(copy, " "); word; word = strtok(NULL, " "))
	{
		if (argc == WORDS_MAX - 1)
		{
			_exit(98);
		}
		argv[argc++] = word;
	}
	argv[argc] = NULL;
	/* the tool may be started elsewhere, its arguments are files in here */
	argv[0] = realpath(argv[0], NULL);
	if (!argv[0] || chdir(dir))
	{
		_exit(99);
	}
	redirect("stdin", O_RDONLY | O_CREAT, STDIN_FILENO);
	redirect(out, O_WRONLY | O_CREAT | O_TRUNC, STDOUT_FILENO);
	redirect(err, O_WRONLY | O_CREAT | O_TRUNC, STDERR_FILENO);
	execv(argv[0], argv);
	_exit(99);
}

static int wait_for(pid_t pid)
{
	int status;

	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 256 + WTERMSIG(status);
}

/**
 * Contents of a file, to be freed; empty if there is none.
 */
static char *contents(const char *path)
{
	char *text;
	FILE *file;

	text = calloc(1, PACKET_MAX);
	file = fopen(path, "r");
	if (file)
	{
		text[fread(text, 1, PACKET_MAX - 1, file)] = '\0';
		fclose(file);
	}
	return text;
}

/**
 * Compare the contents of a file: all of it, or, if expected starts with '*',
 * whether it contains the rest.
 */
static void assert_file(const char *command, const char *path,
						const char *expected)
{
	char *text = contents(path);

	ck_assert_msg(expected[0] == '*' ? strstr(text, expected + 1) != NULL :
									   !strcmp(text, expected),
				  "%s: expected '%s', got '%s'", command, expected, text);
	free(text);
}

static void write_file(const char *name, mode_t mode, const void *data,
					   size_t len)
{
	char path[128];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, mode);
	ck_assert_int_ge(fd, 0);
	ck_assert(!fchmod(fd, mode));
	ck_assert_int_eq(write(fd, data, len), len);
	close(fd);
}

static void write_text(const char *name, const char *text)
{
	write_file(name, 0600, text, strlen(text));
}

/**
 * Sanitizers, if the tool has them, know neither libstrongswan's format
 * specifiers nor that libcrypto keeps what it allocates once.
 */
static void setup_sanitizers(void)
{
	char options[512];

	write_text("suppressions", "leak:libcrypto\n");
	snprintf(options, sizeof(options), "%s:check_printf=0",
			 getenv("ASAN_OPTIONS") ?: "");
	setenv("ASAN_OPTIONS", options, 1);
	snprintf(options, sizeof(options), "%s:check_printf=0",
			 getenv("TSAN_OPTIONS") ?: "");
	setenv("TSAN_OPTIONS", options, 1);
	snprintf(options, sizeof(options), "%s:print_suppressions=0:"
			 "suppressions=%s/suppressions", getenv("LSAN_OPTIONS") ?: "", dir);
	setenv("LSAN_OPTIONS", options, 1);
}

static void setup(void)
{
	char *path;

	strcpy(dir, "/tmp/test_kupfctl.XXXXXX");
	ck_assert(mkdtemp(dir) != NULL);
	snprintf(sock, sizeof(sock), "%s/socket", dir);
	snprintf(requests, sizeof(requests), "%s/requests", dir);
	snprintf(out, sizeof(out), "%s/out", dir);
	snprintf(err, sizeof(err), "%s/err", dir);
	setenv("TZ", "UTC", 1);
	setup_sanitizers();
	path = getenv("NIN3A_TEST_PLUGIN_PATH");
	if (path)
	{
		setenv("KUPFCTL_PLUGIN_PATH", path, 1);
	}
	write_text("raw", RAW);
	write_text("hex", RAW_HEX "\n");
	write_text("base64", "0sQUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVoyMzQ1Njc=");
	write_text("hex64", "0x" HEX_32 HEX_32 "\r\n");
	write_text("short", "0123456789012345678901234567890");
	write_text("long", RAW "8");
	write_text("digits", "0xabcdefabcdefabcdefabcdefabcdef");
	write_text("odd", "0xabc");
	write_text("hex65", "0x" HEX_32 HEX_32 "00");
	write_text("empty", "");
	write_file("open", 0644, RAW, strlen(RAW));
	write_text("kamf", "0xd655f16142035d4d72ca39583d228d2dd2ec0ca7929ad007f53b"
			   "382d05544405\n");
	write_text("stdin", RAW_HEX "\n");
}

static void teardown(void)
{
	char command[128];

	snprintf(command, sizeof(command), "rm -rf %s", dir);
	ck_assert(!system(command));
}

/**
 * A run of the tool.
 */
typedef struct {
	/** arguments */
	const char *command;
	/** script of the daemon, NULL if there is none */
	const char *script;
	/** exit status */
	int status;
	/** standard output; '*' first if that is only a part of it */
	const char *out;
	/** standard error, likewise */
	const char *err;
	/** what the daemon received, likewise; NULL if that does not matter */
	const char *requests;
} run_t;

static void check_run(const run_t *run)
{
	pid_t daemon = 0;
	int status;

	if (run->script)
	{
		daemon = start_daemon(run->script);
	}
	status = wait_for(start_tool(run->command));
	if (daemon)
	{
		/* it waits for a tool that did not even connect; SIGTERM would be
		 * handled by Check, and end the test as well */
		kill(daemon, SIGKILL);
		wait_for(daemon);
	}
	assert_file(run->command, err, run->err);
	assert_file(run->command, out, run->out);
	ck_assert_msg(status == run->status, "%s: status %d", run->command,
				  status);
	if (run->requests)
	{
		assert_file(run->command, requests, run->requests);
	}
}

#define RAND "fc2d98a361208bf743639c9e632d7350"

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
	  ".\nR success=yes tunnels=1 complete=yes\nK\n"
	  ".\nR success=yes daemon=charon version=5\"9\\ role=upf enforcer=nin3a "
	  "uptime=7\n.\nR success=yes sessions=2 nin3a-refused-wrong-key=3 "
	  "requests=18446744073709551615 odd=x nin3a-refused=4 Odd=1 "
	  "nin3a-ue-failed-timeout=6 nin3a-refused-service=1 s={ requests=5 } "
	  "nin3a-setup-microseconds-le-2500=4 nin3a-tunnels-up=1 "
	  "nin3a-setup-microseconds-le-1000000=5 nin3a-octets-in=12 "
	  "nin3a-setup-microseconds-le-x=6 nin3a-setup-microseconds-=7 "
	  "nin3a-setup-microseconds-le-inf=8 "
	  "nin3a-setup-microseconds-sum=12345600\nW", 0,
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
	  "# TYPE kupf_nin3a_octets_in counter\nkupf_nin3a_octets_in_total 12\n"
	  "# TYPE kupf_nin3a_setup_seconds histogram\n"
	  "# UNIT kupf_nin3a_setup_seconds seconds\n"
	  "kupf_nin3a_setup_seconds_bucket{le=\"0.0025\"} 4\n"
	  "kupf_nin3a_setup_seconds_bucket{le=\"1.0\"} 5\n"
	  "kupf_nin3a_setup_seconds_bucket{le=\"+Inf\"} 8\n"
	  "kupf_nin3a_setup_seconds_count 8\n"
	  "kupf_nin3a_setup_seconds_sum 12.3456\n"
	  "# EOF\n", "",
	  "0:measure-traffic\n0:version\n0:stats\n" },
	/* a daemon that does not know how to measure */
	{ "metrics", ".\nU\nK\n.\nR success=yes\n.\nR success=yes sessions=1\nW", 0,
	  "# TYPE kupf_build_info gauge\nkupf_build_info{daemon=\"\",version=\"\","
	  "plugin=\"\",role=\"\",enforcer=\"\"} 1\n"
	  "# TYPE kupf_sessions gauge\nkupf_sessions 1\n# EOF\n", "",
	  "0:measure-traffic\n0:version\n0:stats\n" },
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
	{ "metrics", ".\nR success=yes\nK\n.\nR success=yes\n"
	  ".\nR success=no cause=busy\nW", 1,
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

static Suite *kupfctl_suite(void)
{
	Suite *suite;
	TCase *tc;

	suite = suite_create("kupfctl");

	tc = tcase_create("wire");
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 30);
	tcase_add_loop_test(tc, test_replies, 0,
						sizeof(replies) / sizeof(*replies));
	tcase_add_loop_test(tc, test_refusals, 0,
						sizeof(refusals) / sizeof(*refusals));
	tcase_add_loop_test(tc, test_losses, 0, sizeof(losses) / sizeof(*losses));
	tcase_add_loop_test(tc, test_watch_signal, 0, 2);
	suite_add_tcase(suite, tc);

	tc = tcase_create("local");
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 30);
	tcase_add_loop_test(tc, test_usages, 0, sizeof(usages) / sizeof(*usages));
	tcase_add_loop_test(tc, test_locals, 0, sizeof(locals) / sizeof(*locals));
	tcase_add_test(tc, test_derive_warns);
	tcase_add_test(tc, test_no_key_printed);
	suite_add_tcase(suite, tc);

	tc = tcase_create("load");
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 30);
	tcase_add_loop_test(tc, test_loads, 0, sizeof(loads) / sizeof(*loads));
	tcase_add_test(tc, test_load_not_text);
	tcase_add_test(tc, test_load_batches);
	tcase_add_test(tc, test_load_large);
	suite_add_tcase(suite, tc);

	return suite;
}

int main(void)
{
	return test_run_bare(kupfctl_suite());
}
