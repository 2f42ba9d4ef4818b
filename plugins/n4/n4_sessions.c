/* SPDX-License-Identifier: MIT */

#include "n4_sessions.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/** Buckets at first; always a power of two */
#define BUCKETS 64

/**
 * Private data.
 */
struct n4_sessions_t {
	/** most sessions, and most of an SMF */
	size_t max, smf_max;
	/** sessions */
	size_t count;
	/** buckets, and how many */
	n4_session_t **buckets;
	size_t size;
	/** first and last one in the order in which they were added */
	n4_session_t *first, *last;
	/** first one of each SMF, and how many it has */
	n4_session_t *smf_first[KUPF_N4_SMFS];
	size_t smf_count[KUPF_N4_SMFS];
	/** next one of the walk */
	n4_session_t *next;
	/** place of contents */
	n4_pages_t *pages;
};

/**
 * Get the bucket of a session.
 */
static n4_session_t **bucket(n4_session_t **buckets, size_t size,
							 unsigned int smf, uint64_t seid)
{
	uint64_t hash = (seid + smf * 0x632be59bd9b4e019) * 0x9e3779b97f4a7c15;

	return &buckets[(hash ^ hash >> 32) & (size - 1)];
}

/*
 * Described in header
 */
n4_sessions_t *n4_sessions_create(size_t max, size_t smf_max)
{
	n4_sessions_t *self = calloc(1, sizeof(*self));

	if (self)
	{
		self->max = max;
		self->smf_max = smf_max;
		self->size = BUCKETS;
		self->buckets = calloc(self->size, sizeof(*self->buckets));
		self->pages = n4_pages_create();
	}
	if (self && (!self->buckets || !self->pages))
	{
		n4_sessions_destroy(self);
		return NULL;
	}
	return self;
}

/*
 * Described in header
 */
void n4_sessions_destroy(n4_sessions_t *self)
{
	if (self)
	{
		while (self->first)
		{
			n4_sessions_remove(self, self->first);
		}
		n4_pages_destroy(self->pages);
		free(self->buckets);
		free(self);
	}
}

/*
 * Described in header
 */
n4_pages_t *n4_sessions_pages(n4_sessions_t *self)
{
	return self->pages;
}

/*
 * Described in header
 */
size_t n4_sessions_count(const n4_sessions_t *self)
{
	return self->count;
}

/*
 * Described in header
 */
bool n4_sessions_have_room(const n4_sessions_t *self, unsigned int smf,
						   size_t opening)
{
	return self->count + opening < self->max &&
		   self->smf_count[smf] + opening < self->smf_max;
}

/*
 * Described in header
 */
n4_session_t *n4_sessions_find(n4_sessions_t *self, unsigned int smf,
							   uint64_t seid)
{
	n4_session_t *session = *bucket(self->buckets, self->size, smf, seid);

	while (session && (session->smf != smf || session->seid != seid))
	{
		session = session->chained;
	}
	return session;
}

/**
 * Have twice as many buckets, unless there is no memory.
 */
static void grow(n4_sessions_t *self)
{
	n4_session_t **buckets, **to, *session;
	size_t size = 2 * self->size;

	buckets = calloc(size, sizeof(*buckets));
	if (buckets)
	{
		for (session = self->first; session; session = session->after)
		{
			to = bucket(buckets, size, session->smf, session->seid);
			session->chained = *to;
			*to = session;
		}
		free(self->buckets);
		self->buckets = buckets;
		self->size = size;
	}
}

/*
 * Described in header
 */
n4_session_t *n4_sessions_add(n4_sessions_t *self, unsigned int smf,
							  const char *name, uint64_t seid,
							  n4_content_t *content)
{
	n4_session_t *session, **to;

	session = n4_sessions_have_room(self, smf, 0) ?
			  calloc(1, sizeof(*session)) : NULL;
	if (!session)
	{
		return NULL;
	}
	session->smf = smf;
	session->seid = seid;
	session->content = content;
	snprintf(session->name, sizeof(session->name), "n4-%016" PRIx64 "-%s",
			 seid, name);
	if (self->count >= self->size)
	{
		grow(self);
	}
	to = bucket(self->buckets, self->size, smf, seid);
	session->chained = *to;
	*to = session;
	session->before = self->last;
	*(self->last ? &self->last->after : &self->first) = session;
	self->last = session;
	self->count++;
	session->smf_after = self->smf_first[smf];
	if (session->smf_after)
	{
		session->smf_after->smf_before = session;
	}
	self->smf_first[smf] = session;
	self->smf_count[smf]++;
	return session;
}

/**
 * Free a session that nobody has any more.
 */
static void destroy(n4_sessions_t *self, n4_session_t *session)
{
	n4_pages_give(self->pages, session->content);
	free(session);
}

/*
 * Described in header
 */
void n4_sessions_remove(n4_sessions_t *self, n4_session_t *session)
{
	n4_session_t **at;

	at = bucket(self->buckets, self->size, session->smf, session->seid);
	while (*at != session)
	{
		at = &(*at)->chained;
	}
	*at = session->chained;
	*(session->before ? &session->before->after : &self->first) =
															session->after;
	*(session->after ? &session->after->before : &self->last) =
															session->before;
	if (self->next == session)
	{
		self->next = session->after;
	}
	self->count--;
	*(session->smf_before ? &session->smf_before->smf_after :
							&self->smf_first[session->smf]) =
														session->smf_after;
	if (session->smf_after)
	{
		session->smf_after->smf_before = session->smf_before;
	}
	self->smf_count[session->smf]--;
	session->gone = true;
	if (!session->refs)
	{
		destroy(self, session);
	}
}

/*
 * Described in header
 */
n4_session_t *n4_sessions_get(n4_session_t *session)
{
	session->refs++;
	return session;
}

/*
 * Described in header
 */
void n4_sessions_put(n4_sessions_t *self, n4_session_t *session)
{
	if (--session->refs == 0 && session->gone)
	{
		destroy(self, session);
	}
}

/*
 * Described in header
 */
n4_session_t *n4_sessions_first(const n4_sessions_t *self, unsigned int smf)
{
	return self->smf_first[smf];
}

/*
 * Described in header
 */
void n4_sessions_rewind(n4_sessions_t *self)
{
	self->next = self->first;
}

/*
 * Described in header
 */
n4_session_t *n4_sessions_next(n4_sessions_t *self)
{
	n4_session_t *session = self->next;

	if (session)
	{
		self->next = session->after;
	}
	return session;
}
