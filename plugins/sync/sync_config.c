/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "sync_config.h"

#include "kupf/keys/kupf_unknown.h"

#include <library.h>
#include <settings/settings.h>

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct reading_t reading_t;

/**
 * A file that is being read.
 */
struct reading_t {
	/** settings */
	settings_t *settings;
	/** called with what is wrong */
	void (*errors)(const char *text);
	/** something was */
	bool wrong;
};

/**
 * Something is wrong.
 */
static void complain(reading_t *self, const char *fmt, ...)
{
	char text[512];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	self->errors(text);
	self->wrong = TRUE;
}

/**
 * A name is not known: it may be a key that went astray.
 */
static void complain_unknown(reading_t *self, const char *section,
							 const char *what, unsigned int number,
							 const char *name, const char *known)
{
	kupf_unknown_t unknown = { .name = name, .len = strlen(name) };
	char text[KUPF_UNKNOWN_SIZE];

	kupf_unknown_compare_words(&unknown, known);
	complain(self, "%s%s%s, expected one of%s", section,
			 section[0] ? ": " : "",
			 kupf_unknown_print(&unknown, text, sizeof(text), what, number),
			 known);
}

/**
 * See that a section has only settings that are known.
 */
static void check_keys(reading_t *self, char *section, const char *known)
{
	enumerator_t *settings;
	char *key, *value, word[64];
	unsigned int number = 0;

	settings = self->settings->create_key_value_enumerator(self->settings,
														   "%s", section);
	while (settings->enumerate(settings, &key, &value))
	{
		number++;
		snprintf(word, sizeof(word), " %s ", key);
		if (!strstr(known, word))
		{
			complain_unknown(self, section, "setting", number, key, known);
		}
	}
	settings->destroy(settings);
}

/**
 * See that there is nothing but what is known.
 */
static void check_names(reading_t *self)
{
	enumerator_t *sections;
	unsigned int number = 0;
	char *name;

	check_keys(self, "", " group upf mode socket key_file buckets changes "
			   "tombstones ");
	check_keys(self, "engine", " socket host port user password_file timeout ");
	sections = self->settings->create_section_enumerator(self->settings, "");
	while (sections->enumerate(sections, &name))
	{
		number++;
		if (!streq(name, "engine"))
		{
			complain_unknown(self, "", "section", number, name, " engine");
		}
	}
	sections->destroy(sections);
}

/**
 * Get a setting; a dot in its name is none that separates sections.
 */
static char *get(reading_t *self, const char *key)
{
	if (strpfx(key, "engine."))
	{
		return self->settings->get_str(self->settings, "engine.%s", NULL,
									   key + strlen("engine."));
	}
	return self->settings->get_str(self->settings, "%s", NULL, key);
}

/**
 * Read a number.
 */
static unsigned int read_number(reading_t *self, const char *key,
								unsigned int min, unsigned int max,
								unsigned int otherwise)
{
	char *text = get(self, key);
	uint64_t number;

	if (!text)
	{
		return otherwise;
	}
	if (!wire_number(wire_text(text), max, &number) || number < min)
	{
		complain(self, "%s: expected a number from %u to %u, not '%.40s'", key,
				 min, max, text);
		return otherwise;
	}
	return number;
}

/**
 * Read a name.
 */
static void read_name(reading_t *self, const char *key, bool needed, char *name)
{
	char *text = get(self, key);
	size_t i;

	if (!text)
	{
		if (needed)
		{
			complain(self, "%s: is missing, expected a name", key);
		}
		return;
	}
	for (i = 0; isalnum((u_char)text[i]) || (text[i] && strchr("-._", text[i]));
		 i++)
	{
		/* to the first character that is none of a name */
	}
	if (!i || text[i] || i > SYNC_GROUP_MAX)
	{
		complain(self, "%s: expected 1 to %d letters, digits, '-', '.' or '_', "
				 "not '%.40s'", key, SYNC_GROUP_MAX, text);
		return;
	}
	strcpy(name, text);
}

/**
 * Read the path of a socket.
 */
static void read_socket(reading_t *self, const char *key, char *otherwise,
						char path[SYNC_PATH_SIZE])
{
	char *text = get(self, key) ?: otherwise;

	if (!text)
	{
		return;
	}
	text += strpfx(text, "unix://") ? strlen("unix://") : 0;
	if (text[0] != '/' || strlen(text) >= SYNC_PATH_SIZE)
	{
		complain(self, "%s: expected an absolute path of up to %d characters",
				 key, SYNC_PATH_SIZE - 1);
		return;
	}
	strcpy(path, text);
}

/**
 * Read the password out of its file, whose path no error repeats: it may be the
 * password itself.
 */
static void read_password(reading_t *self, sync_config_t *config)
{
	char *path = get(self, "engine.password_file");
	struct stat status;
	ssize_t len = -1;
	int fd;

	if (!path)
	{
		return;
	}
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &status))
	{
		complain(self, "engine.password_file: %s", strerror(errno));
	}
	else if (status.st_mode & 077)
	{
		complain(self, "engine.password_file: others than its owner may "
				 "read or write it, expected mode 0600");
	}
	else
	{
		len = read(fd, config->engine_password,
				   sizeof(config->engine_password));
		if (len > 0 && config->engine_password[len - 1] == '\n')
		{
			len--;
		}
		if (len <= 0 || len > SYNC_PASSWORD_MAX)
		{
			complain(self, "engine.password_file: expected a line of 1 to "
					 "%d characters", SYNC_PASSWORD_MAX);
			len = 0;
		}
		config->engine_password[len] = '\0';
	}
	if (fd >= 0)
	{
		close(fd);
	}
}

/**
 * Read where the engine is.
 */
static void read_engine(reading_t *self, sync_config_t *config)
{
	char *host = get(self, "engine.host");

	read_socket(self, "engine.socket", NULL, config->engine_socket);
	if (host && get(self, "engine.socket"))
	{
		complain(self, "engine.host: expected either it or engine.socket");
	}
	else if (host && (!*host || strlen(host) >= sizeof(config->engine_host)))
	{
		complain(self, "engine.host: expected the name or address of a host");
	}
	else if (host)
	{
		strcpy(config->engine_host, host);
	}
	else if (!get(self, "engine.socket"))
	{
		complain(self, "engine.socket: is missing, expected it or engine.host");
	}
	config->engine_port = read_number(self, "engine.port", 1, 65535, 6379);
	config->engine_timeout = read_number(self, "engine.timeout", 10, 60000,
										 1000);
	read_name(self, "engine.user", FALSE, config->engine_user);
	read_password(self, config);
	if (config->engine_user[0] && !get(self, "engine.password_file"))
	{
		complain(self, "engine.password_file: is missing, engine.user needs it");
	}
}

/**
 * Read everything.
 */
static void read_all(reading_t *self, sync_config_t *config)
{
	char *mode = get(self, "mode") ?: "all", *path = get(self, "key_file");
	char error[512];

	check_names(self);
	read_name(self, "group", TRUE, config->group);
	read_name(self, "upf", TRUE, config->upf);
	config->fetch = streq(mode, "fetch");
	if (!config->fetch && !streq(mode, "all"))
	{
		complain(self, "mode: expected 'all' or 'fetch', not '%.40s'", mode);
	}
	read_socket(self, "socket", IPSEC_PIDDIR "/charon.kupf", config->socket);
	read_engine(self, config);
	config->buckets = read_number(self, "buckets", 1, 1 << 20, 4096);
	config->changes = read_number(self, "changes", 100, 100000000, 200000);
	config->tombstones = read_number(self, "tombstones", 1, 315360000,
									 7 * 24 * 3600);
	if (!path)
	{
		complain(self, "key_file: is missing, expected a file with the "
				 "key-encryption key");
	}
	else if (!sync_keys_read(&config->keys, path, error, sizeof(error)))
	{
		complain(self, "key_file: %s", error);
	}
}

/*
 * Described in header
 */
bool sync_config_read(sync_config_t *self, const char *path,
					  void (*errors)(const char *text))
{
	reading_t reading = { .errors = errors };

	memset(self, 0, sizeof(*self));
	reading.settings = settings_create(NULL);
	/* charon would go on without a file that is not there */
	if (access(path, R_OK))
	{
		complain(&reading, "%s: %s", path, strerror(errno));
	}
	else if (!reading.settings->load_files(reading.settings, (char*)path,
										   FALSE))
	{
		complain(&reading, "%s: syntax error", path);
	}
	else
	{
		read_all(&reading, self);
	}
	reading.settings->destroy(reading.settings);
	if (reading.wrong)
	{
		sync_config_wipe(self);
	}
	return !reading.wrong;
}

/*
 * Described in header
 */
void sync_config_wipe(sync_config_t *self)
{
	sync_keys_wipe(&self->keys);
	memwipe(self->engine_password, sizeof(self->engine_password));
}
