/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * All methods of the store by many threads at once.
 */

#include "test_kupf_store.h"
#include "test_support.h"

#include <pthread.h>

/** Names and identities that threads quarrel about */
#define SHARED 64

/** Rounds of a thread */
#define ROUNDS 4000

/**
 * What a thread works on.
 */
typedef struct {
	/** store */
	kupf_store_t *store;
	/** number of the thread */
	u_int number;
	/** sessions that it has put, removed and got expired */
	u_int put, removed, expired;
	/** state of the thread's random numbers */
	uint32_t random;
} worker_t;

static uint32_t next_random(worker_t *this)
{
	this->random = this->random * 1664525 + 1013904223;
	return this->random >> 8;
}

/**
 * Any session, of a name and an identity that others use as well.
 */
static kupf_session_t *random_session(worker_t *this, const char *name)
{
	char any[16], id[16];
	uint32_t end = 0;

	if (!name)
	{
		snprintf(any, sizeof(any), "s%u", next_random(this) % SHARED);
		name = any;
	}
	snprintf(id, sizeof(id), "i%u", next_random(this) % SHARED);
	if (next_random(this) % 2)
	{
		end = time_monotonic(NULL) + next_random(this) % 3;
		end = max(end, 1);
	}
	return test_session(name, ID_KEY_ID, id, end);
}

static void do_put(worker_t *this)
{
	kupf_session_t *session = random_session(this, NULL);

	if (this->store->put(this->store, session) == KUPF_STORE_OK)
	{
		this->put++;
	}
	kupf_session_unref(session);
}

static void do_replace(worker_t *this, const char *name)
{
	kupf_session_t *old, *new;

	old = this->store->get(this->store, name);
	if (old)
	{
		new = random_session(this, name);
		this->store->replace(this->store, old, new);
		kupf_session_unref(old);
		kupf_session_unref(new);
	}
}

static void do_find(worker_t *this)
{
	kupf_session_t *session;
	id_type_t type;
	chunk_t id, key;
	char text[16];

	snprintf(text, sizeof(text), "i%u", next_random(this) % SHARED);
	session = this->store->find(this->store, ID_KEY_ID, chunk_from_str(text));
	if (session)
	{
		id = kupf_session_get_id(session, &type);
		ck_assert(type == ID_KEY_ID && chunk_equals(id, chunk_from_str(text)));
		key = kupf_session_get_key(session);
		ck_assert(key.len == 32 && key.ptr[31] == 'K');
		kupf_session_unref(session);
	}
}

static void do_enumerate(worker_t *this)
{
	enumerator_t *enumerator;
	kupf_session_t *session;

	enumerator = this->store->create_enumerator(this->store);
	while (enumerator->enumerate(enumerator, &session))
	{
		ck_assert(kupf_session_get_name(session)[0] == 's');
	}
	enumerator->destroy(enumerator);
}

static void do_expire(worker_t *this)
{
	kupf_session_t *expired[5];
	u_int count;

	count = this->store->expire(this->store, time_monotonic(NULL), expired,
								countof(expired));
	this->expired += count;
	while (count)
	{
		kupf_session_unref(expired[--count]);
	}
}

static void *work(void *data)
{
	worker_t *this = data;
	char name[16];
	u_int i;

	for (i = 0; i < ROUNDS; i++)
	{
		snprintf(name, sizeof(name), "s%u", next_random(this) % SHARED);
		switch (next_random(this) % 8)
		{
			case 0:
			case 1:
			case 2:
				do_put(this);
				break;
			case 3:
				do_replace(this, name);
				break;
			case 4:
				this->removed += remove_name(this->store, name);
				break;
			case 5:
				do_expire(this);
				break;
			case 6:
				is_known(this->store, name, ID_KEY_ID, chunk_from_str(name));
				break;
			default:
				do_find(this);
				break;
		}
		if (i % 64 == this->number)
		{
			do_enumerate(this);
		}
	}
	return NULL;
}

START_TEST(test_threads)
{
	kupf_store_t *store = create(_i, SHARED / 2);
	kupf_session_t *session, *found;
	enumerator_t *enumerator;
	worker_t workers[6] = {};
	pthread_t threads[countof(workers)];
	u_int i, left = 0, count = 0;
	id_type_t type;
	chunk_t id;

	for (i = 0; i < countof(workers); i++)
	{
		workers[i].store = store;
		workers[i].number = i;
		workers[i].random = i;
		ck_assert_int_eq(pthread_create(&threads[i], NULL, work, &workers[i]),
						 0);
	}
	for (i = 0; i < countof(workers); i++)
	{
		pthread_join(threads[i], NULL);
		left += workers[i].put - workers[i].removed - workers[i].expired;
	}
	/* both indexes agree, and with what the threads have done */
	enumerator = store->create_enumerator(store);
	while (enumerator->enumerate(enumerator, &session))
	{
		found = store->get(store, kupf_session_get_name(session));
		ck_assert_ptr_eq(found, session);
		kupf_session_unref(found);
		id = kupf_session_get_id(session, &type);
		found = store->find(store, type, id);
		ck_assert_ptr_eq(found, session);
		kupf_session_unref(found);
		count++;
	}
	enumerator->destroy(enumerator);
	ck_assert_uint_eq(count, store->get_count(store));
	ck_assert_uint_eq(count, left);
	store->destroy(store);
}
END_TEST

/**
 * Move two sessions to each other's identity for ever: a lock order that is
 * not kept stops both.
 */
static void *swap(void *data)
{
	worker_t *this = data;
	char name[16];
	u_int i;

	snprintf(name, sizeof(name), "s%u", this->number);
	for (i = 0; i < ROUNDS; i++)
	{
		do_replace(this, name);
	}
	return NULL;
}

START_TEST(test_swap)
{
	kupf_store_t *store = create(_i, 0);
	worker_t workers[4] = {};
	pthread_t threads[countof(workers)];
	char name[16];
	u_int i;

	for (i = 0; i < countof(workers); i++)
	{
		snprintf(name, sizeof(name), "s%u", i);
		put(store, name, ID_FQDN, name);
		workers[i].store = store;
		workers[i].number = i;
		workers[i].random = i;
	}
	for (i = 0; i < countof(workers); i++)
	{
		ck_assert_int_eq(pthread_create(&threads[i], NULL, swap, &workers[i]),
						 0);
	}
	for (i = 0; i < countof(workers); i++)
	{
		pthread_join(threads[i], NULL);
	}
	ck_assert_uint_eq(store->get_count(store), countof(workers));
	store->destroy(store);
}
END_TEST

void kupf_store_threads_cases(Suite *suite)
{
	TCase *tc = test_case(suite, "threads", 120, NULL, NULL);

	tcase_add_loop_test(tc, test_threads, 0, countof(hashes));
	tcase_add_loop_test(tc, test_swap, 0, countof(hashes));
}
