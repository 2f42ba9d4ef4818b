/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupf_ue_addresses.h"
#include "kupf/store/kupf_holders.h"
#include "kupf/store/kupf_identity.h"
#include "kupf/store/kupf_space.h"

#include <collections/linked_list.h>
#include <threading/mutex.h>

typedef struct private_kupf_ue_addresses_t private_kupf_ue_addresses_t;

/**
 * Private data of the addresses.
 */
struct private_kupf_ue_addresses_t {
	/** public interface */
	kupf_ue_addresses_t public;
	/** knows the tunnels, NULL for lines of a file, which nobody uses */
	kupf_enforcer_t *enforcer;
	/** sessions, not of one UE, that may have an address */
	u_int max;
	/** addresses of the UPF, or NULL */
	kupf_pool_t *pool;
	/** knows addresses of the host, or NULL */
	kupf_is_own_t is_own;
	/** whether any number of sessions may have an address: nothing is kept */
	bool shared;
	/** who has which address */
	kupf_holders_t *holders;
	/** addresses in quarantine */
	uint32_t quarantined;
	/** kupf_session_t* with an address in quarantine, references */
	linked_list_t *left;
	/** lock for all of it */
	mutex_t *mutex;
};

/**
 * Free an address for those that want it.
 */
static void free_slot(private_kupf_ue_addresses_t *this, kupf_holder_t *slot)
{
	this->quarantined -= slot->left;
	kupf_holders_remove(this->holders, slot);
}

/**
 * Whether the enforcer has an IKE_SA that can use the address of a slot.
 */
static bool is_used(private_kupf_ue_addresses_t *this,
					const kupf_holder_t *slot)
{
	return this->enforcer->uses &&
		   this->enforcer->uses(this->enforcer,
								kupf_session_get_name(slot->session),
								kupf_space_of(slot->session),
								kupf_holder_address(slot));
}

/**
 * Whether a session is not that of a slot in another generation, and not one of
 * the same UE.
 */
static bool is_other(const kupf_session_data_t *data,
					 const kupf_holder_t *slot)
{
	id_type_t type;
	chunk_t id;

	id = kupf_session_get_id(slot->session, &type);
	return !streq(kupf_session_get_name(slot->session), data->name) &&
		   !kupf_identity_alike(type, id, data->id_type, data->id);
}

/**
 * Whether a slot keeps a session from having its address.
 */
static bool is_in_the_way(private_kupf_ue_addresses_t *this,
						  const kupf_session_data_t *data,
						  const kupf_holder_t *slot)
{
	if (this->enforcer && data->preconfigured && !slot->left &&
		kupf_session_is_preconfigured(slot->session))
	{	/* the lines of a file were compared, that one may be of the last one */
		return FALSE;
	}
	return is_other(data, slot);
}

/**
 * Find a slot that keeps a session from having what is looked for.
 *
 * @param address	one of its addresses, or the prefix that it is in
 * @param hash		its hash
 */
static kupf_holder_t *find_holder(private_kupf_ue_addresses_t *this,
								  const kupf_session_data_t *data,
								  const kupf_address_t *address, uint32_t hash)
{
	uint32_t pos = hash;
	kupf_holder_t *slot;
	u_int others = 0;

	while ((slot = kupf_holders_next(this->holders, address, data->dnn, hash,
									 &pos)))
	{
		if (slot->left && !is_used(this, slot))
		{
			free_slot(this, slot);
			/* others have moved */
			pos = hash;
			others = 0;
		}
		else if (is_in_the_way(this, data, slot) && ++others >= this->max)
		{
			return slot;
		}
	}
	return NULL;
}

/**
 * Compute the hashes of the addresses of a session.
 *
 * @param keys		[out] as many keys
 */
static void get_keys(const kupf_session_data_t *data, kupf_holders_key_t *keys)
{
	u_int i;

	for (i = 0; i < data->ue_address_count; i++)
	{
		kupf_holders_key(&keys[i], &data->ue_addresses[i], data->dnn);
	}
}

/**
 * Whether nobody else has the addresses of a session, with the lock held.
 *
 * @param keys		keys of these
 * @param slot		[out] slot that keeps it from having them, NULL if there is
 *					none: it wants a prefix that is held in single addresses
 */
static bool are_free(private_kupf_ue_addresses_t *this,
					 const kupf_session_data_t *data,
					 const kupf_holders_key_t *keys, kupf_holder_t **slot)
{
	const kupf_holders_key_t *key;
	u_int i;

	*slot = NULL;
	for (i = 0; i < data->ue_address_count && !*slot; i++)
	{
		key = &keys[i];
		if (key->address->prefix &&
			kupf_holders_has_within(this->holders, key))
		{
			return FALSE;
		}
		*slot = find_holder(this, data, key->address, key->hash);
		if (!*slot && key->prefix.family != AF_UNSPEC)
		{
			*slot = find_holder(this, data, &key->prefix, key->prefix_hash);
		}
	}
	return !*slot;
}

METHOD(kupf_ue_addresses_t, check, bool,
	private_kupf_ue_addresses_t *this, const kupf_session_data_t *data,
	kupf_error_t *error)
{
	const kupf_address_t *address;
	char text[KUPF_ADDRESS_TEXT];
	u_int i;

	for (i = 0; i < data->ue_address_count; i++)
	{
		address = &data->ue_addresses[i];
		if (kupf_address_contains(address, &data->upf_address) ||
			(this->pool && this->pool->contains(this->pool, address)) ||
			(this->is_own && this->is_own(address)))
		{
			return kupf_error(error, KUPF_CAUSE_INVALID_FIELD,
							  "field 'ue-addresses': expected addresses of a "
							  "UE, %s is the UPF's",
							  kupf_address_print(address, text));
		}
	}
	return TRUE;
}

METHOD(kupf_ue_addresses_t, is_free, bool,
	private_kupf_ue_addresses_t *this, const kupf_session_data_t *data,
	kupf_session_t **other)
{
	kupf_holders_key_t keys[KUPF_UE_ADDRESSES_MAX];
	kupf_holder_t *slot;
	bool free_;

	get_keys(data, keys);
	this->mutex->lock(this->mutex);
	free_ = are_free(this, data, keys, &slot);
	*other = slot ? kupf_session_ref(slot->session) : NULL;
	this->mutex->unlock(this->mutex);
	return free_;
}

/**
 * Add the addresses of a session, for which there is room.
 */
static void add(private_kupf_ue_addresses_t *this, kupf_session_t *session,
				const kupf_holders_key_t *keys, u_int count)
{
	kupf_holder_t *namesake;
	u_int i;

	for (i = 0; i < count; i++)
	{
		/* while this one has it, it does not matter who else of its name */
		while ((namesake = kupf_holders_find_namesake(this->holders, session,
													  &keys[i], TRUE)))
		{
			free_slot(this, namesake);
		}
		kupf_holders_add(this->holders, session, i, &keys[i]);
	}
}

METHOD(kupf_ue_addresses_t, take, bool,
	private_kupf_ue_addresses_t *this, kupf_session_t *session,
	kupf_error_t *error)
{
	kupf_holders_key_t keys[KUPF_UE_ADDRESSES_MAX];
	kupf_session_data_t data;
	kupf_holder_t *slot;
	bool taken = TRUE;
	u_int count;

	kupf_session_get_ue_addresses(session, &count);
	if (this->shared || !count)
	{
		return TRUE;
	}
	kupf_session_get_data(session, &data);
	get_keys(&data, keys);
	this->mutex->lock(this->mutex);
	if (!are_free(this, &data, keys, &slot))
	{
		taken = kupf_error(error, KUPF_CAUSE_ADDRESS_IN_USE,
						   KUPF_UE_ADDRESSES_IN_USE);
	}
	else if (!kupf_holders_reserve(this->holders, keys, count))
	{
		taken = kupf_error(error, KUPF_CAUSE_LIMIT_REACHED,
						   "no more memory for addresses");
	}
	else
	{
		add(this, session, keys, count);
	}
	this->mutex->unlock(this->mutex);
	return taken;
}

/**
 * Free the addresses of a session that has left, or have them in quarantine.
 *
 * @return			whether one is in quarantine
 */
static bool release(private_kupf_ue_addresses_t *this, kupf_session_t *session)
{
	const kupf_address_t *addresses;
	bool quarantined = FALSE;
	kupf_holders_key_t key;
	u_int count, i;
	kupf_holder_t *slot;

	addresses = kupf_session_get_ue_addresses(session, &count);
	for (i = 0; i < count; i++)
	{
		kupf_holders_key(&key, &addresses[i], kupf_space_of(session));
		slot = kupf_holders_find(this->holders, session, &key);
		if (!slot)
		{
			continue;
		}
		if (kupf_holders_find_namesake(this->holders, session, &key, FALSE) ||
			!is_used(this, slot))
		{
			free_slot(this, slot);
			continue;
		}
		this->quarantined += !slot->left;
		slot->left = TRUE;
		quarantined = TRUE;
	}
	return quarantined;
}

/**
 * Look again at sessions that have left.
 *
 * @param max		at most at so many
 */
static void look_again(private_kupf_ue_addresses_t *this, int max)
{
	kupf_session_t *session;
	int i;

	for (i = min(this->left->get_count(this->left), max); i > 0; i--)
	{
		this->left->remove_first(this->left, (void**)&session);
		if (release(this, session))
		{
			this->left->insert_last(this->left, session);
		}
		else
		{
			kupf_session_unref(session);
		}
	}
}

METHOD(kupf_ue_addresses_t, leave, void,
	private_kupf_ue_addresses_t *this, kupf_session_t *session)
{
	this->mutex->lock(this->mutex);
	/* more of them than come: those that have come again take no memory */
	look_again(this, 2);
	if (release(this, session))
	{
		this->left->insert_last(this->left, kupf_session_ref(session));
	}
	this->mutex->unlock(this->mutex);
}

/**
 * Whether another UE has exactly an address, or exactly a prefix.
 */
static bool is_others(private_kupf_ue_addresses_t *this,
					  const kupf_session_data_t *data,
					  const kupf_address_t *address, uint32_t hash)
{
	uint32_t pos = hash;
	kupf_holder_t *slot;

	do
	{
		slot = kupf_holders_next(this->holders, address, data->dnn, hash, &pos);
	}
	while (slot && (slot->left || !is_other(data, slot)));
	return slot != NULL;
}

METHOD(kupf_ue_addresses_t, is_given, bool,
	private_kupf_ue_addresses_t *this, kupf_session_t *session)
{
	kupf_session_data_t data;
	kupf_holders_key_t key;
	bool given = FALSE;
	u_int i;

	kupf_session_get_data(session, &data);
	this->mutex->lock(this->mutex);
	for (i = 0; i < data.ue_address_count && !given; i++)
	{
		kupf_holders_key(&key, &data.ue_addresses[i], data.dnn);
		given = is_others(this, &data, key.address, key.hash) ||
				(key.prefix.family != AF_UNSPEC &&
				 is_others(this, &data, &key.prefix, key.prefix_hash)) ||
				(key.address->prefix &&
				 kupf_holders_has_within(this->holders, &key));
	}
	this->mutex->unlock(this->mutex);
	return given;
}

METHOD(kupf_ue_addresses_t, reap, void,
	private_kupf_ue_addresses_t *this)
{
	this->mutex->lock(this->mutex);
	look_again(this, KUPF_REAP_MAX);
	this->mutex->unlock(this->mutex);
}

METHOD(kupf_ue_addresses_t, get_count, uint64_t,
	private_kupf_ue_addresses_t *this, uint64_t *quarantined)
{
	uint64_t count;

	this->mutex->lock(this->mutex);
	*quarantined = this->quarantined;
	count = kupf_holders_get_count(this->holders) - this->quarantined;
	this->mutex->unlock(this->mutex);
	return count;
}

METHOD(kupf_ue_addresses_t, create_lines, kupf_ue_addresses_t*,
	private_kupf_ue_addresses_t *this)
{
	private_kupf_ue_addresses_t *lines;

	lines = (void*)kupf_ue_addresses_create(NULL, NULL, NULL, this->shared);
	lines->max = KUPF_UE_ADDRESS_LINES;
	return &lines->public;
}

METHOD(kupf_ue_addresses_t, destroy, void,
	private_kupf_ue_addresses_t *this)
{
	kupf_holders_destroy(this->holders);
	this->left->destroy_function(this->left, (void*)kupf_session_unref);
	this->mutex->destroy(this->mutex);
	free(this);
}

/*
 * Described in header
 */
kupf_ue_addresses_t *kupf_ue_addresses_create(kupf_enforcer_t *enforcer,
								kupf_pool_t *pool, kupf_is_own_t is_own,
								bool shared)
{
	private_kupf_ue_addresses_t *this;

	INIT(this,
		.public = {
			.check = _check,
			.is_free = _is_free,
			.take = _take,
			.leave = _leave,
			.is_given = _is_given,
			.reap = _reap,
			.get_count = _get_count,
			.create_lines = _create_lines,
			.destroy = _destroy,
		},
		.enforcer = enforcer,
		.max = 1,
		.pool = pool,
		.is_own = is_own,
		.shared = shared,
		.holders = kupf_holders_create(),
		.left = linked_list_create(),
		.mutex = mutex_create(MUTEX_TYPE_DEFAULT),
	);
	return &this->public;
}
