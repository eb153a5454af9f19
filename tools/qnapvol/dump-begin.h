/* SPDX-License-Identifier: GPL-2.0-only */
/* Whether a dump begins, goes on, or must not be made */

#ifndef _QNAPVOL_DUMP_BEGIN_H
#define _QNAPVOL_DUMP_BEGIN_H

#include "cli.h"
#include "dump-save.h"
#include "dump-target.h"

void dump_identify(const struct qv_item *item, char *identity);
int dump_check(const struct cli *cli, bool force, struct dump_target *target,
	       struct dump_save *save);
int dump_open(struct dump_target *target, struct dump_save *save);

#endif /* _QNAPVOL_DUMP_BEGIN_H */
