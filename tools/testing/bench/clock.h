/* SPDX-License-Identifier: GPL-2.0-only */
/* Time in microseconds. */

#ifndef _BENCH_CLOCK_H
#define _BENCH_CLOCK_H

#include <time.h>

static inline double now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);

	return now.tv_sec * 1e6 + now.tv_nsec / 1e3;
}

static inline void sleep_until(double us)
{
	const struct timespec moment = {
		.tv_sec = us / 1e6,
		.tv_nsec = (us - (long)(us / 1e6) * 1e6) * 1e3,
	};

	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &moment, NULL))
		;
}

#endif /* _BENCH_CLOCK_H */
