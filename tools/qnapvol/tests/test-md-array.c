// SPDX-License-Identifier: GPL-2.0-only
/* Tests of the assembly of md arrays: which members are used, and what is said of the others */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ktap.h"
#include "md-array.h"
#include "md-image.h"
#include "memory.h"

#define SIZE		(1024 * 1024)
#define DISKS_MAX	5

/**
 * struct box - members of an array, and what is found in them
 * @images: the members
 * @num: how many
 * @qv: what is found; NULL until that is asked for
 * @array: the array
 * @devs: the members as devices
 */
struct box {
	struct md_image images[DISKS_MAX];
	int num;
	struct qv *qv;
	const struct qv_item *array;
	struct qv_dev *devs[DISKS_MAX];
};

/* What is at a place of a member tells which member it is. */
static void mark(struct md_image *image, int member)
{
	for (size_t i = 0; i < image->size; i += 4) {
		const u32 word = i + member;

		memcpy(image->bytes + i, &word, sizeof(word));
	}
}

static struct box box_new(int minor, int level, int disks)
{
	struct box box = { .num = disks };

	for (int i = 0; i < disks; i++) {
		box.images[i] = md_image_new(SIZE);
		mark(&box.images[i], i);
		if (minor == 90)
			md_image_super0(&box.images[i], level, disks, i);
		else
			md_image_super(&box.images[i], minor, level, disks, i);
	}

	return box;
}

static const struct qv_item *first_array(struct qv *qv)
{
	const struct qv_item *item;

	for (item = qv_items(qv); item; item = qv_next(item)) {
		if (item->kind == QV_ITEM_ARRAY)
			return item;
	}

	return NULL;
}

static void add_source(struct box *box, int i)
{
	struct qv_item *item = qv_item_new(box->qv, QV_ITEM_SOURCE, NULL, "disk%d", i);

	md_image_sum(&box->images[i]);
	box->devs[i] = memory_new(box->qv, box->images[i].bytes, box->images[i].size, item->name);
	qv_item_set_dev(item, box->devs[i]);
}

/* Those in the mask are not there. */
static void box_scan(struct box *box, unsigned int missing)
{
	box->qv = qv_new();
	for (int i = 0; i < box->num; i++) {
		if (!(missing >> i & 1))
			add_source(box, i);
	}
	qv_md_scan(box->qv);
	box->array = first_array(box->qv);
}

static void box_free(struct box *box)
{
	qv_free(box->qv);
	for (int i = 0; i < box->num; i++)
		md_image_free(&box->images[i]);
}

static bool is_named(const struct box *box, const char *name)
{
	return box->array && !strcmp(box->array->name, name);
}

/* Is what level 1 is read from that member? */
static bool is_read_from(const struct box *box, int member)
{
	const u64 data = box->images[member].super ?
			 box->images[member].super->data_offset * 512 : 0;
	u32 word;

	return box->array && box->array->dev &&
	       !qv_dev_read(box->array->dev, &word, sizeof(word), 8192) &&
	       word == data + 8192 + member;
}

static bool says(const struct box *box, const char *text)
{
	return box->array && box->array->why && strstr(box->array->why, text);
}

static bool remarks(const struct box *box, const char *place, const char *text)
{
	struct qv_remark remark;

	for (size_t i = 0; i < qv_num_remarks(box->qv); i++) {
		remark = qv_remark(box->qv, i);
		if (!strcmp(remark.place, place) && strstr(remark.text, text))
			return true;
	}

	return false;
}

static bool fails(const struct box *box, enum qv_error error, const char *text)
{
	return box->array && box->array->state == QV_NOT_READABLE && !box->array->dev &&
	       box->array->error == error && says(box, text);
}

/* What is said of a source that is a member. */
static const struct qv_member *member(const struct box *box, int i)
{
	const struct qv_array_info *info = &box->array->array;
	char name[16];

	snprintf(name, sizeof(name), "disk%d", i);
	for (size_t j = 0; j < info->num_members; j++) {
		if (info->members[j].item && !strcmp(info->members[j].item->name, name))
			return &info->members[j];
	}

	return NULL;
}

static bool is_used(const struct box *box, int i)
{
	return member(box, i) && member(box, i)->used && !member(box, i)->why;
}

static bool is_unused(const struct box *box, int i, const char *why)
{
	return member(box, i) && !member(box, i)->used && strstr(member(box, i)->why, why);
}

static void test_whole(int minor, int level, int disks)
{
	static const char *const versions[] = { "1.0", "1.1", "1.2" };
	struct box box = box_new(minor, level, disks);
	char name[64];

	box_scan(&box, 0);
	snprintf(name, sizeof(name), "version %d, level %d: whole", minor, level);
	ktap_check(is_named(&box, "md1") && box.array->dev && box.array->state == QV_READABLE &&
		   box.array->array.disks == (u32)disks && !box.array->array.missing &&
		   box.array->array.num_members == (size_t)disks && !qv_num_remarks(box.qv) &&
		   !strcmp(box.array->array.version, minor == 90 ? "0.90" : versions[minor]) &&
		   qv_items(box.qv)->holder == box.array, name);
	if (level == 1)
		ktap_check(is_read_from(&box, 0), name);
	box_free(&box);
}

static void test_uuid(void)
{
	struct box box = box_new(2, 1, 2);

	box_scan(&box, 0);
	ktap_check(!strcmp(box.array->array.uuid, "10111213:14151617:18191a1b:1c1d1e1f"),
		   "UUID of version 1.2");
	box_free(&box);

	box = box_new(90, 1, 2);
	box_scan(&box, 0);
	ktap_check(!strcmp(box.array->array.uuid, "01234567:89abcdef:00000000:76543210"),
		   "UUID of version 0.90");
	box_free(&box);
}

static void test_missing(int level, int disks, unsigned int missing, bool readable)
{
	struct box box = box_new(0, level, disks);
	char name[64];

	box_scan(&box, missing);
	snprintf(name, sizeof(name), "level %d of %d without 0x%x", level, disks, missing);
	if (readable)
		ktap_check(box.array->state == QV_READABLE && remarks(&box, "md1", "degraded"),
			   name);
	else
		ktap_check(fails(&box, QV_ERR_INCOMPLETE, "member ") &&
			   says(&box, "give the other disks"), name);
	ktap_check(box.array->array.missing == (u32)__builtin_popcount(missing), name);
	box_free(&box);
}

static void test_needs(void)
{
	struct box box = box_new(0, 6, 5);

	box_scan(&box, 0x1e);
	ktap_check(says(&box, "needs 2 more of its 5 members: member 2 is not there, member 3"),
		   "how many members are needed");
	ktap_check(box.array->size > 0, "size of an incomplete array");
	box_free(&box);

	box = box_new(0, 10, 4);
	box_scan(&box, 3);
	ktap_check(says(&box, "needs 1 more of its 4 members"), "how many level 10 needs");
	box_free(&box);
}

/* Who asks for what may be on it is told why it is not there. */
static void test_find(void)
{
	struct box box = box_new(0, 5, 3);
	struct qv *qv;

	box_scan(&box, 6);
	qv = box.qv;
	ktap_check(!qv_find(qv, "vg2/lv1") && qv_error_kind(qv) == QV_ERR_INCOMPLETE &&
		   strstr(qv_error_text(qv), "no vg2/lv1 here; md1 cannot be read: needs 1 more"),
		   "what may be on an incomplete array");
	((struct qv_item *)box.array)->error = QV_ERR_UNSUPPORTED;
	ktap_check(!qv_find(qv, "vg2/lv1") && qv_error_kind(qv) == QV_ERR_UNSUPPORTED,
		   "on one of an unknown form");
	qv_item_new(qv, QV_ITEM_GROUP, NULL, "vg2");
	ktap_check(!qv_find(qv, "vg2/lv1") && qv_error_kind(qv) == QV_ERR_NOT_FOUND &&
		   strstr(qv_error_text(qv), "no vg2/lv1 here; there is: md1"),
		   "not in a group that is whole");
	ktap_check(!qv_find(qv, "vg/lv1") && qv_error_kind(qv) == QV_ERR_UNSUPPORTED &&
		   !qv_find(qv, "vg22/lv1") && qv_error_kind(qv) == QV_ERR_UNSUPPORTED,
		   "but in others");
	box_free(&box);
}

static void test_stale(void)
{
	struct box box = box_new(0, 1, 2);

	box.images[0].super->events = 99;
	box_scan(&box, 0);
	ktap_check(is_used(&box, 0) && is_used(&box, 1) && box.array->state == QV_READABLE,
		   "one event behind is fresh");
	box_free(&box);

	box = box_new(0, 1, 2);
	box.images[0].super->events = 90;
	box_scan(&box, 0);
	ktap_check(is_unused(&box, 0, "10 events behind, and was last written 2020-09-13 12:26:40"),
		   "ten events behind is old");
	ktap_check(is_read_from(&box, 1) && box.array->array.missing == 1 &&
		   box.array->array.num_members == 3, "the fresh one is used");
	box_free(&box);

	box = box_new(0, 5, 3);
	box.images[0].super->events = 90;
	box.images[1].super->events = 90;
	box_scan(&box, 0);
	ktap_check(fails(&box, QV_ERR_INCOMPLETE, "disk0 is not used because its data is old") &&
		   says(&box, "--assemble --force"), "too many are old");
	box_free(&box);
}

/* One event behind, but known to have failed; and two that both say so of each other. */
static void test_failed(void)
{
	struct box box = box_new(0, 1, 2);

	box.images[0].super->events = 99;
	box.images[1].super->dev_roles[0] = MD_DISK_ROLE_FAULTY;
	box_scan(&box, 0);
	ktap_check(is_unused(&box, 0, "disk1 says that it had failed") && is_read_from(&box, 1),
		   "one event behind, but failed");
	box_free(&box);

	box = box_new(0, 1, 2);
	box.images[0].super->dev_roles[1] = MD_DISK_ROLE_FAULTY;
	box.images[1].super->dev_roles[0] = MD_DISK_ROLE_FAULTY;
	box_scan(&box, 0);
	ktap_check(is_read_from(&box, 0) && is_unused(&box, 1, "it says that disk0 had failed") &&
		   remarks(&box, "disk1", "without each other"),
		   "two that were used without each other");
	box_free(&box);
}

static void test_spare(void)
{
	struct box box = box_new(2, 5, 4);

	for (int i = 0; i < 4; i++) {
		box.images[i].super->raid_disks = 3;
		box.images[i].super->dev_roles[3] = MD_DISK_ROLE_SPARE;
	}
	box_scan(&box, 0);
	ktap_check(is_unused(&box, 3, "spare") && member(&box, 3)->role == -1 &&
		   box.array->array.disks == 3 && !box.array->array.missing, "a spare");
	box_free(&box);

	box = box_new(2, 5, 1);
	box.images[0].super->dev_roles[0] = MD_DISK_ROLE_SPARE;
	box.images[0].super->raid_disks = 3;
	box_scan(&box, 0);
	ktap_check(fails(&box, QV_ERR_INCOMPLETE, "only spare"), "nothing but a spare");
	box_free(&box);
}

static void test_spare0(void)
{
	struct box box = box_new(90, 1, 3);

	for (int i = 0; i < 3; i++) {
		box.images[i].super0->raid_disks = 2;
		box.images[i].super0->disks[2].state = 0;
	}
	box_scan(&box, 0);
	ktap_check(is_unused(&box, 2, "spare") && is_used(&box, 1), "a spare in version 0.90");
	box_free(&box);
}

/* A device that is known to be unreadable at its beginning, as ddrescue's images are. */
struct torn {
	struct qv_dev dev;
	struct qv_dev *below;
	u64 good;
};

static int torn_read(struct qv_dev *dev, void *buf, size_t len, u64 start)
{
	struct torn *torn = (struct torn *)dev;

	return start < torn->good ? -QV_ERR_UNREADABLE : qv_dev_read(torn->below, buf, len, start);
}

static int torn_extent(struct qv_dev *dev, u64 start, u64 len, struct qv_extent *extent)
{
	struct torn *torn = (struct torn *)dev;

	*extent = (struct qv_extent){ start, len, QV_EXTENT_DATA, dev, start };
	if (start < torn->good) {
		extent->kind = QV_EXTENT_BAD;
		if (len > torn->good - start)
			extent->length = torn->good - start;
	}

	return 0;
}

static const struct qv_dev_ops torn_ops = { .read = torn_read, .extent = torn_extent };

static void tear(struct box *box, int i, u64 good)
{
	struct torn *torn = qv_dev_new(box->qv, sizeof(*torn), &torn_ops, SIZE, "disk%d", i);

	torn->below = box->devs[i];
	torn->good = good;
	for (struct qv_item *item = box->qv->items; item; item = item->next) {
		if (item->dev == box->devs[i])
			item->dev = &torn->dev;
	}
}

/* Copies of the same disk: the one that is known to be readable is used, whichever is first. */
static void test_twice(void)
{
	for (int torn = 0; torn <= 1; torn++) {
		struct box box = box_new(0, 1, 2);

		memcpy(box.images[1].bytes, box.images[0].bytes, SIZE);
		box.qv = qv_new();
		add_source(&box, 0);
		add_source(&box, 1);
		tear(&box, torn, 65536);
		tear(&box, !torn, 4096);
		qv_md_scan(box.qv);
		box.array = first_array(box.qv);
		ktap_check(is_used(&box, !torn) && is_unused(&box, torn, "the same member as") &&
			   remarks(&box, torn ? "disk1" : "disk0", "two copies") &&
			   box.array->array.missing == 1, "a disk twice");
		box_free(&box);
	}
}

static void test_rebuilding(void)
{
	struct box box = box_new(0, 1, 2);

	box.images[0].super->feature_map = MD_FEATURE_RECOVERY_OFFSET;
	box.images[0].super->recovery_offset = 8;
	box_scan(&box, 0);
	ktap_check(is_used(&box, 0) && is_read_from(&box, 1) && box.array->state == QV_READABLE &&
		   remarks(&box, "disk0", "being rebuilt"), "a member that is being rebuilt");
	box_free(&box);

	box = box_new(0, 1, 2);
	box.images[0].super->feature_map = MD_FEATURE_RECOVERY_OFFSET;
	box.images[0].super->recovery_offset = 800;
	box_scan(&box, 2);
	ktap_check(box.array->state == QV_READABLE_WARNING && says(&box, "only a part") &&
		   is_read_from(&box, 0) && qv_dev_read(box.array->dev, &(u8){ 0 }, 1, 800 * 512),
		   "nothing but a member that is being rebuilt");
	box_free(&box);

	box = box_new(0, 1, 2);
	box.images[0].super->feature_map = MD_FEATURE_RECOVERY_OFFSET;
	box.images[1].super->events = 50;
	box_scan(&box, 0);
	ktap_check(!is_read_from(&box, 1) && fails(&box, QV_ERR_INCOMPLETE, "events behind") &&
		   says(&box, "needs 1 more of its 2 members: disk0 has nothing of the data yet"),
		   "an old member does not stand in for one that is being rebuilt");
	box_free(&box);
}

static void test_replacement(void)
{
	struct box box = box_new(0, 1, 3);

	for (int i = 0; i < 3; i++) {
		box.images[i].super->raid_disks = 2;
		box.images[i].super->dev_roles[2] = 0;
	}
	box.images[2].super->feature_map = MD_FEATURE_REPLACEMENT;
	box_scan(&box, 0);
	ktap_check(is_used(&box, 0) && is_unused(&box, 2, "replace disk0"),
		   "a replacement that is not needed");
	qv_free(box.qv);
	box_scan(&box, 1);
	ktap_check(is_used(&box, 2) && member(&box, 2)->role == 0, "a replacement that is whole");
	qv_free(box.qv);
	box.images[2].super->feature_map |= MD_FEATURE_RECOVERY_OFFSET;
	box_scan(&box, 1);
	ktap_check(is_unused(&box, 2, "does not have all"), "a replacement that is not");
	box_free(&box);
}

static void test_bad_blocks(void)
{
	struct box box = box_new(2, 1, 2);
	struct qv_extent extent;
	u64 entry = 32ull << 10 | 1;
	u32 word;

	box.images[0].super->feature_map = MD_FEATURE_BAD_BLOCKS;
	box.images[0].super->bblog_offset = 4;
	box.images[0].super->bblog_size = 1;
	memset(box.images[0].bytes + 6144, 0xff, 512);
	memcpy(box.images[0].bytes + 6144, &entry, sizeof(entry));
	box_scan(&box, 0);
	ktap_check(!qv_dev_read(box.array->dev, &word, 4, 8192) && word == 16384 + 1 &&
		   !qv_dev_read(box.array->dev, &word, 4, 8192 + 512) && word == 16384 + 512 &&
		   !qv_dev_read(box.array->dev, &word, 4, 8188) && word == 16384 - 4 &&
		   remarks(&box, "disk0", "could not write"), "a bad block is read elsewhere");
	qv_free(box.qv);
	box_scan(&box, 2);
	qv_dev_extent(box.array->dev, 0, UINT64_MAX, &extent);
	ktap_check(extent.kind == QV_EXTENT_DATA && extent.length == 8192, "before a bad block");
	qv_dev_extent(box.array->dev, 8192, UINT64_MAX, &extent);
	ktap_check(extent.kind == QV_EXTENT_BAD && extent.length == 512, "a bad block");
	ktap_check(qv_dev_read(box.array->dev, &word, 4, 8192) == -QV_ERR_UNREADABLE,
		   "a bad block cannot be read");
	box_free(&box);
}

/* 64 places for disks, two of which were ever used. */
static void test_system_array(void)
{
	struct box box = box_new(0, 1, 2);

	for (int i = 0; i < 2; i++) {
		box.images[i].super->raid_disks = 64;
		md_image_name(&box.images[i], "9");
	}
	box_scan(&box, 0);
	ktap_check(is_named(&box, "md9") && box.array->array.disks == 2 &&
		   !box.array->array.missing && box.array->array.num_members == 2 &&
		   !remarks(&box, "md9", "degraded"), "a system array of QNAP's");
	qv_free(box.qv);
	box_scan(&box, 1);
	ktap_check(box.array->array.disks == 2 && box.array->array.missing == 1 &&
		   remarks(&box, "md9", "degraded"), "half a system array of QNAP's");
	box_free(&box);
}

static void test_names(void)
{
	struct box box = box_new(0, 1, 2);

	md_image_name(&box.images[0], "box:data");
	md_image_name(&box.images[1], "box:data");
	box_scan(&box, 0);
	ktap_check(is_named(&box, "md-data"), "a name that is no number");
	qv_free(box.qv);
	box.images[1].super->set_uuid[0] = 0xab;
	box_scan(&box, 0);
	ktap_check(is_named(&box, "md-data@10111213") &&
		   !strcmp(box.array->next->name, "md-data@ab111213"), "two arrays of one name");
	qv_free(box.qv);
	box.images[1].super->set_uuid[0] = 0x10;
	box.images[1].super->set_uuid[15] = 0;
	box_scan(&box, 0);
	ktap_check(is_named(&box, "md-data@10111213") &&
		   !strcmp(box.array->next->name, "md-data@10111213.2"),
		   "two arrays whose UUIDs are alike at the beginning");
	qv_free(box.qv);
	memset(box.images[0].super->set_name, 0, 32);
	box_scan(&box, 2);
	ktap_check(is_named(&box, "md-10111213"), "an array without a name");
	box_free(&box);
}

static void test_unsupported(void)
{
	struct box box = box_new(2, 5, 3);

	((u8 *)box.images[0].super)[224] = 1;
	box_scan(&box, 6);
	ktap_check(fails(&box, QV_ERR_UNSUPPORTED, "unequal disks"), "flex RAID");
	box_free(&box);

	box = box_new(2, 5, 3);
	box.images[0].super->feature_map = MD_FEATURE_RESHAPE_ACTIVE;
	box_scan(&box, 6);
	ktap_check(fails(&box, QV_ERR_UNSUPPORTED, "reshaped"), "reshaping");
	box_free(&box);

	box = box_new(2, 5, 3);
	box.images[0].super->feature_map = 512;
	box_scan(&box, 6);
	ktap_check(fails(&box, QV_ERR_UNSUPPORTED, "journal"), "a journal");
	box_free(&box);

	box = box_new(2, 5, 3);
	box.images[0].super->layout = 77;
	box_scan(&box, 6);
	ktap_check(fails(&box, QV_ERR_UNSUPPORTED, "layout 77"), "a layout that is not known");
	box_free(&box);

	box = box_new(2, 5, 3);
	box.images[1].super->feature_map = 0x10000;
	box_scan(&box, 0);
	ktap_check(is_unused(&box, 1, "feature that is not known") && box.array->dev,
		   "one member with a feature that is not known");
	box_free(&box);

	box = box_new(2, 5, 3);
	box.images[0].super->level = -4;
	box_scan(&box, 6);
	ktap_check(fails(&box, QV_ERR_UNSUPPORTED, "level -4"), "a level that is not known");
	box_free(&box);
}

static void test_size(int level, u64 sectors)
{
	struct box box = box_new(2, level, 4);

	for (int i = 0; i < 4; i++) {
		box.images[i].super->size = sectors;
		if (level == 0)
			box.images[i].super->data_size = sectors;
	}
	box_scan(&box, 0);
	ktap_check(fails(&box, QV_ERR_DAMAGED, "no data, or more than there can be"),
		   "a size that makes no sense");
	box_free(&box);
}

static void test_dirty(void)
{
	struct box box = box_new(2, 5, 3);

	for (int i = 0; i < 3; i++)
		box.images[i].super->resync_offset = 0;
	box_scan(&box, 0);
	ktap_check(box.array->state == QV_READABLE, "in use when it stopped, whole");
	qv_free(box.qv);
	box_scan(&box, 1);
	ktap_check(box.array->state == QV_READABLE_WARNING && says(&box, "in use when it stopped"),
		   "in use when it stopped, degraded");
	box_free(&box);
}

static void test_short(void)
{
	struct box box = box_new(2, 1, 2);

	box.images[0].size -= 65536;
	box_scan(&box, 0);
	ktap_check(remarks(&box, "disk0", "65536 bytes too short") && is_read_from(&box, 0) &&
		   box.array->state == QV_READABLE, "a member that was cut off");
	box_free(&box);

	box = box_new(2, 0, 2);
	box.images[1].size -= 65536;
	box_scan(&box, 0);
	ktap_check(box.array->state == QV_READABLE_WARNING && says(&box, "only a part"),
		   "a member that was cut off, of level 0");
	box_free(&box);
}

static void test_unequal(void)
{
	struct box box = box_new(2, 0, 2);
	struct md_image larger = md_image_new(SIZE + 65536);

	md_image_free(&box.images[1]);
	md_image_super(&larger, 2, 0, 2, 1);
	box.images[1] = larger;
	box_scan(&box, 0);
	ktap_check(box.array->state == QV_READABLE_WARNING && says(&box, "unequal") &&
		   !qv_dev_read(box.array->dev, &(u8){ 0 }, 1, SIZE), "unequal members");
	qv_free(box.qv);
	for (int i = 0; i < 2; i++) {
		box.images[i].super->feature_map = 4096;
		box.images[i].super->layout = 2;
	}
	box_scan(&box, 0);
	ktap_check(box.array->state == QV_READABLE, "unequal members with a layout");
	box_free(&box);
}

/* An array of two arrays: level 0 over level 1. */
static void test_nested(void)
{
	struct box box = box_new(1, 1, 2);
	struct md_image outer = md_image_new(SIZE - 8192);

	md_image_super(&outer, 0, 0, 1, 0);
	md_image_name(&outer, "0");
	outer.super->set_uuid[0] = 0xcd;
	md_image_sum(&outer);
	for (int i = 0; i < 2; i++)
		memcpy(box.images[i].bytes + 8192, outer.bytes, outer.size);
	box_scan(&box, 0);
	ktap_check(is_named(&box, "md1") && box.array->content.kind == QV_CONTENT_MD &&
		   box.array->next && !strcmp(box.array->next->name, "md0") &&
		   box.array->next->dev && box.array->holder == box.array->next,
		   "an array on an array");
	md_image_free(&outer);
	box_free(&box);
}

static void test_two_versions(void)
{
	struct box box = box_new(0, 1, 2);
	struct md_image *image = &box.images[1];

	memset(image->bytes, 0, SIZE);
	md_image_super(image, 2, 1, 2, 1);
	box_scan(&box, 0);
	ktap_check(is_named(&box, "md1@10111213") && box.array->next &&
		   box.array->array.missing == 1, "one UUID, but two versions");
	box_free(&box);
}

/* A disk with one partition up to its end, so that both end with the same superblock 0.90. */
static void write_disk(const char *path, const struct md_image *partition)
{
	u8 *disk = calloc(1, 65536 + partition->size);
	u8 *entry = disk + 446;
	FILE *file = fopen(path, "w");

	entry[4] = 0xfd;
	entry[8] = 65536 / 512;
	entry[12] = partition->size / 512 & 0xff;
	entry[13] = partition->size / 512 >> 8;
	disk[510] = 0x55;
	disk[511] = 0xaa;
	memcpy(disk + 65536, partition->bytes, partition->size);
	if (!file || fwrite(disk, 1, 65536 + partition->size, file) != 65536 + partition->size ||
	    fclose(file))
		exit(1);
	free(disk);
}

static void test_last_partition(void)
{
	char path[] = "/tmp/qnapvol-test-XXXXXX";
	struct box box = box_new(90, 1, 1);
	const int fd = mkstemp(path);

	if (fd < 0)
		exit(1);
	write_disk(path, &box.images[0]);
	box.qv = qv_new();
	ktap_check(!qv_add_source(box.qv, path, NULL) && !qv_scan(box.qv, NULL),
		   "scan of a disk whose last partition is a member");
	box.array = first_array(box.qv);
	ktap_check(qv_items(box.qv)->content.kind == QV_CONTENT_TABLE && qv_items(box.qv)->child &&
		   qv_items(box.qv)->child->holder == box.array && is_read_from(&box, 0),
		   "the superblock 0.90 is that of the partition");
	box_free(&box);
	close(fd);
	unlink(path);
}

static void test_states(void)
{
	for (int minor = 0; minor <= 2; minor++) {
		test_whole(minor, 1, 2);
		test_whole(minor, 5, 3);
	}
	test_whole(90, 1, 2);
	test_whole(90, 5, 4);
	test_whole(0, -1, 2);
	test_whole(90, 0, 2);
	test_whole(0, 4, 3);
	test_whole(0, 6, 4);
	test_whole(0, 10, 4);
	test_missing(1, 2, 1, true);
	test_missing(5, 3, 2, true);
	test_missing(5, 3, 3, false);
	test_missing(6, 4, 5, true);
	test_missing(6, 5, 7, false);
	test_missing(10, 4, 5, true);
	test_missing(10, 4, 3, false);
	test_missing(0, 2, 1, false);
	test_missing(-1, 2, 2, false);
	test_needs();
	test_find();
}

int main(void)
{
	ktap_begin();
	test_states();
	test_uuid();
	test_stale();
	test_failed();
	test_spare();
	test_spare0();
	test_twice();
	test_rebuilding();
	test_replacement();
	test_bad_blocks();
	test_system_array();
	test_names();
	test_unsupported();
	test_size(5, 0);
	test_size(5, 1ull << 54);
	test_size(10, 0);
	test_size(10, 1ull << 54);
	test_size(0, 1ull << 54);
	test_dirty();
	test_short();
	test_unequal();
	test_nested();
	test_two_versions();
	test_last_partition();

	return ktap_end();
}
