// SPDX-License-Identifier: GPL-2.0-only
/*
 * How far a dump has come: the state of every byte, and the mapfile that keeps it
 *
 * The mapfile is of ddrescue's form, so that its tools can be used on it, with a comment that says
 * what volume it belongs to.
 */

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "dump-map.h"

#define IDENTITY_MARK	"# qnapvol: "

/* For the first run, and as a unit of growing. */
#define ROOM_MIN	64

/**
 * dump_map_init() - begin with nothing done
 * @map: map
 * @size: how many bytes the volume has, at least 1
 *
 * Return: 0, or -ENOMEM.
 */
int dump_map_init(struct dump_map *map, __u64 size)
{
	*map = (struct dump_map){ .size = size, .num = 1, .room = ROOM_MIN };
	map->runs = calloc(map->room, sizeof(*map->runs));
	if (!map->runs)
		return -ENOMEM;

	map->runs[0] = (struct dump_run){ size, DUMP_TODO };

	return 0;
}

/**
 * dump_map_free() - free what a map has
 * @map: map, or one that is all zeros
 */
void dump_map_free(struct dump_map *map)
{
	free(map->runs);
	*map = (struct dump_map){ };
}

/**
 * dump_map_copy() - copy a map
 * @to: the copy
 * @from: map
 *
 * Return: 0, or -ENOMEM.
 */
int dump_map_copy(struct dump_map *to, const struct dump_map *from)
{
	*to = *from;
	to->room = from->num;
	to->runs = calloc(to->room, sizeof(*to->runs));
	if (!to->runs)
		return -ENOMEM;

	memcpy(to->runs, from->runs, from->num * sizeof(*to->runs));

	return 0;
}

static __u64 start_of(const struct dump_map *map, size_t i)
{
	return i ? map->runs[i - 1].end : 0;
}

/* The run that holds a byte of the volume. */
static size_t find_run(const struct dump_map *map, __u64 start)
{
	size_t low = 0, high = map->num - 1, middle;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (map->runs[middle].end > start)
			high = middle;
		else
			low = middle + 1;
	}

	return low;
}

static int make_room(struct dump_map *map, size_t num)
{
	size_t room = map->room;
	struct dump_run *runs;

	if (num <= room)
		return 0;

	room = room < ROOM_MIN ? ROOM_MIN : 2 * room;
	runs = realloc(map->runs, room * sizeof(*runs));
	if (!runs)
		return -ENOMEM;

	map->runs = runs;
	map->room = room;

	return 0;
}

/* Puts @num runs in the place of those from @first up to, not including, @last. */
static int splice(struct dump_map *map, size_t first, size_t last, const struct dump_run *runs,
		  size_t num)
{
	const size_t total = map->num - (last - first) + num;

	if (make_room(map, total))
		return -ENOMEM;

	memmove(map->runs + first + num, map->runs + last, (map->num - last) * sizeof(*runs));
	memcpy(map->runs + first, runs, num * sizeof(*runs));
	map->num = total;

	return 0;
}

/**
 * dump_map_set() - set the state of a range
 * @map: map
 * @start: where the range begins
 * @len: how long it is; it is inside the volume
 * @status: its state
 *
 * Return: 0, or -ENOMEM; the map is then as it was.
 */
int dump_map_set(struct dump_map *map, __u64 start, __u64 len, enum dump_status status)
{
	size_t first, last, num = 0;
	struct dump_run runs[3];
	__u64 end = start + len;

	if (!len)
		return 0;

	first = find_run(map, start);
	last = find_run(map, end - 1);
	/* What touches the range and is of the same state becomes a part of it. */
	if (map->runs[first].status != status && start > start_of(map, first))
		runs[num++] = (struct dump_run){ start, map->runs[first].status };
	else if (first && start == start_of(map, first) && map->runs[first - 1].status == status)
		first--;
	if (end == map->runs[last].end && last + 1 < map->num &&
	    map->runs[last + 1].status == status)
		last++;
	if (map->runs[last].status == status)
		end = map->runs[last].end;
	runs[num++] = (struct dump_run){ end, status };
	if (end < map->runs[last].end)
		runs[num++] = map->runs[last];

	return splice(map, first, last + 1, runs, num);
}

/* Adds a run at the end of those that are there. */
static int append(struct dump_map *map, __u64 end, enum dump_status status)
{
	if (map->num && map->runs[map->num - 1].status == status) {
		map->runs[map->num - 1].end = end;
		return 0;
	}
	if (make_room(map, map->num + 1))
		return -ENOMEM;
	map->runs[map->num++] = (struct dump_run){ end, status };

	return 0;
}

/**
 * dump_map_replace() - set the state of all ranges of one state
 * @map: map
 * @from: state that they are in
 * @to: state to be set
 */
void dump_map_replace(struct dump_map *map, enum dump_status from, enum dump_status to)
{
	const size_t num = map->num;
	struct dump_run run;

	/* Never more runs than before, so that there is room. */
	map->num = 0;
	for (size_t i = 0; i < num; i++) {
		run = map->runs[i];
		append(map, run.end, run.status == from ? to : run.status);
	}
}

/**
 * dump_map_find() - find the next range of a state
 * @map: map
 * @start: where to begin
 * @status: the state
 * @end: where to put the end of that range
 *
 * Return: its beginning, or the size of the volume if there is none.
 */
__u64 dump_map_find(const struct dump_map *map, __u64 start, enum dump_status status, __u64 *end)
{
	size_t i = start < map->size ? find_run(map, start) : map->num;

	while (i < map->num && map->runs[i].status != status)
		i++;
	*end = map->size;
	if (i == map->num)
		return map->size;

	*end = map->runs[i].end;

	return start > start_of(map, i) ? start : start_of(map, i);
}

/**
 * dump_map_sum() - how many bytes are in a state
 * @map: map
 * @status: the state
 *
 * Return: the number.
 */
__u64 dump_map_sum(const struct dump_map *map, enum dump_status status)
{
	__u64 sum = 0;

	for (size_t i = 0; i < map->num; i++) {
		if (map->runs[i].status == status)
			sum += map->runs[i].end - start_of(map, i);
	}

	return sum;
}

/**
 * dump_map_write() - write a mapfile
 * @map: map
 * @identity: what it belongs to, one line
 * @file: where to
 *
 * Return: 0, or -EIO: not all could be written.
 */
int dump_map_write(const struct dump_map *map, const char *identity, FILE *file)
{
	const bool done = !dump_map_sum(map, DUMP_TODO);
	__u64 start, end;

	fprintf(file, "# Mapfile. Created by qnapvol\n" IDENTITY_MARK "%s\n", identity);
	fputs("# current_pos  current_status  current_pass\n", file);
	start = dump_map_find(map, 0, DUMP_TODO, &end);
	fprintf(file, "0x%08llX     %c               1\n", start, done ? '+' : '?');
	fputs("#      pos        size  status\n", file);
	for (size_t i = 0; i < map->num; i++) {
		start = start_of(map, i);
		fprintf(file, "0x%08llX  0x%08llX  %c\n", start, map->runs[i].end - start,
			map->runs[i].status);
	}

	return ferror(file) ? -EIO : 0;
}

static void take_identity(char *identity, const char *line)
{
	if (strncmp(line, IDENTITY_MARK, strlen(IDENTITY_MARK)) || *identity)
		return;

	line += strlen(IDENTITY_MARK);
	snprintf(identity, DUMP_IDENTITY_MAX, "%.*s", (int)strcspn(line, "\n"), line);
}

/* Other states are of ddrescue's later passes: what was not read is to be read. */
static bool to_status(char mark, enum dump_status *status)
{
	if (!mark || !strchr("+-?*/", mark))
		return false;

	*status = mark == DUMP_DONE || mark == DUMP_BAD ? (enum dump_status)mark : DUMP_TODO;

	return true;
}

/* Returns false if the line is none of a mapfile, or does not follow the one before it. */
static bool take_run(struct dump_map *map, const char *line)
{
	enum dump_status status;
	long long start, len;
	char mark;

	if (sscanf(line, "%lli %lli %c", &start, &len, &mark) != 3 || !to_status(mark, &status))
		return false;
	if (start < 0 || len <= 0 || (__u64)start != map->size || start > LLONG_MAX - len ||
	    map->num == DUMP_RUNS_MAX)
		return false;

	map->size = start + len;

	return !append(map, map->size, status);
}

static bool read_lines(struct dump_map *map, char *identity, FILE *file)
{
	char line[DUMP_IDENTITY_MAX + sizeof(IDENTITY_MARK)];
	bool status_seen = false, whole = true, begins;

	while (fgets(line, sizeof(line), file)) {
		begins = whole;
		whole = strchr(line, '\n');
		/* What goes on is a comment of ddrescue's, with its command line. */
		if (!begins || line[0] == '\n')
			continue;
		if (line[0] == '#')
			take_identity(identity, line);
		else if (!status_seen)
			status_seen = true;
		else if (!take_run(map, line))
			return false;
	}

	return map->num && !ferror(file);
}

/**
 * dump_map_read() - read a mapfile
 * @map: where to put the map
 * @identity: where to put what it belongs to, %DUMP_IDENTITY_MAX bytes; "": it does not say
 * @file: the mapfile
 *
 * Return: 0, or -EINVAL: it is none, has a gap, or there is no memory; the map is then empty.
 */
int dump_map_read(struct dump_map *map, char *identity, FILE *file)
{
	*map = (struct dump_map){ };
	*identity = 0;
	if (read_lines(map, identity, file))
		return 0;

	dump_map_free(map);

	return -EINVAL;
}
