/* SPDX-License-Identifier: GPL-2.0-only */
/* Which of the members that were found an array is read from */

#ifndef _QNAPVOL_MD_SELECT_H
#define _QNAPVOL_MD_SELECT_H

#include "md-bad-blocks.h"
#include "md-super.h"

/* As which number a member takes part that has no data. */
#define QV_MD_NO_ROLE	(-1)

/**
 * struct qv_md_member - a member that was found
 * @item: where
 * @super: its superblock
 * @bad: what md knows to be bad on it
 * @role: its number among those with data, or %QV_MD_NO_ROLE
 * @why: why it is not used, NULL: it is
 */
struct qv_md_member {
	struct qv_item *item;
	struct qv_md_super super;
	struct qv_md_bad_blocks bad;
	int role;
	const char *why;
};

/**
 * struct qv_md_set - what was found of an array
 * @qv: set of sources
 * @members: its members, all that were found
 * @num: how many, at least 1
 * @freshest: the one whose superblock describes the array, NULL: only such without data were found
 * @used: the members that are used, by their number
 */
struct qv_md_set {
	struct qv *qv;
	struct qv_md_member **members;
	size_t num;
	const struct qv_md_member *freshest;
	struct qv_md_member *used[QV_MD_DISKS_MAX];
};

int qv_md_select(struct qv_md_set *set);

/* The superblock that describes the array. */
static inline const struct qv_md_super *qv_md_super_of(const struct qv_md_set *set)
{
	return &(set->freshest ?: set->members[0])->super;
}

#endif /* _QNAPVOL_MD_SELECT_H */
