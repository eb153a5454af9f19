// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit tests for the QNAP MCU core: the port, the MCU that answers or does not, the drivers that
 * come and go, sleep
 */

#include <kunit/test.h>
#include <linux/debugfs.h>
#include <linux/ktime.h>
#include <linux/mfd/qnap-mcu.h>
#include <linux/serdev.h>

#include "qnap-mcu-fixture.h"

#define ALWAYS	100000

static void add_ts433(struct kunit *test)
{
	fixture_added(test, of_overlay_apply_kunit(test, qnap_mcu_ts433));
}

static void silence_mcu(struct kunit *test)
{
	fake_mcu_expect_trouble(fixture_mcu(test), "", FAKE_LOSE_REQUEST, ALWAYS, 0);
}

static bool is_bound(struct kunit *test)
{
	return device_is_bound(&fixture_box(test)->serdev->dev);
}

static void unbind(struct kunit *test)
{
	device_release_driver(&fixture_box(test)->serdev->dev);
}

static void bind(struct kunit *test)
{
	KUNIT_EXPECT_GE(test, device_attach(&fixture_box(test)->serdev->dev), 0);
	wait_for_device_probe();
}

static void port_is_set_to_115200_baud_without_parity_and_flow_control(struct kunit *test)
{
	struct fake_port *port = &fixture_box(test)->port;

	add_ts433(test);
	KUNIT_EXPECT_TRUE(test, port->is_open);
	KUNIT_EXPECT_EQ(test, 115200, port->baud_rate);
	KUNIT_EXPECT_EQ(test, SERDEV_PARITY_NONE, port->parity);
	KUNIT_EXPECT_FALSE(test, port->flow_control);
}

static void port_that_does_not_open_is_an_error(struct kunit *test)
{
	fixture_box(test)->port.open_error = -EBUSY;
	add_ts433(test);
	KUNIT_EXPECT_FALSE(test, is_bound(test));
}

static void port_without_parity_setting_is_an_error(struct kunit *test)
{
	fixture_box(test)->port.parity_error = -EINVAL;
	add_ts433(test);
	KUNIT_EXPECT_FALSE(test, is_bound(test));
	KUNIT_EXPECT_FALSE(test, fixture_box(test)->port.is_open);
}

static void port_at_another_rate_is_an_error(struct kunit *test)
{
	fixture_box(test)->port.forced_rate = 9600;
	add_ts433(test);
	KUNIT_EXPECT_FALSE(test, is_bound(test));
	KUNIT_EXPECT_EQ(test, 0, fixture_box(test)->port.num_sent);
	KUNIT_EXPECT_EQ(test, 1, fixture_count_logged(test, "9600"));
}

static void port_near_the_rate_will_do(struct kunit *test)
{
	fixture_box(test)->port.forced_rate = 113636;
	add_ts433(test);
	KUNIT_EXPECT_TRUE(test, is_bound(test));
}

static void unknown_mcu_is_left_alone(struct kunit *test)
{
	fixture_added(test, of_overlay_apply_kunit(test, qnap_mcu_unknown));
	KUNIT_EXPECT_FALSE(test, is_bound(test));
	KUNIT_EXPECT_FALSE(test, fixture_box(test)->port.is_open);
}

static void expect_function(struct kunit *test, const char *name)
{
	struct device *dev = fixture_find_child(test, name);

	KUNIT_ASSERT_NOT_NULL_MSG(test, dev, "no %s", name);
	KUNIT_EXPECT_TRUE_MSG(test, device_is_bound(dev), "%s has no driver", name);
}

static void all_functions_appear(struct kunit *test)
{
	add_ts433(test);
	fixture_wait_for_children(test);
	expect_function(test, "qnap-mcu-leds");
	expect_function(test, "qnap-mcu-hwmon");
	expect_function(test, "qnap-mcu-input");
	expect_function(test, "qnap-mcu-poweroff");
	expect_function(test, "qnap-mcu-eeprom");
}

static void silent_mcu_does_not_delay_the_boot(struct kunit *test)
{
	const ktime_t start = ktime_get();

	silence_mcu(test);
	add_ts433(test);
	KUNIT_EXPECT_TRUE(test, is_bound(test));
	KUNIT_EXPECT_LE(test, ktime_ms_delta(ktime_get(), start), 50);
}

static void silent_mcu_gets_its_functions_once_it_answers(struct kunit *test)
{
	silence_mcu(test);
	add_ts433(test);
	msleep(60 * MSEC_PER_SEC);
	KUNIT_EXPECT_NULL(test, fixture_find_child(test, "qnap-mcu-leds"));

	fake_mcu_forget_trouble(fixture_mcu(test));
	msleep(14 * MSEC_PER_SEC);
	fixture_wait_for_children(test);
}

static void silent_mcu_is_logged_once(struct kunit *test)
{
	silence_mcu(test);
	add_ts433(test);
	msleep(60 * MSEC_PER_SEC);
	KUNIT_EXPECT_EQ(test, 1, fixture_count_logged(test, "MCU does not answer"));
}

static void silent_mcu_is_asked_less_and_less_often(struct kunit *test)
{
	static const unsigned int pauses_s[] = { 1, 2, 4, 8, 10, 10 };
	struct fake_port *port = &fixture_box(test)->port;
	size_t pause = 0;

	silence_mcu(test);
	add_ts433(test);
	msleep(65 * MSEC_PER_SEC);
	for (size_t i = 1; i < port->num_sent && pause < ARRAY_SIZE(pauses_s); i++) {
		const s64 ms = ktime_ms_delta(port->sent[i].when, port->sent[i - 1].when);

		/* The last wait for a reply, 400 ms at most, comes before the pause. */
		if (ms <= 500)
			continue;
		/* Timers are the coarser the longer they run. */
		KUNIT_EXPECT_GE(test, ms, pauses_s[pause] * 1000);
		KUNIT_EXPECT_LE(test, ms, pauses_s[pause] * 1125 + 500);
		pause++;
	}
	KUNIT_EXPECT_EQ(test, ARRAY_SIZE(pauses_s), pause);
}

static void driver_of_a_silent_mcu_can_be_unbound(struct kunit *test)
{
	silence_mcu(test);
	add_ts433(test);
	msleep(1000);
	unbind(test);
	KUNIT_EXPECT_FALSE(test, fixture_box(test)->port.is_open);
}

static void functions_go_with_the_driver(struct kunit *test)
{
	add_ts433(test);
	fixture_wait_for_children(test);
	unbind(test);
	KUNIT_EXPECT_NULL(test, fixture_find_child(test, "qnap-mcu-leds"));
	KUNIT_EXPECT_NULL(test, fixture_find_child(test, "qnap-mcu-eeprom"));
	KUNIT_EXPECT_FALSE(test, fixture_box(test)->port.is_open);
	KUNIT_EXPECT_EQ(test, 0, fixture_box(test)->port.misused);
}

static void driver_can_be_bound_again_and_again(struct kunit *test)
{
	add_ts433(test);
	for (int i = 0; i < 20; i++) {
		fixture_wait_for_children(test);
		unbind(test);
		bind(test);
	}
	fixture_wait_for_children(test);
}

static void driver_can_be_unbound_at_any_time(struct kunit *test)
{
	add_ts433(test);
	for (int i = 0; i < 40; i++) {
		usleep_range(500 * i, 500 * i + 100);
		unbind(test);
		bind(test);
	}
	fixture_wait_for_children(test);
	KUNIT_EXPECT_EQ(test, 0, fixture_box(test)->port.misused);
}

static void firmware_version_can_be_read(struct kunit *test)
{
	char *page = kunit_kzalloc(test, PAGE_SIZE, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, page);
	add_ts433(test);
	fixture_wait_for_children(test);
	KUNIT_EXPECT_EQ(test, 5, fixture_show(test, &fixture_box(test)->serdev->dev,
					      "firmware_version", page));
	KUNIT_EXPECT_STREQ(test, page, "0051\n");
}

static void firmware_version_is_one_line_whatever_the_mcu_says(struct kunit *test)
{
	char *page = kunit_kzalloc(test, PAGE_SIZE, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, page);
	memcpy(fixture_mcu(test)->version, "1\n\0\x01", 4);
	add_ts433(test);
	fixture_wait_for_children(test);
	KUNIT_EXPECT_GT(test, fixture_show(test, &fixture_box(test)->serdev->dev,
					   "firmware_version", page), 0);
	KUNIT_EXPECT_STREQ(test, page, "1\\n\\0\\001\n");
}

static void firmware_version_of_a_silent_mcu_is_not_known(struct kunit *test)
{
	char *page = kunit_kzalloc(test, PAGE_SIZE, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, page);
	silence_mcu(test);
	add_ts433(test);
	KUNIT_EXPECT_EQ(test, -ENODATA, fixture_show(test, &fixture_box(test)->serdev->dev,
						     "firmware_version", page));
}

static void two_mcus_work_side_by_side(struct kunit *test)
{
	fixture_added(test, of_overlay_apply_kunit(test, qnap_mcu_pair));
	for (size_t box = 0; box < 2; box++) {
		fixture_select(test, box);
		fixture_wait_for_children(test);
	}

	KUNIT_EXPECT_EQ(test, 0, fixture_exec_ack(test, "@C2", 3));
	KUNIT_EXPECT_EQ(test, 1, fixture_mcu(test)->num_beeps);
	KUNIT_EXPECT_EQ(test, 2, qnap_mcu_get_variant(fixture_qnap_mcu(test))->num_drives);

	fixture_select(test, 0);
	KUNIT_EXPECT_EQ(test, 0, fixture_mcu(test)->num_beeps);
	KUNIT_EXPECT_EQ(test, 4, qnap_mcu_get_variant(fixture_qnap_mcu(test))->num_drives);
}

static void one_of_two_mcus_can_go(struct kunit *test)
{
	fixture_added(test, of_overlay_apply_kunit(test, qnap_mcu_pair));
	for (size_t box = 0; box < 2; box++) {
		fixture_select(test, box);
		fixture_wait_for_children(test);
	}

	unbind(test);
	fixture_select(test, 0);
	expect_function(test, "qnap-mcu-leds");
	KUNIT_EXPECT_EQ(test, 0, fixture_exec_ack(test, "@C2", 3));
}

static void sleeping_system_does_not_talk_to_the_mcu(struct kunit *test)
{
	add_ts433(test);
	fixture_wait_for_children(test);
	fixture_suspend(test);
	fixture_forget_sent(test);
	KUNIT_EXPECT_EQ(test, -ESHUTDOWN, fixture_exec_ack(test, "@C2", 3));
	msleep(20 * MSEC_PER_SEC);
	KUNIT_EXPECT_EQ(test, 0, fixture_box(test)->port.num_sent);
	fixture_resume(test);
	KUNIT_EXPECT_EQ(test, 0, fixture_exec_ack(test, "@C2", 3));
}

static void silent_mcu_is_left_alone_while_the_system_sleeps(struct kunit *test)
{
	silence_mcu(test);
	add_ts433(test);
	fixture_suspend(test);
	fixture_forget_sent(test);
	msleep(20 * MSEC_PER_SEC);
	KUNIT_EXPECT_EQ(test, 0, fixture_box(test)->port.num_sent);

	fake_mcu_forget_trouble(fixture_mcu(test));
	fixture_resume(test);
	fixture_wait_for_children(test);
}

static struct kunit_case qnap_mcu_core_cases[] = {
	KUNIT_CASE(port_is_set_to_115200_baud_without_parity_and_flow_control),
	KUNIT_CASE(port_that_does_not_open_is_an_error),
	KUNIT_CASE(port_without_parity_setting_is_an_error),
	KUNIT_CASE(port_at_another_rate_is_an_error),
	KUNIT_CASE(port_near_the_rate_will_do),
	KUNIT_CASE(unknown_mcu_is_left_alone),
	KUNIT_CASE(all_functions_appear),
	KUNIT_CASE_SLOW(silent_mcu_does_not_delay_the_boot),
	KUNIT_CASE_SLOW(silent_mcu_gets_its_functions_once_it_answers),
	KUNIT_CASE_SLOW(silent_mcu_is_logged_once),
	KUNIT_CASE_SLOW(silent_mcu_is_asked_less_and_less_often),
	KUNIT_CASE_SLOW(driver_of_a_silent_mcu_can_be_unbound),
	KUNIT_CASE(functions_go_with_the_driver),
	KUNIT_CASE(driver_can_be_bound_again_and_again),
	KUNIT_CASE_SLOW(driver_can_be_unbound_at_any_time),
	KUNIT_CASE(firmware_version_can_be_read),
	KUNIT_CASE(firmware_version_is_one_line_whatever_the_mcu_says),
	KUNIT_CASE(firmware_version_of_a_silent_mcu_is_not_known),
	KUNIT_CASE(two_mcus_work_side_by_side),
	KUNIT_CASE(one_of_two_mcus_can_go),
	KUNIT_CASE_SLOW(sleeping_system_does_not_talk_to_the_mcu),
	KUNIT_CASE_SLOW(silent_mcu_is_left_alone_while_the_system_sleeps),
	{}
};

static struct kunit_suite qnap_mcu_core_suite = {
	.name = "qnap_mcu_core",
	.init = qnap_mcu_fixture_init,
	.test_cases = qnap_mcu_core_cases,
};

kunit_test_suite(qnap_mcu_core_suite);

MODULE_AUTHOR("the qnap-mcu developers");
MODULE_DESCRIPTION("KUnit tests for the core driver of QNAP's microcontroller");
MODULE_LICENSE("GPL");
