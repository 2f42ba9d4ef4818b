/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupfctl_conn.h"
#include "kupfctl_output.h"

#include <string.h>
#include <unistd.h>

/** Exit status of this command, for monitoring */
#define CHECK_OK 0
#define CHECK_FOUND 1
#define CHECK_CANNOT_ASK 2

/**
 * A finding while it is read: values are borrowed from the reply.
 */
typedef struct {
	const void *severity, *about, *text;
	int severity_len, about_len, text_len;
} finding_t;

/**
 * Print a finding: "fault: role: sentence".
 */
static void print(const finding_t *finding)
{
	kupfctl_print_text(stdout, finding->severity, finding->severity_len);
	fputs(": ", stdout);
	kupfctl_print_text(stdout, finding->about, finding->about_len);
	fputs(": ", stdout);
	kupfctl_print_text(stdout, finding->text, finding->text_len);
	putchar('\n');
}

/**
 * Keep a value of a finding.
 */
static void keep(finding_t *finding, vici_res_t *res)
{
	const char *name = vici_parse_name(res);
	int len;
	const void *value = vici_parse_value(res, &len);

	if (!strcmp(name, "severity"))
	{
		finding->severity = value;
		finding->severity_len = len;
	}
	else if (!strcmp(name, "about"))
	{
		finding->about = value;
		finding->about_len = len;
	}
	else if (!strcmp(name, "text"))
	{
		finding->text = value;
		finding->text_len = len;
	}
}

/**
 * Print all findings of a reply.
 */
static bool print_findings(vici_res_t *res)
{
	finding_t finding = {};
	bool inside = false;

	while (true)
	{
		switch (vici_parse(res))
		{
			case VICI_PARSE_BEGIN_SECTION:
				memset(&finding, 0, sizeof(finding));
				inside = true;
				break;
			case VICI_PARSE_END_SECTION:
				print(&finding);
				inside = false;
				break;
			case VICI_PARSE_KEY_VALUE:
				if (inside)
				{
					keep(&finding, res);
				}
				break;
			case VICI_PARSE_END:
				return true;
			case VICI_PARSE_ERROR:
				return false;
			default:
				break;
		}
	}
}

/**
 * Whether a reply says that there is nothing of a kind.
 */
static bool is_none(vici_res_t *res, char *name)
{
	int len;
	char *value = vici_find(res, &len, name);

	return len == 1 && *value == '0';
}

/**
 * Print what the daemon has found.
 */
static int print_reply(const kupfctl_t *ctl, vici_res_t *res)
{
	int status;

	status = is_none(res, "faults") && is_none(res, "warnings") ? CHECK_OK :
																  CHECK_FOUND;
	if (!(ctl->json ? kupfctl_print_json(stdout, NULL, res) :
					  print_findings(res)))
	{
		kupfctl_error("the reply is malformed");
		status = CHECK_CANNOT_ASK;
	}
	return status;
}

/**
 * The connection is lost: that, too, means that nobody can be asked.
 */
static void lost(void *user)
{
	_exit(CHECK_CANNOT_ASK);
}

static kupfctl_status_t run(const kupfctl_t *ctl, const kupfctl_args_t *args)
{
	int status = CHECK_CANNOT_ASK;
	vici_conn_t *vici;
	vici_res_t *res;

	(void)args;
	vici = kupfctl_connect(ctl);
	if (!vici)
	{
		kupfctl_error("if charon runs, plugin kupf is not loaded, or a setting "
					  "is wrong: its log says which");
		return CHECK_CANNOT_ASK;
	}
	kupfctl_on_lost(lost, NULL);
	res = kupfctl_submit(vici, kupfctl_begin("check"));
	if (res)
	{
		if (kupfctl_succeeded(res))
		{
			status = print_reply(ctl, res);
		}
		vici_free_res(res);
	}
	kupfctl_disconnect(vici);
	return status;
}

const kupfctl_command_t kupfctl_check = {
	.name = "check",
	.usage = "",
	.summary = "look for what is wrong with this host",
	.details =
		"Prints a line for each thing that was looked at: \"ok\", \"warning\" or\n"
		"\"fault\", what it is about, and a sentence.  The exit status is for\n"
		"monitoring: 0 if all is well, 1 if there is a warning or a fault, and 2\n"
		"if the daemon could not be asked.\n",
	.run = run,
};
