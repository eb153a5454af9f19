// SPDX-License-Identifier: GPL-2.0-only
/* RAID level linear: the members one behind the other */

#include "raid.h"

static int linear_check(struct qv *qv, const struct qv_raid_geometry *geometry)
{
	(void)qv;
	(void)geometry;

	return 0;
}

/* Sizes are those of devices, or were cut to them: but a superblock may say anything. */
static u64 linear_size(const struct qv_raid_geometry *geometry)
{
	u64 size = 0;

	for (u32 i = 0; i < geometry->disks; i++) {
		if (__builtin_add_overflow(size, geometry->members[i].size, &size))
			return 0;
	}

	return size;
}

/* Finds the member and, in @start, the place in it. The place is inside the array. */
static u32 find_member(const struct qv_raid *raid, u64 *start)
{
	const struct qv_raid_member *member = raid->geometry.members;

	for (; *start >= member->size; member++)
		*start -= member->size;

	return member - raid->geometry.members;
}

static int linear_read(struct qv_dev *dev, void *buf, size_t len, u64 start)
{
	const struct qv_raid *raid = (const struct qv_raid *)dev;
	size_t piece;
	u64 place;
	u32 disk;

	for (; len; len -= piece, buf += piece, start += piece) {
		place = start;
		disk = find_member(raid, &place);
		piece = len;
		if (piece > raid->geometry.members[disk].size - place)
			piece = raid->geometry.members[disk].size - place;
		if (!qv_raid_member_read(raid, disk, buf, piece, place))
			return qv_raid_fail(raid, start);
	}

	return 0;
}

static u64 linear_piece(const struct qv_raid *raid, u64 start, u64 len, bool *good)
{
	const u32 disk = find_member(raid, &start);

	if (len > raid->geometry.members[disk].size - start)
		len = raid->geometry.members[disk].size - start;

	return qv_raid_member_run(raid, disk, start, len, good);
}

const struct qv_raid_level qv_raid_linear = {
	.check = linear_check,
	.size = linear_size,
	.is_enough = qv_raid_has_all,
	.read = linear_read,
	.piece = linear_piece,
};
