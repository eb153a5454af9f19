// SPDX-License-Identifier: GPL-2.0-only
/* Tests of thin pools and volumes, against a model that is as simple as can be */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ktap.h"
#include "memory.h"
#include "thin.h"
#include "thin-image.h"

#define METADATA_BLOCKS	600

/* The pool: small chunks and small blocks of tiers, so that much happens in little space. */
#define CHUNK_SECTORS	16
#define CHUNK		(CHUNK_SECTORS * 512)
#define POOL_BLOCKS	256
#define TIER_SECTORS	64
#define TIER_BLOCK	(TIER_SECTORS * 512)
#define TIER_BLOCKS	(POOL_BLOCKS * CHUNK / TIER_BLOCK)
#define POOL_BYTES	(POOL_BLOCKS * CHUNK)

/* Volumes: the last chunk is used in part. */
#define CHUNKS		200
#define SIZE		(CHUNKS * CHUNK - 3584)
#define VOLUMES		4
#define ORIGIN_SIZE	(150 * CHUNK + 1000)

#define UNMAPPED	UINT64_MAX
#define NOWHERE		UINT64_MAX

enum placing {
	NO_TIERS,
	ONE_TIER,
	TWO_TIERS,
};

static const char * const placing_names[] = { "no tiers", "one tier", "two tiers" };

/**
 * struct variant - a form that a pool can have
 * @block_size: of the metadata
 * @version: of the metadata
 * @record: length of what is known of a device
 * @node_max: most entries of a node
 * @placing: how blocks are found
 */
struct variant {
	u32 block_size;
	u32 version;
	u32 record;
	u32 node_max;
	enum placing placing;
};

/*
 * struct model - a pool, and what its volumes contain
 * @mapping: by volume and chunk
 * @place: by block of a tier: tier and block on it, as the tree has it
 * @root: roots of the volumes' trees
 */
struct model {
	struct variant variant;
	struct qv *qv;
	struct thin_image image;
	u64 mapping[VOLUMES][CHUNKS];
	u64 place[TIER_BLOCKS];
	u64 root[VOLUMES];
	u64 time;
	u8 *tier[QV_TIERS];
	u8 origin[ORIGIN_SIZE];
	struct qv_thin_config config;
	struct qv_pool_info info;
	struct qv_thin_pool *pool;
	struct qv_item *item;
	struct qv_dev *dev[VOLUMES];
};

static u32 seed = 1;

static u32 some(u32 limit)
{
	seed = seed * 1664525 + 1013904223;

	return (seed >> 8) % limit;
}

/* The model */

static void fill(u8 *bytes, size_t size, u32 mark)
{
	for (size_t i = 0; i < size; i++)
		bytes[i] = (i * 2654435761u >> 13) + (i >> 9) * 31 + mark;
}

/* Chunks in runs, in disorder, with gaps, and with some that read as zeros. */
static void map_volume(struct model *model)
{
	u64 block = some(POOL_BLOCKS);

	for (u32 chunk = 0; chunk < CHUNKS; chunk++) {
		const u32 zeroed = some(8) ? 0 : 1 + some(3);

		block = some(3) ? (block + 1) % POOL_BLOCKS : some(POOL_BLOCKS);
		model->mapping[0][chunk] = some(5) ? image_mapping(block, zeroed, some(99)) :
					   UNMAPPED;
	}
	memcpy(model->mapping[1], model->mapping[0], sizeof(model->mapping[0]));
	memcpy(model->mapping[2], model->mapping[0], sizeof(model->mapping[0]));
}

static u64 plant_volume(struct model *model, const u64 *mapping)
{
	struct image_entry entries[CHUNKS];
	size_t num = 0;

	for (u64 chunk = 0; chunk < CHUNKS; chunk++)
		if (mapping[chunk] != UNMAPPED)
			entries[num++] = (struct image_entry){ chunk, mapping[chunk] };

	return image_tree(&model->image, entries, num);
}

/* The second volume shares all with the first, the third all but a few chunks. */
static void plant_volumes(struct model *model)
{
	model->root[0] = plant_volume(model, model->mapping[0]);
	model->root[1] = model->root[0];
	model->root[2] = model->root[0];
	for (u32 chunk = 3; chunk < CHUNKS; chunk += 40) {
		if (model->mapping[2][chunk] == UNMAPPED)
			continue;
		model->mapping[2][chunk] = image_mapping(chunk, 0, 5);
		model->root[2] = image_change(&model->image, model->root[2], chunk,
					      model->mapping[2][chunk]);
	}
	for (u32 chunk = 0; chunk < CHUNKS; chunk++)
		model->mapping[3][chunk] = UNMAPPED;
	model->root[3] = plant_volume(model, model->mapping[3]);
}

static u64 plant_roots(struct model *model)
{
	struct image_entry entries[VOLUMES];

	for (u32 i = 0; i < VOLUMES; i++)
		entries[i] = (struct image_entry){ i + 1, model->root[i] };

	return image_tree(&model->image, entries, VOLUMES);
}

static u64 plant_details(struct model *model)
{
	struct image_device devices[VOLUMES] = { };

	for (u32 i = 0; i < VOLUMES; i++) {
		devices[i] = (struct image_device){
			.id = i + 1,
			.transaction = 10 + i,
			.created = i,
			.snapshotted = 100 + i,
			.origin = i == 1 || i == 2 ? 1 : IMAGE_NO_ORIGIN,
		};
		for (u32 chunk = 0; chunk < CHUNKS; chunk++)
			devices[i].mapped += model->mapping[i][chunk] != UNMAPPED;
	}

	return image_details(&model->image, devices, VOLUMES, model->variant.record);
}

/* Blocks of the pool change places, go to two tiers, and some are nowhere. */
static u64 plant_places(struct model *model)
{
	struct image_entry entries[TIER_BLOCKS];
	size_t num = 0;

	for (u64 i = 0; i < TIER_BLOCKS; i++) {
		model->place[i] = some(9) ? image_place(some(2) * 2, (i * 5 + 3) % TIER_BLOCKS) :
				  NOWHERE;
		if (i && !some(3) && model->place[i - 1] != NOWHERE &&
		    (model->place[i - 1] >> 24 & 0xffff) + 1 < TIER_BLOCKS)
			model->place[i] = model->place[i - 1] + (1 << 24);
	}
	for (u64 i = 0; i < TIER_BLOCKS; i++)
		if (model->place[i] != NOWHERE)
			entries[num++] = (struct image_entry){ i, model->place[i] | 0x123 };

	return image_tree(&model->image, entries, num);
}

static struct image_super plant(struct model *model)
{
	struct image_super super = {
		.version = model->variant.version,
		.time = model->time,
		.transaction = 77,
		.data_blocks = POOL_BLOCKS,
		.chunk = CHUNK_SECTORS,
	};

	plant_volumes(model);
	super.mapping_root = plant_roots(model);
	super.details_root = plant_details(model);
	if (model->variant.version == 4 && model->variant.placing != NO_TIERS) {
		super.tiers = 3;
		super.tier_block = TIER_SECTORS;
		super.tier_root = model->variant.placing == TWO_TIERS ?
				  plant_places(model) : image_tree(&model->image, NULL, 0);
	}
	image_super(&model->image, 0, &super);

	return super;
}

static struct model *begin(struct variant variant)
{
	struct model *model = calloc(1, sizeof(*model));

	model->variant = variant;
	model->qv = qv_new();
	model->time = 99;
	image_init(&model->image, calloc(METADATA_BLOCKS, variant.block_size), variant.block_size,
		   METADATA_BLOCKS);
	model->image.node_max = variant.node_max;
	for (int tier = 0; tier < QV_TIERS; tier++) {
		model->tier[tier] = malloc(POOL_BYTES);
		fill(model->tier[tier], POOL_BYTES, tier * 77);
	}
	fill(model->origin, ORIGIN_SIZE, 5);
	map_volume(model);

	return model;
}

static void end(struct model *model)
{
	if (model->pool && !model->item)
		qv_thin_pool_free(model->pool);
	qv_free(model->qv);
	for (int tier = 0; tier < QV_TIERS; tier++)
		free(model->tier[tier]);
	free(model->image.bytes);
	free(model);
}

static void make_devices(struct model *model)
{
	struct qv_thin_config *config = &model->config;

	config->name = "vg1/tp1";
	config->metadata = memory_new(model->qv, model->image.bytes,
				      METADATA_BLOCKS * model->variant.block_size, "tmeta");
	config->transaction = 77;
	config->chunk = CHUNK;
	config->has_tiers = model->variant.placing != NO_TIERS;
	if (!config->has_tiers)
		config->tiers[0] = memory_new(model->qv, model->tier[0], POOL_BYTES, "tdata");
	if (model->variant.placing == TWO_TIERS)
		config->tiers[0] = memory_new(model->qv, model->tier[0], POOL_BYTES, "tier0");
	if (config->has_tiers)
		config->tiers[2] = memory_new(model->qv, model->tier[2], POOL_BYTES, "tier2");
}

static int open_pool(struct model *model)
{
	return qv_thin_pool_open(model->qv, &model->config, &model->info, &model->pool);
}

/* Opens the pool and all volumes; the last one has an origin. */
static bool open_all(struct model *model)
{
	struct qv_dev *origin;

	make_devices(model);
	origin = memory_new(model->qv, model->origin, ORIGIN_SIZE, "origin");
	if (open_pool(model)) {
		ktap_remark("error", qv_error_text(model->qv));
		return false;
	}
	for (int i = 0; i < VOLUMES; i++) {
		model->dev[i] = qv_thin_new(model->pool, i + 1, SIZE, i == 3 ? origin : NULL,
					    "vg1/lv");
		if (!model->dev[i])
			return false;
	}

	return true;
}

static u8 pool_byte(const struct model *model, u64 start)
{
	u64 place;

	if (model->variant.placing != TWO_TIERS)
		return model->tier[model->variant.placing == ONE_TIER ? 2 : 0][start];

	place = model->place[start / TIER_BLOCK];
	if (place == NOWHERE)
		return 0;

	return model->tier[place >> 61][(place >> 24 & 0xffff) * TIER_BLOCK + start % TIER_BLOCK];
}

/* What a volume should contain. */
static u8 volume_byte(const struct model *model, int volume, u64 start)
{
	const u64 mapping = model->mapping[volume][start / CHUNK];

	if (mapping == UNMAPPED)
		return volume == 3 && start < ORIGIN_SIZE ? model->origin[start] : 0;
	if (mapping >> 22 & 3)
		return 0;

	return pool_byte(model, (mapping >> 24) * CHUNK + start % CHUNK);
}

static bool is_right(const struct model *model, int volume, const u8 *bytes, u64 start, u64 len)
{
	for (u64 i = 0; i < len; i++)
		if (bytes[i] != volume_byte(model, volume, start + i))
			return false;

	return true;
}

/* Reading all of a volume */

static u8 buffer[SIZE];

static bool reads_whole(const struct model *model, int volume)
{
	memset(buffer, 0xee, SIZE);

	return !qv_dev_read(model->dev[volume], buffer, SIZE, 0) &&
	       is_right(model, volume, buffer, 0, SIZE);
}

static bool reads_parts(const struct model *model, int volume)
{
	for (int i = 0; i < 120; i++) {
		const u64 start = some(SIZE), len = 1 + some(i % 3 ? 600 : 5 * CHUNK);
		const u64 part = len < SIZE - start ? len : SIZE - start;

		if (qv_dev_read(model->dev[volume], buffer, part, start) ||
		    !is_right(model, volume, buffer, start, part))
			return false;
	}

	return true;
}

static bool is_right_extent(const struct model *model, int volume, const struct qv_extent *extent)
{
	memset(buffer, 0, extent->length);
	if (extent->kind == QV_EXTENT_BAD)
		return false;
	if (extent->kind == QV_EXTENT_DATA &&
	    qv_dev_read((struct qv_dev *)extent->below, buffer, extent->length, extent->physical))
		return false;

	return is_right(model, volume, buffer, extent->start, extent->length);
}

static bool is_one(const struct qv_extent *before, const struct qv_extent *extent)
{
	if (before->kind != extent->kind)
		return false;

	return extent->kind == QV_EXTENT_ZERO ||
	       (before->below == extent->below &&
		before->physical + before->length == extent->physical);
}

/* Extents have the right contents, one begins where the other ends, and none could be longer. */
static bool has_extents(const struct model *model, int volume)
{
	struct qv_extent extent, before = { .kind = QV_EXTENT_BAD };

	for (u64 start = 0; start < SIZE; start += extent.length) {
		if (qv_dev_extent(model->dev[volume], start, UINT64_MAX, &extent) ||
		    extent.start != start || !extent.length || extent.length > SIZE - start ||
		    is_one(&before, &extent) || !is_right_extent(model, volume, &extent))
			return false;
		before = extent;
	}

	return true;
}

static bool has_short_extents(const struct model *model, int volume)
{
	struct qv_extent extent;

	for (int i = 0; i < 100; i++) {
		const u64 start = some(SIZE), len = 1 + some(3 * CHUNK);

		if (qv_dev_extent(model->dev[volume], start, len, &extent) ||
		    extent.start != start || !extent.length || extent.length > len ||
		    !is_right_extent(model, volume, &extent))
			return false;
	}

	return true;
}

static void test_volumes(struct variant variant)
{
	struct model *model = begin(variant);
	char name[160];
	bool good[4] = { true, true, true, true };

	plant(model);
	if (open_all(model)) {
		for (int i = 0; i < VOLUMES; i++) {
			good[0] &= reads_whole(model, i);
			good[1] &= reads_parts(model, i);
			good[2] &= has_extents(model, i);
			good[3] &= has_short_extents(model, i);
		}
	} else {
		good[0] = false;
	}
	snprintf(name, sizeof(name),
		 "version %u, blocks of %u, records of %u, nodes of %u, %s:%s%s%s%s",
		 variant.version, variant.block_size, variant.record, variant.node_max,
		 placing_names[variant.placing], good[0] ? "" : " whole", good[1] ? "" : " parts",
		 good[2] ? "" : " extents", good[3] ? "" : " short extents");
	ktap_check(good[0] && good[1] && good[2] && good[3] && !qv_num_remarks(model->qv), name);
	end(model);
}

static void test_version(u32 block_size, u32 version)
{
	static const u32 nodes[] = { 0, 3, 7 }, records[] = { 0, 32, 32, 32, 44 };
	struct variant variant = { block_size, version, records[version], 0, NO_TIERS };

	for (int i = 0; i < 3; i++) {
		variant.node_max = nodes[i];
		variant.placing = NO_TIERS;
		test_volumes(variant);
		variant.placing = ONE_TIER;
		test_volumes(variant);
		variant.placing = TWO_TIERS;
		if (version == 4)
			test_volumes(variant);
	}
}

static void test_variants(void)
{
	for (u32 version = 1; version <= 4; version++) {
		test_version(4096, version);
		test_version(8192, version);
	}
	test_volumes((struct variant){ 4096, 2, 24, 0, NO_TIERS });
	test_volumes((struct variant){ 8192, 3, 44, 0, ONE_TIER });
}

/* Many at once */

#define THREADS		4
#define PART		5000

static void *read_all(void *data)
{
	struct model *model = data;
	u8 part[PART];

	for (int round = 0; round < 4 * VOLUMES; round++) {
		const int volume = round % VOLUMES;

		for (u64 start = 0; start + PART <= SIZE; start += PART) {
			if (qv_dev_read(model->dev[volume], part, PART, start) ||
			    (round < VOLUMES && !is_right(model, volume, part, start, PART)))
				return model;
		}
	}

	return NULL;
}

static void test_threads(void)
{
	struct model *model = begin((struct variant){ 8192, 4, 44, 3, TWO_TIERS });
	pthread_t threads[THREADS];
	bool good;
	void *ret;

	plant(model);
	good = open_all(model);
	for (int i = 0; i < THREADS; i++)
		good &= !pthread_create(&threads[i], NULL, read_all, model);
	for (int i = 0; i < THREADS; i++)
		good &= !pthread_join(threads[i], &ret) && !ret;
	ktap_check(good, "threads");
	end(model);
}

/* What is known of volumes */

struct listed {
	struct qv_thin_device device[VOLUMES + 1];
	int num;
	int limit;
};

static int list(const struct qv_thin_device *device, void *data)
{
	struct listed *listed = data;

	if (listed->num <= VOLUMES)
		listed->device[listed->num++] = *device;

	return listed->num == listed->limit ? 55 : 0;
}

static bool is_device(const struct model *model, const struct qv_thin_device *device, u32 i)
{
	const bool snapshot = model->variant.record > 24 && (i == 1 || i == 2);
	u64 mapped = 0;

	for (u32 chunk = 0; chunk < CHUNKS; chunk++)
		mapped += model->mapping[i][chunk] != UNMAPPED;

	return device->id == i + 1 && device->mapped == mapped && device->transaction == 10 + i &&
	       device->creation_time == i && device->snapshotted_time == 100 + i &&
	       device->is_snapshot == snapshot && device->origin == snapshot;
}

static void give_item(struct model *model)
{
	model->item = qv_item_new(model->qv, QV_ITEM_POOL, NULL, "vg1/tp1");
	qv_found(model->item)->pool = model->pool;
}

static void test_details(u32 version, u32 record)
{
	struct model *model = begin((struct variant){ 8192, version, record, 0, NO_TIERS });
	struct listed listed = { };
	struct qv_thin_device device;
	char name[64];
	bool good;

	plant(model);
	good = open_all(model);
	give_item(model);
	good = good && !qv_pool_devices(model->item, list, &listed) && listed.num == VOLUMES &&
	       model->info.num_volumes == VOLUMES;
	for (u32 i = 0; good && i < VOLUMES; i++)
		good = is_device(model, &listed.device[i], i) &&
		       !qv_thin_find(model->pool, i + 1, &device) && is_device(model, &device, i);
	good = good && qv_thin_find(model->pool, 9, &device) == -QV_ERR_NOT_FOUND &&
	       strstr(qv_error_text(model->qv), "no volume with the number 9") &&
	       !qv_thin_new(model->pool, 9, SIZE, NULL, "vg1/lv9");
	listed = (struct listed){ .limit = 2 };
	good = good && qv_pool_devices(model->item, list, &listed) == 55;
	snprintf(name, sizeof(name), "devices: records of %u bytes", record);
	ktap_check(good && qv_pool_num_blocks(model->item) == POOL_BLOCKS, name);
	end(model);
}

struct mapped {
	u64 mapping[CHUNKS];
	u64 end;
	bool good;
	struct qv_mapping last;
};

static int take_mapping(const struct qv_mapping *mapping, void *data)
{
	struct mapped *mapped = data;
	const struct qv_mapping *last = &mapped->last;

	mapped->good &= mapping->count && mapping->chunk >= mapped->end &&
			mapping->chunk + mapping->count <= CHUNKS;
	if (last->count && mapping->chunk == mapped->end &&
	    mapping->block == last->block + last->count && mapping->time == last->time &&
	    mapping->zeroed == last->zeroed)
		mapped->good = false;
	if (!mapped->good)
		return 1;
	for (u64 i = 0; i < mapping->count; i++)
		mapped->mapping[mapping->chunk + i] =
			image_mapping(mapping->block + i, mapping->zeroed, mapping->time);
	mapped->end = mapping->chunk + mapping->count;
	mapped->last = *mapping;

	return 0;
}

static bool is_same_mapping(u64 one, u64 other)
{
	const u64 zeroed = 3 << 22;

	return (one & ~zeroed) == (other & ~zeroed) && !(one & zeroed) == !(other & zeroed);
}

static bool has_mappings(struct model *model, int volume)
{
	struct mapped mapped = { .good = true };

	memset(mapped.mapping, 0xff, sizeof(mapped.mapping));
	if (qv_pool_mappings(model->item, volume + 1, take_mapping, &mapped))
		return false;
	for (u32 chunk = 0; chunk < CHUNKS; chunk++)
		if (mapped.mapping[chunk] != model->mapping[volume][chunk] &&
		    (mapped.mapping[chunk] == UNMAPPED ||
		     !is_same_mapping(mapped.mapping[chunk], model->mapping[volume][chunk])))
			return false;

	return true;
}

static int refuse(const struct qv_mapping *mapping, void *data)
{
	(void)mapping;
	++*(int *)data;

	return -QV_ERR_DAMAGED;
}

static void test_mappings(u32 node_max)
{
	struct model *model = begin((struct variant){ 8192, 4, 44, node_max, ONE_TIER });
	int calls = 0;
	bool good;

	plant(model);
	good = open_all(model);
	give_item(model);
	for (int i = 0; i < VOLUMES; i++)
		good = good && has_mappings(model, i);
	ktap_check(good, "mappings of all volumes");
	ktap_check(qv_pool_mappings(model->item, 9, take_mapping, NULL) == -QV_ERR_NOT_FOUND,
		   "mappings of no volume");
	ktap_check(qv_pool_mappings(model->item, 1, refuse, &calls) == -QV_ERR_DAMAGED &&
		   calls == 1, "mappings that nobody wants any more");
	end(model);
}

static void test_no_pool(void)
{
	struct qv *qv = qv_new();
	struct qv_item *item = qv_item_new(qv, QV_ITEM_POOL, NULL, "vg1/tp1");

	ktap_check(!qv_pool_num_blocks(item) &&
		   qv_pool_devices(item, list, NULL) == -QV_ERR_NOT_FOUND &&
		   qv_pool_mappings(item, 1, take_mapping, NULL) == -QV_ERR_NOT_FOUND,
		   "a pool that could not be opened");
	qv_free(qv);
}

/* Mappings of a kind of their own */

static const struct variant plain = { 8192, 4, 44, 3, ONE_TIER };

/* The chunk before a bad one and the one after it can be read. */
static bool is_bad_alone(struct model *model, u32 chunk, const char *why)
{
	struct qv_extent extent;

	return !qv_dev_read(model->dev[0], buffer, CHUNK, (chunk - 1) * CHUNK) &&
	       is_right(model, 0, buffer, (chunk - 1) * CHUNK, CHUNK) &&
	       !qv_dev_read(model->dev[0], buffer, CHUNK, (chunk + 1) * CHUNK) &&
	       is_right(model, 0, buffer, (chunk + 1) * CHUNK, CHUNK) &&
	       qv_dev_read(model->dev[0], buffer, 1, (chunk + 1) * CHUNK - 1) ==
	       -QV_ERR_UNREADABLE && strstr(qv_error_text(model->qv), why) &&
	       qv_dev_read(model->dev[0], buffer, SIZE, 0) == -QV_ERR_UNREADABLE &&
	       !qv_dev_extent(model->dev[0], chunk * CHUNK, SIZE, &extent) &&
	       extent.kind == QV_EXTENT_BAD && extent.length == CHUNK;
}

static void test_beyond(u64 block, const char *name)
{
	struct model *model = begin(plain);
	bool good;

	model->mapping[0][7] = image_mapping(block, 0, 1);
	model->mapping[0][6] = image_mapping(3, 0, 1);
	model->mapping[0][8] = image_mapping(4, 0, 1);
	plant(model);
	good = open_all(model);
	ktap_check(good && is_bad_alone(model, 7, "is beyond the end of the pool"), name);
	end(model);
}

static void test_short_device(u64 missing)
{
	struct model *model = begin(plain);
	const u64 there = CHUNK - missing;
	struct qv_extent extent;
	bool good;

	model->mapping[0][7] = image_mapping(POOL_BLOCKS - 1, 0, 1);
	model->mapping[0][6] = image_mapping(3, 0, 1);
	model->mapping[0][8] = image_mapping(4, 0, 1);
	plant(model);
	make_devices(model);
	model->config.tiers[2] = memory_new(model->qv, model->tier[2],
					    POOL_BYTES - missing, "short");
	good = !open_pool(model);
	model->dev[0] = good ? qv_thin_new(model->pool, 1, SIZE, NULL, "vg1/lv") : NULL;
	if (missing == CHUNK) {
		ktap_check(good && is_bad_alone(model, 7, "is beyond the end of the device"),
			   "a device that lacks a chunk");
	} else {
		ktap_check(good && !qv_dev_read(model->dev[0], buffer, there, 7 * CHUNK) &&
			   is_right(model, 0, buffer, 7 * CHUNK, there) &&
			   qv_dev_read(model->dev[0], buffer, there + 1, 7 * CHUNK) ==
			   -QV_ERR_UNREADABLE &&
			   !qv_dev_extent(model->dev[0], 7 * CHUNK, CHUNK, &extent) &&
			   extent.kind == QV_EXTENT_DATA && extent.length == there,
			   "a device that lacks a part of a chunk");
	}
	end(model);
}

/* A stock pool that has counted so far that the bits which say "zeros" belong to the time. */
static void test_time_bits(u64 time, bool zeroed)
{
	struct model *model = begin((struct variant){ 4096, 2, 24, 0, NO_TIERS });
	bool good;

	model->time = time;
	model->mapping[0][5] = image_mapping(9, 1, 17);
	plant(model);
	good = open_all(model) && !qv_dev_read(model->dev[0], buffer, CHUNK, 5 * CHUNK);
	if (zeroed)
		good = good && is_right(model, 0, buffer, 5 * CHUNK, CHUNK);
	else
		good = good && !memcmp(buffer, model->tier[0] + 9 * CHUNK, CHUNK);
	ktap_check(good, zeroed ? "bits of the time that say zeros" : "bits that are the time's");
	end(model);
}

/* Damage */

static u64 first_leaf(const struct model *model, u64 root)
{
	const u8 *node = image_block(&model->image, root);

	while (node[4] == 1) {
		root = qv_le64(node + 32 + 8 * qv_le32(node + 20));
		node = image_block(&model->image, root);
	}

	return root;
}

static bool is_noted(const struct model *model, const char *place, const char *text)
{
	for (size_t i = 0; i < qv_num_remarks(model->qv); i++)
		if (!strcmp(qv_remark(model->qv, i).place, place) &&
		    strstr(qv_remark(model->qv, i).text, text))
			return true;

	return false;
}

static void test_lost_leaf(void)
{
	struct model *model = begin(plain);
	struct qv_extent extent;
	char place[64];
	u64 leaf;
	bool good;

	for (u32 chunk = 0; chunk < 4; chunk++)
		model->mapping[0][chunk] = image_mapping(chunk, 0, 1);
	memcpy(model->mapping[1], model->mapping[0], sizeof(model->mapping[0]));
	memcpy(model->mapping[2], model->mapping[0], sizeof(model->mapping[0]));
	plant(model);
	leaf = first_leaf(model, model->root[0]);
	image_block(&model->image, leaf)[200] ^= 1;
	good = open_all(model);
	snprintf(place, sizeof(place), "vg1/tp1 metadata block %llu", leaf);
	ktap_check(good && qv_dev_read(model->dev[0], buffer, 1, 0) == -QV_ERR_UNREADABLE &&
		   qv_dev_read(model->dev[0], buffer, 1, 3 * CHUNK - 1) == -QV_ERR_UNREADABLE &&
		   !qv_dev_extent(model->dev[0], 5, SIZE, &extent) &&
		   extent.kind == QV_EXTENT_BAD && extent.length == 3 * CHUNK - 5,
		   "damaged leaf: its chunks");
	ktap_check(!qv_dev_read(model->dev[0], buffer, SIZE - 3 * CHUNK, 3 * CHUNK) &&
		   is_right(model, 0, buffer, 3 * CHUNK, SIZE - 3 * CHUNK),
		   "damaged leaf: all others");
	ktap_check(is_noted(model, place, "chunks of volume 1: 0 to 2"), "damaged leaf: noted");
	end(model);
}

static void test_lost_root(void)
{
	struct model *model = begin(plain);
	bool good;

	plant(model);
	image_block(&model->image, model->root[0])[200] ^= 1;
	make_devices(model);
	good = !open_pool(model);
	ktap_check(good && !qv_thin_new(model->pool, 1, SIZE, NULL, "vg1/lv") &&
		   strstr(qv_error_text(model->qv), "mappings of volume 1 are lost") &&
		   qv_thin_new(model->pool, 3, SIZE, NULL, "vg1/lv"), "damaged root of a volume");
	end(model);
}

static void test_lost_details(void)
{
	struct model *model = begin(plain);
	const struct image_super super = plant(model);
	struct qv_thin_device device;
	struct listed listed = { };
	bool good;

	image_block(&model->image, super.details_root)[200] ^= 1;
	good = open_all(model);
	give_item(model);
	ktap_check(good && reads_whole(model, 0), "damaged details: the data is there");
	ktap_check(!qv_thin_find(model->pool, 2, &device) && device.id == 2 &&
		   qv_thin_find(model->pool, 9, &device) == -QV_ERR_DAMAGED,
		   "damaged details: volumes are found by their mappings");
	ktap_check(qv_pool_devices(model->item, list, &listed) == -QV_ERR_DAMAGED,
		   "damaged details: the list is not complete");
	end(model);
}

static void test_odd_record(void)
{
	struct model *model = begin((struct variant){ 8192, 4, 48, 0, ONE_TIER });
	struct listed listed = { };
	bool good;

	plant(model);
	good = open_all(model);
	give_item(model);
	ktap_check(good && qv_pool_devices(model->item, list, &listed) == -QV_ERR_DAMAGED &&
		   !listed.num, "records of a length that is not known");
	end(model);
}

/* Tiers */

static bool opens_as(struct model *model, enum qv_tier_map map, unsigned int tier)
{
	const int ret = open_pool(model);

	if (ret)
		ktap_remark("error", qv_error_text(model->qv));

	return !ret && model->info.map == map && (map == QV_TIER_TREE || model->info.tier == tier);
}

static bool fails_with(struct model *model, enum qv_error error, const char *text)
{
	return open_pool(model) == -(int)error && strstr(qv_error_text(model->qv), text);
}

static void test_map_one(void)
{
	struct model *model = begin(plain);

	plant(model);
	make_devices(model);
	ktap_check(opens_as(model, QV_TIER_IDENTITY, 2) && !qv_num_remarks(model->qv),
		   "map: empty tree, last tier");
	qv_thin_pool_free(model->pool);
	model->pool = NULL;
	model->config.map = QV_TIER_TREE;
	ktap_check(opens_as(model, QV_TIER_TREE, 0), "map: empty tree, but it is wanted");
	qv_thin_pool_free(model->pool);
	model->pool = NULL;
	model->config.map = QV_TIER_IDENTITY;
	ktap_check(fails_with(model, QV_ERR_INCOMPLETE, "on tier 0 (SSD)"),
		   "map: a tier that is not there");
	model->config.map = QV_TIER_AUTO;
	model->config.tiers[1] = model->config.tiers[2];
	model->config.tiers[2] = NULL;
	ktap_check(opens_as(model, QV_TIER_IDENTITY, 1) && !qv_num_remarks(model->qv),
		   "map: empty tree, no tier 2");
	qv_thin_pool_free(model->pool);
	model->pool = NULL;
	model->config.tiers[0] = model->config.tiers[1];
	ktap_check(opens_as(model, QV_TIER_IDENTITY, 1) &&
		   is_noted(model, "vg1/tp1", "taken to be on tier 1"),
		   "map: empty tree, two tiers");
	qv_thin_pool_free(model->pool);
	model->pool = NULL;
	model->config.missing[2] = true;
	ktap_check(fails_with(model, QV_ERR_INCOMPLETE, "on tier 2 (large disks)"),
		   "map: empty tree, tier 2 is missing, and no other is taken for it");
	end(model);
}

static void test_map_none(void)
{
	struct model *model = begin((struct variant){ 8192, 4, 44, 0, NO_TIERS });

	plant(model);
	make_devices(model);
	ktap_check(opens_as(model, QV_TIER_NONE, 0) &&
		   model->info.tiers[0] == model->config.tiers[0], "map: no tiers");
	qv_thin_pool_free(model->pool);
	model->pool = NULL;
	model->config.map = QV_TIER_TREE;
	ktap_check(opens_as(model, QV_TIER_NONE, 0), "map: no tiers, whatever is wanted of tiers");
	qv_thin_pool_free(model->pool);
	model->pool = NULL;
	model->config.map = QV_TIER_IDENTITY;
	model->config.tier = 2;
	ktap_check(opens_as(model, QV_TIER_NONE, 0), "map: no tiers, nor the tier that is wanted");
	qv_thin_pool_free(model->pool);
	model->pool = NULL;
	model->config.has_tiers = true;
	model->config.map = QV_TIER_TREE;
	ktap_check(fails_with(model, QV_ERR_NOT_FOUND, "no map of tiers"),
		   "map: there is none, but it is wanted");
	model->config.has_tiers = false;
	model->config.map = QV_TIER_AUTO;
	model->config.tiers[0] = NULL;
	ktap_check(fails_with(model, QV_ERR_INCOMPLETE, "not here"), "map: no device");
	end(model);
}

static void test_missing_tier(void)
{
	struct model *model = begin((struct variant){ 8192, 4, 44, 3, TWO_TIERS });
	struct qv_extent extent;
	u64 place, start = 0;
	bool good, bad;

	plant(model);
	make_devices(model);
	model->config.tiers[0] = NULL;
	model->config.missing[0] = true;
	good = opens_as(model, QV_TIER_TREE, 0) && is_noted(model, "vg1/tp1", "tier 0 (SSD)");
	ktap_check(good, "a missing tier: noted");
	model->dev[0] = qv_thin_new(model->pool, 1, SIZE, NULL, "vg1/lv");
	for (; good && start < SIZE; start += 512) {
		const u64 mapping = model->mapping[0][start / CHUNK];

		place = mapping == UNMAPPED || mapping >> 22 & 3 ? NOWHERE :
			model->place[(mapping >> 24) * CHUNK / TIER_BLOCK];
		bad = place != NOWHERE && !(place >> 61);
		good = !qv_dev_extent(model->dev[0], start, 512, &extent) &&
		       (extent.kind == QV_EXTENT_BAD) == bad &&
		       qv_dev_read(model->dev[0], buffer, 512, start) ==
		       (bad ? -QV_ERR_UNREADABLE : 0) &&
		       (bad ? !!strstr(qv_error_text(model->qv),
				       "on tier 0 (SSD) that is not here") :
			is_right(model, 0, buffer, start, 512));
	}
	ktap_check(good, "a missing tier: what is on it, and all else");
	end(model);
}

static void test_odd_tiers(void)
{
	struct model *model = begin((struct variant){ 8192, 4, 44, 3, TWO_TIERS });
	struct image_super super = plant(model);

	super.tier_block = 0;
	image_super(&model->image, 0, &super);
	make_devices(model);
	ktap_check(fails_with(model, QV_ERR_DAMAGED, "blocks of 0 sectors"),
		   "tiers with blocks of no length");
	super.tier_block = TIER_SECTORS;
	super.tiers = 4;
	image_super(&model->image, 0, &super);
	make_devices(model);
	ktap_check(fails_with(model, QV_ERR_DAMAGED, "4 tiers"), "four tiers");
	super.tiers = 3;
	image_super(&model->image, 0, &super);
	image_block(&model->image, super.tier_root)[500] ^= 1;
	make_devices(model);
	ktap_check(fails_with(model, QV_ERR_DAMAGED, "map of tiers"), "a map that is damaged");
	model->config.has_tiers = false;
	model->config.tiers[0] = model->config.tiers[2];
	image_block(&model->image, super.tier_root)[500] ^= 1;
	model->config.metadata = memory_new(model->qv, model->image.bytes,
					    METADATA_BLOCKS * 8192, "tmeta");
	ktap_check(fails_with(model, QV_ERR_INCOMPLETE, "one data device"),
		   "a map of tiers that the group does not know");
	end(model);
}

/* Volumes that begin with ext4 only if blocks are found in one way. */
static bool warns(struct model *model, const char *text)
{
	struct qv_item *item = qv_item_new(model->qv, QV_ITEM_VOLUME, NULL, "vg1/lv1");
	bool good = !open_pool(model);

	if (!good)
		return false;
	qv_item_set_dev(item, qv_thin_new(model->pool, 1, SIZE, NULL, "vg1/lv1"));
	qv_thin_check_map(model->pool, item);
	good = text ? item->why && strstr(item->why, text) && item->state == QV_READABLE_WARNING :
	       !item->why;
	if (!good && item->why)
		ktap_remark("warning", item->why);
	qv_thin_pool_free(model->pool);
	model->pool = NULL;

	return good;
}

static void test_check_map(void)
{
	struct model *model = begin((struct variant){ 8192, 4, 44, 3, TWO_TIERS });
	u8 *super = model->tier[2] + 40 * CHUNK + 1024;

	model->mapping[0][0] = image_mapping(40, 0, 0);
	plant(model);
	for (int tier = 0; tier < QV_TIERS; tier++)
		memset(model->tier[tier], 0x5a, POOL_BYTES);
	make_devices(model);
	ktap_check(warns(model, NULL), "content: unknown, and nobody has decided");
	model->config.map = QV_TIER_IDENTITY;
	model->config.tier = 2;
	ktap_check(warns(model, "nothing that is known"), "content: unknown, and one has");

	memset(super, 0, 1024);
	put_le16(super + 0x38, 0xef53);
	model->config.tiers[2] = memory_new(model->qv, model->tier[2], POOL_BYTES, "tier2");
	ktap_check(warns(model, NULL), "content: ext, found as one has decided");
	model->config.map = QV_TIER_AUTO;
	ktap_check(warns(model, "--tier-map=identity:2 it would begin with ext2"),
		   "content: ext, found in another way");
	end(model);
}

static void test_notes(void)
{
	struct model *model = begin(plain);
	bool good;

	plant(model);
	make_devices(model);
	model->config.transaction = 78;
	model->config.chunk = 2 * CHUNK;
	good = !open_pool(model);
	ktap_check(good && is_noted(model, "vg1/tp1", "transaction 78, the metadata of 77") &&
		   is_noted(model, "vg1/tp1", "chunks have 16384 bytes"),
		   "a group that says something else");
	ktap_check(model->info.version == 4 && model->info.qnap &&
		   model->info.block_size == 8192 && !model->info.superblock &&
		   model->info.transaction == 77 && model->info.chunk == CHUNK,
		   "what is known of a pool");
	end(model);
}

int main(void)
{
	ktap_begin();
	test_variants();
	test_threads();
	test_details(2, 24);
	test_details(3, 32);
	test_details(4, 44);
	test_mappings(0);
	test_mappings(3);
	test_no_pool();
	test_beyond(POOL_BLOCKS, "a block just beyond the end");
	test_beyond((1ull << 40) - 1, "a block far beyond the end");
	test_short_device(CHUNK);
	test_short_device(CHUNK / 2);
	test_time_bits(0x3fffff, true);
	test_time_bits(0x400000, false);
	test_lost_leaf();
	test_lost_root();
	test_lost_details();
	test_odd_record();
	test_map_one();
	test_map_none();
	test_missing_tier();
	test_odd_tiers();
	test_check_map();
	test_notes();

	return ktap_end();
}
