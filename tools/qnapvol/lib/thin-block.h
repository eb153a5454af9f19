/* SPDX-License-Identifier: GPL-2.0-only */
/* Blocks of a pool's metadata, and a cache of them */

#ifndef _QNAPVOL_THIN_BLOCK_H
#define _QNAPVOL_THIN_BLOCK_H

#include "dev.h"

/* A block begins with its checksum and has its own number; what follows depends on its type. */
#define QV_BLOCK_NUMBER		8

#define QV_BLOCK_SIZE_SMALL	4096
#define QV_BLOCK_SIZE_LARGE	8192

/* Why a block is of no use is a text of this size: "its checksum is wrong". */
#define QV_WHY_MAX		96

/**
 * enum qv_block_type - types of blocks, by what their checksums are combined with
 * @QV_BLOCK_SUPER: superblock
 * @QV_BLOCK_NODE: node of a B-tree
 */
enum qv_block_type {
	QV_BLOCK_SUPER = 160774,
	QV_BLOCK_NODE = 121107,
};

struct qv_blocks;

/**
 * struct qv_block - a block in memory
 * @owner: cache that it belongs to
 * @next: the next one that is not used
 * @number: its number
 * @users: how many hold it, the cache among them
 * @data: what is in it
 */
struct qv_block {
	struct qv_blocks *owner;
	struct qv_block *next;
	u64 number;
	unsigned int users;
	u8 data[];
};

typedef bool (*qv_block_check_fn)(const u8 *data, u32 size, char *why);

u32 qv_block_checksum(const u8 *data, u32 size, enum qv_block_type type);
int qv_block_read(struct qv_dev *dev, u64 number, u32 size, enum qv_block_type type, u8 *data,
		  char *why);

struct qv_blocks *qv_blocks_new(struct qv_dev *dev, u32 size, enum qv_block_type type,
				qv_block_check_fn check);
void qv_blocks_free(struct qv_blocks *blocks);
int qv_block_get(struct qv_blocks *blocks, u64 number, struct qv_block **block, char *why);
void qv_block_hold(struct qv_block *block);
void qv_block_put(struct qv_block *block);

#endif /* _QNAPVOL_THIN_BLOCK_H */
