/* SPDX-License-Identifier: GPL-2.0-only */
/* What to type next */

#ifndef _QNAPVOL_ADVICE_H
#define _QNAPVOL_ADVICE_H

#include "cli.h"

typedef void (*advice_fn)(const char *what, const char *command, void *data);

int advice_give(const struct cli *cli, const struct qv_item *item, advice_fn fn, void *data);

#endif /* _QNAPVOL_ADVICE_H */
