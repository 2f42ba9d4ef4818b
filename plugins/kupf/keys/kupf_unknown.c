/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupf_unknown.h"

#include <stdio.h>
#include <string.h>

/** Longest name that is compared, octets */
#define NAME_MAX_LEN 32

/** Most errors in a name, and in one that is as short as that */
#define ERRORS_MAX 2
#define SHORT 4

/**
 * The smallest of three numbers.
 */
static size_t smallest(size_t a, size_t b, size_t c)
{
	size_t least = a < b ? a : b;

	return least < c ? least : c;
}

/**
 * Octets to insert, leave out, replace or exchange with their neighbour (each
 * once) to make one name of the other.
 */
static size_t distance(const char *a, size_t a_len, const char *b, size_t b_len)
{
	/* of the first i octets of a and the first j of b */
	size_t rows[NAME_MAX_LEN + 1][NAME_MAX_LEN + 1], i, j;

	for (i = 0; i <= a_len; i++)
	{
		rows[i][0] = i;
	}
	for (j = 0; j <= b_len; j++)
	{
		rows[0][j] = j;
	}
	for (i = 1; i <= a_len; i++)
	{
		for (j = 1; j <= b_len; j++)
		{
			rows[i][j] = smallest(rows[i - 1][j] + 1, rows[i][j - 1] + 1,
							rows[i - 1][j - 1] + (a[i - 1] != b[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
			{
				rows[i][j] = smallest(rows[i][j], rows[i - 2][j - 2] + 1,
									  rows[i][j]);
			}
		}
	}
	return rows[a_len][b_len];
}

/**
 * Octets that two names begin with.
 */
static size_t same(const char *known, size_t known_len, const char *name,
				   size_t len)
{
	size_t i;

	for (i = 0; i < len && i < known_len && known[i] == name[i]; i++)
	{
		/* the first that differs */
	}
	return i;
}

/**
 * Compare with a known name.
 */
static void compare(kupf_unknown_t *unknown, const char *known, size_t len)
{
	size_t errors, common;

	if (len > NAME_MAX_LEN || unknown->len > NAME_MAX_LEN)
	{
		return;
	}
	errors = distance(known, len, unknown->name, unknown->len);
	common = same(known, len, unknown->name, unknown->len);
	if (errors <= (len <= SHORT ? 1 : ERRORS_MAX) &&
		(!unknown->meant || errors < unknown->errors ||
		 (errors == unknown->errors && common > unknown->common)))
	{
		unknown->meant = known;
		unknown->meant_len = len;
		unknown->errors = errors;
		unknown->common = common;
	}
}

/*
 * Described in header
 */
void kupf_unknown_compare(kupf_unknown_t *unknown, const char *known)
{
	compare(unknown, known, strlen(known));
}

/*
 * Described in header
 */
void kupf_unknown_compare_words(kupf_unknown_t *unknown, const char *known)
{
	size_t len;

	for (known += strspn(known, " "); *known; known += strspn(known, " "))
	{
		len = strcspn(known, " ");
		compare(unknown, known, len);
		known += len;
	}
}

/*
 * Described in header
 */
const char *kupf_unknown_print(const kupf_unknown_t *unknown, char *buf,
							   size_t size, const char *what,
							   unsigned int number)
{
	char place[16] = "";

	if (number)
	{
		snprintf(place, sizeof(place), " %u", number);
	}
	snprintf(buf, size, "%s%s, with a name of %zu octets, is not known here%s"
			 "%.*s%s", what, place, unknown->len, unknown->meant ? ": '" : "",
			 (int)unknown->meant_len, unknown->meant ?: "",
			 unknown->meant ? "' is" : "");
	return buf;
}
