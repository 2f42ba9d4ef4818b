/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupfctl_completion.h"
#include "kupfctl_args.h"
#include "kupfctl_conn.h"
#include "kupfctl_output.h"

#include <string.h>

/** Names of sessions that are offered, at most */
#define SESSIONS "1000"

/** How long the daemon may take to tell them, ms */
#define TIMEOUT 1000

/*
 * The script finds the command among the words typed so far, then looks at
 * the word before the one to complete.
 */
static const char head[] =
	"# bash completion for kupfctl\n"
	"_kupfctl()\n"
	"{\n"
	"	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}\n"
	"	local command='' words='' files='' sessions='' socket='' i\n"
	"\n"
	"	for ((i = 1; i < COMP_CWORD; i++))\n"
	"	do\n"
	"		case ${COMP_WORDS[i]} in\n"
	"			--socket) i=$((i + 1)); socket=${COMP_WORDS[i]} ;;\n"
	"			--timeout) i=$((i + 1)) ;;\n"
	"			-*) ;;\n"
	"			*) command=${COMP_WORDS[i]}; break ;;\n"
	"		esac\n"
	"	done\n"
	"	case $command:$prev in\n";

static const char middle[] =
	"		*)\n"
	"			case $command in\n";

static const char tail[] =
	"			esac\n"
	"			;;\n"
	"	esac\n"
	"	if [ -n \"$sessions\" ]\n"
	"	then\n"
	"		words+=\" $(kupfctl ${socket:+--socket \"$socket\"} \\\n"
	"			completion sessions 2>/dev/null)\"\n"
	"	fi\n"
	"	COMPREPLY=()\n"
	"	if [ -n \"$files\" ]\n"
	"	then\n"
	"		compopt -o filenames 2>/dev/null\n"
	"		mapfile -t COMPREPLY < <(compgen -f -- \"$cur\")\n"
	"	fi\n"
	"	mapfile -t -O ${#COMPREPLY[@]} COMPREPLY \\\n"
	"		< <(compgen -W \"$words\" -- \"$cur\")\n"
	"}\n"
	"complete -F _kupfctl kupfctl\n";

/**
 * Print what may follow: names of files or sessions, or words.
 */
static void print_words(const char *words)
{
	if (words && !strcmp(words, KUPFCTL_WORDS_FILE))
	{
		printf("files=yes");
	}
	else if (words && !strcmp(words, KUPFCTL_WORDS_SESSION))
	{
		printf("sessions=yes");
	}
	else
	{
		printf("words='%s'", words ?: "");
	}
}

/*
 * Described in header
 */
void kupfctl_completion_arguments(const char *command,
								  const kupfctl_option_t *options,
								  void (*print)(const char *words),
								  const char *end)
{
	for (; options && options->name; options++)
	{
		if (options->arg)
		{
			printf("		%s:%s) ", command, options->name);
			print(options->words);
			printf("%s\n", end);
		}
	}
}

/*
 * Described in header
 */
void kupfctl_completion_names(const kupfctl_option_t *options)
{
	for (; options && options->name; options++)
	{
		printf(" %s", options->name);
	}
}

static void print_bash(void)
{
	const kupfctl_command_t *command;
	unsigned int i;

	fputs(head, stdout);
	kupfctl_completion_arguments("*", kupfctl_global_options, print_words,
								 " ;;");
	for (i = 0; kupfctl_commands[i].name; i++)
	{
		kupfctl_completion_arguments(kupfctl_commands[i].name,
									 kupfctl_commands[i].options, print_words,
									 " ;;");
	}
	fputs(middle, stdout);
	printf("				'') words='");
	for (i = 0; kupfctl_commands[i].name; i++)
	{
		printf("%s%s", i ? " " : "", kupfctl_commands[i].name);
	}
	kupfctl_completion_names(kupfctl_global_options);
	printf("' ;;\n");
	for (i = 0; kupfctl_commands[i].name; i++)
	{
		command = &kupfctl_commands[i];
		printf("				%s) ", command->name);
		print_words(command->words);
		printf("; words+='");
		kupfctl_completion_names(command->options);
		kupfctl_completion_names(kupfctl_global_options);
		printf("' ;;\n");
	}
	fputs(tail, stdout);
}

/**
 * Called for each session: print its name if a shell may have it.
 */
static void on_session(void *user, wire_octets_t event,
					   const wire_reader_t *message)
{
	wire_octets_t name;
	size_t i;

	(void)user;
	(void)event;
	if (!wire_reader_find(message, "session", &name) || !name.len ||
		name.ptr[0] == '-')
	{
		return;
	}
	for (i = 0; i < name.len; i++)
	{
		if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
					"0123456789-_.,:@%+/", name.ptr[i]))
		{
			return;
		}
	}
	printf("%.*s\n", (int)name.len, (const char*)name.ptr);
}

/**
 * Print names of sessions.  What is wrong is nothing to say in the middle of a
 * command line, but the exit status tells.
 */
static kupfctl_status_t print_sessions(const kupfctl_t *ctl)
{
	kupf_client_t *client = kupfctl_client(ctl);
	kupf_client_status_t status;

	kupf_client_set_timeout(client, TIMEOUT);
	wire_writer_text(kupf_client_begin(client, "list-sessions"), "limit",
					 SESSIONS);
	status = kupf_client_connect(client);
	if (status == KUPF_CLIENT_OK)
	{
		status = kupf_client_register(client, "list-session", on_session, NULL);
	}
	if (status == KUPF_CLIENT_OK)
	{
		status = kupf_client_stream(client, "list-session", on_session, NULL,
									NULL);
	}
	kupf_client_destroy(client);
	return status == KUPF_CLIENT_OK ? KUPFCTL_DONE : KUPFCTL_NO_CONNECTION;
}

/*
 * Described in header
 */
kupfctl_status_t kupfctl_completion(const kupfctl_t *ctl,
									const kupfctl_args_t *args)
{
	const char *what = args->words[0];

	if (!strcmp(what, "sessions"))
	{
		return print_sessions(ctl);
	}
	if (!strcmp(what, "bash"))
	{
		print_bash();
	}
	else if (!strcmp(what, "zsh"))
	{
		kupfctl_completion_zsh();
	}
	else if (!strcmp(what, "fish"))
	{
		kupfctl_completion_fish();
	}
	else
	{
		kupfctl_error("there is completion for bash, zsh and fish");
		return KUPFCTL_USAGE;
	}
	return KUPFCTL_DONE;
}
