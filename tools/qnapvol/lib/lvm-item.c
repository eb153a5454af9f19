// SPDX-License-Identifier: GPL-2.0-only
/* Volume groups, pools and volumes as items, as everybody sees them */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lvm-item.h"
#include "lvm-volume.h"
#include "thin.h"

/* The group */

static int compare_numbers(const void *a, const void *b)
{
	const u32 *first = a, *second = b;

	return (*first < *second) - (*first > *second);
}

static size_t take_numbers(const struct qv_lvm_generations *found, const char *id, u32 *numbers,
			   size_t num)
{
	for (size_t i = 0; i < found->num; i++) {
		if (!strcmp(found->all[i].group, id))
			numbers[num++] = found->all[i].sequence;
	}

	return num;
}

static size_t remove_doubles(u32 *numbers, size_t num)
{
	size_t unique = 0;

	qsort(numbers, num, sizeof(*numbers), compare_numbers);
	for (size_t i = 0; i < num; i++) {
		if (!unique || numbers[unique - 1] != numbers[i])
			numbers[unique++] = numbers[i];
	}

	return unique;
}

static int add_generations(struct qv *qv, const struct qv_lvm_disks *disks,
			   const struct qv_lvm_choices *choices, const char *id,
			   struct qv_group_info *info)
{
	size_t num = choices->file.num;
	u32 *numbers;

	for (size_t i = 0; i < disks->num; i++)
		num += disks->all[i].found.num;
	numbers = qv_zalloc(qv, num, sizeof(*numbers));
	if (!numbers)
		return qv_no_memory(qv);

	num = take_numbers(&choices->file, id, numbers, 0);
	for (size_t i = 0; i < disks->num; i++)
		num = take_numbers(&disks->all[i].found, id, numbers, num);
	info->generations = numbers;
	info->num_generations = remove_doubles(numbers, num);

	return 0;
}

static int add_physicals(struct qv *qv, const struct qv_lvm_group *group, struct qv_item *item)
{
	struct qv_physical *physicals = qv_zalloc(qv, group->num_pvs, sizeof(*physicals));

	if (!physicals)
		return qv_no_memory(qv);

	for (size_t i = 0; i < group->num_pvs; i++) {
		const struct qv_lvm_pv *pv = &group->pvs[i];

		physicals[i] = (struct qv_physical){ pv->name, pv->id, pv->hint, pv->item,
						     pv->size };
		if (pv->item)
			pv->item->holder = item;
		else
			qv_item_warn(qv, item,
				     "the physical volume %s is missing (%llu MiB, in the box it was %s)",
				     pv->name, pv->size / QV_MIB,
				     *pv->hint ? pv->hint : "not named");
	}
	item->group.physicals = physicals;
	item->group.num_physicals = group->num_pvs;

	return 0;
}

static u64 size_of_group(const struct qv_lvm_group *group)
{
	u64 sum = 0;

	for (size_t i = 0; i < group->num_pvs; i++) {
		if (__builtin_add_overflow(sum, group->pvs[i].count * group->extent_size, &sum))
			return 0;
	}

	return sum;
}

static struct qv_item *add_group(struct qv *qv, const struct qv_lvm_disks *disks,
				 const struct qv_lvm_choices *choices,
				 const struct qv_lvm_choice *choice)
{
	const struct qv_lvm_group *group = &choice->group;
	struct qv_item *item = qv_item_new(qv, QV_ITEM_GROUP, NULL, "%s", group->title);
	const char *text = choice->file ? qv_text(qv, "%s", group->options->vgtext) : "disk";

	if (!item || !text) {
		qv_no_memory(qv);
		return NULL;
	}
	item->size = size_of_group(group);
	item->group.id = group->id;
	item->group.text = text;
	item->group.sequence = group->sequence;
	item->group.extent_size = group->extent_size;
	if (add_physicals(qv, group, item) ||
	    add_generations(qv, disks, choices, choice->generation->group, &item->group))
		return NULL;

	return item;
}

/* Volumes and pools */

static const char *type_of(const struct qv_lvm_lv *lv)
{
	const struct qv_lvm_segment *segment = lv->segments;

	if (lv->snapshot_of)
		return "snapshot";
	if (!lv->num_segments)
		return "unknown";
	if (!strcmp(segment->type, "striped") && segment->num_parts <= 1)
		return "linear";

	return segment->type;
}

static void fill_volume(const struct qv_lvm_lv *lv)
{
	struct qv_volume_info *info = &lv->item->volume;

	info->type = type_of(lv);
	info->hidden = !lv->visible || !strcmp(info->type, "snapshot");
	info->thin = qv_lvm_lv_is_thin(lv);
	info->created = lv->created;
	if (lv->snapshot_of) {
		info->hidden = false;
		info->snapshot = true;
		info->origin = lv->snapshot_of->full;
	}
}

static int add_item(struct qv *qv, struct qv_lvm_lv *lv, enum qv_item_kind kind,
		    struct qv_item *parent)
{
	lv->item = qv_item_new(qv, kind, parent, "%s", lv->full);
	if (!lv->item)
		return qv_no_memory(qv);

	lv->item->size = lv->size;
	if (kind == QV_ITEM_VOLUME)
		fill_volume(lv);
	else
		lv->item->pool.type = lv->segments->type;

	return 0;
}

/* Pools come first, so that their volumes can be put in them; then volumes, then hidden parts. */
static int add_items(struct qv_lvm_group *group, struct qv_item *parent)
{
	struct qv_lvm_lv *lv, *end = group->lvs + group->num_lvs;
	int ret = 0;

	for (lv = group->lvs; lv < end && !ret; lv++) {
		if (lv->parts)
			ret = add_item(group->qv, lv, QV_ITEM_POOL, parent);
	}
	for (int visible = 1; visible >= 0; visible--) {
		for (lv = group->lvs; lv < end && !ret; lv++) {
			if (!lv->parts && lv->visible == visible)
				ret = add_item(group->qv, lv, QV_ITEM_VOLUME,
					       lv->pool ? lv->pool->item : parent);
		}
	}

	return ret;
}

/* Volumes may have come, gone and moved since an older description. */
static void warn_old(struct qv *qv, struct qv_lvm_choice *choice, struct qv_item *item)
{
	struct qv_lvm_group *group = &choice->group;
	char text[QV_ERROR_TEXT_MAX];

	if (choice->generation->committed || group->options->generation)
		return;

	snprintf(text, sizeof(text),
		 "the description of %s is damaged: generation %u is read in its place",
		 group->title, group->sequence);
	qv_item_warn(qv, item, "%s", text);
	for (size_t i = 0; i < group->num_lvs; i++)
		qv_lvm_lv_warn(group, &group->lvs[i], "%s", text);
}

static void finish_item(struct qv_lvm_group *group, struct qv_lvm_lv *lv)
{
	if (lv->warning)
		qv_item_warn(group->qv, lv->item, "%s", lv->warning);
	if (lv->error)
		qv_item_fail(group->qv, lv->item, lv->error, "%s", lv->why);
	else if (lv->dev)
		qv_item_set_dev(lv->item, lv->dev);
	if (lv->dev && lv->item->volume.thin)
		qv_thin_check_map(qv_found(lv->pool->item)->pool, lv->item);
}

/* Has the group a pool? */
bool qv_lvm_has_pools(const struct qv_lvm_group *group)
{
	for (size_t i = 0; i < group->num_lvs; i++) {
		if (group->lvs[i].parts)
			return true;
	}

	return false;
}

/* Make the items of a group readable, or have them say why they are not. */
void qv_lvm_open_items(struct qv_lvm_group *group)
{
	struct qv_lvm_lv *lv, *end = group->lvs + group->num_lvs;

	for (lv = group->lvs; lv < end; lv++) {
		if (lv->parts)
			qv_lvm_pool_open(group, lv);
		else
			qv_lvm_lv_open(group, lv);
	}
	for (lv = group->lvs; lv < end; lv++)
		finish_item(group, lv);
}

/**
 * qv_lvm_add_items() - add a group with all that is in it to what was found
 * @qv: set
 * @disks: all physical volumes
 * @choices: all groups
 * @choice: the group
 *
 * They cannot be read before qv_lvm_open_items().
 *
 * Return: 0, or -%QV_ERR_SYSTEM: no memory. What is damaged or missing is an item that says so.
 */
int qv_lvm_add_items(struct qv *qv, const struct qv_lvm_disks *disks,
		     const struct qv_lvm_choices *choices, struct qv_lvm_choice *choice)
{
	struct qv_lvm_group *group = &choice->group;
	struct qv_item *item = add_group(qv, disks, choices, choice);
	int ret;

	if (!item)
		return -QV_ERR_SYSTEM;

	ret = qv_lvm_group_add_lvs(group);
	if (ret == -QV_ERR_DAMAGED) {
		group->num_lvs = 0;
		qv_item_fail(qv, item, QV_ERR_DAMAGED, "%s",
			     qv_text(qv, "%s", qv_error_text(qv)) ?: "");
		return 0;
	}
	if (!ret)
		ret = qv_lvm_mark_pools(group);
	if (ret)
		return ret;

	warn_old(qv, choice, item);
	qv_lvm_mark_snapshots(group);

	return add_items(group, item);
}
