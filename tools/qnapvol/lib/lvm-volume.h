/* SPDX-License-Identifier: GPL-2.0-only */
/* Logical volumes made into devices, by the types of their segments */

#ifndef _QNAPVOL_LVM_VOLUME_H
#define _QNAPVOL_LVM_VOLUME_H

#include "lvm-group.h"

void qv_lvm_mark_snapshots(struct qv_lvm_group *group);
struct qv_dev *qv_lvm_lv_open(struct qv_lvm_group *group, struct qv_lvm_lv *lv);

/* lvm-cache.c */
struct qv_lvm_lv *qv_lvm_cache_origin(const struct qv_lvm_group *group,
				      const struct qv_lvm_lv *lv);
void qv_lvm_cache_warn(struct qv_lvm_group *group, struct qv_lvm_lv *lv,
		       const struct qv_lvm_lv *origin);

/* lvm-pool.c */
int qv_lvm_mark_pools(struct qv_lvm_group *group);
int qv_lvm_pool_open(struct qv_lvm_group *group, struct qv_lvm_lv *pool);

/* lvm-thin.c */
struct qv_dev *qv_lvm_thin_open(struct qv_lvm_group *group, struct qv_lvm_lv *lv);

#endif /* _QNAPVOL_LVM_VOLUME_H */
