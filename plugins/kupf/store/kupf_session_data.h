/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup kupf_session_data kupf_session_data
 * @{ @ingroup kupf
 *
 * What a session is made of, and a table of those members that are all treated
 * alike: how a session keeps, compares and tells them, takes them from requests
 * and passes them on to other UPFs follows from it.
 *
 * Knows nothing of charon, allocates nothing.  Any thread may call.
 */

#ifndef KUPF_SESSION_DATA_H_
#define KUPF_SESSION_DATA_H_

#include "kupf_address.h"

#include <library.h>
#include <utils/identification.h>

/** Longest name of a session, octets */
#define KUPF_SESSION_NAME_MAX 64

/** Most name servers of a session, and as many P-CSCFs */
#define KUPF_SERVERS_MAX 4

/** Longest DNN, octets (TS 23.003, 9A) */
#define KUPF_DNN_MAX 100

/** Longest S-NSSAI as text, octets: SST, "-" and SD */
#define KUPF_SNSSAI_MAX 10

/** Highest PDU session identity (TS 24.501, 9.4) */
#define KUPF_PDU_SESSION_ID_MAX 15

typedef struct kupf_session_data_t kupf_session_data_t;
typedef struct kupf_member_info_t kupf_member_info_t;
typedef enum kupf_service_t kupf_service_t;
typedef enum kupf_member_t kupf_member_t;
typedef enum kupf_kind_t kupf_kind_t;

/**
 * What the key of a session may be used for.
 */
enum kupf_service_t {
	/** IKEv2 authentication of the NIN3A leg */
	KUPF_SERVICE_IKE = (1 << 0),
	/** QUIC of MPQUIC steering; never given to charon, and so are all below */
	KUPF_SERVICE_MPQUIC = (1 << 1),
	/** TLS of MSGin5G */
	KUPF_SERVICE_MSGIN5G = (1 << 2),
	/** TLS of whatever else */
	KUPF_SERVICE_TLS = (1 << 3),
	/** the first of those that the settings name */
	KUPF_SERVICE_OWN = (1 << 4),
};

/** Longest PSK identity that a key comes with, octets */
#define KUPF_PSK_IDENTITY_MAX 255

/**
 * What a session is made of.  Everything is copied.
 */
struct kupf_session_data_t {
	/** name, 1 to KUPF_SESSION_NAME_MAX printable octets */
	const char *name;
	/** type of the IKE identity */
	id_type_t id_type;
	/** IKE identity as in the ID payload, 1 to 255 octets */
	chunk_t id;
	/** key, kupf_secret_acceptable() */
	chunk_t key;
	/** PDU session identity, 0 if not known */
	uint8_t pdu_session_id;
	/** kupf_service_t, at least one */
	uint8_t services;
	/** UPF address that the UE must use, AF_UNSPEC if any will do */
	kupf_address_t upf_address;
	/** whether upf_address is held in the pool for this session */
	bool upf_address_pooled;
	/** whether it is from the operator's file, not fed over the socket */
	bool preconfigured;
	/** inner addresses of the UE */
	kupf_address_t ue_addresses[KUPF_UE_ADDRESSES_MAX];
	/** number of inner addresses */
	uint8_t ue_address_count;
	/** name servers that the UE is told, and their number */
	kupf_address_t dns[KUPF_SERVERS_MAX];
	uint8_t dns_count;
	/** P-CSCFs that the UE is told, and their number */
	kupf_address_t p_cscf[KUPF_SERVERS_MAX];
	uint8_t p_cscf_count;
	/** DNN, up to KUPF_DNN_MAX octets, NULL if not known */
	const char *dnn;
	/** S-NSSAI as text in lower case, up to KUPF_SNSSAI_MAX octets, NULL if not
	 * known */
	const char *snssai;
	/** identity that the key itself has in TLS, up to KUPF_PSK_IDENTITY_MAX
	 * octets, empty if keys are derived from it */
	chunk_t psk_identity;
	/** life in seconds from creation, up to one more; 0 for no end */
	uint32_t lifetime;
	/** time_monotonic() of its end if that is fixed already, otherwise 0 */
	uint32_t expiry;
	/** 1 for a new session, one more with each modification */
	uint32_t generation;
	/** time_monotonic() when the session of this name was established; 0 for
	 * now */
	uint32_t created;
	/** that of the session that it is a later generation of; 0 for another
	 * session than all others, whatever its name */
	uint32_t lineage;
};

/**
 * Members that are in the table, in the order in which a session keeps them, what
 * is needed most first; replies tell those that are added in the same order.
 */
enum kupf_member_t {
	KUPF_MEMBER_UE_ADDRESSES,
	KUPF_MEMBER_UPF_ADDRESS,
	KUPF_MEMBER_PDU_SESSION_ID,
	KUPF_MEMBER_DNN,
	KUPF_MEMBER_SNSSAI,
	KUPF_MEMBER_PSK_IDENTITY,
	KUPF_MEMBER_DNS,
	KUPF_MEMBER_P_CSCF,
	/** how many there are */
	KUPF_MEMBERS,
};

/**
 * What a member is.
 */
enum kupf_kind_t {
	/** uint8_t, 0 for none */
	KUPF_KIND_NUMBER,
	/** kupf_address_t, AF_UNSPEC for none */
	KUPF_KIND_ADDRESS,
	/** array of kupf_address_t, and their number in a uint8_t */
	KUPF_KIND_ADDRESSES,
	/** string, NULL for none */
	KUPF_KIND_TEXT,
	/** chunk_t of up to 255 octets */
	KUPF_KIND_OCTETS,
};

/**
 * A row of the table.
 */
struct kupf_member_info_t {
	/** field of requests and replies */
	const char *name;
	/** what it is */
	kupf_kind_t kind;
	/** where it is in kupf_session_data_t, and, of addresses, their number */
	size_t offset, count;
	/** whether a UE has to set up its tunnel anew if it is another one */
	bool rekey;
	/** whether texts that differ in case only are the same */
	bool caseless;
	/** whether none in a request agrees with any */
	bool any;
};

/** Where a member is */
#define KUPF_MEMBER_AT(member) offsetof(kupf_session_data_t, member)

/**
 * The table; here, so that what is done for each of its rows in a row, see
 * KUPF_MEMBERS_EACH, costs no more than if it was written once for each.
 */
static const kupf_member_info_t kupf_members[] = {
	[KUPF_MEMBER_UE_ADDRESSES] = {
		"ue-addresses", KUPF_KIND_ADDRESSES, KUPF_MEMBER_AT(ue_addresses),
		KUPF_MEMBER_AT(ue_address_count), .rekey = TRUE,
	},
	[KUPF_MEMBER_UPF_ADDRESS] = {
		"upf-address", KUPF_KIND_ADDRESS, KUPF_MEMBER_AT(upf_address),
		.rekey = TRUE, .any = TRUE,
	},
	[KUPF_MEMBER_PDU_SESSION_ID] = {
		"pdu-session-id", KUPF_KIND_NUMBER, KUPF_MEMBER_AT(pdu_session_id),
	},
	[KUPF_MEMBER_DNN] = {
		"dnn", KUPF_KIND_TEXT, KUPF_MEMBER_AT(dnn), .caseless = TRUE,
	},
	[KUPF_MEMBER_SNSSAI] = {
		"snssai", KUPF_KIND_TEXT, KUPF_MEMBER_AT(snssai),
	},
	[KUPF_MEMBER_PSK_IDENTITY] = {
		"psk-identity", KUPF_KIND_OCTETS, KUPF_MEMBER_AT(psk_identity),
	},
	[KUPF_MEMBER_DNS] = {
		"dns", KUPF_KIND_ADDRESSES, KUPF_MEMBER_AT(dns),
		KUPF_MEMBER_AT(dns_count),
	},
	[KUPF_MEMBER_P_CSCF] = {
		"p-cscf", KUPF_KIND_ADDRESSES, KUPF_MEMBER_AT(p_cscf),
		KUPF_MEMBER_AT(p_cscf_count),
	},
};

/** Most members that there are */
#define KUPF_MEMBERS_MAX 14

/** Begin of a loop over all members, a kupf_member_t */
#define KUPF_MEMBERS_EACH(member) \
	_Pragma("GCC unroll 14") \
	for (member = 0; member < KUPF_MEMBERS; member++)

_Static_assert(KUPF_MEMBERS == countof(kupf_members), "a row for each member");
_Static_assert(KUPF_MEMBERS <= KUPF_MEMBERS_MAX, "a bit for each member");

/**
 * Get a member.
 *
 * @param data		contents
 * @return			its octets there, a text with its NUL; empty for none
 */
static inline chunk_t kupf_members_get(const kupf_session_data_t *data,
									   kupf_member_t member)
{
	const kupf_member_info_t *info = &kupf_members[member];
	uint8_t *value = (uint8_t*)data + info->offset;
	const char *text;

	switch (info->kind)
	{
		case KUPF_KIND_NUMBER:
			return chunk_create(value, *value ? 1 : 0);
		case KUPF_KIND_ADDRESS:
			return chunk_create(value, ((kupf_address_t*)value)->family ?
								sizeof(kupf_address_t) : 0);
		case KUPF_KIND_ADDRESSES:
			return chunk_create(value, *((uint8_t*)data + info->count) *
								sizeof(kupf_address_t));
		case KUPF_KIND_TEXT:
			text = *(const char**)value;
			return chunk_create((u_char*)text,
								text && *text ? strlen(text) + 1 : 0);
		default:
			return *(chunk_t*)value;
	}
}

/**
 * Set a member.
 *
 * @param data		contents; texts and octets are not copied
 * @param octets	what kupf_members_get() returns
 */
static inline void kupf_members_set(kupf_session_data_t *data,
									kupf_member_t member, chunk_t octets)
{
	const kupf_member_info_t *info = &kupf_members[member];
	uint8_t *value = (uint8_t*)data + info->offset;

	switch (info->kind)
	{
		case KUPF_KIND_NUMBER:
			*value = octets.len ? *octets.ptr : 0;
			break;
		case KUPF_KIND_ADDRESS:
			*(kupf_address_t*)value = octets.len ? *(kupf_address_t*)octets.ptr :
												   (kupf_address_t){};
			break;
		case KUPF_KIND_ADDRESSES:
			*((uint8_t*)data + info->count) = octets.len /
											  sizeof(kupf_address_t);
			if (octets.len)
			{
				memcpy(value, octets.ptr, octets.len);
			}
			break;
		case KUPF_KIND_TEXT:
			*(const char**)value = octets.len ? (char*)octets.ptr : NULL;
			break;
		default:
			*(chunk_t*)value = octets;
			break;
	}
}

#endif /** KUPF_SESSION_DATA_H_ @}*/
