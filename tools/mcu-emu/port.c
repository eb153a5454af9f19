// SPDX-License-Identifier: GPL-2.0-only
/* The port that the emulated line hangs on: see port.h. */

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <pty.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "port.h"
#include "socket.h"

static bool make_raw(int fd)
{
	struct termios settings;

	if (tcgetattr(fd, &settings))
		return false;
	cfmakeraw(&settings);
	cfsetspeed(&settings, B115200);
	settings.c_cflag |= CLOCAL | CREAD;
	settings.c_cflag &= ~(CRTSCTS | CSTOPB);

	return !tcsetattr(fd, TCSANOW, &settings);
}

static bool make_link(const char *path, const char *target)
{
	struct stat status;

	if (!lstat(path, &status) && S_ISLNK(status.st_mode))
		unlink(path);
	if (!symlink(target, path))
		return true;
	warn("cannot make the link %s to %s", path, target);

	return false;
}

static bool open_pty(struct port *port)
{
	const char *name;

	if (openpty(&port->fd, &port->slave, NULL, NULL, NULL) || !make_raw(port->slave) ||
	    fcntl(port->fd, F_SETFL, O_NONBLOCK)) {
		warn("cannot open a pseudo terminal");
		return false;
	}
	name = ttyname(port->slave);
	if (port->path && !make_link(port->path, name)) {
		port->path = NULL;
		return false;
	}
	printf("%s\n", name);
	fflush(stdout);

	return true;
}

static bool open_tty(struct port *port)
{
	port->fd = open(port->path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	if (port->fd < 0) {
		warn("cannot open %s", port->path);
		return false;
	}
	if (!make_raw(port->fd)) {
		warn("%s: is it a serial port? Cannot set it to 115200 baud", port->path);
		return false;
	}

	return true;
}

/**
 * port_open() - open the port
 * @port: kind and path
 *
 * Return: false if that failed, with the reason printed.
 */
bool port_open(struct port *port)
{
	port->fd = -1;
	port->listener = -1;
	port->slave = -1;

	switch (port->kind) {
	case PORT_SOCKET:
		port->listener = socket_listen(port->path);
		return port->listener >= 0;
	case PORT_PTY:
		return open_pty(port);
	case PORT_TTY:
		return open_tty(port);
	default:
		return false;
	}
}

/**
 * port_close() - close the port and remove its name
 * @port: the port
 */
void port_close(struct port *port)
{
	if (port->fd >= 0)
		close(port->fd);
	if (port->slave >= 0)
		close(port->slave);
	if (port->listener >= 0)
		close(port->listener);
	if (port->listener >= 0 || (port->slave >= 0 && port->path))
		unlink(port->path);
}

/**
 * port_accept() - take a connection
 * @port: the port, nobody being connected: the next one waits until this one is gone
 */
void port_accept(struct port *port)
{
	port->fd = socket_accept(port->listener);
}

/**
 * port_hang_up() - end a connection and wait for the next
 * @port: the port
 */
void port_hang_up(struct port *port)
{
	close(port->fd);
	port->fd = -1;
}

/**
 * port_read() - read what there is
 * @port: the port
 * @data: where to put it
 * @size: room there
 *
 * Return: number of bytes; -1 if the other end is gone.
 */
int port_read(struct port *port, u8 *data, size_t size)
{
	const ssize_t len = read(port->fd, data, size);

	if (len > 0)
		return len;

	return len < 0 && (errno == EAGAIN || errno == EINTR) ? 0 : -1;
}

/**
 * port_write() - send bytes
 * @port: the port
 * @data: the bytes
 * @len: how many
 *
 * A serial line does not wait for a host that does not listen: what does not fit is lost.
 */
void port_write(struct port *port, const u8 *data, size_t len)
{
	ssize_t done;

	if (port->fd < 0)
		return;
	do {
		done = write(port->fd, data, len);
	} while (done < 0 && errno == EINTR);
}
