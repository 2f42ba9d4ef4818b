/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * The settings of the three plugins: what is refused and with which words, what
 * is accepted, and what the documents say.
 */

#include <check.h>

#include "kupf/kupf_config.h"
#include "kupf/kupf_faults.h"
#include "nin3a/nin3a_config.h"
#include "nin3a_ue/nin3a_ue_config.h"
#include "test_runner.h"

#include <stdio.h>

/** 32 octets, as they may be pasted by mistake */
#define KEY "0x4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b"

/** Room for the values of any of the plugins */
static union {
	kupf_config_t kupf;
	char any[4096];
} values;

static const kupf_settings_t *tables[] = {
	&kupf_config_table, &nin3a_config_table, &nin3a_ue_config_table,
};

/** Lines in the log, and the last one */
static u_int lines;
static char line[1024];

static void count_lines(debug_t group, level_t level, char *fmt, ...)
{
	va_list args;

	if (level <= 1)
	{
		lines++;
		va_start(args, fmt);
		vsnprintf(line, sizeof(line), fmt, args);
		va_end(args);
	}
}

static void set(const char *plugin, const char *name, const char *value)
{
	lib->settings->set_str(lib->settings, "%s.plugins.%s.%s", (char*)value,
						   lib->ns, plugin, name);
}

static const kupf_settings_t *find_table(const char *plugin)
{
	u_int i;

	for (i = 0; i < countof(tables); i++)
	{
		if (streq(tables[i]->plugin, plugin))
		{
			return tables[i];
		}
	}
	ck_abort_msg("no plugin %s", plugin);
}

static const kupf_setting_t *find(const kupf_settings_t *table,
								  const char *name)
{
	u_int i;

	for (i = 0; i < table->count; i++)
	{
		if (streq(table->settings[i].name, name))
		{
			return &table->settings[i];
		}
	}
	return NULL;
}

/**
 * Read settings, and count the lines of it.
 */
static bool read_all(const kupf_settings_t *table)
{
	bool ok;

	lines = 0;
	line[0] = '\0';
	memset(&values, 0, sizeof(values));
	dbg = count_lines;
	ok = kupf_settings_read(table, &values);
	dbg = dbg_default;
	return ok;
}

/**
 * Values that are wrong.
 */
static const struct {
	const char *plugin, *name, *value;
} wrong[] = {
	{ "kupf", "socket", "" },
	{ "kupf", "socket", "/run/charon.kupf" },
	{ "kupf", "socket", "unix://" },
	{ "kupf", "socket", "tcp://127.0.0.1:1" },
	{ "kupf", "role", "smf" },
	{ "kupf", "role", "unset" },
	{ "kupf", "role", "upf " },
	{ "kupf", "role", "" },
	{ "kupf", "fatal", "maybe" },
	{ "kupf", "socket_group", "no-such-group-here" },
	{ "kupf", "socket_group", "" },
	{ "kupf", "allowed_users", "root, no-such-user" },
	{ "kupf", "allowed_users", "4294967295" },
	{ "kupf", "allowed_groups", "root no-such-group" },
	{ "kupf", "max_connections", "0" },
	{ "kupf", "max_connections", "65537" },
	{ "kupf", "max_connections", "lots" },
	{ "kupf", "max_sessions", "-5" },
	{ "kupf", "max_sessions", "1e6" },
	{ "kupf", "max_sessions", "4294967296" },
	{ "kupf", "max_sessions", "18446744073709551616" },
	{ "kupf", "max_sessions", "" },
	{ "kupf", "preconfigured", "upf.keys" },
	{ "kupf", "preconfigured", "" },
	{ "kupf", "fetch", "perhaps" },
	{ "kupf", "fetch", "" },
	{ "kupf", "fetch_timeout", "0" },
	{ "kupf", "fetch_timeout", "60.001" },
	{ "kupf", "fetch_timeout", "-1" },
	{ "kupf", "fetch_timeout", "2." },
	{ "kupf", "fetch_timeout", "3 seconds" },
	{ "kupf", "fetch_max_waiting", "0" },
	{ "kupf", "fetch_max_waiting", "1001" },
	{ "kupf", "fetch_max_waiting", "0x10" },
	{ "kupf", "fetch_rate", "1000001" },
	{ "kupf", "fetch_rate", "100/s" },
	{ "kupf", "negative_ttl", "25h" },
	{ "kupf", "negative_ttl", "ten" },
	{ "kupf", "rekey_margin", "1.5s" },
	{ "kupf", "rekey_margin", "8d" },
	{ "kupf", "addresses", "192.0.2.0/33" },
	{ "kupf", "addresses", "192.0.2.1-192.0.2.0" },
	{ "kupf", "addresses", "192.0.2.1 192.0.2.1" },
	{ "kupf", "addresses", "upf.example" },
	{ "kupf", "addresses_file", "addresses" },
	{ "kupf", "share_addresses", "2" },
	{ "kupf", "sync_first", "later" },
	{ "kupf", "share_ue_addresses", "never" },
	{ "kupf", "share_ue_addresses", "DNN" },
	{ "kupf", "quarantine", "1 week" },
	{ "kupf", "quarantine", "99999999999999999999s" },
	{ "kupf", "kdf_fc", "FFFF" },
	{ "kupf", "kdf_fc", "0xFF" },
	{ "kupf", "services", "mpquic" },
	{ "kupf", "psk_sockets", "ike" },
	{ "kupf", "psk_sockets", "mpquic;tls" },
	{ "kupf", "psk_group", "mpquic" },
	{ "kupf", "psk_users", "mpquic:no-such-user" },
	{ "kupf", "psk_forms", "mpquic:psk" },
	{ "kupf", "psk_grace", "soon" },
	{ "kupf", "services", "a b c d e" },
	{ "kupf", "require_enforcement", "nope" },
	{ "nin3a", "close_timeout", "10x" },
	{ "nin3a", "close_timeout", "-1s" },
	{ "nin3a", "esp_mode", "beet" },
	{ "nin3a", "esp_profile", "ts33.210" },
	{ "nin3a", "esp_profile", "" },
	{ "nin3a", "ike_profile", "no" },
	{ "nin3a", "ike_profile", "ts33210 " },
	{ "nin3a", "grace", "banana" },
	{ "nin3a", "grace", "" },
	{ "nin3a", "grace", "30ss" },
	{ "nin3a", "grace", "169h" },
	{ "nin3a", "max_child_sas", "0" },
	{ "nin3a", "max_child_sas", "65" },
	{ "nin3a", "max_ike_sas", "1" },
	{ "nin3a", "max_ike_sas", "65" },
	{ "nin3a", "max_ike_sas", " 4" },
	{ "nin3a", "max_rekeyings", "0" },
	{ "nin3a", "max_rekeyings", "100001" },
	{ "nin3a", "max_setups", "100001" },
	{ "nin3a", "max_setups", "30/min" },
	{ "nin3a", "min_auth_lifetime", "half an hour" },
	{ "nin3a", "require_address_match", "nope" },
	{ "nin3a-ue", "close_timeout", "ever" },
	{ "nin3a-ue", "connection", "" },
	{ "nin3a-ue", "dns", "sometimes" },
	{ "nin3a-ue", "esp_mode", "Tunnel mode" },
	{ "nin3a-ue", "esp_profile", "0" },
	{ "nin3a-ue", "ike_profile", "NIN3A" },
	{ "nin3a-ue", "liveness", "fast" },
	{ "nin3a-ue", "liveness", "-1s" },
	{ "nin3a-ue", "max_child_sas", "-1" },
	{ "nin3a-ue", "max_child_sas", "1001" },
	{ "nin3a-ue", "max_rekeyings", "100001" },
	{ "nin3a-ue", "retry", "0" },
	{ "nin3a-ue", "retry", "0.5s" },
	{ "nin3a-ue", "retry_max", "0s" },
	{ "nin3a-ue", "setup_timeout", "0s" },
	{ "nin3a-ue", "setup_timeout", "30 s." },
};

/* one line, which names the setting, the value and what was expected */
START_TEST(test_wrong)
{
	const kupf_settings_t *table = find_table(wrong[_i].plugin);
	char expected[256];

	set(wrong[_i].plugin, wrong[_i].name, wrong[_i].value);
	ck_assert(!read_all(table));
	ck_assert_uint_eq(lines, 1);
	snprintf(expected, sizeof(expected), "%s: charon.plugins.%s.%s = '%s': "
			 "expected ", wrong[_i].plugin, wrong[_i].plugin, wrong[_i].name,
			 wrong[_i].value);
	ck_assert_msg(strpfx(line, expected), "'%s' is not '%s'", line, expected);
	ck_assert_uint_gt(strlen(line), strlen(expected) + 5);
	set(wrong[_i].plugin, wrong[_i].name, NULL);
	ck_assert(read_all(table));
	ck_assert_uint_eq(lines, 0);
}
END_TEST

/* there is a wrong value for every setting that can have one */
START_TEST(test_all_are_tried)
{
	const kupf_settings_t *table = tables[_i];
	u_int i, j;

	for (i = 0; i < table->count; i++)
	{
		for (j = 0; j < countof(wrong); j++)
		{
			if (streq(wrong[j].plugin, table->plugin) &&
				streq(wrong[j].name, table->settings[i].name))
			{
				break;
			}
		}
		/* any text is a list of connections */
		ck_assert_msg(j < countof(wrong) ||
					  streq(table->settings[i].name, "connections"),
					  "%s", table->settings[i].name);
	}
}
END_TEST

/* defaults are right, whether they are written or not */
START_TEST(test_defaults)
{
	const kupf_settings_t *table = tables[_i];
	u_int i;

	ck_assert(read_all(table));
	ck_assert_uint_eq(lines, 0);
	for (i = 0; i < table->count; i++)
	{
		set(table->plugin, table->settings[i].name, table->settings[i].value);
	}
	set(table->plugin, "load", "yes");
	ck_assert(read_all(table));
	ck_assert_uint_eq(lines, 0);
}
END_TEST

/* several at once: each is told */
START_TEST(test_several)
{
	set("nin3a", "grace", "banana");
	set("nin3a", "require_address_match", "nope");
	set("nin3a", "max_child_sas", "none");
	ck_assert(!read_all(&nin3a_config_table));
	ck_assert_uint_eq(lines, 3);
}
END_TEST

/**
 * Times, and what they are in milliseconds.
 */
static const struct {
	const char *text;
	uint32_t ms;
} times[] = {
	{ "2", 2000 }, { "2s", 2000 }, { "1m", 60000 }, { "0.25s", 250 },
	{ "0.001", 1 }, { "2.5", 2500 }, { "30 s", 30000 }, { "0.5m", 30000 },
	{ "2.5009s", 2500 },
};

START_TEST(test_times)
{
	set("kupf", "fetch_timeout", times[_i].text);
	ck_assert(read_all(&kupf_config_table));
	ck_assert_uint_eq(values.kupf.fetching.timeout, times[_i].ms);
	if (times[_i].ms % 1000 == 0)
	{
		set("kupf", "quarantine", times[_i].text);
		ck_assert(read_all(&kupf_config_table));
		ck_assert_uint_eq(values.kupf.quarantine, times[_i].ms / 1000);
	}
}
END_TEST

START_TEST(test_units)
{
	set("kupf", "quarantine", "2h");
	set("kupf", "rekey_margin", "7d");
	ck_assert(read_all(&kupf_config_table));
	ck_assert_uint_eq(values.kupf.quarantine, 2 * 3600);
	ck_assert_uint_eq(values.kupf.rekey_margin, 7 * 24 * 3600);
}
END_TEST

/* all values that kupf has, in the members that they are for */
START_TEST(test_values)
{
	kupf_config_t *config = &values.kupf;

	set("kupf", "socket", "unix:///run/upf");
	set("kupf", "role", "ue");
	set("kupf", "socket_group", "0");
	set("kupf", "allowed_users", "root, 7");
	set("kupf", "allowed_groups", "8");
	set("kupf", "max_connections", "9");
	set("kupf", "max_sessions", "10");
	set("kupf", "preconfigured", "/keys");
	set("kupf", "fetch", "Enabled");
	set("kupf", "fetch_max_waiting", "12");
	set("kupf", "fetch_rate", "13");
	set("kupf", "negative_ttl", "14");
	set("kupf", "addresses", "192.0.2.1");
	set("kupf", "share_addresses", "1");
	set("kupf", "kdf_fc", "0x1A");
	set("kupf", "require_enforcement", "false");
	set("kupf", "fatal", "TRUE");
	ck_assert(read_all(&kupf_config_table));
	ck_assert_str_eq(config->server.uri, "unix:///run/upf");
	ck_assert_int_eq(config->role, KUPF_ROLE_UE);
	ck_assert_str_eq(config->server.group, "0");
	ck_assert_str_eq(config->server.allowed_users, "root, 7");
	ck_assert_str_eq(config->server.allowed_groups, "8");
	ck_assert_uint_eq(config->server.max_connections, 9);
	ck_assert_uint_eq(config->max_sessions, 10);
	ck_assert_str_eq(config->preconfigured, "/keys");
	ck_assert(config->fetch);
	ck_assert_uint_eq(config->fetching.max_waiting, 12);
	ck_assert_uint_eq(config->fetching.rate, 13);
	ck_assert_uint_eq(config->fetching.negative_ttl, 14);
	ck_assert_uint_eq(config->rekey_margin, 60);
	ck_assert_str_eq(config->addresses, "192.0.2.1");
	ck_assert(config->share_addresses);
	ck_assert_uint_eq(config->quarantine, 60);
	ck_assert_str_eq(config->kdf_fc, "0x1A");
	ck_assert(!config->require_enforcement);
	ck_assert(config->fatal);
}
END_TEST

/**
 * Names that are not known, and what is told of them.
 */
static const struct {
	const char *plugin, *name, *says;
} unknown[] = {
	{ "kupf", "adresses", "kupf: setting 'adresses' below charon.plugins.kupf "
	  "is not known, is 'addresses' meant?" },
	{ "nin3a", "gracce", "nin3a: setting 'gracce' below charon.plugins.nin3a "
	  "is not known, is 'grace' meant?" },
	{ "nin3a-ue", "colour", "nin3a-ue: setting 1 below charon.plugins.nin3a-ue, "
	  "with a name of 6 octets, is not known and not used" },
	{ "kupf", "sokcet", "kupf: section 'sokcet' below "
	  "charon.plugins.kupf is not known, is 'socket' meant?" },
	{ "kupf", KEY, "kupf: setting 1 below charon.plugins.kupf, with a name of 66 "
	  "octets, is not known and not used" },
	/* half of a key in base64 */
	{ "kupf", "uQUJDQUJDQUI", "kupf: setting 1 below charon.plugins.kupf, with a "
	  "name of 12 octets, is not known and not used" },
};

static void count_faults(void *user, bool is_wrong, const char *text)
{
	u_int *counts = user;

	counts[is_wrong]++;
	/* as in the log, where the name of the plugin stands before it */
	ck_assert_ptr_nonnull(strstr(line, text));
}

/* they are named, and no error */
START_TEST(test_unknown)
{
	u_int counts[2] = {};

	if (strstr(unknown[_i].says, "section"))
	{
		lib->settings->set_str(lib->settings, "%s.plugins.%s.%s.x", "x",
							lib->ns, unknown[_i].plugin, unknown[_i].name);
	}
	else
	{
		set(unknown[_i].plugin, unknown[_i].name, "x");
	}
	ck_assert(read_all(find_table(unknown[_i].plugin)));
	ck_assert_uint_eq(lines, 1);
	ck_assert_str_eq(line, unknown[_i].says);
	kupf_faults_report(count_faults, counts);
	ck_assert_uint_eq(counts[FALSE], 1);
	ck_assert_uint_eq(counts[TRUE], 0);
}
END_TEST

/* what may be a key is not repeated */
START_TEST(test_key)
{
	static const char *keys[] = {
		KEY, "4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b",
		"0sS0tLS0tLS0tLS0tLS0tLS0tLS0tLS0tLS0tLS0tLS0s=",
		"S0tLS0tLS0tLS0tLS0tLSw==", "path/" KEY, KEY " and more",
	};
	u_int i, counts[2] = {};

	for (i = 0; i < countof(keys); i++)
	{
		set("kupf", "preconfigured", keys[i]);
		ck_assert(!read_all(&kupf_config_table));
		ck_assert_uint_eq(lines, 1);
		ck_assert_ptr_null(strstr(line, "4b4b"));
		ck_assert_ptr_null(strstr(line, "S0tL"));
		ck_assert_ptr_nonnull(strstr(line, "preconfigured = a text of "));
	}
	/* those of the reading before are forgotten */
	kupf_faults_report(count_faults, counts);
	ck_assert_uint_eq(counts[TRUE], 1);
	set("kupf", "preconfigured", NULL);
	ck_assert(read_all(&kupf_config_table));
	kupf_faults_report(count_faults, counts);
	ck_assert_uint_eq(counts[TRUE], 1);
}
END_TEST

/* no number of faults is too many */
START_TEST(test_many)
{
	u_int i, counts[2] = {};
	char name[16];

	for (i = 0; i < 2 * KUPF_FAULTS_MAX; i++)
	{
		snprintf(name, sizeof(name), "u%u", i);
		set("kupf", name, "x");
	}
	ck_assert(read_all(&kupf_config_table));
	ck_assert_uint_eq(lines, 2 * KUPF_FAULTS_MAX);
	for (i = 0; i < 2 * KUPF_FAULTS_MAX; i++)
	{
		snprintf(name, sizeof(name), "u%u", i);
		set("kupf", name, NULL);
	}
	ck_assert(read_all(&kupf_config_table));
	kupf_faults_report(count_faults, counts);
	ck_assert_uint_eq(counts[FALSE], 0);
}
END_TEST

/* a wrong setting at a reload leaves all others as they were */
START_TEST(test_reload)
{
	nin3a_settings_t before, after;
	nin3a_config_t *config;

	set("nin3a", "grace", "7s");
	config = nin3a_config_create();
	ck_assert_ptr_nonnull(config);
	config->get(config, &before);
	ck_assert_uint_eq(before.grace, 7);
	/* what was only misspelt is told, and no reason */
	set("nin3a", "grace", "9s");
	set("nin3a", "connections", "other");
	set("nin3a", "require_address_match", "nope");
	ck_assert(!config->reload(config));
	config->get(config, &after);
	ck_assert_mem_eq(&before, &after, sizeof(before));
	ck_assert(config->is_named(config, "nin3a"));
	ck_assert(!config->is_named(config, "other"));
	ck_assert_ptr_null(nin3a_config_create());
	set("nin3a", "require_address_match", "no");
	ck_assert(config->reload(config));
	config->get(config, &after);
	ck_assert_uint_eq(after.grace, 9);
	ck_assert(!after.address_match);
	ck_assert(config->is_named(config, "other"));
	config->destroy(config);
}
END_TEST

START_TEST(test_reload_ue)
{
	nin3a_ue_settings_t before, after;
	nin3a_ue_config_t *config;

	config = nin3a_ue_config_create();
	ck_assert_ptr_nonnull(config);
	config->get(config, &before);
	ck_assert_str_eq(before.connection, "nin3a-ue");
	ck_assert_uint_eq(before.retry, 1);
	ck_assert_uint_eq(before.retry_max, 60);
	/* each is right, both are not */
	set("nin3a-ue", "connection", "other");
	set("nin3a-ue", "retry", "2m");
	lines = 0;
	dbg = count_lines;
	ck_assert(!config->reload(config));
	dbg = dbg_default;
	ck_assert_uint_eq(lines, 1);
	ck_assert_str_eq(line, "nin3a-ue: charon.plugins.nin3a-ue.retry_max = "
					 "'60s': expected no less than retry");
	config->get(config, &after);
	ck_assert_mem_eq(&before, &after, sizeof(before));
	set("nin3a-ue", "retry_max", "2m");
	ck_assert(config->reload(config));
	config->get(config, &after);
	ck_assert_str_eq(after.connection, "other");
	ck_assert_uint_eq(after.retry, 120);
	config->destroy(config);
}
END_TEST

/* charon starts without a plugin, unless it is told not to */
START_TEST(test_fatal)
{
	static const struct {
		const char *value;
		bool starts;
	} cases[] = {
		{ NULL, TRUE }, { "no", TRUE }, { "0", TRUE }, { "yes", FALSE },
		/* who writes that does not want it to start */
		{ "yse", FALSE },
	};

	set("kupf", "fatal", cases[_i].value);
	kupf_settings_require("kupf");
	ck_assert(lib->plugins->load(lib->plugins, "") == cases[_i].starts);
}
END_TEST

/* it does start if the plugin is in service */
START_TEST(test_fatal_fine)
{
	plugin_feature_t features[] = {
		PLUGIN_NOOP,
			PLUGIN_PROVIDE(CUSTOM, "kupf"),
	};

	set("kupf", "fatal", "yes");
	kupf_settings_require("kupf");
	lib->plugins->add_static_features(lib->plugins, "test", features,
									  countof(features), FALSE, NULL, NULL);
	ck_assert(lib->plugins->load(lib->plugins, ""));
}
END_TEST

/**
 * Compare a line of a document, "charon.plugins.PLUGIN.NAME = DEFAULT".
 */
static void compare(const kupf_settings_t *table, const char *text)
{
	static const char piddir[] = IPSEC_PIDDIR;
	const kupf_setting_t *setting;
	char name[64], value[128] = "", plugin[16], *path;

	ck_assert_int_ge(sscanf(text, "charon.plugins.%15[^.].%63s = %127[^\n]",
							plugin, name, value), 2);
	ck_assert_str_eq(plugin, table->plugin);
	setting = find(table, name);
	ck_assert_msg(setting != NULL, "%s is documented", name);
	/* as it is installed */
	path = strstr(value, "${piddir}");
	if (path)
	{
		memmove(path + strlen(piddir), path + strlen("${piddir}"),
				strlen(path) - strlen("${piddir}") + 1);
		memcpy(path, piddir, strlen(piddir));
	}
	ck_assert_str_eq(value, setting->value ?: "");
}

/* all that there is, with the same defaults, and nothing else */
START_TEST(test_documents)
{
	static const char *files[] = { "kupf/kupf.opt", "nin3a/nin3a.opt",
								   "nin3a_ue/nin3a-ue.opt" };
	char path[PATH_MAX], text[256];
	FILE *file;
	u_int count = 0;

	snprintf(path, sizeof(path), "%s/plugins/%s", getenv("srcdir") ?: ".",
			 files[_i]);
	file = fopen(path, "r");
	ck_assert_msg(file != NULL, "%s", path);
	while (fgets(text, sizeof(text), file))
	{
		if (strpfx(text, "charon."))
		{
			compare(tables[_i], text);
			count++;
		}
	}
	fclose(file);
	ck_assert_uint_eq(count, tables[_i]->count);
}
END_TEST

static void setup()
{
	ck_assert(library_init("", "test_settings"));
}

static void teardown()
{
	library_deinit();
}

static Suite *suite()
{
	Suite *s = suite_create("settings");
	TCase *tc;

	tc = tcase_create("values");
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, test_wrong, 0, countof(wrong));
	tcase_add_loop_test(tc, test_all_are_tried, 0, countof(tables));
	tcase_add_loop_test(tc, test_defaults, 0, countof(tables));
	tcase_add_test(tc, test_several);
	tcase_add_loop_test(tc, test_times, 0, countof(times));
	tcase_add_test(tc, test_units);
	tcase_add_test(tc, test_values);
	suite_add_tcase(s, tc);

	tc = tcase_create("names");
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, test_unknown, 0, countof(unknown));
	tcase_add_test(tc, test_key);
	tcase_add_test(tc, test_many);
	tcase_add_loop_test(tc, test_documents, 0, countof(tables));
	suite_add_tcase(s, tc);

	tc = tcase_create("plugins");
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, test_reload);
	tcase_add_test(tc, test_reload_ue);
	tcase_add_loop_test(tc, test_fatal, 0, 5);
	tcase_add_test(tc, test_fatal_fine);
	suite_add_tcase(s, tc);
	return s;
}

int main()
{
	return test_run_bare(suite());
}
