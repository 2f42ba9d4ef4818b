/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupf_identity.h"
#include "kupf/store/kupf_address.h"

#include <ctype.h>

/**
 * Prefixes that say a type.  The first of each type is the one printed.
 */
static const struct {
	/** prefix */
	char *prefix;
	/** type that it says */
	id_type_t type;
} prefixes[] = {
	{ "keyid:",		ID_KEY_ID		},
	{ "email:",		ID_RFC822_ADDR	},
	{ "rfc822:",	ID_RFC822_ADDR	},
	{ "fqdn:",		ID_FQDN			},
	{ "dns:",		ID_FQDN			},
};

/**
 * Value of a hexadecimal digit, more than 15 if it is none.
 */
static uint8_t digit_value(uint8_t digit)
{
	uint8_t decimal = digit - '0', letter = (digit | 0x20) - 'a';

	return decimal < 10 ? decimal : letter < 6 ? 10 + letter : 0xff;
}

/**
 * Parse hexadecimal digits, all of them.
 */
static bool parse_hex(chunk_t text, uint8_t *data, size_t *len)
{
	uint8_t high, low;
	size_t i;

	if (!text.len || text.len % 2 || text.len / 2 > KUPF_IDENTITY_MAX)
	{
		return FALSE;
	}
	for (i = 0; i < text.len; i += 2)
	{
		high = digit_value(text.ptr[i]);
		low = digit_value(text.ptr[i + 1]);
		if ((high | low) > 0xf)
		{
			return FALSE;
		}
		data[i / 2] = high << 4 | low;
	}
	*len = text.len / 2;
	return TRUE;
}

/**
 * Parse what follows the prefix: text, or # and hexadecimal digits.
 */
static bool parse_value(id_type_t type, chunk_t text, uint8_t *data,
						size_t *len)
{
	if (text.len && text.ptr[0] == '#')
	{
		if (!parse_hex(chunk_skip(text, 1), data, len))
		{
			return FALSE;
		}
	}
	else
	{
		if (!text.len || text.len > KUPF_IDENTITY_MAX ||
			!chunk_printable(text, NULL, '?'))
		{
			return FALSE;
		}
		*len = text.len;
		memcpy(data, text.ptr, text.len);
	}
	/* for these types strongSwan takes an asterisk for a wildcard */
	return type == ID_KEY_ID || !memchr(data, '*', *len);
}

/**
 * Whether text starts with a prefix, in any case.
 */
static bool has_prefix(chunk_t text, const char *prefix)
{
	return text.len >= strlen(prefix) &&
		   strncasecmp((char*)text.ptr, prefix, strlen(prefix)) == 0;
}

/*
 * Described in header
 */
bool kupf_identity_parse(chunk_t text, id_type_t *type,
						 uint8_t data[KUPF_IDENTITY_MAX], size_t *len)
{
	kupf_address_t address;
	u_int i;

	/* what the key derivation makes, first of all */
	if (text.len >= 2 && text.ptr[0] == '@' && text.ptr[1] == '#')
	{
		*type = ID_KEY_ID;
		return parse_hex(chunk_skip(text, 2), data, len);
	}
	for (i = 0; i < countof(prefixes); i++)
	{
		if (has_prefix(text, prefixes[i].prefix))
		{
			*type = prefixes[i].type;
			return parse_value(*type,
							   chunk_skip(text, strlen(prefixes[i].prefix)),
							   data, len);
		}
	}
	if (kupf_address_parse(text, &address))
	{
		*type = address.family == AF_INET ? ID_IPV4_ADDR : ID_IPV6_ADDR;
		*len = address.family == AF_INET ? 4 : 16;
		memcpy(data, address.bytes, *len);
		return TRUE;
	}
	return FALSE;
}

/*
 * Described in header
 */
bool kupf_identity_is_usable(id_type_t type, chunk_t data)
{
	switch (type)
	{
		case ID_IPV4_ADDR:
			return data.len == 4;
		case ID_IPV6_ADDR:
			return data.len == 16;
		case ID_KEY_ID:
			return data.len && data.len <= KUPF_IDENTITY_MAX;
		case ID_RFC822_ADDR:
		case ID_FQDN:
			return data.len && data.len <= KUPF_IDENTITY_MAX &&
				   !memchr(data.ptr, '*', data.len);
		default:
			return FALSE;
	}
}

/**
 * Whether the bytes of an identity can be printed as they are.
 */
static bool is_text(chunk_t data)
{
	size_t i;

	for (i = 0; i < data.len; i++)
	{
		if (data.ptr[i] <= ' ' || data.ptr[i] > '~')
		{
			return FALSE;
		}
	}
	return data.len && data.ptr[0] != '#';
}

/**
 * Print bytes as hexadecimal digits.
 */
static char *print_hex(char *text, char *prefix, chunk_t data)
{
	size_t len = strlen(prefix);

	memcpy(text, prefix, len);
	chunk_to_hex(data, text + len, FALSE);
	return text;
}

/*
 * Described in header
 */
bool kupf_identity_is_folded(id_type_t type)
{
	return type == ID_FQDN || type == ID_RFC822_ADDR;
}

/*
 * Described in header
 */
bool kupf_identity_alike(id_type_t type, chunk_t a, id_type_t other, chunk_t b)
{
	if (type != other || a.len != b.len)
	{
		return FALSE;
	}
	return kupf_identity_is_folded(type) ? !strncasecmp(a.ptr, b.ptr, a.len)
										 : memeq(a.ptr, b.ptr, a.len);
}

/*
 * Described in header
 */
char *kupf_identity_print(id_type_t type, chunk_t data,
						  char text[KUPF_IDENTITY_TEXT])
{
	kupf_address_t address = {};
	char prefix[16] = "@#";
	u_int i;

	if ((type == ID_IPV4_ADDR && data.len == 4) ||
		(type == ID_IPV6_ADDR && data.len == 16))
	{
		address.family = type == ID_IPV4_ADDR ? AF_INET : AF_INET6;
		memcpy(address.bytes, data.ptr, data.len);
		return kupf_address_print(&address, text);
	}
	data.len = min(data.len, KUPF_IDENTITY_MAX);
	if (type == ID_KEY_ID && !is_text(data))
	{
		return print_hex(text, prefix, data);
	}
	for (i = 0; i < countof(prefixes); i++)
	{
		if (prefixes[i].type == type)
		{
			if (is_text(data))
			{
				snprintf(text, KUPF_IDENTITY_TEXT, "%s%.*s",
						 prefixes[i].prefix, (int)data.len, data.ptr);
				return text;
			}
			snprintf(prefix, sizeof(prefix), "%s#", prefixes[i].prefix);
			return print_hex(text, prefix, data);
		}
	}
	snprintf(prefix, sizeof(prefix), "{%d}:#", type);
	return print_hex(text, prefix, data);
}

/*
 * Described in header
 */
char *kupf_identity_name(identification_t *id, char text[KUPF_IDENTITY_TEXT])
{
	return kupf_identity_print(id ? id->get_type(id) : ID_ANY,
							   id ? id->get_encoding(id) : chunk_empty, text);
}
