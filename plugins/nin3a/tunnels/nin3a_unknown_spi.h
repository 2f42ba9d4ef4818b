/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup nin3a_unknown_spi nin3a_unknown_spi
 * @{ @ingroup nin3a
 *
 * Tells UEs whose IKE_SA is not known here any more, e.g. since charon was
 * started anew, so that they need not find out by silence: INVALID_IKE_SPI (RFC
 * 7296, 2.21.4).  The answer is no longer than what it answers, and there are
 * NIN3A_UNKNOWN_SPI_RATE a second at most, whoever asks.
 */

#ifndef NIN3A_UNKNOWN_SPI_H_
#define NIN3A_UNKNOWN_SPI_H_

#include <daemon.h>

/** Answers a second, at most */
#define NIN3A_UNKNOWN_SPI_RATE 1000

typedef struct nin3a_unknown_spi_t nin3a_unknown_spi_t;

/**
 * What has to be remembered; zero at first.
 */
struct nin3a_unknown_spi_t {
	/** time_monotonic() of the second that is under way */
	time_t second;
	/** answers in it */
	u_int answers;
};

/**
 * Answer a message of an IKE_SA that charon does not know.  To be called from
 * charon's alert ALERT_INVALID_IKE_SPI, which is raised by one thread at a time;
 * queues the answer and does not wait.
 *
 * @param message	message, its header was parsed
 */
void nin3a_unknown_spi_answer(nin3a_unknown_spi_t *this, message_t *message);

#endif /** NIN3A_UNKNOWN_SPI_H_ @}*/
