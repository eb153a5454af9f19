// SPDX-License-Identifier: GPL-2.0-only
/*
 * Thin volumes and snapshots, read like a disk
 *
 * A volume is made of runs: chunks that nothing is mapped to, that read as zeros, that lie one
 * behind the other in the pool, or whose mappings are lost.
 */

#include <stdio.h>
#include <string.h>

#include "thin-pool.h"

/* Sizes beyond that are no file's. */
#define SIZE_MAX_BYTES	INT64_MAX

struct thin {
	struct qv_dev dev;
	struct qv_thin_pool *pool;
	const struct qv_tiers *tiers;
	struct qv_btree tree;
	struct qv_dev *origin;
};

enum run_kind {
	RUN_UNMAPPED,
	RUN_ZEROED,
	RUN_MAPPED,
	RUN_BEYOND,
	RUN_LOST,
};

/**
 * struct run - a part of a volume that is of one kind, and in the pool in one piece
 * @kind: kind
 * @length: how long it is, in bytes
 * @start: for mapped ones: where it is in the pool, in bytes
 */
struct run {
	enum run_kind kind;
	u64 length;
	u64 start;
};

static const char * const run_why[] = {
	[RUN_BEYOND] = "beyond the end of the pool",
	[RUN_LOST] = "lost, because the metadata of the pool is damaged there",
};

/* Runs */

static enum run_kind kind_of(const struct qv_thin_pool *pool, u64 mapping)
{
	if (mapping & pool->zeroed_mask)
		return RUN_ZEROED;

	return mapping >> QV_MAPPING_BLOCK_SHIFT < pool->num_blocks ? RUN_MAPPED : RUN_BEYOND;
}

/* Counts the chunks from entry i on that belong together, up to a limit. */
static u64 count_chunks(const struct qv_thin_pool *pool, const struct qv_btree_leaf *leaf, u32 i,
			u64 limit)
{
	const u64 key = qv_btree_key(leaf, i), mapping = qv_le64(qv_btree_value(leaf, i));
	const u64 block = mapping >> QV_MAPPING_BLOCK_SHIFT;
	const enum run_kind kind = kind_of(pool, mapping);
	u64 count = 1, next;

	for (; count < limit && i + count < leaf->num; count++) {
		next = qv_le64(qv_btree_value(leaf, i + count));
		if (qv_btree_key(leaf, i + count) != key + count || kind_of(pool, next) != kind)
			break;
		if (kind == RUN_MAPPED && next >> QV_MAPPING_BLOCK_SHIFT != block + count)
			break;
	}

	return count;
}

/* Looks into a leaf: what begins at a chunk? Returns how many chunks that is, up to a limit. */
static u64 look_up(const struct thin *thin, const struct qv_btree_leaf *leaf, u64 chunk, u64 limit,
		   struct run *run)
{
	const u32 i = qv_btree_search(leaf, chunk);
	u64 last = leaf->last, mapping;

	run->kind = RUN_UNMAPPED;
	if (i < leaf->num && qv_btree_key(leaf, i) == chunk) {
		mapping = qv_le64(qv_btree_value(leaf, i));
		run->kind = kind_of(thin->pool, mapping);
		if (run->kind == RUN_MAPPED)
			run->start = (mapping >> QV_MAPPING_BLOCK_SHIFT) * thin->pool->chunk;
		return count_chunks(thin->pool, leaf, i, limit);
	}
	if (i < leaf->num)
		last = qv_btree_key(leaf, i) - 1;

	return last - chunk < limit ? last - chunk + 1 : limit;
}

/* What begins at a place of the volume? At most len long. Returns 0 or -QV_ERR_SYSTEM. */
static int find_run(const struct thin *thin, u64 start, u64 len, struct run *run)
{
	const u64 size = thin->pool->chunk, chunk = start / size, within = start % size;
	const u64 limit = (within + len - 1) / size + 1;
	struct qv_btree_leaf leaf;
	u64 count;
	int ret = qv_btree_leaf(&thin->tree, chunk, &leaf);

	if (ret == -QV_ERR_SYSTEM)
		return ret;

	*run = (struct run){ .kind = RUN_LOST };
	if (ret)
		count = leaf.last - chunk < limit ? leaf.last - chunk + 1 : limit;
	else
		count = look_up(thin, &leaf, chunk, limit, run);
	qv_btree_put(&leaf);
	run->start += within;
	run->length = count * size - within;
	if (run->length > len)
		run->length = len;

	return 0;
}

/* Reading */

static int fail_read(const struct thin *thin, u64 start, const char *why)
{
	return qv_fail(thin->dev.qv, QV_ERR_UNREADABLE, "%s: byte %llu is %s", thin->dev.name,
		       start, why);
}

/* What nothing is mapped to is in the origin, if there is one; behind its end there are zeros. */
static int read_unmapped(const struct thin *thin, u8 *buf, u64 len, u64 start)
{
	const u64 size = thin->origin ? thin->origin->size : 0;
	const u64 there = start < size ? size - start : 0;
	const u64 from_origin = len < there ? len : there;

	memset(buf + from_origin, 0, len - from_origin);

	return from_origin ? qv_dev_read(thin->origin, buf, from_origin, start) : 0;
}

static int read_mapped(const struct thin *thin, u8 *buf, u64 len, u64 start, u64 in_pool)
{
	struct qv_tier_run run;
	int ret = 0;

	for (u64 done = 0; done < len && !ret; done += run.length) {
		ret = qv_tiers_find(thin->tiers, in_pool + done, len - done, &run);
		if (ret)
			return ret;

		if (run.kind == QV_EXTENT_DATA)
			ret = qv_dev_read(run.dev, buf + done, run.length, run.start);
		else if (run.kind == QV_EXTENT_ZERO)
			memset(buf + done, 0, run.length);
		else
			ret = fail_read(thin, start + done, run.why);
	}

	return ret;
}

static int read_run(const struct thin *thin, u8 *buf, u64 start, const struct run *run)
{
	switch (run->kind) {
	case RUN_UNMAPPED:
		return read_unmapped(thin, buf, run->length, start);
	case RUN_ZEROED:
		memset(buf, 0, run->length);
		return 0;
	case RUN_MAPPED:
		return read_mapped(thin, buf, run->length, start, run->start);
	default:
		return fail_read(thin, start, run_why[run->kind]);
	}
}

static int thin_read(struct qv_dev *dev, void *buf, size_t len, u64 start)
{
	const struct thin *thin = (struct thin *)dev;
	struct run run;
	int ret = 0;

	for (u64 done = 0; done < len && !ret; done += run.length) {
		ret = find_run(thin, start + done, len - done, &run);
		if (!ret)
			ret = read_run(thin, (u8 *)buf + done, start + done, &run);
	}

	return ret;
}

/* Extents */

static int extent_of_unmapped(const struct thin *thin, u64 start, struct qv_extent *extent)
{
	int ret;

	extent->kind = QV_EXTENT_ZERO;
	if (!thin->origin || start >= thin->origin->size)
		return 0;

	ret = qv_dev_extent(thin->origin, start, extent->length, extent);
	extent->start = start;

	return ret;
}

static int extent_of_mapped(const struct thin *thin, u64 start, u64 in_pool,
			    struct qv_extent *extent)
{
	struct qv_tier_run run;
	int ret = qv_tiers_find(thin->tiers, in_pool, extent->length, &run);

	if (ret)
		return ret;

	extent->kind = run.kind;
	extent->length = run.length;
	if (run.kind == QV_EXTENT_DATA)
		ret = qv_dev_extent(run.dev, run.start, run.length, extent);
	extent->start = start;

	return ret;
}

static int extent_of_run(const struct thin *thin, u64 start, u64 len, struct qv_extent *extent)
{
	struct run run;
	int ret = find_run(thin, start, len, &run);

	if (ret)
		return ret;

	*extent = (struct qv_extent){ .start = start, .length = run.length };
	switch (run.kind) {
	case RUN_UNMAPPED:
		return extent_of_unmapped(thin, start, extent);
	case RUN_ZEROED:
		extent->kind = QV_EXTENT_ZERO;
		return 0;
	case RUN_MAPPED:
		return extent_of_mapped(thin, start, run.start, extent);
	default:
		extent->kind = QV_EXTENT_BAD;
		return 0;
	}
}

/* Runs that continue each other are one extent: leaves and tiers' blocks do not show. */
static int thin_extent(struct qv_dev *dev, u64 start, u64 len, struct qv_extent *extent)
{
	const struct thin *thin = (struct thin *)dev;
	struct qv_extent next;
	int ret = extent_of_run(thin, start, len, extent);

	while (!ret && extent->length < len) {
		ret = extent_of_run(thin, start + extent->length, len - extent->length, &next);
		if (ret || !qv_extent_continues(extent, &next))
			break;
		extent->length += next.length;
	}

	return ret;
}

static const struct qv_dev_ops thin_ops = {
	.read = thin_read,
	.extent = thin_extent,
};

/* Volumes */

/**
 * qv_thin_new() - have a thin volume or snapshot as a device
 * @pool: its pool, which must not be freed before the volume is read for the last time
 * @id: its number
 * @size: its size, as LVM knows it
 * @origin: device with what it has not mapped, or NULL: zeros
 * @name: its name
 *
 * Return: the device, which is freed with the set, or NULL: the pool has no such volume, its
 * mappings are lost, or there is no memory. The error then has a text.
 */
struct qv_dev *qv_thin_new(struct qv_thin_pool *pool, u32 id, u64 size, struct qv_dev *origin,
			   const char *name)
{
	struct qv_btree tree;
	struct thin *thin;

	if (size > SIZE_MAX_BYTES) {
		qv_fail(pool->qv, QV_ERR_DAMAGED, "%s: %llu bytes are too many", name, size);
		return NULL;
	}
	if (qv_thin_tree(pool, id, &tree))
		return NULL;

	thin = qv_dev_new(pool->qv, sizeof(*thin), &thin_ops, size, "%s", name);
	if (!thin) {
		qv_no_memory(pool->qv);
		return NULL;
	}
	thin->pool = pool;
	thin->tiers = &pool->tiers;
	thin->tree = tree;
	thin->origin = origin;

	return &thin->dev;
}

/* Are blocks found in the right way? */

static bool is_known(const struct qv_content *content)
{
	return content->kind != QV_CONTENT_UNKNOWN && content->kind != QV_CONTENT_BLANK;
}

static const char *name_map(const struct qv_tiers *tiers)
{
	static const char * const identity[QV_TIERS] = { "identity:0", "identity:1", "identity:2" };

	return tiers->map == QV_TIER_TREE ? "tree" : identity[tiers->tier];
}

/**
 * qv_thin_check_map() - does a volume begin with what volumes begin with?
 * @pool: its pool
 * @item: the volume, with its device and content
 *
 * If it does not, but would with blocks found on the tiers in another way, or if the user has
 * decided how to find them, the item gets a warning.
 */
void qv_thin_check_map(struct qv_thin_pool *pool, struct qv_item *item)
{
	const struct thin *thin = (struct thin *)item->dev;
	struct qv_content content;
	struct qv_tiers other;
	struct thin copy;

	if (!thin || thin->dev.ops != &thin_ops || is_known(&item->content))
		return;

	copy = *thin;
	copy.tiers = &other;
	if (qv_tiers_other(&pool->tiers, &other)) {
		qv_content_probe(&copy.dev, &content);
		if (is_known(&content)) {
			qv_item_warn(pool->qv, item,
				     "it begins with nothing that is known, but with --tier-map=%s it would begin with %s",
				     name_map(&other), content.type);
			return;
		}
	}
	if (pool->forced)
		qv_item_warn(pool->qv, item,
			     "with this --tier-map it begins with nothing that is known");
}
