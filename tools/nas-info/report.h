/* SPDX-License-Identifier: GPL-2.0-only */
/* What is known, for people and for programs. */

#ifndef _NAS_INFO_REPORT_H
#define _NAS_INFO_REPORT_H

#include <stdio.h>

#include "info.h"

void report_print(FILE *out, const struct info *info);
void report_json(FILE *out, const struct info *info, const char *version);

#endif /* _NAS_INFO_REPORT_H */
