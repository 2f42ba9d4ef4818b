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
#include "kupf/kupf_enforcement.h"
#include "kupf/protocol/kupf_list.h"
#include "kupf/protocol/kupf_preconfigured_file.h"
#include "kupf/store/kupf_overlay.h"
#include "test_concurrency.h"

#include <threading/thread.h>

#include <sched.h>
#include <stdio.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>

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
typedef struct counter_t counter_t;

/**
 * Counts events; threads may call it at once.
 */
struct counter_t {
	/** public interface */
	kupf_subscriber_t public;
	/** events so far */
	u_int count;
};

kupf_store_t *fed, *store;
kupf_preconfigured_t *preconfigured;
static kupf_pool_t *pool;
static kupf_ue_addresses_t *addresses;
kupf_events_t *events;

/** Who tells about them */
static kupf_publisher_t *publisher;
static kupf_enforcement_t *guard;
kupf_procedures_t *sessions;
kupf_cred_t *cred;
static nin3a_config_t *config;
nin3a_tunnels_t *tunnels;
nin3a_jobs_t *actions;
static nin3a_enforcer_t *enforcer;

/** Whoever hears of tunnels as long as it lasts */
static counter_t ups, downs;

/** Signalled when the traffic of a list is known */
static int wake;

/** Whether the enforcer comes and goes */
static bool detaching;

u_int opened, closed, rekeyed, withheld, deleted;

u_int loaded, from_file;

const char *broken;

/** State of the calling thread's sequence of random numbers */
static __thread uint32_t sequence;

void count_one(u_int *counter)
{
	__atomic_fetch_add(counter, 1, __ATOMIC_RELAXED);
}

u_int pick(u_int max)
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
	count = pool->get_count(pool, 0, &held, &quarantined);
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
	kupf_session_unref(cred->get_verifying_session(cred, ike_sa));
	session = tunnels->get_session(tunnels, ike_sa);
	if (session)
	{
		all = tunnels->count_bound(tunnels, kupf_session_get_name(session),
								   &up);
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
	ike_sas_init();
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
	actions = nin3a_jobs_create(&plugin, config, tunnels, store);
	enforcer = nin3a_enforcer_create(config, tunnels, actions, store);
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
	ck_assert_uint_eq(pool->get_count(pool, 0, &held, &quarantined), 254);
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

static Suite *concurrency_suite()
{
	Suite *suite = suite_create("concurrency");
	TCase *tc;

	tc = test_case(suite, "threads", 60, test_dir_create, test_dir_remove);
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, test_all);
	tcase_add_test(tc, test_detach);

	return suite;
}

int main(void)
{
	return test_run(concurrency_suite());
}
