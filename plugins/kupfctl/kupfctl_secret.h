/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup kupfctl_secret kupfctl_secret
 * @{ @ingroup kupfctl
 *
 * Keys on their way into a request.  They come from files and from standard
 * input, never from the command line, which everybody on the machine can read.
 */

#ifndef KUPFCTL_SECRET_H_
#define KUPFCTL_SECRET_H_

#include "kupfctl.h"
#include "wire/wire_writer.h"

/** Length of a key derived by the core, octets */
#define KUPFCTL_KEY_MIN 32

/** Length of the longest pre-configured key, octets */
#define KUPFCTL_KEY_MAX 64

/** Longest text of octets: "0x" and hexadecimal digits */
#define KUPFCTL_HEX_MAX (2 + 2 * KUPFCTL_KEY_MAX)

/**
 * A key.  Whoever has one wipes it with kupfctl_secret_wipe().
 */
typedef struct {
	/** its octets */
	uint8_t octets[KUPFCTL_KEY_MAX];
	/** how many */
	size_t len;
} kupfctl_secret_t;

/**
 * Switch core dumps and the attaching of debuggers off for this process.
 */
void kupfctl_secret_harden(void);

/**
 * Warn if others than its owner may read a file with keys.
 *
 * @param fd		open file
 * @param path		its name
 */
void kupfctl_secret_warn(int fd, const char *path);

/**
 * Decode octets from text, "0x" and hexadecimal digits, or "0s" and base64.
 *
 * @param secret	[out] octets, 0 to KUPFCTL_KEY_MAX
 * @param text		text
 * @param len		length of text
 * @return			FALSE if it is neither, or longer; secret is wiped then
 */
bool kupfctl_secret_decode(kupfctl_secret_t *secret, const char *text,
						   size_t len);

/**
 * Read a key from a file: 32 octets as they are unless they are text of fewer
 * octets, or the text of 32 to 64 octets, one line end after it allowed.
 *
 * Warns if others than its owner may read the file.
 *
 * @param secret	[out] key
 * @param path		name of file, "-" for standard input
 * @param max		longest key allowed, octets
 * @return			FALSE if that failed: it was printed, secret is wiped
 */
bool kupfctl_secret_read(kupfctl_secret_t *secret, const char *path,
						 size_t max);

/**
 * Add a key to a request, as hexadecimal text: there are raw octets that the
 * daemon would take for text.
 *
 * @param secret	key
 * @param request	request
 * @param field		name of field
 */
void kupfctl_secret_add(const kupfctl_secret_t *secret,
						wire_writer_t *request, const char *field);

/**
 * Encode octets as "0x" and hexadecimal digits.
 *
 * @param octets	octets
 * @param len		how many, at most KUPFCTL_KEY_MAX
 * @param text		[out] null-terminated text
 * @return			its length
 */
size_t kupfctl_secret_hex(const uint8_t *octets, size_t len,
						  char text[KUPFCTL_HEX_MAX + 1]);

/**
 * Wipe a key.
 *
 * @param secret	key
 */
void kupfctl_secret_wipe(kupfctl_secret_t *secret);

#endif /** KUPFCTL_SECRET_H_ @}*/
