/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupf_cred.h"
#include "kupf/kupf_counters.h"
#include "kupf_auth_mac.h"
#include "kupf_shared_key.h"
#include "kupf_verified.h"

#include <daemon.h>

#include <sys/random.h>

typedef struct private_kupf_cred_t private_kupf_cred_t;
typedef struct key_enumerator_t key_enumerator_t;
typedef struct pin_listener_t pin_listener_t;

/**
 * Listens for the end of IKE_SAs.
 */
struct pin_listener_t {
	/** public interface */
	listener_t public;
	/** credential set */
	private_kupf_cred_t *cred;
};

/**
 * Private data of the credential set.
 */
struct private_kupf_cred_t {
	/** public interface */
	kupf_cred_t public;
	/** sessions */
	kupf_store_t *store;
	/** gets sessions that are not there */
	kupf_fetch_t *fetch;
	/** decides which IKE_SAs may have keys */
	kupf_enforcer_t *enforcer;
	/** nobody's session, with a random key */
	kupf_session_t *dummy;
	/** sessions whose keys verified a peer */
	kupf_verified_t *pins;
	/** drops pins */
	pin_listener_t dropper;
};

/**
 * Yields one key.
 */
struct key_enumerator_t {
	/** public interface */
	enumerator_t public;
	/** credential set */
	private_kupf_cred_t *cred;
	/** key to yield */
	shared_key_t *key;
	/** session it is of, borrowed from it */
	kupf_session_t *session;
	/** IKE_SA, checked out by this thread */
	ike_sa_t *ike_sa;
	/** identity of the peer, the caller's */
	identification_t *peer;
	/** whether the key is the one that verified the peer before */
	bool pinned;
	/** whether the key was yielded */
	bool yielded;
	/** whether the caller came back for another one */
	bool exhausted;
	/** whether the caller is the verifier: it ignores how well keys match */
	bool verifier;
};

METHOD(enumerator_t, key_enumerator_destroy, void,
	key_enumerator_t *this)
{
	kupf_verified_t *pins = this->cred->pins;
	uint32_t unique_id = this->ike_sa->get_unique_id(this->ike_sa);

	/* the verifier asks on until a key fits, so that one that it stopped at
	 * is the one; whoever looks for the best match builds our AUTH payload */
	if (this->pinned)
	{
		if (this->yielded && !this->verifier)
		{
			pins->unpin(pins, unique_id);
		}
	}
	else if (this->yielded && this->verifier && !this->exhausted &&
			 this->session != this->cred->dummy)
	{
		pins->pin(pins, unique_id, this->session);
		kupf_count(KUPF_KEYS_PINNED);
	}
	this->key->destroy(this->key);
	free(this);
}

METHOD(kupf_cred_t, get_verifying_session, kupf_session_t*,
	private_kupf_cred_t *this, uint32_t ike_sa)
{
	return this->pins->get(this->pins, ike_sa);
}

/**
 * Whether the session's identity is the one given.
 */
static bool has_id(kupf_session_t *session, id_type_t type, chunk_t id)
{
	id_type_t other;

	return chunk_equals(kupf_session_get_id(session, &other), id) &&
		   other == type;
}

/**
 * Whether charon may have the key of a session.
 */
static bool is_usable(kupf_session_t *session)
{
	return !kupf_session_expired(session, time_monotonic(NULL)) &&
		   (kupf_session_get_services(session) & KUPF_SERVICE_IKE);
}

/**
 * Whether there is a living session of a peer, be its key for IKE or not.
 */
static bool has_session(private_kupf_cred_t *this, identification_t *peer)
{
	kupf_session_t *session;
	bool living;

	session = this->store->find(this->store, peer->get_type(peer),
								peer->get_encoding(peer));
	living = session &&
			 !kupf_session_expired(session, time_monotonic(NULL));
	kupf_session_unref(session);
	return living;
}

/**
 * Find the session with the key for a peer.
 *
 * @param pinned	[out] whether its key verified the peer before
 * @return			new reference, NULL if there is none to be used
 */
static kupf_session_t *find_session(private_kupf_cred_t *this,
									ike_sa_t *ike_sa, identification_t *peer,
									bool *pinned)
{
	kupf_session_t *session;
	id_type_t type = peer->get_type(peer);
	chunk_t id = peer->get_encoding(peer);

	*pinned = FALSE;
	if (peer->contains_wildcards(peer))
	{
		return NULL;
	}
	session = get_verifying_session(this, ike_sa->get_unique_id(ike_sa));
	*pinned = session != NULL;
	if (!session)
	{
		session = this->store->find(this->store, type, id);
	}
	if (session &&
		(*pinned ? has_id(session, type, id) : is_usable(session)))
	{
		return session;
	}
	kupf_session_unref(session);
	return NULL;
}

/**
 * Get the session of an IKE_SA that we have initiated.  Whatever the peer's
 * identity is, it says nothing about the key.
 *
 * @return			new reference, NULL if there is none to be used
 */
static kupf_session_t *find_own(private_kupf_cred_t *this, ike_sa_t *ike_sa)
{
	kupf_session_t *session;

	session = this->enforcer->own(this->enforcer, ike_sa);
	if (session && is_usable(session))
	{
		return session;
	}
	kupf_session_unref(session);
	return NULL;
}

/**
 * Get the session with the key for the peer of an IKE_SA.
 *
 * @param pinned	[out] whether its key verified the peer before
 * @return			new reference, NULL for no key at all
 */
static kupf_session_t *get_session(private_kupf_cred_t *this, ike_sa_t *ike_sa,
								   identification_t *peer, bool *pinned)
{
	kupf_session_t *session;

	*pinned = FALSE;
	if (ike_sa->has_condition(ike_sa, COND_ORIGINAL_INITIATOR))
	{
		session = find_own(this, ike_sa);
		kupf_count(session ? KUPF_KEYS_YIELDED : KUPF_KEYS_WITHHELD);
		return session;
	}
	session = find_session(this, ike_sa, peer, pinned);
	if (session)
	{
		kupf_count(KUPF_KEYS_YIELDED);
		return session;
	}
	/* the peer is to wait as long as one whose key is wrong */
	kupf_count(KUPF_KEYS_UNKNOWN);
	*pinned = FALSE;
	return this->dummy ? kupf_session_ref(this->dummy) : NULL;
}

/**
 * Fetch the key of a UE that nobody knows, and yield it in place of nobody's.
 */
static void fetch_key(key_enumerator_t *this)
{
	private_kupf_cred_t *cred = this->cred;
	ike_sa_t *ike_sa = this->ike_sa;
	kupf_session_t *session;

	if (!cred->fetch || this->peer->contains_wildcards(this->peer) ||
		has_session(cred, this->peer))
	{
		return;
	}
	session = cred->fetch->get(cred->fetch, this->peer,
							   ike_sa->get_my_host(ike_sa),
							   ike_sa->get_other_host(ike_sa));
	/* the enforcer may have gone meanwhile */
	if (session && is_usable(session) &&
		cred->enforcer->covers(cred->enforcer, ike_sa))
	{
		kupf_count(KUPF_KEYS_YIELDED);
		this->key->destroy(this->key);
		this->session = session;
		this->key = kupf_shared_key_create(session);
		return;
	}
	kupf_session_unref(session);
}

METHOD(enumerator_t, key_enumerate, bool,
	key_enumerator_t *this, va_list args)
{
	id_match_t *me, *other;
	shared_key_t **key;

	VA_ARGS_VGET(args, key, me, other);

	if (this->yielded)
	{
		this->exhausted = TRUE;
		return FALSE;
	}
	this->yielded = TRUE;
	this->verifier = !me && !other;
	if (this->session == this->cred->dummy)
	{
		if (!this->verifier)
		{	/* nothing is built with it */
			return FALSE;
		}
		fetch_key(this);
	}
	*key = this->key;
	if (me)
	{
		*me = ID_MATCH_PERFECT;
	}
	if (other)
	{
		*other = ID_MATCH_PERFECT;
	}
	return TRUE;
}

METHOD(credential_set_t, create_shared_enumerator, enumerator_t*,
	private_kupf_cred_t *this, shared_key_type_t type, identification_t *me,
	identification_t *other)
{
	key_enumerator_t *enumerator;
	kupf_session_t *session;
	ike_sa_t *ike_sa;
	bool pinned;

	if (type != SHARED_IKE || !other)
	{
		return NULL;
	}
	ike_sa = charon->bus->get_sa(charon->bus);
	if (!ike_sa || !this->enforcer->covers(this->enforcer, ike_sa))
	{
		kupf_count(KUPF_KEYS_WITHHELD);
		return NULL;
	}
	session = get_session(this, ike_sa, other, &pinned);
	if (!session)
	{
		return NULL;
	}
	if (ike_sa->get_version(ike_sa) == IKEV2)
	{
		kupf_auth_mac_install((keymat_v2_t*)ike_sa->get_keymat(ike_sa));
	}
	INIT(enumerator,
		.public = {
			.enumerate = enumerator_enumerate_default,
			.venumerate = _key_enumerate,
			.destroy = _key_enumerator_destroy,
		},
		.cred = this,
		.key = kupf_shared_key_create(session),
		.session = session,
		.ike_sa = ike_sa,
		.peer = other,
		.pinned = pinned,
	);
	return &enumerator->public;
}

METHOD(listener_t, ike_state_change, bool,
	pin_listener_t *this, ike_sa_t *ike_sa, ike_sa_state_t state)
{
	kupf_verified_t *pins = this->cred->pins;

	/* one that we have initiated builds nothing after it was verified, which
	 * would take the pin away */
	if (state == IKE_DESTROYING ||
		(state == IKE_ESTABLISHED &&
		 ike_sa->has_condition(ike_sa, COND_ORIGINAL_INITIATOR)))
	{
		pins->unpin(pins, ike_sa->get_unique_id(ike_sa));
	}
	return TRUE;
}

METHOD(listener_t, alert_, bool,
	pin_listener_t *this, ike_sa_t *ike_sa, alert_t alert, va_list args)
{
	if (alert == ALERT_SHUTDOWN_SIGNAL && this->cred->fetch)
	{	/* charon waits until all threads have left their IKE_SAs */
		this->cred->fetch->end(this->cred->fetch);
	}
	return TRUE;
}

METHOD(kupf_cred_t, get_pins, u_int,
	private_kupf_cred_t *this)
{
	return this->pins->get_count(this->pins);
}

METHOD(kupf_cred_t, destroy, void,
	private_kupf_cred_t *this)
{
	this->pins->destroy(this->pins);
	kupf_session_unref(this->dummy);
	free(this);
}

/**
 * Create nobody's session: it is in no store and has a key that nobody knows.
 *
 * @return			NULL if the kernel has no randomness
 */
static kupf_session_t *create_dummy()
{
	kupf_session_data_t data = {
		.name = "-",
		.id_type = ID_KEY_ID,
		.id = chunk_from_str("-"),
		.services = KUPF_SERVICE_IKE,
		.generation = 1,
	};
	uint8_t key[HASH_SIZE_SHA256];
	kupf_session_t *dummy = NULL;

	/* charon's plugins for it may not be loaded yet */
	if (getrandom(key, sizeof(key), 0) == sizeof(key))
	{
		data.key = chunk_from_thing(key);
		dummy = kupf_session_create(&data);
	}
	memwipe(key, sizeof(key));
	return dummy;
}

/*
 * Described in header
 */
kupf_cred_t *kupf_cred_create(kupf_store_t *store, kupf_fetch_t *fetch,
							  kupf_enforcer_t *enforcer)
{
	private_kupf_cred_t *this;

	INIT(this,
		.public = {
			.set = {
				.create_private_enumerator = (void*)return_null,
				.create_cert_enumerator = (void*)return_null,
				.create_shared_enumerator = _create_shared_enumerator,
				.create_cdp_enumerator = (void*)return_null,
				.cache_cert = (void*)nop,
			},
			.get_verifying_session = _get_verifying_session,
			.get_pins = _get_pins,
			.destroy = _destroy,
		},
		.store = store,
		.fetch = fetch,
		.enforcer = enforcer,
		.dummy = create_dummy(),
		.pins = kupf_verified_create(),
		.dropper = {
			.public = {
				.ike_state_change = _ike_state_change,
				.alert = _alert_,
			},
			.cred = this,
		},
	);
	this->public.listener = &this->dropper.public;

	return &this->public;
}
