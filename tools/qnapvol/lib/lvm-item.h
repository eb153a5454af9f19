/* SPDX-License-Identifier: GPL-2.0-only */
/* Volume groups, pools and volumes as items, as everybody sees them */

#ifndef _QNAPVOL_LVM_ITEM_H
#define _QNAPVOL_LVM_ITEM_H

#include "lvm-choice.h"

int qv_lvm_add_items(struct qv *qv, const struct qv_lvm_disks *disks,
		     const struct qv_lvm_choices *choices, struct qv_lvm_choice *choice);
bool qv_lvm_has_pools(const struct qv_lvm_group *group);
void qv_lvm_open_items(struct qv_lvm_group *group);

#endif /* _QNAPVOL_LVM_ITEM_H */
