/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Memory for keys: which are accepted, wiped when given back, left out of
 * core dumps, and given back to the system.
 */

#include "kupf/keys/kupf_secret.h"
#include "test_runner.h"
#include "test_support.h"

#include <err.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

/** Keys for a few blocks of memory */
#define MANY 50000

/** Lengths of keys, and whether they are accepted */
static struct {
	size_t len;
	bool acceptable;
} lengths[] = {
	{ 0, FALSE }, { 1, FALSE }, { 31, FALSE }, { 32, TRUE }, { 33, TRUE },
	{ 63, TRUE }, { 64, TRUE }, { 65, FALSE }, { 255, FALSE },
};

START_TEST(test_length)
{
	uint8_t bytes[256], *secret;
	chunk_t key = chunk_create(bytes, lengths[_i].len);
	size_t i;

	memset(bytes, 0x4b, sizeof(bytes));
	ck_assert_int_eq(kupf_secret_acceptable(key), lengths[_i].acceptable);
	secret = kupf_secret_create(key);
	ck_assert_int_eq(secret != NULL, lengths[_i].acceptable);
	if (secret)
	{
		ck_assert(memeq(secret, bytes, key.len));
		kupf_secret_destroy(secret, key.len);
	}
	/* all zero, or all but one octet anywhere */
	memset(bytes, 0, sizeof(bytes));
	ck_assert(!kupf_secret_acceptable(key));
	ck_assert_ptr_null(kupf_secret_create(key));
	for (i = 0; i < key.len; i++)
	{
		bytes[i] = 1;
		ck_assert_int_eq(kupf_secret_acceptable(key), lengths[_i].acceptable);
		bytes[i] = 0;
	}
}
END_TEST

START_TEST(test_nothing)
{
	kupf_secret_destroy(NULL, 32);
	kupf_secret_free(NULL, 100);
	ck_assert_ptr_null(kupf_secret_create(chunk_empty));
}
END_TEST

static uint8_t *create(size_t len, uint32_t fill)
{
	uint8_t bytes[KUPF_KEY_MAX], *secret;

	memset(bytes, fill | 1, len);
	memcpy(bytes, &fill, sizeof(fill));
	secret = kupf_secret_create(chunk_create(bytes, len));
	ck_assert_ptr_nonnull(secret);
	return secret;
}

START_TEST(test_wipe)
{
	size_t len = _i ? 64 : 32, i;
	uint8_t *other, *secret, *again;

	/* one stays, so that the memory does */
	other = create(len, 1);
	secret = create(len, 0xffffffff);
	ck_assert_uint_eq((uintptr_t)secret % 32, 0);
	kupf_secret_destroy(secret, len);
	/* what it was is gone, but for the link of the list of free ones */
	for (i = sizeof(void*); i < len; i++)
	{
		ck_assert_msg(secret[i] == 0, "octet %zu is left", i);
	}
	for (i = 0; i < sizeof(void*); i++)
	{
		ck_assert_uint_ne(secret[i], 0xff);
	}
	/* and the next one gets the place, with its own octets only */
	again = create(len, 0x01010101);
	ck_assert_ptr_eq(again, secret);
	for (i = 0; i < len; i++)
	{
		ck_assert_uint_eq(again[i], 1);
	}
	kupf_secret_destroy(again, len);
	kupf_secret_destroy(other, len);
}
END_TEST

START_TEST(test_wipe_short)
{
	/* 33 octets in a place of 64: nothing of a longer one behind its end */
	uint8_t *other, *secret, *again;
	size_t i;

	other = create(64, 1);
	secret = create(64, 0xffffffff);
	kupf_secret_destroy(secret, 64);
	again = create(33, 5);
	ck_assert_ptr_eq(again, secret);
	for (i = 33; i < 64; i++)
	{
		ck_assert_uint_eq(again[i], 0);
	}
	kupf_secret_destroy(again, 33);
	kupf_secret_destroy(other, 64);
}
END_TEST

static size_t sizes[] = { 32, 33, 64 };

START_TEST(test_many)
{
	static uint8_t *secrets[MANY];
	size_t len = sizes[_i], before, vm;
	uint32_t i, j, fill;

	before = test_memory("VmRSS");
	vm = test_memory("VmSize");
	for (i = 0; i < MANY; i++)
	{
		secrets[i] = create(len, i + 1);
		ck_assert_uint_eq((uintptr_t)secrets[i] % 32, 0);
	}
	/* a key costs its octets, and little more */
	ck_assert(!test_memory_grew("VmRSS", before,
								MANY * (_i ? 64 : 32) / 1024 * 11 / 10 + 1024));
	/* none overlaps another one; given back in another order */
	for (i = 0; i < MANY; i++)
	{
		j = i * 7919 % MANY;
		memcpy(&fill, secrets[j], sizeof(fill));
		ck_assert_uint_eq(fill, j + 1);
		ck_assert_uint_eq(secrets[j][len - 1], ((j + 1) & 0xff) | 1);
		kupf_secret_destroy(secrets[j], len);
	}
	/* all but a block is given back to the system */
	ck_assert(!test_memory_grew("VmSize", vm, 1024));
	/* half of them come again, and go again */
	for (i = 0; i < MANY / 2; i++)
	{
		secrets[i] = create(len, i + 1);
	}
	for (i = 0; i < MANY / 2; i++)
	{
		memcpy(&fill, secrets[i], sizeof(fill));
		ck_assert_uint_eq(fill, i + 1);
		kupf_secret_destroy(secrets[i], len);
	}
	ck_assert(!test_memory_grew("VmSize", vm, 1024));
}
END_TEST

START_TEST(test_churn)
{
	static uint8_t *secrets[1000];
	uint32_t i, pos, fill, random = 1;

	for (i = 0; i < 200000; i++)
	{
		random = random * 1664525 + 1013904223;
		pos = (random >> 8) % countof(secrets);
		if (secrets[pos])
		{
			memcpy(&fill, secrets[pos], sizeof(fill));
			ck_assert_uint_eq(fill, pos + 1);
			kupf_secret_destroy(secrets[pos], pos % 2 ? 32 : 48);
			secrets[pos] = NULL;
		}
		else
		{
			secrets[pos] = create(pos % 2 ? 32 : 48, pos + 1);
		}
	}
	for (pos = 0; pos < countof(secrets); pos++)
	{
		kupf_secret_destroy(secrets[pos], pos % 2 ? 32 : 48);
	}
}
END_TEST

/**
 * Whether the pages at an address have a flag in /proc/self/smaps.
 */
static bool has_flag(const void *address, const char *flag)
{
	uintptr_t from, to, pos = (uintptr_t)address;
	char line[512];
	bool here = FALSE, found = FALSE;
	FILE *file;

	file = fopen("/proc/self/smaps", "r");
	ck_assert_ptr_nonnull(file);
	while (fgets(line, sizeof(line), file))
	{
		if (strpfx(line, "VmFlags:"))
		{
			found = found || (here && strstr(line, flag));
		}
		else if (sscanf(line, "%lx-%lx ", &from, &to) == 2)
		{
			here = pos >= from && pos < to;
		}
	}
	fclose(file);
	return found;
}

START_TEST(test_dump)
{
	uint8_t *secret, *longer, *buffer, *ordinary;

	secret = create(32, 1);
	longer = create(64, 1);
	buffer = kupf_secret_alloc(100000);
	ordinary = malloc(100);
	ck_assert(has_flag(secret, " dd"));
	ck_assert(has_flag(longer, " dd"));
	ck_assert(has_flag(buffer, " dd"));
	ck_assert(has_flag(buffer + 99999, " dd"));
	ck_assert(!has_flag(ordinary, " dd"));
	free(ordinary);
	kupf_secret_free(buffer, 100000);
	kupf_secret_destroy(longer, 64);
	kupf_secret_destroy(secret, 32);
}
END_TEST

/**
 * Whether this process may lock so many octets; a sanitizer only says so.
 */
static bool may_lock(size_t size)
{
	void *pages;
	bool may;

	pages = mmap(NULL, size, PROT_READ | PROT_WRITE,
				 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ck_assert_ptr_ne(pages, MAP_FAILED);
	may = mlock(pages, size) == 0 && has_flag(pages, " lo");
	munmap(pages, size);
	return may;
}

START_TEST(test_lock)
{
	uint8_t *secret, *longer, *ordinary;

	if (!may_lock(1024 * 1024))
	{
		warnx("this process may not lock memory: not tested");
		return;
	}
	secret = create(32, 1);
	longer = create(64, 1);
	ordinary = malloc(100);
	ck_assert(has_flag(secret, " lo"));
	ck_assert(has_flag(longer, " lo"));
	ck_assert(!has_flag(ordinary, " lo"));
	free(ordinary);
	kupf_secret_destroy(longer, 64);
	kupf_secret_destroy(secret, 32);
}
END_TEST

static size_t buffers[] = { 1, 4095, 4096, 4097, 32768, 524292 };

START_TEST(test_buffer)
{
	size_t size = buffers[_i], i;
	uint8_t *buffer;

	buffer = kupf_secret_alloc(size);
	ck_assert_ptr_nonnull(buffer);
	for (i = 0; i < size; i++)
	{
		ck_assert_uint_eq(buffer[i], 0);
	}
	memset(buffer, 0xaa, size);
	kupf_secret_free(buffer, size);
}
END_TEST

static void *work(void *data)
{
	uint8_t *secrets[64] = {};
	uint32_t i, pos, fill, mark = (uintptr_t)data << 16;
	size_t len;

	for (i = 0; i < 20000; i++)
	{
		pos = i * 31 % countof(secrets);
		len = pos % 2 ? 32 : 64;
		if (secrets[pos])
		{
			memcpy(&fill, secrets[pos], sizeof(fill));
			ck_assert_uint_eq(fill, mark + pos);
			kupf_secret_destroy(secrets[pos], len);
		}
		secrets[pos] = create(len, mark + pos);
	}
	for (pos = 0; pos < countof(secrets); pos++)
	{
		kupf_secret_destroy(secrets[pos], pos % 2 ? 32 : 64);
	}
	return NULL;
}

START_TEST(test_threads)
{
	pthread_t threads[4];
	uintptr_t i;

	for (i = 0; i < countof(threads); i++)
	{
		ck_assert_int_eq(pthread_create(&threads[i], NULL, work,
										(void*)(i + 1)), 0);
	}
	for (i = 0; i < countof(threads); i++)
	{
		pthread_join(threads[i], NULL);
	}
}
END_TEST

static Suite *kupf_secret_suite()
{
	Suite *suite = suite_create("kupf_secret");
	TCase *tc = test_case(suite, "secrets", 30, NULL, NULL);

	tcase_add_loop_test(tc, test_length, 0, countof(lengths));
	tcase_add_test(tc, test_nothing);
	tcase_add_loop_test(tc, test_wipe, 0, 2);
	tcase_add_test(tc, test_wipe_short);
	tcase_add_loop_test(tc, test_many, 0, countof(sizes));
	tcase_add_test(tc, test_churn);
	tcase_add_test(tc, test_dump);
	tcase_add_test(tc, test_lock);
	tcase_add_loop_test(tc, test_buffer, 0, countof(buffers));
	tcase_add_test(tc, test_threads);

	return suite;
}

int main(void)
{
	return test_run(kupf_secret_suite());
}
