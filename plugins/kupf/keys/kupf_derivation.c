/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupf_derivation.h"

/** Label, parameters, and the label of the identifier */
#define MAX_PARAMS (KUPF_DERIVATION_PARAMS + 2)

/*
 * Described in header
 */
const kupf_derivation_t kupf_derivations[] = {
	{ .name = "kupf",
	  .source = "TR 33.778, from K_AMF and a random number",
	  .required = KUPF_INPUT_KAMF | KUPF_INPUT_FC | KUPF_INPUT_RAND,
	  .optional = KUPF_INPUT_PDU_SESSION_ID,
	  .params = { KUPF_INPUT_RAND, KUPF_INPUT_PDU_SESSION_ID } },
	{ .name = "ts33501-a9",
	  .source = "TS 33.501 A.9, with an access type distinguisher for "
				"private use",
	  .fc = 0x6E,
	  .required = KUPF_INPUT_KAMF | KUPF_INPUT_NAS_COUNT |
				  KUPF_INPUT_DISTINGUISHER,
	  .params = { KUPF_INPUT_NAS_COUNT, KUPF_INPUT_DISTINGUISHER } },
	{ .name = "ts33501-a22",
	  .source = "TS 33.501 A.22, with a usage type distinguisher for private "
				"use",
	  .fc = 0x84,
	  .required = KUPF_INPUT_KTNGF | KUPF_INPUT_DISTINGUISHER,
	  .params = { KUPF_INPUT_DISTINGUISHER } },
	{ .name = "akma",
	  .source = "TS 33.535 A.2, K_AKMA from K_AUSF",
	  .fc = 0x80,
	  .label = "AKMA",
	  .required = KUPF_INPUT_BASE | KUPF_INPUT_SUPI,
	  .params = { KUPF_INPUT_SUPI } },
	{ .name = "akma-af",
	  .source = "TS 33.535 A.4, K_AF from K_AKMA",
	  .fc = 0x82,
	  .required = KUPF_INPUT_BASE | KUPF_INPUT_AF_ID,
	  .params = { KUPF_INPUT_AF_ID } },
	{ .name = "kmsg",
	  .source = "a study of MSGin5G, K_MSG from K_AMF or K_SEAF",
	  .label = "K_MSG",
	  .required = KUPF_INPUT_BASE | KUPF_INPUT_FC,
	  .optional = KUPF_INPUT_RAND,
	  .params = { KUPF_INPUT_RAND } },
	{ .name = "best",
	  .source = "TS 33.163 5.1.0a, K_HSE from CK and IK",
	  .fc = 0x63,
	  .required = KUPF_INPUT_BASE | KUPF_INPUT_SNN | KUPF_INPUT_SQN_AK,
	  .params = { KUPF_INPUT_SNN, KUPF_INPUT_SQN_AK } },
	{ .name = "best-prime",
	  .source = "TS 33.163 5.1.0a, K_HSE from CK' and IK'",
	  .fc = 0x64,
	  .required = KUPF_INPUT_BASE | KUPF_INPUT_SNN | KUPF_INPUT_SQN_AK,
	  .params = { KUPF_INPUT_SNN, KUPF_INPUT_SQN_AK } },
	{}
};

/**
 * Names of the inputs, by the number of their bit.
 */
static const char *const input_names[] = {
	"kamf", "ktngf", "fc", "rand", "pdu-session-id", "nas-count",
	"distinguisher", "base-key", "supi", "af-id", "snn", "sqn-ak",
};

/*
 * Described in header
 */
const kupf_derivation_t *kupf_derivation_find(chunk_t name)
{
	const kupf_derivation_t *derivation;

	for (derivation = kupf_derivations; derivation->name; derivation++)
	{
		if (chunk_equals(name, chunk_from_str((char*)derivation->name)))
		{
			return derivation;
		}
	}
	return NULL;
}

/*
 * Described in header
 */
const char *kupf_input_name(kupf_input_t input)
{
	return input_names[__builtin_ctz(input)];
}

/**
 * The lowest of some bits, or 0.
 */
static kupf_input_t first_of(u_int inputs)
{
	return inputs & -inputs;
}

/*
 * Described in header
 */
kupf_input_t kupf_derivation_missing(const kupf_derivation_t *derivation,
									 u_int given)
{
	return first_of(derivation->required & ~given);
}

/*
 * Described in header
 */
kupf_input_t kupf_derivation_useless(const kupf_derivation_t *derivation,
									 u_int given)
{
	return first_of(given & ~(derivation->required | derivation->optional));
}

/**
 * Whether an input is not there, or has a length that it may have.
 */
static bool has_length(const kupf_inputs_t *inputs, kupf_input_t input,
					   chunk_t octets, size_t least, size_t most)
{
	return !(inputs->given & input) ||
		   (octets.len >= least && octets.len <= most);
}

/**
 * Whether all octet strings that are there have the length of one.
 */
static bool have_lengths(const kupf_inputs_t *inputs)
{
	return has_length(inputs, KUPF_INPUT_RAND, inputs->rand,
					  KUPF_DERIVATION_RAND_MIN, KUPF_DERIVATION_RAND_MAX) &&
		   has_length(inputs, KUPF_INPUT_SUPI, inputs->supi, 1,
					  KUPF_DERIVATION_NAME_MAX) &&
		   has_length(inputs, KUPF_INPUT_AF_ID, inputs->af_id,
					  1 + KUPF_DERIVATION_UA_LEN, KUPF_DERIVATION_NAME_MAX) &&
		   has_length(inputs, KUPF_INPUT_SNN, inputs->snn, 1,
					  KUPF_DERIVATION_NAME_MAX) &&
		   has_length(inputs, KUPF_INPUT_SQN_AK, inputs->sqn_ak,
					  KUPF_DERIVATION_SQN_AK_LEN, KUPF_DERIVATION_SQN_AK_LEN);
}

/**
 * Whether all inputs are there, and are what they must be.
 */
static bool is_valid(const kupf_derivation_t *derivation,
					 const kupf_inputs_t *inputs)
{
	return !kupf_derivation_missing(derivation, inputs->given) &&
		   !kupf_derivation_useless(derivation, inputs->given) &&
		   inputs->key.len == KUPF_DERIVATION_KEY_LEN &&
		   have_lengths(inputs) &&
		   (!(inputs->given & KUPF_INPUT_PDU_SESSION_ID) ||
			(inputs->pdu_session_id &&
			 inputs->pdu_session_id <= KUPF_DERIVATION_PDU_SESSION_ID_MAX));
}

/**
 * Get the octets of an input.
 *
 * @param count		four octets to be used
 */
static chunk_t get_octets(const kupf_inputs_t *inputs, kupf_input_t input,
						  uint8_t count[4])
{
	switch (input)
	{
		case KUPF_INPUT_RAND:
			return inputs->rand;
		case KUPF_INPUT_PDU_SESSION_ID:
			return chunk_from_thing(inputs->pdu_session_id);
		case KUPF_INPUT_NAS_COUNT:
			htoun32(count, inputs->nas_count);
			return chunk_create(count, 4);
		case KUPF_INPUT_DISTINGUISHER:
			return chunk_from_thing(inputs->distinguisher);
		case KUPF_INPUT_SUPI:
			return inputs->supi;
		case KUPF_INPUT_AF_ID:
			return inputs->af_id;
		case KUPF_INPUT_SNN:
			return inputs->snn;
		case KUPF_INPUT_SQN_AK:
			return inputs->sqn_ak;
		default:
			return chunk_empty;
	}
}

/*
 * Described in header
 */
bool kupf_derivation_derive(const kupf_derivation_t *derivation,
							const kupf_inputs_t *inputs,
							uint8_t key[KUPF_KDF_LEN],
							uint8_t id[KUPF_DERIVATION_ID_LEN])
{
	uint16_t fc = derivation->fc;
	chunk_t params[MAX_PARAMS];
	uint8_t full[KUPF_KDF_LEN], octets[4];
	u_int count = 0, i;
	bool done;

	memset(key, 0, KUPF_KDF_LEN);
	memset(id, 0, KUPF_DERIVATION_ID_LEN);
	if (!is_valid(derivation, inputs))
	{
		return FALSE;
	}
	if (derivation->required & KUPF_INPUT_FC)
	{
		fc = inputs->fc;
	}
	if (derivation->label)
	{
		params[count++] = chunk_from_str((char*)derivation->label);
	}
	for (i = 0; i < KUPF_DERIVATION_PARAMS; i++)
	{
		if (derivation->params[i] & inputs->given)
		{
			params[count++] = get_octets(inputs, derivation->params[i],
										 octets);
		}
	}
	done = kupf_kdf(inputs->key, fc, params, count, key);
	if (done)
	{
		params[count++] = chunk_from_str(KUPF_DERIVATION_ID_LABEL);
		done = kupf_kdf(inputs->key, fc, params, count, full);
		if (done)
		{
			memcpy(id, full + KUPF_KDF_LEN - KUPF_DERIVATION_ID_LEN, KUPF_DERIVATION_ID_LEN);
		}
		else
		{
			memwipe(key, KUPF_KDF_LEN);
		}
		memwipe(full, sizeof(full));
	}
	return done;
}

/*
 * Described in header
 */
bool kupf_derivation_a_tid(chunk_t kausf, chunk_t supi,
						   uint8_t a_tid[KUPF_A_TID_LEN])
{
	const chunk_t params[] = { chunk_from_str("A-TID"), supi };

	memset(a_tid, 0, KUPF_A_TID_LEN);
	return kausf.len == KUPF_DERIVATION_KEY_LEN && supi.len &&
		   supi.len <= KUPF_DERIVATION_NAME_MAX &&
		   kupf_kdf(kausf, 0x81, params, countof(params), a_tid);
}
