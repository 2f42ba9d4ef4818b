/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup kupf_psk_config kupf_psk_config
 * @{ @ingroup kupf
 *
 * Settings of the consumers' sockets: a list of services, and lists of
 * service:value, items separated by comma or space.
 *
 * All functions may be called by any thread.
 */

#ifndef KUPF_PSK_CONFIG_H_
#define KUPF_PSK_CONFIG_H_

#include <library.h>

typedef struct kupf_psk_config_t kupf_psk_config_t;

/**
 * Settings; texts live as long as lib->settings.
 */
struct kupf_psk_config_t {
	/** services that have a socket, NULL for none */
	const char *sockets;
	/** service:group of the socket */
	const char *groups;
	/** service:user who may connect */
	const char *users;
	/** service:form of keys that are given */
	const char *forms;
	/** seconds that connections of a replaced key may stay */
	uint32_t grace;
};

/**
 * Whether a text is a list of what may be services with a socket: not "ike".
 */
bool kupf_psk_config_are_sockets(const char *text);

/**
 * Whether a text is a list of service:group.
 */
bool kupf_psk_config_are_groups(const char *text);

/**
 * Whether a text is a list of service:user.
 */
bool kupf_psk_config_are_users(const char *text);

/**
 * Whether a text is a list of service:form.
 */
bool kupf_psk_config_are_forms(const char *text);

/**
 * Check what the settings say together: services are known and not "ike", and
 * all values are for one that has a socket.
 *
 * @return			name of the setting that is wrong, NULL if none is
 */
const char *kupf_psk_config_check(const kupf_psk_config_t *config);

/**
 * Get the values of a service.
 *
 * @param text		list of service:value, or NULL
 * @param service	name of the service
 * @return			values separated by a comma, to be freed; NULL if none
 */
char *kupf_psk_config_get(const char *text, const char *service);

/**
 * Get the forms of keys that a service gives.
 *
 * @param text		list of service:form, or NULL
 * @param service	name of the service
 * @return			bits, KUPF_PSK_FORMS if the list does not name the service
 */
u_int kupf_psk_config_get_forms(const char *text, const char *service);

#endif /** KUPF_PSK_CONFIG_H_ @}*/
