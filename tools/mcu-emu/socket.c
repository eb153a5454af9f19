// SPDX-License-Identifier: GPL-2.0-only
/* Unix sockets to listen on: see socket.h. */

#include <err.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "socket.h"

static int stream_socket(void)
{
	return socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
}

/* A socket that nobody listens on was left behind by a program that was killed. */
static void remove_stale(const struct sockaddr_un *address)
{
	struct stat status;
	int fd;

	if (lstat(address->sun_path, &status) || !S_ISSOCK(status.st_mode))
		return;
	fd = stream_socket();
	if (connect(fd, (const struct sockaddr *)address, sizeof(*address)) &&
	    errno == ECONNREFUSED)
		unlink(address->sun_path);
	close(fd);
}

/**
 * socket_listen() - make a socket and listen on it
 * @path: its name
 *
 * Return: the listening file, or -1 with the reason printed.
 */
int socket_listen(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd;

	if (strlen(path) >= sizeof(address.sun_path)) {
		warnx("%s: too long for a socket's name, give one of at most %zu bytes", path,
		      sizeof(address.sun_path) - 1);
		return -1;
	}
	memcpy(address.sun_path, path, strlen(path) + 1);
	remove_stale(&address);

	fd = stream_socket();
	if (fd >= 0 && !bind(fd, (struct sockaddr *)&address, sizeof(address)) && !listen(fd, 8))
		return fd;

	if (errno == EADDRINUSE)
		warnx("%s: exists; stop the program that listens there or give another name", path);
	else
		warn("cannot listen on %s", path);
	if (fd >= 0)
		close(fd);

	return -1;
}

/**
 * socket_accept() - accept a connection
 * @listener: file that is listened on
 *
 * Return: the connection, which does not block, or -1 if it is gone already.
 */
int socket_accept(int listener)
{
	return accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
}
