/* SPDX-License-Identifier: MIT */

#include "psk_key.h"

#include <string.h>

/**
 * Read a value into a buffer.
 *
 * @return			its length, 0 if there is none, or it is too long
 */
static size_t read_value(const kupf_client_reply_t *reply, const char *name,
						 void *buf, size_t max)
{
	wire_octets_t value = kupf_client_reply_get(reply, name);

	if (!value.len || value.len > max)
	{
		return 0;
	}
	memcpy(buf, value.ptr, value.len);
	return value.len;
}

/*
 * Described in header
 */
bool psk_key_read(const kupf_client_reply_t *reply,
				  kupf_psk_client_key_t *key)
{
	wire_octets_t form = kupf_client_reply_get(reply, "form");
	uint64_t generation;

	if (!key->identity_len)
	{
		key->identity_len = read_value(reply, "identity", key->identity,
									   sizeof(key->identity));
	}
	key->psk_len = read_value(reply, "psk", key->psk, sizeof(key->psk));
	if (!key->psk_len || !key->identity_len ||
		!read_value(reply, "session", key->session,
					KUPF_PSK_CLIENT_SESSION_MAX) ||
		!wire_number(kupf_client_reply_get(reply, "generation"), UINT32_MAX,
					 &generation) ||
		!wire_equals(kupf_client_reply_get(reply, "hash"), "sha256"))
	{
		return false;
	}
	key->generation = generation;
	key->form = wire_equals(form, "direct") ? KUPF_PSK_CLIENT_DIRECT :
				wire_equals(form, "imp") ? KUPF_PSK_CLIENT_IMP :
				KUPF_PSK_CLIENT_EXT;
	if (key->form == KUPF_PSK_CLIENT_DIRECT)
	{
		return read_value(reply, "check", key->check,
						  KUPF_PSK_CLIENT_CHECK_MAX);
	}
	return key->form != KUPF_PSK_CLIENT_EXT || wire_equals(form, "ext");
}
