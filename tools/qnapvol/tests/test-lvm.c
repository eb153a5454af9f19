// SPDX-License-Identifier: GPL-2.0-only
/* Tests of volume groups: from physical volumes to what is read from logical ones */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ktap.h"
#include "lvm-scan.h"
#include "lvm.h"

static const struct qv_options by_default;

static void test_linear(void)
{
	const struct qv_item *group, *lv;
	struct qv *qv;

	begin(3);
	lvm_text_lv("lv1", true, 2);
	lvm_text_segment(0, 3, "type = \"striped\"\nstripe_count = 1\nstripes = [\"pv1\", 7]");
	lvm_text_segment(3, 2, "type = \"striped\"\nstripe_count = 1\nstripes = [\"pv0\", 98]");
	qv = scan(lvm_text_end());
	group = qv_find(qv, "vg1");
	lv = qv_find(qv, "vg1/lv1");
	ktap_check(group && group->kind == QV_ITEM_GROUP && group->state == QV_READABLE &&
		   !group->parent, "a group");
	ktap_check(!strcmp(group->group.id, GROUP_ID) && !strcmp(group->group.text, "disk") &&
		   group->group.sequence == 3 && group->group.extent_size == 4096 &&
		   group->group.num_physicals == 2 && group->group.num_generations == 1,
		   "what is known of the group");
	ktap_check(group->group.physicals[1].item == qv_find(qv, "md1") &&
		   !strcmp(group->group.physicals[1].hint, "/dev/drbd1") &&
		   qv_find(qv, "md1")->holder == group, "its physical volumes");
	ktap_check(lv && lv->kind == QV_ITEM_VOLUME && lv->parent == group &&
		   lv->state == QV_READABLE && lv->size == 5 * 4096 && !lv->volume.hidden &&
		   !strcmp(lv->volume.type, "linear") && lv->volume.created == 1234567890,
		   "a volume");
	ktap_check(is_from(lv, 0, 1, place_of(7)) && is_from(lv, 3 * 4096 - 8, 1, place_of(10) - 8),
		   "its first segment");
	ktap_check(is_from(lv, 3 * 4096, 0, place_of(98)) &&
		   is_from(lv, 5 * 4096 - 8, 0, place_of(100) - 8), "its second segment");
	qv_free(qv);
}

/* Compares all of it, in pieces that begin and end anywhere. */
static bool stripes_are_right(const struct qv_item *lv, unsigned int num, u64 stripe)
{
	static const u64 firsts[] = { 10, 20, 30 };
	u8 buf[3000];
	u64 chunk, place;

	for (u64 start = 0; start < lv->size; start += sizeof(buf) - 16) {
		u64 len = lv->size - start < sizeof(buf) ? lv->size - start : sizeof(buf);

		if (qv_dev_read(lv->dev, buf, len, start))
			return false;
		for (u64 i = 0; i < len; i += 8) {
			chunk = (start + i) / stripe;
			place = place_of(firsts[chunk % num]) + chunk / num * stripe +
				(start + i) % stripe;
			if (qv_le64(buf + i) != lvm_image_word(chunk % num % 2, place))
				return false;
		}
	}

	return true;
}

static void test_striped(void)
{
	const struct qv_item *lv;
	struct qv_extent extent;
	struct qv *qv;

	begin(1);
	lvm_text_lv("two", true, 1);
	lvm_text_segment(0, 6, "type = \"striped\"\nstripe_count = 2\nstripe_size = 8\n"
			 "stripes = [\"pv0\", 10, \"pv1\", 20]");
	lvm_text_lv("three", true, 1);
	lvm_text_segment(0, 15, "type = \"striped\"\nstripe_count = 3\nstripe_size = 5\n"
			 "stripes = [\"pv0\", 10, \"pv1\", 20, \"pv0\", 30]");
	qv = scan(lvm_text_end());
	lv = qv_find(qv, "vg1/two");
	ktap_check(lv->size == 6 * 4096 && !strcmp(lv->volume.type, "striped") &&
		   stripes_are_right(lv, 2, 4096), "two stripes");
	lv = qv_find(qv, "vg1/three");
	ktap_check(lv->size == 15 * 4096 && stripes_are_right(lv, 3, 5 * 512),
		   "three stripes of an odd size");
	ktap_check(!qv_dev_extent(lv->dev, 2560 + 100, UINT64_MAX, &extent) &&
		   extent.start == 2660 && extent.length == 2460 &&
		   extent.below == qv_find(qv, "md1")->dev &&
		   extent.physical == place_of(20) + 100, "a stripe is an extent");
	ktap_check(qv_dev_read(lv->dev, &extent, 1, lv->size) == -QV_ERR_NOT_FOUND,
		   "nothing is beyond the end");
	qv_free(qv);
}

static void test_extents(void)
{
	const struct qv_item *lv;
	struct qv_extent extent;
	struct qv *qv;

	begin(1);
	lvm_text_lv("lv1", true, 6);
	lvm_text_segment(0, 3, "type = \"striped\"\nstripe_count = 1\nstripes = [\"pv0\", 7]");
	lvm_text_segment(3, 2, "type = \"striped\"\nstripe_count = 1\nstripes = [\"pv0\", 10]");
	lvm_text_segment(5, 1, "type = \"zero\"");
	lvm_text_segment(6, 1, "type = \"zero\"");
	lvm_text_segment(7, 1, "type = \"error\"");
	lvm_text_segment(8, 1, "type = \"striped\"\nstripe_count = 1\nstripes = [\"pv1\", 0]");
	lvm_text_lv("lv2", true, 2);
	lvm_text_segment(0, 3, "type = \"striped\"\nstripe_count = 1\nstripes = [\"pv0\", 7]");
	lvm_text_segment(3, 2, "type = \"striped\"\nstripe_count = 1\nstripes = [\"pv0\", 11]");
	qv = scan(lvm_text_end());
	ktap_check(!qv_dev_extent(qv_find(qv, "vg1/lv2")->dev, 0, UINT64_MAX, &extent) &&
		   extent.length == 3 * 4096, "segments that do not follow are two extents");
	lv = qv_find(qv, "vg1/lv1");
	ktap_check(!qv_dev_extent(lv->dev, 512, UINT64_MAX, &extent) && extent.start == 512 &&
		   extent.length == 5 * 4096 - 512 && extent.kind == QV_EXTENT_DATA &&
		   extent.physical == place_of(7) + 512, "segments that follow are one extent");
	ktap_check(!qv_dev_extent(lv->dev, 0, 4097, &extent) && extent.length == 4097,
		   "an extent is not longer than wanted");
	ktap_check(!qv_dev_extent(lv->dev, 5 * 4096, UINT64_MAX, &extent) &&
		   extent.length == 2 * 4096 && extent.kind == QV_EXTENT_ZERO, "zeros");
	ktap_check(!qv_dev_extent(lv->dev, 7 * 4096, UINT64_MAX, &extent) &&
		   extent.length == 4096 && extent.kind == QV_EXTENT_BAD, "errors");
	ktap_check(is_from(lv, 8 * 4096, 1, place_of(0)), "what follows the errors");
	ktap_check(qv_dev_read(lv->dev, &extent, 1, 8 * 4096 - 1) == -QV_ERR_UNREADABLE,
		   "errors cannot be read");
	qv_free(qv);
}

/* Geometries that real boxes have had */

static struct qv *scan_large(const char *text, u64 sectors)
{
	struct lvm_image image = lvm_image_new(PV0, sectors * QV_SECTOR, AREA);
	struct qv *qv = qv_new();

	lvm_image_commit(&image, text);
	lvm_image_add(qv, &image, 0);
	free(image.bytes);
	if (qv_lvm_scan(qv, &by_default))
		ktap_remark("error", qv_error_text(qv));

	return qv;
}

static bool extent_is(const struct qv_item *item, u64 start, u64 physical)
{
	struct qv_extent extent;

	return item && item->dev && !qv_dev_extent(item->dev, start, 1, &extent) &&
	       extent.physical == physical && is_from(item, start, 0, physical);
}

static void test_pool_of_4_mib(void)
{
	struct qv *qv;

	lvm_text_begin("vg1", GROUP_ID, 9, 8192);
	lvm_text_pv("pv0", PV0, 2048 + 500000 * 8192ull, 2048, 500000);
	linear("lv544", 0, 5194);
	lvm_text_lv("tp1_tmeta", false, 1);
	lvm_text_segment(0, 16384, "type=\"striped\"\nstripe_count=1\nstripes=[\"pv0\", 5194]");
	lvm_text_lv("tp1_tierdata_2", false, 1);
	lvm_text_segment(0, 435200, "type=\"striped\"\nstripe_count=1\nstripes=[\"pv0\", 21578]");
	qv = scan_large(lvm_text_end(), 2048 + 500000 * 8192ull);
	ktap_check(extent_is(qv_find(qv, "vg1/lv544"), 0, 1048576), "lv544 at extent 0");
	ktap_check(extent_is(qv_find(qv, "vg1/tp1_tmeta"), 0, 21786263552ull) &&
		   qv_find(qv, "vg1/tp1_tmeta")->size == 64ull << 30, "64 GiB of metadata");
	ktap_check(extent_is(qv_find(qv, "vg1/tp1_tierdata_2"), 0, 90505740288ull) &&
		   extent_is(qv_find(qv, "vg1/tp1_tierdata_2"), 214748364800ull,
			     305254105088ull),
		   "data behind it");
	ktap_check(qv_find(qv, "vg1/tp1_tmeta")->volume.hidden, "internal parts are hidden");
	qv_free(qv);
}

static void test_raid5_start(void)
{
	struct qv *qv;

	lvm_text_begin("vg1", GROUP_ID, 9, 8192);
	lvm_text_pv("pv0", PV0, 3072 + 60000 * 8192ull, 3072, 60000);
	lvm_text_lv("tp1_tmeta", false, 1);
	lvm_text_segment(0, 16384, "type=\"striped\"\nstripe_count=1\nstripes=[\"pv0\", 36864]");
	qv = scan_large(lvm_text_end(), 3072 + 60000 * 8192ull);
	ktap_check(extent_is(qv_find(qv, "vg1/tp1_tmeta"), 0, 154620395520ull),
		   "extents that begin at sector 3072");
	qv_free(qv);
}

static void test_large_volume(void)
{
	struct qv *qv;

	lvm_text_begin("vg1", GROUP_ID, 9, 8192);
	lvm_text_pv("pv0", PV0, 2048 + 712966 * 8192ull, 2048, 712966);
	linear("lv544", 0, 7129);
	linear("lv1", 7129 + 16384 + 265, 688768);
	qv = scan_large(lvm_text_end(), 2048 + 712966 * 8192ull);
	ktap_check(qv_find(qv, "vg1/lv1")->size == 2888902377472ull &&
		   extent_is(qv_find(qv, "vg1/lv1"), 2888902377464ull, 2988635586552ull),
		   "the end of 2.6 TiB");
	qv_free(qv);
}

/* Volumes on volumes */

static void on_lv(const char *name, const char *below, unsigned int extent)
{
	lvm_text_lv(name, true, 1);
	lvm_text_segment(0, 2, "type = \"striped\"\nstripe_count = 1\nstripes = [\"%s\", %u]",
			 below, extent);
}

static void test_volumes_on_volumes(void)
{
	char name[16], below[16];
	struct qv *qv;

	begin(1);
	on_lv("top", "base", 1);
	linear("base", 50, 3);
	on_lv("self", "self", 0);
	on_lv("a", "b", 0);
	on_lv("b", "c", 0);
	on_lv("c", "a", 0);
	on_lv("long", "long2", 1);
	on_lv("long2", "base", 0);
	for (int i = 0; i < 20; i++) {
		sprintf(name, "x%d", i);
		sprintf(below, i == 19 ? "base" : "x%d", i + 1);
		on_lv(name, below, 0);
	}
	qv = scan(lvm_text_end());
	ktap_check(is_from(qv_find(qv, "vg1/top"), 4096, 0, place_of(52)), "a volume on a volume");
	ktap_check(fails(qv_find(qv, "vg1/self"), QV_ERR_DAMAGED, "it lies on itself"),
		   "a volume on itself");
	ktap_check(fails(qv_find(qv, "vg1/a"), QV_ERR_DAMAGED, "it lies on") &&
		   fails(qv_find(qv, "vg1/b"), QV_ERR_DAMAGED, "it lies on") &&
		   fails(qv_find(qv, "vg1/c"), QV_ERR_DAMAGED, "it lies on"),
		   "a circle of volumes");
	ktap_check(fails(qv_find(qv, "vg1/long"), QV_ERR_DAMAGED, "beyond the end"),
		   "a volume beyond the end of another");
	ktap_check(fails(qv_find(qv, "vg1/x0"), QV_ERR_DAMAGED, "too deeply"), "a high pile");
	qv_free(qv);
}

/* What is missing, or there twice */

static void test_missing(void)
{
	const struct qv_item *group;
	struct qv *qv;

	begin(1);
	linear("lv1", 0, 2);
	lvm_text_lv("lv2", true, 1);
	lvm_text_segment(0, 1, "type = \"striped\"\nstripe_count = 1\nstripes = [\"pv1\", 0]");
	lvm_text_lv("mirror", true, 1);
	lvm_text_segment(0, 1, "type = \"mirror\"\nmirror_count = 2\n"
			 "mirrors = [\"lv2\", 0, \"lv1\", 1]");
	lvm_text_lv("raid", true, 1);
	lvm_text_segment(0, 1, "type = \"raid1\"\ndevice_count = 2\n"
			 "raids = [\"m0\", \"lv2\", \"m1\", \"lv1\"]");
	qv = scan_with(lvm_text_end(), true, false);
	group = qv_find(qv, "vg1");
	ktap_check(group->state == QV_READABLE_WARNING && strstr(group->why, "pv1 is missing") &&
		   !group->group.physicals[1].item &&
		   group->group.physicals[1].size == PV_SECTORS * QV_SECTOR, "half a group");
	ktap_check(qv_find(qv, "vg1/lv1")->state == QV_READABLE &&
		   is_from(qv_find(qv, "vg1/lv1"), 0, 0, place_of(0)), "a volume that is whole");
	ktap_check(fails(qv_find(qv, "vg1/lv2"), QV_ERR_INCOMPLETE, "pv1 is missing") &&
		   fails(qv_find(qv, "vg1/lv2"), QV_ERR_INCOMPLETE, "/dev/drbd1") &&
		   qv_find(qv, "vg1/lv2")->size == 4096, "a volume that is not");
	ktap_check(warns(qv_find(qv, "vg1/mirror"), "copy 2 of 2") &&
		   is_from(qv_find(qv, "vg1/mirror"), 0, 0, place_of(1)), "a half of a mirror");
	ktap_check(warns(qv_find(qv, "vg1/raid"), "copy 2 of 2") &&
		   is_from(qv_find(qv, "vg1/raid"), 0, 0, place_of(0)), "a half of a raid1");
	qv_free(qv);
}

/* LVM marks what it has missed; when it comes back, it may be old. */
static void test_was_missing(void)
{
	char text[8192];
	const char *start, *flags;
	struct qv *qv;

	begin(1);
	linear("lv1", 0, 2);
	lvm_text_lv("lv2", true, 1);
	lvm_text_segment(0, 1, "type = \"striped\"\nstripe_count = 1\nstripes = [\"pv1\", 0]");
	start = lvm_text_end();
	flags = strstr(strstr(start, PV1), "flags = []") + strlen("flags = [");
	snprintf(text, sizeof(text), "%.*s\"MISSING\"%s", (int)(flags - start), start, flags);
	qv = scan(text);
	ktap_check(qv_find(qv, "vg1/lv1")->state == QV_READABLE &&
		   warns(qv_find(qv, "vg1/lv2"), "md1 was missing in the box already"),
		   "a physical volume that was missing already");
	qv_free(qv);
}

static void test_twice(void)
{
	struct qv *qv = qv_new();

	begin(1);
	linear("lv1", 0, 2);
	add_disk(qv, PV0, lvm_text_end(), 5);
	begin(2);
	linear("lv1", 4, 2);
	add_disk(qv, PV0, lvm_text_end(), 6);
	add_disk(qv, PV0, lvm_text_end(), 7);
	add_disk(qv, PV1, lvm_text_end(), 8);
	qv_lvm_scan(qv, &by_default);
	ktap_check(is_from(qv_find(qv, "vg1/lv1"), 0, 6, place_of(4)), "the freshest is used");
	ktap_check(is_noted(qv, "md5", "same physical volume as md6") &&
		   is_noted(qv, "md7", "same physical volume as md6"), "the others are named");
	qv_free(qv);
}

static void test_generations_differ(void)
{
	struct qv *qv = qv_new();

	begin(7);
	linear("lv1", 4, 2);
	add_disk(qv, PV0, lvm_text_end(), 0);
	begin(8);
	linear("lv1", 5, 2);
	add_disk(qv, PV1, lvm_text_end(), 1);
	qv_lvm_scan(qv, &by_default);
	ktap_check(is_from(qv_find(qv, "vg1/lv1"), 0, 0, place_of(5)) &&
		   qv_find(qv, "vg1")->group.sequence == 8, "the newest text is used");
	ktap_check(is_noted(qv, "md0", "as of generation 7, others as of 8"), "the other is named");
	qv_free(qv);
}

static void test_short(void)
{
	struct lvm_image image = lvm_image_new(PV0, (START + 3 * EXTENT) * QV_SECTOR, AREA);
	struct qv *qv = qv_new();
	const struct qv_item *lv;
	struct qv_extent extent;
	u8 byte;

	begin(1);
	linear("lv1", 0, 3);
	linear("lv2", 2, 3);
	lvm_image_commit(&image, lvm_text_end());
	lvm_image_add(qv, &image, 0);
	free(image.bytes);
	qv_lvm_scan(qv, &by_default);
	ktap_check(is_noted(qv, "md0", "is the image complete?"), "a physical volume is cut off");
	ktap_check(qv_find(qv, "vg1/lv1")->state == QV_READABLE, "a volume before the end");
	lv = qv_find(qv, "vg1/lv2");
	ktap_check(qv_dev_read(lv->dev, &extent, 16, 4088) == -QV_ERR_UNREADABLE,
		   "a read that begins before the end");
	ktap_check(warns(lv, "beyond the end of md0") && is_from(lv, 4088, 0, place_of(3) - 8) &&
		   qv_dev_read(lv->dev, &byte, 1, 4096) == -QV_ERR_UNREADABLE,
		   "a volume that reaches beyond the end");
	ktap_check(!qv_dev_extent(lv->dev, 0, UINT64_MAX, &extent) && extent.length == 4096 &&
		   extent.kind == QV_EXTENT_DATA &&
		   !qv_dev_extent(lv->dev, 4096, UINT64_MAX, &extent) &&
		   extent.length == 8192 && extent.kind == QV_EXTENT_BAD, "its extents");
	qv_free(qv);
}

/* The first member of an array, that has the beginning of its data and so its label. */
static struct qv_item *add_member(struct qv *qv, enum qv_item_kind kind, u8 number)
{
	struct lvm_image image = lvm_image_new(PV0, PV_SECTORS * QV_SECTOR, AREA);
	struct qv_item *item;

	begin(1);
	linear("lv1", 0, 2);
	lvm_image_commit(&image, lvm_text_end());
	image.device_size = (START + 50 * EXTENT) * QV_SECTOR;
	item = lvm_image_add(qv, &image, number);
	item->kind = kind;
	free(image.bytes);

	return item;
}

static void test_lost_member(void)
{
	struct qv *qv = qv_new();

	add_member(qv, QV_ITEM_PARTITION, 4);
	qv_lvm_scan(qv, &by_default);
	ktap_check(fails(qv_find(qv, "vg1/lv1"), QV_ERR_INCOMPLETE, "pv0 is missing") &&
		   is_noted(qv, "md4", "whose md superblock is lost"),
		   "a member without its superblock is no physical volume");
	qv_free(qv);

	qv = qv_new();
	add_member(qv, QV_ITEM_SOURCE, 4);
	qv_lvm_scan(qv, &by_default);
	ktap_check(warns(qv_find(qv, "vg1/lv1"), "a member of an array without its md superblock"),
		   "an image that is too short may be one");
	qv_free(qv);

	qv = qv_new();
	add_member(qv, QV_ITEM_PARTITION, 4);
	begin(1);
	linear("lv1", 0, 2);
	add_disk(qv, PV0, lvm_text_end(), 5);
	qv_lvm_scan(qv, &by_default);
	ktap_check(is_from(qv_find(qv, "vg1/lv1"), 0, 5, place_of(0)) &&
		   qv_find(qv, "vg1/lv1")->state == QV_READABLE, "the array is used in its place");
	qv_free(qv);
}

/* A copy of a mirror has all that is in it. */
static void test_lost_mirror(void)
{
	struct qv *qv = qv_new();
	struct qv_item *item;
	const char *text;

	begin(1);
	linear("lv1", 0, 2);
	text = lvm_text_end();
	add_disk(qv, PV0, text, 4);
	item = (struct qv_item *)qv_items(qv);
	item->kind = QV_ITEM_PARTITION;
	add_disk(qv, PV0, text, 5);
	qv_lvm_scan(qv, &by_default);
	ktap_check(is_from(qv_find(qv, "vg1/lv1"), 0, 5, place_of(0)),
		   "an array is used in place of what may be an old copy of it");
	qv_free(qv);
}

static void test_same_name(void)
{
	struct qv *qv = qv_new();

	lvm_text_begin("vg1", GROUP_ID, 1, EXTENT);
	lvm_text_pv("pv0", PV0, PV_SECTORS, START, COUNT);
	linear("lv1", 0, 1);
	add_disk(qv, PV0, lvm_text_end(), 0);
	lvm_text_begin("vg1", OTHER_ID, 1, EXTENT);
	lvm_text_pv("pv0", PV1, PV_SECTORS, START, COUNT);
	linear("lv1", 0, 1);
	add_disk(qv, PV1, lvm_text_end(), 1);
	qv_lvm_scan(qv, &by_default);
	ktap_check(is_from(qv_find(qv, "vg1@0YesED/lv1"), 0, 0, place_of(0)) &&
		   is_from(qv_find(qv, "vg1@1YesED/lv1"), 0, 1, place_of(0)) &&
		   !qv_find(qv, "vg1"), "two groups of the same name");
	qv_free(qv);
}

static void test_not_candidates(void)
{
	struct qv *qv = qv_new();
	struct qv_item *item;

	begin(1);
	linear("lv1", 0, 1);
	add_disk(qv, PV0, lvm_text_end(), 0);
	item = (struct qv_item *)qv_items(qv);
	item->holder = item;
	qv_lvm_scan(qv, &by_default);
	ktap_check(!qv_find(qv, "vg1"), "a member of an array is no physical volume");
	qv_free(qv);

	qv = qv_new();
	add_disk(qv, PV0, NULL, 0);
	qv_lvm_scan(qv, &by_default);
	ktap_check(!qv_find(qv, "vg1") && is_noted(qv, "md0", "in no group"),
		   "a physical volume without a group");
	qv_free(qv);
}

int main(void)
{
	ktap_begin();
	test_linear();
	test_striped();
	test_extents();
	test_pool_of_4_mib();
	test_raid5_start();
	test_large_volume();
	test_volumes_on_volumes();
	test_missing();
	test_was_missing();
	test_twice();
	test_generations_differ();
	test_short();
	test_lost_member();
	test_lost_mirror();
	test_same_name();
	test_not_candidates();

	return ktap_end();
}
