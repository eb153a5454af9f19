// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tiers: where the blocks of a pool are
 *
 * A pool of QNAP's has up to three data devices: SSDs, fast disks, large disks. A tree tells for
 * each block of 4 MiB on which it is, and where. Mostly there is one device only; then the tree is
 * empty, and a place in the pool is the same place on that device.
 */

#include <stdio.h>

#include "tier.h"

/* What the tree has for a block: the tier, the block on it, and bits that are not used. */
#define TIER_SHIFT	61
#define BLOCK_SHIFT	24
#define BLOCK_MASK	((1ull << (TIER_SHIFT - BLOCK_SHIFT)) - 1)

/* Length of a block, in sectors: it is 8192. */
#define BLOCK_MIN	8
#define BLOCK_MAX	2097152

static const char * const not_here[QV_TIERS] = {
	"on tier 0 (SSD) that is not here",
	"on tier 1 (fast disks) that is not here",
	"on tier 2 (large disks) that is not here",
};

/* The decision */

/* Returns the last tier that is there or should be, or -1. */
static int last_tier(const struct qv_thin_config *config)
{
	int tier = QV_TIERS - 1;

	while (tier >= 0 && !config->tiers[tier] && !config->missing[tier])
		tier--;

	return tier;
}

static int use_identity(struct qv_tiers *tiers, enum qv_tier_map map, int tier)
{
	tiers->map = map;
	tiers->tier = tier < 0 ? 0 : tier;
	if (tier >= 0 && tiers->dev[tier])
		return 0;
	if (map == QV_TIER_NONE || tier < 0)
		return qv_fail(tiers->qv, QV_ERR_INCOMPLETE,
			       "%s: the pool's data is on a device that is not here: add the missing disks",
			       tiers->pool);

	return qv_fail(tiers->qv, QV_ERR_INCOMPLETE,
		       "%s: the pool's data is %s: add the missing disks", tiers->pool,
		       not_here[tier]);
}

/* Without tiers there is one device. */
static int use_none(struct qv_tiers *tiers)
{
	int tier = 0;

	while (tier < QV_TIERS - 1 && !tiers->dev[tier])
		tier++;

	return use_identity(tiers, QV_TIER_NONE, tier);
}

static void note_missing(const struct qv_tiers *tiers)
{
	for (int tier = 0; tier < QV_TIERS; tier++) {
		if (tiers->missing[tier])
			qv_note(tiers->qv, QV_WARNING, tiers->pool,
				"what is %s cannot be read: add the missing disks",
				not_here[tier]);
	}
}

/* The tree is empty. With more than one device that is worth knowing. */
static int use_last(struct qv_tiers *tiers, const struct qv_thin_config *config)
{
	const int last = last_tier(config);

	for (int tier = 0; tier < last; tier++) {
		if (tiers->dev[tier] || tiers->missing[tier]) {
			qv_note(tiers->qv, QV_INFO, tiers->pool,
				"the map of tiers is empty, and so all data is taken to be on tier %d",
				last);
			break;
		}
	}

	return use_identity(tiers, QV_TIER_IDENTITY, last);
}

static int use_tree(struct qv_tiers *tiers)
{
	tiers->map = QV_TIER_TREE;
	if (!tiers->has_tree)
		return qv_fail(tiers->qv, QV_ERR_NOT_FOUND,
			       "%s: the metadata has no map of tiers; use --tier-map=auto",
			       tiers->pool);
	if (!tiers->dev[0] && !tiers->dev[1] && !tiers->dev[2])
		return qv_fail(tiers->qv, QV_ERR_INCOMPLETE,
			       "%s: none of the pool's tiers is here: add the missing disks",
			       tiers->pool);
	note_missing(tiers);

	return 0;
}

/* Returns 1 if the tree has entries, 0 if it is empty, or an error: nobody knows. */
static int tree_is_used(const struct qv_tiers *tiers)
{
	struct qv_btree_leaf leaf;
	int ret;

	if (!tiers->has_tree)
		return 0;

	ret = qv_btree_leaf(&tiers->tree, 0, &leaf);
	if (ret == -QV_ERR_DAMAGED && leaf.last != UINT64_MAX)
		return 1;
	if (ret == -QV_ERR_DAMAGED)
		return qv_fail(tiers->qv, QV_ERR_DAMAGED,
			       "%s: the map of tiers (metadata block %llu) is damaged; if there was one tier only, --tier-map=identity:2 reads it",
			       tiers->pool, tiers->tree.root);
	if (ret)
		return ret;

	ret = leaf.num || leaf.first || leaf.last != UINT64_MAX;
	qv_btree_put(&leaf);

	return ret;
}

static int decide(struct qv_tiers *tiers, const struct qv_thin_config *config)
{
	int used;

	used = tree_is_used(tiers);
	if (used < 0)
		return used;
	if (!used)
		return config->has_tiers ? use_last(tiers, config) : use_none(tiers);
	if (!config->has_tiers)
		return qv_fail(tiers->qv, QV_ERR_INCOMPLETE,
			       "%s: the metadata has blocks on several tiers, but the group has one data device: is its description the right one?",
			       tiers->pool);

	return use_tree(tiers);
}

static int take_tree(struct qv_tiers *tiers, const struct qv_thin_super *super,
		     struct qv_blocks *blocks)
{
	if (!super->num_tiers)
		return 0;
	if (super->num_tiers > QV_TIERS || super->tier_block < BLOCK_MIN ||
	    super->tier_block > BLOCK_MAX)
		return qv_fail(tiers->qv, QV_ERR_DAMAGED,
			       "%s: the superblock says that there are %u tiers with blocks of %u sectors, which cannot be",
			       tiers->pool, super->num_tiers, super->tier_block);

	tiers->has_tree = true;
	tiers->block = (u64)super->tier_block * QV_SECTOR;
	tiers->tree = (struct qv_btree){
		.qv = tiers->qv,
		.pool = tiers->pool,
		.blocks = blocks,
		.root = super->tier_root,
		.value_size = QV_BTREE_NUMBER,
		.keys = "blocks of the tiers",
	};

	return 0;
}

/**
 * qv_tiers_open() - decide how blocks of a pool are found
 * @qv: set
 * @config: pool
 * @super: its superblock
 * @blocks: cache of its metadata
 * @tiers: the decision
 *
 * If the user has not decided: by the tree if it has entries, else one to one on the last tier.
 *
 * Return:
 * * %0: it is decided
 * * -%QV_ERR_INCOMPLETE: devices are missing
 * * -%QV_ERR_NOT_FOUND: the user wants the tree, and there is none
 * * -%QV_ERR_DAMAGED: what the metadata says of tiers cannot be
 * * -%QV_ERR_SYSTEM: no memory
 */
int qv_tiers_open(struct qv *qv, const struct qv_thin_config *config,
		  const struct qv_thin_super *super, struct qv_blocks *blocks,
		  struct qv_tiers *tiers)
{
	int ret;

	*tiers = (struct qv_tiers){ .qv = qv, .pool = config->name };
	for (int tier = 0; tier < QV_TIERS; tier++) {
		tiers->dev[tier] = config->tiers[tier];
		tiers->missing[tier] = config->missing[tier] && !config->tiers[tier];
	}
	ret = take_tree(tiers, super, blocks);
	if (ret)
		return ret;

	/* What the user wants is for all pools, also those that have no tiers. */
	if (!config->has_tiers && (!tiers->has_tree || config->map == QV_TIER_IDENTITY))
		return use_none(tiers);

	switch (config->map) {
	case QV_TIER_TREE:
		return use_tree(tiers);
	case QV_TIER_IDENTITY:
		return use_identity(tiers, QV_TIER_IDENTITY,
				    config->tier < QV_TIERS ? (int)config->tier : -1);
	case QV_TIER_NONE:
		return use_none(tiers);
	default:
		return decide(tiers, config);
	}
}

/**
 * qv_tiers_other() - could blocks be found in another way as well?
 * @tiers: the way that was chosen
 * @other: the other way
 *
 * Return: true if there is one.
 */
bool qv_tiers_other(const struct qv_tiers *tiers, struct qv_tiers *other)
{
	int last = QV_TIERS - 1;

	*other = *tiers;
	while (last > 0 && !tiers->dev[last])
		last--;
	if (tiers->map == QV_TIER_TREE) {
		other->map = QV_TIER_IDENTITY;
		other->tier = last;
		return tiers->dev[last];
	}
	other->map = QV_TIER_TREE;

	return tiers->has_tree && tree_is_used(tiers) == 1;
}

/* Looking up */

static void set_bad(struct qv_tier_run *run, const char *why)
{
	run->kind = QV_EXTENT_BAD;
	run->why = why;
}

static void set_data(struct qv_tier_run *run, struct qv_dev *dev, u64 start)
{
	const u64 size = qv_dev_size(dev);

	if (start >= size) {
		set_bad(run, "beyond the end of the device with the pool's data");
		return;
	}
	run->kind = QV_EXTENT_DATA;
	run->dev = dev;
	run->start = start;
	if (run->length > size - start)
		run->length = size - start;
}

/* The value of a block in the tree becomes a place; within is where in the block. */
static void take_place(const struct qv_tiers *tiers, u64 value, u64 within,
		       struct qv_tier_run *run)
{
	const unsigned int tier = value >> TIER_SHIFT;
	u64 start;

	if (tier >= QV_TIERS)
		set_bad(run, "on a tier that no pool has");
	else if (!tiers->dev[tier])
		set_bad(run, not_here[tier]);
	else if (__builtin_mul_overflow(value >> BLOCK_SHIFT & BLOCK_MASK, tiers->block, &start) ||
		 __builtin_add_overflow(start, within, &start))
		set_bad(run, "beyond the end of its tier");
	else
		set_data(run, tiers->dev[tier], start);
}

static int find_in_tree(const struct qv_tiers *tiers, u64 start, struct qv_tier_run *run)
{
	const u64 within = start % tiers->block;
	u64 value = 0;
	int ret = qv_btree_find(&tiers->tree, start / tiers->block, &value);

	if (run->length > tiers->block - within)
		run->length = tiers->block - within;
	if (!ret)
		take_place(tiers, value, within, run);
	else if (ret == -QV_ERR_NOT_FOUND)
		run->kind = QV_EXTENT_ZERO;
	else if (ret == -QV_ERR_DAMAGED)
		set_bad(run, "on a tier that is not known, because the metadata is damaged");
	else
		return ret;

	return 0;
}

/**
 * qv_tiers_find() - find a part of a pool on its data devices
 * @tiers: how
 * @start: where in the pool, in bytes
 * @len: how long, at least 1
 * @run: what begins there, at most that long
 *
 * Context: may be called by many threads at once.
 * Return: %0, or -%QV_ERR_SYSTEM if there is no memory. What cannot be read is a run as well.
 */
int qv_tiers_find(const struct qv_tiers *tiers, u64 start, u64 len, struct qv_tier_run *run)
{
	*run = (struct qv_tier_run){ .length = len };
	if (tiers->map == QV_TIER_TREE)
		return find_in_tree(tiers, start, run);

	set_data(run, tiers->dev[tiers->tier], start);

	return 0;
}
