/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupf_reply_tunnels.h"

#include <endian.h>
#include <inttypes.h>

/**
 * Add an IKE SPI.
 */
static void add_ike_spi(wire_writer_t *writer, const char *name,
						uint64_t spi)
{
	char text[17];

	snprintf(text, sizeof(text), "%016" PRIx64, be64toh(spi));
	wire_writer_text(writer, name, text);
}

/**
 * Add an XFRM interface ID.
 */
static void add_if_id(wire_writer_t *writer, const char *name, uint32_t value)
{
	char text[9];

	snprintf(text, sizeof(text), "%08x", value);
	wire_writer_text(writer, name, text);
}

/**
 * Add what has passed through a CHILD_SA in one direction.
 *
 * @param names		names of the fields: octets, packets, time of the last one
 */
static void add_volume(wire_writer_t *writer, const char *const names[3],
					   const kupf_volume_t *volume)
{
	wire_writer_number(writer, names[0], volume->octets);
	wire_writer_number(writer, names[1], volume->packets);
	if (volume->last)
	{
		kupf_reply_time(writer, names[2], volume->last);
	}
}

/**
 * Add a CHILD_SA.
 */
static void add_child(wire_writer_t *writer, const kupf_child_t *child)
{
	static const char *const ins[] = { "octets-in", "packets-in", "last-in" };
	static const char *const outs[] = {
		"octets-out", "packets-out", "last-out"
	};
	char in[9], out[9];

	snprintf(in, sizeof(in), "%08x", child->spi_in);
	snprintf(out, sizeof(out), "%08x", child->spi_out);
	wire_writer_begin_section(writer, in);
	wire_writer_text(writer, "child", child->name);
	wire_writer_text(writer, "spi-in", in);
	wire_writer_text(writer, "spi-out", out);
	add_if_id(writer, "if-id-in", child->if_id_in);
	add_if_id(writer, "if-id-out", child->if_id_out);
	if (child->measured)
	{
		add_volume(writer, ins, &child->in);
		add_volume(writer, outs, &child->out);
	}
	wire_writer_end_section(writer);
}

/**
 * Add a tunnel.
 */
static void add_tunnel(wire_writer_t *writer, const kupf_tunnel_t *tunnel)
{
	char name[11];
	u_int i;

	snprintf(name, sizeof(name), "%u", tunnel->ike_sa);
	wire_writer_begin_section(writer, name);
	wire_writer_number(writer, "tunnel-id", tunnel->up_as);
	add_ike_spi(writer, "initiator-spi", tunnel->spi_i);
	add_ike_spi(writer, "responder-spi", tunnel->spi_r);
	kupf_reply_endpoint(writer, "local", &tunnel->local.address,
						tunnel->local.port);
	kupf_reply_endpoint(writer, "remote", &tunnel->remote.address,
						tunnel->remote.port);
	wire_writer_number(writer, "generation", tunnel->generation);
	kupf_reply_time(writer, "established", tunnel->established);
	wire_writer_begin_section(writer, "child-sas");
	for (i = 0; i < tunnel->child_count; i++)
	{
		add_child(writer, &tunnel->children[i]);
	}
	wire_writer_end_section(writer);
	wire_writer_end_section(writer);
}

/*
 * Described in header
 */
void kupf_reply_tunnels(wire_writer_t *writer, const kupf_tunnel_t *tunnels,
						u_int count)
{
	u_int i;

	wire_writer_begin_section(writer, "ike-sas");
	for (i = 0; i < count; i++)
	{
		add_tunnel(writer, &tunnels[i]);
	}
	wire_writer_end_section(writer);
}

/**
 * Add a connection, in a section of a number.
 */
static void add_link(wire_writer_t *writer, u_int number,
					 const kupf_link_t *link)
{
	char name[11];

	snprintf(name, sizeof(name), "%u", number);
	wire_writer_begin_section(writer, name);
	wire_writer_text(writer, "service", link->service);
	wire_writer_number(writer, "consumer", link->consumer);
	wire_writer_text(writer, "connection", link->name);
	kupf_reply_endpoint(writer, "remote", &link->remote, link->port);
	wire_writer_number(writer, "generation", link->generation);
	kupf_reply_time(writer, "established", link->since);
	wire_writer_end_section(writer);
}

/*
 * Described in header
 */
void kupf_reply_connections(wire_writer_t *writer,
							kupf_consumers_t *consumers, const char *session)
{
	kupf_link_t links[KUPF_LINKS_MAX];
	u_int i, all, count = 0;

	all = consumers->describe(consumers, session, links, KUPF_LINKS_MAX,
							  &count);
	wire_writer_number(writer, "connections", all);
	if (count)
	{
		wire_writer_begin_section(writer, "psk-connections");
		for (i = 0; i < count; i++)
		{
			add_link(writer, i + 1, &links[i]);
		}
		wire_writer_end_section(writer);
	}
}
