/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupf_space.h"

#include <settings/settings.h>

#include <ctype.h>

/*
 * Described in header
 */
bool kupf_space_by_dnn = FALSE;

/*
 * Described in header
 */
bool kupf_space_is_setting(const char *text)
{
	/* yes and no in all the ways that strongSwan has for them */
	return !text || streq(text, "dnn") ||
		   settings_value_as_bool((char*)text, FALSE) ==
		   settings_value_as_bool((char*)text, TRUE);
}

/*
 * Described in header
 */
kupf_space_t kupf_space_parse(const char *text)
{
	if (text && streq(text, "dnn"))
	{
		return KUPF_SPACE_DNN;
	}
	return settings_value_as_bool((char*)text, FALSE) ? KUPF_SPACE_SHARED :
														KUPF_SPACE_ONE;
}

/*
 * Described in header
 */
void kupf_space_set(kupf_space_t space)
{
	kupf_space_by_dnn = space == KUPF_SPACE_DNN;
}

/*
 * Described in header
 */
bool kupf_space_equal(const char *a, const char *b)
{
	return strcaseeq(a ?: "", b ?: "");
}

/*
 * Described in header
 */
uint32_t kupf_space_hash_dnn(const char *dnn, uint32_t hash)
{
	uint8_t lower[32];
	size_t len;

	do
	{
		for (len = 0; dnn[len] && len < sizeof(lower); len++)
		{
			lower[len] = tolower((u_char)dnn[len]);
		}
		hash = chunk_hash_inc(chunk_create(lower, len), hash);
		dnn += len;
	}
	while (*dnn);
	return hash;
}
