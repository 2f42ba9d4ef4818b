/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup kupf_batch kupf_batch
 * @{ @ingroup kupf
 *
 * The commands establish-sessions, modify-sessions and delete-sessions: one
 * section after another, each of which is carried out, or refused, as a whole.
 */

#ifndef KUPF_BATCH_H_
#define KUPF_BATCH_H_

#include "kupf_audit.h"
#include "kupf_work.h"
#include "kupf/procedures/kupf_procedures.h"
#include "kupf/procedures/kupf_sync.h"
#include "wire/wire_reader.h"

/** Most sessions in a request; those beyond are not looked at */
#define KUPF_BATCH_MAX 10000

/** Sections that are read before the first of them is carried out, so that what
 * they need is fetched into the processor's cache meanwhile */
#define KUPF_BATCH_WINDOW 8

typedef enum kupf_batch_kind_t kupf_batch_kind_t;

/**
 * What is done to the sessions.
 */
enum kupf_batch_kind_t {
	KUPF_BATCH_ESTABLISH,
	KUPF_BATCH_MODIFY,
	KUPF_BATCH_DELETE,
};

/**
 * Begin to establish, modify or delete sessions.
 *
 * @param kind		what to do
 * @param audit		request, to log what came of it; copied
 * @param sessions	procedures
 * @param sync		is told which sessions were mentioned
 * @param elements	message; it has to stay as it is until the work is destroyed
 * @return			work
 */
kupf_work_t *kupf_batch_create(kupf_batch_kind_t kind,
							   const kupf_audit_t *audit,
							   kupf_procedures_t *sessions, kupf_sync_t *sync,
							   const wire_reader_t *elements);

#endif /** KUPF_BATCH_H_ @}*/
