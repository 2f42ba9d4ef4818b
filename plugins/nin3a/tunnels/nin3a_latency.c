/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "nin3a_latency.h"
#include "nin3a/nin3a_counters.h"

typedef struct private_nin3a_latency_t private_nin3a_latency_t;
typedef struct place_t place_t;

/**
 * An IKE_SA on its way.
 */
struct place_t {
	/** when it began */
	uint64_t begun;
	/** its unique identifier, 0 if there is none */
	uint32_t ike_sa;
};

/**
 * Private data.
 */
struct private_nin3a_latency_t {
	/** public interface */
	nin3a_latency_t public;
	/** charon numbers IKE_SAs one by one: the newest have a place each */
	place_t places[NIN3A_LATENCY_PLACES];
};

/**
 * Get the place that an IKE_SA has, if it has one.
 */
static place_t *get_place(private_nin3a_latency_t *this, uint32_t ike_sa)
{
	return &this->places[ike_sa % NIN3A_LATENCY_PLACES];
}

METHOD(nin3a_latency_t, begin, void,
	private_nin3a_latency_t *this, uint32_t ike_sa, uint64_t now)
{
	place_t *place = get_place(this, ike_sa);

	if (place->ike_sa == ike_sa)
	{
		return;
	}
	if (place->begun)
	{
		nin3a_count(NIN3A_SETUPS_UNTIMED);
	}
	*place = (place_t){
		.begun = now,
		.ike_sa = ike_sa,
	};
}

METHOD(nin3a_latency_t, remove_, void,
	private_nin3a_latency_t *this, uint32_t ike_sa)
{
	place_t *place = get_place(this, ike_sa);

	if (place->ike_sa == ike_sa)
	{
		*place = (place_t){};
	}
}

METHOD(nin3a_latency_t, up, void,
	private_nin3a_latency_t *this, uint32_t ike_sa, uint64_t now)
{
	place_t *place = get_place(this, ike_sa);

	if (place->ike_sa == ike_sa && place->begun)
	{
		nin3a_count_setup(now - place->begun);
		/* it keeps its place, to begin only once */
		place->begun = 0;
	}
}

METHOD(nin3a_latency_t, destroy, void,
	private_nin3a_latency_t *this)
{
	free(this);
}

/*
 * Described in header
 */
uint64_t nin3a_latency_now()
{
	timeval_t now;

	time_monotonic(&now);
	return now.tv_sec * UINT64_C(1000000) + now.tv_usec;
}

/*
 * Described in header
 */
nin3a_latency_t *nin3a_latency_create()
{
	private_nin3a_latency_t *this;

	INIT(this,
		.public = {
			.begin = _begin,
			.up = _up,
			.remove = _remove_,
			.destroy = _destroy,
		},
	);

	return &this->public;
}
