// SPDX-License-Identifier: GPL-2.0-only
/*
 * The mapfile that ddrescue writes beside an image: which parts of the disk it has read
 *
 * Lines with '#' are comments. The first other line is where ddrescue was when it stopped; all
 * that follow are "position size status", in order, where the status '+' means read.
 */

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rescue-map.h"

struct qv_rescue_run {
	u64 start;
	u64 end;
};

/* A disk that fails everywhere has some ten thousand runs. */
#define RUNS_MAX	1000000

static int add_run(struct qv_rescue_map *map, u64 start, u64 end)
{
	struct qv_rescue_run *runs = map->runs;

	if (map->num && runs[map->num - 1].end == start) {
		runs[map->num - 1].end = end;
		return 0;
	}
	if (map->num == RUNS_MAX)
		return -1;
	/* Grows whenever the number is a power of two. */
	if (!(map->num & (map->num - 1))) {
		runs = realloc(runs, 2 * (map->num + 1) * sizeof(*runs));
		if (!runs)
			return -1;
		map->runs = runs;
	}
	runs[map->num++] = (struct qv_rescue_run){ start, end };

	return 0;
}

/* Returns false if the line is none of a mapfile. The last end is in @end. */
static bool take_line(struct qv_rescue_map *map, const char *line, u64 *end)
{
	long long start, size;
	char status;

	if (sscanf(line, "%lli %lli %c", &start, &size, &status) != 3)
		return false;
	if (start < 0 || size <= 0 || (u64)start < *end || start > LLONG_MAX - size)
		return false;

	*end = start + size;

	return status != '+' || !add_run(map, start, *end);
}

/**
 * qv_rescue_map_read() - read a mapfile
 * @map: empty map, to be freed with qv_rescue_map_free() in any case
 * @file: the file
 *
 * Return: 0, or the number of the first line that is wrong, which may be one behind the last.
 */
unsigned int qv_rescue_map_read(struct qv_rescue_map *map, FILE *file)
{
	unsigned int number = 0;
	bool status_seen = false, whole = true, begins;
	u64 end = 0;
	char line[256];

	map->known = true;
	while (fgets(line, sizeof(line), file)) {
		begins = whole;
		whole = strchr(line, '\n');
		number += begins;
		/* A comment has ddrescue's command line, which can be long. */
		if (!begins || line[0] == '#' || line[0] == '\n')
			continue;
		if (status_seen && !take_line(map, line, &end))
			return number;
		status_seen = true;
	}

	return status_seen ? 0 : number + 1;
}

/**
 * qv_rescue_map_load() - open and read a mapfile
 * @qv: set
 * @map: empty map, to be freed with qv_rescue_map_free() if there was no error
 * @path: path of the file
 *
 * Return: 0, or -%QV_ERR_SOURCE: it is not there, cannot be opened, or is no mapfile.
 */
int qv_rescue_map_load(struct qv *qv, struct qv_rescue_map *map, const char *path)
{
	FILE *file = fopen(path, "re");
	unsigned int wrong;

	if (!file)
		return qv_fail(qv, QV_ERR_SOURCE, "cannot open the mapfile %s: %s", path,
			       strerror(errno));

	wrong = qv_rescue_map_read(map, file);
	fclose(file);
	if (!wrong)
		return 0;

	qv_rescue_map_free(map);

	return qv_fail(qv, QV_ERR_SOURCE, "%s is no mapfile of ddrescue: see its line %u", path,
		       wrong);
}

/* Makes it empty. */
void qv_rescue_map_free(struct qv_rescue_map *map)
{
	free(map->runs);
	*map = (struct qv_rescue_map){ };
}

/* Where the last part ends that was read; 0 if there is no mapfile. */
u64 qv_rescue_map_end(const struct qv_rescue_map *map)
{
	return map->num ? map->runs[map->num - 1].end : 0;
}

/* The first run that ends after the place, or the number of runs. */
static size_t find_run(const struct qv_rescue_map *map, u64 start)
{
	size_t low = 0, high = map->num, middle;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (map->runs[middle].end > start)
			high = middle;
		else
			low = middle + 1;
	}

	return low;
}

/**
 * qv_rescue_map_run() - how much is alike
 * @map: map
 * @start: from where on
 * @len: how far to look
 * @good: it was read
 *
 * Return: the length of what was read, or was not; at most @len.
 */
u64 qv_rescue_map_run(const struct qv_rescue_map *map, u64 start, u64 len, bool *good)
{
	const size_t i = find_run(map, start);
	u64 end;

	*good = !map->known || (i < map->num && map->runs[i].start <= start);
	if (!map->known || (!*good && i == map->num))
		return len;

	end = *good ? map->runs[i].end : map->runs[i].start;

	return end - start < len ? end - start : len;
}

/* Was all of that read? */
bool qv_rescue_map_has(const struct qv_rescue_map *map, u64 start, u64 len)
{
	bool good;

	return qv_rescue_map_run(map, start, len, &good) == len && good;
}
