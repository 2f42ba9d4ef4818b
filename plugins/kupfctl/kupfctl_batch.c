/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupfctl_batch.h"
#include "kupfctl_conn.h"
#include "kupfctl_output.h"

#include <stdlib.h>
#include <string.h>

/** Buckets of the set of names, more than twice as many as names */
#define BUCKETS 2048

/** Room for a name of a session */
#define NAME_SIZE 65

/**
 * Sessions of one request.
 */
struct kupfctl_batch_t {
	/** connection */
	vici_conn_t *vici;
	/** print replies in JSON */
	bool json;
	/** request, NULL if empty */
	vici_req_t *req;
	/** number of sessions in it */
	unsigned int count;
	/** octets of sessions in it */
	size_t size;
	/** their names */
	char names[KUPFCTL_BATCH_SESSIONS][NAME_SIZE];
	/** for each hash of a name, the number of the name counted from 1; the
	 * next buckets have those that collide */
	uint16_t buckets[BUCKETS];
	/** what became of sessions */
	kupfctl_totals_t totals;
};

/*
 * Described in header
 */
kupfctl_batch_t *kupfctl_batch_create(vici_conn_t *vici, bool json)
{
	kupfctl_batch_t *batch;

	batch = calloc(1, sizeof(*batch));
	if (!batch)
	{
		abort();
	}
	batch->vici = vici;
	batch->json = json;
	return batch;
}

/**
 * Find the bucket of a name: that which has it, or the one where it belongs.
 */
static uint16_t *find_name(kupfctl_batch_t *batch, const char *name)
{
	uint32_t hash = 2166136261;
	const char *pos;
	uint16_t *bucket;

	/* FNV-1a; chosen names cost time, but only that of who chose them */
	for (pos = name; *pos; pos++)
	{
		hash = (hash ^ (uint8_t)*pos) * 16777619;
	}
	while (true)
	{
		bucket = &batch->buckets[hash++ % BUCKETS];
		if (!*bucket || !strcmp(batch->names[*bucket - 1], name))
		{
			return bucket;
		}
	}
}

/*
 * Described in header
 */
bool kupfctl_batch_add(kupfctl_batch_t *batch, const kupfctl_line_t *line)
{
	uint16_t *bucket;
	size_t size;

	size = kupfctl_line_size(line);
	bucket = find_name(batch, line->session);
	/* two sections of one name in a request would be ambiguous */
	if (*bucket || batch->count == KUPFCTL_BATCH_SESSIONS ||
		(batch->count && batch->size + size > KUPFCTL_BATCH_OCTETS))
	{
		if (!kupfctl_batch_flush(batch))
		{
			return false;
		}
		bucket = find_name(batch, line->session);
	}
	if (!batch->req)
	{
		batch->req = kupfctl_begin("establish-sessions");
	}
	kupfctl_line_add(line, batch->req);
	strcpy(batch->names[batch->count], line->session);
	*bucket = ++batch->count;
	batch->size += size;
	return true;
}

/**
 * Print why a session was refused.
 */
static void print_refusal(const char *session, const char *cause,
						  const char *errmsg)
{
	flockfile(stderr);
	fputs("kupfctl: session ", stderr);
	kupfctl_print_text(stderr, session, strlen(session));
	fputs(": ", stderr);
	kupfctl_print_text(stderr, cause, strlen(cause));
	fputs(*errmsg ? ": " : "", stderr);
	kupfctl_print_text(stderr, errmsg, strlen(errmsg));
	fputc('\n', stderr);
	funlockfile(stderr);
}

/**
 * Parse a section of a reply: a session that was refused.
 */
static bool parse_refusal(vici_res_t *res, const char *session)
{
	const char *cause = "refused", *errmsg = "";

	while (true)
	{
		switch (vici_parse(res))
		{
			case VICI_PARSE_KEY_VALUE:
				if (vici_parse_name_eq(res, "cause"))
				{
					cause = vici_parse_value_str(res) ?: "refused";
				}
				else if (vici_parse_name_eq(res, "errmsg"))
				{
					errmsg = vici_parse_value_str(res) ?: "";
				}
				break;
			case VICI_PARSE_END_SECTION:
				print_refusal(session, cause, errmsg);
				return true;
			case VICI_PARSE_BEGIN_SECTION:
			case VICI_PARSE_END:
			case VICI_PARSE_ERROR:
				return false;
			default:
				break;
		}
	}
}

/**
 * Print the sessions that were refused.
 */
static bool print_refusals(vici_res_t *res)
{
	while (true)
	{
		switch (vici_parse(res))
		{
			case VICI_PARSE_BEGIN_SECTION:
				if (!parse_refusal(res, vici_parse_name(res)))
				{
					return false;
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
 * Handle the reply to a request with count sessions.
 */
static bool handle_reply(kupfctl_batch_t *batch, vici_res_t *res,
						 unsigned int count)
{
	int established, failed;

	established = vici_find_int(res, -1, "established");
	failed = vici_find_int(res, -1, "failed");
	if (established < 0 && failed < 0)
	{
		/* refused as a whole */
		batch->totals.failed += count;
		if (kupfctl_succeeded(res))
		{
			kupfctl_error("the reply does not say what became of sessions");
		}
		if (batch->json)
		{
			kupfctl_print_json(stdout, NULL, res);
		}
		return false;
	}
	if (!batch->json && vici_find_str(res, NULL, "truncated"))
	{
		kupfctl_error("more sessions were refused than the reply has room for");
	}
	batch->totals.established += established > 0 ? established : 0;
	batch->totals.failed += failed > 0 ? failed : 0;
	if (!(batch->json ? kupfctl_print_json(stdout, NULL, res) :
						print_refusals(res)))
	{
		kupfctl_error("the reply is malformed");
		return false;
	}
	return true;
}

/*
 * Described in header
 */
bool kupfctl_batch_flush(kupfctl_batch_t *batch)
{
	vici_req_t *req = batch->req;
	unsigned int count = batch->count;
	vici_res_t *res;
	bool done;

	if (!req)
	{
		return true;
	}
	batch->req = NULL;
	batch->count = 0;
	batch->size = 0;
	memset(batch->buckets, 0, sizeof(batch->buckets));
	batch->totals.unanswered = count;
	res = kupfctl_submit(batch->vici, req);
	batch->totals.unanswered = 0;
	if (!res)
	{
		batch->totals.failed += count;
		return false;
	}
	done = handle_reply(batch, res, count);
	vici_free_res(res);
	return done;
}

/*
 * Described in header
 */
const kupfctl_totals_t *kupfctl_batch_totals(const kupfctl_batch_t *batch)
{
	return &batch->totals;
}

/*
 * Described in header
 */
void kupfctl_batch_destroy(kupfctl_batch_t *batch)
{
	if (batch->req)
	{
		vici_free_req(batch->req);
	}
	free(batch);
}
