/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupf_store_hashes.h"

#include <ctype.h>

/*
 * Described in header
 */
uint32_t kupf_store_hash_folded(kupf_store_hash_t hash, id_type_t type,
								chunk_t id)
{
	uint8_t folded[KUPF_IDENTITY_MAX];
	size_t i;

	/* a session has no longer one */
	id.len = min(id.len, sizeof(folded));
	for (i = 0; i < id.len; i++)
	{
		folded[i] = tolower(id.ptr[i]);
	}
	return hash(chunk_create(folded, id.len), type);
}

/*
 * Described in header
 */
kupf_session_links_t *kupf_store_hashes_set(kupf_store_hash_t hash,
											kupf_session_t *session,
											const kupf_store_hashes_t *hashes)
{
	kupf_session_links_t *links = kupf_session_links(session);
	kupf_store_hashes_t computed;
	id_type_t type;
	chunk_t id;

	if (!hashes)
	{
		id = kupf_session_get_id(session, &type);
		computed = kupf_store_hashes(hash, kupf_session_get_name(session), type,
									 id);
		hashes = &computed;
	}
	links->name_hash = hashes->name;
	links->id_hash = hashes->id;
	return links;
}
