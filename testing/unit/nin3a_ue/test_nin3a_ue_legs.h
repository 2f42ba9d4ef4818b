/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup test_nin3a_ue_legs test_nin3a_ue_legs
 * @{ @ingroup tests
 *
 * The legs of a UE with its IKE_SAs, and what comes to them.
 */

#ifndef TEST_NIN3A_UE_LEGS_H_
#define TEST_NIN3A_UE_LEGS_H_

#include "nin3a_ue/tunnels/nin3a_ue_legs.h"
#include "nin3a_ue/tunnels/nin3a_ue_sas.h"
#include "test_runner.h"

/** Times of the tests, milliseconds */
#define FIRST 1000
#define MOST 60000

/** SPI of an IKE_SA, when its unique identifier is added */
#define SPI 0x1000

/** What is tested */
extern nin3a_ue_table_t *table;
extern nin3a_ue_sas_t *sas;
extern nin3a_ue_legs_t *legs;

/** Order of the last event */
extern nin3a_ue_order_t order;

/** IKE_SAs that the last events want to be closed */
extern array_t *ids;

void setup();
void teardown();

/**
 * Create a session; the key is made of one octet.
 */
kupf_session_t *session_create(const char *name, uint8_t key,
							   uint32_t generation);

/**
 * Want a session, and forget it here.
 */
void want(const char *name, uint8_t key, uint32_t generation);

/**
 * Carry out the order: there is an IKE_SA then.
 */
void start(uint32_t ike_sa);

/**
 * An IKE_SA becomes a tunnel.
 *
 * @return			how many tunnels of an earlier key it takes the place of
 */
u_int up(uint32_t ike_sa, uint32_t generation);

/**
 * An IKE_SA is to be closed.
 */
void assert_closed(uint32_t ike_sa);

/**
 * An attempt fails and the IKE_SA goes.
 */
void give_up(uint32_t ike_sa, nin3a_ue_reason_t reason);

/**
 * A tunnel goes.
 */
void down(uint32_t ike_sa, uint32_t first, kupf_reason_t reason);

/**
 * An IKE_SA is rekeyed.
 *
 * @return			whether it is being closed
 */
bool ike_rekey(uint32_t old, uint32_t new);

/**
 * Check how many there are of all kinds.
 */
void assert_totals(u_int all, u_int connecting, u_int waiting,
				   u_int ike_sas, u_int tunnels);

/**
 * The order is for a time between, with jitter.
 */
void assert_delay(uint32_t delay);

/**
 * charon sets an IKE_SA up with the connection of another one.
 */
bool follow(uint32_t first, uint32_t ike_sa);

/** Cases of the other sources */
void nin3a_ue_legs_retry_cases(Suite *suite);
void nin3a_ue_legs_rekey_cases(Suite *suite);
void nin3a_ue_legs_assign_cases(Suite *suite);
void nin3a_ue_legs_threads_cases(Suite *suite);

#endif /** TEST_NIN3A_UE_LEGS_H_ @}*/
