/* SPDX-License-Identifier: GPL-2.0-only */
/* Text that is made while the program runs. */

#ifndef _NAS_INFO_TEXT_H
#define _NAS_INFO_TEXT_H

#include <stdio.h>

#include <linux/compiler.h>

char *text_format(const char *format, ...) __printf(1, 2);
void text_print(FILE *out, const char *text);
void text_sentence(FILE *out, const char *text);

#endif /* _NAS_INFO_TEXT_H */
