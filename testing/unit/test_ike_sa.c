/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "test_ike_sa.h"
#include "test_support.h"

static uint32_t get_unique_id(ike_sa_t *this)
{
	return ((test_ike_sa_t*)this)->unique_id;
}

static ike_version_t get_version(ike_sa_t *this)
{
	return ((test_ike_sa_t*)this)->version;
}

static ike_sa_state_t get_state(ike_sa_t *this)
{
	return ((test_ike_sa_t*)this)->state;
}

static bool has_condition(ike_sa_t *this, ike_condition_t condition)
{
	return (((test_ike_sa_t*)this)->conditions & condition) != 0;
}

static bool supports_extension(ike_sa_t *this, ike_extension_t extension)
{
	return (((test_ike_sa_t*)this)->extensions & extension) != 0;
}

static ike_sa_id_t *get_id(ike_sa_t *this)
{
	return ((test_ike_sa_t*)this)->id;
}

static host_t *get_my_host(ike_sa_t *this)
{
	return ((test_ike_sa_t*)this)->local;
}

static host_t *get_other_host(ike_sa_t *this)
{
	return ((test_ike_sa_t*)this)->remote;
}

static identification_t *get_other_id(ike_sa_t *this)
{
	return ((test_ike_sa_t*)this)->other_id;
}

/*
 * Described in header
 */
void test_ike_sa_init(test_ike_sa_t *this, uint32_t unique_id)
{
	*this = (test_ike_sa_t){
		.public = {
			.get_unique_id = get_unique_id,
			.get_version = get_version,
			.get_state = get_state,
			.has_condition = has_condition,
			.supports_extension = supports_extension,
			.get_id = get_id,
			.get_keymat = test_get_keymat,
			.get_my_host = get_my_host,
			.get_other_host = get_other_host,
			.get_other_id = get_other_id,
		},
		.unique_id = unique_id,
		.version = IKEV2,
		.state = IKE_ESTABLISHED,
		.id = ike_sa_id_create(IKEV2_MAJOR_VERSION, unique_id, 100 + unique_id,
							   FALSE),
		.local = host_create_from_string("192.0.2.1", 4500),
		.remote = host_create_from_string("198.51.100.2", 4711),
		.other_id = identification_create_from_string("carol@example.org"),
	};
}

/*
 * Described in header
 */
void test_ike_sa_deinit(test_ike_sa_t *this)
{
	this->id->destroy(this->id);
	this->local->destroy(this->local);
	this->remote->destroy(this->remote);
	this->other_id->destroy(this->other_id);
}
