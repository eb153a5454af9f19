/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Metadata of thin pools, made block by block for tests
 *
 * Written from the description of the format and not with the reader's code, so that one can show
 * what is wrong with the other. Only the checksum is shared; it has a test of its own.
 */

#ifndef _QNAPVOL_THIN_IMAGE_H
#define _QNAPVOL_THIN_IMAGE_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

#define IMAGE_SUPER	160774
#define IMAGE_NODE	121107

#define IMAGE_NO_ORIGIN	0xffffffffffffffffull

/**
 * struct thin_image - metadata in the making
 * @bytes: all of it
 * @block_size: size of a block
 * @num_blocks: how many there are
 * @next: first that was not used yet
 * @node_max: most entries of a node, 0: as many as fit
 */
struct thin_image {
	u8 *bytes;
	u32 block_size;
	u64 num_blocks;
	u64 next;
	u32 node_max;
};

/**
 * struct image_entry - an entry of a tree
 * @key: key
 * @value: value, of a tree whose values are numbers
 */
struct image_entry {
	u64 key;
	u64 value;
};

/**
 * struct image_device - what is known of a device
 * @id: its number
 * @mapped: how many chunks are mapped
 * @transaction: when it was made
 * @created: likewise, by the time of snapshots
 * @snapshotted: when it was made a snapshot of
 * @origin: of what it is one
 */
struct image_device {
	u32 id;
	u64 mapped;
	u64 transaction;
	u32 created;
	u32 snapshotted;
	u64 origin;
};

/* What a superblock says. */
struct image_super {
	u32 flags;
	u32 version;
	u32 time;
	u64 transaction;
	u64 data_blocks;
	u64 metadata_blocks;
	u64 mapping_root;
	u64 details_root;
	u32 chunk;
	u32 incompat;
	u64 backup;
	u32 tiers;
	u64 tier_root;
	u32 tier_block;
};

void image_init(struct thin_image *image, void *bytes, u32 block_size, u64 num_blocks);
u8 *image_block(const struct thin_image *image, u64 number);
void image_seal(struct thin_image *image, u64 number, u32 type);
u64 image_tree(struct thin_image *image, const struct image_entry *entries, size_t num);
u64 image_change(struct thin_image *image, u64 root, u64 key, u64 value);
u64 image_details(struct thin_image *image, const struct image_device *devices, size_t num,
		  u32 record);
void image_super(struct thin_image *image, u64 number, const struct image_super *super);

u64 image_mapping(u64 block, u32 zeroed, u32 time);
u64 image_place(u32 tier, u64 block);

void put_le16(u8 *to, u16 value);
void put_le32(u8 *to, u32 value);
void put_le64(u8 *to, u64 value);

#endif /* _QNAPVOL_THIN_IMAGE_H */
