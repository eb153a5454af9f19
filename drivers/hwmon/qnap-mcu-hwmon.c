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
#include <linux/thermal.h>
#include <linux/unaligned.h>
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

/* pwm1_enable: who decides on the fan speed */
enum qnap_mcu_fan_mode {
	QNAP_MCU_FAN_FULL_SPEED = 0,
	QNAP_MCU_FAN_MANUAL = 1,
	QNAP_MCU_FAN_THERMAL = 2,
};

/**
 * struct qnap_mcu_hwmon_ops - fan and sensors of the MCUs of one family
 * @chip: channels, in the hwmon core's terms
 * @get_pwm: asks for the duty cycle of the fan, 0 to 255
 * @set_pwm: sets it
 * @get_rpm: asks for the speed of the fan, in revolutions per minute
 * @get_temp: asks for the temperature, in thousandths of a degree Celsius
 * @fan_label: name of the fan
 * @temp_label: name of the temperature sensor
 */
struct qnap_mcu_hwmon_ops {
	const struct hwmon_chip_info *chip;
	int (*get_pwm)(struct qnap_mcu *mcu, long *val);
	int (*set_pwm)(struct qnap_mcu *mcu, u8 pwm);
	int (*get_rpm)(struct qnap_mcu *mcu, long *val);
	int (*get_temp)(struct qnap_mcu *mcu, long *val);
	const char *fan_label;
	const char *temp_label;
};

/**
 * struct qnap_mcu_reading - a value that the MCU can be asked for
 * @get: asks for it
 * @val: the last answer
 * @asked: when that was, since boot
 * @valid: there is one
 */
struct qnap_mcu_reading {
	int (*get)(struct qnap_mcu *mcu, long *val);
	long val;
	ktime_t asked;
	bool valid;
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
 * @pwm: duty cycle of the fan. This and all below guarded by @lock
 * @rpm: speed of the fan
 * @temp: temperature
 * @mode: who decides on the fan speed
 * @state: what the thermal zone last asked for
 * @wanted: duty cycle that the fan was found at or given, or that the thermal zone asked for in
 *	    vain
 * @unset: the MCU did not acknowledge the last duty cycle that it was sent
 * @corrections: how often @check sent it again all the same
 * @started: when the fan last started to turn, since boot
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
	struct qnap_mcu_reading pwm;
	struct qnap_mcu_reading rpm;
	struct qnap_mcu_reading temp;
	enum qnap_mcu_fan_mode mode;
	unsigned long state;
	u8 wanted;
	bool unset;
	unsigned int corrections;
	ktime_t started;
	bool left;
};

static bool qnap_mcu_is_past(ktime_t since, unsigned int ms)
{
	return ktime_ms_delta(ktime_get_boottime(), since) >= ms;
}

/* Commands of the TS-x33 family */

static int tsx33_get(struct qnap_mcu *mcu, const u8 *request, size_t request_len, size_t echo_len,
		     u8 *data, size_t data_len)
{
	const struct qnap_mcu_command command = {
		.request = request,
		.request_len = request_len,
		.echo_len = echo_len,
		.data = data,
		.data_len = data_len,
	};

	return qnap_mcu_transact(mcu, &command);
}

static int tsx33_get_pwm(struct qnap_mcu *mcu, long *val)
{
	static const u8 request[] = { '@', 'F', 'Z', '0' };
	u8 pwm = 0;
	int ret;

	ret = tsx33_get(mcu, request, sizeof(request), 3, &pwm, sizeof(pwm));
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
	u8 data[4] = {};
	int ret;

	ret = tsx33_get(mcu, request, sizeof(request), 2, data, sizeof(data));
	*val = get_unaligned_be16(&data[1]) * 30;

	return ret;
}

/* Degrees Celsius with an offset of 128. */
static int tsx33_get_temp(struct qnap_mcu *mcu, long *val)
{
	static const u8 request[] = { '@', 'T', '3' };
	u8 raw = 0;
	int ret;

	ret = tsx33_get(mcu, request, sizeof(request), sizeof(request), &raw, sizeof(raw));
	*val = (raw - 128) * (long)MILLIDEGREE_PER_DEGREE;

	return ret;
}

/* Readings */

static int qnap_mcu_hwmon_get(struct qnap_mcu_hwmon *hwmon, struct qnap_mcu_reading *reading,
			      long *val)
{
	int ret;

	lockdep_assert_held(&hwmon->lock);

	if (!reading->valid || qnap_mcu_is_past(reading->asked, QNAP_MCU_CACHE_MS)) {
		ret = reading->get(hwmon->mcu, &reading->val);
		reading->valid = !ret;
		if (ret)
			return ret;
		reading->asked = ktime_get_boottime();
	}

	*val = reading->val;

	return 0;
}

/* A fan that is driven, but does not turn. */
static int qnap_mcu_hwmon_get_fault(struct qnap_mcu_hwmon *hwmon, long *val)
{
	long rpm;
	int ret;

	ret = qnap_mcu_hwmon_get(hwmon, &hwmon->rpm, &rpm);
	if (ret)
		return ret;

	*val = !rpm && hwmon->wanted >= hwmon->variant->fan_pwm_min &&
	       qnap_mcu_is_past(hwmon->started, QNAP_MCU_SPIN_UP_MS);

	return 0;
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

static void qnap_mcu_fan_note(struct qnap_mcu_hwmon *hwmon, u8 pwm)
{
	if (pwm && !hwmon->wanted)
		hwmon->started = ktime_get_boottime();
	hwmon->wanted = pwm;
}

static int qnap_mcu_fan_send(struct qnap_mcu_hwmon *hwmon, u8 pwm)
{
	int ret;

	lockdep_assert_held(&hwmon->lock);

	if (hwmon->left)
		return -ESHUTDOWN;

	hwmon->pwm.valid = false;
	qnap_mcu_fan_check_soon(hwmon);
	ret = hwmon->ops->set_pwm(hwmon->mcu, pwm);
	hwmon->unset = ret;

	return ret;
}

static int qnap_mcu_fan_set(struct qnap_mcu_hwmon *hwmon, u8 pwm)
{
	int ret;

	pwm = qnap_mcu_fan_limit(hwmon->variant, pwm);
	hwmon->corrections = 0;
	ret = qnap_mcu_fan_send(hwmon, pwm);
	if (!ret)
		qnap_mcu_fan_note(hwmon, pwm);

	return ret;
}

/* The speed for the state that the thermal zone asked for, now or when the MCU takes it. */
static int qnap_mcu_fan_apply_state(struct qnap_mcu_hwmon *hwmon)
{
	const u8 level = hwmon->levels[hwmon->state];
	int ret;

	ret = qnap_mcu_fan_set(hwmon, level);
	if (ret)
		qnap_mcu_fan_note(hwmon, qnap_mcu_fan_limit(hwmon->variant, level));

	return ret;
}

/* Whatever the MCU was set to, or what became of that on the way. */
static void qnap_mcu_fan_check(struct work_struct *work)
{
	struct qnap_mcu_hwmon *hwmon = container_of(work, struct qnap_mcu_hwmon, check.work);
	long pwm;

	guard(mutex)(&hwmon->lock);

	hwmon->pwm.valid = false;
	if (!qnap_mcu_hwmon_get(hwmon, &hwmon->pwm, &pwm) && pwm == hwmon->wanted)
		return;

	if (!hwmon->unset && hwmon->corrections++ >= QNAP_MCU_CORRECTIONS)
		return;

	hwmon->started = ktime_get_boottime();
	qnap_mcu_fan_send(hwmon, hwmon->wanted);
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

static void qnap_mcu_fan_leave(void *data)
{
	struct qnap_mcu_hwmon *hwmon = data;

	guard(mutex)(&hwmon->lock);

	qnap_mcu_fan_set(hwmon, max(hwmon->wanted, QNAP_MCU_PWM_SAFE));
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
			return qnap_mcu_hwmon_get(hwmon, &hwmon->pwm, val);
		*val = hwmon->mode;
		return 0;
	case hwmon_fan:
		return attr == hwmon_fan_fault ? qnap_mcu_hwmon_get_fault(hwmon, val) :
						 qnap_mcu_hwmon_get(hwmon, &hwmon->rpm, val);
	case hwmon_temp:
		return qnap_mcu_hwmon_get(hwmon, &hwmon->temp, val);
	default:
		return -EOPNOTSUPP;
	}
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

static const struct qnap_mcu_hwmon_ops tsx33_hwmon_ops = {
	.chip = &tsx33_chip,
	.get_pwm = tsx33_get_pwm,
	.set_pwm = tsx33_set_pwm,
	.get_rpm = tsx33_get_rpm,
	.get_temp = tsx33_get_temp,
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
	struct qnap_mcu_hwmon *hwmon = cdev->devdata;

	guard(mutex)(&hwmon->lock);

	*state = hwmon->state;

	return 0;
}

/* In the other modes the wish is noted, for the day when the thermal zone is in charge again. */
static int qnap_mcu_fan_set_cur_state(struct thermal_cooling_device *cdev, unsigned long state)
{
	struct qnap_mcu_hwmon *hwmon = cdev->devdata;

	if (state >= hwmon->num_levels)
		return -EINVAL;

	guard(mutex)(&hwmon->lock);

	hwmon->state = state;

	return hwmon->mode == QNAP_MCU_FAN_THERMAL ? qnap_mcu_fan_apply_state(hwmon) : 0;
}

static const struct thermal_cooling_device_ops qnap_mcu_cooling_ops = {
	.get_max_state = qnap_mcu_fan_get_max_state,
	.get_cur_state = qnap_mcu_fan_get_cur_state,
	.set_cur_state = qnap_mcu_fan_set_cur_state,
};

static int qnap_mcu_fan_parse_levels(struct device *dev, struct fwnode_handle *node,
				     struct qnap_mcu_hwmon *hwmon)
{
	const unsigned int max_level = hwmon->variant->fan_pwm_max;
	int num, i, ret;

	num = fwnode_property_count_u32(node, "cooling-levels");
	if (num <= 0)
		return dev_err_probe(dev, num ?: -EINVAL, "No cooling-levels in the fan's node\n");

	hwmon->num_levels = num;
	hwmon->levels = devm_kcalloc(dev, num, sizeof(*hwmon->levels), GFP_KERNEL);
	if (!hwmon->levels)
		return -ENOMEM;

	ret = fwnode_property_read_u32_array(node, "cooling-levels", hwmon->levels, num);
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
	long pwm;

	guard(mutex)(&hwmon->lock);

	if (qnap_mcu_hwmon_get(hwmon, &hwmon->pwm, &pwm))
		pwm = hwmon->variant->fan_pwm_max;

	hwmon->wanted = pwm;
	hwmon->started = ktime_get_boottime();
}

static int qnap_mcu_fan_init(struct device *dev, struct qnap_mcu_hwmon *hwmon,
			     struct fwnode_handle *node)
{
	int ret;

	hwmon->mode = QNAP_MCU_FAN_MANUAL;
	ret = devm_delayed_work_autocancel(dev, &hwmon->check, qnap_mcu_fan_check);
	if (ret)
		return ret;

	if (node && IS_ENABLED(CONFIG_THERMAL_OF)) {
		ret = qnap_mcu_fan_parse_levels(dev, node, hwmon);
		if (ret)
			return ret;
	}

	qnap_mcu_fan_find_pwm(hwmon);

	return devm_add_action_or_reset(dev, qnap_mcu_fan_leave, hwmon);
}

static int qnap_mcu_fan_register_cooling(struct device *dev, struct qnap_mcu_hwmon *hwmon,
					 struct fwnode_handle *node)
{
	struct thermal_cooling_device *cdev;

	if (!hwmon->levels)
		return 0;

	/* A thermal zone may ask for a state before the registration returns. */
	hwmon->state = qnap_mcu_fan_find_state(hwmon);
	hwmon->mode = QNAP_MCU_FAN_THERMAL;
	cdev = devm_thermal_of_child_cooling_device_register(dev, to_of_node(node),
							     "qnap-mcu-hwmon", hwmon,
							     &qnap_mcu_cooling_ops);
	if (IS_ERR(cdev))
		return dev_err_probe(dev, PTR_ERR(cdev), "Failed to register cooling device\n");

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

static struct qnap_mcu_hwmon *qnap_mcu_hwmon_alloc(struct platform_device *pdev)
{
	const struct qnap_mcu_hwmon_ops *ops = (void *)platform_get_device_id(pdev)->driver_data;
	struct device *dev = &pdev->dev;
	struct qnap_mcu_hwmon *hwmon;

	hwmon = devm_kzalloc(dev, sizeof(*hwmon), GFP_KERNEL);
	if (!hwmon)
		return NULL;

	hwmon->mcu = dev_get_drvdata(dev->parent);
	hwmon->variant = qnap_mcu_get_variant(hwmon->mcu);
	hwmon->ops = ops;
	hwmon->pwm.get = ops->get_pwm;
	hwmon->rpm.get = ops->get_rpm;
	hwmon->temp.get = ops->get_temp;
	platform_set_drvdata(pdev, hwmon);

	return hwmon;
}

static int qnap_mcu_hwmon_probe(struct platform_device *pdev)
{
	struct device *dev = &pdev->dev;
	struct fwnode_handle *node __free(fwnode_handle) =
		device_get_named_child_node(dev->parent, "fan-0");
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

	ret = qnap_mcu_fan_register_cooling(dev, hwmon, node);
	if (ret)
		return ret;

	return qnap_mcu_hwmon_register(dev, hwmon);
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

	hwmon->started = ktime_get_boottime();

	return qnap_mcu_fan_set(hwmon, hwmon->wanted);
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
