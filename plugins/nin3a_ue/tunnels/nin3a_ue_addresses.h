/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup nin3a_ue_addresses nin3a_ue_addresses
 * @{ @ingroup nin3a_ue
 *
 * Whose an address is: a leg has the inner addresses that its session names and
 * those that its IKE_SAs have got; the addresses of UPFs are nobody's.  A leg
 * may claim an address several times, and has it until it has released it as
 * often.  Who has a prefix has all addresses in it.
 *
 * To be called under the mutex of nin3a_ue_sas.  Takes constant time for an
 * address that has one owner, as those have that UPFs assign; otherwise in
 * proportion to the owners.
 */

#ifndef NIN3A_UE_ADDRESSES_H_
#define NIN3A_UE_ADDRESSES_H_

#include "kupf/store/kupf_address.h"

/** Owner of what no leg may have inside its tunnel */
#define NIN3A_UE_NOBODY NULL

typedef struct nin3a_ue_addresses_t nin3a_ue_addresses_t;

struct nin3a_ue_addresses_t {

	/**
	 * Claim an address, whoever has it as well.
	 *
	 * @param address	address; AF_UNSPEC is ignored
	 * @param owner		only compared, or NIN3A_UE_NOBODY
	 */
	void (*claim)(nin3a_ue_addresses_t *this, const kupf_address_t *address,
				  const void *owner);

	/**
	 * Release an address that was claimed.
	 *
	 * @param address	address
	 * @param owner		as for claim()
	 */
	void (*release)(nin3a_ue_addresses_t *this, const kupf_address_t *address,
					const void *owner);

	/**
	 * Whether an owner has an address, or the prefix that it is in.
	 */
	bool (*has)(nin3a_ue_addresses_t *this, const kupf_address_t *address,
				const void *owner);

	/**
	 * Whether anybody else than an owner has an address, or the prefix that it
	 * is in.
	 */
	bool (*is_foreign)(nin3a_ue_addresses_t *this,
					   const kupf_address_t *address, const void *owner);

	/**
	 * Destroy the object.
	 */
	void (*destroy)(nin3a_ue_addresses_t *this);
};

/**
 * Create the object, without an address.
 */
nin3a_ue_addresses_t *nin3a_ue_addresses_create();

#endif /** NIN3A_UE_ADDRESSES_H_ @}*/
