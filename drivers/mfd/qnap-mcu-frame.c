// SPDX-License-Identifier: GPL-2.0-only
/*
 * Frame codec of the Weltrend WT61P803 microcontroller
 *
 * Pure functions over byte spans, shared with the user-space tools: see qnap-mcu-frame.h.
 */

#include <linux/string.h>
#include <linux/types.h>

#include "qnap-mcu-frame.h"

/**
 * qnap_mcu_frame_checksum() - checksum of a payload
 * @data: payload
 * @len: its length
 *
 * Return: XOR of all bytes, 0 for an empty payload.
 */
u8 qnap_mcu_frame_checksum(const u8 *data, size_t len)
{
	u8 checksum = 0;

	while (len--)
		checksum ^= *data++;

	return checksum;
}

/**
 * qnap_mcu_frame_encode() - build a frame
 * @frame: where to put it
 * @size: room there
 * @payload: payload
 * @len: its length, at least 1
 *
 * Return: length of the frame, or 0 if the payload is empty or the frame does not fit.
 */
size_t qnap_mcu_frame_encode(u8 *frame, size_t size, const u8 *payload, size_t len)
{
	u8 checksum = 0;

	if (!len || size < QNAP_MCU_CHECKSUM_SIZE || len > size - QNAP_MCU_CHECKSUM_SIZE)
		return 0;

	/* Copied and summed up in one pass. */
	for (size_t i = 0; i < len; i++) {
		frame[i] = payload[i];
		checksum ^= payload[i];
	}
	frame[len] = checksum;

	return len + QNAP_MCU_CHECKSUM_SIZE;
}

static bool may_be_error(const u8 *data, size_t len)
{
	if (data[0] != QNAP_MCU_STATUS_MARK)
		return false;
	if (len == 1)
		return true;
	if (data[1] != QNAP_MCU_STATUS_BAD_CHECKSUM && data[1] != QNAP_MCU_STATUS_FAILED)
		return false;

	return len < QNAP_MCU_STATUS_FRAME_SIZE ||
	       qnap_mcu_frame_valid(data, QNAP_MCU_STATUS_FRAME_SIZE);
}

static bool may_be_reply(const u8 *data, size_t len, const struct qnap_mcu_shape *shape)
{
	return !memcmp(data, shape->head, len < shape->head_len ? len : shape->head_len);
}

/**
 * qnap_mcu_frame_scan() - look for the answer to a request in the received bytes
 * @data: bytes received since the request was sent
 * @len: how many
 * @shape: what the reply must look like
 * @scan: where the frame is, valid with every verdict
 *
 * Skips what can begin neither the reply nor an error frame, i.e. noise and the rest of an older
 * reply. Bytes inside a reply are never taken for a frame of their own: its data may well contain
 * an error frame's bytes.
 *
 * Return: verdict on the first frame found.
 */
enum qnap_mcu_verdict qnap_mcu_frame_scan(const u8 *data, size_t len,
					  const struct qnap_mcu_shape *shape,
					  struct qnap_mcu_scan *scan)
{
	const size_t frame_len = shape->len + QNAP_MCU_CHECKSUM_SIZE;

	for (scan->start = 0; scan->start < len; scan->start++) {
		const u8 *frame = data + scan->start;
		const size_t left = len - scan->start;
		const bool reply = may_be_reply(frame, left, shape);

		if (!reply && !may_be_error(frame, left))
			continue;
		if (left < (reply ? frame_len : QNAP_MCU_STATUS_FRAME_SIZE))
			return QNAP_MCU_NEED_MORE;
		if (reply)
			return qnap_mcu_frame_valid(frame, frame_len) ? QNAP_MCU_REPLY :
									QNAP_MCU_BAD;
		scan->status = frame[1];
		return QNAP_MCU_REFUSED;
	}

	return QNAP_MCU_NEED_MORE;
}
