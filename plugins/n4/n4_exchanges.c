/* SPDX-License-Identifier: MIT */

#include "n4_exchanges.h"

#include <stdlib.h>

/** Buckets, a power of two */
#define BUCKETS 4096

/**
 * Private data.
 */
struct n4_exchanges_t {
	/** buckets */
	n4_exchange_t *buckets[BUCKETS];
	/** oldest and newest one */
	n4_exchange_t *first, *last;
	/** the one that has waited longest, and shortest */
	n4_exchange_t *waits_first, *waits_last;
	/** exchanges */
	size_t count;
	/** where contents are from */
	n4_pages_t *pages;
	/** called with each that is forgotten */
	n4_exchange_end_t end;
	/** for end */
	void *user;
};

/**
 * Get the bucket of an exchange.
 */
static n4_exchange_t **bucket(n4_exchanges_t *self, unsigned int smf,
							  bool from_upf, uint32_t sequence)
{
	uint32_t hash = (2 * (sequence + smf * 0x9e3779b9) + from_upf) * 0x85ebca6b;

	return &self->buckets[hash >> 16 & (BUCKETS - 1)];
}

/*
 * Described in header
 */
n4_exchanges_t *n4_exchanges_create(n4_pages_t *pages, n4_exchange_end_t end,
									void *user)
{
	n4_exchanges_t *self = calloc(1, sizeof(*self));

	if (self)
	{
		self->pages = pages;
		self->end = end;
		self->user = user;
	}
	return self;
}

/*
 * Described in header
 */
void n4_exchanges_destroy(n4_exchanges_t *self)
{
	while (self && self->first)
	{
		n4_exchanges_forget(self, self->first);
	}
	free(self);
}

/*
 * Described in header
 */
n4_exchange_t *n4_exchanges_find(n4_exchanges_t *self, unsigned int smf,
								 bool from_upf, uint32_t sequence)
{
	n4_exchange_t *exchange = *bucket(self, smf, from_upf, sequence);

	while (exchange &&
		   (exchange->smf != smf || exchange->from_upf != from_upf ||
			exchange->sequence != sequence))
	{
		exchange = exchange->chained;
	}
	return exchange;
}

/**
 * Add an exchange that is not there.
 */
static n4_exchange_t *add(n4_exchanges_t *self, unsigned int smf,
						  bool from_upf, const n4_message_t *request)
{
	n4_exchange_t *exchange = calloc(1, sizeof(*exchange)), **to;

	if (exchange)
	{
		exchange->smf = smf;
		exchange->from_upf = from_upf;
		exchange->sequence = request->sequence;
		exchange->type = request->type;
		exchange->seid = request->seid;
		to = bucket(self, smf, from_upf, request->sequence);
		exchange->chained = *to;
		*to = exchange;
		exchange->before = self->last;
		*(self->last ? &self->last->after : &self->first) = exchange;
		self->last = exchange;
		self->count++;
	}
	return exchange;
}

/*
 * Described in header
 */
n4_exchange_t *n4_exchanges_have(n4_exchanges_t *self, unsigned int smf,
								 bool from_upf, const n4_message_t *request,
								 uint64_t now)
{
	n4_exchange_t *exchange;

	n4_exchanges_age(self, now);
	exchange = n4_exchanges_find(self, smf, from_upf, request->sequence);
	if (exchange && (exchange->type != request->type ||
					 exchange->seid != request->seid))
	{
		n4_exchanges_forget(self, exchange);
		exchange = NULL;
	}
	if (!exchange)
	{
		if (self->count >= N4_EXCHANGES_MAX)
		{
			n4_exchanges_forget(self, self->first);
		}
		exchange = add(self, smf, from_upf, request);
		if (exchange)
		{
			exchange->end = now + N4_EXCHANGE_LIFE;
		}
	}
	return exchange;
}

/*
 * Described in header
 */
void n4_exchanges_drop_content(n4_exchanges_t *self, n4_exchange_t *exchange)
{
	n4_content_free(self->pages, exchange->content);
	exchange->content = NULL;
}

/*
 * Described in header
 */
void n4_exchanges_forget(n4_exchanges_t *self, n4_exchange_t *exchange)
{
	n4_exchange_t **at;

	self->end(self->user, exchange);
	n4_exchanges_answered(self, exchange);
	at = bucket(self, exchange->smf, exchange->from_upf, exchange->sequence);
	while (*at != exchange)
	{
		at = &(*at)->chained;
	}
	*at = exchange->chained;
	*(exchange->before ? &exchange->before->after : &self->first) =
															exchange->after;
	*(exchange->after ? &exchange->after->before : &self->last) =
															exchange->before;
	self->count--;
	n4_exchanges_drop_content(self, exchange);
	free(exchange->response);
	free(exchange);
}

/*
 * Described in header
 */
void n4_exchanges_forget_smf(n4_exchanges_t *self, unsigned int smf,
							 const n4_exchange_t *but)
{
	n4_exchange_t *exchange, *after;

	for (exchange = self->first; exchange; exchange = after)
	{
		after = exchange->after;
		if (exchange->smf == smf && exchange != but)
		{
			n4_exchanges_forget(self, exchange);
		}
	}
}

/*
 * Described in header
 */
void n4_exchanges_wait(n4_exchanges_t *self, n4_exchange_t *exchange,
					   uint64_t deadline)
{
	exchange->stage = N4_STAGE_WAITING;
	exchange->deadline = deadline;
	exchange->waits_before = self->waits_last;
	*(self->waits_last ? &self->waits_last->waits_after :
						 &self->waits_first) = exchange;
	self->waits_last = exchange;
}

/*
 * Described in header
 */
void n4_exchanges_answered(n4_exchanges_t *self, n4_exchange_t *exchange)
{
	n4_exchange_t *before = exchange->waits_before;
	n4_exchange_t *after = exchange->waits_after;

	if (exchange->stage == N4_STAGE_WAITING)
	{
		*(before ? &before->waits_after : &self->waits_first) = after;
		*(after ? &after->waits_before : &self->waits_last) = before;
		exchange->waits_before = exchange->waits_after = NULL;
	}
	exchange->stage = N4_STAGE_ANSWERED;
}

/*
 * Described in header
 */
n4_exchange_t *n4_exchanges_overdue(n4_exchanges_t *self, uint64_t now)
{
	n4_exchange_t *first = self->waits_first;

	return first && first->deadline <= now ? first : NULL;
}

/*
 * Described in header
 */
void n4_exchanges_age(n4_exchanges_t *self, uint64_t now)
{
	while (self->first && self->first->end <= now)
	{
		n4_exchanges_forget(self, self->first);
	}
}

/*
 * Described in header
 */
uint64_t n4_exchanges_next(const n4_exchanges_t *self)
{
	uint64_t next = self->first ? self->first->end : UINT64_MAX;

	return self->waits_first && self->waits_first->deadline < next ?
		   self->waits_first->deadline : next;
}
