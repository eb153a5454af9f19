/* SPDX-License-Identifier: GPL-2.0-only */
/* What was found, written for people and for programs */

#ifndef _QNAPVOL_LIST_H
#define _QNAPVOL_LIST_H

#include <stdio.h>

#include "cli.h"
#include "role.h"
#include "verdict.h"

/* Version of the JSON output. It is changed when a member is removed or changes its meaning. */
#define LIST_SCHEMA	1

int list_tree(const struct cli *cli, FILE *out);
int list_json(const struct cli *cli, FILE *out);

#endif /* _QNAPVOL_LIST_H */
