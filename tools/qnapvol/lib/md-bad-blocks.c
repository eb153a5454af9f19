// SPDX-License-Identifier: GPL-2.0-only
/*
 * Blocks of a member that md knows to be bad
 *
 * md keeps a list of what could not be written or rebuilt. The disk can often be read there, but
 * what it gives is old: so that must not be used.
 */

#include <stdlib.h>
#include <string.h>

#include "md-bad-blocks.h"
#include "qv.h"

#define ENTRY_SIZE		8
#define ENTRY_LENGTH_BITS	10
#define ENTRY_END		UINT64_MAX
#define SECTOR_SHIFT		9

struct bad_blocks {
	struct qv_dev dev;
	struct qv_dev *below;
	struct qv_md_bad_blocks bad;
};

static int compare(const void *a, const void *b)
{
	const struct qv_md_bad_range *x = a, *y = b;

	return x->start < y->start ? -1 : x->start > y->start;
}

/* Shifts what is beyond all numbers to the highest one. */
static u64 shift_up(u64 number, unsigned int bits)
{
	return bits > 63 || number > UINT64_MAX >> bits ? UINT64_MAX : number << bits;
}

/* Entries are in units of the whole member. Returns false for one that is before the data. */
static bool take_entry(const struct qv_md_super *super, u64 entry, struct qv_md_bad_range *range)
{
	const unsigned int bits = super->bad_shift + SECTOR_SHIFT;
	const u64 first = entry >> ENTRY_LENGTH_BITS;
	const u64 length = entry & ((1 << ENTRY_LENGTH_BITS) - 1);
	const u64 start = shift_up(first, bits);
	const u64 end = shift_up(first + length, bits);

	if (end <= super->data_start)
		return false;

	range->start = start > super->data_start ? start - super->data_start : 0;
	range->end = end - super->data_start;

	return range->start < range->end;
}

/* Sorts, and makes one of those that touch. */
static void put_in_order(struct qv_md_bad_blocks *bad)
{
	struct qv_md_bad_range *range = bad->ranges;
	size_t num = 0;

	qsort(range, bad->num, sizeof(*range), compare);
	for (size_t i = 0; i < bad->num; i++) {
		if (num && range[i].start <= range[num - 1].end) {
			if (range[i].end > range[num - 1].end)
				range[num - 1].end = range[i].end;
			continue;
		}
		range[num++] = range[i];
	}
	bad->num = num;
}

/**
 * qv_md_bad_blocks_read() - read the list
 * @dev: member
 * @super: its superblock
 * @bad: the list, which lives as long as the set
 *
 * Return:
 * * %0: the list, which may be empty
 * * -%QV_ERR_UNREADABLE: it cannot be read
 * * -%QV_ERR_SYSTEM: no memory
 */
int qv_md_bad_blocks_read(struct qv_dev *dev, const struct qv_md_super *super,
			  struct qv_md_bad_blocks *bad)
{
	const size_t max = super->bad_size / ENTRY_SIZE;
	struct qv_md_bad_range range;
	u8 *raw;
	u64 entry;

	*bad = (struct qv_md_bad_blocks){ };
	if (!max)
		return 0;

	raw = qv_zalloc(dev->qv, max, ENTRY_SIZE);
	bad->ranges = qv_zalloc(dev->qv, max, sizeof(*bad->ranges));
	if (!raw || !bad->ranges)
		return qv_no_memory(dev->qv);
	if (qv_dev_read(dev, raw, super->bad_size, super->bad_start))
		return -QV_ERR_UNREADABLE;

	for (size_t i = 0; i < max; i++) {
		entry = qv_le64(raw + i * ENTRY_SIZE);
		if (entry == ENTRY_END)
			break;
		if (take_entry(super, entry, &range))
			bad->ranges[bad->num++] = range;
	}
	put_in_order(bad);

	return 0;
}

/* The device */

/* Returns the first range that ends behind the place, or NULL. */
static const struct qv_md_bad_range *find(const struct bad_blocks *blocks, u64 start)
{
	size_t low = 0, high = blocks->bad.num, middle;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (blocks->bad.ranges[middle].end > start)
			high = middle;
		else
			low = middle + 1;
	}

	return low < blocks->bad.num ? &blocks->bad.ranges[low] : NULL;
}

static int bad_blocks_read(struct qv_dev *dev, void *buf, size_t len, u64 start)
{
	const struct bad_blocks *blocks = (const struct bad_blocks *)dev;
	const struct qv_md_bad_range *range = find(blocks, start);

	if (range && range->start < start + len)
		return qv_fail(dev->qv, QV_ERR_UNREADABLE,
			       "%s: md could not write or rebuild byte %llu of the data",
			       dev->name, range->start > start ? range->start : start);

	return qv_dev_read(blocks->below, buf, len, start);
}

static int bad_blocks_extent(struct qv_dev *dev, u64 start, u64 len, struct qv_extent *extent)
{
	const struct bad_blocks *blocks = (const struct bad_blocks *)dev;
	const struct qv_md_bad_range *range = find(blocks, start);

	if (range && range->start <= start) {
		if (len > range->end - start)
			len = range->end - start;
		*extent = (struct qv_extent){ start, len, QV_EXTENT_BAD, NULL, 0 };
		return 0;
	}
	if (range && len > range->start - start)
		len = range->start - start;

	return qv_dev_extent(blocks->below, start, len, extent);
}

static const struct qv_dev_ops bad_blocks_ops = {
	.read = bad_blocks_read,
	.extent = bad_blocks_extent,
};

/**
 * qv_md_bad_blocks_new() - a member's data without what is bad
 * @below: the member's data
 * @bad: the list
 *
 * Return: the device, @below itself if the list is empty, or NULL if there is no memory.
 */
struct qv_dev *qv_md_bad_blocks_new(struct qv_dev *below, const struct qv_md_bad_blocks *bad)
{
	struct bad_blocks *blocks;

	if (!bad->num)
		return below;

	blocks = qv_dev_new(below->qv, sizeof(*blocks), &bad_blocks_ops, below->size, "%s",
			    below->name);
	if (!blocks)
		return NULL;

	blocks->below = below;
	blocks->bad = *bad;

	return &blocks->dev;
}
