/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "tunnel_message.h"

#include <encoding/payloads/auth_payload.h>
#include <encoding/payloads/delete_payload.h>
#include <encoding/payloads/id_payload.h>
#include <encoding/payloads/notify_payload.h>

/**
 * Length of AUTH data that no key verifies: about what is usual, but not the
 * output of any PRF, and charon compares lengths first.
 */
#define UNVERIFIABLE_LEN 33

/** Type of a PPK identity, the only one charon knows (RFC 8784, 5.1) */
#define PPK_ID_TYPE_FIXED 2

/**
 * Get the identity out of an ID payload.
 *
 * @return			new identity, NULL if there is no such payload
 */
static identification_t *get_id(message_t *message, payload_type_t type)
{
	id_payload_t *payload;

	payload = (id_payload_t*)message->get_payload(message, type);
	return payload ? payload->get_identification(payload) : NULL;
}

/*
 * Described in header
 */
identification_t *tunnel_message_get_id(message_t *request)
{
	return get_id(request, PLV2_ID_INITIATOR);
}

/*
 * Described in header
 */
identification_t *tunnel_message_get_wanted(message_t *request)
{
	return get_id(request, PLV2_ID_RESPONDER);
}

/*
 * Described in header
 */
identification_t *tunnel_message_get_ppk_id(message_t *request)
{
	notify_payload_t *notify;
	chunk_t data;

	notify = request->get_notify(request, PPK_IDENTITY);
	if (!notify)
	{
		return NULL;
	}
	data = notify->get_notification_data(notify);
	if (data.len < 2 || data.ptr[0] != PPK_ID_TYPE_FIXED)
	{
		return NULL;
	}
	return identification_create_from_data(chunk_skip(data, 1));
}

/**
 * Whether the proposal of an IKE_SA is among a connection's.
 */
static bool has_proposal(ike_sa_t *ike_sa, ike_cfg_t *ike_cfg)
{
	bool private;

	if (ike_cfg == ike_sa->get_ike_cfg(ike_sa))
	{	/* it was chosen from them */
		return TRUE;
	}
	private = ike_sa->supports_extension(ike_sa, EXT_STRONGSWAN) ||
			  lib->settings->get_bool(lib->settings, "%s.accept_private_algs",
									  FALSE, lib->ns);
	return ike_cfg->has_proposal(ike_cfg, ike_sa->get_proposal(ike_sa),
								 private);
}

/**
 * Do what charon's load_cfg_candidates() in ike_auth.c does.
 */
static peer_cfg_t *select_cfg(ike_sa_t *ike_sa, identification_t *me,
							  identification_t *other)
{
	peer_cfg_t *peer_cfg, *found = NULL;
	enumerator_t *enumerator;

	enumerator = charon->backends->create_peer_cfg_enumerator(charon->backends,
						ike_sa->get_my_host(ike_sa),
						ike_sa->get_other_host(ike_sa), me, other, IKEV2);
	while (!found && enumerator->enumerate(enumerator, &peer_cfg))
	{
		if (has_proposal(ike_sa, peer_cfg->get_ike_cfg(peer_cfg)))
		{
			found = peer_cfg->get_ref(peer_cfg);
		}
	}
	enumerator->destroy(enumerator);
	return found;
}

/*
 * Described in header
 */
peer_cfg_t *tunnel_message_select(ike_sa_t *ike_sa, message_t *request)
{
	identification_t *me, *other;
	peer_cfg_t *peer_cfg;

	peer_cfg = ike_sa->get_peer_cfg(ike_sa);
	if (peer_cfg)
	{	/* chosen in an earlier round */
		return peer_cfg->get_ref(peer_cfg);
	}
	other = get_id(request, PLV2_ID_INITIATOR);
	if (!other)
	{	/* charon gives up on it */
		return NULL;
	}
	me = get_id(request, PLV2_ID_RESPONDER);
	if (!me)
	{
		me = identification_create_from_encoding(ID_ANY, chunk_empty);
	}
	peer_cfg = select_cfg(ike_sa, me, other);
	me->destroy(me);
	other->destroy(other);
	return peer_cfg;
}

/**
 * Read a notify.
 */
static void read_notify(notify_payload_t *notify, tunnel_auth_t *auth)
{
	switch (notify->get_notify_type(notify))
	{
		case ANOTHER_AUTH_FOLLOWS:
			auth->another_follows = TRUE;
			break;
		case NO_PPK_AUTH:
			auth->no_ppk_auth = TRUE;
			break;
		case PPK_IDENTITY:
			auth->ppk_named = TRUE;
			break;
		default:
			break;
	}
}

/*
 * Described in header
 */
void tunnel_message_get_auth(message_t *message, tunnel_auth_t *auth)
{
	enumerator_t *enumerator;
	auth_payload_t *first = NULL;
	payload_t *payload;

	memset(auth, 0, sizeof(*auth));
	enumerator = message->create_payload_enumerator(message);
	while (enumerator->enumerate(enumerator, &payload))
	{
		switch (payload->get_type(payload))
		{
			case PLV2_AUTH:
				/* charon takes the first one */
				first = first ?: (auth_payload_t*)payload;
				break;
			case PLV2_EAP:
				auth->eap_payload = TRUE;
				break;
			case PLV2_NOTIFY:
				read_notify((notify_payload_t*)payload, auth);
				break;
			default:
				break;
		}
	}
	enumerator->destroy(enumerator);
	auth->payload = first != NULL;
	auth->method = first ? first->get_auth_method(first) : 0;
}

/**
 * Whether a payload of a refused request could start anything.
 */
static bool is_trigger(payload_t *payload)
{
	notify_payload_t *notify;

	switch (payload->get_type(payload))
	{
		case PLV2_EAP:
		case PLV2_CERTIFICATE:
			return TRUE;
		case PLV2_NOTIFY:
			notify = (notify_payload_t*)payload;
			return notify->get_notify_type(notify) == ANOTHER_AUTH_FOLLOWS ||
				   notify->get_notify_type(notify) == NO_PPK_AUTH;
		default:
			return FALSE;
	}
}

/**
 * Whether a message that is allowed does without a payload: a NO_PPK_AUTH
 * notify, or a certificate, which a peer with a PSK has no use for and charon
 * may fetch from where it says (RFC 7296, 3.6).
 */
static bool is_needless(payload_t *payload)
{
	notify_payload_t *notify = (notify_payload_t*)payload;

	return payload->get_type(payload) == PLV2_CERTIFICATE ||
		   (payload->get_type(payload) == PLV2_NOTIFY &&
			notify->get_notify_type(notify) == NO_PPK_AUTH);
}

/**
 * Remove payloads.
 */
static void remove_payloads(message_t *message, bool (*filter)(payload_t*))
{
	enumerator_t *enumerator;
	payload_t *payload;

	enumerator = message->create_payload_enumerator(message);
	while (enumerator->enumerate(enumerator, &payload))
	{
		if (filter(payload))
		{
			message->remove_payload_at(message, enumerator);
			payload->destroy(payload);
		}
	}
	enumerator->destroy(enumerator);
}

/*
 * Described in header
 */
void tunnel_message_refuse(message_t *request)
{
	uint8_t unverifiable[UNVERIFIABLE_LEN] = {};
	auth_payload_t *auth;
	bool add;

	auth = (auth_payload_t*)request->get_payload(request, PLV2_AUTH);
	add = !auth;
	if (add)
	{
		auth = auth_payload_create();
	}
	auth->set_auth_method(auth, AUTH_PSK);
	auth->set_data(auth, chunk_from_thing(unverifiable));
	if (add)
	{
		request->add_payload(request, &auth->payload_interface);
	}
	remove_payloads(request, is_trigger);
}

/*
 * Described in header
 */
void tunnel_message_allow(message_t *request)
{
	remove_payloads(request, is_needless);
}

/**
 * Whether a payload is an AUTH payload.
 */
static bool is_auth(payload_t *payload)
{
	return payload->get_type(payload) == PLV2_AUTH;
}

/*
 * Described in header
 */
void tunnel_message_strip(message_t *response)
{
	remove_payloads(response, is_auth);
}

/*
 * Described in header
 */
void tunnel_message_withhold(message_t *response)
{
	/* message_t.generate() fails, charon destroys the IKE_SA */
	response->set_exchange_type(response, EXCHANGE_TYPE_UNDEFINED);
}

/*
 * Described in header
 */
void tunnel_message_add_lifetime(message_t *response, uint32_t lifetime)
{
	if (!response->get_notify(response, AUTH_LIFETIME))
	{
		lifetime = htonl(lifetime);
		response->add_notify(response, FALSE, AUTH_LIFETIME,
							 chunk_from_thing(lifetime));
	}
}

/*
 * Described in header
 */
bool tunnel_message_get_lifetime(message_t *message, uint32_t *lifetime)
{
	notify_payload_t *notify;
	chunk_t data;

	notify = message->get_notify(message, AUTH_LIFETIME);
	if (!notify)
	{
		return FALSE;
	}
	data = notify->get_notification_data(notify);
	*lifetime = data.len == sizeof(*lifetime) ? untoh32(data.ptr) : 0;
	return TRUE;
}

/**
 * Whether a payload is an AUTH_LIFETIME notify.
 */
static bool is_lifetime(payload_t *payload)
{
	notify_payload_t *notify = (notify_payload_t*)payload;

	return payload->get_type(payload) == PLV2_NOTIFY &&
		   notify->get_notify_type(notify) == AUTH_LIFETIME;
}

/*
 * Described in header
 */
void tunnel_message_remove_lifetime(message_t *message)
{
	remove_payloads(message, is_lifetime);
}

/**
 * Whether a notify in an IKE_AUTH response makes charon give up: errors but
 * those that are about the CHILD_SA only (process_i() in its ike_auth.c).
 */
static bool is_fatal(notify_type_t type)
{
	switch (type)
	{
		case NO_PROPOSAL_CHOSEN:
		case SINGLE_PAIR_REQUIRED:
		case NO_ADDITIONAL_SAS:
		case INTERNAL_ADDRESS_FAILURE:
		case FAILED_CP_REQUIRED:
		case TS_UNACCEPTABLE:
		case INVALID_SELECTORS:
			return FALSE;
		default:
			/* RFC 7296, 3.10.1 */
			return type <= 16383;
	}
}

/*
 * Described in header
 */
bool tunnel_message_is_error(message_t *response)
{
	enumerator_t *enumerator;
	notify_payload_t *notify;
	payload_t *payload;
	bool error = FALSE;

	enumerator = response->create_payload_enumerator(response);
	while (!error && enumerator->enumerate(enumerator, &payload))
	{
		if (payload->get_type(payload) == PLV2_NOTIFY)
		{
			notify = (notify_payload_t*)payload;
			error = is_fatal(notify->get_notify_type(notify));
		}
	}
	enumerator->destroy(enumerator);
	return error;
}

/*
 * Described in header
 */
bool tunnel_message_closes(message_t *request)
{
	delete_payload_t *delete;
	enumerator_t *enumerator;
	payload_t *payload;
	bool closes;

	/* this is how an initiator that does not accept our AUTH payload says so
	 * (RFC 7296, 2.21.2) */
	closes = request->get_notify(request, AUTHENTICATION_FAILED) != NULL;
	enumerator = request->create_payload_enumerator(request);
	while (!closes && enumerator->enumerate(enumerator, &payload))
	{
		if (payload->get_type(payload) == PLV2_DELETE)
		{
			delete = (delete_payload_t*)payload;
			closes = delete->get_protocol_id(delete) == PROTO_IKE;
		}
	}
	enumerator->destroy(enumerator);
	return closes;
}
