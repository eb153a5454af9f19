// SPDX-License-Identifier: GPL-2.0-only
/* The MCU's end of the serial line: see line.h. */

#include <string.h>

#include "line.h"

/**
 * line_init() - a line at rest, at 115200 baud, without faults
 * @line: the line
 * @mcu: who answers
 */
void line_init(struct line *line, struct mcu *mcu)
{
	memset(line, 0, sizeof(*line));
	line->mcu = mcu;
	line->latency = LINE_LATENCY_NS;
	line->byte_time = LINE_BYTE_NS;
	line->quiet = LINE_QUIET_NS;
}

/**
 * line_restart() - forget all bytes, in both directions
 * @line: the line
 *
 * For an MCU that restarts, and for a host that hung up.
 */
void line_restart(struct line *line)
{
	line->rx_len = 0;
	line->frame_len = 0;
	line->tx.len = 0;
	line->tx_sent = 0;
	line->noise_len = 0;
}

static void tell(const struct line *line, u64 at, enum line_event event, const u8 *data, size_t len)
{
	if (line->observer)
		line->observer(line->context, at, event, data, len);
}

/**
 * line_room() - how many bytes from the host the line can take now
 * @line: the line
 *
 * Return: the number of bytes.
 */
size_t line_room(const struct line *line)
{
	return (LINE_RX_MAX - line->rx_len) / FAULT_BYTE_MAX;
}

static void queue_byte(struct line *line, u64 at, u8 value)
{
	struct line_byte *slot = &line->rx[(line->rx_head + line->rx_len) % LINE_RX_MAX];

	slot->at = at;
	slot->value = value;
	line->rx_len++;
}

/**
 * line_receive() - bytes from the host
 * @line: the line
 * @now: the time
 * @data: the bytes
 * @len: how many, no more than line_room()
 *
 * All of them may come at once: on a wire with a speed they arrive one after the other.
 */
void line_receive(struct line *line, u64 now, const u8 *data, size_t len)
{
	u8 bytes[FAULT_BYTE_MAX];
	size_t taken = 0;
	size_t count;
	size_t i, k;

	for (i = 0; i < len; i++) {
		line->rx_last = (line->rx_last > now ? line->rx_last : now) + line->byte_time;
		count = fault_inbound(&line->fault, now, data[i], bytes);
		for (k = 0; k < count; k++)
			queue_byte(line, line->rx_last, bytes[k]);
		taken += count;
	}

	if (len && !taken)
		tell(line, now, LINE_SWALLOWED, data, len);
}

/**
 * line_send_noise() - send bytes that nobody asked for, at once
 * @line: the line
 * @data: the bytes
 * @len: how many
 *
 * Return: false if there are too many.
 */
bool line_send_noise(struct line *line, const u8 *data, size_t len)
{
	if (len > LINE_NOISE_MAX - line->noise_len)
		return false;
	memcpy(line->noise + line->noise_len, data, len);
	line->noise_len += len;

	return true;
}

static bool sending(const struct line *line)
{
	return line->tx_sent < line->tx.len * line->tx.copies;
}

static size_t carry_out(struct line *line, u64 now, u8 *reply)
{
	const u8 refusal = fault_command(&line->fault);

	if (refusal)
		return mcu_status_frame(reply, refusal);

	return mcu_answer(line->mcu, now, line->frame, line->frame_len, reply);
}

/* The MCU does one thing after the other: it sees a command once it is done with the one before. */
static void answer(struct line *line, u64 at)
{
	const u64 start = at > line->idle_at ? at : line->idle_at;
	struct fault_reply *tx = &line->tx;

	tell(line, start, LINE_REQUEST, line->frame, line->frame_len);
	memset(tx, 0, sizeof(*tx));
	line->tx_sent = 0;
	tx->len = carry_out(line, start, tx->data);
	line->frame_len = 0;
	if (!tx->len)
		return;

	tx->copies = 1;
	fault_outbound(&line->fault, tx);
	if (!tx->copies)
		tell(line, start, LINE_DROPPED, tx->data, tx->len);
	line->tx_at = start + line->latency + tx->delay + line->byte_time;
}

static void give_up_frame(struct line *line, u64 at)
{
	const bool unknown = mcu_command_recognise(line->frame, line->frame_len) ==
			     MCU_SPAN_UNKNOWN;

	if (unknown && line->frame_len > QNAP_MCU_CHECKSUM_SIZE) {
		answer(line, at);
		return;
	}

	tell(line, at, LINE_HALF, line->frame, line->frame_len);
	line->halves++;
	line->frame_len = 0;
}

static void take_byte(struct line *line)
{
	const struct line_byte *byte = &line->rx[line->rx_head];

	line->rx_head = (line->rx_head + 1) % LINE_RX_MAX;
	line->rx_len--;
	line->frame_at = byte->at;
	/* What does not fit the MCU's buffer is lost. */
	if (line->frame_len < sizeof(line->frame))
		line->frame[line->frame_len++] = byte->value;

	if (mcu_command_recognise(line->frame, line->frame_len) == MCU_SPAN_WHOLE)
		answer(line, byte->at);
}

/* When the frame so far is given up unless a byte comes first. */
static u64 quiet_at(const struct line *line)
{
	return line->frame_at + line->quiet;
}

/**
 * line_due() - when the line wants line_run() and line_output() next
 * @line: the line
 *
 * Return: the moment, maybe a past one; %MCU_NEVER if only the host can make something happen.
 */
u64 line_due(const struct line *line)
{
	u64 due = MCU_NEVER;

	if (line->noise_len)
		return 0;
	if (sending(line))
		return line->tx_at;
	if (line->rx_len)
		due = line->rx[line->rx_head].at;
	if (line->frame_len && quiet_at(line) < due)
		due = quiet_at(line);

	return due;
}

/**
 * line_run() - let the MCU look at what has arrived
 * @line: the line
 * @now: the time
 */
void line_run(struct line *line, u64 now)
{
	u64 due;

	while (!sending(line)) {
		due = line_due(line);
		if (due > now)
			return;
		if (line->frame_len && due == quiet_at(line))
			give_up_frame(line, due);
		else if (line->rx_len)
			take_byte(line);
		else
			return;
	}
}

static size_t take_noise(struct line *line, u64 now, u8 *data, size_t size)
{
	const size_t len = line->noise_len < size ? line->noise_len : size;

	memcpy(data, line->noise, len);
	memmove(line->noise, line->noise + len, line->noise_len - len);
	line->noise_len -= len;
	tell(line, now, LINE_NOISE, data, len);

	return len;
}

/**
 * line_output() - bytes that are to be sent to the host by now
 * @line: the line
 * @now: the time
 * @data: where to put them
 * @size: room there
 *
 * Return: how many there are.
 */
size_t line_output(struct line *line, u64 now, u8 *data, size_t size)
{
	size_t len = 0;

	if (line->noise_len)
		len = take_noise(line, now, data, size);

	while (sending(line) && line->tx_at <= now && len < size) {
		data[len++] = line->tx.data[line->tx_sent++ % line->tx.len];
		line->idle_at = line->tx_at;
		line->tx_at += line->byte_time + line->tx.gap;
		if (line->tx_sent % line->tx.len == 0)
			tell(line, now, LINE_REPLY, line->tx.data, line->tx.len);
	}

	return len;
}
