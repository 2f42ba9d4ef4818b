/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup test_nin3a_ue_decision test_nin3a_ue_decision
 * @{ @ingroup tests
 *
 * An IKE_SA of a UE with its UPF, on which it is decided.
 */

#ifndef TEST_NIN3A_UE_DECISION_H_
#define TEST_NIN3A_UE_DECISION_H_

#include "nin3a_ue/auth/nin3a_ue_decision.h"
#include "test_ike_sa.h"
#include "test_runner.h"

/** Unique identifier of the IKE_SA */
#define IKE_SA 7

/** The IKE_SA */
extern test_ike_sa_t sa;

/** What the decision is made of */
extern nin3a_ue_sas_t *sas;
extern nin3a_ue_legs_t *legs;
extern nin3a_ue_decision_t *decision;

/**
 * End what was begun.
 */
void teardown();

/**
 * Begin with a UPF that charon has verified as it should be.
 */
void setup_right();

/**
 * Messages of the UPF.
 */
void nin3a_ue_decision_messages_case(Suite *suite);

#endif /** TEST_NIN3A_UE_DECISION_H_ @}*/
