/* SPDX-License-Identifier: GPL-2.0-only */
/* Superblocks of pools */

#ifndef _QNAPVOL_THIN_SUPER_H
#define _QNAPVOL_THIN_SUPER_H

#include "thin-block.h"
#include "thin.h"

/**
 * struct qv_thin_super - superblock of a pool
 * @block: where it was found; not 0: it is a backup
 * @block_size: of the metadata
 * @qnap: in QNAP's form
 * @version: 1 to 4
 * @flags: flags
 * @features: features that have to be known to read the metadata
 * @time: counts the snapshots
 * @transaction: number of the transaction
 * @num_blocks: how many blocks the pool has, each as long as a chunk
 * @metadata_blocks: how many blocks the metadata has, by its space map
 * @mapping_root: root of the tree from devices to trees from chunks to blocks of the pool
 * @details_root: root of the tree from devices to what is known of them
 * @chunk: length of a chunk, in sectors
 * @backup: counts the backups
 * @num_tiers: 0: the pool has no tiers
 * @tier_root: root of the tree from blocks to tiers
 * @tier_block: length of a tier's block, in sectors
 */
struct qv_thin_super {
	u64 block;
	u32 block_size;
	bool qnap;
	u32 version;
	u32 flags;
	u32 features;
	u32 time;
	u64 transaction;
	u64 num_blocks;
	u64 metadata_blocks;
	u64 mapping_root;
	u64 details_root;
	u32 chunk;
	u64 backup;
	u32 num_tiers;
	u64 tier_root;
	u32 tier_block;
};

bool qv_thin_super_parse(const u8 *raw, u32 size, u64 number, struct qv_thin_super *super);
int qv_thin_super_choose(struct qv *qv, const struct qv_thin_config *config,
			 struct qv_thin_super *super);
void qv_thin_super_name_backups(const struct qv_thin_config *config,
				const struct qv_thin_super *super, char *text, size_t size);

#endif /* _QNAPVOL_THIN_SUPER_H */
