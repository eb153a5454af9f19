// SPDX-License-Identifier: GPL-2.0-only
/* A run of operations: see sweep.h. */

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "box.h"
#include "operation.h"
#include "sweep.h"

/* Longer than the drivers try anything, with all that may be ahead of it. */
#define SETTLE_MS	25000
/* After so long nothing more comes of a command that was garbled or has failed. */
#define CALM_MS		1500
/* A fault that came so long before an error has not brought it about. */
#define BLAME_MS	20000
/* Of an LED that blinks by software, in SETTLE_MS. */
#define BLINK_CHANGES	10

const char *const sweep_kind_names[SWEEP_KINDS] = {
	"LED", "pwm write", "pwm read", "temperature", "fan speed", "EEPROM", "button", "beep",
};

/* Also marks the place in the emulator's trace. */
static void explain(const struct sweep *sweep, const char *verdict, const char *format,
		    va_list arguments)
{
	emulator_tell("remark %s:%ld", sweep->name, sweep->done);
	printf("# %s: seed %llu, operation %ld (%s): %s: ", sweep->name,
	       (unsigned long long)sweep->seed, sweep->done, sweep->what, verdict);
	vprintf(format, arguments);
	printf("\n");
}

static void remark(const struct sweep *sweep, const char *verdict, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	explain(sweep, verdict, format, arguments);
	va_end(arguments);
}

/* Sees what the MCU does now. */
void sweep_look(struct sweep *sweep)
{
	const long strikes = sweep->counts.strikes;

	sweep->looked = true;
	emulator_look(&sweep->state, &sweep->counts);
	if (sweep->counts.strikes != strikes || sweep->state.mute)
		sweep->struck = box_now();
}

/* Whether there was a fault within that time. */
bool sweep_struck(const struct sweep *sweep, u64 ms)
{
	return sweep->struck && box_now() < sweep->struck + ms;
}

/* The operation said that it failed. */
void sweep_error(struct sweep *sweep, const char *why)
{
	if (sweep->failed)
		return;
	sweep->failed = true;
	sweep->errors++;
	sweep_look(sweep);
	if (sweep_struck(sweep, BLAME_MS)) {
		remark(sweep, "error", "%s", why);
		return;
	}
	sweep->unfounded++;
	remark(sweep, "ERROR without a fault", "%s", why);
}

static long undetected(const struct mcu_counts *counts)
{
	return counts->requests + counts->replies;
}

static void excuse(struct sweep *sweep, const char *format, va_list arguments)
{
	sweep->excused++;
	explain(sweep, "excused", format, arguments);
	emulator_print_undetected(undetected(&sweep->before));
}

/* A value was read that is not true. */
void sweep_wrong(struct sweep *sweep, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	if (sweep->counts.replies > sweep->before.replies) {
		excuse(sweep, format, arguments);
	} else {
		sweep->wrong++;
		explain(sweep, "WRONG", format, arguments);
	}
	va_end(arguments);
}

/* What was asked for is not there. */
void sweep_lost(struct sweep *sweep, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	if (undetected(&sweep->counts) > undetected(&sweep->before)) {
		excuse(sweep, format, arguments);
	} else {
		sweep->lost++;
		explain(sweep, "LOST", format, arguments);
	}
	va_end(arguments);
}

static bool led_right(const struct sweep *sweep, unsigned int led)
{
	return !strcmp(sweep->state.led[led], sweep->want.led[led]) ||
	       !strcmp(sweep->state.led[led], sweep->drift.led[led]);
}

static bool pwm_right(const struct sweep *sweep)
{
	return sweep->state.pwm == sweep->want.pwm || sweep->state.pwm == sweep->drift.pwm;
}

static bool right(const struct sweep *sweep)
{
	unsigned int i;

	for (i = 0; i < EMULATOR_LEDS; i++)
		if (!led_right(sweep, i))
			return false;

	return pwm_right(sweep);
}

/* Whether it may stay as it is: by a failure, a frame that was not sent, or a reset. */
static bool explained(const struct sweep *sweep)
{
	return sweep->failed || undetected(&sweep->counts) > undetected(&sweep->before) ||
	       sweep->counts.resets > sweep->before.resets;
}

static void say_what_is_not_right(struct sweep *sweep)
{
	unsigned int i;

	for (i = 0; i < EMULATOR_LEDS; i++)
		if (!led_right(sweep, i))
			sweep_lost(sweep, "%s is %s, should be %s", box_leds[i].name,
				   sweep->state.led[i], sweep->want.led[i]);
	if (!pwm_right(sweep))
		sweep_lost(sweep, "pwm is %ld, should be %ld", sweep->state.pwm, sweep->want.pwm);
}

/*
 * Waits until the MCU does what was asked for: LEDs are set in the background. If there is a reason
 * why it may not, only until nothing changes any more.
 */
static void await(struct sweep *sweep)
{
	const u64 end = box_now() + SETTLE_MS;
	u64 calm = box_now() + CALM_MS;
	struct mcu_state last = sweep->state;
	unsigned int pause = 2;

	sweep->changes = 0;
	if (!sweep->looked)
		sweep_look(sweep);
	for (; !right(sweep); sweep_look(sweep)) {
		if (box_led_failures())
			sweep_error(sweep, "the kernel's log says so");
		if (memcmp(&last, &sweep->state, sizeof(last))) {
			calm = box_now() + CALM_MS;
			sweep->changes++;
		}
		last = sweep->state;
		if (box_now() >= end || (explained(sweep) && box_now() >= calm))
			return;
		box_sleep(pause);
		pause += pause < 20;
	}
}

/*
 * The LED core blinks by itself what the MCU did not take, and tells nobody. An LED that does not
 * change either was lost.
 */
static bool blinks_by_software(const struct sweep *sweep)
{
	unsigned int i;

	if (!sweep_struck(sweep, BLAME_MS + SETTLE_MS) || sweep->changes < BLINK_CHANGES)
		return false;
	for (i = 0; i < EMULATOR_LEDS; i++)
		if (!led_right(sweep, i) && strcmp(sweep->want.led[i], "on") &&
		    strcmp(sweep->want.led[i], "off"))
			return true;

	return false;
}

/* After a failure or a reset: what is not right is switched off, or is right from now on. */
static void start_over(struct sweep *sweep)
{
	unsigned int i;

	sweep->want.pwm = sweep->state.pwm;
	for (i = 0; i < EMULATOR_LEDS; i++) {
		if (led_right(sweep, i))
			continue;
		box_led_set(i, false);
		snprintf(sweep->want.led[i], EMULATOR_WORD, "off");
	}
	sweep->drift = sweep->want;
	await(sweep);
	sweep->want = sweep->state;
	sweep->drift = sweep->state;
}

/* Waits until all is as it should be, or says what is not. */
void sweep_settle(struct sweep *sweep)
{
	await(sweep);
	if (right(sweep))
		return;
	if (!explained(sweep) && blinks_by_software(sweep))
		sweep_error(sweep, "the LED core blinks by itself");
	if (sweep->failed || sweep->counts.resets > sweep->before.resets) {
		start_over(sweep);
		return;
	}
	say_what_is_not_right(sweep);
	sweep->drift = sweep->state;
}

/* Nobody touches the button but the operation that does. */
static void check_button(struct sweep *sweep)
{
	int pressed = box_button(0);

	while (pressed >= 0) {
		if (pressed)
			sweep_wrong(sweep, "the button was seen pressed");
		pressed = box_button(0);
	}
}

static void note_time(struct sweep *sweep, u64 took)
{
	const u64 step = took / (sweep->steps ? sweep->steps : 1);

	if (took > sweep->longest[sweep->kind])
		sweep->longest[sweep->kind] = took;
	if (step > sweep->longest_step)
		sweep->longest_step = step;
}

/* Carries out an operation of that kind and compares. */
void sweep_operation(struct sweep *sweep, enum sweep_kind kind)
{
	const u64 begin = box_now();

	sweep->done++;
	sweep->kind = kind;
	sweep->by_kind[kind]++;
	sweep->failed = false;
	sweep->steps = 0;
	sweep->before = sweep->counts;
	sweep->looked = false;
	operations[kind](sweep);
	sweep_settle(sweep);
	check_button(sweep);
	note_time(sweep, box_now() - begin);
}

/* Of a hundred, those that come into question now. */
static enum sweep_kind draw(struct sweep *sweep)
{
	static const unsigned int shares[SWEEP_KINDS] = {
		[SWEEP_LED] = 42, [SWEEP_PWM_WRITE] = 20, [SWEEP_PWM_READ] = 18, [SWEEP_TEMP] = 6,
		[SWEEP_RPM] = 6, [SWEEP_EEPROM] = 5, [SWEEP_BUTTON] = 2, [SWEEP_BEEP] = 1,
	};
	unsigned int ticket = prng_below(&sweep->random, 100);
	unsigned int kind = 0;

	while (ticket >= shares[kind])
		ticket -= shares[kind++];

	return kind;
}

/* Carries out an operation of a kind that chance chooses. */
void sweep_random_operation(struct sweep *sweep)
{
	enum sweep_kind kind;

	do {
		kind = draw(sweep);
	} while (!operation_due(sweep, kind));
	sweep_operation(sweep, kind);
}

/* Begins a run: everything is as it is. */
void sweep_begin(struct sweep *sweep, const char *name, u64 seed)
{
	memset(sweep, 0, sizeof(*sweep));
	sweep->name = name;
	sweep->seed = seed;
	sweep->random = seed;
	/* The drivers may have read and beeped just before. */
	sweep->asked[0] = box_now();
	sweep->asked[1] = box_now();
	sweep->silent_from = box_now() + CALM_MS;
	sweep_look(sweep);
	sweep->want = sweep->state;
	sweep->drift = sweep->state;
	sweep->before = sweep->counts;
	sweep->start = sweep->counts;
	sweep->struck = 0;
	box_led_failures();
}
