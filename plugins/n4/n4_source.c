/* SPDX-License-Identifier: MIT */

#include "n4_source.h"
#include "n4_clock.h"

#include <stdlib.h>
#include <sys/random.h>

/** Room for a cause of kupf's, as text */
#define WORD_SIZE 64

/**
 * Whether a key may be one.
 */
static bool is_valid(const kupf_n4_key_t *key)
{
	if (key->derives)
	{
		return (!key->rand_len || (key->rand_len >= N4_RAND_MIN &&
								   key->rand_len <= N4_RAND_MAX)) &&
			   key->id_len <= N4_ID_MAX;
	}
	return !key->rand_len && key->id_len > 0 && key->id_len <= N4_ID_MAX;
}

/**
 * Write a key into contents.  Without RAND there is a new one.
 */
static bool fill(n4_content_t *content, const kupf_n4_key_t *key)
{
	n4_content_t with = {
		.has_key = true,
		.derives = key->derives,
		.rand_len = key->rand_len,
		.id_len = key->id_len,
		.lifetime = key->lifetime,
		.since = n4_now(),
	};
	bool good = true;

	memcpy(with.key, key->key, sizeof(with.key));
	memcpy(with.rand, key->rand, key->rand_len);
	memcpy(with.id, key->id, key->id_len);
	if (key->derives && !key->rand_len)
	{
		with.rand_len = N4_RAND_MIN;
		good = getrandom(with.rand, N4_RAND_MIN, 0) == N4_RAND_MIN;
	}
	if (good)
	{
		n4_content_renew(content, &with);
		content->untold = true;
	}
	explicit_bzero(&with, sizeof(with));
	return good;
}

/**
 * Give a session a key.
 */
static bool provide(kupf_n4_t *self, n4_session_t *session,
					const kupf_n4_key_t *key)
{
	n4_answer_t answer = {};
	n4_content_t *content;

	content = n4_pages_take(n4_sessions_pages(self->sessions));
	if (!content)
	{
		return false;
	}
	*content = *session->content;
	if (!fill(content, key))
	{
		n4_pages_give(n4_sessions_pages(self->sessions), content);
		return false;
	}
	self->counters.keys_provided++;
	answer.cause = n4_feed_change(&self->feed, session, content, NULL);
	if (answer.cause)
	{
		n4_source_told(self, session, &answer);
	}
	return true;
}

/*
 * Described in header
 */
void n4_source_ask(kupf_n4_t *self, n4_session_t *session)
{
	const n4_content_t *content = session->content;
	const char *addresses[N4_UE_ADDRESSES + 1] = {};
	kupf_n4_need_t need = {
		.session = session->name,
		.smf = self->smfs[session->smf].name,
		.supi = content->supi,
		.dnn = content->dnn,
		.snssai = content->snssai,
		.ue_addresses = addresses,
	};
	kupf_n4_key_t key = {};
	int i;

	if (!self->config.find_key || !content->supi[0])
	{
		return;
	}
	for (i = 0; i < N4_UE_ADDRESSES && content->ue_addresses[i][0]; i++)
	{
		addresses[i] = content->ue_addresses[i];
	}
	self->counters.keys_asked++;
	if (self->config.find_key(self->config.user, &need, &key) &&
		is_valid(&key))
	{
		provide(self, session, &key);
	}
	explicit_bzero(&key, sizeof(key));
}

/*
 * Described in header
 */
void n4_source_told(void *user, const n4_session_t *session,
					const n4_answer_t *answer)
{
	kupf_n4_t *self = user;
	n4_content_t *content = session->content;
	char word[WORD_SIZE] = "", address[N4_ADDRESS_TEXT] = "";
	kupf_n4_told_t told = {
		.session = session->name,
		.smf = self->smfs[session->smf].name,
		.supi = content->supi,
		.dnn = content->dnn,
		.accepted = answer->cause == N4_KEY_ACCEPTED,
		.pending = answer->cause == N4_KEY_PENDING,
		.cause = word,
		.upf_address = address,
		.rand = content->rand,
		.rand_len = content->rand_len,
		.expires = answer->expires,
	};

	if (answer->word.len < sizeof(word) && answer->word.len)
	{
		memcpy(word, answer->word.ptr, answer->word.len);
	}
	if (answer->upf_address.len && answer->upf_address.len < sizeof(address))
	{
		memcpy(address, answer->upf_address.ptr, answer->upf_address.len);
	}
	told.id_len = n4_vendor_read_id(answer->ue_id, told.id);
	if (told.accepted)
	{
		content->untold = false;
		self->counters.keys_accepted++;
	}
	else if (told.pending)
	{
		self->counters.keys_pending++;
	}
	else
	{
		self->counters.keys_refused++;
	}
	if (self->config.tell)
	{
		self->config.tell(self->config.user, &told);
	}
}

/**
 * Find a session by its name at kupf, "n4-SEID-SMF".
 */
static n4_session_t *find(kupf_n4_t *self, const char *name)
{
	n4_session_t *session;
	unsigned int i;
	char *end;
	uint64_t seid;

	if (strlen(name) < 4 + 16 || strncmp(name, "n4-", 3))
	{
		return NULL;
	}
	seid = strtoull(name + 3, &end, 16);
	for (i = 0; *end == '-' && i < self->smf_count; i++)
	{
		session = n4_sessions_find(self->sessions, i, seid);
		if (session && !strcmp(session->name, name))
		{
			return session;
		}
	}
	return NULL;
}

/*
 * Described in header
 */
bool n4_source_provide(kupf_n4_t *self, const char *name,
					   const kupf_n4_key_t *key)
{
	n4_session_t *session = find(self, name);

	return session && is_valid(key) && provide(self, session, key);
}

/*
 * Described in header
 */
void n4_source_ask_again(kupf_n4_t *self)
{
	n4_session_t *session;
	unsigned int i;

	for (i = 0; i < self->smf_count; i++)
	{
		for (session = n4_sessions_first(self->sessions, i); session;
			 session = session->smf_after)
		{
			if (!session->content->has_key && !session->refs)
			{
				n4_source_ask(self, session);
			}
		}
	}
}
