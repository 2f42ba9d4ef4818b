/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "test_psk_upf.h"
#include "test_runner.h"

/*
 * Described in header
 */
test_upf_t test_psk_upf;

/** What the host is */
static kupf_role_t host;

/*
 * Described in header
 */
void test_psk_upf_serve()
{
	kupf_server_config_t server = { .max_connections = 8 };
	char uri[1024];

	snprintf(uri, sizeof(uri), "unix://%s", test_path("sock"));
	server.uri = uri;
	ck_assert(test_psk_upf.consumers->serve(test_psk_upf.consumers,
											&test_upf_psk, &server,
											test_psk_upf.publisher, host));
}

/*
 * Described in header
 */
void test_psk_upf_start(kupf_role_t role)
{
	host = role;
	test_upf_psk = (kupf_psk_config_t){ .sockets = "mpquic", .grace = 30 };
	test_dir_create();
	test_upf_init(&test_psk_upf, NULL, 0);
	test_psk_upf_serve();
}

/*
 * Described in header
 */
void test_psk_upf_stop()
{
	test_psk_upf.consumers->stop(test_psk_upf.consumers);
}

/*
 * Described in header
 */
void test_psk_upf_end()
{
	test_upf_deinit(&test_psk_upf);
	test_dir_remove();
}

/*
 * Described in header
 */
void test_psk_upf_run(const char *name, const char *fmt)
{
	vici_message_t *reply;

	reply = test_execute(&test_psk_upf, name, "%s", fmt);
	ck_assert_msg(streq(test_value(reply, "success"), "yes"), "%s %s: %s", name,
				  fmt, test_value(reply, "errmsg"));
	reply->destroy(reply);
}

/*
 * Described in header
 */
const char *test_psk_upf_path()
{
	static char path[1024];

	snprintf(path, sizeof(path), "%s", test_path("sock-psk.mpquic"));
	return path;
}
