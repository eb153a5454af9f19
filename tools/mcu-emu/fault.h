/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Faults of the line and of the MCU's firmware
 *
 * The line asks here at three points: for each byte that comes in, for each command before it is
 * carried out, and for each reply before it goes out. All that is wrong on purpose is in these
 * three answers; the line and the MCU know of no fault.
 */

#ifndef _MCU_EMU_FAULT_H
#define _MCU_EMU_FAULT_H

#include <linux/types.h>

#include "qnap-mcu-frame.h"

/* What one byte from the host may become. */
#define FAULT_BYTE_MAX		2

/**
 * struct fault - faults that are asked for; a count is of commands or replies still to come
 * @mute_until: until when the MCU swallows what it gets
 * @status_left: commands to answer with @status without carrying them out
 * @status: digit
 * @drop_left: replies to swallow
 * @late_left: replies to hold back for @late
 * @late: nanoseconds
 * @twice_left: replies to send twice
 * @corrupt_left: replies to flip a bit in
 * @corrupted: replies with a flipped bit so far; picks the next bit
 * @split_left: replies to send byte by byte, with pauses of @split
 * @split: nanoseconds
 */
struct fault {
	u64 mute_until;
	unsigned int status_left;
	u8 status;
	unsigned int drop_left;
	unsigned int late_left;
	u64 late;
	unsigned int twice_left;
	unsigned int corrupt_left;
	unsigned int corrupted;
	unsigned int split_left;
	u64 split;
};

/**
 * struct fault_reply - a reply on its way out
 * @data: its bytes
 * @len: how many
 * @copies: how often to send them; 0 for not at all
 * @delay: nanoseconds to hold it back on top of the latency
 * @gap: nanoseconds between two bytes on top of what the line needs
 */
struct fault_reply {
	u8 data[QNAP_MCU_REPLY_FRAME_MAX];
	size_t len;
	unsigned int copies;
	u64 delay;
	u64 gap;
};

size_t fault_inbound(struct fault *fault, u64 now, u8 byte, u8 *out);
u8 fault_command(struct fault *fault);
void fault_outbound(struct fault *fault, struct fault_reply *reply);

#endif /* _MCU_EMU_FAULT_H */
