/* SPDX-License-Identifier: GPL-2.0-only */
/* Volume groups of LVM from the physical volumes that were found */

#ifndef _QNAPVOL_LVM_H
#define _QNAPVOL_LVM_H

#include "qv.h"

int qv_lvm_scan(struct qv *qv, const struct qv_options *options);

#endif /* _QNAPVOL_LVM_H */
