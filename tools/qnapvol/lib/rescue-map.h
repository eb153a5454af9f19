/* SPDX-License-Identifier: GPL-2.0-only */
/* The mapfile that ddrescue writes beside an image: which parts of the disk it has read */

#ifndef _QNAPVOL_RESCUE_MAP_H
#define _QNAPVOL_RESCUE_MAP_H

#include <stdio.h>

#include "dev.h"

struct qv_rescue_run;

/**
 * struct qv_rescue_map - what was read
 * @runs: parts that were read, in order, without gaps of no length
 * @num: how many; 0 and @known false: all was read
 * @known: there is a mapfile
 */
struct qv_rescue_map {
	struct qv_rescue_run *runs;
	size_t num;
	bool known;
};

unsigned int qv_rescue_map_read(struct qv_rescue_map *map, FILE *file);
int qv_rescue_map_load(struct qv *qv, struct qv_rescue_map *map, const char *path);
bool qv_rescue_map_has(const struct qv_rescue_map *map, u64 start, u64 len);
u64 qv_rescue_map_run(const struct qv_rescue_map *map, u64 start, u64 len, bool *good);
u64 qv_rescue_map_end(const struct qv_rescue_map *map);
void qv_rescue_map_free(struct qv_rescue_map *map);

#endif /* _QNAPVOL_RESCUE_MAP_H */
