/* SPDX-License-Identifier: GPL-2.0-only */
/* Which text describes which volume group, and which physical volumes are its */

#ifndef _QNAPVOL_LVM_CHOICE_H
#define _QNAPVOL_LVM_CHOICE_H

#include "lvm-disk.h"
#include "lvm-group.h"

/**
 * struct qv_lvm_choice - a group, and the text that was chosen for it
 * @group: the group, without its logical volumes
 * @generation: the text
 * @file: the text is from a file
 */
struct qv_lvm_choice {
	struct qv_lvm_group group;
	const struct qv_lvm_generation *generation;
	bool file;
};

/**
 * struct qv_lvm_choices - all groups
 * @all: them
 * @num: how many
 * @file: texts from a file, if there is one
 */
struct qv_lvm_choices {
	struct qv_lvm_choice *all;
	size_t num;
	struct qv_lvm_generations file;
};

int qv_lvm_choose(struct qv *qv, const struct qv_options *options, struct qv_lvm_disks *disks,
		  struct qv_lvm_choices *choices);
void qv_lvm_choices_free(struct qv_lvm_choices *choices);

#endif /* _QNAPVOL_LVM_CHOICE_H */
