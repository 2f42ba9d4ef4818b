/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupf_sweep.h"
#include "kupf_reply.h"

typedef struct private_kupf_sweep_t private_kupf_sweep_t;

/**
 * Private data of a sweep.
 */
struct private_kupf_sweep_t {
	/** public interface */
	kupf_work_t public;
	/** synchronisation */
	kupf_sync_t *sync;
	/** request, for the log */
	kupf_audit_t audit;
};

METHOD(kupf_work_t, step, kupf_work_status_t,
	private_kupf_sweep_t *this, kupf_work_send_t send, void *user)
{
	kupf_error_t none = {};
	wire_writer_t reply;
	u_int removed;

	if (this->sync->sweep(this->sync, &removed))
	{
		return KUPF_WORK_MORE;
	}
	kupf_audit_many(&this->audit, removed, 0, &none);
	kupf_reply_begin(&reply);
	wire_writer_number(&reply, "removed", removed);
	send(user, kupf_reply_end(&reply, "sync-end", TRUE, &none));
	wire_writer_deinit(&reply);
	return KUPF_WORK_DONE;
}

METHOD(kupf_work_t, destroy, void,
	private_kupf_sweep_t *this)
{
	free(this);
}

/*
 * Described in header
 */
kupf_work_t *kupf_sweep_create(kupf_sync_t *sync, const kupf_audit_t *audit)
{
	private_kupf_sweep_t *this;

	INIT(this,
		.public = {
			.step = _step,
			.destroy = _destroy,
		},
		.sync = sync,
		.audit = *audit,
	);
	return &this->public;
}
