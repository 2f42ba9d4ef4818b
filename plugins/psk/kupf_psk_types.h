/* SPDX-License-Identifier: MIT */

/**
 * @defgroup kupf_psk_types kupf_psk_types
 * @{ @ingroup psk
 *
 * What a consumer of keys is given: keys, and the ends of its connections.  To be
 * had by kupf_psk_client.h.
 */

#ifndef KUPF_PSK_TYPES_H_
#define KUPF_PSK_TYPES_H_

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Longest name of a session, identity, key and check of a key, octets */
#define KUPF_PSK_CLIENT_SESSION_MAX 64
#define KUPF_PSK_CLIENT_IDENTITY_MAX 255
#define KUPF_PSK_CLIENT_CHECK_MAX 32
#define KUPF_PSK_CLIENT_KEY_MAX 64

typedef struct kupf_psk_client_key_t kupf_psk_client_key_t;
typedef struct kupf_psk_client_end_t kupf_psk_client_end_t;
typedef enum kupf_psk_client_form_t kupf_psk_client_form_t;

/**
 * What a key is.
 */
enum kupf_psk_client_form_t {
	/** derived for the service: an external PSK of TLS 1.3 */
	KUPF_PSK_CLIENT_EXT,
	/** derived for the service: to be imported as RFC 9258 says */
	KUPF_PSK_CLIENT_IMP,
	/** made for the service by whoever has made it: an external PSK, too */
	KUPF_PSK_CLIENT_DIRECT,
};

/**
 * A key.  To be wiped by kupf_psk_client_key_wipe().
 */
struct kupf_psk_client_key_t {
	/** name of the session */
	char session[KUPF_PSK_CLIENT_SESSION_MAX + 1];
	/** its generation */
	uint32_t generation;
	/** what the key is */
	kupf_psk_client_form_t form;
	/** form KUPF_PSK_CLIENT_DIRECT: text that another key of this identity does
	 * not have; empty with the others, whose identity is of one key only */
	char check[KUPF_PSK_CLIENT_CHECK_MAX + 1];
	/** PSK identity */
	uint8_t identity[KUPF_PSK_CLIENT_IDENTITY_MAX];
	/** its length */
	size_t identity_len;
	/** key, for SHA-256 */
	uint8_t psk[KUPF_PSK_CLIENT_KEY_MAX];
	/** its length */
	size_t psk_len;
};

/**
 * The end of a connection.
 */
struct kupf_psk_client_end_t {
	/** number of the connection */
	uint64_t id;
	/** what was given with it */
	void *user;
	/** why: a reason of psk-end ("replaced", "deleted", "expired", "service",
	 * "reload"), "unknown" if the key had gone while the daemon was not to be
	 * reached, "lost" if that has taken too long */
	const char *reason;
	/** 0: it is to be closed now; otherwise it may go on for so many ms, with
	 * nothing new begun on it, and the same with 0 follows */
	unsigned int grace;
};

/**
 * Called with the end of a connection, by kupf_psk_client_process().  It may call
 * kupf_psk_client_down(), and nothing else of this object.
 *
 * @param ctx		of whoever has set it
 * @param end		what ends, valid until this returns
 */
typedef void (*kupf_psk_client_end_cb_t)(void *ctx,
										 const kupf_psk_client_end_t *end);

#ifdef __cplusplus
}
#endif

#endif /** KUPF_PSK_TYPES_H_ @}*/
