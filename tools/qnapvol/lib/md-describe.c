// SPDX-License-Identifier: GPL-2.0-only
/* What the tree says of an md array and its members */

#include <stdio.h>
#include <string.h>

#include "md-describe.h"
#include "qv.h"

/**
 * qv_md_print_uuid() - print the UUID of an array as mdadm does
 * @super: superblock of the array
 * @text: where to put it, %QV_UUID_SIZE bytes
 */
void qv_md_print_uuid(const struct qv_md_super *super, char *text)
{
	/* Version 0.90 has words, the others have bytes. */
	const bool words = !strcmp(super->version, "0.90");
	const u8 *u = super->uuid;
	u32 word[4];

	for (int i = 0; i < 4; i++, u += 4)
		word[i] = words ? qv_le32(u) : (u32)u[0] << 24 | u[1] << 16 | u[2] << 8 | u[3];
	snprintf(text, QV_UUID_SIZE, "%08x:%08x:%08x:%08x", word[0], word[1], word[2], word[3]);
}

static bool has_role(const struct qv_md_super *super, u32 role)
{
	for (u32 i = 0; i < super->num_roles; i++) {
		if (super->roles[i] == role)
			return true;
	}

	return false;
}

/*
 * QNAP's system arrays are of level 1 with a place for each disk of the largest box: places that
 * never had a disk miss none.
 */
static bool has_spare_places(const struct qv_md_super *super)
{
	u32 used = 0;

	for (u32 role = 0; role < super->raid_disks; role++)
		used += has_role(super, role);

	return super->level == 1 && super->raid_disks > 2 && used &&
	       used * 2 <= super->raid_disks;
}

static bool is_expected(const struct qv_md_set *set, u32 role)
{
	const struct qv_md_super *super = qv_md_super_of(set);

	return set->used[role] || !has_spare_places(super) || has_role(super, role);
}

static void describe_member(const struct qv_md_set *set, u32 role, struct qv_member *member)
{
	const struct qv_md_member *used = set->used[role];

	member->role = role;
	member->used = used;
	if (used) {
		member->item = used->item;
		member->events = used->super.events;
	} else {
		member->why = has_role(qv_md_super_of(set), role) ? "it is missing" :
			      "it was missing already when the array was last in use";
	}
}

static void describe_unused(const struct qv_md_member *found, struct qv_member *member)
{
	member->item = found->item;
	member->role = found->role;
	member->events = found->super.events;
	member->why = found->why;
}

static bool is_used(const struct qv_md_set *set, const struct qv_md_member *member)
{
	return member->role >= 0 && set->used[member->role] == member;
}

/* One for each that should be there, then those that are not used. */
static size_t describe_members(const struct qv_md_set *set, struct qv_array_info *info,
			       struct qv_member *member)
{
	const struct qv_member *first = member;

	for (u32 role = 0; role < qv_md_super_of(set)->raid_disks; role++) {
		if (!is_expected(set, role))
			continue;
		info->disks++;
		info->missing += !set->used[role];
		describe_member(set, role, member++);
	}
	for (size_t i = 0; i < set->num; i++) {
		if (!is_used(set, set->members[i]))
			describe_unused(set->members[i], member++);
	}

	return member - first;
}

/**
 * qv_md_describe() - say what an array is and which members it has
 * @set: what was found of it, after the choice
 * @info: where to say it
 *
 * Return: 0, or -%QV_ERR_SYSTEM: no memory.
 */
int qv_md_describe(const struct qv_md_set *set, struct qv_array_info *info)
{
	const struct qv_md_super *super = qv_md_super_of(set);
	struct qv_member *members = qv_zalloc(set->qv, super->raid_disks + set->num,
					      sizeof(*members));

	if (!members)
		return qv_no_memory(set->qv);

	info->version = super->version;
	qv_md_print_uuid(super, info->uuid);
	info->level = super->level;
	info->layout = super->layout;
	info->chunk = super->level == 1 ? 0 : super->chunk;
	info->members = members;
	info->num_members = describe_members(set, info, members);

	return 0;
}
