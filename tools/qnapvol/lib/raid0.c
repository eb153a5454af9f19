// SPDX-License-Identifier: GPL-2.0-only
/*
 * RAID level 0: chunks go round the members
 *
 * Where the smallest member ends, the others go on alone, in a zone of their own, until the next
 * one ends. Kernels have counted the chunks in such a zone in two ways: from the beginning of the
 * array, the original layout, or from that of the zone, the alternate one.
 */

#include "raid.h"

/**
 * struct zone - part of the array that lies on the same members
 * @start: where it begins in the array
 * @size: how long it is
 * @member_start: where it begins on each member
 * @member_size: how much of each member it takes
 * @members: how many members it is on
 */
struct zone {
	u64 start;
	u64 size;
	u64 member_start;
	u64 member_size;
	u32 members;
};

static bool is_in(const struct qv_raid_member *member, const struct zone *zone)
{
	return member->size > zone->member_start;
}

/* Goes on to the next zone; the first one follows one that is all zeros. False: there is none. */
static bool next_zone(const struct qv_raid_geometry *geometry, struct zone *zone)
{
	u64 end = UINT64_MAX;

	zone->start += zone->size;
	zone->member_start += zone->member_size;
	zone->members = 0;
	for (u32 i = 0; i < geometry->disks; i++) {
		if (!is_in(&geometry->members[i], zone))
			continue;
		zone->members++;
		if (geometry->members[i].size < end)
			end = geometry->members[i].size;
	}
	zone->member_size = end - zone->member_start;

	return zone->members && !__builtin_mul_overflow(zone->member_size, zone->members,
							&zone->size);
}

static int raid0_check(struct qv *qv, const struct qv_raid_geometry *geometry)
{
	if (!geometry->chunk)
		return qv_fail(qv, QV_ERR_DAMAGED, "it is of level 0, but has no length of chunks");
	if (geometry->layout > QV_RAID0_ALTERNATE)
		return qv_fail(qv, QV_ERR_UNSUPPORTED,
			       "it is of level 0 with the layout %u, which is not known",
			       geometry->layout);

	return 0;
}

static u64 raid0_size(const struct qv_raid_geometry *geometry)
{
	struct zone zone = { };
	u64 size = 0;

	for (u32 i = 0; i < geometry->disks; i++) {
		if (geometry->members[i].size % geometry->chunk)
			return 0;
	}
	while (next_zone(geometry, &zone)) {
		if (__builtin_add_overflow(size, zone.size, &size))
			return 0;
	}

	return size;
}

/* Returns a member of those in a zone. */
static u32 member_of(const struct qv_raid_geometry *geometry, const struct zone *zone, u32 index)
{
	u32 disk = 0;

	while (!is_in(&geometry->members[disk], zone) || index--)
		disk++;

	return disk;
}

/*
 * Finds where a place is. Cuts @len so that it is inside a chunk. Returns the member, and the place
 * on it in @start; or -1 if the layout is not known there.
 */
static int locate(const struct qv_raid *raid, u64 *start, u64 *len)
{
	const struct qv_raid_geometry *geometry = &raid->geometry;
	const u64 chunk = geometry->chunk;
	struct zone zone = { };
	u64 inside, number;

	while (next_zone(geometry, &zone) && *start - zone.start >= zone.size)
		continue;
	inside = *start - zone.start;
	if (*len > chunk - inside % chunk)
		*len = chunk - inside % chunk;
	if (zone.start && geometry->layout == QV_RAID0_UNKNOWN)
		return -1;

	number = (geometry->layout == QV_RAID0_ORIGINAL ? *start : inside) / chunk;
	*start = zone.member_start + inside / chunk / zone.members * chunk + inside % chunk;

	return member_of(geometry, &zone, number % zone.members);
}

static int raid0_read(struct qv_dev *dev, void *buf, size_t len, u64 start)
{
	const struct qv_raid *raid = (const struct qv_raid *)dev;
	u64 place, piece;
	int disk;

	for (; len; len -= piece, buf += piece, start += piece) {
		place = start;
		piece = len;
		disk = locate(raid, &place, &piece);
		if (disk < 0)
			return qv_fail(dev->qv, QV_ERR_UNREADABLE,
				       "%s: in which order the data from byte %llu on is on the members is not known",
				       dev->name, start);
		if (!qv_raid_member_read(raid, disk, buf, piece, place))
			return qv_raid_fail(raid, start);
	}

	return 0;
}

static u64 raid0_piece(const struct qv_raid *raid, u64 start, u64 len, bool *good)
{
	const int disk = locate(raid, &start, &len);

	*good = false;

	return disk < 0 ? len : qv_raid_member_run(raid, disk, start, len, good);
}

/**
 * qv_raid0_is_unclear() - find out if it is not known in which order some data is
 * @geometry: form of an array of level 0, with all members
 *
 * Return: true if members are unequal and the layout is not known: only what is in the first zone
 * can be read then.
 */
bool qv_raid0_is_unclear(const struct qv_raid_geometry *geometry)
{
	if (geometry->layout != QV_RAID0_UNKNOWN)
		return false;

	for (u32 i = 1; i < geometry->disks; i++) {
		if (geometry->members[i].size != geometry->members[0].size)
			return true;
	}

	return false;
}

static bool raid0_is_enough(const struct qv_raid_geometry *geometry, const bool *has)
{
	return qv_raid_has_all(geometry, has) && !qv_raid0_is_unclear(geometry);
}

const struct qv_raid_level qv_raid0 = {
	.check = raid0_check,
	.size = raid0_size,
	.is_enough = raid0_is_enough,
	.read = raid0_read,
	.piece = raid0_piece,
};
