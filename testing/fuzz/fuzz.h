/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup fuzz fuzz
 * @{ @ingroup tests
 *
 * What fuzz targets and the program that replays a corpus have in common.
 */

#ifndef FUZZ_H_
#define FUZZ_H_

#include "wire/wire.h"

#include <stddef.h>
#include <stdint.h>

typedef struct test_upf_t test_upf_t;

/**
 * Name of the target, and of its directory in the corpus.
 */
extern const char *fuzz_target;

/**
 * Prepare the libraries, once.
 */
int LLVMFuzzerInitialize(int *argc, char ***argv);

/**
 * Get what is behind the socket, with room for four sessions and none there.
 * It is created once: that takes a thousand times as long as an input.
 */
test_upf_t *fuzz_upf(void);

/**
 * Try one input.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/**
 * Abort if an error repeats eight octets of the input that may be of a key:
 * characters that keys are written in, not all of them lower-case letters, as
 * names and words of errors are.
 *
 * @param message	error
 * @param data		input
 * @param size		its length
 */
void fuzz_check_error(const char *message, const uint8_t *data, size_t size);

/**
 * Abort if an answer is not what it has to be, or an error in it repeats what
 * may be of a key.
 *
 * @param answer	packet, with its length
 * @param data		input
 * @param size		its length
 */
void fuzz_check_answer(wire_octets_t answer, const uint8_t *data, size_t size);

#endif /** FUZZ_H_ @}*/
