// SPDX-License-Identifier: GPL-2.0-only
/* An MCU on a line with a clock of its own: see rig.h. */

#include <stdio.h>
#include <string.h>

#include "ktap.h"
#include "number.h"
#include "rig.h"

/* An MCU that has run for a while, so that no time is near zero, on a line without a speed. */
void rig_init(struct rig *rig, const char *model)
{
	memset(rig, 0, sizeof(*rig));
	mcu_init(&rig->mcu, mcu_model_find(model));
	line_init(&rig->line, &rig->mcu);
	rig->line.byte_time = 0;
	rig->now = 1000 * NSEC_PER_SEC;
}

static void take_output(struct rig *rig)
{
	size_t len;

	line_run(&rig->line, rig->now);
	len = line_output(&rig->line, rig->now, rig->sent + rig->sent_len,
			  RIG_MAX - rig->sent_len);
	if (!len)
		return;
	if (!rig->sent_len)
		rig->first_at = rig->now;
	rig->last_at = rig->now;
	rig->sent_len += len;
}

/* Let time pass, from one thing that is due to the next. */
void rig_wait(struct rig *rig, u64 duration)
{
	const u64 end = rig->now + duration;
	u64 due;

	for (due = line_due(&rig->line); due <= end; due = line_due(&rig->line)) {
		if (due > rig->now)
			rig->now = due;
		take_output(rig);
		if (rig->sent_len == RIG_MAX)
			break;
	}
	rig->now = end;
}

/* Send bytes, all at once; time does not pass. */
void rig_send_bytes(struct rig *rig, const u8 *data, size_t len)
{
	rig->sent_len = 0;
	line_receive(&rig->line, rig->now, data, len);
	take_output(rig);
}

/* Bytes out of text such as "40 43 56 55". Returns how many. */
size_t rig_bytes(const char *hex, u8 *data)
{
	size_t len = 0;

	while (*hex) {
		if (*hex != ' ' && number_parse_hex(hex, &data[len])) {
			len++;
			hex++;
		}
		hex++;
	}

	return len;
}

void rig_send(struct rig *rig, const char *hex)
{
	u8 data[RIG_MAX];

	rig_send_bytes(rig, data, rig_bytes(hex, data));
}

/* Check what the MCU sent since the last rig_send(), after a while; "" for silence. */
void rig_expect(struct rig *rig, const char *hex, const char *name)
{
	u8 expected[RIG_MAX];
	const size_t len = rig_bytes(hex, expected);
	char text[3 * RIG_MAX + 1] = "";
	bool good;
	size_t i;

	rig_wait(rig, RIG_WAIT_NS);
	good = rig->sent_len == len && !memcmp(rig->sent, expected, len);
	for (i = 0; !good && i < rig->sent_len; i++)
		snprintf(text + 3 * i, 4, "%02x ", rig->sent[i]);
	if (!good) {
		ktap_remark("expected", hex);
		ktap_remark("got", text);
	}
	ktap_check(good, name);
	rig->sent_len = 0;
}

void rig_exchange(struct rig *rig, const char *request, const char *reply, const char *name)
{
	rig_send(rig, request);
	rig_expect(rig, reply, name);
}
