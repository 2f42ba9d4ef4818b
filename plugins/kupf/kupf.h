/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup kupf kupf
 * @ingroup plugins
 *
 * @defgroup kupf_h kupf
 * @{ @ingroup kupf
 *
 * What plugin kupf is to other plugins.  The object is lib->get(lib, "kupf")
 * from the registration of the plugin feature CUSTOM:kupf to its removal.
 *
 * Division of labour: kupf holds the keys and talks to the SMF side, an
 * enforcer (plugin nin3a on a UPF, nin3a-ue on a UE) decides which IKE_SAs may
 * use them and knows the tunnels.  As long as no enforcer is attached, charon
 * gets no key (unless charon.plugins.kupf.require_enforcement is no).
 */

#ifndef KUPF_H_
#define KUPF_H_

#include "kupf_consumers.h"
#include "kupf_counters.h"
#include "kupf_findings.h"
#include "kupf_role.h"
#include "kupf_tunnel.h"
#include "kupf/store/kupf_session.h"
#include "kupf/store/kupf_session_compare.h"
#include "kupf/store/kupf_store.h"

#include <credentials/credential_set.h>
#include <sa/child_sa.h>
#include <sa/ike_sa.h>

/** Name of the object and of the plugin feature that provides it */
#define KUPF_OBJECT "kupf"

typedef struct kupf_t kupf_t;
typedef struct kupf_enforcer_t kupf_enforcer_t;

/**
 * What an enforcer does for kupf.  Called by any thread, with none of kupf's
 * locks held but the one that keeps the enforcer attached, and measure() not even
 * with that, though it is attached until it is back; none of these may wait for
 * the network or call attach() or detach().
 */
struct kupf_enforcer_t {

	/**
	 * Consumers of keys, told of sessions by whoever stands for the enforcer;
	 * NULL for none, as always in the enforcer of another plugin.
	 */
	kupf_consumers_t *consumers;

	/**
	 * Say what the host is with this enforcer.
	 *
	 * @param attached	[out] role that it enforces, KUPF_ROLE_UNSET if no
	 *					enforcer is attached
	 * @return			role of the host
	 */
	kupf_role_t (*get_role)(kupf_enforcer_t *this, kupf_role_t *attached);

	/**
	 * Whether charon may have the key of the peer for this IKE_SA, now.
	 * Called by the thread that has ike_sa checked out.
	 */
	bool (*covers)(kupf_enforcer_t *this, ike_sa_t *ike_sa);

	/**
	 * Get the session that an IKE_SA was initiated for.  Such an IKE_SA gets
	 * the key of this very object, to authenticate us and the peer, and no
	 * other.  Called by the thread that has ike_sa checked out.
	 *
	 * @param ike_sa	IKE_SA that we have initiated
	 * @return			new reference, NULL if it was initiated for none
	 */
	kupf_session_t *(*own)(kupf_enforcer_t *this, ike_sa_t *ike_sa);

	/**
	 * Whether a session can be made use of here.  Called before it enters the
	 * store, or takes the place of another one.
	 *
	 * @param data		contents of the session
	 * @return			name of the field that is missing, NULL if none is
	 */
	const char *(*accepts)(kupf_enforcer_t *this,
						   const kupf_session_data_t *data);

	/**
	 * A session has entered the store.
	 *
	 * @param session	session
	 */
	void (*established)(kupf_enforcer_t *this, kupf_session_t *session);

	/**
	 * Count the tunnels that are up for a session.
	 *
	 * @param session	name of the session
	 */
	u_int (*count_tunnels)(kupf_enforcer_t *this, const char *session);

	/**
	 * Describe the tunnels that are up for a session.  May be NULL: then it
	 * has nothing to say about them.
	 *
	 * @param session	name of the session
	 * @param tunnels	[out] tunnels, in no order
	 * @param max		room for that, number of tunnels
	 * @return			number of tunnels that were described
	 */
	u_int (*describe)(kupf_enforcer_t *this, const char *session,
					  kupf_tunnel_t *tunnels, u_int max);

	/**
	 * Find out what has passed through the CHILD_SAs of a tunnel.  This asks
	 * charon for its IKE_SA, and waits as long as another thread works with
	 * that: not to be called by a thread that others wait for, nor in a hook.
	 * May be NULL: then nothing is known.
	 *
	 * @param tunnel	tunnel from describe(); its children are filled in, as
	 *					far as they are still there
	 */
	void (*measure)(kupf_enforcer_t *this, kupf_tunnel_t *tunnel);

	/**
	 * Say how setting up the tunnel of a session gets on.  May be NULL: then it
	 * sets up none.
	 *
	 * @param session	name of the session
	 * @param attempts	[out] how it gets on
	 * @return			FALSE if this host does not set it up
	 */
	bool (*get_attempts)(kupf_enforcer_t *this, const char *session,
						 kupf_attempts_t *attempts);

	/**
	 * Do not wait any longer for the next attempt to set up the tunnel of a
	 * session.  May be NULL, as above.
	 *
	 * @param session	name of the session
	 * @param waited	[out] whether one was waited for, which begins now
	 * @return			FALSE if this host does not set it up
	 */
	bool (*retry)(kupf_enforcer_t *this, const char *session, bool *waited);

	/**
	 * Whether an IKE_SA of a session, as it is or as it was before, can use an
	 * inner address.  May be NULL: then none can.
	 *
	 * @param session	name of the session
	 * @param dnn		DNN in whose space the address is (kupf_space), or NULL
	 * @param address	address
	 */
	bool (*uses)(kupf_enforcer_t *this, const char *session, const char *dnn,
				 const kupf_address_t *address);

	/**
	 * Close all tunnels of a session that has left the store, and those that
	 * are being set up with it; does not wait until they are gone.
	 *
	 * @param session	session as it was in the store
	 * @param reason	reason to report
	 * @return			number of tunnels that were up and will be closed
	 */
	u_int (*close)(kupf_enforcer_t *this, kupf_session_t *session,
				   kupf_reason_t reason);

	/**
	 * Close tunnels of a session that stays in the store, as its UE is at
	 * another UPF (KUPF_REASON_MOVED); does not wait until they are gone.  What
	 * is being set up is left alone: it is newer than whatever was known of
	 * the UE.  May be NULL: then this host sets tunnels up by itself, and would
	 * do so again.
	 *
	 * @param session	name of the session
	 * @param up_as		unique identifier that came with tunnel_up() of the only
	 *					one to close, 0 for all
	 * @param tunnels	[out] number of tunnels that were up and will be closed
	 * @return			FALSE if this host sets them up by itself
	 */
	bool (*vacate)(kupf_enforcer_t *this, const char *session, uint32_t up_as,
				   u_int *tunnels);

	/**
	 * A session was modified: tunnels that need to be set up anew
	 * (kupf_session_needs_rekey()) are closed when the grace is over, unless
	 * the UE has replaced them by then.
	 *
	 * @param old		session as it was
	 * @param new		session as it is in the store now
	 * @param grace		seconds, UINT32_MAX for the enforcer's default
	 */
	void (*replaced)(kupf_enforcer_t *this, kupf_session_t *old,
					 kupf_session_t *new, uint32_t grace);

	/**
	 * Report all counters.
	 */
	void (*counters)(kupf_enforcer_t *this, kupf_counter_cb_t cb, void *user);

	/**
	 * Look for what is wrong with the configuration.  The work has a bound.
	 *
	 * @param findings	gets what is found
	 */
	void (*check)(kupf_enforcer_t *this, kupf_findings_t *findings);
};

/**
 * What kupf does for an enforcer.  All methods may be called by any thread,
 * also from charon's hooks: none of them waits.
 */
struct kupf_t {

	/**
	 * Get the sessions.
	 *
	 * @return			internal store
	 */
	kupf_store_t *(*get_store)(kupf_t *this);

	/**
	 * Get the credential set, to be the exclusive local set of a thread while
	 * it handles an IKE_AUTH, so that no other PSK can take part.
	 *
	 * @return			internal set
	 */
	credential_set_t *(*get_credentials)(kupf_t *this);

	/**
	 * Get the session whose key has verified the peer's AUTH payload.  Known
	 * from that moment until our own AUTH payload is built with the same key,
	 * i.e. in authorize(), or until the IKE_SA is gone.  For an IKE_SA that we
	 * have initiated, which has our AUTH payload before the peer's, it is known
	 * until it is established.
	 *
	 * @param ike_sa	unique identifier of the IKE_SA
	 * @return			new reference, NULL if none of our keys has verified it
	 */
	kupf_session_t *(*get_verifying_session)(kupf_t *this, uint32_t ike_sa);

	/**
	 * Report a tunnel to the SMF side (event tunnel-up).
	 *
	 * @param session	session that it belongs to
	 * @param ike_sa	its IKE_SA, checked out
	 * @param child_sa	its first CHILD_SA, installed
	 */
	void (*tunnel_up)(kupf_t *this, kupf_session_t *session, ike_sa_t *ike_sa,
					  child_sa_t *child_sa);

	/**
	 * Report the end of a tunnel to the SMF side (event tunnel-down).
	 *
	 * @param session	session that it belonged to
	 * @param ike_sa	unique identifier of the IKE_SA that came with tunnel_up(),
	 *					also if it was rekeyed since
	 * @param reason	reason
	 */
	void (*tunnel_down)(kupf_t *this, kupf_session_t *session, uint32_t ike_sa,
						kupf_reason_t reason);

	/**
	 * Report a CHILD_SA of a tunnel to the SMF side (event child-up or
	 * child-down): that of tunnel_up() after that, any other one, and what
	 * rekeying makes and takes away; none that ends with its tunnel.
	 *
	 * @param session	session that the tunnel belongs to
	 * @param up_as		unique identifier that came with tunnel_up()
	 * @param ike_sa	its IKE_SA, checked out
	 * @param child_sa	CHILD_SA
	 * @param up		whether it is installed
	 */
	void (*child_changed)(kupf_t *this, kupf_session_t *session,
						  uint32_t up_as, ike_sa_t *ike_sa,
						  child_sa_t *child_sa, bool up);

	/**
	 * Report that a tunnel has other addresses to the SMF side (event
	 * tunnel-moved): MOBIKE, or another mapping of a NAT.
	 *
	 * @param session	session that the tunnel belongs to
	 * @param up_as		unique identifier that came with tunnel_up()
	 * @param local		our address and port from now on
	 * @param remote	address and port of the peer from now on
	 */
	void (*tunnel_moved)(kupf_t *this, kupf_session_t *session, uint32_t up_as,
						 host_t *local, host_t *remote);

	/**
	 * Report a session whose tunnels come up again and again to the SMF side
	 * (event session-flapping).
	 *
	 * @param session	session
	 * @param remote	address and port of the UE that came last
	 * @param tunnels	how many tunnels have come up
	 * @param seconds	within how many seconds
	 */
	void (*session_flapping)(kupf_t *this, kupf_session_t *session,
							 host_t *remote, u_int tunnels, u_int seconds);

	/**
	 * Report a refused UE to the SMF side (event auth-failed).
	 *
	 * @param ue_id		identity that the UE claimed, NULL if none
	 * @param local		our address and port
	 * @param remote	address and port of the UE
	 * @param reason	token, lower case with dashes
	 */
	void (*auth_failed)(kupf_t *this, identification_t *ue_id, host_t *local,
						host_t *remote, const char *reason);

	/**
	 * Get the role of the host.  A plugin for another one does nothing at all.
	 *
	 * @return			role, KUPF_ROLE_UNSET if nobody may use a key
	 */
	kupf_role_t (*get_role)(kupf_t *this);

	/**
	 * Become the enforcer.
	 *
	 * @param enforcer	enforcer, valid until detach()
	 * @return			FALSE if there is one already, or the host has another
	 *					role
	 */
	bool (*attach)(kupf_t *this, kupf_enforcer_t *enforcer);

	/**
	 * Stop being the enforcer.  Waits for calls under way; no call to the
	 * enforcer comes after it.
	 */
	void (*detach)(kupf_t *this);
};

#endif /** KUPF_H_ @}*/
