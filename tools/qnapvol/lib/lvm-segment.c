// SPDX-License-Identifier: GPL-2.0-only
/* Segments of LVM that lie on extents: what they lie on */

#include <string.h>

#include "lvm-group.h"

/* LVM itself has 128 at most. */
#define PARTS_MAX	1024

/* Is it a thin volume, or QNAP's kind of it that has its space reserved? */
bool qv_lvm_is_thin(const char *type)
{
	return !strcmp(type, "thin") || !strcmp(type, "thick");
}

/* Is it a thin pool, of whatever kind? */
bool qv_lvm_is_pool(const char *type)
{
	return strstr(type, "thin-pool");
}

/* Pools are no devices that something can lie on. */
bool qv_lvm_lv_is_pool(const struct qv_lvm_lv *lv)
{
	return lv->num_segments && qv_lvm_is_pool(lv->segments->type);
}

/* Is it a volume in a pool? */
bool qv_lvm_lv_is_thin(const struct qv_lvm_lv *lv)
{
	return lv->num_segments && qv_lvm_is_thin(lv->segments->type);
}

/* Returns the logical volume of that name if something can lie on it, or NULL; also for no name. */
struct qv_lvm_lv *qv_lvm_find_part(const struct qv_lvm_group *group, const char *name)
{
	struct qv_lvm_lv *lv = name ? qv_lvm_find_lv(group, name) : NULL;

	return lv && !qv_lvm_lv_is_pool(lv) ? lv : NULL;
}

static int fail(struct qv_lvm_group *group, struct qv_lvm_lv *lv,
		const struct qv_lvm_segment *segment, const char *what)
{
	return qv_lvm_lv_fail(group, lv, QV_ERR_DAMAGED, "line %u of the description: %s",
			      segment->node->line, what);
}

/* Extents @start to @start + @count of a part must be there. */
static bool has_extents(const struct qv_lvm_part *part, u64 count)
{
	return qv_inside(part->start, count, part->pv ? part->pv->count : part->lv->extents);
}

/* A list of names, each with the number of an extent: ["pv0", 0, "pv1", 0] */
static int take_parts(struct qv_lvm_group *group, struct qv_lvm_lv *lv,
		      struct qv_lvm_segment *segment, const struct qv_lvm_node *node, u64 count)
{
	struct qv_lvm_part *part = segment->parts;

	for (; node && node->next; node = node->next->next, part++) {
		if (node->kind != QV_LVM_STRING || node->next->kind != QV_LVM_NUMBER ||
		    node->next->number < 0)
			return fail(group, lv, segment, "this is no list of extents");
		part->start = node->next->number;
		part->pv = qv_lvm_find_pv(group, node->string);
		part->lv = part->pv ? NULL : qv_lvm_find_part(group, node->string);
		if (!part->pv && !part->lv)
			return fail(group, lv, segment, "it lies on a volume that is not there");
		if (!has_extents(part, count))
			return fail(group, lv, segment,
				    "it lies on extents beyond the end of a volume");
	}

	return node ? fail(group, lv, segment, "this is no list of extents") : 0;
}

static unsigned int list_length(const struct qv_lvm_node *list)
{
	unsigned int len = 0;

	for (const struct qv_lvm_node *node = list->child; node; node = node->next)
		len++;

	return len;
}

/* Each of @num parts has @count extents. */
static int add_parts(struct qv_lvm_group *group, struct qv_lvm_lv *lv,
		     struct qv_lvm_segment *segment, const char *key, u64 num, u64 count)
{
	const struct qv_lvm_node *list = qv_lvm_list(segment->node, key);

	if (!list || !num || num > PARTS_MAX || list_length(list) != 2 * num)
		return fail(group, lv, segment, "it does not say what it lies on");

	segment->parts = qv_zalloc(group->qv, num, sizeof(*segment->parts));
	if (!segment->parts)
		return qv_lvm_lv_fail(group, lv, QV_ERR_SYSTEM, "no memory");
	segment->num_parts = num;

	return take_parts(group, lv, segment, list->child, count);
}

/* Device mapper has no stripes that are shorter than the others, and neither are there here. */
static int parse_striped(struct qv_lvm_group *group, struct qv_lvm_lv *lv,
			 struct qv_lvm_segment *segment)
{
	u64 num = 0, sectors = 0, count, bytes;

	if (!qv_lvm_number(segment->node, "stripe_count", PARTS_MAX, &num) || !num ||
	    segment->count % num)
		return fail(group, lv, segment, "its extents do not make whole stripes");

	count = segment->count / num;
	if (num > 1) {
		qv_lvm_number(segment->node, "stripe_size", UINT32_MAX, &sectors);
		segment->stripe_size = sectors * QV_SECTOR;
		if (!sectors || __builtin_mul_overflow(count, group->extent_size, &bytes) ||
		    bytes % segment->stripe_size)
			return fail(group, lv, segment, "the size of its stripes makes no sense");
	}

	return add_parts(group, lv, segment, "stripes", num, count);
}

static int parse_mirror(struct qv_lvm_group *group, struct qv_lvm_lv *lv,
			struct qv_lvm_segment *segment)
{
	u64 num = 0;

	qv_lvm_number(segment->node, "mirror_count", PARTS_MAX, &num);

	return add_parts(group, lv, segment, "mirrors", num, segment->count);
}

/* Pairs of volumes: one with md's superblock, or "", and one with the data. */
static int parse_raid1(struct qv_lvm_group *group, struct qv_lvm_lv *lv,
		       struct qv_lvm_segment *segment)
{
	const struct qv_lvm_node *node = qv_lvm_list(segment->node, "raids");
	struct qv_lvm_part *part;

	if (!node || !node->child || list_length(node) % 2 || list_length(node) > 2 * PARTS_MAX ||
	    lv->num_segments != 1)
		return fail(group, lv, segment, "it does not say what it lies on");

	segment->num_parts = list_length(node) / 2;
	segment->parts = qv_zalloc(group->qv, segment->num_parts, sizeof(*segment->parts));
	if (!segment->parts)
		return qv_lvm_lv_fail(group, lv, QV_ERR_SYSTEM, "no memory");
	part = segment->parts;
	for (node = node->child; node; node = node->next->next, part++) {
		if (node->next->kind != QV_LVM_STRING)
			return fail(group, lv, segment, "it does not say what it lies on");
		part->lv = qv_lvm_find_part(group, node->next->string);
		if (!part->lv || !has_extents(part, segment->count))
			return fail(group, lv, segment,
				    "a copy of it is not described, or shorter than it");
	}

	return 0;
}

/**
 * qv_lvm_segment_parse() - find what a segment lies on
 * @group: group, with all its volumes
 * @lv: volume that the segment is a part of; fails if the text makes no sense
 * @segment: segment, with its place and type
 *
 * Return: 0, also for types that are not known here, or the error of the volume negated.
 */
int qv_lvm_segment_parse(struct qv_lvm_group *group, struct qv_lvm_lv *lv,
			 struct qv_lvm_segment *segment)
{
	if (!strcmp(segment->type, "striped") || !strcmp(segment->type, "linear"))
		return parse_striped(group, lv, segment);
	if (!strcmp(segment->type, "mirror"))
		return parse_mirror(group, lv, segment);
	if (!strcmp(segment->type, "raid1"))
		return parse_raid1(group, lv, segment);

	return 0;
}
