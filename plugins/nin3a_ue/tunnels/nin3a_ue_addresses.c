/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "nin3a_ue_addresses.h"

#include <collections/hashtable.h>

typedef struct private_nin3a_ue_addresses_t private_nin3a_ue_addresses_t;
typedef struct claim_t claim_t;

/**
 * Private data.
 */
struct private_nin3a_ue_addresses_t {
	/** public interface */
	nin3a_ue_addresses_t public;
	/** first claim_t by address */
	hashtable_t *claims;
};

/**
 * What an owner has.
 */
struct claim_t {
	/** address */
	kupf_address_t address;
	/** owner */
	const void *owner;
	/** how often it was claimed */
	u_int count;
	/** next one of the same address */
	claim_t *next;
};

/**
 * Hash an address.
 */
static u_int hash(const kupf_address_t *address)
{
	return chunk_hash(chunk_create((u_char*)address->bytes,
								   sizeof(address->bytes)));
}

/**
 * Find the claim of an owner.
 */
static claim_t *find(private_nin3a_ue_addresses_t *this,
					 const kupf_address_t *address, const void *owner)
{
	claim_t *claim;

	claim = this->claims->get(this->claims, address);
	while (claim && claim->owner != owner)
	{
		claim = claim->next;
	}
	return claim;
}

METHOD(nin3a_ue_addresses_t, claim_, void,
	private_nin3a_ue_addresses_t *this, const kupf_address_t *address,
	const void *owner)
{
	claim_t *claim;

	if (address->family == AF_UNSPEC)
	{
		return;
	}
	claim = find(this, address, owner);
	if (!claim)
	{
		INIT(claim,
			.address = *address,
			.owner = owner,
			.next = this->claims->remove(this->claims, address),
		);
		this->claims->put(this->claims, &claim->address, claim);
	}
	claim->count++;
}

METHOD(nin3a_ue_addresses_t, release, void,
	private_nin3a_ue_addresses_t *this, const kupf_address_t *address,
	const void *owner)
{
	claim_t *claim, *first, **pos;

	claim = find(this, address, owner);
	if (!claim || --claim->count)
	{
		return;
	}
	first = this->claims->remove(this->claims, address);
	for (pos = &first; *pos != claim; pos = &(*pos)->next)
	{
		/* it is there */
	}
	*pos = claim->next;
	if (first)
	{
		this->claims->put(this->claims, &first->address, first);
	}
	free(claim);
}

METHOD(nin3a_ue_addresses_t, has, bool,
	private_nin3a_ue_addresses_t *this, const kupf_address_t *address,
	const void *owner)
{
	kupf_address_t prefix;

	return find(this, address, owner) ||
		   (kupf_address_get_prefix(address, &prefix) &&
			find(this, &prefix, owner));
}

/**
 * Whether anybody else than an owner has exactly an address or a prefix.
 */
static bool is_others(private_nin3a_ue_addresses_t *this,
					  const kupf_address_t *address, const void *owner)
{
	claim_t *claim;

	claim = this->claims->get(this->claims, address);
	return claim && (claim->owner != owner || claim->next);
}

METHOD(nin3a_ue_addresses_t, is_foreign, bool,
	private_nin3a_ue_addresses_t *this, const kupf_address_t *address,
	const void *owner)
{
	kupf_address_t prefix;

	return is_others(this, address, owner) ||
		   (kupf_address_get_prefix(address, &prefix) &&
			is_others(this, &prefix, owner));
}

METHOD(nin3a_ue_addresses_t, destroy, void,
	private_nin3a_ue_addresses_t *this)
{
	enumerator_t *enumerator;
	claim_t *claim, *next;

	enumerator = this->claims->create_enumerator(this->claims);
	while (enumerator->enumerate(enumerator, NULL, &claim))
	{
		for (; claim; claim = next)
		{
			next = claim->next;
			free(claim);
		}
	}
	enumerator->destroy(enumerator);
	this->claims->destroy(this->claims);
	free(this);
}

/*
 * Described in header
 */
nin3a_ue_addresses_t *nin3a_ue_addresses_create()
{
	private_nin3a_ue_addresses_t *this;

	INIT(this,
		.public = {
			.claim = _claim_,
			.release = _release,
			.has = _has,
			.is_foreign = _is_foreign,
			.destroy = _destroy,
		},
		.claims = hashtable_create((hashtable_hash_t)hash,
							(hashtable_equals_t)kupf_address_equals, 8),
	);

	return &this->public;
}
