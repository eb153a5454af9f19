/* SPDX-License-Identifier: GPL-2.0-only */
/* Text from disks and command lines, made fit for a terminal, for JSON and for a shell */

#ifndef _QNAPVOL_TEXT_H
#define _QNAPVOL_TEXT_H

#include <stdbool.h>
#include <stdio.h>

char *text_valid(const char *text, bool terminal);
void text_quote(FILE *out, const char *text);

#endif /* _QNAPVOL_TEXT_H */
