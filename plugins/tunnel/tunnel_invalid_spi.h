/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup tunnel_invalid_spi tunnel_invalid_spi
 * @{ @ingroup tunnel
 *
 * The one message that is sent without protection on an IKE_SA that was
 * established: INVALID_IKE_SPI, by an end that does not know the IKE_SA (RFC
 * 7296, 1.5 and 2.21.4).  Anybody can send it, so that whoever gets it takes it
 * as a hint only, and does nothing to the IKE_SA.
 */

#ifndef TUNNEL_INVALID_SPI_H_
#define TUNNEL_INVALID_SPI_H_

#include <library.h>

/**
 * Make the answer to a request of an IKE_SA that is not known.  It is no longer
 * than the request.
 *
 * @param request	request as it was received, from the IKE header on
 * @return			answer, allocated; empty if it gets none: it is a response,
 *					one that sets up an IKE_SA, not of IKEv2, or not one that
 *					an IKE_SA protects
 */
chunk_t tunnel_invalid_spi_answer(chunk_t request);

/**
 * Whether a message is such an answer, and nothing else.
 *
 * @param message	message as it was received, from the IKE header on
 */
bool tunnel_invalid_spi_is_answer(chunk_t message);

/**
 * Read such an answer.
 *
 * @param message		message that tunnel_invalid_spi_is_answer()
 * @param initiator		[out] SPI of the IKE_SA's initiator, network order
 * @param responder		[out] SPI of its responder, network order
 * @param message_id	[out] message ID
 * @return				whether its sender says to be the responder
 */
bool tunnel_invalid_spi_read(chunk_t message, uint64_t *initiator,
							 uint64_t *responder, uint32_t *message_id);

#endif /** TUNNEL_INVALID_SPI_H_ @}*/
