/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * The daemon and the process.
 */

#include "test_client.h"
#include "test_kupfctl.h"
#include "test_support.h"

#include <arpa/inet.h>
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

/** Most words of a command line */
#define WORDS_MAX 64

char dir[64], sock[80], requests[80], out[80], err[80];

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
 *
 * Elements: name=value, name=[item,item], name={, }; '_' is a space, '~' an
 * octet 0xff, '^' an escape character.  The daemon goes away at the end, or
 * waits until the tool has gone if the last line is "W".
 */

/**
 * Make a packet; in values some characters stand for others.
 */
static chunk_t make_packet(wire_packet_type_t type, const char *name,
						   const char *elements)
{
	char text[16384] = "", *pos = text;
	bool value = false;

	for (; *elements; elements++)
	{
		ck_assert(pos < text + sizeof(text) - 4);
		value = *elements != ' ' && (value || *elements == '=');
		pos = stpcpy(pos, value && *elements == '_' ? "%20" :
						  value && *elements == '~' ? "%ff" :
						  value && *elements == '^' ? "%1b" :
						  (char[]){ *elements, '\0' });
	}
	return test_packet(type, name, "%s", text);
}

/**
 * Send what a line of the script says.
 */
static void serve_line(int fd, char *line)
{
	chunk_t packet = chunk_empty;
	char *name;

	switch (line[0])
	{
		case 'R':
			packet = make_packet(WIRE_CMD_RESPONSE, NULL, line + 1);
			break;
		case 'E':
			name = strtok(line + 2, " ");
			packet = make_packet(WIRE_EVENT, name, name + strlen(name) + 1);
			break;
		case 'U':
			packet = test_packet(WIRE_CMD_UNKNOWN, NULL, NULL);
			break;
		case 'C':
			packet = test_packet(WIRE_EVENT_CONFIRM, NULL, NULL);
			break;
		case 'N':
			packet = test_packet(WIRE_EVENT_UNKNOWN, NULL, NULL);
			break;
		case 'Q':
			packet = make_packet(WIRE_CMD_RESPONSE, NULL, "open={");
			break;
		case 'P':
			packet = chunk_clone(chunk_from_chars(0, 0, 0, 100, 1));
			break;
		case 'Z':
			usleep(1000 * atoi(line + 2));
			return;
	}
	/* the tool may have gone, which is its right */
	test_send(fd, packet);
	chunk_free(&packet);
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
			case WIRE_SECTION_START:
				pos = log_name(file, pos);
				fputc('{', file);
				break;
			case WIRE_SECTION_END:
				fputs(" }", file);
				break;
			case WIRE_KEY_VALUE:
				pos = log_name(file, pos);
				pos = log_value(file, pos);
				break;
			case WIRE_LIST_START:
				pos = log_name(file, pos);
				fputc('[', file);
				first = true;
				break;
			case WIRE_LIST_ITEM:
				fputs(first ? "" : ",", file);
				first = false;
				pos = log_value(file, pos);
				break;
			case WIRE_LIST_END:
				fputc(']', file);
				break;
		}
	}
	fputc('\n', file);
	fclose(file);
}

static bool serve_request(int fd)
{
	static uint8_t packet[WIRE_PACKET_MAX];
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
			while (serve_request(fd))
			{
				/* until it has gone */
			}
		}
		else
		{
			serve_line(fd, line);
		}
	}
	free(copy);
	close(fd);
}

pid_t start_daemon(const char *script)
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

pid_t start_tool(const char *command)
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

int wait_for(pid_t pid)
{
	int status;

	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 256 + WTERMSIG(status);
}

char *contents(const char *path)
{
	char *text;
	FILE *file;

	text = calloc(1, WIRE_PACKET_MAX);
	file = fopen(path, "r");
	if (file)
	{
		text[fread(text, 1, WIRE_PACKET_MAX - 1, file)] = '\0';
		fclose(file);
	}
	return text;
}

void assert_file(const char *command, const char *path, const char *expected)
{
	char *text = contents(path);

	ck_assert_msg(expected[0] == '*' ? strstr(text, expected + 1) != NULL :
									   !strcmp(text, expected),
				  "%s: expected '%s', got '%s'", command, expected, text);
	free(text);
}

void write_file(const char *name, mode_t mode, const void *data, size_t len)
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

void write_text(const char *name, const char *text)
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

void setup(void)
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

void teardown(void)
{
	char command[128];

	snprintf(command, sizeof(command), "rm -rf %s", dir);
	ck_assert(!system(command));
}

void check_run(const run_t *run)
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
