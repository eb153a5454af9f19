/* SPDX-License-Identifier: GPL-2.0-only */
/* Front of the NAS in the terminal: its LEDs, fan, buzzer and power button. */

#ifndef _MCU_EMU_PANEL_H
#define _MCU_EMU_PANEL_H

#include "emu.h"

#define PANEL_LOG_LINES	64
#define PANEL_LOG_WIDTH	256

/**
 * struct panel - the panel
 * @emu: what it shows
 * @log: last frames in words, a ring
 * @logged: how many frames there were
 */
struct panel {
	struct emu *emu;
	char log[PANEL_LOG_LINES][PANEL_LOG_WIDTH];
	unsigned int logged;
};

bool panel_open(struct panel *panel, struct emu *emu);
void panel_close(struct panel *panel);
void panel_watch(struct panel *panel, struct loop *loop);
void panel_run(struct panel *panel);
void panel_log(struct panel *panel, char mark, const u8 *data, size_t len, const char *words);

#endif /* _MCU_EMU_PANEL_H */
