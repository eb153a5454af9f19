// SPDX-License-Identifier: GPL-2.0-only
/*
 * Power button and buzzer of QNAP NAS boxes, through the microcontroller
 *
 * The MCU has no interrupt line and says nothing unasked, so the button is polled, while somebody
 * has the input device open. It cannot wake the system up. With virtual terminals in the kernel
 * somebody always has: their keyboard handler opens all devices with a bell.
 *
 * The buzzer knows a short and a long beep and ends both by itself.
 */

#include <linux/bitops.h>
#include <linux/cleanup.h>
#include <linux/device.h>
#include <linux/errno.h>
#include <linux/input.h>
#include <linux/jiffies.h>
#include <linux/kfifo.h>
#include <linux/mfd/qnap-mcu.h>
#include <linux/mod_devicetable.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>

/* The MCU reports the button after it was held for a second or two: faster polls gain nothing. */
#define QNAP_MCU_POLL_MS	500

/* Beeps that wait for their turn; a power of two. */
#define QNAP_MCU_BEEPS		8

/**
 * struct qnap_mcu_beep - a beep that the buzzer knows
 * @command: starts it
 * @ms: how long it lasts
 */
struct qnap_mcu_beep {
	struct qnap_mcu_command command;
	unsigned int ms;
};

/**
 * struct qnap_mcu_input_ops - button and beeps of the MCUs of one family
 * @get_button: asks for the state of the power button, a byte; has no place for it yet
 * @released: state of a button that is not pressed
 * @pressed: state of one that is
 * @bell: the short beep
 * @tone: the long one
 */
struct qnap_mcu_input_ops {
	struct qnap_mcu_command get_button;
	u8 released;
	u8 pressed;
	struct qnap_mcu_beep bell;
	struct qnap_mcu_beep tone;
};

/**
 * struct qnap_mcu_input - button and buzzer of one MCU
 * @mcu: MCU
 * @ops: operations of its family
 * @get_button: asks for the button's state and puts it into @button
 * @button: state of the button. Used by the poller only
 * @beeps: codes of the requested sounds. Guarded by @beeps_lock
 * @beep_work: starts the next beep; pending while one sounds, and while the system sleeps
 */
struct qnap_mcu_input {
	struct qnap_mcu *mcu;
	const struct qnap_mcu_input_ops *ops;
	struct qnap_mcu_command get_button;
	u8 button;
	/** @beeps_lock: guards @beeps; nests inside the input device's event lock */
	spinlock_t beeps_lock;
	DECLARE_KFIFO(beeps, u8, QNAP_MCU_BEEPS);
	struct delayed_work beep_work;
};

static const struct qnap_mcu_input_ops tsx33_input_ops = {
	.get_button = { .request = "@CV", .request_len = 3, .echo_len = 3, .data_len = 1,
			.urgent = true },
	.released = '0',
	.pressed = '1',
	.bell = { .command = { .request = "@C2", .request_len = 3 }, .ms = 500 },
	.tone = { .command = { .request = "@C3", .request_len = 3 }, .ms = 1500 },
};

/*
 * A poll that failed says nothing about the button. The poller runs on a freezable work queue: it
 * stops before the system is suspended and goes on after it has resumed.
 */
static void qnap_mcu_input_poll(struct input_dev *input)
{
	struct qnap_mcu_input *mcu_input = input_get_drvdata(input);
	const struct qnap_mcu_input_ops *ops = mcu_input->ops;

	if (qnap_mcu_transact(mcu_input->mcu, &mcu_input->get_button))
		return;

	if (mcu_input->button != ops->pressed && mcu_input->button != ops->released)
		return;

	input_report_key(input, KEY_POWER, mcu_input->button == ops->pressed);
	input_sync(input);
}

/* Returns the beep that waits for longest, or NULL if none does. */
static const struct qnap_mcu_beep *qnap_mcu_input_next_beep(struct qnap_mcu_input *mcu_input)
{
	const struct qnap_mcu_input_ops *ops = mcu_input->ops;
	unsigned int num = 0;
	u8 code;

	scoped_guard(spinlock_irqsave, &mcu_input->beeps_lock)
		num = kfifo_get(&mcu_input->beeps, &code);
	if (!num)
		return NULL;

	return code == SND_BELL ? &ops->bell : &ops->tone;
}

static void qnap_mcu_input_beep_work(struct work_struct *work)
{
	struct qnap_mcu_input *mcu_input = container_of(work, struct qnap_mcu_input,
							beep_work.work);
	const struct qnap_mcu_beep *beep = qnap_mcu_input_next_beep(mcu_input);

	if (!beep)
		return;

	qnap_mcu_transact(mcu_input->mcu, &beep->command);

	/* Also puts off a beep that was asked for meanwhile and is queued to start at once. */
	mod_delayed_work(system_freezable_wq, &mcu_input->beep_work, msecs_to_jiffies(beep->ms));
}

/*
 * Called in atomic context. What was asked for sounds even if the device is closed right after, as
 * programs that only want a beep do; hence nothing is cancelled on close.
 */
static int qnap_mcu_input_event(struct input_dev *input, unsigned int type, unsigned int code,
				int value)
{
	struct qnap_mcu_input *mcu_input = input_get_drvdata(input);
	unsigned int num = 0;

	if (type != EV_SND || (code != SND_BELL && code != SND_TONE))
		return -EOPNOTSUPP;

	/* The MCU ends each beep by itself: nothing to do, and nothing to repeat after a resume. */
	__clear_bit(code, input->snd);
	if (value <= 0)
		return 0;

	scoped_guard(spinlock_irqsave, &mcu_input->beeps_lock)
		num = kfifo_put(&mcu_input->beeps, code);
	if (!num)
		return -EBUSY;

	/* Does nothing if the work waits for the end of another beep already. */
	queue_delayed_work(system_freezable_wq, &mcu_input->beep_work, 0);

	return 0;
}

static void qnap_mcu_input_cancel_beeps(void *data)
{
	struct qnap_mcu_input *mcu_input = data;

	cancel_delayed_work_sync(&mcu_input->beep_work);
}

static int qnap_mcu_input_register(struct device *dev, struct qnap_mcu_input *mcu_input)
{
	struct input_dev *input;
	int ret;

	input = devm_input_allocate_device(dev);
	if (!input)
		return -ENOMEM;

	input->name = "qnap-mcu";
	input->phys = "qnap-mcu-input/input0";
	input->id.bustype = BUS_HOST;
	input->id.vendor = 0x0001;
	input->id.product = 0x0001;
	input->id.version = 0x0100;
	input->event = qnap_mcu_input_event;

	input_set_drvdata(input, mcu_input);
	input_set_capability(input, EV_KEY, KEY_POWER);
	input_set_capability(input, EV_SND, SND_BELL);
	input_set_capability(input, EV_SND, SND_TONE);

	ret = input_setup_polling(input, qnap_mcu_input_poll);
	if (ret)
		return ret;
	input_set_poll_interval(input, QNAP_MCU_POLL_MS);

	return input_register_device(input);
}

static int qnap_mcu_input_probe(struct platform_device *pdev)
{
	struct device *dev = &pdev->dev;
	struct qnap_mcu_input *mcu_input;
	int ret;

	mcu_input = devm_kzalloc(dev, sizeof(*mcu_input), GFP_KERNEL);
	if (!mcu_input)
		return -ENOMEM;

	mcu_input->mcu = dev_get_drvdata(dev->parent);
	mcu_input->ops = (void *)platform_get_device_id(pdev)->driver_data;
	mcu_input->get_button = mcu_input->ops->get_button;
	mcu_input->get_button.data = &mcu_input->button;
	spin_lock_init(&mcu_input->beeps_lock);
	INIT_KFIFO(mcu_input->beeps);
	INIT_DELAYED_WORK(&mcu_input->beep_work, qnap_mcu_input_beep_work);

	/* Before the input device, so that it is gone when the last beep is cancelled. */
	ret = devm_add_action_or_reset(dev, qnap_mcu_input_cancel_beeps, mcu_input);
	if (ret)
		return ret;

	return qnap_mcu_input_register(dev, mcu_input);
}

static const struct platform_device_id qnap_mcu_input_ids[] = {
	{ .name = "qnap-mcu-input", .driver_data = (kernel_ulong_t)&tsx33_input_ops },
	{ }
};
MODULE_DEVICE_TABLE(platform, qnap_mcu_input_ids);

static struct platform_driver qnap_mcu_input_driver = {
	.probe = qnap_mcu_input_probe,
	.id_table = qnap_mcu_input_ids,
	.driver = {
		.name = "qnap-mcu-input",
	},
};
module_platform_driver(qnap_mcu_input_driver);

MODULE_AUTHOR("the qnap-mcu developers");
MODULE_DESCRIPTION("QNAP NAS microcontroller button and buzzer");
MODULE_LICENSE("GPL");
