/* SPDX-License-Identifier: GPL-2.0-only */
/* mkqnapimg: the metadata of thin pools */

#ifndef _QNAPVOL_GEN_THIN_H
#define _QNAPVOL_GEN_THIN_H

#include "gen.h"

#define TIERS		3
#define TIER_BLOCK	(4 * MIB)

/* Constants that checksums are changed by, one for each sort of block */
#define CSUM_SUPER	160774
#define CSUM_NODE	121107
#define CSUM_INDEX	160478
#define CSUM_BITMAP	240779

/* The last blocks of the metadata are for copies of the superblock. */
#define BACKUP_SLOTS	128

/**
 * struct node - a node of a tree that was written, for those who want to damage it
 * @tree: name of the tree: "mapping:" and the device, "devices", "details", "tiers"
 * @block: where it is
 * @first: its first key
 * @leaf: it has values, not other nodes
 * @next: the node that was written before it
 */
struct node {
	char tree[NAME_SIZE];
	u64 block;
	u64 first;
	bool leaf;
	struct node *next;
};

/**
 * struct meta - the metadata of a pool
 * @lv: volume that it is in
 * @block_size: length of a block
 * @num_blocks: how many there are
 * @next: the first that is free
 * @refs: how many other blocks refer to each block
 * @data_refs: how many leaves refer to each block of the pool
 * @data_blocks: how many blocks the pool has
 * @fill: entries of a node at most, 0: as many as there is room for
 * @nodes: the node that was written last
 * @known: blocks with leaves that can be shared, by a hash of what is in them; 0: none
 * @num_known: size of that table, a power of 2; 0: nothing is shared
 */
struct meta {
	const struct lv *lv;
	u32 block_size;
	u64 num_blocks;
	u64 next;
	u32 *refs;
	u32 *data_refs;
	u64 data_blocks;
	u32 fill;
	struct node *nodes;
	u64 *known;
	size_t num_known;
};

/* gen-btree.c */

/**
 * struct tree - what goes into a tree
 * @name: its name, as in struct node
 * @keys: keys, ascending; NULL: from 0 on
 * @values: values
 * @num: how many
 * @value_size: length of a value
 * @shared: nodes that are there already are used again
 * @is_mapping: values are blocks of the pool: count the references
 * @has_trees: values are roots of trees: count the references
 * @uncounted: it is a tree of former times, its blocks count as free
 */
struct tree {
	const char *name;
	const u64 *keys;
	const u8 *values;
	u64 num;
	u32 value_size;
	bool shared;
	bool is_mapping;
	bool has_trees;
	bool uncounted;
};

u64 btree_write(struct meta *meta, const struct tree *tree);
u64 meta_allocate(struct meta *meta);
void meta_write(struct meta *meta, u64 block, u8 *bytes, u32 csum);
void meta_read(const struct meta *meta, u64 block, u8 *bytes);

/* gen-space-map.c */

/**
 * struct space_map - the root of a space map
 * @num_blocks: blocks that it is about
 * @num_used: how many of them are used
 * @bitmaps: root of the bitmaps
 * @counts: root of the tree of large counts
 */
struct space_map {
	u64 num_blocks;
	u64 num_used;
	u64 bitmaps;
	u64 counts;
};

struct space_map space_map_write(struct meta *meta, const u32 *refs, u64 num_blocks);
struct space_map space_map_write_own(struct meta *meta);

/* gen-super.c */

/**
 * struct super - what a superblock says
 * @version: of the metadata
 * @flags: see QNAP's flags
 * @incompat: features that must be known
 * @time: counter of snapshots
 * @transaction: number of the transaction
 * @data: blocks of the pool
 * @tiers: blocks of the tiers
 * @metadata: blocks of the metadata
 * @mapping_root: tree of the trees of devices
 * @details_root: tree of the devices
 * @chunk: length of a block of the pool
 * @backup_id: counter of copies of the superblock
 * @clone_root: tree of clones
 * @num_tiers: 0 or 3
 * @tier_root: tree of the blocks of tiers
 * @device_sectors: size of the metadata in sectors
 */
struct super {
	u32 version;
	u32 flags;
	u32 incompat;
	u32 time;
	u64 transaction;
	struct space_map data;
	struct space_map tiers[TIERS];
	struct space_map metadata;
	u64 mapping_root;
	u64 details_root;
	u64 chunk;
	u64 backup_id;
	u64 clone_root;
	u32 num_tiers;
	u64 tier_root;
	u64 device_sectors;
};

void super_put(const struct super *super, u32 block_size, u8 *bytes);
void super_write(struct meta *meta, const struct super *super, u64 block);
void super_write_unused(struct meta *meta, u64 block);
void super_write_vector(const char *path);

/* gen-meta.c */

#define UNMAPPED	UINT64_MAX

#define VALUE(block, zeroed, time)	((u64)(block) << 24 | (u64)(zeroed) << 22 | (time))
#define VALUE_BLOCK(value)		((value) >> 24)

/**
 * struct thin - a thin volume
 * @name: its name
 * @id: its number in the pool
 * @image: what has to be read from it
 * @values: for each chunk the value in the tree, or UNMAPPED
 * @num: number of chunks
 * @transaction: that made it
 * @created: time when it was made
 * @snapshotted: time when it was last made a snapshot of
 * @origin: device that it is a snapshot of, or UINT64_MAX
 * @unwritten: so many chunks have a block, but nothing was ever written to it
 * @truth: what is said about it
 */
struct thin {
	char name[NAME_SIZE];
	u32 id;
	struct image *image;
	u64 *values;
	u64 num;
	u64 transaction;
	u32 created;
	u32 snapshotted;
	u64 origin;
	u64 unwritten;
	struct json_object *truth;
};

/**
 * struct pool - a thin pool
 * @group: group that it is in
 * @name: its name
 * @chunk: length of a block
 * @num_blocks: how many
 * @order: the order in which they are used
 * @next: how many of them are used
 * @data: data volume of each tier, or the only one; NULL: none
 * @num_tiers: 0 or 3
 * @filled: blocks are found by the tree of tiers
 * @tier_values: then: value in the tree for each block of the tiers, or UNMAPPED
 * @tier_slots: then: places on the tiers in the order in which they are used
 * @next_slot: how many of them are used
 * @tier_refs: then: which blocks of each tier are used
 * @tier_blocks: number of blocks of each tier
 * @time: counter of snapshots
 * @thins: its volumes
 * @num_thins: how many
 */
struct pool {
	struct group *group;
	const char *name;
	u64 chunk;
	u64 num_blocks;
	u32 *order;
	u64 next;
	struct lv *data[TIERS];
	unsigned int num_tiers;
	bool filled;
	u64 *tier_values;
	u64 *tier_slots;
	u64 next_slot;
	u32 *tier_refs[TIERS];
	u64 tier_blocks[TIERS];
	u32 time;
	struct thin thins[VOLUMES_MAX];
	unsigned int num_thins;
};

void thin_lose(struct thin *thin, u64 chunk, u64 first, u64 end);
void pool_write_meta(struct pool *pool, struct lv *lv, struct json_object *description);

/* gen-pool-data.c */
void pool_prepare_data(struct pool *pool, struct json_object *description);
u64 pool_take_block(struct pool *pool);
void pool_write(struct pool *pool, u64 block, const void *buf, size_t len);

#endif /* _QNAPVOL_GEN_THIN_H */
