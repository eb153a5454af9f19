// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit tests for the power button and the buzzer of the QNAP MCU
 */

#include <kunit/resource.h>
#include <kunit/test.h>
#include <linux/input.h>
#include <linux/ktime.h>
#include <linux/pm_wakeup.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "qnap-mcu-fixture.h"

#define ALWAYS		1000

/* Longer than the time between two polls. */
#define POLL_MS		600

#define EVENTS_MAX	32

/**
 * struct listener - somebody who reads the input device
 * @handler: handler for the device
 * @handle: connection to it
 * @connected: there is one
 * @open: the device is to be opened
 * @keys: values of KEY_POWER, in the order in which they came
 * @num_keys: how many
 */
struct listener {
	struct input_handler handler;
	struct input_handle handle;
	bool connected;
	bool open;
	s32 keys[EVENTS_MAX];
	size_t num_keys;
};

static void listener_event(struct input_handle *handle, unsigned int type, unsigned int code,
			   int value)
{
	struct listener *listener = handle->private;

	if (type == EV_KEY && code == KEY_POWER && listener->num_keys < EVENTS_MAX)
		listener->keys[listener->num_keys++] = value;
}

static bool listener_match(struct input_handler *handler, struct input_dev *dev)
{
	return !strcmp(dev->name, "qnap-mcu");
}

static int listener_connect(struct input_handler *handler, struct input_dev *dev,
			    const struct input_device_id *id)
{
	struct listener *listener = handler->private;

	listener->handle.dev = dev;
	listener->handle.handler = handler;
	listener->handle.name = "listener";
	listener->handle.private = listener;
	listener->connected = !input_register_handle(&listener->handle);

	return listener->connected ? 0 : -EIO;
}

static void listener_close(struct listener *listener)
{
	if (listener->open)
		input_close_device(&listener->handle);
	listener->open = false;
}

static void listener_disconnect(struct input_handle *handle)
{
	struct listener *listener = handle->private;

	listener_close(listener);
	input_unregister_handle(handle);
	listener->connected = false;
}

static const struct input_device_id listener_ids[] = {
	{ .flags = INPUT_DEVICE_ID_MATCH_EVBIT, .evbit = { BIT_MASK(EV_KEY) } },
	{ }
};

KUNIT_DEFINE_ACTION_WRAPPER(forget_listener, input_unregister_handler, struct input_handler *);

/* Connects somebody to the input device, who does not open it yet. */
static struct listener *add_listener(struct kunit *test)
{
	struct listener *listener = kunit_kzalloc(test, sizeof(*listener), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, listener);
	listener->handler.name = "qnap-mcu-test";
	listener->handler.event = listener_event;
	listener->handler.match = listener_match;
	listener->handler.connect = listener_connect;
	listener->handler.disconnect = listener_disconnect;
	listener->handler.id_table = listener_ids;
	listener->handler.private = listener;
	KUNIT_ASSERT_EQ(test, 0, input_register_handler(&listener->handler));
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, forget_listener,
							   &listener->handler));
	KUNIT_ASSERT_TRUE(test, listener->connected);

	return listener;
}

static void listener_open(struct kunit *test, struct listener *listener)
{
	KUNIT_ASSERT_EQ(test, 0, input_open_device(&listener->handle));
	listener->open = true;
}

static struct listener *add_open_listener(struct kunit *test)
{
	struct listener *listener = add_listener(test);

	listener_open(test, listener);

	return listener;
}

static void press(struct kunit *test)
{
	fixture_mcu(test)->button = '1';
	msleep(POLL_MS);
}

static void release(struct kunit *test)
{
	fixture_mcu(test)->button = '0';
	msleep(POLL_MS);
}

static void ask_for_sound(struct listener *listener, unsigned int sound, int value)
{
	input_inject_event(&listener->handle, EV_SND, sound, value);
}

static void expect_beeps(struct kunit *test, const char *beeps)
{
	KUNIT_EXPECT_EQ(test, strlen(beeps), fixture_mcu(test)->num_beeps);
	KUNIT_EXPECT_MEMEQ(test, fixture_mcu(test)->beeps, beeps, strlen(beeps));
}

/* Button */

static void device_is_what_the_stock_driver_registers(struct kunit *test)
{
	const struct input_dev *dev = add_listener(test)->handle.dev;

	KUNIT_EXPECT_STREQ(test, "qnap-mcu", dev->name);
	KUNIT_EXPECT_STREQ(test, "qnap-mcu-input/input0", dev->phys);
	KUNIT_EXPECT_EQ(test, BUS_HOST, dev->id.bustype);
	KUNIT_EXPECT_EQ(test, 1, dev->id.vendor);
	KUNIT_EXPECT_EQ(test, 1, dev->id.product);
	KUNIT_EXPECT_EQ(test, 0x100, dev->id.version);
	KUNIT_EXPECT_TRUE(test, test_bit(KEY_POWER, dev->keybit));
	KUNIT_EXPECT_TRUE(test, test_bit(SND_BELL, dev->sndbit));
	KUNIT_EXPECT_TRUE(test, test_bit(SND_TONE, dev->sndbit));
}

static void button_is_not_polled_while_nobody_listens(struct kunit *test)
{
	struct listener *listener = add_listener(test);

	msleep(10 * POLL_MS);
	KUNIT_EXPECT_EQ(test, 0, fixture_count_sent(test, "@CV"));

	listener_open(test, listener);
	msleep(10 * POLL_MS);
	KUNIT_EXPECT_GE(test, fixture_count_sent(test, "@CV"), 9);
	KUNIT_EXPECT_LE(test, fixture_count_sent(test, "@CV"), 13);

	listener_close(listener);
	fixture_forget_sent(test);
	msleep(10 * POLL_MS);
	KUNIT_EXPECT_EQ(test, 0, fixture_count_sent(test, "@CV"));
}

static void press_and_release_are_reported_once(struct kunit *test)
{
	struct listener *listener = add_open_listener(test);

	msleep(3 * POLL_MS);
	KUNIT_EXPECT_EQ(test, 0, listener->num_keys);
	press(test);
	msleep(3 * POLL_MS);
	release(test);
	KUNIT_ASSERT_EQ(test, 2, listener->num_keys);
	KUNIT_EXPECT_EQ(test, 1, listener->keys[0]);
	KUNIT_EXPECT_EQ(test, 0, listener->keys[1]);
}

static void lost_poll_invents_no_press(struct kunit *test)
{
	struct listener *listener = add_open_listener(test);

	fake_mcu_expect_trouble(fixture_mcu(test), "", FAKE_LOSE_REPLY, ALWAYS, 0);
	msleep(20 * POLL_MS);
	KUNIT_EXPECT_EQ(test, 0, listener->num_keys);
}

static void lost_poll_invents_no_release(struct kunit *test)
{
	struct listener *listener = add_open_listener(test);

	press(test);
	fake_mcu_expect_trouble(fixture_mcu(test), "", FAKE_LOSE_REPLY, ALWAYS, 0);
	msleep(20 * POLL_MS);
	KUNIT_EXPECT_EQ(test, 1, listener->num_keys);

	fake_mcu_forget_trouble(fixture_mcu(test));
	msleep(20 * POLL_MS);
	KUNIT_EXPECT_EQ(test, 1, listener->num_keys);
	release(test);
	KUNIT_EXPECT_EQ(test, 2, listener->num_keys);
}

static void unknown_state_is_neither_press_nor_release(struct kunit *test)
{
	struct listener *listener = add_open_listener(test);

	fixture_mcu(test)->button = '2';
	msleep(POLL_MS);
	KUNIT_EXPECT_EQ(test, 0, listener->num_keys);
	press(test);
	fixture_mcu(test)->button = '/';
	msleep(POLL_MS);
	KUNIT_EXPECT_EQ(test, 1, listener->num_keys);
}

static void key_is_released_when_the_driver_goes(struct kunit *test)
{
	struct listener *listener = add_open_listener(test);

	press(test);
	device_release_driver(&fixture_child(test, "qnap-mcu-input")->dev);
	KUNIT_ASSERT_EQ(test, 2, listener->num_keys);
	KUNIT_EXPECT_EQ(test, 0, listener->keys[1]);
}

static void driver_goes_while_the_mcu_is_silent(struct kunit *test)
{
	add_open_listener(test);
	fake_mcu_expect_trouble(fixture_mcu(test), "", FAKE_LOSE_REQUEST, ALWAYS, 0);
	msleep(3 * POLL_MS);
	device_release_driver(&fixture_child(test, "qnap-mcu-input")->dev);
	fixture_forget_sent(test);
	msleep(10 * POLL_MS);
	KUNIT_EXPECT_EQ(test, 0, fixture_box(test)->port.num_sent);
}

static void button_is_not_polled_while_the_system_sleeps(struct kunit *test)
{
	struct listener *listener = add_open_listener(test);

	fixture_suspend(test);
	fixture_forget_sent(test);
	msleep(10 * POLL_MS);
	KUNIT_EXPECT_EQ(test, 0, fixture_count_sent(test, "@CV"));

	fixture_resume(test);
	press(test);
	KUNIT_EXPECT_EQ(test, 1, listener->num_keys);
}

static void button_does_not_claim_to_wake_the_system(struct kunit *test)
{
	KUNIT_EXPECT_FALSE(test, device_can_wakeup(&fixture_child(test, "qnap-mcu-input")->dev));
}

/* Buzzer */

static void bell_is_short_and_tone_is_long(struct kunit *test)
{
	struct listener *listener = add_listener(test);

	ask_for_sound(listener, SND_BELL, 1);
	msleep(1000);
	expect_beeps(test, "2");
	ask_for_sound(listener, SND_TONE, 440);
	msleep(2000);
	expect_beeps(test, "23");
}

static void two_quick_bells_both_sound(struct kunit *test)
{
	struct listener *listener = add_listener(test);
	const ktime_t *beep_time = fixture_mcu(test)->beep_time;

	ask_for_sound(listener, SND_BELL, 1);
	ask_for_sound(listener, SND_BELL, 1);
	msleep(1500);
	expect_beeps(test, "22");
	KUNIT_EXPECT_GE(test, ktime_ms_delta(beep_time[1], beep_time[0]), 500);
}

static void bell_during_a_tone_waits_for_its_end(struct kunit *test)
{
	struct listener *listener = add_listener(test);
	const ktime_t *beep_time = fixture_mcu(test)->beep_time;

	ask_for_sound(listener, SND_TONE, 1);
	msleep(300);
	ask_for_sound(listener, SND_BELL, 1);
	msleep(3000);
	expect_beeps(test, "32");
	KUNIT_EXPECT_GE(test, ktime_ms_delta(beep_time[1], beep_time[0]), 1500);
	KUNIT_EXPECT_LE(test, ktime_ms_delta(beep_time[1], beep_time[0]), 1800);
}

static void repeated_bell_sounds_each_time(struct kunit *test)
{
	struct listener *listener = add_listener(test);

	for (int i = 0; i < 3; i++) {
		ask_for_sound(listener, SND_BELL, 1);
		msleep(1000);
	}
	expect_beeps(test, "222");
}

static void more_bells_than_can_wait_are_dropped(struct kunit *test)
{
	struct listener *listener = add_listener(test);

	for (int i = 0; i < 30; i++)
		ask_for_sound(listener, SND_BELL, 1);
	msleep(20000);
	KUNIT_EXPECT_GE(test, fixture_mcu(test)->num_beeps, 8);
	KUNIT_EXPECT_LE(test, fixture_mcu(test)->num_beeps, 9);
}

static void end_of_a_sound_is_left_to_the_mcu(struct kunit *test)
{
	struct listener *listener = add_listener(test);

	ask_for_sound(listener, SND_BELL, 1);
	ask_for_sound(listener, SND_BELL, 0);
	ask_for_sound(listener, SND_TONE, -1);
	msleep(3000);
	expect_beeps(test, "2");
}

static void sound_is_heard_though_the_device_is_closed_at_once(struct kunit *test)
{
	struct listener *listener = add_open_listener(test);

	ask_for_sound(listener, SND_TONE, 1);
	ask_for_sound(listener, SND_BELL, 1);
	listener_close(listener);
	msleep(3000);
	expect_beeps(test, "32");
}

static void lost_beep_is_repeated(struct kunit *test)
{
	fake_mcu_expect_trouble(fixture_mcu(test), "@C2", FAKE_LOSE_REQUEST, 2, 0);
	ask_for_sound(add_listener(test), SND_BELL, 1);
	msleep(1000);
	expect_beeps(test, "2");
}

static void driver_goes_with_beeps_waiting(struct kunit *test)
{
	struct listener *listener = add_listener(test);

	for (int i = 0; i < 5; i++)
		ask_for_sound(listener, SND_TONE, 1);
	msleep(100);
	device_release_driver(&fixture_child(test, "qnap-mcu-input")->dev);
	msleep(5000);
	expect_beeps(test, "3");
}

static void waiting_beep_sounds_after_resume(struct kunit *test)
{
	struct listener *listener = add_listener(test);

	ask_for_sound(listener, SND_TONE, 1);
	ask_for_sound(listener, SND_BELL, 1);
	msleep(100);
	fixture_suspend(test);
	msleep(5000);
	expect_beeps(test, "3");
	fixture_resume(test);
	msleep(1000);
	expect_beeps(test, "32");
}

static struct kunit_case qnap_mcu_input_cases[] = {
	KUNIT_CASE(device_is_what_the_stock_driver_registers),
	KUNIT_CASE_SLOW(button_is_not_polled_while_nobody_listens),
	KUNIT_CASE_SLOW(press_and_release_are_reported_once),
	KUNIT_CASE_SLOW(lost_poll_invents_no_press),
	KUNIT_CASE_SLOW(lost_poll_invents_no_release),
	KUNIT_CASE_SLOW(unknown_state_is_neither_press_nor_release),
	KUNIT_CASE(key_is_released_when_the_driver_goes),
	KUNIT_CASE_SLOW(driver_goes_while_the_mcu_is_silent),
	KUNIT_CASE_SLOW(button_is_not_polled_while_the_system_sleeps),
	KUNIT_CASE(button_does_not_claim_to_wake_the_system),
	KUNIT_CASE_SLOW(bell_is_short_and_tone_is_long),
	KUNIT_CASE_SLOW(two_quick_bells_both_sound),
	KUNIT_CASE_SLOW(bell_during_a_tone_waits_for_its_end),
	KUNIT_CASE_SLOW(repeated_bell_sounds_each_time),
	KUNIT_CASE_SLOW(more_bells_than_can_wait_are_dropped),
	KUNIT_CASE_SLOW(end_of_a_sound_is_left_to_the_mcu),
	KUNIT_CASE_SLOW(sound_is_heard_though_the_device_is_closed_at_once),
	KUNIT_CASE_SLOW(lost_beep_is_repeated),
	KUNIT_CASE_SLOW(driver_goes_with_beeps_waiting),
	KUNIT_CASE_SLOW(waiting_beep_sounds_after_resume),
	{}
};

static struct kunit_suite qnap_mcu_input_suite = {
	.name = "qnap_mcu_input",
	.init = qnap_mcu_fixture_init_ts433,
	.test_cases = qnap_mcu_input_cases,
};

kunit_test_suite(qnap_mcu_input_suite);

MODULE_AUTHOR("the qnap-mcu developers");
MODULE_DESCRIPTION("KUnit tests for button and buzzer of QNAP's microcontroller");
MODULE_LICENSE("GPL");
