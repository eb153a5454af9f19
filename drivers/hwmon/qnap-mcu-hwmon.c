// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fan and case temperature of QNAP NAS boxes, through the microcontroller
 *
 * The fan cools the drives as well as the SoC, so it must never stop by accident: it is left alone
 * at probe, and set to a safe speed whenever nobody is left to look after it.
 */

#include <linux/bits.h>
#include <linux/cleanup.h>
#include <linux/device.h>
#include <linux/err.h>
#include <linux/hwmon.h>
#include <linux/jiffies.h>
#include <linux/lockdep.h>
#include <linux/mfd/qnap-mcu.h>
#include <linux/minmax.h>
#include <linux/mod_devicetable.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/of.h>
#include <linux/platform_device.h>
#include <linux/pm.h>
#include <linux/property.h>
#include <linux/slab.h>
#include <linux/thermal.h>
#include <linux/unaligned.h>
#include <linux/units.h>

/* Nobody watching needs a newer value, and the MCU has one slow line for all it does. */
#define QNAP_MCU_CACHE_MS	1000

/* Left behind when the driver goes: cools at a bearable noise. */
#define QNAP_MCU_PWM_SAFE	128

/* A fan that was started may stand still for so long before that is a fault. */
#define QNAP_MCU_SPIN_UP_MS	5000

/* pwm1_enable: who decides on the fan speed */
enum qnap_mcu_fan_mode {
	QNAP_MCU_FAN_FULL_SPEED = 0,
	QNAP_MCU_FAN_MANUAL = 1,
	QNAP_MCU_FAN_THERMAL = 2,
};

enum qnap_mcu_reading {
	QNAP_MCU_READ_PWM,
	QNAP_MCU_READ_RPM,
	QNAP_MCU_READ_TEMP,
	QNAP_MCU_READINGS,
};

/**
 * struct qnap_mcu_hwmon_ops - how the MCUs of one family drive fans and sensors
 * @read: asks for one value by &enum qnap_mcu_reading: duty cycle 0 to 255, revolutions per
 *	  minute, thousandths of a degree Celsius
 * @set_pwm: sets the duty cycle
 */
struct qnap_mcu_hwmon_ops {
	int (*read[QNAP_MCU_READINGS])(struct qnap_mcu *mcu, long *val);
	int (*set_pwm)(struct qnap_mcu *mcu, u8 pwm);
};

/**
 * struct qnap_mcu_cached - a value that was asked from the MCU not long ago
 * @val: the value
 * @asked: when, in jiffies
 * @valid: @val was ever set
 */
struct qnap_mcu_cached {
	long val;
	unsigned long asked;
	bool valid;
};

/**
 * struct qnap_mcu_hwmon - fan and temperature of one MCU
 * @mcu: MCU
 * @variant: what kind of box it is in
 * @ops: operations of its family
 * @levels: duty cycle by cooling state, from the device tree; NULL without a cooling device
 * @num_levels: number of cooling states
 * @cache: last readings
 * @mode: who decides on the fan speed
 * @state: what the thermal zone last asked for
 * @pwm: duty cycle that the MCU last acknowledged, or was found at
 * @started: when the fan last started to turn, in jiffies
 * @left: the fan was left at a safe speed for good, nothing may change it any more
 */
struct qnap_mcu_hwmon {
	struct qnap_mcu *mcu;
	const struct qnap_mcu_variant *variant;
	const struct qnap_mcu_hwmon_ops *ops;
	u32 *levels;
	unsigned int num_levels;
	/** @lock: guards all below, and orders the commands to the fan */
	struct mutex lock;
	struct qnap_mcu_cached cache[QNAP_MCU_READINGS];
	enum qnap_mcu_fan_mode mode;
	unsigned long state;
	u8 pwm;
	unsigned long started;
	bool left;
};

/* Commands of the TS-x33 family */

static int tsx33_get_pwm(struct qnap_mcu *mcu, long *val)
{
	static const u8 request[] = { '@', 'F', 'Z', '0' };
	u8 pwm;
	const struct qnap_mcu_command command = {
		.request = request,
		.request_len = sizeof(request),
		.echo_len = 3,
		.data = &pwm,
		.data_len = sizeof(pwm),
	};
	int ret;

	ret = qnap_mcu_exec(mcu, &command);
	if (!ret)
		*val = pwm;

	return ret;
}

static int tsx33_set_pwm(struct qnap_mcu *mcu, u8 pwm)
{
	const u8 request[] = { '@', 'F', 'W', '0', pwm };

	return qnap_mcu_exec_ack(mcu, request, sizeof(request));
}

/*
 * The tachometer counts half revolutions per second in 16 bits. IEI's firmware documents both
 * bytes; QNAP's was seen to fill the lower one. What the byte before and the byte after them mean
 * is not known.
 */
static int tsx33_get_rpm(struct qnap_mcu *mcu, long *val)
{
	static const u8 request[] = { '@', 'F', 'A' };
	u8 data[4];
	const struct qnap_mcu_command command = {
		.request = request,
		.request_len = sizeof(request),
		.echo_len = 2,
		.data = data,
		.data_len = sizeof(data),
	};
	int ret;

	ret = qnap_mcu_exec(mcu, &command);
	if (!ret)
		*val = get_unaligned_be16(&data[1]) * 30;

	return ret;
}

/* Degrees Celsius with an offset of 128. */
static int tsx33_get_temp(struct qnap_mcu *mcu, long *val)
{
	static const u8 request[] = { '@', 'T', '3' };
	u8 raw;
	const struct qnap_mcu_command command = {
		.request = request,
		.request_len = sizeof(request),
		.echo_len = sizeof(request),
		.data = &raw,
		.data_len = sizeof(raw),
	};
	int ret;

	ret = qnap_mcu_exec(mcu, &command);
	if (!ret)
		*val = (raw - 128) * (long)MILLIDEGREE_PER_DEGREE;

	return ret;
}

static const struct qnap_mcu_hwmon_ops tsx33_hwmon_ops = {
	.read = {
		[QNAP_MCU_READ_PWM] = tsx33_get_pwm,
		[QNAP_MCU_READ_RPM] = tsx33_get_rpm,
		[QNAP_MCU_READ_TEMP] = tsx33_get_temp,
	},
	.set_pwm = tsx33_set_pwm,
};

/* Readings */

static void qnap_mcu_cache_store(struct qnap_mcu_cached *cached, long val)
{
	cached->val = val;
	cached->asked = jiffies;
	cached->valid = true;
}

static bool qnap_mcu_cache_is_fresh(const struct qnap_mcu_cached *cached)
{
	return cached->valid &&
	       time_before(jiffies, cached->asked + msecs_to_jiffies(QNAP_MCU_CACHE_MS));
}

static int qnap_mcu_hwmon_get(struct qnap_mcu_hwmon *hwmon, enum qnap_mcu_reading reading,
			      long *val)
{
	struct qnap_mcu_cached *cached = &hwmon->cache[reading];
	int ret;

	lockdep_assert_held(&hwmon->lock);

	if (!qnap_mcu_cache_is_fresh(cached)) {
		ret = hwmon->ops->read[reading](hwmon->mcu, val);
		if (ret)
			return ret;
		qnap_mcu_cache_store(cached, *val);
	}

	*val = cached->val;

	return 0;
}

/* A fan that is driven, but does not turn. */
static int qnap_mcu_hwmon_get_fault(struct qnap_mcu_hwmon *hwmon, long *val)
{
	const unsigned long patience = msecs_to_jiffies(QNAP_MCU_SPIN_UP_MS);
	long rpm;
	int ret;

	ret = qnap_mcu_hwmon_get(hwmon, QNAP_MCU_READ_RPM, &rpm);
	if (ret)
		return ret;

	*val = !rpm && hwmon->pwm >= hwmon->variant->fan_pwm_min &&
	       time_after(jiffies, hwmon->started + patience);

	return 0;
}

/* Fan speed */

/* The fan either turns or is stopped on purpose: it does not start at the values in between. */
static u8 qnap_mcu_fan_limit(const struct qnap_mcu_hwmon *hwmon, u8 pwm)
{
	return pwm ? clamp(pwm, hwmon->variant->fan_pwm_min, hwmon->variant->fan_pwm_max) : 0;
}

static int qnap_mcu_fan_set(struct qnap_mcu_hwmon *hwmon, u8 pwm)
{
	int ret;

	lockdep_assert_held(&hwmon->lock);

	if (hwmon->left)
		return -ESHUTDOWN;

	pwm = qnap_mcu_fan_limit(hwmon, pwm);
	ret = hwmon->ops->set_pwm(hwmon->mcu, pwm);
	if (ret)
		return ret;

	if (pwm && !hwmon->pwm)
		hwmon->started = jiffies;
	hwmon->pwm = pwm;
	qnap_mcu_cache_store(&hwmon->cache[QNAP_MCU_READ_PWM], pwm);

	return 0;
}

/* Changing the mode to manual keeps the present speed. */
static int qnap_mcu_fan_set_mode(struct qnap_mcu_hwmon *hwmon, long mode)
{
	int ret = 0;

	lockdep_assert_held(&hwmon->lock);

	switch (mode) {
	case QNAP_MCU_FAN_FULL_SPEED:
		ret = qnap_mcu_fan_set(hwmon, hwmon->variant->fan_pwm_max);
		break;
	case QNAP_MCU_FAN_MANUAL:
		break;
	case QNAP_MCU_FAN_THERMAL:
		if (!hwmon->levels)
			return -EINVAL;
		ret = qnap_mcu_fan_set(hwmon, hwmon->levels[hwmon->state]);
		break;
	default:
		return -EINVAL;
	}

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

	return qnap_mcu_fan_set(hwmon, val);
}

static int qnap_mcu_fan_find(struct qnap_mcu_hwmon *hwmon)
{
	long pwm;
	int ret;

	guard(mutex)(&hwmon->lock);

	ret = qnap_mcu_hwmon_get(hwmon, QNAP_MCU_READ_PWM, &pwm);
	if (ret)
		return ret;

	hwmon->pwm = pwm;
	hwmon->started = jiffies;

	return 0;
}

static void qnap_mcu_fan_leave(void *data)
{
	struct qnap_mcu_hwmon *hwmon = data;

	guard(mutex)(&hwmon->lock);

	qnap_mcu_fan_set(hwmon, max(hwmon->pwm, QNAP_MCU_PWM_SAFE));
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

	guard(mutex)(&hwmon->lock);

	switch (type) {
	case hwmon_pwm:
		if (attr == hwmon_pwm_input)
			return qnap_mcu_hwmon_get(hwmon, QNAP_MCU_READ_PWM, val);
		*val = hwmon->mode;
		return 0;
	case hwmon_fan:
		return attr == hwmon_fan_fault ?
		       qnap_mcu_hwmon_get_fault(hwmon, val) :
		       qnap_mcu_hwmon_get(hwmon, QNAP_MCU_READ_RPM, val);
	case hwmon_temp:
		return qnap_mcu_hwmon_get(hwmon, QNAP_MCU_READ_TEMP, val);
	default:
		return -EOPNOTSUPP;
	}
}

static int qnap_mcu_hwmon_read_string(struct device *dev, enum hwmon_sensor_types type, u32 attr,
				      int channel, const char **str)
{
	*str = type == hwmon_fan ? "System fan" : "Case";

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

static const struct hwmon_channel_info * const qnap_mcu_hwmon_channels[] = {
	HWMON_CHANNEL_INFO(chip, HWMON_C_REGISTER_TZ),
	HWMON_CHANNEL_INFO(fan, HWMON_F_INPUT | HWMON_F_LABEL | HWMON_F_FAULT),
	HWMON_CHANNEL_INFO(pwm, HWMON_PWM_INPUT | HWMON_PWM_ENABLE),
	HWMON_CHANNEL_INFO(temp, HWMON_T_INPUT | HWMON_T_LABEL),
	NULL
};

static const struct hwmon_chip_info qnap_mcu_hwmon_chip = {
	.ops = &qnap_mcu_hwmon_ops,
	.info = qnap_mcu_hwmon_channels,
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
	struct qnap_mcu_hwmon *hwmon = cdev->devdata;

	guard(mutex)(&hwmon->lock);

	*state = hwmon->state;

	return 0;
}

/* In the other modes the wish is noted, for the day when the thermal zone is in charge again. */
static int qnap_mcu_fan_set_cur_state(struct thermal_cooling_device *cdev, unsigned long state)
{
	struct qnap_mcu_hwmon *hwmon = cdev->devdata;
	int ret;

	if (state >= hwmon->num_levels)
		return -EINVAL;

	guard(mutex)(&hwmon->lock);

	if (hwmon->mode == QNAP_MCU_FAN_THERMAL) {
		ret = qnap_mcu_fan_set(hwmon, hwmon->levels[state]);
		if (ret)
			return ret;
	}

	hwmon->state = state;

	return 0;
}

static const struct thermal_cooling_device_ops qnap_mcu_cooling_ops = {
	.get_max_state = qnap_mcu_fan_get_max_state,
	.get_cur_state = qnap_mcu_fan_get_cur_state,
	.set_cur_state = qnap_mcu_fan_set_cur_state,
};

static int qnap_mcu_fan_parse_levels(struct device *dev, struct fwnode_handle *fan,
				     struct qnap_mcu_hwmon *hwmon)
{
	int num, i;

	num = fwnode_property_count_u32(fan, "cooling-levels");
	if (num <= 0)
		return dev_err_probe(dev, num ?: -EINVAL, "No cooling-levels in the fan's node\n");

	hwmon->levels = devm_kcalloc(dev, num, sizeof(*hwmon->levels), GFP_KERNEL);
	if (!hwmon->levels)
		return -ENOMEM;

	hwmon->num_levels = num;
	fwnode_property_read_u32_array(fan, "cooling-levels", hwmon->levels, num);
	for (i = 0; i < num; i++) {
		if (hwmon->levels[i] > hwmon->variant->fan_pwm_max)
			return dev_err_probe(dev, -EINVAL, "Cooling level %u is above %u\n",
					     hwmon->levels[i], hwmon->variant->fan_pwm_max);
	}

	return 0;
}

/* The lowest state that cools as well as the fan does now. */
static unsigned long qnap_mcu_fan_find_state(const struct qnap_mcu_hwmon *hwmon)
{
	unsigned long state = 0;

	while (state < hwmon->num_levels - 1 && hwmon->levels[state] < hwmon->pwm)
		state++;

	return state;
}

static int qnap_mcu_fan_register_cooling(struct device *dev, struct fwnode_handle *fan,
					 struct qnap_mcu_hwmon *hwmon)
{
	struct thermal_cooling_device *cdev;

	hwmon->state = qnap_mcu_fan_find_state(hwmon);
	hwmon->mode = QNAP_MCU_FAN_THERMAL;

	if (!IS_ENABLED(CONFIG_THERMAL))
		return 0;

	cdev = devm_thermal_of_child_cooling_device_register(dev, to_of_node(fan),
							     "qnap-mcu-hwmon", hwmon,
							     &qnap_mcu_cooling_ops);
	if (IS_ERR(cdev))
		return dev_err_probe(dev, PTR_ERR(cdev), "Failed to register cooling device\n");

	return 0;
}

static int qnap_mcu_fan_init(struct device *dev, struct qnap_mcu_hwmon *hwmon)
{
	struct fwnode_handle *fan __free(fwnode_handle) =
		device_get_named_child_node(dev->parent, "fan-0");
	int ret;

	if (fan) {
		ret = qnap_mcu_fan_parse_levels(dev, fan, hwmon);
		if (ret)
			return ret;
	}

	ret = qnap_mcu_fan_find(hwmon);
	if (ret)
		return dev_err_probe(dev, ret, "Failed to read the fan's speed\n");

	return fan ? qnap_mcu_fan_register_cooling(dev, fan, hwmon) : 0;
}

static int qnap_mcu_hwmon_register(struct device *dev, struct qnap_mcu_hwmon *hwmon)
{
	struct device *hwmon_dev;

	hwmon_dev = devm_hwmon_device_register_with_info(dev, "qnapmcu", hwmon,
							 &qnap_mcu_hwmon_chip, NULL);
	if (IS_ERR(hwmon_dev))
		return dev_err_probe(dev, PTR_ERR(hwmon_dev), "Failed to register hwmon device\n");

	return 0;
}

static int qnap_mcu_hwmon_probe(struct platform_device *pdev)
{
	struct device *dev = &pdev->dev;
	struct qnap_mcu_hwmon *hwmon;
	int ret;

	hwmon = devm_kzalloc(dev, sizeof(*hwmon), GFP_KERNEL);
	if (!hwmon)
		return -ENOMEM;

	hwmon->mcu = dev_get_drvdata(dev->parent);
	hwmon->variant = qnap_mcu_get_variant(hwmon->mcu);
	hwmon->ops = (void *)platform_get_device_id(pdev)->driver_data;
	hwmon->mode = QNAP_MCU_FAN_MANUAL;
	platform_set_drvdata(pdev, hwmon);

	ret = devm_mutex_init(dev, &hwmon->lock);
	if (ret)
		return ret;

	/* Thermal zones refer to the MCU's node as their sensor. */
	device_set_of_node_from_dev(dev, dev->parent);

	ret = qnap_mcu_fan_init(dev, hwmon);
	if (ret)
		return ret;

	ret = qnap_mcu_hwmon_register(dev, hwmon);
	if (ret)
		return ret;

	/* Last, so that it comes first when the driver goes and nobody changes the speed again. */
	return devm_add_action_or_reset(dev, qnap_mcu_fan_leave, hwmon);
}

static void qnap_mcu_hwmon_shutdown(struct platform_device *pdev)
{
	qnap_mcu_fan_leave(platform_get_drvdata(pdev));
}

static int qnap_mcu_hwmon_resume(struct device *dev)
{
	struct qnap_mcu_hwmon *hwmon = dev_get_drvdata(dev);

	guard(mutex)(&hwmon->lock);

	return qnap_mcu_fan_set(hwmon, hwmon->pwm);
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
MODULE_DESCRIPTION("Fan and case temperature of the QNAP NAS microcontroller");
MODULE_LICENSE("GPL");
