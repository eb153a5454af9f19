// SPDX-License-Identifier: GPL-2.0-only
/* In place of the panel, where there is no ncurses: see panel.h. */

#include <err.h>

#include "panel.h"

bool panel_open(struct panel *panel, struct emu *emu)
{
	(void)panel;
	(void)emu;
	warnx("--panel: this program was built without it");

	return false;
}

void panel_close(struct panel *panel)
{
	(void)panel;
}

void panel_watch(struct panel *panel, struct loop *loop)
{
	(void)panel;
	(void)loop;
}

void panel_run(struct panel *panel)
{
	(void)panel;
}

void panel_log(struct panel *panel, char mark, const u8 *data, size_t len, const char *words)
{
	(void)panel;
	(void)mark;
	(void)data;
	(void)len;
	(void)words;
}
