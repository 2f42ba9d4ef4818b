/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupf_socket.h"
#include "kupf/socket/kupf_access.h"

#include <errno.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

/** Scheme of the URI */
#define SCHEME "unix://"

/** Connections that the kernel holds until they are accepted */
#define BACKLOG 128

typedef struct private_kupf_socket_t private_kupf_socket_t;

/**
 * Private data of the listening socket.
 */
struct private_kupf_socket_t {
	/** public interface */
	kupf_socket_t public;
	/** socket, -1 if there is none */
	int fd;
	/** its path, NULL if it has none */
	char *path;
	/** device and inode of it, which tell ours from another one's */
	dev_t device;
	ino_t inode;
};

/**
 * Remove an old socket that is in the way, and nothing else: not one that
 * another process serves.
 */
static bool clear_path(const struct sockaddr_un *addr, const char *uri)
{
	struct stat st;
	bool stale;
	int fd;

	if (lstat(addr->sun_path, &st) != 0)
	{
		return TRUE;
	}
	if (!S_ISSOCK(st.st_mode))
	{
		DBG1(DBG_CFG, "kupf: socket '%s': something else is there", uri);
		return FALSE;
	}
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	stale = fd >= 0 &&
			connect(fd, (struct sockaddr*)addr, sizeof(*addr)) != 0 &&
			errno == ECONNREFUSED;
	if (fd >= 0)
	{
		close(fd);
	}
	if (!stale)
	{
		DBG1(DBG_CFG, "kupf: socket '%s': another process serves it", uri);
		return FALSE;
	}
	unlink(addr->sun_path);
	return TRUE;
}

/**
 * Remember the path of our socket, and which one it is.
 */
static void set_path(private_kupf_socket_t *this, const char *path)
{
	struct stat st;

	if (lstat(path, &st) == 0)
	{
		this->path = strdup(path);
		this->device = st.st_dev;
		this->inode = st.st_ino;
	}
}

/**
 * Remove our socket, unless the path is another one's meanwhile.
 */
static void remove_socket(private_kupf_socket_t *this)
{
	struct stat st;

	if (this->path)
	{
		if (lstat(this->path, &st) == 0 && st.st_dev == this->device &&
			st.st_ino == this->inode)
		{
			unlink(this->path);
		}
		free(this->path);
	}
}

/*
 * Described in header
 */
bool kupf_socket_is_uri(const char *uri)
{
	size_t len = strlen(uri);

	return strpfx(uri, SCHEME) && len > strlen(SCHEME) &&
		   len - strlen(SCHEME) < sizeof(((struct sockaddr_un*)0)->sun_path);
}

/*
 * Described in header
 */
const char *kupf_socket_get_path(const char *uri)
{
	return uri + strlen(SCHEME);
}

/**
 * Bind and listen.
 */
static bool open_socket(private_kupf_socket_t *this, const char *uri,
						const char *group)
{
	struct sockaddr_un addr = {
		.sun_family = AF_UNIX,
	};
	const char *path = kupf_socket_get_path(uri);
	gid_t gid = lib->caps->get_gid(lib->caps);
	mode_t mask;
	bool bound;

	if (!kupf_socket_is_uri(uri))
	{
		DBG1(DBG_CFG, "kupf: socket '%s': expected " SCHEME " and a path of up "
			 "to %zu characters", uri, sizeof(addr.sun_path) - 1);
		return FALSE;
	}
	if (group && !kupf_access_find_group(group, &gid))
	{
		DBG1(DBG_CFG, "kupf: socket_group: there is no '%s'", group);
		return FALSE;
	}
	strcpy(addr.sun_path, path);
	if (!clear_path(&addr, uri))
	{
		return FALSE;
	}
	this->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	mask = umask(~(S_IRUSR | S_IWUSR | S_IRGRP | S_IWGRP));
	bound = this->fd >= 0 &&
			bind(this->fd, (struct sockaddr*)&addr, sizeof(addr)) == 0;
	umask(mask);
	if (bound)
	{
		set_path(this, path);
	}
	if (!bound ||
		chown(path, lib->caps->get_uid(lib->caps), gid) != 0 ||
		listen(this->fd, BACKLOG) != 0)
	{
		DBG1(DBG_CFG, "kupf: socket '%s': %s", uri, strerror(errno));
		return FALSE;
	}
	return TRUE;
}

METHOD(kupf_socket_t, get_fd, int,
	private_kupf_socket_t *this)
{
	return this->fd;
}

METHOD(kupf_socket_t, destroy, void,
	private_kupf_socket_t *this)
{
	remove_socket(this);
	if (this->fd >= 0)
	{
		close(this->fd);
	}
	free(this);
}

/*
 * Described in header
 */
kupf_socket_t *kupf_socket_create(const char *uri, const char *group)
{
	private_kupf_socket_t *this;

	INIT(this,
		.public = {
			.get_fd = _get_fd,
			.destroy = _destroy,
		},
		.fd = -1,
	);
	if (!open_socket(this, uri, group))
	{
		destroy(this);
		return NULL;
	}
	return &this->public;
}
