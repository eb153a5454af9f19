// SPDX-License-Identifier: GPL-2.0-only
/* What was really said: see truth.h. */

#include <string.h>

#include "command.h"
#include "truth.h"

/**
 * truth_sent() - the host sent a byte
 * @truth: the truth
 * @byte: the byte
 */
void truth_sent(struct truth *truth, u8 byte)
{
	if (truth->request_len < sizeof(truth->request))
		truth->request[truth->request_len++] = byte;
}

static void keep(struct truth_bytes *bytes, const u8 *data, size_t len)
{
	bytes->len = len < sizeof(bytes->data) ? len : sizeof(bytes->data);
	memcpy(bytes->data, data, bytes->len);
}

static struct truth_entry *new_entry(struct truth *truth)
{
	const unsigned int count = truth->undetected_requests + truth->undetected_replies;

	return &truth->log[count % TRUTH_LOG_MAX];
}

/**
 * truth_request() - the MCU dealt with what it got
 * @truth: the truth
 * @got: what it got
 * @len: how many bytes
 * @done: whether it carried it out
 *
 * What the host sends from now on belongs to the next request.
 */
void truth_request(struct truth *truth, const u8 *got, size_t len, bool done)
{
	struct truth_entry *entry = new_entry(truth);

	truth->requests++;
	if (len == truth->request_len && !memcmp(got, truth->request, len))
		return;
	truth->damaged_requests++;
	if (!done)
		return;
	entry->reply = false;
	keep(&entry->sent, truth->request, truth->request_len);
	keep(&entry->got, got, len);
	truth->undetected_requests++;
}

/* What the host expects in return for what it sent, if that can be told. */
static bool expected_shape(const struct truth *truth, struct qnap_mcu_shape *shape)
{
	const struct mcu_command *command;

	command = truth->request_len ? mcu_command_find(truth->request, truth->request_len) : NULL;
	if (!command || truth->request_len < command->len)
		return false;
	*shape = mcu_command_shape(command, truth->request);

	return shape->len <= QNAP_MCU_REPLY_MAX;
}

/**
 * truth_reply() - the MCU answered what the host sent
 * @truth: the truth
 * @sent: its reply
 * @sent_len: length of it
 * @got: what arrives of it, copies of it included
 * @len: how many bytes
 */
void truth_reply(struct truth *truth, const u8 *sent, size_t sent_len, const u8 *got, size_t len)
{
	struct truth_entry *entry = new_entry(truth);
	struct qnap_mcu_shape shape;
	struct qnap_mcu_scan scan;
	size_t frame_len;

	truth->replies++;
	if (len >= sent_len && !memcmp(got, sent, sent_len))
		return;
	truth->damaged_replies++;
	if (!expected_shape(truth, &shape) ||
	    qnap_mcu_frame_scan(got, len, &shape, &scan) != QNAP_MCU_REPLY)
		return;
	frame_len = shape.len + QNAP_MCU_CHECKSUM_SIZE;
	/* Nothing but noise before it. */
	if (frame_len == sent_len && !memcmp(got + scan.start, sent, sent_len))
		return;
	entry->reply = true;
	keep(&entry->sent, sent, sent_len);
	keep(&entry->got, got + scan.start, frame_len);
	truth->undetected_replies++;
}

static void print_bytes(const struct truth_bytes *bytes, FILE *file)
{
	size_t i;

	for (i = 0; i < bytes->len; i++)
		fprintf(file, " %02x", bytes->data[i]);
}

/**
 * truth_print_log() - print the undetected frames, or the last of them
 * @truth: the truth
 * @file: where
 */
void truth_print_log(const struct truth *truth, FILE *file)
{
	const unsigned int count = truth->undetected_requests + truth->undetected_replies;
	const struct truth_entry *entry;
	unsigned int i;

	for (i = count > TRUTH_LOG_MAX ? count - TRUTH_LOG_MAX : 0; i < count; i++) {
		entry = &truth->log[i % TRUTH_LOG_MAX];
		fprintf(file, "%u %s", i + 1, entry->reply ? "<" : ">");
		print_bytes(&entry->sent, file);
		fprintf(file, " |");
		print_bytes(&entry->got, file);
		fprintf(file, "\n");
	}
}
