/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * What the pool of UPF addresses remembers over a restart of charon.
 */

#include "kupf/procedures/kupf_pool.h"
#include "test_runner.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

/** Seconds of quarantine */
#define QUARANTINE 60

static kupf_address_t address(const char *text)
{
	kupf_address_t parsed;

	ck_assert(kupf_address_parse(chunk_from_str((char*)text), &parsed));
	return parsed;
}

/**
 * Have a session hold an address.
 */
static kupf_pool_status_t reserve(kupf_pool_t *pool, const char *name,
								  const char *text)
{
	kupf_address_t a = address(text);

	return pool->reserve(pool, name, &a);
}

static void release(kupf_pool_t *pool, const char *text, time_t now)
{
	kupf_address_t a = address(text);

	pool->release(pool, &a, now);
}

/**
 * Allocate an address for a session.
 *
 * @return			its text, "" if there is none
 */
static char *allocate(kupf_pool_t *pool, const char *name, time_t now)
{
	static char text[KUPF_ADDRESS_TEXT];
	kupf_address_t a;

	if (pool->allocate(pool, name, now, &a) != KUPF_POOL_OK)
	{
		return "";
	}
	return kupf_address_print(&a, text);
}

/** When charon was started last */
static time_t started;

static void check(kupf_pool_t *pool, uint64_t all, uint64_t held,
				  uint64_t quarantined)
{
	uint64_t h, q;

	ck_assert_uint_eq(pool->get_count(pool, started, &h, &q), all);
	ck_assert_uint_eq(h, held);
	ck_assert_uint_eq(q, quarantined);
}

/** File of the pool, in a directory of its own */
static char dir[] = "/tmp/test_kupf_pool.XXXXXX", path[PATH_MAX];

static void setup_memory()
{
	strcpy(dir + strlen(dir) - 6, "XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/addresses", dir);
}

static void teardown_memory()
{
	unlink(path);
	ck_assert_int_eq(rmdir(dir), 0);
}

/**
 * Create a pool that remembers, as if charon started at a time.
 */
static kupf_pool_t *start(const char *spec, time_t now)
{
	kupf_pool_t *pool;

	pool = kupf_pool_create(spec, QUARANTINE, FALSE);
	ck_assert_ptr_nonnull(pool);
	pool->remember(pool, path, now);
	started = now;
	return pool;
}

/**
 * Restart with a pool, after charon was stopped.
 */
static kupf_pool_t *restart(kupf_pool_t *pool, const char *spec, time_t now)
{
	pool->destroy(pool);
	return start(spec, now);
}

/**
 * Get what is in the file.
 */
static chunk_t contents()
{
	chunk_t *mapped, copy;

	mapped = chunk_map(path, FALSE);
	ck_assert_ptr_nonnull(mapped);
	copy = chunk_clone(*mapped);
	chunk_unmap(mapped);
	return copy;
}

/**
 * When a run of charon that began then counts.
 */
#define SETTLED(start) ((start) + QUARANTINE)

static char four[] = "192.0.2.1-192.0.2.4";

START_TEST(test_restart)
{
	kupf_pool_t *pool;
	struct stat st, empty;

	pool = start(four, 100);
	ck_assert_int_eq(stat(path, &empty), 0);
	check(pool, 4, 0, 0);
	ck_assert_str_eq(allocate(pool, "a", 100), "192.0.2.1");
	ck_assert_str_eq(allocate(pool, "b", 100), "192.0.2.2");
	ck_assert_int_eq(stat(path, &st), 0);
	ck_assert_int_eq(st.st_mode & 07777, S_IRUSR | S_IWUSR);
	/* the file that was opened, in a directory that charon may not write */
	ck_assert_uint_eq(st.st_ino, empty.st_ino);

	pool = restart(pool, four, 1000);
	check(pool, 4, 0, 2);
	ck_assert_str_eq(allocate(pool, "c", 1000), "192.0.2.3");
	ck_assert_str_eq(allocate(pool, "b", 1000), "192.0.2.2");
	check(pool, 4, 2, 1);
	ck_assert_str_eq(allocate(pool, "a", 1000), "192.0.2.1");
	check(pool, 4, 3, 0);
	/* once */
	ck_assert_str_eq(allocate(pool, "a", 1000), "192.0.2.4");
	pool->destroy(pool);
}
END_TEST

START_TEST(test_killed)
{
	kupf_pool_t *before, *pool;

	before = start(four, 100);
	ck_assert_str_eq(allocate(before, "a", 100), "192.0.2.1");
	ck_assert_int_eq(reserve(before, "b", "192.0.2.3"), KUPF_POOL_OK);
	/* nobody has closed the file */
	pool = start(four, 100);
	ck_assert_str_eq(allocate(pool, "c", 100), "192.0.2.2");
	ck_assert_str_eq(allocate(pool, "b", 100), "192.0.2.3");
	ck_assert_str_eq(allocate(pool, "a", 100), "192.0.2.1");
	pool->destroy(pool);
	before->destroy(before);
}
END_TEST

START_TEST(test_released)
{
	kupf_pool_t *pool;

	pool = start(four, 100);
	ck_assert_str_eq(allocate(pool, "a", 100), "192.0.2.1");
	ck_assert_str_eq(allocate(pool, "b", 100), "192.0.2.2");
	release(pool, "192.0.2.1", 100);
	pool = restart(pool, four, 1000);
	check(pool, 4, 0, 1);
	ck_assert_str_eq(allocate(pool, "c", 1000), "192.0.2.1");
	ck_assert_str_eq(allocate(pool, "a", 1000), "192.0.2.3");
	/* a remembered one that is released is in quarantine as others are */
	ck_assert_str_eq(allocate(pool, "b", 1000), "192.0.2.2");
	release(pool, "192.0.2.2", 1000);
	ck_assert_str_eq(allocate(pool, "d", 1000), "192.0.2.4");
	ck_assert_str_eq(allocate(pool, "b", 999 + QUARANTINE), "");
	ck_assert_str_eq(allocate(pool, "e", 1000 + QUARANTINE), "192.0.2.2");
	pool->destroy(pool);
}
END_TEST

START_TEST(test_all_remembered)
{
	kupf_pool_t *pool;
	char *got;

	pool = start(four, 100);
	ck_assert_str_eq(allocate(pool, "a", 100), "192.0.2.1");
	ck_assert_str_eq(allocate(pool, "b", 100), "192.0.2.2");
	ck_assert_str_eq(allocate(pool, "c", 100), "192.0.2.3");
	ck_assert_str_eq(allocate(pool, "d", 100), "192.0.2.4");
	pool = restart(pool, four, 1000);
	check(pool, 4, 0, 4);
	/* nothing is left for others, but the client may name one */
	ck_assert_str_eq(allocate(pool, "e", 1000), "");
	ck_assert_str_eq(allocate(pool, "d", 1000), "192.0.2.4");
	ck_assert_int_eq(reserve(pool, "e", "192.0.2.4"), KUPF_POOL_IN_USE);
	ck_assert_int_eq(reserve(pool, "e", "192.0.2.1"), KUPF_POOL_OK);
	ck_assert_str_eq(allocate(pool, "a", 999 + QUARANTINE), "");
	check(pool, 4, 2, 2);
	/* what was released comes before what is remembered */
	release(pool, "192.0.2.4", 1000);
	ck_assert_str_eq(allocate(pool, "f", 1000 + QUARANTINE), "192.0.2.4");
	got = allocate(pool, "g", 1000 + QUARANTINE);
	if (streq(got, "192.0.2.2"))
	{
		ck_assert_str_eq(allocate(pool, "c", 5000), "192.0.2.3");
		ck_assert_str_eq(allocate(pool, "b", 5000), "");
	}
	else
	{
		ck_assert_str_eq(got, "192.0.2.3");
		ck_assert_str_eq(allocate(pool, "b", 5000), "192.0.2.2");
		ck_assert_str_eq(allocate(pool, "c", 5000), "");
	}
	check(pool, 4, 4, 0);
	pool->destroy(pool);
}
END_TEST

/* what no session has asked for in a whole run is forgotten at the next */
START_TEST(test_forgotten)
{
	kupf_pool_t *pool;
	uint64_t held, quarantined;

	pool = start(four, 100);
	ck_assert_str_eq(allocate(pool, "a", 100), "192.0.2.1");
	ck_assert_str_eq(allocate(pool, "b", 100), "192.0.2.2");
	/* runs that end at once, with some sessions or none, are not whole */
	pool = restart(pool, four, 1000);
	check(pool, 4, 0, 2);
	pool = restart(pool, four, 2000);
	ck_assert_str_eq(allocate(pool, "b", 2000), "192.0.2.2");
	pool = restart(pool, four, 3000);
	check(pool, 4, 0, 2);
	ck_assert_str_eq(allocate(pool, "b", 3000), "192.0.2.2");
	ck_assert_str_eq(allocate(pool, "c", SETTLED(3000)), "192.0.2.3");
	check(pool, 4, 2, 1);
	pool->get_count(pool, SETTLED(3000), &held, &quarantined);
	ck_assert_uint_eq(quarantined, 0);
	/* this one was */
	pool = restart(pool, four, 4000);
	check(pool, 4, 0, 2);
	ck_assert_str_eq(allocate(pool, "d", 4000), "192.0.2.1");
	ck_assert_str_eq(allocate(pool, "a", 4000), "192.0.2.4");
	ck_assert_str_eq(allocate(pool, "b", 4000), "192.0.2.2");
	ck_assert_str_eq(allocate(pool, "c", 4000), "192.0.2.3");
	release(pool, "192.0.2.4", SETTLED(4000));
	/* and other addresses in between change nothing of it */
	pool = restart(pool, "192.0.2.1-192.0.2.5", 5000);
	check(pool, 5, 0, 3);
	ck_assert_str_eq(allocate(pool, "b", SETTLED(5000)), "192.0.2.2");
	pool = restart(pool, "192.0.2.1-192.0.2.5", 6000);
	check(pool, 5, 0, 1);
	pool->destroy(pool);
}
END_TEST

/* for ever: names that never come back do not use up the pool */
START_TEST(test_names_once)
{
	kupf_pool_t *pool = NULL;
	char name[32];
	u_int run, i;

	for (run = 0; run < 300; run++)
	{
		pool = pool ? restart(pool, "192.0.2.0/28", run * 1000 + 1000) :
					  start("192.0.2.0/28", 1000);
		for (i = 0; i < 7; i++)
		{
			snprintf(name, sizeof(name), "session-%u-%u", run, i);
			ck_assert_str_ne(allocate(pool, name, started + i / 4 * 100), "");
		}
	}
	pool->destroy(pool);
}
END_TEST

START_TEST(test_closed)
{
	kupf_pool_t *pool;

	pool = start(four, 100);
	ck_assert_str_eq(allocate(pool, "a", 100), "192.0.2.1");
	pool = restart(pool, four, 1000);
	pool->set_closed(pool, TRUE);
	ck_assert_str_eq(allocate(pool, "b", 1000), "");
	ck_assert_str_eq(allocate(pool, "a", 1000), "192.0.2.1");
	ck_assert_str_eq(allocate(pool, "a", 1000), "");
	pool->destroy(pool);
}
END_TEST

START_TEST(test_moved)
{
	kupf_pool_t *pool;

	pool = start(four, 100);
	ck_assert_str_eq(allocate(pool, "a", 100), "192.0.2.1");
	pool = restart(pool, four, 1000);
	/* its client has told the UE another one */
	ck_assert_int_eq(reserve(pool, "a", "192.0.2.4"), KUPF_POOL_OK);
	pool = restart(pool, four, 2000);
	check(pool, 4, 0, 1);
	ck_assert_str_eq(allocate(pool, "b", 2000), "192.0.2.1");
	ck_assert_str_eq(allocate(pool, "a", 2000), "192.0.2.4");
	pool->destroy(pool);
}
END_TEST

START_TEST(test_other_addresses)
{
	kupf_pool_t *pool;
	chunk_t before, after;

	pool = start("192.0.2.1-192.0.2.4 2001:db8::/64", 100);
	ck_assert_int_eq(reserve(pool, "a", "192.0.2.3"), KUPF_POOL_OK);
	ck_assert_int_eq(reserve(pool, "b", "2001:db8::1"), KUPF_POOL_OK);
	ck_assert_int_eq(reserve(pool, "c", "2001:db8::100:0"), KUPF_POOL_OK);
	ck_assert_int_eq(reserve(pool, "d", "192.0.2.4"), KUPF_POOL_OK);
	pool->destroy(pool);
	before = contents();

	/* one that gives nothing out changes nothing */
	pool = start("2001:db8::/64 192.0.2.3", 1000);
	check(pool, 16777217, 0, 3);
	pool->destroy(pool);
	after = contents();
	ck_assert(chunk_equals(before, after));
	chunk_free(&before);
	chunk_free(&after);

	pool = start("2001:db8::/64 192.0.2.3", 1000);
	ck_assert_str_eq(allocate(pool, "d", 1000), "2001:db8::2");
	ck_assert_str_eq(allocate(pool, "c", 1000), "2001:db8::100:0");
	/* what nobody has asked for again is still remembered */
	pool = restart(pool, "192.0.2.3 2001:db8::/64", 2000);
	check(pool, 16777217, 0, 4);
	ck_assert_str_eq(allocate(pool, "a", 2000), "192.0.2.3");
	ck_assert_str_eq(allocate(pool, "b", 2000), "2001:db8::1");
	ck_assert_str_eq(allocate(pool, "c", 2000), "2001:db8::100:0");
	ck_assert_str_eq(allocate(pool, "d", 2000), "2001:db8::2");
	ck_assert_str_eq(allocate(pool, "e", 2000), "2001:db8::3");
	pool->destroy(pool);
}
END_TEST

/** Sessions of test_many, more than are read at once */
#define MANY 10000

START_TEST(test_many)
{
	char name[32], was[MANY][KUPF_ADDRESS_TEXT];
	kupf_pool_t *pool;
	chunk_t file;
	u_int i;

	pool = start("10.0.0.0/16", 100);
	for (i = 0; i < MANY; i++)
	{
		snprintf(name, sizeof(name), "session-%u", i);
		strcpy(was[i], allocate(pool, name, 100));
	}
	/* names do not get into the file */
	file = contents();
	ck_assert_ptr_null(memmem(file.ptr, file.len, "session", 7));
	chunk_free(&file);
	pool = restart(pool, "10.0.0.0/16", 1000);
	check(pool, 65534, 0, MANY);
	for (i = MANY; i-- > 0;)
	{
		snprintf(name, sizeof(name), "session-%u", i);
		ck_assert_str_eq(allocate(pool, name, 1000), was[i]);
	}
	check(pool, 65534, MANY, 0);
	pool->destroy(pool);
}
END_TEST

/**
 * Write a file.
 */
static void put(chunk_t data)
{
	unlink(path);
	ck_assert(chunk_write(data, path, 077, TRUE));
}

/** Octets of what a file of ours begins with, and of its header */
#define MAGIC 8
#define HEADER 40

START_TEST(test_broken)
{
	char was[KUPF_ADDRESS_TEXT];
	kupf_pool_t *pool;
	chunk_t good, wrong;
	size_t i, at;
	bool ours;

	pool = start(four, 100);
	ck_assert_str_eq(allocate(pool, "a", 100), "192.0.2.1");
	ck_assert_str_eq(allocate(pool, "b", 100), "192.0.2.2");
	pool->destroy(pool);
	good = contents();
	/* cut anywhere, and every octet another one */
	for (i = 0; i < good.len * 2; i++)
	{
		wrong = chunk_clone(good);
		if (i < good.len)
		{
			put(chunk_create(wrong.ptr, i));
		}
		else
		{
			wrong.ptr[i - good.len] ^= 0xff;
			put(wrong);
		}
		free(wrong.ptr);
		at = i < good.len ? i : i - good.len;
		/* not even a file of ours */
		ours = !i || (i < good.len ? i >= HEADER : at >= MAGIC);
		pool = start(four, 1000);
		/* some pool of 4 it is, and a file that is good next time */
		allocate(pool, "a", 1000);
		allocate(pool, "b", 1000);
		strcpy(was, allocate(pool, "c", 5000));
		ck_assert_str_ne(was, "");
		ck_assert_str_ne(allocate(pool, "d", 5000), "");
		check(pool, 4, 4, 0);
		pool = restart(pool, four, 2000);
		check(pool, 4, 0, ours ? 4 : 0);
		if (ours)
		{
			ck_assert_str_eq(allocate(pool, "c", 2000), was);
		}
		pool->destroy(pool);
	}
	put(good);
	pool = start(four, 1000);
	ck_assert_str_eq(allocate(pool, "b", 1000), "192.0.2.2");
	pool->destroy(pool);
	free(good.ptr);
}
END_TEST

START_TEST(test_unfit)
{
	kupf_pool_t *pool;
	char other[PATH_MAX];
	chunk_t file;

	/* a link, a file that others can write, a directory, a device, nothing */
	snprintf(other, sizeof(other), "%s/other", dir);
	ck_assert_int_eq(symlink(other, path), 0);
	pool = start(four, 100);
	ck_assert_str_eq(allocate(pool, "a", 100), "192.0.2.1");
	pool->destroy(pool);
	ck_assert_int_ne(access(other, F_OK), 0);
	unlink(path);

	/* what is not ours stays as it is, under another name, too */
	put(chunk_from_str("a ue-id=keyid:a key=0x00\n"));
	pool = start(four, 100);
	ck_assert_str_eq(allocate(pool, "a", 100), "192.0.2.1");
	pool->destroy(pool);
	file = contents();
	ck_assert(chunk_equals(file, chunk_from_str("a ue-id=keyid:a key=0x00\n")));
	chunk_free(&file);
	put(chunk_empty);
	ck_assert_int_eq(link(path, other), 0);
	pool = start(four, 100);
	ck_assert_str_eq(allocate(pool, "a", 100), "192.0.2.1");
	pool->destroy(pool);
	file = contents();
	ck_assert_uint_eq(file.len, 0);
	chunk_free(&file);
	unlink(other);

	put(chunk_empty);
	ck_assert_int_eq(chmod(path, 0620), 0);
	pool = start(four, 100);
	ck_assert_str_eq(allocate(pool, "a", 100), "192.0.2.1");
	pool = restart(pool, four, 100);
	ck_assert_str_eq(allocate(pool, "b", 100), "192.0.2.1");
	pool->destroy(pool);
	unlink(path);

	ck_assert_int_eq(mkdir(path, 0700), 0);
	pool = start(four, 100);
	ck_assert_str_eq(allocate(pool, "a", 100), "192.0.2.1");
	release(pool, "192.0.2.1", 100);
	pool->destroy(pool);
	ck_assert_int_eq(rmdir(path), 0);

	ck_assert_int_eq(mkfifo(path, 0600), 0);
	pool = start(four, 100);
	ck_assert_str_eq(allocate(pool, "a", 100), "192.0.2.1");
	pool->destroy(pool);
	unlink(path);

	pool = kupf_pool_create(four, QUARANTINE, FALSE);
	pool->remember(pool, "/nonexistent/addresses", 100);
	ck_assert_str_eq(allocate(pool, "a", 100), "192.0.2.1");
	pool->destroy(pool);
}
END_TEST

START_TEST(test_full_disk)
{
	struct rlimit limit, zero = {};
	kupf_pool_t *pool;

	ck_assert(signal(SIGXFSZ, SIG_IGN) != SIG_ERR);
	ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &limit), 0);
	zero.rlim_max = limit.rlim_max;
	pool = start(four, 100);
	ck_assert_str_eq(allocate(pool, "a", 100), "192.0.2.1");
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &zero), 0);
	ck_assert_str_eq(allocate(pool, "b", 100), "192.0.2.2");
	release(pool, "192.0.2.2", 100);
	/* to be begun anew */
	pool = restart(pool, "192.0.2.1-192.0.2.5", 1000);
	ck_assert_str_eq(allocate(pool, "b", 1000), "192.0.2.2");
	ck_assert_str_eq(allocate(pool, "a", 1000), "192.0.2.1");
	pool->destroy(pool);
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
}
END_TEST

START_TEST(test_not_remembered)
{
	kupf_pool_t *pool;

	/* shared, and none at all */
	pool = kupf_pool_create(four, QUARANTINE, TRUE);
	pool->remember(pool, path, 100);
	ck_assert_str_eq(allocate(pool, "a", 100), "192.0.2.1");
	ck_assert_int_eq(reserve(pool, "a", "192.0.2.1"), KUPF_POOL_OK);
	release(pool, "192.0.2.1", 100);
	pool->destroy(pool);
	pool = start("", 100);
	ck_assert_str_eq(allocate(pool, "a", 100), "");
	pool->destroy(pool);
	ck_assert_int_ne(access(path, F_OK), 0);
}
END_TEST

static Suite *kupf_pool_memory_suite()
{
	Suite *suite = suite_create("kupf_pool_memory");
	TCase *tc;

	tc = test_case(suite, "restart", 60, setup_memory, teardown_memory);
	tcase_add_test(tc, test_restart);
	tcase_add_test(tc, test_killed);
	tcase_add_test(tc, test_released);
	tcase_add_test(tc, test_all_remembered);
	tcase_add_test(tc, test_forgotten);
	tcase_add_test(tc, test_names_once);
	tcase_add_test(tc, test_closed);
	tcase_add_test(tc, test_moved);
	tcase_add_test(tc, test_other_addresses);
	tcase_add_test(tc, test_many);
	tcase_add_test(tc, test_broken);
	tcase_add_test(tc, test_unfit);
	tcase_add_test(tc, test_full_disk);
	tcase_add_test(tc, test_not_remembered);

	return suite;
}

int main(void)
{
	return test_run(kupf_pool_memory_suite());
}
