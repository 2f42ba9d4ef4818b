/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup nin3a_ue_sas nin3a_ue_sas
 * @{ @ingroup nin3a_ue
 *
 * What becomes of each IKE_SA of all legs.
 *
 * An IKE_SA belongs to the session object that it was initiated for.  One
 * without an entry is none of ours.
 *
 * All methods take constant time, under the mutex of nin3a_ue_table.  Any thread
 * may call.
 */

#ifndef NIN3A_UE_SAS_H_
#define NIN3A_UE_SAS_H_

#include "nin3a_ue_table.h"

/** AUTH_LIFETIMEs that are followed on an IKE_SA, and on all that it was
 * rekeyed from */
#define NIN3A_UE_LIFETIMES_MAX 8

typedef struct nin3a_ue_sas_t nin3a_ue_sas_t;

/**
 * IKE_SAs are named by their unique identifiers.
 */
struct nin3a_ue_sas_t {

	/**
	 * Get the stage of an IKE_SA.
	 */
	nin3a_ue_stage_t (*get_stage)(nin3a_ue_sas_t *this, uint32_t ike_sa);

	/**
	 * Get the session of an IKE_SA.
	 *
	 * @return			new reference, NULL if it is none of ours
	 */
	kupf_session_t *(*get_session)(nin3a_ue_sas_t *this, uint32_t ike_sa);

	/**
	 * Say why an attempt fails.  The first reason counts; does nothing to a
	 * tunnel.
	 */
	void (*set_failure)(nin3a_ue_sas_t *this, uint32_t ike_sa,
				 nin3a_ue_reason_t failure);

	/**
	 * The UPF has answered something that cannot be read: if nothing else comes,
	 * the reason will be that and not that there was no answer.
	 */
	void (*set_unreadable)(nin3a_ue_sas_t *this, uint32_t ike_sa);

	/**
	 * Get why an attempt fails.
	 *
	 * @return			NIN3A_UE_UNDECIDED if nobody has said so
	 */
	nin3a_ue_reason_t (*get_failure)(nin3a_ue_sas_t *this, uint32_t ike_sa);

	/**
	 * Follow another AUTH_LIFETIME of the UPF, unless there were too many on
	 * this IKE_SA and those that it was rekeyed from: what a UPF has us do by
	 * them is bounded.
	 *
	 * @return			FALSE if there were, or if it is none of ours
	 */
	bool (*take_lifetime)(nin3a_ue_sas_t *this, uint32_t ike_sa);

	/**
	 * charon has established an IKE_SA.
	 */
	void (*establish)(nin3a_ue_sas_t *this, uint32_t ike_sa);

	/**
	 * Say why a tunnel will go.  The first reason counts.
	 */
	void (*set_reason)(nin3a_ue_sas_t *this, uint32_t ike_sa,
					   kupf_reason_t reason);

	/**
	 * An IKE_SA is to be closed for what it does, or does not.
	 *
	 * @param failure	why, if it is no tunnel
	 * @return			FALSE if it is none of ours or is being closed
	 */
	bool (*condemn)(nin3a_ue_sas_t *this, uint32_t ike_sa,
					nin3a_ue_reason_t failure);

	/**
	 * An IKE_SA was rekeyed: its entry moves to the successor.
	 *
	 * @param spis		SPIs of the successor
	 * @return			TRUE if it is being closed, and so has the successor
	 */
	bool (*rekey)(nin3a_ue_sas_t *this, uint32_t old, uint32_t new,
				  const tunnel_spis_t *spis);

	/**
	 * Keep the SPIs of an IKE_SA.
	 */
	void (*set_spis)(nin3a_ue_sas_t *this, uint32_t ike_sa,
					 const tunnel_spis_t *spis);

	/**
	 * Get the SPIs of an IKE_SA.
	 *
	 * @param spis		[out] SPIs
	 * @return			FALSE if it is none of ours
	 */
	bool (*get_spis)(nin3a_ue_sas_t *this, uint32_t ike_sa,
					 tunnel_spis_t *spis);

	/**
	 * Keep the addresses of a tunnel.
	 *
	 * @param local		our address and port
	 * @param remote	address and port of the UPF
	 * @param told		[out] what there is to be told, as it has moved, or NULL
	 */
	void (*set_path)(nin3a_ue_sas_t *this, uint32_t ike_sa,
					 const kupf_endpoint_t *local,
					 const kupf_endpoint_t *remote, tunnel_told_t *told);

	/**
	 * Keep or forget a CHILD_SA of a tunnel, see tunnel_status_set_child().
	 *
	 * @param told		[out] what there is to be told, as that is new, or NULL
	 */
	void (*set_child)(nin3a_ue_sas_t *this, uint32_t ike_sa,
					  const kupf_child_t *child, bool installed,
					  tunnel_told_t *told);

	/**
	 * A tunnel goes; told once.
	 *
	 * @param up_as		[out] unique identifier under which it came up
	 * @param reason	[out] why, KUPF_REASON_SHUTDOWN if nobody has said so
	 * @return			new reference to its session, NULL if it was no tunnel
	 */
	kupf_session_t *(*down)(nin3a_ue_sas_t *this, uint32_t ike_sa,
							uint32_t *up_as, kupf_reason_t *reason);

	/**
	 * An attempt has failed; told once.
	 *
	 * @param failure	[out] why, NIN3A_UE_INCOMPLETE if nobody has said so
	 * @return			new reference to its session, NULL if it was a tunnel
	 */
	kupf_session_t *(*end_attempt)(nin3a_ue_sas_t *this, uint32_t ike_sa,
								   nin3a_ue_reason_t *failure);

	/**
	 * A request of ours was sent.
	 *
	 * @param request	it, if it may be sent again, a copy is kept; or empty
	 */
	void (*set_request)(nin3a_ue_sas_t *this, uint32_t ike_sa, chunk_t request);

	/**
	 * Get the request of ours that is in the air.
	 *
	 * @return			a copy, empty if there is none that may be sent again
	 */
	chunk_t (*get_request)(nin3a_ue_sas_t *this, uint32_t ike_sa);

	/**
	 * A protected message of IKE has come: a sign of life.
	 *
	 * @param answer	whether it answers our request
	 */
	void (*set_heard)(nin3a_ue_sas_t *this, uint32_t ike_sa, bool answer);

	/**
	 * Whether there was a sign of life since that was asked last: a message, or
	 * packets.
	 *
	 * @param packets	packets that have come through its CHILD_SAs so far
	 */
	bool (*was_heard)(nin3a_ue_sas_t *this, uint32_t ike_sa, uint64_t packets);

	/**
	 * Destroy the object.
	 */
	void (*destroy)(nin3a_ue_sas_t *this);
};

/**
 * Create the object.
 *
 * @param table		IKE_SAs, must live longer
 */
nin3a_ue_sas_t *nin3a_ue_sas_create(nin3a_ue_table_t *table);

#endif /** NIN3A_UE_SAS_H_ @}*/
