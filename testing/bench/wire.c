/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * What a UNIX socket can do on this machine at most: requests of the size that
 * establish-session has, answered by a process that looks at nothing but their
 * lengths.
 *
 *   wire SECONDS CPU CPU      the processors of the two processes
 *
 * Prints a line for each way to use it: "single RATE", "pipelined RATE" with a
 * write for each request, "batched RATE" with one for many; requests a second.
 */

#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/** Octets of a request, with its length, and of an answer */
#define REQUEST 224
#define ANSWER 64

/** Requests without an answer, and in one write if there are many */
#define WINDOW 1024
#define BATCH 512

static double now()
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec + ts.tv_nsec / 1e9;
}

static void pin(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	sched_setaffinity(0, sizeof(set), &set);
}

/**
 * Write all of it.
 */
static void put(int fd, const uint8_t *data, size_t len)
{
	struct pollfd writable = { .fd = fd, .events = POLLOUT };
	ssize_t done;

	while (len)
	{
		done = send(fd, data, len, MSG_NOSIGNAL);
		if (done < 0)
		{
			poll(&writable, 1, -1);
			continue;
		}
		data += done;
		len -= done;
	}
}

/**
 * Answer requests until the client goes.
 */
static void serve(int fd)
{
	static uint8_t buf[WINDOW * REQUEST], answers[WINDOW * ANSWER];
	size_t len = 0, pos, count;
	uint32_t size;
	ssize_t got;

	while ((got = recv(fd, buf + len, sizeof(buf) - len, 0)) > 0)
	{
		len += got;
		count = 0;
		for (pos = 0; len - pos >= sizeof(size); pos += sizeof(size) + size)
		{
			memcpy(&size, buf + pos, sizeof(size));
			size = ntohl(size);
			if (len - pos - sizeof(size) < size)
			{
				break;
			}
			count++;
		}
		memmove(buf, buf + pos, len - pos);
		len -= pos;
		if (count)
		{
			put(fd, answers, count * ANSWER);
		}
	}
}

/**
 * Make requests for some time, and read answers whenever there are some.
 */
static double ask(int fd, double seconds, int window, int batch)
{
	static uint8_t requests[BATCH * REQUEST], answers[WINDOW * ANSWER];
	struct pollfd poll_fd = { .fd = fd };
	uint32_t size = htonl(REQUEST - sizeof(size));
	uint64_t sent = 0, octets = 0;
	size_t pos = 0, end = batch * REQUEST;
	double start = now();
	ssize_t len;
	int i;

	for (i = 0; i < batch; i++)
	{
		memcpy(requests + i * REQUEST, &size, sizeof(size));
	}
	while (now() - start < seconds)
	{
		poll_fd.events = POLLIN;
		while (pos || sent - octets / ANSWER + batch <= (uint64_t)window)
		{
			len = send(fd, requests + pos, end - pos,
					   MSG_NOSIGNAL | MSG_DONTWAIT);
			if (len < 0)
			{
				poll_fd.events |= POLLOUT;
				break;
			}
			pos = (pos + len) % end;
			sent += pos ? 0 : batch;
		}
		len = recv(fd, answers, sizeof(answers), MSG_DONTWAIT);
		if (len > 0)
		{
			octets += len;
		}
		else
		{
			poll(&poll_fd, 1, 1000);
		}
	}
	return octets / ANSWER / (now() - start);
}

static void measure(const char *name, double seconds, int server_cpu,
					int client_cpu, int window, int batch)
{
	int fds[2];
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, fds) != 0)
	{
		exit(EXIT_FAILURE);
	}
	pid = fork();
	if (pid == 0)
	{
		pin(server_cpu);
		close(fds[0]);
		serve(fds[1]);
		_exit(EXIT_SUCCESS);
	}
	pin(client_cpu);
	close(fds[1]);
	printf("%s %.0f\n", name, ask(fds[0], seconds, window, batch));
	fflush(stdout);
	close(fds[0]);
	waitpid(pid, NULL, 0);
}

int main(int argc, char *argv[])
{
	double seconds;
	int server, client;

	if (argc != 4)
	{
		fprintf(stderr, "usage: wire SECONDS CPU CPU\n");
		return EXIT_FAILURE;
	}
	seconds = strtod(argv[1], NULL);
	server = atoi(argv[2]);
	client = atoi(argv[3]);
	measure("single", seconds, server, client, 1, 1);
	measure("pipelined", seconds, server, client, WINDOW, 1);
	measure("batched", seconds, server, client, WINDOW, BATCH);
	return EXIT_SUCCESS;
}
