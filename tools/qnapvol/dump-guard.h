/* SPDX-License-Identifier: GPL-2.0-only */
/* What a dump must never be written to */

#ifndef _QNAPVOL_DUMP_GUARD_H
#define _QNAPVOL_DUMP_GUARD_H

#include <sys/types.h>

#include "cli.h"

bool dump_guard(const struct cli *cli, const char *path);
bool dump_guard_stream(const struct cli *cli, int fd);
bool dump_is_same_disk(const char *sysfs, dev_t a, dev_t b);

#endif /* _QNAPVOL_DUMP_GUARD_H */
