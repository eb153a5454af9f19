// SPDX-License-Identifier: GPL-2.0-only
/*
 * Null modem: pairs of serial ports that are as slow as real ones
 *
 * For measuring what a driver makes of its serial line, where the machine is emulated: QEMU's own
 * ports send in no time. Each port has a transmit FIFO that is drained at the rate of its termios,
 * and is empty only when the stop bit of the last byte is out. A byte reaches the other end then,
 * and is handed on at once, without the receive FIFO of a 16550A and its timeout of four bytes.
 * There are no modem lines, no breaks, no XON/XOFF, and no errors if the ends differ in their rate.
 *
 * A device tree node with the compatible "qnap-mcu,nullmodem" and its number as "pair" makes one
 * pair: ttyNM<2 * pair> hangs on the node, so that a child node of it is a serdev device, and
 * ttyNM<2 * pair + 1> is a plain tty.
 */

#include <linux/container_of.h>
#include <linux/device.h>
#include <linux/err.h>
#include <linux/hrtimer.h>
#include <linux/kfifo.h>
#include <linux/math64.h>
#include <linux/mod_devicetable.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/property.h>
#include <linux/serial_core.h>
#include <linux/slab.h>
#include <linux/tty.h>
#include <linux/tty_flip.h>

#define NULLMODEM_PAIRS		4
#define NULLMODEM_FIFO_MAX	64
#define NULLMODEM_BAUD_MIN	50
#define NULLMODEM_BAUD_MAX	4000000

static unsigned int fifo_size = NULLMODEM_FIFO_MAX;
module_param(fifo_size, uint, 0444);
MODULE_PARM_DESC(fifo_size, "bytes in the transmit FIFO, 1 to 64");

/**
 * struct nullmodem_port - one end
 * @uart: as the serial core sees it. Its lock guards the members below
 * @far: the other end
 * @timer: the end of the byte that is being sent
 * @fifo: bytes that are not out yet, the one that is being sent included
 * @byte_time: how long a byte takes, with start and stop bits
 * @sending: @timer runs
 * @open: there is somebody who receives
 */
struct nullmodem_port {
	struct uart_port uart;
	struct nullmodem_port *far;
	struct hrtimer timer;
	DECLARE_KFIFO(fifo, u8, NULLMODEM_FIFO_MAX);
	ktime_t byte_time;
	bool sending;
	bool open;
};

/**
 * struct nullmodem - a pair
 * @far_device: what the far end hangs on: the node's own device would give it the child, too
 * @ports: near and far end
 */
struct nullmodem {
	struct platform_device *far_device;
	struct nullmodem_port ports[2];
};

static struct nullmodem_port *to_nullmodem(struct uart_port *uart)
{
	return container_of(uart, struct nullmodem_port, uart);
}

static void nullmodem_fill(struct nullmodem_port *port)
{
	u8 byte;

	while (kfifo_len(&port->fifo) < port->uart.fifosize && !uart_tx_stopped(&port->uart) &&
	       uart_fifo_get(&port->uart, &byte))
		kfifo_put(&port->fifo, byte);

	if (kfifo_len(&port->uart.state->port.xmit_fifo) < WAKEUP_CHARS)
		uart_write_wakeup(&port->uart);
}

static void nullmodem_receive(struct nullmodem_port *port, const u8 *data, unsigned int len)
{
	uart_port_lock(&port->uart);
	if (port->open) {
		port->uart.icount.rx += len;
		tty_insert_flip_string(&port->uart.state->port, data, len);
		tty_flip_buffer_push(&port->uart.state->port);
	}
	uart_port_unlock(&port->uart);
}

/* If the timer comes late, the next byte still ends when it shall: lateness does not add up. */
static enum hrtimer_restart nullmodem_sent(struct hrtimer *timer)
{
	struct nullmodem_port *port = container_of(timer, struct nullmodem_port, timer);
	enum hrtimer_restart more;
	unsigned int len;
	u8 byte;

	uart_port_lock(&port->uart);
	len = kfifo_get(&port->fifo, &byte);
	nullmodem_fill(port);
	hrtimer_add_expires(timer, port->byte_time);
	port->sending = !kfifo_is_empty(&port->fifo);
	more = port->sending ? HRTIMER_RESTART : HRTIMER_NORESTART;
	uart_port_unlock(&port->uart);

	nullmodem_receive(port->far, &byte, len);

	return more;
}

static void nullmodem_start_tx(struct uart_port *uart)
{
	struct nullmodem_port *port = to_nullmodem(uart);

	nullmodem_fill(port);
	if (port->sending || kfifo_is_empty(&port->fifo))
		return;

	port->sending = true;
	hrtimer_start(&port->timer, port->byte_time, HRTIMER_MODE_REL);
}

/* What is in the FIFO goes out all the same. */
static void nullmodem_stop_tx(struct uart_port *uart)
{
}

static void nullmodem_stop_rx(struct uart_port *uart)
{
	to_nullmodem(uart)->open = false;
}

static unsigned int nullmodem_tx_empty(struct uart_port *uart)
{
	struct nullmodem_port *port = to_nullmodem(uart);
	unsigned long flags;
	bool empty;

	uart_port_lock_irqsave(uart, &flags);
	empty = kfifo_is_empty(&port->fifo);
	uart_port_unlock_irqrestore(uart, flags);

	return empty ? TIOCSER_TEMT : 0;
}

static unsigned int nullmodem_get_mctrl(struct uart_port *uart)
{
	return TIOCM_CAR | TIOCM_DSR | TIOCM_CTS;
}

static void nullmodem_set_mctrl(struct uart_port *uart, unsigned int mctrl)
{
}

static int nullmodem_startup(struct uart_port *uart)
{
	struct nullmodem_port *port = to_nullmodem(uart);
	unsigned long flags;

	uart_port_lock_irqsave(uart, &flags);
	port->open = true;
	uart_port_unlock_irqrestore(uart, flags);

	return 0;
}

static void nullmodem_shutdown(struct uart_port *uart)
{
	struct nullmodem_port *port = to_nullmodem(uart);
	unsigned long flags;

	hrtimer_cancel(&port->timer);
	uart_port_lock_irqsave(uart, &flags);
	kfifo_reset(&port->fifo);
	port->sending = false;
	port->open = false;
	uart_port_unlock_irqrestore(uart, flags);
}

static void nullmodem_set_termios(struct uart_port *uart, struct ktermios *termios,
				  const struct ktermios *old)
{
	const unsigned int baud = uart_get_baud_rate(uart, termios, old, NULLMODEM_BAUD_MIN,
						     NULLMODEM_BAUD_MAX);
	const u64 bits = tty_get_frame_size(termios->c_cflag);
	unsigned long flags;

	uart_port_lock_irqsave(uart, &flags);
	uart_update_timeout(uart, termios->c_cflag, baud);
	to_nullmodem(uart)->byte_time = ns_to_ktime(div_u64(bits * NSEC_PER_SEC, baud));
	uart_port_unlock_irqrestore(uart, flags);
}

static const char *nullmodem_type(struct uart_port *uart)
{
	return "nullmodem";
}

/* By setserial's autoconfig. */
static void nullmodem_config_port(struct uart_port *uart, int flags)
{
	if (flags & UART_CONFIG_TYPE)
		uart->type = PORT_16550A;
}

/* The FIFO is as large as it is. */
static int nullmodem_verify_port(struct uart_port *uart, struct serial_struct *serial)
{
	return serial->xmit_fifo_size == uart->fifosize ? 0 : -EINVAL;
}

static const struct uart_ops nullmodem_ops = {
	.tx_empty = nullmodem_tx_empty,
	.set_mctrl = nullmodem_set_mctrl,
	.get_mctrl = nullmodem_get_mctrl,
	.stop_tx = nullmodem_stop_tx,
	.start_tx = nullmodem_start_tx,
	.stop_rx = nullmodem_stop_rx,
	.startup = nullmodem_startup,
	.shutdown = nullmodem_shutdown,
	.set_termios = nullmodem_set_termios,
	.type = nullmodem_type,
	.config_port = nullmodem_config_port,
	.verify_port = nullmodem_verify_port,
};

static struct uart_driver nullmodem_uart_driver = {
	.owner = THIS_MODULE,
	.driver_name = "nullmodem",
	.dev_name = "ttyNM",
	.nr = 2 * NULLMODEM_PAIRS,
};

static void nullmodem_init_port(struct nullmodem_port *port, struct nullmodem_port *far,
				struct device *dev, unsigned int line)
{
	port->far = far;
	INIT_KFIFO(port->fifo);
	hrtimer_setup(&port->timer, nullmodem_sent, CLOCK_MONOTONIC, HRTIMER_MODE_REL);

	port->uart.dev = dev;
	port->uart.line = line;
	port->uart.ops = &nullmodem_ops;
	port->uart.type = PORT_16550A;
	port->uart.fifosize = clamp(fifo_size, 1U, NULLMODEM_FIFO_MAX);
}

static int nullmodem_add_ports(struct nullmodem *pair)
{
	int ret;

	ret = uart_add_one_port(&nullmodem_uart_driver, &pair->ports[1].uart);
	if (ret)
		return ret;

	ret = uart_add_one_port(&nullmodem_uart_driver, &pair->ports[0].uart);
	if (ret)
		uart_remove_one_port(&nullmodem_uart_driver, &pair->ports[1].uart);

	return ret;
}

static int nullmodem_probe(struct platform_device *pdev)
{
	struct nullmodem *pair;
	u32 number;
	int ret;

	ret = device_property_read_u32(&pdev->dev, "pair", &number);
	if (ret || number >= NULLMODEM_PAIRS)
		return dev_err_probe(&pdev->dev, ret ?: -EINVAL, "No usable property \"pair\"\n");

	pair = devm_kzalloc(&pdev->dev, sizeof(*pair), GFP_KERNEL);
	if (!pair)
		return -ENOMEM;

	pair->far_device = platform_device_register_simple("nullmodem-far", number, NULL, 0);
	if (IS_ERR(pair->far_device))
		return PTR_ERR(pair->far_device);

	platform_set_drvdata(pdev, pair);
	nullmodem_init_port(&pair->ports[0], &pair->ports[1], &pdev->dev, 2 * number);
	nullmodem_init_port(&pair->ports[1], &pair->ports[0], &pair->far_device->dev,
			    2 * number + 1);
	ret = nullmodem_add_ports(pair);
	if (ret)
		platform_device_unregister(pair->far_device);

	return ret;
}

static void nullmodem_remove(struct platform_device *pdev)
{
	struct nullmodem *pair = platform_get_drvdata(pdev);

	uart_remove_one_port(&nullmodem_uart_driver, &pair->ports[0].uart);
	uart_remove_one_port(&nullmodem_uart_driver, &pair->ports[1].uart);
	platform_device_unregister(pair->far_device);
}

static const struct of_device_id nullmodem_of_match[] = {
	{ .compatible = "qnap-mcu,nullmodem" },
	{ }
};
MODULE_DEVICE_TABLE(of, nullmodem_of_match);

static struct platform_driver nullmodem_driver = {
	.probe = nullmodem_probe,
	.remove = nullmodem_remove,
	.driver = {
		.name = "nullmodem",
		.of_match_table = nullmodem_of_match,
	},
};

static int __init nullmodem_init(void)
{
	int ret;

	ret = uart_register_driver(&nullmodem_uart_driver);
	if (ret)
		return ret;

	ret = platform_driver_register(&nullmodem_driver);
	if (ret)
		uart_unregister_driver(&nullmodem_uart_driver);

	return ret;
}
module_init(nullmodem_init);

static void __exit nullmodem_exit(void)
{
	platform_driver_unregister(&nullmodem_driver);
	uart_unregister_driver(&nullmodem_uart_driver);
}
module_exit(nullmodem_exit);

MODULE_AUTHOR("the qnap-mcu developers");
MODULE_DESCRIPTION("Null modem with real serial ports' speed, for tests");
MODULE_LICENSE("GPL");
