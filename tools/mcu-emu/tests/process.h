/* SPDX-License-Identifier: GPL-2.0-only */
/* mcu-emu as a process of its own, with the ends of its line and of its control socket. */

#ifndef _MCU_EMU_PROCESS_H
#define _MCU_EMU_PROCESS_H

#include <sys/types.h>

#include <linux/types.h>

#define PROCESS_PATIENCE_MS	5000
#define PROCESS_SILENCE_MS	100

void process_begin(void);
void process_end(void);
const char *process_path(const char *name);
bool process_left(const char *name);
void process_sleep(long ms);

pid_t process_start(int *io, ...);
pid_t process_start_on_terminal(int *io, int columns, int lines, ...);
int process_finish(pid_t pid, int io);

int process_connect(const char *name);
void process_put(int fd, const void *data, size_t len);
size_t process_get(int fd, void *data, size_t size, int patience);
bool process_exchange(int fd, const char *request, const char *reply);
const char *process_ask(int fd, const char *command);
bool process_await(int fd, const char *command, const char *expected);
void process_check(int fd, const char *command, const char *expected, const char *name);

#endif /* _MCU_EMU_PROCESS_H */
