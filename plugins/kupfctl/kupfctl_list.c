/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupfctl_args.h"
#include "kupfctl_conn.h"
#include "kupfctl_output.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/** Event that a session of the list comes in */
#define EVENT "list-session"

/** Rows that the widths of the columns are computed from */
#define SAMPLE 256

/** Number of columns */
#define COLUMNS 9

/** Of these, the first ones are always shown, the others if they say something */
#define ALWAYS 7

/** Field of each column; its heading is the same in capitals */
static const char *const fields[COLUMNS] = {
	"session", "state", "ue-id", "upf-address", "ue-addresses", "generation",
	"expires", "last-failure", "next-attempt",
};

/** Headings */
static const char *const headings[COLUMNS] = {
	"SESSION", "STATE", "UE-ID", "UPF-ADDRESS", "UE-ADDRESSES", "GENERATION",
	"EXPIRES", "LAST-FAILURE", "NEXT-ATTEMPT",
};

/** A row: escaped text of each column */
typedef struct {
	char *text[COLUMNS];
	size_t columns[COLUMNS];
} row_t;

/**
 * The list while it is received.
 */
typedef struct {
	/** as JSON lines */
	bool json;
	/** all fields, in lines */
	bool full;
	/** rows kept for the widths of the columns */
	row_t rows[SAMPLE];
	/** number of rows kept */
	unsigned int count;
	/** heading and kept rows are printed */
	bool printed;
	/** widths of the columns */
	size_t width[COLUMNS];
	/** number of columns that are shown */
	unsigned int shown;
} list_t;

/**
 * Text of a row, gathered column by column.
 */
typedef struct {
	/** streams to the texts */
	FILE *out[COLUMNS];
	/** columns used so far */
	size_t columns[COLUMNS];
} cells_t;

static void add_cell(cells_t *cells, const wire_element_t *element)
{
	unsigned int i;

	for (i = 0; i < COLUMNS; i++)
	{
		if (wire_equals(element->name, fields[i]))
		{
			if (cells->columns[i])
			{
				fputc(',', cells->out[i]);
				cells->columns[i]++;
			}
			cells->columns[i] += kupfctl_print_field(cells->out[i],
											element->name, element->value);
		}
	}
}

/**
 * Read the fields of an event.
 */
static void read_cells(cells_t *cells, const wire_reader_t *event)
{
	wire_reader_t reader = *event;
	wire_element_t element;

	while (wire_reader_next(&reader, &element))
	{
		/* tunnels have fields of the same names */
		if (!reader.depth && (element.type == WIRE_KEY_VALUE ||
							  element.type == WIRE_LIST_ITEM))
		{
			add_cell(cells, &element);
		}
	}
}

/**
 * Make a row of an event.
 */
static void read_row(row_t *row, const wire_reader_t *event)
{
	cells_t cells = {};
	size_t size;
	unsigned int i;

	memset(row, 0, sizeof(*row));
	for (i = 0; i < COLUMNS; i++)
	{
		cells.out[i] = open_memstream(&row->text[i], &size);
		if (!cells.out[i])
		{
			abort();
		}
	}
	read_cells(&cells, event);
	for (i = 0; i < COLUMNS; i++)
	{
		if (!cells.columns[i])
		{
			fputc('-', cells.out[i]);
			cells.columns[i] = 1;
		}
		row->columns[i] = cells.columns[i];
		fclose(cells.out[i]);
	}
}

/**
 * Print a row and free it.
 */
static void print_row(list_t *list, row_t *row)
{
	unsigned int i;
	size_t pad;

	for (i = 0; i < COLUMNS; i++)
	{
		pad = list->width[i] > row->columns[i] ?
			  list->width[i] - row->columns[i] : 0;
		if (i < list->shown)
		{
			fputs(row->text[i], stdout);
		}
		if (i + 1 < list->shown)
		{
			printf("%*s", (int)pad + 2, "");
		}
		free(row->text[i]);
	}
	putchar('\n');
}

/**
 * Print the heading and the rows kept so far.
 */
static void print_kept(list_t *list)
{
	unsigned int i, j;

	list->shown = ALWAYS;
	for (i = 0; i < COLUMNS; i++)
	{
		list->width[i] = strlen(headings[i]);
		for (j = 0; j < list->count; j++)
		{
			if (i >= ALWAYS && strcmp(list->rows[j].text[i], "-"))
			{
				list->shown = COLUMNS;
			}
			if (list->rows[j].columns[i] > list->width[i])
			{
				list->width[i] = list->rows[j].columns[i];
			}
		}
	}
	for (i = 0; i < list->shown - 1; i++)
	{
		printf("%-*s", (int)list->width[i] + 2, headings[i]);
	}
	puts(headings[i]);
	for (j = 0; j < list->count; j++)
	{
		print_row(list, &list->rows[j]);
	}
	list->printed = true;
}

/**
 * Called for each session.
 */
static void on_session(void *user, wire_octets_t name,
					   const wire_reader_t *event)
{
	list_t *list = user;
	row_t row;

	(void)name;
	if (ferror(stdout))
	{
		/* nobody reads any more, and the list may be long */
		kupfctl_error("cannot write to standard output");
		_exit(KUPFCTL_USAGE);
	}
	if (list->json)
	{
		kupfctl_print_json(stdout, wire_text(""), event);
		return;
	}
	if (list->full)
	{
		if (list->count++)
		{
			putchar('\n');
		}
		kupfctl_print_lines(stdout, event);
		return;
	}
	read_row(&row, event);
	if (list->printed)
	{
		print_row(list, &row);
		return;
	}
	list->rows[list->count++] = row;
	if (list->count == SAMPLE)
	{
		print_kept(list);
	}
}

static kupfctl_status_t receive(kupf_client_t *client, list_t *list)
{
	kupf_client_reply_t reply;
	kupfctl_status_t status;

	kupf_client_stream(client, EVENT, on_session, list, &reply);
	status = kupfctl_status(client, &reply);
	if (!list->json && !list->full && !list->printed &&
		(status == KUPFCTL_DONE || list->count))
	{
		print_kept(list);
	}
	if (reply.status == KUPF_CLIENT_REFUSED && list->json)
	{
		kupfctl_print_json(stdout, wire_text(""), &reply.message);
	}
	return status;
}

/*
 * Described in header
 */
kupfctl_status_t kupfctl_list(const kupfctl_t *ctl,
							  const kupfctl_args_t *args)
{
	static list_t list;
	kupf_client_t *client = kupfctl_client(ctl);
	kupfctl_status_t status;
	wire_writer_t *request;
	unsigned int i;

	list.json = ctl->json;
	list.full = kupfctl_args_get(args, "--long");
	if (args->words_count && kupfctl_args_get(args, "--session"))
	{
		kupfctl_error("a session is named twice");
		kupf_client_destroy(client);
		return KUPFCTL_USAGE;
	}
	request = kupf_client_begin(client, "list-sessions");
	if (args->words_count)
	{
		wire_writer_text(request, "session", args->words[0]);
	}
	for (i = 0; i < args->count; i++)
	{
		if (args->given[i].option->field)
		{
			wire_writer_text(request, args->given[i].option->field,
							 args->given[i].value);
		}
	}
	status = kupfctl_connect(client);
	if (status == KUPFCTL_DONE)
	{
		status = kupfctl_register(client, EVENT, on_session, &list);
	}
	if (status == KUPFCTL_DONE)
	{
		status = receive(client, &list);
	}
	kupf_client_destroy(client);
	return status;
}
