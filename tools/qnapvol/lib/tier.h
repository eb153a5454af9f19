/* SPDX-License-Identifier: GPL-2.0-only */
/* Tiers: where the blocks of a pool are */

#ifndef _QNAPVOL_TIER_H
#define _QNAPVOL_TIER_H

#include "btree.h"
#include "thin-super.h"

/**
 * struct qv_tiers - how blocks of a pool are found on its data devices
 * @qv: set
 * @pool: name of the pool
 * @map: how, never %QV_TIER_AUTO
 * @tier: for %QV_TIER_IDENTITY and %QV_TIER_NONE: on which
 * @dev: the devices, NULL: not there
 * @missing: it should be there and is not
 * @has_tree: the metadata has a tree
 * @tree: for %QV_TIER_TREE: from blocks to tiers
 * @block: for %QV_TIER_TREE: length of a block, in bytes
 */
struct qv_tiers {
	struct qv *qv;
	const char *pool;
	enum qv_tier_map map;
	unsigned int tier;
	struct qv_dev *dev[QV_TIERS];
	bool missing[QV_TIERS];
	bool has_tree;
	struct qv_btree tree;
	u64 block;
};

/**
 * struct qv_tier_run - a part of a pool that lies in one piece
 * @kind: what is there
 * @length: how long it is
 * @dev: for data: on which device
 * @start: for data: where on it
 * @why: if it cannot be read: why not
 */
struct qv_tier_run {
	enum qv_extent_kind kind;
	u64 length;
	struct qv_dev *dev;
	u64 start;
	const char *why;
};

int qv_tiers_open(struct qv *qv, const struct qv_thin_config *config,
		  const struct qv_thin_super *super, struct qv_blocks *blocks,
		  struct qv_tiers *tiers);
bool qv_tiers_other(const struct qv_tiers *tiers, struct qv_tiers *other);
int qv_tiers_find(const struct qv_tiers *tiers, u64 start, u64 len, struct qv_tier_run *run);

#endif /* _QNAPVOL_TIER_H */
