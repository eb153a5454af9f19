// SPDX-License-Identifier: GPL-2.0-only
/* RAID levels 4, 5 and 6: what a member does not have is computed from the others */

#include "parity.h"

/* The factors of the second parity are 255: with more members two would have the same one. */
#define DISKS_MAX_6	255

/**
 * struct piece - part of a chunk
 * @raid: array
 * @stripe: the stripe that it is in
 * @disk: number of the member that has it
 * @start: where it begins on the members
 */
struct piece {
	const struct qv_raid *raid;
	struct qv_stripe stripe;
	int disk;
	u64 start;
};

static u32 parities(const struct qv_raid_geometry *geometry)
{
	return geometry->level == 6 ? 2 : 1;
}

static int raid456_check(struct qv *qv, const struct qv_raid_geometry *geometry)
{
	struct qv_stripe stripe;

	if (!geometry->chunk)
		return qv_fail(qv, QV_ERR_DAMAGED, "it is of level %d, but has no length of chunks",
			       geometry->level);
	if (geometry->disks <= parities(geometry))
		return qv_fail(qv, QV_ERR_DAMAGED, "it is of level %d, but of %u members only",
			       geometry->level, geometry->disks);
	if (geometry->level == 6 && geometry->disks > DISKS_MAX_6)
		return qv_fail(qv, QV_ERR_UNSUPPORTED,
			       "it is of level 6 and of %u members: more than %u cannot be told apart",
			       geometry->disks, DISKS_MAX_6);
	if (!qv_stripe_find(geometry->level, geometry->layout, geometry->disks, 0, &stripe))
		return qv_fail(qv, QV_ERR_UNSUPPORTED,
			       "it is of level %d with the layout %u, which is not known",
			       geometry->level, geometry->layout);

	return 0;
}

static u64 raid456_size(const struct qv_raid_geometry *geometry)
{
	const u64 member = geometry->members[0].size / geometry->chunk * geometry->chunk;
	u64 size;

	if (__builtin_mul_overflow(member, geometry->disks - parities(geometry), &size))
		return 0;

	return size;
}

static bool raid456_is_enough(const struct qv_raid_geometry *geometry, const bool *has)
{
	u32 missing = 0;

	for (u32 i = 0; i < geometry->disks; i++)
		missing += !has[i];

	return missing <= parities(geometry);
}

/* Finds the chunk that a place is in. Returns how much of it, at most @len, is in the same one. */
static u64 locate(struct piece *piece, u64 start, u64 len)
{
	const struct qv_raid_geometry *geometry = &piece->raid->geometry;
	const u32 data = geometry->disks - parities(geometry);
	const u64 chunk = start / geometry->chunk;
	const u64 inside = start % geometry->chunk;

	qv_stripe_find(geometry->level, geometry->layout, geometry->disks, chunk / data,
		       &piece->stripe);
	piece->disk = piece->stripe.data[chunk % data];
	piece->start = chunk / data * geometry->chunk + inside;

	return len < geometry->chunk - inside ? len : geometry->chunk - inside;
}

static bool piece_way(const void *data, unsigned int way, u8 *buf, size_t len, u64 start)
{
	const struct piece *piece = data;

	if (!way)
		return qv_raid_member_read(piece->raid, piece->disk, buf, len, start);

	return qv_parity_recover(piece->raid, &piece->stripe, piece->disk, buf, len, start);
}

/* Are more members there than are needed? */
static bool has_more(const struct piece *piece)
{
	u32 missing = 0;

	for (u32 i = 0; i < piece->raid->geometry.disks; i++)
		missing += !qv_raid_member_has(piece->raid, i, piece->start, 1);

	return missing < parities(&piece->raid->geometry);
}

static int raid456_read(struct qv_dev *dev, void *buf, size_t len, u64 start)
{
	struct piece piece = { .raid = (const struct qv_raid *)dev };
	struct qv_raid_ways ways = { .num = 2, .read = piece_way, .data = &piece };
	size_t done;

	for (; len; len -= done, buf += done, start += done) {
		done = locate(&piece, start, len);
		if (done > QV_PARITY_LEN_MAX &&
		    !qv_raid_member_has(piece.raid, piece.disk, piece.start, done))
			done = QV_PARITY_LEN_MAX;
		ways.cut = has_more(&piece);
		if (!qv_raid_try(&ways, buf, done, piece.start))
			return qv_raid_fail(piece.raid, start);
	}

	return 0;
}

static u64 raid456_piece(const struct qv_raid *raid, u64 start, u64 len, bool *good)
{
	struct piece piece = { .raid = raid };
	u32 bad = 0;
	bool direct;
	u64 run;

	len = locate(&piece, start, len);
	run = qv_raid_member_run(raid, piece.disk, piece.start, len, &direct);
	if (direct) {
		*good = true;
		return run;
	}
	for (u32 i = 0; i < raid->geometry.disks; i++) {
		len = qv_raid_member_run(raid, i, piece.start, len, &direct);
		bad += !direct;
	}
	*good = bad <= parities(&raid->geometry);

	return len;
}

const struct qv_raid_level qv_raid456 = {
	.check = raid456_check,
	.size = raid456_size,
	.is_enough = raid456_is_enough,
	.read = raid456_read,
	.piece = raid456_piece,
};
