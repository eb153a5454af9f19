// SPDX-License-Identifier: GPL-2.0-only
/* mkqnapimg: what is found at fixed places: DRBD, swap, ZFS, flashcache */

#include <stdlib.h>

#include "gen.h"

#define PAGE	4096

#define DRBD_BLOCK		4096
#define DRBD_MAGIC_V08		0x8374026b
#define DRBD_MAGIC_UNCLEAN	0x8374026c

#define ZFS_NAMES	16384
#define ZFS_UBERBLOCKS	(128 * KIB)
#define ZFS_LABEL_SIZE	(256 * KIB)
#define ZFS_MAGIC	0x00bab10c

/* DRBD alone is big-endian. */

static void put32_big(u8 *p, u32 value)
{
	for (int i = 0; i < 4; i++)
		p[i] = value >> (24 - 8 * i);
}

static void put64_big(u8 *p, u64 value)
{
	put32_big(p, value >> 32);
	put32_big(p + 4, value);
}

/* Internal metadata is at the end; its superblock comes last. */
void drbd_write(const struct place *place, bool unclean)
{
	const u64 start = round_down(place->size, DRBD_BLOCK) - DRBD_BLOCK;
	u8 super[DRBD_BLOCK] = { };
	u8 uuids[5 * 8];

	random_bytes(uuids, sizeof(uuids));
	put64_big(super, (place->size - DRBD_ROOM) / SECTOR);
	memcpy(super + 8, uuids, sizeof(uuids));
	put32_big(super + 60, unclean ? DRBD_MAGIC_UNCLEAN : DRBD_MAGIC_V08);
	put32_big(super + 64, DRBD_ROOM / SECTOR);
	put32_big(super + 68, -64);
	put32_big(super + 72, 127);
	put32_big(super + 76, -128);
	put32_big(super + 80, 4096);
	place_write(place, super, sizeof(super), start);
}

void swap_write(const struct place *place)
{
	u8 header[PAGE] = { };

	put32(header + 1024, 1);
	put32(header + 1028, place->size / PAGE - 1);
	random_bytes(header + 1036, UUID_BYTES);
	memcpy(header + PAGE - 10, "SWAPSPACE2", 10);
	place_write(place, header, sizeof(header), 0);
}

/* Names and numbers in XDR: enough of them to be known as a label. */
static size_t zfs_put_name(u8 *p, const char *name, u64 number)
{
	const size_t len = strlen(name);
	const size_t room = round_up(len, 4);

	put32_big(p, 24 + room);
	put32_big(p + 4, 24 + room);
	put32_big(p + 8, len);
	memcpy(p + 12, name, len);
	put32_big(p + 12 + room, 8);
	put32_big(p + 16 + room, 1);
	put64_big(p + 20 + room, number);

	return 28 + room;
}

static void zfs_write_label(const struct place *place, u64 start)
{
	u8 names[1024] = { 1, 1 };
	u8 uberblock[1024] = { };
	size_t len = 12;

	put32_big(names + 8, 1);
	len += zfs_put_name(names + len, "version", 5000);
	len += zfs_put_name(names + len, "state", 0);
	len += zfs_put_name(names + len, "txg", 4711);
	len += zfs_put_name(names + len, "pool_guid", random_number());
	place_write(place, names, sizeof(names), start + ZFS_NAMES);
	put64(uberblock, ZFS_MAGIC);
	put64(uberblock + 8, 5000);
	place_write(place, uberblock, sizeof(uberblock), start + ZFS_UBERBLOCKS);
}

/* Two labels at the beginning, two at the end. */
void zfs_write(const struct place *place)
{
	const u64 end = round_down(place->size, ZFS_LABEL_SIZE);

	zfs_write_label(place, 0);
	zfs_write_label(place, ZFS_LABEL_SIZE);
	zfs_write_label(place, end - 2 * ZFS_LABEL_SIZE);
	zfs_write_label(place, end - ZFS_LABEL_SIZE);
}

/* The superblock of version 2. The state says if something was not written to the disk yet. */
void flashcache_write(const struct place *place, u32 state, u64 blocks)
{
	u8 super[SECTOR] = { };

	put64(super, blocks);
	put32(super + 8, 8);
	put32(super + 12, 512);
	put32(super + 16, state);
	memcpy(super + 20, "CG0", 3);
	place_write(place, super, sizeof(super), 0);
}
