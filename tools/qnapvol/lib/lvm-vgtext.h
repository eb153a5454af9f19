/* SPDX-License-Identifier: GPL-2.0-only */
/* Descriptions of a volume group from a file, such as a backup of the box */

#ifndef _QNAPVOL_LVM_VGTEXT_H
#define _QNAPVOL_LVM_VGTEXT_H

#include "lvm-mda.h"

int qv_lvm_vgtext_load(struct qv *qv, const char *path, struct qv_lvm_generations *found);

#endif /* _QNAPVOL_LVM_VGTEXT_H */
