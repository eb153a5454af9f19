// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit tests for the frame codec of the Weltrend WT61P803 microcontroller
 */

#include <kunit/test.h>
#include <linux/prandom.h>
#include <linux/string.h>

#include "../qnap-mcu-frame.h"

/* Same bytes in every run, so that a failure can be repeated. */
#define RANDOM_SEED	0x0061803

/**
 * struct exchange - a command and the answer to it, as they are on the wire
 * @name: what the command does
 * @request: frame sent, with its checksum
 * @request_len: its length
 * @reply: frame received, with its checksum
 * @reply_len: its length
 * @head_len: how many bytes at the beginning of the reply are known beforehand
 */
struct exchange {
	const char *name;
	const char *request;
	size_t request_len;
	const char *reply;
	size_t reply_len;
	size_t head_len;
};

#define EXCHANGE(_name, _request, _reply, _head_len) { \
	.name = (_name), \
	.request = (_request), \
	.request_len = sizeof(_request) - 1, \
	.reply = (_reply), \
	.reply_len = sizeof(_reply) - 1, \
	.head_len = (_head_len), \
}

#define ACKED(_name, _request)	EXCHANGE(_name, _request, "@0p", 2)

static const struct exchange exchanges[] = {
	/* QNAP */
	EXCHANGE("firmware version", "%V\x73", "%V0051\x77", 2),
	ACKED("power off", "@C0\x33"),
	ACKED("beep short", "@C2\x31"),
	ACKED("beep long", "@C3\x30"),
	ACKED("status red fast", "@C4\x37"),
	ACKED("status green fast", "@C5\x36"),
	ACKED("status green on", "@C6\x35"),
	ACKED("status red on", "@C7\x34"),
	ACKED("status alternating fast", "@C8\x3b"),
	ACKED("status off", "@C9\x3a"),
	ACKED("status green slow", "@CA\x42"),
	ACKED("status red slow", "@CB\x41"),
	ACKED("status alternating slow", "@CC\x40"),
	ACKED("status both on", "@CD\x47"),
	ACKED("USB LED on", "@CE\x46"),
	ACKED("USB LED blink", "@CF\x45"),
	ACKED("USB LED off", "@CG\x44"),
	EXCHANGE("button released", "@CV\x55", "@CV0\x65", 3),
	EXCHANGE("button pressed", "@CV\x55", "@CV1\x64", 3),
	EXCHANGE("fan speed", "@FA\x47", "@FA\x00\x2b\x00\x6c", 2),
	EXCHANGE("fan PWM read", "@FZ0\x6c", "@FZ\xff\xa3", 3),
	ACKED("fan PWM set", "@FW0\x80\xe1"),
	ACKED("fan PWM set to 0", "@FW0\x00\x61"),
	EXCHANGE("temperature", "@T3\x27", "@T3\xa7\x80", 3),
	ACKED("bay 0 on", "@R00\x12"),
	ACKED("bay 1 off", "@R11\x12"),
	ACKED("bay 2 fast", "@R22\x12"),
	ACKED("bay 3 slow", "@R33\x12"),
	EXCHANGE("EEPROM read", "\xf7\xa1\x00\x05\x53", "\xf7\xa1\x00\x05Q2047\x03", 4),
	EXCHANGE("EEPROM block", "\xf7\xa1\xe0\x20\x96",
		 "\xf7\xa1\xe0\x20ghijklmnopqrstuvwxyz0123456789+-\x8d", 4),

	/* IEI Puzzle */
	EXCHANGE("build info", "%B\x67", "%B202103151200\x62", 2),
	EXCHANGE("run mode", "%M\x68", "%M1\x59", 2),
	EXCHANGE("protocol version", "%P\x75", "%P100010\x75", 2),
	EXCHANGE("MCU status", "@OSS\x0f",
		 "@OSS\x00\x01\x00\x00\x00\x00\x02\x00\x00\x00\x00\x00\x00\x00\x00\x08\x04", 4),
	ACKED("power-loss recovery", "@OA1\x7f"),
	EXCHANGE("both temperatures", "@TA\x55", "@TA2\xa7\xa3\x63", 4),
	EXCHANGE("second fan", "@FB\x44", "@FB\x12\x34\x00\x62", 2),
	ACKED("EEPROM write", "\xf7\xa0\x00\x11Q123456789012345:\x1d"),
};

static void exchange_desc(const struct exchange *exchange, char *desc)
{
	strscpy(desc, exchange->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(exchange, exchanges, exchange_desc);

static struct qnap_mcu_shape shape_of(const struct exchange *exchange)
{
	return (struct qnap_mcu_shape) {
		.head = (const u8 *)exchange->reply,
		.head_len = exchange->head_len,
		.len = exchange->reply_len - QNAP_MCU_CHECKSUM_SIZE,
	};
}

static enum qnap_mcu_verdict scan_for(const struct exchange *exchange, const void *data, size_t len,
				      struct qnap_mcu_scan *scan)
{
	struct qnap_mcu_shape shape = shape_of(exchange);

	return qnap_mcu_frame_scan(data, len, &shape, scan);
}

static const struct exchange *exchange_named(struct kunit *test, const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(exchanges); i++) {
		if (!strcmp(exchanges[i].name, name))
			return &exchanges[i];
	}

	KUNIT_FAIL_AND_ABORT(test, "no exchange '%s'", name);
	return NULL;
}

static void request_is_encoded(struct kunit *test)
{
	const struct exchange *exchange = test->param_value;
	const size_t len = exchange->request_len - QNAP_MCU_CHECKSUM_SIZE;
	u8 frame[QNAP_MCU_REQUEST_FRAME_MAX] = {};

	KUNIT_EXPECT_EQ(test, exchange->request_len,
			qnap_mcu_frame_encode(frame, sizeof(frame), exchange->request, len));
	KUNIT_EXPECT_MEMEQ(test, frame, exchange->request, exchange->request_len);
}

static void request_with_a_flipped_bit_is_invalid(struct kunit *test)
{
	const struct exchange *exchange = test->param_value;
	u8 frame[QNAP_MCU_REQUEST_FRAME_MAX];

	for (size_t bit = 0; bit < exchange->request_len * BITS_PER_BYTE; bit++) {
		memcpy(frame, exchange->request, exchange->request_len);
		KUNIT_EXPECT_TRUE(test, qnap_mcu_frame_valid(frame, exchange->request_len));
		frame[bit / BITS_PER_BYTE] ^= BIT(bit % BITS_PER_BYTE);
		KUNIT_EXPECT_FALSE_MSG(test, qnap_mcu_frame_valid(frame, exchange->request_len),
				       "bit %zu", bit);
	}
}

static void reply_is_taken(struct kunit *test)
{
	const struct exchange *exchange = test->param_value;
	struct qnap_mcu_scan scan;

	KUNIT_EXPECT_EQ(test, QNAP_MCU_REPLY,
			scan_for(exchange, exchange->reply, exchange->reply_len, &scan));
	KUNIT_EXPECT_EQ(test, 0, scan.start);
}

static void truncated_reply_needs_more(struct kunit *test)
{
	const struct exchange *exchange = test->param_value;
	struct qnap_mcu_scan scan;

	for (size_t len = 0; len < exchange->reply_len; len++) {
		KUNIT_EXPECT_EQ_MSG(test, QNAP_MCU_NEED_MORE,
				    scan_for(exchange, exchange->reply, len, &scan),
				    "%zu bytes", len);
		KUNIT_EXPECT_EQ(test, 0, scan.start);
	}
}

static void reply_with_a_flipped_bit_is_not_taken(struct kunit *test)
{
	const struct exchange *exchange = test->param_value;
	u8 frame[QNAP_MCU_REPLY_FRAME_MAX];
	struct qnap_mcu_scan scan;

	for (size_t bit = 0; bit < exchange->reply_len * BITS_PER_BYTE; bit++) {
		const bool in_head = bit / BITS_PER_BYTE < exchange->head_len;

		memcpy(frame, exchange->reply, exchange->reply_len);
		frame[bit / BITS_PER_BYTE] ^= BIT(bit % BITS_PER_BYTE);
		KUNIT_EXPECT_EQ_MSG(test, in_head ? QNAP_MCU_NEED_MORE : QNAP_MCU_BAD,
				    scan_for(exchange, frame, exchange->reply_len, &scan),
				    "bit %zu", bit);
	}
}

static void noise_before_a_reply_is_skipped(struct kunit *test)
{
	const struct exchange *exchange = test->param_value;
	u8 data[1 + QNAP_MCU_REPLY_FRAME_MAX];
	struct qnap_mcu_scan scan;

	memcpy(data + 1, exchange->reply, exchange->reply_len);
	for (unsigned int noise = 0; noise <= U8_MAX; noise++) {
		data[0] = noise;
		KUNIT_EXPECT_EQ_MSG(test, QNAP_MCU_REPLY,
				    scan_for(exchange, data, 1 + exchange->reply_len, &scan),
				    "noise %02x", noise);
		KUNIT_EXPECT_EQ(test, 1, scan.start);
	}
}

static void bytes_after_a_reply_are_left_alone(struct kunit *test)
{
	const struct exchange *exchange = test->param_value;
	u8 data[2 * QNAP_MCU_REPLY_FRAME_MAX];
	struct qnap_mcu_scan scan;

	memcpy(data, exchange->reply, exchange->reply_len);
	memcpy(data + exchange->reply_len, exchange->reply, exchange->reply_len);
	KUNIT_EXPECT_EQ(test, QNAP_MCU_REPLY,
			scan_for(exchange, data, 2 * exchange->reply_len, &scan));
	KUNIT_EXPECT_EQ(test, 0, scan.start);
}

static void expect_error_frame(struct kunit *test, const struct exchange *exchange,
			       const char *data, size_t len, u8 status)
{
	struct qnap_mcu_scan scan;
	const size_t start = len - QNAP_MCU_STATUS_FRAME_SIZE;

	KUNIT_EXPECT_EQ(test, QNAP_MCU_REFUSED, scan_for(exchange, data, len, &scan));
	KUNIT_EXPECT_EQ(test, status, scan.status);
	KUNIT_EXPECT_EQ(test, start, scan.start);

	for (size_t part = start; part < len; part++) {
		KUNIT_EXPECT_EQ(test, QNAP_MCU_NEED_MORE, scan_for(exchange, data, part, &scan));
		KUNIT_EXPECT_EQ(test, start, scan.start);
	}
}

static void error_frame_is_recognised(struct kunit *test)
{
	const struct exchange *exchange = test->param_value;

	expect_error_frame(test, exchange, "@8x", 3, QNAP_MCU_STATUS_BAD_CHECKSUM);
	expect_error_frame(test, exchange, "@9y", 3, QNAP_MCU_STATUS_FAILED);
	expect_error_frame(test, exchange, "\x55@9y", 4, QNAP_MCU_STATUS_FAILED);
}

static void error_frame_after_half_of_one_is_recognised(struct kunit *test)
{
	const struct exchange *exchange = test->param_value;
	struct qnap_mcu_scan scan;

	KUNIT_EXPECT_EQ(test, QNAP_MCU_REFUSED, scan_for(exchange, "@8@9y", 5, &scan));
	KUNIT_EXPECT_EQ(test, QNAP_MCU_STATUS_FAILED, scan.status);
	KUNIT_EXPECT_EQ(test, 2, scan.start);
}

static void error_frame_with_a_flipped_bit_is_not_taken(struct kunit *test)
{
	const struct exchange *exchange = test->param_value;
	struct qnap_mcu_scan scan;

	for (size_t bit = 0; bit < 3 * BITS_PER_BYTE; bit++) {
		u8 frame[] = { '@', '9', 'y' };

		frame[bit / BITS_PER_BYTE] ^= BIT(bit % BITS_PER_BYTE);
		KUNIT_EXPECT_NE_MSG(test, QNAP_MCU_REFUSED,
				    scan_for(exchange, frame, sizeof(frame), &scan),
				    "bit %zu", bit);
	}
}

static void reply_to_another_command_is_not_taken(struct kunit *test)
{
	const struct exchange *asked = test->param_value;
	struct qnap_mcu_scan scan;

	for (size_t i = 0; i < ARRAY_SIZE(exchanges); i++) {
		const struct exchange *other = &exchanges[i];

		if (!memcmp(other->reply, asked->reply, asked->head_len))
			continue;
		KUNIT_EXPECT_EQ_MSG(test, QNAP_MCU_NEED_MORE,
				    scan_for(asked, other->reply, other->reply_len, &scan),
				    "reply to %s", other->name);
	}
}

static void error_frame_inside_data_is_not_taken(struct kunit *test)
{
	const struct exchange *read = exchange_named(test, "EEPROM block");
	u8 frame[QNAP_MCU_REPLY_FRAME_MAX];
	const size_t len = read->reply_len - QNAP_MCU_CHECKSUM_SIZE;
	struct qnap_mcu_scan scan;

	for (size_t at = read->head_len; at + QNAP_MCU_STATUS_FRAME_SIZE <= len; at++) {
		memcpy(frame, read->reply, len);
		memcpy(frame + at, "@9y", QNAP_MCU_STATUS_FRAME_SIZE);
		frame[len] = qnap_mcu_frame_checksum(frame, len);

		KUNIT_EXPECT_EQ(test, QNAP_MCU_NEED_MORE, scan_for(read, frame, len, &scan));
		KUNIT_EXPECT_EQ(test, QNAP_MCU_REPLY,
				scan_for(read, frame, read->reply_len, &scan));
		KUNIT_EXPECT_EQ(test, 0, scan.start);
	}
}

static void acknowledgment_inside_data_is_not_taken(struct kunit *test)
{
	const struct exchange *read = exchange_named(test, "EEPROM read");
	struct qnap_mcu_scan scan;

	KUNIT_EXPECT_EQ(test, QNAP_MCU_NEED_MORE,
			scan_for(read, "\xf7\xa1\x00\x05@0p@0", 9, &scan));
	KUNIT_EXPECT_EQ(test, QNAP_MCU_BAD, scan_for(read, "\xf7\xa1\x00\x05@0p@0p", 10, &scan));
}

static void noise_that_looks_like_the_head_is_bad(struct kunit *test)
{
	const struct exchange *beep = exchange_named(test, "beep short");
	struct qnap_mcu_scan scan;

	KUNIT_EXPECT_EQ(test, QNAP_MCU_BAD, scan_for(beep, "@0@0p", 5, &scan));
	KUNIT_EXPECT_EQ(test, 0, scan.start);
}

static void noise_need_not_be_kept(struct kunit *test)
{
	const struct exchange *button = exchange_named(test, "button pressed");
	struct qnap_mcu_scan scan;

	KUNIT_EXPECT_EQ(test, QNAP_MCU_NEED_MORE, scan_for(button, "\x01\x02\x03", 3, &scan));
	KUNIT_EXPECT_EQ(test, 3, scan.start);
	KUNIT_EXPECT_EQ(test, QNAP_MCU_NEED_MORE, scan_for(button, "\x01@C\x03@C", 6, &scan));
	KUNIT_EXPECT_EQ(test, 4, scan.start);
}

static void unknown_status_digit_is_noise(struct kunit *test)
{
	const struct exchange *button = exchange_named(test, "button pressed");
	struct qnap_mcu_scan scan;

	for (u8 digit = '0'; digit < QNAP_MCU_STATUS_BAD_CHECKSUM; digit++) {
		const u8 frame[] = { '@', digit, '@' ^ digit };

		KUNIT_EXPECT_EQ(test, QNAP_MCU_NEED_MORE,
				scan_for(button, frame, sizeof(frame), &scan));
		KUNIT_EXPECT_EQ(test, sizeof(frame), scan.start);
	}
}

/* Mostly bytes that begin a frame or end one: plain random bytes hardly ever do. */
static void fill_with_traffic(struct rnd_state *state, u8 *data, size_t len)
{
	static const u8 likely[] = { '@', '@', '0', '8', '9', 'p', 'x', 'y', 'C', 'V', '%', 0xf7 };

	for (size_t i = 0; i < len; i++) {
		const u32 random = prandom_u32_state(state);

		data[i] = random & BIT(31) ? random : likely[random % ARRAY_SIZE(likely)];
	}
}

static void expect_sound_verdict(struct kunit *test, const struct exchange *exchange,
				 const u8 *data, size_t len)
{
	struct qnap_mcu_scan scan = { .start = SIZE_MAX };
	const enum qnap_mcu_verdict verdict = scan_for(exchange, data, len, &scan);
	const u8 *frame = data + scan.start;

	KUNIT_ASSERT_LE(test, scan.start, len);
	if (verdict == QNAP_MCU_REFUSED) {
		KUNIT_ASSERT_LE(test, scan.start + QNAP_MCU_STATUS_FRAME_SIZE, len);
		KUNIT_EXPECT_TRUE(test, !memcmp(frame, "@8x", 3) || !memcmp(frame, "@9y", 3));
		KUNIT_EXPECT_EQ(test, frame[1], scan.status);
	} else if (verdict != QNAP_MCU_NEED_MORE) {
		KUNIT_ASSERT_LE(test, scan.start + exchange->reply_len, len);
		KUNIT_EXPECT_MEMEQ(test, frame, exchange->reply, exchange->head_len);
		KUNIT_EXPECT_EQ(test, verdict == QNAP_MCU_REPLY,
				qnap_mcu_frame_valid(frame, exchange->reply_len));
	}
}

static void random_bytes_get_a_sound_verdict(struct kunit *test)
{
	const struct exchange *exchange = test->param_value;
	struct rnd_state state;
	u8 data[64];

	prandom_seed_state(&state, RANDOM_SEED);
	for (int round = 0; round < 2000; round++) {
		const size_t len = prandom_u32_state(&state) % (sizeof(data) + 1);

		fill_with_traffic(&state, data, len);
		expect_sound_verdict(test, exchange, data, len);
	}
}

/* What a receiver relies on: it may scan after each byte, and drop what comes before the start. */
static void expect_verdict_holds(struct kunit *test, const struct exchange *exchange,
				 const u8 *data, size_t len)
{
	struct qnap_mcu_scan scan, all;
	size_t dropped = 0;

	for (size_t end = 0; end <= len; end++) {
		const enum qnap_mcu_verdict verdict =
			scan_for(exchange, data + dropped, end - dropped, &scan);

		if (verdict != QNAP_MCU_NEED_MORE) {
			KUNIT_EXPECT_EQ(test, verdict, scan_for(exchange, data, len, &all));
			KUNIT_EXPECT_EQ(test, dropped + scan.start, all.start);
			return;
		}
		dropped += scan.start;
	}

	KUNIT_EXPECT_EQ(test, QNAP_MCU_NEED_MORE, scan_for(exchange, data, len, &all));
	KUNIT_EXPECT_EQ(test, dropped, all.start);
}

static void verdict_is_the_same_byte_by_byte(struct kunit *test)
{
	const struct exchange *exchange = test->param_value;
	struct rnd_state state;
	u8 data[64];

	prandom_seed_state(&state, RANDOM_SEED);
	for (int round = 0; round < 500; round++) {
		fill_with_traffic(&state, data, sizeof(data));
		expect_verdict_holds(test, exchange, data, sizeof(data));
	}
}

static void frame_needs_a_payload(struct kunit *test)
{
	u8 frame[] = { 0xa5, 0xa5 };

	KUNIT_EXPECT_EQ(test, 0, qnap_mcu_frame_encode(frame, sizeof(frame), "", 0));
	KUNIT_EXPECT_EQ(test, 0xa5, frame[0]);
	KUNIT_EXPECT_FALSE(test, qnap_mcu_frame_valid("", 0));
	KUNIT_EXPECT_FALSE(test, qnap_mcu_frame_valid("\0", 1));
	KUNIT_EXPECT_TRUE(test, qnap_mcu_frame_valid("\0\0", 2));
	KUNIT_EXPECT_EQ(test, 0, qnap_mcu_frame_checksum("", 0));
}

static void frame_larger_than_its_room_is_not_written(struct kunit *test)
{
	u8 frame[] = { 0xa5, 0xa5, 0xa5, 0xa5, 0xa5 };

	KUNIT_EXPECT_EQ(test, 0, qnap_mcu_frame_encode(frame, 0, "@CV", 3));
	KUNIT_EXPECT_EQ(test, 0, qnap_mcu_frame_encode(frame, 3, "@CV", 3));
	KUNIT_EXPECT_EQ(test, 0, qnap_mcu_frame_encode(frame, 4, "@CV", SIZE_MAX));
	KUNIT_EXPECT_EQ(test, 0xa5, frame[0]);
	KUNIT_EXPECT_EQ(test, 4, qnap_mcu_frame_encode(frame, 4, "@CV", 3));
	KUNIT_EXPECT_EQ(test, 0xa5, frame[4]);
}

static void checksum_misses_two_flips_of_the_same_bit(struct kunit *test)
{
	const u8 frame[] = { '@', 'C' ^ 0x10, 'V' ^ 0x10, '1', 0x64 };

	KUNIT_EXPECT_TRUE(test, qnap_mcu_frame_valid(frame, sizeof(frame)));
}

static struct kunit_case qnap_mcu_frame_cases[] = {
	KUNIT_CASE_PARAM(request_is_encoded, exchange_gen_params),
	KUNIT_CASE_PARAM(request_with_a_flipped_bit_is_invalid, exchange_gen_params),
	KUNIT_CASE_PARAM(reply_is_taken, exchange_gen_params),
	KUNIT_CASE_PARAM(truncated_reply_needs_more, exchange_gen_params),
	KUNIT_CASE_PARAM(reply_with_a_flipped_bit_is_not_taken, exchange_gen_params),
	KUNIT_CASE_PARAM(noise_before_a_reply_is_skipped, exchange_gen_params),
	KUNIT_CASE_PARAM(bytes_after_a_reply_are_left_alone, exchange_gen_params),
	KUNIT_CASE_PARAM(error_frame_is_recognised, exchange_gen_params),
	KUNIT_CASE_PARAM(error_frame_after_half_of_one_is_recognised, exchange_gen_params),
	KUNIT_CASE_PARAM(error_frame_with_a_flipped_bit_is_not_taken, exchange_gen_params),
	KUNIT_CASE_PARAM(reply_to_another_command_is_not_taken, exchange_gen_params),
	KUNIT_CASE_PARAM(random_bytes_get_a_sound_verdict, exchange_gen_params),
	KUNIT_CASE_PARAM(verdict_is_the_same_byte_by_byte, exchange_gen_params),
	KUNIT_CASE(error_frame_inside_data_is_not_taken),
	KUNIT_CASE(acknowledgment_inside_data_is_not_taken),
	KUNIT_CASE(noise_that_looks_like_the_head_is_bad),
	KUNIT_CASE(noise_need_not_be_kept),
	KUNIT_CASE(unknown_status_digit_is_noise),
	KUNIT_CASE(frame_needs_a_payload),
	KUNIT_CASE(frame_larger_than_its_room_is_not_written),
	KUNIT_CASE(checksum_misses_two_flips_of_the_same_bit),
	{}
};

static struct kunit_suite qnap_mcu_frame_suite = {
	.name = "qnap_mcu_frame",
	.test_cases = qnap_mcu_frame_cases,
};

kunit_test_suite(qnap_mcu_frame_suite);

MODULE_AUTHOR("the qnap-mcu developers");
MODULE_DESCRIPTION("KUnit tests for the frame codec of QNAP's microcontroller");
MODULE_LICENSE("GPL");
