/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup test_kupfctl test_kupfctl
 * @{ @ingroup tests
 *
 * kupfctl as a process, a daemon for it that answers what a test tells it, and
 * the directory that both are in.
 */

#ifndef TEST_KUPFCTL_H_
#define TEST_KUPFCTL_H_

#include "test_runner.h"

/** A key of 32 octets that can be seen in text, and as the tool sends it */
#define RAW "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
#define HEX_32 \
	"4142434445464748494a4b4c4d4e4f505152535455565758595a323334353637"
#define RAW_HEX "0x" HEX_32

/** RAND of an AKA run */
#define RAND "fc2d98a361208bf743639c9e632d7350"

/**
 * A run of the tool.
 */
typedef struct {
	/** arguments */
	const char *command;
	/** script of the daemon, NULL if there is none */
	const char *script;
	/** exit status */
	int status;
	/** standard output; '*' first if that is only a part of it */
	const char *out;
	/** standard error, likewise */
	const char *err;
	/** what the daemon received, likewise; NULL if that does not matter */
	const char *requests;
} run_t;

/** Directory of a test, and files in it */
extern char dir[64], sock[80], requests[80], out[80], err[80];

/**
 * Start the daemon, which lives as long as its script.
 */
pid_t start_daemon(const char *script);

/**
 * Start the tool; words of the command line are separated by spaces.
 */
pid_t start_tool(const char *command);

int wait_for(pid_t pid);

/**
 * Contents of a file, to be freed; empty if there is none.
 */
char *contents(const char *path);

/**
 * Compare the contents of a file: all of it, or, if expected starts with '*',
 * whether it contains the rest.
 */
void assert_file(const char *command, const char *path, const char *expected);

void write_file(const char *name, mode_t mode, const void *data, size_t len);
void write_text(const char *name, const char *text);
void setup(void);
void teardown(void);

/**
 * Run the tool, and check all that is expected of it.
 */
void check_run(const run_t *run);

/** Cases of the other sources */
void kupfctl_local_cases(Suite *suite);
void kupfctl_load_cases(Suite *suite);

#endif /** TEST_KUPFCTL_H_ @}*/
