/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "relay_nodes.h"
#include "relay_key.h"

#include <stdio.h>

/**
 * Read an address of a node.
 */
static void read_address(relay_reader_t *self, const char *kind,
						 const char *name, const char *key,
						 relay_address_t *address)
{
	char *text = self->settings->get_str(self->settings, "%s.%s.%s", NULL, kind,
										 name, key);

	if (!text)
	{
		relay_reader_wrong(self, "%s.%s.%s: is missing, expected an IP address",
						   kind, name, key);
	}
	else if (!relay_address_read(address, text))
	{
		relay_reader_wrong(self, "%s.%s.%s: expected an IPv4 or IPv6 address "
						   "of a host, not '%.60s'", kind, name, key, text);
	}
}

/**
 * Read the socket of a UPF's charon.
 */
static void read_socket(relay_reader_t *self, relay_node_t *upf)
{
	char *text = self->settings->get_str(self->settings, "upfs.%s.socket",
										 IPSEC_PIDDIR "/charon.kupf",
										 upf->name);

	text += strpfx(text, "unix://") ? strlen("unix://") : 0;
	if (text[0] != '/' || strlen(text) >= sizeof(upf->socket))
	{
		relay_reader_wrong(self, "upfs.%s.socket: expected an absolute path of "
						   "up to %zu characters", upf->name,
						   sizeof(upf->socket) - 1);
		return;
	}
	strcpy(upf->socket, text);
}

/**
 * Read where the key is that an SMF wraps keys with, and try it.
 */
static void read_key_file(relay_reader_t *self, relay_node_t *smf)
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
		relay_reader_wrong(self, "smfs.%s.key_file: expected an absolute path "
						   "of up to %zu characters", smf->name,
						   sizeof(smf->key_file) - 1);
		return;
	}
	strcpy(smf->key_file, text);
	wrong = relay_key_read(smf->key_file, key);
	memwipe(key, sizeof(key));
	if (wrong)
	{
		relay_reader_wrong(self, "smfs.%s.key_file: %s", smf->name, wrong);
	}
}

/**
 * Read a node.
 */
static void read_node(relay_reader_t *self, const char *kind, const char *name,
					  unsigned int number, bool is_upf, relay_node_t *node)
{
	enumerator_t *settings;
	char section[128];

	if (strlen(name) >= sizeof(node->name))
	{	/* nor is it repeated, it may be anything */
		relay_reader_wrong(self, "%s: section %u, with a name of %zu octets, "
						   "expected up to %zu", kind, number, strlen(name),
						   sizeof(node->name) - 1);
		return;
	}
	strcpy(node->name, name);
	snprintf(section, sizeof(section), "%s.%s", kind, name);
	settings = self->settings->create_key_value_enumerator(self->settings,
														   "%s.%s", kind, name);
	relay_reader_check(self, settings, section, is_upf ?
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

/*
 * Described in header
 */
unsigned int relay_nodes_read(relay_reader_t *self, const char *kind,
							  bool is_upf, relay_node_t *nodes,
							  unsigned int max)
{
	enumerator_t *enumerator;
	unsigned int count = 0;
	char *name;

	enumerator = self->settings->create_key_value_enumerator(self->settings,
															 "%s", kind);
	/* nothing but sections of nodes */
	relay_reader_check(self, enumerator, kind, "");
	enumerator = self->settings->create_section_enumerator(self->settings,
														   "%s", kind);
	while (enumerator->enumerate(enumerator, &name))
	{
		if (count == max)
		{
			relay_reader_wrong(self, "%s: more than %u", kind, max);
			break;
		}
		read_node(self, kind, name, count + 1, is_upf, &nodes[count]);
		count++;
	}
	enumerator->destroy(enumerator);
	if (!count)
	{
		relay_reader_wrong(self, "%s: there is none, expected a section for "
						   "each", kind);
	}
	return count;
}

/**
 * Two nodes of a kind have to be told apart by both of their addresses.
 */
static void check_apart(relay_reader_t *self, const char *kind,
						const relay_node_t *nodes, unsigned int count)
{
	unsigned int i, j;

	for (i = 0; i < count; i++)
	{
		for (j = 0; j < i; j++)
		{
			if (relay_address_equals(&nodes[i].address, &nodes[j].address))
			{
				relay_reader_wrong(self, "%s.%s.address: is that of %s, too",
								   kind, nodes[i].name, nodes[j].name);
			}
			if (relay_address_equals(&nodes[i].relay, &nodes[j].relay))
			{
				relay_reader_wrong(self, "%s.%s.relay: is that of %s, too; the "
								   "relay needs an address for each", kind,
								   nodes[i].name, nodes[j].name);
			}
			if (nodes[i].socket[0] &&
				!strcmp(nodes[i].socket, nodes[j].socket))
			{
				relay_reader_wrong(self, "%s.%s.socket: is that of %s, too; a "
								   "charon is that of one UPF", kind,
								   nodes[i].name, nodes[j].name);
			}
		}
	}
}

/**
 * An SMF and a UPF have to be told apart, and to be reached from each other.
 */
static void check_pair(relay_reader_t *self, const relay_node_t *smf,
					   const relay_node_t *upf)
{
	if (relay_address_equals(&smf->address, &upf->address))
	{
		relay_reader_wrong(self, "smfs.%s.address: is that of UPF %s, too",
						   smf->name, upf->name);
	}
	if (smf->address.family != upf->relay.family)
	{
		relay_reader_wrong(self, "upfs.%s.relay: is not of the IP version of "
						   "smfs.%s.address", upf->name, smf->name);
	}
	if (upf->address.family != smf->relay.family)
	{
		relay_reader_wrong(self, "smfs.%s.relay: is not of the IP version of "
						   "upfs.%s.address", smf->name, upf->name);
	}
	if (relay_address_equals(&smf->address, &smf->relay) ||
		relay_address_equals(&smf->address, &upf->relay))
	{
		relay_reader_wrong(self, "smfs.%s.address: is one of the relay's",
						   smf->name);
	}
	if (relay_address_equals(&upf->address, &upf->relay) ||
		relay_address_equals(&upf->address, &smf->relay))
	{
		relay_reader_wrong(self, "upfs.%s.address: is one of the relay's",
						   upf->name);
	}
}

/*
 * Described in header
 */
void relay_nodes_check(relay_reader_t *self, const relay_node_t *smfs,
					   unsigned int smf_count, const relay_node_t *upfs,
					   unsigned int upf_count)
{
	unsigned int i, j;

	check_apart(self, "smfs", smfs, smf_count);
	check_apart(self, "upfs", upfs, upf_count);
	for (i = 0; i < smf_count; i++)
	{
		for (j = 0; j < upf_count; j++)
		{
			check_pair(self, &smfs[i], &upfs[j]);
		}
	}
}
