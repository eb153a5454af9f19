// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit tests for the fan and the temperature of the QNAP MCU: the fan never stops by accident
 */

#include <kunit/test.h>
#include <linux/completion.h>
#include <linux/ktime.h>
#include <linux/kthread.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/thermal.h>

#include "qnap-mcu-fixture.h"

#define ALWAYS	1000

/* How long a reading is kept. */
#define CACHE_MS	1000

/* What the fan is left at, at least. */
#define PWM_SAFE	128

static struct device *hwmon_device(struct kunit *test)
{
	return fixture_class_device(test, "qnap-mcu-hwmon", "hwmon", NULL);
}

static ssize_t write_attr(struct kunit *test, const char *name, const char *val)
{
	const ssize_t ret = fixture_store(test, hwmon_device(test), name, val);

	return ret < 0 ? ret : 0;
}

/* Returns the value, or LONG_MIN if it cannot be read. */
static long read_attr(struct kunit *test, const char *name)
{
	char *page = kunit_kzalloc(test, PAGE_SIZE, GFP_KERNEL);
	long val;

	KUNIT_ASSERT_NOT_NULL(test, page);
	if (fixture_show(test, hwmon_device(test), name, page) < 0 || kstrtol(page, 10, &val))
		val = LONG_MIN;
	kunit_kfree(test, page);

	return val;
}

static void expect_text(struct kunit *test, const char *name, const char *text)
{
	char *page = kunit_kzalloc(test, PAGE_SIZE, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, page);
	KUNIT_EXPECT_GT(test, fixture_show(test, hwmon_device(test), name, page), 0);
	KUNIT_EXPECT_STREQ(test, text, page);
}

static void expect_nothing_set(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, 0, fixture_count_sent(test, "@FW"));
}

static void add_ts433_with_fan_at(struct kunit *test, u8 pwm)
{
	fixture_mcu(test)->pwm = pwm;
	fixture_added(test, of_overlay_apply_kunit(test, qnap_mcu_ts433));
	fixture_wait_for_children(test);
}

static void unbind(struct kunit *test)
{
	device_release_driver(&fixture_child(test, "qnap-mcu-hwmon")->dev);
}

/* The cooling device, caught by a thermal zone that might bind to it */

static bool catch_cooling_device(struct thermal_zone_device *tz, const struct thermal_trip *trip,
				 struct thermal_cooling_device *cdev, struct cooling_spec *spec)
{
	struct thermal_cooling_device **caught = thermal_zone_device_priv(tz);

	if (!strcmp(cdev->type, "qnap-mcu-hwmon"))
		*caught = cdev;

	return false;
}

static int no_temperature(struct thermal_zone_device *tz, int *temperature)
{
	*temperature = 20000;

	return 0;
}

static struct thermal_cooling_device *cooling_device(struct kunit *test)
{
	static const struct thermal_zone_device_ops ops = {
		.should_bind = catch_cooling_device,
		.get_temp = no_temperature,
	};
	const struct thermal_trip trip = { .temperature = 50000, .type = THERMAL_TRIP_ACTIVE };
	struct thermal_cooling_device *cdev = NULL;
	struct thermal_zone_device *tz;

	tz = thermal_zone_device_register_with_trips("catcher", &trip, 1, &cdev, &ops, NULL, 0, 0);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, tz);
	thermal_zone_device_unregister(tz);
	KUNIT_ASSERT_NOT_NULL(test, cdev);

	return cdev;
}

static int set_state(struct kunit *test, unsigned long state)
{
	struct thermal_cooling_device *cdev = cooling_device(test);

	return cdev->ops->set_cur_state(cdev, state);
}

static long get_state(struct kunit *test)
{
	struct thermal_cooling_device *cdev = cooling_device(test);
	unsigned long state;

	return cdev->ops->get_cur_state(cdev, &state) ?: state;
}

/* Probe */

static void fan_does_not_jump_at_probe(struct kunit *test)
{
	add_ts433_with_fan_at(test, 77);
	expect_nothing_set(test);
	KUNIT_EXPECT_EQ(test, 77, read_attr(test, "pwm1"));
}

static void stopped_fan_stays_stopped_at_probe(struct kunit *test)
{
	add_ts433_with_fan_at(test, 0);
	expect_nothing_set(test);
	KUNIT_EXPECT_EQ(test, 0, read_attr(test, "pwm1"));
}

static void thermal_zone_is_in_charge_of_a_fan_in_the_device_tree(struct kunit *test)
{
	add_ts433_with_fan_at(test, 90);
	KUNIT_EXPECT_EQ(test, 2, read_attr(test, "pwm1_enable"));
}

static void user_is_in_charge_of_any_other_fan(struct kunit *test)
{
	fixture_added(test, of_overlay_apply_kunit(test, qnap_mcu_ts133));
	fixture_wait_for_children(test);
	KUNIT_EXPECT_EQ(test, 1, read_attr(test, "pwm1_enable"));
	KUNIT_EXPECT_EQ(test, -EINVAL, write_attr(test, "pwm1_enable", "2"));
	KUNIT_EXPECT_EQ(test, 1, read_attr(test, "pwm1_enable"));
	expect_nothing_set(test);
}

static void cooling_state_begins_where_the_fan_is(struct kunit *test)
{
	add_ts433_with_fan_at(test, 128);
	KUNIT_EXPECT_EQ(test, 3, get_state(test));
}

static void expect_no_hwmon(struct kunit *test)
{
	struct device *dev;

	fixture_wait_for_children(test);
	dev = fixture_find_child(test, "qnap-mcu-hwmon");
	KUNIT_ASSERT_NOT_NULL(test, dev);
	KUNIT_EXPECT_FALSE(test, device_is_bound(dev));
	expect_nothing_set(test);
}

static void cooling_level_above_255_is_an_error(struct kunit *test)
{
	fixture_added(test, of_overlay_apply_kunit(test, qnap_mcu_bad_levels));
	expect_no_hwmon(test);
	KUNIT_EXPECT_EQ(test, 1, fixture_count_logged(test, "256"));
}

static void fan_without_cooling_levels_is_an_error(struct kunit *test)
{
	fixture_added(test, of_overlay_apply_kunit(test, qnap_mcu_no_levels));
	expect_no_hwmon(test);
	KUNIT_EXPECT_EQ(test, 1, fixture_count_logged(test, "cooling-levels"));
}

static void fan_that_is_disabled_is_not_used_for_cooling(struct kunit *test)
{
	fixture_added(test, of_overlay_apply_kunit(test, qnap_mcu_no_cooling));
	fixture_wait_for_children(test);
	KUNIT_EXPECT_EQ(test, 1, read_attr(test, "pwm1_enable"));
	KUNIT_EXPECT_EQ(test, -EINVAL, write_attr(test, "pwm1_enable", "2"));
}

static void fan_that_cannot_be_asked_is_taken_for_a_fast_one(struct kunit *test)
{
	fixture_mcu(test)->pwm = 60;
	fake_mcu_expect_trouble(fixture_mcu(test), "@FZ", FAKE_REFUSE, ALWAYS, 0);
	fixture_added(test, of_overlay_apply_kunit(test, qnap_mcu_ts433));
	fixture_wait_for_children(test);
	expect_nothing_set(test);
	KUNIT_EXPECT_EQ(test, 7, get_state(test));

	unbind(test);
	KUNIT_EXPECT_EQ(test, 255, fixture_mcu(test)->pwm);
}

static void case_temperature_drives_the_fan(struct kunit *test)
{
	fixture_mcu(test)->temperature = 128 + 40;
	fixture_added(test, of_overlay_apply_kunit(test, qnap_mcu_zone));
	fixture_wait_for_children(test);
	msleep(10 * MSEC_PER_SEC);
	KUNIT_EXPECT_LE(test, fixture_mcu(test)->pwm, 90);

	fixture_mcu(test)->temperature = 128 + 50;
	for (int i = 0; i < 10; i++) {
		msleep(4 * MSEC_PER_SEC);
		fixture_mcu(test)->temperature++;
	}
	KUNIT_EXPECT_EQ(test, 221, fixture_mcu(test)->pwm);
}

/* Readings */

static void device_is_called_qnapmcu(struct kunit *test)
{
	expect_text(test, "name", "qnapmcu\n");
	expect_text(test, "fan1_label", "System fan\n");
	expect_text(test, "temp1_label", "Case\n");
}

static void fan_speed_uses_both_bytes(struct kunit *test)
{
	fixture_mcu(test)->speed[1] = 0x01;
	fixture_mcu(test)->speed[2] = 0x90;
	KUNIT_EXPECT_EQ(test, 12000, read_attr(test, "fan1_input"));
}

static void fan_speed_ignores_the_unknown_bytes(struct kunit *test)
{
	memcpy(fixture_mcu(test)->speed, "\xff\x00\x2b\xff", 4);
	KUNIT_EXPECT_EQ(test, 1290, read_attr(test, "fan1_input"));
}

struct degree {
	const char *name;
	u8 raw;
	long millidegree;
};

static const struct degree degrees[] = {
	{ "37 degrees", 0xa5, 37000 },
	{ "0 degrees", 0x80, 0 },
	{ "-5 degrees", 0x7b, -5000 },
	{ "lowest", 0x00, -128000 },
	{ "highest", 0xff, 127000 },
};

KUNIT_ARRAY_PARAM_DESC(degree, degrees, name);

static void temperature_is_right_on_both_sides_of_zero(struct kunit *test)
{
	const struct degree *degree = test->param_value;

	fixture_mcu(test)->temperature = degree->raw;
	KUNIT_EXPECT_EQ(test, degree->millidegree, read_attr(test, "temp1_input"));
}

struct reading {
	const char *name;
	const char *request;
};

static const struct reading readings[] = {
	{ "pwm1", "@FZ0" },
	{ "fan1_input", "@FA" },
	{ "temp1_input", "@T3" },
};

KUNIT_ARRAY_PARAM_DESC(reading, readings, name);

static void reading_is_asked_for_once_a_second(struct kunit *test)
{
	const struct reading *reading = test->param_value;

	msleep(CACHE_MS + 50);
	for (int i = 0; i < 1000; i++)
		KUNIT_EXPECT_NE(test, LONG_MIN, read_attr(test, reading->name));
	KUNIT_EXPECT_EQ(test, 1, fixture_count_sent(test, reading->request));

	msleep(CACHE_MS + 50);
	read_attr(test, reading->name);
	KUNIT_EXPECT_EQ(test, 2, fixture_count_sent(test, reading->request));
}

static void failed_reading_is_the_callers_to_see(struct kunit *test)
{
	const struct reading *reading = test->param_value;
	char *page = kunit_kzalloc(test, PAGE_SIZE, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, page);
	msleep(CACHE_MS + 50);
	fake_mcu_expect_trouble(fixture_mcu(test), reading->request, FAKE_REFUSE, ALWAYS, 0);
	KUNIT_EXPECT_EQ(test, -EREMOTEIO,
			fixture_show(test, hwmon_device(test), reading->name, page));
	fake_mcu_forget_trouble(fixture_mcu(test));
	KUNIT_EXPECT_NE(test, LONG_MIN, read_attr(test, reading->name));
}

static void standing_fan_is_a_fault_after_5_seconds(struct kunit *test)
{
	memset(fixture_mcu(test)->speed, 0, 4);
	msleep(3000);
	KUNIT_EXPECT_EQ(test, 0, read_attr(test, "fan1_fault"));
	msleep(3000);
	KUNIT_EXPECT_EQ(test, 1, read_attr(test, "fan1_fault"));
}

static void turning_fan_is_no_fault(struct kunit *test)
{
	msleep(6000);
	KUNIT_EXPECT_EQ(test, 0, read_attr(test, "fan1_fault"));
}

static void stopped_fan_is_no_fault(struct kunit *test)
{
	memset(fixture_mcu(test)->speed, 0, 4);
	KUNIT_EXPECT_EQ(test, 0, write_attr(test, "pwm1", "0"));
	msleep(6000);
	KUNIT_EXPECT_EQ(test, 0, read_attr(test, "fan1_fault"));
}

static void started_fan_has_5_seconds_to_turn(struct kunit *test)
{
	memset(fixture_mcu(test)->speed, 0, 4);
	KUNIT_EXPECT_EQ(test, 0, write_attr(test, "pwm1", "0"));
	msleep(10000);
	KUNIT_EXPECT_EQ(test, 0, write_attr(test, "pwm1", "100"));
	msleep(4000);
	KUNIT_EXPECT_EQ(test, 0, read_attr(test, "fan1_fault"));
	msleep(2000);
	KUNIT_EXPECT_EQ(test, 1, read_attr(test, "fan1_fault"));
}

/* By hand */

struct duty {
	const char *name;
	u8 pwm;
};

static const struct duty duties[] = {
	{ "0", 0 }, { "1", 51 }, { "50", 51 }, { "51", 51 }, { "128", 128 }, { "255", 255 },
};

KUNIT_ARRAY_PARAM_DESC(duty, duties, name);

static void pwm1_sets_the_fan_to_what_it_can(struct kunit *test)
{
	const struct duty *duty = test->param_value;

	KUNIT_EXPECT_EQ(test, 0, write_attr(test, "pwm1_enable", "1"));
	KUNIT_EXPECT_EQ(test, 0, write_attr(test, "pwm1", duty->name));
	KUNIT_EXPECT_EQ(test, duty->pwm, fixture_mcu(test)->pwm);
	KUNIT_EXPECT_EQ(test, duty->pwm, read_attr(test, "pwm1"));
}

struct nonsense {
	const char *name;
	const char *attr;
	const char *val;
};

static const struct nonsense nonsenses[] = {
	{ "pwm1 below 0", "pwm1", "-1" },
	{ "pwm1 above 255", "pwm1", "256" },
	{ "pwm1 far above 255", "pwm1", "99999999999999999999" },
	{ "pwm1 text", "pwm1", "fast" },
	{ "pwm1 nothing", "pwm1", "" },
	{ "pwm1_enable 3", "pwm1_enable", "3" },
	{ "pwm1_enable -1", "pwm1_enable", "-1" },
	{ "pwm1_enable text", "pwm1_enable", "auto" },
};

KUNIT_ARRAY_PARAM_DESC(nonsense, nonsenses, name);

static void nonsense_is_refused_and_changes_nothing(struct kunit *test)
{
	const struct nonsense *nonsense = test->param_value;
	const ssize_t error = write_attr(test, nonsense->attr, nonsense->val);

	KUNIT_EXPECT_TRUE(test, error == -EINVAL || error == -ERANGE);
	KUNIT_EXPECT_EQ(test, 90, read_attr(test, "pwm1"));
	KUNIT_EXPECT_EQ(test, 2, read_attr(test, "pwm1_enable"));
	expect_nothing_set(test);
}

static void failed_pwm1_is_the_callers_to_see_and_changes_nothing(struct kunit *test)
{
	fake_mcu_expect_trouble(fixture_mcu(test), "@FW", FAKE_REFUSE, ALWAYS, 0);
	KUNIT_EXPECT_EQ(test, -EREMOTEIO, write_attr(test, "pwm1", "200"));
	KUNIT_EXPECT_EQ(test, 90, read_attr(test, "pwm1"));
	KUNIT_EXPECT_EQ(test, -EREMOTEIO, write_attr(test, "pwm1_enable", "0"));
	KUNIT_EXPECT_EQ(test, 2, read_attr(test, "pwm1_enable"));
}

static void pwm1_enable_0_is_full_speed(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, 0, write_attr(test, "pwm1_enable", "0"));
	KUNIT_EXPECT_EQ(test, 255, fixture_mcu(test)->pwm);
	KUNIT_EXPECT_EQ(test, -EBUSY, write_attr(test, "pwm1", "100"));
	KUNIT_EXPECT_EQ(test, 0, set_state(test, 2));
	KUNIT_EXPECT_EQ(test, 255, fixture_mcu(test)->pwm);
}

/* Taking over and handing back */

static void taking_over_keeps_the_speed(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, 0, write_attr(test, "pwm1_enable", "1"));
	KUNIT_EXPECT_EQ(test, 90, fixture_mcu(test)->pwm);
	expect_nothing_set(test);
}

static void thermal_zone_does_not_change_a_fan_that_was_taken_over(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, 0, write_attr(test, "pwm1_enable", "1"));
	KUNIT_EXPECT_EQ(test, 0, write_attr(test, "pwm1", "200"));
	KUNIT_EXPECT_EQ(test, 0, set_state(test, 7));
	KUNIT_EXPECT_EQ(test, 7, get_state(test));
	KUNIT_EXPECT_EQ(test, 200, fixture_mcu(test)->pwm);
}

static void handing_back_gives_the_thermal_zone_what_it_wants(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, 0, write_attr(test, "pwm1_enable", "1"));
	KUNIT_EXPECT_EQ(test, 0, set_state(test, 7));
	KUNIT_EXPECT_EQ(test, 0, write_attr(test, "pwm1_enable", "2"));
	KUNIT_EXPECT_EQ(test, 238, fixture_mcu(test)->pwm);
	KUNIT_EXPECT_EQ(test, 0, set_state(test, 1));
	KUNIT_EXPECT_EQ(test, 64, fixture_mcu(test)->pwm);
}

static void cooling_states_set_the_levels_of_the_device_tree(struct kunit *test)
{
	static const u8 levels[] = { 0, 64, 89, 128, 166, 204, 221, 238 };
	struct thermal_cooling_device *cdev = cooling_device(test);

	KUNIT_EXPECT_EQ(test, ARRAY_SIZE(levels) - 1, cdev->max_state);
	for (size_t state = ARRAY_SIZE(levels); state--;) {
		KUNIT_EXPECT_EQ(test, 0, set_state(test, state));
		KUNIT_EXPECT_EQ(test, levels[state], fixture_mcu(test)->pwm);
		KUNIT_EXPECT_EQ(test, state, get_state(test));
	}
}

static void cooling_state_that_does_not_exist_is_refused(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, -EINVAL, set_state(test, 8));
	expect_nothing_set(test);
}

static void failed_cooling_state_is_repeated_until_it_is_set(struct kunit *test)
{
	fake_mcu_expect_trouble(fixture_mcu(test), "@FW", FAKE_REFUSE, ALWAYS, 0);
	KUNIT_EXPECT_EQ(test, -EREMOTEIO, set_state(test, 7));
	KUNIT_EXPECT_EQ(test, 7, get_state(test));
	msleep(5000);
	KUNIT_EXPECT_EQ(test, 90, fixture_mcu(test)->pwm);

	fake_mcu_forget_trouble(fixture_mcu(test));
	msleep(2000);
	KUNIT_EXPECT_EQ(test, 238, fixture_mcu(test)->pwm);
	fixture_forget_sent(test);
	msleep(5000);
	expect_nothing_set(test);
}

/* As two flips of the same bit do, which the checksum does not see. */
static void duty_cycle_that_came_out_wrong_is_set_again(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, 0, set_state(test, 7));
	fixture_mcu(test)->pwm = 12;
	msleep(1500);
	KUNIT_EXPECT_EQ(test, 238, fixture_mcu(test)->pwm);

	fixture_forget_sent(test);
	msleep(5000);
	KUNIT_EXPECT_EQ(test, 1, fixture_count_sent(test, "@FZ"));
	expect_nothing_set(test);
}

static void mcu_that_takes_another_duty_cycle_is_not_argued_with(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, 0, set_state(test, 7));
	fixture_forget_sent(test);
	for (int i = 0; i < 20; i++) {
		fixture_mcu(test)->pwm = 12;
		msleep(1100);
	}
	KUNIT_EXPECT_EQ(test, 3, fixture_count_sent(test, "@FW"));
	KUNIT_EXPECT_EQ(test, 4, fixture_count_sent(test, "@FZ"));
}

static void failed_cooling_state_does_not_come_back_after_a_take_over(struct kunit *test)
{
	fake_mcu_expect_trouble(fixture_mcu(test), "@FW", FAKE_REFUSE, 16, 0);
	KUNIT_EXPECT_EQ(test, -EREMOTEIO, set_state(test, 7));
	KUNIT_EXPECT_EQ(test, 0, write_attr(test, "pwm1_enable", "1"));
	KUNIT_EXPECT_EQ(test, 0, write_attr(test, "pwm1", "100"));
	msleep(5000);
	KUNIT_EXPECT_EQ(test, 100, fixture_mcu(test)->pwm);
}

static void failed_cooling_state_does_not_come_back_after_shutdown(struct kunit *test)
{
	struct platform_device *pdev = fixture_child(test, "qnap-mcu-hwmon");

	fake_mcu_expect_trouble(fixture_mcu(test), "@FW", FAKE_REFUSE, 16, 0);
	KUNIT_EXPECT_EQ(test, -EREMOTEIO, set_state(test, 0));
	pdev->dev.bus->shutdown(&pdev->dev);
	msleep(5000);
	KUNIT_EXPECT_EQ(test, PWM_SAFE, fixture_mcu(test)->pwm);
}

/**
 * struct regulator - a thread that keeps changing the fan
 * @test: test
 * @set: changes it to something that depends on the number
 * @cdev: cooling device, if it is changed by that
 * @dev: hwmon device, if it is changed by that
 * @done: it has ended
 */
struct regulator {
	struct kunit *test;
	int (*set)(struct regulator *regulator, int i);
	struct thermal_cooling_device *cdev;
	struct device *dev;
	struct completion done;
};

static int set_by_hand(struct regulator *regulator, int i)
{
	return fixture_store(regulator->test, regulator->dev, "pwm1", i % 2 ? "60" : "70") < 0;
}

static int set_by_zone(struct regulator *regulator, int i)
{
	return regulator->cdev->ops->set_cur_state(regulator->cdev, i % 8);
}

static int regulator_thread(void *data)
{
	struct regulator *regulator = data;

	for (int i = 0; i < 50; i++)
		regulator->set(regulator, i);
	complete(&regulator->done);

	return 0;
}

static void parallel_regulators_do_not_confuse_the_driver(struct kunit *test)
{
	struct regulator regulators[] = {
		{ .set = set_by_hand, .dev = hwmon_device(test) },
		{ .set = set_by_zone, .cdev = cooling_device(test) },
	};

	for (int i = 0; i < 2; i++) {
		regulators[i].test = test;
		init_completion(&regulators[i].done);
		kthread_run(regulator_thread, &regulators[i], "regulator");
	}
	for (int i = 0; i < 2; i++)
		wait_for_completion(&regulators[i].done);
	KUNIT_EXPECT_EQ(test, fixture_mcu(test)->pwm, read_attr(test, "pwm1"));
	KUNIT_EXPECT_EQ(test, 100, fixture_count_sent(test, "@FW"));
}

/* Leaving and coming back */

struct leave {
	const char *name;
	const char *before;
	u8 after;
};

static const struct leave leaves[] = {
	{ "stopped", "0", PWM_SAFE },
	{ "slow", "60", PWM_SAFE },
	{ "at the safe speed", "128", PWM_SAFE },
	{ "fast", "200", 200 },
};

KUNIT_ARRAY_PARAM_DESC(leave, leaves, name);

static void unloading_leaves_the_fan_at_a_safe_speed(struct kunit *test)
{
	const struct leave *leave = test->param_value;

	KUNIT_EXPECT_EQ(test, 0, write_attr(test, "pwm1", leave->before));
	unbind(test);
	KUNIT_EXPECT_EQ(test, leave->after, fixture_mcu(test)->pwm);
}

static void shutdown_leaves_the_fan_at_a_safe_speed(struct kunit *test)
{
	const struct leave *leave = test->param_value;
	struct platform_device *pdev = fixture_child(test, "qnap-mcu-hwmon");

	KUNIT_EXPECT_EQ(test, 0, write_attr(test, "pwm1", leave->before));
	pdev->dev.bus->shutdown(&pdev->dev);
	KUNIT_EXPECT_EQ(test, leave->after, fixture_mcu(test)->pwm);
}

static void nobody_changes_the_fan_after_shutdown(struct kunit *test)
{
	struct platform_device *pdev = fixture_child(test, "qnap-mcu-hwmon");

	pdev->dev.bus->shutdown(&pdev->dev);
	KUNIT_EXPECT_EQ(test, -ESHUTDOWN, set_state(test, 0));
	KUNIT_EXPECT_EQ(test, -ESHUTDOWN, write_attr(test, "pwm1", "0"));
	KUNIT_EXPECT_EQ(test, PWM_SAFE, fixture_mcu(test)->pwm);
}

static void resume_gives_the_fan_its_speed_again(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, 0, write_attr(test, "pwm1", "200"));
	fixture_suspend(test);
	fixture_mcu(test)->pwm = 0;
	fixture_resume(test);
	KUNIT_EXPECT_EQ(test, 200, fixture_mcu(test)->pwm);
}

static void driver_can_be_bound_again(struct kunit *test)
{
	struct platform_device *pdev = fixture_child(test, "qnap-mcu-hwmon");

	for (int i = 0; i < 5; i++) {
		unbind(test);
		KUNIT_EXPECT_EQ(test, 1, device_attach(&pdev->dev));
	}
	KUNIT_EXPECT_EQ(test, PWM_SAFE, read_attr(test, "pwm1"));
}

static struct kunit_case qnap_mcu_hwmon_probe_cases[] = {
	KUNIT_CASE(fan_does_not_jump_at_probe),
	KUNIT_CASE(stopped_fan_stays_stopped_at_probe),
	KUNIT_CASE(thermal_zone_is_in_charge_of_a_fan_in_the_device_tree),
	KUNIT_CASE(user_is_in_charge_of_any_other_fan),
	KUNIT_CASE(cooling_state_begins_where_the_fan_is),
	KUNIT_CASE(cooling_level_above_255_is_an_error),
	KUNIT_CASE(fan_without_cooling_levels_is_an_error),
	KUNIT_CASE(fan_that_is_disabled_is_not_used_for_cooling),
	KUNIT_CASE(fan_that_cannot_be_asked_is_taken_for_a_fast_one),
	KUNIT_CASE_SLOW(case_temperature_drives_the_fan),
	{}
};

static struct kunit_suite qnap_mcu_hwmon_probe_suite = {
	.name = "qnap_mcu_hwmon_probe",
	.init = qnap_mcu_fixture_init,
	.test_cases = qnap_mcu_hwmon_probe_cases,
};

static struct kunit_case qnap_mcu_hwmon_cases[] = {
	KUNIT_CASE(device_is_called_qnapmcu),
	KUNIT_CASE(fan_speed_uses_both_bytes),
	KUNIT_CASE(fan_speed_ignores_the_unknown_bytes),
	KUNIT_CASE_PARAM(temperature_is_right_on_both_sides_of_zero, degree_gen_params),
	KUNIT_CASE_PARAM_ATTR(reading_is_asked_for_once_a_second, reading_gen_params,
			      { .speed = KUNIT_SPEED_SLOW }),
	KUNIT_CASE_PARAM_ATTR(failed_reading_is_the_callers_to_see, reading_gen_params,
			      { .speed = KUNIT_SPEED_SLOW }),
	KUNIT_CASE_SLOW(standing_fan_is_a_fault_after_5_seconds),
	KUNIT_CASE_SLOW(turning_fan_is_no_fault),
	KUNIT_CASE_SLOW(stopped_fan_is_no_fault),
	KUNIT_CASE_SLOW(started_fan_has_5_seconds_to_turn),
	KUNIT_CASE_PARAM(pwm1_sets_the_fan_to_what_it_can, duty_gen_params),
	KUNIT_CASE_PARAM(nonsense_is_refused_and_changes_nothing, nonsense_gen_params),
	KUNIT_CASE(failed_pwm1_is_the_callers_to_see_and_changes_nothing),
	KUNIT_CASE(pwm1_enable_0_is_full_speed),
	KUNIT_CASE(taking_over_keeps_the_speed),
	KUNIT_CASE(thermal_zone_does_not_change_a_fan_that_was_taken_over),
	KUNIT_CASE(handing_back_gives_the_thermal_zone_what_it_wants),
	KUNIT_CASE(cooling_states_set_the_levels_of_the_device_tree),
	KUNIT_CASE(cooling_state_that_does_not_exist_is_refused),
	KUNIT_CASE_SLOW(failed_cooling_state_is_repeated_until_it_is_set),
	KUNIT_CASE_SLOW(duty_cycle_that_came_out_wrong_is_set_again),
	KUNIT_CASE_SLOW(mcu_that_takes_another_duty_cycle_is_not_argued_with),
	KUNIT_CASE_SLOW(failed_cooling_state_does_not_come_back_after_a_take_over),
	KUNIT_CASE_SLOW(failed_cooling_state_does_not_come_back_after_shutdown),
	KUNIT_CASE(parallel_regulators_do_not_confuse_the_driver),
	KUNIT_CASE_PARAM(unloading_leaves_the_fan_at_a_safe_speed, leave_gen_params),
	KUNIT_CASE_PARAM(shutdown_leaves_the_fan_at_a_safe_speed, leave_gen_params),
	KUNIT_CASE(nobody_changes_the_fan_after_shutdown),
	KUNIT_CASE(resume_gives_the_fan_its_speed_again),
	KUNIT_CASE(driver_can_be_bound_again),
	{}
};

static struct kunit_suite qnap_mcu_hwmon_suite = {
	.name = "qnap_mcu_hwmon",
	.init = qnap_mcu_fixture_init_ts433,
	.test_cases = qnap_mcu_hwmon_cases,
};

kunit_test_suites(&qnap_mcu_hwmon_probe_suite, &qnap_mcu_hwmon_suite);

MODULE_AUTHOR("the qnap-mcu developers");
MODULE_DESCRIPTION("KUnit tests for fan and temperature of QNAP's microcontroller");
MODULE_LICENSE("GPL");
