/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup kupf_session_layout kupf_session_layout
 * @{ @ingroup kupf
 *
 * How a session lies in memory: one block, whose end is as long as what is in
 * it.  For kupf_session.c and kupf_session_compare.c only.
 */

#ifndef KUPF_SESSION_LAYOUT_H_
#define KUPF_SESSION_LAYOUT_H_

#include "kupf_session_data.h"
#include "kupf_session_links.h"

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
	/** members that it has, 1 << kupf_member_t each; whether the UPF address is
	 * held in the pool; whether it is pre-configured */
	uint16_t members:KUPF_MEMBERS_MAX, upf_address_pooled:1, preconfigured:1;
	/** octets of the identity */
	uint8_t id_len;
	/** type of the identity */
	uint8_t id_type;
	/** octets of the name, without its NUL */
	uint8_t name_len;
	/** octets of the key */
	uint8_t key_len;
	/** kupf_service_t */
	uint8_t services;
	/** whether it is in a store */
	bool stored;
	/** identity; then name and NUL; then the members that it has, one behind the
	 * other, with an octet before octets and addresses that says how many they
	 * are, and with a NUL behind a text */
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
 * Key.
 */
static inline chunk_t key_of(const kupf_session_t *session)
{
	return chunk_create(session->key, session->key_len);
}

/**
 * Name.
 */
static inline char *name_of(const kupf_session_t *session)
{
	return (char*)id_of(session) + session->id_len;
}

/**
 * Where the members are.
 */
static inline const uint8_t *members_of(const kupf_session_t *session)
{
	return id_of(session) + session->id_len + session->name_len + 1;
}

/**
 * Whether a member begins with an octet that says how much of it there is.
 */
static inline bool is_counted(kupf_member_t member)
{
	return kupf_members[member].kind == KUPF_KIND_ADDRESSES ||
		   kupf_members[member].kind == KUPF_KIND_OCTETS;
}

/**
 * Go through the members of a session, one after the other.
 *
 * @param member	member
 * @param pos		[in,out] where it would be, and where the next one is
 * @return			it as of kupf_members_get(), empty for none
 */
static inline chunk_t next_member(const kupf_session_t *session,
								  kupf_member_t member, const uint8_t **pos)
{
	uint8_t *own = (uint8_t*)*pos;
	size_t len;

	if (!(session->members & (1 << member)))
	{
		return chunk_create(own, 0);
	}
	switch (kupf_members[member].kind)
	{
		case KUPF_KIND_NUMBER:
			len = 1;
			break;
		case KUPF_KIND_ADDRESS:
			len = sizeof(kupf_address_t);
			break;
		case KUPF_KIND_ADDRESSES:
			len = *own++ * sizeof(kupf_address_t);
			break;
		case KUPF_KIND_TEXT:
			len = strlen((char*)own) + 1;
			break;
		default:
			len = *own++;
			break;
	}
	*pos = own + len;
	return chunk_create(own, len);
}

/**
 * Octets of a session that ends somewhere: no less than the structure has.
 */
static inline size_t size_to(size_t end)
{
	return max(end, sizeof(kupf_session_t));
}

#endif /** KUPF_SESSION_LAYOUT_H_ @}*/
