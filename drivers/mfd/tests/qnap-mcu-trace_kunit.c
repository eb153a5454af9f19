// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit tests for the tracepoints of the QNAP MCU: whoever listens sees every byte on the line
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
 * struct heard - what one tracepoint told
 * @bytes: bytes, one event after the other
 * @len: how many
 * @events: number of events
 */
struct heard {
	u8 bytes[64];
	size_t len;
	unsigned int events;
};

/**
 * struct witness - who listens to all tracepoints
 * @dev: device that all is about
 * @wrong_dev: something was about another device
 * @request: requests
 * @reply: replies
 * @fault: failures
 * @stray: bytes that nobody asked for
 */
struct witness {
	const struct device *dev;
	bool wrong_dev;
	struct heard request;
	struct heard reply;
	struct heard fault;
	struct heard stray;
};

static void hear(struct witness *witness, struct heard *heard, const struct device *dev,
		 const u8 *bytes, size_t len)
{
	const size_t room = min(len, sizeof(heard->bytes) - heard->len);

	memcpy(heard->bytes + heard->len, bytes, room);
	heard->len += room;
	heard->events++;
	witness->wrong_dev |= dev != witness->dev;
}

static void hear_request(void *data, const struct device *dev, const u8 *bytes, size_t len)
{
	struct witness *witness = data;

	hear(witness, &witness->request, dev, bytes, len);
}

static void hear_reply(void *data, const struct device *dev, const u8 *bytes, size_t len)
{
	struct witness *witness = data;

	hear(witness, &witness->reply, dev, bytes, len);
}

static void hear_fault(void *data, const struct device *dev, const u8 *bytes, size_t len)
{
	struct witness *witness = data;

	hear(witness, &witness->fault, dev, bytes, len);
}

static void hear_stray(void *data, const struct device *dev, const u8 *bytes, size_t len)
{
	struct witness *witness = data;

	hear(witness, &witness->stray, dev, bytes, len);
}

static void stop_listening(void *witness)
{
	unregister_trace_qnap_mcu_request(hear_request, witness);
	unregister_trace_qnap_mcu_reply(hear_reply, witness);
	unregister_trace_qnap_mcu_fault(hear_fault, witness);
	unregister_trace_qnap_mcu_stray(hear_stray, witness);
	tracepoint_synchronize_unregister();
}

static struct witness *listen(struct kunit *test)
{
	struct witness *witness = kunit_kzalloc(test, sizeof(*witness), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, witness);
	witness->dev = &fixture_box(test)->serdev->dev;
	KUNIT_ASSERT_EQ(test, 0, register_trace_qnap_mcu_request(hear_request, witness));
	KUNIT_ASSERT_EQ(test, 0, register_trace_qnap_mcu_reply(hear_reply, witness));
	KUNIT_ASSERT_EQ(test, 0, register_trace_qnap_mcu_fault(hear_fault, witness));
	KUNIT_ASSERT_EQ(test, 0, register_trace_qnap_mcu_stray(hear_stray, witness));
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

	KUNIT_EXPECT_EQ(test, 0, qnap_mcu_exec_ack(fixture_qnap_mcu(test), "@C2", 3));
	expect_heard(test, &witness->request, 1, "@C2\x31", 4);
	expect_heard(test, &witness->reply, 1, "@0p", 3);
	expect_heard(test, &witness->fault, 0, "", 0);
	expect_heard(test, &witness->stray, 0, "", 0);
	KUNIT_EXPECT_FALSE(test, witness->wrong_dev);
}

static void fault_is_traced_with_what_came(struct kunit *test)
{
	const struct witness *witness = listen(test);

	fake_mcu_expect_trouble(fixture_mcu(test), "@C2", FAKE_REFUSE, 1, 0);
	KUNIT_EXPECT_EQ(test, 0, qnap_mcu_exec_ack(fixture_qnap_mcu(test), "@C2", 3));
	expect_heard(test, &witness->request, 2, "@C2\x31@C2\x31", 8);
	expect_heard(test, &witness->fault, 1, "@9y", 3);
	expect_heard(test, &witness->reply, 1, "@0p", 3);
	KUNIT_EXPECT_FALSE(test, witness->wrong_dev);
}

static void silence_is_traced_as_a_fault(struct kunit *test)
{
	const struct witness *witness = listen(test);

	fake_mcu_expect_trouble(fixture_mcu(test), "@C2", FAKE_LOSE_REQUEST, 1, 0);
	KUNIT_EXPECT_EQ(test, 0, qnap_mcu_exec_ack(fixture_qnap_mcu(test), "@C2", 3));
	expect_heard(test, &witness->fault, 1, "", 0);
}

static void unasked_bytes_are_traced(struct kunit *test)
{
	const struct witness *witness = listen(test);

	fake_mcu_say(fixture_mcu(test), "\x01@0p", 4);
	msleep(20);
	KUNIT_EXPECT_GE(test, witness->stray.events, 1);
	expect_heard(test, &witness->stray, witness->stray.events, "\x01@0p", 4);
	expect_heard(test, &witness->reply, 0, "", 0);
	KUNIT_EXPECT_FALSE(test, witness->wrong_dev);
}

static struct kunit_case qnap_mcu_trace_cases[] = {
	KUNIT_CASE(request_and_reply_are_traced),
	KUNIT_CASE(fault_is_traced_with_what_came),
	KUNIT_CASE(silence_is_traced_as_a_fault),
	KUNIT_CASE(unasked_bytes_are_traced),
	{}
};

static struct kunit_suite qnap_mcu_trace_suite = {
	.name = "qnap_mcu_trace",
	.init = qnap_mcu_fixture_init_ts433,
	.test_cases = qnap_mcu_trace_cases,
};

kunit_test_suite(qnap_mcu_trace_suite);

MODULE_AUTHOR("the qnap-mcu developers");
MODULE_DESCRIPTION("KUnit tests for the tracepoints of QNAP's microcontroller");
MODULE_LICENSE("GPL");
