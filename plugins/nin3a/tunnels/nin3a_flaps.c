/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "nin3a_flaps.h"

#include <threading/mutex.h>

/** Places among which a session may have any */
#define WAYS 4

typedef struct private_nin3a_flaps_t private_nin3a_flaps_t;
typedef struct place_t place_t;

/**
 * What is known about a session.
 */
struct place_t {
	/** two keyed hashes of its name, which is as good as the name */
	uint32_t name[2];
	/** generation */
	uint32_t generation;
	/** time_monotonic() of the first set-up that counts */
	uint32_t since;
	/** set-ups since then, 0 if the place is free */
	uint32_t count;
};

/**
 * Private data.
 */
struct private_nin3a_flaps_t {
	/** public interface */
	nin3a_flaps_t public;
	/** guards the places */
	mutex_t *mutex;
	/** places */
	place_t places[NIN3A_FLAPS_PLACES];
};

/**
 * Whether what is known in a place counts no more.
 */
static bool is_over(const place_t *place, uint32_t now)
{
	return !place->count || now - place->since >= NIN3A_FLAPS_SECONDS;
}

/**
 * Find the place of a session, or the one to give it.
 */
static place_t *find_place(private_nin3a_flaps_t *this,
						   const place_t *wanted)
{
	place_t *first, *place, *least = NULL;

	first = &this->places[wanted->name[0] % (NIN3A_FLAPS_PLACES / WAYS) * WAYS];
	for (place = first; place < first + WAYS; place++)
	{
		if (place->count && place->name[0] == wanted->name[0] &&
			place->name[1] == wanted->name[1])
		{
			return place;
		}
		if (is_over(place, wanted->since))
		{
			place->count = 0;
		}
		if (!least || place->count < least->count ||
			(place->count == least->count &&
			 wanted->since - place->since > wanted->since - least->since))
		{
			least = place;
		}
	}
	least->count = 0;
	return least;
}

METHOD(nin3a_flaps_t, count, u_int,
	private_nin3a_flaps_t *this, kupf_session_t *session, time_t now,
	u_int *seconds)
{
	chunk_t name = chunk_from_str((char*)kupf_session_get_name(session));
	place_t *place, wanted = {
		.generation = kupf_session_get_generation(session),
		.since = now,
	};
	bool many;

	wanted.name[0] = chunk_hash(name);
	wanted.name[1] = chunk_hash_inc(name, wanted.name[0]);
	this->mutex->lock(this->mutex);
	place = find_place(this, &wanted);
	if (is_over(place, now) || place->generation != wanted.generation)
	{
		*place = wanted;
	}
	many = ++place->count == NIN3A_FLAPS_MANY;
	*seconds = (uint32_t)now - place->since;
	this->mutex->unlock(this->mutex);
	return many ? NIN3A_FLAPS_MANY : 0;
}

METHOD(nin3a_flaps_t, destroy, void,
	private_nin3a_flaps_t *this)
{
	this->mutex->destroy(this->mutex);
	free(this);
}

/*
 * Described in header
 */
nin3a_flaps_t *nin3a_flaps_create()
{
	private_nin3a_flaps_t *this;

	INIT(this,
		.public = {
			.count = _count,
			.destroy = _destroy,
		},
		.mutex = mutex_create(MUTEX_TYPE_DEFAULT),
	);

	return &this->public;
}
