/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "tunnel_limiter.h"

#include <threading/mutex.h>

typedef struct private_tunnel_limiter_t private_tunnel_limiter_t;

/**
 * Private data of the limiter.
 */
struct private_tunnel_limiter_t {
	/** public interface */
	tunnel_limiter_t public;
	/** name of the plugin, for the log */
	const char *name;
	/** counts a line that was left out */
	void (*count)(void);
	/** lines that may be logged now */
	u_int tokens;
	/** lines that were left out since the last one */
	u_int left_out;
	/** time_monotonic() when tokens were added last */
	time_t filled;
	/** guards tokens, left_out and filled, a leaf */
	mutex_t *mutex;
};

/**
 * Take a token for a log line.
 *
 * @param left_out	[out] lines left out since the last one
 * @return			FALSE if there is none
 */
static bool take(private_tunnel_limiter_t *this, u_int *left_out)
{
	time_t now = time_monotonic(NULL);
	bool allowed = FALSE;
	uint64_t fill;

	this->mutex->lock(this->mutex);
	fill = this->tokens + (uint64_t)(now - this->filled) * TUNNEL_LIMITER_RATE;
	this->tokens = min(fill, TUNNEL_LIMITER_BURST);
	this->filled = now;
	if (this->tokens)
	{
		this->tokens--;
		*left_out = this->left_out;
		this->left_out = 0;
		allowed = TRUE;
	}
	else
	{
		this->left_out++;
	}
	this->mutex->unlock(this->mutex);
	return allowed;
}

METHOD(tunnel_limiter_t, allows, bool,
	private_tunnel_limiter_t *this)
{
	u_int left_out;

	if (!take(this, &left_out))
	{
		this->count();
		return FALSE;
	}
	if (left_out)
	{
		DBG1(DBG_CFG, "%s: %u refusals were not logged", this->name,
			 left_out);
	}
	return TRUE;
}

METHOD(tunnel_limiter_t, destroy, void,
	private_tunnel_limiter_t *this)
{
	this->mutex->destroy(this->mutex);
	free(this);
}

/*
 * Described in header
 */
tunnel_limiter_t *tunnel_limiter_create(const char *name, void (*count)(void))
{
	private_tunnel_limiter_t *this;

	INIT(this,
		.public = {
			.allows = _allows,
			.destroy = _destroy,
		},
		.name = name,
		.count = count,
		.tokens = TUNNEL_LIMITER_BURST,
		.filled = time_monotonic(NULL),
		.mutex = mutex_create(MUTEX_TYPE_DEFAULT),
	);

	return &this->public;
}
