// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fan and case temperature of QNAP NAS boxes, through the microcontroller
 *
 * The fan cools the drives as well as the SoC, so it must never stop by accident: it is left alone
 * at probe, and set to a safe speed whenever nobody is left to look after it.
 */

#include <linux/bits.h>
#include <linux/cleanup.h>
#include <linux/compiler.h>
#include <linux/container_of.h>
#include <linux/devm-helpers.h>
#include <linux/device.h>
#include <linux/err.h>
#include <linux/hwmon.h>
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/lockdep.h>
#include <linux/mfd/qnap-mcu.h>
#include <linux/minmax.h>
#include <linux/mod_devicetable.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/of.h>
#include <linux/platform_device.h>
#include <linux/pm.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/thermal.h>
#include <linux/units.h>
#include <linux/workqueue.h>

/* Nobody watching needs a newer value, and the MCU has one slow line for all it does. */
#define QNAP_MCU_CACHE_MS	1000

/* Left behind when the driver goes: cools at a bearable noise. */
#define QNAP_MCU_PWM_SAFE	128

/* A fan that was started may stand still for so long before that is a fault. */
#define QNAP_MCU_SPIN_UP_MS	5000

/*
 * A thermal zone does not repeat a wish that failed, and the frames' checksum does not see each
 * garbled one: what was set is checked so much later.
 */
#define QNAP_MCU_CHECK_MS	1000

/* An MCU that always has another duty cycle than it acknowledged has its reasons. */
#define QNAP_MCU_CORRECTIONS	3

/* Room for each request that is not constant, and for the data of each reply */
#define QNAP_MCU_BYTES_MAX	5

/* pwm1_enable: who decides on the fan speed */
enum qnap_mcu_fan_mode {
	QNAP_MCU_FAN_FULL_SPEED = 0,
	QNAP_MCU_FAN_MANUAL = 1,
	QNAP_MCU_FAN_THERMAL = 2,
};

/**
 * struct qnap_mcu_query - a value that the MCU can be asked for
 * @command: asks for it; at most %QNAP_MCU_BYTES_MAX bytes of data
 * @first: where in the reply's data it begins, with its most significant byte
 * @last: where it ends
 * @zero: what the MCU says for 0
 * @unit: what the MCU counts, in hwmon's units
 */
struct qnap_mcu_query {
	struct qnap_mcu_command command;
	u8 first;
	u8 last;
	u8 zero;
	u16 unit;
};

/**
 * struct qnap_mcu_hwmon_ops - fan and sensors of the MCUs of one family
 * @chip: channels, in the hwmon core's terms
 * @pwm: duty cycle of the fan, 0 to 255
 * @rpm: speed of the fan
 * @temp: temperature
 * @set_pwm: request that sets the duty cycle, without the last byte, which is that
 * @fan_label: name of the fan
 * @temp_label: name of the temperature sensor
 */
struct qnap_mcu_hwmon_ops {
	const struct hwmon_chip_info *chip;
	struct qnap_mcu_query pwm;
	struct qnap_mcu_query rpm;
	struct qnap_mcu_query temp;
	u8 set_pwm[4];
	const char *fan_label;
	const char *temp_label;
};

/**
 * struct qnap_mcu_reading - what the MCU was asked for
 * @query: asks for it
 * @val: the last answer
 * @stale: since when that is too old, since boot; 0 as long as there is none
 */
struct qnap_mcu_reading {
	const struct qnap_mcu_query *query;
	long val;
	ktime_t stale;
};

/**
 * struct qnap_mcu_hwmon - fan and temperature of one MCU
 * @mcu: MCU
 * @variant: what kind of box it is in
 * @ops: operations of its family
 * @levels: duty cycle of the fan by cooling state, from the device tree; NULL without a cooling
 *	    device
 * @num_levels: number of cooling states
 * @check: sees to it that the fan has the duty cycle @wanted
 * @command: what the MCU is sent next. This and all below guarded by @lock
 * @bytes: its request, or the data of the reply
 * @pwm: duty cycle of the fan
 * @rpm: speed of the fan
 * @temp: temperature
 * @mode: who decides on the fan speed
 * @state: what the thermal zone last asked for; read without @lock, too
 * @wanted: duty cycle that the fan was found at or given, or that the thermal zone asked for in
 *	    vain
 * @unset: the MCU did not acknowledge the last duty cycle that it was sent
 * @corrections: how often @check sent it again all the same
 * @spun_up: until when the fan may stand still without being faulty, since boot
 * @left: the fan was left at a safe speed for good, nothing may change it any more
 */
struct qnap_mcu_hwmon {
	struct qnap_mcu *mcu;
	const struct qnap_mcu_variant *variant;
	const struct qnap_mcu_hwmon_ops *ops;
	u32 *levels;
	unsigned int num_levels;
	struct delayed_work check;
	/** @lock: guards what changes here, and orders the commands to the fan */
	struct mutex lock;
	struct qnap_mcu_command command;
	u8 bytes[QNAP_MCU_BYTES_MAX];
	struct qnap_mcu_reading pwm;
	struct qnap_mcu_reading rpm;
	struct qnap_mcu_reading temp;
	enum qnap_mcu_fan_mode mode;
	unsigned long state;
	u8 wanted;
	bool unset;
	unsigned int corrections;
	ktime_t spun_up;
	bool left;
};

static bool qnap_mcu_is_past(ktime_t time)
{
	return !ktime_before(ktime_get_boottime(), time);
}

static ktime_t qnap_mcu_in_ms(unsigned int ms)
{
	return ktime_add_ms(ktime_get_boottime(), ms);
}

/* Readings */

static int qnap_mcu_hwmon_ask(struct qnap_mcu_hwmon *hwmon, struct qnap_mcu_reading *reading)
{
	const struct qnap_mcu_query *query = reading->query;
	const u8 *byte = hwmon->bytes + query->first;
	long raw = 0;
	int ret;

	hwmon->command = query->command;
	hwmon->command.data = hwmon->bytes;
	ret = qnap_mcu_transact(hwmon->mcu, &hwmon->command);
	if (ret)
		return ret;

	while (byte <= hwmon->bytes + query->last)
		raw = raw << BITS_PER_BYTE | *byte++;

	reading->val = (raw - query->zero) * query->unit;
	reading->stale = qnap_mcu_in_ms(QNAP_MCU_CACHE_MS);

	return 0;
}

/* Sees to it that the reading is not stale. */
static int qnap_mcu_hwmon_get(struct qnap_mcu_hwmon *hwmon, struct qnap_mcu_reading *reading)
{
	lockdep_assert_held(&hwmon->lock);

	return qnap_mcu_is_past(reading->stale) ? qnap_mcu_hwmon_ask(hwmon, reading) : 0;
}

/* A fan that is driven, but does not turn. */
static bool qnap_mcu_fan_is_faulty(const struct qnap_mcu_hwmon *hwmon)
{
	return !hwmon->rpm.val && hwmon->wanted >= hwmon->variant->fan_pwm_min &&
	       qnap_mcu_is_past(hwmon->spun_up);
}

/* Fan speed */

static void qnap_mcu_fan_check_soon(struct qnap_mcu_hwmon *hwmon)
{
	mod_delayed_work(system_freezable_wq, &hwmon->check, msecs_to_jiffies(QNAP_MCU_CHECK_MS));
}

/* The fan either turns or is stopped on purpose: it does not start at the values in between. */
static u8 qnap_mcu_fan_limit(const struct qnap_mcu_variant *variant, u8 pwm)
{
	return pwm ? clamp(pwm, variant->fan_pwm_min, variant->fan_pwm_max) : 0;
}

static int qnap_mcu_fan_send(struct qnap_mcu_hwmon *hwmon, u8 pwm)
{
	const size_t len = sizeof(hwmon->ops->set_pwm);
	int ret;

	lockdep_assert_held(&hwmon->lock);

	if (hwmon->left)
		return -ESHUTDOWN;

	hwmon->pwm.stale = 0;
	qnap_mcu_fan_check_soon(hwmon);
	memcpy(hwmon->bytes, hwmon->ops->set_pwm, len);
	hwmon->bytes[len] = pwm;
	hwmon->command = (struct qnap_mcu_command){
		.request = hwmon->bytes,
		.request_len = len + 1,
	};
	ret = qnap_mcu_transact(hwmon->mcu, &hwmon->command);
	hwmon->unset = ret;

	return ret;
}

/* What is wished @firmly is set later if the MCU does not take it now. */
static int qnap_mcu_fan_set(struct qnap_mcu_hwmon *hwmon, u8 pwm, bool firmly)
{
	int ret;

	pwm = qnap_mcu_fan_limit(hwmon->variant, pwm);
	hwmon->corrections = 0;
	ret = qnap_mcu_fan_send(hwmon, pwm);
	if (ret && !firmly)
		return ret;

	if (!hwmon->wanted)
		hwmon->spun_up = qnap_mcu_in_ms(QNAP_MCU_SPIN_UP_MS);
	hwmon->wanted = pwm;

	return ret;
}

/* Whatever the MCU was set to, or what became of that on the way. */
static void qnap_mcu_fan_check(struct work_struct *work)
{
	struct qnap_mcu_hwmon *hwmon = container_of(work, struct qnap_mcu_hwmon, check.work);
	bool lost;

	guard(mutex)(&hwmon->lock);

	hwmon->pwm.stale = 0;
	lost = qnap_mcu_hwmon_get(hwmon, &hwmon->pwm) || hwmon->pwm.val != hwmon->wanted;
	if (lost && (hwmon->unset || hwmon->corrections++ < QNAP_MCU_CORRECTIONS)) {
		hwmon->spun_up = qnap_mcu_in_ms(QNAP_MCU_SPIN_UP_MS);
		qnap_mcu_fan_send(hwmon, hwmon->wanted);
	}
}

/* Changing the mode to manual keeps the present speed. */
static int qnap_mcu_fan_set_mode(struct qnap_mcu_hwmon *hwmon, long mode)
{
	int ret;
	u8 pwm;

	lockdep_assert_held(&hwmon->lock);

	switch (mode) {
	case QNAP_MCU_FAN_FULL_SPEED:
		pwm = hwmon->variant->fan_pwm_max;
		break;
	case QNAP_MCU_FAN_MANUAL:
		hwmon->mode = mode;
		return 0;
	case QNAP_MCU_FAN_THERMAL:
		if (!hwmon->levels)
			return -EINVAL;
		pwm = hwmon->levels[hwmon->state];
		break;
	default:
		return -EINVAL;
	}

	ret = qnap_mcu_fan_set(hwmon, pwm, false);
	if (!ret)
		hwmon->mode = mode;

	return ret;
}

static int qnap_mcu_fan_write_pwm(struct qnap_mcu_hwmon *hwmon, long val)
{
	if (val < 0 || val > U8_MAX)
		return -EINVAL;

	/* At full speed by the user's wish, until he chooses another mode. */
	if (hwmon->mode == QNAP_MCU_FAN_FULL_SPEED)
		return -EBUSY;

	return qnap_mcu_fan_set(hwmon, val, false);
}

static void qnap_mcu_fan_leave(void *data)
{
	struct qnap_mcu_hwmon *hwmon = data;

	guard(mutex)(&hwmon->lock);

	qnap_mcu_fan_set(hwmon, max(hwmon->wanted, QNAP_MCU_PWM_SAFE), false);
	hwmon->left = true;
}

/* hwmon interface */

static umode_t qnap_mcu_hwmon_is_visible(const void *data, enum hwmon_sensor_types type, u32 attr,
					 int channel)
{
	return type == hwmon_pwm ? 0644 : 0444;
}

static int qnap_mcu_hwmon_read(struct device *dev, enum hwmon_sensor_types type, u32 attr,
			       int channel, long *val)
{
	struct qnap_mcu_hwmon *hwmon = dev_get_drvdata(dev);
	struct qnap_mcu_reading *reading;
	int ret;

	guard(mutex)(&hwmon->lock);

	switch (type) {
	case hwmon_pwm:
		if (attr == hwmon_pwm_enable) {
			*val = hwmon->mode;
			return 0;
		}
		reading = &hwmon->pwm;
		break;
	case hwmon_fan:
		reading = &hwmon->rpm;
		break;
	default:
		reading = &hwmon->temp;
		break;
	}

	ret = qnap_mcu_hwmon_get(hwmon, reading);
	if (ret)
		return ret;

	*val = type == hwmon_fan && attr == hwmon_fan_fault ? qnap_mcu_fan_is_faulty(hwmon) :
							      reading->val;

	return 0;
}

static int qnap_mcu_hwmon_read_string(struct device *dev, enum hwmon_sensor_types type, u32 attr,
				      int channel, const char **str)
{
	const struct qnap_mcu_hwmon *hwmon = dev_get_drvdata(dev);

	*str = type == hwmon_fan ? hwmon->ops->fan_label : hwmon->ops->temp_label;

	return 0;
}

static int qnap_mcu_hwmon_write(struct device *dev, enum hwmon_sensor_types type, u32 attr,
				int channel, long val)
{
	struct qnap_mcu_hwmon *hwmon = dev_get_drvdata(dev);

	guard(mutex)(&hwmon->lock);

	return attr == hwmon_pwm_input ? qnap_mcu_fan_write_pwm(hwmon, val) :
					 qnap_mcu_fan_set_mode(hwmon, val);
}

static const struct hwmon_ops qnap_mcu_hwmon_ops = {
	.is_visible = qnap_mcu_hwmon_is_visible,
	.read = qnap_mcu_hwmon_read,
	.read_string = qnap_mcu_hwmon_read_string,
	.write = qnap_mcu_hwmon_write,
};

static const struct hwmon_channel_info * const tsx33_channels[] = {
	HWMON_CHANNEL_INFO(chip, HWMON_C_REGISTER_TZ),
	HWMON_CHANNEL_INFO(fan, HWMON_F_INPUT | HWMON_F_LABEL | HWMON_F_FAULT),
	HWMON_CHANNEL_INFO(pwm, HWMON_PWM_INPUT | HWMON_PWM_ENABLE),
	HWMON_CHANNEL_INFO(temp, HWMON_T_INPUT | HWMON_T_LABEL),
	NULL
};

static const struct hwmon_chip_info tsx33_chip = {
	.ops = &qnap_mcu_hwmon_ops,
	.info = tsx33_channels,
};

/*
 * The tachometer counts half revolutions per second in 16 bits. IEI's firmware documents both
 * bytes; QNAP's was seen to fill the lower one. What the byte before and the byte after them mean
 * is not known.
 *
 * The temperature comes in degrees Celsius with an offset.
 */
static const struct qnap_mcu_hwmon_ops tsx33_hwmon_ops = {
	.chip = &tsx33_chip,
	.pwm = {
		.command = { .request = "@FZ0", .request_len = 4, .echo_len = 3, .data_len = 1 },
		.unit = 1,
	},
	.rpm = {
		.command = { .request = "@FA", .request_len = 3, .echo_len = 2, .data_len = 4 },
		.first = 1,
		.last = 2,
		.unit = 30,
	},
	.temp = {
		.command = { .request = "@T3", .request_len = 3, .echo_len = 3, .data_len = 1 },
		.zero = 128,
		.unit = MILLIDEGREE_PER_DEGREE,
	},
	.set_pwm = { '@', 'F', 'W', '0' },
	.fan_label = "System fan",
	.temp_label = "Case",
};

/* Cooling device */

static int qnap_mcu_fan_get_max_state(struct thermal_cooling_device *cdev, unsigned long *state)
{
	const struct qnap_mcu_hwmon *hwmon = cdev->devdata;

	*state = hwmon->num_levels - 1;

	return 0;
}

static int qnap_mcu_fan_get_cur_state(struct thermal_cooling_device *cdev, unsigned long *state)
{
	const struct qnap_mcu_hwmon *hwmon = cdev->devdata;

	*state = READ_ONCE(hwmon->state);

	return 0;
}

/* In the other modes the wish is noted, for the day when the thermal zone is in charge again. */
static int qnap_mcu_fan_set_cur_state(struct thermal_cooling_device *cdev, unsigned long state)
{
	struct qnap_mcu_hwmon *hwmon = cdev->devdata;

	if (state >= hwmon->num_levels)
		return -EINVAL;

	guard(mutex)(&hwmon->lock);

	WRITE_ONCE(hwmon->state, state);

	return hwmon->mode == QNAP_MCU_FAN_THERMAL ?
	       qnap_mcu_fan_set(hwmon, hwmon->levels[state], true) : 0;
}

static const struct thermal_cooling_device_ops qnap_mcu_cooling_ops = {
	.get_max_state = qnap_mcu_fan_get_max_state,
	.get_cur_state = qnap_mcu_fan_get_cur_state,
	.set_cur_state = qnap_mcu_fan_set_cur_state,
};

static int qnap_mcu_fan_parse_levels(struct device *dev, struct device_node *node,
				     struct qnap_mcu_hwmon *hwmon)
{
	const unsigned int max_level = hwmon->variant->fan_pwm_max;
	int num, i, ret;

	num = of_property_count_u32_elems(node, "cooling-levels");
	if (num <= 0)
		return dev_err_probe(dev, num ?: -EINVAL, "No cooling-levels in fan-0\n");

	hwmon->num_levels = num;
	hwmon->levels = devm_kcalloc(dev, num, sizeof(*hwmon->levels), GFP_KERNEL);
	if (!hwmon->levels)
		return -ENOMEM;

	ret = of_property_read_u32_array(node, "cooling-levels", hwmon->levels, num);
	if (ret)
		return ret;

	for (i = 0; i < num; i++) {
		if (hwmon->levels[i] > max_level)
			return dev_err_probe(dev, -EINVAL, "Cooling level %u is above %u\n",
					     hwmon->levels[i], max_level);
	}

	return 0;
}

/* The lowest state that cools as well as the fan does now. */
static unsigned long qnap_mcu_fan_find_state(const struct qnap_mcu_hwmon *hwmon)
{
	unsigned long state = 0;

	while (state < hwmon->num_levels - 1 && hwmon->levels[state] < hwmon->wanted)
		state++;

	return state;
}

/* The speed is found, not set. A fan that cannot be asked is taken for a fast one. */
static void qnap_mcu_fan_find_pwm(struct qnap_mcu_hwmon *hwmon)
{
	guard(mutex)(&hwmon->lock);

	hwmon->wanted = qnap_mcu_hwmon_get(hwmon, &hwmon->pwm) ? hwmon->variant->fan_pwm_max :
								 hwmon->pwm.val;
	hwmon->spun_up = qnap_mcu_in_ms(QNAP_MCU_SPIN_UP_MS);
}

static int qnap_mcu_fan_init(struct device *dev, struct qnap_mcu_hwmon *hwmon,
			     struct device_node *node)
{
	int ret;

	hwmon->mode = QNAP_MCU_FAN_MANUAL;
	ret = devm_delayed_work_autocancel(dev, &hwmon->check, qnap_mcu_fan_check);
	if (ret)
		return ret;

	if (of_device_is_available(node) && IS_ENABLED(CONFIG_THERMAL_OF)) {
		ret = qnap_mcu_fan_parse_levels(dev, node, hwmon);
		if (ret)
			return ret;
	}

	qnap_mcu_fan_find_pwm(hwmon);

	return devm_add_action_or_reset(dev, qnap_mcu_fan_leave, hwmon);
}

static int qnap_mcu_hwmon_register(struct device *dev, struct qnap_mcu_hwmon *hwmon,
				   struct device_node *node)
{
	struct thermal_cooling_device *cdev;

	/* A thermal zone may ask for a state before the registration returns. */
	if (hwmon->levels) {
		hwmon->state = qnap_mcu_fan_find_state(hwmon);
		hwmon->mode = QNAP_MCU_FAN_THERMAL;
		cdev = devm_thermal_of_child_cooling_device_register(dev, node, "qnap-mcu-hwmon",
								     hwmon, &qnap_mcu_cooling_ops);
		if (IS_ERR(cdev))
			return PTR_ERR(cdev);
	}

	return PTR_ERR_OR_ZERO(devm_hwmon_device_register_with_info(dev, "qnapmcu", hwmon,
								    hwmon->ops->chip, NULL));
}

static struct qnap_mcu_hwmon *qnap_mcu_hwmon_alloc(struct platform_device *pdev)
{
	struct device *dev = &pdev->dev;
	struct qnap_mcu_hwmon *hwmon;

	hwmon = devm_kzalloc(dev, sizeof(*hwmon), GFP_KERNEL);
	if (!hwmon)
		return NULL;

	hwmon->mcu = dev_get_drvdata(dev->parent);
	hwmon->variant = qnap_mcu_get_variant(hwmon->mcu);
	hwmon->ops = (void *)platform_get_device_id(pdev)->driver_data;
	hwmon->pwm.query = &hwmon->ops->pwm;
	hwmon->rpm.query = &hwmon->ops->rpm;
	hwmon->temp.query = &hwmon->ops->temp;
	platform_set_drvdata(pdev, hwmon);

	return hwmon;
}

static int qnap_mcu_hwmon_probe(struct platform_device *pdev)
{
	struct device *dev = &pdev->dev;
	struct device_node *node __free(device_node) =
		of_get_child_by_name(dev->parent->of_node, "fan-0");
	struct qnap_mcu_hwmon *hwmon = qnap_mcu_hwmon_alloc(pdev);
	int ret;

	if (!hwmon)
		return -ENOMEM;

	ret = devm_mutex_init(dev, &hwmon->lock);
	if (ret)
		return ret;

	/* Thermal zones refer to the MCU's node as their sensor. */
	device_set_of_node_from_dev(dev, dev->parent);

	ret = qnap_mcu_fan_init(dev, hwmon, node);
	if (ret)
		return ret;

	return qnap_mcu_hwmon_register(dev, hwmon, node);
}

static void qnap_mcu_hwmon_shutdown(struct platform_device *pdev)
{
	struct qnap_mcu_hwmon *hwmon = platform_get_drvdata(pdev);

	qnap_mcu_fan_leave(hwmon);
	cancel_delayed_work_sync(&hwmon->check);
}

static int qnap_mcu_hwmon_resume(struct device *dev)
{
	struct qnap_mcu_hwmon *hwmon = dev_get_drvdata(dev);

	guard(mutex)(&hwmon->lock);

	hwmon->spun_up = qnap_mcu_in_ms(QNAP_MCU_SPIN_UP_MS);

	return qnap_mcu_fan_set(hwmon, hwmon->wanted, false);
}

static DEFINE_SIMPLE_DEV_PM_OPS(qnap_mcu_hwmon_pm_ops, NULL, qnap_mcu_hwmon_resume);

static const struct platform_device_id qnap_mcu_hwmon_ids[] = {
	{ .name = "qnap-mcu-hwmon", .driver_data = (kernel_ulong_t)&tsx33_hwmon_ops },
	{ }
};
MODULE_DEVICE_TABLE(platform, qnap_mcu_hwmon_ids);

static struct platform_driver qnap_mcu_hwmon_driver = {
	.probe = qnap_mcu_hwmon_probe,
	.shutdown = qnap_mcu_hwmon_shutdown,
	.id_table = qnap_mcu_hwmon_ids,
	.driver = {
		.name = "qnap-mcu-hwmon",
		.pm = pm_sleep_ptr(&qnap_mcu_hwmon_pm_ops),
	},
};
module_platform_driver(qnap_mcu_hwmon_driver);

MODULE_AUTHOR("the qnap-mcu developers");
MODULE_DESCRIPTION("QNAP NAS microcontroller fan and temperature");
MODULE_LICENSE("GPL");
