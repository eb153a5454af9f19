// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit tests for the transactions with the QNAP MCU: what reaches it, what is taken for its
 * answer, and what becomes of the one and the other on a bad line
 */

#include <kunit/test.h>
#include <linux/completion.h>
#include <linux/kthread.h>
#include <linux/ktime.h>
#include <linux/mfd/qnap-mcu.h>
#include <linux/sched/signal.h>
#include <linux/workqueue.h>

#include "qnap-mcu-fixture.h"

/* When a command ends at the latest: on a dead link, at once on one known to be dead, at all. */
#define DEAD_MS		3450
#define STILL_DEAD_MS	350
#define ANY_MS		7600

/* More than any transaction tries. */
#define ALWAYS		1000

#define READERS		8
#define READS		20

static int read_button(struct kunit *test, u8 *state)
{
	const struct qnap_mcu_command command = {
		.request = "@CV",
		.request_len = 3,
		.echo_len = 3,
		.data = state,
		.data_len = 1,
	};

	return qnap_mcu_transact(fixture_qnap_mcu(test), &command);
}

static int read_eeprom(struct kunit *test, u8 offset, u8 *data, u8 len)
{
	const u8 request[] = { 0xf7, 0xa1, offset, len };
	const struct qnap_mcu_command command = {
		.request = request,
		.request_len = sizeof(request),
		.echo_len = sizeof(request),
		.data = data,
		.data_len = len,
	};

	return qnap_mcu_transact(fixture_qnap_mcu(test), &command);
}

static int beep_short(struct kunit *test)
{
	return fixture_exec_ack(test, "@C2", 3);
}

static int beep_long(struct kunit *test)
{
	return fixture_exec_ack(test, "@C3", 3);
}

/* The line goes dead for one command: nothing may be taken for its acknowledgment. */
static void expect_no_false_ack(struct kunit *test)
{
	fake_mcu_expect_trouble(fixture_mcu(test), "@C3", FAKE_LOSE_REQUEST, ALWAYS, 0);
	KUNIT_EXPECT_EQ(test, -ETIMEDOUT, beep_long(test));
}

static void command_is_sent_once_in_one_piece(struct kunit *test)
{
	struct fake_port *port = &fixture_box(test)->port;
	u8 state = 0;

	fixture_mcu(test)->button = '1';
	KUNIT_EXPECT_EQ(test, 0, read_button(test, &state));
	KUNIT_EXPECT_EQ(test, '1', state);
	KUNIT_EXPECT_EQ(test, 1, port->num_sent);
	KUNIT_EXPECT_EQ(test, 4, port->sent[0].len);
	KUNIT_EXPECT_MEMEQ(test, port->sent[0].bytes, "@CV\x55", 4);
	KUNIT_EXPECT_EQ(test, 0, fixture_counter(test, "retries"));
}

static void reply_of_any_length_is_taken(struct kunit *test)
{
	struct fake_mcu *mcu = fixture_mcu(test);
	u8 data[36];

	for (u8 len = 1; len <= sizeof(data); len++) {
		KUNIT_EXPECT_EQ(test, 0, read_eeprom(test, 3 * len, data, len));
		KUNIT_EXPECT_MEMEQ(test, data, mcu->eeprom + 3 * len, len);
	}
	KUNIT_EXPECT_EQ(test, 36, fixture_box(test)->port.num_sent);
}

static void reply_in_one_chunk_is_taken(struct kunit *test)
{
	struct fake_box *box = fixture_box(test);
	u8 data[32];

	box->port.byte_ns = 0;
	box->port.chunk = FAKE_PORT_CHUNK_MAX;
	box->mcu.latency_us = 10000;
	KUNIT_EXPECT_EQ(test, 0, read_eeprom(test, 0, data, sizeof(data)));
	KUNIT_EXPECT_MEMEQ(test, data, box->mcu.eeprom, sizeof(data));
	KUNIT_EXPECT_EQ(test, 1, box->port.num_sent);
}

/* Exact in virtual time only. */
static void command_takes_as_long_as_the_wire_and_the_mcu(struct kunit *test)
{
	const unsigned int wire_us = (4 + 5) * FAKE_PORT_BYTE_NS / NSEC_PER_USEC;
	const ktime_t start = ktime_get();
	u8 state;

	KUNIT_EXPECT_EQ(test, 0, read_button(test, &state));
	KUNIT_EXPECT_LE(test, ktime_us_delta(ktime_get(), start),
			wire_us + fixture_mcu(test)->latency_us + 100);
}

static void all_bytes_are_consumed(struct kunit *test)
{
	u8 state;

	fake_mcu_expect_trouble(fixture_mcu(test), "@CV", FAKE_NOISE, 1, 40);
	KUNIT_EXPECT_EQ(test, 0, read_button(test, &state));
	fake_mcu_say(fixture_mcu(test), "@0p", 3);
	msleep(20);
	KUNIT_EXPECT_EQ(test, 0, fixture_box(test)->port.not_consumed);
}

/**
 * struct mishap - a fault that a repetition makes good
 * @name: what happens
 * @fault: the fault
 * @detail: see &enum fake_fault
 * @counter: counter in debugfs that it shows up in
 * @patience_ms: how long it may take to make good
 */
struct mishap {
	const char *name;
	enum fake_fault fault;
	unsigned int detail;
	const char *counter;
	unsigned int patience_ms;
};

static const struct mishap mishaps[] = {
	{ "request lost", FAKE_LOSE_REQUEST, 0, "timeouts", 150 },
	{ "reply lost", FAKE_LOSE_REPLY, 0, "timeouts", 150 },
	{ "request garbled", FAKE_BAD_REQUEST, 0, "error_frames", 50 },
	{ "request refused", FAKE_REFUSE, 0, "error_frames", 50 },
	{ "reply garbled", FAKE_BAD_REPLY, 0, "bad_checksums", 50 },
	{ "reply broken off", FAKE_HALF_REPLY, 0, "incomplete", 70 },
	{ "reply late", FAKE_LATE, 150, "timeouts", 250 },
};

KUNIT_ARRAY_PARAM_DESC(mishap, mishaps, name);

static void mishap_is_made_good_by_a_repetition(struct kunit *test)
{
	const struct mishap *mishap = test->param_value;
	struct fake_mcu *mcu = fixture_mcu(test);
	u8 data[4];

	fake_mcu_expect_trouble(mcu, "\xf7\xa1", mishap->fault, 1, mishap->detail);
	KUNIT_EXPECT_EQ(test, 0, read_eeprom(test, 8, data, sizeof(data)));
	KUNIT_EXPECT_MEMEQ(test, data, mcu->eeprom + 8, sizeof(data));
	KUNIT_EXPECT_EQ(test, 2, fixture_count_sent(test, "\xf7\xa1"));
	KUNIT_EXPECT_EQ(test, 1, fixture_counter(test, "retries"));
	KUNIT_EXPECT_EQ_MSG(test, 1, fixture_counter(test, mishap->counter), "%s", mishap->counter);
}

static void mishap_costs_no_more_time_than_it_must(struct kunit *test)
{
	const struct mishap *mishap = test->param_value;
	const ktime_t start = ktime_get();
	u8 data[4];

	fake_mcu_expect_trouble(fixture_mcu(test), "\xf7\xa1", mishap->fault, 1, mishap->detail);
	KUNIT_EXPECT_EQ(test, 0, read_eeprom(test, 8, data, sizeof(data)));
	KUNIT_EXPECT_LE(test, ktime_ms_delta(ktime_get(), start), mishap->patience_ms);
}

static void mishap_does_not_disturb_the_next_command(struct kunit *test)
{
	const struct mishap *mishap = test->param_value;

	fake_mcu_expect_trouble(fixture_mcu(test), "@C2", mishap->fault, 1, mishap->detail);
	KUNIT_EXPECT_EQ(test, 0, beep_short(test));
	expect_no_false_ack(test);

	fake_mcu_forget_trouble(fixture_mcu(test));
	fixture_mcu(test)->num_beeps = 0;
	KUNIT_EXPECT_EQ(test, 0, beep_long(test));
	KUNIT_EXPECT_EQ(test, 1, fixture_mcu(test)->num_beeps);
}

static void noise_before_a_reply_costs_at_most_a_retry(struct kunit *test)
{
	u8 state = 0;

	for (unsigned int noise = 1; noise < 40; noise++) {
		fake_mcu_forget_trouble(fixture_mcu(test));
		fake_mcu_expect_trouble(fixture_mcu(test), "@CV", FAKE_NOISE, 1, noise);
		KUNIT_EXPECT_EQ(test, 0, read_button(test, &state));
		KUNIT_EXPECT_EQ(test, '0', state);
	}
	KUNIT_EXPECT_LE(test, fixture_count_sent(test, "@CV"), 2 * 39);
}

/* Leaves a beep unanswered for 5 seconds, of which more than a second is left. */
static void have_reply_late(struct kunit *test)
{
	fake_mcu_expect_trouble(fixture_mcu(test), "@C2", FAKE_LATE, 1, 5000);
	KUNIT_EXPECT_EQ(test, -ETIMEDOUT, beep_short(test));
}

static void reply_late_is_not_taken_for_next_command(struct kunit *test)
{
	have_reply_late(test);
	expect_no_false_ack(test);
	msleep(1000);
	expect_no_false_ack(test);
	msleep(2000);
	expect_no_false_ack(test);
}

static void reply_late_is_counted(struct kunit *test)
{
	have_reply_late(test);
	msleep(3000);
	KUNIT_EXPECT_GE(test, fixture_counter(test, "strays"), 3);
}

static void command_after_a_late_reply_is_carried_out(struct kunit *test)
{
	struct fake_mcu *mcu = fixture_mcu(test);

	have_reply_late(test);
	msleep(3000);
	mcu->num_beeps = 0;
	KUNIT_EXPECT_EQ(test, 0, beep_long(test));
	KUNIT_EXPECT_EQ(test, 1, mcu->num_beeps);
	KUNIT_EXPECT_EQ(test, '3', mcu->beeps[0]);
}

static void reply_sent_twice_is_not_taken_for_next_command(struct kunit *test)
{
	fake_mcu_expect_trouble(fixture_mcu(test), "@C2", FAKE_TWICE, 1, 0);
	KUNIT_EXPECT_EQ(test, 0, beep_short(test));
	expect_no_false_ack(test);
}

/* The wire carries nothing in no time: such a reply is to something older, or the port is odd. */
static void reply_before_its_time_is_not_trusted(struct kunit *test)
{
	struct fake_box *box = fixture_box(test);

	box->port.byte_ns = 0;
	box->mcu.latency_us = 0;
	KUNIT_EXPECT_EQ(test, 0, beep_short(test));
	KUNIT_EXPECT_EQ(test, 4, fixture_count_sent(test, "@C2"));
	KUNIT_EXPECT_EQ(test, 2, fixture_count_sent(test, "%V"));
	KUNIT_EXPECT_GE(test, fixture_counter(test, "strays"), 9);
}

/* As long as the next request is on its way, and the shortest reply after it. */
static void reply_sent_twice_with_a_pause_is_not_taken(struct kunit *test)
{
	struct fake_mcu *mcu = fixture_mcu(test);

	for (unsigned int pause_us = 0; pause_us < 250; pause_us += 10) {
		fake_mcu_forget_trouble(mcu);
		KUNIT_EXPECT_EQ(test, 0, beep_long(test));
		fake_mcu_expect_trouble(mcu, "@C2", FAKE_TWICE, 1, pause_us);
		KUNIT_EXPECT_EQ(test, 0, beep_short(test));
		expect_no_false_ack(test);
	}
}

static void reply_sent_twice_is_counted(struct kunit *test)
{
	fake_mcu_expect_trouble(fixture_mcu(test), "@C2", FAKE_TWICE, 1, 0);
	KUNIT_EXPECT_EQ(test, 0, beep_short(test));
	msleep(50);
	KUNIT_EXPECT_EQ(test, 3, fixture_counter(test, "strays"));
}

static void unasked_reply_is_not_taken_for_next_command(struct kunit *test)
{
	fake_mcu_say(fixture_mcu(test), "@0p", 3);
	msleep(20);
	expect_no_false_ack(test);
}

static void unasked_reply_is_counted(struct kunit *test)
{
	msleep(50);
	fake_mcu_say(fixture_mcu(test), "@0p", 3);
	msleep(50);
	KUNIT_EXPECT_EQ(test, 3, fixture_counter(test, "strays"));
}

static void noise_before_a_reply_is_counted(struct kunit *test)
{
	const u32 before = fixture_counter(test, "noise");
	u8 state;

	fake_mcu_say(fixture_mcu(test), "\x01\x02\x03", 3);
	KUNIT_EXPECT_EQ(test, 0, read_button(test, &state));
	KUNIT_EXPECT_EQ(test, 3, fixture_counter(test, "noise") - before);
}

static void unasked_byte_has_the_link_checked_before_the_next_command(struct kunit *test)
{
	struct fake_port *port = &fixture_box(test)->port;

	fake_mcu_say(fixture_mcu(test), "\x55", 1);
	msleep(20);
	KUNIT_EXPECT_EQ(test, 0, beep_short(test));
	KUNIT_ASSERT_EQ(test, 2, port->num_sent);
	KUNIT_EXPECT_MEMEQ(test, port->sent[0].bytes, "%V\x73", 3);
	KUNIT_EXPECT_MEMEQ(test, port->sent[1].bytes, "@C2\x31", 4);

	KUNIT_EXPECT_EQ(test, 0, beep_short(test));
	KUNIT_EXPECT_EQ(test, 3, port->num_sent);
}

/**
 * struct dead_end - a fault that does not go away
 * @name: what happens
 * @fault: the fault
 * @error: what the caller gets
 */
struct dead_end {
	const char *name;
	enum fake_fault fault;
	int error;
};

static const struct dead_end dead_ends[] = {
	{ "MCU silent", FAKE_LOSE_REQUEST, -ETIMEDOUT },
	{ "all replies lost", FAKE_LOSE_REPLY, -ETIMEDOUT },
	{ "all requests garbled", FAKE_BAD_REQUEST, -EPROTO },
	{ "all replies garbled", FAKE_BAD_REPLY, -EPROTO },
	{ "all replies broken off", FAKE_HALF_REPLY, -EPROTO },
	{ "MCU refuses", FAKE_REFUSE, -EREMOTEIO },
};

KUNIT_ARRAY_PARAM_DESC(dead_end, dead_ends, name);

static void dead_end_is_the_callers_to_see(struct kunit *test)
{
	const struct dead_end *dead_end = test->param_value;
	const ktime_t start = ktime_get();
	u8 state = 0x5a;

	fake_mcu_expect_trouble(fixture_mcu(test), "", dead_end->fault, ALWAYS, 0);
	KUNIT_EXPECT_EQ(test, dead_end->error, read_button(test, &state));
	KUNIT_EXPECT_EQ(test, 0x5a, state);
	KUNIT_EXPECT_LE(test, ktime_ms_delta(ktime_get(), start), DEAD_MS);
	KUNIT_EXPECT_LE(test, fixture_count_sent(test, "@CV"), 16);
}

static void dead_mcu_is_not_waited_for_again(struct kunit *test)
{
	ktime_t start;

	fake_mcu_expect_trouble(fixture_mcu(test), "", FAKE_LOSE_REQUEST, ALWAYS, 0);
	KUNIT_EXPECT_EQ(test, -ETIMEDOUT, beep_short(test));
	start = ktime_get();
	KUNIT_EXPECT_EQ(test, -ETIMEDOUT, beep_short(test));
	KUNIT_EXPECT_LE(test, ktime_ms_delta(ktime_get(), start), STILL_DEAD_MS);
}

/* The stray byte unsettles the link, and it cannot be settled again. */
static void persistent_command_outlives_a_dead_mcu(struct kunit *test)
{
	const struct qnap_mcu_command command = {
		.request = "@C2",
		.request_len = 3,
		.persist_ms = 10000,
	};
	ktime_t start;

	fake_mcu_say(fixture_mcu(test), "\x55", 1);
	msleep(20);
	fake_mcu_expect_trouble(fixture_mcu(test), "%V", FAKE_LOSE_REQUEST, ALWAYS, 0);
	fake_mcu_expect_trouble(fixture_mcu(test), "@C2", FAKE_LOSE_REQUEST, 20, 0);
	KUNIT_EXPECT_EQ(test, 0, qnap_mcu_transact(fixture_qnap_mcu(test), &command));
	KUNIT_EXPECT_GT(test, fixture_count_sent(test, "%V"), 3);
	KUNIT_EXPECT_EQ(test, 5, fixture_mcu(test)->num_beeps);

	fake_mcu_expect_trouble(fixture_mcu(test), "@C2", FAKE_LOSE_REQUEST, ALWAYS, 0);
	start = ktime_get();
	KUNIT_EXPECT_EQ(test, -ETIMEDOUT, qnap_mcu_transact(fixture_qnap_mcu(test), &command));
	KUNIT_EXPECT_GE(test, ktime_ms_delta(ktime_get(), start), 10000);
	KUNIT_EXPECT_LE(test, ktime_ms_delta(ktime_get(), start), 15000);
}

static void link_recovers_from_a_dead_end(struct kunit *test)
{
	const struct dead_end *dead_end = test->param_value;
	u8 state = 0;

	fake_mcu_expect_trouble(fixture_mcu(test), "", dead_end->fault, ALWAYS, 0);
	KUNIT_EXPECT_NE(test, 0, read_button(test, &state));
	fake_mcu_forget_trouble(fixture_mcu(test));
	KUNIT_EXPECT_EQ(test, 0, read_button(test, &state));
	KUNIT_EXPECT_EQ(test, '0', state);
}

/* An MCU that never stops talking. */
struct babble {
	struct delayed_work work;
	struct fake_mcu *mcu;
};

static void babble_on(struct work_struct *work)
{
	struct babble *babble = container_of(work, struct babble, work.work);

	fake_mcu_say(babble->mcu, "@C?\xf7@0@CV", 8);
	schedule_delayed_work(&babble->work, msecs_to_jiffies(10));
}

static void babbling_mcu_does_not_hold_the_caller(struct kunit *test)
{
	struct babble babble = { .mcu = fixture_mcu(test) };
	const ktime_t start = ktime_get();
	u8 state;

	fake_mcu_expect_trouble(fixture_mcu(test), "", FAKE_LOSE_REQUEST, ALWAYS, 0);
	INIT_DELAYED_WORK_ONSTACK(&babble.work, babble_on);
	schedule_delayed_work(&babble.work, 0);
	KUNIT_EXPECT_EQ(test, -EPROTO, read_button(test, &state));
	KUNIT_EXPECT_LE(test, ktime_ms_delta(ktime_get(), start), ANY_MS);
	cancel_delayed_work_sync(&babble.work);
	destroy_delayed_work_on_stack(&babble.work);
}

static void impossible_command_is_not_sent(struct kunit *test)
{
	u8 data[64];
	const struct qnap_mcu_command impossible[] = {
		{ .request = "", .request_len = 0 },
		{ .request = "@CVxxxxxxxxxxxxxxxxxxx", .request_len = 22 },
		{ .request = "@CV", .request_len = 3, .echo_len = 4 },
		{ .request = "@CV", .request_len = 3, .data = data, .data_len = 1 },
		{ .request = "@CV", .request_len = 3, .echo_len = 3, .data = data, .data_len = 38 },
		{ .request = "@CV", .request_len = 3, .echo_len = 3, .data = data,
		  .data_len = U8_MAX },
	};

	for (size_t i = 0; i < ARRAY_SIZE(impossible); i++)
		KUNIT_EXPECT_EQ_MSG(test, -EINVAL,
				    qnap_mcu_transact(fixture_qnap_mcu(test), &impossible[i]),
				    "command %zu", i);
	KUNIT_EXPECT_EQ(test, 0, fixture_box(test)->port.num_sent);
}

static void short_write_is_repeated_whole(struct kunit *test)
{
	struct fake_port *port = &fixture_box(test)->port;

	port->short_writes = 1;
	KUNIT_EXPECT_EQ(test, 0, beep_short(test));
	KUNIT_EXPECT_EQ(test, 1, port->flushes);
	KUNIT_EXPECT_EQ(test, 2, port->sent[0].len);
	KUNIT_EXPECT_EQ(test, '2', fixture_mcu(test)->beeps[0]);
}

static void port_that_takes_nothing_is_an_error(struct kunit *test)
{
	fixture_box(test)->port.short_writes = ALWAYS;
	KUNIT_EXPECT_EQ(test, -EIO, beep_short(test));
}

static void error_of_the_port_is_passed_on(struct kunit *test)
{
	fixture_box(test)->port.short_writes = ALWAYS;
	fixture_box(test)->port.write_error = -ENXIO;
	KUNIT_EXPECT_EQ(test, -ENXIO, beep_short(test));
}

/**
 * struct reader - a thread that uses the MCU
 * @test: test
 * @offset: what it reads from the EEPROM
 * @signal: signal to have pending meanwhile, or 0
 * @wrong: how many reads went wrong
 * @done: it has ended
 */
struct reader {
	struct kunit *test;
	u8 offset;
	int signal;
	unsigned int wrong;
	struct completion done;
};

static int reader_thread(void *data)
{
	struct reader *reader = data;
	struct fake_mcu *mcu = fixture_mcu(reader->test);
	u8 bytes[16];

	if (reader->signal) {
		allow_signal(reader->signal);
		send_sig(reader->signal, current, 0);
	}

	for (int i = 0; i < READS; i++)
		reader->wrong += read_eeprom(reader->test, reader->offset, bytes, sizeof(bytes)) ||
				 memcmp(bytes, mcu->eeprom + reader->offset, sizeof(bytes));

	complete(&reader->done);

	return 0;
}

static void start_reader(struct kunit *test, struct reader *reader, u8 offset, int signal)
{
	reader->test = test;
	reader->offset = offset;
	reader->signal = signal;
	init_completion(&reader->done);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, kthread_run(reader_thread, reader, "reader-%u", offset));
}

static void parallel_commands_are_served_one_by_one(struct kunit *test)
{
	struct reader *readers = kunit_kcalloc(test, READERS, sizeof(*readers), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, readers);
	for (int i = 0; i < READERS; i++)
		start_reader(test, &readers[i], 16 * i, 0);
	for (int i = 0; i < READERS; i++) {
		wait_for_completion(&readers[i].done);
		KUNIT_EXPECT_EQ(test, 0, readers[i].wrong);
	}
	KUNIT_EXPECT_EQ(test, READERS * READS, fixture_count_sent(test, "\xf7\xa1"));
	KUNIT_EXPECT_EQ(test, 0, fixture_counter(test, "retries"));
}

/* Which of the requests sent since @from was the first that begins like @command. */
static size_t find_sent(struct kunit *test, size_t from, const char *command)
{
	const struct fake_port *port = &fixture_box(test)->port;
	size_t i = from;

	while (i < port->num_sent && memcmp(port->sent[i].bytes, command, strlen(command)))
		i++;

	return i - from;
}

static void urgent_command_passes_those_that_wait(struct kunit *test)
{
	struct reader *readers = kunit_kcalloc(test, READERS, sizeof(*readers), GFP_KERNEL);
	const struct qnap_mcu_command command = {
		.request = "@C2",
		.request_len = 3,
		.urgent = true,
	};
	size_t before;

	KUNIT_ASSERT_NOT_NULL(test, readers);
	for (int i = 0; i < READERS; i++)
		start_reader(test, &readers[i], 16 * i, 0);
	for (int i = 0; i < READS; i++) {
		fsleep(7000);
		before = fixture_box(test)->port.num_sent;
		KUNIT_EXPECT_EQ(test, 0, qnap_mcu_transact(fixture_qnap_mcu(test), &command));
		KUNIT_EXPECT_LE(test, find_sent(test, before, "@C2"), 1);
	}
	for (int i = 0; i < READERS; i++)
		wait_for_completion(&readers[i].done);
}

static void signal_does_not_cut_a_command(struct kunit *test)
{
	struct reader *reader = kunit_kzalloc(test, sizeof(*reader), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, reader);
	start_reader(test, reader, 0, SIGUSR1);
	wait_for_completion(&reader->done);
	KUNIT_EXPECT_EQ(test, 0, reader->wrong);
	KUNIT_EXPECT_EQ(test, READS, fixture_count_sent(test, "\xf7\xa1"));
	KUNIT_EXPECT_EQ(test, 5, fixture_box(test)->port.sent[READS - 1].len);
}

static void bad_line_costs_time_but_no_command(struct kunit *test)
{
	struct fake_box *box = fixture_box(test);
	u8 data[8];

	box->port.flip_per_mille = 10;
	box->port.lose_per_mille = 5;
	for (unsigned int i = 0; i < 200; i++) {
		const u8 offset = 8 * (i % 31);

		memset(data, 0, sizeof(data));
		KUNIT_EXPECT_EQ(test, 0, read_eeprom(test, offset, data, sizeof(data)));
		KUNIT_EXPECT_MEMEQ(test, data, box->mcu.eeprom + offset, sizeof(data));
	}
	KUNIT_EXPECT_GT(test, fixture_counter(test, "retries"), 0);
}

static void posted_request_waits_for_nothing(struct kunit *test)
{
	struct fake_port *port = &fixture_box(test)->port;
	const ktime_t start = ktime_get();

	KUNIT_EXPECT_EQ(test, 0, qnap_mcu_post(fixture_qnap_mcu(test), "@C2", 3));
	KUNIT_EXPECT_LE(test, ktime_ms_delta(ktime_get(), start), 0);
	KUNIT_ASSERT_EQ(test, 1, port->num_sent);
	KUNIT_EXPECT_MEMEQ(test, port->sent[0].bytes, "@C2\x31", 4);
}

static void posted_request_that_does_not_fit_is_an_error(struct kunit *test)
{
	struct fake_port *port = &fixture_box(test)->port;
	struct qnap_mcu *mcu = fixture_qnap_mcu(test);

	KUNIT_EXPECT_EQ(test, -EINVAL, qnap_mcu_post(mcu, "", 0));
	KUNIT_EXPECT_EQ(test, -EINVAL, qnap_mcu_post(mcu, "@CVxxxxxxxxxxxxxxxxxxx", 22));
	KUNIT_EXPECT_EQ(test, 0, port->num_sent);

	port->short_writes = 2;
	KUNIT_EXPECT_EQ(test, -EIO, qnap_mcu_post(mcu, "@C2", 3));
	port->write_error = -ENXIO;
	KUNIT_EXPECT_EQ(test, -ENXIO, qnap_mcu_post(mcu, "@C2", 3));
}

static struct kunit_case qnap_mcu_link_cases[] = {
	KUNIT_CASE(command_is_sent_once_in_one_piece),
	KUNIT_CASE(reply_of_any_length_is_taken),
	KUNIT_CASE(reply_in_one_chunk_is_taken),
	KUNIT_CASE_SLOW(command_takes_as_long_as_the_wire_and_the_mcu),
	KUNIT_CASE(all_bytes_are_consumed),
	KUNIT_CASE_PARAM(mishap_is_made_good_by_a_repetition, mishap_gen_params),
	KUNIT_CASE_PARAM_ATTR(mishap_costs_no_more_time_than_it_must, mishap_gen_params,
			      { .speed = KUNIT_SPEED_SLOW }),
	KUNIT_CASE_PARAM_ATTR(mishap_does_not_disturb_the_next_command, mishap_gen_params,
			      { .speed = KUNIT_SPEED_SLOW }),
	KUNIT_CASE(noise_before_a_reply_costs_at_most_a_retry),
	KUNIT_CASE_SLOW(noise_before_a_reply_is_counted),
	KUNIT_CASE_SLOW(reply_late_is_not_taken_for_next_command),
	KUNIT_CASE_SLOW(reply_late_is_counted),
	KUNIT_CASE_SLOW(command_after_a_late_reply_is_carried_out),
	KUNIT_CASE_SLOW(reply_sent_twice_is_not_taken_for_next_command),
	KUNIT_CASE(reply_before_its_time_is_not_trusted),
	KUNIT_CASE_SLOW(reply_sent_twice_with_a_pause_is_not_taken),
	KUNIT_CASE_SLOW(reply_sent_twice_is_counted),
	KUNIT_CASE_SLOW(unasked_reply_is_not_taken_for_next_command),
	KUNIT_CASE_SLOW(unasked_reply_is_counted),
	KUNIT_CASE(unasked_byte_has_the_link_checked_before_the_next_command),
	KUNIT_CASE_PARAM_ATTR(dead_end_is_the_callers_to_see, dead_end_gen_params,
			      { .speed = KUNIT_SPEED_SLOW }),
	KUNIT_CASE_SLOW(dead_mcu_is_not_waited_for_again),
	KUNIT_CASE_SLOW(persistent_command_outlives_a_dead_mcu),
	KUNIT_CASE_PARAM_ATTR(link_recovers_from_a_dead_end, dead_end_gen_params,
			      { .speed = KUNIT_SPEED_SLOW }),
	KUNIT_CASE_SLOW(babbling_mcu_does_not_hold_the_caller),
	KUNIT_CASE(impossible_command_is_not_sent),
	KUNIT_CASE(short_write_is_repeated_whole),
	KUNIT_CASE(port_that_takes_nothing_is_an_error),
	KUNIT_CASE(error_of_the_port_is_passed_on),
	KUNIT_CASE(parallel_commands_are_served_one_by_one),
	KUNIT_CASE_SLOW(urgent_command_passes_those_that_wait),
	KUNIT_CASE(signal_does_not_cut_a_command),
	KUNIT_CASE_SLOW(bad_line_costs_time_but_no_command),
	KUNIT_CASE_SLOW(posted_request_waits_for_nothing),
	KUNIT_CASE(posted_request_that_does_not_fit_is_an_error),
	{}
};

static struct kunit_suite qnap_mcu_link_suite = {
	.name = "qnap_mcu_link",
	.init = qnap_mcu_fixture_init_ts433,
	.test_cases = qnap_mcu_link_cases,
};

kunit_test_suite(qnap_mcu_link_suite);

MODULE_AUTHOR("the qnap-mcu developers");
MODULE_DESCRIPTION("KUnit tests for the transactions with QNAP's microcontroller");
MODULE_LICENSE("GPL");
