/* SPDX-License-Identifier: GPL-2.0-only */
/* Where the text that a command makes goes */

#ifndef _QNAPVOL_OUTPUT_H
#define _QNAPVOL_OUTPUT_H

#include <stdio.h>

#include "cli.h"

FILE *output_open(const struct cli *cli, bool force);
bool output_close(const struct cli *cli, FILE *file, bool good);

#endif /* _QNAPVOL_OUTPUT_H */
