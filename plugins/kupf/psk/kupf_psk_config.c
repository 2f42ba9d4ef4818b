/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupf_psk_config.h"
#include "kupf_psk_service.h"
#include "kupf/socket/kupf_access.h"
#include "kupf/store/kupf_services.h"

/** Between items */
#define BLANKS ", "

/**
 * Find a form by its name.
 *
 * @return			its bit, 0 if there is none
 */
static u_int find_form(const char *name)
{
	u_int form;

	if (streq(name, "direct"))
	{
		return 1 << KUPF_PSK_DIRECT;
	}
	for (form = KUPF_PSK_EXT; form <= KUPF_PSK_IMP; form++)
	{
		if (streq(name, enum_to_name(kupf_psk_form_names, form)))
		{
			return 1 << form;
		}
	}
	return 0;
}

static bool is_group(const char *text)
{
	gid_t gid;

	return kupf_access_find_group(text, &gid);
}

static bool is_form(const char *text)
{
	return find_form(text) != 0;
}

/**
 * Whether all items of a list are service:value.
 *
 * @param is_value	tells whether a value is one
 */
static bool are_values(const char *text, bool (*is_value)(const char *text))
{
	enumerator_t *enumerator;
	char *item, *value;
	bool good = TRUE;

	enumerator = enumerator_create_token(text ?: "", BLANKS, " ");
	while (good && enumerator->enumerate(enumerator, &item))
	{
		value = strchr(item, ':');
		good = !*item || (value && value != item && is_value(value + 1));
	}
	enumerator->destroy(enumerator);
	return good;
}

/*
 * Described in header
 */
bool kupf_psk_config_are_sockets(const char *text)
{
	enumerator_t *enumerator;
	bool good = TRUE;
	char *item;

	enumerator = enumerator_create_token(text ?: "", BLANKS, " ");
	while (good && enumerator->enumerate(enumerator, &item))
	{
		good = !streq(item, "ike") && strlen(item) <= KUPF_PSK_SERVICE_MAX &&
			   !item[strspn(item, "abcdefghijklmnopqrstuvwxyz0123456789-")];
	}
	enumerator->destroy(enumerator);
	return good;
}

/*
 * Described in header
 */
bool kupf_psk_config_are_groups(const char *text)
{
	return are_values(text, is_group);
}

/*
 * Described in header
 */
bool kupf_psk_config_are_users(const char *text)
{
	return are_values(text, kupf_access_are_users);
}

/*
 * Described in header
 */
bool kupf_psk_config_are_forms(const char *text)
{
	return are_values(text, is_form);
}

/**
 * Whether a list of services has one.
 */
static bool has_service(const char *text, const char *name)
{
	enumerator_t *enumerator;
	bool found = FALSE;
	char *item;

	enumerator = enumerator_create_token(text ?: "", BLANKS, " ");
	while (!found && enumerator->enumerate(enumerator, &item))
	{
		found = streq(item, name);
	}
	enumerator->destroy(enumerator);
	return found;
}

/**
 * Whether all values are for services of a list.
 */
static bool are_of(const char *text, const char *services)
{
	enumerator_t *enumerator;
	bool good = TRUE;
	char *item;

	enumerator = enumerator_create_token(text ?: "", BLANKS, " ");
	while (good && enumerator->enumerate(enumerator, &item))
	{
		if (*item)
		{
			item[strcspn(item, ":")] = '\0';
			good = has_service(services, item);
		}
	}
	enumerator->destroy(enumerator);
	return good;
}

/**
 * Whether all services of a list are known, and may have a socket.
 */
static bool are_services(const char *text)
{
	enumerator_t *enumerator;
	bool good = TRUE;
	char *item;

	enumerator = enumerator_create_token(text ?: "", BLANKS, " ");
	while (good && enumerator->enumerate(enumerator, &item))
	{
		good = !*item ||
			   kupf_services_find(chunk_from_str(item)) > KUPF_SERVICE_IKE;
	}
	enumerator->destroy(enumerator);
	return good;
}

/*
 * Described in header
 */
const char *kupf_psk_config_check(const kupf_psk_config_t *config)
{
	if (!are_services(config->sockets))
	{
		return "psk_sockets";
	}
	if (!are_of(config->groups, config->sockets))
	{
		return "psk_group";
	}
	if (!are_of(config->users, config->sockets))
	{
		return "psk_users";
	}
	return are_of(config->forms, config->sockets) ? NULL : "psk_forms";
}

/*
 * Described in header
 */
char *kupf_psk_config_get(const char *text, const char *service)
{
	enumerator_t *enumerator;
	char *item, *more, *values = NULL;
	size_t len = strlen(service);

	enumerator = enumerator_create_token(text ?: "", BLANKS, " ");
	while (enumerator->enumerate(enumerator, &item))
	{
		if (strneq(item, service, len) && item[len] == ':' &&
			asprintf(&more, "%s%s%s", values ?: "", values ? "," : "",
					 item + len + 1) >= 0)
		{
			free(values);
			values = more;
		}
	}
	enumerator->destroy(enumerator);
	return values;
}

/*
 * Described in header
 */
u_int kupf_psk_config_get_forms(const char *text, const char *service)
{
	enumerator_t *enumerator;
	u_int forms = 0;
	char *values, *form;

	values = kupf_psk_config_get(text, service);
	if (!values)
	{
		return KUPF_PSK_FORMS;
	}
	enumerator = enumerator_create_token(values, ",", "");
	while (enumerator->enumerate(enumerator, &form))
	{
		forms |= find_form(form);
	}
	enumerator->destroy(enumerator);
	free(values);
	return forms;
}
