/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup test_nin3a_tunnels test_nin3a_tunnels
 * @{ @ingroup tests
 *
 * A table of tunnels, IKE_SAs that come up in it, and what is checked of them.
 */

#ifndef TEST_NIN3A_TUNNELS_H_
#define TEST_NIN3A_TUNNELS_H_

#include "nin3a/tunnels/nin3a_tunnels.h"
#include "test_runner.h"

/** What is tested */
extern nin3a_tunnels_t *tunnels;

void setup();
void teardown();

/**
 * Create a session; the key is made of one octet.
 */
kupf_session_t *session_create(const char *name, uint8_t key,
							   uint32_t generation);

nin3a_attempt_t *attempt_create(nin3a_reason_t reason);
void assert_state(uint32_t ike_sa, nin3a_state_t state);
void assert_counts(u_int all, u_int tunnels_up);
void assert_session_counts(const char *name, u_int all, u_int tunnels_up);

/**
 * Check which session an IKE_SA is bound to.
 */
void assert_session(uint32_t ike_sa, kupf_session_t *expected);

/**
 * Take an IKE_SA up to VERIFIED.
 */
void verify(uint32_t ike_sa, kupf_session_t *session);

/**
 * Whether up() says that there is a new tunnel.
 */
bool came_up(uint32_t ike_sa, kupf_session_t *expected);

/**
 * Take an IKE_SA all the way.
 */
void bring_up(uint32_t ike_sa, kupf_session_t *session);

/**
 * Check that down() reports a reason once.
 */
void assert_down(uint32_t ike_sa, kupf_session_t *expected,
				 kupf_reason_t reason, uint32_t expected_up_as);

/**
 * Check the reason that is reported, once.
 */
void assert_refusal(uint32_t ike_sa, nin3a_reason_t reason);

/**
 * Choose all IKE_SAs of a session.
 *
 * @param ike_sa		[out] the last one
 * @param count			[out] how many
 * @return				how many of them are tunnels
 */
u_int select_all(const char *name, kupf_reason_t reason,
				 uint32_t *ike_sa, u_int *count);

/** Cases of the other sources */
void nin3a_tunnels_sessions_cases(Suite *suite);
void nin3a_tunnels_handover_cases(Suite *suite);
void nin3a_tunnels_load_cases(Suite *suite);

/**
 * What is shown and counted.
 */
void nin3a_tunnels_shown_case(Suite *suite);

#endif /** TEST_NIN3A_TUNNELS_H_ @}*/
