/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "test_kupf.h"

#include <check.h>

/*
 * Described in header
 */
void test_kupf_note(test_kupf_t *this, const char *fmt, ...)
{
	size_t len = strlen(this->told), room = sizeof(this->told) - len;
	char text[256];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	ck_assert_uint_lt(snprintf(this->told + len, room, "%s%s", len ? ", " : "",
							   text), room);
}

/*
 * Described in header
 */
void test_kupf_assert(test_kupf_t *this, const char *expected)
{
	ck_assert_str_eq(this->told, expected);
	this->told[0] = '\0';
}

static kupf_store_t *get_store(kupf_t *this)
{
	return ((test_kupf_t*)this)->store;
}

static credential_set_t *get_credentials(kupf_t *this)
{
	return &((test_kupf_t*)this)->credentials;
}

static kupf_session_t *get_verifying_session(kupf_t *this, uint32_t ike_sa)
{
	kupf_session_t *verified = ((test_kupf_t*)this)->verified;

	return verified ? kupf_session_ref(verified) : NULL;
}

static void tunnel_up(kupf_t *this, kupf_session_t *session, ike_sa_t *ike_sa,
					  child_sa_t *child_sa)
{
	test_kupf_note((test_kupf_t*)this, "tunnel-up %s %u %s",
				   kupf_session_get_name(session),
				   ike_sa->get_unique_id(ike_sa),
				   child_sa->get_name(child_sa));
}

static void tunnel_down(kupf_t *this, kupf_session_t *session, uint32_t ike_sa,
						kupf_reason_t reason)
{
	test_kupf_note((test_kupf_t*)this, "tunnel-down %s %u %s",
				   kupf_session_get_name(session), ike_sa,
				   enum_to_name(kupf_reason_names, reason));
}

static void child_changed(kupf_t *this, kupf_session_t *session, uint32_t up_as,
						  ike_sa_t *ike_sa, child_sa_t *child_sa, bool up)
{
	test_kupf_note((test_kupf_t*)this, "child-%s %s %u %s", up ? "up" : "down",
				   kupf_session_get_name(session), up_as,
				   child_sa->get_name(child_sa));
}

static void tunnel_moved(kupf_t *this, kupf_session_t *session, uint32_t up_as,
						 host_t *local, host_t *remote)
{
	char from[64], to[64];

	snprintf(from, sizeof(from), "%#H", local);
	snprintf(to, sizeof(to), "%#H", remote);
	test_kupf_note((test_kupf_t*)this, "tunnel-moved %s %u %s %s",
				   kupf_session_get_name(session), up_as, from, to);
}

static void session_flapping(kupf_t *this, kupf_session_t *session,
							 host_t *remote, u_int tunnels, u_int seconds)
{
	test_kupf_note((test_kupf_t*)this, "session-flapping %s %u",
				   kupf_session_get_name(session), tunnels);
}

static void auth_failed(kupf_t *this, identification_t *ue_id, host_t *local,
						host_t *remote, const char *reason)
{
	char id[64] = "nobody", from[64], to[64];

	if (ue_id)
	{
		snprintf(id, sizeof(id), "%Y", ue_id);
	}
	snprintf(from, sizeof(from), "%#H", local);
	snprintf(to, sizeof(to), "%#H", remote);
	test_kupf_note((test_kupf_t*)this, "auth-failed %s %s %s %s", id, from, to,
				   reason);
}

/*
 * Described in header
 */
void test_kupf_init(test_kupf_t *this)
{
	*this = (test_kupf_t){
		.public = {
			.get_store = get_store,
			.get_credentials = get_credentials,
			.get_verifying_session = get_verifying_session,
			.tunnel_up = tunnel_up,
			.tunnel_down = tunnel_down,
			.child_changed = child_changed,
			.tunnel_moved = tunnel_moved,
			.session_flapping = session_flapping,
			.auth_failed = auth_failed,
		},
		.credentials = {
			.create_private_enumerator = (void*)return_null,
			.create_cert_enumerator = (void*)return_null,
			.create_shared_enumerator = (void*)return_null,
			.create_cdp_enumerator = (void*)return_null,
			.cache_cert = (void*)nop,
		},
		.store = kupf_store_create(0, 0),
	};
}

/*
 * Described in header
 */
void test_kupf_deinit(test_kupf_t *this)
{
	this->store->destroy(this->store);
}
