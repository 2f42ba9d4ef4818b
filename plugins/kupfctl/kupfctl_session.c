/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupfctl_session.h"
#include "kupfctl_output.h"
#include "kupfctl_secret.h"

#include <ctype.h>
#include <string.h>

/** Longest name of a session */
#define NAME_MAX_LEN 64

/*
 * Described in header
 */
const unsigned int kupfctl_rand_digits[2] = { 32, 128 };
const unsigned int kupfctl_fc_digits[2] = { 2, 4 };

/*
 * Described in header
 */
bool kupfctl_session_name_valid(const char *name, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
	{
		if (name[i] <= ' ' || name[i] > '~')
		{
			return false;
		}
	}
	return len >= 1 && len <= NAME_MAX_LEN;
}

/*
 * Described in header
 */
bool kupfctl_session_hex(const char *option, const char *text,
						 const unsigned int digits[2], char *hex)
{
	size_t len, i;

	if (text[0] == '0' && (text[1] == 'x' || text[1] == 'X'))
	{
		text += 2;
	}
	len = strlen(text);
	for (i = 0; i < len && isxdigit((unsigned char)text[i]); i++)
	{
		/* the first that is no digit */
	}
	if (i < len || len % 2 || len < digits[0] || len > digits[1])
	{
		kupfctl_error("option %s: expected %u to %u hexadecimal digits, an "
					  "even number", option, digits[0], digits[1]);
		return false;
	}
	memcpy(hex, "0x", 2);
	memcpy(hex + 2, text, len + 1);
	return true;
}

/**
 * Add an option in hexadecimal digits, if it was given.
 */
static bool add_hex(wire_writer_t *request, const kupfctl_args_t *args,
					const char *option, const char *field,
					const unsigned int digits[2])
{
	char hex[KUPFCTL_SESSION_HEX_SIZE];
	const char *text;

	text = kupfctl_args_get(args, option);
	if (!text)
	{
		return true;
	}
	if (!kupfctl_session_hex(option, text, digits, hex))
	{
		return false;
	}
	wire_writer_text(request, field, hex);
	return true;
}

/**
 * Add a key from a file, if one was given.
 */
static bool add_key(wire_writer_t *request, const kupfctl_args_t *args,
					const char *option, const char *field, size_t max)
{
	kupfctl_secret_t secret;
	const char *path;

	path = kupfctl_args_get(args, option);
	if (!path)
	{
		return true;
	}
	if (!kupfctl_secret_read(&secret, path, max))
	{
		return false;
	}
	kupfctl_secret_add(&secret, request, field);
	kupfctl_secret_wipe(&secret);
	return true;
}

/**
 * Add the options that are sent as they are, those for lists as lists.
 */
static void add_fields(wire_writer_t *request, const kupfctl_args_t *args)
{
	const kupfctl_option_t *option;
	const char *value;
	unsigned int i, j;

	for (i = 0; i < args->count; i++)
	{
		option = args->given[i].option;
		value = args->given[i].value;
		if (!option->field)
		{
			continue;
		}
		if (!option->many)
		{
			wire_writer_text(request, option->field, value);
			continue;
		}
		for (j = 0; j < i && args->given[j].option != option; j++)
		{
			/* whether this is its first time */
		}
		if (j < i)
		{
			continue;
		}
		wire_writer_begin_list(request, option->field);
		for (j = i; j < args->count; j++)
		{
			if (args->given[j].option == option)
			{
				wire_writer_item(request, wire_text(args->given[j].value));
			}
		}
		wire_writer_end_list(request);
	}
}

/**
 * Add all that was given as options; wrong ones are printed.
 */
static bool add_options(wire_writer_t *request, const kupfctl_args_t *args)
{
	bool key, kamf, ktngf, base;

	/* two files of which one might be standard input; what else goes together
	 * is the daemon's to say */
	key = kupfctl_args_get(args, "--key-file");
	kamf = kupfctl_args_get(args, "--kamf-file");
	ktngf = kupfctl_args_get(args, "--ktngf-file");
	base = kupfctl_args_get(args, "--base-key-file");
	if (key + kamf + ktngf + base > 1)
	{
		kupfctl_error("options --key-file, --kamf-file, --ktngf-file and "
					  "--base-key-file exclude each other");
		return false;
	}
	if (!add_key(request, args, "--key-file", "key", KUPFCTL_KEY_MAX) ||
		!add_key(request, args, "--kamf-file", "kamf", KUPFCTL_KEY_MIN) ||
		!add_key(request, args, "--ktngf-file", "ktngf", KUPFCTL_KEY_MIN) ||
		!add_key(request, args, "--base-key-file", "base-key",
				 KUPFCTL_KEY_MIN) ||
		!add_hex(request, args, "--rand", "rand", kupfctl_rand_digits) ||
		!add_hex(request, args, "--fc", "fc", kupfctl_fc_digits))
	{
		return false;
	}
	add_fields(request, args);
	return true;
}

/*
 * Described in header
 */
bool kupfctl_session_begin(kupf_client_t *client, const char *command,
						   const kupfctl_args_t *args)
{
	const char *name = args->words[0];
	wire_writer_t *request;

	if (!kupfctl_session_name_valid(name, strlen(name)))
	{
		kupfctl_error("the name of a session is 1 to %d printable ASCII "
					  "characters without a space", NAME_MAX_LEN);
		return false;
	}
	request = kupf_client_begin(client, command);
	wire_writer_text(request, "session", name);
	return add_options(request, args);
}
