/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupf_session.h"
#include "kupf_slab.h"
#include "kupf_space.h"
#include "kupf/keys/kupf_secret.h"

#include <utils/utils.h>

/**
 * What a lookup by identity looks at stands together, in two cache lines.
 */
struct kupf_session_t {
	/** links of the store */
	kupf_session_links_t links;
	/** key, from kupf_secret_create() */
	uint8_t *key;
	/** references */
	refcount_t ref;
	/** generation */
	uint32_t generation;
	/** time_monotonic() of expiry, 0 for never */
	uint32_t expiry;
	/** life as it was asked for, seconds */
	uint32_t lifetime;
	/** time_monotonic() when it was established */
	uint32_t created;
	/** the same in all generations */
	uint32_t lineage;
	/** time_monotonic() of this generation */
	uint32_t modified;
	/** octets of the identity */
	uint8_t id_len;
	/** type of the identity */
	uint8_t id_type;
	/** octets of the name, without its NUL */
	uint8_t name_len;
	/** octets of the key */
	uint8_t key_len;
	/** PDU session identity, 0 if not known */
	uint8_t pdu_session_id;
	/** kupf_service_t */
	uint8_t services;
	/** whether the UPF address is held in the pool */
	bool upf_address_pooled:1;
	/** whether it is pre-configured */
	bool preconfigured:1;
	/** whether the key has a PSK identity of its own */
	bool direct:1;
	/** number of inner addresses */
	uint8_t ue_address_count;
	/** number of name servers, and of P-CSCFs */
	uint8_t dns_count:4, p_cscf_count:4;
	/** octets of the DNN and of the S-NSSAI, without their NUL, 0 for none */
	uint8_t dnn_len, snssai_len;
	/** whether it is in a store */
	bool stored;
	/** identity; then name and NUL; then the address of the UPF, the inner
	 * addresses of the UE, name servers and P-CSCFs, kupf_address_t each;
	 * then DNN and S-NSSAI, each with a NUL; then, only if direct, the length of
	 * the PSK identity and the identity */
	uint8_t id[];
};

/**
 * Identity.
 */
static inline uint8_t *id_of(const kupf_session_t *session)
{
	return (uint8_t*)session->id;
}

/**
 * Name.
 */
static inline char *name_of(const kupf_session_t *session)
{
	return (char*)id_of(session) + session->id_len;
}

/**
 * Address of the UPF, and behind it those of the UE.
 */
static inline kupf_address_t *upf_address_of(const kupf_session_t *session)
{
	return (kupf_address_t*)(name_of(session) + session->name_len + 1);
}

/**
 * Inner addresses of the UE.
 */
static inline kupf_address_t *ue_addresses_of(const kupf_session_t *session)
{
	return upf_address_of(session) + 1;
}

/**
 * Name servers.
 */
static inline kupf_address_t *dns_of(const kupf_session_t *session)
{
	return ue_addresses_of(session) + session->ue_address_count;
}

/**
 * P-CSCFs.
 */
static inline kupf_address_t *p_cscf_of(const kupf_session_t *session)
{
	return dns_of(session) + session->dns_count;
}

/**
 * DNN.
 */
static inline char *dnn_of(const kupf_session_t *session)
{
	return (char*)(p_cscf_of(session) + session->p_cscf_count);
}

/**
 * S-NSSAI.
 */
static inline char *snssai_of(const kupf_session_t *session)
{
	return dnn_of(session) + session->dnn_len + 1;
}

/**
 * Length of the PSK identity, and behind it the identity; only if direct.
 */
static inline uint8_t *psk_identity_of(const kupf_session_t *session)
{
	return (uint8_t*)snssai_of(session) + session->snssai_len + 1;
}

/**
 * Octets of all of it.
 */
static inline size_t size_of(const kupf_session_t *session)
{
	const uint8_t *end = psk_identity_of(session);

	if (session->direct)
	{
		end += 1 + *end;
	}
	return end - (const uint8_t*)session;
}

/**
 * Get a number that no other session has; after 2^32 of them they come again.
 */
static uint32_t new_lineage()
{
	static refcount_t last;
	uint32_t lineage;

	do
	{
		lineage = ref_get(&last);
	}
	while (!lineage);
	return lineage;
}

/*
 * Described in header
 */
kupf_session_t *kupf_session_create(const kupf_session_data_t *data)
{
	kupf_session_t *session;
	const char *dnn = data->dnn ?: "", *snssai = data->snssai ?: "";
	size_t name_len = strlen(data->name);
	size_t dnn_len = strlen(dnn), snssai_len = strlen(snssai);
	uint32_t now = time_monotonic(NULL);
	uint8_t *key;

	key = kupf_secret_create(data->key);
	if (!key)
	{
		return NULL;
	}
	session = kupf_slab_alloc(offsetof(kupf_session_t, id) + data->id.len +
					 name_len + 1 +
					 (1 + data->ue_address_count + data->dns_count +
					  data->p_cscf_count) * sizeof(kupf_address_t) +
					 dnn_len + 1 + snssai_len + 1 +
					 (data->psk_identity.len ? 1 + data->psk_identity.len : 0));
	if (!session)
	{
		kupf_secret_destroy(key, data->key.len);
		return NULL;
	}
	*session = (kupf_session_t){
		.key = key,
		.key_len = data->key.len,
		.ref = 1,
		.generation = data->generation,
		.lifetime = data->lifetime,
		.created = data->created ?: now,
		.lineage = data->lineage ?: new_lineage(),
		.modified = now,
		.id_type = data->id_type,
		.id_len = data->id.len,
		.name_len = name_len,
		.pdu_session_id = data->pdu_session_id,
		.services = data->services,
		.upf_address_pooled = data->upf_address_pooled,
		.preconfigured = data->preconfigured,
		.direct = data->psk_identity.len > 0,
		.ue_address_count = data->ue_address_count,
		.dns_count = data->dns_count,
		.p_cscf_count = data->p_cscf_count,
		.dnn_len = dnn_len,
		.snssai_len = snssai_len,
	};
	session->expiry = data->expiry;
	if (data->lifetime && !data->expiry)
	{
		/* some part of this second is over already */
		session->expiry = now + data->lifetime + 1;
	}
	memcpy(id_of(session), data->id.ptr, data->id.len);
	memcpy(name_of(session), data->name, name_len + 1);
	*upf_address_of(session) = data->upf_address;
	memcpy(ue_addresses_of(session), data->ue_addresses,
		   data->ue_address_count * sizeof(kupf_address_t));
	memcpy(dns_of(session), data->dns,
		   data->dns_count * sizeof(kupf_address_t));
	memcpy(p_cscf_of(session), data->p_cscf,
		   data->p_cscf_count * sizeof(kupf_address_t));
	memcpy(dnn_of(session), dnn, dnn_len + 1);
	memcpy(snssai_of(session), snssai, snssai_len + 1);
	if (session->direct)
	{
		*psk_identity_of(session) = data->psk_identity.len;
		memcpy(psk_identity_of(session) + 1, data->psk_identity.ptr,
			   data->psk_identity.len);
	}
	return session;
}

/*
 * Described in header
 */
kupf_session_t *kupf_session_ref(kupf_session_t *session)
{
	ref_get(&session->ref);
	return session;
}

/*
 * Described in header
 */
void kupf_session_unref(kupf_session_t *session)
{
	if (session && ref_put(&session->ref))
	{
		kupf_secret_destroy(session->key, session->key_len);
		kupf_slab_free(session, size_of(session));
	}
}

/*
 * Described in header
 */
void kupf_session_get_data(const kupf_session_t *session,
						   kupf_session_data_t *data)
{
	*data = (kupf_session_data_t){
		.name = name_of(session),
		.id_type = session->id_type,
		.id = chunk_create(id_of(session), session->id_len),
		.key = chunk_create(session->key, session->key_len),
		.pdu_session_id = session->pdu_session_id,
		.services = session->services,
		.upf_address = *upf_address_of(session),
		.upf_address_pooled = session->upf_address_pooled,
		.preconfigured = session->preconfigured,
		.ue_address_count = session->ue_address_count,
		.dns_count = session->dns_count,
		.p_cscf_count = session->p_cscf_count,
		.dnn = kupf_session_get_dnn(session),
		.snssai = kupf_session_get_snssai(session),
		.psk_identity = kupf_session_get_psk_identity(session),
		.lifetime = session->lifetime,
		.expiry = session->expiry,
		.generation = session->generation,
		.created = session->created,
		.lineage = session->lineage,
	};
	memcpy(data->ue_addresses, ue_addresses_of(session),
		   session->ue_address_count * sizeof(kupf_address_t));
	memcpy(data->dns, dns_of(session),
		   session->dns_count * sizeof(kupf_address_t));
	memcpy(data->p_cscf, p_cscf_of(session),
		   session->p_cscf_count * sizeof(kupf_address_t));
}

/*
 * Described in header
 */
const char *kupf_session_get_name(const kupf_session_t *session)
{
	return name_of(session);
}

/*
 * Described in header
 */
chunk_t kupf_session_get_id(const kupf_session_t *session, id_type_t *type)
{
	*type = session->id_type;
	return chunk_create(id_of(session), session->id_len);
}

/*
 * Described in header
 */
chunk_t kupf_session_get_key(const kupf_session_t *session)
{
	return chunk_create(session->key, session->key_len);
}

/*
 * Described in header
 */
uint32_t kupf_session_get_generation(const kupf_session_t *session)
{
	return session->generation;
}

/*
 * Described in header
 */
uint32_t kupf_session_get_created(const kupf_session_t *session)
{
	return session->created;
}

/*
 * Described in header
 */
uint32_t kupf_session_get_lineage(const kupf_session_t *session)
{
	return session->lineage;
}

/*
 * Described in header
 */
uint32_t kupf_session_get_modified(const kupf_session_t *session)
{
	return session->modified;
}

/*
 * Described in header
 */
uint8_t kupf_session_get_services(const kupf_session_t *session)
{
	return session->services;
}

/*
 * Described in header
 */
bool kupf_session_is_preconfigured(const kupf_session_t *session)
{
	return session->preconfigured;
}

/*
 * Described in header
 */
const kupf_address_t *kupf_session_get_upf_address(
											const kupf_session_t *session)
{
	return upf_address_of(session);
}

/*
 * Described in header
 */
const kupf_address_t *kupf_session_get_ue_addresses(
								const kupf_session_t *session, u_int *count)
{
	*count = session->ue_address_count;
	return ue_addresses_of(session);
}

/*
 * Described in header
 */
const kupf_address_t *kupf_session_get_dns(const kupf_session_t *session,
										   u_int *count)
{
	*count = session->dns_count;
	return dns_of(session);
}

/*
 * Described in header
 */
const kupf_address_t *kupf_session_get_p_cscf(const kupf_session_t *session,
											  u_int *count)
{
	*count = session->p_cscf_count;
	return p_cscf_of(session);
}

/*
 * Described in header
 */
const char *kupf_session_get_dnn(const kupf_session_t *session)
{
	return session->dnn_len ? dnn_of(session) : NULL;
}

/*
 * Described in header
 */
const char *kupf_session_get_snssai(const kupf_session_t *session)
{
	return session->snssai_len ? snssai_of(session) : NULL;
}

/*
 * Described in header
 */
chunk_t kupf_session_get_psk_identity(const kupf_session_t *session)
{
	uint8_t *identity;

	if (!session->direct)
	{
		return chunk_empty;
	}
	identity = psk_identity_of(session);
	return chunk_create(identity + 1, *identity);
}

/*
 * Described in header
 */
uint32_t kupf_session_get_expiry(const kupf_session_t *session)
{
	return session->expiry;
}

/*
 * Described in header
 */
uint32_t kupf_session_get_ending(const kupf_session_t *session,
								 uint32_t margin)
{
	return session->expiry - min(margin, session->lifetime / 2);
}

/*
 * Described in header
 */
bool kupf_session_expired(const kupf_session_t *session, time_t now)
{
	return session->expiry && session->expiry <= now;
}

/**
 * Compare addresses, in the order given.
 */
static bool same_addresses(const kupf_address_t *a, u_int a_count,
						   const kupf_address_t *b, u_int b_count)
{
	return a_count == b_count && memeq(a, b, a_count * sizeof(*a));
}

/**
 * Compare identities by type and bytes.
 */
static bool same_id(const kupf_session_t *session, id_type_t type, chunk_t id)
{
	return session->id_type == type &&
		   chunk_equals(chunk_create(id_of(session), session->id_len), id);
}

/**
 * Compare PSK identities, none included.
 */
static bool same_psk_identity(const kupf_session_t *session, chunk_t identity)
{
	chunk_t own = kupf_session_get_psk_identity(session);

	return own.len == identity.len &&
		   (!own.len || memeq(own.ptr, identity.ptr, own.len));
}

/*
 * Described in header
 */
bool kupf_session_precedes(const kupf_session_t *earlier,
						   const kupf_session_t *later)
{
	return earlier->generation < later->generation &&
		   earlier->lineage == later->lineage &&
		   earlier->preconfigured == later->preconfigured;
}

/*
 * Described in header
 */
bool kupf_session_needs_rekey(const kupf_session_t *old,
							  const kupf_session_t *new)
{
	return (old->services & ~new->services & KUPF_SERVICE_IKE) ||
		   !chunk_equals_const(kupf_session_get_key(old),
							   kupf_session_get_key(new)) ||
		   !same_id(old, new->id_type,
					chunk_create(id_of(new), new->id_len)) ||
		   !kupf_address_equals(upf_address_of(old), upf_address_of(new)) ||
		   !same_addresses(ue_addresses_of(old), old->ue_address_count,
						   ue_addresses_of(new), new->ue_address_count) ||
		   !kupf_space_same(dnn_of(old), dnn_of(new));
}

/*
 * Described in header
 */
bool kupf_session_matches(const kupf_session_t *session,
						  const kupf_session_data_t *data)
{
	return streq(name_of(session), data->name) &&
		   same_id(session, data->id_type, data->id) &&
		   chunk_equals_const(kupf_session_get_key(session), data->key) &&
		   session->pdu_session_id == data->pdu_session_id &&
		   session->services == data->services &&
		   same_psk_identity(session, data->psk_identity) &&
		   session->lifetime == data->lifetime &&
		   (data->upf_address.family == AF_UNSPEC ||
			kupf_address_equals(upf_address_of(session),
							 &data->upf_address)) &&
		   same_addresses(ue_addresses_of(session), session->ue_address_count,
						  data->ue_addresses, data->ue_address_count) &&
		   same_addresses(dns_of(session), session->dns_count,
						  data->dns, data->dns_count) &&
		   same_addresses(p_cscf_of(session), session->p_cscf_count,
						  data->p_cscf, data->p_cscf_count) &&
		   strcaseeq(dnn_of(session), data->dnn ?: "") &&
		   streq(snssai_of(session), data->snssai ?: "");
}

/*
 * Described in header
 */
bool kupf_session_is_stored(const kupf_session_t *session)
{
	return __atomic_load_n(&session->stored, __ATOMIC_SEQ_CST);
}

/*
 * Described in header
 */
void kupf_session_set_stored(kupf_session_t *session, bool stored)
{
	__atomic_store_n(&session->stored, stored, __ATOMIC_SEQ_CST);
}

/*
 * Described in header
 */
kupf_session_links_t *kupf_session_links(kupf_session_t *session)
{
	return &session->links;
}
