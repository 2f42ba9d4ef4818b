/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup test_ike_sa test_ike_sa
 * @{ @ingroup tests
 *
 * An IKE_SA that does not exist, and says what stands in its members.  Whoever
 * needs more of its methods adds them.
 */

#ifndef TEST_IKE_SA_H_
#define TEST_IKE_SA_H_

#include <sa/ike_sa.h>

typedef struct test_ike_sa_t test_ike_sa_t;

/**
 * Such an IKE_SA.  What it points to is its own, and may be exchanged.
 */
struct test_ike_sa_t {
	/** public interface */
	ike_sa_t public;
	/** unique identifier, version and state */
	uint32_t unique_id;
	ike_version_t version;
	ike_sa_state_t state;
	/** all of its conditions, and extensions of its peer */
	u_int conditions, extensions;
	/** SPIs */
	ike_sa_id_t *id;
	/** both ends, and who is at the other one */
	host_t *local, *remote;
	identification_t *other_id;
};

/**
 * Make an IKE_SA of carol@example.org at 198.51.100.2 with us at 192.0.2.1:
 * IKEv2, established, without conditions and extensions, and that she has
 * initiated with SPIs unique_id and unique_id + 100.
 */
void test_ike_sa_init(test_ike_sa_t *this, uint32_t unique_id);

/**
 * Give back what it points to.
 */
void test_ike_sa_deinit(test_ike_sa_t *this);

#endif /** TEST_IKE_SA_H_ @}*/
