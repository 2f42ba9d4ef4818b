/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Everything at once: several SMFs establish, modify and delete sessions, the
 * operator changes the file of pre-configured ones, UEs authenticate with them,
 * are rekeyed and go, worker threads close tunnels, others look on.  Meant for
 * the thread sanitizer, but what must hold of each step and what must be left
 * in the end is checked without it, too.
 *
 * All classes are the real ones, and so are charon's bus with its mutex, its
 * credential manager and its worker threads.  Made up are the IKE_SAs and
 * their manager; the hooks do what nin3a_listener and nin3a_decision do.
 */

#include "kupf/kupf_counters.h"
#include "kupf/credentials/kupf_cred.h"
#include "kupf/kupf_enforcement.h"
#include "kupf/protocol/kupf_list.h"
#include "kupf/protocol/kupf_preconfigured_file.h"
#include "kupf/protocol/kupf_publisher.h"
#include "kupf/store/kupf_overlay.h"
#include "kupf/procedures/kupf_procedures.h"
#include "nin3a/nin3a_enforcer.h"
#include "test_runner.h"
#include "test_support.h"

#include <daemon.h>
#include <threading/thread.h>

#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>

/** Sessions, IKE identities that they may have, IKE_SAs at a time */
#define SESSIONS 300
#define IDENTITIES 400
#define SLOTS 64

/** The first sessions have a lifetime and are left alone, so that it ends */
#define EXPIRING 50

/** Pre-configured sessions */
#define LINES 40

/** Rounds of a thread, most of them if something has not happened until then,
 * and its steps in each of them */
#define ROUNDS 350
#define MAX_ROUNDS 2000
#define STEPS 60

/** Pause between two rounds, so that sessions expire and jobs come due, µs */
#define PAUSE 10000

/** Threads of charon */
#define WORKERS 4

/** Addresses of the pool, fewer than sessions, and their quarantine */
#define POOL "192.0.2.0/24"
#define QUARANTINE 1

typedef struct slot_t slot_t;
typedef struct sa_t sa_t;
typedef struct counter_t counter_t;

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

/**
 * Counts events; threads may call it at once.
 */
struct counter_t {
	/** public interface */
	kupf_subscriber_t public;
	/** events so far */
	u_int count;
};

/** Sessions of the SMFs, and all */
static kupf_store_t *fed, *store;
static kupf_preconfigured_t *preconfigured;
static kupf_pool_t *pool;
static kupf_ue_addresses_t *addresses;
static kupf_events_t *events;

/** Who tells about them */
static kupf_publisher_t *publisher;
static kupf_enforcement_t *guard;
static kupf_procedures_t *sessions;
static kupf_cred_t *cred;
static nin3a_config_t *config;
static nin3a_tunnels_t *tunnels;
static nin3a_jobs_t *actions;
static nin3a_enforcer_t *enforcer;

static slot_t slots[SLOTS];

/** Whoever hears of tunnels as long as it lasts */
static counter_t ups, downs;

/** Signalled when the traffic of a list is known */
static int wake;

/** Whether the enforcer comes and goes */
static bool detaching;

/** What happened: tunnels that came up and went, rekeyings, keys withheld by
 * the time that ours was to be built, IKE_SAs closed by a job */
static u_int opened, closed, rekeyed, withheld, deleted;

/** Files that were read, and tunnels with what was in them */
static u_int loaded, from_file;

/** First expectation that was not met */
static const char *broken;

/** State of the calling thread's sequence of random numbers */
static __thread uint32_t sequence;

#define STRING(x) #x
#define LINE(x) STRING(x)

/**
 * For any thread, where ck_assert() is for the main one.
 */
#define expect(condition) do { \
	if (!(condition)) \
	{ \
		cas_ptr(&broken, NULL, "line " LINE(__LINE__) ": " #condition); \
	} \
} while (0)

static void count_one(u_int *counter)
{
	__atomic_fetch_add(counter, 1, __ATOMIC_RELAXED);
}

/**
 * Next random number, below max (xorshift32).
 */
static u_int pick(u_int max)
{
	sequence ^= sequence << 13;
	sequence ^= sequence >> 17;
	sequence ^= sequence << 5;
	return sequence % max;
}

METHOD(kupf_subscriber_t, notify, void,
	counter_t *this, wire_octets_t packet)
{
	expect(packet.len > 0);
	count_one(&this->count);
}

/*
 * IKE_SAs
 */

METHOD(ike_sa_t, get_unique_id, uint32_t,
	sa_t *this)
{
	return this->unique_id;
}

METHOD(ike_sa_t, get_state, ike_sa_state_t,
	sa_t *this)
{
	return this->state;
}

METHOD(ike_sa_t, has_condition, bool,
	sa_t *this, ike_condition_t condition)
{
	return condition == COND_AUTHENTICATED && this->state >= IKE_ESTABLISHED;
}

/** What is the same for all IKE_SAs */
static host_t *local_host, *remote_host;
static identification_t *other_id;

METHOD(ike_sa_t, get_my_host, host_t*,
	sa_t *this)
{
	return local_host;
}

METHOD(ike_sa_t, get_other_host, host_t*,
	sa_t *this)
{
	return remote_host;
}

METHOD(ike_sa_t, get_other_id, identification_t*,
	sa_t *this)
{
	return other_id;
}

METHOD(ike_sa_t, delete_, status_t,
	sa_t *this, bool force)
{
	count_one(&deleted);
	this->state = IKE_DELETING;
	/* sometimes there is nobody to tell */
	return force || this->slot->spis.responder % 4 == 0 ? DESTROY_ME : SUCCESS;
}

static char *child_name(child_sa_t *this)
{
	return "nin3a";
}

static uint32_t child_number(child_sa_t *this, bool inbound)
{
	return inbound;
}

static child_sa_t child_sa = {
	.get_name = child_name,
	.get_spi = child_number,
	.get_if_id = child_number,
};

static void slots_init()
{
	int i, j;

	for (i = 0; i < SLOTS; i++)
	{
		slots[i] = (slot_t){};
		pthread_mutex_init(&slots[i].mutex, NULL);
		for (j = 0; j < 2; j++)
		{
			slots[i].sas[j] = (sa_t){
				.public = {
					.get_unique_id = _get_unique_id,
					.get_version = test_get_version,
					.get_keymat = test_get_keymat,
					.get_state = _get_state,
					.has_condition = _has_condition,
					.get_my_host = _get_my_host,
					.get_other_host = _get_other_host,
					.get_other_id = _get_other_id,
					.delete = _delete_,
					.create_task_enumerator =
									(void*)enumerator_create_empty,
					.create_child_sa_enumerator =
									(void*)enumerator_create_empty,
					.get_child_sa = (void*)return_null,
				},
				.slot = &slots[i],
				.unique_id = 2 * i + j + 1,
			};
		}
	}
}

/**
 * Wait for the IKE_SA of a slot, there or not.
 */
static void slot_enter(slot_t *slot)
{
	pthread_mutex_lock(&slot->mutex);
	charon->bus->set_sa(charon->bus,
						slot->current ? &slot->current->public : NULL);
}

static void slot_leave(slot_t *slot)
{
	charon->bus->set_sa(charon->bus, NULL);
	pthread_mutex_unlock(&slot->mutex);
}

/**
 * The IKE_SA of a slot goes.
 */
static void slot_empty(slot_t *slot)
{
	sa_t *sa = slot->current;

	sa->state = IKE_DESTROYING;
	charon->bus->ike_state_change(charon->bus, &sa->public, IKE_DESTROYING);
	expect(!slot->up_as);
	expect(tunnels->get_state(tunnels, sa->unique_id) == NIN3A_STATE_NONE);
	charon->bus->set_sa(charon->bus, NULL);
	slot->current = NULL;
}

/**
 * A new IKE_SA comes.
 */
static void slot_fill(slot_t *slot, sa_t *sa, ike_sa_state_t state)
{
	slot->spis.initiator = slot - slots + 1;
	slot->spis.responder++;
	sa->state = state;
	slot->current = sa;
	charon->bus->set_sa(charon->bus, &sa->public);
}

/*
 * Manager of IKE_SAs
 */

static ike_sa_t *manager_checkout(ike_sa_manager_t *this, ike_sa_id_t *id)
{
	slot_t *slot = &slots[id->get_initiator_spi(id) - 1];

	slot_enter(slot);
	if (slot->current &&
		slot->spis.responder == id->get_responder_spi(id))
	{
		return &slot->current->public;
	}
	slot_leave(slot);
	return NULL;
}

static void manager_checkin(ike_sa_manager_t *this, ike_sa_t *ike_sa)
{
	slot_leave(((sa_t*)ike_sa)->slot);
}

static void manager_checkin_and_destroy(ike_sa_manager_t *this,
										ike_sa_t *ike_sa)
{
	slot_empty(((sa_t*)ike_sa)->slot);
	manager_checkin(this, ike_sa);
}

static ike_sa_manager_t manager = {
	.checkout = manager_checkout,
	.checkin = manager_checkin,
	.checkin_and_destroy = manager_checkin_and_destroy,
};

/*
 * Hooks, called under the mutex of the bus
 */

/**
 * Whether an IKE_SA may go on with its session, asked after it was bound.
 */
static bool is_current(kupf_session_t *session, bool final)
{
	kupf_session_t *current;
	bool good;

	current = store->get(store, kupf_session_get_name(session));
	good = current && !kupf_session_expired(session, time_monotonic(NULL)) &&
		   (current == session || kupf_session_precedes(session, current));
	if (good && final && current != session)
	{
		if (kupf_session_needs_rekey(session, current))
		{
			actions->check(actions, current, 1);
		}
		else
		{
			tunnels->refresh(tunnels, current);
		}
	}
	kupf_session_unref(current);
	return good;
}

METHOD(listener_t, authorize, bool,
	listener_t *this, ike_sa_t *ike_sa, bool final, bool *success)
{
	uint32_t unique_id = ike_sa->get_unique_id(ike_sa);
	kupf_session_t *session;

	session = final ? tunnels->get_session(tunnels, unique_id)
					: cred->get_verified(cred, unique_id);
	*success = session &&
			   (final || tunnels->bind(tunnels, unique_id, session,
									   &((sa_t*)ike_sa)->slot->spis)) &&
			   is_current(session, final);
	if (!*success)
	{
		tunnels->refuse(tunnels, unique_id, NIN3A_SESSION_EXPIRED);
	}
	kupf_session_unref(session);
	return TRUE;
}

/**
 * What jobs tell: the end of what never was a tunnel.
 */
static kupf_t kupf = {
	.tunnel_down = (void*)nop,
};

static void handle_established(uint32_t unique_id)
{
	kupf_session_t *session;
	uint32_t serial;

	if (tunnels->establish(tunnels, unique_id) &&
		tunnels->crowds(tunnels, unique_id, &serial))
	{
		session = tunnels->get_session(tunnels, unique_id);
		expect(session);
		actions->settle(actions, session, serial, 1);
		kupf_session_unref(session);
	}
}

static void handle_end(slot_t *slot, uint32_t unique_id)
{
	nin3a_attempt_t *attempt;
	kupf_session_t *session;
	kupf_reason_t reason;
	nin3a_state_t state;
	uint32_t up_as;

	attempt = tunnels->take_attempt(tunnels, unique_id, &state);
	if (attempt)
	{
		expect(state != NIN3A_STATE_ESTABLISHED);
		events->auth_failed(events, attempt->id, attempt->local,
							attempt->remote, "test");
		nin3a_attempt_destroy(attempt);
	}
	session = tunnels->down(tunnels, unique_id, &up_as, &reason);
	if (session)
	{
		expect(up_as && slot->up_as == up_as);
		slot->up_as = 0;
		count_one(&closed);
		events->tunnel_down(events, session, up_as, reason);
		kupf_session_unref(session);
	}
	tunnels->remove(tunnels, unique_id);
}

METHOD(listener_t, ike_state_change, bool,
	listener_t *this, ike_sa_t *ike_sa, ike_sa_state_t state)
{
	uint32_t unique_id = ike_sa->get_unique_id(ike_sa);

	switch (state)
	{
		case IKE_ESTABLISHED:
			handle_established(unique_id);
			break;
		case IKE_DESTROYING:
			handle_end(((sa_t*)ike_sa)->slot, unique_id);
			break;
		default:
			break;
	}
	return TRUE;
}

METHOD(listener_t, ike_rekey, bool,
	listener_t *this, ike_sa_t *old, ike_sa_t *new)
{
	uint32_t unique_id = new->get_unique_id(new);

	if (tunnels->rekey(tunnels, old->get_unique_id(old), unique_id,
					   &((sa_t*)new)->slot->spis))
	{
		actions->close(actions, unique_id);
	}
	return TRUE;
}

METHOD(listener_t, child_updown, bool,
	listener_t *this, ike_sa_t *ike_sa, child_sa_t *child, bool up)
{
	uint32_t serial, unique_id = ike_sa->get_unique_id(ike_sa);
	slot_t *slot = ((sa_t*)ike_sa)->slot;
	kupf_session_data_t data;
	kupf_session_t *session;

	session = tunnels->up(tunnels, unique_id);
	if (session)
	{
		expect(!slot->up_as);
		slot->up_as = unique_id;
		count_one(&opened);
		kupf_session_get_data(session, &data);
		if (data.preconfigured)
		{
			count_one(&from_file);
		}
		events->tunnel_up(events, session, ike_sa, child);
		if (tunnels->crowds(tunnels, unique_id, &serial))
		{
			actions->supersede(actions, session, serial);
		}
		kupf_session_unref(session);
	}
	return TRUE;
}

static listener_t hooks;

/*
 * Sessions
 */

static void request_init(kupf_request_t *request, u_int session)
{
	memset(request, 0, sizeof(*request));
	request->fields = KUPF_FIELD_SESSION;
	snprintf(request->session, sizeof(request->session), "pdu-%u", session);
}

static void request_id(kupf_request_t *request, u_int id)
{
	request->fields |= KUPF_FIELD_UE_ID;
	request->id_type = ID_KEY_ID;
	request->id_len = snprintf((char*)request->id, sizeof(request->id),
							   "ue-%u", id);
}

/**
 * A key begins with the name of its session.
 */
static void request_key(kupf_request_t *request, u_int version)
{
	char key[KUPF_KEY_MIN + KUPF_SESSION_NAME_MAX];

	snprintf(key, sizeof(key), "%-31s%u", request->session, version);
	request->fields |= KUPF_FIELD_KEY;
	request->key_len = KUPF_KEY_MIN;
	memcpy(request->key, key, KUPF_KEY_MIN);
}

static void request_lifetime(kupf_request_t *request, uint32_t lifetime)
{
	request->fields |= KUPF_FIELD_LIFETIME;
	request->lifetime = lifetime;
}

/**
 * Check an answer, which was as the request wanted it or says why not.
 */
static void take_answer(kupf_request_t *request, kupf_session_t *session,
						kupf_error_t *error)
{
	if (session)
	{
		expect(error->cause == KUPF_CAUSE_NONE);
		expect(streq(kupf_session_get_name(session), request->session));
		kupf_session_unref(session);
		return;
	}
	switch (error->cause)
	{
		case KUPF_CAUSE_SESSION_EXISTS:
		case KUPF_CAUSE_NO_SUCH_SESSION:
		case KUPF_CAUSE_IDENTITY_IN_USE:
		case KUPF_CAUSE_ADDRESS_IN_USE:
		case KUPF_CAUSE_NO_ADDRESS:
		case KUPF_CAUSE_BUSY:
			break;
		default:
			expect(error->cause == KUPF_CAUSE_NONE);
			expect(session);
			break;
	}
}

/**
 * Name an inner address, which another session often has, or none.
 */
static void request_ue_address(kupf_request_t *request)
{
	char address[KUPF_ADDRESS_TEXT];

	request->ue_address_count = pick(2);
	if (request->ue_address_count)
	{
		snprintf(address, sizeof(address), "10.0.0.%u", 1 + pick(200));
		expect(kupf_address_parse(chunk_from_str(address),
								  request->ue_addresses));
	}
	request->fields |= KUPF_FIELD_UE_ADDRESSES;
}

/**
 * Establish a session, often one that there is, also with the same content.
 */
static void step_establish()
{
	kupf_request_t request;
	kupf_error_t error = {};
	u_int i = pick(SESSIONS);

	request_init(&request, i);
	request_id(&request, i);
	request_key(&request, pick(2));
	if (!pick(4))
	{
		request_ue_address(&request);
	}
	if (i < EXPIRING || !pick(2))
	{
		request_lifetime(&request, 1);
	}
	take_answer(&request, sessions->establish(sessions, &request, &error),
				&error);
}

static void step_modify()
{
	kupf_request_t request;
	kupf_error_t error = {};
	char address[KUPF_ADDRESS_TEXT];
	u_int i = pick(SESSIONS);

	request_init(&request, i);
	switch (i < EXPIRING ? pick(2) : pick(5))
	{
		case 4:
			request_ue_address(&request);
			break;
		case 0:
			request_key(&request, pick(4));
			break;
		case 1:
			request_id(&request, pick(IDENTITIES));
			break;
		case 2:
			request_lifetime(&request, pick(2));
			break;
		default:
			snprintf(address, sizeof(address), "192.0.2.%u", 1 + pick(254));
			expect(kupf_address_parse(chunk_from_str(address),
									  &request.upf_address));
			request.fields |= KUPF_FIELD_UPF_ADDRESS;
			break;
	}
	if (pick(4))
	{
		request.fields |= KUPF_FIELD_GRACE;
		request.grace = pick(2);
	}
	take_answer(&request, sessions->modify(sessions, &request, &error), &error);
}

/**
 * Delete a session, if there is one.
 */
static void delete_session(u_int i)
{
	kupf_error_t error = {};
	kupf_request_t request;
	u_int count;

	request_init(&request, i);
	expect(sessions->delete(sessions, request.session, &count, &error) ==
		   (error.cause == KUPF_CAUSE_NONE));
	expect(error.cause == KUPF_CAUSE_NONE ||
		   error.cause == KUPF_CAUSE_NO_SUCH_SESSION);
}

/**
 * Delete a session that is not left to expire.
 */
static void step_delete()
{
	if (!pick(8))
	{
		delete_session(EXPIRING + pick(SESSIONS - EXPIRING));
	}
}

/*
 * The operator
 */

/**
 * Add a session to the file.
 */
static void write_line(FILE *file, u_int session, u_int id, u_int version)
{
	kupf_request_t request;
	char key[2 * KUPF_KEY_MIN + 1];

	request_init(&request, session);
	request_id(&request, id);
	request_key(&request, version);
	chunk_to_hex(chunk_create(request.key, request.key_len), key, FALSE);
	fprintf(file, "%s ue-id=keyid:%.*s key=0x%s%s\n", request.session,
			(int)request.id_len, (char*)request.id, key,
			pick(8) ? "" : " services=mpquic");
}

/**
 * Take another file, or one that is broken.
 */
static void step_reload()
{
	kupf_error_t error = {};
	u_int session, id, i;
	bool broken_file;
	FILE *file;

	if (pick(16))
	{
		return;
	}
	file = fopen(test_path("keys"), "w");
	expect(file);
	/* few beginnings: most lines were there before */
	session = 100 * pick(2);
	id = 20 * pick(2);
	for (i = 0; i < LINES; i++)
	{
		write_line(file, (session + 11 * i) % SESSIONS,
				   (id + 7 * i) % IDENTITIES, !pick(4));
	}
	broken_file = !pick(8);
	fputs(broken_file ? "broken" : "", file);
	fclose(file);
	expect(preconfigured->load(preconfigured, &error) == !broken_file);
	expect(error.cause == (broken_file ? KUPF_CAUSE_INVALID_FILE :
										 KUPF_CAUSE_NONE));
	count_one(&loaded);
}

/**
 * Take no file at all.
 */
static void unload()
{
	kupf_error_t error = {};

	preconfigured->set_file(preconfigured, NULL, 0);
	expect(preconfigured->load(preconfigured, &error));
}

/*
 * UEs
 */

static identification_t *create_id(u_int id)
{
	kupf_request_t request = {};

	request_id(&request, id);
	return identification_create_from_encoding(ID_KEY_ID,
									chunk_create(request.id, request.id_len));
}

/**
 * Verify the AUTH payload of a UE as psk_authenticator.c does, which was made
 * with whatever key there is, or with another one.
 *
 * @param key		[out] key that has verified it
 */
static bool verify(identification_t *me, identification_t *peer,
				   uint8_t key[KUPF_KEY_MIN])
{
	bool good = pick(8), authenticated = FALSE;
	enumerator_t *enumerator;
	shared_key_t *shared;

	enumerator = lib->credmgr->create_shared_enumerator(lib->credmgr,
														SHARED_IKE, me, peer);
	while (!authenticated &&
		   enumerator->enumerate(enumerator, &shared, NULL, NULL))
	{
		expect(shared->get_key(shared).len == KUPF_KEY_MIN);
		memcpy(key, shared->get_key(shared).ptr, KUPF_KEY_MIN);
		authenticated = good;
	}
	enumerator->destroy(enumerator);
	return authenticated;
}

/**
 * Check the pin of an IKE_SA after verify().
 */
static void check_pin(uint32_t ike_sa, identification_t *peer,
					  const uint8_t *key)
{
	kupf_session_t *session;
	char name[KUPF_KEY_MIN];
	id_type_t type;

	session = cred->get_verified(cred, ike_sa);
	/* nobody's key is random */
	expect((session != NULL) == !memcmp(key, "pdu-", 4));
	if (session)
	{
		snprintf(name, sizeof(name), "%-31s", kupf_session_get_name(session));
		expect(!memcmp(key, name, KUPF_KEY_MIN - 1));
		expect(chunk_equals(kupf_session_get_key(session),
							chunk_create((u_char*)key, KUPF_KEY_MIN)));
		expect(chunk_equals(kupf_session_get_id(session, &type),
							peer->get_encoding(peer)));
		kupf_session_unref(session);
	}
}

/**
 * Build our AUTH payload, with the same key or not at all.
 */
static bool build(identification_t *me, identification_t *peer,
				  const uint8_t *key)
{
	shared_key_t *shared;

	shared = lib->credmgr->get_shared(lib->credmgr, SHARED_IKE, me, peer);
	if (!shared)
	{	/* refused meanwhile */
		count_one(&withheld);
		return FALSE;
	}
	expect(chunk_equals(shared->get_key(shared),
						chunk_create((u_char*)key, KUPF_KEY_MIN)));
	shared->destroy(shared);
	return TRUE;
}

/**
 * The IKE_AUTH exchange.
 */
static bool exchange(uint32_t ike_sa, identification_t *me,
					 identification_t *peer)
{
	uint8_t key[KUPF_KEY_MIN];

	if (!verify(me, peer, key))
	{
		return FALSE;
	}
	check_pin(ike_sa, peer, key);
	if (!charon->bus->authorize(charon->bus, FALSE))
	{
		return FALSE;
	}
	if (!pick(16))
	{	/* time for a modification or a deletion */
		usleep(pick(10000));
	}
	return build(me, peer, key) &&
		   charon->bus->authorize(charon->bus, TRUE);
}

static void begin(uint32_t ike_sa, identification_t *peer)
{
	tunnels->begin(tunnels, ike_sa,
				   nin3a_attempt_create(peer, local_host, remote_host,
						pick(16) ? NIN3A_ALLOWED : NIN3A_CONNECTION_CONFIG));
}

static void authenticate(slot_t *slot)
{
	sa_t *sa = &slot->sas[pick(2)];
	identification_t *me, *peer;

	slot_fill(slot, sa, IKE_CONNECTING);
	me = create_id(IDENTITIES);
	/* low ones more often, so that there are two of one session */
	peer = create_id(pick(1 + pick(IDENTITIES)));
	begin(sa->unique_id, peer);
	if (!pick(32))
	{
		begin(sa->unique_id, peer);
	}
	if (exchange(sa->unique_id, me, peer))
	{
		sa->state = IKE_ESTABLISHED;
		charon->bus->ike_state_change(charon->bus, &sa->public,
									  IKE_ESTABLISHED);
	}
	else
	{
		slot_empty(slot);
	}
	me->destroy(me);
	peer->destroy(peer);
}

static void rekey(slot_t *slot)
{
	sa_t *old = slot->current, *new = &slot->sas[old == slot->sas];

	count_one(&rekeyed);
	slot_fill(slot, new, IKE_ESTABLISHED);
	charon->bus->ike_rekey(charon->bus, &old->public, &new->public);
	old->state = IKE_REKEYED;
	charon->bus->ike_state_change(charon->bus, &old->public, IKE_DESTROYING);
}

static void step_ue()
{
	slot_t *slot = &slots[pick(SLOTS)];

	slot_enter(slot);
	if (!slot->current)
	{
		authenticate(slot);
	}
	else if (slot->current->state == IKE_DELETING)
	{
		slot_empty(slot);
	}
	else
	{
		switch (pick(8))
		{
			case 0:
				tunnels->set_reason(tunnels, slot->current->unique_id,
									KUPF_REASON_PEER);
				slot_empty(slot);
				break;
			case 1:
				rekey(slot);
				break;
			case 2:
				tunnels->lease(tunnels, slot->current->unique_id, 0);
				break;
			default:
				charon->bus->child_updown(charon->bus, &child_sa, TRUE);
				break;
		}
	}
	slot_leave(slot);
}

/*
 * Others
 */

CALLBACK(count_packet, void,
	u_int *count, wire_octets_t packet)
{
	(*count)++;
}

static void list_sessions()
{
	kupf_request_t filter = {};
	kupf_work_t *list;
	u_int count = 0;

	if (pick(4))
	{
		filter.fields = KUPF_FIELD_STATE;
		filter.up = TRUE;
	}
	list = kupf_list_create(store, &guard->enforcer, &filter, wake);
	while (list->step(list, count_packet, &count) != KUPF_WORK_DONE)
	{	/* to its end */
		sched_yield();
	}
	list->destroy(list);
	/* one that is established anew meanwhile may be seen twice */
	expect(count <= 2 * SESSIONS + 2 * LINES + 1);
}

CALLBACK(take_counter, void,
	u_int *count, const char *name, uint64_t value)
{
	expect(value < UINT32_MAX);
	(*count)++;
}

static void read_counters()
{
	uint64_t held, quarantined;
	u_int count = 0;

	kupf_counters_report(take_counter, &count);
	guard->enforcer.counters(&guard->enforcer, take_counter, &count);
	expect(count >= KUPF_COUNTER_MAX);
	count = pool->get_count(pool, &held, &quarantined);
	expect(held + quarantined <= count);
	expect(fed->get_count(fed) <= SESSIONS);
	expect(store->get_count(store) <= SESSIONS + LINES);
	expect(cred->get_pins(cred) <= 2 * SLOTS);
}

/**
 * Somebody who listens for a moment.
 */
static void listen_shortly()
{
	kupf_event_t event = pick(KUPF_EVENT_SESSION_EXPIRED + 1);
	counter_t *listener;

	INIT(listener,
		.public = {
			.notify = _notify,
		},
	);
	publisher->subscribe(publisher, event, &listener->public);
	usleep(pick(1000));
	expect(publisher->unsubscribe(publisher, event, &listener->public));
	/* nobody may have it now */
	free(listener);
}

/**
 * Ask for an IKE_SA that somebody else is at work on.
 */
static void look_up()
{
	uint32_t serial, ike_sa = 1 + pick(2 * SLOTS);
	kupf_session_t *session;
	tunnel_spis_t spis;
	u_int all, up;

	expect(!config->is_named(config, "other"));
	kupf_session_unref(cred->get_verified(cred, ike_sa));
	session = tunnels->get_session(tunnels, ike_sa);
	if (session)
	{
		all = tunnels->count(tunnels, kupf_session_get_name(session), &up);
		expect(up <= all && all <= SLOTS);
		kupf_session_unref(session);
	}
	if (tunnels->get_spis(tunnels, ike_sa, &spis))
	{
		expect(spis.initiator == (ike_sa + 1) / 2);
	}
	tunnels->crowds(tunnels, ike_sa, &serial);
	all = tunnels->get_count(tunnels, &up);
	expect(up <= all && all <= SLOTS);
}

static void reattach()
{
	guard->detach(guard);
	expect(guard->attach(guard, &enforcer->enforcer));
}

static void step_watch()
{
	switch (pick(16))
	{
		case 0:
			list_sessions();
			break;
		case 1:
			listen_shortly();
			break;
		case 2:
			expect(config->reload(config));
			break;
		case 3:
			if (detaching)
			{
				reattach();
			}
			break;
		case 4:
		case 5:
			read_counters();
			break;
		case 6:
		case 7:
			expect(!sessions->expire(sessions));
			break;
		default:
			look_up();
			break;
	}
}

/** What the threads do, each its own */
static void (*steps[])() = {
	step_establish, step_establish,
	step_modify, step_modify,
	step_delete,
	step_ue, step_ue, step_ue,
	step_watch,
	step_reload,
};

/**
 * What has not happened often enough for the rest to say something, NULL if
 * all of it has.
 */
static char *get_missing()
{
	static char *names[] = {
		"keys-yielded", "keys-unknown", "keys-withheld", "keys-pinned",
		"sessions-established", "sessions-modified", "sessions-deleted",
		"sessions-expired",
	};
	static struct {
		/** what is counted, and its number */
		char *name;
		u_int *count;
	} own[] = {
		{ "tunnels opened", &opened },
		{ "IKE_SAs rekeyed", &rekeyed },
		{ "IKE_SAs deleted", &deleted },
		{ "files loaded", &loaded },
		{ "keys of the file", &from_file },
	};
	u_int i;

	for (i = 0; i < countof(names); i++)
	{
		if (test_counter(names[i]) <= 10)
		{
			return names[i];
		}
	}
	for (i = 0; i < countof(own); i++)
	{
		if (__atomic_load_n(own[i].count, __ATOMIC_RELAXED) <= 10)
		{
			return own[i].name;
		}
	}
	return NULL;
}

static void *run(void *data)
{
	uintptr_t number = (uintptr_t)data;
	int round, i;

	sequence = 0x6e33 * (number + 1);
	for (round = 0; round < ROUNDS || (round < MAX_ROUNDS && get_missing());
		 round++)
	{
		for (i = 0; i < STEPS; i++)
		{
			steps[number]();
		}
		usleep(PAUSE);
	}
	return NULL;
}

static void run_all()
{
	thread_t *threads[countof(steps)];
	uintptr_t i;

	for (i = 0; i < countof(steps); i++)
	{
		threads[i] = thread_create(run, (void*)i);
		ck_assert_ptr_nonnull(threads[i]);
	}
	for (i = 0; i < countof(steps); i++)
	{
		threads[i]->join(threads[i]);
	}
}

static void setup()
{
	sequence = 1;
	local_host = host_create_from_string("192.0.2.1", 4500);
	remote_host = host_create_from_string("198.51.100.2", 4500);
	other_id = create_id(IDENTITIES);
	slots_init();
	charon->ike_sa_manager = &manager;
	wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	/* as kupf does it */
	fed = kupf_store_create(0, 0);
	pool = kupf_pool_create(POOL, QUARANTINE, FALSE);
	ck_assert_ptr_nonnull(pool);
	publisher = kupf_publisher_create();
	events = &publisher->events;
	guard = kupf_enforcement_create(TRUE, KUPF_ROLE_UPF);
	addresses = kupf_ue_addresses_create(&guard->enforcer, pool, NULL, FALSE);
	preconfigured = kupf_preconfigured_create(fed, &guard->enforcer, addresses,
											  kupf_preconfigured_file_read);
	store = kupf_overlay_create(fed, preconfigured->get_store(preconfigured));
	preconfigured->set_file(preconfigured, test_path("keys"), 0);
	fclose(fopen(test_path("keys"), "w"));
	ck_assert_int_eq(chmod(test_path("keys"), 0600), 0);
	sessions = kupf_procedures_create(fed, pool, addresses, &guard->enforcer,
									events, NULL, preconfigured, KUPF_KDF_FC_DEFAULT);
	cred = kupf_cred_create(store, NULL, &guard->enforcer);
	lib->credmgr->add_set(lib->credmgr, &cred->set);
	charon->bus->add_listener(charon->bus, cred->listener);
	/* as nin3a does it */
	lib->settings->set_int(lib->settings, "%s.plugins.nin3a.close_timeout", 1,
						   lib->ns);
	lib->settings->set_int(lib->settings, "%s.plugins.nin3a.grace", 1, lib->ns);
	config = nin3a_config_create();
	ck_assert_ptr_nonnull(config);
	tunnels = nin3a_tunnels_create();
	actions = nin3a_jobs_create(&kupf, config, tunnels, store);
	enforcer = nin3a_enforcer_create(config, tunnels, actions, store);
	hooks = (listener_t){
		.authorize = _authorize,
		.ike_state_change = _ike_state_change,
		.ike_rekey = _ike_rekey,
		.child_updown = _child_updown,
	};
	charon->bus->add_listener(charon->bus, &hooks);
	ck_assert(guard->attach(guard, &enforcer->enforcer));

	ups.public.notify = downs.public.notify = _notify;
	publisher->subscribe(publisher, KUPF_EVENT_TUNNEL_UP, &ups.public);
	publisher->subscribe(publisher, KUPF_EVENT_TUNNEL_DOWN, &downs.public);
	lib->processor->set_threads(lib->processor, WORKERS);
}

/**
 * The plugins go while charon still has jobs of theirs, then these go.
 */
static void teardown()
{
	guard->detach(guard);
	charon->bus->remove_listener(charon->bus, &hooks);
	enforcer->destroy(enforcer);
	actions->destroy(actions);
	tunnels->destroy(tunnels);
	config->destroy(config);
	charon->bus->remove_listener(charon->bus, cred->listener);
	lib->credmgr->remove_set(lib->credmgr, &cred->set);
	cred->destroy(cred);
	sessions->destroy(sessions);
	store->destroy(store);
	preconfigured->destroy(preconfigured);
	guard->destroy(guard);
	publisher->destroy(publisher);
	addresses->destroy(addresses);
	pool->destroy(pool);
	fed->destroy(fed);
	lib->processor->cancel(lib->processor);
	lib->scheduler->flush(lib->scheduler);
	close(wake);
	charon->ike_sa_manager = NULL;
	local_host->destroy(local_host);
	remote_host->destroy(remote_host);
	other_id->destroy(other_id);
}

/**
 * Whether a tunnel is of a session as it is now.
 */
static bool fits(uint32_t ike_sa)
{
	kupf_session_t *session, *current = NULL;
	bool good;

	session = tunnels->get_session(tunnels, ike_sa);
	if (session)
	{
		current = store->get(store, kupf_session_get_name(session));
	}
	good = current && !kupf_session_needs_rekey(session, current);
	kupf_session_unref(current);
	kupf_session_unref(session);
	return good;
}

/**
 * Count the IKE_SAs that nobody has begun to delete, although they have no
 * session, or another one.
 */
static u_int count_strays()
{
	u_int i, count = 0;

	for (i = 0; i < SLOTS; i++)
	{
		slot_enter(&slots[i]);
		count += slots[i].current && slots[i].current->state != IKE_DELETING &&
				 !fits(slots[i].current->unique_id);
		slot_leave(&slots[i]);
	}
	return count;
}

/**
 * Count the IKE_SAs that nobody has begun to delete.
 */
static u_int count_living()
{
	u_int i, count = 0;

	for (i = 0; i < SLOTS; i++)
	{
		slot_enter(&slots[i]);
		count += slots[i].current && slots[i].current->state != IKE_DELETING;
		slot_leave(&slots[i]);
	}
	return count;
}

static void delete_all()
{
	u_int i;

	for (i = 0; i < SESSIONS; i++)
	{
		delete_session(i);
	}
}

/**
 * All UEs go.
 */
static void empty_all()
{
	u_int i;

	for (i = 0; i < SLOTS; i++)
	{
		slot_enter(&slots[i]);
		if (slots[i].current)
		{
			slot_empty(&slots[i]);
		}
		slot_leave(&slots[i]);
	}
}

/**
 * Nothing is left when sessions and UEs are gone.
 */
static void assert_nothing_left()
{
	uint64_t held, quarantined;
	enumerator_t *enumerator;
	kupf_session_t *session;
	u_int up;

	ck_assert_msg(!broken, "%s", broken);
	ck_assert_uint_eq(store->get_count(store), 0);
	enumerator = store->create_enumerator(store);
	ck_assert(!enumerator->enumerate(enumerator, &session));
	enumerator->destroy(enumerator);
	ck_assert_uint_eq(pool->get_count(pool, &held, &quarantined), 254);
	ck_assert_uint_eq(held, 0);
	addresses->reap(addresses);
	ck_assert_uint_eq(addresses->get_count(addresses, &quarantined), 0);
	ck_assert_uint_eq(quarantined, 0);
	ck_assert_uint_eq(cred->get_pins(cred), 0);
	ck_assert_uint_eq(tunnels->get_count(tunnels, &up), 0);
	ck_assert_uint_eq(up, 0);
	ck_assert_uint_eq(opened, closed);
	ck_assert_uint_eq(ups.count, opened);
	ck_assert_uint_eq(downs.count, closed);
}

START_TEST(test_all)
{
	int i;

	detaching = FALSE;
	run_all();
	/* no grace is longer than a second, and no life than two */
	for (i = 0; i < 1000 && count_strays(); i++)
	{
		usleep(PAUSE);
		sessions->expire(sessions);
	}
	ck_assert_uint_eq(count_strays(), 0);
	delete_all();
	unload();
	/* no session, no tunnel: jobs close those that are left */
	for (i = 0; i < 1000 && count_living(); i++)
	{
		usleep(PAUSE);
	}
	ck_assert_uint_eq(count_living(), 0);
	empty_all();
	assert_nothing_left();
	ck_assert_msg(!get_missing(), "%s", get_missing());
}
END_TEST

/* kupf stays as it is when nin3a comes and goes */
START_TEST(test_detach)
{
	detaching = TRUE;
	run_all();
	delete_all();
	unload();
	empty_all();
	assert_nothing_left();
	ck_assert_msg(!get_missing(), "%s", get_missing());
}
END_TEST

Suite *concurrency_suite(void);

Suite *concurrency_suite(void)
{
	Suite *suite;
	TCase *tc;

	suite = suite_create("concurrency");

	tc = tcase_create("threads");
	tcase_set_timeout(tc, 60);
	tcase_add_checked_fixture(tc, test_dir_create, test_dir_remove);
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, test_all);
	tcase_add_test(tc, test_detach);
	suite_add_tcase(suite, tc);

	return suite;
}

int main(void)
{
	return test_run(concurrency_suite());
}
