/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupf_access.h"

#include <collections/array.h>

#include <ctype.h>
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <sys/socket.h>

/** Most supplementary groups of a process that are looked at */
#define GROUPS_MAX 1024

typedef struct private_kupf_access_t private_kupf_access_t;

/**
 * Private data of the check.
 */
struct private_kupf_access_t {
	/** public interface */
	kupf_access_t public;
	/** uid_t of users who may connect */
	array_t *users;
	/** gid_t of groups who may connect */
	array_t *groups;
};

/**
 * Whether an id is in an array.
 */
static bool contains(array_t *ids, uint32_t id)
{
	uint32_t current;
	int i;

	for (i = 0; i < array_count(ids); i++)
	{
		array_get(ids, i, &current);
		if (current == id)
		{
			return TRUE;
		}
	}
	return FALSE;
}

/**
 * Ask the system who was at the other end when it connected.
 */
static bool get_cred(int fd, struct ucred *cred)
{
	socklen_t len = sizeof(*cred);

	return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, cred, &len) == 0;
}

/*
 * Described in header
 */
kupf_peer_t kupf_access_get_peer(int fd)
{
	struct ucred cred;

	if (!get_cred(fd, &cred))
	{
		return (kupf_peer_t){ .uid = (uid_t)-1 };
	}
	return (kupf_peer_t){ .uid = cred.uid, .pid = cred.pid };
}

METHOD(kupf_access_t, is_allowed, bool,
	private_kupf_access_t *this, int fd)
{
	gid_t groups[GROUPS_MAX];
	socklen_t len = sizeof(groups);
	struct ucred cred;
	u_int i;

	if (!array_count(this->users) && !array_count(this->groups))
	{
		return TRUE;
	}
	if (!get_cred(fd, &cred))
	{
		return FALSE;
	}
	if (cred.uid == 0 || contains(this->users, cred.uid) ||
		contains(this->groups, cred.gid))
	{
		return TRUE;
	}
	if (getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, groups, &len) == 0)
	{
		for (i = 0; i < len / sizeof(gid_t); i++)
		{
			if (contains(this->groups, groups[i]))
			{
				return TRUE;
			}
		}
	}
	return FALSE;
}

/**
 * Parse a decimal number, of a user or a group: the highest one is none.
 */
static bool parse_number(const char *text, uint32_t *number)
{
	unsigned long long value;
	char *end;

	errno = 0;
	value = strtoull(text, &end, 10);
	*number = value;
	return isdigit(*text) && !*end && !errno && value < UINT32_MAX;
}

static bool find_user(const char *name, uint32_t *id)
{
	struct passwd *user;

	user = getpwnam(name);
	if (user)
	{
		*id = user->pw_uid;
	}
	return user || parse_number(name, id);
}

/*
 * Described in header
 */
bool kupf_access_find_group(const char *name, gid_t *id)
{
	struct group *group;

	group = getgrnam(name);
	if (group)
	{
		*id = group->gr_gid;
	}
	return group || parse_number(name, id);
}

/**
 * Parse a list of names.
 *
 * @param ids		gets the ids, NULL only to check the list
 */
static bool parse_names(array_t *ids, const char *names,
						bool (*find)(const char *name, uint32_t *id))
{
	enumerator_t *enumerator;
	bool ok = TRUE;
	uint32_t id;
	char *name;

	enumerator = enumerator_create_token(names ?: "", ", ", " ");
	while (ok && enumerator->enumerate(enumerator, &name))
	{
		if (!*name)
		{
			continue;
		}
		ok = find(name, &id);
		if (ok && ids)
		{
			array_insert(ids, ARRAY_TAIL, &id);
		}
	}
	enumerator->destroy(enumerator);
	return ok;
}

/*
 * Described in header
 */
bool kupf_access_are_users(const char *names)
{
	return parse_names(NULL, names, find_user);
}

/*
 * Described in header
 */
bool kupf_access_are_groups(const char *names)
{
	return parse_names(NULL, names, kupf_access_find_group);
}

METHOD(kupf_access_t, destroy, void,
	private_kupf_access_t *this)
{
	array_destroy(this->users);
	array_destroy(this->groups);
	free(this);
}

/*
 * Described in header
 */
kupf_access_t *kupf_access_create(const char *users, const char *groups)
{
	private_kupf_access_t *this;

	INIT(this,
		.public = {
			.is_allowed = _is_allowed,
			.destroy = _destroy,
		},
		.users = array_create(sizeof(uint32_t), 0),
		.groups = array_create(sizeof(uint32_t), 0),
	);
	if (!parse_names(this->users, users, find_user) ||
		!parse_names(this->groups, groups, kupf_access_find_group))
	{
		destroy(this);
		return NULL;
	}
	return &this->public;
}
