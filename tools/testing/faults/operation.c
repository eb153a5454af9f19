// SPDX-License-Identifier: GPL-2.0-only
/* What is done to the box in a sweep: see operation.h. */

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "box.h"
#include "operation.h"

/* The hwmon driver asks again for a reading that is older than a second. */
#define CACHE_MS	1000
#define MARGIN_MS	50

#define EEPROM_BLOCK	32
#define BEEP_SHORT_MS	500
#define BEEP_LONG_MS	1500
#define BEEP_PATIENCE	20000
#define BUTTON_PATIENCE	20000

#define PWM_MIN		51
#define PWM_MAX		255

/* What the kernel's own driver gets right on a good line is all that is asked for. */
static bool modest;

void operation_be_modest(void)
{
	modest = true;
}

static unsigned int below(struct sweep *sweep, unsigned int limit)
{
	return prng_below(&sweep->random, limit);
}

static bool is(const struct sweep *sweep, unsigned int led, const char *mode)
{
	return !strcmp(sweep->want.led[led], mode);
}

static void want(struct sweep *sweep, unsigned int led, const char *mode)
{
	snprintf(sweep->want.led[led], EMULATOR_WORD, "%s", mode);
	snprintf(sweep->drift.led[led], EMULATOR_WORD, "%s", mode);
}

/* An LED that blinks is switched on by way of off: only that ends blinking. */
static void darken(struct sweep *sweep, unsigned int led)
{
	sweep->steps++;
	want(sweep, led, "off");
	sweep->looked = false;
	if (!box_led_set(led, false))
		sweep_error(sweep, strerror(errno));
	sweep_settle(sweep);
}

/* Sets an LED to one of its modes. */
void operation_set_led(struct sweep *sweep, unsigned int led, unsigned int mode)
{
	const struct box_led *box = &box_leds[led];
	const bool blinks = box->half_period[mode];
	bool done;

	snprintf(sweep->what, sizeof(sweep->what), "%s %s", box->name, box->mode[mode]);
	if (!mode || (!is(sweep, led, "off") && (blinks || !is(sweep, led, "on"))))
		darken(sweep, led);
	if (!mode || sweep->failed)
		return;
	want(sweep, led, box->mode[mode]);
	/* Besides the wanted rate, the trigger's own and a toggle of the LED core's. */
	sweep->steps += blinks ? 3 : 1;
	sweep->looked = false;
	done = blinks ? box_led_blink(led, mode) : box_led_set(led, true);
	if (!done)
		sweep_error(sweep, strerror(errno));
}

/*
 * What the MCU can show of both halves of the status LED, but for both blinking slowly: the trigger
 * begins with the fast rate, which goes with none but itself.
 */
static bool status_possible(const struct sweep *sweep, unsigned int led, const char *mode)
{
	const char *partner = sweep->want.led[led == BOX_RED ? BOX_GREEN : BOX_RED];

	if (!strcmp(mode, "off") || !strcmp(partner, "off"))
		return true;

	return !strcmp(mode, partner) && strcmp(mode, "slow");
}

/* Whether it is a mode that the LED has, and is not in. */
static bool possible(const struct sweep *sweep, unsigned int led, unsigned int mode)
{
	const char *name = box_leds[led].mode[mode];

	if (!name || is(sweep, led, name) || (modest && box_leds[led].half_period[mode]))
		return false;

	return led < BOX_RED || status_possible(sweep, led, name);
}

static void do_led(struct sweep *sweep)
{
	unsigned int led, mode;

	do {
		led = below(sweep, EMULATOR_LEDS);
		mode = below(sweep, BOX_MODES);
	} while (!possible(sweep, led, mode));
	operation_set_led(sweep, led, mode);
}

static void do_pwm_write(struct sweep *sweep)
{
	long value = 0;

	if (below(sweep, 10) || !sweep->want.pwm)
		value = PWM_MIN + below(sweep, PWM_MAX - PWM_MIN + 1);
	snprintf(sweep->what, sizeof(sweep->what), "pwm %ld", value);
	sweep->steps = 1;
	sweep->fresh = true;
	sweep->want.pwm = value;
	sweep->drift.pwm = value;
	if (!box_write_pwm(value)) {
		sweep_error(sweep, strerror(errno));
		return;
	}
	sweep_look(sweep);
	if (sweep->state.pwm != value && sweep->counts.resets == sweep->before.resets)
		sweep_lost(sweep, "pwm is %ld after %ld was set", sweep->state.pwm, value);
}

/* The MCU's own value may change within the operation only by a frame that was counted. */
static void do_pwm_read(struct sweep *sweep)
{
	const long before = sweep->state.pwm;
	long value;

	snprintf(sweep->what, sizeof(sweep->what), "pwm?");
	sweep->steps = 1;
	sweep->fresh = false;
	if (!box_read(BOX_PWM, &value)) {
		sweep_error(sweep, strerror(errno));
		return;
	}
	sweep_look(sweep);
	if (value != sweep->state.pwm && value != before)
		sweep_wrong(sweep, "pwm is %ld, read as %ld", sweep->state.pwm, value);
}

static void read_sensor(struct sweep *sweep, enum box_sensor sensor, long truth)
{
	const unsigned int i = sensor - BOX_TEMP;
	long value;

	sweep->steps = 1;
	if (!box_read(sensor, &value)) {
		sweep_error(sweep, strerror(errno));
		return;
	}
	sweep->asked[i] = box_now();
	sweep->reading[i] = value;
	sweep_look(sweep);
	if (value != truth)
		sweep_wrong(sweep, "%s is %ld, read as %ld", sweep->what, truth, value);
}

static void do_temp(struct sweep *sweep)
{
	const int temp = modest ? (int)below(sweep, 128) : (int)below(sweep, 256) - 128;

	snprintf(sweep->what, sizeof(sweep->what), "temperature %d", temp);
	emulator_tell("temp %d", temp);
	read_sensor(sweep, BOX_TEMP, temp * 1000L);
}

static void do_rpm(struct sweep *sweep)
{
	const long rpm = below(sweep, modest ? 0x100 : 0x10000) * 30L;

	snprintf(sweep->what, sizeof(sweep->what), "fan speed %ld", rpm);
	emulator_tell("rpm %ld", rpm);
	read_sensor(sweep, BOX_RPM, rpm);
}

/* One in sixteen is the whole EEPROM. */
static void do_eeprom(struct sweep *sweep)
{
	const bool whole = !below(sweep, 16);
	const unsigned int offset = whole ? 0 : below(sweep, BOX_EEPROM_SIZE - EEPROM_BLOCK);
	const unsigned int len = whole ? BOX_EEPROM_SIZE : 1 + below(sweep, EEPROM_BLOCK);
	u8 data[BOX_EEPROM_SIZE];
	unsigned int i;

	snprintf(sweep->what, sizeof(sweep->what), "EEPROM %u+%u", offset, len);
	sweep->steps = (len + EEPROM_BLOCK - 1) / EEPROM_BLOCK;
	if (!box_read_eeprom(offset, len, data)) {
		sweep_error(sweep, strerror(errno));
		return;
	}
	sweep_look(sweep);
	for (i = 0; i < len; i++) {
		if (data[i] == box_eeprom()[offset + i])
			continue;
		sweep_wrong(sweep, "EEPROM byte %u is %02x, read as %02x", offset + i,
			    box_eeprom()[offset + i], data[i]);
		return;
	}
}

/* The state is known to have been another one before. */
static void expect_button(struct sweep *sweep, int pressed)
{
	const char *const truth = pressed ? "pressed" : "released";
	int seen = box_button(BUTTON_PATIENCE);

	while (seen >= 0 && seen != pressed) {
		sweep_look(sweep);
		sweep_wrong(sweep, "the button was %s, seen as if it was not", truth);
		seen = box_button(BUTTON_PATIENCE);
	}
	if (seen >= 0)
		return;
	sweep_look(sweep);
	sweep_lost(sweep, "the button was %s, and nothing was seen", truth);
}

static void do_button(struct sweep *sweep)
{
	snprintf(sweep->what, sizeof(sweep->what), "button");
	sweep->steps = 2;
	emulator_tell("press");
	expect_button(sweep, 1);
	emulator_tell("release");
	expect_button(sweep, 0);
}

/* Whether it beeped; once more than asked for is what a lost acknowledgment leads to. */
static bool beeped(struct sweep *sweep, bool tone, long before)
{
	const u64 end = box_now() + BEEP_PATIENCE;

	for (sweep_look(sweep); sweep->state.beeps[tone] == before; sweep_look(sweep)) {
		if (box_now() >= end)
			return false;
		box_sleep(1);
	}

	return true;
}

/* Nobody can be told of a beep that failed. */
static void no_beep(struct sweep *sweep)
{
	if (sweep_struck(sweep, 2 * BEEP_PATIENCE))
		sweep_error(sweep, "no beep");
	else
		sweep_lost(sweep, "there was no beep");
}

static void do_beep(struct sweep *sweep)
{
	const bool tone = !below(sweep, 4);
	const long before = sweep->state.beeps[tone];

	snprintf(sweep->what, sizeof(sweep->what), "beep %s", tone ? "long" : "short");
	sweep->steps = 1;
	if (!box_beep(tone))
		sweep_error(sweep, strerror(errno));
	else if (!beeped(sweep, tone, before))
		no_beep(sweep);
	sweep->silent_from = box_now() + (tone ? BEEP_LONG_MS : BEEP_SHORT_MS) + MARGIN_MS;
	if (sweep->state.beeps[tone] > before + 1 && !sweep_struck(sweep, BEEP_PATIENCE))
		sweep_wrong(sweep, "it beeped %ld times", sweep->state.beeps[tone] - before);
}

/* Whether this would need the line now, rather than a reading that the driver has kept. */
bool operation_due(const struct sweep *sweep, enum sweep_kind kind)
{
	switch (kind) {
	case SWEEP_TEMP:
	case SWEEP_RPM:
		return box_now() >= sweep->asked[kind - SWEEP_TEMP] + CACHE_MS + MARGIN_MS;
	case SWEEP_BEEP:
		return box_now() >= sweep->silent_from;
	case SWEEP_PWM_READ:
		return sweep->fresh;
	default:
		return true;
	}
}

const operation operations[SWEEP_KINDS] = {
	[SWEEP_LED] = do_led,
	[SWEEP_PWM_WRITE] = do_pwm_write,
	[SWEEP_PWM_READ] = do_pwm_read,
	[SWEEP_TEMP] = do_temp,
	[SWEEP_RPM] = do_rpm,
	[SWEEP_EEPROM] = do_eeprom,
	[SWEEP_BUTTON] = do_button,
	[SWEEP_BEEP] = do_beep,
};
