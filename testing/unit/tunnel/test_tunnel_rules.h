/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup test_tunnel_rules test_tunnel_rules
 * @{ @ingroup tests
 *
 * Facts about messages, which rules are asked about.
 */

#ifndef TEST_TUNNEL_RULES_H_
#define TEST_TUNNEL_RULES_H_

#include "tunnel/tunnel_rules.h"

#include <check.h>

/** A message of an IKE_SA that is due */
static const tunnel_facts_t due = {
	.additional_ke = TRUE,
	.state = IKE_ESTABLISHED,
	.exchange = INFORMATIONAL,
	.request = TRUE,
	.message_id = 2,
	.protected = TRUE,
};

/** Facts with some changed */
#define with(...) ({ \
	tunnel_facts_t _facts = due; \
	typeof(_facts) *facts = &_facts; \
	__VA_ARGS__; \
	_facts; })

/**
 * What comes while CHILD_SAs are being rekeyed.
 */
void tunnel_rules_rekeying_case(Suite *suite);

#endif /** TEST_TUNNEL_RULES_H_ @}*/
