/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "fuzz.h"
#include "test_runner.h"

/*
 * Described in header
 */
int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	test_libraries_init();
	return 0;
}
