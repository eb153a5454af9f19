/* SPDX-License-Identifier: GPL-2.0-only */
/* Sources: disks, partitions, arrays and image files of this system */

#ifndef _QNAPVOL_SOURCE_H
#define _QNAPVOL_SOURCE_H

#include "dev.h"

struct qv_dev *qv_source_open(struct qv *qv, const char *path, const char *map_path);
u64 qv_source_rescued(struct qv_dev *dev);

#endif /* _QNAPVOL_SOURCE_H */
