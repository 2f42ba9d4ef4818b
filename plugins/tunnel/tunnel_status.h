/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup tunnel_status tunnel_status
 * @{ @ingroup tunnel
 *
 * What is kept about a tunnel only to be shown: its addresses, its CHILD_SAs
 * and when it came up.  So list-sessions need not ask charon for the IKE_SA,
 * which another thread may have checked out.
 *
 * Not to be used by two threads at once: nin3a_tunnels and nin3a_ue_sas have
 * the mutex.  Values are made of charon's objects before that is locked, in
 * hooks, by the thread that has the IKE_SA checked out.
 */

#ifndef TUNNEL_STATUS_H_
#define TUNNEL_STATUS_H_

#include "kupf/kupf.h"

/** Most CHILD_SAs that are followed, twice what an IKE_SA may have */
#define TUNNEL_STATUS_CHILDREN_MAX 128

/** Moves of a tunnel that are told within TUNNEL_STATUS_MOVES_TIME seconds */
#define TUNNEL_STATUS_MOVES_MAX 10
#define TUNNEL_STATUS_MOVES_TIME 10

typedef struct tunnel_status_t tunnel_status_t;
typedef struct tunnel_told_t tunnel_told_t;
typedef enum tunnel_path_t tunnel_path_t;

/**
 * What there is to be told of a tunnel.
 */
struct tunnel_told_t {
	/** its session, a reference; NULL if there is nothing to be told */
	kupf_session_t *session;
	/** unique identifier under which it came up */
	uint32_t up_as;
};

/**
 * What has become of the addresses of a tunnel.
 */
enum tunnel_path_t {
	/** they are as before, or the first ones */
	TUNNEL_PATH_SAME,
	/** they have changed */
	TUNNEL_PATH_MOVED,
	/** they have changed too often for that to be told */
	TUNNEL_PATH_RESTLESS,
};

/**
 * Make a value of an address with a port.
 */
kupf_endpoint_t tunnel_status_endpoint(host_t *host);

/**
 * Make a value of a CHILD_SA that is about to be in another state.  CHILD_SAs
 * are followed by their states and not by the hooks for their end and for
 * rekeying, as these leave out what a collision of two rekeyings makes and
 * takes away again.
 *
 * @param state		state
 * @param child		[out] value
 * @param installed	[out] whether it is installed then
 * @return			FALSE if that state says nothing
 */
bool tunnel_status_child(child_sa_t *child_sa, child_sa_state_t state,
						 kupf_child_t *child, bool *installed);

/**
 * Create the details of a tunnel that comes up now.
 */
tunnel_status_t *tunnel_status_create();

/**
 * Set the addresses.
 *
 * @param local		our address and port
 * @param remote	address and port of the peer
 * @return			what has become of them
 */
tunnel_path_t tunnel_status_set_path(tunnel_status_t *this,
									 const kupf_endpoint_t *local,
									 const kupf_endpoint_t *remote);

/**
 * Keep or forget a CHILD_SA; of those beyond the first
 * TUNNEL_STATUS_CHILDREN_MAX none is kept.
 *
 * @param child		CHILD_SA, found by its inbound SPI
 * @param installed	whether it is installed
 * @return			whether that is new
 */
bool tunnel_status_set_child(tunnel_status_t *this, const kupf_child_t *child,
							 bool installed);

/**
 * Whether there is a CHILD_SA that is installed.
 */
bool tunnel_status_has_child(const tunnel_status_t *this);

/**
 * Copy them out, of the CHILD_SAs the first KUPF_CHILDREN_MAX.
 *
 * @param tunnel	[out] local, remote, established, child_count and children;
 *					others are left alone
 */
void tunnel_status_get(const tunnel_status_t *this, kupf_tunnel_t *tunnel);

/**
 * Take up what was measured, of the CHILD_SAs that are there still.
 *
 * @param tunnel	what tunnel_status_get() has given, measured
 * @param in		[out] octets that we have received since it was measured last
 * @param out		[out] octets that we have sent
 */
void tunnel_status_take_traffic(tunnel_status_t *this,
								const kupf_tunnel_t *tunnel, uint64_t *in,
								uint64_t *out);

/**
 * Destroy them.
 *
 * @param this		details, or NULL
 */
void tunnel_status_destroy(tunnel_status_t *this);

#endif /** TUNNEL_STATUS_H_ @}*/
