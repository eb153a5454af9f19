// SPDX-License-Identifier: GPL-2.0-only
/*
 * mkqnapimg: disks and their partition tables
 *
 * QNAP makes five partitions: system, swap, data, a second system, swap. Data is the third, and
 * gets what the others leave.
 */

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "crc32.h"
#include "gen.h"

#define FIRST_PARTITION	MIB

#define GPT_ENTRIES	128
#define GPT_ENTRY_SIZE	128
#define GPT_HEADER_SIZE	92
#define GPT_ARRAY_SIZE	(GPT_ENTRIES * GPT_ENTRY_SIZE)

#define MBR_TABLE	446
#define MBR_ENTRY_SIZE	16
#define MBR_PRIMARY	4
#define MBR_TYPE_LINUX	0x83
#define MBR_TYPE_GPT	0xee

#define PARTITIONS_MAX	8

/**
 * struct partition - a partition, in sectors of the disk
 * @first: its first sector
 * @count: how many
 */
struct partition {
	u64 first;
	u64 count;
};

/**
 * struct disk - a disk
 * @image: its image
 * @sector: length of a sector
 * @parts: its partitions
 * @num: how many
 */
struct disk {
	struct image *image;
	u32 sector;
	struct partition parts[PARTITIONS_MAX];
	unsigned int num;
};

static const char *const qnap_sizes[] = { "8M", "2M", "rest", "2M", "2M" };

static struct json_object *sizes_of(struct json_object *description)
{
	struct json_object *sizes = get(description, "partitions");
	unsigned int num = strcmp(get_text(description, "table", "gpt"), "mbr") ? 5 : MBR_PRIMARY;

	if (sizes)
		return sizes;

	sizes = json_object_new_array();
	for (unsigned int i = 0; i < num; i++)
		json_object_array_add(sizes, json_object_new_string(qnap_sizes[i]));

	return sizes;
}

static bool is_rest(struct json_object *size)
{
	return !strcmp(json_object_get_string(size), "rest");
}

static void lay_out(struct disk *disk, struct json_object *sizes)
{
	u64 start = FIRST_PARTITION, rest = disk->image->size - 2 * FIRST_PARTITION;
	u64 size;

	disk->num = json_object_array_length(sizes);
	for (unsigned int i = 0; i < disk->num; i++) {
		if (!is_rest(json_object_array_get_idx(sizes, i)))
			rest -= to_number(json_object_array_get_idx(sizes, i));
	}
	for (unsigned int i = 0; i < disk->num; i++, start += size) {
		struct json_object *wanted = json_object_array_get_idx(sizes, i);

		size = is_rest(wanted) ? round_down(rest, 4096) : to_number(wanted);
		disk->parts[i].first = start / disk->sector;
		disk->parts[i].count = size / disk->sector;
	}
}

static void mbr_put(u8 *mbr, unsigned int i, u8 type, u64 first, u64 count)
{
	u8 *entry = mbr + MBR_TABLE + i * MBR_ENTRY_SIZE;

	memset(entry + 1, 0xff, 7);
	entry[1] = 0xfe;
	entry[5] = 0xfe;
	entry[4] = type;
	put32(entry + 8, first);
	put32(entry + 12, count > UINT32_MAX ? UINT32_MAX : count);
	put16(mbr + 510, 0xaa55);
}

static void mbr_write(const struct disk *disk)
{
	u8 mbr[SECTOR] = { };

	for (unsigned int i = 0; i < disk->num && i < MBR_PRIMARY; i++)
		mbr_put(mbr, i, MBR_TYPE_LINUX, disk->parts[i].first, disk->parts[i].count);
	image_write(disk->image, mbr, sizeof(mbr), 0);
}

static void gpt_write_header(const struct disk *disk, const u8 *guid, u64 own, u64 other,
			     u64 array, u32 array_crc)
{
	const u64 array_sectors = GPT_ARRAY_SIZE / disk->sector;
	const u64 sectors = disk->image->size / disk->sector;
	u8 header[SECTOR] = "EFI PART";

	put32(header + 8, 0x10000);
	put32(header + 12, GPT_HEADER_SIZE);
	put64(header + 24, own);
	put64(header + 32, other);
	put64(header + 40, 2 + array_sectors);
	put64(header + 48, sectors - 2 - array_sectors);
	memcpy(header + 56, guid, UUID_BYTES);
	put64(header + 72, array);
	put32(header + 80, GPT_ENTRIES);
	put32(header + 84, GPT_ENTRY_SIZE);
	put32(header + 88, array_crc);
	put32(header + 16, qv_crc32(0, header, GPT_HEADER_SIZE));
	image_write(disk->image, header, sizeof(header), own * disk->sector);
}

static void gpt_fill(const struct disk *disk, u8 *array)
{
	/* "Microsoft basic data", as QNAP has it */
	static const u8 type[UUID_BYTES] = {
		0xa2, 0xa0, 0xd0, 0xeb, 0xe5, 0xb9, 0x33, 0x44,
		0x87, 0xc0, 0x68, 0xb6, 0xb7, 0x26, 0x99, 0xc7
	};
	static const char name[] = "primary";

	for (unsigned int i = 0; i < disk->num; i++, array += GPT_ENTRY_SIZE) {
		memcpy(array, type, sizeof(type));
		random_bytes(array + 16, UUID_BYTES);
		put64(array + 32, disk->parts[i].first);
		put64(array + 40, disk->parts[i].first + disk->parts[i].count - 1);
		for (unsigned int c = 0; name[c]; c++)
			put16(array + 56 + 2 * c, name[c]);
	}
}

static void gpt_write(const struct disk *disk)
{
	const u64 last = disk->image->size / disk->sector - 1;
	const u64 copy = last - GPT_ARRAY_SIZE / disk->sector;
	u8 array[GPT_ARRAY_SIZE] = { };
	u8 mbr[SECTOR] = { };
	u8 guid[UUID_BYTES];
	u32 crc;

	mbr_put(mbr, 0, MBR_TYPE_GPT, 1, last);
	image_write(disk->image, mbr, sizeof(mbr), 0);
	random_bytes(guid, sizeof(guid));
	gpt_fill(disk, array);
	crc = qv_crc32(0, array, sizeof(array));
	image_write(disk->image, array, sizeof(array), 2 * disk->sector);
	image_write(disk->image, array, sizeof(array), copy * disk->sector);
	gpt_write_header(disk, guid, 1, last, 2, crc);
	gpt_write_header(disk, guid, last, 1, copy, crc);
}

/* The copy at the end has to do. */
static void damage_table(const struct disk *disk)
{
	u8 junk[SECTOR];

	random_bytes(junk, sizeof(junk));
	image_write(disk->image, junk, sizeof(junk), disk->sector);
}

static void disk_make(struct json_object *description, unsigned int number, const char *directory)
{
	const char *table = get_text(description, "table", "gpt");
	struct disk disk = { .sector = get_number(description, "sector", SECTOR) };
	char name[NAME_SIZE];

	check_keys(description, "a disk", "size table sector partitions absent damaged_table");
	disk.image = image_new(get_number(description, "size", 96 * MIB), "%s/disk%u.img",
			       directory, number);
	snprintf(name, sizeof(name), "%u", number);
	place_add(name, disk.image, 0, disk.image->size);
	if (!strcmp(table, "none"))
		return;

	lay_out(&disk, sizes_of(description));
	if (!strcmp(table, "mbr"))
		mbr_write(&disk);
	else
		gpt_write(&disk);
	if (get_bool(description, "damaged_table", false))
		damage_table(&disk);
	for (unsigned int i = 0; i < disk.num; i++) {
		snprintf(name, sizeof(name), "%u:%u", number, i + 1);
		place_add(name, disk.image, disk.parts[i].first * disk.sector,
			  disk.parts[i].count * disk.sector);
	}
}

void disks_make(struct json_object *description, const char *directory)
{
	struct json_object *list = get_list(description, "disks");

	for (size_t i = 0; i < json_object_array_length(list); i++)
		disk_make(json_object_array_get_idx(list, i), i + 1, directory);
}

/* Disks that are absent were only made to leave the others as they are without them. */
void disks_finish(struct json_object *description)
{
	struct json_object *list = get_list(description, "disks");
	char name[NAME_SIZE];

	for (size_t i = 0; i < json_object_array_length(list); i++) {
		snprintf(name, sizeof(name), "%zu", i + 1);
		if (get_bool(json_object_array_get_idx(list, i), "absent", false) &&
		    unlink(place_find(name)->image->path))
			die("cannot remove %s", place_find(name)->image->path);
	}
}
