// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit tests for the LEDs of the QNAP MCU: what is asked of the LED core is what the LED does
 */

#include <kunit/test.h>
#include <linux/completion.h>
#include <linux/irqflags.h>
#include <linux/kallsyms.h>
#include <linux/kthread.h>
#include <linux/ktime.h>
#include <linux/leds.h>
#include <linux/panic.h>
#include <linux/panic_notifier.h>
#include <linux/string.h>
#include <linux/sysfs.h>

#include "qnap-mcu-fixture.h"

#define ALWAYS	1000

/* What the status LED shows, by the last character of the command. */
#define STATUS_DARK		'9'
#define STATUS_GREEN		'6'
#define STATUS_RED		'7'
#define STATUS_BOTH		'D'

/* How often two threads fight for the status LED. */
#define FIGHTS	50

static struct led_classdev *led(struct kunit *test, const char *name)
{
	return dev_get_drvdata(fixture_class_device(test, "qnap-mcu-leds", "leds", name));
}

static void set(struct kunit *test, struct led_classdev *cdev, const char *brightness)
{
	KUNIT_EXPECT_GT(test, fixture_store(test, cdev->dev, "brightness", brightness), 0);
	flush_work(&cdev->set_brightness_work);
}

static void blink(struct led_classdev *cdev, unsigned long on_ms, unsigned long off_ms)
{
	led_blink_set(cdev, &on_ms, &off_ms);
}

static void set_trigger(struct kunit *test, struct led_classdev *cdev, const char *trigger)
{
	const struct attribute_group * const *groups = cdev->dev->class->dev_groups;
	char name[32];

	strscpy(name, trigger, sizeof(name));
	for (; *groups; groups++) {
		typeof(*(*groups)->bin_attrs) attr =
			(*groups)->bin_attrs ? *(*groups)->bin_attrs : NULL;

		if (!attr || strcmp(attr->attr.name, "trigger"))
			continue;
		KUNIT_EXPECT_EQ(test, strlen(name),
				attr->write(NULL, &cdev->dev->kobj, attr, name, 0, strlen(name)));
		return;
	}
	KUNIT_FAIL(test, "no triggers");
}

static void leds_of_a_ts433_have_their_names(struct kunit *test)
{
	static const char * const names[] = {
		"hdd1:red:status", "hdd2:red:status", "hdd3:red:status", "hdd4:red:status",
		"usb:blue:disk", "red:status", "green:status",
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		KUNIT_EXPECT_EQ(test, 1, led(test, names[i])->max_brightness);
}

static bool has_prefix(struct device *dev, const void *prefix)
{
	return dev->class && !strcmp(dev->class->name, "leds") &&
	       strstarts(dev_name(dev), prefix);
}

/* Of two MCUs, one has its LEDs renamed: the name is only the beginning. */
static struct led_classdev *led_like(struct kunit *test, const char *name)
{
	struct device *dev = fixture_find_below(&fixture_child(test, "qnap-mcu-leds")->dev,
						has_prefix, name);

	KUNIT_ASSERT_NOT_NULL(test, dev);

	return dev_get_drvdata(dev);
}

static int count_led(struct device *dev, void *data)
{
	size_t *count = data;

	*count += dev->class && !strcmp(dev->class->name, "leds");

	return 0;
}

static void ts133_has_one_bay_and_no_usb_led(struct kunit *test)
{
	size_t count = 0;

	fixture_added(test, of_overlay_apply_kunit(test, qnap_mcu_ts133));
	fixture_wait_for_children(test);
	led(test, "hdd1:red:status");
	led(test, "red:status");
	led(test, "green:status");
	device_for_each_child(&fixture_child(test, "qnap-mcu-leds")->dev, &count, count_led);
	KUNIT_EXPECT_EQ(test, 3, count);
}

static void leds_are_left_alone_at_probe(struct kunit *test)
{
	fixture_added(test, of_overlay_apply_kunit(test, qnap_mcu_ts433));
	fixture_wait_for_children(test);
	KUNIT_EXPECT_EQ(test, 0, fixture_count_sent(test, "@R"));
	KUNIT_EXPECT_EQ(test, 0, fixture_count_sent(test, "@C"));
}

static void leds_show_what_the_board_says(struct kunit *test)
{
	struct fake_mcu *mcu;

	fixture_added(test, of_overlay_apply_kunit(test, qnap_mcu_leds));
	fixture_wait_for_children(test);
	mcu = fixture_mcu(test);
	KUNIT_EXPECT_EQ(test, '1', mcu->bay_led[0]);
	KUNIT_EXPECT_EQ(test, '0', mcu->bay_led[1]);
	KUNIT_EXPECT_EQ(test, 1, led(test, "hdd2:red:status")->brightness);
	KUNIT_EXPECT_EQ(test, STATUS_GREEN, mcu->status_led);
	KUNIT_EXPECT_EQ(test, 0, led(test, "red:status")->brightness);
	KUNIT_EXPECT_EQ(test, 1, led(test, "green:status")->brightness);
}

/* Not even for the moment until the other half has its command. */
static void lit_half_does_not_go_dark_at_first(struct kunit *test)
{
	fixture_added(test, of_overlay_apply_kunit(test, qnap_mcu_leds));
	fixture_wait_for_children(test);
	KUNIT_EXPECT_GE(test, fixture_count_sent(test, "@C6"), 1);
	KUNIT_EXPECT_EQ(test, 0, fixture_count_sent(test, "@C9"));
}

static void leds_are_left_alone_if_the_board_says_so(struct kunit *test)
{
	fixture_added(test, of_overlay_apply_kunit(test, qnap_mcu_leds));
	fixture_wait_for_children(test);
	led(test, "usb:blue:disk");
	led(test, "hdd4:red:status");
	KUNIT_EXPECT_EQ(test, '?', fixture_mcu(test)->usb_led);
	KUNIT_EXPECT_EQ(test, '?', fixture_mcu(test)->bay_led[3]);
}

static void led_begins_with_the_trigger_of_the_board(struct kunit *test)
{
	struct led_classdev *cdev;

	fixture_added(test, of_overlay_apply_kunit(test, qnap_mcu_leds));
	fixture_wait_for_children(test);
	cdev = led(test, "hdd3:red:status");
	flush_work(&cdev->set_brightness_work);
	KUNIT_EXPECT_EQ(test, '3', fixture_mcu(test)->bay_led[2]);
	set_trigger(test, cdev, "none");
}

static void led_is_a_panic_indicator_if_the_board_says_so(struct kunit *test)
{
	fixture_added(test, of_overlay_apply_kunit(test, qnap_mcu_leds));
	fixture_wait_for_children(test);
	KUNIT_EXPECT_TRUE(test, led(test, "red:status")->flags & LED_PANIC_INDICATOR);
	KUNIT_EXPECT_FALSE(test, led(test, "green:status")->flags & LED_PANIC_INDICATOR);
}

static void led_that_does_not_obey_at_first_is_there(struct kunit *test)
{
	struct device *leds;

	fixture_added(test, of_overlay_apply_kunit(test, qnap_mcu_leds));
	fixture_wait_for_children(test);
	leds = &fixture_child(test, "qnap-mcu-leds")->dev;
	device_release_driver(leds);
	fake_mcu_expect_trouble(fixture_mcu(test), "@R", FAKE_REFUSE, ALWAYS, 0);
	KUNIT_EXPECT_EQ(test, 1, device_attach(leds));
	fake_mcu_forget_trouble(fixture_mcu(test));
	set(test, led(test, "hdd2:red:status"), "1");
	KUNIT_EXPECT_EQ(test, '0', fixture_mcu(test)->bay_led[1]);
}

static void leds_of_a_silent_mcu_take_no_longer_than_one(struct kunit *test)
{
	struct device *leds;
	ktime_t start;

	fixture_added(test, of_overlay_apply_kunit(test, qnap_mcu_leds));
	fixture_wait_for_children(test);
	leds = &fixture_child(test, "qnap-mcu-leds")->dev;
	device_release_driver(leds);
	fake_mcu_expect_trouble(fixture_mcu(test), "@", FAKE_LOSE_REQUEST, ALWAYS, 0);
	start = ktime_get();
	KUNIT_EXPECT_EQ(test, 1, device_attach(leds));
	KUNIT_EXPECT_LT(test, ktime_ms_delta(ktime_get(), start), 10000);
	fake_mcu_forget_trouble(fixture_mcu(test));
}

static void leds_of_two_mcus_work_side_by_side(struct kunit *test)
{
	fixture_added(test, of_overlay_apply_kunit(test, qnap_mcu_pair));
	fixture_wait_for_children(test);
	set(test, led_like(test, "hdd1:red:status"), "1");
	KUNIT_EXPECT_EQ(test, '0', fixture_mcu(test)->bay_led[0]);

	fixture_select(test, 1);
	fixture_wait_for_children(test);
	KUNIT_EXPECT_EQ(test, '?', fixture_mcu(test)->bay_led[0]);
	set(test, led_like(test, "hdd1:red:status"), "0");
	KUNIT_EXPECT_EQ(test, '1', fixture_mcu(test)->bay_led[0]);
}

static void error_leds_are_switched_one_by_one(struct kunit *test)
{
	struct fake_mcu *mcu = fixture_mcu(test);
	char name[] = "hdd1:red:status";

	for (int bay = 0; bay < FAKE_MCU_BAYS; bay++) {
		name[3] = '1' + bay;
		set(test, led(test, name), "1");
		KUNIT_EXPECT_EQ(test, '0', mcu->bay_led[bay]);
		set(test, led(test, name), "0");
		KUNIT_EXPECT_EQ(test, '1', mcu->bay_led[bay]);
	}
	KUNIT_EXPECT_EQ(test, 2 * FAKE_MCU_BAYS, fixture_box(test)->port.num_sent);
}

static void usb_led_is_switched(struct kunit *test)
{
	set(test, led(test, "usb:blue:disk"), "1");
	KUNIT_EXPECT_EQ(test, 'E', fixture_mcu(test)->usb_led);
	set(test, led(test, "usb:blue:disk"), "0");
	KUNIT_EXPECT_EQ(test, 'G', fixture_mcu(test)->usb_led);
}

static void status_leds_are_switched_together(struct kunit *test)
{
	struct fake_mcu *mcu = fixture_mcu(test);
	struct led_classdev *red = led(test, "red:status");
	struct led_classdev *green = led(test, "green:status");

	set(test, red, "1");
	KUNIT_EXPECT_EQ(test, STATUS_RED, mcu->status_led);
	set(test, green, "1");
	KUNIT_EXPECT_EQ(test, STATUS_BOTH, mcu->status_led);
	set(test, red, "0");
	KUNIT_EXPECT_EQ(test, STATUS_GREEN, mcu->status_led);
	set(test, green, "0");
	KUNIT_EXPECT_EQ(test, STATUS_DARK, mcu->status_led);
}

/**
 * struct rate - a blink rate that the MCU has
 * @name: for the report
 * @led: LED to blink
 * @on_ms: time on asked for
 * @off_ms: time off asked for
 * @got_ms: time on and time off that it gets
 * @command: command that makes it so
 */
struct rate {
	const char *name;
	const char *led;
	unsigned long on_ms;
	unsigned long off_ms;
	unsigned long got_ms;
	const char *command;
};

static const struct rate rates[] = {
	{ "error fast", "hdd2:red:status", 100, 100, 100, "@R12" },
	{ "error fast, 25 % off", "hdd2:red:status", 75, 125, 100, "@R12" },
	{ "error slow", "hdd2:red:status", 500, 500, 500, "@R13" },
	{ "error slow, 25 % off", "hdd2:red:status", 625, 375, 500, "@R13" },
	{ "error any", "hdd2:red:status", 0, 0, 500, "@R13" },
	{ "usb", "usb:blue:disk", 250, 250, 250, "@CF" },
	{ "usb any", "usb:blue:disk", 0, 0, 250, "@CF" },
	{ "red fast", "red:status", 500, 500, 500, "@C4" },
	{ "red slow", "red:status", 1000, 1000, 1000, "@CB" },
	{ "red any", "red:status", 0, 0, 500, "@C4" },
	{ "green fast", "green:status", 500, 500, 500, "@C5" },
	{ "green slow", "green:status", 1000, 1000, 1000, "@CA" },
	{ "green slow, 25 % off", "green:status", 1250, 750, 1000, "@CA" },
};

KUNIT_ARRAY_PARAM_DESC(rate, rates, name);

static void blink_from_dark_blinks_by_itself(struct kunit *test)
{
	const struct rate *rate = test->param_value;
	struct led_classdev *cdev = led(test, rate->led);
	unsigned long on_ms = rate->on_ms;
	unsigned long off_ms = rate->off_ms;

	set(test, cdev, "0");
	fixture_forget_sent(test);
	led_blink_set(cdev, &on_ms, &off_ms);
	KUNIT_EXPECT_EQ(test, rate->got_ms, on_ms);
	KUNIT_EXPECT_EQ(test, rate->got_ms, off_ms);

	msleep(5000);
	KUNIT_EXPECT_EQ(test, 1, fixture_count_sent(test, rate->command));
	KUNIT_EXPECT_EQ(test, 1, fixture_box(test)->port.num_sent);
}

static const struct rate odd_rates[] = {
	{ "error unequal", "hdd2:red:status", 100, 500 },
	{ "error between", "hdd2:red:status", 250, 250 },
	{ "error a bit too fast", "hdd2:red:status", 70, 100 },
	{ "error a bit too slow", "hdd2:red:status", 500, 630 },
	{ "error far too slow", "hdd2:red:status", 5000, 5000 },
	{ "usb fast", "usb:blue:disk", 100, 100 },
	{ "red unequal", "red:status", 500, 1000 },
	{ "green fast", "green:status", 200, 200 },
};

KUNIT_ARRAY_PARAM_DESC(odd_rate, odd_rates, name);

/* The pause between two commands is nearly the time that the LED showed the first of them. */
static void expect_shown_for(struct kunit *test, size_t i, unsigned long ms)
{
	struct fake_sent *sent = fixture_box(test)->port.sent;
	const s64 shown_ms = ktime_ms_delta(sent[i + 1].when, sent[i].when);

	/* Timers are the coarser the longer they run. */
	KUNIT_EXPECT_GE(test, shown_ms, ms - 10);
	KUNIT_EXPECT_LE(test, shown_ms, ms + 20 + ms / 8);
}

static void odd_rate_is_toggled_at_that_rate(struct kunit *test)
{
	const struct rate *rate = test->param_value;
	struct fake_port *port = &fixture_box(test)->port;

	set(test, led(test, rate->led), "0");
	fixture_forget_sent(test);
	blink(led(test, rate->led), rate->on_ms, rate->off_ms);
	msleep(10 * (rate->on_ms + rate->off_ms));

	KUNIT_ASSERT_GE(test, port->num_sent, 18);
	for (size_t i = 0; i + 2 < 18; i += 2) {
		KUNIT_EXPECT_NE(test, port->sent[i].bytes[3], port->sent[i + 1].bytes[3]);
		expect_shown_for(test, i, rate->on_ms);
		expect_shown_for(test, i + 1, rate->off_ms);
	}
}

static void odd_rate_after_a_blink_is_toggled(struct kunit *test)
{
	struct led_classdev *cdev = led(test, "hdd1:red:status");

	blink(cdev, 100, 100);
	KUNIT_EXPECT_EQ(test, '2', fixture_mcu(test)->bay_led[0]);
	blink(cdev, 250, 250);
	msleep(2000);
	KUNIT_EXPECT_EQ(test, 1, fixture_count_sent(test, "@R02"));
	KUNIT_EXPECT_GE(test, fixture_count_sent(test, "@R00"), 3);
	KUNIT_EXPECT_GE(test, fixture_count_sent(test, "@R01"), 3);
}

static void blink_after_an_odd_rate_blinks_by_itself(struct kunit *test)
{
	struct led_classdev *cdev = led(test, "hdd1:red:status");

	blink(cdev, 250, 250);
	msleep(2000);
	blink(cdev, 100, 100);
	flush_work(&cdev->set_brightness_work);
	fixture_forget_sent(test);
	msleep(2000);
	KUNIT_EXPECT_EQ(test, '2', fixture_mcu(test)->bay_led[0]);
	KUNIT_EXPECT_EQ(test, 0, fixture_box(test)->port.num_sent);
}

static void darkness_ends_a_blink(struct kunit *test)
{
	struct led_classdev *cdev = led(test, "hdd1:red:status");

	blink(cdev, 100, 100);
	set(test, cdev, "0");
	KUNIT_EXPECT_EQ(test, '1', fixture_mcu(test)->bay_led[0]);
	set(test, cdev, "1");
	KUNIT_EXPECT_EQ(test, '0', fixture_mcu(test)->bay_led[0]);
}

static void brightness_does_not_end_a_blink(struct kunit *test)
{
	struct led_classdev *cdev = led(test, "hdd1:red:status");

	blink(cdev, 100, 100);
	set(test, cdev, "1");
	KUNIT_EXPECT_EQ(test, '2', fixture_mcu(test)->bay_led[0]);
}

static void oneshot_blinks_once(struct kunit *test)
{
	struct led_classdev *cdev = led(test, "usb:blue:disk");
	unsigned long on_ms = 30;
	unsigned long off_ms = 30;

	led_blink_set_oneshot(cdev, &on_ms, &off_ms, 0);
	msleep(1000);
	KUNIT_EXPECT_EQ(test, 1, fixture_count_sent(test, "@CE"));
	KUNIT_EXPECT_EQ(test, 1, fixture_count_sent(test, "@CG"));
	KUNIT_EXPECT_EQ(test, 'G', fixture_mcu(test)->usb_led);
}

static void halves_that_blink_alike_take_turns(struct kunit *test)
{
	struct led_classdev *red = led(test, "red:status");
	struct led_classdev *green = led(test, "green:status");

	blink(red, 500, 500);
	blink(green, 500, 500);
	KUNIT_EXPECT_EQ(test, '8', fixture_mcu(test)->status_led);
	set(test, red, "0");
	KUNIT_EXPECT_EQ(test, '5', fixture_mcu(test)->status_led);
	set(test, green, "0");

	blink(green, 1000, 1000);
	blink(red, 1000, 1000);
	KUNIT_EXPECT_EQ(test, 'C', fixture_mcu(test)->status_led);
	fixture_forget_sent(test);
	msleep(5000);
	KUNIT_EXPECT_EQ(test, 0, fixture_box(test)->port.num_sent);
}

/* Red blinks, green stays. */
static void expect_red_blinking_on_green(struct kunit *test)
{
	msleep(100);
	fixture_forget_sent(test);
	msleep(5000);
	KUNIT_EXPECT_GE(test, fixture_count_sent(test, "@CD"), 4);
	KUNIT_EXPECT_LE(test, fixture_count_sent(test, "@CD"), 6);
	KUNIT_EXPECT_GE(test, fixture_count_sent(test, "@C6"), 4);
	KUNIT_EXPECT_LE(test, fixture_count_sent(test, "@C6"), 6);
	KUNIT_EXPECT_EQ(test, fixture_box(test)->port.num_sent,
			fixture_count_sent(test, "@CD") + fixture_count_sent(test, "@C6"));
}

static void half_blinks_beside_a_lit_half(struct kunit *test)
{
	set(test, led(test, "green:status"), "1");
	blink(led(test, "red:status"), 500, 500);
	expect_red_blinking_on_green(test);
}

static void blinking_half_goes_on_when_the_other_is_lit(struct kunit *test)
{
	blink(led(test, "red:status"), 500, 500);
	KUNIT_EXPECT_EQ(test, '4', fixture_mcu(test)->status_led);
	set(test, led(test, "green:status"), "1");
	expect_red_blinking_on_green(test);
}

static void expect_only_green_from_now_on(struct kunit *test)
{
	msleep(100);
	fixture_forget_sent(test);
	msleep(5000);
	KUNIT_EXPECT_EQ(test, STATUS_GREEN, fixture_mcu(test)->status_led);
	KUNIT_EXPECT_EQ(test, 0, fixture_box(test)->port.num_sent);
}

static void half_that_yielded_stays_dark_once_switched_off(struct kunit *test)
{
	struct led_classdev *red = led(test, "red:status");
	struct led_classdev *green = led(test, "green:status");

	blink(red, 500, 500);
	KUNIT_EXPECT_EQ(test, 0, green->brightness_set_blocking(green, 1));
	led_set_brightness(red, 0);
	expect_only_green_from_now_on(test);
}

/* The LED core's own work may switch it off before it begins the blink that it was handed. */
static void half_that_yielded_stays_dark_if_that_comes_first(struct kunit *test)
{
	struct led_classdev *red = led(test, "red:status");
	struct led_classdev *green = led(test, "green:status");

	blink(red, 500, 500);
	KUNIT_EXPECT_EQ(test, 0, green->brightness_set_blocking(green, 1));
	KUNIT_EXPECT_EQ(test, 0, red->brightness_set_blocking(red, 0));
	expect_only_green_from_now_on(test);
}

static void half_that_is_being_unregistered_does_not_begin_to_blink(struct kunit *test)
{
	struct led_classdev *red = led(test, "red:status");
	struct led_classdev *green = led(test, "green:status");

	blink(red, 500, 500);
	red->flags |= LED_UNREGISTERING;
	KUNIT_EXPECT_EQ(test, 0, green->brightness_set_blocking(green, 1));
	KUNIT_EXPECT_EQ(test, STATUS_BOTH, fixture_mcu(test)->status_led);
	fixture_forget_sent(test);
	msleep(5000);
	KUNIT_EXPECT_EQ(test, 0, fixture_box(test)->port.num_sent);
	red->flags &= ~LED_UNREGISTERING;
}

static void half_that_yielded_goes_with_the_driver(struct kunit *test)
{
	struct led_classdev *green = led(test, "green:status");

	blink(led(test, "red:status"), 500, 500);
	KUNIT_EXPECT_EQ(test, 0, green->brightness_set_blocking(green, 1));
	device_release_driver(&fixture_child(test, "qnap-mcu-leds")->dev);
	fixture_forget_sent(test);
	msleep(5000);
	KUNIT_EXPECT_EQ(test, STATUS_DARK, fixture_mcu(test)->status_led);
	KUNIT_EXPECT_EQ(test, 0, fixture_box(test)->port.num_sent);
}

static void halves_blink_at_different_rates(struct kunit *test)
{
	blink(led(test, "red:status"), 500, 500);
	blink(led(test, "green:status"), 1000, 1000);
	msleep(100);
	fixture_forget_sent(test);
	msleep(10000);

	/* 20 changes of red, 10 of green, some of both at once. */
	KUNIT_EXPECT_GE(test, fixture_box(test)->port.num_sent, 28);
	KUNIT_EXPECT_LE(test, fixture_box(test)->port.num_sent, 32);
	KUNIT_EXPECT_GT(test, fixture_count_sent(test, "@C6"), 3);
	KUNIT_EXPECT_GT(test, fixture_count_sent(test, "@C7"), 3);
	KUNIT_EXPECT_GT(test, fixture_count_sent(test, "@C9"), 3);
	KUNIT_EXPECT_GT(test, fixture_count_sent(test, "@CD"), 3);
}

struct fighter {
	struct led_classdev *cdev;
	struct completion done;
};

static int fighter_thread(void *data)
{
	struct fighter *fighter = data;

	for (int i = 0; i < FIGHTS; i++)
		fighter->cdev->brightness_set_blocking(fighter->cdev, i % 2);
	complete(&fighter->done);

	return 0;
}

static void parallel_changes_of_both_halves_end_right(struct kunit *test)
{
	struct fighter fighters[] = {
		{ .cdev = led(test, "red:status") },
		{ .cdev = led(test, "green:status") },
	};

	for (int i = 0; i < 2; i++) {
		init_completion(&fighters[i].done);
		kthread_run(fighter_thread, &fighters[i], "fighter");
	}
	for (int i = 0; i < 2; i++)
		wait_for_completion(&fighters[i].done);
	KUNIT_EXPECT_EQ(test, STATUS_BOTH, fixture_mcu(test)->status_led);
	KUNIT_EXPECT_EQ(test, 2 * FIGHTS, fixture_box(test)->port.num_sent);
}

static void failed_command_is_the_callers_to_see(struct kunit *test)
{
	struct led_classdev *cdev = led(test, "hdd1:red:status");
	unsigned long ms = 100;

	fake_mcu_expect_trouble(fixture_mcu(test), "@R", FAKE_REFUSE, ALWAYS, 0);
	KUNIT_EXPECT_EQ(test, -EREMOTEIO, cdev->brightness_set_blocking(cdev, 1));
	KUNIT_EXPECT_EQ(test, -EREMOTEIO, cdev->blink_set(cdev, &ms, &ms));
}

static void failed_command_changes_nothing(struct kunit *test)
{
	struct led_classdev *red = led(test, "red:status");
	struct led_classdev *green = led(test, "green:status");

	fake_mcu_expect_trouble(fixture_mcu(test), "@C", FAKE_REFUSE, ALWAYS, 0);
	KUNIT_EXPECT_EQ(test, -EREMOTEIO, red->brightness_set_blocking(red, 1));
	fake_mcu_forget_trouble(fixture_mcu(test));
	KUNIT_EXPECT_EQ(test, 0, green->brightness_set_blocking(green, 1));
	KUNIT_EXPECT_EQ(test, STATUS_GREEN, fixture_mcu(test)->status_led);
}

static void timer_trigger_on_a_dark_led_blinks(struct kunit *test)
{
	struct led_classdev *cdev = led(test, "hdd3:red:status");

	set(test, cdev, "0");
	set_trigger(test, cdev, "timer");
	flush_work(&cdev->set_brightness_work);
	KUNIT_EXPECT_EQ(test, '3', fixture_mcu(test)->bay_led[2]);
	set_trigger(test, cdev, "none");
	flush_work(&cdev->set_brightness_work);
	KUNIT_EXPECT_EQ(test, '1', fixture_mcu(test)->bay_led[2]);
}

static void heartbeat_trigger_beats(struct kunit *test)
{
	set_trigger(test, led(test, "green:status"), "heartbeat");
	msleep(10000);
	KUNIT_EXPECT_GE(test, fixture_count_sent(test, "@C6"), 10);
	KUNIT_EXPECT_GE(test, fixture_count_sent(test, "@C9"), 10);
	set_trigger(test, led(test, "green:status"), "none");
}

/* Calls what the driver does in a panic, and no one else's. */
static void pretend_panic(struct kunit *test)
{
	struct notifier_block *nb = rcu_dereference_raw(panic_notifier_list.head);
	char name[KSYM_SYMBOL_LEN];

	for (; nb; nb = rcu_dereference_raw(nb->next)) {
		snprintf(name, sizeof(name), "%ps", nb->notifier_call);
		if (!strstr(name, "qnap_mcu"))
			continue;
		nb->notifier_call(nb, 0, "test");
		return;
	}
	KUNIT_FAIL(test, "the driver does not care about panics");
}

static void led_works_without_sleeping_after_a_panic(struct kunit *test)
{
	struct fake_port *port = &fixture_box(test)->port;
	struct led_classdev *cdev = led(test, "red:status");
	unsigned long flags;

	pretend_panic(test);
	local_irq_save(flags);
	led_set_brightness(cdev, 1);
	led_set_brightness(cdev, 0);
	local_irq_restore(flags);
	KUNIT_ASSERT_EQ(test, 2, port->num_sent);
	KUNIT_EXPECT_MEMEQ(test, port->sent[0].bytes, "@C7\x34", 4);
	KUNIT_EXPECT_MEMEQ(test, port->sent[1].bytes, "@C9\x3a", 4);
}

/* A system that is going to restart does not blink before. */
static void led_is_left_alone_after_a_panic_before_a_restart(struct kunit *test)
{
	struct led_classdev *cdev = led(test, "red:status");
	unsigned long flags;

	panic_timeout = 1;
	pretend_panic(test);
	panic_timeout = 0;
	local_irq_save(flags);
	led_set_brightness(cdev, 1);
	KUNIT_EXPECT_EQ(test, 0, fixture_box(test)->port.num_sent);
	local_irq_restore(flags);
}

static void change_during_suspend_is_shown_after_resume(struct kunit *test)
{
	struct led_classdev *cdev = led(test, "hdd1:red:status");

	fixture_suspend(test);
	KUNIT_EXPECT_EQ(test, 0, cdev->brightness_set_blocking(cdev, 1));
	KUNIT_EXPECT_EQ(test, '?', fixture_mcu(test)->bay_led[0]);
	fixture_resume(test);
	KUNIT_EXPECT_EQ(test, '0', fixture_mcu(test)->bay_led[0]);
}

static void resume_shows_what_was_shown_before(struct kunit *test)
{
	struct fake_mcu *mcu = fixture_mcu(test);

	set(test, led(test, "hdd2:red:status"), "1");
	blink(led(test, "hdd3:red:status"), 100, 100);
	blink(led(test, "red:status"), 1000, 1000);
	fixture_suspend(test);
	memset(mcu->bay_led, '?', sizeof(mcu->bay_led));
	mcu->status_led = '?';
	fixture_resume(test);
	KUNIT_EXPECT_MEMEQ(test, mcu->bay_led, "?02?", FAKE_MCU_BAYS);
	KUNIT_EXPECT_EQ(test, 'B', mcu->status_led);
	KUNIT_EXPECT_EQ(test, '?', mcu->usb_led);
}

static void software_blink_goes_on_after_resume(struct kunit *test)
{
	blink(led(test, "usb:blue:disk"), 100, 100);
	msleep(500);
	fixture_suspend(test);
	msleep(2000);
	fixture_resume(test);
	fixture_forget_sent(test);
	msleep(1000);
	KUNIT_EXPECT_GE(test, fixture_count_sent(test, "@CE"), 4);
	KUNIT_EXPECT_GE(test, fixture_count_sent(test, "@CG"), 4);
}

static void leds_go_dark_with_the_driver(struct kunit *test)
{
	set(test, led(test, "hdd1:red:status"), "1");
	blink(led(test, "red:status"), 500, 500);
	device_release_driver(&fixture_child(test, "qnap-mcu-leds")->dev);
	KUNIT_EXPECT_EQ(test, '1', fixture_mcu(test)->bay_led[0]);
	KUNIT_EXPECT_EQ(test, STATUS_DARK, fixture_mcu(test)->status_led);
}

static struct kunit_case leds_qnap_mcu_probe_cases[] = {
	KUNIT_CASE(ts133_has_one_bay_and_no_usb_led),
	KUNIT_CASE(leds_are_left_alone_at_probe),
	KUNIT_CASE(leds_show_what_the_board_says),
	KUNIT_CASE(lit_half_does_not_go_dark_at_first),
	KUNIT_CASE(leds_are_left_alone_if_the_board_says_so),
	KUNIT_CASE(leds_of_a_silent_mcu_take_no_longer_than_one),
	KUNIT_CASE(led_begins_with_the_trigger_of_the_board),
	KUNIT_CASE(led_is_a_panic_indicator_if_the_board_says_so),
	KUNIT_CASE(led_that_does_not_obey_at_first_is_there),
	KUNIT_CASE(leds_of_two_mcus_work_side_by_side),
	{}
};

static struct kunit_suite leds_qnap_mcu_probe_suite = {
	.name = "leds_qnap_mcu_probe",
	.init = qnap_mcu_fixture_init,
	.test_cases = leds_qnap_mcu_probe_cases,
};

static struct kunit_case leds_qnap_mcu_cases[] = {
	KUNIT_CASE(leds_of_a_ts433_have_their_names),
	KUNIT_CASE(error_leds_are_switched_one_by_one),
	KUNIT_CASE(usb_led_is_switched),
	KUNIT_CASE(status_leds_are_switched_together),
	KUNIT_CASE_PARAM_ATTR(blink_from_dark_blinks_by_itself, rate_gen_params,
			      { .speed = KUNIT_SPEED_SLOW }),
	KUNIT_CASE_PARAM_ATTR(odd_rate_is_toggled_at_that_rate, odd_rate_gen_params,
			      { .speed = KUNIT_SPEED_SLOW }),
	KUNIT_CASE_SLOW(odd_rate_after_a_blink_is_toggled),
	KUNIT_CASE_SLOW(blink_after_an_odd_rate_blinks_by_itself),
	KUNIT_CASE(darkness_ends_a_blink),
	KUNIT_CASE(brightness_does_not_end_a_blink),
	KUNIT_CASE(oneshot_blinks_once),
	KUNIT_CASE_SLOW(halves_that_blink_alike_take_turns),
	KUNIT_CASE_SLOW(half_blinks_beside_a_lit_half),
	KUNIT_CASE_SLOW(blinking_half_goes_on_when_the_other_is_lit),
	KUNIT_CASE_SLOW(half_that_yielded_stays_dark_once_switched_off),
	KUNIT_CASE_SLOW(half_that_yielded_stays_dark_if_that_comes_first),
	KUNIT_CASE_SLOW(half_that_is_being_unregistered_does_not_begin_to_blink),
	KUNIT_CASE_SLOW(half_that_yielded_goes_with_the_driver),
	KUNIT_CASE_SLOW(halves_blink_at_different_rates),
	KUNIT_CASE(parallel_changes_of_both_halves_end_right),
	KUNIT_CASE(failed_command_is_the_callers_to_see),
	KUNIT_CASE(failed_command_changes_nothing),
	KUNIT_CASE(timer_trigger_on_a_dark_led_blinks),
	KUNIT_CASE_SLOW(heartbeat_trigger_beats),
	KUNIT_CASE(led_works_without_sleeping_after_a_panic),
	KUNIT_CASE(led_is_left_alone_after_a_panic_before_a_restart),
	KUNIT_CASE(change_during_suspend_is_shown_after_resume),
	KUNIT_CASE(resume_shows_what_was_shown_before),
	KUNIT_CASE_SLOW(software_blink_goes_on_after_resume),
	KUNIT_CASE(leds_go_dark_with_the_driver),
	{}
};

static struct kunit_suite leds_qnap_mcu_suite = {
	.name = "leds_qnap_mcu",
	.init = qnap_mcu_fixture_init_ts433,
	.test_cases = leds_qnap_mcu_cases,
};

kunit_test_suites(&leds_qnap_mcu_probe_suite, &leds_qnap_mcu_suite);

MODULE_AUTHOR("the qnap-mcu developers");
MODULE_DESCRIPTION("KUnit tests for the LEDs of QNAP's microcontroller");
MODULE_LICENSE("GPL");
