// SPDX-License-Identifier: GPL-2.0-only
/*
 * LEDs of QNAP NAS boxes that are driven by the microcontroller
 *
 * Each bay has a red error LED, some boxes have a blue USB LED, and all have one status LED with a
 * red and a green half, for which the MCU has only combined commands. The green activity LEDs of
 * the bays are GPIOs of the SoC.
 *
 * The MCU cannot be asked what its LEDs show. They are left as they are until they are set, unless
 * the board says what they are to show at first.
 */

#include <linux/bitops.h>
#include <linux/cleanup.h>
#include <linux/compiler.h>
#include <linux/device.h>
#include <linux/err.h>
#include <linux/irqflags.h>
#include <linux/leds.h>
#include <linux/lockdep.h>
#include <linux/math.h>
#include <linux/mfd/qnap-mcu.h>
#include <linux/mod_devicetable.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/notifier.h>
#include <linux/of.h>
#include <linux/overflow.h>
#include <linux/panic.h>
#include <linux/panic_notifier.h>
#include <linux/platform_device.h>
#include <linux/pm.h>
#include <linux/slab.h>
#include <linux/timer.h>
#include <linux/workqueue.h>

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

/* Where a kind of LED is found, and by that how many of them a box has. */
enum qnap_mcu_led_place {
	QNAP_MCU_LED_PER_BOX,
	QNAP_MCU_LED_PER_BAY,
	QNAP_MCU_LED_AT_USB,
};

struct qnap_mcu_led;
struct qnap_mcu_leds;

/**
 * struct qnap_mcu_led_kind - what the LEDs of one kind can do
 * @name: name of the LED; a format for the number of its bay if it has one
 * @place: where it is
 * @fast_ms: time that a LED which blinks fast is lit, and dark
 * @slow_ms: the same for slow; 0 if it cannot
 * @default_blink: mode for a blink without a wish for its rate
 * @group: letter of the commands that set it
 * @number: of the first one, in the board's description
 * @mode_step: distance between the codes of two modes
 * @partner_step: distance between the codes of two modes of its partner; 0 without a partner
 * @partner: how many LEDs after it its partner comes; 0 without a partner
 * @codes: last bytes of these commands, at the LED's mode times @mode_step and its partner's times
 *	   @partner_step; 0 for what the MCU cannot show
 */
struct qnap_mcu_led_kind {
	const char *name;
	enum qnap_mcu_led_place place;
	u16 fast_ms;
	u16 slow_ms;
	enum qnap_mcu_led_mode default_blink;
	char group;
	u8 number;
	u8 mode_step;
	u8 partner_step;
	s8 partner;
	const char *codes;
};

/**
 * struct qnap_mcu_led_ops - LEDs of one family
 * @kinds: kinds of LEDs, in the order in which they are registered; ends with one without a name
 * @request: builds the request that shows @mode while the LED's partner, if it has one, shows
 *	     @partner. Returns its length, or -EOPNOTSUPP if the MCU cannot show both together
 */
struct qnap_mcu_led_ops {
	const struct qnap_mcu_led_kind *kinds;
	int (*request)(const struct qnap_mcu_led *led, enum qnap_mcu_led_mode mode,
		       enum qnap_mcu_led_mode partner, u8 *request);
};

/**
 * struct qnap_mcu_led - one LED
 * @cdev: its class device
 * @leds: all LEDs of the MCU
 * @kind: what it can do
 * @partner: the LED that shares its requests, or itself
 * @index: bay, or 0
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
 * @ops: operations of its family
 * @command: what the MCU is sent next. This and @request guarded by @lock, until a panic
 * @request: its request
 * @panic: switches the LEDs to work without sleeping
 * @num: number of LEDs
 * @led: LEDs
 */
struct qnap_mcu_leds {
	struct device *dev;
	struct qnap_mcu *mcu;
	const struct qnap_mcu_led_ops *ops;
	/** @lock: guards the modes, and keeps the order in which they are sent */
	struct mutex lock;
	struct qnap_mcu_command command;
	u8 request[QNAP_MCU_LED_REQUEST_MAX];
	struct notifier_block panic;
	unsigned int num;
	struct qnap_mcu_led led[] __counted_by(num);
};

static struct qnap_mcu_led *to_qnap_mcu_led(struct led_classdev *cdev)
{
	return container_of(cdev, struct qnap_mcu_led, cdev);
}

/* Requests of the TS-x33 family */

#define TSX33_GROUP_ERROR	'R'
#define TSX33_GROUP_FUNCTION	'C'

static const char tsx33_error_codes[QNAP_MCU_LED_MODES] = {
	[QNAP_MCU_LED_ON] = '0',
	[QNAP_MCU_LED_OFF] = '1',
	[QNAP_MCU_LED_FAST] = '2',
	[QNAP_MCU_LED_SLOW] = '3',
};

static const char tsx33_usb_codes[QNAP_MCU_LED_MODES] = {
	[QNAP_MCU_LED_ON] = 'E',
	[QNAP_MCU_LED_FAST] = 'F',
	[QNAP_MCU_LED_OFF] = 'G',
};

/* Both halves of the status LED need one code. */
#define TSX33_RED_STEP		QNAP_MCU_LED_MODES
#define TSX33_GREEN_STEP	1
#define TSX33_STATUS(red, green)	((red) * TSX33_RED_STEP + (green) * TSX33_GREEN_STEP)

/* Both halves blinking at the same rate are lit in turn. What is missing the MCU cannot do. */
static const char tsx33_status_codes[QNAP_MCU_LED_MODES * QNAP_MCU_LED_MODES] = {
	[TSX33_STATUS(QNAP_MCU_LED_FAST, QNAP_MCU_LED_OFF)] = '4',
	[TSX33_STATUS(QNAP_MCU_LED_OFF, QNAP_MCU_LED_FAST)] = '5',
	[TSX33_STATUS(QNAP_MCU_LED_OFF, QNAP_MCU_LED_ON)] = '6',
	[TSX33_STATUS(QNAP_MCU_LED_ON, QNAP_MCU_LED_OFF)] = '7',
	[TSX33_STATUS(QNAP_MCU_LED_FAST, QNAP_MCU_LED_FAST)] = '8',
	[TSX33_STATUS(QNAP_MCU_LED_OFF, QNAP_MCU_LED_OFF)] = '9',
	[TSX33_STATUS(QNAP_MCU_LED_OFF, QNAP_MCU_LED_SLOW)] = 'A',
	[TSX33_STATUS(QNAP_MCU_LED_SLOW, QNAP_MCU_LED_OFF)] = 'B',
	[TSX33_STATUS(QNAP_MCU_LED_SLOW, QNAP_MCU_LED_SLOW)] = 'C',
	[TSX33_STATUS(QNAP_MCU_LED_ON, QNAP_MCU_LED_ON)] = 'D',
};

/* By these numbers the device tree names the LEDs. Those of the bays begin at 0. */
#define TSX33_LED_USB		0x10
#define TSX33_LED_RED		0x20
#define TSX33_LED_GREEN		0x21

static const struct qnap_mcu_led_kind tsx33_leds[] = {
	{
		.name = "hdd%u:red:status",
		.place = QNAP_MCU_LED_PER_BAY,
		.fast_ms = 100,
		.slow_ms = 500,
		.default_blink = QNAP_MCU_LED_SLOW,
		.group = TSX33_GROUP_ERROR,
		.mode_step = 1,
		.codes = tsx33_error_codes,
	}, {
		.name = "usb:blue:disk",
		.place = QNAP_MCU_LED_AT_USB,
		.fast_ms = 250,
		.default_blink = QNAP_MCU_LED_FAST,
		.group = TSX33_GROUP_FUNCTION,
		.number = TSX33_LED_USB,
		.mode_step = 1,
		.codes = tsx33_usb_codes,
	}, {
		.name = "red:status",
		.place = QNAP_MCU_LED_PER_BOX,
		.fast_ms = 500,
		.slow_ms = 1000,
		.default_blink = QNAP_MCU_LED_FAST,
		.group = TSX33_GROUP_FUNCTION,
		.number = TSX33_LED_RED,
		.mode_step = TSX33_RED_STEP,
		.partner_step = TSX33_GREEN_STEP,
		.partner = 1,
		.codes = tsx33_status_codes,
	}, {
		.name = "green:status",
		.place = QNAP_MCU_LED_PER_BOX,
		.fast_ms = 500,
		.slow_ms = 1000,
		.default_blink = QNAP_MCU_LED_FAST,
		.group = TSX33_GROUP_FUNCTION,
		.number = TSX33_LED_GREEN,
		.mode_step = TSX33_GREEN_STEP,
		.partner_step = TSX33_RED_STEP,
		.partner = -1,
		.codes = tsx33_status_codes,
	},
	{ }
};

static int tsx33_led_request(const struct qnap_mcu_led *led, enum qnap_mcu_led_mode mode,
			     enum qnap_mcu_led_mode partner, u8 *request)
{
	const struct qnap_mcu_led_kind *kind = led->kind;
	const char code = kind->codes[mode * kind->mode_step + partner * kind->partner_step];
	u8 *end = request;

	if (!code)
		return -EOPNOTSUPP;

	*end++ = '@';
	*end++ = kind->group;
	if (kind->group == TSX33_GROUP_ERROR)
		*end++ = '0' + led->index;
	*end++ = code;

	return end - request;
}

static const struct qnap_mcu_led_ops tsx33_led_ops = {
	.kinds = tsx33_leds,
	.request = tsx33_led_request,
};

/* LED operations */

static unsigned int qnap_mcu_led_half_period(const struct qnap_mcu_led_kind *kind,
					     enum qnap_mcu_led_mode mode)
{
	return mode == QNAP_MCU_LED_FAST ? kind->fast_ms : kind->slow_ms;
}

/* Puts the command together, or returns -EOPNOTSUPP if the MCU cannot show both modes at once. */
static int qnap_mcu_led_prepare(const struct qnap_mcu_led *led, enum qnap_mcu_led_mode mode,
				enum qnap_mcu_led_mode partner)
{
	struct qnap_mcu_leds *leds = led->leds;
	const int len = leds->ops->request(led, mode, partner, leds->request);

	if (len < 0)
		return len;

	leds->command.request_len = len;

	return 0;
}

/*
 * The MCU cannot blink one half of the status LED while the other is solid or blinks at another
 * rate. Then the half that blinked stays lit, and is handed to the LED core to be toggled.
 */
static void qnap_mcu_led_yield(struct qnap_mcu_led *led)
{
	const unsigned int half_period_ms = qnap_mcu_led_half_period(led->kind, led->mode);

	led->mode = QNAP_MCU_LED_ON;
	led->blinking = false;
	/* The LED core sets the flag under no lock. Too late a look costs a blink that it ends. */
	if (data_race(led->cdev.flags) & LED_UNREGISTERING)
		return;

	led->yielded = true;
	led_blink_set_nosleep(&led->cdev, half_period_ms, half_period_ms);
}

static int qnap_mcu_led_show(struct qnap_mcu_led *led, enum qnap_mcu_led_mode mode)
{
	struct qnap_mcu_leds *leds = led->leds;
	bool partner_yields = false;
	int ret;

	lockdep_assert_held(&leds->lock);

	ret = qnap_mcu_led_prepare(led, mode, led->partner->mode);
	if (ret) {
		partner_yields = true;
		ret = qnap_mcu_led_prepare(led, mode, QNAP_MCU_LED_ON);
	}
	if (ret)
		return ret;

	/* Triggers go on while the system falls asleep. What they want is shown on resume. */
	ret = qnap_mcu_transact(leds->mcu, &leds->command);
	if (ret && ret != -ESHUTDOWN)
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
	int ret = 0;

	guard(mutex)(&led->leds->lock);

	/* Only darkness ends a blink, see &led_classdev.blink_set. */
	if (!brightness)
		qnap_mcu_led_stop_blink(led);
	if (!led->blinking)
		ret = qnap_mcu_led_show(led, brightness ? QNAP_MCU_LED_ON : QNAP_MCU_LED_OFF);

	return ret;
}

static bool qnap_mcu_led_is_near(unsigned long on_ms, unsigned long off_ms,
				 unsigned long half_period_ms)
{
	return max(abs_diff(on_ms, half_period_ms), abs_diff(off_ms, half_period_ms)) <=
	       half_period_ms / (100 / QNAP_MCU_LED_TOLERANCE_PERCENT);
}

/* Returns the mode that blinks at the wanted rate, or QNAP_MCU_LED_ON if there is none. */
static enum qnap_mcu_led_mode qnap_mcu_led_find_blink(const struct qnap_mcu_led_kind *kind,
						      unsigned long on_ms, unsigned long off_ms)
{
	enum qnap_mcu_led_mode mode;

	if (!on_ms && !off_ms)
		return kind->default_blink;

	/* Below the modes that blink comes QNAP_MCU_LED_ON. */
	for (mode = QNAP_MCU_LED_SLOW; mode >= QNAP_MCU_LED_FAST; mode--) {
		if (qnap_mcu_led_is_near(on_ms, off_ms, qnap_mcu_led_half_period(kind, mode)))
			break;
	}

	return mode;
}

static int qnap_mcu_led_blink_set(struct led_classdev *cdev, unsigned long *on_ms,
				  unsigned long *off_ms)
{
	struct qnap_mcu_led *led = to_qnap_mcu_led(cdev);
	enum qnap_mcu_led_mode mode;
	int ret;

	guard(mutex)(&led->leds->lock);

	led->blinking = false;
	led->yielded = false;

	/* The LED core will toggle it then. */
	mode = qnap_mcu_led_find_blink(led->kind, *on_ms, *off_ms);
	if (mode == QNAP_MCU_LED_ON)
		return -EINVAL;

	ret = qnap_mcu_led_show(led, mode);
	if (ret)
		return ret;

	led->blinking = true;
	*on_ms = qnap_mcu_led_half_period(led->kind, mode);
	*off_ms = *on_ms;

	return 0;
}

/*
 * After a panic nothing sleeps. The trigger of that name still runs, on the one processor that is
 * left, and the timers of LEDs that blink by software may interrupt it.
 */
static void qnap_mcu_led_set_in_panic(struct led_classdev *cdev, enum led_brightness brightness)
{
	const enum qnap_mcu_led_mode mode = brightness ? QNAP_MCU_LED_ON : QNAP_MCU_LED_OFF;
	struct qnap_mcu_led *led = to_qnap_mcu_led(cdev);
	struct qnap_mcu_leds *leds = led->leds;

	guard(irqsave)();

	if (!qnap_mcu_led_prepare(led, mode, QNAP_MCU_LED_OFF))
		qnap_mcu_post(leds->mcu, leds->request, leds->command.request_len);
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

/*
 * The LED core waits for the work that it has queued, and removes the files in sysfs only then:
 * what is written to one in between would queue that work again. And if that work was just about to
 * begin a blink when the core ended all blinks, the core's timer runs on.
 */
static void qnap_mcu_led_unregister(void *data)
{
	struct led_classdev *cdev = data;

	scoped_guard(mutex, &cdev->led_access)
		led_sysfs_disable(cdev);

	led_classdev_unregister(cdev);
	disable_work_sync(&cdev->set_brightness_work);
	timer_shutdown_sync(&cdev->blink_timer);
}

/* What the board wants the LED to be. The MCU is not told yet. */
static void qnap_mcu_led_take_node(struct qnap_mcu_led *led, struct device_node *node)
{
	const enum led_default_state state = led_init_default_state_get(of_fwnode_handle(node));

	led->known = state != LEDS_DEFSTATE_KEEP;
	led->mode = state == LEDS_DEFSTATE_ON ? QNAP_MCU_LED_ON : QNAP_MCU_LED_OFF;
	led->cdev.brightness = led->mode;
	of_property_read_string(node, "linux,default-trigger", &led->cdev.default_trigger);
	if (of_property_read_bool(node, "panic-indicator"))
		led->cdev.flags = LED_PANIC_INDICATOR;
}

static void qnap_mcu_led_find_node(struct qnap_mcu_led *led)
{
	struct device_node *leds = of_get_child_by_name(led->leds->dev->parent->of_node, "leds");
	struct device_node *node;
	u32 number;

	for_each_available_child_of_node(leds, node) {
		if (!of_property_read_u32(node, "reg", &number) &&
		    number == led->kind->number + led->index)
			qnap_mcu_led_take_node(led, node);
	}
	of_node_put(leds);
}

/* The LED core looks for a free name, and takes it later: two MCUs must not do so at once. */
static DEFINE_MUTEX(qnap_mcu_led_register_lock);

static int qnap_mcu_led_register(struct qnap_mcu_led *led)
{
	struct device *dev = led->leds->dev;
	int ret;

	scoped_guard(mutex, &qnap_mcu_led_register_lock)
		ret = led_classdev_register(dev, &led->cdev);
	if (ret)
		return ret;

	return devm_add_action_or_reset(dev, qnap_mcu_led_unregister, &led->cdev);
}

static int qnap_mcu_led_init(struct qnap_mcu_leds *leds, struct qnap_mcu_led *led,
			     const struct qnap_mcu_led_kind *kind, unsigned int index)
{
	led->leds = leds;
	led->kind = kind;
	led->partner = led + kind->partner;
	led->index = index;
	led->cdev.name = devm_kasprintf(leds->dev, GFP_KERNEL, kind->name, index + 1);
	if (!led->cdev.name)
		return -ENOMEM;

	led->cdev.max_brightness = 1;
	led->cdev.brightness_set_blocking = qnap_mcu_led_set;
	led->cdev.blink_set = qnap_mcu_led_blink_set;
	qnap_mcu_led_find_node(led);

	return 0;
}

static unsigned int qnap_mcu_led_count(const struct qnap_mcu_led_kind *kind,
				       const struct qnap_mcu_variant *variant)
{
	switch (kind->place) {
	case QNAP_MCU_LED_PER_BAY:
		return variant->num_drives;
	case QNAP_MCU_LED_AT_USB:
		return variant->usb_led;
	default:
		return 1;
	}
}

static unsigned int qnap_mcu_leds_count(const struct qnap_mcu_led_ops *ops,
					const struct qnap_mcu_variant *variant)
{
	const struct qnap_mcu_led_kind *kind;
	unsigned int num = 0;

	for (kind = ops->kinds; kind->name; kind++)
		num += qnap_mcu_led_count(kind, variant);

	return num;
}

static int qnap_mcu_leds_init(struct qnap_mcu_leds *leds, const struct qnap_mcu_variant *variant)
{
	const struct qnap_mcu_led_kind *kind;
	struct qnap_mcu_led *led = leds->led;
	unsigned int index, count;
	int ret = 0;

	for (kind = leds->ops->kinds; !ret && kind->name; kind++) {
		count = qnap_mcu_led_count(kind, variant);
		for (index = 0; !ret && index < count; index++)
			ret = qnap_mcu_led_init(leds, led++, kind, index);
	}

	return ret;
}

static int qnap_mcu_leds_register(struct qnap_mcu_leds *leds)
{
	struct qnap_mcu_led *led;
	int ret = 0;

	for (led = leds->led; !ret && led < leds->led + leds->num; led++)
		ret = qnap_mcu_led_register(led);

	return ret;
}

/*
 * The MCU may have lost its power, or lost its mind, while the system slept. If it does not answer
 * for one LED it will not for the next ones, each of which would wait for seconds.
 */
static int qnap_mcu_leds_resume(struct device *dev)
{
	struct qnap_mcu_leds *leds = dev_get_drvdata(dev);
	struct qnap_mcu_led *led;
	int ret = 0;

	guard(mutex)(&leds->lock);

	for (led = leds->led; ret != -ETIMEDOUT && led < leds->led + leds->num; led++) {
		if (led->known)
			ret = qnap_mcu_led_show(led, led->mode) ?: ret;
	}

	return ret;
}

static int qnap_mcu_leds_probe(struct platform_device *pdev)
{
	const struct qnap_mcu_led_ops *ops = (void *)platform_get_device_id(pdev)->driver_data;
	struct device *dev = &pdev->dev;
	struct qnap_mcu *mcu = dev_get_drvdata(dev->parent);
	const struct qnap_mcu_variant *variant = qnap_mcu_get_variant(mcu);
	const unsigned int num = qnap_mcu_leds_count(ops, variant);
	struct qnap_mcu_leds *leds;
	int ret;

	leds = devm_kzalloc(dev, struct_size(leds, led, num), GFP_KERNEL);
	if (!leds)
		return -ENOMEM;

	leds->dev = dev;
	leds->mcu = mcu;
	leds->ops = ops;
	leds->num = num;
	leds->command.request = leds->request;
	platform_set_drvdata(pdev, leds);

	ret = devm_mutex_init(dev, &leds->lock);
	if (ret)
		return ret;

	ret = qnap_mcu_leds_init(leds, variant);
	if (ret)
		return ret;

	/* What fails here, the next resume tries again: no reason to be without the LEDs. */
	qnap_mcu_leds_resume(dev);
	ret = qnap_mcu_leds_register(leds);
	if (ret)
		return ret;

	return qnap_mcu_leds_watch_panic(leds);
}

static DEFINE_SIMPLE_DEV_PM_OPS(qnap_mcu_leds_pm_ops, NULL, qnap_mcu_leds_resume);

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
MODULE_DESCRIPTION("QNAP NAS microcontroller LEDs");
MODULE_LICENSE("GPL");
