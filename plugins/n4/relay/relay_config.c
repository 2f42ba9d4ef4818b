/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "relay_config.h"
#include "relay_key.h"
#include "relay_list.h"

#include "n4/n4_message.h"

#include <library.h>
#include <settings/settings.h>

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

/** Greatest time that a response may wait, ms: the SMF sends a request again
 * after a few seconds */
#define PATIENCE_MAX 2000

/** Most sessions, messages in a second, exchanges and changes that may be set */
#define SESSIONS_MAX 10000000

/** Most and fewest octets of responses that may be set: a long one has room */
#define RESPONSES_MIN (128 * 1024)
#define RESPONSES_MAX (1024 * 1024 * 1024)

typedef struct reading_t reading_t;

/**
 * A file that is being read.
 */
struct reading_t {
	/** settings */
	settings_t *settings;
	/** called with what is wrong */
	void (*errors)(const char *text);
	/** something was */
	bool wrong;
};

/**
 * Something is wrong.
 */
static void complain(reading_t *self, const char *fmt, ...)
{
	char text[512];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	self->errors(text);
	self->wrong = true;
}

/**
 * See that a section has only settings that are known.
 *
 * @param settings	enumerator of its settings, destroyed
 * @param section	its name, with a dot at the end; or empty
 * @param known		names, in blanks
 */
static void check_keys(reading_t *self, enumerator_t *settings,
					   const char *section, const char *known)
{
	char *key, *value, word[64];

	while (settings->enumerate(settings, &key, &value))
	{
		snprintf(word, sizeof(word), " %s ", key);
		if (!strstr(known, word))
		{
			complain(self, "%s%.40s: unknown setting, expected one of%s",
					 section, key, known);
		}
	}
	settings->destroy(settings);
}

/**
 * Read a number.
 */
static uint64_t read_number(reading_t *self, const char *key, uint64_t min,
							uint64_t max, uint64_t otherwise)
{
	char *text = self->settings->get_str(self->settings, "%s", NULL, key);
	uint64_t number;

	if (!text)
	{
		return otherwise;
	}
	if (!wire_number(wire_text(text), max, &number) || number < min)
	{
		complain(self, "%s: expected a number from %llu to %llu, not '%.40s'",
				 key, (unsigned long long)min, (unsigned long long)max, text);
		return otherwise;
	}
	return number;
}

/**
 * Read whether something is to be.
 */
static bool read_bool(reading_t *self, const char *key, bool otherwise)
{
	char *text = self->settings->get_str(self->settings, "%s", NULL, key);

	if (!text || streq(text, "yes") || streq(text, "no"))
	{
		return text ? streq(text, "yes") : otherwise;
	}
	complain(self, "%s: expected yes or no, not '%.40s'", key, text);
	return otherwise;
}

/**
 * Read an address of a node.
 */
static void read_address(reading_t *self, const char *kind, const char *name,
						 const char *key, relay_address_t *address)
{
	char *text = self->settings->get_str(self->settings, "%s.%s.%s", NULL, kind,
										 name, key);

	if (!text)
	{
		complain(self, "%s.%s.%s: is missing, expected an IP address", kind,
				 name, key);
	}
	else if (!relay_address_read(address, text))
	{
		complain(self, "%s.%s.%s: expected an IPv4 or IPv6 address of a host, "
				 "not '%.60s'", kind, name, key, text);
	}
}

/**
 * Read the socket of a UPF's charon.
 */
static void read_socket(reading_t *self, relay_node_t *upf)
{
	char *text = self->settings->get_str(self->settings, "upfs.%s.socket",
										 IPSEC_PIDDIR "/charon.kupf",
										 upf->name);

	text += strpfx(text, "unix://") ? strlen("unix://") : 0;
	if (text[0] != '/' || strlen(text) >= sizeof(upf->socket))
	{
		complain(self, "upfs.%s.socket: expected an absolute path of up to %zu "
				 "characters", upf->name, sizeof(upf->socket) - 1);
		return;
	}
	strcpy(upf->socket, text);
}

/**
 * Read where the key is that an SMF wraps keys with, and try it.
 */
static void read_key_file(reading_t *self, relay_node_t *smf)
{
	char *text = self->settings->get_str(self->settings, "smfs.%s.key_file",
										 "", smf->name);
	uint8_t key[KUPF_N4_WRAPPING_KEY];
	const char *wrong;

	if (!text[0])
	{
		return;
	}
	if (text[0] != '/' || strlen(text) >= sizeof(smf->key_file))
	{
		complain(self, "smfs.%s.key_file: expected an absolute path of up to "
				 "%zu characters", smf->name, sizeof(smf->key_file) - 1);
		return;
	}
	strcpy(smf->key_file, text);
	wrong = relay_key_read(smf->key_file, key);
	memwipe(key, sizeof(key));
	if (wrong)
	{
		complain(self, "smfs.%s.key_file: %s", smf->name, wrong);
	}
}

/**
 * Read a node.
 */
static void read_node(reading_t *self, const char *kind, const char *name,
					  bool is_upf, relay_node_t *node)
{
	char section[128];

	if (strlen(name) >= sizeof(node->name))
	{
		complain(self, "%s.%.60s: the name has more than %zu characters", kind,
				 name, sizeof(node->name) - 1);
		return;
	}
	strcpy(node->name, name);
	snprintf(section, sizeof(section), "%s.%s.", kind, name);
	check_keys(self, self->settings->create_key_value_enumerator(self->settings,
			   "%s.%s", kind, name), section, is_upf ?
			   " address relay socket " : " address relay key_file ");
	read_address(self, kind, name, "address", &node->address);
	read_address(self, kind, name, "relay", &node->relay);
	if (is_upf)
	{
		read_socket(self, node);
	}
	else
	{
		read_key_file(self, node);
	}
}

/**
 * Read all nodes of a kind.
 *
 * @return			how many
 */
static unsigned int read_nodes(reading_t *self, const char *kind, bool is_upf,
							   relay_node_t *nodes, unsigned int max)
{
	enumerator_t *enumerator;
	unsigned int count = 0;
	char *name, section[16];

	snprintf(section, sizeof(section), "%s.", kind);
	check_keys(self, self->settings->create_key_value_enumerator(self->settings,
			   "%s", kind), section, " sections of nodes ");
	enumerator = self->settings->create_section_enumerator(self->settings,
														   "%s", kind);
	while (enumerator->enumerate(enumerator, &name))
	{
		if (count == max)
		{
			complain(self, "%s: more than %u", kind, max);
			break;
		}
		read_node(self, kind, name, is_upf, &nodes[count++]);
	}
	enumerator->destroy(enumerator);
	if (!count)
	{
		complain(self, "%s: there is none, expected a section for each", kind);
	}
	return count;
}

/**
 * Two nodes of a kind have to be told apart by both of their addresses.
 */
static void check_apart(reading_t *self, const char *kind,
						const relay_node_t *nodes, unsigned int count)
{
	unsigned int i, j;

	for (i = 0; i < count; i++)
	{
		for (j = 0; j < i; j++)
		{
			if (relay_address_equals(&nodes[i].address, &nodes[j].address))
			{
				complain(self, "%s.%s.address: is that of %s, too", kind,
						 nodes[i].name, nodes[j].name);
			}
			if (relay_address_equals(&nodes[i].relay, &nodes[j].relay))
			{
				complain(self, "%s.%s.relay: is that of %s, too; the relay "
						 "needs an address for each", kind, nodes[i].name,
						 nodes[j].name);
			}
			if (nodes[i].socket[0] &&
				!strcmp(nodes[i].socket, nodes[j].socket))
			{
				complain(self, "%s.%s.socket: is that of %s, too; a charon is "
						 "that of one UPF", kind, nodes[i].name,
						 nodes[j].name);
			}
		}
	}
}

/**
 * An SMF and a UPF have to be told apart, and to be reached from each other.
 */
static void check_pair(reading_t *self, const relay_node_t *smf,
					   const relay_node_t *upf)
{
	if (relay_address_equals(&smf->address, &upf->address))
	{
		complain(self, "smfs.%s.address: is that of UPF %s, too", smf->name,
				 upf->name);
	}
	if (smf->address.family != upf->relay.family)
	{
		complain(self, "upfs.%s.relay: is not of the IP version of "
				 "smfs.%s.address", upf->name, smf->name);
	}
	if (upf->address.family != smf->relay.family)
	{
		complain(self, "smfs.%s.relay: is not of the IP version of "
				 "upfs.%s.address", smf->name, upf->name);
	}
	if (relay_address_equals(&smf->address, &smf->relay) ||
		relay_address_equals(&smf->address, &upf->relay))
	{
		complain(self, "smfs.%s.address: is one of the relay's", smf->name);
	}
	if (relay_address_equals(&upf->address, &upf->relay) ||
		relay_address_equals(&upf->address, &smf->relay))
	{
		complain(self, "upfs.%s.address: is one of the relay's", upf->name);
	}
}

/**
 * See that there is nothing but what is known beside the nodes.
 */
static void check_sections(reading_t *self)
{
	enumerator_t *enumerator;
	char *name;

	check_keys(self, self->settings->create_key_value_enumerator(self->settings,
			   ""), "", " port enterprise key_type answer_type patience "
			   "max_sessions smf_sessions smf_rate smf_exchanges smf_responses "
			   "smf_changes keys_in_clear source source_file source_socket ");
	enumerator = self->settings->create_section_enumerator(self->settings, "");
	while (enumerator->enumerate(enumerator, &name))
	{
		if (!streq(name, "smfs") && !streq(name, "upfs"))
		{
			complain(self, "%.40s: unknown section, expected smfs or upfs",
					 name);
		}
	}
	enumerator->destroy(enumerator);
}

/**
 * Read what an SMF may have.
 */
static void read_bounds(reading_t *self, kupf_n4_config_t *config)
{
	config->smf_sessions = read_number(self, "smf_sessions", 1, SESSIONS_MAX,
									   0);
	config->smf_rate = read_number(self, "smf_rate", 1, SESSIONS_MAX, 0);
	config->smf_exchanges = read_number(self, "smf_exchanges", 1, SESSIONS_MAX,
										0);
	config->smf_responses = read_number(self, "smf_responses", RESPONSES_MIN,
										RESPONSES_MAX, 0);
	config->smf_changes = read_number(self, "smf_changes", 1, SESSIONS_MAX, 0);
}

/**
 * Read a path, "unix://" may stand before it.
 */
static void read_path(reading_t *self, const char *key, char *path)
{
	char *text = self->settings->get_str(self->settings, "%s", "", key);

	text += strpfx(text, "unix://") ? strlen("unix://") : 0;
	if (text[0] && (text[0] != '/' || strlen(text) >= RELAY_PATH_SIZE))
	{
		complain(self, "%s: expected an absolute path of up to %d characters",
				 key, RELAY_PATH_SIZE - 1);
		return;
	}
	strcpy(path, text);
}

/**
 * Read the file with keys, to see whether it is right.
 */
static void check_list(reading_t *self, const char *path)
{
	const char *wrong;
	unsigned int line;

	relay_list_destroy(relay_list_create(path, &line, &wrong));
	if (wrong && line)
	{
		complain(self, "source_file: line %u: %s", line, wrong);
	}
	else if (wrong)
	{
		complain(self, "source_file: %s", wrong);
	}
}

/**
 * Read where keys are from that SMFs do not send.
 */
static void read_source(reading_t *self, relay_config_t *config)
{
	char *text = self->settings->get_str(self->settings, "source", "none");

	read_path(self, "source_file", config->source_file);
	read_path(self, "source_socket", config->source_socket);
	if (streq(text, "file"))
	{
		config->source = RELAY_SOURCE_FILE;
		if (!config->source_file[0])
		{
			complain(self, "source_file: is missing, expected a path");
			return;
		}
		check_list(self, config->source_file);
		return;
	}
	if (config->source_file[0])
	{
		complain(self, "source_file: is for source = file only");
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
		complain(self, "source: expected file, events or none, not '%.40s'",
				 text);
	}
}

/**
 * Read everything.
 */
static void read_all(reading_t *self, relay_config_t *config)
{
	unsigned int i, j;

	check_sections(self);
	config->port = read_number(self, "port", 1, 65535, N4_PORT);
	config->engine.enterprise = read_number(self, "enterprise", 1, 65535, 0);
	config->engine.key_type = read_number(self, "key_type", N4_IE_VENDOR, 65535,
										  32769);
	config->engine.answer_type = read_number(self, "answer_type", N4_IE_VENDOR,
											 65535, 32770);
	if (config->engine.key_type == config->engine.answer_type)
	{
		complain(self, "answer_type: is key_type, too");
	}
	config->engine.patience = read_number(self, "patience", 1, PATIENCE_MAX, 0);
	config->engine.max_sessions = read_number(self, "max_sessions", 1,
											  SESSIONS_MAX, 0);
	read_bounds(self, &config->engine);
	read_source(self, config);
	config->engine.refuses_clear_keys = !read_bool(self, "keys_in_clear", TRUE);
	config->smf_count = read_nodes(self, "smfs", FALSE, config->smfs,
								   KUPF_N4_SMFS);
	config->upf_count = read_nodes(self, "upfs", TRUE, config->upfs,
								   RELAY_UPFS);
	if (self->wrong)
	{
		return;
	}
	check_apart(self, "smfs", config->smfs, config->smf_count);
	check_apart(self, "upfs", config->upfs, config->upf_count);
	for (i = 0; i < config->smf_count; i++)
	{
		for (j = 0; j < config->upf_count; j++)
		{
			check_pair(self, &config->smfs[i], &config->upfs[j]);
		}
	}
}

/*
 * Described in header
 */
bool relay_config_read(relay_config_t *self, const char *path,
					   void (*errors)(const char *text))
{
	reading_t reading = { .errors = errors };

	memset(self, 0, sizeof(*self));
	reading.settings = settings_create(NULL);
	/* charon would go on without a file that is not there */
	if (access(path, R_OK))
	{
		complain(&reading, "%s: %s", path, strerror(errno));
	}
	else if (!reading.settings->load_files(reading.settings,
											   (char*)path, FALSE))
	{
		complain(&reading, "%s: syntax error", path);
	}
	else
	{
		read_all(&reading, self);
	}
	reading.settings->destroy(reading.settings);
	return !reading.wrong;
}
