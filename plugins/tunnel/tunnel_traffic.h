/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup tunnel_traffic tunnel_traffic
 * @{ @ingroup tunnel
 *
 * What has passed through a tunnel: nobody counts that but the kernel (or
 * plugin kernel-libipsec), and only charon knows how to ask.
 */

#ifndef TUNNEL_TRAFFIC_H_
#define TUNNEL_TRAFFIC_H_

#include "kupf/kupf.h"

/**
 * Ask for the traffic of the CHILD_SAs of a tunnel.  Waits for the IKE_SA while
 * another thread has it checked out, so it is for threads of charon, without
 * one checked out, and not for hooks.  What is not there any more is left as
 * it is.
 *
 * @param tunnel	tunnel; measured, in and out of its children are set
 */
void tunnel_traffic_measure(kupf_tunnel_t *tunnel);

#endif /** TUNNEL_TRAFFIC_H_ @}*/
