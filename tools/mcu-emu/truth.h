/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What was really said
 *
 * Compares what one side sent with what the other got, and counts the frames that faults have
 * damaged. The checksum does not see all damage: two flips of the same bit cancel out, and lost
 * and extra bytes may happen to fit. These frames are counted apart and kept in a log: requests
 * that the MCU carried out although they were not what the host sent, and replies that the host
 * must take for good although they are not what the MCU said.
 */

#ifndef _MCU_EMU_TRUTH_H
#define _MCU_EMU_TRUTH_H

#include <stdio.h>

#include <linux/types.h>

#include "qnap-mcu-frame.h"

#define TRUTH_REQUEST_MAX	(2 * QNAP_MCU_REQUEST_FRAME_MAX)
#define TRUTH_LOG_MAX		256

/**
 * struct truth_bytes - bytes of a frame, as many as it may have
 * @data: the bytes
 * @len: how many
 */
struct truth_bytes {
	u8 data[QNAP_MCU_REPLY_FRAME_MAX];
	size_t len;
};

/**
 * struct truth_entry - a frame whose damage the checksum does not show
 * @reply: whether it is a reply
 * @sent: what was sent
 * @got: what arrived
 */
struct truth_entry {
	bool reply;
	struct truth_bytes sent;
	struct truth_bytes got;
};

/**
 * struct truth - what was really said
 * @request: what the host sent since the last request was dealt with
 * @request_len: how many bytes
 * @requests: requests that the MCU got, or parts of such
 * @replies: replies that it sent
 * @damaged_requests: of them, those that are not what the host sent
 * @damaged_replies: of them, those that do not arrive as they were sent
 * @undetected_requests: damaged ones that were carried out
 * @undetected_replies: damaged ones that pass for the right answer
 * @log: the undetected ones, a ring
 */
struct truth {
	u8 request[TRUTH_REQUEST_MAX];
	size_t request_len;
	unsigned int requests;
	unsigned int replies;
	unsigned int damaged_requests;
	unsigned int damaged_replies;
	unsigned int undetected_requests;
	unsigned int undetected_replies;
	struct truth_entry log[TRUTH_LOG_MAX];
};

void truth_sent(struct truth *truth, u8 byte);
void truth_request(struct truth *truth, const u8 *got, size_t len, bool done);
void truth_reply(struct truth *truth, const u8 *sent, size_t sent_len, const u8 *got, size_t len);
void truth_print_log(const struct truth *truth, FILE *file);

#endif /* _MCU_EMU_TRUTH_H */
