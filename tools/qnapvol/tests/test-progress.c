// SPDX-License-Identifier: GPL-2.0-only
/* Tests of the line that says how far something has come */

#include <string.h>

#include "ktap.h"
#include "progress.h"

#define SECOND		1000000000ull
#define GIGABYTE	1000000000ull

static void check(const struct progress *progress, u64 now, unsigned int width, const char *want,
		  const char *name)
{
	char line[PROGRESS_LINE_MAX];

	progress_text(progress, now, width, line);
	if (strcmp(line, want))
		ktap_remark("line", line);
	ktap_check(!strcmp(line, want), name);
}

static void test_lines(void)
{
	struct progress progress;

	progress_start(&progress, 100 * GIGABYTE, false, 5 * SECOND);
	check(&progress, 5 * SECOND, 80, "  0% 0 B of 100 GB, 0 B/s", "at the beginning");
	progress.done = 25 * GIGABYTE;
	check(&progress, 255 * SECOND, 80, " 25% 25 GB of 100 GB, 100 MB/s, 13 min left",
	      "a quarter");
	progress.bad = 512;
	progress.done = 99 * GIGABYTE;
	check(&progress, 995 * SECOND, 80,
	      " 99% 99 GB of 100 GB, 100 MB/s, 10 s left, 512 B unreadable", "with bad sectors");
	progress_start(&progress, 0, false, 0);
	check(&progress, SECOND, 80, "100% 0 B of 0 B, 0 B/s", "nothing to do");
}

static void test_bar(void)
{
	struct progress progress;

	progress_start(&progress, 100 * GIGABYTE, true, 0);
	progress.done = 50 * GIGABYTE;
	check(&progress, 500 * SECOND, 76,
	      " 50% [===============>              ] 50 GB of 100 GB, 100 MB/s, 8 min left",
	      "a bar");
	check(&progress, 500 * SECOND, 60,
	      " 50% [=======>      ] 50 GB of 100 GB, 100 MB/s, 8 min left",
	      "a narrow one");
	check(&progress, 500 * SECOND, 50, " 50% 50 GB of 100 GB, 100 MB/s, 8 min left",
	      "no room for it");
	check(&progress, 500 * SECOND, 20, " 50% 50 GB of 100 G", "no room at all");
}

static void test_rate(void)
{
	struct progress progress;

	progress_start(&progress, 1000 * GIGABYTE, false, 0);
	progress.done = 500 * GIGABYTE;
	for (unsigned int i = 1; i < 100; i++) {
		progress.moments[i % PROGRESS_MOMENTS].time = (1000 + i) * SECOND;
		progress.moments[i % PROGRESS_MOMENTS].done = progress.done;
		progress.num_moments++;
		progress.done += GIGABYTE / 10;
	}
	check(&progress, 1100 * SECOND, 80, " 50% 510 GB of 1.0 TB, 100 MB/s, 82 min left",
	      "the rate is that of the last seconds");
}

static void test_durations(void)
{
	char text[32];

	ktap_check(!strcmp(progress_duration(99, text, sizeof(text)), "99 s"), "seconds");
	ktap_check(!strcmp(progress_duration(100, text, sizeof(text)), "2 min"), "minutes");
	ktap_check(!strcmp(progress_duration(6000, text, sizeof(text)), "1 h 40 min"), "hours");
}

int main(void)
{
	ktap_begin();
	test_lines();
	test_bar();
	test_rate();
	test_durations();

	return ktap_end();
}
