/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "exporter_server.h"
#include "exporter_scrape.h"
#include "metrics/metrics_text.h"

#include <microhttpd.h>

#include <errno.h>
#include <stdlib.h>
#include <time.h>

/** Connections at the same time */
#define CONNECTIONS_MAX 16U

/** How long a connection may be silent, s */
#define IDLE_MAX 10U

/** Memory for a connection: its request, and the head of its answer */
#define MEMORY_MAX ((size_t)16384)

/** How long an answer is good, ms */
#define FRESH 1000

/** Longest answer that is no metrics */
#define SENTENCE_MAX 512

/**
 * Server; all but the first two belongs to its thread.
 */
struct exporter_server_t {
	/** URI of the daemon's socket */
	const char *socket;
	/** how long the daemon may take, ms */
	unsigned int timeout;
	/** libmicrohttpd's */
	struct MHD_Daemon *daemon;
	/** the last answer of the daemon, or why there is none; NULL at first */
	char *text;
	/** whether these are metrics */
	bool done;
	/** when that was, ms */
	int64_t when;
};

/**
 * Get the time.
 */
static int64_t now()
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * (int64_t)1000 + time.tv_nsec / 1000000;
}

/**
 * Ask the daemon, unless that was done just now.
 */
static void refresh(exporter_server_t *self)
{
	bool first = !self->text, before = self->done;

	if (first || now() - self->when >= FRESH)
	{
		free(self->text);
		self->done = exporter_scrape(self->socket, self->timeout, &self->text);
		self->when = now();
		if (!self->done && (first || before))
		{
			fprintf(stderr, "kupf-exporter: no metrics: %s\n",
					self->text ? self->text : "no memory");
		}
		else if (self->done && !first && !before)
		{
			fprintf(stderr, "kupf-exporter: there are metrics again\n");
		}
	}
}

/**
 * Send an answer.
 *
 * @param allow		methods that are allowed, if another one was used
 */
static enum MHD_Result send_answer(struct MHD_Connection *connection,
								   unsigned int status, const char *type,
								   const char *text, const char *allow)
{
	struct MHD_Response *response;
	enum MHD_Result result = MHD_NO;

	response = MHD_create_response_from_buffer(strlen(text), (void*)text,
											   MHD_RESPMEM_MUST_COPY);
	if (response)
	{
		if (MHD_add_response_header(response, "Content-Type", type) &&
			(!allow || MHD_add_response_header(response, "Allow", allow)))
		{
			result = MHD_queue_response(connection, status, response);
		}
		MHD_destroy_response(response);
	}
	return result;
}

/**
 * Send a sentence.
 */
static enum MHD_Result send_sentence(struct MHD_Connection *connection,
									 unsigned int status, const char *text,
									 const char *allow)
{
	return send_answer(connection, status, "text/plain; charset=utf-8", text,
					   allow);
}

/**
 * Send the metrics, or why there are none.
 */
static enum MHD_Result send_metrics(exporter_server_t *self,
									struct MHD_Connection *connection)
{
	char sentence[SENTENCE_MAX];

	refresh(self);
	if (self->done)
	{
		return send_answer(connection, MHD_HTTP_OK, METRICS_TEXT_TYPE,
						   self->text, NULL);
	}
	snprintf(sentence, sizeof(sentence), "There are no metrics: %s.\n",
			 self->text ? self->text : "no memory");
	return send_sentence(connection, MHD_HTTP_SERVICE_UNAVAILABLE, sentence,
						 NULL);
}

/**
 * Answer a request: of libmicrohttpd, which calls it on its thread.
 */
static enum MHD_Result answer(void *user, struct MHD_Connection *connection,
							  const char *url, const char *method,
							  const char *version, const char *data,
							  size_t *size, void **state)
{
	(void)version;
	(void)data;
	(void)size;
	(void)state;
	if (strcmp(url, "/metrics"))
	{
		return send_sentence(connection, MHD_HTTP_NOT_FOUND,
							 "The metrics are at /metrics.\n", NULL);
	}
	if (strcmp(method, MHD_HTTP_METHOD_GET) &&
		strcmp(method, MHD_HTTP_METHOD_HEAD))
	{
		return send_sentence(connection, MHD_HTTP_METHOD_NOT_ALLOWED,
							 "Metrics can be read, by GET, and nothing else.\n",
							 "GET, HEAD");
	}
	return send_metrics(user, connection);
}

/*
 * Described in header
 */
exporter_server_t *exporter_server_create(const struct sockaddr *listen,
										  const char *socket,
										  unsigned int timeout)
{
	exporter_server_t *self = calloc(1, sizeof(*self));
	unsigned int flags = MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_AUTO;

	if (self)
	{
		self->socket = socket;
		self->timeout = timeout;
		if (listen->sa_family == AF_INET6)
		{
			flags |= MHD_USE_IPv6;
		}
		self->daemon = MHD_start_daemon(flags, 0, NULL, NULL, answer, self,
								MHD_OPTION_SOCK_ADDR, listen,
								MHD_OPTION_CONNECTION_LIMIT, CONNECTIONS_MAX,
								MHD_OPTION_CONNECTION_TIMEOUT, IDLE_MAX,
								MHD_OPTION_CONNECTION_MEMORY_LIMIT, MEMORY_MAX,
								MHD_OPTION_END);
		if (!self->daemon)
		{
			free(self);
			self = NULL;
		}
	}
	return self;
}

/*
 * Described in header
 */
unsigned int exporter_server_get_port(exporter_server_t *self)
{
	const union MHD_DaemonInfo *info;

	info = MHD_get_daemon_info(self->daemon, MHD_DAEMON_INFO_BIND_PORT);
	return info ? info->port : 0;
}

/*
 * Described in header
 */
void exporter_server_destroy(exporter_server_t *self)
{
	if (self)
	{
		MHD_stop_daemon(self->daemon);
		free(self->text);
		free(self);
	}
}
