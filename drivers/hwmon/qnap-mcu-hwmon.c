// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fan and case temperature of QNAP NAS boxes, through the microcontroller
 *
 * The fan cools the drives as well as the SoC, so it must never stop by accident: it is left alone
 * at probe, and set to a safe speed whenever nobody is left to look after it.
 */

#include <linux/cleanup.h>
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
#include <linux/property.h>
#include <linux/slab.h>
#include <linux/sprintf.h>
#include <linux/thermal.h>
#include <linux/unaligned.h>
#include <linux/units.h>
#include <linux/workqueue.h>

/* Channels of the largest box of the family. */
#define QNAP_MCU_CHANNELS	1

/* Nobody watching needs a newer value, and the MCU has one slow line for all it does. */
#define QNAP_MCU_CACHE_MS	1000

/* Left behind when the driver goes: cools at a bearable noise. */
#define QNAP_MCU_PWM_SAFE	128

/* A fan that was started may stand still for so long before that is a fault. */
#define QNAP_MCU_SPIN_UP_MS	5000

/* A thermal zone does not repeat a wish that failed. */
#define QNAP_MCU_RETRY_MS	1000

/* pwmX_enable: who decides on the fan speed */
enum qnap_mcu_fan_mode {
	QNAP_MCU_FAN_FULL_SPEED = 0,
	QNAP_MCU_FAN_MANUAL = 1,
	QNAP_MCU_FAN_THERMAL = 2,
};

enum qnap_mcu_quantity {
	QNAP_MCU_PWM,
	QNAP_MCU_RPM,
	QNAP_MCU_TEMP,
	QNAP_MCU_QUANTITIES,
};

/**
 * struct qnap_mcu_hwmon_ops - fans and sensors of the MCUs of one family
 * @chip: channels, in the hwmon core's terms
 * @num_fans: number of fans that are driven; their tachometers have the same channels
 * @read: asks for a value by &enum qnap_mcu_quantity: duty cycle 0 to 255, revolutions per
 *	  minute, thousandths of a degree Celsius
 * @set_pwm: sets the duty cycle
 * @fan_labels: names of the tachometers
 * @temp_labels: names of the temperature sensors
 */
struct qnap_mcu_hwmon_ops {
	const struct hwmon_chip_info *chip;
	unsigned int num_fans;
	int (*read[QNAP_MCU_QUANTITIES])(struct qnap_mcu *mcu, int channel, long *val);
	int (*set_pwm)(struct qnap_mcu *mcu, int channel, u8 pwm);
	const char * const *fan_labels;
	const char * const *temp_labels;
};

/**
 * struct qnap_mcu_reading - a value that was asked from the MCU not long ago
 * @val: the value
 * @asked: when, since boot
 * @valid: there is one
 */
struct qnap_mcu_reading {
	long val;
	ktime_t asked;
	bool valid;
};

struct qnap_mcu_hwmon;

/**
 * struct qnap_mcu_fan - one fan. All that changes is guarded by &qnap_mcu_hwmon.lock
 * @hwmon: the MCU's fans and sensors
 * @channel: its number
 * @levels: duty cycle by cooling state, from the device tree; NULL without a cooling device
 * @num_levels: number of cooling states
 * @retry: gives the fan the speed that the thermal zone asked for in vain
 * @mode: who decides on the speed
 * @state: what the thermal zone last asked for
 * @pwm: duty cycle that the MCU last acknowledged, or was found at
 * @started: when the fan last started to turn, since boot
 */
struct qnap_mcu_fan {
	struct qnap_mcu_hwmon *hwmon;
	int channel;
	u32 *levels;
	unsigned int num_levels;
	struct delayed_work retry;
	enum qnap_mcu_fan_mode mode;
	unsigned long state;
	u8 pwm;
	ktime_t started;
};

/**
 * struct qnap_mcu_hwmon - fans and temperatures of one MCU
 * @mcu: MCU
 * @variant: what kind of box it is in
 * @ops: operations of its family
 * @readings: last values. Guarded by @lock
 * @left: the fans were left at a safe speed for good, nothing may change it any more. Guarded by
 *	  @lock
 * @fans: fans
 */
struct qnap_mcu_hwmon {
	struct qnap_mcu *mcu;
	const struct qnap_mcu_variant *variant;
	const struct qnap_mcu_hwmon_ops *ops;
	/** @lock: guards what changes here and in the fans, and orders the commands to them */
	struct mutex lock;
	struct qnap_mcu_reading readings[QNAP_MCU_QUANTITIES][QNAP_MCU_CHANNELS];
	bool left;
	struct qnap_mcu_fan fans[QNAP_MCU_CHANNELS];
};

static bool qnap_mcu_is_past(ktime_t since, unsigned int ms)
{
	return ktime_ms_delta(ktime_get_boottime(), since) >= ms;
}

/* Commands of the TS-x33 family */

static int tsx33_get_pwm(struct qnap_mcu *mcu, int channel, long *val)
{
	const u8 request[] = { '@', 'F', 'Z', '0' + channel };
	u8 pwm;
	const struct qnap_mcu_command command = {
		.request = request,
		.request_len = sizeof(request),
		.echo_len = 3,
		.data = &pwm,
		.data_len = sizeof(pwm),
	};
	int ret;

	ret = qnap_mcu_transact(mcu, &command);
	if (!ret)
		*val = pwm;

	return ret;
}

static int tsx33_set_pwm(struct qnap_mcu *mcu, int channel, u8 pwm)
{
	const u8 request[] = { '@', 'F', 'W', '0' + channel, pwm };

	return qnap_mcu_exec_ack(mcu, request, sizeof(request));
}

/*
 * The tachometer counts half revolutions per second in 16 bits. IEI's firmware documents both
 * bytes; QNAP's was seen to fill the lower one. What the byte before and the byte after them mean
 * is not known.
 */
static int tsx33_get_rpm(struct qnap_mcu *mcu, int channel, long *val)
{
	const u8 request[] = { '@', 'F', 'A' + channel };
	u8 data[4];
	const struct qnap_mcu_command command = {
		.request = request,
		.request_len = sizeof(request),
		.echo_len = 2,
		.data = data,
		.data_len = sizeof(data),
	};
	int ret;

	ret = qnap_mcu_transact(mcu, &command);
	if (!ret)
		*val = get_unaligned_be16(&data[1]) * 30;

	return ret;
}

/* Degrees Celsius with an offset of 128. */
static int tsx33_get_temp(struct qnap_mcu *mcu, int channel, long *val)
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

	ret = qnap_mcu_transact(mcu, &command);
	if (!ret)
		*val = (raw - 128) * (long)MILLIDEGREE_PER_DEGREE;

	return ret;
}

/* Readings */

static int qnap_mcu_hwmon_get(struct qnap_mcu_hwmon *hwmon, enum qnap_mcu_quantity quantity,
			      int channel, long *val)
{
	struct qnap_mcu_reading *reading = &hwmon->readings[quantity][channel];
	int ret;

	lockdep_assert_held(&hwmon->lock);

	if (!reading->valid || qnap_mcu_is_past(reading->asked, QNAP_MCU_CACHE_MS)) {
		ret = hwmon->ops->read[quantity](hwmon->mcu, channel, &reading->val);
		reading->valid = !ret;
		if (ret)
			return ret;
		reading->asked = ktime_get_boottime();
	}

	*val = reading->val;

	return 0;
}

/* A fan that is driven, but does not turn. */
static int qnap_mcu_hwmon_get_fault(struct qnap_mcu_hwmon *hwmon, int channel, long *val)
{
	const struct qnap_mcu_fan *fan = &hwmon->fans[channel];
	long rpm;
	int ret;

	ret = qnap_mcu_hwmon_get(hwmon, QNAP_MCU_RPM, channel, &rpm);
	if (ret)
		return ret;

	*val = !rpm && fan->pwm >= hwmon->variant->fan_pwm_min &&
	       qnap_mcu_is_past(fan->started, QNAP_MCU_SPIN_UP_MS);

	return 0;
}

/* Fan speed */

/* The fan either turns or is stopped on purpose: it does not start at the values in between. */
static u8 qnap_mcu_fan_limit(const struct qnap_mcu_variant *variant, u8 pwm)
{
	return pwm ? clamp(pwm, variant->fan_pwm_min, variant->fan_pwm_max) : 0;
}

static int qnap_mcu_fan_set(struct qnap_mcu_fan *fan, u8 pwm)
{
	struct qnap_mcu_hwmon *hwmon = fan->hwmon;
	int ret;

	lockdep_assert_held(&hwmon->lock);

	if (hwmon->left)
		return -ESHUTDOWN;

	pwm = qnap_mcu_fan_limit(hwmon->variant, pwm);
	hwmon->readings[QNAP_MCU_PWM][fan->channel].valid = false;
	ret = hwmon->ops->set_pwm(hwmon->mcu, fan->channel, pwm);
	if (ret)
		return ret;

	if (pwm && !fan->pwm)
		fan->started = ktime_get_boottime();
	fan->pwm = pwm;

	return 0;
}

/* The speed for the state that the thermal zone asked for. */
static int qnap_mcu_fan_apply_state(struct qnap_mcu_fan *fan)
{
	int ret;

	ret = qnap_mcu_fan_set(fan, fan->levels[fan->state]);
	if (ret && !fan->hwmon->left)
		schedule_delayed_work(&fan->retry, msecs_to_jiffies(QNAP_MCU_RETRY_MS));

	return ret;
}

static void qnap_mcu_fan_retry(struct work_struct *work)
{
	struct qnap_mcu_fan *fan = container_of(work, struct qnap_mcu_fan, retry.work);

	guard(mutex)(&fan->hwmon->lock);

	if (fan->mode == QNAP_MCU_FAN_THERMAL)
		qnap_mcu_fan_apply_state(fan);
}

/* Changing the mode to manual keeps the present speed. */
static int qnap_mcu_fan_set_mode(struct qnap_mcu_fan *fan, long mode)
{
	int ret = 0;

	lockdep_assert_held(&fan->hwmon->lock);

	switch (mode) {
	case QNAP_MCU_FAN_FULL_SPEED:
		ret = qnap_mcu_fan_set(fan, fan->hwmon->variant->fan_pwm_max);
		break;
	case QNAP_MCU_FAN_MANUAL:
		break;
	case QNAP_MCU_FAN_THERMAL:
		if (!fan->levels)
			return -EINVAL;
		ret = qnap_mcu_fan_set(fan, fan->levels[fan->state]);
		break;
	default:
		return -EINVAL;
	}

	if (!ret)
		fan->mode = mode;

	return ret;
}

static int qnap_mcu_fan_write_pwm(struct qnap_mcu_fan *fan, long val)
{
	if (val < 0 || val > U8_MAX)
		return -EINVAL;

	/* At full speed by the user's wish, until he chooses another mode. */
	if (fan->mode == QNAP_MCU_FAN_FULL_SPEED)
		return -EBUSY;

	return qnap_mcu_fan_set(fan, val);
}

static void qnap_mcu_fans_leave(void *data)
{
	struct qnap_mcu_hwmon *hwmon = data;
	unsigned int i;

	guard(mutex)(&hwmon->lock);

	for (i = 0; i < hwmon->ops->num_fans; i++)
		qnap_mcu_fan_set(&hwmon->fans[i], max(hwmon->fans[i].pwm, QNAP_MCU_PWM_SAFE));
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
			return qnap_mcu_hwmon_get(hwmon, QNAP_MCU_PWM, channel, val);
		*val = hwmon->fans[channel].mode;
		return 0;
	case hwmon_fan:
		return attr == hwmon_fan_fault ?
		       qnap_mcu_hwmon_get_fault(hwmon, channel, val) :
		       qnap_mcu_hwmon_get(hwmon, QNAP_MCU_RPM, channel, val);
	case hwmon_temp:
		return qnap_mcu_hwmon_get(hwmon, QNAP_MCU_TEMP, channel, val);
	default:
		return -EOPNOTSUPP;
	}
}

static int qnap_mcu_hwmon_read_string(struct device *dev, enum hwmon_sensor_types type, u32 attr,
				      int channel, const char **str)
{
	const struct qnap_mcu_hwmon *hwmon = dev_get_drvdata(dev);

	*str = type == hwmon_fan ? hwmon->ops->fan_labels[channel] :
				   hwmon->ops->temp_labels[channel];

	return 0;
}

static int qnap_mcu_hwmon_write(struct device *dev, enum hwmon_sensor_types type, u32 attr,
				int channel, long val)
{
	struct qnap_mcu_hwmon *hwmon = dev_get_drvdata(dev);
	struct qnap_mcu_fan *fan = &hwmon->fans[channel];

	guard(mutex)(&hwmon->lock);

	return attr == hwmon_pwm_input ? qnap_mcu_fan_write_pwm(fan, val) :
					 qnap_mcu_fan_set_mode(fan, val);
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

static const char * const tsx33_fan_labels[] = { "System fan" };
static const char * const tsx33_temp_labels[] = { "Case" };

static const struct qnap_mcu_hwmon_ops tsx33_hwmon_ops = {
	.chip = &tsx33_chip,
	.num_fans = 1,
	.read = {
		[QNAP_MCU_PWM] = tsx33_get_pwm,
		[QNAP_MCU_RPM] = tsx33_get_rpm,
		[QNAP_MCU_TEMP] = tsx33_get_temp,
	},
	.set_pwm = tsx33_set_pwm,
	.fan_labels = tsx33_fan_labels,
	.temp_labels = tsx33_temp_labels,
};

/* Cooling device */

static int qnap_mcu_fan_get_max_state(struct thermal_cooling_device *cdev, unsigned long *state)
{
	const struct qnap_mcu_fan *fan = cdev->devdata;

	*state = fan->num_levels - 1;

	return 0;
}

static int qnap_mcu_fan_get_cur_state(struct thermal_cooling_device *cdev, unsigned long *state)
{
	const struct qnap_mcu_fan *fan = cdev->devdata;

	guard(mutex)(&fan->hwmon->lock);

	*state = fan->state;

	return 0;
}

/* In the other modes the wish is noted, for the day when the thermal zone is in charge again. */
static int qnap_mcu_fan_set_cur_state(struct thermal_cooling_device *cdev, unsigned long state)
{
	struct qnap_mcu_fan *fan = cdev->devdata;

	if (state >= fan->num_levels)
		return -EINVAL;

	guard(mutex)(&fan->hwmon->lock);

	fan->state = state;

	return fan->mode == QNAP_MCU_FAN_THERMAL ? qnap_mcu_fan_apply_state(fan) : 0;
}

static const struct thermal_cooling_device_ops qnap_mcu_cooling_ops = {
	.get_max_state = qnap_mcu_fan_get_max_state,
	.get_cur_state = qnap_mcu_fan_get_cur_state,
	.set_cur_state = qnap_mcu_fan_set_cur_state,
};

static int qnap_mcu_fan_parse_levels(struct device *dev, struct fwnode_handle *node,
				     struct qnap_mcu_fan *fan)
{
	const unsigned int max_level = fan->hwmon->variant->fan_pwm_max;
	int num, i, ret;

	num = fwnode_property_count_u32(node, "cooling-levels");
	if (num <= 0)
		return dev_err_probe(dev, num ?: -EINVAL, "No cooling-levels in the fan's node\n");

	fan->num_levels = num;
	fan->levels = devm_kcalloc(dev, num, sizeof(*fan->levels), GFP_KERNEL);
	if (!fan->levels)
		return -ENOMEM;

	ret = fwnode_property_read_u32_array(node, "cooling-levels", fan->levels, num);
	if (ret)
		return ret;

	for (i = 0; i < num; i++) {
		if (fan->levels[i] > max_level)
			return dev_err_probe(dev, -EINVAL, "Cooling level %u is above %u\n",
					     fan->levels[i], max_level);
	}

	return 0;
}

/* The lowest state that cools as well as the fan does now. */
static unsigned long qnap_mcu_fan_find_state(const struct qnap_mcu_fan *fan)
{
	unsigned long state = 0;

	while (state < fan->num_levels - 1 && fan->levels[state] < fan->pwm)
		state++;

	return state;
}

/* The speed is found, not set. A fan that cannot be asked is taken for a fast one. */
static void qnap_mcu_fan_find_pwm(struct qnap_mcu_fan *fan)
{
	long pwm;

	guard(mutex)(&fan->hwmon->lock);

	if (qnap_mcu_hwmon_get(fan->hwmon, QNAP_MCU_PWM, fan->channel, &pwm))
		pwm = fan->hwmon->variant->fan_pwm_max;

	fan->pwm = pwm;
	fan->started = ktime_get_boottime();
}

static struct fwnode_handle *qnap_mcu_fan_get_node(struct device *dev, int channel)
{
	char name[sizeof("fan-255")];

	snprintf(name, sizeof(name), "fan-%u", (u8)channel);

	return device_get_named_child_node(dev->parent, name);
}

static int qnap_mcu_fan_init(struct device *dev, struct qnap_mcu_hwmon *hwmon, int channel)
{
	struct fwnode_handle *node __free(fwnode_handle) = qnap_mcu_fan_get_node(dev, channel);
	struct qnap_mcu_fan *fan = &hwmon->fans[channel];
	int ret;

	fan->hwmon = hwmon;
	fan->channel = channel;
	fan->mode = QNAP_MCU_FAN_MANUAL;
	ret = devm_delayed_work_autocancel(dev, &fan->retry, qnap_mcu_fan_retry);
	if (ret)
		return ret;

	if (node && IS_ENABLED(CONFIG_THERMAL_OF)) {
		ret = qnap_mcu_fan_parse_levels(dev, node, fan);
		if (ret)
			return ret;
	}

	qnap_mcu_fan_find_pwm(fan);

	return 0;
}

static int qnap_mcu_fans_init(struct device *dev, struct qnap_mcu_hwmon *hwmon)
{
	unsigned int i;
	int ret;

	for (i = 0; i < hwmon->ops->num_fans; i++) {
		ret = qnap_mcu_fan_init(dev, hwmon, i);
		if (ret)
			return ret;
	}

	return devm_add_action_or_reset(dev, qnap_mcu_fans_leave, hwmon);
}

static int qnap_mcu_fan_register_cooling(struct device *dev, struct qnap_mcu_fan *fan)
{
	struct fwnode_handle *node __free(fwnode_handle) =
		qnap_mcu_fan_get_node(dev, fan->channel);
	struct thermal_cooling_device *cdev;

	/* A thermal zone may ask for a state before the registration returns. */
	fan->state = qnap_mcu_fan_find_state(fan);
	fan->mode = QNAP_MCU_FAN_THERMAL;
	cdev = devm_thermal_of_child_cooling_device_register(dev, to_of_node(node),
							     "qnap-mcu-hwmon", fan,
							     &qnap_mcu_cooling_ops);
	if (IS_ERR(cdev))
		return dev_err_probe(dev, PTR_ERR(cdev), "Failed to register cooling device\n");

	return 0;
}

static int qnap_mcu_fans_register_cooling(struct device *dev, struct qnap_mcu_hwmon *hwmon)
{
	unsigned int i;
	int ret;

	for (i = 0; i < hwmon->ops->num_fans; i++) {
		if (!hwmon->fans[i].levels)
			continue;
		ret = qnap_mcu_fan_register_cooling(dev, &hwmon->fans[i]);
		if (ret)
			return ret;
	}

	return 0;
}

static int qnap_mcu_hwmon_register(struct device *dev, struct qnap_mcu_hwmon *hwmon)
{
	struct device *hwmon_dev;

	hwmon_dev = devm_hwmon_device_register_with_info(dev, "qnapmcu", hwmon, hwmon->ops->chip,
							 NULL);
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
	platform_set_drvdata(pdev, hwmon);

	ret = devm_mutex_init(dev, &hwmon->lock);
	if (ret)
		return ret;

	/* Thermal zones refer to the MCU's node as their sensor. */
	device_set_of_node_from_dev(dev, dev->parent);

	ret = qnap_mcu_fans_init(dev, hwmon);
	if (ret)
		return ret;

	ret = qnap_mcu_fans_register_cooling(dev, hwmon);
	if (ret)
		return ret;

	return qnap_mcu_hwmon_register(dev, hwmon);
}

static void qnap_mcu_hwmon_shutdown(struct platform_device *pdev)
{
	qnap_mcu_fans_leave(platform_get_drvdata(pdev));
}

static int qnap_mcu_hwmon_resume(struct device *dev)
{
	struct qnap_mcu_hwmon *hwmon = dev_get_drvdata(dev);

	unsigned int i;
	int ret = 0;

	guard(mutex)(&hwmon->lock);

	for (i = 0; i < hwmon->ops->num_fans; i++) {
		ret = qnap_mcu_fan_set(&hwmon->fans[i], hwmon->fans[i].pwm) ?: ret;
		hwmon->fans[i].started = ktime_get_boottime();
	}

	return ret;
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
