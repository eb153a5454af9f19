// SPDX-License-Identifier: GPL-2.0-only
/* mkqnapimg: superblocks of thin metadata, the stock kernel's and QNAP's */

#include <stdlib.h>

#include "crc32.h"
#include "gen-thin.h"

#define MAGIC	27022010

#define AT_DATA		64
#define AT_TIER0	104
#define AT_TIER1	144
#define AT_METADATA	192
#define AT_TIER2	232

#define TIER_BLOCK_SECTORS	(TIER_BLOCK / SECTOR)

static void put_map(u8 *p, const struct space_map *map)
{
	put64(p, map->num_blocks);
	put64(p + 8, map->num_used);
	put64(p + 16, map->bitmaps);
	put64(p + 24, map->counts);
}

static void put_qnap(const struct super *super, u8 *bytes)
{
	if (super->version >= 3)
		put64(bytes + 364, super->backup_id);
	if (super->version < 4)
		return;

	put_map(bytes + AT_TIER0, &super->tiers[0]);
	put_map(bytes + AT_TIER1, &super->tiers[1]);
	put_map(bytes + AT_TIER2, &super->tiers[2]);
	put64(bytes + 380, super->clone_root);
	put32(bytes + 388, super->num_tiers);
	put64(bytes + 392, super->tier_root);
	put32(bytes + 400, super->num_tiers ? TIER_BLOCK_SECTORS : 0);
}

/* All but the number of the block and the checksum. */
void super_put(const struct super *super, u32 block_size, u8 *bytes)
{
	put32(bytes + 4, super->flags);
	put32(bytes + 32, MAGIC);
	put32(bytes + 40, super->version);
	put32(bytes + 44, super->time);
	put64(bytes + 48, super->transaction);
	put_map(bytes + AT_DATA, &super->data);
	put_map(bytes + AT_METADATA, &super->metadata);
	put64(bytes + 320, super->mapping_root);
	put64(bytes + 328, super->details_root);
	put32(bytes + 336, super->chunk / SECTOR);
	put32(bytes + 340, block_size / SECTOR);
	/* Always in units of 4 KiB, as the kernel writes it. */
	put64(bytes + 344, super->device_sectors / 8);
	put32(bytes + 360, super->incompat);
	put_qnap(super, bytes);
}

void super_write(struct meta *meta, const struct super *super, u64 block)
{
	u8 *bytes = must_alloc(1, meta->block_size);

	super_put(super, meta->block_size, bytes);
	meta_write(meta, block, bytes, CSUM_SUPER);
	free(bytes);
}

/* A place for a copy that was never written. */
void super_write_unused(struct meta *meta, u64 block)
{
	u8 *bytes = must_alloc(1, meta->block_size);

	put32(bytes + 32, MAGIC);
	meta_write(meta, block, bytes, CSUM_SUPER);
	free(bytes);
}

/* A superblock as QNAP's own tools write it: its checksum is known to be 0x56480a4c. */
void super_write_vector(const char *path)
{
	const struct super super = {
		.version = 4, .flags = 0xc0000000, .time = 3, .transaction = 2,
		.data = { 4096, 700, 4, 5 },
		.tiers = { { 0, 0, 9, 10 }, { 0, 0, 11, 12 }, { 512, 0, 13, 14 } },
		.metadata = { 2048, 154, 1, 2 },
		.mapping_root = 7, .details_root = 6, .chunk = 1024 * SECTOR,
		.clone_root = 8, .num_tiers = TIERS, .tier_root = 15, .device_sectors = 2048 * 8,
	};
	struct image *image = image_new(8192, "%s", path);
	u8 bytes[8192] = { };

	super_put(&super, sizeof(bytes), bytes);
	put32(bytes, qv_crc32c_raw(UINT32_MAX, bytes + 4, sizeof(bytes) - 4) ^ CSUM_SUPER);
	image_write(image, bytes, sizeof(bytes), 0);
}
