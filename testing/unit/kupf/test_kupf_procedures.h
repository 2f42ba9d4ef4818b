/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup test_kupf_procedures test_kupf_procedures
 * @{ @ingroup tests
 *
 * The procedures, and requests that are carried out or refused.
 */

#ifndef TEST_KUPF_PROCEDURES_H_
#define TEST_KUPF_PROCEDURES_H_

#include "test_runner.h"
#include "test_upf.h"

/** Keys */
#define KEY "key=0x4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b"
#define KEY_2 "key=0x32323232323232323232323232323232323232323232323232323232323232" \
			  "32"
#define KAMF "kamf=0x6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b" \
			 "6b"
#define RAND "rand=000102030405060708090a0b0c0d0e0f"

extern test_upf_t upf;

/** Subscriber to session-expired */
extern kupf_subscriber_t subscriber;

/** Events that it got */
extern u_int events;

void start(const char *addresses, u_int max);
void setup();
void teardown();

/**
 * Parse a request, to be wiped.
 */
void parse(kupf_request_t *request, const char *script);

kupf_session_t *establish(const char *script);

/**
 * Establish a session that the test does not need to see.
 */
void add(const char *script);

void refuse(const char *script, kupf_cause_t cause);
kupf_session_t *modify(const char *script);
void change(const char *script);
void refuse_modify(const char *script, kupf_cause_t cause);
bool delete(const char *name, u_int *tunnels);

/**
 * Check how many addresses are held and in quarantine.
 */
void check_pool(u_int held, u_int quarantined);

/**
 * UPF address of a session, "" if it has none.
 */
const char *upf_address(const char *name);

void check_sessions(u_int count);
/**
 * What comes of the derivation of that number.
 */
void derive(int i, uint8_t key[KUPF_KDF_LEN],
			uint8_t id[KUPF_DERIVATION_ID_LEN]);

/**
 * Put a session that has expired, and was not swept out yet.
 */
void put_expired(const char *name, const char *id, const char *address);

/** Cases of the other sources */
void kupf_procedures_modify_cases(Suite *suite);
void kupf_procedures_expiry_cases(Suite *suite);
void kupf_procedures_addresses_cases(Suite *suite);
void kupf_procedures_memory_cases(Suite *suite);

#endif /** TEST_KUPF_PROCEDURES_H_ @}*/
