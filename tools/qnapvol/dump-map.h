/* SPDX-License-Identifier: GPL-2.0-only */
/* How far a dump has come: the state of every byte, and the mapfile that keeps it */

#ifndef _QNAPVOL_DUMP_MAP_H
#define _QNAPVOL_DUMP_MAP_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/**
 * enum dump_status - state of a range, with the marks of ddrescue
 * @DUMP_TODO: not tried yet
 * @DUMP_DONE: in the output
 * @DUMP_BAD: cannot be read
 */
enum dump_status {
	DUMP_TODO = '?',
	DUMP_DONE = '+',
	DUMP_BAD = '-',
};

/**
 * struct dump_run - a range that is of one state, and begins where the one before it ends
 * @end: the byte after its last one
 * @status: its state
 */
struct dump_run {
	__u64 end;
	enum dump_status status;
};

/* A mapfile with more runs than that was not written by this program. */
#define DUMP_RUNS_MAX	1000000

/* For an identity, with its end. */
#define DUMP_IDENTITY_MAX	1024

/**
 * struct dump_map - the state of every byte of a volume
 * @size: of the volume, at least 1
 * @runs: from the first byte to the last, neighbours differ
 * @num: how many
 * @room: for how many there is memory
 */
struct dump_map {
	__u64 size;
	struct dump_run *runs;
	size_t num;
	size_t room;
};

int dump_map_init(struct dump_map *map, __u64 size);
void dump_map_free(struct dump_map *map);
int dump_map_copy(struct dump_map *to, const struct dump_map *from);
int dump_map_set(struct dump_map *map, __u64 start, __u64 len, enum dump_status status);
void dump_map_replace(struct dump_map *map, enum dump_status from, enum dump_status to);
__u64 dump_map_find(const struct dump_map *map, __u64 start, enum dump_status status, __u64 *end);
__u64 dump_map_sum(const struct dump_map *map, enum dump_status status);
int dump_map_write(const struct dump_map *map, const char *identity, FILE *file);
int dump_map_read(struct dump_map *map, char *identity, FILE *file);

#endif /* _QNAPVOL_DUMP_MAP_H */
