/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupf_fields.h"
#include "kupf_identifiers.h"
#include "kupf_network.h"
#include "kupf_values.h"
#include "kupf/store/kupf_services.h"

static bool parse_session(kupf_request_t *request, chunk_t value)
{
	return kupf_values_name(value, request->session);
}

static bool parse_ue_id(kupf_request_t *request, chunk_t value)
{
	return kupf_identity_parse(value, &request->id_type, request->id,
							   &request->id_len);
}

/**
 * Text comes first: 32 octets that read as text would be a key of 15 octets.
 */
static bool parse_key(kupf_request_t *request, chunk_t value)
{
	if (!kupf_values_octets(value, request->key, sizeof(request->key),
							&request->key_len))
	{
		if (value.len != KUPF_KEY_MIN)
		{
			return FALSE;
		}
		memcpy(request->key, value.ptr, value.len);
		request->key_len = value.len;
	}
	return kupf_secret_acceptable(chunk_create(request->key,
											   request->key_len));
}

static bool parse_base(kupf_request_t *request, chunk_t value)
{
	size_t len = value.len;

	if (!kupf_values_octets(value, request->base, sizeof(request->base),
							&len) &&
		len == sizeof(request->base))
	{
		memcpy(request->base, value.ptr, len);
	}
	return len == sizeof(request->base) &&
		   kupf_secret_acceptable(chunk_create(request->base, len));
}

static bool parse_derivation(kupf_request_t *request, chunk_t value)
{
	request->derivation = kupf_derivation_find(value);
	return request->derivation != NULL;
}

static bool parse_nas_count(kupf_request_t *request, chunk_t value)
{
	return kupf_values_number(value, UINT32_MAX, &request->nas_count);
}

static bool parse_distinguisher(kupf_request_t *request, chunk_t value)
{
	uint8_t octet[1];
	size_t len;

	if (value.len != 4 ||
		!kupf_values_octets(value, octet, sizeof(octet), &len) || len != 1)
	{
		return FALSE;
	}
	request->distinguisher = *octet;
	return *octet >= KUPF_DISTINGUISHER_MIN;
}

static bool parse_rand(kupf_request_t *request, chunk_t value)
{
	size_t *len = &request->rand_len;

	if (kupf_values_octets(value, request->rand, sizeof(request->rand), len))
	{
		return *len >= KUPF_DERIVATION_RAND_MIN;
	}
	if (value.len == KUPF_DERIVATION_RAND_MIN)
	{
		*len = value.len;
		memcpy(request->rand, value.ptr, value.len);
		return TRUE;
	}
	/* a RAND is no secret and commonly written without a prefix */
	if (value.len % 2 || value.len < 2 * KUPF_DERIVATION_RAND_MIN ||
		value.len > 2 * KUPF_DERIVATION_RAND_MAX ||
		!kupf_values_are_digits(value))
	{
		return FALSE;
	}
	*len = chunk_from_hex(value, (char*)request->rand).len;
	return TRUE;
}

static bool parse_fc(kupf_request_t *request, chunk_t value)
{
	char text[8];

	if (!value.len || value.len >= sizeof(text) ||
		memchr(value.ptr, '\0', value.len))
	{
		return FALSE;
	}
	memcpy(text, value.ptr, value.len);
	text[value.len] = '\0';
	return kupf_kdf_fc_parse(text, &request->fc);
}

static bool parse_pdu_session_id(kupf_request_t *request, chunk_t value)
{
	uint32_t number;

	if (!kupf_values_number(value, KUPF_PDU_SESSION_ID_MAX, &number) || !number)
	{
		return FALSE;
	}
	request->data.pdu_session_id = number;
	return TRUE;
}

static bool parse_upf_address(kupf_request_t *request, chunk_t value)
{
	return kupf_address_parse(value, &request->data.upf_address);
}

/**
 * Add an address to a list in which none is twice, or in a prefix of it.
 *
 * @param count		[in,out] addresses before the last one of the list, which is
 *					parsed already
 */
static bool add_item(kupf_address_t *addresses, uint8_t *count)
{
	kupf_address_t *address = &addresses[*count];
	u_int i;

	if (!kupf_address_is_unicast(address))
	{
		return FALSE;
	}
	for (i = 0; i < *count; i++)
	{
		if (kupf_address_contains(address, &addresses[i]) ||
			kupf_address_contains(&addresses[i], address))
		{
			return FALSE;
		}
	}
	(*count)++;
	return TRUE;
}

static bool parse_ue_address(kupf_request_t *request, chunk_t value)
{
	kupf_address_t *addresses = request->data.ue_addresses;
	uint8_t *count = &request->data.ue_address_count;

	return *count < KUPF_UE_ADDRESSES_MAX &&
		   kupf_address_parse_any(value, &addresses[*count]) &&
		   add_item(addresses, count);
}

/**
 * Parse the address of a server.
 */
static bool parse_server(chunk_t value, kupf_address_t *servers,
						 uint8_t *count)
{
	return *count < KUPF_SERVERS_MAX &&
		   kupf_address_parse(value, &servers[*count]) &&
		   add_item(servers, count);
}

static bool parse_dns(kupf_request_t *request, chunk_t value)
{
	return parse_server(value, request->data.dns, &request->data.dns_count);
}

static bool parse_p_cscf(kupf_request_t *request, chunk_t value)
{
	return parse_server(value, request->data.p_cscf,
						&request->data.p_cscf_count);
}

static bool parse_dnn(kupf_request_t *request, chunk_t value)
{
	request->data.dnn = request->dnn;
	return kupf_network_parse_dnn(value, request->dnn);
}

static bool parse_snssai(kupf_request_t *request, chunk_t value)
{
	request->data.snssai = request->snssai;
	return kupf_network_parse_snssai(value, request->snssai);
}

static bool parse_lifetime(kupf_request_t *request, chunk_t value)
{
	return kupf_values_number(value, KUPF_SECONDS_MAX, &request->data.lifetime);
}

/**
 * Parse a number that is not zero.
 */
static bool parse_positive(chunk_t value, uint32_t *number)
{
	return kupf_values_number(value, UINT32_MAX, number) && *number;
}

static bool parse_generation(kupf_request_t *request, chunk_t value)
{
	return parse_positive(value, &request->data.generation);
}

static bool parse_unique_id(kupf_request_t *request, chunk_t value)
{
	return parse_positive(value, &request->unique_id);
}

static bool parse_grace(kupf_request_t *request, chunk_t value)
{
	return kupf_values_number(value, KUPF_SECONDS_MAX, &request->grace);
}

static bool parse_service(kupf_request_t *request, chunk_t value)
{
	uint8_t service = kupf_services_find(value);

	request->data.services |= service;
	return service != 0;
}

static bool parse_psk_identity(kupf_request_t *request, chunk_t value)
{
	if (!kupf_identifiers_parse_psk(value, &request->psk_identity))
	{
		return FALSE;
	}
	request->data.psk_identity = chunk_create(request->psk_identity.octets,
											  request->psk_identity.len);
	return TRUE;
}

static bool parse_supi(kupf_request_t *request, chunk_t value)
{
	return kupf_identifiers_parse_supi(value, &request->supi);
}

static bool parse_af_id(kupf_request_t *request, chunk_t value)
{
	return kupf_identifiers_parse_af_id(value, &request->af_id);
}

static bool parse_snn(kupf_request_t *request, chunk_t value)
{
	return kupf_identifiers_parse_snn(value, &request->snn);
}

static bool parse_sqn_ak(kupf_request_t *request, chunk_t value)
{
	return kupf_identifiers_parse_sqn_ak(value, &request->sqn_ak);
}

static bool parse_state(kupf_request_t *request, chunk_t value)
{
	request->up = chunk_equals(value, chunk_from_str("up"));
	return request->up || chunk_equals(value, chunk_from_str("provisioned"));
}

static bool parse_replace(kupf_request_t *request, chunk_t value)
{
	request->replace = chunk_equals(value, chunk_from_str("yes"));
	return request->replace || chunk_equals(value, chunk_from_str("no"));
}

static bool parse_limit(kupf_request_t *request, chunk_t value)
{
	return parse_positive(value, &request->limit);
}

/**
 * The name of a session, or such a name, a blank and where it is from.
 */
static bool parse_after(kupf_request_t *request, chunk_t value)
{
	chunk_t name = value, origin;
	u_char *blank;

	blank = memchr(value.ptr, ' ', value.len);
	if (blank)
	{
		name.len = blank - value.ptr;
		origin = chunk_skip(value, name.len + 1);
		request->after_preconfigured = chunk_equals(origin,
											chunk_from_str("preconfigured"));
	}
	return kupf_values_name(name, request->after) &&
		   (!blank || request->after_preconfigured);
}

/** Name of a field and its length */
#define FIELD(name) name, sizeof(name) - 1

/**
 * All fields.
 */
static const kupf_wire_field_t fields[] = {
	{ FIELD("session"), KUPF_FIELD_SESSION, FALSE, parse_session,
	  "1 to 64 printable ASCII characters without space" },
	{ FIELD("replace"), KUPF_FIELD_REPLACE, FALSE, parse_replace,
	  "\"yes\" or \"no\"" },
	{ FIELD("ue-id"), KUPF_FIELD_UE_ID, FALSE, parse_ue_id,
	  "a typed identity without wildcards: keyid:<text>, @#<hex>, "
	  "email:<text>, fqdn:<text> or an IP address" },
	{ FIELD("key"), KUPF_FIELD_KEY, FALSE, parse_key,
	  "32 raw octets, or 0x<hex> or 0s<base64> of 32 to 64 octets, "
	  "not all zero" },
	{ FIELD("kamf"), KUPF_FIELD_KAMF, FALSE, parse_base,
	  "32 octets, raw or as 0x<hex> or 0s<base64>, not all zero" },
	{ FIELD("ktngf"), KUPF_FIELD_KTNGF, FALSE, parse_base,
	  "32 octets, raw or as 0x<hex> or 0s<base64>, not all zero" },
	{ FIELD("base-key"), KUPF_FIELD_BASE, FALSE, parse_base,
	  "32 octets, raw or as 0x<hex> or 0s<base64>, not all zero" },
	{ FIELD("derivation"), KUPF_FIELD_DERIVATION, FALSE, parse_derivation,
	  "\"kupf\", \"ts33501-a9\", \"ts33501-a22\", \"akma\", \"akma-af\", "
	  "\"kmsg\", \"best\" or \"best-prime\"" },
	{ FIELD("nas-count"), KUPF_FIELD_NAS_COUNT, FALSE, parse_nas_count,
	  "a number up to 4294967295" },
	{ FIELD("distinguisher"), KUPF_FIELD_DISTINGUISHER, FALSE, parse_distinguisher,
	  "a value for private use, 0xF1 to 0xFF" },
	{ FIELD("rand"), KUPF_FIELD_RAND, FALSE, parse_rand,
	  "16 raw octets, or hexadecimal digits of 16 to 64 octets" },
	{ FIELD("supi"), KUPF_FIELD_SUPI, FALSE, parse_supi,
	  "5 to 15 digits of an IMSI, or an NAI with its @" },
	{ FIELD("af-id"), KUPF_FIELD_AF_ID, FALSE, parse_af_id,
	  "an FQDN and 5 octets of a Ua* protocol identifier, raw or as 0x<hex>" },
	{ FIELD("snn"), KUPF_FIELD_SNN, FALSE, parse_snn,
	  "a serving network name, as text or 0x<hex>" },
	{ FIELD("sqn-ak"), KUPF_FIELD_SQN_AK, FALSE, parse_sqn_ak,
	  "6 octets, raw or as 0x<hex>" },
	{ FIELD("fc"), KUPF_FIELD_FC, FALSE, parse_fc,
	  "0x and two digits other than FF, or 0xFF and two digits" },
	{ FIELD("pdu-session-id"), KUPF_FIELD_PDU_SESSION_ID, FALSE, parse_pdu_session_id,
	  "a number from 1 to 15" },
	{ FIELD("upf-address"), KUPF_FIELD_UPF_ADDRESS, FALSE, parse_upf_address,
	  "an IPv4 or IPv6 address" },
	{ FIELD("ue-addresses"), KUPF_FIELD_UE_ADDRESSES, TRUE, parse_ue_address,
	  "up to 8 different unicast IPv4 or IPv6 addresses, none of them "
	  "loopback, or IPv6 prefixes of 64 bits, none of them in another" },
	{ FIELD("dns"), KUPF_FIELD_DNS, TRUE, parse_dns,
	  "up to 4 different unicast IPv4 or IPv6 addresses, none of them "
	  "loopback" },
	{ FIELD("p-cscf"), KUPF_FIELD_P_CSCF, TRUE, parse_p_cscf,
	  "up to 4 different unicast IPv4 or IPv6 addresses, none of them "
	  "loopback" },
	{ FIELD("dnn"), KUPF_FIELD_DNN, FALSE, parse_dnn,
	  "a name of up to 100 letters, digits and hyphens, with dots in "
	  "between" },
	{ FIELD("snssai"), KUPF_FIELD_SNSSAI, FALSE, parse_snssai,
	  "an SST from 1 to 255, or SST-SD with an SD of 6 hexadecimal digits" },
	{ FIELD("lifetime"), KUPF_FIELD_LIFETIME, FALSE, parse_lifetime,
	  "seconds, up to 315360000, 0 for no end" },
	{ FIELD("services"), KUPF_FIELD_SERVICES, TRUE, parse_service,
	  "\"ike\", \"mpquic\", \"msgin5g\", \"tls\", or one of the setting "
	  "charon.plugins.kupf.services" },
	{ FIELD("psk-identity"), KUPF_FIELD_PSK_IDENTITY, FALSE, parse_psk_identity,
	  "1 to 255 octets of text without blanks, or as 0x<hex>" },
	{ FIELD("generation"), KUPF_FIELD_GENERATION, FALSE, parse_generation,
	  "a number from 1 to 4294967295" },
	{ FIELD("unique-id"), KUPF_FIELD_UNIQUE_ID, FALSE, parse_unique_id,
	  "\"unique-id\" of event tunnel-up, a number from 1 to 4294967295" },
	{ FIELD("grace"), KUPF_FIELD_GRACE, FALSE, parse_grace,
	  "seconds, up to 315360000" },
	{ FIELD("state"), KUPF_FIELD_STATE, FALSE, parse_state,
	  "\"provisioned\" or \"up\"" },
	{ FIELD("limit"), KUPF_FIELD_LIMIT, FALSE, parse_limit,
	  "a number from 1 to 4294967295" },
	{ FIELD("after"), KUPF_FIELD_AFTER, FALSE, parse_after,
	  "\"after\" of the reply to list-sessions before" },
};

/*
 * Described in header
 */
const kupf_wire_field_t *kupf_fields_find(wire_octets_t name,
										  kupf_fields_t allowed)
{
	u_int i;

	for (i = 0; i < countof(fields); i++)
	{
		if (fields[i].len == name.len && (fields[i].bit & allowed) &&
			memeq(fields[i].name, name.ptr, name.len))
		{
			return &fields[i];
		}
	}
	return NULL;
}

/*
 * Described in header
 */
void kupf_fields_compare(kupf_unknown_t *unknown, kupf_fields_t allowed)
{
	u_int i;

	for (i = 0; i < countof(fields); i++)
	{
		if (fields[i].bit & allowed)
		{
			kupf_unknown_compare(unknown, fields[i].name);
		}
	}
}

/*
 * Described in header
 */
const kupf_wire_field_t *kupf_fields_first(kupf_fields_t bits)
{
	u_int i;

	for (i = 0; bits && i < countof(fields); i++)
	{
		if (fields[i].bit & bits)
		{
			return &fields[i];
		}
	}
	return NULL;
}
