/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupf_preconfigured_file.h"
#include "kupf_parser.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

/** Fields of a line, all and those that must be there: a session in the file has
 * no end, and its key is not derived */
#define FIELDS (KUPF_FIELD_SESSION | (KUPF_FIELDS_SESSION & \
	~(KUPF_FIELDS_DERIVE | KUPF_FIELD_LIFETIME | KUPF_FIELD_GENERATION)))
#define REQUIRED (KUPF_FIELD_SESSION | KUPF_FIELD_UE_ID | KUPF_FIELD_KEY)

typedef struct reader_t reader_t;
typedef enum result_t result_t;

/**
 * A file being read.  Holds keys, and is in memory for that.
 */
struct reader_t {
	/** file */
	int fd;
	/** what was read of it and is not yet part of a line */
	char buf[4096];
	/** its end, and where the next line starts */
	size_t len, pos;
	/** the line, ends in NUL */
	char line[KUPF_PRECONFIGURED_FILE_LINE];
	/** its number */
	u_int number;
};

/**
 * What came of reading a line.
 */
enum result_t {
	/** there is one */
	LINE_READ,
	/** there is no other */
	LINE_NONE,
	/** it is too long, or has a NUL */
	LINE_NO_TEXT,
	/** the file cannot be read */
	LINE_FAILED,
};

/**
 * Whether a file is for charon's eyes only: keys that others can read, or
 * write, are none.
 */
static bool check_file(const char *path, int fd, kupf_error_t *error)
{
	mode_t others = S_IRWXG | S_IRWXO;
	struct stat st;

	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
	{
		return kupf_error(error, KUPF_CAUSE_INVALID_FILE,
						  "%.100s: expected a regular file", path);
	}
	if (st.st_uid != 0 && st.st_uid != geteuid())
	{
		return kupf_error(error, KUPF_CAUSE_INVALID_FILE,
						  "%.100s: expected root or the user of charon to own "
						  "it", path);
	}
	if (st.st_uid != geteuid() && st.st_gid == getegid())
	{	/* charon that is not root's cannot read what is root's otherwise */
		others &= ~S_IRGRP;
	}
	if (st.st_mode & others)
	{
		return kupf_error(error, KUPF_CAUSE_INVALID_FILE,
						  "%.100s: others than charon may read or write it "
						  "(mode %04o, expected 0600)", path,
						  (u_int)st.st_mode & 07777);
	}
	return TRUE;
}

/**
 * Get the next octet, or an end.
 *
 * @param c			[out] octet
 * @return			LINE_READ if there is one, LINE_NONE or LINE_FAILED
 */
static result_t get_octet(reader_t *reader, char *c)
{
	ssize_t len;

	if (reader->pos == reader->len)
	{
		do
		{
			len = read(reader->fd, reader->buf, sizeof(reader->buf));
		}
		while (len < 0 && errno == EINTR);
		if (len <= 0)
		{
			return len ? LINE_FAILED : LINE_NONE;
		}
		reader->pos = 0;
		reader->len = len;
	}
	*c = reader->buf[reader->pos++];
	return LINE_READ;
}

/**
 * Read a line, without its end.
 */
static result_t read_line(reader_t *reader)
{
	result_t result;
	size_t len = 0;
	char c;

	while ((result = get_octet(reader, &c)) == LINE_READ && c != '\n')
	{
		if (len == sizeof(reader->line) - 1 || !c)
		{
			reader->number++;
			return LINE_NO_TEXT;
		}
		reader->line[len++] = c;
	}
	if (result == LINE_NONE && len)
	{	/* the last one may lack its end */
		result = LINE_READ;
	}
	reader->line[len] = '\0';
	reader->number += result == LINE_READ;
	return result;
}

/**
 * Turn a status of the store into an error.
 */
static bool store_error(kupf_store_status_t status, kupf_error_t *error)
{
	switch (status)
	{
		case KUPF_STORE_OK:
			return TRUE;
		case KUPF_STORE_NAME_IN_USE:
			return kupf_error(error, KUPF_CAUSE_SESSION_EXISTS,
							  "field 'session': an earlier line has it");
		case KUPF_STORE_IDENTITY_IN_USE:
			return kupf_error(error, KUPF_CAUSE_IDENTITY_IN_USE,
							  "field 'ue-id': an earlier line has it");
		default:
			return kupf_error(error, KUPF_CAUSE_LIMIT_REACHED,
							  "charon.plugins.kupf.max_sessions is reached");
	}
}

/**
 * Put the session of a request into the store.
 */
static bool add_request(kupf_store_t *store, kupf_request_t *request,
						kupf_error_t *error)
{
	kupf_store_status_t status;
	kupf_session_t *session;
	kupf_session_data_t data = {
		.name = request->session,
		.services = KUPF_SERVICE_IKE,
		.generation = 1,
		.preconfigured = TRUE,
	};

	kupf_request_apply(&data, request);
	if (!kupf_request_check(&data, error))
	{
		return FALSE;
	}
	session = kupf_session_create(&data);
	if (!session)
	{
		return kupf_error(error, KUPF_CAUSE_LIMIT_REACHED,
						  "no more memory for keys");
	}
	status = store->put(store, session);
	kupf_session_unref(session);
	return store_error(status, error);
}

/**
 * Parse a line into the store, unless there is nothing in it.
 */
static bool parse_line(kupf_store_t *store, char *line, kupf_error_t *error)
{
	kupf_request_t request = {};
	bool done;

	line += strspn(line, " \t\r");
	if (!*line || *line == '#')
	{
		return TRUE;
	}
	done = kupf_parser_line(&request, line, FIELDS, REQUIRED, error) &&
		   add_request(store, &request, error);
	kupf_request_wipe(&request);
	return done;
}

/**
 * Read and parse all lines, up to one that is wrong.
 *
 * @param wrong		[out] what is wrong with it
 * @return			LINE_NONE, or LINE_READ with wrong set, or LINE_FAILED
 */
static result_t parse_lines(reader_t *reader, kupf_store_t *store,
							kupf_error_t *wrong)
{
	result_t result;

	while ((result = read_line(reader)) == LINE_READ)
	{
		if (!parse_line(store, reader->line, wrong))
		{
			return LINE_READ;
		}
	}
	if (result == LINE_NO_TEXT)
	{
		kupf_error(wrong, KUPF_CAUSE_INVALID_FIELD,
				   "expected a line of less than %d octets of text",
				   KUPF_PRECONFIGURED_FILE_LINE);
		return LINE_READ;
	}
	return result;
}

/*
 * Described in header
 */
bool kupf_preconfigured_file_parse(const char *path, int fd, kupf_store_t *store,
						kupf_error_t *error)
{
	kupf_error_t wrong = {};
	result_t result;
	reader_t *reader;

	reader = kupf_secret_alloc(sizeof(*reader));
	if (!reader)
	{
		return kupf_error(error, KUPF_CAUSE_INVALID_FILE,
						  "%.100s: no more memory for keys", path);
	}
	reader->fd = fd;
	result = parse_lines(reader, store, &wrong);
	if (result == LINE_READ)
	{
		kupf_error(error, KUPF_CAUSE_INVALID_FILE, "%.60s:%u: %s", path,
				   reader->number, wrong.message);
	}
	else if (result == LINE_FAILED)
	{
		kupf_error(error, KUPF_CAUSE_INVALID_FILE, "%.100s: cannot be read: %s",
				   path, strerror(errno));
	}
	kupf_secret_free(reader, sizeof(*reader));
	return result == LINE_NONE;
}

/**
 * Open a file that is for charon only.
 *
 * @return			descriptor, -1 with the error set
 */
static int open_file(const char *path, kupf_error_t *error)
{
	int fd;

	/* a FIFO must not block */
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
	{
		kupf_error(error, KUPF_CAUSE_INVALID_FILE, "%.100s: %s", path,
				   strerror(errno));
	}
	else if (!check_file(path, fd, error))
	{
		close(fd);
		fd = -1;
	}
	return fd;
}

/*
 * Described in header
 */
bool kupf_preconfigured_file_check(const char *path, kupf_error_t *error)
{
	int fd = open_file(path, error);

	if (fd >= 0)
	{
		close(fd);
	}
	return fd >= 0;
}

/*
 * Described in header
 */
bool kupf_preconfigured_file_read(const char *path, kupf_store_t *store,
					   kupf_error_t *error)
{
	int fd = open_file(path, error);
	bool done;

	if (fd < 0)
	{
		return FALSE;
	}
	done = kupf_preconfigured_file_parse(path, fd, store, error);
	close(fd);
	return done;
}
