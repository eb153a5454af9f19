// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the levels of RAID have in common: what one member does not have is read in another way, in
 * pieces as small as a sector if need be
 */

#include <string.h>

#include "qv.h"
#include "raid.h"

/* An answer about an array with gaps must not take forever; the caller asks again. */
#define PIECES_MAX	4096

static const struct qv_raid_level *find_level(int level)
{
	switch (level) {
	case -1:
		return &qv_raid_linear;
	case 0:
		return &qv_raid0;
	case 1:
		return &qv_raid1;
	case 4:
	case 5:
	case 6:
		return &qv_raid456;
	case 10:
		return &qv_raid10;
	default:
		return NULL;
	}
}

/**
 * qv_raid_check() - find out if an array is of a form that is known
 * @qv: set, for the text of the error
 * @geometry: form of the array; the members need not be known
 *
 * Return:
 * * %0: it is
 * * -%QV_ERR_UNSUPPORTED: level or layout are not known
 * * -%QV_ERR_DAMAGED: the numbers contradict each other
 */
int qv_raid_check(struct qv *qv, const struct qv_raid_geometry *geometry)
{
	const struct qv_raid_level *level = find_level(geometry->level);

	if (!level)
		return qv_fail(qv, QV_ERR_UNSUPPORTED,
			       "it is of level %d, which is not known: look for a newer qnapvol, or let mdadm --assemble it from copies of the disks, then give the array itself",
			       geometry->level);
	if (!geometry->disks || geometry->disks > QV_RAID_DISKS_MAX ||
	    geometry->chunk % QV_SECTOR)
		return qv_fail(qv, QV_ERR_DAMAGED,
			       "its superblock says that it has %u members and chunks of %llu bytes, which cannot be",
			       geometry->disks, geometry->chunk);

	return level->check(qv, geometry);
}

/* Size of an array that was checked, 0 if it makes no sense. */
u64 qv_raid_size(const struct qv_raid_geometry *geometry)
{
	return find_level(geometry->level)->size(geometry);
}

/* Can all data of an array that was checked be had, if those of its members are used? */
bool qv_raid_is_enough(const struct qv_raid_geometry *geometry, const bool *has)
{
	return find_level(geometry->level)->is_enough(geometry, has);
}

/* For levels that need all members. */
bool qv_raid_has_all(const struct qv_raid_geometry *geometry, const bool *has)
{
	for (u32 i = 0; i < geometry->disks; i++) {
		if (!has[i])
			return false;
	}

	return true;
}

/* Members */

/* Is that part of a member there and up to date? */
bool qv_raid_member_has(const struct qv_raid *raid, u32 disk, u64 start, u64 len)
{
	const struct qv_raid_member *member = &raid->geometry.members[disk];

	return member->dev && qv_inside(start, len, member->end);
}

bool qv_raid_member_read(const struct qv_raid *raid, u32 disk, void *buf, size_t len, u64 start)
{
	struct qv_dev *dev = raid->geometry.members[disk].dev;

	if (!qv_raid_member_has(raid, disk, start, len))
		return false;
	if (!qv_dev_read(dev, buf, len, start))
		return true;

	if (raid->geometry.level <= 0)
		return false;

	qv_note(dev->qv, QV_INFO, dev->name,
		"cannot be read everywhere: what is missing is asked for from the other members");
	if (!raid->geometry.in_sync)
		qv_note(dev->qv, QV_WARNING, raid->dev.name,
			"was in use when it stopped: what the other members have in place of what cannot be read may be older");

	return false;
}

/**
 * qv_raid_member_run() - how much of a member is alike, as far as is known without reading
 * @raid: array
 * @disk: number of the member
 * @start: from where on
 * @len: how far to look
 * @good: it is there, up to date and can be read; or it is not
 *
 * Return: the length of that, at most @len.
 */
u64 qv_raid_member_run(const struct qv_raid *raid, u32 disk, u64 start, u64 len, bool *good)
{
	const struct qv_raid_member *member = &raid->geometry.members[disk];
	struct qv_extent extent;

	*good = false;
	if (!member->dev || start >= member->end)
		return len;

	if (len > member->end - start)
		len = member->end - start;
	if (qv_dev_extent(member->dev, start, len, &extent))
		return len;

	*good = extent.kind != QV_EXTENT_BAD;

	return extent.length;
}

static bool member_has_gaps(const struct qv_raid_member *member)
{
	struct qv_extent extent;

	if (!member->dev || member->end < member->size)
		return true;

	for (u64 start = 0; start < member->size; start += extent.length) {
		if (qv_dev_extent(member->dev, start, member->size - start, &extent) ||
		    extent.kind == QV_EXTENT_BAD)
			return true;
	}

	return false;
}

/* Members without gaps may be enough for all. */
static bool has_gaps(const struct qv_raid_geometry *geometry)
{
	bool has[QV_RAID_DISKS_MAX];

	for (u32 i = 0; i < geometry->disks; i++)
		has[i] = !member_has_gaps(&geometry->members[i]);

	return !qv_raid_is_enough(geometry, has);
}

/* Reading */

/* Returns where to cut: in the middle, between two sectors. 0: it is one sector. */
static size_t half_of(size_t len, u64 start)
{
	const u64 middle = (start + len / 2) / QV_SECTOR * QV_SECTOR;
	const u64 next = (start / QV_SECTOR + 1) * QV_SECTOR;

	if (middle > start)
		return middle - start;

	return next - start < len ? next - start : 0;
}

/**
 * qv_raid_try() - read what can be had in several ways
 * @ways: the ways
 * @buf: where to put the data
 * @len: how much
 * @start: from where on, for the way to count from; counted in sectors of the members
 *
 * What no way leads to as a whole is cut into halves, so that parts may come in different ways.
 *
 * Return: true if the buffer is full.
 */
bool qv_raid_try(const struct qv_raid_ways *ways, u8 *buf, size_t len, u64 start)
{
	size_t half;

	for (unsigned int way = 0; way < ways->num; way++) {
		if (ways->read(ways->data, way, buf, len, start))
			return true;
	}
	half = ways->cut ? half_of(len, start) : 0;

	return half && qv_raid_try(ways, buf, half, start) &&
	       qv_raid_try(ways, buf + half, len - half, start + half);
}

int qv_raid_fail(const struct qv_raid *raid, u64 start)
{
	return qv_fail(raid->dev.qv, QV_ERR_UNREADABLE,
		       "%s: what is at byte %llu or behind it cannot be had from any member",
		       raid->dev.name, start);
}

static int raid_read(struct qv_dev *dev, void *buf, size_t len, u64 start)
{
	return ((struct qv_raid *)dev)->level->read(dev, buf, len, start);
}

static int raid_extent(struct qv_dev *dev, u64 start, u64 len, struct qv_extent *extent)
{
	const struct qv_raid *raid = (const struct qv_raid *)dev;
	bool good = true, next;
	u64 done = raid->has_gaps ? raid->level->piece(raid, start, len, &good) : len;

	for (int i = 0; i < PIECES_MAX && done < len; i++) {
		const u64 more = raid->level->piece(raid, start + done, len - done, &next);

		if (next != good)
			break;
		done += more;
	}
	*extent = (struct qv_extent){ .start = start, .length = done, .kind = QV_EXTENT_BAD };
	if (good) {
		extent->kind = QV_EXTENT_DATA;
		extent->below = dev;
		extent->physical = start;
	}

	return 0;
}

static const struct qv_dev_ops raid_ops = {
	.read = raid_read,
	.extent = raid_extent,
};

/**
 * qv_raid_new() - an array as a device
 * @qv: set
 * @geometry: form of the array, checked, with its members, which are copied
 * @name: for messages
 *
 * Return: the device, or NULL if there is no memory.
 */
struct qv_dev *qv_raid_new(struct qv *qv, const struct qv_raid_geometry *geometry,
			   const char *name)
{
	struct qv_raid_member *members = qv_zalloc(qv, geometry->disks, sizeof(*members));
	struct qv_raid *raid = qv_dev_new(qv, sizeof(*raid), &raid_ops, qv_raid_size(geometry),
					  "%s", name);

	if (!members || !raid)
		return NULL;

	memcpy(members, geometry->members, geometry->disks * sizeof(*members));
	raid->geometry = *geometry;
	raid->geometry.members = members;
	raid->level = find_level(geometry->level);
	raid->has_gaps = has_gaps(geometry);

	return &raid->dev;
}
