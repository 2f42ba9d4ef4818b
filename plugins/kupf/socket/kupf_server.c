/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupf_server.h"
#include "kupf_connection.h"
#include "kupf/kupf_counters.h"
#include "kupf/kupf_time.h"
#include "kupf_socket.h"
#include "kupf_access.h"

#include <collections/array.h>
#include <threading/thread.h>

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

/** Events taken from the kernel at once */
#define EVENTS_MAX 64

/** Connections that are accepted before anything else is done */
#define ACCEPTS_MAX 16

/** Milliseconds without accept() when there are no file descriptors left */
#define ACCEPT_PAUSE 1000

typedef struct private_kupf_server_t private_kupf_server_t;

/**
 * Private data of the server.
 */
struct private_kupf_server_t {
	/** public interface */
	kupf_server_t public;
	/** the socket's path, and what listens there */
	kupf_socket_t *socket;
	/** its file descriptor */
	int listener;
	/** becomes readable when the thread shall end */
	int stop;
	/** becomes readable when work that waits may go on */
	int wake;
	/** epoll set */
	int epoll;
	/** most connections */
	u_int max;
	/** who may connect */
	kupf_access_t *peers;
	/** kupf_connection_t*, only used by the thread */
	array_t *connections;
	/** commands */
	kupf_commands_t *commands;
	/** tells about events */
	kupf_publisher_t *publisher;
	/** last time a refusal was logged */
	time_t logged;
	/** when to try accept() again, ms, 0 if it is not paused */
	uint64_t resume;
	/** the thread */
	thread_t *thread;
};

/**
 * Watch a file descriptor of our own for being readable.
 */
static bool watch(private_kupf_server_t *this, int *fd, bool on)
{
	struct epoll_event event = {
		.events = on ? EPOLLIN : 0,
		.data.ptr = fd,
	};

	return epoll_ctl(this->epoll, EPOLL_CTL_MOD, *fd, &event) == 0 ||
		   epoll_ctl(this->epoll, EPOLL_CTL_ADD, *fd, &event) == 0;
}

/**
 * Milliseconds until accept() is to be tried again, -1 if it is not paused.
 */
static int get_pause(private_kupf_server_t *this)
{
	uint64_t now = kupf_time_ms();

	if (!this->resume)
	{
		return -1;
	}
	return this->resume > now ? this->resume - now : 0;
}

/**
 * Close a connection before the first octet is read.
 */
static void refuse(private_kupf_server_t *this, int fd, const char *why)
{
	time_t now = time_monotonic(NULL);

	kupf_count(KUPF_CONNECTIONS_REFUSED);
	if (now != this->logged)
	{
		this->logged = now;
		DBG1(DBG_CFG, "kupf: client refused: %s", why);
	}
	close(fd);
}

/**
 * Accept connections.
 *
 * @return			FALSE if there are no file descriptors left
 */
static bool accept_connections(private_kupf_server_t *this)
{
	kupf_connection_t *connection;
	int fd, i;

	/* epoll tells again of those that are left */
	for (i = 0; i < ACCEPTS_MAX; i++)
	{
		fd = accept4(this->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
		if (fd < 0)
		{
			return errno != EMFILE && errno != ENFILE && errno != ENOMEM &&
				   errno != ENOBUFS;
		}
		if ((u_int)array_count(this->connections) >= this->max)
		{
			refuse(this, fd, "max_connections is reached");
			continue;
		}
		if (!this->peers->is_allowed(this->peers, fd))
		{
			refuse(this, fd, "neither user nor group is allowed");
			continue;
		}
		connection = kupf_connection_create(fd, this->epoll, this->commands,
											this->publisher);
		if (connection)
		{
			kupf_count(KUPF_CONNECTIONS_ACCEPTED);
			array_insert(this->connections, ARRAY_TAIL, connection);
		}
	}
	return TRUE;
}

/**
 * Accept connections, or none for a while if there are no file descriptors.
 */
static void accept_or_pause(private_kupf_server_t *this)
{
	if (!accept_connections(this))
	{
		DBG1(DBG_CFG, "kupf: unable to accept clients: %s", strerror(errno));
		if (watch(this, &this->listener, FALSE))
		{
			this->resume = kupf_time_ms() + ACCEPT_PAUSE;
		}
	}
}

/**
 * Close a connection.
 */
static void close_connection(private_kupf_server_t *this,
							 kupf_connection_t *connection)
{
	kupf_connection_t *current;
	int i;

	for (i = 0; i < array_count(this->connections); i++)
	{
		array_get(this->connections, i, &current);
		if (current == connection)
		{
			array_remove(this->connections, i, NULL);
			connection->destroy(connection);
			break;
		}
	}
}

/**
 * Deal with what epoll tells of.
 *
 * @return			FALSE if it is time to stop
 */
static bool dispatch(private_kupf_server_t *this, struct epoll_event *event)
{
	kupf_connection_t *connection;
	eventfd_t count;

	if (event->data.ptr == &this->stop)
	{
		return FALSE;
	}
	if (event->data.ptr == &this->wake)
	{	/* a step is taken in any case */
		eventfd_read(this->wake, &count);
	}
	else if (event->data.ptr == &this->listener)
	{
		accept_or_pause(this);
	}
	else
	{
		connection = event->data.ptr;
		if (!connection->handle(connection,
						event->events & (EPOLLIN | EPOLLHUP | EPOLLERR)))
		{
			close_connection(this, connection);
		}
	}
	return TRUE;
}

/**
 * Take a step of what each client has asked for, if anything is left to do.
 *
 * @return			whether there is more to do at once
 */
static bool take_steps(private_kupf_server_t *this)
{
	kupf_connection_t *connection;
	kupf_work_status_t status;
	bool more = FALSE;
	int i;

	for (i = array_count(this->connections) - 1; i >= 0; i--)
	{
		array_get(this->connections, i, &connection);
		if (!connection->step(connection, &status))
		{
			close_connection(this, connection);
		}
		else if (status == KUPF_WORK_MORE)
		{
			more = TRUE;
		}
	}
	return more;
}

/**
 * Serve until told to stop.
 */
static void *serve(private_kupf_server_t *this)
{
	struct epoll_event events[EVENTS_MAX];
	bool more = FALSE;
	int count, i;

	while (TRUE)
	{
		count = epoll_wait(this->epoll, events, countof(events),
						   more ? 0 : get_pause(this));
		/* also if there is no second in which nobody sends anything */
		if (get_pause(this) == 0 && watch(this, &this->listener, TRUE))
		{
			this->resume = 0;
		}
		for (i = 0; i < count; i++)
		{
			if (!dispatch(this, &events[i]))
			{
				return NULL;
			}
		}
		more = take_steps(this);
	}
}

/**
 * Start the thread.  It takes no signals: charon waits for them elsewhere.
 */
static bool start_thread(private_kupf_server_t *this)
{
	sigset_t all, before;

	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, &before);
	this->thread = thread_create((thread_main_t)serve, this);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return this->thread != NULL;
}

METHOD(kupf_server_t, destroy, void,
	private_kupf_server_t *this)
{
	kupf_connection_t *connection;

	if (this->thread)
	{
		eventfd_write(this->stop, 1);
		this->thread->join(this->thread);
	}
	while (array_remove(this->connections, ARRAY_TAIL, &connection))
	{
		connection->destroy(connection);
	}
	array_destroy(this->connections);
	DESTROY_IF(this->socket);
	close(this->stop);
	close(this->epoll);
	DESTROY_IF(this->peers);
	free(this);
}

/*
 * Described in header
 */
kupf_server_t *kupf_server_create(const kupf_server_config_t *config,
								  kupf_commands_t *commands,
								  kupf_publisher_t *publisher)
{
	private_kupf_server_t *this;

	INIT(this,
		.public = {
			.destroy = _destroy,
		},
		.stop = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK),
		.epoll = epoll_create1(EPOLL_CLOEXEC),
		.max = config->max_connections,
		.peers = kupf_access_create(config->allowed_users,
								   config->allowed_groups),
		.connections = array_create(0, 0),
		.commands = commands,
		.publisher = publisher,
	);
	if (this->peers)
	{	/* wrong settings leave no trace */
		this->socket = kupf_socket_create(config->uri, config->group);
	}
	this->wake = commands->get_wake(commands);
	if (this->socket)
	{
		this->listener = this->socket->get_fd(this->socket);
	}
	if (!this->socket || !watch(this, &this->stop, TRUE) ||
		!watch(this, &this->wake, TRUE) ||
		!watch(this, &this->listener, TRUE) || !start_thread(this))
	{
		destroy(this);
		return NULL;
	}
	return &this->public;
}
