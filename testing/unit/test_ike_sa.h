/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup test_ike_sa test_ike_sa
 * @{ @ingroup tests
 *
 * An IKE_SA and CHILD_SAs that do not exist, and say what stands in their
 * members.  Whoever needs more of their methods adds them.
 */

#ifndef TEST_IKE_SA_H_
#define TEST_IKE_SA_H_

#include <sa/ike_sa.h>

/** Most CHILD_SAs of such an IKE_SA */
#define TEST_CHILDREN 4

/** SPI of what we send, when the one of what we receive is added */
#define TEST_SPI_OUT 1000

typedef struct test_child_sa_t test_child_sa_t;
typedef struct test_ike_sa_t test_ike_sa_t;

/**
 * Such a CHILD_SA, of ESP and with XFRM interface IDs 7 and 8.
 */
struct test_child_sa_t {
	/** public interface */
	child_sa_t public;
	/** name, SPI of what we receive in host order, and state */
	char *name;
	uint32_t spi;
	child_sa_state_t state;
};

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
	/** its connection, or NULL; not its own */
	peer_cfg_t *peer_cfg;
	/** its CHILD_SAs, and their number; not its own */
	test_child_sa_t *children[TEST_CHILDREN];
	u_int child_count;
	/** type of the only task of each queue, -1 if it is empty */
	int tasks[TASK_QUEUE_QUEUED + 1];
	/** calls of delete(), and those of them with force */
	u_int deletes, forced;
};

/**
 * Make an installed CHILD_SA.
 *
 * @param name		name, not cloned
 * @param spi		SPI of what we receive, host order
 */
void test_child_sa_init(test_child_sa_t *this, char *name, uint32_t spi);

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
