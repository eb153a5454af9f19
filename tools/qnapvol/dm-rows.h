/* SPDX-License-Identifier: GPL-2.0-only */
/* The rows of a table of device mapper */

#ifndef _QNAPVOL_DM_ROWS_H
#define _QNAPVOL_DM_ROWS_H

#include <stdio.h>

#include "qnapvol.h"

/**
 * struct dm_rows - rows that make up a device
 * @max: how many there may be
 * @num: how many there are
 * @rows: rows
 * @bad: how many bytes cannot be read
 */
struct dm_rows {
	size_t max;
	size_t num;
	struct qv_extent *rows;
	__u64 bad;
};

/**
 * enum dm_result - can a device be made of rows?
 * @DM_GOOD: yes
 * @DM_TOO_MANY: it takes more of them
 * @DM_UNALIGNED: something does not begin or end at a sector
 * @DM_ERROR: no, for an error of the library
 */
enum dm_result {
	DM_GOOD,
	DM_TOO_MANY,
	DM_UNALIGNED,
	DM_ERROR,
};

typedef const char *(*dm_name_fn)(const struct qv_dev *below, void *data);

enum dm_result dm_rows_make(struct dm_rows *rows, struct qv_dev *dev);
bool dm_rows_print(const struct dm_rows *rows, dm_name_fn name, void *data, FILE *file);
void dm_rows_free(struct dm_rows *rows);

#endif /* _QNAPVOL_DM_ROWS_H */
