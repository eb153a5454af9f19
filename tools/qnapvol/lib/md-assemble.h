/* SPDX-License-Identifier: GPL-2.0-only */
/* Assembly of one md array */

#ifndef _QNAPVOL_MD_ASSEMBLE_H
#define _QNAPVOL_MD_ASSEMBLE_H

#include "md-select.h"

int qv_md_assemble(const struct qv_md_set *set, struct qv_item *item);

#endif /* _QNAPVOL_MD_ASSEMBLE_H */
