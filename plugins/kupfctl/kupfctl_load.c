/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupfctl_args.h"
#include "kupfctl_batch.h"
#include "kupfctl_conn.h"
#include "kupfctl_output.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/** Longest line, octets, with its end and a terminator */
#define LINE_SIZE (16 * 1024)

/** Buffer of the file */
#define BUFFER_SIZE (64 * 1024)

/**
 * A file on its way to the daemon.
 */
typedef struct {
	/** what is to be done with its sessions */
	kupfctl_line_kind_t kind;
	/** those that are not in it are removed */
	bool sync;
	/** there may be none in it all the same */
	bool may_be_empty;
	/** its name, for messages */
	const char *path;
	/** the file */
	FILE *in;
	/** its size, 0 if unknown */
	off_t size;
	/** buffer of the file, and the line read last: with keys */
	char buffer[BUFFER_SIZE];
	char line[LINE_SIZE];
	/** number of that line */
	unsigned long number;
	/** sessions that go together */
	kupfctl_batch_t *batch;
	/** sessions answered when progress was last shown */
	unsigned long shown;
	/** show progress */
	bool progress;
	/** replies are printed in JSON, no totals */
	bool json;
	/** sessions that were removed */
	uint64_t removed;
} load_t;

/**
 * Show how far it is, on a line that is overwritten.
 */
static void show_progress(load_t *load)
{
	const kupfctl_totals_t *totals = kupfctl_batch_totals(load->batch);
	unsigned long answered = totals->done + totals->failed;

	if (!load->progress || answered == load->shown)
	{
		return;
	}
	load->shown = answered;
	fprintf(stderr, "\r%lu %s, %lu failed", totals->done,
			kupfctl_batch_word(load->batch), totals->failed);
	if (load->size)
	{
		fprintf(stderr, ", %d%%", (int)(100 * ftello(load->in) / load->size));
	}
	fputs("\033[K\r", stderr);
}

/**
 * Print what became of the sessions.
 */
static void print_totals(load_t *load)
{
	const kupfctl_totals_t *totals = kupfctl_batch_totals(load->batch);

	if (load->progress)
	{
		fputs("\033[K", stderr);
	}
	if (load->json)
	{
		if (load->sync)
		{
			printf("{\"removed\":\"%" PRIu64 "\"}\n", load->removed);
		}
		return;
	}
	printf("%lu %s, %lu failed", totals->done, kupfctl_batch_word(load->batch),
		   totals->failed);
	if (load->sync)
	{
		printf(", %" PRIu64 " removed", load->removed);
	}
	if (totals->unanswered)
	{
		printf(", %lu sent without an answer", totals->unanswered);
	}
	putchar('\n');
}

/**
 * Read a line without its end.
 */
static bool read_line(load_t *load, bool *done)
{
	size_t len;

	*done = !fgets(load->line, sizeof(load->line), load->in);
	if (*done)
	{
		if (ferror(load->in))
		{
			kupfctl_error("cannot read %s: %s", load->path, strerror(errno));
			return false;
		}
		return true;
	}
	load->number++;
	len = strlen(load->line);
	if (len && load->line[len - 1] == '\n')
	{
		load->line[--len] = '\0';
		if (len && load->line[len - 1] == '\r')
		{
			load->line[--len] = '\0';
		}
		return true;
	}
	if (feof(load->in))
	{
		return true;
	}
	kupfctl_error("%s, line %lu: longer than %d octets, or not text",
				  load->path, load->number, LINE_SIZE - 2);
	return false;
}

/**
 * Send all lines up to the end or to one that is wrong.
 */
static kupfctl_status_t send_lines(load_t *load)
{
	char error[KUPFCTL_LINE_ERROR];
	kupfctl_status_t status = KUPFCTL_DONE, flushed;
	kupfctl_line_t line;
	bool done = false, sent = true;

	while (status == KUPFCTL_DONE)
	{
		if (!read_line(load, &done))
		{
			status = KUPFCTL_USAGE;
			break;
		}
		if (done)
		{
			break;
		}
		if (!kupfctl_line_parse(load->kind, &line, load->line, error))
		{
			kupfctl_error("%s, line %lu: %s", load->path, load->number,
						  error);
			status = KUPFCTL_USAGE;
		}
		else if (line.session)
		{
			status = kupfctl_batch_add(load->batch, &line);
			sent = status == KUPFCTL_DONE;
		}
		kupfctl_line_wipe(&line);
		show_progress(load);
	}
	if (sent)
	{
		/* those before a wrong line, too */
		flushed = kupfctl_batch_flush(load->batch);
		status = flushed != KUPFCTL_DONE ? flushed : status;
	}
	show_progress(load);
	return status;
}

/**
 * Print why something between the sessions has failed, if it has.
 */
static kupfctl_status_t check_sync(kupf_client_t *client,
								   kupf_client_status_t status)
{
	if (status != KUPF_CLIENT_OK)
	{
		kupfctl_error("%s", kupf_client_error(client));
	}
	switch (status)
	{
		case KUPF_CLIENT_OK:
			return KUPFCTL_DONE;
		case KUPF_CLIENT_LOST:
		case KUPF_CLIENT_TIMEOUT:
			return KUPFCTL_NO_CONNECTION;
		default:
			return KUPFCTL_REFUSED;
	}
}

/**
 * Have the sessions removed that were not in the file.
 */
static kupfctl_status_t remove_others(load_t *load, kupf_client_t *client)
{
	const kupfctl_totals_t *totals = kupfctl_batch_totals(load->batch);

	if (!totals->done && !totals->failed && !load->may_be_empty)
	{
		kupfctl_error("%s has no session: nothing is removed, unless with "
					  "--allow-empty", load->path);
		return KUPFCTL_USAGE;
	}
	return check_sync(client, kupf_client_sync_end(client, &load->removed));
}

/**
 * Send all lines, and do what else there is to do.
 */
static kupfctl_status_t send_all(load_t *load, kupf_client_t *client)
{
	kupfctl_status_t status = KUPFCTL_DONE;

	if (load->sync)
	{
		status = check_sync(client, kupf_client_sync_begin(client));
	}
	if (status == KUPFCTL_DONE)
	{
		status = send_lines(load);
	}
	if (status == KUPFCTL_DONE && load->sync)
	{
		status = remove_others(load, client);
	}
	return status;
}

static kupfctl_status_t load_file(const kupfctl_t *ctl, load_t *load)
{
	kupf_client_t *client = kupfctl_client(ctl);
	kupfctl_status_t status;

	status = kupfctl_connect(client);
	if (status == KUPFCTL_DONE)
	{
		load->batch = kupfctl_batch_create(load->kind, client, ctl->json);
		status = send_all(load, client);
		print_totals(load);
		if (status == KUPFCTL_DONE &&
			kupfctl_batch_totals(load->batch)->failed)
		{
			status = KUPFCTL_REFUSED;
		}
		kupfctl_batch_destroy(load->batch);
	}
	kupf_client_destroy(client);
	return status;
}

/**
 * Open the file, or take standard input.
 */
static bool open_file(load_t *load)
{
	struct stat st;

	load->in = stdin;
	if (!strcmp(load->path, "-"))
	{
		load->path = "standard input";
	}
	else
	{
		load->in = fopen(load->path, "re");
		if (!load->in)
		{
			kupfctl_error("cannot open %s: %s", load->path, strerror(errno));
			return false;
		}
		if (load->kind != KUPFCTL_LINE_DELETE)
		{
			kupfctl_secret_warn(fileno(load->in), load->path);
		}
	}
	if (!fstat(fileno(load->in), &st) && S_ISREG(st.st_mode))
	{
		load->size = st.st_size;
	}
	setvbuf(load->in, load->buffer, _IOFBF, sizeof(load->buffer));
	return true;
}

/**
 * Do something with the sessions of a file.
 */
static kupfctl_status_t run(const kupfctl_t *ctl, load_t *load)
{
	kupfctl_status_t status;

	if (!open_file(load))
	{
		return KUPFCTL_USAGE;
	}
	load->progress = isatty(STDERR_FILENO);
	load->json = ctl->json;
	status = load_file(ctl, load);
	fclose(load->in);
	explicit_bzero(load->buffer, sizeof(load->buffer));
	explicit_bzero(load->line, sizeof(load->line));
	return status;
}

/*
 * Described in header
 */
kupfctl_status_t kupfctl_load(const kupfctl_t *ctl,
							  const kupfctl_args_t *args)
{
	static load_t load;

	load.path = args->words[0];
	load.kind = kupfctl_args_get(args, "--replace") ? KUPFCTL_LINE_REPLACE :
													  KUPFCTL_LINE_ESTABLISH;
	return run(ctl, &load);
}

/*
 * Described in header
 */
kupfctl_status_t kupfctl_sync(const kupfctl_t *ctl,
							  const kupfctl_args_t *args)
{
	static load_t load;

	load.path = args->words[0];
	load.kind = KUPFCTL_LINE_REPLACE;
	load.sync = true;
	load.may_be_empty = kupfctl_args_get(args, "--allow-empty");
	return run(ctl, &load);
}

/*
 * Described in header
 */
kupfctl_status_t kupfctl_modify_many(const kupfctl_t *ctl,
									 const kupfctl_args_t *args)
{
	static load_t load;

	load.path = kupfctl_args_get(args, "--file");
	load.kind = KUPFCTL_LINE_MODIFY;
	return run(ctl, &load);
}

/*
 * Described in header
 */
kupfctl_status_t kupfctl_delete_many(const kupfctl_t *ctl,
									 const kupfctl_args_t *args)
{
	static load_t load;

	load.path = kupfctl_args_get(args, "--file");
	load.kind = KUPFCTL_LINE_DELETE;
	return run(ctl, &load);
}
