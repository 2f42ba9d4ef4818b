/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup test_runner test_runner
 * @{ @ingroup tests
 *
 * What the main() of every suite does: libstrongswan, libcharon and the crypto
 * plugins that the classes need, with nobody's configuration and nothing
 * logged, then the suite.  Tests run in processes of their own, so each of
 * them starts from there.
 */

#ifndef TEST_RUNNER_H_
#define TEST_RUNNER_H_

#include <library.h>

#include <check.h>

/**
 * Run a suite.
 *
 * @param suite		suite, adopted
 * @return			exit status
 */
int test_run(Suite *suite);

/**
 * Run a suite that initialises the libraries itself, or needs none.
 *
 * @param suite		suite, adopted
 * @return			exit status
 */
int test_run_bare(Suite *suite);

/**
 * Add a case to a suite.
 *
 * @param timeout	seconds for each of its tests, 0 for the usual ones
 * @param setup		called before each test, NULL for none
 * @param teardown	called after each test, NULL for none
 */
TCase *test_case(Suite *suite, const char *name, int timeout, SFun setup,
				 SFun teardown);

/**
 * Prepare the libraries, for programs that have no suite.
 */
void test_libraries_init();

/**
 * Give the libraries back.
 */
void test_libraries_deinit();

/**
 * Fixture: create a directory for the test.
 */
void test_dir_create();

/**
 * Fixture: remove the directory and the files in it.
 */
void test_dir_remove();

/**
 * Get the path of a file in the directory of the test.
 *
 * @param name		name of the file
 * @return			static buffer, until the next call
 */
const char *test_path(const char *name);

#endif /** TEST_RUNNER_H_ @}*/
