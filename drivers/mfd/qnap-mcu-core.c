// SPDX-License-Identifier: GPL-2.0-only
/*
 * Core of the driver for the microcontroller of QNAP's ARM based NAS boxes
 *
 * The Weltrend WT61P803 hangs on a UART. It drives the fan, the error and status LEDs and the
 * buzzer, watches the power button and the case temperature, keeps an EEPROM with serial number
 * and MAC addresses, and switches off the power of everything but the SoC.
 *
 * This file binds to the serial port, waits for the MCU to answer and then adds a child device for
 * each of its functions. Transactions are in qnap-mcu-link.c, frames in qnap-mcu-frame.c.
 *
 * Out of scope: firmware updates, and the QNAP boxes with an embedded controller on the LPC bus.
 */

#include <linux/debugfs.h>
#include <linux/device.h>
#include <linux/errno.h>
#include <linux/export.h>
#include <linux/jiffies.h>
#include <linux/math.h>
#include <linux/mfd/core.h>
#include <linux/mfd/qnap-mcu.h>
#include <linux/minmax.h>
#include <linux/mod_devicetable.h>
#include <linux/module.h>
#include <linux/pm.h>
#include <linux/property.h>
#include <linux/serdev.h>
#include <linux/slab.h>
#include <linux/sysfs.h>
#include <linux/workqueue.h>

#define CREATE_TRACE_POINTS
#include <trace/events/qnap_mcu.h>

#include "qnap-mcu-debugfs.h"
#include "qnap-mcu-link.h"

/* A silent MCU is asked again after 1 s, then less and less often. */
#define QNAP_MCU_HELLO_MIN	msecs_to_jiffies(1000)
#define QNAP_MCU_HELLO_MAX	msecs_to_jiffies(10000)

/* A UART tolerates about as much, and some cannot divide their clock down to the exact rate. */
#define QNAP_MCU_BAUD_TOLERANCE_PERCENT	2

/**
 * struct qnap_mcu_model - a compatible
 * @children: names of the child devices, ends with NULL. They stand for the family of commands: by
 *	      them the children's id tables select their operations
 * @variant: what the children need to know about the box
 */
struct qnap_mcu_model {
	const char * const *children;
	struct qnap_mcu_variant variant;
};

/**
 * struct qnap_mcu - one MCU
 * @dev: its serial device
 * @model: what kind of box it is in
 * @link: its serial line
 * @debugfs: its directory there, an error or NULL
 * @hello: asks for the version until the MCU answers, then adds the children
 * @pause: how long @hello waits before it asks again, in jiffies. Used by @hello only
 * @version: firmware version, four characters; constant once @present is set
 * @present: the MCU has answered
 */
struct qnap_mcu {
	struct device *dev;
	const struct qnap_mcu_model *model;
	struct qnap_mcu_link link;
	struct dentry *debugfs;
	struct delayed_work hello;
	unsigned long pause;
	u8 version[QNAP_MCU_VERSION_SIZE];
	bool present;
};

/* The LEDs have the most to say to the MCU, and the least to lose. */
static const char * const qnap_mcu_tsx33_children[] = {
	"qnap-mcu-hwmon",
	"qnap-mcu-input",
	"qnap-mcu-poweroff",
	"qnap-mcu-eeprom",
	"qnap-mcu-leds",
	NULL
};

static const struct qnap_mcu_model qnap_mcu_ts133 = {
	.children = qnap_mcu_tsx33_children,
	.variant = {
		.baud_rate = 115200,
		.num_drives = 1,
		.fan_pwm_min = 51,
		.fan_pwm_max = 255,
	},
};

static const struct qnap_mcu_model qnap_mcu_ts233 = {
	.children = qnap_mcu_tsx33_children,
	.variant = {
		.baud_rate = 115200,
		.num_drives = 2,
		.fan_pwm_min = 51,
		.fan_pwm_max = 255,
		.usb_led = true,
	},
};

static const struct qnap_mcu_model qnap_mcu_ts433 = {
	.children = qnap_mcu_tsx33_children,
	.variant = {
		.baud_rate = 115200,
		.num_drives = 4,
		.fan_pwm_min = 51,
		.fan_pwm_max = 255,
		.usb_led = true,
	},
};

/**
 * qnap_mcu_transact() - have the MCU carry out a command
 * @mcu: the MCU
 * @command: request and expected reply
 *
 * The request is repeated until a valid reply to it comes, so a command may be carried out more
 * than once. Concurrent callers are served one after the other, urgent ones first.
 *
 * Context: process context, sleeps; not interruptible. Usually a few milliseconds. On a bad line at
 *	    most 8 s once the caller has its turn, or 7 s and &qnap_mcu_command.persist_ms.
 * Return:
 * * %0: the MCU replied, the data is in @command
 * * -%EINVAL: the request is empty or too long, or no such reply exists; nothing was sent
 * * -%ETIMEDOUT: the MCU stays silent
 * * -%EPROTO: all replies came garbled, or the MCU found a wrong checksum in every request
 * * -%EREMOTEIO: the MCU cannot carry out the command
 * * -%ESHUTDOWN: the system is suspended
 * * -%EIO: the port did not take the whole request, or another error of the port
 */
int qnap_mcu_transact(struct qnap_mcu *mcu, const struct qnap_mcu_command *command)
{
	return qnap_mcu_link_exec(&mcu->link, command);
}
EXPORT_SYMBOL_GPL(qnap_mcu_transact);

/**
 * qnap_mcu_post() - send a request when it is too late to wait for a reply
 * @mcu: the MCU
 * @request: the request, without its checksum
 * @request_len: its length, 1 to 21 bytes
 *
 * After a panic nothing sleeps any more and no reply is read. The request may be lost.
 *
 * Context: after a panic only, with interrupts off: takes no lock against qnap_mcu_transact(). The
 *	    port takes its own lock, and sends only if interrupts are enabled afterwards.
 * Return: 0 if the port took the request, -%EINVAL if it is empty or too long, -%EIO or another
 *	   error of the port if not
 */
int qnap_mcu_post(struct qnap_mcu *mcu, const u8 *request, size_t request_len)
{
	return qnap_mcu_link_post(&mcu->link, request, request_len);
}
EXPORT_SYMBOL_GPL(qnap_mcu_post);

/**
 * qnap_mcu_get_variant() - what kind of box the MCU is in
 * @mcu: the MCU
 *
 * Context: any.
 * Return: the variant, valid as long as the MCU.
 */
const struct qnap_mcu_variant *qnap_mcu_get_variant(const struct qnap_mcu *mcu)
{
	return &mcu->model->variant;
}
EXPORT_SYMBOL_GPL(qnap_mcu_get_variant);

static size_t qnap_mcu_receive_buf(struct serdev_device *serdev, const u8 *data, size_t len)
{
	struct qnap_mcu *mcu = serdev_device_get_drvdata(serdev);

	return qnap_mcu_link_receive(&mcu->link, data, len);
}

static const struct serdev_device_ops qnap_mcu_serdev_ops = {
	.receive_buf = qnap_mcu_receive_buf,
};

static ssize_t firmware_version_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	const struct qnap_mcu *mcu = dev_get_drvdata(dev);

	/* Pairs with the release in qnap_mcu_hello(). */
	if (!smp_load_acquire(&mcu->present))
		return -ENODATA;

	return sysfs_emit(buf, "%*pE\n", QNAP_MCU_VERSION_SIZE, mcu->version);
}
static DEVICE_ATTR_RO(firmware_version);

static struct attribute *qnap_mcu_attrs[] = {
	&dev_attr_firmware_version.attr,
	NULL
};
ATTRIBUTE_GROUPS(qnap_mcu);

/* The cells differ by their names alone. One that cannot be added leaves the others. */
static void qnap_mcu_add_children(struct qnap_mcu *mcu)
{
	const char * const *name;
	struct mfd_cell cell = { };
	int ret;

	for (name = mcu->model->children; *name; name++) {
		cell.name = *name;
		ret = mfd_add_devices(mcu->dev, PLATFORM_DEVID_AUTO, &cell, 1, NULL, 0, NULL);
		if (ret)
			dev_err(mcu->dev, "Failed to add %s: %pe\n", *name, ERR_PTR(ret));
	}
}

static void qnap_mcu_hello_again(struct qnap_mcu *mcu)
{
	if (!mcu->pause) {
		dev_warn(mcu->dev, "MCU does not answer, will keep asking\n");
		mcu->pause = QNAP_MCU_HELLO_MIN;
	}

	queue_delayed_work(system_freezable_wq, &mcu->hello, mcu->pause);
	mcu->pause = min(2 * mcu->pause, QNAP_MCU_HELLO_MAX);
}

static void qnap_mcu_hello(struct work_struct *work)
{
	struct qnap_mcu *mcu = container_of(work, struct qnap_mcu, hello.work);

	if (qnap_mcu_link_hello(&mcu->link, mcu->version)) {
		qnap_mcu_hello_again(mcu);
		return;
	}

	/* Pairs with the acquire in firmware_version_show(). */
	smp_store_release(&mcu->present, true);
	qnap_mcu_add_children(mcu);
}

/* The port is closed after that. */
static void qnap_mcu_retire(void *data)
{
	struct qnap_mcu *mcu = data;

	cancel_delayed_work_sync(&mcu->hello);
	mfd_remove_devices(mcu->dev);
	debugfs_remove(mcu->debugfs);
}

static int qnap_mcu_open_port(struct qnap_mcu *mcu, struct serdev_device *serdev)
{
	const unsigned int wanted = mcu->model->variant.baud_rate;
	unsigned int rate;
	int ret;

	serdev_device_set_client_ops(serdev, &qnap_mcu_serdev_ops);
	ret = devm_serdev_device_open(mcu->dev, serdev);
	if (ret)
		return ret;

	rate = serdev_device_set_baudrate(serdev, wanted);
	if (abs_diff(rate, wanted) > wanted / 100 * QNAP_MCU_BAUD_TOLERANCE_PERCENT)
		return dev_err_probe(mcu->dev, -EINVAL, "Port runs at %u instead of %u baud\n",
				     rate, wanted);

	serdev_device_set_flow_control(serdev, false);

	return serdev_device_set_parity(serdev, SERDEV_PARITY_NONE);
}

static int qnap_mcu_probe(struct serdev_device *serdev)
{
	struct device *dev = &serdev->dev;
	struct qnap_mcu *mcu;
	int ret;

	mcu = devm_kzalloc(dev, sizeof(*mcu), GFP_KERNEL);
	if (!mcu)
		return -ENOMEM;

	mcu->dev = dev;
	mcu->model = device_get_match_data(dev);
	if (!mcu->model)
		return -ENODEV;

	INIT_DELAYED_WORK(&mcu->hello, qnap_mcu_hello);
	ret = qnap_mcu_link_init(&mcu->link, serdev, mcu->model->variant.baud_rate);
	if (ret)
		return ret;

	serdev_device_set_drvdata(serdev, mcu);
	ret = qnap_mcu_open_port(mcu, serdev);
	if (ret)
		return ret;

	mcu->debugfs = qnap_mcu_debugfs_add(dev, &mcu->link);
	ret = devm_add_action_or_reset(dev, qnap_mcu_retire, mcu);
	if (ret)
		return ret;

	/*
	 * A boot waits for all probes: ask in the background, the MCU may be slow or dead. Not
	 * during suspend, when no children can be added.
	 */
	queue_delayed_work(system_freezable_wq, &mcu->hello, 0);

	return 0;
}

static int qnap_mcu_suspend(struct device *dev)
{
	struct qnap_mcu *mcu = dev_get_drvdata(dev);

	qnap_mcu_link_stop(&mcu->link, true);

	return 0;
}

static int qnap_mcu_resume(struct device *dev)
{
	struct qnap_mcu *mcu = dev_get_drvdata(dev);

	qnap_mcu_link_stop(&mcu->link, false);

	return 0;
}

static DEFINE_SIMPLE_DEV_PM_OPS(qnap_mcu_pm_ops, qnap_mcu_suspend, qnap_mcu_resume);

static const struct of_device_id qnap_mcu_of_match[] = {
	{ .compatible = "qnap,ts133-mcu", .data = &qnap_mcu_ts133 },
	{ .compatible = "qnap,ts233-mcu", .data = &qnap_mcu_ts233 },
	{ .compatible = "qnap,ts433-mcu", .data = &qnap_mcu_ts433 },
	{ }
};
MODULE_DEVICE_TABLE(of, qnap_mcu_of_match);

static struct serdev_device_driver qnap_mcu_driver = {
	.probe = qnap_mcu_probe,
	.driver = {
		.name = "qnap-mcu",
		.of_match_table = qnap_mcu_of_match,
		.dev_groups = qnap_mcu_groups,
		.pm = pm_sleep_ptr(&qnap_mcu_pm_ops),
	},
};
module_serdev_device_driver(qnap_mcu_driver);

MODULE_AUTHOR("the qnap-mcu developers");
MODULE_DESCRIPTION("QNAP NAS microcontroller core");
MODULE_LICENSE("GPL");
