/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupfctl_completion.h"

#include <stdio.h>
#include <string.h>

/*
 * As for bash: the command among the words, then the word before the one to
 * complete.
 */
static const char head[] =
	"#compdef kupfctl\n"
	"_kupfctl()\n"
	"{\n"
	"	local previous=${words[CURRENT-1]} command='' socket='' i\n"
	"	local -a offers\n"
	"\n"
	"	for ((i = 2; i < CURRENT; i++))\n"
	"	do\n"
	"		case ${words[i]} in\n"
	"			--socket) ((i++)); socket=${words[i]} ;;\n"
	"			--timeout) ((i++)) ;;\n"
	"			-*) ;;\n"
	"			*) command=${words[i]}; break ;;\n"
	"		esac\n"
	"	done\n"
	"	case $command:$previous in\n";

static const char middle[] =
	"	esac\n"
	"	case $command in\n";

static const char tail[] =
	"	esac\n"
	"	compadd -- $offers\n"
	"}\n"
	"\n"
	"_kupfctl_sessions()\n"
	"{\n"
	"	compadd -- ${(f)\"$(kupfctl ${socket:+--socket} $socket \\\n"
	"		completion sessions 2>/dev/null)\"}\n"
	"}\n"
	"\n"
	"if [[ $funcstack[1] == _kupfctl ]]\n"
	"then\n"
	"	_kupfctl \"$@\"\n"
	"else\n"
	"	compdef _kupfctl kupfctl\n"
	"fi\n";

/**
 * Print the command that offers what may follow.
 */
static void print_words(const char *words)
{
	if (words && !strcmp(words, KUPFCTL_WORDS_FILE))
	{
		printf("_files");
	}
	else if (words && !strcmp(words, KUPFCTL_WORDS_SESSION))
	{
		printf("_kupfctl_sessions");
	}
	else
	{
		printf("compadd -- %s", words ?: "");
	}
}

/*
 * Described in header
 */
void kupfctl_completion_zsh(void)
{
	const kupfctl_command_t *command;

	fputs(head, stdout);
	kupfctl_completion_arguments("*", kupfctl_global_options, print_words,
								 "; return ;;");
	for (command = kupfctl_commands; command->name; command++)
	{
		kupfctl_completion_arguments(command->name, command->options,
									 print_words, "; return ;;");
	}
	fputs(middle, stdout);
	printf("		'') offers=(");
	for (command = kupfctl_commands; command->name; command++)
	{
		printf("%s ", command->name);
	}
	kupfctl_completion_names(kupfctl_global_options);
	printf(") ;;\n");
	for (command = kupfctl_commands; command->name; command++)
	{
		printf("		%s) ", command->name);
		if (command->words)
		{
			print_words(command->words);
			printf("; ");
		}
		printf("offers=(");
		kupfctl_completion_names(command->options);
		kupfctl_completion_names(kupfctl_global_options);
		printf(") ;;\n");
	}
	fputs(tail, stdout);
}
