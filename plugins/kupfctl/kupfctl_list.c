/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupfctl_args.h"
#include "kupfctl_conn.h"
#include "kupfctl_output.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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
	/** an event could not be parsed */
	bool malformed;
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

static void add_cell(cells_t *cells, const char *field, const void *value,
					 size_t len)
{
	unsigned int i;

	for (i = 0; i < COLUMNS; i++)
	{
		if (!strcmp(fields[i], field))
		{
			if (cells->columns[i])
			{
				fputc(',', cells->out[i]);
				cells->columns[i]++;
			}
			cells->columns[i] += kupfctl_print_field(cells->out[i], field,
													 value, len);
		}
	}
}

/**
 * Read the fields of an event.
 */
static bool read_cells(cells_t *cells, vici_res_t *res)
{
	const char *name = "";
	const void *value;
	int len, depth = 0;

	while (true)
	{
		switch (vici_parse(res))
		{
			case VICI_PARSE_BEGIN_SECTION:
				depth++;
				break;
			case VICI_PARSE_END_SECTION:
				depth--;
				break;
			case VICI_PARSE_BEGIN_LIST:
				name = vici_parse_name(res);
				break;
			case VICI_PARSE_KEY_VALUE:
				name = vici_parse_name(res);
				/* fall-through */
			case VICI_PARSE_LIST_ITEM:
				value = vici_parse_value(res, &len);
				if (!depth)
				{	/* tunnels have fields of the same names */
					add_cell(cells, name, value, len);
				}
				break;
			case VICI_PARSE_END:
				return true;
			case VICI_PARSE_ERROR:
				return false;
			default:
				break;
		}
	}
}

/**
 * Make a row of an event.
 */
static bool read_row(row_t *row, vici_res_t *res)
{
	cells_t cells = {};
	size_t size;
	unsigned int i;
	bool done = true;

	memset(row, 0, sizeof(*row));
	for (i = 0; i < COLUMNS; i++)
	{
		cells.out[i] = open_memstream(&row->text[i], &size);
		if (!cells.out[i])
		{
			abort();
		}
	}
	done = read_cells(&cells, res);
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
	return done;
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
 * Called for each session, by a thread of libvici.
 */
static void on_session(void *user, char *name, vici_res_t *res)
{
	list_t *list = user;
	row_t row;

	if (ferror(stdout))
	{
		/* nobody reads any more, and the list may be long */
		kupfctl_error("cannot write to standard output");
		_exit(KUPFCTL_USAGE);
	}
	if (list->json)
	{
		if (!kupfctl_print_json(stdout, NULL, res))
		{
			list->malformed = true;
		}
		return;
	}
	if (list->full)
	{
		if (list->count++)
		{
			putchar('\n');
		}
		if (!kupfctl_print_lines(stdout, res))
		{
			list->malformed = true;
		}
		return;
	}
	if (!read_row(&row, res))
	{
		list->malformed = true;
	}
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

static kupfctl_status_t receive(vici_conn_t *vici, vici_req_t *req,
								list_t *list)
{
	vici_res_t *res;
	bool succeeded;

	if (!kupfctl_register(vici, "list-session", on_session, list))
	{
		vici_free_req(req);
		return KUPFCTL_REFUSED;
	}
	res = kupfctl_submit(vici, req);
	if (!res)
	{
		return KUPFCTL_REFUSED;
	}
	succeeded = kupfctl_succeeded(res);
	if (!list->json && !list->full && !list->printed &&
		(succeeded || list->count))
	{
		print_kept(list);
	}
	if (!succeeded && list->json)
	{
		kupfctl_print_json(stdout, NULL, res);
	}
	vici_free_res(res);
	if (list->malformed)
	{
		kupfctl_error("a malformed session was received");
		return KUPFCTL_REFUSED;
	}
	return succeeded ? KUPFCTL_DONE : KUPFCTL_REFUSED;
}

static kupfctl_status_t run(const kupfctl_t *ctl, const kupfctl_args_t *args)
{
	static list_t list;
	kupfctl_status_t status;
	vici_conn_t *vici;
	vici_req_t *req;
	const char *value;
	unsigned int i;

	req = kupfctl_begin("list-sessions");
	for (i = 0; i < args->count; i++)
	{
		value = args->given[i].value;
		if (args->given[i].option->field)
		{
			vici_add_key_value(req, (char*)args->given[i].option->field,
							   (void*)value, strlen(value));
		}
	}
	vici = kupfctl_connect(ctl);
	if (!vici)
	{
		vici_free_req(req);
		return KUPFCTL_NO_CONNECTION;
	}
	list.json = ctl->json;
	list.full = kupfctl_args_get(args, "--long");
	status = receive(vici, req, &list);
	kupfctl_disconnect(vici);
	return status;
}

static const kupfctl_option_t options[] = {
	{ "--session", "SESSION", NULL, "session", false,
	  "only this session" },
	{ "--ue-id", "ID", NULL, "ue-id", false,
	  "only the session of this IKE identity" },
	{ "--state", "STATE", "provisioned up", "state", false,
	  "only those in this state: provisioned or up" },
	{ "--long", NULL, NULL, NULL, false,
	  "everything about each of them, tunnels included" },
	{}
};

const kupfctl_command_t kupfctl_list = {
	.name = "list",
	.usage = "",
	.summary = "list sessions",
	.details =
		"With --json, each session is an object on a line of its own, as it "
		"arrives;\nthere is no array around them.\n",
	.options = options,
	.run = run,
};
