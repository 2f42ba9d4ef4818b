/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Broken hosts, and what is said about each.
 */

#include <check.h>

#include "kupf/keys/kupf_secret.h"
#include "kupf/kupf_faults.h"
#include "nin3a/nin3a_check.h"
#include "nin3a_ue/nin3a_ue_check.h"
#include "test_runner.h"
#include "test_upf.h"

#include <daemon.h>

#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

/** An address that no host has */
#define NOWHERE "240.0.0.1"

static test_upf_t upf;

/** What was found, "SEVERITY ABOUT: TEXT" each */
static char found[64][KUPF_FINDING_SIZE + 32];
static u_int count;

static void add(kupf_findings_t *this, kupf_severity_t severity,
				const char *about, const char *text)
{
	ck_assert_uint_lt(count, countof(found));
	snprintf(found[count++], sizeof(found[0]), "%s %s: %s",
			 enum_to_name(kupf_severity_names, severity), about, text);
}

static kupf_findings_t findings = {
	.add = add,
};

/**
 * Whether something was found that begins and goes on like this.
 */
static bool is_found(const char *begin, const char *more)
{
	u_int i;

	for (i = 0; i < count; i++)
	{
		if (strpfx(found[i], begin) && strstr(found[i], more))
		{
			return TRUE;
		}
	}
	return FALSE;
}

/**
 * Number of findings of a severity.
 */
static u_int count_of(const char *severity)
{
	u_int i, n = 0;

	for (i = 0; i < count; i++)
	{
		n += strpfx(found[i], severity);
	}
	return n;
}

/**
 * Look at a host with these addresses.
 */
static void look(const char *addresses, bool required)
{
	kupf_check_t *check;

	count = 0;
	check = kupf_check_create(addresses, required, upf.store,
							  upf.preconfigured, &upf.enforcer.public);
	check->run(check, &findings);
	check->destroy(check);
}

/** Whether the kernel has ESP */
static bool has_esp;
static u_int asked, deleted;

METHOD(kernel_interface_t, get_spi, status_t,
	kernel_interface_t *this, host_t *src, host_t *dst, uint8_t protocol,
	uint32_t *spi)
{
	*spi = htonl(0xc0000001);
	asked++;
	return has_esp ? SUCCESS : FAILED;
}

METHOD(kernel_interface_t, del_sa, status_t,
	kernel_interface_t *this, kernel_ipsec_sa_id_t *id,
	kernel_ipsec_del_sa_t *data)
{
	ck_assert_uint_eq(id->spi, htonl(0xc0000001));
	deleted++;
	return SUCCESS;
}

static void setup()
{
	test_dir_create();
	test_upf_init(&upf, NULL, 0);
	upf.enforcer.role = KUPF_ROLE_UPF;
	charon->kernel->get_spi = _get_spi;
	charon->kernel->del_sa = _del_sa;
	has_esp = TRUE;
}

static void teardown()
{
	test_upf_deinit(&upf);
	test_dir_remove();
}

/* nothing is wrong, and all of it is said */
START_TEST(test_fine)
{
	look("127.0.0.0/8 ::1", TRUE);
	ck_assert_uint_eq(count_of("ok"), count);
	ck_assert(is_found("ok role", "role of this host is upf"));
	ck_assert(is_found("ok addresses", "17 addresses of charon.plugins.kupf."));
	ck_assert(is_found("ok esp", "the kernel"));
	ck_assert(is_found("ok half-open", "5 UEs"));
	ck_assert(is_found("ok memlock", "locked"));
	ck_assert_uint_eq(deleted, 1);
}
END_TEST

/* no plugin is loaded that enforces; both are; the right one is not */
START_TEST(test_no_role)
{
	upf.enforcer.role = KUPF_ROLE_UNSET;
	look(NULL, TRUE);
	ck_assert_uint_eq(count_of("fault"), 1);
	ck_assert(is_found("fault role", "neither plugin nin3a"));
	kupf_role_announce(KUPF_ROLE_UPF);
	kupf_role_announce(KUPF_ROLE_UE);
	look(NULL, TRUE);
	ck_assert_uint_eq(count_of("fault"), 1);
	ck_assert(is_found("fault role", "set charon.plugins.kupf.role"));
}
END_TEST

METHOD(kupf_enforcer_t, get_role, kupf_role_t,
	test_enforcer_t *this, kupf_role_t *attached)
{
	*attached = KUPF_ROLE_UNSET;
	return this->role;
}

START_TEST(test_not_in_service)
{
	upf.enforcer.public.get_role = (void*)_get_role;
	look(NULL, TRUE);
	ck_assert(is_found("fault role", "plugin nin3a is not in service: it is "
					   "not loaded"));
	kupf_role_announce(KUPF_ROLE_UPF);
	look(NULL, TRUE);
	ck_assert(is_found("fault role", "plugin nin3a is not in service: the log "
					   "of charon says why"));
}
END_TEST

START_TEST(test_not_required)
{
	look(NULL, FALSE);
	ck_assert_uint_eq(count_of("fault"), 0);
	ck_assert_uint_eq(count_of("warning"), 1);
	ck_assert(is_found("warning role", "require_enforcement is off"));
}
END_TEST

START_TEST(test_settings)
{
	kupf_faults_add("nin3a", TRUE, "charon.plugins.nin3a.%s", "grace");
	kupf_faults_add("kupf", FALSE, "setting '%s'", "adresses");
	look(NULL, TRUE);
	ck_assert(is_found("fault settings", "charon.plugins.nin3a.grace"));
	ck_assert(is_found("warning settings", "setting 'adresses'"));
	ck_assert_uint_eq(count_of("fault"), 1);
	ck_assert_uint_eq(count_of("warning"), 1);
	kupf_faults_forget("nin3a");
	kupf_faults_forget("kupf");
	look(NULL, TRUE);
	ck_assert_uint_eq(count_of("ok"), count);
}
END_TEST

/* addresses that UEs are told and that nobody here has */
START_TEST(test_addresses)
{
	look("127.0.0.1, " NOWHERE "-240.0.0.4", TRUE);
	ck_assert_uint_eq(count_of("fault"), 1);
	ck_assert(is_found("fault addresses", "of 5 addresses of charon.plugins."
					   "kupf.addresses, 4 are none of this host, " NOWHERE));
	look("2001:db8::1", TRUE);
	ck_assert(is_found("fault addresses", "2001:db8::1"));
	/* no more work than that for all of them */
	look("10.0.0.0/8 11.0.0.0/8 12.0.0.0/8 13.0.0.0/8 14.0.0.0/8 15.0.0.0/8 "
		 "16.0.0.0/8 17.0.0.0/8 18.0.0.0/8 19.0.0.0/8 20.0.0.0/8 21.0.0.0/8 "
		 "22.0.0.0/8 23.0.0.0/8 24.0.0.0/8 25.0.0.0/8 26.0.0.0/8 27.0.0.0/8",
		 TRUE);
	ck_assert(is_found("fault addresses", "of 25"));
	/* on a UE, they are those of the UPF */
	upf.enforcer.role = KUPF_ROLE_UE;
	look(NOWHERE, TRUE);
	ck_assert_uint_eq(count_of("fault"), 0);
}
END_TEST

START_TEST(test_session_addresses)
{
	kupf_session_data_t data;
	kupf_session_t *session;
	u_int i;
	char name[2] = "a";

	for (i = 0; i < 2; i++)
	{
		name[0] = 'a' + i;
		test_session_data(&data, name, ID_KEY_ID, name);
		ck_assert(kupf_address_parse(chunk_from_str(i ? NOWHERE : "127.0.0.1"),
									 &data.upf_address));
		session = kupf_session_create(&data);
		ck_assert_int_eq(upf.store->put(upf.store, session), KUPF_STORE_OK);
		kupf_session_unref(session);
	}
	look(NULL, TRUE);
	ck_assert(is_found("fault addresses", "of 2 addresses of sessions, 1 are "
					   "none of this host, " NOWHERE));
}
END_TEST

START_TEST(test_no_esp)
{
	has_esp = FALSE;
	look(NULL, TRUE);
	ck_assert_uint_eq(count_of("fault"), 1);
	ck_assert(is_found("fault esp", "no ESP in the kernel"));
	ck_assert_uint_eq(deleted, 0);
}
END_TEST

/* charon logs each failure: who asks all the time does not fill its log */
START_TEST(test_no_esp_again)
{
	vici_message_t *reply;
	u_int i;

	has_esp = FALSE;
	asked = 0;
	for (i = 0; i < 20; i++)
	{
		reply = test_execute(&upf, "check", "");
		ck_assert_str_eq(test_value(reply, "faults"), "1");
		reply->destroy(reply);
	}
	ck_assert_uint_eq(asked, 1);
}
END_TEST

START_TEST(test_half_open)
{
	lib->settings->set_int(lib->settings, "%s.cookie_threshold_ip", 100,
						   lib->ns);
	look(NULL, TRUE);
	ck_assert(is_found("ok half-open", "101 UEs"));
	lib->settings->set_int(lib->settings, "%s.init_limit_half_open", 7,
						   lib->ns);
	look(NULL, TRUE);
	ck_assert(is_found("warning half-open", "init_limit_half_open is 7"));
	lib->settings->set_bool(lib->settings, "%s.dos_protection", FALSE, lib->ns);
	look(NULL, TRUE);
	ck_assert(is_found("warning half-open", "dos_protection is off"));
	ck_assert_uint_eq(count_of("warning"), 2);
}
END_TEST

#if !defined(__SANITIZE_THREAD__) && !defined(__SANITIZE_ADDRESS__)
/* no memory can be locked; with sanitizers mlock() does nothing, and succeeds */
START_TEST(test_memlock)
{
	struct rlimit limit = {};
	uint8_t key[32] = { 1 }, *secret;

	ck_assert_int_eq(setrlimit(RLIMIT_MEMLOCK, &limit), 0);
	/* root may, whatever the limit */
	ck_assert(geteuid() != 0 || seteuid(65534) == 0);
	secret = kupf_secret_create(chunk_from_thing(key));
	ck_assert_ptr_nonnull(secret);
	look(NULL, TRUE);
	ck_assert(is_found("warning memlock", "is 0 KiB"));
	kupf_secret_destroy(secret, sizeof(key));
	ck_assert(getuid() != 0 || seteuid(0) == 0);
}
END_TEST
#endif

START_TEST(test_file)
{
	FILE *file;

	upf.preconfigured->set_file(upf.preconfigured, test_path("keys"), 0);
	look(NULL, TRUE);
	ck_assert(is_found("fault files", "No such file"));
	file = fopen(test_path("keys"), "w");
	ck_assert_ptr_nonnull(file);
	fclose(file);
	ck_assert_int_eq(chmod(test_path("keys"), 0644), 0);
	look(NULL, TRUE);
	ck_assert(is_found("fault files", "mode 0644, expected 0600"));
	ck_assert_int_eq(chmod(test_path("keys"), 0600), 0);
	look(NULL, TRUE);
	ck_assert(is_found("ok files", "for charon only"));
	ck_assert_uint_eq(count_of("ok"), count);
}
END_TEST

/*
 * Connections
 */

static peer_cfg_t *connection;

static enumerator_t *create_peer_cfg_enumerator(backend_t *this,
												identification_t *me,
												identification_t *other)
{
	return connection ? enumerator_create_single(connection, NULL) :
						enumerator_create_empty();
}

static peer_cfg_t *get_peer_cfg_by_name(backend_t *this, char *name)
{
	return connection && streq(name, connection->get_name(connection)) ?
		   connection->get_ref(connection) : NULL;
}

static backend_t backend = {
	.create_peer_cfg_enumerator = create_peer_cfg_enumerator,
	.create_ike_cfg_enumerator = (void*)enumerator_create_empty,
	.get_peer_cfg_by_name = get_peer_cfg_by_name,
};

static void add_round(auth_class_t class, bool local)
{
	auth_cfg_t *auth = auth_cfg_create();

	auth->add(auth, AUTH_RULE_AUTH_CLASS, class);
	connection->add_auth_cfg(connection, auth, local);
}

/**
 * Have one connection.
 */
static void connect_as(char *name, ike_version_t version, char *local,
					   auth_class_t remote)
{
	ike_cfg_create_t ike = {
		.version = version,
		.local = local,
		.local_port = 500,
		.remote = "%any",
		.remote_port = 500,
	};
	peer_cfg_create_t peer = {};

	DESTROY_IF(connection);
	connection = peer_cfg_create(name, ike_cfg_create(&ike), &peer);
	add_round(AUTH_CLASS_PSK, TRUE);
	add_round(remote, FALSE);
}

static void disconnect()
{
	DESTROY_IF(connection);
	connection = NULL;
}

START_TEST(test_connections)
{
	nin3a_config_t *config = nin3a_config_create();

	charon->backends->add_backend(charon->backends, &backend);
	count = 0;
	nin3a_check_connections(config, &findings);
	ck_assert(is_found("fault connections", "none of 0 connections"));
	connect_as("other", IKEV2, "%any", AUTH_CLASS_PSK);
	count = 0;
	nin3a_check_connections(config, &findings);
	ck_assert(is_found("fault connections", "none of 1 connections"));
	connect_as("nin3a", IKEV1, "%any", AUTH_CLASS_PSK);
	count = 0;
	nin3a_check_connections(config, &findings);
	ck_assert(is_found("fault connections", "'nin3a' is for IKEv1"));
	connect_as("nin3a", IKEV2, "%any", AUTH_CLASS_PUBKEY);
	count = 0;
	nin3a_check_connections(config, &findings);
	ck_assert(is_found("fault connections", "'nin3a' refuses all UEs"));
	connect_as("nin3a", IKEV2, NOWHERE, AUTH_CLASS_PSK);
	count = 0;
	nin3a_check_connections(config, &findings);
	ck_assert(is_found("fault connections", "local address " NOWHERE));
	connect_as("nin3a", IKEV2, "127.0.0.1", AUTH_CLASS_PSK);
	count = 0;
	nin3a_check_connections(config, &findings);
	ck_assert(is_found("ok connections", "1 of 1 connections"));
	ck_assert_uint_eq(count, 1);
	charon->backends->remove_backend(charon->backends, &backend);
	disconnect();
	config->destroy(config);
}
END_TEST

START_TEST(test_template)
{
	nin3a_ue_config_t *config = nin3a_ue_config_create();
	child_cfg_create_t child = {};

	charon->backends->add_backend(charon->backends, &backend);
	count = 0;
	nin3a_ue_check_connection(config, &findings);
	ck_assert(is_found("fault connections", "'nin3a-ue'"));
	ck_assert(is_found("fault connections", "is not loaded"));
	connect_as("nin3a-ue", IKEV1, "%any", AUTH_CLASS_PSK);
	count = 0;
	nin3a_ue_check_connection(config, &findings);
	ck_assert(is_found("fault connections", "is for IKEv1"));
	connect_as("nin3a-ue", IKEV2, "%any", AUTH_CLASS_PSK);
	count = 0;
	nin3a_ue_check_connection(config, &findings);
	ck_assert(is_found("fault connections", "has no children"));
	connection->add_child_cfg(connection, child_cfg_create("pdu", &child));
	count = 0;
	nin3a_ue_check_connection(config, &findings);
	ck_assert_uint_eq(count, 1);
	ck_assert(is_found("ok connections", "is the template"));
	charon->backends->remove_backend(charon->backends, &backend);
	disconnect();
	config->destroy(config);
}
END_TEST

/*
 * The command
 */

static void find_much(kupf_enforcer_t *this, kupf_findings_t *to)
{
	u_int i;

	for (i = 0; i < 1000; i++)
	{
		kupf_findings_add(to, KUPF_FINDING_FAULT, "connections", "%u is wrong",
						  i);
	}
}

/* findings are sections in the reply, which has room for so many */
START_TEST(test_command)
{
	vici_message_t *reply;

	has_esp = FALSE;
	reply = test_execute(&upf, "check", "");
	ck_assert_str_eq(test_value(reply, "success"), "yes");
	ck_assert_str_eq(test_value(reply, "faults"), "1");
	ck_assert_str_eq(test_value(reply, "warnings"), "0");
	ck_assert_str_eq(test_value(reply, "1.severity"), "ok");
	ck_assert_str_eq(test_value(reply, "1.about"), "role");
	ck_assert_str_eq(test_value(reply, "1.text"), "the role of this host is "
					 "upf, and plugin nin3a is in service");
	reply->destroy(reply);
	upf.enforcer.public.check = find_much;
	reply = test_execute(&upf, "check", "");
	ck_assert_str_eq(test_value(reply, "faults"), "1001");
	ck_assert_str_eq(test_value(reply, "256.severity"), "fault");
	ck_assert_str_eq(test_value(reply, "257.severity"), "");
	reply->destroy(reply);
}
END_TEST

static Suite *suite()
{
	Suite *s = suite_create("kupf_check");
	TCase *tc = tcase_create("hosts");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, test_fine);
	tcase_add_test(tc, test_no_role);
	tcase_add_test(tc, test_not_in_service);
	tcase_add_test(tc, test_not_required);
	tcase_add_test(tc, test_settings);
	tcase_add_test(tc, test_addresses);
	tcase_add_test(tc, test_session_addresses);
	tcase_add_test(tc, test_no_esp);
	tcase_add_test(tc, test_no_esp_again);
	tcase_add_test(tc, test_half_open);
#if !defined(__SANITIZE_THREAD__) && !defined(__SANITIZE_ADDRESS__)
	tcase_add_test(tc, test_memlock);
#endif
	tcase_add_test(tc, test_file);
	tcase_add_test(tc, test_connections);
	tcase_add_test(tc, test_template);
	tcase_add_test(tc, test_command);
	suite_add_tcase(s, tc);
	return s;
}

int main()
{
	return test_run(suite());
}
