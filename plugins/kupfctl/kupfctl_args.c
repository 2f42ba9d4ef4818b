/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupfctl_args.h"
#include "kupfctl_output.h"
#include "kupf/keys/kupf_unknown.h"

#include <string.h>

/**
 * Find an option by the first len characters of text.
 */
static const kupfctl_option_t *find(const kupfctl_option_t *options,
									const char *text, size_t len)
{
	for (; options && options->name; options++)
	{
		if (strlen(options->name) == len && !strncmp(options->name, text, len))
		{
			return options;
		}
	}
	return NULL;
}

/**
 * Say that an option is not known; it may be a key that went astray.
 */
static void refuse(const kupfctl_option_t *options, const char *text,
				   size_t len, unsigned int number)
{
	const kupfctl_option_t *all[] = { options, kupfctl_global_options };
	kupf_unknown_t unknown = { .name = text, .len = len };
	char error[KUPF_UNKNOWN_SIZE];
	int i;

	for (i = 0; i < 2; i++)
	{
		for (options = all[i]; options && options->name; options++)
		{
			kupf_unknown_compare(&unknown, options->name);
		}
	}
	kupfctl_error("%s", kupf_unknown_print(&unknown, error, sizeof(error),
										   "argument", number));
}

/**
 * Parse one option, the argument of that number; returns the number of
 * arguments it takes, -1 if wrong.
 */
static int parse_option(kupfctl_args_t *args, const kupfctl_option_t *options,
						int argc, char *argv[], unsigned int number)
{
	const kupfctl_option_t *option;
	const char *value;
	size_t len;
	int taken = 1;

	len = strcspn(argv[0], "=");
	value = argv[0][len] ? argv[0] + len + 1 : NULL;
	option = find(options, argv[0], len) ?:
			 find(kupfctl_global_options, argv[0], len);
	if (!option)
	{
		refuse(options, argv[0], len, number);
		return -1;
	}
	if (!option->arg && value)
	{
		kupfctl_error("option %s takes no argument", option->name);
		return -1;
	}
	if (option->arg && !value)
	{
		if (argc < 2)
		{
			kupfctl_error("option %s needs an argument: %s", option->name,
						  option->arg);
			return -1;
		}
		value = argv[1];
		taken = 2;
	}
	if (!option->many && kupfctl_args_get(args, option->name))
	{
		kupfctl_error("option %s given twice", option->name);
		return -1;
	}
	args->given[args->count].option = option;
	args->given[args->count].value = value;
	args->count++;
	return taken;
}

/*
 * Described in header
 */
int kupfctl_args_parse(kupfctl_args_t *args, const kupfctl_option_t *options,
					   int argc, char *argv[], bool first)
{
	bool ended = false;
	int i, taken;

	args->count = 0;
	args->words_count = 0;
	if (argc > KUPFCTL_ARGS_MAX)
	{
		kupfctl_error("more than %d arguments", KUPFCTL_ARGS_MAX);
		return -1;
	}
	for (i = 0; i < argc; i += taken)
	{
		taken = 1;
		/* a single dash is standard input */
		if (ended || argv[i][0] != '-' || !argv[i][1])
		{
			if (first)
			{
				break;
			}
			args->words[args->words_count++] = argv[i];
		}
		else if (!strcmp(argv[i], "--"))
		{
			ended = true;
		}
		else
		{
			taken = parse_option(args, options, argc - i, argv + i, i + 1);
			if (taken < 0)
			{
				return -1;
			}
		}
	}
	return i;
}

/*
 * Described in header
 */
const char *kupfctl_args_get(const kupfctl_args_t *args, const char *name)
{
	unsigned int i;

	for (i = 0; i < args->count; i++)
	{
		if (!strcmp(args->given[i].option->name, name))
		{
			return args->given[i].value ?: name;
		}
	}
	return NULL;
}
