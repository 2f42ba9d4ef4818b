/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "sync_fields.h"

#include "kupf/store/kupf_identity.h"
#include "kupf/store/kupf_session_data.h"

#include <stdio.h>

/** Those that are needed, which come first */
#define NEEDED 2

/** Those that kupf has not in its table of members, which is between them */
static const sync_field_t own[] = {
	{ "key", false },
	{ "ue-id", false },
	{ "services", true },
};

_Static_assert(KUPF_MEMBERS + countof(own) <= SYNC_FIELDS_MAX, "too many fields");

/*
 * Described in header
 */
bool sync_fields_get(unsigned int i, sync_field_t *field)
{
	if (i >= NEEDED && i - NEEDED < KUPF_MEMBERS)
	{
		field->name = kupf_members[i - NEEDED].name;
		field->list = kupf_members[i - NEEDED].kind == KUPF_KIND_ADDRESSES;
		return true;
	}
	i -= i >= NEEDED ? KUPF_MEMBERS : 0;
	if (i >= countof(own))
	{
		return false;
	}
	*field = own[i];
	return true;
}

/*
 * Described in header
 */
bool sync_fields_find(const char *name, sync_field_t *field)
{
	unsigned int i;

	for (i = 0; sync_fields_get(i, field); i++)
	{
		if (!strcmp(field->name, name))
		{
			return true;
		}
	}
	return false;
}

/*
 * Described in header
 */
void sync_fields_compare(kupf_unknown_t *unknown)
{
	sync_field_t field;
	unsigned int i;

	for (i = 0; sync_fields_get(i, &field); i++)
	{
		kupf_unknown_compare(unknown, field.name);
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
