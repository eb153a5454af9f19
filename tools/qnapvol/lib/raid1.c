// SPDX-License-Identifier: GPL-2.0-only
/* RAID level 1: all members have all data */

#include "raid.h"

static int raid1_check(struct qv *qv, const struct qv_raid_geometry *geometry)
{
	(void)qv;
	(void)geometry;

	return 0;
}

static u64 raid1_size(const struct qv_raid_geometry *geometry)
{
	return geometry->members[0].size;
}

static bool raid1_is_enough(const struct qv_raid_geometry *geometry, const bool *has)
{
	for (u32 i = 0; i < geometry->disks; i++) {
		if (has[i])
			return true;
	}

	return false;
}

static bool member_way(const void *raid, unsigned int way, u8 *buf, size_t len, u64 start)
{
	return qv_raid_member_read(raid, way, buf, len, start);
}

static u32 count_members(const struct qv_raid *raid, u64 start)
{
	u32 num = 0;

	for (u32 i = 0; i < raid->geometry.disks; i++)
		num += qv_raid_member_has(raid, i, start, 1);

	return num;
}

static int raid1_read(struct qv_dev *dev, void *buf, size_t len, u64 start)
{
	const struct qv_raid *raid = (const struct qv_raid *)dev;
	const struct qv_raid_ways ways = {
		raid->geometry.disks, count_members(raid, start) > 1, member_way, raid,
	};

	return qv_raid_try(&ways, buf, len, start) ? 0 : qv_raid_fail(raid, start);
}

static u64 raid1_piece(const struct qv_raid *raid, u64 start, u64 len, bool *good)
{
	*good = false;
	for (u32 i = 0; i < raid->geometry.disks && !*good; i++)
		len = qv_raid_member_run(raid, i, start, len, good);

	return len;
}

const struct qv_raid_level qv_raid1 = {
	.check = raid1_check,
	.size = raid1_size,
	.is_enough = raid1_is_enough,
	.read = raid1_read,
	.piece = raid1_piece,
};
