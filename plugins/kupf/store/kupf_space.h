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

#include <library.h>

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
 * Whether inner addresses of sessions of two DNNs are of one space.
 *
 * @param a			DNN, or NULL
 * @param b			DNN, or NULL
 */
bool kupf_space_same(const char *a, const char *b);

/**
 * Have the hash of an address be one of the space that it is in.
 *
 * @param dnn		DNN, or NULL
 * @param hash		hash of the address
 * @return			the same hash for the same space
 */
uint32_t kupf_space_hash(const char *dnn, uint32_t hash);

#endif /** KUPF_SPACE_H_ @}*/
