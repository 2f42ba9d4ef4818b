/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup nin3a_ue_liveness nin3a_ue_liveness
 * @{ @ingroup nin3a_ue
 *
 * Notices that the UPF does not have a tunnel any more, long before charon gives
 * up sending a request again: a tunnel through which nothing has come for three
 * to six tenths of the setting liveness is asked for with an empty INFORMATIONAL
 * (RFC 7296, 2.4), which is sent again twice in the time that is left.  The first
 * sign of life, of IKE or ESP, ends that.
 *
 * A tunnel that stays silent, and one that the UPF says not to know (RFC 7296,
 * 2.21.4), which is not protected and may come from anybody, is only suspected:
 * it stays, another one is set up beside it, and takes its place once it is
 * there.  Whoever makes us suspect our tunnels gains set-ups that come ever more
 * seldom (retry to retry_max), unless the tunnels last, and one at once for each
 * suspected tunnel if an attempt was not answered.
 */

#ifndef NIN3A_UE_LIVENESS_H_
#define NIN3A_UE_LIVENESS_H_

#include "nin3a_ue/nin3a_ue_config.h"
#include "nin3a_ue_jobs.h"

/** Messages a second without protection for which an IKE_SA is looked for */
#define NIN3A_UE_HINT_RATE 50

typedef struct nin3a_ue_liveness_t nin3a_ue_liveness_t;

/**
 * To be called from charon's hooks: constant work, all else is done in jobs.
 */
struct nin3a_ue_liveness_t {

	/**
	 * A tunnel has come up, or was rekeyed: if it is through a NAT before us, have
	 * charon learn the mapping of that, so that it notices another one.
	 *
	 * @param ike_sa	IKE_SA, with its NAT detection done
	 */
	void (*map)(nin3a_ue_liveness_t *this, ike_sa_t *ike_sa);

	/**
	 * A tunnel has come up, or was rekeyed: listen, until it goes.  If liveness
	 * is 0, now or later, nothing is done any more until it is rekeyed.
	 *
	 * @param ike_sa	unique identifier
	 */
	void (*watch)(nin3a_ue_liveness_t *this, uint32_t ike_sa);

	/**
	 * A message goes out on an IKE_SA.
	 *
	 * @param message	message as it is sent
	 */
	void (*sent)(nin3a_ue_liveness_t *this, ike_sa_t *ike_sa,
				 message_t *message);

	/**
	 * A message has come on an IKE_SA.
	 *
	 * @param message	message, verified and decrypted
	 */
	void (*received)(nin3a_ue_liveness_t *this, ike_sa_t *ike_sa,
					 message_t *message);

	/**
	 * INVALID_IKE_SPI has come, without protection.  To be called by one thread
	 * at a time.  NIN3A_UE_HINT_RATE a second are looked at.
	 *
	 * @param message	message that tunnel_invalid_spi_is_answer(), as received
	 */
	void (*hint)(nin3a_ue_liveness_t *this, chunk_t message);

	/**
	 * Destroy the object, once the worker is.
	 */
	void (*destroy)(nin3a_ue_liveness_t *this);
};

/**
 * Create the object.
 *
 * @param config	settings
 * @param sas		IKE_SAs
 * @param legs		legs
 * @param jobs		begins attempts
 * @param worker	has the jobs done
 */
nin3a_ue_liveness_t *nin3a_ue_liveness_create(nin3a_ue_config_t *config,
											  nin3a_ue_sas_t *sas,
											  nin3a_ue_legs_t *legs,
											  nin3a_ue_jobs_t *jobs,
											  tunnel_worker_t *worker);

#endif /** NIN3A_UE_LIVENESS_H_ @}*/
