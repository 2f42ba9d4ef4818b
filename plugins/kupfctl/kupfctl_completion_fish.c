/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupfctl_completion.h"

#include <stdio.h>
#include <string.h>

/**
 * Print a text in quotes of fish.
 */
static void print_quoted(const char *text)
{
	putchar('\'');
	for (; *text; text++)
	{
		if (*text == '\'' || *text == '\\')
		{
			putchar('\\');
		}
		putchar(*text);
	}
	putchar('\'');
}

/**
 * Print what is offered: names of files or sessions, or words.
 */
static void print_words(const char *words)
{
	if (words && !strcmp(words, KUPFCTL_WORDS_FILE))
	{
		printf(" -F");
	}
	else if (words && !strcmp(words, KUPFCTL_WORDS_SESSION))
	{
		printf(" -f -a '(__kupfctl_sessions)'");
	}
	else
	{
		printf(" -f");
		if (words)
		{
			printf(" -a ");
			print_quoted(words);
		}
	}
}

/**
 * Print options of a command, or those of all.
 */
static void print_options(const char *command, const kupfctl_option_t *options)
{
	for (; options && options->name; options++)
	{
		printf("complete -c kupfctl");
		if (command)
		{
			printf(" -n '__fish_seen_subcommand_from %s'", command);
		}
		if (!strncmp(options->name, "--", 2))
		{
			printf(" -l %s", options->name + 2);
		}
		else
		{
			printf(" -s %s", options->name + 1);
		}
		if (options->arg)
		{
			printf(" -r");
			print_words(options->words);
		}
		printf(" -d ");
		print_quoted(options->help);
		putchar('\n');
	}
}

/*
 * Described in header
 */
void kupfctl_completion_fish(void)
{
	const kupfctl_command_t *command;

	printf("# fish completion for kupfctl\n"
		   "function __kupfctl_sessions\n"
		   "	set -l words (commandline -opc)\n"
		   "	set -l at (contains -i -- --socket $words)\n"
		   "	and set -l socket --socket $words[(math $at + 1)]\n"
		   "	kupfctl $socket completion sessions 2>/dev/null\n"
		   "end\n"
		   "complete -c kupfctl -f\n");
	print_options(NULL, kupfctl_global_options);
	for (command = kupfctl_commands; command->name; command++)
	{
		printf("complete -c kupfctl -n __fish_use_subcommand -a %s -d ",
			   command->name);
		print_quoted(command->summary);
		putchar('\n');
		if (command->words)
		{
			printf("complete -c kupfctl -n '__fish_seen_subcommand_from %s'",
				   command->name);
			print_words(command->words);
			putchar('\n');
		}
		print_options(command->name, command->options);
	}
}
