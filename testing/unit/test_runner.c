/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "test_runner.h"

#include <daemon.h>

#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/** Plugins that bring PRF_HMAC_SHA2_256 */
#define PLUGINS "sha2 hmac"

/** Plugin that brings it where these are in a package of their own (Debian 13);
 * the last choice, as libcrypto keeps what it allocates once */
#define FALLBACK "openssl"

/** Directories with these plugins, if not where they are installed */
#define PLUGIN_PATH "NIN3A_TEST_PLUGIN_PATH"

/** Directory of the test */
static char dir[PATH_MAX];

/**
 * Whether PRF_HMAC_SHA2_256 can be had.
 */
static bool has_prf()
{
	prf_t *prf;

	prf = lib->crypto->create_prf(lib->crypto, PRF_HMAC_SHA2_256);
	DESTROY_IF(prf);
	return prf != NULL;
}

/*
 * Described in header
 */
void test_libraries_init()
{
	char *path, *token;
	enumerator_t *dirs;

	path = getenv(PLUGIN_PATH);
	if (!library_init("", "test") || !libcharon_init())
	{
		fprintf(stderr, "strongSwan's libraries failed to initialise\n");
		exit(EXIT_FAILURE);
	}
	dirs = enumerator_create_token(path ?: "", ":", " ");
	while (dirs->enumerate(dirs, &token))
	{
		lib->plugins->add_path(lib->plugins, token);
	}
	dirs->destroy(dirs);
	if (!lib->plugins->load(lib->plugins, PLUGINS) ||
		(!has_prf() && !lib->plugins->load(lib->plugins, FALLBACK)) ||
		!has_prf())
	{
		fprintf(stderr, "neither plugins '" PLUGINS "' nor '" FALLBACK
				"' in $" PLUGIN_PATH "\n");
		exit(EXIT_FAILURE);
	}
}

/*
 * Described in header
 */
void test_libraries_deinit()
{
	libcharon_deinit();
	library_deinit();
}

/*
 * Described in header
 */
int test_run_bare(Suite *suite)
{
	SRunner *runner;
	int failed;

	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

/*
 * Described in header
 */
int test_run(Suite *suite)
{
	int status;

	test_libraries_init();
	status = test_run_bare(suite);
	test_libraries_deinit();
	return status;
}

/*
 * Described in header
 */
TCase *test_case(Suite *suite, const char *name, int timeout, SFun setup,
				 SFun teardown)
{
	TCase *tc = tcase_create(name);

	if (timeout)
	{
		tcase_set_timeout(tc, timeout);
	}
	if (setup || teardown)
	{
		tcase_add_checked_fixture(tc, setup, teardown);
	}
	suite_add_tcase(suite, tc);
	return tc;
}

/*
 * Described in header
 */
void test_dir_create()
{
	snprintf(dir, sizeof(dir), "%s/kupf-XXXXXX", getenv("TMPDIR") ?: "/tmp");
	ck_assert_ptr_nonnull(mkdtemp(dir));
}

/*
 * Described in header
 */
void test_dir_remove()
{
	struct dirent *entry;
	DIR *stream;

	stream = opendir(dir);
	while (stream && (entry = readdir(stream)))
	{
		unlink(test_path(entry->d_name));
	}
	if (stream)
	{
		closedir(stream);
	}
	ck_assert_msg(rmdir(dir) == 0, "'%s' cannot be removed", dir);
}

/*
 * Described in header
 */
const char *test_path(const char *name)
{
	static char path[PATH_MAX + NAME_MAX + 2];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return path;
}
