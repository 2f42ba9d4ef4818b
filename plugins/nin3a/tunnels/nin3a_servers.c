/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "nin3a_servers.h"

#include <attributes/attributes.h>

typedef struct servers_t servers_t;

/**
 * Enumerator over the servers of a session.
 */
struct servers_t {
	/** public interface */
	enumerator_t public;
	/** session, a reference */
	kupf_session_t *session;
	/** number of servers that were enumerated */
	u_int done;
};

METHOD(enumerator_t, servers_enumerate, bool,
	servers_t *this, va_list args)
{
	const kupf_address_t *dns, *p_cscf, *address;
	configuration_attribute_type_t *type;
	u_int dns_count, p_cscf_count;
	chunk_t *value;
	bool v4;

	VA_ARGS_VGET(args, type, value);

	dns = kupf_session_get_dns(this->session, &dns_count);
	p_cscf = kupf_session_get_p_cscf(this->session, &p_cscf_count);
	if (this->done == dns_count + p_cscf_count)
	{
		return FALSE;
	}
	if (this->done < dns_count)
	{
		address = &dns[this->done];
		v4 = address->family == AF_INET;
		*type = v4 ? INTERNAL_IP4_DNS : INTERNAL_IP6_DNS;
	}
	else
	{
		address = &p_cscf[this->done - dns_count];
		v4 = address->family == AF_INET;
		*type = v4 ? P_CSCF_IP4_ADDRESS : P_CSCF_IP6_ADDRESS;
	}
	*value = chunk_create((uint8_t*)address->bytes, v4 ? 4 : 16);
	this->done++;
	return TRUE;
}

METHOD(enumerator_t, servers_destroy, void,
	servers_t *this)
{
	kupf_session_unref(this->session);
	free(this);
}

/*
 * Described in header
 */
enumerator_t *nin3a_servers_create_enumerator(kupf_session_t *session)
{
	servers_t *this;

	INIT(this,
		.public = {
			.enumerate = enumerator_enumerate_default,
			.venumerate = _servers_enumerate,
			.destroy = _servers_destroy,
		},
		.session = session,
	);
	return &this->public;
}
