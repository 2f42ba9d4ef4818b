/* SPDX-License-Identifier: MIT */

#include "n4_outcome.h"
#include "n4_source.h"

/** Values of IE Cause that accept a request, clause 8.2.1: below this one */
#define CAUSE_REJECTED 64

/** Value of IE Cause: the UPF has no such session */
#define CAUSE_NO_SESSION 65

/** Octets of IE F-SEID before the addresses, clause 8.2.37 */
#define F_SEID_MIN 9

/*
 * Described in header
 */
bool n4_outcome_drop(kupf_n4_t *self, n4_session_t *session,
					 n4_exchange_t *exchange)
{
	/* one without a key may be about to get it */
	bool known = session->content->has_key || session->refs;

	if (known)
	{
		n4_feed_delete(&self->feed, session, exchange);
	}
	n4_sessions_remove(self->sessions, session);
	return exchange && exchange->op;
}

/**
 * Add a session of which nothing is known but perhaps what its UE has.
 */
static n4_session_t *add_session(kupf_n4_t *self, const n4_exchange_t *exchange,
								 uint64_t seid)
{
	n4_pages_t *pages = n4_sessions_pages(self->sessions);
	n4_content_t *content = n4_pages_take(pages);
	n4_session_t *session = NULL;

	if (content)
	{
		memcpy(content->ue_addresses, exchange->content->ue_addresses,
			   sizeof(content->ue_addresses));
		strcpy(content->supi, exchange->content->supi);
		strcpy(content->dnn, exchange->content->dnn);
		strcpy(content->snssai, exchange->content->snssai);
		session = n4_sessions_add(self->sessions, exchange->smf,
								  self->smfs[exchange->smf].name, seid,
								  content);
	}
	if (!session)
	{
		n4_pages_give(pages, content);
	}
	return session;
}

/**
 * The UPF has given a SEID to an SMF: no other one has it any more.  The UPF may
 * have ended that session in a way that has escaped us.
 */
static void end_others(kupf_n4_t *self, unsigned int smf, uint64_t seid)
{
	n4_session_t *session;
	unsigned int i;

	for (i = 0; i < self->smf_count; i++)
	{
		session = n4_sessions_find(self->sessions, i, seid);
		if (session && i != smf)
		{
			n4_outcome_drop(self, session, NULL);
			self->counters.purged++;
			n4_engine_log(self, "%s: SEID %llx is that of a session of %s now, "
						  "its own ends", self->smfs[i].name,
						  (unsigned long long)seid, self->smfs[smf].name);
		}
	}
}

/**
 * The UPF has accepted an establishment or a modification.
 *
 * @return			what to say of the key at once; 0 if there is none, or it
 *					waits for kupf
 */
static n4_cause_t accepted(kupf_n4_t *self, n4_exchange_t *exchange, uint64_t seid)
{
	n4_session_t *session;
	n4_content_t *content;

	if (exchange->type == N4_ESTABLISHMENT)
	{
		end_others(self, exchange->smf, seid);
	}
	session = n4_sessions_find(self->sessions, exchange->smf, seid);
	if (!session && exchange->type == N4_MODIFICATION)
	{	/* it has ended before this came */
		return 0;
	}
	if (session && exchange->type == N4_ESTABLISHMENT &&
		!n4_content_has_key_of(session->content, exchange->content))
	{	/* the end of the one before has escaped us */
		n4_outcome_drop(self, session, NULL);
		session = NULL;
	}
	if (!session)
	{
		session = add_session(self, exchange, seid);
	}
	if (!session)
	{
		return N4_KEY_NO_ROOM;
	}
	if (!exchange->content->has_key)
	{
		if (exchange->type == N4_ESTABLISHMENT && !exchange->fault)
		{
			n4_source_ask(self, session);
		}
		return 0;
	}
	content = n4_pages_take(n4_sessions_pages(self->sessions));
	if (!content)
	{
		return N4_KEY_NO_ROOM;
	}
	*content = *session->content;
	n4_content_renew(content, exchange->content);
	return n4_feed_change(&self->feed, session, content, exchange);
}

/*
 * Described in header
 */
void n4_outcome_see(kupf_n4_t *self, n4_exchange_t *exchange,
					const n4_message_t *response, n4_cause_t *cause)
{
	n4_session_t *session;
	wire_octets_t value;
	uint8_t said = 0;

	if (n4_ie_find(response->ies, N4_IE_CAUSE, 1, &value))
	{
		said = value.ptr[0];
	}
	if (exchange->type == N4_DELETION || said == CAUSE_NO_SESSION)
	{
		session = n4_sessions_find(self->sessions, exchange->smf,
								   exchange->seid);
		if (session && said && (said < CAUSE_REJECTED ||
								said == CAUSE_NO_SESSION))
		{
			n4_outcome_drop(self, session, exchange);
		}
		else if (session)
		{
			session->leaving = false;
		}
		return;
	}
	if (!said || said >= CAUSE_REJECTED || !exchange->content)
	{
		return;
	}
	if (exchange->type == N4_MODIFICATION)
	{
		if (exchange->content->has_key)
		{
			*cause = accepted(self, exchange, exchange->seid) ?: *cause;
		}
	}
	else if (n4_ie_find(response->ies, N4_IE_F_SEID, F_SEID_MIN, &value))
	{
		n4_content_learn(exchange->content, response);
		*cause = accepted(self, exchange, n4_number(value.ptr + 1, 8)) ?:
				 *cause;
	}
}
