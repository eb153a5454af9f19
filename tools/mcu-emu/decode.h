/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Decoder of a captured line
 *
 * Takes the bytes of both directions in the order in which they were seen, in pieces of any size,
 * finds the frames in them and prints each as the emulator's trace does. Bytes that belong to no
 * frame are printed as such, and the search goes on behind them.
 */

#ifndef _MCU_EMU_DECODE_H
#define _MCU_EMU_DECODE_H

#include <stdio.h>

#include "command.h"

#define DECODE_MAX		128
#define DECODE_STAMP_MAX	32

/**
 * struct decode - the decoder
 * @out: where to print
 * @host_stamp: time of the last bytes from the host, as in the capture; may be empty
 * @mcu_stamp: time of the last bytes from the MCU
 * @host: bytes from the host that are not decided yet
 * @host_len: how many
 * @stray: bytes from the host that begin no command
 * @stray_len: how many
 * @mcu: bytes from the MCU that are not decided yet
 * @mcu_len: how many
 * @request: last command
 * @request_len: its length
 * @frames: frames found so far
 */
struct decode {
	FILE *out;
	char host_stamp[DECODE_STAMP_MAX];
	char mcu_stamp[DECODE_STAMP_MAX];
	u8 host[DECODE_MAX];
	size_t host_len;
	u8 stray[DECODE_MAX];
	size_t stray_len;
	u8 mcu[DECODE_MAX];
	size_t mcu_len;
	u8 request[DECODE_MAX];
	size_t request_len;
	unsigned long frames;
};

void decode_init(struct decode *decode, FILE *out);
void decode_stamp(struct decode *decode, char mark, const char *stamp, size_t len);
void decode_host(struct decode *decode, u8 byte);
void decode_mcu(struct decode *decode, u8 byte);
void decode_finish(struct decode *decode);

#endif /* _MCU_EMU_DECODE_H */
