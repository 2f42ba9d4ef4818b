/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "nin3a_counters.h"
#include "tunnel/tunnel_guard.h"

/** Room for the name of a counter */
#define NAME_MAX_LEN 64

/** What the names of how long set-ups take begin with */
#define SETUP_PREFIX "nin3a-setup-microseconds-"

/**
 * Names, in the order of nin3a_counter_t.
 */
static const char *names[NIN3A_COUNTER_MAX] = {
	[NIN3A_ACCEPTED] = "nin3a-accepted",
	[NIN3A_REFUSED] = "nin3a-refused",
	[NIN3A_TUNNELS_OPENED] = "nin3a-tunnels-opened",
	[NIN3A_TUNNELS_CLOSED] = "nin3a-tunnels-closed",
	[NIN3A_SUPPRESSED] = "nin3a-suppressed-log-lines",
	[NIN3A_SUPPRESSED_EVENTS] = "nin3a-suppressed-events",
	[NIN3A_SELECTORS_REFUSED] = "nin3a-selectors-refused",
	[NIN3A_SELECTORS_EXCEEDED] = "nin3a-selectors-exceeded",
	[NIN3A_OUTDATED_REFUSED] = "nin3a-outdated-refused",
	[NIN3A_PROPOSALS_REFUSED] = "nin3a-proposals-refused",
	[NIN3A_RESPONSES_WITHHELD] = "nin3a-responses-withheld",
	[NIN3A_STRANGERS_CLOSED] = "nin3a-strangers-closed",
	[NIN3A_MOVES_REFUSED] = "nin3a-moves-refused",
	[NIN3A_CLOSE_TIMEOUTS] = "nin3a-close-timeouts",
	[NIN3A_CROWDED_OUT] = "nin3a-crowded-out",
	[NIN3A_TUNNELS_LOST] = "nin3a-tunnels-lost",
	[NIN3A_CHILDLESS_CLOSED] = "nin3a-childless-closed",
	[NIN3A_CHILD_SAS_EXCEEDED] = "nin3a-child-sas-exceeded",
	[NIN3A_REKEYINGS_EXCEEDED] = "nin3a-rekeyings-exceeded",
	[NIN3A_UNKNOWN_ANSWERED] = "nin3a-unknown-spis-answered",
	[NIN3A_UNKNOWN_LIMITED] = "nin3a-unknown-spis-limited",
	[NIN3A_MOVES_UNTOLD] = "nin3a-moves-untold",
	[NIN3A_SESSIONS_FLAPPING] = "nin3a-sessions-flapping",
	[NIN3A_SETUPS_UNTIMED] = "nin3a-setups-untimed",
};

/**
 * Values.
 */
static uint64_t values[NIN3A_COUNTER_MAX];

/**
 * Values of the reasons.
 */
static uint64_t refused[NIN3A_REASON_MAX];

/**
 * Bounds of how long a set-up takes, microseconds.
 */
static const uint32_t bounds[] = {
	1000, 2500, 5000, 10000, 25000, 50000, 100000, 250000, 500000, 1000000,
	2500000, 5000000, 10000000, 30000000,
};

/**
 * Set-ups by the first bound that is not exceeded, those beyond all in the end.
 */
static uint64_t setups[countof(bounds) + 1];

/**
 * Sum of how long these took, microseconds.
 */
static uint64_t setups_sum;

/**
 * Octets received and sent.
 */
static uint64_t octets_in, octets_out;

/**
 * Add to a value.
 */
static void add(uint64_t *value, uint64_t more)
{
	__atomic_fetch_add(value, more, __ATOMIC_RELAXED);
}

/**
 * Get a value.
 */
static uint64_t get(const uint64_t *value)
{
	return __atomic_load_n(value, __ATOMIC_RELAXED);
}

/*
 * Described in header
 */
void nin3a_count(nin3a_counter_t counter)
{
	add(&values[counter], 1);
}

/*
 * Described in header
 */
void nin3a_count_refused(nin3a_reason_t reason)
{
	add(&refused[reason], 1);
	nin3a_count(NIN3A_REFUSED);
}

/*
 * Described in header
 */
void nin3a_count_setup(uint64_t time)
{
	u_int i = 0;

	while (i < countof(bounds) && time > bounds[i])
	{
		i++;
	}
	add(&setups[i], 1);
	add(&setups_sum, time);
}

/*
 * Described in header
 */
void nin3a_count_octets(uint64_t in, uint64_t out)
{
	add(&octets_in, in);
	add(&octets_out, out);
}

/**
 * Report how long set-ups took.
 */
static void report_setups(kupf_counter_cb_t cb, void *user)
{
	char name[NAME_MAX_LEN];
	uint64_t sum = 0;
	u_int i;

	for (i = 0; i < countof(bounds); i++)
	{
		sum += get(&setups[i]);
		snprintf(name, sizeof(name), SETUP_PREFIX "le-%u", bounds[i]);
		cb(user, name, sum);
	}
	cb(user, SETUP_PREFIX "le-inf", sum + get(&setups[i]));
	cb(user, SETUP_PREFIX "sum", get(&setups_sum));
}

/*
 * Described in header
 */
void nin3a_counters_report(kupf_counter_cb_t cb, void *user)
{
	char name[NAME_MAX_LEN];
	int i;

	for (i = 0; i < NIN3A_COUNTER_MAX; i++)
	{
		cb(user, names[i], get(&values[i]));
	}
	for (i = NIN3A_ALLOWED + 1; i < NIN3A_REASON_MAX; i++)
	{
		snprintf(name, sizeof(name), "nin3a-refused-%s", nin3a_reason_token(i));
		cb(user, name, get(&refused[i]));
	}
	report_setups(cb, user);
	cb(user, "nin3a-octets-in", get(&octets_in));
	cb(user, "nin3a-octets-out", get(&octets_out));
	tunnel_guard_report("nin3a", cb, user);
}
