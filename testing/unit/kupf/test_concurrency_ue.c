/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * What UEs do: they authenticate, are rekeyed and go.
 */

#include "test_concurrency.h"

#include <stdio.h>
#include <unistd.h>

identification_t *create_id(u_int id)
{
	kupf_request_t request = {};

	request_id(&request, id);
	return identification_create_from_encoding(ID_KEY_ID,
									chunk_create(request.id, request.id_len));
}

/**
 * Verify the AUTH payload of a UE as psk_authenticator.c does, which was made
 * with whatever key there is, or with another one.
 *
 * @param key		[out] key that has verified it
 */
static bool verify(identification_t *me, identification_t *peer,
				   uint8_t key[KUPF_KEY_MIN])
{
	bool good = pick(8), authenticated = FALSE;
	enumerator_t *enumerator;
	shared_key_t *shared;

	enumerator = lib->credmgr->create_shared_enumerator(lib->credmgr,
														SHARED_IKE, me, peer);
	while (!authenticated &&
		   enumerator->enumerate(enumerator, &shared, NULL, NULL))
	{
		expect(shared->get_key(shared).len == KUPF_KEY_MIN);
		memcpy(key, shared->get_key(shared).ptr, KUPF_KEY_MIN);
		authenticated = good;
	}
	enumerator->destroy(enumerator);
	return authenticated;
}

/**
 * Check the pin of an IKE_SA after verify().
 */
static void check_pin(uint32_t ike_sa, identification_t *peer,
					  const uint8_t *key)
{
	kupf_session_t *session;
	char name[KUPF_KEY_MIN];
	id_type_t type;

	session = cred->get_verifying_session(cred, ike_sa);
	/* nobody's key is random */
	expect((session != NULL) == !memcmp(key, "pdu-", 4));
	if (session)
	{
		snprintf(name, sizeof(name), "%-31s", kupf_session_get_name(session));
		expect(!memcmp(key, name, KUPF_KEY_MIN - 1));
		expect(chunk_equals(kupf_session_get_key(session),
							chunk_create((u_char*)key, KUPF_KEY_MIN)));
		expect(chunk_equals(kupf_session_get_id(session, &type),
							peer->get_encoding(peer)));
		kupf_session_unref(session);
	}
}

/**
 * Build our AUTH payload, with the same key or not at all.
 */
static bool build(identification_t *me, identification_t *peer,
				  const uint8_t *key)
{
	shared_key_t *shared;

	shared = lib->credmgr->get_shared(lib->credmgr, SHARED_IKE, me, peer);
	if (!shared)
	{	/* refused meanwhile */
		count_one(&withheld);
		return FALSE;
	}
	expect(chunk_equals(shared->get_key(shared),
						chunk_create((u_char*)key, KUPF_KEY_MIN)));
	shared->destroy(shared);
	return TRUE;
}

/**
 * The IKE_AUTH exchange.
 */
static bool exchange(uint32_t ike_sa, identification_t *me,
					 identification_t *peer)
{
	uint8_t key[KUPF_KEY_MIN];

	if (!verify(me, peer, key))
	{
		return FALSE;
	}
	check_pin(ike_sa, peer, key);
	if (!charon->bus->authorize(charon->bus, FALSE))
	{
		return FALSE;
	}
	if (!pick(16))
	{	/* time for a modification or a deletion */
		usleep(pick(10000));
	}
	return build(me, peer, key) &&
		   charon->bus->authorize(charon->bus, TRUE);
}

static void begin(uint32_t ike_sa, identification_t *peer)
{
	tunnels->begin(tunnels, ike_sa,
				   nin3a_attempt_create(peer, local_host, remote_host,
						pick(16) ? NIN3A_ALLOWED : NIN3A_CONNECTION_CONFIG));
}

static void authenticate(slot_t *slot)
{
	sa_t *sa = &slot->sas[pick(2)];
	identification_t *me, *peer;

	slot_fill(slot, sa, IKE_CONNECTING);
	me = create_id(IDENTITIES);
	/* low ones more often, so that there are two of one session */
	peer = create_id(pick(1 + pick(IDENTITIES)));
	begin(sa->unique_id, peer);
	if (!pick(32))
	{
		begin(sa->unique_id, peer);
	}
	if (exchange(sa->unique_id, me, peer))
	{
		sa->state = IKE_ESTABLISHED;
		charon->bus->ike_state_change(charon->bus, &sa->public,
									  IKE_ESTABLISHED);
	}
	else
	{
		slot_empty(slot);
	}
	me->destroy(me);
	peer->destroy(peer);
}

static void rekey(slot_t *slot)
{
	sa_t *old = slot->current, *new = &slot->sas[old == slot->sas];

	count_one(&rekeyed);
	slot_fill(slot, new, IKE_ESTABLISHED);
	charon->bus->ike_rekey(charon->bus, &old->public, &new->public);
	old->state = IKE_REKEYED;
	charon->bus->ike_state_change(charon->bus, &old->public, IKE_DESTROYING);
}

void step_ue()
{
	slot_t *slot = &slots[pick(SLOTS)];

	slot_enter(slot);
	if (!slot->current)
	{
		authenticate(slot);
	}
	else if (slot->current->state == IKE_DELETING)
	{
		slot_empty(slot);
	}
	else
	{
		switch (pick(8))
		{
			case 0:
				tunnels->set_reason(tunnels, slot->current->unique_id,
									KUPF_REASON_PEER);
				slot_empty(slot);
				break;
			case 1:
				rekey(slot);
				break;
			case 2:
				tunnels->lease(tunnels, slot->current->unique_id, 0);
				break;
			default:
				charon->bus->child_updown(charon->bus, &child_sa, TRUE);
				break;
		}
	}
	slot_leave(slot);
}
