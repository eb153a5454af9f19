/* SPDX-License-Identifier: GPL-2.0-only */
/* What was found, in words for a person who has never heard of md or LVM */

#ifndef _QNAPVOL_WORDS_H
#define _QNAPVOL_WORDS_H

#include <stdio.h>

#include "qnapvol.h"

void words_content(FILE *out, const struct qv_item *item);
void words_array(FILE *out, const struct qv_item *item);
void words_member(FILE *out, const struct qv_item *item);
void words_pool(FILE *out, const struct qv_item *item);
void words_volume(FILE *out, const struct qv_item *item);

#endif /* _QNAPVOL_WORDS_H */
