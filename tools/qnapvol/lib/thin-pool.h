/* SPDX-License-Identifier: GPL-2.0-only */
/* What is known of an open pool */

#ifndef _QNAPVOL_THIN_POOL_H
#define _QNAPVOL_THIN_POOL_H

#include "tier.h"

/* What the mapping of a chunk tells: the block, whether it reads as zeros, and when it was made. */
#define QV_MAPPING_BLOCK_SHIFT	24

/* How many volumes are read in turn without that they disturb each other. */
#define QV_CURSORS		16

/**
 * struct qv_thin_pool - an open pool
 * @qv: set
 * @name: its name
 * @metadata: device with its metadata
 * @forced: the user has decided how blocks are found
 * @super: superblock in use
 * @blocks: cache of the metadata
 * @mapping: tree from devices to the roots of their trees
 * @details: tree from devices to what is known of them
 * @cursors: of the trees of volumes
 * @tier_cursor: of the tree of tiers
 * @tiers: where blocks are
 * @chunk: length of a chunk, in bytes
 * @num_blocks: blocks from here on cannot be
 * @zeroed_mask: bits of a mapping of which one is set if the chunk reads as zeros
 * @time_mask: bits of a mapping that tell when it was made
 */
struct qv_thin_pool {
	struct qv *qv;
	char *name;
	struct qv_dev *metadata;
	bool forced;
	struct qv_thin_super super;
	struct qv_blocks *blocks;
	struct qv_btree mapping;
	struct qv_btree details;
	struct qv_btree_cursor cursors[QV_CURSORS];
	struct qv_btree_cursor tier_cursor;
	struct qv_tiers tiers;
	u64 chunk;
	u64 num_blocks;
	u32 zeroed_mask;
	u32 time_mask;
};

int qv_thin_tree(struct qv_thin_pool *pool, u32 id, struct qv_btree *tree);

#endif /* _QNAPVOL_THIN_POOL_H */
