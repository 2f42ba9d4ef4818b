/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupfctl_args.h"
#include "kupfctl_output.h"

#include <string.h>

/*
 * The script finds the command among the words typed so far, then looks at
 * the word before the one to complete.
 */
static const char head[] =
	"# bash completion for kupfctl\n"
	"_kupfctl()\n"
	"{\n"
	"	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}\n"
	"	local command='' words='' files='' i\n"
	"\n"
	"	for ((i = 1; i < COMP_CWORD; i++))\n"
	"	do\n"
	"		case ${COMP_WORDS[i]} in\n"
	"			--socket|--timeout) i=$((i + 1)) ;;\n"
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
 * Print what may follow: names of files, or words.
 */
static void print_words(const char *words)
{
	if (words && !strcmp(words, "FILE"))
	{
		printf("files=yes");
	}
	else
	{
		printf("words='%s'", words ?: "");
	}
}

/**
 * Print what may follow each option of a command that has an argument.
 */
static void print_arguments(const char *command,
							const kupfctl_option_t *options)
{
	for (; options && options->name; options++)
	{
		if (options->arg)
		{
			printf("		%s:%s) ", command, options->name);
			print_words(options->words);
			printf(" ;;\n");
		}
	}
}

static void print_option_names(const kupfctl_option_t *options)
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
	print_arguments("*", kupfctl_global_options);
	for (i = 0; kupfctl_commands[i].name; i++)
	{
		print_arguments(kupfctl_commands[i].name,
						kupfctl_commands[i].options);
	}
	fputs(middle, stdout);
	printf("				'') words='");
	for (i = 0; kupfctl_commands[i].name; i++)
	{
		printf("%s%s", i ? " " : "", kupfctl_commands[i].name);
	}
	print_option_names(kupfctl_global_options);
	printf("' ;;\n");
	for (i = 0; kupfctl_commands[i].name; i++)
	{
		command = &kupfctl_commands[i];
		printf("				%s) ", command->name);
		print_words(command->words);
		printf("; words+='");
		print_option_names(command->options);
		print_option_names(kupfctl_global_options);
		printf("' ;;\n");
	}
	fputs(tail, stdout);
}

/*
 * Described in header
 */
kupfctl_status_t kupfctl_completion(const kupfctl_t *ctl,
									const kupfctl_args_t *args)
{
	(void)ctl;
	if (strcmp(args->words[0], "bash"))
	{
		kupfctl_error("there is completion for bash only");
		return KUPFCTL_USAGE;
	}
	print_bash();
	return KUPFCTL_DONE;
}
