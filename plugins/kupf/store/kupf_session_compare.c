/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupf_session_compare.h"
#include "kupf_session_layout.h"
#include "kupf_space.h"

/**
 * Compare identities by type and bytes.
 */
static bool same_id(const kupf_session_t *session, id_type_t type, chunk_t id)
{
	return session->id_type == type &&
		   chunk_equals(chunk_create(id_of(session), session->id_len), id);
}

/**
 * Compare a member, none included.
 */
static bool same_member(kupf_member_t member, chunk_t a, chunk_t b)
{
	if (a.len != b.len || !a.len)
	{
		return a.len == b.len;
	}
	return kupf_members[member].caseless ?
		   strcaseeq((char*)a.ptr, (char*)b.ptr) : memeq(a.ptr, b.ptr, a.len);
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
	const uint8_t *old_pos = members_of(old), *new_pos = members_of(new);
	kupf_member_t i;
	chunk_t a, b;

	KUPF_MEMBERS_EACH(i)
	{
		a = next_member(old, i, &old_pos);
		b = next_member(new, i, &new_pos);
		if (kupf_members[i].rekey && !same_member(i, a, b))
		{
			return TRUE;
		}
	}
	return (old->services & ~new->services & KUPF_SERVICE_IKE) ||
		   !chunk_equals_const(key_of(old), key_of(new)) ||
		   !same_id(old, new->id_type,
					chunk_create(id_of(new), new->id_len)) ||
		   !kupf_space_same(kupf_session_get_dnn(old),
							kupf_session_get_dnn(new));
}

/*
 * Described in header
 */
bool kupf_session_matches(const kupf_session_t *session,
						  const kupf_session_data_t *data)
{
	const uint8_t *pos = members_of(session);
	kupf_member_t i;
	chunk_t own, other;

	KUPF_MEMBERS_EACH(i)
	{
		own = next_member(session, i, &pos);
		other = kupf_members_get(data, i);
		if (!same_member(i, own, other) &&
			(other.len || !kupf_members[i].any))
		{
			return FALSE;
		}
	}
	return streq(name_of(session), data->name) &&
		   same_id(session, data->id_type, data->id) &&
		   chunk_equals_const(key_of(session), data->key) &&
		   session->services == data->services &&
		   session->lifetime == data->lifetime;
}
