/* SPDX-License-Identifier: MIT */

#include "n4_keys.h"
#include "n4_clock.h"

/** Octets of IE F-SEID before the addresses, clause 8.2.37 */
#define F_SEID_MIN 9

/** Octets of a SEID, and where it is in a header */
#define SEID 8
#define SEID_AT 4

/**
 * Unwrap a key.  Additional data are the type of the request, the F-SEID that it
 * is about with its length (the SMF's own, or the SEID of the header, which is
 * the UPF's), and what the IE has before the key.
 */
static bool unwrap(kupf_n4_t *self, unsigned int smf,
				   const n4_message_t *request, const n4_wrapped_t *wrapped,
				   n4_content_t *content)
{
	uint8_t head[2] = { request->type, SEID };
	wire_octets_t f_seid = wire_octets(request->octets.ptr + SEID_AT, SEID);
	wire_octets_t data[N4_WRAP_PARTS];

	if (request->type == N4_ESTABLISHMENT)
	{
		if (!n4_ie_find(request->ies, N4_IE_F_SEID, F_SEID_MIN, &f_seid) ||
			f_seid.len > UINT8_MAX)
		{
			return false;
		}
		head[1] = f_seid.len;
	}
	data[0] = wire_octets(head, sizeof(head));
	data[1] = f_seid;
	data[2] = wrapped->before;
	return request->has_seid && n4_wrap_open(&self->smfs[smf].wrap,
											 wrapped->octets, data,
											 content->key);
}

/**
 * Read the key of a request, and all that its IE says.
 *
 * @return			what is wrong with it, 0 for nothing
 */
static uint8_t read_key(kupf_n4_t *self, unsigned int smf,
						const n4_message_t *request, const n4_ie_t *ie,
						n4_content_t *content)
{
	n4_wrapped_t wrapped;

	/* a second one finds that there is a key */
	if (!n4_vendor_read(ie, content, &wrapped))
	{
		return N4_KEY_MALFORMED;
	}
	if (!wrapped.octets.len)
	{
		return self->config.refuses_clear_keys ? N4_KEY_IN_CLEAR : 0;
	}
	return unwrap(self, smf, request, &wrapped, content) ? 0 : N4_KEY_LOCKED;
}

/*
 * Described in header
 */
void n4_keys_read(kupf_n4_t *self, n4_exchange_t *exchange,
				  const n4_message_t *request)
{
	wire_octets_t ies = request->ies;
	n4_content_t *content;
	uint8_t fault;
	n4_ie_t ie;

	content = n4_pages_take(n4_sessions_pages(self->sessions));
	if (!content)
	{
		return;
	}
	exchange->content = content;
	content->since = n4_now();
	while (n4_ie_next(&ies, &ie))
	{
		if (n4_vendor_is(&self->vendor, &ie, self->vendor.key_type))
		{
			fault = read_key(self, exchange->smf, request, &ie, content);
			exchange->fault = exchange->fault ?: fault;
			exchange->has_key = true;
		}
	}
	if (exchange->fault)
	{
		explicit_bzero(content, sizeof(*content));
	}
	content->lifetime_is_new = content->lifetime > 0;
	if (request->type == N4_ESTABLISHMENT)
	{
		n4_content_learn(content, request);
	}
}

/*
 * Described in header
 */
void n4_keys_count_fault(kupf_n4_t *self, const n4_exchange_t *exchange)
{
	const char *name = self->smfs[exchange->smf].name;

	switch (exchange->fault)
	{
		case N4_KEY_IN_CLEAR:
			self->counters.keys_in_clear++;
			n4_engine_log(self, "%s: a key in the clear: refused", name);
			break;
		case N4_KEY_LOCKED:
			self->counters.keys_locked++;
			n4_engine_log(self, "%s: a key that cannot be unwrapped: refused",
						  name);
			break;
		default:
			self->counters.keys_malformed++;
			n4_engine_log(self, "%s: malformed IE with a key", name);
			break;
	}
}
