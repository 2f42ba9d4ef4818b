/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "sync_follow.h"
#include "sync_feed.h"
#include "sync_load.h"
#include "sync_log.h"
#include "sync_upf.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>

/** Longest step, ms */
#define STEP 500

/** How long to wait before the next attempt, the first time and at most, us */
#define RETRY_MIN 200000
#define RETRY_MAX 5000000

/** How often the engine is told how far we are, us */
#define REPORT 2000000

/** How often sessions that were refused for a reason that passes are tried again,
 * and how long it is until everything is loaded again if there are too many of
 * them, the first time and at most, us */
#define AGAIN 2000000
#define RELOAD_MIN 10000000
#define RELOAD_MAX 300000000

/**
 * A follower.
 */
struct sync_follow_t {
	/** configuration */
	const sync_config_t *config;
	/** way to kupf, and the connection: number of its socket, 0 if there is none */
	kupf_client_t *client;
	ino_t connected;
	/** engine, and the connection that changes come on */
	sync_engine_t engine;
	sync_feed_t feed;
	/** hands records over */
	sync_apply_t apply;
	/** what happens at this UPF */
	sync_upf_t upf;
	/** whether everything is loaded, from which run and group */
	bool loaded;
	/** the group was made anew, and may not have all sessions yet */
	bool partial;
	char run[SYNC_RUN_SIZE], epoch[SYNC_RUN_SIZE];
	/** number of the last change that was carried out */
	uint64_t position;
	/** when to try again, and how long to wait after that, us */
	int64_t retry_at, backoff;
	/** when to report, and to try again what was refused */
	int64_t report_at, again_at;
	/** when to load everything as too much was refused, 0 if that is not so, and
	 * how long to wait for the next time, us */
	int64_t reload_at, reload_wait;
	/** what was said last about why there is no engine */
	char said[256];
};

/*
 * Described in header
 */
sync_follow_t *sync_follow_create(const sync_config_t *config)
{
	sync_follow_t *self = calloc(1, sizeof(*self));

	if (!self)
	{
		return NULL;
	}
	self->config = config;
	self->engine.config = config;
	self->backoff = RETRY_MIN;
	self->reload_wait = RELOAD_MIN;
	self->client = kupf_client_create(config->socket);
	if (!self->client)
	{
		sync_follow_destroy(self);
		return NULL;
	}
	self->apply.config = config;
	self->apply.client = self->client;
	kupf_client_follow_boot(self->client);
	sync_upf_init(&self->upf, &self->engine, &self->apply);
	return self;
}

/*
 * Described in header
 */
void sync_follow_destroy(sync_follow_t *self)
{
	sync_feed_close(&self->feed);
	sync_engine_close(&self->engine);
	kupf_client_destroy(self->client);
	sync_again_clear(&self->apply.again);
	sync_upf_deinit(&self->upf);
	free(self);
}

/*
 * Described in header
 */
bool sync_follow_is_loaded(const sync_follow_t *self)
{
	return self->loaded;
}

/**
 * Try again later.
 */
static void back_off(sync_follow_t *self)
{
	self->retry_at = sync_engine_now() + self->backoff;
	self->backoff *= 2;
	if (self->backoff > RETRY_MAX)
	{
		self->backoff = RETRY_MAX;
	}
}

/**
 * The engine is gone, or not there yet.
 */
static void lose_engine(sync_follow_t *self, const char *why)
{
	if (strcmp(self->said, why))
	{
		snprintf(self->said, sizeof(self->said), "%s", why);
		sync_say("no engine: %s; charon goes on with what it has", why);
	}
	sync_feed_close(&self->feed);
	sync_engine_close(&self->engine);
	back_off(self);
}

/**
 * Connect to the engine.
 */
static void open_engine(sync_follow_t *self)
{
	if (!sync_engine_open(&self->engine, false) ||
		!sync_feed_open(&self->feed, &self->engine))
	{
		lose_engine(self, self->engine.error);
		return;
	}
	sync_say("the engine is there, group %s", self->config->group);
	self->said[0] = '\0';
	if (strcmp(self->run, self->engine.run) ||
		strcmp(self->epoch, self->engine.epoch))
	{
		self->loaded = false;
	}
}

/**
 * Load everything.
 */
static void load(sync_follow_t *self)
{
	uint64_t position;

	self->apply.lost = false;
	/* if the group was made anew, what we have may be what is missing there */
	if (self->epoch[0] && strcmp(self->epoch, self->engine.epoch))
	{
		self->partial = true;
	}
	if (self->engine.complete)
	{
		self->partial = false;
	}
	if (!sync_load(&self->apply, &self->engine, !self->partial, &position))
	{
		if (!self->engine.context)
		{
			lose_engine(self, self->engine.error);
			return;
		}
		sync_say_some("not everything was loaded: %s",
					  kupf_client_error(self->client));
		back_off(self);
		return;
	}
	self->loaded = true;
	self->position = position;
	self->backoff = RETRY_MIN;
	/* whatever finds that something is missing, one after the other */
	self->retry_at = sync_engine_now() + RETRY_MIN;
	self->report_at = 0;
	/* what was in the way of some may be gone now */
	self->again_at = 0;
	self->reload_at = 0;
	if (!self->apply.again.overflow)
	{
		self->reload_wait = RELOAD_MIN;
	}
	sync_tunnels_forget_claims(self->upf.tunnels);
	strcpy(self->run, self->engine.run);
	strcpy(self->epoch, self->engine.epoch);
}

/**
 * Try again what was refused for a reason that passes.
 */
static void try_again(sync_follow_t *self)
{
	int64_t now = sync_engine_now();

	if (now < self->again_at)
	{
		return;
	}
	self->again_at = now + AGAIN;
	if (self->apply.again.overflow && !self->reload_at)
	{
		sync_say("more than %u sessions wait to be taken: everything is loaded "
				 "again in %u seconds", SYNC_AGAIN_MAX,
				 (unsigned int)(self->reload_wait / 1000000));
		self->reload_at = now + self->reload_wait;
		self->reload_wait *= 2;
		if (self->reload_wait > RELOAD_MAX)
		{
			self->reload_wait = RELOAD_MAX;
		}
	}
	if (self->reload_at && now >= self->reload_at)
	{
		self->loaded = false;
	}
	else if (!sync_apply_again(&self->apply, &self->engine) &&
			 !self->engine.context)
	{
		lose_engine(self, self->engine.error);
	}
}

/**
 * A change has come.
 */
static void on_change(void *user, uint64_t number, wire_octets_t session,
					  wire_octets_t record, wire_octets_t claimed)
{
	sync_follow_t *self = user;

	if (!self->loaded || number <= self->position)
	{	/* asked for before everything was loaded */
		return;
	}
	if (number != self->position + 1)
	{
		sync_say("changes %llu to %llu are missing",
				 (unsigned long long)self->position + 1,
				 (unsigned long long)number - 1);
		self->loaded = false;
		return;
	}
	self->position = number;
	if (record.len)
	{
		sync_apply_change(&self->apply, session, record, self->config->fetch);
		return;
	}
	sync_upf_claimed(&self->upf, session, claimed);
}

/**
 * Tell the engine how far we are, and see that it is where we think it is: it may
 * have lost everything, or some changes, without having gone.
 */
static void report(sync_follow_t *self)
{
	char key[SYNC_KEY_NAME], text[400];
	redisReply *reply;
	uint64_t last;

	if (!sync_engine_look(&self->engine, &last) ||
		!sync_engine_measure(&self->engine))
	{
		if (!self->engine.context)
		{
			lose_engine(self, self->engine.error);
		}
	}
	else if (self->loaded && last < self->position)
	{
		sync_say("the engine has lost changes %llu to %llu",
				 (unsigned long long)last + 1,
				 (unsigned long long)self->position);
		self->loaded = false;
	}
	else if (self->partial && self->engine.complete)
	{	/* what it does not have now, it is not to have */
		self->loaded = false;
	}
	snprintf(text, sizeof(text), "mode=%s loaded=%s position=%llu taken=%llu "
			 "refused=%llu ahead=%llu unreadable=%llu tunnels=%u time=%llu "
			 "waiting=%u%s",
			 self->config->fetch ? "fetch" : "all",
			 self->loaded ? "yes" : "no", (unsigned long long)self->position,
			 (unsigned long long)self->apply.taken,
			 (unsigned long long)self->apply.refused,
			 (unsigned long long)self->apply.ahead,
			 (unsigned long long)self->apply.unreadable,
			 sync_tunnels_count(self->upf.tunnels),
			 (unsigned long long)time(NULL), self->apply.again.count,
			 self->apply.again.overflow ? "+" : "");
	sync_engine_key(&self->engine, key, "upfs");
	reply = sync_engine_ask(&self->engine, "HSET", key, self->config->upf,
							text, NULL);
	if (reply)
	{
		freeReplyObject(reply);
	}
	self->report_at = sync_engine_now() + REPORT;
}

/**
 * Do what needs the engine.
 */
static void work(sync_follow_t *self)
{
	bool due = sync_engine_now() >= self->retry_at;

	if (!self->engine.context && due)
	{
		open_engine(self);
	}
	if (self->engine.context && self->connected && due && !self->loaded)
	{
		load(self);
	}
	if (self->engine.context && self->connected && self->loaded)
	{
		try_again(self);
	}
	if (self->engine.context && self->connected)
	{
		sync_upf_look(&self->upf);
	}
	if (self->engine.context)
	{
		sync_upf_take_events(&self->upf);
	}
	if (self->engine.context && self->connected)
	{
		sync_upf_claim(&self->upf);
	}
	if (self->engine.context && sync_engine_now() >= self->report_at)
	{
		report(self);
	}
	if (self->engine.context && self->loaded &&
		!sync_feed_ask(&self->feed, self->position))
	{
		lose_engine(self, self->engine.error);
	}
}

/**
 * See how kupf is.
 */
static void look_at_kupf(sync_follow_t *self)
{
	ino_t connected = 0;
	struct stat status;

	/* one that was lost and made again meanwhile is another one */
	if (kupf_client_process(self->client) == KUPF_CLIENT_OK &&
		!fstat(kupf_client_fd(self->client), &status))
	{
		connected = status.st_ino;
	}
	if (connected != self->connected)
	{
		if (connected)
		{
			sync_say("charon is there");
		}
		else
		{
			sync_say("charon is gone: %s", kupf_client_error(self->client));
		}
		self->connected = connected;
		sync_upf_lose_charon(&self->upf);
	}
	if (self->apply.lost || (connected && kupf_client_must_sync(self->client)))
	{
		self->loaded = false;
	}
}

/*
 * Described in header
 */
int sync_follow_wait(const sync_follow_t *self)
{
	int wait = kupf_client_poll_timeout(self->client);

	/* without the engine, events wait for it to come */
	if (self->upf.events.count && self->engine.context)
	{
		return 0;
	}
	return wait < 0 || wait > STEP ? STEP : wait;
}

/*
 * Described in header
 */
void sync_follow_step(sync_follow_t *self, const sigset_t *signals)
{
	struct pollfd fds[2];
	struct timespec limit = {};
	int wait;

	look_at_kupf(self);
	work(self);
	wait = sync_follow_wait(self);
	limit.tv_sec = wait / 1000;
	limit.tv_nsec = wait % 1000 * 1000000;
	fds[0] = (struct pollfd){
		.fd = kupf_client_fd(self->client),
		.events = kupf_client_poll_events(self->client),
	};
	fds[1] = (struct pollfd){
		.fd = sync_feed_fd(&self->feed),
		.events = POLLIN,
	};
	if (ppoll(fds, 2, &limit, signals) < 0)
	{
		return;
	}
	if (fds[1].revents &&
		!sync_feed_read(&self->feed, on_change, self))
	{
		lose_engine(self, self->feed.error);
	}
	else if (!fds[1].revents && sync_feed_is_late(&self->feed))
	{
		lose_engine(self, "it does not answer");
	}
}
