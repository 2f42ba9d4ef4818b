/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "relay_source.h"
#include "relay_list.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/**
 * Private data.
 */
struct relay_source_t {
	/** keys of a file, or NULL */
	relay_list_t *list;
	/** socket, or NULL */
	relay_events_t *events;
	/** keys that are not in the file are asked for */
	bool asks;
};

/*
 * Described in header
 */
relay_source_t *relay_source_create(const relay_config_t *config,
									relay_events_provide_t provide,
									relay_events_again_t again, void *user,
									void (*log)(const char *text))
{
	relay_source_t *self = calloc(1, sizeof(*self));
	const char *wrong = NULL;
	unsigned int line = 0;
	char text[256];

	if (self && config->source_file[0])
	{
		self->list = relay_list_create(config->source_file, &line, &wrong);
	}
	if (self && !wrong && config->source_socket[0])
	{
		self->asks = config->source == RELAY_SOURCE_EVENTS;
		self->events = relay_events_create(config->source_socket, provide,
										   again, user);
		wrong = self->events ? NULL : strerror(errno);
	}
	if (wrong)
	{
		snprintf(text, sizeof(text), "source of keys: line %u: %s", line, wrong);
		log(text);
		relay_source_destroy(self);
		return NULL;
	}
	return self;
}

/*
 * Described in header
 */
void relay_source_destroy(relay_source_t *self)
{
	if (self)
	{
		relay_list_destroy(self->list);
		relay_events_destroy(self->events);
		free(self);
	}
}

/*
 * Described in header
 */
bool relay_source_find(relay_source_t *self, const char *upf,
					   const kupf_n4_need_t *need, kupf_n4_key_t *key)
{
	if (self->list)
	{
		return relay_list_find(self->list, need, key);
	}
	if (self->asks)
	{
		relay_events_ask(self->events, upf, need);
	}
	return false;
}

/*
 * Described in header
 */
void relay_source_tell(relay_source_t *self, const char *upf,
					   const kupf_n4_told_t *told)
{
	if (self->events)
	{
		relay_events_tell(self->events, upf, told);
	}
}

/*
 * Described in header
 */
void relay_source_poll(const relay_source_t *self, struct pollfd *fds)
{
	int i;

	for (i = 0; i < RELAY_EVENTS_FDS; i++)
	{
		fds[i].fd = -1;
	}
	if (self->events)
	{
		relay_events_poll(self->events, fds);
	}
}

/*
 * Described in header
 */
void relay_source_process(relay_source_t *self, const struct pollfd *fds)
{
	if (self->events)
	{
		relay_events_process(self->events, fds);
	}
}
