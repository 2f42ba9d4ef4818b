/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupf_measure.h"
#include "kupf_reply.h"
#include "kupf_traffic.h"

typedef struct private_kupf_measure_t private_kupf_measure_t;

/**
 * Private data of the work.
 */
struct private_kupf_measure_t {
	/** public interface */
	kupf_work_t public;
	/** sessions */
	kupf_store_t *store;
	/** knows the tunnels */
	kupf_enforcer_t *enforcer;
	/** where the walk through the sessions is */
	uint64_t *cursor;
	/** signalled when the traffic is known */
	int wake;
	/** sessions of this step that have tunnels, NULL if there is none */
	kupf_traffic_t *traffic;
	/** steps taken, and tunnels of them */
	u_int steps, tunnels;
	/** whether it has begun with the first session, and come to the last */
	bool from_start, to_end;
};

/**
 * Have the tunnels of the next sessions measured.
 */
static void take_sessions(private_kupf_measure_t *this)
{
	kupf_session_t *session;
	const char *name;
	array_t *sessions;
	u_int up;

	sessions = array_create(0, 0);
	this->to_end = !this->store->walk(this->store, this->cursor, sessions);
	while (array_remove(sessions, ARRAY_HEAD, &session))
	{
		name = kupf_session_get_name(session);
		up = this->enforcer->count_tunnels(this->enforcer, name);
		if (up)
		{
			if (!this->traffic)
			{
				this->traffic = kupf_traffic_create(this->enforcer);
			}
			this->traffic->add(this->traffic, name, up);
			this->tunnels += min(up, KUPF_TUNNELS_MAX);
		}
		kupf_session_unref(session);
	}
	array_destroy(sessions);
	if (this->to_end)
	{
		*this->cursor = 0;
	}
	if (this->traffic)
	{
		this->traffic->start(this->traffic, this->wake);
	}
}

/**
 * Send the answer.
 */
static void send_answer(private_kupf_measure_t *this, kupf_work_send_t send,
						void *user)
{
	bool complete = this->from_start && this->to_end;
	kupf_error_t none = {};
	wire_writer_t reply;

	kupf_reply_begin(&reply);
	wire_writer_number(&reply, "tunnels", this->tunnels);
	wire_writer_text(&reply, "complete", complete ? "yes" : "no");
	send(user, kupf_reply_end(&reply, "measure-traffic", TRUE, &none));
	wire_writer_deinit(&reply);
}

METHOD(kupf_work_t, step, kupf_work_status_t,
	private_kupf_measure_t *this, kupf_work_send_t send, void *user)
{
	if (this->traffic)
	{
		if (!this->traffic->is_known(this->traffic))
		{
			return KUPF_WORK_WAITS;
		}
		this->traffic->destroy(this->traffic);
		this->traffic = NULL;
	}
	else
	{
		this->from_start |= !this->steps && !*this->cursor;
		this->steps++;
		take_sessions(this);
	}
	if (this->traffic)
	{
		return KUPF_WORK_WAITS;
	}
	if (!this->to_end && this->steps < KUPF_MEASURE_STEPS &&
		this->tunnels < KUPF_MEASURE_TUNNELS)
	{
		return KUPF_WORK_MORE;
	}
	send_answer(this, send, user);
	return KUPF_WORK_DONE;
}

METHOD(kupf_work_t, destroy, void,
	private_kupf_measure_t *this)
{
	DESTROY_IF(this->traffic);
	free(this);
}

/*
 * Described in header
 */
kupf_work_t *kupf_measure_create(kupf_store_t *store,
								 kupf_enforcer_t *enforcer, uint64_t *cursor,
								 int wake)
{
	private_kupf_measure_t *this;

	INIT(this,
		.public = {
			.step = _step,
			.destroy = _destroy,
		},
		.store = store,
		.enforcer = enforcer,
		.cursor = cursor,
		.wake = wake,
	);
	return &this->public;
}
