/* SPDX-License-Identifier: GPL-2.0-only */
/* Test results in KTAP. */

#ifndef _MCU_EMU_KTAP_H
#define _MCU_EMU_KTAP_H

#include <linux/types.h>

void ktap_begin(void);
void ktap_check(bool good, const char *name);
void ktap_remark(const char *what, const char *value);
int ktap_end(void);

#endif /* _MCU_EMU_KTAP_H */
