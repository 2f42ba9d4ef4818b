/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupf_session_compare.h"
#include "kupf_session_layout.h"
#include "kupf_space.h"

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
	chunk_t own = chunk_empty;

	if (session->direct)
	{
		own = kupf_session_get_psk_identity(session);
	}
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
		   !chunk_equals_const(key_of(old), key_of(new)) ||
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
		   chunk_equals_const(key_of(session), data->key) &&
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
