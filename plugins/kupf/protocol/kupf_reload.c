/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupf_reload.h"
#include "kupf_reply.h"

#include <threading/thread.h>

#include <sys/eventfd.h>

typedef struct private_kupf_reload_t private_kupf_reload_t;

/**
 * Private data of a reload.
 */
struct private_kupf_reload_t {
	/** public interface */
	kupf_work_t public;
	/** reads the file */
	kupf_preconfigured_t *preconfigured;
	/** signalled when it is read */
	int wake;
	/** request, for the log */
	kupf_audit_t audit;
	/** reads it; what follows is its own until it has read */
	thread_t *thread;
	/** whether it has succeeded, and why not */
	bool success;
	kupf_error_t error;
	/** whether it has read */
	bool read;
};

/**
 * Read the file.  Signals are blocked in the server's thread, and so here.
 */
static void *load(private_kupf_reload_t *this)
{
	this->success = this->preconfigured->load(this->preconfigured,
											  &this->error);
	__atomic_store_n(&this->read, TRUE, __ATOMIC_RELEASE);
	eventfd_write(this->wake, 1);
	return NULL;
}

METHOD(kupf_work_t, step, kupf_work_status_t,
	private_kupf_reload_t *this, kupf_work_send_t send, void *user)
{
	kupf_store_t *store;
	wire_writer_t reply;

	if (!__atomic_load_n(&this->read, __ATOMIC_ACQUIRE))
	{
		return KUPF_WORK_WAITS;
	}
	kupf_audit_one(&this->audit, "", &this->error);
	kupf_reply_begin(&reply);
	if (this->success)
	{
		store = this->preconfigured->get_store(this->preconfigured);
		wire_writer_number(&reply, "keys", store->get_count(store));
	}
	send(user, kupf_reply_end(&reply, "reload-preconfigured", this->success,
							  &this->error));
	wire_writer_deinit(&reply);
	return KUPF_WORK_DONE;
}

METHOD(kupf_work_t, destroy, void,
	private_kupf_reload_t *this)
{
	if (this->thread)
	{
		this->thread->join(this->thread);
	}
	free(this);
}

/*
 * Described in header
 */
kupf_work_t *kupf_reload_create(kupf_preconfigured_t *preconfigured, int wake,
								const kupf_audit_t *audit)
{
	private_kupf_reload_t *this;

	INIT(this,
		.public = {
			.step = _step,
			.destroy = _destroy,
		},
		.preconfigured = preconfigured,
		.wake = wake,
		.audit = *audit,
	);
	this->thread = thread_create((thread_main_t)load, this);
	if (!this->thread)
	{
		destroy(this);
		return NULL;
	}
	return &this->public;
}
