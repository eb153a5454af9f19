// SPDX-License-Identifier: GPL-2.0-only
/*
 * A serial port for tests: a serdev controller at whose other end is a fake MCU
 */

#include <linux/bits.h>
#include <linux/cleanup.h>
#include <linux/device.h>
#include <linux/errno.h>
#include <linux/hrtimer.h>
#include <linux/lockdep.h>
#include <linux/minmax.h>
#include <linux/string.h>

#include "fake-mcu.h"
#include "fake-port.h"

/* Same faults in every run, so that a failure can be repeated. */
#define FAKE_PORT_SEED	61803

static struct fake_port *to_fake_port(struct serdev_controller *ctrl)
{
	struct fake_port **port = serdev_controller_get_drvdata(ctrl);

	return *port;
}

static bool fake_port_happens(struct fake_port *port, unsigned int per_mille)
{
	return per_mille && prandom_u32_state(&port->random) % 1000 < per_mille;
}

/* Puts on the wire what becomes of the bytes there. Returns how many arrive. */
static size_t fake_port_transmit(struct fake_port *port, u8 *wire, const u8 *data, size_t len)
{
	size_t arrived = 0;

	for (size_t i = 0; i < len; i++) {
		if (fake_port_happens(port, port->lose_per_mille))
			continue;
		wire[arrived] = data[i];
		if (fake_port_happens(port, port->flip_per_mille))
			wire[arrived] ^= BIT(prandom_u32_state(&port->random) % BITS_PER_BYTE);
		arrived++;
	}

	return arrived;
}

/**
 * fake_port_reply() - send bytes to the host
 * @port: port, locked
 * @when: when the first bit leaves at the earliest
 * @data: bytes
 * @len: number of bytes, %FAKE_PORT_CHUNK_MAX at most
 *
 * Return: when the last bit has arrived.
 */
ktime_t fake_port_reply(struct fake_port *port, ktime_t when, const u8 *data, size_t len)
{
	u8 wire[FAKE_PORT_CHUNK_MAX];

	lockdep_assert_held(&port->lock);

	if (ktime_before(port->line_free, when))
		port->line_free = when;

	len = fake_port_transmit(port, wire, data, len);
	for (size_t i = 0; i < len; i++) {
		port->line_free = ktime_add_ns(port->line_free, port->byte_ns);
		kfifo_put(&port->line, ((struct fake_byte) { port->line_free, wire[i] }));
	}
	queue_work(port->queue, &port->deliver);

	return port->line_free;
}

/* Returns false if nothing is on its way. */
static bool fake_port_next_due(struct fake_port *port, ktime_t *due)
{
	struct fake_byte byte = {};
	bool found = false;

	scoped_guard(spinlock_irqsave, &port->lock)
		found = kfifo_peek(&port->line, &byte);

	*due = port->chunk > 1 ? port->line_free : byte.due;

	return found;
}

static size_t fake_port_take_due(struct fake_port *port, u8 *chunk)
{
	const ktime_t now = ktime_get();
	struct fake_byte byte;
	size_t len = 0;

	lockdep_assert_held(&port->lock);

	while (len < port->chunk && kfifo_peek(&port->line, &byte) &&
	       !ktime_after(byte.due, now)) {
		chunk[len++] = byte.value;
		kfifo_skip(&port->line);
	}

	return len;
}

static size_t fake_port_take(struct fake_port *port, u8 *chunk)
{
	size_t len = 0;

	scoped_guard(spinlock_irqsave, &port->lock)
		len = fake_port_take_due(port, chunk);

	return len;
}

static void fake_port_wait(struct fake_port *port, ktime_t due)
{
	const ktime_t left = ktime_sub(due, ktime_get());

	if (left > 0)
		wait_event_hrtimeout(port->closing, !READ_ONCE(port->is_open), left);
}

static void fake_port_deliver(struct work_struct *work)
{
	struct fake_port *port = container_of(work, struct fake_port, deliver);
	u8 chunk[FAKE_PORT_CHUNK_MAX];
	ktime_t due;
	size_t len;

	while (READ_ONCE(port->is_open) && fake_port_next_due(port, &due)) {
		fake_port_wait(port, due);
		len = fake_port_take(port, chunk);
		if (len && READ_ONCE(port->is_open))
			port->not_consumed += len - serdev_controller_receive_buf(port->ctrl,
										  chunk, len);
	}
}

static void fake_port_note_sent(struct fake_port *port, const u8 *data, size_t len)
{
	struct fake_sent *sent;

	if (port->num_sent == FAKE_PORT_SENT_MAX)
		return;

	sent = &port->sent[port->num_sent++];
	sent->when = ktime_get();
	sent->len = len;
	memcpy(sent->bytes, data, min(len, sizeof(sent->bytes)));
}

static ssize_t fake_port_accept(struct fake_port *port, size_t len)
{
	if (!port->short_writes)
		return len;

	port->short_writes--;

	return port->write_error ?: len / 2;
}

static ssize_t fake_port_write(struct fake_port *port, const u8 *data, size_t len)
{
	u8 wire[FAKE_PORT_FRAME_MAX];
	ssize_t accepted;

	lockdep_assert_held(&port->lock);

	if (!port->is_open || len > sizeof(wire)) {
		port->misused++;
		return -EIO;
	}

	accepted = fake_port_accept(port, len);
	if (accepted <= 0)
		return accepted;

	fake_port_note_sent(port, data, accepted);
	fake_mcu_receive(port->mcu, wire, fake_port_transmit(port, wire, data, accepted));

	return accepted;
}

static ssize_t fake_port_write_buf(struct serdev_controller *ctrl, const u8 *data, size_t len)
{
	struct fake_port *port = to_fake_port(ctrl);
	ssize_t ret = 0;

	scoped_guard(spinlock_irqsave, &port->lock)
		ret = fake_port_write(port, data, len);

	return ret;
}

static void fake_port_write_flush(struct serdev_controller *ctrl)
{
	to_fake_port(ctrl)->flushes++;
}

static int fake_port_open(struct serdev_controller *ctrl)
{
	struct fake_port *port = to_fake_port(ctrl);

	if (port->open_error)
		return port->open_error;

	scoped_guard(spinlock_irqsave, &port->lock)
		kfifo_reset(&port->line);
	port->flow_control = true;
	WRITE_ONCE(port->is_open, true);

	return 0;
}

static void fake_port_close(struct serdev_controller *ctrl)
{
	struct fake_port *port = to_fake_port(ctrl);

	WRITE_ONCE(port->is_open, false);
	wake_up(&port->closing);
	cancel_work_sync(&port->deliver);
}

static void fake_port_set_flow_control(struct serdev_controller *ctrl, bool enable)
{
	to_fake_port(ctrl)->flow_control = enable;
}

static int fake_port_set_parity(struct serdev_controller *ctrl, enum serdev_parity parity)
{
	struct fake_port *port = to_fake_port(ctrl);

	port->parity = parity;

	return port->parity_error;
}

static unsigned int fake_port_set_baudrate(struct serdev_controller *ctrl, unsigned int rate)
{
	struct fake_port *port = to_fake_port(ctrl);

	port->baud_rate = rate;

	return port->forced_rate ?: rate;
}

static const struct serdev_controller_ops fake_port_ops = {
	.write_buf = fake_port_write_buf,
	.write_flush = fake_port_write_flush,
	.open = fake_port_open,
	.close = fake_port_close,
	.set_flow_control = fake_port_set_flow_control,
	.set_parity = fake_port_set_parity,
	.set_baudrate = fake_port_set_baudrate,
};

/**
 * fake_port_init() - prepare a port
 * @port: port, zeroed
 * @mcu: what is connected to it
 */
void fake_port_init(struct fake_port *port, struct fake_mcu *mcu)
{
	port->mcu = mcu;
	port->chunk = 1;
	port->byte_ns = FAKE_PORT_BYTE_NS;
	port->parity = SERDEV_PARITY_ODD;
	spin_lock_init(&port->lock);
	prandom_seed_state(&port->random, FAKE_PORT_SEED);
	INIT_KFIFO(port->line);
	INIT_WORK(&port->deliver, fake_port_deliver);
	init_waitqueue_head(&port->closing);
}

/**
 * fake_port_add() - register a port, whereupon the driver of what is connected to it probes
 * @port: port
 * @dev: its device, with a child node for what is connected to it
 *
 * Return: 0 or a negative errno.
 */
int fake_port_add(struct fake_port *port, struct device *dev)
{
	struct fake_port **drvdata;
	int ret;

	port->queue = alloc_ordered_workqueue("fake-port", 0);
	if (!port->queue)
		return -ENOMEM;

	port->ctrl = serdev_controller_alloc(dev, dev, sizeof(port));
	if (!port->ctrl)
		return -ENOMEM;

	drvdata = serdev_controller_get_drvdata(port->ctrl);
	*drvdata = port;
	port->ctrl->ops = &fake_port_ops;
	ret = serdev_controller_add(port->ctrl);
	if (ret)
		serdev_controller_put(port->ctrl);

	return ret;
}

/**
 * fake_port_remove() - unregister a port
 * @port: port
 */
void fake_port_remove(struct fake_port *port)
{
	serdev_controller_remove(port->ctrl);
	serdev_controller_put(port->ctrl);
	destroy_workqueue(port->queue);
}
