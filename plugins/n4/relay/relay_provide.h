/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup relay_provide relay_provide
 * @{ @ingroup n4_relay
 *
 * What comes and goes over the socket for keys: the command provide-key is read,
 * events are written.
 */

#ifndef RELAY_PROVIDE_H_
#define RELAY_PROVIDE_H_

#include "n4/kupf_n4.h"

#include "wire/wire_writer.h"

/** Room for a name of a UPF, and of a session */
#define RELAY_PROVIDE_NAME 80

typedef struct relay_provide_t relay_provide_t;

/**
 * A key that is provided.
 */
struct relay_provide_t {
	/** name of the UPF, or empty */
	char upf[RELAY_PROVIDE_NAME];
	/** name of the session */
	char session[RELAY_PROVIDE_NAME];
	/** key */
	kupf_n4_key_t key;
};

/**
 * Read the command provide-key.
 *
 * @param self		[out] key, to be wiped by the caller whatever comes back
 * @param message	message
 * @return			sentence about what is wrong, with the name of the field and
 *					nothing of its value; NULL if all is right
 */
const char *relay_provide_read(relay_provide_t *self, wire_octets_t message);

/**
 * Write the fields of event key-request.
 */
void relay_provide_write_need(wire_writer_t *writer, const char *upf,
							  const kupf_n4_need_t *need);

/**
 * Write the fields of event key-taken.
 */
void relay_provide_write_told(wire_writer_t *writer, const char *upf,
							  const kupf_n4_told_t *told);

#endif /** RELAY_PROVIDE_H_ @}*/
