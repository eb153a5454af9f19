// SPDX-License-Identifier: GPL-2.0-only
/* A line that says how far something has come */

#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "cli.h"
#include "progress.h"

#define SECOND		1000000000ull
#define REDRAW_EVERY	(SECOND / 2)
#define LINE_EVERY	(10 * SECOND)
#define MOMENT_EVERY	SECOND

#define WIDTH_DEFAULT	80
#define BAR_MAX		40

/* With fewer columns the bar says nothing. */
#define BAR_MIN		5

/**
 * progress_now() - what time is it?
 *
 * Return: nanoseconds since some moment.
 */
__u64 progress_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);

	return now.tv_sec * SECOND + now.tv_nsec;
}

/**
 * progress_start() - begin
 * @progress: progress
 * @total: how many bytes there are to do
 * @bar: draw a bar
 * @now: when this is
 */
void progress_start(struct progress *progress, __u64 total, bool bar, __u64 now)
{
	*progress = (struct progress){ .total = total, .bar = bar, .started = now };
	progress->printed = now;
	progress->moments[0].time = now;
	progress->num_moments = 1;
}

static unsigned int index_of(unsigned int moment)
{
	return moment % PROGRESS_MOMENTS;
}

/* Bytes a second, over the last moments. */
static __u64 find_rate(const struct progress *progress, __u64 now)
{
	const unsigned int num = progress->num_moments;
	const unsigned int oldest = index_of(num > PROGRESS_MOMENTS ? num : 0);
	const __u64 time = now - progress->moments[oldest].time;

	if (!time)
		return 0;

	return (progress->done - progress->moments[oldest].done) * (double)SECOND / time;
}

/**
 * progress_duration() - a time as a person says it
 * @seconds: time
 * @text: where to put the text
 * @size: how much room there is
 *
 * Return: the text.
 */
const char *progress_duration(__u64 seconds, char *text, size_t size)
{
	const __u64 minutes = (seconds + 30) / 60;

	if (seconds < 100)
		snprintf(text, size, "%llu s", seconds);
	else if (minutes < 100)
		snprintf(text, size, "%llu min", minutes);
	else
		snprintf(text, size, "%llu h %llu min", minutes / 60, minutes % 60);

	return text;
}

static void print_numbers(const struct progress *progress, __u64 now, char *text, size_t size)
{
	char done[16], total[16], rate_text[16], bad[16], left[32];
	const __u64 rate = find_rate(progress, now);
	size_t len;

	len = snprintf(text, size, "%s of %s, %s/s", cli_human_size(progress->done, done, 16),
		       cli_human_size(progress->total, total, 16),
		       cli_human_size(rate, rate_text, 16));
	if (rate && progress->done < progress->total)
		len += snprintf(text + len, size - len, ", %s left",
				progress_duration((progress->total - progress->done) / rate, left,
						  sizeof(left)));
	if (progress->bad)
		snprintf(text + len, size - len, ", %s unreadable",
			 cli_human_size(progress->bad, bad, 16));
}

static void print_bar(double part, unsigned int width, char *text)
{
	const unsigned int full = part * width;

	*text++ = '[';
	for (unsigned int i = 0; i < width; i++)
		*text++ = i < full ? '=' : i == full ? '>' : ' ';
	*text++ = ']';
	*text = 0;
}

/**
 * progress_text() - make the line
 * @progress: progress
 * @now: when this is
 * @width: how many columns there are
 * @line: where to put it, %PROGRESS_LINE_MAX bytes
 */
void progress_text(const struct progress *progress, __u64 now, unsigned int width, char *line)
{
	const double part = progress->total ? (double)progress->done / progress->total : 1;
	char numbers[PROGRESS_LINE_MAX / 2], bar[BAR_MAX + 4] = "";
	unsigned int room;

	print_numbers(progress, now, numbers, sizeof(numbers));
	/* "100% ", the brackets, a space, and the last column, where a terminal would wrap. */
	room = strlen(numbers) + 9;
	room = width > room ? width - room : 0;
	if (progress->bar && room >= BAR_MIN)
		print_bar(part, room < BAR_MAX ? room : BAR_MAX, bar);
	snprintf(line, PROGRESS_LINE_MAX, "%3u%% %s%s%s", (unsigned int)(part * 100), bar,
		 *bar ? " " : "", numbers);
	if (progress->bar && width && width <= strlen(line))
		line[width - 1] = 0;
}

static unsigned int find_width(void)
{
	struct winsize size;

	if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) || !size.ws_col)
		return WIDTH_DEFAULT;

	return size.ws_col;
}

static void remember_moment(struct progress *progress, __u64 now)
{
	const unsigned int last = index_of(progress->num_moments - 1);
	const unsigned int next = index_of(progress->num_moments);

	if (now - progress->moments[last].time < MOMENT_EVERY)
		return;

	progress->moments[next].time = now;
	progress->moments[next].done = progress->done;
	progress->num_moments++;
}

/**
 * progress_print() - print the line, if it is time to
 * @progress: progress
 * @last: it is in any case, and what follows begins on a line of its own
 */
void progress_print(struct progress *progress, bool last)
{
	const __u64 every = progress->bar ? REDRAW_EVERY : LINE_EVERY;
	const __u64 now = progress_now();
	char line[PROGRESS_LINE_MAX];

	remember_moment(progress, now);
	if (progress->silent || (!last && now - progress->printed < every))
		return;

	progress_text(progress, now, find_width(), line);
	fprintf(stderr, progress->bar ? "\r%s\033[K" : "%s", line);
	if (last || !progress->bar)
		fputc('\n', stderr);
	progress->printed = now;
}
