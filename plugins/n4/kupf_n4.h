/* SPDX-License-Identifier: MIT */

/**
 * @defgroup kupf_n4 kupf_n4
 * @{ @ingroup n4
 *
 * K_UPF on N4: library libkupf-n4.  It stands between the SMFs and the N4 stack
 * of one UPF (PFCP, 3GPP TS 29.244), takes the IE with the key out of session
 * establishments and modifications, has plugin kupf of the UPF's charon know
 * the session when the UPF has accepted it, and puts an IE with the answer into
 * the response.  N4.md has the layout of both.
 *
 * Octets in, octets out: whoever uses it gives every datagram of an SMF to
 * kupf_n4_from_smf() and every one of the UPF's to kupf_n4_from_upf(), and
 * sends what it is given by two callbacks.  What waits for kupf (300 ms at
 * most) comes later, from kupf_n4_process(), for which there is a descriptor to
 * poll.  Nothing else waits, there is no thread and no signal.  An engine must
 * not be used by two threads at the same time, nor by its callbacks.
 *
 * All other messages and IEs pass octet by octet.  What is not passed on: a
 * datagram that is no message of PFCP version 1, a request about a session that
 * is not the SMF's, or of one without association, which get the response that
 * TS 29.244 has for it, responses that nobody waits for, and what is beyond a
 * bound (n4_guard.h has all).  A request that comes again after it was answered
 * gets the same octets from here.  Messages of a bundle leave one by one.
 *
 * kupf has exactly the sessions of one engine: others are removed when the
 * engine synchronises, which it does when it has connected first, too.
 *
 * Keys are kept in memory that is locked as far as the system allows, and not
 * in core dumps; they are never in what is sent on, logged or counted.  The
 * caller wipes the datagrams of its SMFs.
 */

#ifndef KUPF_N4_H_
#define KUPF_N4_H_

#include "kupf_n4_config.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct kupf_n4_t kupf_n4_t;

/**
 * Create an engine.
 *
 * @param config	configuration, copied
 * @return			engine, NULL if something required is not there, an IE is
 *					not a vendor's (32768 or more), both have the same type, or
 *					there is no memory
 */
kupf_n4_t *kupf_n4_create(const kupf_n4_config_t *config);

/**
 * Destroy an engine.  Responses that wait are not sent.
 *
 * @param self		engine, NULL for none
 */
void kupf_n4_destroy(kupf_n4_t *self);

/**
 * Have an SMF: the only ones whose messages may be given to the engine.
 *
 * @param self		engine
 * @param name		name of it, for names of sessions at kupf and for the log:
 *					1 to 44 printable characters without blank, e.g. its address
 * @param smf		[out] its number
 * @return			FALSE if the name will not do or is there, or there are too
 *					many
 */
bool kupf_n4_add_smf(kupf_n4_t *self, const char *name, unsigned int *smf);

/**
 * Have the key that an SMF wraps keys with: AES-256-GCM, N4.md has the layout.
 *
 * @param self		engine
 * @param smf		number of the SMF
 * @param key		KUPF_N4_WRAPPING_KEY octets, copied; wiped by the caller
 * @return			FALSE if this was built without libcrypto, there is a key
 *					already, or there is no memory
 */
bool kupf_n4_unwrap_with(kupf_n4_t *self, unsigned int smf, const uint8_t *key);

/**
 * Give a session a key that its SMF has not sent; or a new one.
 *
 * @param self		engine
 * @param session	name of the session
 * @param key		key, copied; wiped by the caller
 * @return			FALSE if there is no such session, the key cannot be one, or
 *					there is no memory
 */
bool kupf_n4_provide(kupf_n4_t *self, const char *session,
					 const kupf_n4_key_t *key);

/**
 * Have find_key called again for all sessions that have no key.
 */
void kupf_n4_ask_again(kupf_n4_t *self);

/**
 * A datagram has come from an SMF.
 *
 * @param self		engine
 * @param smf		number of the SMF
 * @param datagram	datagram, wiped by the caller: there may be a key in it
 * @param len		octets of it
 */
void kupf_n4_from_smf(kupf_n4_t *self, unsigned int smf,
					  const uint8_t *datagram, size_t len);

/**
 * A datagram has come from the UPF.
 *
 * @param self		engine
 * @param smf		number of the SMF that it is for
 * @param datagram	datagram
 * @param len		octets of it
 */
void kupf_n4_from_upf(kupf_n4_t *self, unsigned int smf,
					  const uint8_t *datagram, size_t len);

/**
 * Get the descriptor to wait for.  It changes with the connection to kupf.
 *
 * @return			descriptor of the engine's, -1 if there is no connection
 */
int kupf_n4_fd(const kupf_n4_t *self);

/**
 * Get what to wait for, as poll() has it.
 */
short kupf_n4_poll_events(const kupf_n4_t *self);

/**
 * Get how long to wait at most before kupf_n4_process().
 *
 * @return			milliseconds as poll() has them, -1 for ever
 */
int kupf_n4_poll_timeout(const kupf_n4_t *self);

/**
 * Do what can be done without waiting.
 */
void kupf_n4_process(kupf_n4_t *self);

/**
 * Get the counters.
 *
 * @param self		engine
 * @param counters	[out] counters
 */
void kupf_n4_get_counters(const kupf_n4_t *self,
						  kupf_n4_counters_t *counters);

#ifdef __cplusplus
}
#endif

#endif /** KUPF_N4_H_ @}*/
