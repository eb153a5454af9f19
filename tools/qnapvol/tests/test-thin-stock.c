// SPDX-License-Identifier: GPL-2.0-only
/* Test of stock metadata, as thin_restore of the thin-provisioning tools makes it from a list */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ktap.h"
#include "memory.h"
#include "source.h"
#include "thin.h"

/* More than a root and its children hold: 252 entries in a node. */
#define MANY		400000
#define POOL_BLOCKS	1000003
#define CHUNK_SECTORS	128

#define METADATA_SIZE	(64 << 20)
#define LAST_DEVICE	0xffffff
#define LAST_CHUNK	4000000000

#define TOOL		"/usr/sbin/thin_restore"

struct files {
	char directory[32];
	char list[64];
	char metadata[64];
};

/* Device 1 has single chunks, mapped in disorder; device 2 has ranges. */
static u64 chunk_of(u64 i)
{
	return i * 3 / 2;
}

static u64 block_of(u64 i)
{
	return i * 7919 % POOL_BLOCKS;
}

static u32 time_of(u64 i)
{
	return i / 1000 % 5;
}

#define RANGES		2000
#define RANGE_STEP	1000

static u64 range_length(u64 i)
{
	return 1 + i * 37 % RANGE_STEP;
}

static void begin_device(FILE *list, u32 id, u64 mapped, u32 number)
{
	fprintf(list, "<device dev_id=\"%u\" mapped_blocks=\"%llu\" ", id, mapped);
	fprintf(list, "transaction=\"%u\" ", 2 + number);
	fprintf(list, "creation_time=\"%u\" snap_time=\"%u\">\n", number, number);
}

static void write_single(FILE *list, u64 chunk, u64 block, u32 time)
{
	fprintf(list, "<single_mapping origin_block=\"%llu\" data_block=\"%llu\" time=\"%u\"/>\n",
		chunk, block, time);
}

static void write_range(FILE *list, u64 chunk, u64 block, u64 count)
{
	fprintf(list, "<range_mapping origin_begin=\"%llu\" data_begin=\"%llu\" ", chunk, block);
	fprintf(list, "length=\"%llu\" time=\"1\"/>\n", count);
}

static void write_devices(FILE *list)
{
	u64 mapped = 0;

	begin_device(list, 1, MANY, 1);
	for (u64 i = 0; i < MANY; i++)
		write_single(list, chunk_of(i), block_of(i), time_of(i));
	fprintf(list, "</device>\n");
	for (u64 i = 0; i < RANGES; i++)
		mapped += range_length(i);
	begin_device(list, 2, mapped, 2);
	for (u64 i = 0; i < RANGES; i++)
		write_range(list, i * RANGE_STEP, i * 100, range_length(i));
	fprintf(list, "</device>\n");
	begin_device(list, 3, 0, 3);
	fprintf(list, "</device>\n");
	begin_device(list, LAST_DEVICE, 1, 4);
	write_single(list, LAST_CHUNK, POOL_BLOCKS - 1, 4);
	fprintf(list, "</device>\n");
}

static bool write_list(const char *path)
{
	FILE *list = fopen(path, "w");

	if (!list)
		return false;

	fprintf(list, "<superblock uuid=\"\" time=\"5\" transaction=\"9\" flags=\"0\" ");
	fprintf(list, "version=\"2\" data_block_size=\"%u\" ", CHUNK_SECTORS);
	fprintf(list, "nr_data_blocks=\"%u\">\n", POOL_BLOCKS);
	write_devices(list);
	fprintf(list, "</superblock>\n");

	return !fclose(list);
}

static bool make_metadata(struct files *files)
{
	char command[256];
	FILE *metadata;

	*files = (struct files){ .directory = "/tmp/test-thin-stock.XXXXXX" };
	if (!mkdtemp(files->directory))
		return false;
	snprintf(files->list, sizeof(files->list), "%s/list", files->directory);
	snprintf(files->metadata, sizeof(files->metadata), "%s/metadata", files->directory);
	metadata = fopen(files->metadata, "w");
	if (!metadata || ftruncate(fileno(metadata), METADATA_SIZE) || fclose(metadata) ||
	    !write_list(files->list))
		return false;
	snprintf(command, sizeof(command), "%s -q -i %s -o %s >&2", TOOL, files->list,
		 files->metadata);

	return !system(command);
}

static void remove_files(const struct files *files)
{
	unlink(files->list);
	unlink(files->metadata);
	rmdir(files->directory);
}

/* What is read back. Runs were merged, so each is taken apart again. */

struct reading {
	u64 num;
	bool good;
};

static int take_single(const struct qv_mapping *mapping, void *data)
{
	struct reading *reading = data;

	for (u64 i = 0; i < mapping->count; i++, reading->num++) {
		reading->good &= mapping->chunk + i == chunk_of(reading->num) &&
				 mapping->block + i == block_of(reading->num) &&
				 mapping->time == time_of(reading->num) && !mapping->zeroed;
	}

	return !reading->good;
}

/* Ranges that continue each other in the volume do not in the pool. */
static int take_range(const struct qv_mapping *mapping, void *data)
{
	struct reading *reading = data;
	const u64 i = reading->num++;

	reading->good &= mapping->chunk == i * RANGE_STEP && mapping->block == i * 100 &&
			 mapping->count == range_length(i) && mapping->time == 1 &&
			 !mapping->zeroed;

	return !reading->good;
}

static int take_last(const struct qv_mapping *mapping, void *data)
{
	struct reading *reading = data;

	reading->num++;
	reading->good &= mapping->chunk == LAST_CHUNK && mapping->block == POOL_BLOCKS - 1 &&
			 mapping->count == 1 && mapping->time == 4 && !mapping->zeroed;

	return 0;
}

static void test_mappings(const struct qv_item *item, u32 device, qv_mapping_fn fn, u64 num,
			  const char *name)
{
	struct reading reading = { .good = true };

	ktap_check(!qv_pool_mappings(item, device, fn, &reading) && reading.good &&
		   reading.num == num, name);
}

static int take_device(const struct qv_thin_device *device, void *data)
{
	static const u32 ids[] = { 1, 2, 3, LAST_DEVICE };
	struct reading *reading = data;
	const u64 i = reading->num++;

	reading->good &= i < 4 && device->id == ids[i] && device->transaction == 3 + i &&
			 device->creation_time == 1 + i && !device->is_snapshot;

	return !reading->good;
}

static void test_pool(struct qv *qv, const struct files *files)
{
	struct qv_thin_config config = { .name = "vg1/tp1", .chunk = CHUNK_SECTORS * 512 };
	struct qv_item *item = qv_item_new(qv, QV_ITEM_POOL, NULL, "vg1/tp1");
	struct reading reading = { .good = true };

	config.metadata = qv_source_open(qv, files->metadata, NULL);
	config.tiers[0] = zero_new(qv, (u64)POOL_BLOCKS * CHUNK_SECTORS * 512, "tdata");
	ktap_check(!qv_thin_pool_open(qv, &config, &item->pool, &qv_found(item)->pool),
		   "stock: open");
	if (!qv_found(item)->pool)
		return;

	ktap_check(item->pool.version == 2 && !item->pool.qnap && item->pool.block_size == 4096 &&
		   item->pool.transaction == 9 && item->pool.map == QV_TIER_NONE,
		   "stock: what it is");
	ktap_check(qv_pool_num_blocks(item) == POOL_BLOCKS, "stock: blocks");
	ktap_check(!qv_pool_devices(item, take_device, &reading) && reading.good &&
		   reading.num == 4, "stock: devices");
	test_mappings(item, 1, take_single, MANY, "stock: single mappings");
	test_mappings(item, 2, take_range, RANGES, "stock: ranges");
	test_mappings(item, 3, take_last, 0, "stock: nothing mapped");
	test_mappings(item, LAST_DEVICE, take_last, 1, "stock: the last device that can be");
	ktap_check(!qv_num_remarks(qv), "stock: nothing is wrong");
}

int main(void)
{
	struct qv *qv = qv_new();
	struct files files;

	ktap_begin();
	if (access(TOOL, X_OK)) {
		ktap_check(true, "stock # SKIP there is no " TOOL);
	} else {
		ktap_check(make_metadata(&files), "stock: thin_restore");
		test_pool(qv, &files);
		remove_files(&files);
	}
	qv_free(qv);

	return ktap_end();
}
