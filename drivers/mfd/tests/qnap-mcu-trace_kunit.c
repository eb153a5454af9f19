// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit tests for the tracepoint of the QNAP MCU: whoever listens sees every byte on the line
 */

#include <kunit/resource.h>
#include <kunit/test.h>
#include <linux/mfd/qnap-mcu.h>
#include <linux/minmax.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/tracepoint.h>

#include <trace/events/qnap_mcu.h>

#include "qnap-mcu-fixture.h"

/**
 * struct heard - what was told about one kind of bytes
 * @what: the kind
 * @bytes: bytes, one event after the other
 * @len: how many
 * @events: number of events
 */
struct heard {
	const char *what;
	u8 bytes[64];
	size_t len;
	unsigned int events;
};

enum { REQUEST, REPLY, FAULT, NOISE, STRAY, KINDS };

/**
 * struct witness - who listens to the tracepoint
 * @serdev: port that all is about
 * @wrong_port: something was about another port
 * @heard: what was told, by kind
 */
struct witness {
	const struct serdev_device *serdev;
	bool wrong_port;
	struct heard heard[KINDS];
};

static void hear(void *data, const struct serdev_device *serdev, const char *what, const u8 *bytes,
		 size_t len)
{
	struct witness *witness = data;
	struct heard *heard = witness->heard;

	while (strcmp(heard->what, what))
		heard++;

	len = min(len, sizeof(heard->bytes) - heard->len);
	memcpy(heard->bytes + heard->len, bytes, len);
	heard->len += len;
	heard->events++;
	witness->wrong_port |= serdev != witness->serdev;
}

static void stop_listening(void *witness)
{
	unregister_trace_qnap_mcu_bytes(hear, witness);
	tracepoint_synchronize_unregister();
}

static struct witness *listen(struct kunit *test)
{
	static const char * const what[KINDS] = { "request", "reply", "fault", "noise", "stray" };
	struct witness *witness = kunit_kzalloc(test, sizeof(*witness), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, witness);
	witness->serdev = fixture_box(test)->serdev;
	for (int i = 0; i < KINDS; i++)
		witness->heard[i].what = what[i];
	KUNIT_ASSERT_EQ(test, 0, register_trace_qnap_mcu_bytes(hear, witness));
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, stop_listening, witness));

	return witness;
}

static void expect_heard(struct kunit *test, const struct heard *heard, unsigned int events,
			 const char *bytes, size_t len)
{
	KUNIT_EXPECT_EQ(test, events, heard->events);
	KUNIT_ASSERT_EQ(test, len, heard->len);
	KUNIT_EXPECT_MEMEQ(test, heard->bytes, bytes, len);
}

static void request_and_reply_are_traced(struct kunit *test)
{
	const struct witness *witness = listen(test);

	KUNIT_EXPECT_EQ(test, 0, fixture_exec_ack(test, "@C2", 3));
	expect_heard(test, &witness->heard[REQUEST], 1, "@C2\x31", 4);
	expect_heard(test, &witness->heard[REPLY], 1, "@0p", 3);
	expect_heard(test, &witness->heard[FAULT], 0, "", 0);
	expect_heard(test, &witness->heard[STRAY], 0, "", 0);
	KUNIT_EXPECT_FALSE(test, witness->wrong_port);
}

static void fault_is_traced_with_what_came(struct kunit *test)
{
	const struct witness *witness = listen(test);

	fake_mcu_expect_trouble(fixture_mcu(test), "@C2", FAKE_REFUSE, 1, 0);
	KUNIT_EXPECT_EQ(test, 0, fixture_exec_ack(test, "@C2", 3));
	expect_heard(test, &witness->heard[REQUEST], 2, "@C2\x31@C2\x31", 8);
	expect_heard(test, &witness->heard[FAULT], 1, "@9y", 3);
	expect_heard(test, &witness->heard[REPLY], 1, "@0p", 3);
	KUNIT_EXPECT_FALSE(test, witness->wrong_port);
}

static void silence_is_traced_as_a_fault(struct kunit *test)
{
	const struct witness *witness = listen(test);

	fake_mcu_expect_trouble(fixture_mcu(test), "@C2", FAKE_LOSE_REQUEST, 1, 0);
	KUNIT_EXPECT_EQ(test, 0, fixture_exec_ack(test, "@C2", 3));
	expect_heard(test, &witness->heard[FAULT], 1, "", 0);
}

static void unasked_bytes_are_traced(struct kunit *test)
{
	const struct witness *witness = listen(test);

	fake_mcu_say(fixture_mcu(test), "\x01@0p", 4);
	msleep(20);
	KUNIT_EXPECT_GE(test, witness->heard[STRAY].events, 1);
	expect_heard(test, &witness->heard[STRAY], witness->heard[STRAY].events, "\x01@0p", 4);
	expect_heard(test, &witness->heard[REPLY], 0, "", 0);
	KUNIT_EXPECT_FALSE(test, witness->wrong_port);
}

static void noise_is_traced(struct kunit *test)
{
	const struct witness *witness = listen(test);

	fake_mcu_expect_trouble(fixture_mcu(test), "@C2", FAKE_NOISE, 1, 2);
	KUNIT_EXPECT_EQ(test, 0, fixture_exec_ack(test, "@C2", 3));
	KUNIT_EXPECT_EQ(test, 2, witness->heard[NOISE].len);
	expect_heard(test, &witness->heard[REPLY], 1, "@0p", 3);
}

static struct kunit_case qnap_mcu_trace_cases[] = {
	KUNIT_CASE(request_and_reply_are_traced),
	KUNIT_CASE(fault_is_traced_with_what_came),
	KUNIT_CASE(silence_is_traced_as_a_fault),
	KUNIT_CASE(unasked_bytes_are_traced),
	KUNIT_CASE(noise_is_traced),
	{}
};

static struct kunit_suite qnap_mcu_trace_suite = {
	.name = "qnap_mcu_trace",
	.init = qnap_mcu_fixture_init_ts433,
	.test_cases = qnap_mcu_trace_cases,
};

kunit_test_suite(qnap_mcu_trace_suite);

MODULE_AUTHOR("the qnap-mcu developers");
MODULE_DESCRIPTION("KUnit tests for the tracepoint of QNAP's microcontroller");
MODULE_LICENSE("GPL");
