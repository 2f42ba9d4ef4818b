/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupf_request.h"

/**
 * Which field is which input of a derivation.
 */
static const struct {
	kupf_field_t field;
	kupf_input_t input;
} inputs_of_fields[] = {
	{ KUPF_FIELD_KAMF, KUPF_INPUT_KAMF },
	{ KUPF_FIELD_KTNGF, KUPF_INPUT_KTNGF },
	{ KUPF_FIELD_FC, KUPF_INPUT_FC },
	{ KUPF_FIELD_RAND, KUPF_INPUT_RAND },
	{ KUPF_FIELD_NAS_COUNT, KUPF_INPUT_NAS_COUNT },
	{ KUPF_FIELD_DISTINGUISHER, KUPF_INPUT_DISTINGUISHER },
	{ KUPF_FIELD_BASE, KUPF_INPUT_BASE },
	{ KUPF_FIELD_SUPI, KUPF_INPUT_SUPI },
	{ KUPF_FIELD_AF_ID, KUPF_INPUT_AF_ID },
	{ KUPF_FIELD_SNN, KUPF_INPUT_SNN },
	{ KUPF_FIELD_SQN_AK, KUPF_INPUT_SQN_AK },
};

/**
 * Get the inputs that fields are.
 */
static u_int get_inputs(kupf_fields_t fields)
{
	u_int inputs = 0, i;

	for (i = 0; i < countof(inputs_of_fields); i++)
	{
		if (fields & inputs_of_fields[i].field)
		{
			inputs |= inputs_of_fields[i].input;
		}
	}
	return inputs;
}

/**
 * Check that the fields of a derivation are those that it needs.
 */
static bool check_fields(const kupf_request_t *request,
						 const kupf_derivation_t *derivation,
						 kupf_error_t *error)
{
	u_int given = get_inputs(request->fields);
	kupf_input_t input;

	const char *name;

	if ((request->fields & KUPF_FIELD_KEY) &&
		(request->fields & KUPF_FIELDS_BASE))
	{
		name = request->fields & KUPF_FIELD_KAMF ? "kamf" :
			   request->fields & KUPF_FIELD_KTNGF ? "ktngf" : "base-key";
		return kupf_error(error, KUPF_CAUSE_INVALID_FIELD, "field '%s': "
						  "expected either 'key' or '%s'", name, name);
	}
	/* those that the settings or the session may have */
	input = kupf_derivation_missing(derivation, given | KUPF_INPUT_FC);
	if (input)
	{
		return kupf_error(error, KUPF_CAUSE_MISSING_FIELD,
						  "field '%s' is missing: derivation '%s' needs it",
						  kupf_input_name(input), derivation->name);
	}
	input = kupf_derivation_useless(derivation, given);
	if (input)
	{
		return kupf_error(error, KUPF_CAUSE_INVALID_FIELD,
						  "field '%s': derivation '%s' has no use for it",
						  kupf_input_name(input), derivation->name);
	}
	return TRUE;
}

/**
 * Octets of a field, for a derivation.
 */
static chunk_t to_chunk(kupf_octets_t *octets)
{
	return chunk_create(octets->octets, octets->len);
}

/**
 * Carry out the derivation of a request.
 */
static bool derive(kupf_request_t *request, uint16_t fc,
				   const kupf_derivation_t *derivation,
				   uint8_t id[KUPF_DERIVATION_ID_LEN])
{
	kupf_inputs_t inputs = {
		.given = get_inputs(request->fields),
		.key = chunk_from_thing(request->base),
		.fc = request->fields & KUPF_FIELD_FC ? request->fc : fc,
		.rand = chunk_create(request->rand, request->rand_len),
		.pdu_session_id = request->data.pdu_session_id,
		.nas_count = request->nas_count,
		.distinguisher = request->distinguisher,
		.supi = to_chunk(&request->supi),
		.af_id = to_chunk(&request->af_id),
		.snn = to_chunk(&request->snn),
		.sqn_ak = to_chunk(&request->sqn_ak),
	};

	inputs.given |= derivation->required & KUPF_INPUT_FC;
	if (request->data.pdu_session_id)
	{
		inputs.given |= derivation->optional & KUPF_INPUT_PDU_SESSION_ID;
	}
	return kupf_derivation_derive(derivation, &inputs, request->key, id);
}

/*
 * Described in header
 */
bool kupf_request_derive(kupf_request_t *request, uint16_t fc,
						 kupf_error_t *error)
{
	const kupf_derivation_t *derivation;
	uint8_t id[KUPF_DERIVATION_ID_LEN];

	if (!(request->fields & KUPF_FIELDS_DERIVE))
	{
		return TRUE;
	}
	derivation = request->derivation ?: KUPF_DERIVATION_DEFAULT;
	if (!check_fields(request, derivation, error))
	{
		return FALSE;
	}
	if (!derive(request, fc, derivation, id))
	{
		return kupf_error(error, KUPF_CAUSE_BUSY, "the key derivation failed, "
						  "is a plugin with HMAC-SHA-256 loaded?");
	}
	request->key_len = KUPF_KDF_LEN;
	request->fields |= KUPF_FIELD_KEY;
	if (!(request->fields & KUPF_FIELD_UE_ID))
	{
		request->fields |= KUPF_FIELD_UE_ID;
		request->id_type = ID_KEY_ID;
		request->id_len = sizeof(id);
		memcpy(request->id, id, sizeof(id));
	}
	return TRUE;
}

/*
 * Described in header
 */
void kupf_request_apply(kupf_session_data_t *data, kupf_request_t *request)
{
	kupf_member_t i;

	if (request->fields & KUPF_FIELD_UE_ID)
	{
		data->id_type = request->id_type;
		data->id = chunk_create(request->id, request->id_len);
	}
	if (request->fields & KUPF_FIELD_KEY)
	{
		data->key = chunk_create(request->key, request->key_len);
	}
	KUPF_MEMBERS_EACH(i)
	{
		if (request->fields & KUPF_FIELD_OF(i))
		{
			kupf_members_set(data, i, kupf_members_get(&request->data, i));
		}
	}
	if (request->fields & KUPF_FIELD_LIFETIME)
	{
		data->lifetime = request->data.lifetime;
		data->expiry = 0;
	}
	if (request->fields & KUPF_FIELD_SERVICES)
	{
		data->services = request->data.services;
	}
	if (request->fields & KUPF_FIELD_GENERATION)
	{
		data->generation = request->data.generation;
	}
}

/*
 * Described in header
 */
bool kupf_request_complete(kupf_request_t *request, uint16_t fc,
						   kupf_error_t *error)
{
	if (!(request->fields & (KUPF_FIELD_KEY | KUPF_FIELDS_DERIVE)))
	{
		return kupf_error(error, KUPF_CAUSE_MISSING_FIELD, "field 'key' is "
						  "missing: expected it, or 'kamf' and 'rand'");
	}
	if (!kupf_request_derive(request, fc, error))
	{
		return FALSE;
	}
	return (request->fields & KUPF_FIELD_UE_ID) ||
		   kupf_error(error, KUPF_CAUSE_MISSING_FIELD,
					  "field 'ue-id' is missing: it goes with 'key'");
}

/*
 * Described in header
 */
bool kupf_request_check(const kupf_session_data_t *data, kupf_error_t *error)
{
	if (!data->psk_identity.len ||
		(!(data->services & KUPF_SERVICE_IKE) &&
		 __builtin_popcount(data->services) == 1))
	{
		return TRUE;
	}
	return kupf_error(error, KUPF_CAUSE_INVALID_FIELD, "field 'psk-identity': "
					  "expected 'services' to be exactly one other than 'ike'");
}

/*
 * Described in header
 */
void kupf_request_init(kupf_request_t *request)
{
	/* there may be many in a row: most of it is octets that hardly any has */
	memset(request, 0, offsetof(kupf_request_t, supi));
	request->supi.len = 0;
	request->af_id.len = 0;
	request->snn.len = 0;
	request->sqn_ak.len = 0;
}

/*
 * Described in header
 */
void kupf_request_wipe(kupf_request_t *request)
{
	memwipe(request->key, sizeof(request->key));
	memwipe(request->base, sizeof(request->base));
}
