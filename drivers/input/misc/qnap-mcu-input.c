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
#include <linux/device.h>
#include <linux/errno.h>
#include <linux/input.h>
#include <linux/jiffies.h>
#include <linux/kfifo.h>
#include <linux/ktime.h>
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

enum qnap_mcu_beep {
	QNAP_MCU_BEEP_SHORT,
	QNAP_MCU_BEEP_LONG,
};

/**
 * struct qnap_mcu_input_ops - buttons and beeps of the MCUs of one family
 * @read_button: sets @pressed to the state of the power button
 * @beep: starts a beep
 * @beep_ms: how long it lasts
 */
struct qnap_mcu_input_ops {
	int (*read_button)(struct qnap_mcu *mcu, bool *pressed);
	int (*beep)(struct qnap_mcu *mcu, enum qnap_mcu_beep beep);
	unsigned int beep_ms[2];
};

/**
 * struct qnap_mcu_input - button and buzzer of one MCU
 * @mcu: MCU
 * @ops: operations of its family
 * @input: input device
 * @beeps: requested beeps. Guarded by @beeps_lock
 * @beep_work: starts the next beep once the one before has ended; waits while the system sleeps
 * @silent_from: when that is. Used by @beep_work only
 */
struct qnap_mcu_input {
	struct qnap_mcu *mcu;
	const struct qnap_mcu_input_ops *ops;
	struct input_dev *input;
	/** @beeps_lock: guards @beeps; nests inside the input device's event lock */
	spinlock_t beeps_lock;
	DECLARE_KFIFO(beeps, u8, QNAP_MCU_BEEPS);
	struct delayed_work beep_work;
	ktime_t silent_from;
};

/* Commands of the TS-x33 family */

static int tsx33_read_button(struct qnap_mcu *mcu, bool *pressed)
{
	static const u8 request[] = { '@', 'C', 'V' };
	u8 state;
	const struct qnap_mcu_command command = {
		.request = request,
		.request_len = sizeof(request),
		.echo_len = sizeof(request),
		.data = &state,
		.data_len = sizeof(state),
		.urgent = true,
	};
	int ret;

	ret = qnap_mcu_transact(mcu, &command);
	if (ret)
		return ret;

	if (state != '0' && state != '1')
		return -EPROTO;

	*pressed = state == '1';

	return 0;
}

static int tsx33_beep(struct qnap_mcu *mcu, enum qnap_mcu_beep beep)
{
	const u8 request[] = { '@', 'C', beep == QNAP_MCU_BEEP_SHORT ? '2' : '3' };

	return qnap_mcu_exec_ack(mcu, request, sizeof(request));
}

static const struct qnap_mcu_input_ops tsx33_input_ops = {
	.read_button = tsx33_read_button,
	.beep = tsx33_beep,
	.beep_ms = {
		[QNAP_MCU_BEEP_SHORT] = 500,
		[QNAP_MCU_BEEP_LONG] = 1500,
	},
};

/*
 * A poll that failed says nothing about the button. The poller runs on a freezable work queue: it
 * stops before the system is suspended and goes on after it has resumed.
 */
static void qnap_mcu_input_poll(struct input_dev *input)
{
	struct qnap_mcu_input *mcu_input = input_get_drvdata(input);
	bool pressed;

	if (mcu_input->ops->read_button(mcu_input->mcu, &pressed))
		return;

	input_report_key(input, KEY_POWER, pressed);
	input_sync(input);
}

static void qnap_mcu_input_beep_work(struct work_struct *work)
{
	struct qnap_mcu_input *mcu_input = container_of(work, struct qnap_mcu_input,
							beep_work.work);
	const s64 wait_ms = ktime_ms_delta(mcu_input->silent_from, ktime_get());
	u8 beep;

	if (wait_ms > 0) {
		queue_delayed_work(system_freezable_wq, &mcu_input->beep_work,
				   msecs_to_jiffies(wait_ms));
		return;
	}

	if (!kfifo_out_spinlocked(&mcu_input->beeps, &beep, 1, &mcu_input->beeps_lock))
		return;

	mcu_input->ops->beep(mcu_input->mcu, beep);
	mcu_input->silent_from = ktime_add_ms(ktime_get(), mcu_input->ops->beep_ms[beep]);
	queue_delayed_work(system_freezable_wq, &mcu_input->beep_work, 0);
}

/*
 * Called in atomic context. What was asked for sounds even if the device is closed right after, as
 * programs that only want a beep do; hence nothing is cancelled on close.
 */
static int qnap_mcu_input_event(struct input_dev *input, unsigned int type, unsigned int code,
				int value)
{
	struct qnap_mcu_input *mcu_input = input_get_drvdata(input);
	const u8 beep = code == SND_BELL ? QNAP_MCU_BEEP_SHORT : QNAP_MCU_BEEP_LONG;

	if (type != EV_SND || (code != SND_BELL && code != SND_TONE))
		return -EOPNOTSUPP;

	/* The MCU ends each beep by itself: nothing to do, and nothing to repeat after a resume. */
	__clear_bit(code, input->snd);
	if (value <= 0)
		return 0;

	if (!kfifo_in_spinlocked(&mcu_input->beeps, &beep, 1, &mcu_input->beeps_lock))
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
	struct input_dev *input = mcu_input->input;
	int ret;

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

	ret = input_register_device(input);
	if (ret)
		return dev_err_probe(dev, ret, "Failed to register input device\n");

	return 0;
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
	spin_lock_init(&mcu_input->beeps_lock);
	INIT_KFIFO(mcu_input->beeps);
	INIT_DELAYED_WORK(&mcu_input->beep_work, qnap_mcu_input_beep_work);
	platform_set_drvdata(pdev, mcu_input);

	/* Before the input device, so that it is gone when the last beep is cancelled. */
	ret = devm_add_action_or_reset(dev, qnap_mcu_input_cancel_beeps, mcu_input);
	if (ret)
		return ret;

	mcu_input->input = devm_input_allocate_device(dev);
	if (!mcu_input->input)
		return -ENOMEM;

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
MODULE_DESCRIPTION("Power button and buzzer of the QNAP NAS microcontroller");
MODULE_LICENSE("GPL");
