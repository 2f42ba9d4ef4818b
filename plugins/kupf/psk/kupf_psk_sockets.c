/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupf_psk_sockets.h"
#include "kupf_psk_commands.h"
#include "kupf_psk_service.h"
#include "kupf/store/kupf_services.h"

typedef struct private_kupf_psk_sockets_t private_kupf_psk_sockets_t;
typedef struct server_t server_t;

/**
 * A service and its socket.
 */
struct server_t {
	/** service */
	kupf_psk_service_t *service;
	/** keys that its consumers have asked for */
	kupf_psk_requests_t *requests;
	/** commands, NULL before serve() */
	kupf_commands_t *commands;
	/** socket, NULL before serve() */
	kupf_server_t *server;
};

/**
 * Private data of the object.
 */
struct private_kupf_psk_sockets_t {
	/** public interface */
	kupf_psk_sockets_t public;
	/** connections of all consumers */
	kupf_psk_connections_t *connections;
	/** services that have a socket, set before any thread uses them */
	server_t servers[KUPF_SERVICES_MAX];
	/** number of services */
	u_int count;
};

METHOD(kupf_consumers_t, established, void,
	private_kupf_psk_sockets_t *this, kupf_session_t *session)
{
	server_t *server;
	u_int i;

	for (i = 0; i < this->count; i++)
	{
		server = &this->servers[i];
		server->service->established(server->service, session);
		server->requests->answer(server->requests, session);
	}
}

METHOD(kupf_consumers_t, closed, void,
	private_kupf_psk_sockets_t *this, kupf_session_t *session,
	kupf_reason_t reason)
{
	kupf_psk_service_t *service;
	u_int i;

	for (i = 0; i < this->count; i++)
	{
		service = this->servers[i].service;
		if (service->closed(service, session, reason))
		{
			this->connections->end(this->connections,
								   kupf_session_get_name(session),
								   service->get_name(service));
		}
	}
}

METHOD(kupf_consumers_t, replaced, void,
	private_kupf_psk_sockets_t *this, kupf_session_t *old, kupf_session_t *new,
	uint32_t grace)
{
	server_t *server;
	u_int i;

	for (i = 0; i < this->count; i++)
	{
		server = &this->servers[i];
		if (!server->service->replaced(server->service, old, new, grace))
		{
			this->connections->end(this->connections,
								   kupf_session_get_name(old),
								   server->service->get_name(server->service));
		}
		server->requests->answer(server->requests, new);
	}
}

METHOD(kupf_consumers_t, in_use, bool,
	private_kupf_psk_sockets_t *this, const kupf_session_data_t *data)
{
	bool used = FALSE;
	u_int i;

	for (i = 0; !used && i < this->count; i++)
	{
		used = this->servers[i].service->in_use(this->servers[i].service, data);
	}
	return used;
}

METHOD(kupf_consumers_t, describe, u_int,
	private_kupf_psk_sockets_t *this, const char *session, kupf_link_t *links,
	u_int max, u_int *count)
{
	return this->connections->describe(this->connections, session, links, max,
									   count);
}

METHOD(kupf_psk_sockets_t, prepare, bool,
	private_kupf_psk_sockets_t *this, const kupf_psk_config_t *config,
	const kupf_psk_bounds_t *bounds, uint16_t fc, kupf_store_t *store)
{
	kupf_psk_service_t *service;
	enumerator_t *enumerator;
	uint8_t bit, known = 0;
	bool good = TRUE;
	char *name;

	enumerator = enumerator_create_token(config->sockets ?: "", ", ", " ");
	while (good && enumerator->enumerate(enumerator, &name))
	{
		bit = kupf_services_find(chunk_from_str(name));
		if (!bit || (bit & known))
		{	/* nothing, or once more */
			continue;
		}
		service = kupf_psk_service_create(bit, name,
								kupf_psk_config_get_forms(config->forms, name),
								fc, config->grace, store);
		good = service != NULL;
		if (good)
		{
			known |= bit;
			this->servers[this->count].requests =
											kupf_psk_requests_create(bounds);
			this->servers[this->count++].service = service;
		}
	}
	enumerator->destroy(enumerator);
	return good;
}

/**
 * Create the socket of a service.
 */
static bool create_socket(server_t *this, const kupf_psk_config_t *config,
						  const kupf_server_config_t *smf_server)
{
	const char *name = this->service->get_name(this->service);
	kupf_server_config_t server = {
		.max_connections = smf_server->max_connections,
	};
	char *group, *users, *uri;

	if (asprintf(&uri, "%s-psk.%s", smf_server->uri, name) < 0)
	{
		return FALSE;
	}
	group = kupf_psk_config_get(config->groups, name);
	users = kupf_psk_config_get(config->users, name);
	server.uri = uri;
	server.group = group;
	server.allowed_users = users;
	this->server = kupf_server_create(&server, this->commands,
							this->service->get_publisher(this->service));
	free(uri);
	free(group);
	free(users);
	return this->server != NULL;
}

METHOD(kupf_psk_sockets_t, serve, bool,
	private_kupf_psk_sockets_t *this, const kupf_psk_config_t *config,
	const kupf_server_config_t *server, kupf_publisher_t *smf,
	kupf_role_t role)
{
	server_t *current;
	u_int i;

	for (i = 0; i < this->count; i++)
	{
		current = &this->servers[i];
		current->commands = kupf_psk_commands_create(current->service,
											current->requests,
											this->connections, smf, role);
		if (!current->commands || !create_socket(current, config, server))
		{
			return FALSE;
		}
	}
	return TRUE;
}

METHOD(kupf_psk_sockets_t, stop, void,
	private_kupf_psk_sockets_t *this)
{
	u_int i;

	for (i = 0; i < this->count; i++)
	{
		DESTROY_IF(this->servers[i].server);
		DESTROY_IF(this->servers[i].commands);
		this->servers[i].server = NULL;
		this->servers[i].commands = NULL;
	}
}

METHOD(kupf_psk_sockets_t, destroy, void,
	private_kupf_psk_sockets_t *this)
{
	u_int i;

	stop(this);
	for (i = 0; i < this->count; i++)
	{
		this->servers[i].requests->destroy(this->servers[i].requests);
		this->servers[i].service->destroy(this->servers[i].service);
	}
	this->connections->destroy(this->connections);
	free(this);
}

/*
 * Described in header
 */
kupf_psk_sockets_t *kupf_psk_sockets_create()
{
	private_kupf_psk_sockets_t *this;

	INIT(this,
		.public = {
			.consumers = {
				.established = _established,
				.closed = _closed,
				.replaced = _replaced,
				.in_use = _in_use,
				.describe = _describe,
			},
			.prepare = _prepare,
			.serve = _serve,
			.stop = _stop,
			.destroy = _destroy,
		},
		.connections = kupf_psk_connections_create(KUPF_PSK_CONNECTIONS_EACH,
												   KUPF_PSK_CONNECTIONS_ALL),
	);
	return &this->public;
}
