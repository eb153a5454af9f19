/* SPDX-License-Identifier: GPL-2.0-only */
/* What a member of an array with parity had, from what the others have */

#ifndef _QNAPVOL_PARITY_H
#define _QNAPVOL_PARITY_H

#include "raid.h"

/* As much as that is recovered at once: it is to stay in the processor's cache. */
#define QV_PARITY_LEN_MAX	65536

bool qv_parity_recover(const struct qv_raid *raid, const struct qv_stripe *stripe, int wanted,
		       u8 *buf, size_t len, u64 start);

#endif /* _QNAPVOL_PARITY_H */
