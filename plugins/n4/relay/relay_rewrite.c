/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "relay_rewrite.h"

/** Types of Node IDs, clause 8.2.38 */
#define NODE_IPV4 0
#define NODE_IPV6 1

/** Flags of F-SEID, clause 8.2.37, and where its SEID is */
#define F_SEID_V4 0x02
#define F_SEID_V6 0x01
#define F_SEID_FLAGS 1
#define F_SEID_SEID 8

/**
 * Write type and length of an IE.
 */
static void begin(const n4_ie_t *ie, n4_out_t *out, size_t len)
{
	n4_out_number(out, ie->type, 2);
	n4_out_number(out, len, 2);
}

/**
 * Write a recovery time stamp that is as far from the relay's start as it was
 * from the first one.
 */
static void shift(relay_rewrite_t *self, const n4_ie_t *ie, n4_out_t *out)
{
	uint32_t stamp = n4_number(ie->value.ptr, 4);

	self->first = self->first ?: stamp;
	begin(ie, out, ie->value.len);
	n4_out_number(out, (uint32_t)(self->start + (stamp - self->first)), 4);
	n4_out_add(out, wire_octets(ie->value.ptr + 4, ie->value.len - 4));
}

/**
 * Rewrite an IE.
 */
static bool edit(void *user, const n4_ie_t *ie, n4_out_t *out)
{
	relay_rewrite_t *self = user;
	wire_octets_t address = wire_octets(self->address.octets,
										relay_address_len(&self->address));
	bool is_v4 = self->address.family == AF_INET;

	if (ie->type == N4_IE_NODE_ID && ie->value.len > 1)
	{
		begin(ie, out, 1 + address.len);
		n4_out_number(out, is_v4 ? NODE_IPV4 : NODE_IPV6, 1);
		n4_out_add(out, address);
		return true;
	}
	if (ie->type == N4_IE_F_SEID && ie->value.len >= F_SEID_FLAGS + F_SEID_SEID)
	{
		begin(ie, out, F_SEID_FLAGS + F_SEID_SEID + address.len);
		n4_out_number(out, is_v4 ? F_SEID_V4 : F_SEID_V6, F_SEID_FLAGS);
		n4_out_add(out, wire_octets(ie->value.ptr + F_SEID_FLAGS, F_SEID_SEID));
		n4_out_add(out, address);
		return true;
	}
	if (ie->type == N4_IE_RECOVERY_TIME_STAMP && ie->value.len >= 4 &&
		self->shifts)
	{
		shift(self, ie, out);
		return true;
	}
	return false;
}

/*
 * Described in header
 */
bool relay_rewrite(relay_rewrite_t *self, wire_octets_t octets, n4_out_t *out)
{
	n4_message_t message;

	return n4_message_cut(&octets, &message) &&
		   n4_message_write(&message, edit, self, wire_octets(NULL, 0), out);
}
