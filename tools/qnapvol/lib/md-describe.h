/* SPDX-License-Identifier: GPL-2.0-only */
/* What the tree says of an md array and its members */

#ifndef _QNAPVOL_MD_DESCRIBE_H
#define _QNAPVOL_MD_DESCRIBE_H

#include "md-select.h"

void qv_md_print_uuid(const struct qv_md_super *super, char *text);
int qv_md_describe(const struct qv_md_set *set, struct qv_array_info *info);

#endif /* _QNAPVOL_MD_DESCRIBE_H */
