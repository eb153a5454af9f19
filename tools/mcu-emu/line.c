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
	line->babble_at = MCU_NEVER;
	seeded_init(&line->fault.seeded);
}

/* The request so far is dealt with, or is not to be. */
static void forget_request(struct line *line)
{
	line->frame_len = 0;
	line->truth.request_len = 0;
}

/**
 * line_restart() - forget all bytes, in both directions
 * @line: the line
 *
 * For an MCU that restarts, and for a host that hung up.
 */
void line_restart(struct line *line)
{
	forget_request(line);
	line->rx_len = 0;
	line->tx.len = 0;
	line->tx.sent = 0;
	line->noise_len = 0;
	line->babble_at = MCU_NEVER;
}

/**
 * line_calm() - no more faults by chance, and an end to those that last
 * @line: the line
 */
void line_calm(struct line *line)
{
	seeded_calm(&line->fault.seeded);
	line->fault.restarts = false;
	line->fault.mute_until = 0;
	line->babble_at = MCU_NEVER;
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
	return LINE_RX_MAX - line->rx_len;
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
	size_t i;

	if (len && fault_deaf(&line->fault, now)) {
		tell(line, now, LINE_SWALLOWED, data, len);
		return;
	}

	for (i = 0; i < len; i++) {
		line->rx_last = (line->rx_last > now ? line->rx_last : now) + line->byte_time;
		queue_byte(line, line->rx_last, data[i]);
	}
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
	return line->tx.sent < line->tx.len;
}

/* Those who restart swallow what comes meanwhile. */
static void restart(struct line *line, u64 at, bool forgets)
{
	line->fault.restarts = false;
	line->fault.mute_until = at + fault_restart_time(&line->fault, forgets);
	forget_request(line);
	if (forgets)
		mcu_restart(line->mcu, at);
}

static size_t carry_out(struct line *line, u64 now, u8 *reply)
{
	const u8 refusal = fault_command(&line->fault);

	if (refusal)
		return mcu_status_frame(reply, refusal);

	return mcu_answer(line->mcu, now, line->frame, line->frame_len, reply);
}

static void begin_to_send(struct line *line, const struct fault_reply *reply, u64 start)
{
	struct line_tx *tx = &line->tx;

	memcpy(tx->data, reply->wire, reply->wire_len);
	tx->len = reply->wire_len;
	tx->cut = reply->wire_cut;
	tx->sent = 0;
	tx->gap = reply->gap;
	tx->at = start + line->latency + reply->delay + line->byte_time;
	tx->event = LINE_REPLY;
}

static void send_reply(struct line *line, struct fault_reply *reply, u64 start)
{
	u64 end;

	fault_outbound(&line->fault, reply);
	if (!reply->copies) {
		tell(line, start, LINE_DROPPED, reply->data, reply->len);
		return;
	}

	truth_reply(&line->truth, reply->data, reply->len, reply->wire, reply->wire_len);
	begin_to_send(line, reply, start);
	end = line->tx.at + line->tx.len * (line->byte_time + line->tx.gap);
	if (reply->babble != MCU_NEVER)
		line->babble_at = end + reply->babble;
	if (reply->restarts)
		restart(line, end, reply->forgets);
}

/* The MCU does one thing after the other: it sees a command once it is done with the one before. */
static void answer(struct line *line, u64 at)
{
	const u64 start = at > line->idle_at ? at : line->idle_at;
	const unsigned int done = line->mcu->frames;
	struct fault_reply reply = { };

	tell(line, start, LINE_REQUEST, line->frame, line->frame_len);
	reply.len = carry_out(line, start, reply.data);
	truth_request(&line->truth, line->frame, line->frame_len, line->mcu->frames != done);
	if (reply.len)
		send_reply(line, &reply, start);
	forget_request(line);
}

static void give_up_frame(struct line *line, u64 at)
{
	const bool unknown = line->frame_len > QNAP_MCU_CHECKSUM_SIZE &&
			     mcu_command_recognise(line->frame, line->frame_len) ==
			     MCU_SPAN_UNKNOWN;

	if (unknown) {
		answer(line, at);
		return;
	}

	truth_request(&line->truth, line->frame, line->frame_len, false);
	if (line->frame_len) {
		tell(line, at, LINE_HALF, line->frame, line->frame_len);
		line->halves++;
	}
	forget_request(line);
}

static void add_byte(struct line *line, u64 at, u8 value)
{
	/* What does not fit the MCU's buffer is lost. */
	if (line->frame_len < sizeof(line->frame))
		line->frame[line->frame_len++] = value;

	if (mcu_command_recognise(line->frame, line->frame_len) == MCU_SPAN_WHOLE)
		answer(line, at);
}

/* Bytes that nobody sent come before the one that was; either may be the last of a command. */
static void hear_byte(struct line *line, const struct line_byte *byte)
{
	u8 bytes[FAULT_BYTE_MAX];
	size_t count, i;

	count = fault_inbound(&line->fault, line->truth.request_len, byte->value, bytes);
	for (i = 0; i + 1 < count; i++)
		add_byte(line, byte->at, bytes[i]);
	truth_sent(&line->truth, byte->value);
	if (count)
		add_byte(line, byte->at, bytes[i]);
}

static void take_byte(struct line *line)
{
	const struct line_byte *byte = &line->rx[line->rx_head];

	line->rx_head = (line->rx_head + 1) % LINE_RX_MAX;
	line->rx_len--;
	line->frame_at = byte->at;
	if (!fault_deaf(&line->fault, byte->at) && !line->truth.request_len)
		fault_request(&line->fault, byte->at);
	if (fault_deaf(&line->fault, byte->at))
		return;
	if (fault_restarts(&line->fault, line->truth.request_len))
		restart(line, byte->at, line->fault.forgets);
	else
		hear_byte(line, byte);
}

static void babble(struct line *line)
{
	struct line_tx *tx = &line->tx;

	tx->len = fault_babble(&line->fault, tx->data);
	tx->cut = tx->len;
	tx->sent = 0;
	tx->gap = 0;
	tx->at = line->babble_at + line->byte_time;
	tx->event = LINE_NOISE;
	line->babble_at = MCU_NEVER;
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
		return line->tx.at;
	if (line->rx_len)
		due = line->rx[line->rx_head].at;
	if (line->truth.request_len && quiet_at(line) < due)
		due = quiet_at(line);
	if (line->babble_at < due)
		due = line->babble_at;

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
		if (due == line->babble_at)
			babble(line);
		else if (line->truth.request_len && due == quiet_at(line))
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

static u8 send_byte(struct line *line)
{
	struct line_tx *tx = &line->tx;
	const u8 value = tx->data[tx->sent++];

	line->idle_at = tx->at;
	tx->at += line->byte_time + tx->gap;
	if (tx->sent == tx->cut)
		tell(line, line->idle_at, tx->event, tx->data, tx->cut);
	else if (tx->sent == tx->len)
		tell(line, line->idle_at, tx->event, tx->data + tx->cut, tx->len - tx->cut);

	return value;
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

	while (sending(line) && line->tx.at <= now && len < size)
		data[len++] = send_byte(line);

	return len;
}
