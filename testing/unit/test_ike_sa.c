/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "test_ike_sa.h"
#include "test_support.h"

#include <collections/array.h>

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

static peer_cfg_t *get_peer_cfg(ike_sa_t *this)
{
	return ((test_ike_sa_t*)this)->peer_cfg;
}

static enumerator_t *create_child_sa_enumerator(ike_sa_t *public)
{
	test_ike_sa_t *this = (test_ike_sa_t*)public;
	array_t *array = array_create(0, 0);
	u_int i;

	for (i = 0; i < this->child_count; i++)
	{
		array_insert(array, ARRAY_TAIL, this->children[i]);
	}
	return enumerator_create_cleaner(array_create_enumerator(array),
									 (void*)array_destroy, array);
}

/** A task */
typedef struct {
	task_t public;
	task_type_t type;
} test_task_t;

static task_type_t get_type(task_t *this)
{
	return ((test_task_t*)this)->type;
}

static enumerator_t *create_task_enumerator(ike_sa_t *public, task_queue_t queue)
{
	test_ike_sa_t *this = (test_ike_sa_t*)public;
	test_task_t *task;

	if (this->tasks[queue] < 0)
	{
		return enumerator_create_empty();
	}
	INIT(task,
		.public = {
			.get_type = get_type,
		},
		.type = this->tasks[queue],
	);
	return enumerator_create_single(task, free);
}

static status_t delete_(ike_sa_t *public, bool force)
{
	test_ike_sa_t *this = (test_ike_sa_t*)public;

	this->deletes++;
	this->forced += force;
	return force ? DESTROY_ME : SUCCESS;
}

static char *get_name(child_sa_t *this)
{
	return ((test_child_sa_t*)this)->name;
}

static protocol_id_t get_protocol(child_sa_t *this)
{
	return PROTO_ESP;
}

static uint32_t get_spi(child_sa_t *this, bool inbound)
{
	return htonl(((test_child_sa_t*)this)->spi + (inbound ? 0 : TEST_SPI_OUT));
}

static uint32_t get_if_id(child_sa_t *this, bool inbound)
{
	return inbound ? 7 : 8;
}

static child_sa_state_t get_child_state(child_sa_t *this)
{
	return ((test_child_sa_t*)this)->state;
}

#ifdef CHILD_SA_HAS_REKEY_SA

static child_sa_t *get_rekey_sa(child_sa_t *this)
{
	return NULL;
}

#endif /* CHILD_SA_HAS_REKEY_SA */

/*
 * Described in header
 */
void test_child_sa_init(test_child_sa_t *this, char *name, uint32_t spi)
{
	*this = (test_child_sa_t){
		.public = {
			.get_name = get_name,
			.get_protocol = get_protocol,
			.get_spi = get_spi,
			.get_if_id = get_if_id,
			.get_state = get_child_state,
#ifdef CHILD_SA_HAS_REKEY_SA
			.get_rekey_sa = get_rekey_sa,
#endif
		},
		.name = name,
		.spi = spi,
		.state = CHILD_INSTALLED,
	};
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
			.get_peer_cfg = get_peer_cfg,
			.create_child_sa_enumerator = create_child_sa_enumerator,
			.create_task_enumerator = create_task_enumerator,
			.delete = delete_,
		},
		.unique_id = unique_id,
		.version = IKEV2,
		.state = IKE_ESTABLISHED,
		.id = ike_sa_id_create(IKEV2_MAJOR_VERSION, unique_id, 100 + unique_id,
							   FALSE),
		.local = host_create_from_string("192.0.2.1", 4500),
		.remote = host_create_from_string("198.51.100.2", 4711),
		.other_id = identification_create_from_string("carol@example.org"),
		.tasks = { -1, -1, -1 },
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
