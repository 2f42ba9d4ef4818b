/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "tunnel_profile.h"

ENUM(tunnel_profile_names, TUNNEL_PROFILE_TS33210, TUNNEL_PROFILE_NONE,
	"ts33210",
	"none",
);

ENUM(tunnel_mode_names, TUNNEL_MODE_TUNNEL, TUNNEL_MODE_TRANSPORT,
	"tunnel",
	"transport",
);

/** Protocols that a row is for */
#define IKE (1 << 0)
#define ESP (1 << 1)

/**
 * A transform that may be used.
 */
typedef struct {
	/** IKE, ESP, or both */
	uint8_t protocols;
	/** type */
	transform_type_t type;
	/** algorithm */
	uint16_t alg;
	/** lengths of keys, bits; 0 if the algorithm has only one */
	uint16_t sizes[2];
} row_t;

/**
 * All transforms that may be used; a type that a protocol has no row for
 * must not be there.
 */
static const row_t rows[] = {
	/* RFC 8247 2.1 MUST and SHOULD, RFC 8221 5 MUST; 128 and 256 bits, 192
	 * bits are MAY in both */
	{ IKE | ESP, ENCRYPTION_ALGORITHM, ENCR_AES_CBC, { 128, 256 } },
	{ IKE | ESP, ENCRYPTION_ALGORITHM, ENCR_AES_GCM_ICV16, { 128, 256 } },
	/* RFC 8247 2.1 SHOULD, RFC 8221 5 SHOULD */
	{ IKE | ESP, ENCRYPTION_ALGORITHM, ENCR_CHACHA20_POLY1305, { 0, 256 } },

	/* RFC 8247 2.2 MUST and SHOULD+; RFC 4868 for what is between them */
	{ IKE, PSEUDO_RANDOM_FUNCTION, PRF_HMAC_SHA2_256, {} },
	{ IKE, PSEUDO_RANDOM_FUNCTION, PRF_HMAC_SHA2_384, {} },
	{ IKE, PSEUDO_RANDOM_FUNCTION, PRF_HMAC_SHA2_512, {} },

	/* RFC 8247 2.3 and RFC 8221 6, MUST and SHOULD; RFC 4868 */
	{ IKE | ESP, INTEGRITY_ALGORITHM, AUTH_HMAC_SHA2_256_128, { 0, 256 } },
	{ IKE | ESP, INTEGRITY_ALGORITHM, AUTH_HMAC_SHA2_384_192, { 0, 384 } },
	{ IKE | ESP, INTEGRITY_ALGORITHM, AUTH_HMAC_SHA2_512_256, { 0, 512 } },

	/* RFC 8247 2.4 MUST; RFC 3526 for the longer ones */
	{ IKE | ESP, KEY_EXCHANGE_METHOD, MODP_2048_BIT, {} },
	{ IKE | ESP, KEY_EXCHANGE_METHOD, MODP_3072_BIT, {} },
	{ IKE | ESP, KEY_EXCHANGE_METHOD, MODP_4096_BIT, {} },
	{ IKE | ESP, KEY_EXCHANGE_METHOD, MODP_6144_BIT, {} },
	{ IKE | ESP, KEY_EXCHANGE_METHOD, MODP_8192_BIT, {} },
	/* RFC 8247 2.4 SHOULD; RFC 5903 for the longer ones */
	{ IKE | ESP, KEY_EXCHANGE_METHOD, ECP_256_BIT, {} },
	{ IKE | ESP, KEY_EXCHANGE_METHOD, ECP_384_BIT, {} },
	{ IKE | ESP, KEY_EXCHANGE_METHOD, ECP_521_BIT, {} },
	/* RFC 8031, of the strength of the above */
	{ IKE | ESP, KEY_EXCHANGE_METHOD, CURVE_25519, {} },
	{ IKE | ESP, KEY_EXCHANGE_METHOD, CURVE_448, {} },
	/* in a CHILD_SA of IKE_AUTH there is none (RFC 7296, 1.2) */
	{ ESP, KEY_EXCHANGE_METHOD, KE_NONE, {} },
};

/**
 * Types that are looked at, in the order in which they are named.
 */
static const struct {
	/** type */
	transform_type_t type;
	/** name */
	const char *name;
} types[] = {
	{ ENCRYPTION_ALGORITHM, "encryption" },
	{ INTEGRITY_ALGORITHM, "integrity" },
	{ PSEUDO_RANDOM_FUNCTION, "PRF" },
	{ KEY_EXCHANGE_METHOD, "key exchange" },
};

/**
 * Whether a transform is in the table.
 */
static bool is_listed(uint8_t protocol, transform_type_t type, uint16_t alg,
					  uint16_t size)
{
	u_int i;

	for (i = 0; i < countof(rows); i++)
	{
		if ((rows[i].protocols & protocol) && rows[i].type == type &&
			rows[i].alg == alg)
		{
			return size == rows[i].sizes[0] || size == rows[i].sizes[1];
		}
	}
	return FALSE;
}

/**
 * Check the transforms of a type.
 *
 * @param found		[out] whether there is one
 * @param aead		[out] set to TRUE if one is an AEAD algorithm
 * @return			FALSE if one is not in the table
 */
static bool check_type(proposal_t *proposal, uint8_t protocol, u_int i,
					   bool *found, bool *aead, char *why, size_t len)
{
	transform_type_t type = types[i].type;
	enumerator_t *enumerator;
	uint16_t alg, size;
	bool allowed = TRUE;

	*found = FALSE;
	enumerator = proposal->create_enumerator(proposal, type);
	while (allowed && enumerator->enumerate(enumerator, &alg, &size))
	{
		*found = TRUE;
		allowed = is_listed(protocol, type, alg, size);
		if (type == ENCRYPTION_ALGORITHM && encryption_algorithm_is_aead(alg))
		{
			*aead = TRUE;
		}
		if (!allowed)
		{
			snprintf(why, len, size ? "%s %N, %d bits" : "%s %N", types[i].name,
					 transform_get_enum_names(type), alg, size);
		}
	}
	enumerator->destroy(enumerator);
	return allowed;
}

/**
 * Whether a type may be left out.
 */
static bool is_optional(transform_type_t type, uint8_t protocol, bool aead)
{
	switch (type)
	{
		case INTEGRITY_ALGORITHM:
			return aead;
		case PSEUDO_RANDOM_FUNCTION:
		case KEY_EXCHANGE_METHOD:
			return protocol == ESP;
		default:
			return FALSE;
	}
}

/*
 * Described in header
 */
bool tunnel_profile_allows(tunnel_profile_t profile, proposal_t *proposal,
						  char *why, size_t len)
{
	bool found, aead = FALSE;
	uint8_t protocol;
	u_int i;

	*why = '\0';
	if (profile == TUNNEL_PROFILE_NONE)
	{
		return TRUE;
	}
	if (!proposal)
	{
		snprintf(why, len, "nothing negotiated");
		return FALSE;
	}
	switch (proposal->get_protocol(proposal))
	{
		case PROTO_IKE:
			protocol = IKE;
			break;
		case PROTO_ESP:
			protocol = ESP;
			break;
		default:
			snprintf(why, len, "protocol %N", protocol_id_names,
					 proposal->get_protocol(proposal));
			return FALSE;
	}
	for (i = 0; i < countof(types); i++)
	{
		if (!check_type(proposal, protocol, i, &found, &aead, why, len))
		{
			return FALSE;
		}
		if (!found && !is_optional(types[i].type, protocol, aead))
		{
			snprintf(why, len, "no %s", types[i].name);
			return FALSE;
		}
	}
	return TRUE;
}

/*
 * Described in header
 */
bool tunnel_profile_allows_child(tunnel_profile_t profile, tunnel_mode_t mode,
								ipsec_mode_t used, uint32_t window,
								char *why, size_t len)
{
	*why = '\0';
	if (profile == TUNNEL_PROFILE_NONE)
	{
		return TRUE;
	}
	if (used != MODE_TUNNEL &&
		(used != MODE_TRANSPORT || mode != TUNNEL_MODE_TRANSPORT))
	{
		snprintf(why, len, "mode %N", ipsec_mode_names, used);
		return FALSE;
	}
	if (!window)
	{
		snprintf(why, len, "no anti-replay window");
		return FALSE;
	}
	return TRUE;
}

/*
 * Described in header
 */
bool tunnel_profile_allows_child_sa(tunnel_profile_t profile,
									tunnel_mode_t mode, child_sa_t *child_sa,
									char *why, size_t len)
{
	child_cfg_t *child_cfg = child_sa->get_config(child_sa);

	return tunnel_profile_allows(profile, child_sa->get_proposal(child_sa),
								 why, len) &&
		   tunnel_profile_allows_child(profile, mode,
								 child_cfg->get_mode(child_cfg),
								 child_cfg->get_replay_window(child_cfg), why,
								 len);
}
