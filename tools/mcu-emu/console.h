/* SPDX-License-Identifier: GPL-2.0-only */
/* Commands to the emulator, as text. */

#ifndef _MCU_EMU_CONSOLE_H
#define _MCU_EMU_CONSOLE_H

#include "emu.h"

void console_run(struct emu *emu, char *line, FILE *out);

#endif /* _MCU_EMU_CONSOLE_H */
