/* SPDX-License-Identifier: GPL-2.0-only */
/* Numbers out of text, all of it or nothing. */

#ifndef _MCU_EMU_NUMBER_H
#define _MCU_EMU_NUMBER_H

#include <linux/types.h>

bool number_parse(const char *text, long min, long max, long *value);
bool number_parse_ms(const char *text, u64 *nanoseconds);
bool number_parse_percent(const char *text, u64 *odds);
bool number_parse_hex(const char *text, u8 *byte);

#endif /* _MCU_EMU_NUMBER_H */
