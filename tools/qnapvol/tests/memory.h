/* SPDX-License-Identifier: GPL-2.0-only */
/* Devices for tests: a piece of memory, and zeros */

#ifndef _QNAPVOL_MEMORY_H
#define _QNAPVOL_MEMORY_H

#include "dev.h"

struct qv_dev *memory_new(struct qv *qv, const void *data, size_t size, const char *name);
u8 *memory_bytes(struct qv_dev *dev);
struct qv_dev *zero_new(struct qv *qv, u64 size, const char *name);
void memory_set_bad(struct qv_dev *dev, u64 start, u64 len);

#endif /* _QNAPVOL_MEMORY_H */
