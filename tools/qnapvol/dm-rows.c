// SPDX-License-Identifier: GPL-2.0-only
/* The rows of a table of device mapper: linear, zero or error, in sectors of 512 bytes */

#include <stdlib.h>

#include "dm-rows.h"

#define SECTOR	512

static bool is_continued(const struct qv_extent *a, const struct qv_extent *b)
{
	if (a->kind != b->kind)
		return false;

	return a->kind != QV_EXTENT_DATA ||
	       (a->below == b->below && a->physical + a->length == b->physical);
}

static bool is_aligned(const struct qv_extent *extent)
{
	return extent->length % SECTOR == 0 &&
	       (extent->kind != QV_EXTENT_DATA || extent->physical % SECTOR == 0);
}

static enum dm_result add_row(struct dm_rows *rows, const struct qv_extent *extent)
{
	struct qv_extent *last = rows->num ? &rows->rows[rows->num - 1] : NULL;

	if (extent->kind == QV_EXTENT_BAD)
		rows->bad += extent->length;
	if (last && is_continued(last, extent)) {
		last->length += extent->length;
		return DM_GOOD;
	}
	if (rows->num == rows->max)
		return DM_TOO_MANY;
	rows->rows[rows->num++] = *extent;

	return DM_GOOD;
}

/**
 * dm_rows_make() - make the rows of a device
 * @rows: with @max set, the rest zeros; to be freed with dm_rows_free() in any case
 * @dev: device
 *
 * Return: whether it can be made of them. %DM_ERROR: no memory, or an error of qv_dev_extent().
 */
enum dm_result dm_rows_make(struct dm_rows *rows, struct qv_dev *dev)
{
	const __u64 size = qv_dev_size(dev);
	enum dm_result result = DM_GOOD;
	struct qv_extent extent;

	rows->rows = calloc(rows->max, sizeof(*rows->rows));
	if (!rows->rows)
		return DM_ERROR;

	for (__u64 start = 0; start < size && result == DM_GOOD; start += extent.length) {
		if (qv_dev_extent(dev, start, size - start, &extent))
			return DM_ERROR;
		result = add_row(rows, &extent);
	}
	for (size_t i = 0; i < rows->num && result == DM_GOOD; i++) {
		if (!is_aligned(&rows->rows[i]))
			result = DM_UNALIGNED;
	}

	return result;
}

/**
 * dm_rows_print() - print a table for "dmsetup create"
 * @rows: rows
 * @name: gives the name of a device below, or NULL after a message
 * @data: for @name
 * @file: where to
 *
 * Return: true, or false if a device has no name.
 */
bool dm_rows_print(const struct dm_rows *rows, dm_name_fn name, void *data, FILE *file)
{
	const struct qv_extent *row = rows->rows;
	const char *below;

	for (; row < rows->rows + rows->num; row++) {
		fprintf(file, "%llu %llu ", row->start / SECTOR, row->length / SECTOR);
		if (row->kind != QV_EXTENT_DATA) {
			fputs(row->kind == QV_EXTENT_ZERO ? "zero\n" : "error\n", file);
			continue;
		}
		below = name(row->below, data);
		if (!below)
			return false;
		fprintf(file, "linear %s %llu\n", below, row->physical / SECTOR);
	}

	return true;
}

/**
 * dm_rows_free() - free the rows
 * @rows: rows
 */
void dm_rows_free(struct dm_rows *rows)
{
	free(rows->rows);
}
