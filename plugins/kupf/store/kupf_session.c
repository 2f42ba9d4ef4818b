/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupf_session.h"
#include "kupf_session_layout.h"
#include "kupf_slab.h"
#include "kupf/keys/kupf_secret.h"

#include <utils/utils.h>

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
	return key_of(session);
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
	return session->expiry && session->expiry <= (uint64_t)now;
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
