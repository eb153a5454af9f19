/* SPDX-License-Identifier: GPL-2.0-only */
/* An MCU on a line with a clock of its own: what a test sends is answered without waiting. */

#ifndef _MCU_EMU_RIG_H
#define _MCU_EMU_RIG_H

#include "line.h"

#define RIG_MAX		1024
#define RIG_WAIT_NS	(100 * NSEC_PER_MSEC)

/**
 * struct rig - the MCU, its line and what it sent
 * @mcu: the MCU
 * @line: the line
 * @now: the time
 * @sent: what the MCU sent since rig_send()
 * @sent_len: how many bytes
 * @first_at: when it sent the first of them
 * @last_at: when it sent the last
 */
struct rig {
	struct mcu mcu;
	struct line line;
	u64 now;
	u8 sent[RIG_MAX];
	size_t sent_len;
	u64 first_at;
	u64 last_at;
};

void rig_init(struct rig *rig, const char *model);
void rig_wait(struct rig *rig, u64 duration);
void rig_send_bytes(struct rig *rig, const u8 *data, size_t len);
void rig_send(struct rig *rig, const char *hex);
void rig_expect(struct rig *rig, const char *hex, const char *name);
void rig_exchange(struct rig *rig, const char *request, const char *reply, const char *name);
size_t rig_bytes(const char *hex, u8 *data);

#endif /* _MCU_EMU_RIG_H */
