// SPDX-License-Identifier: GPL-2.0-only
/*
 * LEDs of QNAP NAS boxes that are driven by the microcontroller
 *
 * Each bay has a red error LED, some boxes have a blue USB LED, and all have one status LED with a
 * red and a green half, for which the MCU has only combined commands. The green activity LEDs of
 * the bays are GPIOs of the SoC.
 *
 * The MCU cannot be asked what its LEDs show. They are left as they are until they are set.
 */

#include <linux/bitops.h>
#include <linux/cleanup.h>
#include <linux/device.h>
#include <linux/err.h>
#include <linux/leds.h>
#include <linux/lockdep.h>
#include <linux/math.h>
#include <linux/mfd/qnap-mcu.h>
#include <linux/mod_devicetable.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/notifier.h>
#include <linux/overflow.h>
#include <linux/panic.h>
#include <linux/panic_notifier.h>
#include <linux/platform_device.h>
#include <linux/pm.h>
#include <linux/slab.h>

#define QNAP_MCU_LED_REQUEST_MAX	4

/* A blink rate is the MCU's own if both of its times are so near to it. */
#define QNAP_MCU_LED_TOLERANCE_PERCENT	25

enum qnap_mcu_led_mode {
	QNAP_MCU_LED_OFF,
	QNAP_MCU_LED_ON,
	QNAP_MCU_LED_FAST,
	QNAP_MCU_LED_SLOW,
	QNAP_MCU_LED_MODES,
};

enum qnap_mcu_status_color {
	QNAP_MCU_STATUS_RED,
	QNAP_MCU_STATUS_GREEN,
	QNAP_MCU_STATUS_COLORS,
};

struct qnap_mcu_led;
struct qnap_mcu_leds;

/**
 * struct qnap_mcu_led_kind - what the LEDs of one kind can do
 * @half_period_ms: time that a blinking LED is lit, and dark, by mode; 0 if it lacks that mode
 * @default_blink: mode for a blink without a wish for its rate
 * @request: builds the request that shows @mode while the LED's partner, if it has one, shows
 *	     @partner. Returns its length, or -EOPNOTSUPP if the MCU cannot show both together
 */
struct qnap_mcu_led_kind {
	unsigned int half_period_ms[QNAP_MCU_LED_MODES];
	enum qnap_mcu_led_mode default_blink;
	int (*request)(const struct qnap_mcu_led *led, enum qnap_mcu_led_mode mode,
		       enum qnap_mcu_led_mode partner, u8 *request);
};

/**
 * struct qnap_mcu_led_ops - LEDs of one family
 * @count: number of LEDs in a box
 * @add: registers them
 */
struct qnap_mcu_led_ops {
	unsigned int (*count)(const struct qnap_mcu_variant *variant);
	int (*add)(struct qnap_mcu_leds *leds, const struct qnap_mcu_variant *variant);
};

/**
 * struct qnap_mcu_led - one LED
 * @cdev: its class device
 * @leds: all LEDs of the MCU
 * @kind: what it can do
 * @partner: the LED that shares its requests, or NULL
 * @index: bay, or colour of the status LED
 * @mode: what the MCU last acknowledged to show. This and all below guarded by
 *	  &qnap_mcu_leds.lock
 * @known: @mode was set at all
 * @blinking: the LED core wants it to blink and leaves that to the MCU
 * @yielded: the LED core was asked to toggle it, as the MCU cannot beside its partner
 */
struct qnap_mcu_led {
	struct led_classdev cdev;
	struct qnap_mcu_leds *leds;
	const struct qnap_mcu_led_kind *kind;
	struct qnap_mcu_led *partner;
	unsigned int index;
	enum qnap_mcu_led_mode mode;
	bool known;
	bool blinking;
	bool yielded;
};

/**
 * struct qnap_mcu_leds - all LEDs of one MCU
 * @dev: device
 * @mcu: MCU
 * @suspended: the MCU cannot be reached, only note what the LEDs shall show. Guarded by @lock
 * @panic: switches the LEDs to work without sleeping
 * @num: number of LEDs
 * @led: LEDs
 */
struct qnap_mcu_leds {
	struct device *dev;
	struct qnap_mcu *mcu;
	/** @lock: guards the modes, and keeps the order in which they are sent */
	struct mutex lock;
	bool suspended;
	struct notifier_block panic;
	unsigned int num;
	struct qnap_mcu_led led[] __counted_by(num);
};

static struct qnap_mcu_led *to_qnap_mcu_led(struct led_classdev *cdev)
{
	return container_of(cdev, struct qnap_mcu_led, cdev);
}

/* Requests of the TS-x33 family */

static int tsx33_error_request(const struct qnap_mcu_led *led, enum qnap_mcu_led_mode mode,
			       enum qnap_mcu_led_mode partner, u8 *request)
{
	static const char modes[QNAP_MCU_LED_MODES] = {
		[QNAP_MCU_LED_ON] = '0',
		[QNAP_MCU_LED_OFF] = '1',
		[QNAP_MCU_LED_FAST] = '2',
		[QNAP_MCU_LED_SLOW] = '3',
	};

	request[0] = '@';
	request[1] = 'R';
	request[2] = '0' + led->index;
	request[3] = modes[mode];

	return 4;
}

static int tsx33_function_request(char function, u8 *request)
{
	if (!function)
		return -EOPNOTSUPP;

	request[0] = '@';
	request[1] = 'C';
	request[2] = function;

	return 3;
}

static int tsx33_usb_request(const struct qnap_mcu_led *led, enum qnap_mcu_led_mode mode,
			     enum qnap_mcu_led_mode partner, u8 *request)
{
	static const char functions[QNAP_MCU_LED_MODES] = {
		[QNAP_MCU_LED_ON] = 'E',
		[QNAP_MCU_LED_FAST] = 'F',
		[QNAP_MCU_LED_OFF] = 'G',
	};

	return tsx33_function_request(functions[mode], request);
}

/* Both halves blinking at the same rate are lit in turn. What is missing the MCU cannot do. */
static const char tsx33_status_functions[QNAP_MCU_LED_MODES][QNAP_MCU_LED_MODES] = {
	/* [red][green] */
	[QNAP_MCU_LED_FAST][QNAP_MCU_LED_OFF] = '4',
	[QNAP_MCU_LED_OFF][QNAP_MCU_LED_FAST] = '5',
	[QNAP_MCU_LED_OFF][QNAP_MCU_LED_ON] = '6',
	[QNAP_MCU_LED_ON][QNAP_MCU_LED_OFF] = '7',
	[QNAP_MCU_LED_FAST][QNAP_MCU_LED_FAST] = '8',
	[QNAP_MCU_LED_OFF][QNAP_MCU_LED_OFF] = '9',
	[QNAP_MCU_LED_OFF][QNAP_MCU_LED_SLOW] = 'A',
	[QNAP_MCU_LED_SLOW][QNAP_MCU_LED_OFF] = 'B',
	[QNAP_MCU_LED_SLOW][QNAP_MCU_LED_SLOW] = 'C',
	[QNAP_MCU_LED_ON][QNAP_MCU_LED_ON] = 'D',
};

static int tsx33_status_request(const struct qnap_mcu_led *led, enum qnap_mcu_led_mode mode,
				enum qnap_mcu_led_mode partner, u8 *request)
{
	const bool red = led->index == QNAP_MCU_STATUS_RED;
	const char function = red ? tsx33_status_functions[mode][partner] :
				    tsx33_status_functions[partner][mode];

	return tsx33_function_request(function, request);
}

static const struct qnap_mcu_led_kind tsx33_error_led = {
	.half_period_ms = { [QNAP_MCU_LED_FAST] = 100, [QNAP_MCU_LED_SLOW] = 500 },
	.default_blink = QNAP_MCU_LED_SLOW,
	.request = tsx33_error_request,
};

static const struct qnap_mcu_led_kind tsx33_usb_led = {
	.half_period_ms = { [QNAP_MCU_LED_FAST] = 250 },
	.default_blink = QNAP_MCU_LED_FAST,
	.request = tsx33_usb_request,
};

static const struct qnap_mcu_led_kind tsx33_status_led = {
	.half_period_ms = { [QNAP_MCU_LED_FAST] = 500, [QNAP_MCU_LED_SLOW] = 1000 },
	.default_blink = QNAP_MCU_LED_FAST,
	.request = tsx33_status_request,
};

/* LED operations */

static enum qnap_mcu_led_mode qnap_mcu_led_partner_mode(const struct qnap_mcu_led *led)
{
	return led->partner ? led->partner->mode : QNAP_MCU_LED_OFF;
}

/*
 * The MCU cannot blink one half of the status LED while the other is solid or blinks at another
 * rate. Then the half that blinked stays lit, and is handed to the LED core to be toggled.
 */
static void qnap_mcu_led_yield(struct qnap_mcu_led *led)
{
	const unsigned int half_period_ms = led->kind->half_period_ms[led->mode];

	led->mode = QNAP_MCU_LED_ON;
	led->blinking = false;
	if (led->cdev.flags & LED_UNREGISTERING)
		return;

	led->yielded = true;
	led_blink_set_nosleep(&led->cdev, half_period_ms, half_period_ms);
}

static int qnap_mcu_led_show(struct qnap_mcu_led *led, enum qnap_mcu_led_mode mode)
{
	u8 request[QNAP_MCU_LED_REQUEST_MAX];
	bool partner_yields = false;
	int len, ret = 0;

	lockdep_assert_held(&led->leds->lock);

	len = led->kind->request(led, mode, qnap_mcu_led_partner_mode(led), request);
	if (len < 0) {
		partner_yields = true;
		len = led->kind->request(led, mode, QNAP_MCU_LED_ON, request);
	}
	if (len < 0)
		return len;

	if (!led->leds->suspended)
		ret = qnap_mcu_exec_ack(led->leds->mcu, request, len);
	if (ret)
		return ret;

	led->mode = mode;
	led->known = true;
	if (partner_yields)
		qnap_mcu_led_yield(led->partner);

	return 0;
}

/* A blink that the LED core was handed, but has not begun, must not outlive this. */
static void qnap_mcu_led_stop_blink(struct qnap_mcu_led *led)
{
	led->blinking = false;
	if (led->yielded)
		clear_bit(LED_SET_BLINK, &led->cdev.work_flags);
	led->yielded = false;
}

static int qnap_mcu_led_set(struct led_classdev *cdev, enum led_brightness brightness)
{
	struct qnap_mcu_led *led = to_qnap_mcu_led(cdev);

	guard(mutex)(&led->leds->lock);

	if (!brightness)
		qnap_mcu_led_stop_blink(led);

	/* Only darkness ends a blink, see &led_classdev.blink_set. */
	if (led->blinking)
		return 0;

	return qnap_mcu_led_show(led, brightness ? QNAP_MCU_LED_ON : QNAP_MCU_LED_OFF);
}

static bool qnap_mcu_led_is_near(unsigned long wanted_ms, unsigned long half_period_ms)
{
	return abs_diff(wanted_ms, half_period_ms) <=
	       half_period_ms * QNAP_MCU_LED_TOLERANCE_PERCENT / 100;
}

/* Returns the mode that blinks at the wanted rate, or QNAP_MCU_LED_ON if there is none. */
static enum qnap_mcu_led_mode qnap_mcu_led_find_blink(const struct qnap_mcu_led_kind *kind,
						      unsigned long on_ms, unsigned long off_ms)
{
	enum qnap_mcu_led_mode mode;

	if (!on_ms && !off_ms)
		return kind->default_blink;

	for (mode = QNAP_MCU_LED_FAST; mode < QNAP_MCU_LED_MODES; mode++) {
		const unsigned int half_period_ms = kind->half_period_ms[mode];

		if (half_period_ms && qnap_mcu_led_is_near(on_ms, half_period_ms) &&
		    qnap_mcu_led_is_near(off_ms, half_period_ms))
			return mode;
	}

	return QNAP_MCU_LED_ON;
}

static bool qnap_mcu_led_can_blink(const struct qnap_mcu_led *led, enum qnap_mcu_led_mode mode)
{
	u8 request[QNAP_MCU_LED_REQUEST_MAX];

	return led->kind->half_period_ms[mode] &&
	       led->kind->request(led, mode, qnap_mcu_led_partner_mode(led), request) > 0;
}

static int qnap_mcu_led_blink_set(struct led_classdev *cdev, unsigned long *on_ms,
				  unsigned long *off_ms)
{
	struct qnap_mcu_led *led = to_qnap_mcu_led(cdev);
	const enum qnap_mcu_led_mode mode = qnap_mcu_led_find_blink(led->kind, *on_ms, *off_ms);
	int ret;

	guard(mutex)(&led->leds->lock);

	led->blinking = false;
	led->yielded = false;

	/* The LED core will toggle it then. */
	if (!qnap_mcu_led_can_blink(led, mode))
		return -EINVAL;

	ret = qnap_mcu_led_show(led, mode);
	if (ret)
		return ret;

	led->blinking = true;
	*on_ms = led->kind->half_period_ms[mode];
	*off_ms = *on_ms;

	return 0;
}

/* After a panic nothing sleeps, and the trigger of that name is all that still runs. */
static void qnap_mcu_led_set_in_panic(struct led_classdev *cdev, enum led_brightness brightness)
{
	const enum qnap_mcu_led_mode mode = brightness ? QNAP_MCU_LED_ON : QNAP_MCU_LED_OFF;
	struct qnap_mcu_led *led = to_qnap_mcu_led(cdev);
	u8 request[QNAP_MCU_LED_REQUEST_MAX];
	int len;

	len = led->kind->request(led, mode, QNAP_MCU_LED_OFF, request);
	if (len > 0)
		qnap_mcu_post(led->leds->mcu, request, len);
}

/* A system that is to restart has interrupts off until then: the port would not send. */
static int qnap_mcu_leds_panic(struct notifier_block *nb, unsigned long event, void *reason)
{
	struct qnap_mcu_leds *leds = container_of(nb, struct qnap_mcu_leds, panic);
	unsigned int i;

	if (panic_timeout)
		return NOTIFY_DONE;

	for (i = 0; i < leds->num; i++)
		leds->led[i].cdev.brightness_set = qnap_mcu_led_set_in_panic;

	return NOTIFY_DONE;
}

static void qnap_mcu_leds_ignore_panic(void *data)
{
	struct qnap_mcu_leds *leds = data;

	atomic_notifier_chain_unregister(&panic_notifier_list, &leds->panic);
}

static int qnap_mcu_leds_watch_panic(struct qnap_mcu_leds *leds)
{
	int ret;

	leds->panic.notifier_call = qnap_mcu_leds_panic;
	ret = atomic_notifier_chain_register(&panic_notifier_list, &leds->panic);
	if (ret)
		return ret;

	return devm_add_action_or_reset(leds->dev, qnap_mcu_leds_ignore_panic, leds);
}

/* The LED core looks for a free name, and takes it later: two MCUs must not do so at once. */
static DEFINE_MUTEX(qnap_mcu_led_register_lock);

static int qnap_mcu_led_register(struct qnap_mcu_leds *leds, struct qnap_mcu_led *led,
				 const struct qnap_mcu_led_kind *kind, unsigned int index,
				 const char *name)
{
	int ret;

	if (!name)
		return -ENOMEM;

	led->leds = leds;
	led->kind = kind;
	led->index = index;
	led->cdev.name = name;
	led->cdev.max_brightness = 1;
	led->cdev.brightness_set_blocking = qnap_mcu_led_set;
	led->cdev.blink_set = qnap_mcu_led_blink_set;

	scoped_guard(mutex, &qnap_mcu_led_register_lock)
		ret = devm_led_classdev_register(leds->dev, &led->cdev);
	if (ret)
		return dev_err_probe(leds->dev, ret, "Failed to register LED %s\n", name);

	return 0;
}

static int tsx33_add_status_led(struct qnap_mcu_leds *leds, struct qnap_mcu_led *led)
{
	struct qnap_mcu_led *red = &led[QNAP_MCU_STATUS_RED];
	struct qnap_mcu_led *green = &led[QNAP_MCU_STATUS_GREEN];
	int ret;

	red->partner = green;
	green->partner = red;

	ret = qnap_mcu_led_register(leds, red, &tsx33_status_led, QNAP_MCU_STATUS_RED,
				    "red:status");
	if (ret)
		return ret;

	return qnap_mcu_led_register(leds, green, &tsx33_status_led, QNAP_MCU_STATUS_GREEN,
				     "green:status");
}

static int tsx33_add_leds(struct qnap_mcu_leds *leds, const struct qnap_mcu_variant *variant)
{
	struct qnap_mcu_led *led = leds->led;
	unsigned int bay;
	int ret;

	for (bay = 0; bay < variant->num_drives; bay++) {
		ret = qnap_mcu_led_register(leds, led++, &tsx33_error_led, bay,
					    devm_kasprintf(leds->dev, GFP_KERNEL,
							   "hdd%u:red:status", bay + 1));
		if (ret)
			return ret;
	}

	if (variant->usb_led) {
		ret = qnap_mcu_led_register(leds, led++, &tsx33_usb_led, 0, "usb:blue:disk");
		if (ret)
			return ret;
	}

	return tsx33_add_status_led(leds, led);
}

static unsigned int tsx33_count_leds(const struct qnap_mcu_variant *variant)
{
	return variant->num_drives + variant->usb_led + QNAP_MCU_STATUS_COLORS;
}

static const struct qnap_mcu_led_ops tsx33_led_ops = {
	.count = tsx33_count_leds,
	.add = tsx33_add_leds,
};

static int qnap_mcu_leds_probe(struct platform_device *pdev)
{
	const struct qnap_mcu_led_ops *ops = (void *)platform_get_device_id(pdev)->driver_data;
	struct device *dev = &pdev->dev;
	struct qnap_mcu *mcu = dev_get_drvdata(dev->parent);
	const struct qnap_mcu_variant *variant = qnap_mcu_get_variant(mcu);
	const unsigned int num = ops->count(variant);
	struct qnap_mcu_leds *leds;
	int ret;

	leds = devm_kzalloc(dev, struct_size(leds, led, num), GFP_KERNEL);
	if (!leds)
		return -ENOMEM;

	leds->dev = dev;
	leds->mcu = mcu;
	leds->num = num;
	platform_set_drvdata(pdev, leds);

	ret = devm_mutex_init(dev, &leds->lock);
	if (ret)
		return ret;

	ret = ops->add(leds, variant);
	if (ret)
		return ret;

	return qnap_mcu_leds_watch_panic(leds);
}

/* Triggers go on until all devices sleep. What they want then is shown after the resume. */
static int qnap_mcu_leds_suspend(struct device *dev)
{
	struct qnap_mcu_leds *leds = dev_get_drvdata(dev);

	guard(mutex)(&leds->lock);

	leds->suspended = true;

	return 0;
}

/* The MCU may have lost its power, or lost its mind, while the system slept. */
static int qnap_mcu_leds_resume(struct device *dev)
{
	struct qnap_mcu_leds *leds = dev_get_drvdata(dev);
	unsigned int i;
	int ret = 0;

	guard(mutex)(&leds->lock);

	leds->suspended = false;
	for (i = 0; i < leds->num; i++) {
		if (leds->led[i].known)
			ret = qnap_mcu_led_show(&leds->led[i], leds->led[i].mode) ?: ret;
	}

	return ret;
}

static DEFINE_SIMPLE_DEV_PM_OPS(qnap_mcu_leds_pm_ops, qnap_mcu_leds_suspend, qnap_mcu_leds_resume);

static const struct platform_device_id qnap_mcu_leds_ids[] = {
	{ .name = "qnap-mcu-leds", .driver_data = (kernel_ulong_t)&tsx33_led_ops },
	{ }
};
MODULE_DEVICE_TABLE(platform, qnap_mcu_leds_ids);

static struct platform_driver qnap_mcu_leds_driver = {
	.probe = qnap_mcu_leds_probe,
	.id_table = qnap_mcu_leds_ids,
	.driver = {
		.name = "qnap-mcu-leds",
		.pm = pm_sleep_ptr(&qnap_mcu_leds_pm_ops),
	},
};
module_platform_driver(qnap_mcu_leds_driver);

MODULE_AUTHOR("the qnap-mcu developers");
MODULE_DESCRIPTION("LEDs of the QNAP NAS microcontroller");
MODULE_LICENSE("GPL");
