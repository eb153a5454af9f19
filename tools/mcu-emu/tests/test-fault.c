// SPDX-License-Identifier: GPL-2.0-only
/* Tests of the faults by chance, and of what is counted as undetected. */

#include <stdio.h>
#include <string.h>

#include <linux/array_size.h>

#include "ktap.h"
#include "rig.h"
#include "setting.h"

#define ROUNDS	20000
#define BEEP	"40 43 32 31"
#define DONE	"40 30 70"

/* Published with the generator. */
static void test_prng(void)
{
	u64 state = 1234567;
	u64 odds = PRNG_CERTAIN;

	ktap_check(prng_next(&state) == 6457827717110365317ULL &&
		   prng_next(&state) == 3203168211198807973ULL, "the generator is splitmix64");
	ktap_check(prng_chance(&state, odds) && !prng_chance(&state, 0),
		   "what is certain happens, what is impossible does not");
}

static void set(struct rig *rig, const char *fault)
{
	const char *error = setting_fault(&rig->line.fault.seeded, fault);

	if (error)
		ktap_remark(fault, error);
}

static void set_nth(struct rig *rig, const char *nth)
{
	const char *error = setting_fault_nth(&rig->line.fault.seeded, nth);

	if (error)
		ktap_remark(nth, error);
}

/* A rate within a fifth of what was asked for is no accident after so many bytes. */
static bool near(unsigned int count, double expected)
{
	return count > 0.8 * expected && count < 1.2 * expected;
}

/* Returns how often the kind struck in so many beeps of 4 + 3 bytes. */
static unsigned int strikes(enum seeded_kind kind, const char *fault)
{
	struct rig rig;
	int i;

	rig_init(&rig, "ts433");
	set(&rig, fault);
	for (i = 0; i < ROUNDS; i++) {
		rig_send(&rig, BEEP);
		rig_wait(&rig, RIG_WAIT_NS);
	}

	return rig.line.fault.seeded.count[kind];
}

static void test_rates(void)
{
	static const struct {
		enum seeded_kind kind;
		const char *fault;
		double expected;
	} rates[] = {
		{ SEEDED_FLIP, "flip=0.5", ROUNDS * 7 * 0.005 },
		{ SEEDED_LOSE, "lose=0.5", ROUNDS * 7 * 0.005 },
		{ SEEDED_NOISE, "noise=0.5", ROUNDS * 7 * 0.005 },
		{ SEEDED_TWICE, "twice=2", ROUNDS * 0.02 },
		{ SEEDED_SPLIT, "split=2", ROUNDS * 0.02 },
		{ SEEDED_REFUSE8, "refuse8=2", ROUNDS * 0.02 },
		{ SEEDED_REFUSE9, "refuse9=2", ROUNDS * 0.02 },
		{ SEEDED_RESTART, "restart=1", 2 * ROUNDS * 0.01 },
		{ SEEDED_RESET, "reset=1", 2 * ROUNDS * 0.01 },
		{ SEEDED_BABBLE, "babble=2", ROUNDS * 0.02 },
	};
	char name[64];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rates); i++) {
		snprintf(name, sizeof(name), "rate of %s", rates[i].fault);
		ktap_check(near(strikes(rates[i].kind, rates[i].fault), rates[i].expected), name);
	}
}

static u64 digest_of_replies(const char *seed)
{
	u64 digest = 0;
	struct rig rig;
	size_t i;
	int round;

	rig_init(&rig, "ts433");
	setting_seed(&rig.line.fault.seeded, seed);
	set(&rig, "flip=5");
	set(&rig, "lose=5");
	set(&rig, "noise=5");
	for (round = 0; round < 200; round++) {
		rig_send(&rig, "40 46 41 47");
		rig_wait(&rig, RIG_WAIT_NS);
		for (i = 0; i < rig.sent_len; i++)
			digest = digest * 31 + rig.sent[i];
	}

	return digest;
}

static void test_seeds(void)
{
	const u64 digest = digest_of_replies("42");

	ktap_check(digest == 17885355856683767981ULL, "a seed means the same on every machine");
	ktap_check(digest_of_replies("42") == digest, "the same seed, the same faults");
	ktap_check(digest_of_replies("43") != digest, "another seed, other faults");
}

/* One line each: what befalls the third request or reply, and what is heard of it. */
static void test_replies(void)
{
	static const struct {
		const char *nth;
		const char *reply;
	} cases[] = {
		{ "lose:6:0", "30 70" },
		{ "lose:6:2", "40 30" },
		{ "lose:6:3", DONE },
		{ "lose:5:1", "40 38 78" },
		{ "lose:5:3", "" },
		{ "twice:3", DONE " " DONE },
		{ "refuse8:3", "40 38 78" },
		{ "refuse9:3", "40 39 79" },
		{ "silence:3", "" },
		{ "restart:5:1", "" },
		{ "restart:6:1", "40" },
		{ "reset:6:0", "" },
	};
	struct rig rig;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		rig_init(&rig, "ts433");
		set_nth(&rig, cases[i].nth);
		rig_exchange(&rig, BEEP, DONE, "Nth frame: not the first");
		rig_exchange(&rig, BEEP, DONE, "Nth frame: not the second");
		rig_exchange(&rig, BEEP, cases[i].reply, cases[i].nth);
	}
}

static unsigned int bits_apart(const u8 *a, const u8 *b, size_t len)
{
	unsigned int count = 0;

	while (len--)
		count += __builtin_popcount(*a++ ^ *b++);

	return count;
}

static void test_bytes(void)
{
	static const u8 done[] = { 0x40, 0x30, 0x70 };
	struct rig rig;

	rig_init(&rig, "ts433");
	set_nth(&rig, "flip:2:1");
	rig_send(&rig, BEEP);
	rig_wait(&rig, RIG_WAIT_NS);
	ktap_check(rig.sent_len == 3 && rig.sent[1] != done[1] &&
		   bits_apart(rig.sent, done, 3) == 1, "flip: one bit of that byte");

	rig_init(&rig, "ts433");
	set_nth(&rig, "noise:2:1");
	rig_send(&rig, BEEP);
	rig_wait(&rig, RIG_WAIT_NS);
	ktap_check(rig.sent_len == 4 && rig.sent[0] == 0x40 && rig.sent[2] == 0x30 &&
		   rig.sent[3] == 0x70, "noise: a byte before that byte");
	ktap_check(rig.line.truth.damaged_replies == 1 && !rig.line.truth.damaged_requests,
		   "noise: counted as damage");
}

static void test_times(void)
{
	struct rig rig;
	u64 start;

	rig_init(&rig, "ts433");
	start = rig.now;
	set_nth(&rig, "late:1");
	rig_send(&rig, BEEP);
	rig_wait(&rig, NSEC_PER_SEC);
	ktap_check(rig.sent_len == 3 &&
		   rig.first_at == start + LINE_LATENCY_NS + 700 * NSEC_PER_MSEC, "late: 700 ms");

	rig_init(&rig, "ts433");
	set_nth(&rig, "split:1");
	setting_fault_time(&rig.line.fault.seeded, "split=7");
	rig_send(&rig, BEEP);
	rig_wait(&rig, NSEC_PER_SEC);
	ktap_check(rig.last_at - rig.first_at == 14 * NSEC_PER_MSEC, "split: 7 ms");

	rig_init(&rig, "ts433");
	set_nth(&rig, "silence:1");
	rig_exchange(&rig, BEEP, "", "silence: begins with the request");
	rig_wait(&rig, 4800 * NSEC_PER_MSEC);
	rig_exchange(&rig, BEEP, "", "silence: not over yet");
	rig_wait(&rig, 100 * NSEC_PER_MSEC);
	rig_exchange(&rig, BEEP, DONE, "silence: over after 5 s");

	set(&rig, "silence=100");
	rig_exchange(&rig, BEEP, "", "silence: another one");
	line_calm(&rig.line);
	rig_exchange(&rig, BEEP, DONE, "silence: ended by hand");
}

static void test_restarts(void)
{
	struct rig rig;

	rig_init(&rig, "ts433");
	set_nth(&rig, "restart:4:2");
	rig_exchange(&rig, "40 46 57 30 80 e1", DONE, "restart: a fan speed before it");
	rig_exchange(&rig, "40 46 57 30 90 f1", "40 30", "restart: within the next one's reply");
	ktap_check(rig.mcu.pwm == 0x90, "restart: the fan speed is kept");
	rig_exchange(&rig, BEEP, DONE, "restart: after it all is well");

	rig_init(&rig, "ts433");
	set_nth(&rig, "reset:3:2");
	rig_exchange(&rig, "40 46 57 30 80 e1", DONE, "reset: a fan speed before it");
	rig_send(&rig, "40 46 57 30 90 f1");
	rig_wait(&rig, 40 * NSEC_PER_MSEC);
	rig_exchange(&rig, BEEP, "", "reset: deaf for a while");
	ktap_check(rig.mcu.pwm == MCU_PWM_DEFAULT, "reset: the fan speed is lost");
	rig_exchange(&rig, BEEP, DONE, "reset: after it all is well");
}

static void test_babble(void)
{
	struct rig rig;

	rig_init(&rig, "ts433");
	set_nth(&rig, "babble:1");
	rig_send(&rig, BEEP);
	rig_wait(&rig, RIG_WAIT_NS);
	ktap_check(rig.sent_len > 3 && rig.sent_len <= 3 + SEEDED_BABBLE_MAX &&
		   !memcmp(rig.sent, "@0p", 3) && rig.last_at - rig.first_at <= 50 * NSEC_PER_MSEC,
		   "babble: behind the reply, within 50 ms");
	rig_exchange(&rig, BEEP, DONE, "babble: only once");
}

/* Sends it until the chance has brought about an undetected one. */
static bool undetected(struct rig *rig, const char *request, const unsigned int *count)
{
	const unsigned int before = *count;
	int i;

	for (i = 0; i < ROUNDS && *count == before; i++) {
		rig_send(rig, request);
		rig_wait(rig, RIG_WAIT_NS);
	}

	return *count == before + 1;
}

static void test_truth(void)
{
	struct rig rig;
	struct truth *truth = &rig.line.truth;
	struct truth_entry *entry = truth->log;

	rig_init(&rig, "ts433");
	set(&rig, "flip=10");
	ktap_check(undetected(&rig, "40 46 57 30 80 e1", &truth->undetected_requests),
		   "truth: a request flipped twice is carried out in the end");
	entry = &truth->log[truth->undetected_requests + truth->undetected_replies - 1];
	ktap_check(!entry->reply && entry->sent.len == 6 && entry->sent.data[4] == 0x80 &&
		   memcmp(entry->sent.data, entry->got.data, 6) &&
		   qnap_mcu_frame_valid(entry->got.data, entry->got.len),
		   "truth: and is in the log, valid, and another");
	ktap_check(undetected(&rig, "40 54 33 27", &truth->undetected_replies),
		   "truth: so is a reply");
	entry = &truth->log[truth->undetected_requests + truth->undetected_replies - 1];
	ktap_check(entry->reply && !memcmp(entry->sent.data, "@T3", 3) &&
		   !memcmp(entry->got.data, "@T3", 3) &&
		   entry->sent.data[3] != entry->got.data[3] &&
		   qnap_mcu_frame_valid(entry->got.data, entry->got.len),
		   "truth: with another value");

	rig_init(&rig, "ts433");
	set_nth(&rig, "lose:1:3");
	rig_exchange(&rig, BEEP, "", "truth: a lost checksum");
	rig_exchange(&rig, BEEP, DONE, "truth: and the request again");
	ktap_check(truth->damaged_requests == 1 && !truth->undetected_requests,
		   "truth: is one damaged request, and no undetected one");

	rig_init(&rig, "ts433");
	set(&rig, "lose=100");
	rig_exchange(&rig, BEEP, "", "truth: a request of which nothing is left");
	set(&rig, "lose=0");
	rig_exchange(&rig, BEEP, DONE, "truth: and the request again");
	ktap_check(truth->damaged_requests == 1 && !truth->undetected_requests,
		   "truth: is no part of the next one");
}

/* What the checksum sees is refused, so that only what was counted changes anything. */
static void test_truth_is_complete(void)
{
	unsigned int wrong = 0;
	struct rig rig;
	int i;

	rig_init(&rig, "ts433");
	set(&rig, "flip=3");
	set(&rig, "lose=3");
	set(&rig, "noise=3");
	for (i = 0; i < 5 * ROUNDS; i++) {
		rig.mcu.pwm = 0x11;
		rig_send(&rig, "40 46 57 30 80 e1");
		rig_wait(&rig, RIG_WAIT_NS);
		wrong += rig.mcu.pwm != 0x11 && rig.mcu.pwm != 0x80;
	}
	ktap_check(wrong > 10, "truth: some other fan speed was set");
	ktap_check(wrong <= rig.line.truth.undetected_requests,
		   "truth: every one of them is counted as undetected");
	ktap_check(rig.line.truth.undetected_requests < rig.line.truth.damaged_requests / 20,
		   "truth: most damage is detected");
}

static void test_settings(void)
{
	static const char *const bad[] = {
		"flip", "flip=", "flip=x", "flip=101", "flip=-1", "flop=1", "=1", "", "flip=1%",
	};
	static const char *const bad_nth[] = {
		"flip", "flip:", "flip:x", "flip:1:", "flip:1:x", "flip:1:256", "flop:1", "flip=1",
	};
	struct seeded seeded;
	bool refused = true;
	size_t i;

	seeded_init(&seeded);
	for (i = 0; i < ARRAY_SIZE(bad); i++)
		refused = refused && setting_fault(&seeded, bad[i]) &&
			  setting_fault_time(&seeded, i == 3 ? "flip=-1" : bad[i]);
	ktap_check(refused, "settings: bad ones are refused");
	for (refused = true, i = 0; i < ARRAY_SIZE(bad_nth); i++)
		refused = refused && setting_fault_nth(&seeded, bad_nth[i]);
	ktap_check(refused, "settings: bad frames are refused");
	ktap_check(setting_seed(&seeded, "-1") && setting_seed(&seeded, "x"),
		   "settings: bad seeds are refused");
	ktap_check(!setting_fault(&seeded, "noise=0.5") &&
		   seeded.odds[SEEDED_NOISE] == PRNG_CERTAIN / 200, "settings: half a percent");
}

int main(void)
{
	ktap_begin();
	test_prng();
	test_rates();
	test_seeds();
	test_replies();
	test_bytes();
	test_times();
	test_restarts();
	test_babble();
	test_truth();
	test_truth_is_complete();
	test_settings();

	return ktap_end();
}
