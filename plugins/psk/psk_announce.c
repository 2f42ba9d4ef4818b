/* SPDX-License-Identifier: MIT */

#include "psk_announce.h"
#include "psk_ends.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/** Requests in flight beyond which nothing is sent that can wait */
#define IN_FLIGHT_MAX 32

typedef struct retold_t retold_t;

/**
 * A connection that the daemon is being told of again.
 */
struct retold_t {
	/** connections */
	psk_links_t *links;
	/** number of the connection, which may be gone */
	uint64_t id;
};

/*
 * Described in header
 */
void psk_announce_begin(kupf_client_t *client, const psk_link_t *link)
{
	wire_writer_t *writer;
	char name[24];

	snprintf(name, sizeof(name), "%llu", (unsigned long long)link->id);
	writer = kupf_client_begin(client, "connection-up");
	wire_writer_value(writer, "identity",
					  wire_octets(link->identity, link->identity_len));
	wire_writer_text(writer, "connection", name);
	if (link->remote[0])
	{
		wire_writer_text(writer, "remote", link->remote);
	}
}

/*
 * Described in header
 */
bool psk_announce_is_right(const psk_link_t *link,
						   const kupf_client_reply_t *reply)
{
	wire_octets_t check = kupf_client_reply_get(reply, "check");
	wire_octets_t session = kupf_client_reply_get(reply, "session");

	return wire_equals(session, link->session) &&
		   check.len == strlen(link->check) &&
		   (!check.len || !memcmp(check.ptr, link->check, check.len));
}

/*
 * Described in header
 */
void psk_announce_taken(psk_link_t *link, const kupf_client_reply_t *reply)
{
	uint64_t generation;

	if (wire_number(kupf_client_reply_get(reply, "generation"), UINT32_MAX,
					&generation))
	{
		link->generation = generation;
	}
}

/**
 * Called with what became of a connection that the daemon was told of again.
 */
static void on_retold(void *user, const kupf_client_reply_t *reply)
{
	retold_t *retold = user;
	psk_links_t *links = retold->links;
	psk_link_t *link;

	link = psk_links_find(links, retold->id);
	if (link && reply->status == KUPF_CLIENT_OK)
	{
		if (psk_announce_is_right(link, reply))
		{
			psk_announce_taken(link, reply);
		}
		else
		{
			psk_ends_mark(links, link, "replaced", 0);
		}
	}
	else if (link && (reply->status == KUPF_CLIENT_REFUSED ||
					  reply->status == KUPF_CLIENT_UNKNOWN))
	{
		psk_ends_mark(links, link, "unknown", 0);
	}
	/* otherwise there will be another connection, which is told of all */
	free(retold);
}

/**
 * Tell the daemon of a connection again.
 */
static bool send_up(kupf_client_t *client, psk_links_t *links, uint64_t serial,
					psk_link_t *link)
{
	retold_t *retold;

	retold = malloc(sizeof(*retold));
	if (!retold)
	{
		return false;
	}
	*retold = (retold_t){ links, link->id };
	psk_announce_begin(client, link);
	if (kupf_client_send(client, on_retold, retold) != KUPF_CLIENT_OK)
	{
		free(retold);
		return false;
	}
	link->serial = serial;
	psk_links_move(NULL, &link->untold);
	return true;
}

/**
 * Tell the daemon that a connection is closed, if it knows of it, and forget it.
 */
static bool send_down(kupf_client_t *client, psk_links_t *links,
					  uint64_t serial, psk_link_t *link)
{
	wire_writer_t *writer;
	char name[24];

	if (link->serial == serial)
	{
		snprintf(name, sizeof(name), "%llu", (unsigned long long)link->id);
		writer = kupf_client_begin(client, "connection-down");
		wire_writer_text(writer, "connection", name);
		if (kupf_client_send(client, NULL, NULL) != KUPF_CLIENT_OK)
		{
			return false;
		}
	}
	psk_links_remove(links, link);
	return true;
}

/*
 * Described in header
 */
void psk_announce_all(kupf_client_t *client, psk_links_t *links,
					  uint64_t serial)
{
	psk_node_t *untold = &links->untold;
	psk_link_t *link;
	bool sent = true;

	while (sent && !psk_links_is_empty(untold) &&
		   kupf_client_in_flight(client) < IN_FLIGHT_MAX)
	{
		link = PSK_LINK(untold->next, untold);
		sent = link->closed ? send_down(client, links, serial, link) :
							  send_up(client, links, serial, link);
	}
}
