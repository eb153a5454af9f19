/* SPDX-License-Identifier: GPL-2.0-only */
/* A device whose chunks are anywhere in the one below it, as in a thin pool, for tests */

#ifndef _QNAPVOL_SHUFFLED_H
#define _QNAPVOL_SHUFFLED_H

#include "dev.h"

/* In place of a number of a chunk below. */
#define SHUFFLED_ZERO	UINT32_MAX
#define SHUFFLED_BAD	(UINT32_MAX - 1)

struct qv_dev *shuffled_new(struct qv_dev *below, u64 chunk, const u32 *places, size_t num,
			    u64 size);
void shuffled_log(struct qv_dev *dev, u64 *starts, size_t max);
size_t shuffled_num_reads(const struct qv_dev *dev);

#endif /* _QNAPVOL_SHUFFLED_H */
