/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupfctl.h"
#include "kupfctl_args.h"
#include "kupfctl_output.h"
#include "kupfctl_secret.h"
#include "kupf/keys/kupf_unknown.h"

#include <stdio.h>
#include <string.h>

#ifndef IPSEC_PIDDIR
#error "IPSEC_PIDDIR has to be defined to the directory of charon's sockets"
#endif

/** Socket of the daemon unless another one is named */
#define DEFAULT_SOCKET "unix://" IPSEC_PIDDIR "/charon.kupf"

/** Longest path that is taken for a UNIX socket */
#define PATH_LEN_MAX 4096

/*
 * Described in header
 */
const kupfctl_command_t *const kupfctl_commands[] = {
	&kupfctl_version,
	&kupfctl_establish,
	&kupfctl_load,
	&kupfctl_modify,
	&kupfctl_rekey,
	&kupfctl_retry,
	&kupfctl_reject,
	&kupfctl_reload,
	&kupfctl_delete,
	&kupfctl_list,
	&kupfctl_stats,
	&kupfctl_check,
	&kupfctl_watch,
	&kupfctl_derive,
	&kupfctl_completion,
	NULL
};

/*
 * Described in header
 */
const kupfctl_option_t kupfctl_global_options[] = {
	{ "--socket", "URI", "FILE", NULL, false,
	  "socket of the daemon, a URI or a path" },
	{ "--json", NULL, NULL, NULL, false,
	  "output in JSON, one object a line" },
	{ "--help", NULL, NULL, NULL, false,
	  "print this text, or that of a command" },
	{}
};

static void print_options(const char *title, const kupfctl_option_t *options)
{
	char left[64];

	printf("\n%s:\n", title);
	for (; options->name; options++)
	{
		snprintf(left, sizeof(left), "%s%s%s", options->name,
				 options->arg ? " " : "", options->arg ?: "");
		printf("  %-24s  %s\n", left, options->help);
	}
}

static void print_overview(void)
{
	char left[64];
	unsigned int i;

	printf("Usage: kupfctl [--socket URI] [--json] COMMAND [ARGUMENT...]\n\n"
		   "Hands keys of UEs (K_UPF) to charon, on the socket of its plugin "
		   "kupf.\n\nCommands:\n");
	for (i = 0; kupfctl_commands[i]; i++)
	{
		snprintf(left, sizeof(left), "%s %s", kupfctl_commands[i]->name,
				 kupfctl_commands[i]->usage);
		printf("  %-24s  %s\n", left, kupfctl_commands[i]->summary);
	}
	print_options("Options", kupfctl_global_options);
	printf("\nThe socket is %s unless another one is\nnamed.  Exit status: "
		   "0 done, 1 refused by the daemon, 2 wrong usage,\n"
		   "3 no connection.  kupfctl COMMAND --help says more.\n",
		   DEFAULT_SOCKET);
}

static void print_help(const kupfctl_command_t *command)
{
	printf("Usage: kupfctl %s%s%s%s\n\n", command->name,
		   command->options ? " [OPTION...]" : "",
		   command->usage[0] ? " " : "", command->usage);
	printf("%c%s.\n", command->summary[0] - 'a' + 'A', command->summary + 1);
	if (command->details)
	{
		printf("%s", command->details);
	}
	if (command->options)
	{
		print_options("Options", command->options);
	}
	print_options("Options of all commands", kupfctl_global_options);
}

static const kupfctl_command_t *find_command(const char *name)
{
	unsigned int i;

	for (i = 0; kupfctl_commands[i]; i++)
	{
		if (!strcmp(kupfctl_commands[i]->name, name))
		{
			return kupfctl_commands[i];
		}
	}
	return NULL;
}

/**
 * Say that a command is not known; it may be a key that went astray.
 */
static void refuse_command(const char *name)
{
	kupf_unknown_t unknown = { .name = name, .len = strlen(name) };
	char error[KUPF_UNKNOWN_SIZE];
	unsigned int i;

	for (i = 0; kupfctl_commands[i]; i++)
	{
		kupf_unknown_compare(&unknown, kupfctl_commands[i]->name);
	}
	kupfctl_error("%s, see kupfctl --help",
				  kupf_unknown_print(&unknown, error, sizeof(error), "command",
									 0));
}

/**
 * Take the global options over.
 */
static bool set_globals(kupfctl_t *ctl, const kupfctl_args_t *args)
{
	static char uri[PATH_LEN_MAX];
	const char *value;

	if (kupfctl_args_get(args, "--json"))
	{
		ctl->json = true;
	}
	value = kupfctl_args_get(args, "--socket");
	if (value && value[0] == '/')
	{
		if (strlen(value) + sizeof("unix://") > sizeof(uri))
		{
			kupfctl_error("path of socket too long");
			return false;
		}
		snprintf(uri, sizeof(uri), "unix://%s", value);
		value = uri;
	}
	ctl->socket = value ?: ctl->socket;
	return true;
}

/**
 * Parse what follows the name of the command, and carry it out.
 */
static kupfctl_status_t run_command(const kupfctl_command_t *command,
									kupfctl_t *ctl, int argc, char *argv[])
{
	static kupfctl_args_t args;

	if (kupfctl_args_parse(&args, command->options, argc, argv, false) < 0 ||
		!set_globals(ctl, &args))
	{
		return KUPFCTL_USAGE;
	}
	if (kupfctl_args_get(&args, "--help"))
	{
		print_help(command);
		return KUPFCTL_DONE;
	}
	if (args.words_count < command->min || args.words_count > command->max)
	{
		kupfctl_error("usage: kupfctl %s%s%s, see kupfctl %s --help",
					  command->name, command->usage[0] ? " " : "",
					  command->usage, command->name);
		return KUPFCTL_USAGE;
	}
	return command->run(ctl, &args);
}

static kupfctl_status_t run(int argc, char *argv[])
{
	static kupfctl_args_t args;
	const kupfctl_command_t *command;
	kupfctl_t ctl = {
		.socket = DEFAULT_SOCKET,
	};
	int parsed;

	parsed = kupfctl_args_parse(&args, NULL, argc, argv, true);
	if (parsed < 0 || !set_globals(&ctl, &args))
	{
		return KUPFCTL_USAGE;
	}
	if (kupfctl_args_get(&args, "--help"))
	{
		print_overview();
		return KUPFCTL_DONE;
	}
	if (parsed == argc)
	{
		kupfctl_error("no command given, see kupfctl --help");
		return KUPFCTL_USAGE;
	}
	command = find_command(argv[parsed]);
	if (!command)
	{
		refuse_command(argv[parsed]);
		return KUPFCTL_USAGE;
	}
	return run_command(command, &ctl, argc - parsed - 1, argv + parsed + 1);
}

/**
 * Keys pass through this process: nothing of it is for others.
 */
int main(int argc, char *argv[])
{
	kupfctl_status_t status;

	kupfctl_secret_harden();
	status = run(argc - 1, argv + 1);
	if (fflush(stdout) || ferror(stdout))
	{
		kupfctl_error("cannot write to standard output");
		status = status == KUPFCTL_DONE ? KUPFCTL_USAGE : status;
	}
	return status;
}
