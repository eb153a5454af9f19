// SPDX-License-Identifier: GPL-2.0-only
/* Assembly of one md array: how it is read from its members, or why it cannot be */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "md-assemble.h"
#include "md-describe.h"
#include "qv.h"
#include "raid.h"

/* A list in a message is for a person to read. */
#define LIST_MAX	400

/**
 * struct array - an array that is being assembled
 * @set: its members that were found
 * @super: the superblock that describes it
 * @item: the array in the tree
 * @geometry: how it is made up
 * @members: its members' data, for @geometry
 */
struct array {
	const struct qv_md_set *set;
	const struct qv_md_super *super;
	struct qv_item *item;
	struct qv_raid_geometry geometry;
	struct qv_raid_member members[QV_MD_DISKS_MAX];
};

/* Members' data */

static u64 round_down(u64 size, u64 chunk)
{
	return chunk ? size / chunk * chunk : size;
}

static u64 member_size(const struct qv_md_super *super)
{
	return super->level > 0 ? super->data_size : round_down(super->data_room, super->chunk);
}

/* What is not as long as it should be, or not yet rebuilt, is used as far as it goes. */
static void note_end(const struct array *array, const struct qv_md_member *found,
		     const struct qv_raid_member *member)
{
	const char *name = found->item->name;

	if (found->super.data_there < member->size)
		qv_note(array->set->qv, QV_WARNING, name,
			"is %llu bytes too short for its part in %s: is the image complete?",
			member->size - found->super.data_there, array->item->name);
	if (found->super.recovered < member->size)
		qv_note(array->set->qv, QV_INFO, name,
			"was being rebuilt, only its first %llu bytes of %llu are used",
			member->end, member->size);
	if (found->bad.num)
		qv_note(array->set->qv, QV_INFO, name,
			"has %zu ranges that md could not write or rebuild; they are not used",
			found->bad.num);
}

static int open_member(struct array *array, const struct qv_md_member *found,
		       struct qv_raid_member *member)
{
	const struct qv_md_super *super = &found->super;
	struct qv_dev *slice;

	member->size = member_size(super);
	member->end = qv_min(qv_min(super->recovered, super->data_there), member->size);
	slice = qv_slice_new(found->item->dev, super->data_start, member->end,
			     found->item->name);
	if (!slice)
		return qv_no_memory(array->set->qv);
	member->dev = qv_md_bad_blocks_new(slice, &found->bad);
	if (!member->dev)
		return qv_no_memory(array->set->qv);
	note_end(array, found, member);

	return 0;
}

static int open_members(struct array *array)
{
	int ret = 0;

	for (u32 i = 0; i < array->geometry.disks && !ret; i++) {
		if (array->set->used[i])
			ret = open_member(array, array->set->used[i], &array->members[i]);
		else if (array->geometry.level > 0)
			array->members[i].size = array->super->data_size;
	}

	return ret;
}

/* Can it be read? */

/* Returns 0 or an error that has its text. */
static int check_features(struct qv *qv, const struct qv_md_super *super)
{
	if (super->flex)
		return qv_fail(qv, QV_ERR_UNSUPPORTED,
			       "it is a RAID of QNAP's for unequal disks, whose form is not known: only a QNAP can read it");
	if (super->reshaping)
		return qv_fail(qv, QV_ERR_UNSUPPORTED,
			       "it was being reshaped to another level or number of disks: let mdadm --assemble finish that on copies of the disks, then give the array itself");
	if (super->journal)
		return qv_fail(qv, QV_ERR_UNSUPPORTED,
			       "it has a journal with data that is not on the members yet: let mdadm --assemble write it on copies of the disks, then give the array itself");
	if (super->unknown)
		return qv_fail(qv, QV_ERR_UNSUPPORTED,
			       "its superblock has a feature that is not known: look for a newer qnapvol, or let mdadm --assemble it from copies of the disks, then give the array itself");

	return 0;
}

static void take_geometry(struct array *array)
{
	const struct qv_md_super *super = array->super;

	array->geometry = (struct qv_raid_geometry){
		.level = super->level,
		.layout = super->has_layout ? super->layout : 0,
		.chunk = super->chunk,
		.disks = super->raid_disks,
		.in_sync = super->in_sync,
		.members = array->members,
	};
}

static bool has_some(const struct qv_raid_member *member)
{
	return member->dev && member->end;
}

/* Are the members enough that are there: those that are whole, or those that have a part, too? */
static bool is_enough(const struct array *array, bool whole)
{
	const struct qv_raid_member *member = array->members;
	bool has[QV_MD_DISKS_MAX];

	for (u32 i = 0; i < array->geometry.disks; i++, member++)
		has[i] = has_some(member) && (!whole || member->end == member->size);

	return qv_raid_is_enough(&array->geometry, has);
}

/* How many more members are needed: one by one those that are not are taken away. */
static unsigned int count_needed(const struct array *array)
{
	const u32 disks = array->geometry.disks;
	bool has[QV_MD_DISKS_MAX];
	unsigned int needed = 0;

	memset(has, true, sizeof(has));
	for (u32 i = 0; i < disks; i++) {
		has[i] = false;
		if (!has_some(&array->members[i]) && qv_raid_is_enough(&array->geometry, has))
			continue;
		has[i] = true;
		needed += !has_some(&array->members[i]);
	}

	return needed;
}

/* Is a member there that has that number, but is not used? */
static bool has_unused(const struct qv_array_info *info, int role)
{
	const struct qv_member *member = info->members;

	for (size_t i = 0; i < info->num_members; i++, member++) {
		if (member->role == role && member->item && !member->used)
			return true;
	}

	return false;
}

/* Says why the array cannot be read from a member, if it cannot. Returns the length. */
static int print_missing(const struct array *array, const struct qv_member *member, char *text,
			 size_t size)
{
	if (member->role < 0)
		return 0;
	if (!member->item)
		return has_unused(&array->item->array, member->role) ? 0 :
		       snprintf(text, size, ", member %d is not there", member->role + 1);
	if (!member->used)
		return snprintf(text, size, ", %s is not used because %s", member->item->name,
				member->why);
	if (!has_some(&array->members[member->role]))
		return snprintf(text, size, ", %s has nothing of the data yet",
				member->item->name);

	return 0;
}

static void list_missing(const struct array *array, char *list, size_t size)
{
	const struct qv_array_info *info = &array->item->array;
	size_t len = 0;

	for (size_t i = 0; i < info->num_members && len < size; i++)
		len += print_missing(array, &info->members[i], list + len, size - len);
}

/* What to do if there are no other disks. */
static const char *what_else(const char *list)
{
	if (!strstr(list, "is not used"))
		return "";

	return ", or if there are none what mdadm --assemble --force makes of copies of these";
}

static int fail_incomplete(struct array *array)
{
	static const char separator[] = ", ";
	/* Each entry begins with a separator. */
	char list[LIST_MAX] = ", ";

	list_missing(array, list, sizeof(list));

	return qv_item_fail(array->set->qv, array->item, QV_ERR_INCOMPLETE,
			    "needs %u more of its %u members: %s; give the other disks or images as well%s",
			    count_needed(array), array->item->array.disks,
			    list + strlen(separator), what_else(list));
}

static bool has_parity(const struct array *array)
{
	return array->geometry.level >= 4 && array->geometry.level <= 6;
}

/* Says what is to be known about an array that can be read. */
static void warn(struct array *array)
{
	const struct qv_array_info *info = &array->item->array;
	const bool whole = is_enough(array, true);
	struct qv *qv = array->set->qv;

	if (array->geometry.level == 0 && qv_raid0_is_unclear(&array->geometry))
		qv_item_warn(qv, array->item,
			     "its members are unequal, and in which order the data is on the larger ones is not known: what is there cannot be read");
	else if (!whole)
		qv_item_warn(qv, array->item,
			     "some of its members have only a part of their data: what was on the rest cannot be read");
	if (!info->missing)
		return;

	qv_note(qv, QV_INFO, array->item->name,
		"is degraded: it lacks %u of its %u members, the others have all of its data",
		info->missing, info->disks);
	if (has_parity(array) && !array->super->in_sync)
		qv_item_warn(qv, array->item,
			     "was in use when it stopped, with members missing: what was being written then may be wrong");
}

/* Is all there that can be? */
static bool is_readable(const struct array *array)
{
	if (array->geometry.level == 0 && qv_raid0_is_unclear(&array->geometry))
		return !array->item->array.missing;

	return is_enough(array, true) || is_enough(array, false);
}

static int open_array(struct array *array)
{
	struct qv_dev *dev;

	dev = qv_raid_new(array->set->qv, &array->geometry, array->item->name);
	if (!dev)
		return qv_no_memory(array->set->qv);
	qv_item_set_dev(array->item, dev);
	warn(array);

	return 0;
}

/* The error has its text; it is that of the item, too. */
static int fail_array(struct array *array, int error)
{
	char text[QV_ERROR_TEXT_MAX];

	snprintf(text, sizeof(text), "%s", qv_error_text(array->set->qv));

	return qv_item_fail(array->set->qv, array->item, -error, "%s", text);
}

static int fail_size(struct array *array)
{
	return qv_item_fail(array->set->qv, array->item, QV_ERR_DAMAGED,
			    "its superblock says that it has no data, or more than there can be");
}

/* Finds out how to read it, or why it cannot be read. */
static int open_or_fail(struct array *array)
{
	struct qv *qv = array->set->qv;
	bool readable;
	int ret;

	if (!array->set->freshest)
		return qv_item_fail(qv, array->item, QV_ERR_INCOMPLETE,
				    "only spare or failed members of it are here: give the other disks or images as well");

	ret = check_features(qv, array->super);
	if (!ret)
		ret = qv_raid_check(qv, &array->geometry);
	if (ret)
		return fail_array(array, ret);

	ret = open_members(array);
	if (ret)
		return ret;
	/* With other levels the size of the array is known only if all members are. */
	if (array->geometry.level > 0)
		array->item->size = qv_raid_size(&array->geometry);
	readable = is_readable(array);
	if ((readable || array->geometry.level > 0) && !qv_raid_size(&array->geometry))
		return fail_size(array);

	return readable ? open_array(array) : fail_incomplete(array);
}

/**
 * qv_md_assemble() - make an array readable, or say why it is not
 * @set: what was found of it, after the choice
 * @item: the array in the tree, new; becomes the holder of all that was found of it
 *
 * Return: 0, also if it cannot be read; or -%QV_ERR_SYSTEM: no memory.
 */
int qv_md_assemble(const struct qv_md_set *set, struct qv_item *item)
{
	struct array *array = calloc(1, sizeof(*array));
	int ret;

	if (!array)
		return qv_no_memory(set->qv);

	array->set = set;
	array->super = qv_md_super_of(set);
	array->item = item;
	take_geometry(array);
	ret = qv_md_describe(set, &item->array);
	if (!ret)
		ret = open_or_fail(array);
	for (size_t i = 0; i < set->num; i++)
		set->members[i]->item->holder = item;
	free(array);

	return ret == -QV_ERR_SYSTEM ? ret : 0;
}
