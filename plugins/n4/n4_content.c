/* SPDX-License-Identifier: MIT */

#include "n4_content.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

/** Flags of IE UE IP Address, clause 8.2.62 */
#define UE_V6 0x01
#define UE_V4 0x02
#define UE_V6_DELEGATED 0x08
#define UE_V6_LENGTH 0x40

/** Prefix of a PDU session of which nothing else is said */
#define PREFIX 64

/*
 * Described in header
 */
void n4_content_renew(n4_content_t *self, const n4_content_t *with)
{
	memcpy(self->key, with->key, sizeof(self->key));
	self->has_key = with->has_key;
	self->derives = with->derives;
	memcpy(self->rand, with->rand, sizeof(self->rand));
	self->rand_len = with->rand_len;
	if (with->id_len || with->derives)
	{	/* a derivation brings an identifier of its own */
		memcpy(self->id, with->id, sizeof(self->id));
		self->id_len = with->id_len;
	}
	if (with->lifetime)
	{
		self->lifetime = with->lifetime;
		self->since = with->since;
	}
	self->lifetime_is_new = with->lifetime > 0;
	self->grace = with->grace;
	if (with->pdu_session_id)
	{
		self->pdu_session_id = with->pdu_session_id;
	}
}

/*
 * Described in header
 */
bool n4_content_has_key_of(const n4_content_t *self, const n4_content_t *other)
{
	uint8_t differ = 0;
	size_t i;

	for (i = 0; i < N4_KEY_SIZE; i++)
	{
		differ |= self->key[i] ^ other->key[i];
	}
	return self->has_key && other->has_key && !differ &&
		   self->derives == other->derives &&
		   self->rand_len == other->rand_len &&
		   !memcmp(self->rand, other->rand, sizeof(self->rand)) &&
		   self->id_len == other->id_len &&
		   !memcmp(self->id, other->id, sizeof(self->id));
}

/**
 * Add an inner address, unless it is there or there are too many.
 */
static void add_address(n4_content_t *self, const char *address)
{
	int i;

	for (i = 0; i < N4_UE_ADDRESSES; i++)
	{
		if (!self->ue_addresses[i][0])
		{
			strcpy(self->ue_addresses[i], address);
			return;
		}
		if (!strcmp(self->ue_addresses[i], address))
		{
			return;
		}
	}
}

/**
 * Length of the prefix that is said behind the addresses.
 */
static int prefix_of(uint8_t flags, wire_octets_t rest)
{
	int prefix = PREFIX;

	if (flags & UE_V6_DELEGATED && rest.len)
	{
		prefix = PREFIX - rest.ptr[0];
		rest = wire_octets(rest.ptr + 1, rest.len - 1);
	}
	if (flags & UE_V6_LENGTH && rest.len)
	{
		prefix = rest.ptr[0];
	}
	return prefix > 0 && prefix <= 128 ? prefix : PREFIX;
}

/**
 * Read an IPv6 prefix, of which the host's part is cleared.
 */
static void learn_prefix(n4_content_t *self, const uint8_t *from, int prefix)
{
	char text[INET6_ADDRSTRLEN], address[N4_ADDRESS_TEXT];
	uint8_t octets[16];
	int i;

	for (i = 0; i < 16; i++)
	{
		octets[i] = prefix >= 8 * (i + 1) ? from[i] : prefix <= 8 * i ? 0 :
					from[i] & (0xff00 >> (prefix - 8 * i));
	}
	inet_ntop(AF_INET6, octets, text, sizeof(text));
	snprintf(address, sizeof(address), prefix < 128 ? "%s/%d" : "%s", text,
			 prefix);
	add_address(self, address);
}

/**
 * Read an IE UE IP Address.
 */
static void learn_address(n4_content_t *self, wire_octets_t value)
{
	char text[INET_ADDRSTRLEN];
	uint8_t flags = value.ptr[0];

	value = wire_octets(value.ptr + 1, value.len - 1);
	if (flags & UE_V4)
	{
		if (value.len < 4)
		{
			return;
		}
		inet_ntop(AF_INET, value.ptr, text, sizeof(text));
		add_address(self, text);
		value = wire_octets(value.ptr + 4, value.len - 4);
	}
	if (flags & UE_V6 && value.len >= 16)
	{
		learn_prefix(self, value.ptr,
					 prefix_of(flags, wire_octets(value.ptr + 16,
												  value.len - 16)));
	}
}

/**
 * Read an IE APN/DNN, labels with their lengths (TS 23.003 clause 9.1).  What
 * kupf would refuse is none.
 */
static void learn_dnn(n4_content_t *self, wire_octets_t value)
{
	static const char chars[] = "abcdefghijklmnopqrstuvwxyz"
								"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-";
	char dnn[N4_DNN_MAX + 2];
	size_t i, len = 0, label = 0;

	for (i = 0; i < value.len; i++)
	{
		if (label == 0)
		{
			label = value.ptr[i];
			if (label == 0 || label >= value.len - i || len > N4_DNN_MAX)
			{
				return;
			}
			dnn[len++] = '.';
			continue;
		}
		label--;
		if (len > N4_DNN_MAX || !value.ptr[i] || !strchr(chars, value.ptr[i]))
		{
			return;
		}
		dnn[len++] = value.ptr[i];
	}
	if (len && !self->dnn[0])
	{
		dnn[len] = '\0';
		strcpy(self->dnn, dnn + 1);
	}
}

/**
 * Read an IE S-NSSAI, clause 8.2.176: SST and SD, which is all ones for none.
 */
static void learn_snssai(n4_content_t *self, wire_octets_t value)
{
	uint32_t sd = n4_number(value.ptr + 1, 3);

	if (value.ptr[0] && !self->snssai[0])
	{
		snprintf(self->snssai, sizeof(self->snssai),
				 sd == 0xffffff ? "%u" : "%u-%06x", value.ptr[0], sd);
	}
}

/**
 * Cut a value with its length in front off.
 */
static bool cut(wire_octets_t *from, wire_octets_t *value)
{
	if (!from->len || from->ptr[0] > from->len - 1)
	{
		return false;
	}
	*value = wire_octets(from->ptr + 1, from->ptr[0]);
	*from = wire_octets(from->ptr + 1 + value->len, from->len - 1 - value->len);
	return true;
}

/**
 * Read an IMSI: digits, the lower half of an octet first, ones at the end.
 */
static void learn_imsi(n4_content_t *self, wire_octets_t value)
{
	char imsi[N4_SUPI_SIZE] = "imsi-";
	size_t i, len = strlen(imsi);
	uint8_t digit;

	for (i = 0; i < 2 * value.len && value.len <= 8; i++)
	{
		digit = i % 2 ? value.ptr[i / 2] >> 4 : value.ptr[i / 2] & 0x0f;
		if (digit > 9)
		{
			if (digit != 0x0f || i != 2 * value.len - 1)
			{
				return;
			}
			break;
		}
		imsi[len++] = '0' + digit;
	}
	if (len >= strlen("imsi-") + 5)
	{
		strcpy(self->supi, imsi);
	}
}

/**
 * Read an NAI.
 */
static void learn_nai(n4_content_t *self, wire_octets_t value)
{
	size_t i;

	for (i = 0; i < value.len; i++)
	{
		if (value.ptr[i] <= ' ' || value.ptr[i] > '~')
		{
			return;
		}
	}
	if (value.len && value.len < sizeof(self->supi) - strlen("nai-"))
	{
		snprintf(self->supi, sizeof(self->supi), "nai-%.*s", (int)value.len,
				 (const char*)value.ptr);
	}
}

/**
 * Read an IE User ID, clause 8.2.101: IMSI, IMEI, MSISDN and NAI, as far as the
 * flags say that they are there.
 */
static void learn_user(n4_content_t *self, wire_octets_t value)
{
	wire_octets_t part;
	uint8_t flags;
	int i;

	if (!value.len || self->supi[0])
	{
		return;
	}
	flags = value.ptr[0];
	value = wire_octets(value.ptr + 1, value.len - 1);
	for (i = 0; i < 4; i++)
	{
		if (!(flags & 1 << i))
		{
			continue;
		}
		if (!cut(&value, &part))
		{
			return;
		}
		if (i == 0)
		{
			learn_imsi(self, part);
		}
		else if (i == 3 && !self->supi[0])
		{
			learn_nai(self, part);
		}
	}
}

/*
 * Described in header
 */
void n4_content_learn(n4_content_t *self, const n4_message_t *message)
{
	wire_octets_t ies = message->ies, pdi, value;
	n4_ie_t ie;

	while (n4_ie_next(&ies, &ie))
	{
		if (ie.type == N4_IE_CREATE_PDR &&
			n4_ie_find(ie.value, N4_IE_PDI, 0, &pdi) &&
			n4_ie_find(pdi, N4_IE_UE_IP_ADDRESS, 1, &value))
		{
			learn_address(self, value);
		}
		else if (ie.type == N4_IE_CREATED_PDR &&
				 n4_ie_find(ie.value, N4_IE_UE_IP_ADDRESS, 1, &value))
		{
			learn_address(self, value);
		}
		else if (ie.type == N4_IE_USER_ID)
		{
			learn_user(self, ie.value);
		}
		else if (ie.type == N4_IE_APN_DNN)
		{
			learn_dnn(self, ie.value);
		}
		else if (ie.type == N4_IE_S_NSSAI && ie.value.len >= 4)
		{
			learn_snssai(self, ie.value);
		}
	}
}
