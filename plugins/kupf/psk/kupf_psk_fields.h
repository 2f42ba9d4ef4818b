/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup kupf_psk_fields kupf_psk_fields
 * @{ @ingroup kupf
 *
 * Fields of requests that no other socket has: octets of any kind, and what a
 * consumer says of a connection.  No error repeats a value, or the name of a
 * field that is not known: it may be what was meant as a value.
 */

#ifndef KUPF_PSK_FIELDS_H_
#define KUPF_PSK_FIELDS_H_

#include "kupf/kupf_consumers.h"
#include "kupf/kupf_error.h"
#include "wire/wire_reader.h"

/** Names of the fields */
#define KUPF_PSK_IDENTITY "identity"
#define KUPF_PSK_CONNECTION "connection"
#define KUPF_PSK_REMOTE "remote"

typedef struct kupf_psk_field_t kupf_psk_field_t;

/**
 * A field of octets.
 */
struct kupf_psk_field_t {
	/** name, NULL behind the last one */
	const char *name;
	/** what is expected, NULL if it need not be there */
	const char *required;
	/** value, in the message */
	chunk_t value;
};

/**
 * Read fields, and no others.
 *
 * @param arguments	reader at the beginning of the message
 * @param fields	[in,out] fields that there may be, either one or all three;
 *					gets their values
 * @param error		[out] error
 * @return			FALSE with error set
 */
bool kupf_psk_fields_read(wire_reader_t *arguments, kupf_psk_field_t *fields,
						  kupf_error_t *error);

/**
 * Read the name of a connection.
 *
 * @param link		[out] connection, gets its name
 * @param error		[out] error
 * @return			FALSE with error set
 */
bool kupf_psk_fields_connection(chunk_t value, kupf_link_t *link,
								kupf_error_t *error);

/**
 * Read an address with a port, as events have it: 192.0.2.1[4433].
 *
 * @param value		text, nothing if it is not known
 * @param link		[out] connection, gets address and port
 * @param error		[out] error
 * @return			FALSE with error set
 */
bool kupf_psk_fields_remote(chunk_t value, kupf_link_t *link,
							kupf_error_t *error);

#endif /** KUPF_PSK_FIELDS_H_ @}*/
