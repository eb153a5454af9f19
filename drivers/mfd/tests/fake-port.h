/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A serial port for tests: a serdev controller at whose other end is a fake MCU
 *
 * Bytes take their time on the wire and are handed over one by one, from a work queue as the tty
 * layer does. The line can be made to flip and to lose bytes.
 */

#ifndef _FAKE_PORT_H
#define _FAKE_PORT_H

#include <linux/kfifo.h>
#include <linux/ktime.h>
#include <linux/prandom.h>
#include <linux/serdev.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

struct fake_mcu;

#define FAKE_PORT_SENT_MAX	8192
#define FAKE_PORT_FRAME_MAX	22
#define FAKE_PORT_LINE_MAX	4096
#define FAKE_PORT_CHUNK_MAX	64

/* Ten bits at 115200 baud. */
#define FAKE_PORT_BYTE_NS	86806

/**
 * struct fake_sent - what the host wrote in one go
 * @when: when
 * @len: number of bytes
 * @bytes: the first of them
 */
struct fake_sent {
	ktime_t when;
	size_t len;
	u8 bytes[FAKE_PORT_FRAME_MAX];
};

/**
 * struct fake_byte - a byte on its way to the host
 * @due: when it will have arrived
 * @value: the byte
 */
struct fake_byte {
	ktime_t due;
	u8 value;
};

/**
 * struct fake_port - a serial port
 * @ctrl: its controller
 * @mcu: what is connected to it
 *
 * @open_error: to be returned when the port is opened
 * @parity_error: to be returned when the parity is set
 * @forced_rate: baud rate that the port runs at, whatever is asked for; 0 for what is asked for
 * @write_error: to be returned instead of taking @short_writes requests; 0 for a part of them
 * @short_writes: requests of which a part at most is taken, from now on
 * @chunk: most bytes handed over at once; if more than one, not before all have arrived
 * @byte_ns: duration of a byte
 * @flip_per_mille: of 1000 bytes, this number arrives with a flipped bit
 * @lose_per_mille: of 1000 bytes, this number does not arrive
 * @random: what decides on that
 *
 * @is_open: it is open
 * @baud_rate: as set by the driver
 * @flow_control: as set by the driver; on at first, as on a tty
 * @parity: as set by the driver
 * @flushes: how often the output was flushed
 * @misused: how often it was used while closed
 * @not_consumed: bytes that the driver gave back
 *
 * @sent: what the host wrote
 * @num_sent: how often it wrote
 *
 * @line: bytes on their way to the host
 * @line_free: when the last of them will have arrived
 * @queue: where @deliver runs
 * @deliver: hands the bytes over
 * @closing: ends a wait of @deliver
 */
struct fake_port {
	struct serdev_controller *ctrl;
	struct fake_mcu *mcu;
	/** @lock: guards all of the port and of the MCU that both sides use */
	spinlock_t lock;

	int open_error;
	int parity_error;
	unsigned int forced_rate;
	int write_error;
	unsigned int short_writes;
	size_t chunk;
	unsigned int byte_ns;
	unsigned int flip_per_mille;
	unsigned int lose_per_mille;
	struct rnd_state random;

	bool is_open;
	unsigned int baud_rate;
	bool flow_control;
	enum serdev_parity parity;
	unsigned int flushes;
	unsigned int misused;
	size_t not_consumed;

	struct fake_sent sent[FAKE_PORT_SENT_MAX];
	size_t num_sent;

	DECLARE_KFIFO(line, struct fake_byte, FAKE_PORT_LINE_MAX);
	ktime_t line_free;
	struct workqueue_struct *queue;
	struct work_struct deliver;
	wait_queue_head_t closing;
};

void fake_port_init(struct fake_port *port, struct fake_mcu *mcu);
int fake_port_add(struct fake_port *port, struct device *dev);
void fake_port_remove(struct fake_port *port);
ktime_t fake_port_reply(struct fake_port *port, ktime_t when, const u8 *data, size_t len);

#endif /* _FAKE_PORT_H */
