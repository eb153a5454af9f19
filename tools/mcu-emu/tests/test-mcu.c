// SPDX-License-Identifier: GPL-2.0-only
/* Tests of the emulated MCU and its line: what is sent, what comes back, what changes, and when. */

#include <string.h>

#include <linux/array_size.h>

#include "ktap.h"
#include "rig.h"

#define DONE	"40 30 70"
#define BAD	"40 38 78"
#define FAILED	"40 39 79"

/* What a TS-433 that was just switched on answers. */
static const struct vector {
	const char *request;
	const char *reply;
	const char *name;
} vectors[] = {
	{ "25 56 73", "25 56 30 31 30 35 77", "firmware version" },
	{ "40 43 32 31", DONE, "short beep" },
	{ "40 43 33 30", DONE, "long beep" },
	{ "40 43 34 37", DONE, "status LED: red fast" },
	{ "40 43 35 36", DONE, "status LED: green fast" },
	{ "40 43 36 35", DONE, "status LED: green on" },
	{ "40 43 37 34", DONE, "status LED: red on" },
	{ "40 43 38 3b", DONE, "status LED: alternate fast" },
	{ "40 43 39 3a", DONE, "status LED: off" },
	{ "40 43 41 42", DONE, "status LED: green slow" },
	{ "40 43 42 41", DONE, "status LED: red slow" },
	{ "40 43 43 40", DONE, "status LED: alternate slow" },
	{ "40 43 44 47", DONE, "status LED: both on" },
	{ "40 43 45 46", DONE, "USB LED on" },
	{ "40 43 46 45", DONE, "USB LED blink" },
	{ "40 43 47 44", DONE, "USB LED off" },
	{ "40 43 56 55", "40 43 56 30 65", "power button" },
	{ "40 46 41 47", "40 46 41 00 50 00 17", "fan speed" },
	{ "40 46 5a 30 6c", "40 46 5a 66 3a", "fan PWM read" },
	{ "40 46 57 30 80 e1", DONE, "fan PWM set" },
	{ "40 54 33 27", "40 54 33 a3 84", "temperature" },
	{ "40 52 30 30 12", DONE, "disk LED on" },
	{ "40 52 31 31 12", DONE, "disk LED off" },
	{ "40 52 32 32 12", DONE, "disk LED fast" },
	{ "40 52 33 33 12", DONE, "disk LED slow" },
	{ "f7 a1 24 04 76", "f7 a1 24 04 30 30 3a 30 7c", "EEPROM read" },
	{ "40 43 30 33", DONE, "power off" },
};

static void test_vectors(void)
{
	struct rig rig;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(vectors); i++) {
		rig_init(&rig, "ts433");
		rig_exchange(&rig, vectors[i].request, vectors[i].reply, vectors[i].name);
	}
}

/* Half a command is met with silence, and does not harm the next one. */
static void test_truncations(void)
{
	struct rig rig;
	u8 data[RIG_MAX];
	bool silent = true, whole = true;
	size_t i, len, cut;

	for (i = 0; i < ARRAY_SIZE(vectors); i++) {
		len = rig_bytes(vectors[i].request, data);
		for (cut = 1; cut < len; cut++) {
			rig_init(&rig, "ts433");
			rig_send_bytes(&rig, data, cut);
			rig_wait(&rig, LINE_QUIET_NS);
			silent = silent && !rig.sent_len && rig.line.halves == 1;
			rig_send(&rig, "40 43 56 55");
			rig_wait(&rig, LINE_LATENCY_NS);
			whole = whole && rig.sent_len == 5;
		}
	}
	ktap_check(silent, "every truncation of every command gets silence");
	ktap_check(whole, "after half a command and a quiet line the next one is answered");
}

static bool same_state(const struct mcu *mcu, const struct mcu *before)
{
	struct mcu now = *mcu;

	now.bad_checksums = before->bad_checksums;
	now.failures = before->failures;
	return !memcmp(&now, before, sizeof(now));
}

/* Never carried out: refusal, or silence where the flip made a longer command of it. */
static void test_bit_flips(void)
{
	struct rig rig;
	struct mcu before;
	u8 data[RIG_MAX];
	bool refused = true, unchanged = true;
	size_t i, len, bit;

	for (i = 0; i < ARRAY_SIZE(vectors); i++) {
		len = rig_bytes(vectors[i].request, data);
		for (bit = 0; bit < 8 * len; bit++) {
			rig_init(&rig, "ts433");
			before = rig.mcu;
			data[bit / 8] ^= 1 << bit % 8;
			rig_send_bytes(&rig, data, len);
			rig_wait(&rig, RIG_WAIT_NS);
			data[bit / 8] ^= 1 << bit % 8;
			refused = refused && (!rig.sent_len || rig.sent[1] == '8');
			unchanged = unchanged && same_state(&rig.mcu, &before);
		}
	}
	ktap_check(refused, "every bit flip in every command is refused or met with silence");
	ktap_check(unchanged, "no bit flip changes anything");
}

static void test_bad_input(void)
{
	struct rig rig;

	rig_init(&rig, "ts433");
	rig_exchange(&rig, "40 43 56 54", BAD, "wrong checksum: @8");
	rig_exchange(&rig, "40 43 5a 59", FAILED, "unknown function: @9");
	rig_exchange(&rig, "40 46 5a 31 6d", FAILED, "unknown fan: @9");
	rig_exchange(&rig, "40 54 41 55", FAILED, "unknown temperature: @9");
	rig_exchange(&rig, "40 52 34 30 16", FAILED, "fifth bay of a TS-433: @9");
	rig_exchange(&rig, "40 52 2f 30 0d", FAILED, "bay before the first: @9");
	rig_exchange(&rig, "40 52 30 34 16", FAILED, "unknown LED mode: @9");
	rig_exchange(&rig, "40 58 59 41", FAILED, "unknown command, right checksum: @9");
	rig_exchange(&rig, "40 58 59 42", BAD, "unknown command, wrong checksum: @8");
	rig_exchange(&rig, "ff", "", "a stray byte: silence");
	rig_exchange(&rig, "00", "", "a stray zero: silence");
	rig_exchange(&rig, "ff 25 56 73", BAD, "noise before a command: @8");
	rig_exchange(&rig, "25 56 73 ff", "25 56 30 31 30 35 77", "noise behind a command");
	rig_exchange(&rig,
		     "01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f 10 11 12 13 14 15 16 17 18", BAD,
		     "more than fits the MCU's buffer: @8");
	rig_exchange(&rig, "40 43 56 55 25 56 73", "40 43 56 30 65 25 56 30 31 30 35 77",
		     "two commands at once: both answered, in order");
	rig_exchange(&rig, "25 56 73", "25 56 30 31 30 35 77", "still alive");
	ktap_check(rig.mcu.failures == 7 && rig.mcu.bad_checksums == 4 && rig.line.halves == 3,
		   "errors are counted");
}

static void test_models(void)
{
	struct rig rig;

	rig_init(&rig, "ts133");
	rig_exchange(&rig, "40 52 30 30 12", DONE, "TS-133: bay 1");
	rig_exchange(&rig, "40 52 31 30 13", FAILED, "TS-133: no bay 2");
	rig_exchange(&rig, "40 43 45 46", FAILED, "TS-133: no USB LED to switch on");
	rig_exchange(&rig, "40 43 46 45", FAILED, "TS-133: no USB LED to blink");
	rig_exchange(&rig, "40 43 47 44", FAILED, "TS-133: no USB LED to switch off");
	rig_exchange(&rig, "40 43 44 47", DONE, "TS-133: status LEDs");
	rig_init(&rig, "ts233");
	rig_exchange(&rig, "40 52 31 30 13", DONE, "TS-233: bay 2");
	rig_exchange(&rig, "40 52 32 30 10", FAILED, "TS-233: no bay 3");
	rig_exchange(&rig, "40 43 45 46", DONE, "TS-233: USB LED");
	ktap_check(!mcu_model_find("ts999"), "unknown model");
}

static void test_status_leds(void)
{
	static const struct {
		const char *request;
		enum mcu_led red, green;
		bool alternate;
		const char *name;
	} states[] = {
		{ "40 43 34 37", MCU_LED_FAST, MCU_LED_OFF, false, "@C4: red fast" },
		{ "40 43 35 36", MCU_LED_OFF, MCU_LED_FAST, false, "@C5: green fast" },
		{ "40 43 36 35", MCU_LED_OFF, MCU_LED_ON, false, "@C6: green on" },
		{ "40 43 37 34", MCU_LED_ON, MCU_LED_OFF, false, "@C7: red on" },
		{ "40 43 38 3b", MCU_LED_FAST, MCU_LED_FAST, true, "@C8: both fast, in turn" },
		{ "40 43 39 3a", MCU_LED_OFF, MCU_LED_OFF, false, "@C9: both off" },
		{ "40 43 41 42", MCU_LED_OFF, MCU_LED_SLOW, false, "@CA: green slow" },
		{ "40 43 42 41", MCU_LED_SLOW, MCU_LED_OFF, false, "@CB: red slow" },
		{ "40 43 43 40", MCU_LED_SLOW, MCU_LED_SLOW, true, "@CC: both slow, in turn" },
		{ "40 43 44 47", MCU_LED_ON, MCU_LED_ON, false, "@CD: both on" },
	};
	struct rig rig;
	size_t i;

	rig_init(&rig, "ts433");
	for (i = 0; i < ARRAY_SIZE(states); i++) {
		rig_send(&rig, states[i].request);
		rig_wait(&rig, RIG_WAIT_NS);
		ktap_check(rig.mcu.red == states[i].red && rig.mcu.green == states[i].green &&
			   rig.mcu.alternate == states[i].alternate, states[i].name);
	}
}

static void test_disk_leds(void)
{
	static const enum mcu_led modes[] = {
		MCU_LED_ON, MCU_LED_OFF, MCU_LED_FAST, MCU_LED_SLOW
	};
	u8 request[] = { '@', 'R', '0', '0', 0 };
	enum mcu_led expected[MCU_BAYS_MAX] = { };
	struct rig rig;
	bool good = true;
	size_t bay, mode;

	rig_init(&rig, "ts433");
	for (bay = 0; bay < MCU_BAYS_MAX; bay++)
		for (mode = 0; mode < ARRAY_SIZE(modes); mode++) {
			request[2] = '0' + bay;
			request[3] = '0' + mode;
			request[4] = qnap_mcu_frame_checksum(request, 4);
			rig_send_bytes(&rig, request, sizeof(request));
			rig_wait(&rig, RIG_WAIT_NS);
			expected[bay] = modes[mode];
			good = good && !memcmp(rig.mcu.disk, expected, sizeof(expected));
		}
	ktap_check(good, "every mode of every disk LED, and no other LED changes");
}

static unsigned int count_changes(struct mcu *mcu, bool (*lit)(const struct mcu *mcu, u64 now))
{
	unsigned int changes = 0;
	u64 ms;

	for (ms = 1; ms <= 2000; ms++)
		changes += lit(mcu, ms * NSEC_PER_MSEC) != lit(mcu, (ms - 1) * NSEC_PER_MSEC);

	return changes;
}

static bool first_disk_lit(const struct mcu *mcu, u64 now)
{
	return mcu_disk_lit(mcu, 0, now);
}

static void test_blinking(void)
{
	struct mcu mcu;

	mcu_init(&mcu, mcu_model_find("ts433"));
	mcu.disk[0] = MCU_LED_FAST;
	ktap_check(count_changes(&mcu, first_disk_lit) == 20, "disk LED fast: 100 ms");
	mcu.disk[0] = MCU_LED_SLOW;
	ktap_check(count_changes(&mcu, first_disk_lit) == 4, "disk LED slow: 500 ms");
	mcu.usb = MCU_LED_BLINK;
	ktap_check(count_changes(&mcu, mcu_usb_lit) == 8, "USB LED blink: 250 ms");
	mcu.red = MCU_LED_FAST;
	ktap_check(count_changes(&mcu, mcu_red_lit) == 4, "status LED fast: 500 ms");
	mcu.red = MCU_LED_SLOW;
	ktap_check(count_changes(&mcu, mcu_red_lit) == 2, "status LED slow: 1000 ms");
	mcu.green = MCU_LED_SLOW;
	ktap_check(mcu_red_lit(&mcu, 0) && mcu_green_lit(&mcu, 0), "blinking together");
	mcu.alternate = true;
	ktap_check(mcu_red_lit(&mcu, 0) && !mcu_green_lit(&mcu, 0), "blinking in turn");
	mcu.red = MCU_LED_ON;
	ktap_check(!count_changes(&mcu, mcu_red_lit), "an LED that is on does not blink");
}

static void test_fan(void)
{
	struct rig rig;

	rig_init(&rig, "ts433");
	rig_send(&rig, "40 46 57 30 ff 9e");
	rig_wait(&rig, NSEC_PER_SEC / 4);
	ktap_check(mcu_rpm(&rig.mcu, rig.now) > 3800 && mcu_rpm(&rig.mcu, rig.now) < 4000,
		   "the fan needs time to run up");
	rig_wait(&rig, NSEC_PER_SEC);
	rig_exchange(&rig, "40 46 41 47", "40 46 41 00 c8 00 8f", "fan speed at PWM 255");
	rig_exchange(&rig, "40 46 5a 30 6c", "40 46 5a ff a3", "PWM reads back");
	mcu_set_rpm(&rig.mcu, rig.now, 12000);
	rig_exchange(&rig, "40 46 41 47", "40 46 41 01 90 00 d6", "fan speed uses both bytes");
	mcu_set_rpm(&rig.mcu, rig.now, MCU_RPM_LIMIT);
	rig_exchange(&rig, "40 46 41 47", "40 46 41 ff ff 00 47", "largest fan speed");
	mcu_set_rpm(&rig.mcu, rig.now, 0);
	rig_exchange(&rig, "40 46 41 47", "40 46 41 00 00 00 47", "a stuck fan");
	mcu_free_fan(&rig.mcu, rig.now);
	rig_wait(&rig, NSEC_PER_SEC);
	rig_exchange(&rig, "40 46 41 47", "40 46 41 00 c8 00 8f", "a fan that was set free");
	rig_send(&rig, "40 46 57 30 00 61");
	rig_wait(&rig, NSEC_PER_SEC);
	ktap_check(!mcu_rpm(&rig.mcu, rig.now), "PWM 0 stops the fan");
}

static void test_temperature(void)
{
	struct rig rig;

	rig_init(&rig, "ts433");
	rig.mcu.temp = -5;
	rig_exchange(&rig, "40 54 33 27", "40 54 33 7b 5c", "-5 degrees");
	rig.mcu.temp = MCU_TEMP_MIN;
	rig_exchange(&rig, "40 54 33 27", "40 54 33 00 27", "-128 degrees");
	rig.mcu.temp = MCU_TEMP_MAX;
	rig_exchange(&rig, "40 54 33 27", "40 54 33 ff d8", "127 degrees");
}

static void test_button_and_beeps(void)
{
	struct rig rig;

	rig_init(&rig, "ts433");
	mcu_press(&rig.mcu, MCU_NEVER);
	rig_exchange(&rig, "40 43 56 55", "40 43 56 31 64", "button held");
	mcu_press(&rig.mcu, rig.now + NSEC_PER_SEC);
	rig_exchange(&rig, "40 43 56 55", "40 43 56 31 64", "button pressed for a second");
	rig_wait(&rig, NSEC_PER_SEC);
	rig_exchange(&rig, "40 43 56 55", "40 43 56 30 65", "button released after it");

	rig_send(&rig, "40 43 32 31");
	ktap_check(rig.mcu.beep_until == rig.now + 500 * NSEC_PER_MSEC, "short beep: 0.5 s");
	rig_wait(&rig, NSEC_PER_SEC);
	rig_send(&rig, "40 43 33 30");
	ktap_check(rig.mcu.beep_until == rig.now + 1500 * NSEC_PER_MSEC, "long beep: 1.5 s");
	ktap_check(rig.mcu.beeps_short == 1 && rig.mcu.beeps_long == 1, "beeps are counted");
}

static void test_eeprom(void)
{
	struct rig rig;

	rig_init(&rig, "ts433");
	rig_exchange(&rig, "f7 a1 00 13 45",
		     "f7 a1 00 13 51 32 32 35 49 30 31 32 33 34 00 00 00 00 00 00 00 00 00 5c",
		     "serial number");
	rig_exchange(&rig, "f7 a1 22 02 76", "f7 a1 22 02 30 31 77", "ext-port");
	rig_exchange(&rig, "f7 a1 35 11 72",
		     "f7 a1 35 11 30 32 3a 30 38 3a 39 62 3a 63 30 3a 66 66 3a 30 31 4b",
		     "MAC address in slot 1");
	rig_exchange(&rig, "f7 a1 ff 01 a8", "f7 a1 ff 01 ff 57", "last byte");
	rig_exchange(&rig, "f7 a1 fe 02 aa", "f7 a1 fe 02 ff ff aa", "last two bytes");
	rig_exchange(&rig, "f7 a1 ff 02 ab", FAILED, "read past the end: @9");
	rig_exchange(&rig, "f7 a1 00 00 56", FAILED, "read of nothing: @9");
	rig_exchange(&rig, "f7 a1 00 25 73", FAILED, "read of 37 bytes: @9");
	rig_send(&rig, "f7 a1 00 24 72");
	rig_wait(&rig, RIG_WAIT_NS);
	ktap_check(rig.sent_len == 41, "read of 36 bytes");
	rig_exchange(&rig, "f7 a0 00 01 41 17", FAILED, "EEPROM write, unknown to QNAP's: @9");
}

static void test_power_off(void)
{
	struct rig rig;

	rig_init(&rig, "ts433");
	rig_exchange(&rig, "40 52 30 30 12", DONE, "a disk LED before power-off");
	rig_exchange(&rig, "40 43 44 47", DONE, "status LEDs before power-off");
	rig_exchange(&rig, "40 43 30 33", DONE, "power-off is acknowledged");
	ktap_check(!rig.mcu.powered && !rig.mcu.disk[0] && !rig.mcu.red && !rig.mcu.green &&
		   !rig.mcu.pwm, "power-off: LEDs and fan off");
	rig_exchange(&rig, "40 43 56 55", "", "silence after power-off");
	rig_exchange(&rig, "40 43 30 32", "", "silence for a bad checksum too");
	rig_exchange(&rig, "40 43 30 33", DONE, "power-off is acknowledged again");
	mcu_restart(&rig.mcu, rig.now);
	line_restart(&rig.line);
	rig_exchange(&rig, "40 46 5a 30 6c", "40 46 5a 66 3a", "restart: back to the defaults");
}

static void test_times(void)
{
	struct rig rig;
	u64 start;

	rig_init(&rig, "ts433");
	start = rig.now;
	rig_send(&rig, "40 43 32 31");
	rig_wait(&rig, RIG_WAIT_NS);
	ktap_check(rig.first_at - start == LINE_LATENCY_NS && rig.last_at == rig.first_at,
		   "without a wire: the latency, then the whole reply");

	rig_init(&rig, "ts433");
	rig.line.byte_time = LINE_BYTE_NS;
	rig.line.latency = NSEC_PER_MSEC;
	rig_send(&rig, "40 43 32 31");
	rig_wait(&rig, RIG_WAIT_NS);
	ktap_check(rig.first_at - start == 5 * LINE_BYTE_NS + NSEC_PER_MSEC,
		   "on a wire: the first byte after five bytes and the latency");
	ktap_check(rig.last_at - rig.first_at == 2 * LINE_BYTE_NS, "on a wire: byte by byte");

	rig_init(&rig, "ts433");
	rig_send(&rig, "40 43");
	rig_wait(&rig, LINE_QUIET_NS - 1);
	rig_exchange(&rig, "56 55", "40 43 56 30 65", "a pause below 10 ms does not cut a command");
	rig_send(&rig, "40 43");
	rig_wait(&rig, LINE_QUIET_NS);
	rig_exchange(&rig, "56 55", BAD, "a pause of 10 ms does");
}

static void test_faults(void)
{
	struct rig rig;
	struct fault *fault = &rig.line.fault;

	rig_init(&rig, "ts433");
	fault->status_left = 1;
	fault->status = '8';
	rig_exchange(&rig, "40 43 32 31", BAD, "status: refused on purpose");
	ktap_check(!rig.mcu.beeps_short, "status: not carried out");
	rig_exchange(&rig, "40 43 32 31", DONE, "status: only as often as asked");
	fault->drop_left = 1;
	rig_exchange(&rig, "40 43 32 31", "", "drop: no reply");
	ktap_check(rig.mcu.beeps_short == 2, "drop: carried out");
	fault->twice_left = 1;
	rig_exchange(&rig, "40 43 32 31", "40 30 70 40 30 70", "twice");
	fault->corrupt_left = 2;
	rig_exchange(&rig, "40 43 32 31", "41 30 70", "corrupt: a bit of the first byte");
	rig_exchange(&rig, "40 43 32 31", "40 32 70", "corrupt: another bit of the second");
	fault->mute_until = rig.now + NSEC_PER_SEC;
	rig_exchange(&rig, "40 43 32 31", "", "mute: silence");
	ktap_check(rig.mcu.beeps_short == 5, "mute: not carried out");
	rig_wait(&rig, NSEC_PER_SEC);
	rig_exchange(&rig, "40 43 32 31", DONE, "mute: over");
	ktap_check(line_send_noise(&rig.line, (const u8 *)"\1\2", 2), "noise: taken");
	rig_expect(&rig, "01 02", "noise: sent without a command");
}

static void test_slow_faults(void)
{
	struct rig rig;
	u64 start;

	rig_init(&rig, "ts433");
	start = rig.now;
	rig.line.fault.late_left = 1;
	rig.line.fault.late = 700 * NSEC_PER_MSEC;
	rig_exchange(&rig, "40 43 32 31", "", "late: nothing yet");
	rig_send(&rig, "40 43 56 55");
	rig_wait(&rig, NSEC_PER_SEC);
	ktap_check(rig.first_at - start == 700 * NSEC_PER_MSEC + LINE_LATENCY_NS, "late: then");
	rig_expect(&rig, "40 30 70 40 43 56 30 65", "late: the next command is answered after it");

	start = rig.now;
	rig.line.fault.split_left = 1;
	rig.line.fault.split = 5 * NSEC_PER_MSEC;
	rig_exchange(&rig, "40 43 32 31", DONE, "split: the whole reply");
	ktap_check(rig.last_at - start == 10 * NSEC_PER_MSEC + LINE_LATENCY_NS, "split: pauses");

	rig.line.fault.late_left = 1;
	rig_send(&rig, "40 43 32 31");
	line_restart(&rig.line);
	rig_wait(&rig, NSEC_PER_SEC);
	ktap_check(!rig.sent_len, "a restart forgets the reply");
}

int main(void)
{
	ktap_begin();
	test_vectors();
	test_truncations();
	test_bit_flips();
	test_bad_input();
	test_models();
	test_status_leds();
	test_disk_leds();
	test_blinking();
	test_fan();
	test_temperature();
	test_button_and_beeps();
	test_eeprom();
	test_power_off();
	test_times();
	test_faults();
	test_slow_faults();

	return ktap_end();
}
