/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup kupf_services kupf_services
 * @{ @ingroup kupf
 *
 * What the key of a session may be used for, by name: services that are known
 * everywhere, and up to four more that the settings of this host name.
 *
 * A name is part of the derivation of the service's keys (kupf_psk.h), so it is
 * the same on the UE.
 *
 * Names are set before anybody reads them, and stay; apart from that all
 * functions may be called by any thread.
 */

#ifndef KUPF_SERVICES_H_
#define KUPF_SERVICES_H_

#include "kupf_session.h"

/** Most services that the settings name */
#define KUPF_SERVICES_OWN_MAX 4

/** Most services altogether */
#define KUPF_SERVICES_MAX 8

/**
 * Whether a text is a list of names for services of one's own: separated by
 * comma or space, each 1 to KUPF_PSK_SERVICE_MAX lower-case letters, digits and
 * hyphens, none of them twice or known everywhere.
 *
 * @param text		text, NULL for none
 */
bool kupf_services_are_names(const char *text);

/**
 * Set the services that the settings name, in place of those before.
 *
 * @param text		list, kupf_services_are_names()
 */
void kupf_services_set(const char *text);

/**
 * Find a service by its name.
 *
 * @param name		name, need not end in NUL
 * @return			service, 0 if there is none
 */
uint8_t kupf_services_find(chunk_t name);

/**
 * Get the name of a service.
 *
 * @param service	exactly one kupf_service_t
 * @return			internal string, NULL if there is none
 */
const char *kupf_services_name(uint8_t service);

#endif /** KUPF_SERVICES_H_ @}*/
