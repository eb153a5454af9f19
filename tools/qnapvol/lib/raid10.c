// SPDX-License-Identifier: GPL-2.0-only
/*
 * RAID level 10: each chunk has copies on several members
 *
 * Near copies follow one another: as if each chunk came several times in level 0. Far copies are
 * further away: the members are cut into as many sections, each is like level 0 with the near
 * copies, and its members are shifted by that of the section before; in the offset layout the same
 * is done stripe by stripe. Members may be in sets, then they are shifted inside their set.
 */

#include "raid.h"

#define LAYOUT_NEAR_MASK	0xff
#define LAYOUT_FAR_SHIFT	8
#define LAYOUT_FAR_MASK		0xff
#define LAYOUT_OFFSET		0x10000
#define LAYOUT_SETS_SHIFT	17

/* How members are in sets: not at all, by a first try of the kernel's, or as documented. */
enum sets {
	SETS_NONE,
	SETS_FIRST_TRY,
	SETS_DOCUMENTED,
};

/**
 * struct form - a layout
 * @near: near copies
 * @far: far copies
 * @offset: far copies are in the next stripe
 * @set: members in a set; what remains is in the last set
 * @stride: how far behind a far copy is
 * @chunks: chunks in the array
 */
struct form {
	u32 near;
	u32 far;
	bool offset;
	u32 set;
	u64 stride;
	u64 chunks;
};

/**
 * struct copies - where the copies of a chunk are
 * @num: how many there are
 * @disk: on which members
 * @start: where on them
 */
struct copies {
	u32 num;
	u32 disk[QV_RAID_DISKS_MAX];
	u64 start[QV_RAID_DISKS_MAX];
};

/* Returns false if the layout is none. */
static bool take_layout(const struct qv_raid_geometry *geometry, struct form *form)
{
	const u32 layout = geometry->layout;

	form->near = layout & LAYOUT_NEAR_MASK;
	form->far = layout >> LAYOUT_FAR_SHIFT & LAYOUT_FAR_MASK;
	form->offset = layout & LAYOUT_OFFSET;
	if (!form->near || !form->far || form->near * form->far > geometry->disks)
		return false;

	switch (layout >> LAYOUT_SETS_SHIFT) {
	case SETS_NONE:
		form->set = geometry->disks;
		return true;
	case SETS_FIRST_TRY:
		form->set = geometry->disks / form->far;
		return true;
	case SETS_DOCUMENTED:
		form->set = form->near * form->far;
		return true;
	default:
		return false;
	}
}

/* Chunks of an array whose members have that many. False: more than can be. */
static bool count_chunks(const struct qv_raid_geometry *geometry, const struct form *form,
			 u64 member, u64 *chunks)
{
	if (__builtin_mul_overflow(member / form->far, geometry->disks, chunks))
		return false;

	*chunks /= form->near;

	return true;
}

/* The kernel first finds how much of the members is used, and from that the size of the array. */
static bool find_form(const struct qv_raid_geometry *geometry, struct form *form)
{
	u64 used;

	if (!take_layout(geometry, form) ||
	    !count_chunks(geometry, form, geometry->members[0].size / geometry->chunk, &used) ||
	    __builtin_mul_overflow(used, (u64)form->near * form->far, &used))
		return false;

	used = used / geometry->disks + !!(used % geometry->disks);
	form->stride = (form->offset ? 1 : used / form->far) * geometry->chunk;

	return count_chunks(geometry, form, used, &form->chunks);
}

static int raid10_check(struct qv *qv, const struct qv_raid_geometry *geometry)
{
	struct form form;

	if (!geometry->chunk)
		return qv_fail(qv, QV_ERR_DAMAGED,
			       "it is of level 10, but has no length of chunks");
	if (!take_layout(geometry, &form))
		return qv_fail(qv, QV_ERR_UNSUPPORTED,
			       "it is of level 10 with the layout 0x%x for %u members, which is not known",
			       geometry->layout, geometry->disks);

	return 0;
}

static u64 raid10_size(const struct qv_raid_geometry *geometry)
{
	struct form form;
	u64 size;

	if (!find_form(geometry, &form) ||
	    __builtin_mul_overflow(form.chunks, geometry->chunk, &size))
		return 0;

	return size;
}

/* The member of the next far copy: shifted by the near copies, inside the set. */
static u32 shift(const struct form *form, u32 disks, u32 disk)
{
	const u32 last_set = (disks / form->set - 1) * form->set;
	const u32 first = disk / form->set * form->set;
	const u32 to = disk + form->near;

	/* What remains when the members are divided into sets goes into the last one. */
	if (disks % form->set && to > last_set)
		return last_set + (to - last_set) % (disks - last_set);

	return first + to % form->set;
}

static void find_copies(const struct qv_raid_geometry *geometry, const struct form *form,
			u64 number, struct copies *copies)
{
	const u64 place = number * form->near;
	u64 stripe = place / geometry->disks;
	u32 disk = place % geometry->disks;

	copies->num = 0;
	for (u32 near = 0; near < form->near; near++) {
		u64 start = stripe * (form->offset ? form->far : 1) * geometry->chunk;
		u32 on = disk;

		for (u32 far = 0; far < form->far; far++) {
			copies->disk[copies->num] = on;
			copies->start[copies->num++] = start;
			start += form->stride;
			on = shift(form, geometry->disks, on);
		}
		if (++disk == geometry->disks) {
			disk = 0;
			stripe++;
		}
	}
}

/* Which members have a chunk comes again after as many chunks as there are members. */
static bool raid10_is_enough(const struct qv_raid_geometry *geometry, const bool *has)
{
	struct copies copies;
	struct form form;
	bool found;

	if (!find_form(geometry, &form))
		return false;

	for (u32 number = 0; number < geometry->disks; number++) {
		find_copies(geometry, &form, number, &copies);
		found = false;
		for (u32 i = 0; i < copies.num; i++)
			found |= has[copies.disk[i]];
		if (!found)
			return false;
	}

	return true;
}

/* Finds the copies of what is at @start; returns how much of it is in the same chunk. */
static u64 locate(const struct qv_raid *raid, const struct form *form, u64 start, u64 len,
		  struct copies *copies)
{
	const u64 chunk = raid->geometry.chunk;
	const u64 inside = start % chunk;

	find_copies(&raid->geometry, form, start / chunk, copies);
	for (u32 i = 0; i < copies->num; i++)
		copies->start[i] += inside;

	return len < chunk - inside ? len : chunk - inside;
}

static u32 count_members(const struct qv_raid *raid, const struct copies *copies)
{
	u32 num = 0;

	for (u32 i = 0; i < copies->num; i++)
		num += qv_raid_member_has(raid, copies->disk[i], copies->start[i], 1);

	return num;
}

struct way_data {
	const struct qv_raid *raid;
	const struct copies *copies;
};

/* Places are those of the first copy. */
static bool copy_way(const void *data, unsigned int way, u8 *buf, size_t len, u64 start)
{
	const struct way_data *here = data;
	const struct copies *copies = here->copies;

	return qv_raid_member_read(here->raid, copies->disk[way], buf, len,
				   start - copies->start[0] + copies->start[way]);
}

static int raid10_read(struct qv_dev *dev, void *buf, size_t len, u64 start)
{
	const struct qv_raid *raid = (const struct qv_raid *)dev;
	struct copies copies;
	const struct way_data data = { raid, &copies };
	struct qv_raid_ways ways = { .read = copy_way, .data = &data };
	struct form form;
	size_t piece;

	if (!find_form(&raid->geometry, &form))
		return qv_raid_fail(raid, start);

	for (; len; len -= piece, buf += piece, start += piece) {
		piece = locate(raid, &form, start, len, &copies);
		ways.num = copies.num;
		ways.cut = count_members(raid, &copies) > 1;
		if (!qv_raid_try(&ways, buf, piece, copies.start[0]))
			return qv_raid_fail(raid, start);
	}

	return 0;
}

static u64 raid10_piece(const struct qv_raid *raid, u64 start, u64 len, bool *good)
{
	struct copies copies;
	struct form form;

	*good = false;
	if (!find_form(&raid->geometry, &form))
		return len;

	len = locate(raid, &form, start, len, &copies);
	for (u32 i = 0; i < copies.num && !*good; i++)
		len = qv_raid_member_run(raid, copies.disk[i], copies.start[i], len, good);

	return len;
}

const struct qv_raid_level qv_raid10 = {
	.check = raid10_check,
	.size = raid10_size,
	.is_enough = raid10_is_enough,
	.read = raid10_read,
	.piece = raid10_piece,
};
