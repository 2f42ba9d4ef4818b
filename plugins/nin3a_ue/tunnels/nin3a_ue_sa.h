/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup nin3a_ue_sa nin3a_ue_sa
 * @{ @ingroup nin3a_ue
 *
 * An IKE_SA of a leg, and the rules by which it goes from one stage to another.
 *
 * To be called under the mutex of nin3a_ue_table; nothing here calls out of it, and
 * nothing but nin3a_ue_sa_destroy() drops a reference to a session.
 */

#ifndef NIN3A_UE_SA_H_
#define NIN3A_UE_SA_H_

#include "tunnel/tunnel_spis.h"
#include "tunnel/tunnel_status.h"
#include "nin3a_ue/auth/nin3a_ue_policy.h"

#include "kupf/kupf.h"

#include <collections/array.h>

/** No kupf_reason_t was given */
#define NIN3A_UE_NO_REASON 0xff

/** Most inner addresses of an IKE_SA */
#define NIN3A_UE_INNER_MAX KUPF_UE_ADDRESSES_MAX

typedef struct nin3a_ue_leg_t nin3a_ue_leg_t;
typedef struct nin3a_ue_sa_t nin3a_ue_sa_t;
typedef enum nin3a_ue_stage_t nin3a_ue_stage_t;

/**
 * How far an IKE_SA has come.
 */
enum nin3a_ue_stage_t {
	/** there is no entry: it is none of ours */
	NIN3A_UE_STAGE_NONE,
	/** initiated, not authenticated */
	NIN3A_UE_STAGE_CONNECTING,
	/** charon has established it, it has no CHILD_SA yet */
	NIN3A_UE_STAGE_ESTABLISHED,
	/** it is a tunnel */
	NIN3A_UE_STAGE_UP,
};

/**
 * An IKE_SA.
 */
struct nin3a_ue_sa_t {
	/** leg it belongs to */
	nin3a_ue_leg_t *leg;
	/** next one of the same leg, an older one */
	nin3a_ue_sa_t *next;
	/** session that it was initiated for, a reference */
	kupf_session_t *session;
	/** connection that was made for it: what tells which one charon sets up in
	 * its place; only compared */
	const void *connection;
	/** unique identifier */
	uint32_t ike_sa;
	/** unique identifier that it had when it became a tunnel */
	uint32_t up_as;
	/** time_monotonic() when it became a tunnel */
	time_t since;
	/** nin3a_ue_stage_t */
	uint8_t stage;
	/** nin3a_ue_reason_t, why it failed */
	uint8_t failure;
	/** its SPIs */
	tunnel_spis_t spis;
	/** inner addresses that it has got, and their number */
	kupf_address_t inner[NIN3A_UE_INNER_MAX];
	u_int inner_count;
	/** what is shown of the tunnel, NULL until it is one */
	tunnel_status_t *status;
	/** how many AUTH_LIFETIMEs of the UPF were followed */
	uint8_t lifetimes;
	/** whether the UPF has answered something that cannot be read */
	bool unreadable;
	/** whether the UPF seems not to have this tunnel any more: another one is
	 * to take its place */
	bool suspect;
	/** whether an attempt has begun at once since, as the UPF said so again */
	bool hurried;
	/** whether a protected message of IKE has come since that was asked */
	bool heard;
	/** packets that have come through its CHILD_SAs when that was asked */
	uint64_t packets;
	/** whether a request of ours is in the air */
	bool asked;
	/** that request as it was sent, if it may be sent again; or empty */
	chunk_t request;
	/** kupf_reason_t, why the tunnel goes, or NIN3A_UE_NO_REASON */
	uint8_t reason;
	/** whether we are closing it */
	bool closing;
	/** whether its failure, or its end as a tunnel, was reported */
	bool reported;
};

/**
 * Destroy an IKE_SA, and drop its reference to the session.
 *
 * @param sa		IKE_SA, or NULL
 */
void nin3a_ue_sa_destroy(nin3a_ue_sa_t *sa);

/**
 * Whether an IKE_SA is as good for a session as a new one would be.
 */
bool nin3a_ue_sa_fits(const nin3a_ue_sa_t *sa, const kupf_session_t *session);

/**
 * Keep why an attempt fails, unless that is known.
 */
void nin3a_ue_sa_fail(nin3a_ue_sa_t *sa, nin3a_ue_reason_t failure);

/**
 * Say why a tunnel goes, unless that was said before.
 */
void nin3a_ue_sa_give_reason(nin3a_ue_sa_t *sa, kupf_reason_t reason);

/**
 * Why an IKE_SA is gone: what made the attempt fail, or ended the tunnel.
 *
 * @return			constant token
 */
const char *nin3a_ue_sa_why_gone(const nin3a_ue_sa_t *sa);

/**
 * Mark an IKE_SA as being closed.
 *
 * @param reason	reason to report if it is a tunnel
 * @param ids		array of uint32_t that it is added to
 */
void nin3a_ue_sa_close(nin3a_ue_sa_t *sa, kupf_reason_t reason, array_t *ids);

/**
 * Mark an IKE_SA as being closed for what it does, or does not.
 *
 * @param failure	why, if it is no tunnel
 * @return			FALSE if it is being closed
 */
bool nin3a_ue_sa_condemn(nin3a_ue_sa_t *sa, nin3a_ue_reason_t failure);

/**
 * Keep the addresses of a tunnel, see nin3a_ue_sas_t.set_path().
 */
void nin3a_ue_sa_set_path(nin3a_ue_sa_t *sa, const kupf_endpoint_t *local,
						  const kupf_endpoint_t *remote, tunnel_told_t *told);

/**
 * Keep or forget a CHILD_SA of a tunnel, see nin3a_ue_sas_t.set_child().
 */
void nin3a_ue_sa_set_child(nin3a_ue_sa_t *sa, const kupf_child_t *child,
						   bool installed, tunnel_told_t *told);

/**
 * An IKE_SA has a CHILD_SA.
 *
 * @param now		time_monotonic()
 * @return			FALSE if it was a tunnel before, is not established, or is
 *					being closed
 */
bool nin3a_ue_sa_up(nin3a_ue_sa_t *sa, time_t now);

/**
 * A tunnel goes; told once.
 *
 * @param superseded	whether another IKE_SA takes its place
 * @param reason		[out] why
 * @return				FALSE if it is none, or it was told
 */
bool nin3a_ue_sa_down(nin3a_ue_sa_t *sa, bool superseded,
					  kupf_reason_t *reason);

/**
 * An attempt has failed; told once.
 *
 * @param failure	[out] why, NIN3A_UE_INCOMPLETE if nobody has said so
 * @return			FALSE if it has become a tunnel, or it was told
 */
bool nin3a_ue_sa_end_attempt(nin3a_ue_sa_t *sa, nin3a_ue_reason_t *failure);

#endif /** NIN3A_UE_SA_H_ @}*/
