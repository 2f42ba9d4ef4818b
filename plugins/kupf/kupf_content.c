/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupf_content.h"

/*
 * Described in header
 */
bool kupf_content_derive(kupf_request_t *request, uint16_t fc,
						 kupf_error_t *error)
{
	uint8_t id[KUPF_KDF_ID_LEN];

	if (!(request->fields & KUPF_FIELD_KAMF))
	{
		if (request->fields & (KUPF_FIELD_RAND | KUPF_FIELD_FC))
		{
			return kupf_error(error, KUPF_CAUSE_MISSING_FIELD,
						"field 'kamf' is missing: 'rand' and 'fc' go with it");
		}
		return TRUE;
	}
	if (request->fields & KUPF_FIELD_KEY)
	{
		return kupf_error(error, KUPF_CAUSE_INVALID_FIELD,
						  "field 'kamf': expected either 'key' or 'kamf'");
	}
	if (!(request->fields & KUPF_FIELD_RAND))
	{
		return kupf_error(error, KUPF_CAUSE_MISSING_FIELD,
						  "field 'rand' is missing: it goes with 'kamf'");
	}
	if (request->fields & KUPF_FIELD_FC)
	{
		fc = request->fc;
	}
	if (!kupf_kdf_derive(chunk_from_thing(request->kamf), fc,
						 chunk_create(request->rand, request->rand_len),
						 request->pdu_session_id, request->key, id))
	{
		return kupf_error(error, KUPF_CAUSE_BUSY, "field 'kamf': the key "
				"derivation failed, is a plugin with HMAC-SHA-256 loaded?");
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
void kupf_content_apply(kupf_session_data_t *data, kupf_request_t *request)
{
	if (request->fields & KUPF_FIELD_UE_ID)
	{
		data->id_type = request->id_type;
		data->id = chunk_create(request->id, request->id_len);
	}
	if (request->fields & KUPF_FIELD_KEY)
	{
		data->key = chunk_create(request->key, request->key_len);
	}
	if (request->fields & KUPF_FIELD_PDU_SESSION_ID)
	{
		data->pdu_session_id = request->pdu_session_id;
	}
	if (request->fields & KUPF_FIELD_UPF_ADDRESS)
	{
		data->upf_address = request->upf_address;
	}
	if (request->fields & KUPF_FIELD_UE_ADDRESSES)
	{
		memcpy(data->ue_addresses, request->ue_addresses,
			   sizeof(data->ue_addresses));
		data->ue_address_count = request->ue_address_count;
	}
	if (request->fields & KUPF_FIELD_LIFETIME)
	{
		data->lifetime = request->lifetime;
		data->expiry = 0;
	}
	if (request->fields & KUPF_FIELD_SERVICES)
	{
		data->services = request->services;
	}
}
