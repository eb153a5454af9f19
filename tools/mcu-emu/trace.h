/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Trace of the line: each frame with its time, its bytes and what it means
 *
 *	     12.345 > 40 43 56 55 | power button?
 *	     12.560 < 40 43 56 30 65 | power button not pressed
 *
 * Milliseconds since the start; '>' from the host, '<' from the MCU, '*' a remark. A command is
 * traced when its last byte was received, a reply when its last byte was sent.
 */

#ifndef _MCU_EMU_TRACE_H
#define _MCU_EMU_TRACE_H

#include <stdio.h>

#include "describe.h"
#include "line.h"

/**
 * struct trace - a trace
 * @file: where it goes, NULL for a trace that cannot be switched on
 * @on: whether it is written
 * @start: what the time stamps count from
 * @request: last command, to make sense of its reply
 * @request_len: its length
 */
struct trace {
	FILE *file;
	bool on;
	u64 start;
	u8 request[QNAP_MCU_REQUEST_FRAME_MAX];
	size_t request_len;
};

char trace_words(struct trace *trace, enum line_event event, const u8 *data, size_t len,
		 char *words, size_t size);
void trace_frame(struct trace *trace, u64 at, char mark, const u8 *data, size_t len,
		 const char *words);
void trace_remark(struct trace *trace, u64 at, const char *remark);

#endif /* _MCU_EMU_TRACE_H */
