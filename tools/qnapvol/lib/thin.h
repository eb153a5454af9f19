/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Thin pools: the metadata of device mapper's thin target, as stock and QNAP's kernels write it
 *
 * A pool has 16 million mappings and more, so nothing is read before it is needed: volumes look up
 * the trees of the metadata, through a cache of bounded size.
 */

#ifndef _QNAPVOL_THIN_H
#define _QNAPVOL_THIN_H

#include "qv.h"

struct qv_thin_pool;

/**
 * struct qv_thin_config - what LVM knows of a pool
 * @name: of the pool, such as "vg1/tp1"
 * @metadata: device with the metadata
 * @tiers: data devices by tier; without tiers the first one only; NULL: not there, or missing
 * @missing: by tier: it should be there and is not
 * @has_tiers: the pool has tiers
 * @chunk: length of a chunk, 0 if not known; the metadata wins
 * @transaction: number of the transaction, for comparison
 * @map: how blocks are found on the tiers
 * @tier: for %QV_TIER_IDENTITY: on which
 * @superblock: metadata block with the superblock to use, 0: the first, or the latest backup
 */
struct qv_thin_config {
	const char *name;
	struct qv_dev *metadata;
	struct qv_dev *tiers[QV_TIERS];
	bool missing[QV_TIERS];
	bool has_tiers;
	u64 chunk;
	u64 transaction;
	enum qv_tier_map map;
	unsigned int tier;
	u64 superblock;
};

int qv_thin_pool_open(struct qv *qv, const struct qv_thin_config *config,
		      struct qv_pool_info *info, struct qv_thin_pool **pool);
void qv_thin_pool_free(struct qv_thin_pool *pool);
int qv_thin_find(struct qv_thin_pool *pool, u32 id, struct qv_thin_device *device);
struct qv_dev *qv_thin_new(struct qv_thin_pool *pool, u32 id, u64 size, struct qv_dev *origin,
			   const char *name);
void qv_thin_check_map(struct qv_thin_pool *pool, struct qv_item *item);

#endif /* _QNAPVOL_THIN_H */
