/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "nin3a_inner_addresses.h"
#include "nin3a_servers.h"
#include "kupf/store/kupf_space.h"

#include <selectors/traffic_selector.h>

/** Octets of an IPv6 interface identifier, and of what is before it */
#define INTERFACE_ID 8

typedef struct private_nin3a_inner_addresses_t private_nin3a_inner_addresses_t;

/**
 * Private data of the addresses.
 */
struct private_nin3a_inner_addresses_t {
	/** public interface */
	nin3a_inner_addresses_t public;
	/** tunnels */
	nin3a_tunnels_t *tunnels;
	/** sessions */
	kupf_store_t *store;
};

/**
 * Whether our pool is among the connection's.
 */
static bool has_pool(linked_list_t *pools)
{
	enumerator_t *enumerator;
	bool found = FALSE;
	char *name;

	enumerator = pools->create_enumerator(pools);
	while (!found && enumerator->enumerate(enumerator, &name))
	{
		found = streq(name, NIN3A_POOL);
	}
	enumerator->destroy(enumerator);
	return found;
}

/**
 * Whether a session has the inner addresses that it had before, of the same
 * DNN if that matters.
 */
static bool has_same(const kupf_session_t *before, const kupf_session_t *now)
{
	const kupf_address_t *old, *new;
	u_int old_count, new_count, i;

	old = kupf_session_get_ue_addresses(before, &old_count);
	new = kupf_session_get_ue_addresses(now, &new_count);
	for (i = 0; i < min(old_count, new_count); i++)
	{
		if (!kupf_address_equals(&old[i], &new[i]))
		{
			return FALSE;
		}
	}
	return old_count == new_count &&
		   kupf_space_same(kupf_session_get_dnn(before),
						   kupf_session_get_dnn(now));
}

/*
 * Described in header
 */
bool nin3a_inner_addresses_outdated(kupf_store_t *store,
									kupf_session_t *session, bool fresh)
{
	kupf_session_t *current;
	bool outdated;

	if (store->holds(store, session))
	{
		return FALSE;
	}
	/* it may be about to be bound to what it was modified to */
	current = store->get(store, kupf_session_get_name(session));
	outdated = !current || !kupf_session_precedes(session, current) ||
			   (kupf_session_needs_rekey(session, current) &&
				!(fresh && has_same(session, current)));
	kupf_session_unref(current);
	return outdated;
}

/*
 * Described in header
 */
host_t *nin3a_inner_addresses_complete(const kupf_address_t *address,
									   host_t *requested)
{
	static const uint8_t none[INTERFACE_ID] = {};
	kupf_address_t wanted = kupf_address_of_host(requested);
	kupf_address_t completed = *address;
	uint8_t *id = completed.bytes + INTERFACE_ID;

	if (address->prefix)
	{
		completed.prefix = 0;
		memcpy(id, wanted.bytes + INTERFACE_ID, INTERFACE_ID);
		if (memeq(id, none, INTERFACE_ID))
		{
			id[INTERFACE_ID - 1] = 1;
		}
	}
	return kupf_address_to_host(&completed);
}

/**
 * Choose an address of the session that the IKE_SA has not got, the requested
 * one if that is one of them.
 */
static host_t *choose(private_nin3a_inner_addresses_t *this, uint32_t ike_sa,
					  const kupf_session_t *session, host_t *requested)
{
	kupf_address_t wanted = kupf_address_of_host(requested);
	const kupf_address_t *addresses;
	u_int i, count;

	addresses = kupf_session_get_ue_addresses(session, &count);
	for (i = 0; i < count; i++)
	{
		if (kupf_address_contains(&addresses[i], &wanted) &&
			this->tunnels->lease(this->tunnels, ike_sa, i))
		{
			return nin3a_inner_addresses_complete(&addresses[i], requested);
		}
	}
	for (i = 0; i < count; i++)
	{
		if (addresses[i].family == wanted.family &&
			this->tunnels->lease(this->tunnels, ike_sa, i))
		{
			return nin3a_inner_addresses_complete(&addresses[i], requested);
		}
	}
	return NULL;
}

/**
 * Get the session of an IKE_SA, if its UE may be given something.
 *
 * @return			new reference, or NULL
 */
static kupf_session_t *get_session(private_nin3a_inner_addresses_t *this,
								   linked_list_t *pools, uint32_t ike_sa)
{
	kupf_session_t *session;
	bool fresh;

	if (!has_pool(pools))
	{
		return NULL;
	}
	fresh = !this->tunnels->was_up(this->tunnels, ike_sa);
	session = this->tunnels->get_session(this->tunnels, ike_sa);
	if (session && nin3a_inner_addresses_outdated(this->store, session, fresh))
	{
		kupf_session_unref(session);
		return NULL;
	}
	return session;
}

METHOD(attribute_provider_t, acquire_address, host_t*,
	private_nin3a_inner_addresses_t *this, linked_list_t *pools, ike_sa_t *ike_sa,
	host_t *requested)
{
	uint32_t unique_id = ike_sa->get_unique_id(ike_sa);
	kupf_session_t *session;
	host_t *host = NULL;

	session = get_session(this, pools, unique_id);
	if (session)
	{
		host = choose(this, unique_id, session, requested);
		kupf_session_unref(session);
	}
	return host;
}

METHOD(attribute_provider_t, create_attribute_enumerator, enumerator_t*,
	private_nin3a_inner_addresses_t *this, linked_list_t *pools,
	ike_sa_t *ike_sa, linked_list_t *vips)
{
	kupf_session_t *session;

	session = get_session(this, pools, ike_sa->get_unique_id(ike_sa));
	return session ? nin3a_servers_create_enumerator(session) :
					 enumerator_create_empty();
}

METHOD(attribute_provider_t, release_address, bool,
	private_nin3a_inner_addresses_t *this, linked_list_t *pools, host_t *address,
	ike_sa_t *ike_sa)
{
	/* nothing to do, the IKE_SA has gone from the tunnels already; if the
	 * connection has other pools, the address may be from one of these */
	return has_pool(pools) && pools->get_count(pools) == 1;
}

/**
 * Create the selector for all that an address sends and receives, or all of a
 * prefix.
 */
static traffic_selector_t *selector_for(const kupf_address_t *address)
{
	uint8_t bits = address->family == AF_INET ? 32 : 128;

	return traffic_selector_create_from_subnet(kupf_address_to_host(address),
							address->prefix ?: bits, 0, 0, 65535);
}

/*
 * Described in header
 */
void nin3a_inner_addresses_refuse(linked_list_t *selectors)
{
	traffic_selector_t *selector;

	while (selectors->remove_first(selectors, (void**)&selector) == SUCCESS)
	{
		selector->destroy(selector);
	}
}

/**
 * Add what a list of selectors allows for an address.
 */
static void add_subsets(linked_list_t *selectors, traffic_selector_t *own,
						linked_list_t *narrowed)
{
	traffic_selector_t *selector, *subset;
	enumerator_t *enumerator;

	enumerator = selectors->create_enumerator(selectors);
	while (enumerator->enumerate(enumerator, &selector))
	{
		subset = selector->get_subset(selector, own);
		if (subset)
		{
			narrowed->insert_last(narrowed, subset);
		}
	}
	enumerator->destroy(enumerator);
}

/**
 * Make an address of an end of a selector.
 */
static kupf_address_t get_end(traffic_selector_t *selector, chunk_t end)
{
	bool ipv4 = selector->get_type(selector) == TS_IPV4_ADDR_RANGE;
	kupf_address_t address = {
		.family = ipv4 ? AF_INET : AF_INET6,
	};

	memcpy(address.bytes, end.ptr, min(end.len, sizeof(address.bytes)));
	return address;
}

/**
 * Whether a selector is for an address of the session and no other, or in one
 * of its prefixes.
 */
static bool is_own(traffic_selector_t *selector,
				   const kupf_address_t *addresses, u_int count)
{
	kupf_address_t from, to;
	u_int i;

	from = get_end(selector, selector->get_from_address(selector));
	to = get_end(selector, selector->get_to_address(selector));
	for (i = 0; i < count; i++)
	{
		if (kupf_address_contains(&addresses[i], &from) &&
			kupf_address_contains(&addresses[i], &to))
		{
			return TRUE;
		}
	}
	return FALSE;
}

/**
 * Whether there is nothing to narrow: the UE has asked for no more than its
 * addresses, or this was done before.
 */
static bool is_narrow(linked_list_t *selectors,
					  const kupf_address_t *addresses, u_int count)
{
	traffic_selector_t *selector;
	enumerator_t *enumerator;
	bool narrow = TRUE;

	enumerator = selectors->create_enumerator(selectors);
	while (narrow && enumerator->enumerate(enumerator, &selector))
	{
		narrow = is_own(selector, addresses, count);
	}
	enumerator->destroy(enumerator);
	return narrow;
}

/*
 * Described in header
 */
void nin3a_inner_addresses_narrow(const kupf_session_t *session,
							linked_list_t *selectors)
{
	const kupf_address_t *addresses;
	traffic_selector_t *selector;
	linked_list_t *narrowed;
	u_int i, count;

	addresses = kupf_session_get_ue_addresses(session, &count);
	if (!count || is_narrow(selectors, addresses, count))
	{
		return;
	}
	narrowed = linked_list_create();
	for (i = 0; i < count; i++)
	{
		selector = selector_for(&addresses[i]);
		add_subsets(selectors, selector, narrowed);
		selector->destroy(selector);
	}
	nin3a_inner_addresses_refuse(selectors);
	while (narrowed->remove_first(narrowed, (void**)&selector) == SUCCESS)
	{
		selectors->insert_last(selectors, selector);
	}
	narrowed->destroy(narrowed);
}

METHOD(nin3a_inner_addresses_t, destroy, void,
	private_nin3a_inner_addresses_t *this)
{
	free(this);
}

/*
 * Described in header
 */
nin3a_inner_addresses_t *nin3a_inner_addresses_create(nin3a_tunnels_t *tunnels,
													  kupf_store_t *store)
{
	private_nin3a_inner_addresses_t *this;

	INIT(this,
		.public = {
			.provider = {
				.acquire_address = _acquire_address,
				.release_address = _release_address,
				.create_attribute_enumerator = _create_attribute_enumerator,
			},
			.destroy = _destroy,
		},
		.tunnels = tunnels,
		.store = store,
	);

	return &this->public;
}
