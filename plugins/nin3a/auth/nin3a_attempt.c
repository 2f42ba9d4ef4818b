/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "nin3a_attempt.h"

/*
 * Described in header
 */
nin3a_attempt_t *nin3a_attempt_create(identification_t *id, host_t *local,
									  host_t *remote, nin3a_reason_t reason)
{
	nin3a_attempt_t *attempt;

	INIT(attempt,
		.id = id ? id->clone(id) : NULL,
		.local = local->clone(local),
		.remote = remote->clone(remote),
		.reason = reason,
	);
	return attempt;
}

/*
 * Described in header
 */
void nin3a_attempt_destroy(nin3a_attempt_t *attempt)
{
	if (attempt)
	{
		DESTROY_IF(attempt->id);
		DESTROY_IF(attempt->local);
		DESTROY_IF(attempt->remote);
		free(attempt);
	}
}
