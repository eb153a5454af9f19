// SPDX-License-Identifier: GPL-2.0-only
/* Trace of the line: see trace.h. */

#include <string.h>

#include "trace.h"

static void print_time(const struct trace *trace, u64 at)
{
	const u64 micros = (at - trace->start) / NSEC_PER_USEC;

	fprintf(trace->file, "%7llu.%03llu", micros / 1000, micros % 1000);
}

static void remember(struct trace *trace, const u8 *data, size_t len)
{
	trace->request_len = len < sizeof(trace->request) ? len : sizeof(trace->request);
	memcpy(trace->request, data, trace->request_len);
}

/**
 * trace_words() - an event of the line in words
 * @trace: the trace; remembers each command for the sake of its reply
 * @event: the event
 * @data: its bytes
 * @len: how many
 * @words: where to put the words
 * @size: room there
 *
 * Return: the mark of the direction.
 */
char trace_words(struct trace *trace, enum line_event event, const u8 *data, size_t len,
		 char *words, size_t size)
{
	switch (event) {
	case LINE_REQUEST:
		remember(trace, data, len);
		describe_request(words, size, data, len);
		return '>';
	case LINE_HALF:
		snprintf(words, size, "half a frame, given up");
		return '>';
	case LINE_SWALLOWED:
		snprintf(words, size, "swallowed: the MCU is mute");
		return '>';
	case LINE_DROPPED:
		snprintf(words, size, "not sent: dropped");
		return '<';
	case LINE_NOISE:
		snprintf(words, size, "noise");
		return '<';
	case LINE_REPLY:
		break;
	}
	describe_reply(words, size, trace->request, trace->request_len, data, len);

	return '<';
}

/**
 * trace_frame() - write a frame
 * @trace: the trace
 * @at: when
 * @mark: mark of the direction
 * @data: its bytes
 * @len: how many
 * @words: what it means
 */
void trace_frame(struct trace *trace, u64 at, char mark, const u8 *data, size_t len,
		 const char *words)
{
	if (!trace->on)
		return;
	print_time(trace, at);
	fprintf(trace->file, " %c", mark);
	print_hex(trace->file, data, len);
	fprintf(trace->file, " | %s\n", words);
}

/**
 * trace_remark() - write a remark
 * @trace: the trace
 * @at: when
 * @remark: the remark
 */
void trace_remark(struct trace *trace, u64 at, const char *remark)
{
	if (!trace->on)
		return;
	print_time(trace, at);
	fprintf(trace->file, " * %s\n", remark);
}
