/* SPDX-License-Identifier: MIT */

#include "psk_ends.h"

#include <limits.h>
#include <string.h>
#include <time.h>

/** Reasons of psk-end */
static const char *const reasons[] = {
	"replaced", "deleted", "expired", "service", "reload",
};

/*
 * Described in header
 */
uint64_t psk_ends_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/*
 * Described in header
 */
void psk_ends_mark(psk_links_t *self, psk_link_t *link, const char *reason,
				   uint64_t grace)
{
	uint64_t end = psk_ends_now() + grace;

	if (end < link->end && !link->closed)
	{
		link->end = end;
		link->reason = reason;
		link->grace = grace > 0;
		psk_links_move(&self->ending, &link->ending);
	}
}

/*
 * Described in header
 */
void psk_ends_read(psk_links_t *self, const wire_reader_t *event)
{
	char session[PSK_LINKS_SESSION_MAX + 1];
	wire_octets_t value;
	uint64_t generation = UINT32_MAX, grace = 0;
	const char *reason = "deleted";
	psk_link_t *link = NULL;
	size_t i;

	wire_reader_find(event, "session", &value);
	if (!value.len || value.len >= sizeof(session))
	{
		return;
	}
	memcpy(session, value.ptr, value.len);
	session[value.len] = '\0';
	/* what cannot be read ends all, and at once */
	wire_reader_find(event, "generation", &value);
	wire_number(value, UINT32_MAX, &generation);
	wire_reader_find(event, "grace", &value);
	wire_number(value, UINT32_MAX, &grace);
	wire_reader_find(event, "reason", &value);
	for (i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
	{
		reason = wire_equals(value, reasons[i]) ? reasons[i] : reason;
	}
	while ((link = psk_links_next(self, session, link)))
	{
		if (link->generation <= generation)
		{
			psk_ends_mark(self, link, reason, grace * 1000);
		}
	}
}

/*
 * Described in header
 */
void psk_ends_mark_all(psk_links_t *self, const char *reason)
{
	psk_link_t *link;
	size_t i;

	for (i = 0; i < self->size; i++)
	{
		for (link = self->by_id[i]; link; link = link->next_by_id)
		{
			psk_ends_mark(self, link, reason, 0);
		}
	}
}

/*
 * Described in header
 */
void psk_ends_tell(psk_links_t *self, kupf_psk_client_end_cb_t cb, void *ctx)
{
	psk_node_t waiting, *ending = &self->ending;
	kupf_psk_client_end_t end;
	uint64_t now = psk_ends_now();
	psk_link_t *link;

	waiting.next = waiting.prev = &waiting;
	while (!psk_links_is_empty(ending))
	{
		link = PSK_LINK(ending->next, ending);
		end = (kupf_psk_client_end_t){
			.id = link->id,
			.user = link->user,
			.reason = link->reason,
		};
		if (link->end <= now)
		{
			psk_links_move(NULL, &link->ending);
			cb(ctx, &end);
			continue;
		}
		psk_links_move(&waiting, &link->ending);
		if (link->grace)
		{
			link->grace = false;
			end.grace = link->end - now > UINT_MAX ? UINT_MAX :
													 link->end - now;
			cb(ctx, &end);
		}
	}
	while (!psk_links_is_empty(&waiting))
	{
		psk_links_move(ending, waiting.next);
	}
}

/*
 * Described in header
 */
uint64_t psk_ends_due(const psk_links_t *self)
{
	uint64_t then = PSK_NEVER;
	const psk_link_t *link;
	psk_node_t *node;

	for (node = self->ending.next; node != &self->ending; node = node->next)
	{
		link = PSK_LINK(node, ending);
		then = link->grace ? 0 : link->end < then ? link->end : then;
	}
	return then;
}
