/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "relay_config.h"
#include "relay_list.h"

#include "n4/n4_message.h"

#include <errno.h>
#include <unistd.h>

/** Greatest time that a response may wait, ms: the SMF sends a request again
 * after a few seconds */
#define PATIENCE_MAX 2000

/** Most sessions, messages in a second, exchanges and changes that may be set */
#define SESSIONS_MAX 10000000

/** Most and fewest octets of responses that may be set: a long one has room */
#define RESPONSES_MIN (128 * 1024)
#define RESPONSES_MAX (1024 * 1024 * 1024)

/**
 * See that there is nothing but what is known beside the nodes.
 */
static void check_sections(relay_reader_t *self)
{
	enumerator_t *enumerator;
	unsigned int number = 0;
	char *name;

	enumerator = self->settings->create_key_value_enumerator(self->settings, "");
	relay_reader_check(self, enumerator, "", " port enterprise key_type "
					   "answer_type patience max_sessions smf_sessions smf_rate "
					   "smf_exchanges smf_responses smf_changes keys_in_clear "
					   "source source_file source_socket ");
	enumerator = self->settings->create_section_enumerator(self->settings, "");
	while (enumerator->enumerate(enumerator, &name))
	{
		number++;
		if (!streq(name, "smfs") && !streq(name, "upfs"))
		{
			relay_reader_unknown(self, "", "section", number, name,
								 " smfs upfs");
		}
	}
	enumerator->destroy(enumerator);
}

/**
 * Read what an SMF may have.
 */
static void read_bounds(relay_reader_t *self, kupf_n4_config_t *config)
{
	config->smf_sessions = relay_reader_number(self, "smf_sessions", 1,
											   SESSIONS_MAX, 0);
	config->smf_rate = relay_reader_number(self, "smf_rate", 1, SESSIONS_MAX,
										   0);
	config->smf_exchanges = relay_reader_number(self, "smf_exchanges", 1,
												SESSIONS_MAX, 0);
	config->smf_responses = relay_reader_number(self, "smf_responses",
												RESPONSES_MIN, RESPONSES_MAX,
												0);
	config->smf_changes = relay_reader_number(self, "smf_changes", 1,
											  SESSIONS_MAX, 0);
}

/**
 * Read the file with keys, to see whether it is right.
 */
static void check_list(relay_reader_t *self, const char *path)
{
	const char *wrong;
	unsigned int line;

	relay_list_destroy(relay_list_create(path, &line, &wrong));
	if (wrong && line)
	{
		relay_reader_wrong(self, "source_file: line %u: %s", line, wrong);
	}
	else if (wrong)
	{
		relay_reader_wrong(self, "source_file: %s", wrong);
	}
}

/**
 * Read where keys are from that SMFs do not send.
 */
static void read_source(relay_reader_t *self, relay_config_t *config)
{
	char *text = self->settings->get_str(self->settings, "source", "none");

	relay_reader_path(self, "source_file", config->source_file);
	relay_reader_path(self, "source_socket", config->source_socket);
	if (streq(text, "file"))
	{
		config->source = RELAY_SOURCE_FILE;
		if (!config->source_file[0])
		{
			relay_reader_wrong(self, "source_file: is missing, expected a "
							   "path");
			return;
		}
		check_list(self, config->source_file);
		return;
	}
	if (config->source_file[0])
	{
		relay_reader_wrong(self, "source_file: is for source = file only");
	}
	if (streq(text, "events"))
	{
		config->source = RELAY_SOURCE_EVENTS;
		if (!config->source_socket[0])
		{
			strcpy(config->source_socket, IPSEC_PIDDIR "/n4-relay.keys");
		}
	}
	else if (!streq(text, "none"))
	{
		relay_reader_wrong(self, "source: expected file, events or none, not "
						   "'%.40s'", text);
	}
}

/**
 * Read everything.
 */
static void read_all(relay_reader_t *self, relay_config_t *config)
{
	check_sections(self);
	config->port = relay_reader_number(self, "port", 1, 65535, N4_PORT);
	config->engine.enterprise = relay_reader_number(self, "enterprise", 1,
													65535, 0);
	config->engine.key_type = relay_reader_number(self, "key_type",
												  N4_IE_VENDOR, 65535, 32769);
	config->engine.answer_type = relay_reader_number(self, "answer_type",
													 N4_IE_VENDOR, 65535,
													 32770);
	if (config->engine.key_type == config->engine.answer_type)
	{
		relay_reader_wrong(self, "answer_type: is key_type, too");
	}
	config->engine.patience = relay_reader_number(self, "patience", 1,
												  PATIENCE_MAX, 0);
	config->engine.max_sessions = relay_reader_number(self, "max_sessions", 1,
													  SESSIONS_MAX, 0);
	read_bounds(self, &config->engine);
	read_source(self, config);
	config->engine.refuses_clear_keys = !relay_reader_bool(self,
														   "keys_in_clear",
														   TRUE);
	config->smf_count = relay_nodes_read(self, "smfs", FALSE, config->smfs,
										 KUPF_N4_SMFS);
	config->upf_count = relay_nodes_read(self, "upfs", TRUE, config->upfs,
										 RELAY_UPFS);
	if (self->wrong)
	{
		return;
	}
	relay_nodes_check(self, config->smfs, config->smf_count, config->upfs,
					  config->upf_count);
}

/*
 * Described in header
 */
bool relay_config_read(relay_config_t *self, const char *path,
					   void (*errors)(const char *text))
{
	relay_reader_t reading = { .errors = errors };

	memset(self, 0, sizeof(*self));
	reading.settings = settings_create(NULL);
	/* charon would go on without a file that is not there */
	if (access(path, R_OK))
	{
		relay_reader_wrong(&reading, "%s: %s", path, strerror(errno));
	}
	else if (!reading.settings->load_files(reading.settings,
											   (char*)path, FALSE))
	{
		relay_reader_wrong(&reading, "%s: syntax error", path);
	}
	else
	{
		read_all(&reading, self);
	}
	reading.settings->destroy(reading.settings);
	return !reading.wrong;
}
