// SPDX-License-Identifier: GPL-2.0-only
/* Tests of superblocks: what they say, and which one is chosen */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ktap.h"
#include "memory.h"
#include "source.h"
#include "thin-image.h"
#include "thin-super.h"

#define BLOCKS	512

/* A superblock of QNAP's own tools: its numbers, where they are, and its checksum. */
static const struct {
	u16 offset;
	u16 size;
	u64 value;
} vector[] = {
	{ 4, 4, 0xc0000000 }, { 32, 8, 27022010 }, { 40, 4, 4 }, { 44, 4, 3 }, { 48, 8, 2 },
	{ 64, 8, 4096 }, { 72, 8, 700 }, { 80, 8, 4 }, { 88, 8, 5 }, { 120, 8, 9 }, { 128, 8, 10 },
	{ 160, 8, 11 }, { 168, 8, 12 }, { 192, 8, 2048 }, { 200, 8, 154 }, { 208, 8, 1 },
	{ 216, 8, 2 }, { 232, 8, 512 }, { 248, 8, 13 }, { 256, 8, 14 }, { 320, 8, 7 },
	{ 328, 8, 6 }, { 336, 4, 1024 }, { 340, 4, 16 }, { 344, 8, 2048 }, { 380, 8, 8 },
	{ 388, 4, 3 }, { 392, 8, 15 }, { 400, 4, 8192 },
};

#define VECTOR_CHECKSUM	0x56480a4c

static void test_vector(void)
{
	u8 raw[QV_BLOCK_SIZE_LARGE] = { };
	struct qv_thin_super super;

	for (size_t i = 0; i < sizeof(vector) / sizeof(*vector); i++) {
		if (vector[i].size == 8)
			put_le64(raw + vector[i].offset, vector[i].value);
		else
			put_le32(raw + vector[i].offset, vector[i].value);
	}
	ktap_check(qv_block_checksum(raw, sizeof(raw), QV_BLOCK_SUPER) == VECTOR_CHECKSUM,
		   "vector: checksum");
	ktap_check(qv_thin_super_parse(raw, sizeof(raw), 0, &super), "vector: is a superblock");
	ktap_check(super.flags == 0xc0000000 && super.version == 4 && super.time == 3 &&
		   super.transaction == 2 && super.qnap, "vector: what it is");
	ktap_check(super.num_blocks == 4096 && super.metadata_blocks == 2048 &&
		   super.mapping_root == 7 && super.details_root == 6 && super.chunk == 1024,
		   "vector: trees and sizes");
	ktap_check(!super.backup && super.num_tiers == 3 && super.tier_root == 15 &&
		   super.tier_block == 8192 && !super.features, "vector: tiers");
}

/* A pool in memory: one volume, and a superblock as wanted */

struct pool {
	struct qv *qv;
	struct thin_image image;
	struct image_super super;
	struct qv_thin_config config;
	struct qv_thin_super found;
	u64 other_root;
};

static void begin(struct pool *pool, u32 block_size, u32 version)
{
	const struct image_entry mapping = { 0, image_mapping(5, 0, 1) };
	const struct image_device device = { .id = 1, .mapped = 1, .origin = IMAGE_NO_ORIGIN };
	struct image_entry volume = { 1, 0 };

	*pool = (struct pool){ .qv = qv_new() };
	image_init(&pool->image, calloc(BLOCKS, block_size), block_size, BLOCKS);
	volume.value = image_tree(&pool->image, &mapping, 1);
	pool->super = (struct image_super){
		.version = version,
		.time = 1,
		.transaction = 10,
		.data_blocks = 100,
		.mapping_root = image_tree(&pool->image, &volume, 1),
		.details_root = image_details(&pool->image, &device, 1, version == 4 ? 44 : 32),
		.chunk = 1024,
		.flags = version > 2 ? 1u << 31 : 0,
	};
	pool->other_root = image_tree(&pool->image, &volume, 1);
	image_super(&pool->image, 0, &pool->super);
}

static int choose(struct pool *pool)
{
	pool->config.name = "vg1/tp1";
	pool->config.metadata = memory_new(pool->qv, pool->image.bytes,
					   pool->image.num_blocks * pool->image.block_size,
					   "tmeta");

	return qv_thin_super_choose(pool->qv, &pool->config, &pool->found);
}

static void end(struct pool *pool)
{
	qv_free(pool->qv);
	free(pool->image.bytes);
}

static bool says(struct pool *pool, const char *text)
{
	bool good = strstr(qv_error_text(pool->qv), text);

	if (!good)
		ktap_remark("error", qv_error_text(pool->qv));

	return good;
}

static bool is_noted(struct pool *pool, const char *place, const char *text)
{
	for (size_t i = 0; i < qv_num_remarks(pool->qv); i++) {
		if (!strcmp(qv_remark(pool->qv, i).place, place) &&
		    strstr(qv_remark(pool->qv, i).text, text))
			return true;
	}

	return false;
}

/* Makes a backup that leads to the same trees, or elsewhere. */
static void add_backup(struct pool *pool, u64 number, u64 backup, u64 transaction, u64 root)
{
	struct image_super super = pool->super;

	super.backup = backup;
	super.transaction = transaction;
	if (root)
		super.mapping_root = root;
	image_super(&pool->image, number, &super);
}

/* The forms that there are */

static void test_form(u32 block_size, u32 version, bool qnap)
{
	struct pool pool;
	char name[64];

	begin(&pool, block_size, version);
	snprintf(name, sizeof(name), "version %u in blocks of %u", version, block_size);
	ktap_check(!choose(&pool) && pool.found.block_size == block_size &&
		   pool.found.version == version && pool.found.qnap == qnap &&
		   !pool.found.block && pool.found.chunk == 1024 &&
		   !pool.found.num_tiers && !qv_num_remarks(pool.qv), name);
	end(&pool);
}

static void test_forms(void)
{
	test_form(4096, 1, false);
	test_form(4096, 2, false);
	test_form(4096, 3, true);
	test_form(4096, 4, true);
	for (u32 version = 1; version <= 4; version++)
		test_form(8192, version, true);
}

static void test_refusals(void)
{
	struct pool pool;

	begin(&pool, 8192, 5);
	ktap_check(choose(&pool) == -QV_ERR_UNSUPPORTED && says(&pool, "version 5"),
		   "version 5 is refused");
	end(&pool);

	begin(&pool, 8192, 4);
	pool.super.incompat = 0x10;
	image_super(&pool.image, 0, &pool.super);
	ktap_check(choose(&pool) == -QV_ERR_UNSUPPORTED && says(&pool, "0x10"),
		   "unknown features are refused");
	end(&pool);

	begin(&pool, 8192, 0);
	ktap_check(choose(&pool) == -QV_ERR_DAMAGED, "version 0 is none");
	end(&pool);

	begin(&pool, 8192, 4);
	pool.super.chunk = 0;
	image_super(&pool.image, 0, &pool.super);
	ktap_check(choose(&pool) == -QV_ERR_DAMAGED && says(&pool, "0 sectors"),
		   "chunks without length are refused");
	end(&pool);

	begin(&pool, 8192, 4);
	pool.super.chunk = (1 << 21) + 1;
	image_super(&pool.image, 0, &pool.super);
	ktap_check(choose(&pool) == -QV_ERR_DAMAGED, "chunks above 1 GiB are refused");
	end(&pool);
}

/* Without any that can be used */

static void test_none(void)
{
	struct pool pool;

	begin(&pool, 8192, 4);
	image_block(&pool.image, 0)[100] ^= 1;
	ktap_check(choose(&pool) == -QV_ERR_DAMAGED && says(&pool, "wrong checksum"),
		   "none: wrong checksum");
	end(&pool);

	begin(&pool, 8192, 4);
	memset(image_block(&pool.image, 0), 0, 8192);
	ktap_check(choose(&pool) == -QV_ERR_DAMAGED && says(&pool, "overwritten"),
		   "none: something else");
	end(&pool);

	begin(&pool, 8192, 4);
	image_block(&pool.image, 0)[8] = 1;
	image_seal(&pool.image, 0, IMAGE_SUPER);
	ktap_check(choose(&pool) == -QV_ERR_DAMAGED, "none: another block's number");
	end(&pool);

	begin(&pool, 8192, 4);
	choose(&pool);
	memory_set_bad(pool.config.metadata, 0, 512);
	ktap_check(qv_thin_super_choose(pool.qv, &pool.config, &pool.found) ==
		   -QV_ERR_UNREADABLE && says(&pool, "cannot be read"), "none: a bad sector");
	end(&pool);

	begin(&pool, 8192, 4);
	pool.image.num_blocks = 0;
	ktap_check(choose(&pool) == -QV_ERR_UNREADABLE, "none: no metadata at all");
	end(&pool);
}

/* Backups */

static bool chose(struct pool *pool, u64 block, u64 transaction)
{
	return !choose(pool) && pool->found.block == block &&
	       pool->found.transaction == transaction;
}

static void test_backups(u32 block_size)
{
	struct pool pool;

	begin(&pool, block_size, 4);
	add_backup(&pool, BLOCKS - 1, 1, 7, 0);
	add_backup(&pool, BLOCKS - 128, 3, 9, 0);
	add_backup(&pool, BLOCKS - 2, 2, 8, 0);
	ktap_check(chose(&pool, 0, 10) && !qv_num_remarks(pool.qv), "backups: not needed");
	image_block(&pool.image, 0)[50] ^= 4;
	ktap_check(chose(&pool, BLOCKS - 128, 9) &&
		   is_noted(&pool, "vg1/tp1 metadata block 0", "backup in block 384"),
		   "backups: the latest, at the far end");
	image_block(&pool.image, BLOCKS - 128)[50] ^= 4;
	ktap_check(chose(&pool, BLOCKS - 2, 8), "backups: a damaged one is passed over");
	add_backup(&pool, BLOCKS - 3, 5, 20, 300);
	ktap_check(chose(&pool, BLOCKS - 2, 8), "backups: nor one that leads nowhere");
	add_backup(&pool, BLOCKS - 129, 6, 30, 0);
	ktap_check(chose(&pool, BLOCKS - 2, 8), "backups: only the last 128 blocks");
	end(&pool);
}

static void test_empty_places(void)
{
	const struct image_super empty = { };
	struct pool pool;

	begin(&pool, 8192, 4);
	image_block(&pool.image, 0)[50] ^= 4;
	for (unsigned int i = 1; i <= 128; i++)
		image_super(&pool.image, BLOCKS - i, &empty);
	ktap_check(choose(&pool) == -QV_ERR_DAMAGED, "backups: empty places are none");
	end(&pool);
}

static void test_lost_root(void)
{
	struct pool pool;

	begin(&pool, 8192, 4);
	add_backup(&pool, BLOCKS - 1, 1, 9, pool.other_root);
	put_le64(image_block(&pool.image, pool.super.mapping_root) + 8, 256);
	image_seal(&pool.image, pool.super.mapping_root, IMAGE_NODE);
	ktap_check(chose(&pool, BLOCKS - 1, 9) &&
		   is_noted(&pool, "vg1/tp1 metadata block 0", "it says that it is block 256"),
		   "a root that is another's: the backup");
	memset(image_block(&pool.image, BLOCKS - 1), 0, 8192);
	ktap_check(chose(&pool, 0, 10) &&
		   is_noted(&pool, "vg1/tp1 metadata block 0", "no backup that is better"),
		   "a root that is another's: no backup");
	end(&pool);
}

static void test_lost_tiers(void)
{
	struct pool pool;

	begin(&pool, 8192, 4);
	pool.super.tiers = 3;
	pool.super.tier_block = 8192;
	pool.super.tier_root = image_tree(&pool.image, NULL, 0);
	add_backup(&pool, BLOCKS - 1, 1, 9, 0);
	pool.super.tier_root = 300;
	image_super(&pool.image, 0, &pool.super);
	ktap_check(chose(&pool, BLOCKS - 1, 9), "a map of tiers that is lost: the backup");
	end(&pool);
}

static void test_smaller_map(void)
{
	struct pool pool;

	begin(&pool, 8192, 4);
	pool.super.metadata_blocks = 300;
	image_super(&pool.image, 0, &pool.super);
	add_backup(&pool, 299, 1, 9, pool.other_root);
	image_block(&pool.image, pool.super.mapping_root)[20] ^= 1;
	ktap_check(chose(&pool, 299, 9), "backups where the space map ends");
	end(&pool);
}

/* The end of the metadata in an old version of the box, with a file that is mostly holes. */
static void test_old_place(u32 block_size, u64 end_block)
{
	char path[] = "/tmp/test-thin-super.XXXXXX", name[64];
	const int fd = mkstemp(path);
	struct pool pool;
	u64 place = (end_block - 1) * block_size;
	bool good;

	begin(&pool, block_size, 4);
	image_block(&pool.image, 0)[50] ^= 4;
	good = pwrite(fd, pool.image.bytes, 100 * block_size, 0) == (ssize_t)(100 * block_size);
	pool.super.backup = 1;
	pool.super.transaction = 9;
	image_super(&pool.image, 400, &pool.super);
	put_le64(image_block(&pool.image, 400) + 8, end_block - 1);
	image_seal(&pool.image, 400, IMAGE_SUPER);
	good &= pwrite(fd, image_block(&pool.image, 400), block_size, place) == block_size &&
		!ftruncate(fd, place + 1000 * block_size);
	pool.config.name = "vg1/tp1";
	pool.config.metadata = qv_source_open(pool.qv, path, NULL);
	snprintf(name, sizeof(name), "backups before block %llu of %u bytes",
		 (unsigned long long)end_block, block_size);
	ktap_check(good && !qv_thin_super_choose(pool.qv, &pool.config, &pool.found) &&
		   pool.found.block == end_block - 1, name);
	unlink(path);
	close(fd);
	end(&pool);
}

static void test_wanted(void)
{
	struct pool pool;

	begin(&pool, 8192, 4);
	add_backup(&pool, BLOCKS - 1, 1, 7, 0);
	add_backup(&pool, BLOCKS - 2, 2, 8, 0);
	add_backup(&pool, BLOCKS - 3, 3, 9, 300);
	pool.config.superblock = BLOCKS - 1;
	ktap_check(chose(&pool, BLOCKS - 1, 7), "the one that is wanted");
	pool.config.superblock = 200;
	ktap_check(choose(&pool) == -QV_ERR_NOT_FOUND &&
		   says(&pool, "backups are: 510 (transaction 8), 511 (transaction 7)") &&
		   !strstr(qv_error_text(pool.qv), "509"),
		   "the one that is wanted is none: which there are");
	end(&pool);
}

int main(void)
{
	ktap_begin();
	test_vector();
	test_forms();
	test_refusals();
	test_none();
	test_backups(8192);
	test_backups(4096);
	test_empty_places();
	test_lost_root();
	test_lost_tiers();
	test_smaller_map();
	test_old_place(8192, 2072576);
	test_old_place(8192, 16711680);
	test_old_place(4096, 4145152);
	test_wanted();

	return ktap_end();
}
