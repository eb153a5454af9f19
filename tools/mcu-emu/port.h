/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The port that the emulated line hangs on: a unix socket, a pseudo terminal or a serial port
 */

#ifndef _MCU_EMU_PORT_H
#define _MCU_EMU_PORT_H

#include <linux/types.h>

enum port_kind {
	PORT_NONE,
	PORT_SOCKET,
	PORT_PTY,
	PORT_TTY,
};

/**
 * struct port - the port
 * @kind: what it is
 * @path: name of the socket, of the serial port, or of the link to the pseudo terminal; the last
 *	  may be NULL
 * @fd: where bytes come and go; -1 while nobody is connected
 * @listener: where a connection may come from, or -1
 * @slave: other end of the pseudo terminal: held open, so that its users may come and go; or -1
 */
struct port {
	enum port_kind kind;
	const char *path;
	int fd;
	int listener;
	int slave;
};

bool port_open(struct port *port);
void port_close(struct port *port);
void port_accept(struct port *port);
void port_hang_up(struct port *port);
int port_read(struct port *port, u8 *data, size_t size);
void port_write(struct port *port, const u8 *data, size_t len);

#endif /* _MCU_EMU_PORT_H */
