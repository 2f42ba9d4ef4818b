/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup nin3a_ue_legs nin3a_ue_legs
 * @{ @ingroup nin3a_ue
 *
 * The legs of all sessions: what is wanted, what there is, and therefore what
 * to do next; see nin3a_ue_leg for the states.  It does nothing of that itself:
 * its caller gets orders and IKE_SAs to close.
 *
 * A leg is there as long as its session is in the store or it has an IKE_SA.
 * So there are as many as kupf has sessions (charon.plugins.kupf.max_sessions).
 * The number of IKE_SAs of a leg is one, and a few more for a moment when its
 * session is modified.
 *
 * They also know whose an inner address is, of all that sessions name and UPFs
 * assign.
 *
 * The mutex is that of nin3a_ue_table, see there.  Any thread may call.
 */

#ifndef NIN3A_UE_LEGS_H_
#define NIN3A_UE_LEGS_H_

#include "nin3a_ue_table.h"

typedef struct nin3a_ue_legs_t nin3a_ue_legs_t;
typedef struct nin3a_ue_totals_t nin3a_ue_totals_t;

/**
 * How many there are.
 */
struct nin3a_ue_totals_t {
	/** legs */
	u_int legs;
	/** legs with an attempt under way */
	u_int connecting;
	/** legs that wait for another attempt */
	u_int waiting;
	/** IKE_SAs */
	u_int ike_sas;
	/** tunnels */
	u_int up;
};

struct nin3a_ue_legs_t {

	/**
	 * Set the times between attempts, for orders from now on.
	 */
	void (*set_backoff)(nin3a_ue_legs_t *this, nin3a_ue_backoff_t backoff);

	/**
	 * A session is in the store, for the first time or modified.
	 *
	 * @param session	session
	 * @param order		[out] what to do
	 */
	void (*want)(nin3a_ue_legs_t *this, kupf_session_t *session,
				 nin3a_ue_order_t *order);

	/**
	 * A session has left the store.
	 *
	 * @param name		its name
	 * @param current	session that is in the store under this name now, or
	 *					NULL
	 * @param reason	why
	 * @param ids		array of uint32_t that the IKE_SAs to close are added to
	 * @return			how many of them are tunnels
	 */
	u_int (*drop)(nin3a_ue_legs_t *this, const char *name,
				  kupf_session_t *current, kupf_reason_t reason, array_t *ids);

	/**
	 * Begin an attempt that was ordered.
	 *
	 * @param name		name of the session
	 * @param serial	of the order
	 * @return			new reference to the session for bind() or abort(), NULL
	 *					if the order is void
	 */
	kupf_session_t *(*begin)(nin3a_ue_legs_t *this, const char *name,
							 uint32_t serial);

	/**
	 * An attempt that has begun has an IKE_SA.
	 *
	 * @param session		session of the attempt
	 * @param ike_sa		unique identifier of the IKE_SA
	 * @param spi			our SPI of it, network order
	 * @param connection	connection that was made for it, only compared, and
	 *						only as long as the IKE_SA lives
	 * @return				FALSE if the session was deleted meanwhile
	 */
	bool (*bind)(nin3a_ue_legs_t *this, kupf_session_t *session,
				 uint32_t ike_sa, uint64_t spi, const void *connection);

	/**
	 * An attempt that has begun has got no IKE_SA.
	 *
	 * @param session	session of the attempt
	 * @param order		[out] what to do
	 */
	void (*abort)(nin3a_ue_legs_t *this, kupf_session_t *session,
				  nin3a_ue_order_t *order);

	/**
	 * charon sets up an IKE_SA in place of a tunnel of ours, with the same
	 * connection: it reauthenticates, or a child is to be restarted.
	 *
	 * @param connection	connection
	 * @param ike_sa		unique identifier of the IKE_SA
	 * @param spi			our SPI of it, network order
	 * @param ids			array of uint32_t that it is added to if it is of one
	 *						of ours, but must not be: the session was deleted or
	 *						has another key, or an attempt is under way
	 * @return				TRUE if it is an attempt of ours now
	 */
	bool (*follow)(nin3a_ue_legs_t *this, const void *connection,
				   uint32_t ike_sa, uint64_t spi, array_t *ids);

	/**
	 * The UPF assigns an inner address to an IKE_SA.  One that is taken is its
	 * leg's until the IKE_SA is gone.
	 *
	 * @param address	address
	 * @param local		whether it is on an interface of this host
	 * @return			whether it is taken: if the session names addresses, one
	 *					of these; otherwise one that no other session has, that
	 *					is no UPF's, and on an interface only for another IKE_SA
	 *					of the leg, or one that was lost NIN3A_UE_LOST seconds
	 *					ago at most; NIN3A_UE_INNER_MAX at most, each once
	 */
	bool (*assign)(nin3a_ue_legs_t *this, uint32_t ike_sa,
				   const kupf_address_t *address, bool local);

	/**
	 * An IKE_SA has a CHILD_SA.
	 *
	 * @param order		[out] what to do
	 * @param ids		array of uint32_t that the IKE_SAs are added to which it
	 *					takes the place of
	 * @param rekeyed	[out] how many of these had an earlier key
	 * @return			new reference to its session if this makes it a tunnel,
	 *					otherwise NULL
	 */
	kupf_session_t *(*up)(nin3a_ue_legs_t *this, uint32_t ike_sa,
						  nin3a_ue_order_t *order, array_t *ids,
						  u_int *rekeyed);

	/**
	 * An IKE_SA is gone.
	 *
	 * @param order		[out] what to do
	 */
	void (*remove)(nin3a_ue_legs_t *this, uint32_t ike_sa,
				   nin3a_ue_order_t *order);

	/**
	 * A tunnel seems not to be there for the UPF any more: another one is set
	 * up beside it.
	 *
	 * @param order		[out] what to do
	 * @return			whether it was trusted until now
	 */
	bool (*suspect)(nin3a_ue_legs_t *this, uint32_t ike_sa,
					nin3a_ue_order_t *order);

	/**
	 * There was a sign of life: a tunnel is not suspected any more.
	 */
	void (*trust)(nin3a_ue_legs_t *this, uint32_t ike_sa);

	/**
	 * The UPF says that it does not know an IKE_SA.  That is not protected: if
	 * it is a tunnel, it is suspected, at most.  If it was already, the UPF is
	 * there again: what it could not answer is sent again, or begun anew.  It
	 * is only taken as an answer to a request, and once a second for a leg.
	 *
	 * @param order		[out] what to do
	 * @param attempt	[out] unique identifier of an IKE_SA of the leg whose
	 *					IKE_SA_INIT may be sent again, 0 if there is none
	 * @return			whether it was trusted until now
	 */
	bool (*hint)(nin3a_ue_legs_t *this, uint32_t ike_sa,
				 nin3a_ue_order_t *order, uint32_t *attempt);

	/**
	 * Do not wait any longer, wherever an attempt is waited for.
	 *
	 * @param orders	array of nin3a_ue_order_t that what to do is added to
	 */
	void (*hurry)(nin3a_ue_legs_t *this, array_t *orders);

	/**
	 * Do not wait any longer for the next attempt of one session, if one is
	 * waited for.
	 *
	 * @param name		name of the session
	 * @param order		[out] what to do, nothing if none is
	 * @return			FALSE if the session has no leg
	 */
	bool (*retry)(nin3a_ue_legs_t *this, const char *name,
				  nin3a_ue_order_t *order);

	/**
	 * Say how setting up the tunnel of a session gets on.
	 *
	 * @param name		name of the session
	 * @param attempts	[out] how it gets on
	 * @return			FALSE if the session has no leg
	 */
	bool (*get_attempts)(nin3a_ue_legs_t *this, const char *name,
						 kupf_attempts_t *attempts);

	/**
	 * Count the tunnels of a session.
	 *
	 * @param name		name of the session
	 */
	u_int (*count_tunnels)(nin3a_ue_legs_t *this, const char *name);

	/**
	 * Describe the tunnels of a session.
	 *
	 * @param name		name of the session
	 * @param tunnels	[out] tunnels
	 * @param max		room for that, number of tunnels
	 * @return			number of tunnels that were described
	 */
	u_int (*describe)(nin3a_ue_legs_t *this, const char *name,
					  kupf_tunnel_t *tunnels, u_int max);

	/**
	 * Count everything.
	 *
	 * @param totals	[out] numbers
	 */
	void (*get_totals)(nin3a_ue_legs_t *this, nin3a_ue_totals_t *totals);

	/**
	 * Destroy the object.
	 */
	void (*destroy)(nin3a_ue_legs_t *this);
};

/**
 * Create the object, without a leg.
 *
 * @param table		IKE_SAs, must live longer
 * @param backoff	times between attempts
 */
nin3a_ue_legs_t *nin3a_ue_legs_create(nin3a_ue_table_t *table,
									  nin3a_ue_backoff_t backoff);

#endif /** NIN3A_UE_LEGS_H_ @}*/
