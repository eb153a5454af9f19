/* SPDX-License-Identifier: GPL-2.0-only */
/* Partition tables: GPT and MBR */

#ifndef _QNAPVOL_PARTITION_H
#define _QNAPVOL_PARTITION_H

#include "dev.h"

/* A QNAP has five; a GPT has room for 128. */
#define QV_PARTITIONS_MAX	128

/**
 * struct qv_partition - a partition
 * @number: as Linux numbers it, from 1
 * @start: where it begins
 * @size: how large it is
 * @cut: it reaches beyond the end of the disk, as in an image that is not complete
 */
struct qv_partition {
	unsigned int number;
	u64 start;
	u64 size;
	bool cut;
};

/**
 * struct qv_partitions - a partition table
 * @scheme: "gpt", "mbr", or NULL if there is none
 * @num: number of partitions
 * @part: partitions that are not empty, in the table's order
 */
struct qv_partitions {
	const char *scheme;
	unsigned int num;
	struct qv_partition part[QV_PARTITIONS_MAX];
};

void qv_partitions_read(struct qv_dev *disk, struct qv_partitions *table);

#endif /* _QNAPVOL_PARTITION_H */
