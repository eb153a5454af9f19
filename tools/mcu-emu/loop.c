// SPDX-License-Identifier: GPL-2.0-only
/* Waiting for several files and for a moment: see loop.h. */

#include <errno.h>
#include <poll.h>
#include <time.h>

#include "loop.h"
#include "mcu.h"

/**
 * loop_now() - the time
 *
 * Return: nanoseconds on the monotonic clock.
 */
u64 loop_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);

	return now.tv_sec * NSEC_PER_SEC + now.tv_nsec;
}

/**
 * loop_begin() - begin a turn
 * @loop: the loop
 */
void loop_begin(struct loop *loop)
{
	loop->count = 0;
	loop->due = MCU_NEVER;
}

/**
 * loop_watch() - wait for a file in this turn
 * @loop: the loop
 * @fd: the file
 * @events: what to wait for, as for poll()
 * @handler: called when it happened
 * @context: its argument
 */
void loop_watch(struct loop *loop, int fd, short events, loop_handler handler, void *context)
{
	if (loop->count == LOOP_MAX)
		return;
	loop->fds[loop->count].fd = fd;
	loop->fds[loop->count].events = events;
	loop->handlers[loop->count] = handler;
	loop->contexts[loop->count] = context;
	loop->count++;
}

/**
 * loop_wake_at() - do not wait longer than this in this turn
 * @loop: the loop
 * @due: the moment
 */
void loop_wake_at(struct loop *loop, u64 due)
{
	if (due < loop->due)
		loop->due = due;
}

/**
 * loop_wait() - wait, and call the handlers of all that is ready
 * @loop: the loop
 *
 * Return: false if waiting failed, with errno set.
 */
bool loop_wait(struct loop *loop)
{
	struct timespec timeout = { };
	u64 now = loop_now();
	size_t i;

	if (loop->due > now && loop->due != MCU_NEVER) {
		timeout.tv_sec = (loop->due - now) / NSEC_PER_SEC;
		timeout.tv_nsec = (loop->due - now) % NSEC_PER_SEC;
	}

	if (ppoll(loop->fds, loop->count, loop->due == MCU_NEVER ? NULL : &timeout, NULL) < 0)
		return errno == EINTR;

	for (i = 0; i < loop->count; i++)
		if (loop->fds[i].revents)
			loop->handlers[i](loop->contexts[i], loop->fds[i].revents);

	return true;
}
