/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup test_nin3a_decision test_nin3a_decision
 * @{ @ingroup tests
 *
 * An IKE_SA that charon has verified, and what is decided on it.
 */

#ifndef TEST_NIN3A_DECISION_H_
#define TEST_NIN3A_DECISION_H_

#include "nin3a/auth/nin3a_decision.h"
#include "test_ike_sa.h"

/** Unique identifier of the IKE_SA that is judged, and of another one */
#define IKE_SA 7
#define OTHER_IKE_SA 8

/** An IKE_SA as far as it is asked */
extern test_ike_sa_t sa;

/** What else it is asked for */
extern struct asked_t {
	bool established;
	peer_cfg_t *peer_cfg;
	auth_cfg_t *auth;
	identification_t *eap;
} asked;

/** The settings */
extern const char *named;

/** What kupf says has verified the UE, told once */
extern kupf_session_t *verified;

/** Calls of check(), and what the last one was given */
extern struct checked_t {
	u_int count;
	kupf_session_t *session;
	uint32_t grace;
} checked;

/** What the decision is made of */
extern kupf_store_t *store;
extern nin3a_tunnels_t *tunnels;
extern nin3a_decision_t *decision;

/** The session of the UE, as it was fed */
extern kupf_session_t *session;

/**
 * Add a round of authentication to the connection.
 */
void add_round(bool local, auth_class_t class);

/**
 * Take the UE to its session's key, which has verified it.
 */
void setup();

/**
 * End what was begun.
 */
void teardown();

/**
 * Have it decided, when charon has verified the UE or before it establishes
 * the IKE_SA; whether the UE may go on.
 */
bool authorize(bool final);

/**
 * The UE is refused, for this reason.
 */
void assert_refused(bool final, nin3a_reason_t reason);

/**
 * Put another session in the place of that of the UE.
 */
void put_instead(kupf_session_t *other);

/**
 * Make a version of the session of the UE.
 *
 * @param key		octet of its key
 * @param anew		whether it is one that was established anew, in the same
 *					second
 */
kupf_session_t *version(char key, uint32_t generation, bool anew);

/**
 * Before an IKE_SA is established.
 */
void nin3a_decision_final_case(Suite *suite);

/**
 * Other connections, and what ends.
 */
void nin3a_decision_others_case(Suite *suite);

#endif /** TEST_NIN3A_DECISION_H_ @}*/
