/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupfctl_args.h"
#include "kupfctl_session.h"

static const kupfctl_option_t establish_options[] = {
	KUPFCTL_SESSION_OPTIONS,
	{}
};

static const kupfctl_option_t modify_options[] = {
	KUPFCTL_SESSION_OPTIONS,
	KUPFCTL_GRACE_OPTION,
	{ "--file", "FILE", "FILE", NULL, false,
	  "many sessions, one a line; - for standard input" },
	{}
};

static const kupfctl_option_t delete_options[] = {
	{ "--file", "FILE", "FILE", NULL, false,
	  "many sessions, one a line; - for standard input" },
	{}
};

static const kupfctl_option_t close_options[] = {
	{ "--unique-id", "N", NULL, "unique-id", false,
	  "only the tunnel that came up with this number, see event tunnel-up" },
	{}
};

static const kupfctl_option_t load_options[] = {
	{ "--replace", NULL, NULL, NULL, false,
	  "modify sessions that are there with other content" },
	{}
};

static const kupfctl_option_t sync_options[] = {
	{ "--allow-empty", NULL, NULL, NULL, false,
	  "remove all sessions if the file has none" },
	{}
};

static const kupfctl_option_t list_options[] = {
	{ "--session", "SESSION", "SESSION", "session", false,
	  "only this session" },
	{ "--ue-id", "ID", NULL, "ue-id", false,
	  "only the session of this IKE identity" },
	{ "--state", "STATE", "provisioned up", "state", false,
	  "only those in this state: provisioned or up" },
	{ "--long", NULL, NULL, NULL, false,
	  "everything about each of them, tunnels included" },
	{}
};

static const kupfctl_option_t derive_options[] = {
	{ "--derivation", "NAME", KUPFCTL_DERIVATIONS, NULL, false,
	  "how (default kupf)" },
	{ "--list", NULL, NULL, NULL, false,
	  "print the derivations and what they need" },
	{ "--kamf-file", "FILE", "FILE", NULL, false,
	  "file with K_AMF, - for standard input" },
	{ "--ktngf-file", "FILE", "FILE", NULL, false,
	  "file with K_TNGF or K_TWIF" },
	{ "--base-key-file", "FILE", "FILE", NULL, false,
	  "file with the key that another derivation names" },
	{ "--supi", "SUPI", NULL, NULL, false,
	  "SUPI, IMSI or NAI" },
	{ "--af-id", "HEX", NULL, NULL, false,
	  "AF_ID, FQDN and Ua* protocol identifier, up to 64 octets" },
	{ "--snn", "NAME", NULL, NULL, false,
	  "serving network name" },
	{ "--sqn-ak", "HEX", NULL, NULL, false,
	  "SQN xor AK, 6 octets" },
	{ "--rand", "HEX", NULL, NULL, false,
	  "RAND, 16 to 64 octets" },
	{ "--fc", "HEX", NULL, NULL, false,
	  "FC, two or four digits (default FFFF)" },
	{ "--pdu-session-id", "N", NULL, NULL, false,
	  "PDU session ID, 1 to 15, if it is part of the input" },
	{ "--nas-count", "N", NULL, NULL, false,
	  "uplink NAS COUNT" },
	{ "--distinguisher", "HEX", NULL, NULL, false,
	  "distinguisher for private use, F1 to FF" },
	{}
};

/*
 * Described in header
 */
const kupfctl_command_t kupfctl_commands[] = {
	{
		.name = "version",
		.summary = "print the versions of daemon, plugin and protocol",
		.details =
			"The value of \"boot\" changes whenever the daemon starts: it "
			"has lost all\n"
			"sessions then.\n",
		.request = "version",
	},
	{
		.name = "establish",
		.usage = "SESSION",
		.summary = "hand a session and its key to the daemon",
		.details =
			"Prints the UPF address that the UE must use.  The same again "
			"succeeds and\n"
			"changes nothing.\n\n"
			"The key is that in --key-file, and --ue-id names whose it is; "
			"or the daemon\n"
			"derives it from --kamf-file, --rand and --fc (or as "
			"--derivation says), and the\n"
			"identity as well unless --ue-id is given.  A file contains 32 "
			"octets as they\n"
			"are, or text, 0x<hex> or 0s<base64>.  Keys are not taken from "
			"the command\n"
			"line, where others see them.\n",
		.options = establish_options,
		.min = 1,
		.max = 1,
		.request = "establish-session",
		.needs_key = true,
	},
	{
		.name = "load",
		.usage = "FILE",
		.words = "FILE",
		.summary = "establish many sessions, one a line",
		.details =
			"FILE, or standard input if it is -, has lines\n\n"
			"  SESSION field=value field=value ...\n\n"
			"with the fields below; lists are separated by commas, keys are "
			"0x<hex> or\n"
			"0s<base64>, and # starts a comment.  A wrong line ends it: lines "
			"before it are\n"
			"sent, this one and those after it are not.\n",
		.has_lines = true,
		.options = load_options,
		.min = 1,
		.max = 1,
		.run = kupfctl_load,
	},
	{
		.name = "sync",
		.usage = "FILE",
		.words = "FILE",
		.summary = "have the sessions of a file, and no others",
		.details =
			"Establishes or modifies those in FILE, which is as for "
			"\"load\", and removes\n"
			"all others that were fed over the socket.  If a line is wrong or "
			"the connection\n"
			"is lost, nothing is removed; nor is a session that is in FILE "
			"and refused.\n",
		.options = sync_options,
		.min = 1,
		.max = 1,
		.run = kupfctl_sync,
	},
	{
		.name = "modify",
		.usage = "SESSION",
		.words = "SESSION",
		.summary = "change a session, or give it a new key",
		.details =
			"What is not given stays as it is.  A new key, with or without a "
			"new identity,\n"
			"is a re-key: the UE sets up its tunnel anew within --grace, "
			"then the old one\n"
			"is closed.  With --file, many sessions, one a line, as for "
			"\"load\"; they may\n"
			"have grace=SECONDS, too.\n",
		.options = modify_options,
		.min = 1,
		.max = 1,
		.request = "modify-session",
		.run_file = kupfctl_modify_many,
	},
	{
		.name = "rekey",
		.usage = "SESSION",
		.words = "SESSION",
		.summary = "ask who feeds sessions for a new key",
		.details =
			"Raises the event rekey-request; the reply says how many clients "
			"were told.\n"
			"The new key comes with \"modify\".\n",
		.min = 1,
		.max = 1,
		.request = "request-rekey",
	},
	{
		.name = "retry",
		.usage = "SESSION",
		.words = "SESSION",
		.summary = "set up a tunnel now, on a UE",
		.details =
			"If the next attempt to set up the tunnel is waited for, it "
			"begins at once;\n"
			"the reply says whether it was. \"list\" shows when it would "
			"be.\n",
		.min = 1,
		.max = 1,
		.request = "retry-session",
	},
	{
		.name = "reject",
		.usage = "UE-ID",
		.summary = "answer a request for a key: no such UE",
		.details =
			"Answers the event key-request; \"establish\" is the other "
			"answer. The reply says\n"
			"how many of charon's threads waited.\n",
		.min = 1,
		.max = 1,
		.request = "reject-key",
		.field = "ue-id",
	},
	{
		.name = "reload",
		.summary = "have the daemon read its pre-configured keys anew",
		.request = "reload-preconfigured",
	},
	{
		.name = "delete",
		.usage = "SESSION",
		.words = "SESSION",
		.summary = "delete a session and close its tunnels",
		.details =
			"With --file, delete the sessions that are named there, one a "
			"line.\n",
		.options = delete_options,
		.min = 1,
		.max = 1,
		.request = "delete-session",
		.run_file = kupfctl_delete_many,
	},
	{
		.name = "close",
		.usage = "SESSION",
		.words = "SESSION",
		.summary = "close the tunnels of a session, which stays",
		.details =
			"For a UE that is at another UPF: its key stays, so it may come "
			"again.  A tunnel\n"
			"that is being set up is left alone.  Prints how many were "
			"closed.\n",
		.options = close_options,
		.min = 1,
		.max = 1,
		.request = "close-tunnels",
	},
	{
		.name = "list",
		.usage = "[SESSION]",
		.words = "SESSION",
		.summary = "list sessions, or one",
		.details =
			"With --json, each session is an object on a line of its own, as "
			"it arrives;\n"
			"there is no array around them.\n",
		.options = list_options,
		.max = 1,
		.run = kupfctl_list,
	},
	{
		.name = "stats",
		.summary = "print the daemon's counters",
		.request = "stats",
	},
	{
		.name = "metrics",
		.summary = "print the daemon's counters as OpenMetrics",
		.details =
			"For Prometheus, through the text file collector of its node "
			"exporter.  The last\n"
			"line is \"# EOF\": without it something has failed.\n",
		.run = kupfctl_metrics,
	},
	{
		.name = "check",
		.summary = "look for what is wrong with this host",
		.details =
			"Prints a line for each thing that was looked at: \"ok\", "
			"\"warning\" or\n"
			"\"fault\", what it is about, and a sentence.  The exit status "
			"is for\n"
			"monitoring: 0 if all is well, 1 if there is a warning or a "
			"fault, and 2\n"
			"if the daemon could not be asked.\n",
		.run = kupfctl_check,
	},
	{
		.name = "watch",
		.usage = "[EVENT...]",
		.words = KUPFCTL_EVENTS,
		.summary = "print events as they happen",
		.details =
			"Without names: "
			KUPFCTL_EVENTS
			".\n"
			"There is also key-request, for those who answer it: charon "
			"waits for that.\n"
			"There are also child-up, child-down, tunnel-moved, connection-up "
			"and\n"
			"connection-down, of which there are many.\n"
			"Prints a line for each event, after the time at which it "
			"happened, until it is\n"
			"interrupted, which is success, or until the connection ends, "
			"which is not\n"
			"(exit status 3).\n",
		.max = KUPFCTL_ARGS_MAX,
		.run = kupfctl_watch,
	},
	{
		.name = "derive",
		.summary = "derive K_UPF and its identifier, without the daemon",
		.details =
			"Prints \"key 0x<hex>\" and \"ue-id @#<hex>\", the identity that "
			"the UE uses if\n"
			"nothing else is agreed.\n\n"
			"3GPP has not assigned an FC to K_UPF: for derivation kupf, the "
			"core, the daemon\n"
			"(kdf_fc) and the UE have to agree on one.\n",
		.options = derive_options,
		.run = kupfctl_derive,
	},
	{
		.name = "completion",
		.usage = "SHELL",
		.words = "bash zsh fish",
		.summary = "print a script for the completion of the shell",
		.details =
			"SHELL is bash, zsh or fish.  To try it:\n\n"
			"  source <(kupfctl completion bash)\n"
			"  source <(kupfctl completion zsh)\n"
			"  kupfctl completion fish | source\n\n"
			"With \"sessions\", names of sessions, which is what these scripts "
			"ask for.\n",
		.min = 1,
		.max = 1,
		.run = kupfctl_completion,
	},
	{}
};
