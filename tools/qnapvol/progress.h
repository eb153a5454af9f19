/* SPDX-License-Identifier: GPL-2.0-only */
/* A line that says how far something has come */

#ifndef _QNAPVOL_PROGRESS_H
#define _QNAPVOL_PROGRESS_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

#define PROGRESS_LINE_MAX	200

/* So many moments are remembered for the rate. */
#define PROGRESS_MOMENTS	16

/**
 * struct progress - how far something has come
 * @total: how many bytes there are
 * @done: how many of them are done
 * @bad: how many of them cannot be read
 * @bar: draw a bar and redraw it; else lines, one after the other
 * @silent: print nothing
 * @started: when it began
 * @printed: when it was last printed
 * @moments: moments, a second or more apart
 * @moments.time: when
 * @moments.done: how much was done then
 * @num_moments: how many there were
 *
 * Times are in nanoseconds.
 */
struct progress {
	__u64 total;
	__u64 done;
	__u64 bad;
	bool bar;
	bool silent;
	__u64 started;
	__u64 printed;
	struct {
		__u64 time;
		__u64 done;
	} moments[PROGRESS_MOMENTS];
	unsigned int num_moments;
};

__u64 progress_now(void);
void progress_start(struct progress *progress, __u64 total, bool bar, __u64 now);
void progress_text(const struct progress *progress, __u64 now, unsigned int width, char *line);
void progress_print(struct progress *progress, bool last);
const char *progress_duration(__u64 seconds, char *text, size_t size);

#endif /* _QNAPVOL_PROGRESS_H */
