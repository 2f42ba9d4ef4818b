/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "nin3a_response.h"
#include "kupf/store/kupf_identity.h"
#include "nin3a/nin3a_counters.h"
#include "tunnel/tunnel_message.h"

/**
 * Whether the response to a UE with an established IKE_SA is as it must be.
 */
static bool is_right(message_t *response)
{
	nin3a_facts_t facts = {
		.established = TRUE,
	};

	tunnel_message_get_auth(response, &facts.auth);
	return nin3a_policy_response(&facts) == NIN3A_ALLOWED;
}

/**
 * Tell the UE how long the key lives.
 */
static void add_lifetime(nin3a_config_t *config, nin3a_tunnels_t *tunnels,
						 uint32_t unique_id, message_t *response)
{
	nin3a_settings_t settings;
	kupf_session_t *session;
	uint32_t lifetime;

	session = tunnels->get_session(tunnels, unique_id);
	if (session)
	{
		config->get(config, &settings);
		lifetime = nin3a_policy_auth_lifetime(kupf_session_get_expiry(session),
							time_monotonic(NULL), settings.min_auth_lifetime);
		if (lifetime)
		{
			tunnel_message_add_lifetime(response, lifetime);
		}
		kupf_session_unref(session);
	}
}

/*
 * Described in header
 */
void nin3a_response_judge(nin3a_config_t *config, nin3a_tunnels_t *tunnels,
						  ike_sa_t *ike_sa, message_t *response)
{
	uint32_t unique_id = ike_sa->get_unique_id(ike_sa);
	char name[KUPF_IDENTITY_TEXT];

	switch (tunnels->get_state(tunnels, unique_id))
	{
		case NIN3A_STATE_NONE:
			break;
		case NIN3A_STATE_ESTABLISHED:
			if (is_right(response))
			{
				add_lifetime(config, tunnels, unique_id, response);
				break;
			}
			DBG1(DBG_CFG, "nin3a: IKE_AUTH response for '%s' withheld: our "
				 "AUTH payload is missing or not of method %d",
				 kupf_identity_name(ike_sa->get_other_id(ike_sa), name),
				 TUNNEL_AUTH_METHOD);
			nin3a_count(NIN3A_RESPONSES_WITHHELD);
			tunnel_message_withhold(response);
			break;
		default:
			tunnel_message_strip(response);
			break;
	}
}
