/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupf_auth_mac.h"

#include "compat.h"

/**
 * The method of charon's own keymats, all of which have the same.
 */
static typeof(((keymat_v2_t*)NULL)->get_psk_sig) original;

/**
 * Compute the MAC of some octets.
 *
 * @param inner		buffer for the key that is made of the secret
 */
static bool get_mac(prf_t *prf, chunk_t secret, chunk_t octets, chunk_t inner,
					chunk_t *mac)
{
	return prf->set_key(prf, secret) &&
		   prf->get_bytes(prf, chunk_from_str("Key Pad for IKEv2"),
						  inner.ptr) &&
		   prf->set_key(prf, inner) &&
		   prf->allocate_bytes(prf, octets, mac);
}

METHOD(keymat_v2_t, get_psk_sig, bool,
	keymat_v2_t *this, bool verify, chunk_t ike_sa_init, chunk_t nonce,
	COMPAT_INT_AUTH_PARAM chunk_t secret, chunk_t ppk, identification_t *id,
	char reserved[3], chunk_t *sig)
{
	uint8_t inner[HASH_SIZE_SHA512];
	chunk_t octets, skd;
	bool done = FALSE;
	size_t size;
	prf_t *prf;

	if (!secret.len)
	{
		return original(this, verify, ike_sa_init, nonce,
						COMPAT_INT_AUTH_ARG secret, ppk, id, reserved, sig);
	}
	/* one of our own, as charon's keeps its key as long as the IKE_SA lasts */
	prf = lib->crypto->create_prf(lib->crypto, this->get_skd(this, &skd));
	if (!prf)
	{
		return FALSE;
	}
	size = prf->get_block_size(prf);
	if (size <= sizeof(inner) &&
		this->get_auth_octets(this, verify, ike_sa_init, nonce,
							  COMPAT_INT_AUTH_ARG ppk, id, reserved, &octets,
							  NULL))
	{
		done = get_mac(prf, secret, octets, chunk_create(inner, size), sig);
		memwipe(inner, sizeof(inner));
		chunk_free(&octets);
	}
	prf->destroy(prf);
	return done;
}

/*
 * Described in header
 */
void kupf_auth_mac_install(keymat_v2_t *keymat)
{
	typeof(original) theirs = keymat->get_psk_sig;
	typeof(original) none = NULL;

	if (theirs != _get_psk_sig &&
		(__atomic_compare_exchange_n(&original, &none, theirs, FALSE,
									 __ATOMIC_RELAXED, __ATOMIC_RELAXED) ||
		 none == theirs))
	{	/* somebody else's keymat is left as it is */
		keymat->get_psk_sig = _get_psk_sig;
	}
}
