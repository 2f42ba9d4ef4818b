/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Fuzzes IKE messages that charon has parsed, and all of ours that reads or
 * changes one: the guard, the bounds, what is read out of IKE_AUTH, inner
 * addresses and traffic selectors.
 *
 * What an input is says fuzz_ike_sa.h.
 */

#include "fuzz.h"
#include "fuzz_ike_sa.h"
#include "nin3a/auth/nin3a_policy.h"
#include "nin3a/tunnels/nin3a_inner_addresses.h"
#include "nin3a_ue/auth/nin3a_ue_inner.h"
#include "nin3a_ue/auth/nin3a_ue_policy.h"
#include "test_support.h"
#include "tunnel/tunnel_bounds.h"
#include "tunnel/tunnel_guard.h"
#include "tunnel/tunnel_message.h"

#include "compat.h"

#include <encoding/payloads/auth_payload.h>
#include <encoding/payloads/cp_payload.h>
#include <encoding/payloads/notify_payload.h>
#include <encoding/payloads/ts_payload.h>

const char *fuzz_target = "ike_message";

/** Notifies of mediation, and the last one that is an error */
#define ME_FIRST 40962
#define ME_LAST 40968
#define ERROR_LAST 16383

/** Inner addresses of the session */
#define ADDRESSES 2
static const char *addresses[ADDRESSES] = { "10.3.0.1", "fec3::1" };

static void count()
{
	/* nobody wants to know */
}

/** Abort unless something is so. */
static void must(bool so)
{
	if (!so)
	{
		abort();
	}
}

static bool has(message_t *message, notify_type_t type)
{
	return fuzz_ike_notifies(message, type, type);
}

/**
 * Check what the guard has let pass, by other words than its own rules.
 */
static void check_passed(ike_sa_t *ike_sa, message_t *message)
{
	bool sa = fuzz_ike_payloads(message, PLV2_SECURITY_ASSOCIATION);

	switch (message->get_exchange_type(message))
	{
		case IKE_SA_INIT:
			must(!fuzz_ike_payloads(message, PLV2_AUTH));
			break;
		case IKE_AUTH:
			must(ike_sa->get_state(ike_sa) == IKE_CONNECTING);
			must(!fuzz_ike_payloads(message, PLV2_DELETE));
			break;
		case CREATE_CHILD_SA:
			must(ike_sa->get_state(ike_sa) != IKE_CONNECTING);
			must(message->get_request(message) ||
				 (!has(message, NO_ADDITIONAL_SAS) &&
				  !(sa && fuzz_ike_notifies(message, 0, ERROR_LAST))));
			break;
		case INFORMATIONAL:
			must(ike_sa->get_state(ike_sa) != IKE_CONNECTING && !sa);
			break;
		default:
			must(compat_has_additional_ke());
			break;
	}
	must(!has(message, REDIRECT));
	must(!message->get_request(message) ||
		 !fuzz_ike_notifies(message, ME_FIRST, ME_LAST));
	must(ike_sa->has_condition(ike_sa, COND_ORIGINAL_INITIATOR) ||
		 !has(message, AUTH_LIFETIME));
}

/**
 * Let a message through the guard as charon does it, twice.
 *
 * @return			FALSE if it ends there
 */
static bool pass_guard(ike_sa_t *ike_sa, message_t *message)
{
	static tunnel_guard_t *guard;
	uint32_t message_id = message->get_message_id(message);
	u_int before;

	guard = guard ?: tunnel_guard_create("fuzz", count);
	if (!guard->check(guard, ike_sa, message, FALSE, FALSE))
	{
		must(message->get_request(message) &&
			 message->get_message_id(message) > message_id);
		return FALSE;
	}
	if (!fuzz_ike_parse(message))
	{
		return FALSE;
	}
	if (!guard->check(guard, ike_sa, message, TRUE, FALSE))
	{
		must(message->get_exchange_type(message) == EXCHANGE_TYPE_UNDEFINED);
		return FALSE;
	}
	check_passed(ike_sa, message);
	/* there is nothing left to say against it */
	before = fuzz_ike_payloads(message, PL_NONE);
	must(guard->check(guard, ike_sa, message, TRUE, FALSE));
	must(fuzz_ike_payloads(message, PL_NONE) == before);
	return TRUE;
}

/**
 * Bound what the other end asks for.
 *
 * @return			FALSE if it is refused
 */
static bool pass_bounds(ike_sa_t *ike_sa, message_t *message)
{
	static const tunnel_limits_t limits = { .child_sas = 4, .rekeyings = 8 };
	static tunnel_bounds_t *bounds;
	tunnel_bound_t bound;
	message_t *answer;

	bounds = bounds ?: tunnel_bounds_create();
	bound = bounds->check(bounds, ike_sa, message, &limits);
	if (bound != TUNNEL_WITHIN)
	{
		must(message->get_exchange_type(message) == INFORMATIONAL &&
			 !fuzz_ike_payloads(message, PL_NONE));
		answer = message_create(IKEV2_MAJOR_VERSION, IKEV2_MINOR_VERSION);
		answer->set_exchange_type(answer, INFORMATIONAL);
		answer->set_request(answer, FALSE);
		bounds->answer(bounds, ike_sa, answer);
		must(answer->get_exchange_type(answer) == CREATE_CHILD_SA &&
			 has(answer, bound == TUNNEL_CHILDREN_EXCEEDED ?
							NO_ADDITIONAL_SAS : TEMPORARY_FAILURE));
		answer->destroy(answer);
	}
	bounds->remove(bounds, ike_sa->get_unique_id(ike_sa));
	return bound == TUNNEL_WITHIN;
}

/**
 * Check that a message that is refused can only fail.
 */
static void check_refused(message_t *message)
{
	auth_payload_t *auth;

	auth = (auth_payload_t*)message->get_payload(message, PLV2_AUTH);
	must(auth && auth->get_auth_method(auth) == AUTH_PSK &&
		 auth->get_data(auth).len == 33);
	must(!fuzz_ike_payloads(message, PLV2_EAP) &&
		 !fuzz_ike_payloads(message, PLV2_CERTIFICATE));
	must(!has(message, ANOTHER_AUTH_FOLLOWS) && !has(message, NO_PPK_AUTH));
}

/**
 * Judge a message with an AUTH payload, or one that lacks it.
 *
 * @param refuse	whether something else speaks against it
 */
static void judge_auth(message_t *message, const tunnel_auth_t *auth,
					   bool allowed, bool refuse)
{
	must(!allowed || (auth->payload && auth->method == AUTH_PSK &&
					  !auth->eap_payload && !auth->another_follows));
	if (allowed && !refuse)
	{
		tunnel_message_allow(message);
		must(!has(message, NO_PPK_AUTH) &&
			 !fuzz_ike_payloads(message, PLV2_CERTIFICATE));
	}
	else
	{
		tunnel_message_refuse(message);
		check_refused(message);
	}
}

/**
 * Read an IKE_AUTH request, as a UPF.
 */
static void read_request(ike_sa_t *ike_sa, message_t *message, bool refuse)
{
	nin3a_facts_t facts = {
		.ikev2 = TRUE,
		.responder = TRUE,
		.first_round = TRUE,
		.ike_proposal = TRUE,
		.named = TRUE,
		.local_rounds = 1,
		.remote_rounds = 1,
		.psk_only = TRUE,
	};
	identification_t *id, *ppk_id;
	peer_cfg_t *peer_cfg;

	peer_cfg = tunnel_message_select(ike_sa, message);
	must(!peer_cfg);
	id = tunnel_message_get_id(message);
	DESTROY_IF(id);
	ppk_id = tunnel_message_get_ppk_id(message);
	must(!ppk_id || has(message, PPK_IDENTITY));
	DESTROY_IF(ppk_id);
	tunnel_message_get_auth(message, &facts.auth);
	judge_auth(message, &facts.auth,
			   nin3a_policy_request(&facts) == NIN3A_ALLOWED, refuse);
}

CALLBACK(allows_inner, bool,
	u_int *asked, const kupf_address_t *address)
{
	(*asked)++;
	return nin3a_ue_inner_is_host(address);
}

/**
 * Check that a message has no inner address left that must not be taken.
 */
static void check_inner(message_t *message, u_int kept)
{
	u_int asked = 0, again, others;

	must(!nin3a_ue_inner_filter(message, TRUE, allows_inner, &asked, &again,
								&others));
	must(again == kept && asked == kept && !others);
}

/**
 * Read an IKE_AUTH response, as a UE.
 */
static void read_response(message_t *message, bool refuse)
{
	nin3a_ue_facts_t facts = {
		.ike_proposal = TRUE,
		.address_match = TRUE,
		.session_alive = TRUE,
	};
	uint32_t lifetime;
	u_int asked = 0, kept, others;

	must(tunnel_message_get_lifetime(message, &lifetime) ==
		 has(message, AUTH_LIFETIME));
	tunnel_message_remove_lifetime(message);
	must(!has(message, AUTH_LIFETIME));
	nin3a_ue_inner_filter(message, TRUE, allows_inner, &asked, &kept, &others);
	check_inner(message, kept);
	tunnel_message_get_auth(message, &facts.auth);
	facts.refused = tunnel_message_is_error(message);
	judge_auth(message, &facts.auth,
			   nin3a_ue_policy_response(&facts) == NIN3A_UE_ALLOWED, refuse);
	tunnel_message_strip(message);
	must(!fuzz_ike_payloads(message, PLV2_AUTH));
}

/**
 * Get a session with inner addresses.
 */
static kupf_session_t *get_session()
{
	static kupf_session_t *session;
	kupf_session_data_t data;
	u_int i;

	if (!session)
	{
		test_session_data(&data, "s", ID_KEY_ID, "id");
		for (i = 0; i < ADDRESSES; i++)
		{
			must(kupf_address_parse(chunk_from_str((char*)addresses[i]),
									&data.ue_addresses[i]));
		}
		data.ue_address_count = ADDRESSES;
		session = kupf_session_create(&data);
	}
	return session;
}

/**
 * Whether a traffic selector is of one of the inner addresses.
 */
static bool is_inner(traffic_selector_t *selector)
{
	static host_t *hosts[ADDRESSES];
	bool found = FALSE;
	u_int i;

	for (i = 0; i < ADDRESSES; i++)
	{
		hosts[i] = hosts[i] ?: host_create_from_string((char*)addresses[i], 0);
		found |= selector->is_host(selector, hosts[i]);
	}
	return found;
}

/**
 * Narrow traffic selectors.
 */
static void narrow(ts_payload_t *payload)
{
	traffic_selector_t *selector;
	enumerator_t *enumerator;
	linked_list_t *list;

	list = payload->get_traffic_selectors(payload);
	nin3a_inner_addresses_narrow(get_session(), list);
	enumerator = list->create_enumerator(list);
	while (enumerator->enumerate(enumerator, &selector))
	{
		must(is_inner(selector));
	}
	enumerator->destroy(enumerator);
	list->destroy_offset(list, offsetof(traffic_selector_t, destroy));
}

static void narrow_all(message_t *message)
{
	enumerator_t *enumerator;
	payload_t *payload;

	enumerator = message->create_payload_enumerator(message);
	while (enumerator->enumerate(enumerator, &payload))
	{
		if (payload->get_type(payload) == PLV2_TS_INITIATOR)
		{
			narrow((ts_payload_t*)payload);
		}
	}
	enumerator->destroy(enumerator);
}

/**
 * Read a message that the guard has let pass.
 */
static void read_message(ike_sa_t *ike_sa, message_t *message, bool refuse)
{
	bool request = message->get_request(message);

	narrow_all(message);
	switch (message->get_exchange_type(message))
	{
		case IKE_AUTH:
			if (request)
			{
				read_request(ike_sa, message, refuse);
			}
			else
			{
				read_response(message, refuse);
			}
			break;
		case INFORMATIONAL:
			must(!tunnel_message_closes(message) ||
				 fuzz_ike_payloads(message, PLV2_DELETE) ||
				 has(message, AUTHENTICATION_FAILED));
			break;
		default:
			tunnel_message_is_error(message);
			break;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	message_t *message;
	ike_sa_t *ike_sa;

	if (size < FUZZ_IKE_HEADER)
	{
		return 0;
	}
	ike_sa = fuzz_ike_sa(data);
	message = fuzz_ike_message(data, size);
	if (message)
	{
		if (pass_guard(ike_sa, message) && pass_bounds(ike_sa, message))
		{
			read_message(ike_sa, message, data[1] & FUZZ_IKE_REFUSED);
		}
		message->destroy(message);
	}
	return 0;
}
