// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit tests for the power-off through the QNAP MCU: the box can always be switched off
 */

#include <kunit/resource.h>
#include <kunit/test.h>
#include <linux/err.h>
#include <linux/kallsyms.h>
#include <linux/ktime.h>
#include <linux/mfd/qnap-mcu.h>
#include <linux/minmax.h>
#include <linux/notifier.h>
#include <linux/reboot.h>
#include <linux/string.h>

#include "qnap-mcu-fixture.h"

#define ALWAYS		1000

/* The system waits for the MCU no longer than this, ... */
#define POWEROFF_MS	27000

/* ... and for one that fell silent after it had acknowledged no longer than this. */
#define SILENT_MS	2500

/* An acknowledgment and four that confirm it. */
#define ASSURANCE	5

/* A thousand in 20 rounds: what a single test may take is limited. */
#define BAD_LINE_TRIES	50

/* Every fifth byte, both ways. */
#define BAD_LINE_PER_MILLE	200

/**
 * struct bad_line - a line on which only every fifth attempt gets through both ways
 * @flip_per_mille: of 1000 bytes, this number arrives with a flipped bit
 * @lose_per_mille: of 1000 bytes, this number does not arrive
 * @most_requests: how many were sent at most until one was acknowledged
 * @longest_ms: how long that took at most
 */
struct bad_line {
	unsigned int flip_per_mille;
	unsigned int lose_per_mille;
	size_t most_requests;
	s64 longest_ms;
};

/* What the kernel does between the shutdown of all devices and the PMIC's turn. */
static void power_off_prepare(struct kunit *test)
{
	struct blocking_notifier_head *handlers =
		(void *)kallsyms_lookup_name("power_off_prep_handler_list");

	KUNIT_ASSERT_NOT_NULL(test, handlers);
	blocking_notifier_call_chain(handlers, 0, NULL);
}

static void expect_power_off(struct kunit *test, unsigned int times)
{
	KUNIT_EXPECT_EQ(test, times, fixture_mcu(test)->num_power_off);
}

static void poweroff_tells_the_mcu_and_makes_sure(struct kunit *test)
{
	const ktime_t start = ktime_get();

	power_off_prepare(test);
	expect_power_off(test, ASSURANCE);
	KUNIT_EXPECT_EQ(test, ASSURANCE, fixture_box(test)->port.num_sent);
	KUNIT_EXPECT_LE(test, ktime_ms_delta(ktime_get(), start), 20);
	KUNIT_EXPECT_EQ(test, 0, fixture_count_logged(test, "power-off"));
}

static void poweroff_repeats_until_acknowledged(struct kunit *test)
{
	fake_mcu_expect_trouble(fixture_mcu(test), "@C0", FAKE_LOSE_REQUEST, 30, 0);
	power_off_prepare(test);
	expect_power_off(test, ASSURANCE);
	KUNIT_EXPECT_EQ(test, 30 + ASSURANCE, fixture_count_sent(test, "@C0"));
	KUNIT_EXPECT_EQ(test, 0, fixture_count_logged(test, "power-off"));
}

static void poweroff_repeats_when_acknowledgments_are_lost(struct kunit *test)
{
	fake_mcu_expect_trouble(fixture_mcu(test), "@C0", FAKE_LOSE_REPLY, 30, 0);
	power_off_prepare(test);
	expect_power_off(test, 30 + ASSURANCE);
}

static void poweroff_repeats_when_refused(struct kunit *test)
{
	fake_mcu_expect_trouble(fixture_mcu(test), "@C0", FAKE_REFUSE, 30, 0);
	power_off_prepare(test);
	expect_power_off(test, ASSURANCE);
}

static void poweroff_of_a_mute_mcu_gives_up_and_says_so(struct kunit *test)
{
	const ktime_t start = ktime_get();

	fake_mcu_expect_trouble(fixture_mcu(test), "", FAKE_LOSE_REQUEST, ALWAYS, 0);
	power_off_prepare(test);
	KUNIT_EXPECT_GE(test, ktime_ms_delta(ktime_get(), start), 10000);
	KUNIT_EXPECT_LE(test, ktime_ms_delta(ktime_get(), start), POWEROFF_MS);
	KUNIT_EXPECT_EQ(test, 1, fixture_count_logged(test, "did not acknowledge power-off"));
}

static void poweroff_is_not_fooled_by_a_late_acknowledgment(struct kunit *test)
{
	fake_mcu_expect_trouble(fixture_mcu(test), "@C2", FAKE_LATE, 1, 6000);
	fake_mcu_expect_trouble(fixture_mcu(test), "@C0", FAKE_LOSE_REQUEST, 20, 0);
	KUNIT_EXPECT_EQ(test, -ETIMEDOUT, fixture_exec_ack(test, "@C2", 3));
	power_off_prepare(test);
	KUNIT_EXPECT_GE(test, fixture_mcu(test)->num_power_off, 1);
}

/* Two flips of the same bit make a request another one and leave its checksum right. */
static void poweroff_is_not_fooled_by_what_another_command_did(struct kunit *test)
{
	fake_mcu_expect_trouble(fixture_mcu(test), "@C0", FAKE_PRETEND, ASSURANCE - 1, 0);
	power_off_prepare(test);
	expect_power_off(test, 1);
}

static void poweroff_does_not_wait_long_for_an_mcu_that_falls_silent(struct kunit *test)
{
	const ktime_t start = ktime_get();

	fake_mcu_expect_trouble(fixture_mcu(test), "@C0", FAKE_LATE, 1, 0);
	fake_mcu_expect_trouble(fixture_mcu(test), "", FAKE_LOSE_REQUEST, ALWAYS, 0);
	power_off_prepare(test);
	expect_power_off(test, 1);
	KUNIT_EXPECT_LE(test, ktime_ms_delta(ktime_get(), start), SILENT_MS);
	KUNIT_EXPECT_EQ(test, 0, fixture_count_logged(test, "power-off"));
}

static int note_turn(struct sys_off_data *data)
{
	*(bool *)data->cb_data = true;

	return NOTIFY_DONE;
}

KUNIT_DEFINE_ACTION_WRAPPER(forget_handler, unregister_sys_off_handler, struct sys_off_handler *);

static void others_have_their_turn_though_the_mcu_is_mute(struct kunit *test)
{
	bool had_turn = false;
	struct sys_off_handler *handler =
		register_sys_off_handler(SYS_OFF_MODE_POWER_OFF_PREPARE, SYS_OFF_PRIO_LOW,
					 note_turn, &had_turn);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, handler);
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, forget_handler, handler));
	fake_mcu_expect_trouble(fixture_mcu(test), "", FAKE_LOSE_REQUEST, ALWAYS, 0);
	power_off_prepare(test);
	KUNIT_EXPECT_TRUE(test, had_turn);
}

static int shut_down(struct device *dev, void *data)
{
	if (dev->bus && dev->bus->shutdown)
		dev->bus->shutdown(dev);

	return 0;
}

static void poweroff_works_after_all_devices_were_shut_down(struct kunit *test)
{
	struct device *serdev = &fixture_box(test)->serdev->dev;

	device_for_each_child(serdev, NULL, shut_down);
	shut_down(serdev, NULL);
	power_off_prepare(test);
	expect_power_off(test, ASSURANCE);
}

static void poweroff_waits_for_its_turn_on_the_line(struct kunit *test)
{
	u8 *eeprom = fixture_mcu(test)->eeprom;
	const struct qnap_mcu_command command = {
		.request = "\xf7\xa1\x00\x20",
		.request_len = 4,
		.echo_len = 4,
		.data = kunit_kzalloc(test, 32, GFP_KERNEL),
		.data_len = 32,
	};

	KUNIT_ASSERT_NOT_NULL(test, command.data);
	fake_mcu_expect_trouble(fixture_mcu(test), "\xf7", FAKE_LATE, 1, 90);
	KUNIT_EXPECT_EQ(test, 0, qnap_mcu_transact(fixture_qnap_mcu(test), &command));
	power_off_prepare(test);
	expect_power_off(test, ASSURANCE);
	KUNIT_EXPECT_MEMEQ(test, command.data, eeprom, 32);
}

static void mcu_without_driver_is_not_switched_off(struct kunit *test)
{
	device_release_driver(&fixture_child(test, "qnap-mcu-poweroff")->dev);
	power_off_prepare(test);
	expect_power_off(test, 0);
	KUNIT_EXPECT_EQ(test, 0, fixture_box(test)->port.num_sent);
}

static void restart_does_not_switch_the_mcu_off(struct kunit *test)
{
	struct device *serdev = &fixture_box(test)->serdev->dev;

	device_for_each_child(serdev, NULL, shut_down);
	shut_down(serdev, NULL);
	expect_power_off(test, 0);
}

static const unsigned int rounds[] = {
	1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20,
};

static void round_desc(const unsigned int *round, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "round %u", *round);
}

KUNIT_ARRAY_PARAM(round, rounds, round_desc);

/* Returns after how many ms the next thing that is switched off had its turn. */
static s64 power_off_on_a_bad_line(struct kunit *test)
{
	const ktime_t start = ktime_get();

	fixture_mcu(test)->num_power_off = 0;
	fixture_forget_sent(test);
	power_off_prepare(test);
	KUNIT_EXPECT_GE(test, fixture_mcu(test)->num_power_off, 1);

	return ktime_ms_delta(ktime_get(), start);
}

/* What went wrong in a round can be repeated: the round's number is the seed. */
static void power_off_often(struct kunit *test, struct bad_line *line)
{
	const unsigned int *round = test->param_value;
	struct fake_port *port = &fixture_box(test)->port;

	prandom_seed_state(&port->random, *round);
	port->flip_per_mille = line->flip_per_mille;
	port->lose_per_mille = line->lose_per_mille;
	/* Byte by byte it takes twice as long. */
	port->chunk = FAKE_PORT_CHUNK_MAX;
	for (int i = 0; i < BAD_LINE_TRIES; i++) {
		const s64 ms = power_off_on_a_bad_line(test);

		line->longest_ms = max(line->longest_ms, ms);
		line->most_requests = max(line->most_requests, fixture_count_sent(test, "@C0"));
	}
	KUNIT_EXPECT_LE(test, line->longest_ms, POWEROFF_MS);
	KUNIT_EXPECT_EQ(test, 0, fixture_count_logged(test, "power-off"));
	kunit_info(test, "so far at most %zu requests, %lld ms of %d", line->most_requests,
		   line->longest_ms, POWEROFF_MS);
}

static void poweroff_gets_through_flipped_bytes(struct kunit *test)
{
	static struct bad_line line = { .flip_per_mille = BAD_LINE_PER_MILLE };

	power_off_often(test, &line);
}

static void poweroff_gets_through_lost_bytes(struct kunit *test)
{
	static struct bad_line line = { .lose_per_mille = BAD_LINE_PER_MILLE };

	power_off_often(test, &line);
}

static struct kunit_case qnap_mcu_poweroff_cases[] = {
	KUNIT_CASE(poweroff_tells_the_mcu_and_makes_sure),
	KUNIT_CASE_SLOW(poweroff_repeats_until_acknowledged),
	KUNIT_CASE_SLOW(poweroff_repeats_when_acknowledgments_are_lost),
	KUNIT_CASE(poweroff_repeats_when_refused),
	KUNIT_CASE_SLOW(poweroff_of_a_mute_mcu_gives_up_and_says_so),
	KUNIT_CASE_SLOW(poweroff_is_not_fooled_by_a_late_acknowledgment),
	KUNIT_CASE(poweroff_is_not_fooled_by_what_another_command_did),
	KUNIT_CASE_SLOW(poweroff_does_not_wait_long_for_an_mcu_that_falls_silent),
	KUNIT_CASE_SLOW(others_have_their_turn_though_the_mcu_is_mute),
	KUNIT_CASE(poweroff_works_after_all_devices_were_shut_down),
	KUNIT_CASE(poweroff_waits_for_its_turn_on_the_line),
	KUNIT_CASE(mcu_without_driver_is_not_switched_off),
	KUNIT_CASE(restart_does_not_switch_the_mcu_off),
	KUNIT_CASE_PARAM_ATTR(poweroff_gets_through_flipped_bytes, round_gen_params,
			      { .speed = KUNIT_SPEED_SLOW }),
	KUNIT_CASE_PARAM_ATTR(poweroff_gets_through_lost_bytes, round_gen_params,
			      { .speed = KUNIT_SPEED_SLOW }),
	{}
};

static struct kunit_suite qnap_mcu_poweroff_suite = {
	.name = "qnap_mcu_poweroff",
	.init = qnap_mcu_fixture_init_ts433,
	.test_cases = qnap_mcu_poweroff_cases,
};

kunit_test_suite(qnap_mcu_poweroff_suite);

MODULE_AUTHOR("the qnap-mcu developers");
MODULE_DESCRIPTION("KUnit tests for power-off through QNAP's microcontroller");
MODULE_LICENSE("GPL");
