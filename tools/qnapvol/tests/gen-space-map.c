// SPDX-License-Identifier: GPL-2.0-only
/*
 * mkqnapimg: space maps of thin metadata: how often each block is used
 *
 * Two bits a block; a count above 2 is in a tree.
 */

#include <stdlib.h>

#include "gen-thin.h"

#define HEADER		16
#define ENTRY_SIZE	16
#define MANY		3

static u64 entries_per_bitmap(const struct meta *meta)
{
	return (meta->block_size - HEADER) * 4;
}

/* The high bit of a count comes first. */
static void put_count(u8 *bitmap, u64 entry, u32 count)
{
	const u32 bits = count < MANY ? count : MANY;
	const u64 high = 2 * entry, low = high + 1;

	if (bits & 2)
		bitmap[HEADER + high / 8] |= 1 << high % 8;
	if (bits & 1)
		bitmap[HEADER + low / 8] |= 1 << low % 8;
}

/* Writes one bitmap, and what the index has to say of it. */
static void write_bitmap(struct meta *meta, const u32 *refs, u64 num, u64 block, u8 *entry)
{
	u8 *bitmap = must_alloc(1, meta->block_size);
	u32 num_free = 0, first_free = num;

	for (u64 i = 0; i < num; i++) {
		put_count(bitmap, i, refs[i]);
		if (refs[i])
			continue;
		if (!num_free++)
			first_free = i;
	}
	meta_write(meta, block, bitmap, CSUM_BITMAP);
	put64(entry, block);
	put32(entry + 8, num_free);
	put32(entry + 12, first_free);
	free(bitmap);
}

static u64 write_counts(struct meta *meta, const u32 *refs, u64 num_blocks)
{
	struct tree tree = { .name = "counts", .value_size = 4 };
	u64 *keys = must_alloc(num_blocks + 1, sizeof(*keys));
	u8 *values = must_alloc(num_blocks + 1, 4);
	u64 root;

	for (u64 i = 0; i < num_blocks; i++) {
		if (refs[i] < MANY)
			continue;
		keys[tree.num] = i;
		put32(values + 4 * tree.num++, refs[i]);
	}
	tree.keys = keys;
	tree.values = values;
	root = btree_write(meta, &tree);
	meta->refs[root]++;
	free(keys);
	free(values);

	return root;
}

static u64 count_used(const u32 *refs, u64 num_blocks)
{
	u64 used = 0;

	for (u64 i = 0; i < num_blocks; i++)
		used += refs[i] != 0;

	return used;
}

static void write_bitmaps(struct meta *meta, const u32 *refs, u64 num_blocks, u64 first,
			  u8 *entries)
{
	const u64 each = entries_per_bitmap(meta);

	for (u64 i = 0; i * each < num_blocks; i++)
		write_bitmap(meta, refs + i * each,
			     num_blocks - i * each < each ? num_blocks - i * each : each,
			     first + i, entries + i * ENTRY_SIZE);
}

/* A space map of blocks of the pool or of a tier: its index is a tree. */
struct space_map space_map_write(struct meta *meta, const u32 *refs, u64 num_blocks)
{
	const u64 each = entries_per_bitmap(meta);
	struct tree tree = { .name = "bitmaps", .value_size = ENTRY_SIZE };
	struct space_map map = { .num_blocks = num_blocks };
	u8 *entries;
	u64 first;

	map.num_used = count_used(refs, num_blocks);
	tree.num = (num_blocks + each - 1) / each;
	entries = must_alloc(tree.num + 1, ENTRY_SIZE);
	first = meta->next;
	for (u64 i = 0; i < tree.num; i++)
		meta->refs[meta_allocate(meta)]++;
	write_bitmaps(meta, refs, num_blocks, first, entries);
	tree.values = entries;
	map.bitmaps = btree_write(meta, &tree);
	meta->refs[map.bitmaps]++;
	map.counts = write_counts(meta, refs, num_blocks);
	free(entries);

	return map;
}

/*
 * The space map of the metadata itself: its index is one block. It comes last, as it counts its own
 * blocks as well.
 */
struct space_map space_map_write_own(struct meta *meta)
{
	const u64 each = entries_per_bitmap(meta);
	struct space_map map = { .num_blocks = meta->num_blocks };
	u8 *index = must_alloc(1, meta->block_size);
	u64 first;

	map.bitmaps = meta_allocate(meta);
	meta->refs[map.bitmaps]++;
	first = meta->next;
	for (u64 i = 0; i * each < meta->num_blocks; i++)
		meta->refs[meta_allocate(meta)]++;
	map.counts = write_counts(meta, meta->refs, meta->num_blocks);
	map.num_used = count_used(meta->refs, meta->num_blocks);
	if ((meta->num_blocks + each - 1) / each > (meta->block_size - HEADER) / ENTRY_SIZE)
		die("%s: too large for metadata", meta->lv->name);
	write_bitmaps(meta, meta->refs, meta->num_blocks, first, index + HEADER);
	meta_write(meta, map.bitmaps, index, CSUM_INDEX);
	free(index);

	return map;
}
