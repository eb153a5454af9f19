// SPDX-License-Identifier: GPL-2.0-only
/*
 * Prints the list of a box that is made up: show-list BOX tree|json [-v]
 *
 * All kinds of things in all states, without an image of any. The commands that it prints are for
 * what the command line of such a box would have been.
 */

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "list.h"
#include "memory.h"
#include "qv.h"

#define MB	1000000ull
#define GB	(1000 * MB)
#define TB	(1000 * GB)

static struct qv_item *add(struct qv *qv, enum qv_item_kind kind, struct qv_item *parent,
			   const char *name, u64 size)
{
	struct qv_item *item = qv_item_new(qv, kind, parent, "%s", name);

	item->size = size;
	item->dev = zero_new(qv, size, name);

	return item;
}

static void set_content(struct qv_item *item, enum qv_content_kind kind, const char *type)
{
	item->content.kind = kind;
	item->content.type = type;
}

static void set_label(struct qv_item *item, const char *label)
{
	snprintf(item->content.label, sizeof(item->content.label), "%s", label);
}

static struct qv_item *add_disk(struct qv *qv, const char *name, unsigned int partitions)
{
	struct qv_item *disk = add(qv, QV_ITEM_SOURCE, NULL, name, 4 * TB);
	struct qv_item *part;

	set_content(disk, QV_CONTENT_TABLE, "gpt");
	disk->source.scheme = "gpt";
	disk->source.rescued = disk->size;
	for (unsigned int i = 1; i <= partitions; i++) {
		part = add(qv, QV_ITEM_PARTITION, disk, qv_text(qv, "%s:%u", name, i), 500 * MB);
		set_content(part, QV_CONTENT_MD, "md");
	}

	return disk;
}

/* A mirror of two with one member there. */
static struct qv_item *add_half_mirror(struct qv *qv, const char *name, struct qv_item *part)
{
	struct qv_item *array = add(qv, QV_ITEM_ARRAY, NULL, name, part->size);
	struct qv_member *members = qv_zalloc(qv, 2, sizeof(*members));

	part->holder = array;
	members[0] = (struct qv_member){ .item = part, .role = 0, .events = 7, .used = true };
	members[1] = (struct qv_member){ .role = 1 };
	array->array.version = "1.0";
	array->array.level = 1;
	array->array.disks = 2;
	array->array.missing = 1;
	array->array.members = members;
	array->array.num_members = 2;

	return array;
}

static struct qv_item *add_group(struct qv *qv, const char *name, struct qv_item *array)
{
	static const u32 generations[] = { 12, 11 };
	struct qv_item *group = add(qv, QV_ITEM_GROUP, NULL, name, 4 * TB);
	struct qv_physical *physicals = qv_zalloc(qv, 2, sizeof(*physicals));

	array->holder = group;
	set_content(array, QV_CONTENT_LVM, "LVM2");
	physicals[0] = (struct qv_physical){ "pv0", "id0", "/dev/drbd1", array, 4 * TB };
	physicals[1] = (struct qv_physical){ "pv1", "id1", "/dev/drbd2", NULL, 2 * TB };
	group->group = (struct qv_group_info){ "id", "disk", 12, generations, 2, 4 * MB,
					       physicals, 2 };

	return group;
}

static struct qv_item *add_thin(struct qv *qv, struct qv_item *pool, const char *name)
{
	struct qv_item *volume = add(qv, QV_ITEM_VOLUME, pool, name, 2 * TB);

	volume->volume = (struct qv_volume_info){ .type = "thick", .thin = true, .device = 1,
						  .mapped = 1 * TB };

	return volume;
}

static struct qv_item *add_ext(struct qv *qv, struct qv_item *pool, const char *name)
{
	struct qv_item *volume = add_thin(qv, pool, name);

	set_content(volume, QV_CONTENT_EXT, "ext4");
	volume->content.ext.block_size = 4096;
	volume->content.ext.qnap = true;
	volume->content.size = volume->size;

	return volume;
}

static void add_volumes(struct qv *qv, struct qv_item *pool)
{
	struct qv_item *volume = add_ext(qv, pool, "vg1/lv1");

	set_label(volume, "DataVol1");
	volume->volume.created = 1500000000;
	volume = add_ext(qv, pool, "vg1/snap10001");
	volume->volume.snapshot = true;
	volume->volume.origin = "vg1/lv1";
	volume = add_ext(qv, pool, "vg1/lv2");
	volume->content.ext.needs_recovery = true;
	volume->content.ext.hides_names = true;
	volume = add_ext(qv, pool, "vg1/lv3");
	volume->content.size = 3 * TB;
	volume->content.ext.block_size = 65536;
	set_content(add_thin(qv, pool, "vg1/lv4"), QV_CONTENT_LUKS, "LUKS1");
	add_thin(qv, pool, "vg1/lv5");
	qv_item_fail(qv, add_thin(qv, pool, "vg1/lv6"), QV_ERR_DAMAGED,
		     "the root of its mappings is damaged");
}

static void add_pool(struct qv *qv, struct qv_item *group)
{
	struct qv_item *pool = add(qv, QV_ITEM_POOL, group, "vg1/tp1", 4 * TB);

	pool->pool = (struct qv_pool_info){
		.type = "tier-thin-pool", .version = 4, .qnap = true, .block_size = 8192,
		.superblock = 8388600, .chunk = 524288, .map = QV_TIER_IDENTITY, .tier = 2,
		.num_volumes = 7,
	};
	pool->pool.tiers[2] = pool->dev;
	add_volumes(qv, pool);
}

static void add_plain_volumes(struct qv *qv, struct qv_item *group)
{
	struct qv_item *item = add(qv, QV_ITEM_VOLUME, group, "vg1/lv544", 40 * GB);

	item->volume.type = "linear";
	item = add(qv, QV_ITEM_VOLUME, group, "vg1/tp1_tmeta", 68 * GB);
	item->volume.type = "linear";
	item->volume.hidden = true;
}

/* Two bays, one disk left. */
static void make_two_bays(struct qv *qv)
{
	struct qv_item *disk = add_disk(qv, "disk1.img", 3);
	struct qv_item *part = disk->child, *array, *group;

	disk->source.rescue_map = "disk1.map";
	disk->source.rescued -= 2 * MB;
	set_content(add_half_mirror(qv, "md9", part), QV_CONTENT_EXT, "ext4");
	part = part->next;
	set_content(add_half_mirror(qv, "md256", part), QV_CONTENT_SWAP, "swap");
	part = part->next;
	part->size = 4 * TB;
	array = add_half_mirror(qv, "md1", part);
	array->content.drbd = true;
	group = add_group(qv, "vg1", array);
	add_plain_volumes(qv, group);
	add_pool(qv, group);
	qv_note(qv, QV_WARNING, "vg1/tp1", "the superblock is damaged");
}

/* One disk of three with RAID 5; another one is too old. */
static void make_half_array(struct qv *qv)
{
	struct qv_item *disk = add_disk(qv, "disk1.img", 1);
	struct qv_item *array = add(qv, QV_ITEM_ARRAY, NULL, "md1", 8 * TB);
	struct qv_member *members = qv_zalloc(qv, 4, sizeof(*members));

	disk->child->holder = array;
	members[0] = (struct qv_member){ .item = disk->child, .role = 0, .used = true };
	members[1] = (struct qv_member){ .role = 1 };
	members[2] = (struct qv_member){ .role = 2 };
	members[3] = (struct qv_member){ .item = disk->child, .role = -1, .why = "it is a spare" };
	array->array = (struct qv_array_info){ "1.0", "", 5, 2, 65536, 3, 2, members, 4 };
	qv_item_fail(qv, array, QV_ERR_INCOMPLETE, "two of three members are missing");
}

/* An array of an array, and a pool with damaged metadata. */
static void make_damaged(struct qv *qv)
{
	struct qv_item *disk = add_disk(qv, "disk1.img", 1);
	struct qv_item *inner = add_half_mirror(qv, "md1", disk->child);
	struct qv_item *group = add_group(qv, "vg1", add_half_mirror(qv, "md2", inner));
	struct qv_item *pool = add(qv, QV_ITEM_POOL, group, "vg1/tp1", 4 * TB);

	pool->pool = (struct qv_pool_info){ .version = 4, .map = QV_TIER_NONE, .num_volumes = 1 };
	add_ext(qv, pool, "vg1/lv1");
	qv_note(qv, QV_DAMAGE, "vg1/tp10 metadata block 1", "another pool");
	qv_note(qv, QV_DAMAGE, "vg1/tp1 metadata block 2", "its checksum is wrong");
}

static void make_zfs(struct qv *qv)
{
	set_content(add_disk(qv, "disk1.img", 1)->child, QV_CONTENT_ZFS, "ZFS");
}

/* Names that talk to the terminal, break JSON, or mean something to a shell. */
static void make_odd_names(struct qv *qv)
{
	struct qv_item *item = add(qv, QV_ITEM_SOURCE, NULL, "disk '1'\n\033[2J\xff.img", GB);

	set_content(item, QV_CONTENT_EXT, "ext3");
	set_label(item, "a\"b");
}

static const struct {
	const char *name;
	void (*make)(struct qv *qv);
} boxes[] = {
	{ "two-bays", make_two_bays },
	{ "half-array", make_half_array },
	{ "damaged", make_damaged },
	{ "zfs", make_zfs },
	{ "odd-names", make_odd_names },
};

int main(int argc, char **argv)
{
	struct cli cli = { .verbose = argc > 3, .num = 2, .qv = qv_new() };
	int ret;

	if (argc < 3 || !cli.qv)
		return EXIT_USAGE;

	program_invocation_name = "qnapvol";
	cli.arguments[0] = (struct cli_source){ "disk 1.img", "it's.map" };
	cli.arguments[1] = (struct cli_source){ "-odd\n\xff.img", NULL };
	cli.options.vgtext = "backup/vg1";
	for (size_t i = 0; i < sizeof(boxes) / sizeof(*boxes); i++) {
		if (!strcmp(boxes[i].name, argv[1]))
			boxes[i].make(cli.qv);
	}
	ret = !strcmp(argv[2], "json") ? list_json(&cli, stdout) : list_tree(&cli, stdout);
	qv_free(cli.qv);

	return -ret;
}
