/* SPDX-License-Identifier: GPL-2.0-only */
/* Assembly of md arrays from the members that were found */

#ifndef _QNAPVOL_MD_ARRAY_H
#define _QNAPVOL_MD_ARRAY_H

#include "qv.h"

int qv_md_scan(struct qv *qv);

#endif /* _QNAPVOL_MD_ARRAY_H */
