/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "version.h"

#include <utils/debug.h>

#include <link.h>
#include <string.h>

/** What a version may follow in a longer string */
#define INTRODUCTION "strongSwan "

/**
 * What is looked for in the program, and what was found.
 */
typedef struct {
	/** version that is expected */
	const char *wanted;
	/** whether it is there */
	bool found;
	/** another version */
	char other[VERSION_MAX];
} search_t;

/** (isdigit() depends on the locale) */
static inline bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/**
 * Get the length of the version at a position: 5.9.8, 6.0 or 6.0.1rc1.
 *
 * @return			0 if there is none
 */
static size_t version_length(const char *text, const char *end)
{
	const char *pos = text;
	int dots = 0;

	while (pos < end && (is_digit(*pos) ||
		   (*pos == '.' && pos > text && pos + 1 < end && is_digit(pos[1]))))
	{
		dots += *pos++ == '.';
	}
	if (dots < 1 || dots > 2)
	{
		return 0;
	}
	while (pos < end && (is_digit(*pos) || (*pos >= 'a' && *pos <= 'z')))
	{
		pos++;
	}
	return pos - text;
}

/**
 * Whether what precedes a position introduces a version.
 *
 * @param bare		gets whether it begins a string
 */
static bool is_introduced(const char *data, const char *pos, bool *bare)
{
	ptrdiff_t len = strlen(INTRODUCTION);

	*bare = pos > data && !pos[-1];
	return *bare ||
		   (pos - data >= len && !memcmp(pos - len, INTRODUCTION, len));
}

/*
 * Described in header
 */
bool version_find(const char *data, size_t len, const char *wanted,
				  char *other)
{
	const char *pos, *end = data + len;
	size_t found;
	bool bare;

	other[0] = '\0';
	for (pos = data; pos < end; pos++)
	{
		if (!is_digit(*pos) || !is_introduced(data, pos, &bare))
		{
			continue;
		}
		found = version_length(pos, end);
		if (!found || found >= VERSION_MAX ||
			(bare && (pos + found == end || pos[found])))
		{
			continue;
		}
		if (found == strlen(wanted) && !memcmp(pos, wanted, found))
		{
			return TRUE;
		}
		if (!other[0])
		{
			memcpy(other, pos, found);
			other[found] = '\0';
		}
	}
	return FALSE;
}

/**
 * Look into the read-only data of the program, which comes first.
 */
static int search_program(struct dl_phdr_info *info, size_t size, void *data)
{
	search_t *search = data;
	const ElfW(Phdr) *segment;
	char other[VERSION_MAX];
	int i;

	for (i = 0; i < info->dlpi_phnum && !search->found; i++)
	{
		segment = &info->dlpi_phdr[i];
		if (segment->p_type == PT_LOAD &&
			(segment->p_flags & (PF_R | PF_W)) == PF_R)
		{
			search->found = version_find(
								(char*)(info->dlpi_addr + segment->p_vaddr),
								segment->p_filesz, search->wanted, other);
			if (!search->other[0])
			{
				memcpy(search->other, other, sizeof(other));
			}
		}
	}
	/* not into the libraries */
	return 1;
}

/*
 * Described in header
 */
bool version_fits(const char *plugin, const char *wanted)
{
	search_t search = {
		.wanted = wanted,
	};

	dl_iterate_phdr(search_program, &search);
	if (!search.found)
	{
		/* the number of this group is the same in all versions */
		dbg(DBG_DMN, 1, "plugin '%s' is for strongSwan %s but this is %s: not "
			"loaded, install the one that was built for it", plugin, wanted,
			search.other[0] ? search.other : "of an unknown version");
	}
	return search.found;
}
