/* SPDX-License-Identifier: MIT */

#include "kupf_client_reply.h"

/*
 * Described in header
 */
bool kupf_client_reply_read(kupf_client_reply_t *reply, wire_octets_t message)
{
	*reply = (kupf_client_reply_t){ .status = KUPF_CLIENT_MALFORMED };
	if (!wire_reader_init(&reply->message, message))
	{
		return false;
	}
	if (wire_equals(kupf_client_reply_get(reply, "success"), "yes"))
	{
		reply->status = KUPF_CLIENT_OK;
		return true;
	}
	reply->status = KUPF_CLIENT_REFUSED;
	reply->cause = kupf_client_reply_get(reply, "cause");
	reply->errmsg = kupf_client_reply_get(reply, "errmsg");
	return true;
}

/*
 * Described in header
 */
wire_octets_t kupf_client_reply_get(const kupf_client_reply_t *reply,
									const char *name)
{
	wire_octets_t value;

	wire_reader_find(&reply->message, name, &value);
	return value;
}

/*
 * Described in header
 */
const char *kupf_client_status_text(kupf_client_status_t status)
{
	switch (status)
	{
		case KUPF_CLIENT_OK:
			return "done";
		case KUPF_CLIENT_REFUSED:
			return "refused by the daemon";
		case KUPF_CLIENT_UNKNOWN:
			return "not known to the daemon";
		case KUPF_CLIENT_TIMEOUT:
			return "no answer in time";
		case KUPF_CLIENT_LOST:
			return "no connection";
		case KUPF_CLIENT_MALFORMED:
			return "malformed answer";
		case KUPF_CLIENT_INVALID:
			return "not a request that can be made";
		case KUPF_CLIENT_BUSY:
			return "too many requests wait";
		case KUPF_CLIENT_NO_MEMORY:
			return "no memory";
	}
	return "unknown status";
}
