/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupfctl.h"
#include "kupfctl_args.h"
#include "kupfctl_conn.h"
#include "kupfctl_line.h"
#include "kupfctl_output.h"
#include "kupfctl_secret.h"
#include "kupfctl_session.h"
#include "kupf/keys/kupf_unknown.h"

#include <stdio.h>
#include <string.h>

#ifndef IPSEC_PIDDIR
#error "IPSEC_PIDDIR has to be defined to the directory of charon's sockets"
#endif

/** What stands before a path in a URI */
#define SCHEME "unix://"

/** Socket of the daemon unless another one is named */
#define DEFAULT_SOCKET SCHEME IPSEC_PIDDIR "/charon.kupf"

/** How long the daemon may take to answer unless said otherwise, seconds */
#define TIMEOUT 60

/** How long it may be at most, seconds */
#define TIMEOUT_MAX 86400

/** Longest path that is taken for a UNIX socket */
#define PATH_LEN_MAX 4096

/*
 * Described in header
 */
const kupfctl_option_t kupfctl_global_options[] = {
	{ "--socket", "URI", "FILE", NULL, false,
	  "socket of the daemon, a URI or a path" },
	{ "--json", NULL, NULL, NULL, false,
	  "output in JSON, one object a line" },
	{ "--timeout", "SECONDS", NULL, NULL, false,
	  "how long the daemon may take to answer (60)" },
	{ "--version", NULL, NULL, NULL, false,
	  "print the version of this tool" },
	{ "--help", NULL, NULL, NULL, false,
	  "print this text, or that of a command" },
	{ "-h", NULL, NULL, NULL, false, "the same" },
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
	const kupfctl_command_t *command;

	printf("Usage: kupfctl [--socket URI] [--json] COMMAND [ARGUMENT...]\n\n"
		   "Hands keys of UEs (K_UPF) to charon, on the socket of its plugin "
		   "kupf.\n\nCommands:\n");
	for (command = kupfctl_commands; command->name; command++)
	{
		snprintf(left, sizeof(left), "%s %s", command->name,
				 command->usage ?: "");
		printf("  %-24s  %s\n", left, command->summary);
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
		   command->usage ? " " : "", command->usage ?: "");
	printf("%c%s.\n", command->summary[0] - 'a' + 'A', command->summary + 1);
	if (command->details)
	{
		printf("%s", command->details);
	}
	if (command->has_lines)
	{
		printf("\nFields:\n");
		kupfctl_line_print_fields();
	}
	if (command->options)
	{
		print_options("Options", command->options);
	}
	print_options("Options of all commands", kupfctl_global_options);
}

static const kupfctl_command_t *find_command(const char *name)
{
	const kupfctl_command_t *command;

	for (command = kupfctl_commands; command->name; command++)
	{
		if (!strcmp(command->name, name))
		{
			return command;
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
	const kupfctl_command_t *command;

	for (command = kupfctl_commands; command->name; command++)
	{
		kupf_unknown_compare(&unknown, command->name);
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
	uint64_t seconds;

	if (kupfctl_args_get(args, "--json"))
	{
		ctl->json = true;
	}
	value = kupfctl_args_get(args, "--timeout");
	if (value)
	{
		if (!wire_number(wire_text(value), TIMEOUT_MAX, &seconds) || !seconds)
		{
			kupfctl_error("option --timeout: expected 1 to %d", TIMEOUT_MAX);
			return false;
		}
		ctl->timeout = seconds * 1000;
	}
	value = kupfctl_args_get(args, "--socket");
	if (!value)
	{
		return true;
	}
	if (strlen(value) + sizeof(SCHEME) > sizeof(uri))
	{
		kupfctl_error("path of socket too long");
		return false;
	}
	snprintf(uri, sizeof(uri), "%s%s", value[0] == '/' ? SCHEME : "", value);
	ctl->socket = uri;
	return true;
}

/**
 * Begin the request of a command; what is wrong is printed.
 */
static bool begin(const kupfctl_command_t *command, kupf_client_t *client,
				  const kupfctl_args_t *args)
{
	wire_writer_t *request;

	if (args->words_count && !command->field)
	{
		return kupfctl_session_begin(client, command->request, args);
	}
	request = kupf_client_begin(client, command->request);
	if (command->field)
	{
		wire_writer_text(request, command->field, args->words[0]);
	}
	return true;
}

/**
 * Send the request of a command, and print the reply.
 */
static kupfctl_status_t run_request(const kupfctl_command_t *command,
									const kupfctl_t *ctl,
									const kupfctl_args_t *args)
{
	kupfctl_status_t status = KUPFCTL_USAGE;
	kupf_client_t *client;

	if (command->needs_key && !kupfctl_args_get(args, "--key-file") &&
		!kupfctl_args_get(args, "--kamf-file") &&
		!kupfctl_args_get(args, "--ktngf-file") &&
		!kupfctl_args_get(args, "--base-key-file"))
	{
		kupfctl_error("a session needs a key: --key-file, or --kamf-file and "
					  "--rand");
		return KUPFCTL_USAGE;
	}
	client = kupfctl_client(ctl);
	if (begin(command, client, args))
	{
		status = kupfctl_request(ctl, client);
	}
	kupf_client_destroy(client);
	return status;
}

/**
 * Whether help was asked for.
 */
static bool wants_help(const kupfctl_args_t *args)
{
	return kupfctl_args_get(args, "--help") || kupfctl_args_get(args, "-h");
}

/**
 * Print the version of the tool, if it was asked for; that of the daemon is
 * another thing, and needs one.
 */
static bool print_version(const kupfctl_args_t *args)
{
	if (!kupfctl_args_get(args, "--version"))
	{
		return false;
	}
	printf("kupfctl %s\n", NIN3A_VERSION);
	return true;
}

/**
 * Carry a command out for the sessions of a file.
 */
static kupfctl_status_t run_file(const kupfctl_command_t *command,
								 const kupfctl_t *ctl,
								 const kupfctl_args_t *args)
{
	const kupfctl_option_t *option;
	unsigned int i, others = args->words_count;

	for (i = 0; i < args->count; i++)
	{
		for (option = command->options; option->name; option++)
		{
			others += option == args->given[i].option &&
					  strcmp(option->name, "--file");
		}
	}
	if (others)
	{
		kupfctl_error("with --file, what is said of sessions is in the file");
		return KUPFCTL_USAGE;
	}
	return command->run_file(ctl, args);
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
	if (wants_help(&args))
	{
		print_help(command);
		return KUPFCTL_DONE;
	}
	if (print_version(&args))
	{
		return KUPFCTL_DONE;
	}
	if (command->run_file && kupfctl_args_get(&args, "--file"))
	{
		return run_file(command, ctl, &args);
	}
	if (args.words_count < command->min || args.words_count > command->max)
	{
		kupfctl_error("usage: kupfctl %s%s%s, see kupfctl %s --help",
					  command->name, command->usage ? " " : "",
					  command->usage ?: "", command->name);
		return KUPFCTL_USAGE;
	}
	return command->run ? command->run(ctl, &args) :
						  run_request(command, ctl, &args);
}

static kupfctl_status_t run(int argc, char *argv[])
{
	static kupfctl_args_t args;
	const kupfctl_command_t *command;
	kupfctl_t ctl = {
		.socket = DEFAULT_SOCKET,
		.timeout = TIMEOUT * 1000,
	};
	int parsed;

	parsed = kupfctl_args_parse(&args, NULL, argc, argv, true);
	if (parsed < 0 || !set_globals(&ctl, &args))
	{
		return KUPFCTL_USAGE;
	}
	if (wants_help(&args))
	{
		print_overview();
		return KUPFCTL_DONE;
	}
	if (print_version(&args))
	{
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
