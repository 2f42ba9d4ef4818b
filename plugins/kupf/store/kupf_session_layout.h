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

#include "kupf_address.h"
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
	 * then DNN and S-NSSAI, each with a NUL; then, only if direct, the length
	 * of the PSK identity and the identity */
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

#endif /** KUPF_SESSION_LAYOUT_H_ @}*/
