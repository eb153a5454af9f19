/* SPDX-License-Identifier: GPL-2.0-only */
/* The emulator: the MCU, its line, its port and who looks on. */

#ifndef _MCU_EMU_EMU_H
#define _MCU_EMU_EMU_H

#include "line.h"
#include "loop.h"
#include "mcu.h"
#include "port.h"
#include "trace.h"

struct panel;

/**
 * struct emu - the emulator
 * @mcu: the MCU
 * @line: its line
 * @port: what the line hangs on
 * @trace: trace of the line
 * @panel: front of the NAS, or NULL
 * @quit: whether to end
 * @failed: whether it ends for a fault
 */
struct emu {
	struct mcu mcu;
	struct line line;
	struct port port;
	struct trace trace;
	struct panel *panel;
	bool quit;
	bool failed;
};

void emu_init(struct emu *emu, const struct mcu_model *model);
void emu_watch(struct emu *emu, struct loop *loop);
void emu_run(struct emu *emu);

void emu_remark(struct emu *emu, const char *remark);
void emu_remark_value(struct emu *emu, const char *what, long value);
void emu_reset(struct emu *emu);
void emu_press(struct emu *emu, u64 duration);
void emu_mute(struct emu *emu, u64 duration);
void emu_report(struct emu *emu, FILE *file);
void emu_report_faults(const struct emu *emu, FILE *file);
const char *emu_led_name(enum mcu_led led);

#endif /* _MCU_EMU_EMU_H */
