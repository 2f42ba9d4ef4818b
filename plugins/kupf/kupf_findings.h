/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup kupf_findings kupf_findings
 * @{ @ingroup kupf
 *
 * What is right and wrong with a host, found by whoever knows about a part of
 * it, for the command "check".
 */

#ifndef KUPF_FINDINGS_H_
#define KUPF_FINDINGS_H_

#include <networking/host.h>

/** Room for the text of a finding with its NUL; a longer one is cut */
#define KUPF_FINDING_SIZE 384

typedef enum kupf_severity_t kupf_severity_t;
typedef struct kupf_findings_t kupf_findings_t;

/**
 * How bad it is.
 */
enum kupf_severity_t {
	/** as it should be */
	KUPF_FINDING_OK,
	/** works, but not in every case, or less safely */
	KUPF_FINDING_WARNING,
	/** does not work */
	KUPF_FINDING_FAULT,
};

/** Tokens for kupf_severity_t */
extern enum_name_t *kupf_severity_names;

/**
 * Takes what is found.
 */
struct kupf_findings_t {

	/**
	 * Take a finding.
	 *
	 * @param severity	how bad it is
	 * @param about		what it is about: a token
	 * @param text		a sentence, without a key in it
	 */
	void (*add)(kupf_findings_t *this, kupf_severity_t severity,
				const char *about, const char *text);
};

/**
 * Tell a finding.
 *
 * @param fmt		format of the sentence, of libc's printf
 */
void kupf_findings_add(kupf_findings_t *this, kupf_severity_t severity,
					   const char *about, const char *fmt, ...)
					   __attribute__((format(printf, 4, 5)));

/**
 * Whether packets to an address reach this host: whether a socket can have it.
 * So addresses count that are on an interface, and those of local routes.
 *
 * @param address	address
 */
bool kupf_findings_is_local(host_t *address);

#endif /** KUPF_FINDINGS_H_ @}*/
