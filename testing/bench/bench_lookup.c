/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "bench_lookup.h"
#include "bench.h"
#include "kupf/kupf.h"

#include <time.h>

/** Each power of two is divided into so many parts, a power of two */
#define PARTS 32

/** Buckets: below PARTS one for each nanosecond */
#define BUCKETS (PARTS * 36)

typedef struct histogram_t histogram_t;

/**
 * Times, nanoseconds, with an error of 3 %.
 */
struct histogram_t {
	/** lookups by time */
	uint64_t buckets[BUCKETS];
	/** lookups */
	uint64_t count;
	/** longest */
	uint64_t max;
	/** what reading the clock takes */
	uint64_t overhead;
};

static uint64_t now()
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000ull + ts.tv_nsec;
}

/**
 * Bucket of a time, and the time of a bucket.
 */
static u_int bucket_of(uint64_t ns)
{
	u_int shift = 0;

	while (ns >> shift >= 2 * PARTS)
	{
		shift++;
	}
	return min(shift * PARTS + (ns >> shift), BUCKETS - 1);
}

static uint64_t time_of(u_int bucket)
{
	u_int shift = bucket < 2 * PARTS ? 0 : bucket / PARTS - 1;

	return ((uint64_t)bucket - shift * PARTS) << shift;
}

static void sample(histogram_t *this, uint64_t ns)
{
	ns -= min(ns, this->overhead);
	this->buckets[bucket_of(ns)]++;
	this->count++;
	this->max = max(this->max, ns);
}

/**
 * Microseconds that a part of the lookups did not exceed.
 */
static double us_at(histogram_t *this, double quantile)
{
	uint64_t sum = 0, wanted = quantile * this->count;
	u_int i;

	for (i = 0; i < BUCKETS - 1; i++)
	{
		sum += this->buckets[i];
		if (sum > wanted)
		{
			break;
		}
	}
	return time_of(i) / 1000.0;
}

/**
 * Find out what reading the clock takes, the median of many.
 */
static uint64_t measure_clock()
{
	histogram_t *this;
	uint64_t start, ns;
	u_int i;

	INIT(this);
	for (i = 0; i < 10000; i++)
	{
		start = now();
		sample(this, now() - start);
	}
	ns = us_at(this, 0.5) * 1000;
	free(this);
	return ns;
}

/**
 * Look a session up, and drop the reference.
 */
static bool find(kupf_store_t *store, chunk_t id)
{
	kupf_session_t *session;

	session = store->find(store, ID_KEY_ID, id);
	kupf_session_unref(session);
	return session != NULL;
}

/**
 * Look a key up by charon's means.
 */
static bool get_shared(bench_lookup_kind_t kind, identification_t *me,
					   identification_t *other)
{
	enumerator_t *enumerator;
	shared_key_t *key;
	bool found;

	if (kind == BENCH_LOOKUP_SHARED)
	{
		key = lib->credmgr->get_shared(lib->credmgr, SHARED_IKE, me, other);
		found = key != NULL;
		DESTROY_IF(key);
		return found;
	}
	enumerator = lib->credmgr->create_shared_enumerator(lib->credmgr,
													SHARED_IKE, me, other);
	found = enumerator->enumerate(enumerator, &key, NULL, NULL);
	enumerator->destroy(enumerator);
	return found;
}

/*
 * Described in header
 */
bool bench_lookup(bench_lookup_kind_t kind, u_int first, u_int count,
				  double seconds, char *text, size_t len)
{
	kupf_t *kupf = lib->get(lib, KUPF_OBJECT);
	kupf_store_t *store = NULL;
	identification_t *me, *other;
	histogram_t *this;
	uint8_t bytes[BENCH_ID_LEN];
	chunk_t id = chunk_from_thing(bytes);
	uint64_t start, end, found = 0;
	u_int i = 0;
	bool ok;

	if (kind == BENCH_LOOKUP_STORE)
	{
		if (!kupf)
		{
			return FALSE;
		}
		store = kupf->get_store(kupf);
	}
	INIT(this,
		.overhead = measure_clock(),
	);
	me = identification_create_from_string("gw");
	end = now() + seconds * 1e9;
	do
	{
		bench_id(first + bench_pick(i++, count), bytes);
		other = store ? NULL : identification_create_from_encoding(ID_KEY_ID,
																   id);
		start = now();
		ok = store ? find(store, id) : get_shared(kind, me, other);
		sample(this, now() - start);
		found += ok;
		DESTROY_IF(other);
	}
	while (start < end);
	me->destroy(me);
	snprintf(text, len, "count %llu found %llu p50 %.3f p99 %.3f p999 %.3f "
			 "max %.1f", (unsigned long long)this->count,
			 (unsigned long long)found, us_at(this, 0.5), us_at(this, 0.99),
			 us_at(this, 0.999), this->max / 1000.0);
	free(this);
	return TRUE;
}
