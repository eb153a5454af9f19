/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The MCU's end of the serial line
 *
 * Cuts what the host sends into commands, has the MCU answer them, and says which bytes go back
 * when: with the MCU's latency, at the speed of the wire, with the faults that were asked for. It
 * owns no port and reads no clock; a caller feeds it, runs it when line_due() says so, and takes
 * out what is to be sent.
 */

#ifndef _MCU_EMU_LINE_H
#define _MCU_EMU_LINE_H

#include "fault.h"
#include "mcu.h"
#include "truth.h"

#define LINE_RX_MAX		1024
#define LINE_NOISE_MAX		256
/* Ten bits at 115200 baud. */
#define LINE_BYTE_NS		86806
#define LINE_LATENCY_NS		(200 * NSEC_PER_USEC)
/* After so much silence the MCU no longer waits for the rest of a command. */
#define LINE_QUIET_NS		(10 * NSEC_PER_MSEC)

/**
 * enum line_event - what an observer is told
 * @LINE_REQUEST: a command, or what passed for one, was received
 * @LINE_HALF: half a command was given up
 * @LINE_SWALLOWED: bytes came while the MCU was mute
 * @LINE_REPLY: a reply was sent
 * @LINE_DROPPED: a reply was swallowed
 * @LINE_NOISE: bytes were sent that nobody asked for
 */
enum line_event {
	LINE_REQUEST,
	LINE_HALF,
	LINE_SWALLOWED,
	LINE_REPLY,
	LINE_DROPPED,
	LINE_NOISE,
};

typedef void (*line_observer)(void *context, u64 at, enum line_event event, const u8 *data,
			      size_t len);

struct line_byte {
	u64 at;
	u8 value;
};

/**
 * struct line_tx - bytes on their way to the host
 * @data: the bytes
 * @len: how many
 * @cut: how many of them the observer is told of first, the rest being another copy
 * @sent: how many were sent
 * @at: when the next one is to be sent
 * @gap: nanoseconds between two on top of what the line needs
 * @event: what the observer is told
 */
struct line_tx {
	u8 data[FAULT_WIRE_MAX];
	size_t len;
	size_t cut;
	size_t sent;
	u64 at;
	u64 gap;
	enum line_event event;
};

/**
 * struct line - the line
 * @mcu: who answers
 * @fault: what goes wrong on purpose
 * @truth: what was really said
 * @latency: nanoseconds from a complete command to the first byte of its reply
 * @byte_time: nanoseconds that a byte takes on the wire, 0 for a wire without a speed
 * @quiet: nanoseconds of silence that end half a command
 * @observer: told of each frame, may be NULL
 * @context: its argument
 * @rx: bytes that the MCU has not looked at yet, a ring
 * @rx_head: the oldest
 * @rx_len: how many
 * @rx_last: when the last byte arrived or will have arrived
 * @frame: command so far
 * @frame_len: its length
 * @frame_at: when its last byte arrived
 * @tx: what is being sent
 * @idle_at: when the last reply was finished
 * @babble_at: when bytes come that nobody asked for, %MCU_NEVER for no such
 * @noise: bytes to send unasked
 * @noise_len: how many
 * @halves: halves of commands given up so far
 */
struct line {
	struct mcu *mcu;
	struct fault fault;
	struct truth truth;
	u64 latency;
	u64 byte_time;
	u64 quiet;
	line_observer observer;
	void *context;
	struct line_byte rx[LINE_RX_MAX];
	size_t rx_head;
	size_t rx_len;
	u64 rx_last;
	u8 frame[QNAP_MCU_REQUEST_FRAME_MAX];
	size_t frame_len;
	u64 frame_at;
	struct line_tx tx;
	u64 idle_at;
	u64 babble_at;
	u8 noise[LINE_NOISE_MAX];
	size_t noise_len;
	unsigned int halves;
};

void line_init(struct line *line, struct mcu *mcu);
void line_restart(struct line *line);
void line_calm(struct line *line);
size_t line_room(const struct line *line);
void line_receive(struct line *line, u64 now, const u8 *data, size_t len);
bool line_send_noise(struct line *line, const u8 *data, size_t len);
u64 line_due(const struct line *line);
void line_run(struct line *line, u64 now);
size_t line_output(struct line *line, u64 now, u8 *data, size_t size);

#endif /* _MCU_EMU_LINE_H */
