/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup kupf_check kupf_check
 * @{ @ingroup kupf
 *
 * Looks for what keeps a host from doing its work, for the command "check".
 *
 * All of it is looked at in the daemon: it alone knows its connections, its
 * interface to the kernel and its limits, and sees the files and addresses that
 * it really uses, whoever asks and from wherever.
 *
 * The work has a bound whatever there is, see the constants, and waits for
 * nobody but the kernel.
 */

#ifndef KUPF_CHECK_H_
#define KUPF_CHECK_H_

#include "kupf/kupf.h"
#include "kupf/procedures/kupf_preconfigured.h"

/** Addresses of the pool that are looked at, at most, of a range and of all */
#define KUPF_CHECK_RANGE 16
#define KUPF_CHECK_ADDRESSES 256

/** Sessions whose addresses are looked at, at most */
#define KUPF_CHECK_SESSIONS 256

/** Threads that charon needs at least with plugin kernel-libipsec */
#define KUPF_CHECK_THREADS 16

/** Seconds until the kernel is asked again whether it has ESP, once it had
 * none */
#define KUPF_CHECK_PAUSE 10

typedef struct kupf_check_t kupf_check_t;

struct kupf_check_t {

	/**
	 * Look, one thread at a time.
	 *
	 * @param findings	gets what is found
	 */
	void (*run)(kupf_check_t *this, kupf_findings_t *findings);

	/**
	 * Destroy the object.
	 */
	void (*destroy)(kupf_check_t *this);
};

/**
 * Create the object.
 *
 * @param addresses	addresses of the pool, as in the setting, or NULL
 * @param required	whether keys need an enforcer
 * @param store		sessions that are fed over the socket
 * @param preconfigured	pre-configured sessions
 * @param enforcer	says what it finds, too
 */
kupf_check_t *kupf_check_create(const char *addresses, bool required,
								kupf_store_t *store,
								kupf_preconfigured_t *preconfigured,
								kupf_enforcer_t *enforcer);

#endif /** KUPF_CHECK_H_ @}*/
