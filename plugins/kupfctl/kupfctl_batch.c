/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupfctl_batch.h"
#include "kupfctl_conn.h"
#include "kupfctl_output.h"
#include "kupfctl_refusals.h"

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
	/** what is to be done */
	kupfctl_line_kind_t kind;
	/** client */
	kupf_client_t *client;
	/** print replies in JSON */
	bool json;
	/** request, NULL if empty */
	wire_writer_t *request;
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
	/** those that were refused */
	kupfctl_refusals_t refusals;
};

/** Command of each kind, and the field of its reply with the number of
 * sessions */
static const struct {
	const char *command;
	const char *done;
} kinds[] = {
	[KUPFCTL_LINE_ESTABLISH] = { "establish-sessions", "established" },
	[KUPFCTL_LINE_REPLACE] = { "establish-sessions", "established" },
	[KUPFCTL_LINE_MODIFY] = { "modify-sessions", "modified" },
	[KUPFCTL_LINE_DELETE] = { "delete-sessions", "deleted" },
};

/*
 * Described in header
 */
kupfctl_batch_t *kupfctl_batch_create(kupfctl_line_kind_t kind,
									  kupf_client_t *client, bool json)
{
	kupfctl_batch_t *batch;

	batch = calloc(1, sizeof(*batch));
	if (!batch)
	{
		abort();
	}
	batch->kind = kind;
	batch->client = client;
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
kupfctl_status_t kupfctl_batch_add(kupfctl_batch_t *batch,
								   const kupfctl_line_t *line)
{
	kupfctl_status_t status;
	uint16_t *bucket;
	size_t size;

	size = kupfctl_line_size(line);
	bucket = find_name(batch, line->session);
	/* two sections of one name in a request would be ambiguous */
	if (*bucket || batch->count == KUPFCTL_BATCH_SESSIONS ||
		(batch->count && batch->size + size > KUPFCTL_BATCH_OCTETS))
	{
		status = kupfctl_batch_flush(batch);
		if (status != KUPFCTL_DONE)
		{
			return status;
		}
		bucket = find_name(batch, line->session);
	}
	if (!batch->request)
	{
		batch->request = kupf_client_begin(batch->client,
										   kinds[batch->kind].command);
	}
	kupfctl_line_add(batch->kind, line, batch->request);
	strcpy(batch->names[batch->count], line->session);
	*bucket = ++batch->count;
	batch->size += size;
	return KUPFCTL_DONE;
}

/**
 * Add a number of a reply to a total.
 *
 * @return			FALSE if there is none
 */
static bool add_number(const kupf_client_reply_t *reply, const char *name,
					   unsigned long *total)
{
	uint64_t number;

	if (!wire_number(kupf_client_reply_get(reply, name), INT32_MAX, &number))
	{
		return false;
	}
	*total += number;
	return true;
}

/**
 * Handle the answer to a request with count sessions.
 */
static kupfctl_status_t handle_answer(kupfctl_batch_t *batch,
									  const kupf_client_reply_t *reply,
									  unsigned int count)
{
	kupfctl_totals_t *totals = &batch->totals;
	kupfctl_status_t status = KUPFCTL_DONE;
	bool done, failed;

	done = add_number(reply, kinds[batch->kind].done, &totals->done);
	failed = add_number(reply, "failed", &totals->failed);
	if (!done && !failed)
	{
		/* refused as a whole */
		totals->failed += count;
		status = KUPFCTL_REFUSED;
		if (kupfctl_status(batch->client, reply) == KUPFCTL_DONE)
		{
			kupfctl_error("the reply does not say what became of sessions");
		}
	}
	if (batch->json)
	{
		kupfctl_print_json(stdout, wire_text(""), &reply->message);
		return status;
	}
	if (kupf_client_reply_get(reply, "truncated").len)
	{
		kupfctl_error("more sessions were refused than the reply has room for");
	}
	kupfctl_refusals_add(&batch->refusals, reply);
	return status;
}

/*
 * Described in header
 */
kupfctl_status_t kupfctl_batch_flush(kupfctl_batch_t *batch)
{
	unsigned int count = batch->count;
	kupf_client_reply_t reply;

	if (!batch->request)
	{
		return KUPFCTL_DONE;
	}
	batch->request = NULL;
	batch->count = 0;
	batch->size = 0;
	memset(batch->buckets, 0, sizeof(batch->buckets));
	kupf_client_call(batch->client, &reply);
	if (kupfctl_is_answer(&reply))
	{
		return handle_answer(batch, &reply, count);
	}
	if (reply.status == KUPF_CLIENT_LOST || reply.status == KUPF_CLIENT_TIMEOUT)
	{
		batch->totals.unanswered = count;
	}
	else
	{
		batch->totals.failed += count;
	}
	return kupfctl_status(batch->client, &reply);
}

/*
 * Described in header
 */
const char *kupfctl_batch_word(const kupfctl_batch_t *batch)
{
	return kinds[batch->kind].done;
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
	kupfctl_refusals_sum(&batch->refusals);
	free(batch);
}
