/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupf_network.h"

#include <ctype.h>

/** Hexadecimal digits of SD */
#define SD_DIGITS 6

/**
 * Whether there is a label at a position: the characters up to the next dot or
 * the end, which neither begin nor end with a hyphen.
 *
 * @param pos		[in,out] position, that of the dot or the end afterwards
 */
static bool skip_label(chunk_t text, size_t *pos)
{
	size_t start = *pos;

	while (*pos < text.len &&
		   (isalnum(text.ptr[*pos]) || text.ptr[*pos] == '-'))
	{
		(*pos)++;
	}
	return *pos > start && text.ptr[start] != '-' &&
		   text.ptr[*pos - 1] != '-';
}

/*
 * Described in header
 */
bool kupf_network_parse_dnn(chunk_t text, char dnn[KUPF_DNN_MAX + 1])
{
	size_t pos = 0;

	if (text.len > KUPF_DNN_MAX || !skip_label(text, &pos))
	{
		return FALSE;
	}
	while (pos < text.len)
	{
		if (text.ptr[pos++] != '.' || !skip_label(text, &pos))
		{
			return FALSE;
		}
	}
	memcpy(dnn, text.ptr, text.len);
	dnn[text.len] = '\0';
	return TRUE;
}

/*
 * Described in header
 */
bool kupf_network_parse_snssai(chunk_t text, char snssai[KUPF_SNSSAI_MAX + 1])
{
	char sd[SD_DIGITS + 2] = "";
	u_int sst = 0;
	size_t i, j = 0;

	for (i = 0; i < text.len && i < 3 && isdigit(text.ptr[i]); i++)
	{
		sst = 10 * sst + text.ptr[i] - '0';
	}
	if (i < text.len)
	{
		if (text.ptr[i] != '-' || text.len - i != SD_DIGITS + 1)
		{
			return FALSE;
		}
		for (sd[j++] = '-'; j <= SD_DIGITS; j++)
		{
			if (!isxdigit(text.ptr[i + j]))
			{
				return FALSE;
			}
			sd[j] = tolower(text.ptr[i + j]);
		}
	}
	snprintf(snssai, KUPF_SNSSAI_MAX + 1, "%u%s", sst, sd);
	return sst > 0 && sst <= 255;
}
