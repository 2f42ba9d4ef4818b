/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "nin3a_ue_inner.h"
#include "nin3a_ue/nin3a_ue_counters.h"

#include <collections/array.h>
#include <encoding/payloads/cp_payload.h>

/** Octets of INTERNAL_IP4_ADDRESS and INTERNAL_IP6_ADDRESS, the latter with the
 * length of its prefix (RFC 7296, 3.15.1) */
#define IP4_LEN 4
#define IP6_LEN 17

typedef struct filter_t filter_t;
typedef struct asked_t asked_t;

/**
 * What a response is filtered with.
 */
struct filter_t {
	/** asked about each address */
	nin3a_ue_inner_cb_t allows;
	/** passed to it */
	void *user;
	/** whether name servers may stay */
	bool dns;
	/** other attributes that are left */
	u_int others;
	/** other attributes that are not */
	u_int refused;
	/** addresses that are left */
	u_int kept;
	/** addresses that are not */
	u_int removed;
};

/*
 * Described in header
 */
bool nin3a_ue_inner_is_host(const kupf_address_t *address)
{
	static const uint8_t zero[16];
	const uint8_t *bytes = address->bytes;

	switch (address->family)
	{
		case AF_INET:
			/* "this" network, loopback, link-local, multicast and reserved
			 * (RFC 6890) */
			return bytes[0] != 0 && bytes[0] != 127 && bytes[0] < 224 &&
				   !(bytes[0] == 169 && bytes[1] == 254);
		case AF_INET6:
			/* unspecified, loopback, IPv4 in disguise; link-local; multicast
			 * (RFC 4291, 2.4) */
			return memcmp(bytes, zero, 10) != 0 && bytes[0] != 0xff &&
				   !(bytes[0] == 0xfe && (bytes[1] & 0xc0) == 0x80);
		default:
			return FALSE;
	}
}

/**
 * Read an attribute that is an address.
 *
 * @param address	[out] address, AF_UNSPEC if it is malformed or empty
 * @return			FALSE if it is something else
 */
static bool get_address(configuration_attribute_t *attribute,
						kupf_address_t *address)
{
	chunk_t chunk = attribute->get_chunk(attribute);

	*address = (kupf_address_t){ .family = AF_UNSPEC };
	switch (attribute->get_type(attribute))
	{
		case INTERNAL_IP4_ADDRESS:
			if (chunk.len == IP4_LEN)
			{
				address->family = AF_INET;
				memcpy(address->bytes, chunk.ptr, IP4_LEN);
			}
			return TRUE;
		case INTERNAL_IP6_ADDRESS:
			if (chunk.len == IP6_LEN)
			{
				address->family = AF_INET6;
				memcpy(address->bytes, chunk.ptr, sizeof(address->bytes));
			}
			return TRUE;
		default:
			return FALSE;
	}
}

/**
 * Whether an attribute that is no inner address may stay.
 */
static bool may_have_other(filter_t *filter, configuration_attribute_type_t type)
{
	bool allowed = TRUE;

	switch (type)
	{
		case INTERNAL_IP4_DNS:
		case INTERNAL_IP6_DNS:
		case INTERNAL_DNS_DOMAIN:
			allowed = filter->dns;
			break;
		default:
			break;
	}
	if (!allowed || filter->others == NIN3A_UE_OTHERS_MAX)
	{
		filter->refused++;
		return FALSE;
	}
	filter->others++;
	return TRUE;
}

/**
 * Whether an attribute may stay.
 */
static bool may_stay(filter_t *filter, configuration_attribute_t *attribute)
{
	kupf_address_t address;

	if (!get_address(attribute, &address))
	{
		return may_have_other(filter, attribute->get_type(attribute));
	}
	if (address.family != AF_UNSPEC && filter->allows(filter->user, &address))
	{
		filter->kept++;
		return TRUE;
	}
	filter->removed++;
	return FALSE;
}

/**
 * Make a configuration payload of what may stay in one.
 */
static payload_t *filter_payload(filter_t *filter, cp_payload_t *from)
{
	configuration_attribute_t *attribute;
	enumerator_t *enumerator;
	cp_payload_t *to;

	to = cp_payload_create_type(PLV2_CONFIGURATION, from->get_type(from));
	enumerator = from->create_attribute_enumerator(from);
	while (enumerator->enumerate(enumerator, &attribute))
	{
		if (may_stay(filter, attribute))
		{
			to->add_attribute(to, configuration_attribute_create_chunk(
									PLV2_CONFIGURATION_ATTRIBUTE,
									attribute->get_type(attribute),
									attribute->get_chunk(attribute)));
		}
	}
	enumerator->destroy(enumerator);
	return &to->payload_interface;
}

/*
 * Described in header
 */
u_int nin3a_ue_inner_filter(message_t *response, bool dns,
							nin3a_ue_inner_cb_t allows, void *user,
							u_int *kept, u_int *refused)
{
	filter_t filter = {
		.dns = dns,
		.allows = allows,
		.user = user,
	};
	enumerator_t *enumerator;
	payload_t *payload;
	array_t *filtered;

	filtered = array_create(0, 0);
	enumerator = response->create_payload_enumerator(response);
	while (enumerator->enumerate(enumerator, &payload))
	{
		if (payload->get_type(payload) == PLV2_CONFIGURATION)
		{
			array_insert(filtered, ARRAY_TAIL,
						 filter_payload(&filter, (cp_payload_t*)payload));
			response->remove_payload_at(response, enumerator);
			payload->destroy(payload);
		}
	}
	enumerator->destroy(enumerator);
	while (array_remove(filtered, ARRAY_HEAD, &payload))
	{
		response->add_payload(response, payload);
	}
	array_destroy(filtered);
	*kept = filter.kept;
	*refused = filter.refused;
	return filter.removed;
}

/**
 * The inner addresses that we have asked for.
 */
struct asked_t {
	/** legs */
	nin3a_ue_legs_t *legs;
	/** IKE_SA */
	ike_sa_t *ike_sa;
	/** IPv4 and IPv6 addresses that the UPF may still assign */
	u_int ipv4, ipv6;
};

/**
 * Count the inner addresses that we have asked for.
 */
static asked_t get_asked(nin3a_ue_legs_t *legs, ike_sa_t *ike_sa)
{
	peer_cfg_t *peer_cfg = ike_sa->get_peer_cfg(ike_sa);
	enumerator_t *enumerator;
	asked_t asked = {
		.legs = legs,
		.ike_sa = ike_sa,
	};
	host_t *host;

	enumerator = peer_cfg->create_virtual_ip_enumerator(peer_cfg);
	while (enumerator->enumerate(enumerator, &host))
	{
		if (host->get_family(host) == AF_INET)
		{
			asked.ipv4++;
		}
		else
		{
			asked.ipv6++;
		}
	}
	enumerator->destroy(enumerator);
	return asked;
}

CALLBACK(allows_inner, bool,
	asked_t *asked, const kupf_address_t *address)
{
	uint32_t unique_id = asked->ike_sa->get_unique_id(asked->ike_sa);
	u_int *left = address->family == AF_INET ? &asked->ipv4 : &asked->ipv6;
	bool allowed;
	host_t *host;

	host = kupf_address_to_host(address);
	allowed = *left && nin3a_ue_inner_is_host(address) &&
			  !host->ip_equals(host, asked->ike_sa->get_my_host(asked->ike_sa)) &&
			  asked->legs->assign(asked->legs, unique_id, address,
					charon->kernel->get_interface(charon->kernel, host, NULL));
	if (allowed)
	{
		(*left)--;
	}
	host->destroy(host);
	return allowed;
}

/*
 * Described in header
 */
bool nin3a_ue_inner_judge(nin3a_ue_legs_t *legs, ike_sa_t *ike_sa,
						  message_t *response, bool dns)
{
	asked_t asked = get_asked(legs, ike_sa);
	u_int refused, kept, others, i;

	refused = nin3a_ue_inner_filter(response, dns, allows_inner, &asked,
									&kept, &others);
	while (others--)
	{
		nin3a_ue_count(NIN3A_UE_COUNTED_ATTRIBUTES_REFUSED);
	}
	for (i = 0; i < refused; i++)
	{
		nin3a_ue_count(NIN3A_UE_COUNTED_INNER_REFUSED);
	}
	if (refused)
	{
		DBG1(DBG_CFG, "nin3a-ue: not taking %u of %u inner addresses that UPF "
			 "%H has assigned", refused, refused + kept,
			 ike_sa->get_other_host(ike_sa));
	}
	return kept || !refused;
}
