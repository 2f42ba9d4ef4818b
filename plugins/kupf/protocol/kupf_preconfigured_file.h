/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup kupf_preconfigured_file kupf_preconfigured_file
 * @{ @ingroup kupf
 *
 * The file of pre-configured keys, see PRECONFIGURED.md: who may have access
 * to it, and from its lines to sessions.
 *
 * What is read passes through one buffer in memory for keys (kupf_secret), which
 * is wiped.  An error names the line and the field, and no value: it may be a
 * key that is in the wrong place.
 */

#ifndef KUPF_PRECONFIGURED_FILE_H_
#define KUPF_PRECONFIGURED_FILE_H_

#include "kupf/procedures/kupf_request.h"
#include "kupf/store/kupf_store.h"

/** Octets that a line must be shorter than, without its end */
#define KUPF_PRECONFIGURED_FILE_LINE 2048

/**
 * Open a file and read it into a store.
 *
 * @param path		path
 * @param store		empty store; after an error it has some of the sessions
 * @param error		[out] error, KUPF_CAUSE_INVALID_FILE
 * @return			FALSE if there is an error
 */
bool kupf_preconfigured_file_read(const char *path, kupf_store_t *store,
					   kupf_error_t *error);

/**
 * Read a file that is open already, whosever it is.
 *
 * @param path		path, for errors
 * @param fd		file, from where it is on
 * @param store		as above
 * @param error		[out] as above
 * @return			FALSE if there is an error
 */
bool kupf_preconfigured_file_parse(const char *path, int fd, kupf_store_t *store,
						kupf_error_t *error);

/**
 * Check that a file is there, and for nobody but charon.
 *
 * @param path		path
 * @param error		[out] error
 * @return			FALSE if there is an error
 */
bool kupf_preconfigured_file_check(const char *path, kupf_error_t *error);

#endif /** KUPF_PRECONFIGURED_FILE_H_ @}*/
