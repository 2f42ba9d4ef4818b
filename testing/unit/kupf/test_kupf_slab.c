/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Memory for sessions: each object is for its holder alone, it is used again,
 * pages go back to the system, and what is free is poisoned.
 */

#include "kupf/store/kupf_session.h"
#include "kupf/store/kupf_slab.h"
#include "test_runner.h"
#include "test_support.h"

#include <pthread.h>

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/asan_interface.h>
#endif

/** Objects for some blocks */
#define MANY 20000

/** Threads, and objects that each has at a time */
#define THREADS 4
#define HELD 200

/** Rounds of a thread */
#define ROUNDS 20000

/** Sizes: the least, around multiples of 16, and around the largest */
static size_t sizes[] = { 1, 15, 16, 17, 200, 208, 209, KUPF_SLAB_MAX - 1,
						  KUPF_SLAB_MAX, KUPF_SLAB_MAX + 1, 2000 };

static uint8_t *objects[MANY];

/**
 * Allocate objects that are full of their number.
 */
static void fill(size_t size, u_int count)
{
	u_int i;

	for (i = 0; i < count; i++)
	{
		objects[i] = kupf_slab_alloc(size);
		ck_assert_ptr_nonnull(objects[i]);
		ck_assert_uint_eq((uintptr_t)objects[i] % 16, 0);
		memset(objects[i], i, size);
	}
}

/**
 * Whether an object is full of a number.
 */
static bool is_full_of(const uint8_t *object, size_t size, uint8_t number)
{
	size_t i;

	for (i = 0; i < size && object[i] == number; i++)
	{
		/* as far as it is */
	}
	return i == size;
}

START_TEST(test_own)
{
	size_t size = sizes[_i];
	u_int i;

	/* nobody else's octets, also after every other one was given back */
	fill(size, MANY / 10);
	for (i = 0; i < MANY / 10; i += 2)
	{
		ck_assert(is_full_of(objects[i], size, i));
		kupf_slab_free(objects[i], size);
		objects[i] = NULL;
	}
	for (i = 0; i < MANY / 10; i += 2)
	{
		objects[i] = kupf_slab_alloc(size);
		memset(objects[i], i, size);
	}
	for (i = 0; i < MANY / 10; i++)
	{
		ck_assert(is_full_of(objects[i], size, i));
		kupf_slab_free(objects[i], size);
	}
	kupf_slab_free(NULL, size);
}
END_TEST

START_TEST(test_size)
{
	size_t before = kupf_slab_get_size(), full, size = sizes[_i];
	u_int i;

	fill(size, MANY);
	full = kupf_slab_get_size();
	if (size <= KUPF_SLAB_MAX)
	{	/* so many objects, up to 16 octets more for each, and a block */
		ck_assert_uint_ge(full - before + KUPF_SLAB_BLOCK, size * MANY);
		ck_assert_uint_le(full - before,
						  (size + 15) / 16 * 16 * MANY * 101 / 100 +
						  KUPF_SLAB_BLOCK);
	}
	else
	{
		ck_assert_uint_eq(full, before);
	}
	/* what is given back is used again */
	for (i = 0; i < MANY; i += 2)
	{
		kupf_slab_free(objects[i], size);
	}
	for (i = 0; i < MANY; i += 2)
	{
		objects[i] = kupf_slab_alloc(size);
	}
	ck_assert_uint_eq(kupf_slab_get_size(), full);
	/* and goes back to the system, but for a block */
	for (i = 0; i < MANY; i++)
	{
		kupf_slab_free(objects[i], size);
	}
	ck_assert_uint_le(kupf_slab_get_size(), before + KUPF_SLAB_BLOCK);
	/* which is kept: one that comes and goes maps nothing */
	before = kupf_slab_get_size();
	fill(size, 1);
	ck_assert_uint_eq(kupf_slab_get_size(), before);
	kupf_slab_free(objects[0], size);
	ck_assert_uint_eq(kupf_slab_get_size(), before);
}
END_TEST

static void *work(void *number)
{
	uint8_t *held[HELD] = {}, letter = *(u_int*)number;
	size_t size[HELD];
	u_int i, j, random = letter;

	for (i = 0; i < ROUNDS; i++)
	{
		random = random * 1103515245 + 12345;
		j = (random >> 8) % HELD;
		if (held[j])
		{
			ck_assert(is_full_of(held[j], size[j], letter));
			kupf_slab_free(held[j], size[j]);
			held[j] = NULL;
		}
		else
		{
			size[j] = 1 + (random >> 16) % (KUPF_SLAB_MAX + 10);
			held[j] = kupf_slab_alloc(size[j]);
			memset(held[j], letter, size[j]);
		}
	}
	for (j = 0; j < HELD; j++)
	{
		if (held[j])
		{
			ck_assert(is_full_of(held[j], size[j], letter));
			kupf_slab_free(held[j], size[j]);
		}
	}
	return NULL;
}

START_TEST(test_threads)
{
	pthread_t threads[THREADS];
	u_int numbers[THREADS], i;

	for (i = 0; i < THREADS; i++)
	{
		numbers[i] = i + 1;
		ck_assert_int_eq(pthread_create(&threads[i], NULL, work, &numbers[i]),
						 0);
	}
	for (i = 0; i < THREADS; i++)
	{
		pthread_join(threads[i], NULL);
	}
	/* at most an empty block of each size is left */
	ck_assert_uint_le(kupf_slab_get_size(),
					  KUPF_SLAB_MAX / 16 * KUPF_SLAB_BLOCK);
}
END_TEST

START_TEST(test_poisoned)
{
#ifdef __SANITIZE_ADDRESS__
	size_t size = 100;
	uint8_t *object;

	object = kupf_slab_alloc(size);
	ck_assert(!__asan_address_is_poisoned(object));
	ck_assert(!__asan_address_is_poisoned(object + size - 1));
	ck_assert(__asan_address_is_poisoned(object + 112));
	kupf_slab_free(object, size);
	ck_assert(__asan_address_is_poisoned(object));
	ck_assert(__asan_address_is_poisoned(object + size - 1));
	/* in use again */
	ck_assert_ptr_eq(kupf_slab_alloc(size), object);
	ck_assert(!__asan_address_is_poisoned(object));
	kupf_slab_free(object, size);
#endif
}
END_TEST

START_TEST(test_sessions)
{
	static kupf_session_t *sessions[5000];
	size_t before = kupf_slab_get_size(), most;
	char name[KUPF_SESSION_NAME_MAX + 1];
	u_int i;

	/* sessions give back what they took, whatever they hold */
	for (i = 0; i < countof(sessions); i++)
	{
		snprintf(name, sizeof(name), "%0*u", 4 + i % 61, i);
		sessions[i] = test_session(name, ID_KEY_ID, name, i);
	}
	most = kupf_slab_get_size();
	ck_assert_uint_gt(most, before);
	for (i = 0; i < countof(sessions); i++)
	{
		kupf_session_unref(sessions[i]);
	}
	ck_assert_uint_lt(kupf_slab_get_size(), most);
	for (i = 0; i < countof(sessions); i++)
	{
		snprintf(name, sizeof(name), "%0*u", 4 + i % 61, i);
		sessions[i] = test_session(name, ID_KEY_ID, name, i);
	}
	ck_assert_uint_eq(kupf_slab_get_size(), most);
	for (i = 0; i < countof(sessions); i++)
	{
		kupf_session_unref(sessions[i]);
	}
}
END_TEST

static Suite *kupf_slab_suite()
{
	Suite *suite = suite_create("kupf_slab");
	TCase *tc = test_case(suite, "memory", 60, NULL, NULL);

	tcase_add_loop_test(tc, test_own, 0, countof(sizes));
	tcase_add_loop_test(tc, test_size, 0, countof(sizes));
	tcase_add_test(tc, test_threads);
	tcase_add_test(tc, test_poisoned);
	tcase_add_test(tc, test_sessions);

	return suite;
}

int main(void)
{
	return test_run(kupf_slab_suite());
}
