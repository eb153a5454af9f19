// SPDX-License-Identifier: GPL-2.0-only
/* mkqnapimg: superblocks of md, versions 0.90, 1.0, 1.1 and 1.2 */

#include <stdlib.h>

#include "gen.h"

#define MD_MAGIC	0xa92b4efc
#define MD_TIME		1545000000

#define SUPER1_MAX_DEV	128
#define SUPER1_SIZE	(256 + 2 * SUPER1_MAX_DEV)
#define SUPER1_ROOM	(16 * KIB)
#define FEATURE_BITMAP	1
#define FEATURE_RECOVERY	2
#define FEATURE_BAD_BLOCKS	8
#define ROLE_SPARE	0xffff

#define DATA_START	MIB

#define SUPER0_SIZE	4096
#define SUPER0_ROOM	(64 * KIB)
#define SUPER0_DISKS	27

/* With 1.0 the bitmap is before the superblock, behind the data; else it is after it. */
#define BITMAP_BEFORE	-16
#define BITMAP_AFTER	8
#define BAD_BLOCKS_SIZE	4096
#define BAD_BLOCKS_MAX	511
#define BITMAP_MAGIC	0x6d746962
#define BITMAP_CHUNK	(64 * MIB)

/* How much of a member can be used for data. */
u64 md_room(const struct array *array, u64 member_size)
{
	switch (array->version) {
	case 0:
		return round_down(member_size, SUPER0_ROOM) - SUPER0_ROOM;
	case 10:
		return round_down(member_size / SECTOR - 16, 8) * SECTOR - SUPER1_ROOM;
	default:
		return member_size - DATA_START;
	}
}

/* The checksum is not a part of the sum. */
static u32 checksum(const u8 *raw, size_t size, size_t at)
{
	u64 sum = 0;

	for (size_t i = 0; i < size; i += 4) {
		if (i != at)
			sum += raw[i] | raw[i + 1] << 8 | raw[i + 2] << 16 | (u32)raw[i + 3] << 24;
	}

	return (u32)sum + (u32)(sum >> 32);
}

static int bitmap_offset(const struct array *array)
{
	return array->version == 10 ? BITMAP_BEFORE : BITMAP_AFTER;
}

static void write_bitmap(const struct array *array, const struct place *place, u64 super)
{
	u8 bitmap[SECTOR] = { };

	put32(bitmap, BITMAP_MAGIC);
	put32(bitmap + 4, 4);
	memcpy(bitmap + 8, array->uuid, UUID_BYTES);
	put64(bitmap + 24, array->events);
	put64(bitmap + 32, array->events);
	put64(bitmap + 40, array->component / SECTOR);
	put32(bitmap + 52, BITMAP_CHUNK);
	put32(bitmap + 56, 5);
	place_write(place, bitmap, sizeof(bitmap), super + bitmap_offset(array) * SECTOR);
}

/* Before the superblock as well: 512 entries, of at most 511 sectors each. */
static void write_bad_blocks(const struct member *member, u8 *raw, u64 super)
{
	u8 log[BAD_BLOCKS_SIZE];
	u64 start = member->bad_start / SECTOR, left = member->bad_size / SECTOR, part;

	memset(log, 0xff, sizeof(log));
	for (unsigned int i = 0; left; i++, left -= part, start += part) {
		part = left < BAD_BLOCKS_MAX ? left : BAD_BLOCKS_MAX;
		put64(log + 8 * i, start << 10 | part);
	}
	place_write(member->place, log, sizeof(log), super - sizeof(log));
	put16(raw + 186, BAD_BLOCKS_SIZE / SECTOR);
	put32(raw + 188, -(BAD_BLOCKS_SIZE / SECTOR));
}

static u32 features(const struct array *array, const struct member *member)
{
	return array->features | (array->bitmap ? FEATURE_BITMAP : 0) |
	       (member->rebuilding ? FEATURE_RECOVERY : 0) |
	       (member->bad_size ? FEATURE_BAD_BLOCKS : 0);
}

static u64 super1_start(const struct array *array, const struct place *place)
{
	switch (array->version) {
	case 10:
		return round_down(place->size / SECTOR - 16, 8) * SECTOR;
	case 12:
		return 4096;
	default:
		return 0;
	}
}

/* Members that are not there are gone for long: the others know. */
static void put_roles(u8 *raw, const struct array *array)
{
	for (unsigned int i = 0; i < SUPER1_MAX_DEV; i++)
		put16(raw + 256 + 2 * i, ROLE_SPARE);
	for (unsigned int i = 0; i < array->num_members; i++) {
		if (!array->members[i].spare)
			put16(raw + 256 + 2 * i, array->members[i].role);
	}
}

static void put_shape(u8 *raw, const struct array *array, const struct place *place)
{
	const bool sized = array->level != 0 && array->level != -1;

	put64(raw + 64, MD_TIME);
	put32(raw + 72, array->level);
	put32(raw + 76, array->layout);
	put64(raw + 80, sized ? array->component / SECTOR : 0);
	put32(raw + 88, array->chunk / SECTOR);
	put32(raw + 92, array->disks);
	if (array->bitmap)
		put32(raw + 96, bitmap_offset(array));
	put64(raw + 128, array->data_start / SECTOR);
	put64(raw + 136, md_room(array, place->size) / SECTOR);
}

static void super1_write(const struct array *array, const struct member *member)
{
	const u64 start = super1_start(array, member->place);
	u8 raw[SUPER1_SIZE] = { };

	put32(raw, MD_MAGIC);
	put32(raw + 4, 1);
	put32(raw + 8, features(array, member));
	memcpy(raw + 16, array->uuid, UUID_BYTES);
	memcpy(raw + 32, array->name, strnlen(array->name, 32));
	put_shape(raw, array, member->place);
	put64(raw + 144, start / SECTOR);
	put64(raw + 152, member->rebuilding / SECTOR);
	put32(raw + 160, member - array->members);
	random_bytes(raw + 168, UUID_BYTES);
	put64(raw + 192, MD_TIME + 1000 - member->stale);
	put64(raw + 200, array->events - member->stale);
	put64(raw + 208, UINT64_MAX);
	put32(raw + 220, SUPER1_MAX_DEV);
	put32(raw + 224, array->flex);
	put_roles(raw, array);
	if (member->bad_size)
		write_bad_blocks(member, raw, start);
	put32(raw + 216, checksum(raw, sizeof(raw), 216));
	place_write(member->place, raw, sizeof(raw), start);
	if (array->bitmap)
		write_bitmap(array, member->place, start);
}

static void put_word(u8 *raw, unsigned int index, u32 value)
{
	put32(raw + 4 * index, value);
}

/* 32 words: number, major, minor, role, state: 6 is active and in sync */
static void super0_put_disk(u8 *raw, unsigned int word, const struct array *array,
			    const struct member *member)
{
	put_word(raw, word, member - array->members);
	put_word(raw, word + 1, 8);
	put_word(raw, word + 2, 16 * (member - array->members) + 3);
	put_word(raw, word + 3, member->spare ? array->disks : member->role);
	put_word(raw, word + 4, member->spare ? 0 : 6);
}

static void super0_put_shape(u8 *raw, const struct array *array)
{
	u8 uuid[UUID_BYTES];

	memcpy(uuid, array->uuid, sizeof(uuid));
	memcpy(raw + 4 * 5, uuid, 4);
	memcpy(raw + 4 * 13, uuid + 4, 12);
	put_word(raw, 6, MD_TIME);
	put_word(raw, 7, array->level);
	put_word(raw, 8, array->component / KIB);
	put_word(raw, 9, array->num_members);
	put_word(raw, 10, array->disks);
	put_word(raw, 11, strtoul(array->name, NULL, 10));
	put_word(raw, 64, array->layout);
	put_word(raw, 65, array->chunk);
}

static void super0_write(const struct array *array, const struct member *member)
{
	u8 raw[SUPER0_SIZE] = { };

	put_word(raw, 0, MD_MAGIC);
	put_word(raw, 2, 90);
	super0_put_shape(raw, array);
	put_word(raw, 32, MD_TIME + 1000);
	put_word(raw, 33, 1);
	put_word(raw, 34, array->disks);
	put_word(raw, 35, array->num_members);
	put_word(raw, 39, array->events - member->stale);
	for (unsigned int i = 0; i < array->num_members && i < SUPER0_DISKS; i++)
		super0_put_disk(raw, 128 + 32 * i, array, &array->members[i]);
	super0_put_disk(raw, 992, array, member);
	put_word(raw, 38, checksum(raw, sizeof(raw), 4 * 38));
	place_write(member->place, raw, sizeof(raw), md_room(array, member->place->size));
}

void md_write_super(const struct array *array, const struct member *member)
{
	if (array->version)
		super1_write(array, member);
	else
		super0_write(array, member);
}
