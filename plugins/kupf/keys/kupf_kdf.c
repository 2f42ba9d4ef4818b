/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupf_kdf.h"

#include <ctype.h>

/** FC values from here on take two octets, FC1 being 0xFF */
#define FC_TWO_OCTETS 0xFF00

/** Last FC value of one octet */
#define FC_ONE_OCTET_MAX 0xFE

/**
 * Feed FC to the PRF, most significant octet first.
 */
static bool feed_fc(prf_t *prf, uint16_t fc)
{
	uint8_t octets[2];

	htoun16(octets, fc);
	return prf->get_bytes(prf, fc < FC_TWO_OCTETS ?
						chunk_create(octets + 1, 1) :
						chunk_create(octets, 2), NULL);
}

/**
 * Feed Pi and Li to the PRF.
 */
static bool feed_param(prf_t *prf, chunk_t param)
{
	uint8_t len[2];

	if (param.len > UINT16_MAX)
	{
		return FALSE;
	}
	if (param.len && !prf->get_bytes(prf, param, NULL))
	{
		return FALSE;
	}
	htoun16(len, param.len);
	return prf->get_bytes(prf, chunk_from_thing(len), NULL);
}

/*
 * Described in header
 */
bool kupf_kdf(chunk_t key, uint16_t fc, const chunk_t *params, u_int count,
			  uint8_t out[KUPF_KDF_LEN])
{
	prf_t *prf;
	bool done;
	u_int i;

	memset(out, 0, KUPF_KDF_LEN);
	if (!key.len || !kupf_kdf_fc_valid(fc))
	{
		return FALSE;
	}
	prf = lib->crypto->create_prf(lib->crypto, PRF_HMAC_SHA2_256);
	if (!prf)
	{
		return FALSE;
	}
	/* S goes to the PRF piece by piece: no copy of it that had to be wiped */
	done = prf->get_block_size(prf) == KUPF_KDF_LEN &&
		   prf->set_key(prf, key) && feed_fc(prf, fc);
	for (i = 0; done && i < count; i++)
	{
		done = feed_param(prf, params[i]);
	}
	if (done && !prf->get_bytes(prf, chunk_empty, out))
	{
		memwipe(out, KUPF_KDF_LEN);
		done = FALSE;
	}
	prf->destroy(prf);
	return done;
}

/*
 * Described in header
 */
bool kupf_kdf_fc_valid(uint16_t fc)
{
	return fc <= FC_ONE_OCTET_MAX || fc >= FC_TWO_OCTETS;
}

/*
 * Described in header
 */
bool kupf_kdf_fc_parse(const char *text, uint16_t *fc)
{
	uint16_t value;
	size_t len, i;

	len = strlen(text);
	if ((len != 4 && len != 6) || !strneq(text, "0x", 2))
	{
		return FALSE;
	}
	for (i = 2; i < len; i++)
	{
		if (!isxdigit((u_char)text[i]))
		{
			return FALSE;
		}
	}
	value = strtoul(text + 2, NULL, 16);
	if (!kupf_kdf_fc_valid(value) || (len == 6) != (value >= FC_TWO_OCTETS))
	{
		return FALSE;
	}
	*fc = value;
	return TRUE;
}
