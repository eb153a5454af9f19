/* SPDX-License-Identifier: GPL-2.0-only */
/* The devices that are physical volumes, and the texts on them */

#ifndef _QNAPVOL_LVM_DISK_H
#define _QNAPVOL_LVM_DISK_H

#include "lvm-mda.h"
#include "qv.h"

/**
 * struct qv_lvm_disk - a device that is a physical volume
 * @item: where it was found
 * @label: its label
 * @found: all sound texts on it
 * @own: the one of them that tells what group it is in, or NULL
 * @taken: it is a part of a group
 */
struct qv_lvm_disk {
	struct qv_item *item;
	struct qv_lvm_label label;
	struct qv_lvm_generations found;
	const struct qv_lvm_generation *own;
	bool taken;
};

/**
 * struct qv_lvm_disks - all of them
 * @all: without those that are there twice
 * @num: how many
 */
struct qv_lvm_disks {
	struct qv_lvm_disk *all;
	size_t num;
};

int qv_lvm_disks_find(struct qv *qv, struct qv_lvm_disks *disks);
void qv_lvm_disks_free(struct qv_lvm_disks *disks);

#endif /* _QNAPVOL_LVM_DISK_H */
