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
	chunk_t octets[KUPF_MEMBERS];
	size_t name_len = strlen(data->name), size;
	uint32_t now = time_monotonic(NULL);
	uint8_t *key, *pos;
	kupf_member_t i;

	key = kupf_secret_create(data->key);
	if (!key)
	{
		return NULL;
	}
	size = offsetof(kupf_session_t, id) + data->id.len + name_len + 1;
	KUPF_MEMBERS_EACH(i)
	{
		octets[i] = kupf_members_get(data, i);
		size += octets[i].len ? octets[i].len + is_counted(i) : 0;
	}
	session = kupf_slab_alloc(size_to(size));
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
		.services = data->services,
		.upf_address_pooled = data->upf_address_pooled,
		.preconfigured = data->preconfigured,
	};
	session->expiry = data->expiry;
	if (data->lifetime && !data->expiry)
	{
		/* some part of this second is over already */
		session->expiry = now + data->lifetime + 1;
	}
	memcpy(id_of(session), data->id.ptr, data->id.len);
	memcpy(name_of(session), data->name, name_len + 1);
	pos = (uint8_t*)members_of(session);
	KUPF_MEMBERS_EACH(i)
	{
		if (octets[i].len)
		{
			session->members |= 1 << i;
			if (is_counted(i))
			{
				*pos++ = kupf_members[i].kind == KUPF_KIND_OCTETS ?
						 octets[i].len : octets[i].len / sizeof(kupf_address_t);
			}
			memcpy(pos, octets[i].ptr, octets[i].len);
			pos += octets[i].len;
		}
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

/**
 * Octets of all of it.
 */
static size_t size_of(const kupf_session_t *session)
{
	const uint8_t *pos = members_of(session);
	kupf_member_t i;

	KUPF_MEMBERS_EACH(i)
	{
		next_member(session, i, &pos);
	}
	return size_to(pos - (const uint8_t*)session);
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
	const uint8_t *pos = members_of(session);
	kupf_member_t i;

	*data = (kupf_session_data_t){
		.name = name_of(session),
		.id_type = session->id_type,
		.id = chunk_create(id_of(session), session->id_len),
		.key = chunk_create(session->key, session->key_len),
		.services = session->services,
		.upf_address_pooled = session->upf_address_pooled,
		.preconfigured = session->preconfigured,
		.lifetime = session->lifetime,
		.expiry = session->expiry,
		.generation = session->generation,
		.created = session->created,
		.lineage = session->lineage,
	};
	KUPF_MEMBERS_EACH(i)
	{
		if (session->members & (1 << i))
		{
			kupf_members_set(data, i, next_member(session, i, &pos));
		}
	}
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

/**
 * Find a member; of one that the compiler knows nothing is left but how to get there.
 */
static inline __attribute__((always_inline)) chunk_t find_member(
						const kupf_session_t *session, kupf_member_t member)
{
	const uint8_t *pos = members_of(session);
	chunk_t octets = chunk_empty;
	kupf_member_t i;

	KUPF_MEMBERS_EACH(i)
	{
		octets = next_member(session, i, &pos);
		if (i == member)
		{
			break;
		}
	}
	return octets;
}

/*
 * Described in header
 */
chunk_t kupf_session_get_member(const kupf_session_t *session,
								kupf_member_t member)
{
	return find_member(session, member);
}

/**
 * Get a member that is addresses.
 */
static inline __attribute__((always_inline)) const kupf_address_t *get_addresses(
			const kupf_session_t *session, kupf_member_t member, u_int *count)
{
	chunk_t octets = find_member(session, member);

	*count = octets.len / sizeof(kupf_address_t);
	return (const kupf_address_t*)octets.ptr;
}

/*
 * Described in header
 */
const kupf_address_t *kupf_session_get_upf_address(
											const kupf_session_t *session)
{
	static const kupf_address_t none = {};
	const kupf_address_t *address;
	u_int count;

	address = get_addresses(session, KUPF_MEMBER_UPF_ADDRESS, &count);
	return count ? address : &none;
}

/*
 * Described in header
 */
const kupf_address_t *kupf_session_get_ue_addresses(
								const kupf_session_t *session, u_int *count)
{
	return get_addresses(session, KUPF_MEMBER_UE_ADDRESSES, count);
}

/*
 * Described in header
 */
const kupf_address_t *kupf_session_get_dns(const kupf_session_t *session,
										   u_int *count)
{
	return get_addresses(session, KUPF_MEMBER_DNS, count);
}

/*
 * Described in header
 */
const kupf_address_t *kupf_session_get_p_cscf(const kupf_session_t *session,
											  u_int *count)
{
	return get_addresses(session, KUPF_MEMBER_P_CSCF, count);
}

/*
 * Described in header
 */
const char *kupf_session_get_dnn(const kupf_session_t *session)
{
	chunk_t dnn = find_member(session, KUPF_MEMBER_DNN);

	return dnn.len ? (char*)dnn.ptr : NULL;
}

/*
 * Described in header
 */
chunk_t kupf_session_get_psk_identity(const kupf_session_t *session)
{
	return find_member(session, KUPF_MEMBER_PSK_IDENTITY);
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
