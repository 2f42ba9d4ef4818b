/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup kupf_space kupf_space
 * @{ @ingroup kupf
 *
 * Which inner addresses are told apart (setting share_ue_addresses): all are of
 * one space, in which one is of one session; or each DNN has a space of its own,
 * so that one may be of a session in each; or they are not told apart here.
 *
 * Sessions without a DNN have one space together.  DNNs that differ in case only
 * are the same.
 *
 * It is set before anybody reads it, and stays; apart from that all functions
 * may be called by any thread.
 */

#ifndef KUPF_SPACE_H_
#define KUPF_SPACE_H_

#include "kupf_session.h"

typedef enum kupf_space_t kupf_space_t;

/**
 * Who may have the same inner address.
 */
enum kupf_space_t {
	/** "no": nobody */
	KUPF_SPACE_ONE,
	/** "dnn": sessions of different DNNs */
	KUPF_SPACE_DNN,
	/** "yes": all */
	KUPF_SPACE_SHARED,
};

/**
 * Whether a text is a value of the setting.
 *
 * @param text		text, NULL for the default
 */
bool kupf_space_is_setting(const char *text);

/**
 * Get the value of the setting.
 *
 * @param text		kupf_space_is_setting()
 */
kupf_space_t kupf_space_parse(const char *text);

/**
 * Set it for this host.
 */
void kupf_space_set(kupf_space_t space);

/**
 * Whether DNNs have spaces of their own, as it was set: only then it is worth
 * looking for the DNN of a session.
 */
extern bool kupf_space_by_dnn;

/**
 * Whether two DNNs are the same.
 *
 * @param a			DNN, or NULL
 * @param b			DNN, or NULL
 */
bool kupf_space_equal(const char *a, const char *b);

/**
 * Whether inner addresses of sessions of two DNNs are of one space.
 *
 * @param a			DNN, or NULL
 * @param b			DNN, or NULL
 */
static inline bool kupf_space_same(const char *a, const char *b)
{
	return !kupf_space_by_dnn || kupf_space_equal(a, b);
}

/**
 * Get the DNN of a session where that matters.
 *
 * @return			internal DNN, NULL for none, and where it does not matter
 */
static inline const char *kupf_space_of(const kupf_session_t *session)
{
	return kupf_space_by_dnn ? kupf_session_get_dnn(session) : NULL;
}

/**
 * Hash a DNN.
 *
 * @param dnn		DNN
 * @param hash		hash to go on from
 */
uint32_t kupf_space_hash_dnn(const char *dnn, uint32_t hash);

/**
 * Have the hash of an address be one of the space that it is in.
 *
 * @param dnn		DNN, or NULL
 * @param hash		hash of the address
 * @return			the same hash for the same space
 */
static inline uint32_t kupf_space_hash(const char *dnn, uint32_t hash)
{
	return kupf_space_by_dnn && dnn ? kupf_space_hash_dnn(dnn, hash) : hash;
}

#endif /** KUPF_SPACE_H_ @}*/
