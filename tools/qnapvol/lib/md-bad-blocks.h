/* SPDX-License-Identifier: GPL-2.0-only */
/* Blocks of a member that md knows to be bad */

#ifndef _QNAPVOL_MD_BAD_BLOCKS_H
#define _QNAPVOL_MD_BAD_BLOCKS_H

#include "md-super.h"

struct qv_md_bad_range {
	u64 start;
	u64 end;
};

/**
 * struct qv_md_bad_blocks - the list of them
 * @ranges: in bytes of the member's data, in order, none touches another
 * @num: how many
 */
struct qv_md_bad_blocks {
	struct qv_md_bad_range *ranges;
	size_t num;
};

int qv_md_bad_blocks_read(struct qv_dev *dev, const struct qv_md_super *super,
			  struct qv_md_bad_blocks *bad);
struct qv_dev *qv_md_bad_blocks_new(struct qv_dev *below, const struct qv_md_bad_blocks *bad);

#endif /* _QNAPVOL_MD_BAD_BLOCKS_H */
