/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "nin3a_setups.h"

#include <threading/mutex.h>

/** Places among which a session may have any */
#define WAYS 4

typedef struct private_nin3a_setups_t private_nin3a_setups_t;
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
	/** set-ups since then */
	uint32_t count;
	/** time_monotonic() of the first IKE_SA that counts */
	uint32_t begun;
	/** IKE_SAs since then */
	uint32_t ike_sas;
};

/**
 * Private data.
 */
struct private_nin3a_setups_t {
	/** public interface */
	nin3a_setups_t public;
	/** guards the places */
	mutex_t *mutex;
	/** places */
	place_t places[NIN3A_SETUPS_PLACES];
};

/**
 * Forget what is known in a place and counts no more.
 */
static void let_pass(place_t *place, uint32_t now)
{
	if (now - place->since >= NIN3A_FLAPS_SECONDS)
	{
		place->count = 0;
	}
	if (now - place->begun >= NIN3A_SETUPS_SECONDS)
	{
		place->ike_sas = 0;
	}
}

/**
 * What speaks against giving a place to somebody else; 0 if it is free.
 */
static u_int get_weight(const place_t *place)
{
	return max(place->count, place->ike_sas);
}

/**
 * Find the place of a session, or give it one, with the mutex locked.
 */
static place_t *get_place(private_nin3a_setups_t *this,
						  kupf_session_t *session, uint32_t now)
{
	chunk_t name = chunk_from_str((char*)kupf_session_get_name(session));
	place_t *first, *place, *least = NULL;
	uint32_t hashes[2];

	hashes[0] = chunk_hash(name);
	hashes[1] = chunk_hash_inc(name, hashes[0]);
	first = &this->places[hashes[0] % (NIN3A_SETUPS_PLACES / WAYS) * WAYS];
	for (place = first; place < first + WAYS; place++)
	{
		let_pass(place, now);
		if (place->name[0] == hashes[0] && place->name[1] == hashes[1])
		{
			return place;
		}
		if (!least || get_weight(place) < get_weight(least) ||
			(get_weight(place) == get_weight(least) &&
			 now - place->since > now - least->since))
		{
			least = place;
		}
	}
	*least = (place_t){
		.name = { hashes[0], hashes[1] },
		.since = now,
	};
	return least;
}

METHOD(nin3a_setups_t, admit, bool,
	private_nin3a_setups_t *this, kupf_session_t *session, time_t now,
	u_int most)
{
	place_t *place;
	bool admitted;

	this->mutex->lock(this->mutex);
	place = get_place(this, session, now);
	if (!place->ike_sas)
	{
		place->begun = now;
	}
	admitted = !most || place->ike_sas < most;
	place->ike_sas += admitted;
	this->mutex->unlock(this->mutex);
	return admitted;
}

METHOD(nin3a_setups_t, count_up, u_int,
	private_nin3a_setups_t *this, kupf_session_t *session, time_t now,
	u_int *seconds)
{
	uint32_t generation = kupf_session_get_generation(session);
	place_t *place;
	bool many;

	this->mutex->lock(this->mutex);
	place = get_place(this, session, now);
	if (!place->count || place->generation != generation)
	{
		place->generation = generation;
		place->since = now;
		place->count = 0;
	}
	many = ++place->count == NIN3A_FLAPS_MANY;
	*seconds = (uint32_t)now - place->since;
	this->mutex->unlock(this->mutex);
	return many ? NIN3A_FLAPS_MANY : 0;
}

METHOD(nin3a_setups_t, destroy, void,
	private_nin3a_setups_t *this)
{
	this->mutex->destroy(this->mutex);
	free(this);
}

/*
 * Described in header
 */
nin3a_setups_t *nin3a_setups_create()
{
	private_nin3a_setups_t *this;

	INIT(this,
		.public = {
			.admit = _admit,
			.count_up = _count_up,
			.destroy = _destroy,
		},
		.mutex = mutex_create(MUTEX_TYPE_DEFAULT),
	);

	return &this->public;
}
