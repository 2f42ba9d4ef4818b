/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup test_kupf_cred test_kupf_cred
 * @{ @ingroup tests
 *
 * The credential set in charon's credential manager, an IKE_SA that the
 * thread has checked out, and what charon's PSK authenticator does with both.
 */

#ifndef TEST_KUPF_CRED_H_
#define TEST_KUPF_CRED_H_

#include "kupf/credentials/kupf_cred.h"
#include "kupf/protocol/kupf_publisher.h"
#include "test_ike_sa.h"
#include "test_runner.h"
#include "test_support.h"

/** Keys of two generations */
#define KEY_1 "11111111111111111111111111111111"
#define KEY_2 "22222222222222222222222222222222"

extern test_enforcer_t enforcer;
extern kupf_store_t *store;
extern kupf_cred_t *cred;

/** The IKE_SA that the thread has checked out */
extern test_ike_sa_t sa;

void setup();
void teardown();

/**
 * Put a session, or replace the one of that name.
 */
kupf_store_status_t put(const char *name, id_type_t type,
						const char *id, const char *key,
						uint32_t generation, uint8_t services, uint32_t expiry);

/** Put session "s" of UE "ue" */
void put_key(const char *key, uint32_t generation);
void remove_name(const char *name);
identification_t *identity(id_type_t type, const char *data);

/**
 * Verify a peer's AUTH payload as psk_authenticator.c does.
 *
 * @param key		key that the payload was computed with, 32 octets
 * @param keys		[out] number of keys that were tried, or NULL
 * @return			TRUE if it is authenticated
 */
bool verify_id(identification_t *peer, const char *key, u_int *keys);

/** The same for the UE of put_key() */
bool verify(const char *key);

/**
 * Look for the key to build our AUTH payload with.
 *
 * @return			first octet of the key, 0 if there is none
 */
char build_id(identification_t *peer);

/** The same for the UE of put_key() */
char build();

/**
 * Generation of the session whose key has verified the peer, 0 if none.
 */
uint32_t verified(uint32_t ike_sa);

/** Cases of the other sources */
void kupf_cred_pins_cases(Suite *suite);
void kupf_cred_fetch_cases(Suite *suite);

/**
 * IKE_SAs that we have initiated.
 */
void kupf_cred_own_case(Suite *suite);

/**
 * Identities that no session has.
 */
void kupf_cred_none_case(Suite *suite);

#endif /** TEST_KUPF_CRED_H_ @}*/
