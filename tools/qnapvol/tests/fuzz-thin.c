// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fuzz target: metadata of thin pools
 *
 * The first byte says how to read. Blocks follow: the length of what is in it, then that; the rest
 * of a block is zeros. If the first byte says so, blocks get their numbers and the checksums of
 * what they look like, so that the fuzzer gets behind the checks.
 */

#include "fuzz.h"
#include "memory.h"
#include "thin.h"
#include "thin-block.h"

#define DATA_SIZE	1048576
#define VOLUME_SIZE	(8 * DATA_SIZE)
#define READ_MAX	65536
#define EXTENTS_MAX	50
#define MAPPINGS_MAX	2000
#define BLOCKS_MAX	64
#define DEVICES_MAX	8

#define SUPER_MAGIC	27022010

enum how {
	HOW_SEALED = 1,
	HOW_SMALL = 2,
	HOW_TIERS = 4,
	HOW_NO_TIER_0 = 8,
	HOW_FORCED = 16,
	HOW_NUMBERS = 32,
	HOW_BACKUP = 64,
};

static void put_le(u8 *to, u64 value, int len)
{
	for (int i = 0; i < len; i++)
		to[i] = value >> 8 * i;
}

static void seal(u8 *block, u64 number, u32 size, u8 how)
{
	const bool super = qv_le64(block + 32) == SUPER_MAGIC;

	if (how & HOW_NUMBERS)
		put_le(block + 8, number, 8);
	put_le(block, qv_block_checksum(block, size, super ? QV_BLOCK_SUPER : QV_BLOCK_NODE), 4);
}

/* Returns how many blocks there are. */
static u64 take_blocks(struct input *in, u8 *bytes, u32 size, u8 how)
{
	u64 number = 0;
	size_t len;

	for (; in->len && number < BLOCKS_MAX; number++, bytes += size) {
		len = take_byte(in);
		len |= take_byte(in) << 8;
		for (size_t i = 0; i < len && i < size; i++)
			bytes[i] = take_byte(in);
		if (how & HOW_SEALED)
			seal(bytes, number, size, how);
	}

	return number;
}

static void read_volume(struct qv_dev *dev)
{
	static u8 buffer[READ_MAX];
	struct qv_extent extent;
	u64 start = 0;

	for (int i = 0; i < EXTENTS_MAX && start < dev->size; i++, start += extent.length) {
		if (qv_dev_extent(dev, start, UINT64_MAX, &extent))
			return;
		require(extent.start == start && extent.length &&
			qv_inside(start, extent.length, dev->size));
		require(extent.kind != QV_EXTENT_DATA ||
			qv_inside(extent.physical, extent.length, extent.below->size));
		if (extent.length > READ_MAX)
			extent.length = READ_MAX;
		if (extent.kind == QV_EXTENT_BAD)
			continue;
		require(!qv_dev_read(dev, buffer, extent.length, start));
	}
	qv_dev_read(dev, buffer, READ_MAX, VOLUME_SIZE / 2 + 1);
}

static int take_mapping(const struct qv_mapping *mapping, void *data)
{
	require(mapping->count);

	return ++*(int *)data == MAPPINGS_MAX ? 1 : 0;
}

static int take_device(const struct qv_thin_device *device, void *data)
{
	struct qv_item *item = data;
	struct qv_thin_pool *pool = qv_found(item)->pool;
	struct qv *qv = item->dev->qv;
	struct qv_dev *origin = device->id & 1 ? zero_new(qv, 100000, "origin") : NULL;
	struct qv_item *volume = qv_item_new(qv, QV_ITEM_VOLUME, item, "vg1/lv%u", device->id);
	struct qv_dev *dev = qv_thin_new(pool, device->id, VOLUME_SIZE, origin, volume->name);
	struct qv_thin_device found;
	int num = 0;

	require(!qv_thin_find(pool, device->id, &found) && found.id == device->id);
	qv_pool_mappings(item, device->id, take_mapping, &num);
	if (dev) {
		read_volume(dev);
		qv_item_set_dev(volume, dev);
		qv_thin_check_map(pool, volume);
	}

	/* Some devices are enough. */
	return device->id > DEVICES_MAX;
}

static void try_metadata(struct qv *qv, const u8 *bytes, size_t size, u8 how)
{
	struct qv_item *item = qv_item_new(qv, QV_ITEM_POOL, NULL, "vg1/tp1");
	struct qv_thin_config config = {
		.name = "vg1/tp1",
		.metadata = memory_new(qv, bytes, size, "tmeta"),
		.has_tiers = how & HOW_TIERS,
		.superblock = how & HOW_BACKUP ? 1 : 0,
		.transaction = 2,
		.chunk = 8192,
	};
	struct qv_thin_device device;

	if (how & HOW_FORCED)
		config.map = how & HOW_TIERS ? QV_TIER_TREE : QV_TIER_NONE;
	if (!(how & HOW_TIERS) || !(how & HOW_NO_TIER_0))
		config.tiers[0] = zero_new(qv, DATA_SIZE, "tier0");
	config.missing[0] = !config.tiers[0];
	if (how & HOW_TIERS)
		config.tiers[2] = zero_new(qv, DATA_SIZE, "tier2");
	item->dev = config.metadata;
	if (qv_thin_pool_open(qv, &config, &item->pool, &qv_found(item)->pool))
		return;
	for (u32 id = 0; id < DEVICES_MAX; id++)
		if (!qv_thin_find(qv_found(item)->pool, id, &device))
			require(device.id == id);
	qv_pool_devices(item, take_device, item);
}

int fuzz_one(const u8 *data, size_t size)
{
	struct input in = { .data = data, .len = size };
	const u8 how = take_byte(&in);
	const u32 block_size = how & HOW_SMALL ? QV_BLOCK_SIZE_SMALL : QV_BLOCK_SIZE_LARGE;
	u8 *bytes = calloc(BLOCKS_MAX, block_size);
	struct qv *qv = qv_new();

	require(bytes && qv);
	try_metadata(qv, bytes, take_blocks(&in, bytes, block_size, how) * block_size, how);
	qv_free(qv);
	free(bytes);

	return 0;
}
