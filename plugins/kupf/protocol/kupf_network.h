/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup kupf_network kupf_network
 * @{ @ingroup kupf
 *
 * Names of what a PDU session leads to: data network and slice.
 */

#ifndef KUPF_NETWORK_H_
#define KUPF_NETWORK_H_

#include "kupf/store/kupf_session.h"

/**
 * Parse a DNN: labels of letters, digits and hyphens, and dots between them
 * (TS 23.003, 9A), kept as it is.
 *
 * @param text		text, need not end in NUL
 * @param dnn		[out] the same with a NUL
 * @return			FALSE if it is none
 */
bool kupf_network_parse_dnn(chunk_t text, char dnn[KUPF_DNN_MAX + 1]);

/**
 * Parse an S-NSSAI (TS 23.003, 28.4.2): SST, a number from 1 to 255, and behind
 * a hyphen six hexadecimal digits of SD if it has one.
 *
 * @param text		text, need not end in NUL
 * @param snssai	[out] text without leading zeros of SST, in lower case
 * @return			FALSE if it is none
 */
bool kupf_network_parse_snssai(chunk_t text, char snssai[KUPF_SNSSAI_MAX + 1]);

#endif /** KUPF_NETWORK_H_ @}*/
