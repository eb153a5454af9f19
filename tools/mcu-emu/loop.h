/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Waiting for several files and for a moment
 *
 * Filled anew for each turn: who wants to know of a file says so, and is called when it is ready.
 */

#ifndef _MCU_EMU_LOOP_H
#define _MCU_EMU_LOOP_H

#include <poll.h>

#include <linux/types.h>

#define LOOP_MAX	64

typedef void (*loop_handler)(void *context, short events);

struct loop {
	struct pollfd fds[LOOP_MAX];
	loop_handler handlers[LOOP_MAX];
	void *contexts[LOOP_MAX];
	size_t count;
	u64 due;
};

u64 loop_now(void);
void loop_begin(struct loop *loop);
void loop_watch(struct loop *loop, int fd, short events, loop_handler handler, void *context);
void loop_wake_at(struct loop *loop, u64 due);
bool loop_wait(struct loop *loop);

#endif /* _MCU_EMU_LOOP_H */
