/* SPDX-License-Identifier: GPL-2.0-only */
/* Where commands to the emulator come from: clients of a unix socket, and standard input. */

#ifndef _MCU_EMU_CONTROL_H
#define _MCU_EMU_CONTROL_H

#include "emu.h"

#define CONTROL_SESSIONS	16
#define CONTROL_LINE_MAX	1024

/**
 * struct session - one who sends commands
 * @emu: the emulator
 * @in: where they come from, -1 for a free place
 * @out: where the answers go
 * @line: line so far
 * @len: its length
 * @overlong: whether bytes of the line were lost
 * @answer: answers that the client has not taken yet
 * @answer_len: how many bytes
 */
struct session {
	struct emu *emu;
	int in;
	int out;
	char line[CONTROL_LINE_MAX];
	size_t len;
	bool overlong;
	char *answer;
	size_t answer_len;
};

/**
 * struct control - all of them
 * @emu: the emulator
 * @path: name of the socket, or NULL
 * @listener: the socket, or -1
 * @sessions: the sessions
 */
struct control {
	struct emu *emu;
	const char *path;
	int listener;
	struct session sessions[CONTROL_SESSIONS];
};

bool control_open(struct control *control, struct emu *emu, const char *path, bool use_stdin);
void control_close(struct control *control);
void control_watch(struct control *control, struct loop *loop);

#endif /* _MCU_EMU_CONTROL_H */
