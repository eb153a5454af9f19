/* SPDX-License-Identifier: GPL-2.0-only */
/* The volume that a command is to read, with or without -V */

#ifndef _QNAPVOL_VOLUME_H
#define _QNAPVOL_VOLUME_H

#include "cli.h"

const struct qv_item *volume_find(struct cli *cli, int *status);
bool volume_is_worth_reading(const struct qv_item *item);
char *volume_file_name(const struct qv_item *item, const char *suffix);

#endif /* _QNAPVOL_VOLUME_H */
