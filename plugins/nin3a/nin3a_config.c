/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "nin3a_config.h"
#include "nin3a_policy.h"

#include <threading/rwlock.h>

typedef struct private_nin3a_config_t private_nin3a_config_t;

/**
 * Private data of the settings.
 */
struct private_nin3a_config_t {
	/** public interface */
	nin3a_config_t public;
	/** names of connections, as in the setting */
	char *connections;
	/** seconds */
	uint32_t grace;
	/** whether our address must be the session's */
	bool address_match;
	/** guards all of it */
	rwlock_t *lock;
};

METHOD(nin3a_config_t, is_named, bool,
	private_nin3a_config_t *this, const char *name)
{
	bool named;

	this->lock->read_lock(this->lock);
	named = nin3a_policy_named(this->connections, name);
	this->lock->unlock(this->lock);
	return named;
}

METHOD(nin3a_config_t, get_grace, uint32_t,
	private_nin3a_config_t *this)
{
	uint32_t grace;

	this->lock->read_lock(this->lock);
	grace = this->grace;
	this->lock->unlock(this->lock);
	return grace;
}

METHOD(nin3a_config_t, require_address_match, bool,
	private_nin3a_config_t *this)
{
	bool required;

	this->lock->read_lock(this->lock);
	required = this->address_match;
	this->lock->unlock(this->lock);
	return required;
}

METHOD(nin3a_config_t, reload, void,
	private_nin3a_config_t *this)
{
	char *connections, *old;
	uint32_t grace;
	bool match;

	connections = strdup(lib->settings->get_str(lib->settings,
							"%s.plugins.nin3a.connections", NIN3A_CONNECTIONS,
							lib->ns));
	grace = lib->settings->get_time(lib->settings, "%s.plugins.nin3a.grace",
							NIN3A_GRACE, lib->ns);
	match = lib->settings->get_bool(lib->settings,
							"%s.plugins.nin3a.require_address_match",
							NIN3A_REQUIRE_ADDRESS_MATCH, lib->ns);

	this->lock->write_lock(this->lock);
	old = this->connections;
	this->connections = connections;
	this->grace = grace;
	this->address_match = match;
	this->lock->unlock(this->lock);
	free(old);
}

METHOD(nin3a_config_t, destroy, void,
	private_nin3a_config_t *this)
{
	this->lock->destroy(this->lock);
	free(this->connections);
	free(this);
}

/*
 * Described in header
 */
nin3a_config_t *nin3a_config_create()
{
	private_nin3a_config_t *this;

	INIT(this,
		.public = {
			.is_named = _is_named,
			.get_grace = _get_grace,
			.require_address_match = _require_address_match,
			.reload = _reload,
			.destroy = _destroy,
		},
		.lock = rwlock_create(RWLOCK_TYPE_DEFAULT),
	);
	reload(this);

	return &this->public;
}
