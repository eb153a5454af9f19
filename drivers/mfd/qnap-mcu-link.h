/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Transaction layer of the QNAP MCU: requests and replies over a serial port that loses, garbles,
 * delays and invents bytes. It knows frames, but no command except the version query.
 */

#ifndef _QNAP_MCU_LINK_H
#define _QNAP_MCU_LINK_H

#include <linux/atomic.h>
#include <linux/completion.h>
#include <linux/ktime.h>
#include <linux/mfd/qnap-mcu.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>
#include <linux/types.h>

#include "qnap-mcu-frame.h"

struct serdev_device;

#define QNAP_MCU_VERSION_SIZE	4

/**
 * enum qnap_mcu_counter - what is counted on the link since its driver was bound
 * @QNAP_MCU_SENT: requests sent, repetitions included
 * @QNAP_MCU_RETRIES: repetitions
 * @QNAP_MCU_TIMEOUTS: requests to which not a byte came back in time
 * @QNAP_MCU_INCOMPLETE: replies that broke off or of which nothing could be recognised
 * @QNAP_MCU_BAD_CHECKSUMS: replies with a wrong checksum
 * @QNAP_MCU_ERROR_FRAMES: error frames in place of a reply
 * @QNAP_MCU_NOISE: bytes that came while a reply was awaited, but cannot belong to one
 * @QNAP_MCU_STRAYS: bytes that came while no reply was awaited, or earlier than the wire could
 *		     carry it
 * @QNAP_MCU_COUNTERS: number of counters
 *
 * Sent requests and repetitions are counted under &qnap_mcu_link.exec_lock, all the rest under
 * &qnap_mcu_link.rx_lock.
 */
enum qnap_mcu_counter {
	QNAP_MCU_SENT,
	QNAP_MCU_RETRIES,
	QNAP_MCU_TIMEOUTS,
	QNAP_MCU_INCOMPLETE,
	QNAP_MCU_BAD_CHECKSUMS,
	QNAP_MCU_ERROR_FRAMES,
	QNAP_MCU_NOISE,
	QNAP_MCU_STRAYS,
	QNAP_MCU_COUNTERS,
};

/**
 * struct qnap_mcu_rx - the receiver
 * @awaited: whose reply is awaited, NULL while every byte is a stray one
 * @shape: what that reply must look like
 * @scan: where it is in the bytes received so far
 * @result: 0 or error, once the reply is there or an error frame in its place; -EAGAIN if it came
 *	    earlier than the wire could carry it
 * @buf: bytes received since the request was sent, without the noise before the reply
 * @len: number of bytes in @buf
 * @heard: number of bytes that came since the request was sent; read without lock
 * @armed: when the request was about to be sent
 * @settled: every reply asked for has come and none else: the next one belongs to the next request.
 *	     Read without lock as a hint, and cleared without it between transactions
 */
struct qnap_mcu_rx {
	const struct qnap_mcu_command *awaited;
	struct qnap_mcu_shape shape;
	struct qnap_mcu_scan scan;
	int result;
	u8 buf[QNAP_MCU_REPLY_FRAME_MAX];
	size_t len;
	unsigned int heard;
	ktime_t armed;
	bool settled;
};

/**
 * struct qnap_mcu_link - one serial line with an MCU at its end
 * @serdev: the port
 * @byte_ns: what a byte needs on the wire at least, in nanoseconds
 * @stopped: the port sleeps, send nothing. Guarded by @exec_lock
 * @dead: the MCU stayed silent to the last command. Guarded by @exec_lock
 * @query: asks for the version
 * @frame: request in flight and its checksum. Guarded by @exec_lock, until a panic
 * @version: the MCU's last answer to a version query. Guarded by @exec_lock
 * @rx: receiver
 * @counts: by &enum qnap_mcu_counter
 * @answered: completed when the awaited reply is there, or an error frame in its place
 */
struct qnap_mcu_link {
	struct serdev_device *serdev;
	unsigned int byte_ns;
	/**
	 * @queue_lock: held by the one ordinary command that waits for @exec_lock, or has it, so
	 * that an urgent one is next but one at most
	 */
	struct mutex queue_lock;
	/** @exec_lock: held for a whole transaction: one request at most is in flight */
	struct mutex exec_lock;
	bool stopped;
	bool dead;
	struct qnap_mcu_command query;
	u8 frame[QNAP_MCU_REQUEST_FRAME_MAX];
	u8 version[QNAP_MCU_VERSION_SIZE];
	/** @rx_lock: guards @rx, taken by the port's receive callback; nests inside @exec_lock */
	spinlock_t rx_lock;
	struct qnap_mcu_rx rx;
	atomic_t counts[QNAP_MCU_COUNTERS];
	struct completion answered;
};

int qnap_mcu_link_init(struct qnap_mcu_link *link, struct serdev_device *serdev,
		       unsigned int baud_rate);
size_t qnap_mcu_link_receive(struct qnap_mcu_link *link, const u8 *data, size_t len);
int qnap_mcu_link_hello(struct qnap_mcu_link *link, u8 version[QNAP_MCU_VERSION_SIZE]);
int qnap_mcu_link_exec(struct qnap_mcu_link *link, const struct qnap_mcu_command *command);
int qnap_mcu_link_exec_raw(struct qnap_mcu_link *link, const u8 *request, size_t request_len,
			   u8 reply[QNAP_MCU_REPLY_FRAME_MAX]);
int qnap_mcu_link_post(struct qnap_mcu_link *link, const u8 *request, size_t request_len);
void qnap_mcu_link_stop(struct qnap_mcu_link *link, bool stop);

#endif /* _QNAP_MCU_LINK_H */
