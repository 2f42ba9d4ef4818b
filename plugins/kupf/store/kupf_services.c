/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupf_services.h"
#include "kupf/keys/kupf_psk.h"

#include <ctype.h>

/** Services that are known everywhere */
#define KNOWN (KUPF_SERVICES_MAX - KUPF_SERVICES_OWN_MAX)

/** Names by the number of their bit, empty where there is none */
typedef char names_t[KUPF_SERVICES_MAX][KUPF_PSK_SERVICE_MAX + 1];

static names_t names = { "ike", "mpquic", "msgin5g", "tls" };

/**
 * Find a name.
 *
 * @return			number of its bit, -1 if there is none
 */
static int find(names_t in, chunk_t name)
{
	int i;

	for (i = 0; name.len && i < KUPF_SERVICES_MAX; i++)
	{
		if (chunk_equals(name, chunk_from_str(in[i])))
		{
			return i;
		}
	}
	return -1;
}

/**
 * Add a name behind the others, if it is one.
 */
static bool add(names_t to, chunk_t name)
{
	size_t i;

	if (!name.len || name.len > KUPF_PSK_SERVICE_MAX || find(to, name) >= 0)
	{
		return FALSE;
	}
	for (i = 0; i < name.len; i++)
	{
		if (!islower(name.ptr[i]) && !isdigit(name.ptr[i]) &&
			name.ptr[i] != '-')
		{
			return FALSE;
		}
	}
	for (i = KNOWN; i < KUPF_SERVICES_MAX; i++)
	{
		if (!*to[i])
		{
			memcpy(to[i], name.ptr, name.len);
			return TRUE;
		}
	}
	return FALSE;
}

/**
 * Read a list.
 */
static bool parse(const char *text, names_t to)
{
	enumerator_t *enumerator;
	char *name;
	bool good = TRUE;

	memcpy(to, names, sizeof(names_t));
	memset(to[KNOWN], 0, sizeof(names_t) - KNOWN * sizeof(to[0]));
	enumerator = enumerator_create_token(text ?: "", ", ", " ");
	while (good && enumerator->enumerate(enumerator, &name))
	{	/* none is what stands between a comma and a space */
		good = !*name || add(to, chunk_from_str(name));
	}
	enumerator->destroy(enumerator);
	return good;
}

/*
 * Described in header
 */
bool kupf_services_are_names(const char *text)
{
	names_t parsed;

	return parse(text, parsed);
}

/*
 * Described in header
 */
void kupf_services_set(const char *text)
{
	names_t parsed;

	if (parse(text, parsed))
	{
		memcpy(names, parsed, sizeof(names));
	}
}

/*
 * Described in header
 */
uint8_t kupf_services_find(chunk_t name)
{
	int i = find(names, name);

	return i < 0 ? 0 : 1 << i;
}

/*
 * Described in header
 */
const char *kupf_services_name(uint8_t service)
{
	int i = service ? __builtin_ctz(service) : 0;

	return service && *names[i] ? names[i] : NULL;
}
