/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Faults of the line and of the MCU's firmware
 *
 * The line asks here when a request begins, for each of its bytes, before it is carried out, and
 * for each reply before it goes out. All that is wrong on purpose is in these answers; the line
 * and the MCU know of no fault. A fault strikes because the next so many are asked for, or by
 * chance.
 */

#ifndef _MCU_EMU_FAULT_H
#define _MCU_EMU_FAULT_H

#include <linux/types.h>

#include "qnap-mcu-frame.h"
#include "seeded.h"

/* What one byte from the host may become. */
#define FAULT_BYTE_MAX		SEEDED_BYTE_MAX
#define FAULT_COPIES_MAX	2
#define FAULT_WIRE_MAX		(FAULT_COPIES_MAX * FAULT_BYTE_MAX * QNAP_MCU_REPLY_FRAME_MAX)

/**
 * struct fault - faults that are asked for; a count is of commands or replies still to come
 * @seeded: faults by chance
 * @mute_until: until when the MCU swallows what it gets
 * @restart_in: how many bytes of the present request the MCU gets before it restarts
 * @restarts: whether it will
 * @forgets: whether it then forgets what its LEDs and its fan do
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
	struct seeded seeded;
	u64 mute_until;
	unsigned int restart_in;
	bool restarts;
	bool forgets;
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
 * @data: its bytes, as the MCU means them
 * @len: how many
 * @copies: how often to send them; 0 for not at all
 * @delay: nanoseconds to hold it back on top of the latency
 * @gap: nanoseconds between two bytes on top of what the line needs
 * @babble: nanoseconds from its end to bytes that nobody asked for; %MCU_NEVER for none
 * @restarts: whether the MCU restarts while it sends the reply
 * @forgets: whether it then forgets what its LEDs and its fan do
 * @wire: the bytes that arrive, of all copies
 * @wire_len: how many
 * @wire_cut: how many of them are of the first copy
 */
struct fault_reply {
	u8 data[QNAP_MCU_REPLY_FRAME_MAX];
	size_t len;
	unsigned int copies;
	u64 delay;
	u64 gap;
	u64 babble;
	bool restarts;
	bool forgets;
	u8 wire[FAULT_WIRE_MAX];
	size_t wire_len;
	size_t wire_cut;
};

bool fault_deaf(const struct fault *fault, u64 now);
void fault_request(struct fault *fault, u64 now);
bool fault_restarts(const struct fault *fault, unsigned int index);
u64 fault_restart_time(const struct fault *fault, bool forgets);
size_t fault_inbound(struct fault *fault, unsigned int index, u8 byte, u8 *out);
u8 fault_command(struct fault *fault);
void fault_outbound(struct fault *fault, struct fault_reply *reply);
size_t fault_babble(struct fault *fault, u8 *data);

#endif /* _MCU_EMU_FAULT_H */
