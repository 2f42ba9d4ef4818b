/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup test_peers test_peers
 * @{ @ingroup tests
 *
 * An engine between two SMFs and a UPF, which are the test.
 */

#ifndef TEST_PEERS_H_
#define TEST_PEERS_H_

#include "n4/kupf_n4.h"
#include "n4/test_pfcp.h"

/** A UE's address in an establishment, the UPF's F-SEID in the response */
#define PDR "0001 000d 0002 0009 005d 0005 02 0a030001 "
#define F_SEID "0039 000d 02 0000000000000007 c0000201 "

/** Node ID of the other SMF */
#define OTHER_NODE "003c 0005 00c0000202 "

/** What causes are: not accepted, no such session, no association, no room */
#define REJECTED "0013 0001 40 "
#define NO_SESSION "0013 0001 41 "
#define NO_ASSOCIATION "0013 0001 48 "
#define NO_RESOURCES "0013 0001 4b "

/** Engine, and numbers of its SMFs: "smf", which is meant, and "other" */
extern kupf_n4_t *engine;
extern unsigned int smf, other;

/** What the UPF and an SMF have got last, how often, and which SMF */
extern test_pfcp_t at_upf, at_smf;
extern unsigned int upf_got, smf_got, smf_number;

/** What was logged */
extern char said[4096];

/** What create() takes for an engine, besides callbacks; three sessions unless
 * something else is set */
extern kupf_n4_config_t engine_config;

/**
 * Begin a test: a folder, and an engine with great patience.
 */
void setup();

/**
 * End it.
 */
void teardown();

/**
 * Create the engine.
 *
 * @param patience	how long responses wait, ms
 */
void create(unsigned int patience);

/**
 * Get the counters.
 */
kupf_n4_counters_t count();

/**
 * Have the engine work for a moment.
 */
void work();

/**
 * Wait until the SMF has got so many messages.
 */
void await_smf(unsigned int messages);

/**
 * Wait until there were so many synchronisations.
 */
void await_sync(unsigned int syncs);

/**
 * Send a message of the SMF's, and of the UPF's to it.
 */
void from_smf(uint8_t type, uint64_t seid, uint32_t sequence, const char *ies);
void from_upf(uint8_t type, uint64_t seid, uint32_t sequence, const char *ies);

/**
 * Check what somebody has got last.
 */
void check(const test_pfcp_t *got, uint8_t type, uint64_t seid,
		   uint32_t sequence, const char *ies);

/**
 * Have an association of the SMF's.
 */
void associate();

/**
 * Have an association of the other SMF's.
 */
void associate_other();

#endif /** TEST_PEERS_H_ @}*/
