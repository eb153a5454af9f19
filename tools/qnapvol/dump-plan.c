// SPDX-License-Identifier: GPL-2.0-only
/*
 * In what order the parts of a volume are read
 *
 * The chunks of a thin volume are anywhere in the pool. Read in the order of the volume, the heads
 * of the disks move for each of them; so many extents are collected and sorted by where they are.
 * The number is bounded, whatever the volume's size: after so many, the next sweep begins.
 */

#include <errno.h>
#include <stdlib.h>

#include "dump-plan.h"

/**
 * dump_plan_init() - begin at the beginning
 * @plan: plan
 * @dev: what is to be read
 * @todo: what of it; must stay as it is
 * @max: how many extents a window may have
 *
 * Return: 0, or -%QV_ERR_SYSTEM: no memory.
 */
int dump_plan_init(struct dump_plan *plan, struct qv_dev *dev, const struct dump_map *todo,
		   size_t max)
{
	*plan = (struct dump_plan){ .dev = dev, .todo = todo, .max = max };
	plan->pieces = calloc(max, sizeof(*plan->pieces));

	return plan->pieces ? 0 : -QV_ERR_SYSTEM;
}

/**
 * dump_plan_free() - free what a plan has
 * @plan: plan
 */
void dump_plan_free(struct dump_plan *plan)
{
	free(plan->pieces);
}

/*
 * Finds what begins at or after the place and is to be read. Returns 1, 0 if there is nothing, or
 * an error.
 */
static int next_extent(struct qv_dev *dev, const struct dump_map *todo, __u64 place,
		       struct qv_extent *extent)
{
	__u64 end, start = dump_map_find(todo, place, DUMP_TODO, &end);
	int ret;

	if (start >= todo->size)
		return 0;

	ret = qv_dev_extent(dev, start, end - start, extent);

	return ret ?: 1;
}

/* Does b go on where a ends, in the volume as on the disk? */
static bool is_continued(const struct qv_extent *a, const struct qv_extent *b)
{
	if (a->kind != b->kind || a->start + a->length != b->start)
		return false;

	return a->kind != QV_EXTENT_DATA ||
	       (a->below == b->below && a->physical + a->length == b->physical);
}

/* Returns false if the window is full. */
static bool add_piece(struct dump_plan *plan, const struct qv_extent *extent)
{
	struct qv_extent *last = plan->num ? &plan->pieces[plan->num - 1] : NULL;

	if (last && is_continued(last, extent)) {
		last->length += extent->length;
		return true;
	}
	if (plan->num == plan->max)
		return false;
	plan->pieces[plan->num] = *extent;
	if (extent->kind != QV_EXTENT_DATA) {
		plan->pieces[plan->num].below = NULL;
		plan->pieces[plan->num].physical = 0;
	}
	plan->num++;

	return true;
}

static int compare(const void *left, const void *right)
{
	const struct qv_extent *a = left, *b = right;

	/* What has no data has nothing below, nor a place there. */
	if (a->below != b->below)
		return a->below < b->below ? -1 : 1;
	if (a->physical != b->physical)
		return a->physical < b->physical ? -1 : 1;

	return a->start < b->start ? -1 : a->start > b->start;
}

/**
 * dump_plan_next() - make the next window
 * @plan: plan
 *
 * Return: 1, 0 if there is nothing left, or an error of qv_dev_extent().
 */
int dump_plan_next(struct dump_plan *plan)
{
	struct qv_extent extent;
	int ret;

	plan->num = 0;
	for (;;) {
		ret = next_extent(plan->dev, plan->todo, plan->position, &extent);
		if (ret < 0)
			return ret;
		if (!ret || !add_piece(plan, &extent))
			break;
		plan->position = extent.start + extent.length;
	}
	if (!plan->in_order)
		qsort(plan->pieces, plan->num, sizeof(*plan->pieces), compare);

	return plan->num > 0;
}

/**
 * dump_plan_sum() - how much there is to be read
 * @dev: what is to be read
 * @todo: what of it
 * @sums: where to put the answer
 *
 * Return: 0, or an error of qv_dev_extent().
 */
int dump_plan_sum(struct qv_dev *dev, const struct dump_map *todo, struct dump_sums *sums)
{
	struct qv_extent extent;
	__u64 place = 0;
	int ret;

	*sums = (struct dump_sums){ };
	while ((ret = next_extent(dev, todo, place, &extent)) > 0) {
		if (extent.kind == QV_EXTENT_DATA)
			sums->data += extent.length;
		if (extent.kind == QV_EXTENT_BAD && !sums->bad)
			sums->first_bad = extent.start;
		if (extent.kind == QV_EXTENT_BAD)
			sums->bad += extent.length;
		place = extent.start + extent.length;
	}

	return ret;
}
