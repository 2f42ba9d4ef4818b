/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup test_nin3a_listener test_nin3a_listener
 * @{ @ingroup tests
 *
 * A UPF with a session, two IKE_SAs that charon may have, and its hooks.
 */

#ifndef TEST_NIN3A_LISTENER_H_
#define TEST_NIN3A_LISTENER_H_

#include "nin3a/nin3a_listener.h"
#include "test_ike_sa.h"
#include "test_kupf.h"
#include "test_runner.h"
#include "test_support.h"

#include <daemon.h>

/** Plugin kupf, what it was told and what jobs were asked for */
extern test_kupf_t kupf;

/** IKE_SAs 1 and 2 that UEs have initiated, and a CHILD_SA */
extern test_ike_sa_t sa, other;
extern test_child_sa_t pdu;

/** The settings, tunnels, hooks, and the session of carol */
extern nin3a_settings_t settings;
extern nin3a_tunnels_t *tunnels;
extern listener_t *hooks;
extern kupf_session_t *session;

/** A message, is given back */
extern message_t *message;

/** The connection of a UE */
extern peer_cfg_t *peer_cfg;

/** Answers that were sent without an IKE_SA */
extern u_int sent;

void setup();
void teardown();

/**
 * Get a counter of plugin nin3a.
 */
uint64_t count_of(const char *name);

/**
 * Have an attempt.
 */
void begin(test_ike_sa_t *of, nin3a_reason_t reason);

/**
 * Have an IKE_SA that its UE has verified for.
 */
void verify(test_ike_sa_t *of);

/**
 * Have a tunnel, and forget what was told of it.
 */
void bring_up(test_ike_sa_t *of);

/**
 * charon sets a state.
 */
void set_state(test_ike_sa_t *of, ike_sa_state_t state);

/**
 * Begin with a message.
 */
void prepare(exchange_type_t exchange, bool request);

/**
 * charon passes the message on.
 */
void pass(test_ike_sa_t *on, bool incoming, bool plain);

/** Cases of the other source */
void nin3a_listener_states_case(Suite *suite);

#endif /** TEST_NIN3A_LISTENER_H_ @}*/
