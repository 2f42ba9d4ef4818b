/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup test_concurrency test_concurrency
 * @{ @ingroup tests
 *
 * Sessions, IKE_SAs and threads that are at work on all of them.
 */

#ifndef TEST_CONCURRENCY_H_
#define TEST_CONCURRENCY_H_

#include "kupf/credentials/kupf_cred.h"
#include "kupf/procedures/kupf_procedures.h"
#include "kupf/protocol/kupf_publisher.h"
#include "nin3a/nin3a_enforcer.h"
#include "test_runner.h"
#include "test_support.h"

#include <daemon.h>

#include <pthread.h>

/** Sessions, IKE identities that they may have, IKE_SAs at a time */
#define SESSIONS 300
#define IDENTITIES 400
#define SLOTS 64

/** Pre-configured sessions */
#define LINES 40

#define STRING(x) #x
#define LINE(x) STRING(x)

/**
 * For any thread, where ck_assert() is for the main one.
 */
#define expect(condition) do { \
	if (!(condition)) \
	{ \
		cas_ptr(&broken, NULL, __FILE__ ":" LINE(__LINE__) ": " #condition); \
	} \
} while (0)

typedef struct slot_t slot_t;
typedef struct sa_t sa_t;

/**
 * An IKE_SA.
 */
struct sa_t {
	/** public interface */
	ike_sa_t public;
	/** where it is */
	slot_t *slot;
	/** unique identifier, which comes again as that of another IKE_SA */
	uint32_t unique_id;
	/** state */
	ike_sa_state_t state;
};

/**
 * Place for an IKE_SA and its successor.
 */
struct slot_t {
	/** held by the thread that has checked the IKE_SA out */
	pthread_mutex_t mutex;
	/** IKE_SAs */
	sa_t sas[2];
	/** the one that there is, NULL if none */
	sa_t *current;
	/** its SPIs, new ones with each IKE_SA */
	tunnel_spis_t spis;
	/** unique identifier under which it became a tunnel, 0 if it has not */
	uint32_t up_as;
};

/** Sessions of the SMFs, and all */
extern kupf_store_t *fed, *store;

extern kupf_preconfigured_t *preconfigured;
extern kupf_events_t *events;
extern kupf_procedures_t *sessions;
extern kupf_cred_t *cred;
extern nin3a_tunnels_t *tunnels;
extern nin3a_jobs_t *actions;

extern slot_t slots[SLOTS];

/** What happened: tunnels that came up and went, rekeyings, keys withheld by
 * the time that ours was to be built, IKE_SAs closed by a job */
extern u_int opened, closed, rekeyed, withheld, deleted;

/** Files that were read, and tunnels with what was in them */
extern u_int loaded, from_file;

/** First expectation that was not met */
extern const char *broken;

/** What is the same for all IKE_SAs */
extern host_t *local_host, *remote_host;

extern identification_t *other_id;
extern child_sa_t child_sa;
extern ike_sa_manager_t manager;

/** What jobs tell: the end of what never was a tunnel */
extern kupf_t plugin;

/** What nin3a does in the hooks of the bus */
extern listener_t hooks;

void count_one(u_int *counter);

/**
 * Next random number, below max (xorshift32).
 */
u_int pick(u_int max);

/**
 * Make the slots, with nobody in them, and the hooks.
 */
void ike_sas_init();

/**
 * Wait for the IKE_SA of a slot, there or not.
 */
void slot_enter(slot_t *slot);

void slot_leave(slot_t *slot);

/**
 * The IKE_SA of a slot goes.
 */
void slot_empty(slot_t *slot);

/**
 * A new IKE_SA comes.
 */
void slot_fill(slot_t *slot, sa_t *sa, ike_sa_state_t state);

/**
 * Name an identity in a request, and get one.
 */
void request_id(kupf_request_t *request, u_int id);
identification_t *create_id(u_int id);

/**
 * Establish a session, often one that there is, also with the same content.
 */
void step_establish();

void step_modify();
void step_ue();

/**
 * Delete a session, if there is one.
 */
void delete_session(u_int i);

/**
 * Delete a session that is not left to expire.
 */
void step_delete();

/**
 * Take another file, or one that is broken.
 */
void step_reload();

/**
 * Take no file at all.
 */
void unload();

#endif /** TEST_CONCURRENCY_H_ @}*/
