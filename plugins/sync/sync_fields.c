/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "sync_fields.h"

#include "kupf/store/kupf_identity.h"

#include <stdio.h>

/*
 * Described in header
 */
const sync_field_t sync_fields[SYNC_FIELDS] = {
	{ "key", false },
	{ "ue-id", false },
	{ "pdu-session-id", false },
	{ "upf-address", false },
	{ "ue-addresses", true },
	{ "dns", true },
	{ "p-cscf", true },
	{ "dnn", false },
	{ "snssai", false },
	{ "services", true },
	{ "psk-identity", false },
};

/*
 * Described in header
 */
int sync_fields_find(const char *name)
{
	unsigned int i;

	for (i = 0; i < SYNC_FIELDS; i++)
	{
		if (!strcmp(sync_fields[i].name, name))
		{
			return i;
		}
	}
	return -1;
}

/*
 * Described in header
 */
void sync_fields_compare(kupf_unknown_t *unknown)
{
	unsigned int i;

	for (i = 0; i < SYNC_FIELDS; i++)
	{
		kupf_unknown_compare(unknown, sync_fields[i].name);
	}
	kupf_unknown_compare_words(unknown, "generation lifetime " SYNC_EXPIRES);
}

/*
 * Described in header
 */
bool sync_fields_wrong(char *error, const char *field, const char *text)
{
	snprintf(error, SYNC_ERROR_SIZE, "field %s: %s", field, text);
	return false;
}

/*
 * Described in header
 */
bool sync_fields_normalize(const char *text, size_t len, char id[SYNC_ID_SIZE])
{
	uint8_t octets[KUPF_IDENTITY_MAX];
	id_type_t type;
	size_t octets_len;

	if (!kupf_identity_parse(chunk_create((u_char*)text, len), &type, octets,
							 &octets_len))
	{
		return false;
	}
	kupf_identity_print(type, chunk_create(octets, octets_len), id);
	return true;
}
