/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupfctl_conn.h"
#include "kupfctl_output.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <library.h>

/** File descriptors looked at to find the socket of libvici */
#define FDS_MAX 256

/** How long libvici may take to read what the daemon sent last, ms */
#define DRAIN_MAX 5000

/** How long it may take to handle that, and a submit to return, ms */
#define GRACE 300

/** Interval to look whether it was read, ms */
#define DRAIN_INTERVAL 10

/**
 * The connection.
 */
static struct {
	/** where to, for messages */
	const char *uri;
	/** socket of libvici, -1 if unknown */
	int fd;
	/** thread that watches it */
	pthread_t guard;
	/** event that tells the guard to end, since nobody needs the connection
	 * any more; -1 if there is no guard */
	int closing;
	/** function to call on loss, and its user data */
	kupfctl_lost_cb_t cb;
	void *user;
	/** the first to notice the loss keeps it */
	pthread_mutex_t lost;
} conn = {
	.fd = -1,
	.closing = -1,
	.lost = PTHREAD_MUTEX_INITIALIZER,
};

/**
 * End the process because the connection was lost.
 */
static void lost(void)
{
	/* never unlocked: main thread and guard may both notice */
	pthread_mutex_lock(&conn.lost);
	kupfctl_error("connection to %s lost", conn.uri);
	if (conn.cb)
	{
		conn.cb(conn.user);
	}
	fflush(stdout);
	_exit(KUPFCTL_NO_CONNECTION);
}

/**
 * Wait, unless the guard is to end.
 *
 * @return			FALSE if it is to end
 */
static bool guard_sleep(int ms)
{
	struct pollfd pfd = { .fd = conn.closing, .events = POLLIN };

	return poll(&pfd, 1, ms) <= 0;
}

/**
 * Thread: wait until the daemon closes the connection.
 */
static void *guard(void *unused)
{
	struct pollfd pfds[] = {
		{ .fd = conn.fd, .events = POLLRDHUP },
		{ .fd = conn.closing, .events = POLLIN },
	};
	int unread, waited;

	(void)unused;
	do
	{
		pfds[0].revents = 0;
		poll(pfds, 2, -1);
	}
	while (!pfds[0].revents && guard_sleep(0));

	for (waited = 0; waited < DRAIN_MAX; waited += DRAIN_INTERVAL)
	{
		if (ioctl(conn.fd, FIONREAD, &unread) < 0 || !unread ||
			!guard_sleep(DRAIN_INTERVAL))
		{
			break;
		}
	}
	if (guard_sleep(GRACE))
	{
		lost();
	}
	return NULL;
}

/**
 * Whether the daemon closed the connection.  What libvici says in errno then
 * is, before strongSwan 6.0, whatever was there before.
 */
static bool is_closed(void)
{
	struct pollfd pfd = { .fd = conn.fd, .events = POLLRDHUP };

	return conn.fd != -1 && poll(&pfd, 1, 0) > 0;
}

static bool is_connected_socket(int fd)
{
	struct sockaddr_storage peer;
	socklen_t len = sizeof(peer);

	return !getpeername(fd, (struct sockaddr*)&peer, &len);
}

/**
 * Connect, and find the socket, which libvici does not tell: the one that was
 * not there before.
 */
static vici_conn_t *connect_and_find(const char *uri)
{
	bool before[FDS_MAX];
	vici_conn_t *vici;
	int fd;

	for (fd = 0; fd < FDS_MAX; fd++)
	{
		before[fd] = is_connected_socket(fd);
	}
	vici = vici_connect((char*)uri);
	for (fd = 0; vici && fd < FDS_MAX; fd++)
	{
		if (!before[fd] && is_connected_socket(fd))
		{
			conn.fd = fd;
			break;
		}
	}
	return vici;
}

/**
 * Watch the socket.  Signals are for the main thread.
 */
static bool start_guard(void)
{
	sigset_t all, old;
	int err;

	if (conn.fd == -1)
	{
		return true;
	}
	conn.closing = eventfd(0, EFD_CLOEXEC);
	if (conn.closing == -1)
	{
		kupfctl_error("cannot create an event: %s", strerror(errno));
		return false;
	}
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	err = pthread_create(&conn.guard, NULL, guard, NULL);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	if (err)
	{
		kupfctl_error("cannot create a thread: %s", strerror(err));
		close(conn.closing);
		conn.closing = -1;
		return false;
	}
	return true;
}

/**
 * Initialize libvici, once.
 */
static void init_vici(void)
{
	static bool initialized;

	if (initialized)
	{
		return;
	}
	initialized = true;
	/* a lost connection is an error to handle, not a signal to die of */
	signal(SIGPIPE, SIG_IGN);
	/* the daemon's configuration is none of ours, and may not be readable;
	 * libstrongswan's own messages would repeat ours */
	setenv("STRONGSWAN_CONF", "", 1);
	dbg_default_set_level(LEVEL_SILENT);
	vici_init();
	dbg_default_set_level(LEVEL_SILENT);
	atexit(vici_deinit);
}

/*
 * Described in header
 */
vici_req_t *kupfctl_begin(const char *command)
{
	init_vici();
	return vici_begin((char*)command);
}

/*
 * Described in header
 */
vici_conn_t *kupfctl_connect(const kupfctl_t *ctl)
{
	vici_conn_t *vici;

	init_vici();
	conn.uri = ctl->socket;
	errno = 0;
	vici = connect_and_find(ctl->socket);
	if (!vici)
	{
		kupfctl_error("cannot connect to %s: %s", ctl->socket,
					  errno ? strerror(errno) : "not a valid URI");
		return NULL;
	}
	if (!start_guard())
	{
		kupfctl_disconnect(vici);
		return NULL;
	}
	return vici;
}

/*
 * Described in header
 */
void kupfctl_on_lost(kupfctl_lost_cb_t cb, void *user)
{
	conn.cb = cb;
	conn.user = user;
}

/*
 * Described in header
 */
void kupfctl_disconnect(vici_conn_t *vici)
{
	if (conn.closing != -1)
	{
		eventfd_write(conn.closing, 1);
		pthread_join(conn.guard, NULL);
		close(conn.closing);
		conn.closing = -1;
	}
	conn.fd = -1;
	vici_disconnect(vici);
}

/*
 * Described in header
 */
bool kupfctl_register(vici_conn_t *vici, const char *event,
					  vici_event_cb_t cb, void *user)
{
	int err;

	if (vici_register(vici, (char*)event, cb, user))
	{
		err = errno;
		if (err != ENOENT || is_closed())
		{
			lost();
		}
		kupfctl_error("the daemon does not know the event %s", event);
		return false;
	}
	return true;
}

/*
 * Described in header
 */
vici_res_t *kupfctl_submit(vici_conn_t *vici, vici_req_t *req)
{
	vici_res_t *res;
	int err;

	res = vici_submit(req, vici);
	if (!res)
	{
		err = errno;
		if (is_closed())
		{
			lost();
		}
		switch (err)
		{
			case ENOENT:
				kupfctl_error("the daemon does not know this command");
				break;
			case EINVAL:
				kupfctl_error("the request cannot be encoded: a name or a "
							  "value is too long");
				break;
			case EBADMSG:
				kupfctl_error("the reply is malformed");
				break;
			default:
				lost();
		}
	}
	return res;
}

/*
 * Described in header
 */
bool kupfctl_succeeded(vici_res_t *res)
{
	char *value;
	int len;

	value = vici_find(res, &len, "success");
	if (len == 3 && !memcmp(value, "yes", 3))
	{
		return true;
	}
	flockfile(stderr);
	fputs("kupfctl: ", stderr);
	value = vici_find(res, &len, "cause");
	kupfctl_print_text(stderr, len ? value : "refused", len ?: 7);
	value = vici_find(res, &len, "errmsg");
	if (len)
	{
		fputs(": ", stderr);
		kupfctl_print_text(stderr, value, len);
	}
	fputc('\n', stderr);
	funlockfile(stderr);
	return false;
}

/*
 * Described in header
 */
kupfctl_status_t kupfctl_request(const kupfctl_t *ctl, vici_req_t *req)
{
	kupfctl_status_t status = KUPFCTL_REFUSED;
	vici_conn_t *vici;
	vici_res_t *res;
	bool printed = true;

	vici = kupfctl_connect(ctl);
	if (!vici)
	{
		vici_free_req(req);
		return KUPFCTL_NO_CONNECTION;
	}
	res = kupfctl_submit(vici, req);
	if (res)
	{
		if (kupfctl_succeeded(res))
		{
			status = KUPFCTL_DONE;
		}
		if (ctl->json)
		{
			printed = kupfctl_print_json(stdout, NULL, res);
		}
		else if (status == KUPFCTL_DONE)
		{
			printed = kupfctl_print_lines(stdout, res);
		}
		if (!printed)
		{
			kupfctl_error("the reply is malformed");
			status = KUPFCTL_REFUSED;
		}
		vici_free_res(res);
	}
	kupfctl_disconnect(vici);
	return status;
}
