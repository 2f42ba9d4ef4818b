/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "nin3a_cut.h"

#include <daemon.h>

/**
 * Whether a task of a queue is about a CHILD_SA.
 */
static bool is_busy(ike_sa_t *ike_sa, task_queue_t queue)
{
	enumerator_t *enumerator;
	bool busy = FALSE;
	task_t *task;

	enumerator = ike_sa->create_task_enumerator(ike_sa, queue);
	while (!busy && enumerator->enumerate(enumerator, &task))
	{
		switch (task->get_type(task))
		{
			case TASK_CHILD_CREATE:
			case TASK_CHILD_DELETE:
			case TASK_CHILD_REKEY:
				busy = TRUE;
				break;
			default:
				break;
		}
	}
	enumerator->destroy(enumerator);
	return busy;
}

/**
 * Get the first CHILD_SA.
 */
static child_sa_t *get_first(ike_sa_t *ike_sa)
{
	child_sa_t *child_sa = NULL;
	enumerator_t *enumerator;

	enumerator = ike_sa->create_child_sa_enumerator(ike_sa);
	if (!enumerator->enumerate(enumerator, &child_sa))
	{
		child_sa = NULL;
	}
	enumerator->destroy(enumerator);
	return child_sa;
}

/**
 * Destroy a CHILD_SA, after those were told who hear of its end.
 */
static bool destroy_child(ike_sa_t *ike_sa, child_sa_t *child_sa)
{
	switch (child_sa->get_state(child_sa))
	{
		case CHILD_REKEYED:
		case CHILD_DELETED:
			break;
		default:
			charon->bus->child_updown(charon->bus, child_sa, FALSE);
			break;
	}
	return ike_sa->destroy_child_sa(ike_sa, child_sa->get_protocol(child_sa),
						child_sa->get_spi(child_sa, TRUE)) == SUCCESS;
}

/*
 * Described in header
 */
bool nin3a_cut(ike_sa_t *ike_sa)
{
	child_sa_t *child_sa;

	/* what is queued names CHILD_SAs by their SPIs */
	if (is_busy(ike_sa, TASK_QUEUE_ACTIVE) ||
		is_busy(ike_sa, TASK_QUEUE_PASSIVE))
	{
		return FALSE;
	}
	do
	{
		child_sa = get_first(ike_sa);
	}
	while (child_sa && destroy_child(ike_sa, child_sa));
	return TRUE;
}
