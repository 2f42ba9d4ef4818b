/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Fuzzes a line of the input of "kupfctl load" and its like.
 *
 * No error may repeat what may be of a key.
 */

#include "fuzz.h"
#include "kupfctl_args.h"
#include "kupfctl_line.h"
#include "kupfctl_session.h"

#include <stdlib.h>
#include <string.h>

const char *fuzz_target = "kupfctl_line";

/** The tool itself has them */
const kupfctl_option_t kupfctl_global_options[] = {
	{ .name = NULL },
};

/**
 * Parse a line that is for a kind of request.
 */
static void parse(kupfctl_line_kind_t kind, const uint8_t *data, size_t size)
{
	char *text, error[KUPFCTL_LINE_ERROR] = "";
	kupfctl_line_t line;

	/* what comes behind a NUL is not part of a line */
	text = strndup((const char*)data, size);
	if (kupfctl_line_parse(kind, &line, text, error))
	{
		if (error[0] || (line.session &&
			!kupfctl_session_name_valid(line.session, strlen(line.session))))
		{
			abort();
		}
		if (line.session && !kupfctl_line_size(&line))
		{
			abort();
		}
	}
	else if (!error[0])
	{
		abort();
	}
	fuzz_check_error(error, data, size);
	kupfctl_line_wipe(&line);
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	kupfctl_line_kind_t kind;

	for (kind = KUPFCTL_LINE_ESTABLISH; kind <= KUPFCTL_LINE_DELETE; kind++)
	{
		parse(kind, data, size);
	}
	return 0;
}
