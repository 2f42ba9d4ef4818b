/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup sync_apply sync_apply
 * @{ @ingroup sync
 *
 * Hands records over to plugin kupf of this host's charon: many at once while
 * everything is loaded, and one by one as they change.  Whatever is carried out
 * twice, or late, changes nothing, as generations see to it.
 */

#ifndef SYNC_APPLY_H_
#define SYNC_APPLY_H_

#include "sync_again.h"
#include "sync_store.h"

#include "client/kupf_client.h"

typedef struct sync_apply_t sync_apply_t;

/**
 * Way to kupf.
 */
struct sync_apply_t {
	/** configuration */
	const sync_config_t *config;
	/** client */
	kupf_client_t *client;
	/** sections of the request that is being written; 0 if there is none */
	unsigned int sections;
	/** octets of them, at most */
	size_t size;
	/** writer of that request */
	wire_writer_t *writer;
	/** what kupf was told may not have arrived: everything is to be loaded */
	bool lost;
	/** sessions that were refused for a reason that passes */
	sync_again_t again;
	/** numbers since the start: sessions and changes that kupf has taken,
	 * that it has refused, that are later there than here, that cannot be read
	 * or have no name */
	uint64_t taken, refused, ahead, unreadable;
};

/**
 * Add a record to what is loaded; its session is mentioned, unless it is over.
 *
 * @param name		name of the session
 * @param record	record as the engine has it
 */
void sync_apply_load(sync_apply_t *self, wire_octets_t name,
					 wire_octets_t record);

/**
 * Have a session stay as it is while everything is loaded.
 */
void sync_apply_keep(sync_apply_t *self, wire_octets_t name);

/**
 * Send what is left of what is loaded, and wait for the replies.
 *
 * @return			FALSE if anything may not have arrived
 */
bool sync_apply_flush(sync_apply_t *self);

/**
 * Carry out a change.
 *
 * @param name		name of the session
 * @param record	record as the stream has it
 * @param known		only if kupf has the session
 */
void sync_apply_change(sync_apply_t *self, wire_octets_t name,
					   wire_octets_t record, bool known);

/**
 * Try some of the sessions again that were refused for a reason that passes, as the
 * group has them now.
 *
 * @param engine	engine, connected
 * @return			FALSE if it has not told one
 */
bool sync_apply_again(sync_apply_t *self, sync_engine_t *engine);

/**
 * Answer key-request.
 *
 * @param id		identity
 * @param name		name of its session, NULL if there is none
 * @param entry		record, if there is one
 */
void sync_apply_answer(sync_apply_t *self, wire_octets_t id, const char *name,
					   const sync_entry_t *entry);

/**
 * Close a tunnel whose UE is at another UPF.
 *
 * @param name		name of the session
 * @param unique_id	number that it came up with
 */
void sync_apply_close(sync_apply_t *self, const char *name, uint32_t unique_id);

#endif /** SYNC_APPLY_H_ @}*/
