/* SPDX-License-Identifier: GPL-2.0-only */
/* Unix sockets to listen on. */

#ifndef _MCU_EMU_SOCKET_H
#define _MCU_EMU_SOCKET_H

int socket_listen(const char *path);
int socket_accept(int listener);

#endif /* _MCU_EMU_SOCKET_H */
