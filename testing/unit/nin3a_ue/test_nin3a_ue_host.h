/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup test_nin3a_ue_host test_nin3a_ue_host
 * @{ @ingroup tests
 *
 * A UE with one session, its legs, and two IKE_SAs that charon may have; jobs and
 * liveness only note what they are asked for.
 */

#ifndef TEST_NIN3A_UE_HOST_H_
#define TEST_NIN3A_UE_HOST_H_

#include "nin3a_ue/tunnels/nin3a_ue_jobs.h"
#include "nin3a_ue/tunnels/nin3a_ue_liveness.h"
#include "test_ike_sa.h"
#include "test_kupf.h"
#include "test_runner.h"
#include "test_support.h"

#include <daemon.h>

/** Plugin kupf, what it was told and what jobs and liveness were asked for:
 *
 *   start SESSION, roam, close IKE_SA..., hand-over IKE_SA..., watch IKE_SA,
 *   children IKE_SA, listen IKE_SA, sent IKE_SA, received IKE_SA */
extern test_kupf_t kupf;
extern nin3a_ue_jobs_t jobs;
extern nin3a_ue_liveness_t liveness;

/** IKE_SAs 1 and 2 that we have initiated, and a CHILD_SA */
extern test_ike_sa_t sa, other;
extern test_child_sa_t pdu;

/** What there is of the UE */
extern nin3a_ue_table_t *table;
extern nin3a_ue_sas_t *sas;
extern nin3a_ue_legs_t *legs;

/** Session carol with UPF 198.51.100.2, which is in kupf's store */
extern kupf_session_t *session;

/** The connection that charon has, or NULL; is given back */
extern peer_cfg_t *connection;

/**
 * Have a UE, without a leg.
 */
void host_setup();

/**
 * Give all of it back.
 */
void host_teardown();

/**
 * Make another session.
 *
 * @param key		octet of its key
 * @param services	kupf_service_t
 * @param upf		whether it has the UPF's address
 */
kupf_session_t *host_session(char key, u_int services, bool upf);

/**
 * Want a session, and have an IKE_SA for it, with a connection at its own
 * address.
 */
void host_attempt(test_ike_sa_t *of, kupf_session_t *wanted);

/**
 * Have a tunnel, with nothing told of it.
 */
void host_bring_up(test_ike_sa_t *of, kupf_session_t *wanted);

/**
 * Make a connection.
 *
 * @param name		name
 * @param version	version of IKE
 * @param children	names of its children, separated by spaces
 */
peer_cfg_t *host_connection(char *name, ike_version_t version, char *children);

/**
 * Get a counter of plugin nin3a-ue.
 */
uint64_t host_counter(const char *name);

#endif /** TEST_NIN3A_UE_HOST_H_ @}*/
