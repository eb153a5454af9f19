/* SPDX-License-Identifier: GPL-2.0-only */
/* In what order the parts of a volume are read */

#ifndef _QNAPVOL_DUMP_PLAN_H
#define _QNAPVOL_DUMP_PLAN_H

#include "dump-map.h"
#include "qnapvol.h"

/* Takes 6 MiB, and holds 64 GiB of a pool whose chunks of 512 KiB are in no order at all. */
#define DUMP_WINDOW	(128 * 1024)

/**
 * struct dump_plan - walks through what is to be read, a window of many extents at a time
 * @dev: what is read
 * @todo: which ranges are to be read; not changed meanwhile
 * @in_order: in the order of the volume, not of the disks
 * @position: where the next window begins
 * @pieces: the window: ranges without data, then those with data, as the heads of the disks move
 * @num: how many
 * @max: for how many there is memory
 */
struct dump_plan {
	struct qv_dev *dev;
	const struct dump_map *todo;
	bool in_order;
	__u64 position;
	struct qv_extent *pieces;
	size_t num;
	size_t max;
};

/**
 * struct dump_sums - how much there is to be read
 * @data: bytes of data
 * @bad: bytes that are known to be unreadable
 * @first_bad: where the first of them is
 */
struct dump_sums {
	__u64 data;
	__u64 bad;
	__u64 first_bad;
};

int dump_plan_init(struct dump_plan *plan, struct qv_dev *dev, const struct dump_map *todo,
		   size_t max);
void dump_plan_free(struct dump_plan *plan);
int dump_plan_next(struct dump_plan *plan);
int dump_plan_sum(struct qv_dev *dev, const struct dump_map *todo, struct dump_sums *sums);

#endif /* _QNAPVOL_DUMP_PLAN_H */
