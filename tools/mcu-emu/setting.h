/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Settings of faults by chance, as text
 *
 * The same on the command line and as a command. Each function returns what is wrong with the
 * text, or NULL.
 */

#ifndef _MCU_EMU_SETTING_H
#define _MCU_EMU_SETTING_H

#include "seeded.h"

const char *setting_seed(struct seeded *seeded, const char *text);
const char *setting_fault(struct seeded *seeded, const char *text);
const char *setting_fault_time(struct seeded *seeded, const char *text);
const char *setting_fault_nth(struct seeded *seeded, const char *text);

#endif /* _MCU_EMU_SETTING_H */
