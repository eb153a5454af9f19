// SPDX-License-Identifier: GPL-2.0-only
/* Metadata of thin pools, made block by block for tests */

#include <stdlib.h>
#include <string.h>

#include "crc32.h"
#include "thin-image.h"

#define NODE_HEADER	32
#define LEAF		2
#define INNER		1

#define ENTRIES_MULTIPLE	3

void put_le16(u8 *to, u16 value)
{
	to[0] = value;
	to[1] = value >> 8;
}

void put_le32(u8 *to, u32 value)
{
	put_le16(to, value);
	put_le16(to + 2, value >> 16);
}

void put_le64(u8 *to, u64 value)
{
	put_le32(to, value);
	put_le32(to + 4, value >> 32);
}

static u64 get_le64(const u8 *from)
{
	u64 value = 0;

	for (int i = 7; i >= 0; i--)
		value = value << 8 | from[i];

	return value;
}

static u32 get_le32(const u8 *from)
{
	return from[0] | from[1] << 8 | from[2] << 16 | (u32)from[3] << 24;
}

/* The bytes are zeros, and as long as the blocks. Block 0 is left for the superblock. */
void image_init(struct thin_image *image, void *bytes, u32 block_size, u64 num_blocks)
{
	*image = (struct thin_image){
		.bytes = bytes,
		.block_size = block_size,
		.num_blocks = num_blocks,
		.next = 1,
	};
}

u8 *image_block(const struct thin_image *image, u64 number)
{
	if (number >= image->num_blocks)
		abort();

	return image->bytes + number * image->block_size;
}

/* Sets the checksum of a block that was changed. */
void image_seal(struct thin_image *image, u64 number, u32 type)
{
	u8 *block = image_block(image, number);

	put_le32(block, qv_crc32c_raw(0xffffffff, block + 4, image->block_size - 4) ^ type);
}

static u32 most_entries(const struct thin_image *image, u32 value_size)
{
	u32 max = (image->block_size - NODE_HEADER) / (8 + value_size);

	max -= max % ENTRIES_MULTIPLE;

	return image->node_max && image->node_max < max ? image->node_max : max;
}

/* Makes a node of num entries from arrays of keys and values. Returns its block. */
static u64 make_node(struct thin_image *image, u32 flags, const u64 *keys, const u8 *values,
		     u32 num, u32 value_size)
{
	const u32 max = most_entries(image, value_size);
	const u64 number = image->next++;
	u8 *block = image_block(image, number);

	memset(block, 0, image->block_size);
	put_le32(block + 4, flags);
	put_le64(block + 8, number);
	put_le32(block + 16, num);
	put_le32(block + 20, max);
	put_le32(block + 24, value_size);
	for (u32 i = 0; i < num; i++)
		put_le64(block + NODE_HEADER + 8 * i, keys[i]);
	memcpy(block + NODE_HEADER + 8 * max, values, (size_t)num * value_size);
	image_seal(image, number, IMAGE_NODE);

	return number;
}

/* Makes the nodes of a level, and puts the first key and the block of each into the arrays. */
static size_t make_level(struct thin_image *image, u32 flags, u64 *keys, const u8 *values,
			 size_t num, u32 value_size, u8 *blocks)
{
	const u32 max = most_entries(image, value_size);
	size_t nodes = 0;

	for (size_t done = 0; done < num || !nodes; done += max) {
		const u32 here = num - done < max ? num - done : max;
		const u64 number = make_node(image, flags, keys + done,
					     values + done * value_size, here, value_size);

		put_le64(blocks + 8 * nodes, number);
		if (num)
			keys[nodes] = keys[done];
		nodes++;
	}

	return nodes;
}

/* The keys are overwritten. */
static u64 make_tree(struct thin_image *image, u64 *keys, const u8 *values, size_t num,
		     u32 value_size)
{
	u8 *blocks = malloc(8 * num + 8);
	u64 root = image->next;
	size_t nodes;

	nodes = make_level(image, LEAF, keys, values, num, value_size, blocks);
	while (nodes > 1) {
		root = image->next;
		nodes = make_level(image, INNER, keys, blocks, nodes, 8, blocks);
	}
	free(blocks);

	return root;
}

/* Makes a tree whose values are numbers; the entries are in the order of their keys. */
u64 image_tree(struct thin_image *image, const struct image_entry *entries, size_t num)
{
	u64 *keys = malloc(8 * num + 8);
	u8 *values = malloc(8 * num + 8);
	u64 root;

	for (size_t i = 0; i < num; i++) {
		keys[i] = entries[i].key;
		put_le64(values + 8 * i, entries[i].value);
	}
	root = make_tree(image, keys, values, num, 8);
	free(keys);
	free(values);

	return root;
}

/* Returns which entry of a node is the last with that key or a smaller one. */
static u32 find_entry(const u8 *node, u64 key)
{
	u32 i = get_le32(node + 16);

	while (i > 1 && get_le64(node + NODE_HEADER + 8 * (i - 1)) > key)
		i--;

	return i - 1;
}

/*
 * Gives a key that is there another value, in a tree that shares all else with the old one, as
 * snapshots do. Returns the new root.
 */
u64 image_change(struct thin_image *image, u64 root, u64 key, u64 value)
{
	const u64 copy = image->next++;
	u8 *node = image_block(image, copy), *entry;

	memcpy(node, image_block(image, root), image->block_size);
	put_le64(node + 8, copy);
	entry = node + NODE_HEADER + 8 * get_le32(node + 20) + 8 * find_entry(node, key);
	if (node[4] == INNER)
		value = image_change(image, get_le64(entry), key, value);
	put_le64(entry, value);
	image_seal(image, copy, IMAGE_NODE);

	return copy;
}

static void put_device(u8 *to, const struct image_device *device, u32 record)
{
	put_le64(to, device->mapped);
	put_le64(to + 8, device->transaction);
	put_le32(to + 16, device->created);
	put_le32(to + 20, device->snapshotted);
	if (record == 32) {
		put_le64(to + 24, device->origin);
	} else if (record == 44) {
		put_le32(to + 24, 0x11223344);
		put_le64(to + 28, IMAGE_NO_ORIGIN);
		put_le64(to + 36, device->origin);
	}
}

/* Makes the tree of what is known of devices. A record has 24, 32 or 44 bytes. */
u64 image_details(struct thin_image *image, const struct image_device *devices, size_t num,
		  u32 record)
{
	u64 *keys = malloc(8 * num + 8);
	u8 *values = calloc(num + 1, record);
	u64 root;

	for (size_t i = 0; i < num; i++) {
		keys[i] = devices[i].id;
		put_device(values + i * record, &devices[i], record);
	}
	root = make_tree(image, keys, values, num, record);
	free(keys);
	free(values);

	return root;
}

void image_super(struct thin_image *image, u64 number, const struct image_super *super)
{
	u8 *block = image_block(image, number);

	memset(block, 0, image->block_size);
	put_le32(block + 4, super->flags);
	put_le64(block + 8, number);
	put_le64(block + 32, 27022010);
	put_le32(block + 40, super->version);
	put_le32(block + 44, super->time);
	put_le64(block + 48, super->transaction);
	put_le64(block + 64, super->data_blocks);
	put_le64(block + 192, super->metadata_blocks ?: image->num_blocks);
	put_le64(block + 320, super->mapping_root);
	put_le64(block + 328, super->details_root);
	put_le32(block + 336, super->chunk);
	put_le32(block + 340, image->block_size / 512);
	put_le64(block + 344, image->num_blocks * image->block_size / 4096);
	put_le32(block + 360, super->incompat);
	if (super->version >= 3)
		put_le64(block + 364, super->backup);
	if (super->version >= 4) {
		put_le32(block + 388, super->tiers);
		put_le64(block + 392, super->tier_root);
		put_le32(block + 400, super->tier_block);
	}
	image_seal(image, number, IMAGE_SUPER);
}

/* What a volume's tree has for a chunk. */
u64 image_mapping(u64 block, u32 zeroed, u32 time)
{
	return block << 24 | (u64)zeroed << 22 | time;
}

/* What the tree of tiers has for a block. */
u64 image_place(u32 tier, u64 block)
{
	return (u64)tier << 61 | block << 24;
}
