// SPDX-License-Identifier: GPL-2.0-only
/* Tests of the md superblocks */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ktap.h"
#include "md-image.h"
#include "md-super.h"
#include "memory.h"

#define SIZE	(1024 * 1024 + 3 * 512)

/* Reads the superblock of an image, which is freed; @remarks gets how many there were. */
static int read_super(struct md_image *image, struct qv_md_super *super, size_t *remarks)
{
	struct qv *qv = qv_new();
	struct qv_dev *dev = memory_new(qv, image->bytes, image->size, "member");
	const int found = qv_md_super_read(dev, super);

	*remarks = qv_num_remarks(qv);
	qv_free(qv);
	md_image_free(image);

	return found;
}

static void test_version1(int minor)
{
	static const char *const versions[] = { "1.0", "1.1", "1.2" };
	struct md_image image = md_image_new(SIZE);
	struct qv_md_super super;
	size_t remarks;
	char name[64];
	int found;

	md_image_super(&image, minor, 5, 3, 1);
	md_image_name(&image, "nas:data 1");
	md_image_sum(&image);
	found = read_super(&image, &super, &remarks);
	snprintf(name, sizeof(name), "version 1.%d", minor);
	ktap_check(found && !strcmp(super.version, versions[minor]) && super.level == 5 &&
		   super.layout == 2 && super.chunk == 4096 && super.raid_disks == 3 &&
		   super.role == 1 && super.number == 1 && super.events == 100 &&
		   super.utime == 1600000000 && super.in_sync && super.uuid[15] == 0x1f &&
		   !super.unknown && !super.flex && !super.reshaping && !super.journal &&
		   !super.bad_size && super.recovered == UINT64_MAX && !remarks, name);
	snprintf(name, sizeof(name), "version 1.%d: data", minor);
	ktap_check(super.data_start == (minor ? 8192 : 0) && super.data_size % 4096 == 0 &&
		   super.data_there == super.data_room &&
		   super.data_room - super.data_size < 4096, name);
	ktap_check(!strcmp(super.name, "data?1"), "the name is without that of the host");
}

static void test_version0(void)
{
	struct md_image image = md_image_new(SIZE);
	struct qv_md_super super;
	size_t remarks;
	int found;

	md_image_super0(&image, 5, 3, 2);
	found = read_super(&image, &super, &remarks);
	ktap_check(found && !strcmp(super.version, "0.90") && super.level == 5 &&
		   super.layout == 2 && super.chunk == 4096 && super.raid_disks == 3 &&
		   super.role == 2 && super.events == 100 && super.utime == 1300000000 &&
		   super.in_sync && !strcmp(super.name, "1") && !remarks, "version 0.90");
	ktap_check(!super.data_start && super.data_room == 15 * 65536 &&
		   super.data_size == 15 * 65536 && super.data_there == super.data_room,
		   "version 0.90: data");
}

/* Each change of the fields is followed by a sum that is right. */
static int read_changed(struct qv_md_super *super, void (*change)(struct md_image *image))
{
	struct md_image image = md_image_new(SIZE);
	size_t remarks;

	md_image_super(&image, 2, 5, 3, 1);
	change(&image);
	md_image_sum(&image);

	return read_super(&image, super, &remarks);
}

static void recovering(struct md_image *image)
{
	image->super->feature_map = MD_FEATURE_RECOVERY_OFFSET | MD_FEATURE_REPLACEMENT;
	image->super->recovery_offset = 1000;
}

static void bad_blocks(struct md_image *image)
{
	image->super->feature_map = MD_FEATURE_BAD_BLOCKS;
	image->super->bblog_size = 8;
	image->super->bblog_shift = 3;
	image->super->bblog_offset = -4;
}

static void no_bad_blocks(struct md_image *image)
{
	bad_blocks(image);
	image->super->feature_map = 0;
}

static void huge_bad_blocks(struct md_image *image)
{
	bad_blocks(image);
	image->super->bblog_size = 9;
}

static void flex(struct md_image *image)
{
	((u8 *)image->super)[224] = 1;
}

static void block_size(struct md_image *image)
{
	((u8 *)image->super)[225] = 2;
}

static void odd_block_size(struct md_image *image)
{
	((u8 *)image->super)[224] = 6;
}

static void padding(struct md_image *image)
{
	((u8 *)image->super)[255] = 1;
}

static void unknown(struct md_image *image)
{
	image->super->feature_map = 0x2000;
}

static void reshaping(struct md_image *image)
{
	image->super->feature_map = MD_FEATURE_RESHAPE_ACTIVE;
}

static void journal(struct md_image *image)
{
	image->super->feature_map = MD_FEATURE_JOURNAL;
	image->super->dev_roles[1] = MD_DISK_ROLE_JOURNAL;
}

static void spare(struct md_image *image)
{
	image->super->dev_number = 500;
}

static void dirty(struct md_image *image)
{
	image->super->resync_offset = 100;
}

static void cut_off(struct md_image *image)
{
	image->super->data_size += 10;
}

static void test_features(void)
{
	struct qv_md_super super;

	ktap_check(read_changed(&super, recovering) && super.recovered == 512000 &&
		   super.replacement, "a replacement that is being rebuilt");
	ktap_check(read_changed(&super, bad_blocks) && super.bad_start == 4096 - 2048 &&
		   super.bad_size == 4096 && super.bad_shift == 3, "bad blocks");
	ktap_check(read_changed(&super, no_bad_blocks) && !super.bad_size, "room for bad blocks");
	ktap_check(read_changed(&super, huge_bad_blocks) && super.unknown,
		   "a list of bad blocks that is too long");
	ktap_check(read_changed(&super, flex) && super.flex, "unequal disks");
	ktap_check(read_changed(&super, block_size) && !super.flex && !super.unknown,
		   "the size of a logical block");
	ktap_check(read_changed(&super, odd_block_size) && super.unknown, "an unknown number");
	ktap_check(read_changed(&super, padding) && super.unknown, "padding that is used");
	ktap_check(read_changed(&super, unknown) && super.unknown, "an unknown feature");
	ktap_check(read_changed(&super, reshaping) && super.reshaping, "reshaping");
	ktap_check(read_changed(&super, journal) && super.journal &&
		   super.role == QV_MD_JOURNAL, "a journal");
	ktap_check(read_changed(&super, spare) && super.role == QV_MD_SPARE, "a spare");
	ktap_check(read_changed(&super, dirty) && !super.in_sync, "not in sync");
	ktap_check(read_changed(&super, cut_off) &&
		   super.data_room - super.data_there == 5120,
		   "a member that is cut off");
}

static void no_disks(struct md_image *image)
{
	image->super->raid_disks = 0;
}

static void many_disks(struct md_image *image)
{
	image->super->raid_disks = 385;
}

static void wild_role(struct md_image *image)
{
	image->super->dev_roles[1] = 3;
}

static void early_data(struct md_image *image)
{
	image->super->data_offset = 8;
}

static void late_data(struct md_image *image)
{
	image->super->data_offset = 1ull << 62;
}

static void no_data(struct md_image *image)
{
	image->super->data_size = 9;
}

static void elsewhere(struct md_image *image)
{
	image->super->super_offset = 16;
}

static void test_nonsense(void)
{
	struct qv_md_super super;

	ktap_check(!read_changed(&super, no_disks), "no members");
	ktap_check(!read_changed(&super, many_disks), "too many members");
	ktap_check(!read_changed(&super, wild_role), "a role that is none");
	ktap_check(!read_changed(&super, early_data), "data over the superblock");
	ktap_check(!read_changed(&super, late_data), "data beyond the end");
	ktap_check(!read_changed(&super, no_data), "no data");
	ktap_check(!read_changed(&super, elsewhere), "a superblock of another place");
}

static void test_checksum(void)
{
	struct md_image image = md_image_new(SIZE);
	struct qv_md_super super;
	size_t remarks;

	md_image_super(&image, 0, 1, 2, 0);
	image.super->events++;
	ktap_check(!read_super(&image, &super, &remarks) && remarks == 1, "a wrong checksum");

	image = md_image_new(SIZE);
	md_image_super(&image, 0, 1, 2, 0);
	image.super->max_dev = 100000;
	ktap_check(!read_super(&image, &super, &remarks) && remarks == 1, "too many roles");

	image = md_image_new(SIZE);
	md_image_super0(&image, 1, 2, 0);
	image.super0->events_lo++;
	ktap_check(!read_super(&image, &super, &remarks) && remarks == 1,
		   "a wrong checksum in version 0.90");
}

static void test_latest(void)
{
	struct md_image image = md_image_new(SIZE);
	struct qv_md_super super;
	size_t remarks;

	md_image_super0(&image, 1, 2, 0);
	md_image_super(&image, 2, 1, 2, 0);
	ktap_check(read_super(&image, &super, &remarks) && !strcmp(super.version, "1.2") &&
		   remarks == 1, "two superblocks: the latest counts");

	image = md_image_new(SIZE);
	md_image_super0(&image, 1, 2, 0);
	md_image_super(&image, 2, 1, 2, 0);
	image.super->ctime = 1100000000;
	md_image_sum(&image);
	ktap_check(read_super(&image, &super, &remarks) && !strcmp(super.version, "0.90"),
		   "two superblocks: the other one is the latest");
}

static void test_small(void)
{
	bool good = true;

	for (size_t size = 0; size < 200000; size += 511) {
		struct md_image image = md_image_new(size + 1);
		struct qv_md_super super;
		size_t remarks;

		image.size = size;
		good &= !read_super(&image, &super, &remarks) && !remarks;
	}
	ktap_check(good, "devices of any size without a superblock");
}

int main(void)
{
	ktap_begin();
	for (int minor = 0; minor <= 2; minor++)
		test_version1(minor);
	test_version0();
	test_features();
	test_nonsense();
	test_checksum();
	test_latest();
	test_small();

	return ktap_end();
}
