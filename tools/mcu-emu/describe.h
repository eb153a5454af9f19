/* SPDX-License-Identifier: GPL-2.0-only */
/* Frames in words, for the trace, the panel and the decoder. */

#ifndef _MCU_EMU_DESCRIBE_H
#define _MCU_EMU_DESCRIBE_H

#include <stdio.h>

#include <linux/types.h>

/* Room for the words of any frame. */
#define DESCRIBE_MAX	128

void describe_request(char *words, size_t size, const u8 *frame, size_t len);
void describe_reply(char *words, size_t size, const u8 *request, size_t request_len,
		    const u8 *frame, size_t len);
void print_hex(FILE *file, const u8 *data, size_t len);

#endif /* _MCU_EMU_DESCRIBE_H */
