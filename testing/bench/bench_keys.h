/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup bench_keys bench_keys
 * @{ @ingroup bench
 *
 * The keys of all UEs, computed from their identities: plugin load-tester has
 * only one key for all of its UEs.
 */

#ifndef BENCH_KEYS_H_
#define BENCH_KEYS_H_

#include <credentials/credential_set.h>

/**
 * Create the credential set.  It yields one key whenever we have the identity
 * of a UE.
 *
 * @return			to be freed by free()
 */
credential_set_t *bench_keys_create();

#endif /** BENCH_KEYS_H_ @}*/
