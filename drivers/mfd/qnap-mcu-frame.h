/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Frame codec of the Weltrend WT61P803 microcontroller
 *
 * A frame is a payload followed by one checksum byte, the XOR of the payload. It has neither a
 * start marker nor a length field: where a reply begins and ends is known only from the request
 * that it answers. See Documentation/driver-api/qnap-mcu.rst.
 *
 * These functions work on byte spans. They know no device, allocate nothing and never sleep, and
 * the same source is built into the user-space emulator, the trace decoder and the fuzzers.
 */

#ifndef _QNAP_MCU_FRAME_H
#define _QNAP_MCU_FRAME_H

#include <linux/types.h>

/* The MCU takes no longer request: 21 payload bytes and the checksum. Source: IEI's firmware. */
#define QNAP_MCU_REQUEST_MAX		21
#define QNAP_MCU_CHECKSUM_SIZE		1
#define QNAP_MCU_REQUEST_FRAME_MAX	(QNAP_MCU_REQUEST_MAX + QNAP_MCU_CHECKSUM_SIZE)

/* The longest reply known: 4 echoed bytes and 36 bytes of EEPROM. */
#define QNAP_MCU_REPLY_MAX		40
#define QNAP_MCU_REPLY_FRAME_MAX	(QNAP_MCU_REPLY_MAX + QNAP_MCU_CHECKSUM_SIZE)

/* '@' and a digit, in place of the reply: what the MCU thinks of the request. */
#define QNAP_MCU_STATUS_MARK		'@'
#define QNAP_MCU_STATUS_DONE		'0'
#define QNAP_MCU_STATUS_BAD_CHECKSUM	'8'
#define QNAP_MCU_STATUS_FAILED		'9'
#define QNAP_MCU_STATUS_SIZE		2
#define QNAP_MCU_STATUS_FRAME_SIZE	(QNAP_MCU_STATUS_SIZE + QNAP_MCU_CHECKSUM_SIZE)

/**
 * struct qnap_mcu_shape - what the reply to a request must look like
 * @head: bytes that the reply begins with: the request's own first bytes, or the status of success
 * @head_len: how many of them; with 0 any bytes are taken for the reply
 * @len: length of the whole reply without its checksum, at least @head_len and at most
 *	 %QNAP_MCU_REPLY_MAX
 */
struct qnap_mcu_shape {
	const u8 *head;
	size_t head_len;
	size_t len;
};

/**
 * enum qnap_mcu_verdict - what qnap_mcu_frame_scan() made of the received bytes
 * @QNAP_MCU_NEED_MORE: no complete frame yet; more bytes may complete one
 * @QNAP_MCU_REPLY: a valid reply of the expected shape
 * @QNAP_MCU_REFUSED: a valid error frame, see &struct qnap_mcu_scan.status
 * @QNAP_MCU_BAD: a reply of the expected shape whose checksum is wrong
 */
enum qnap_mcu_verdict {
	QNAP_MCU_NEED_MORE,
	QNAP_MCU_REPLY,
	QNAP_MCU_REFUSED,
	QNAP_MCU_BAD,
};

/**
 * struct qnap_mcu_scan - a frame found in the received bytes
 * @start: offset of the frame. With %QNAP_MCU_NEED_MORE, offset of the first byte that may still
 *	   begin one: the bytes before it are noise and need not be kept.
 * @status: digit of the error frame, only with %QNAP_MCU_REFUSED
 */
struct qnap_mcu_scan {
	size_t start;
	u8 status;
};

u8 qnap_mcu_frame_checksum(const u8 *data, size_t len);
size_t qnap_mcu_frame_encode(u8 *frame, size_t size, const u8 *payload, size_t len);
enum qnap_mcu_verdict qnap_mcu_frame_scan(const u8 *data, size_t len,
					  const struct qnap_mcu_shape *shape,
					  struct qnap_mcu_scan *scan);

/**
 * qnap_mcu_frame_valid() - check a whole frame
 * @frame: payload and checksum
 * @len: length of both
 *
 * Two flips of the same bit cancel out in an XOR: such a frame passes.
 *
 * Return: true if the frame has a payload and the right checksum.
 */
static inline bool qnap_mcu_frame_valid(const u8 *frame, size_t len)
{
	return len > QNAP_MCU_CHECKSUM_SIZE && !qnap_mcu_frame_checksum(frame, len);
}

#endif /* _QNAP_MCU_FRAME_H */
