/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup kupf_tunnel kupf_tunnel
 * @{ @ingroup kupf
 *
 * Tunnels of a session as an enforcer describes them: plain values, without a
 * key, as they were when they were asked for.
 */

#ifndef KUPF_TUNNEL_H_
#define KUPF_TUNNEL_H_

#include "kupf/store/kupf_address.h"

typedef struct kupf_endpoint_t kupf_endpoint_t;
typedef struct kupf_volume_t kupf_volume_t;
typedef struct kupf_child_t kupf_child_t;
typedef struct kupf_tunnel_t kupf_tunnel_t;
typedef struct kupf_attempts_t kupf_attempts_t;
typedef enum kupf_reason_t kupf_reason_t;

/**
 * Why a tunnel went down; kupf_reason_names has the tokens of the protocol.
 */
enum kupf_reason_t {
	/** the UE deleted it */
	KUPF_REASON_PEER,
	/** its session was deleted */
	KUPF_REASON_DELETED,
	/** another tunnel of the same session took its place */
	KUPF_REASON_SUPERSEDED,
	/** the life of its session is over */
	KUPF_REASON_EXPIRED,
	/** its session was modified and the UE did not set it up anew in time */
	KUPF_REASON_REKEYED,
	/** the UE did not answer any more */
	KUPF_REASON_TIMEOUT,
	/** it became what the enforcer does not allow */
	KUPF_REASON_REFUSED,
	/** its last CHILD_SA is gone and no other has come */
	KUPF_REASON_NO_CHILD_SA,
	/** its UE is at another UPF */
	KUPF_REASON_MOVED,
	/** the operator or the end of charon closed it */
	KUPF_REASON_SHUTDOWN,
};

/** Tokens for kupf_reason_t */
extern enum_name_t *kupf_reason_names;

/** Tunnels of a session that are described */
#define KUPF_TUNNELS_MAX 4

/** CHILD_SAs of a tunnel that are described */
#define KUPF_CHILDREN_MAX 8

/** Room for the name of a CHILD_SA with its NUL; a longer one is cut */
#define KUPF_CHILD_NAME 64

/**
 * An address with a port.
 */
struct kupf_endpoint_t {
	/** address */
	kupf_address_t address;
	/** port, host order */
	uint16_t port;
};

/**
 * What has passed through a CHILD_SA in one direction.
 */
struct kupf_volume_t {
	/** octets and packets */
	uint64_t octets, packets;
	/** time_monotonic() of the last packet, 0 if that is not known */
	uint32_t last;
};

/**
 * A CHILD_SA of a tunnel.
 */
struct kupf_child_t {
	/** SPI of what we receive, host order */
	uint32_t spi_in;
	/** SPI of what we send, host order */
	uint32_t spi_out;
	/** XFRM interface IDs, 0 for none */
	uint32_t if_id_in, if_id_out;
	/** name of its configuration */
	char name[KUPF_CHILD_NAME];
	/** whether measure() has filled in what follows */
	bool measured;
	/** what we have received and sent */
	kupf_volume_t in, out;
};

/**
 * A tunnel as it was when it was asked for; plain values.
 */
struct kupf_tunnel_t {
	/** unique identifier of its IKE_SA */
	uint32_t ike_sa;
	/** unique identifier that came with tunnel_up() */
	uint32_t up_as;
	/** IKE SPIs, network order as in ike_sa_id_t */
	uint64_t spi_i, spi_r;
	/** whether we have initiated this IKE_SA, also by rekeying another one */
	bool initiated_here;
	/** our address and port, those of the UE */
	kupf_endpoint_t local, remote;
	/** generation of the session that it is bound to */
	uint32_t generation;
	/** time_monotonic() when it came up */
	uint32_t established;
	/** inner addresses that we were assigned, and their number: on a UE */
	kupf_address_t assigned[KUPF_UE_ADDRESSES_MAX];
	u_int assigned_count;
	/** number of CHILD_SAs in children */
	u_int child_count;
	/** CHILD_SAs; there may be more */
	kupf_child_t children[KUPF_CHILDREN_MAX];
};

/**
 * How setting up a tunnel gets on, on a UE.
 */
struct kupf_attempts_t {
	/** attempts that failed, and tunnels that were lost, since the last tunnel
	 * that has lasted */
	u_int failures;
	/** why the last one of them did, a constant token; NULL if none ever has */
	const char *failure;
	/** time_monotonic() of that */
	uint32_t failed;
	/** time_monotonic() of the next attempt, 0 if none is waited for */
	uint32_t next;
};

#endif /** KUPF_TUNNEL_H_ @}*/
