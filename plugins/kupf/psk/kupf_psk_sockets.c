/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupf_psk_sockets.h"
#include "kupf_psk_commands.h"
#include "kupf_psk_service.h"
#include "kupf/store/kupf_services.h"

typedef struct private_kupf_psk_sockets_t private_kupf_psk_sockets_t;
typedef struct consumers_t consumers_t;

/**
 * A service and its socket.
 */
struct consumers_t {
	/** service */
	kupf_psk_service_t *service;
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
	/** enforcer */
	kupf_enforcer_t *enforcer;
	/** services that have a socket, set before any thread uses them */
	consumers_t consumers[KUPF_SERVICES_MAX];
	/** number of services */
	u_int count;
};

METHOD(kupf_enforcer_t, get_role, kupf_role_t,
	private_kupf_psk_sockets_t *this, kupf_role_t *attached)
{
	return this->enforcer->get_role(this->enforcer, attached);
}

METHOD(kupf_enforcer_t, covers, bool,
	private_kupf_psk_sockets_t *this, ike_sa_t *ike_sa)
{
	return this->enforcer->covers(this->enforcer, ike_sa);
}

METHOD(kupf_enforcer_t, own, kupf_session_t*,
	private_kupf_psk_sockets_t *this, ike_sa_t *ike_sa)
{
	return this->enforcer->own(this->enforcer, ike_sa);
}

METHOD(kupf_enforcer_t, accepts, const char*,
	private_kupf_psk_sockets_t *this, const kupf_session_data_t *data)
{
	return this->enforcer->accepts(this->enforcer, data);
}

METHOD(kupf_enforcer_t, established, void,
	private_kupf_psk_sockets_t *this, kupf_session_t *session)
{
	kupf_psk_service_t *service;
	u_int i;

	this->enforcer->established(this->enforcer, session);
	for (i = 0; i < this->count; i++)
	{
		service = this->consumers[i].service;
		service->established(service, session);
	}
}

METHOD(kupf_enforcer_t, count_, u_int,
	private_kupf_psk_sockets_t *this, const char *session)
{
	return this->enforcer->count(this->enforcer, session);
}

METHOD(kupf_enforcer_t, describe, u_int,
	private_kupf_psk_sockets_t *this, const char *session,
	kupf_tunnel_t *tunnels, u_int max)
{
	return this->enforcer->describe(this->enforcer, session, tunnels, max);
}

METHOD(kupf_enforcer_t, measure, void,
	private_kupf_psk_sockets_t *this, kupf_tunnel_t *tunnel)
{
	this->enforcer->measure(this->enforcer, tunnel);
}

METHOD(kupf_enforcer_t, get_attempts, bool,
	private_kupf_psk_sockets_t *this, const char *session,
	kupf_attempts_t *attempts)
{
	return this->enforcer->get_attempts(this->enforcer, session, attempts);
}

METHOD(kupf_enforcer_t, retry, bool,
	private_kupf_psk_sockets_t *this, const char *session, bool *waited)
{
	return this->enforcer->retry(this->enforcer, session, waited);
}

METHOD(kupf_enforcer_t, uses, bool,
	private_kupf_psk_sockets_t *this, const char *session,
	const kupf_address_t *address)
{
	return this->enforcer->uses(this->enforcer, session, address);
}

METHOD(kupf_enforcer_t, close_, u_int,
	private_kupf_psk_sockets_t *this, kupf_session_t *session,
	kupf_reason_t reason)
{
	kupf_psk_service_t *service;
	u_int i;

	for (i = 0; i < this->count; i++)
	{
		service = this->consumers[i].service;
		service->closed(service, session, reason);
	}
	return this->enforcer->close(this->enforcer, session, reason);
}

METHOD(kupf_enforcer_t, vacate, bool,
	private_kupf_psk_sockets_t *this, const char *session, uint32_t up_as,
	u_int *tunnels)
{
	/* the key stays, and with it what consumers have */
	return this->enforcer->vacate(this->enforcer, session, up_as, tunnels);
}

METHOD(kupf_enforcer_t, replaced, void,
	private_kupf_psk_sockets_t *this, kupf_session_t *old, kupf_session_t *new,
	uint32_t grace)
{
	kupf_psk_service_t *service;
	u_int i;

	for (i = 0; i < this->count; i++)
	{
		service = this->consumers[i].service;
		service->replaced(service, old, new, grace);
	}
	this->enforcer->replaced(this->enforcer, old, new, grace);
}

METHOD(kupf_enforcer_t, counters, void,
	private_kupf_psk_sockets_t *this, kupf_counter_cb_t cb, void *user)
{
	this->enforcer->counters(this->enforcer, cb, user);
}

METHOD(kupf_enforcer_t, check, void,
	private_kupf_psk_sockets_t *this, kupf_findings_t *findings)
{
	this->enforcer->check(this->enforcer, findings);
}

METHOD(kupf_psk_sockets_t, prepare, bool,
	private_kupf_psk_sockets_t *this, const kupf_psk_config_t *config,
	uint16_t fc, kupf_store_t *store)
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
			this->consumers[this->count++].service = service;
		}
	}
	enumerator->destroy(enumerator);
	return good;
}

/**
 * Create the socket of a service.
 */
static bool create_socket(consumers_t *this, const kupf_psk_config_t *config,
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
	const kupf_server_config_t *server, kupf_publisher_t *smf, u_int rate,
	kupf_role_t role)
{
	consumers_t *consumers;
	u_int i;

	for (i = 0; i < this->count; i++)
	{
		consumers = &this->consumers[i];
		consumers->commands = kupf_psk_commands_create(consumers->service, smf,
													   rate, role);
		if (!consumers->commands ||
			!create_socket(consumers, config, server))
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
		DESTROY_IF(this->consumers[i].server);
		DESTROY_IF(this->consumers[i].commands);
		this->consumers[i].server = NULL;
		this->consumers[i].commands = NULL;
	}
}

METHOD(kupf_psk_sockets_t, destroy, void,
	private_kupf_psk_sockets_t *this)
{
	u_int i;

	stop(this);
	for (i = 0; i < this->count; i++)
	{
		this->consumers[i].service->destroy(this->consumers[i].service);
	}
	free(this);
}

/*
 * Described in header
 */
kupf_psk_sockets_t *kupf_psk_sockets_create(kupf_enforcer_t *enforcer)
{
	private_kupf_psk_sockets_t *this;

	INIT(this,
		.public = {
			.enforcer = {
				.get_role = _get_role,
				.covers = _covers,
				.own = _own,
				.accepts = _accepts,
				.established = _established,
				.count = _count_,
				.describe = _describe,
				.measure = _measure,
				.get_attempts = _get_attempts,
				.retry = _retry,
				.uses = _uses,
				.close = _close_,
				.vacate = _vacate,
				.replaced = _replaced,
				.counters = _counters,
				.check = _check,
			},
			.prepare = _prepare,
			.serve = _serve,
			.stop = _stop,
			.destroy = _destroy,
		},
		.enforcer = enforcer,
	);
	return &this->public;
}
