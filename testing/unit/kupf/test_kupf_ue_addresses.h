/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup test_kupf_ue_addresses test_kupf_ue_addresses
 * @{ @ingroup tests
 *
 * Sessions that take inner addresses, and leave.
 */

#ifndef TEST_KUPF_UE_ADDRESSES_H_
#define TEST_KUPF_UE_ADDRESSES_H_

#include "kupf/procedures/kupf_ue_addresses.h"
#include "test_runner.h"

/** What is tested */
extern kupf_ue_addresses_t *addresses;

/** Session whose IKE_SA is there still, "*" for all, NULL for none; and the DNN
 * that it is in, NULL for any */
extern const char *user, *user_dnn;

/**
 * Begin with nothing, where each DNN has inner addresses of its own.
 */
void setup_dnn();

/**
 * End what was begun.
 */
void teardown();

/**
 * Create a session with inner addresses in a DNN.
 *
 * @param dnn		DNN, NULL for none
 * @param list		addresses, separated by space
 */
kupf_session_t *create_in(const char *dnn, const char *name, id_type_t type,
						  const char *id, const char *list, bool preconfigured);

/**
 * Create a session that is fed; its name is its identity.
 */
kupf_session_t *fed(const char *name, const char *list);

/**
 * The same with a DNN.
 */
kupf_session_t *fed_in(const char *dnn, const char *name, const char *list);

/**
 * Have a session take its addresses; whether it could.
 */
bool take(kupf_session_t *session);

/**
 * A session leaves, and nobody needs it any more.
 */
void leave(kupf_session_t *session);

/**
 * Check how many addresses sessions have, and how many are in quarantine.
 */
void check(u_int held, u_int quarantined);

/**
 * Where each DNN has inner addresses of its own.
 */
void kupf_ue_addresses_dnn_case(Suite *suite);

/**
 * Begin with nothing, where nobody has an address of another.
 */
void setup();

/**
 * Create a session with inner addresses and no DNN.
 */
kupf_session_t *create(const char *name, id_type_t type, const char *id,
					   const char *list, bool preconfigured);

/**
 * Prefixes.
 */
void kupf_ue_addresses_prefix_case(Suite *suite);

/**
 * Many sessions.
 */
void kupf_ue_addresses_many_case(Suite *suite);

#endif /** TEST_KUPF_UE_ADDRESSES_H_ @}*/
