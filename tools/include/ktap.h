/* SPDX-License-Identifier: GPL-2.0-only */
/* Test results in KTAP. */

#ifndef _TOOLS_KTAP_H
#define _TOOLS_KTAP_H

#include <linux/types.h>

void ktap_begin(void);
void ktap_check(bool good, const char *name);
void ktap_remark(const char *what, const char *value);
int ktap_end(void);

#endif /* _TOOLS_KTAP_H */
