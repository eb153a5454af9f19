// SPDX-License-Identifier: GPL-2.0-only
/*
 * Measures how long operations of the MCU take, through a driver or on a plain tty. Each line of
 * the output is a sample: subject, measure, microseconds.
 */

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "subject.h"

static const char help_text[] =
"Usage: bench floor TTY JOB [COUNT]\n"
"       bench driver DEVICE JOB [COUNT]\n"
"\n"
"Jobs, and what they count:\n"
"  leds         one LED write after the other; writes\n"
"  values       20 pwm writes and reads in turn, and a temperature; times\n"
"  eeprom       the whole EEPROM; times\n"
"  writes       LED writes 12.3 ms apart, without samples; writes\n"
"  storm        all four LEDs 50 times a second, without samples; seconds\n";

/* A driver may keep a reading for a second. */
#define KEPT_US		1050000.0
#define PAIRS_A_ROUND	20

/* Long enough for one write to be done before the next, and no multiple of a tick. */
#define APART_US	12300.0

#define STORM_US	20000.0
#define STORMS_A_SECOND	50

static void sample(const struct subject *subject, const char *measure, double took)
{
	printf("%s %s %.1f\n", subject->name, measure, took);
}

/* Each LED changes each time it is its turn. */
static bool led_state(int number)
{
	return number / LEDS % 2;
}

static void leds(const struct subject *subject, int count)
{
	double start;
	int i;

	for (i = 0; i < count; i++) {
		start = now_us();
		subject->finish_led(i % LEDS, led_state(i));
		if (subject->timed)
			sample(subject, "led", now_us() - start);
	}
}

static void writes(const struct subject *subject, int count)
{
	double next = now_us();
	int i;

	for (i = 0; i < count; i++) {
		subject->set_led(i % LEDS, led_state(i));
		next += APART_US;
		sleep_until(next);
	}
}

static void time_temp(const struct subject *subject)
{
	const double start = now_us();
	const int temp = subject->get_temp();

	sample(subject, "temp", now_us() - start);
	if (temp != 35)
		errx(EXIT_FAILURE, "the temperature is %d, not 35", temp);
}

static void time_pwm(const struct subject *subject, unsigned char value)
{
	double start = now_us();
	unsigned char pwm;

	subject->set_pwm(value);
	sample(subject, "pwm-write", now_us() - start);

	start = now_us();
	pwm = subject->get_pwm();
	sample(subject, "pwm-read", now_us() - start);
	if (pwm != value)
		errx(EXIT_FAILURE, "pwm is %d, not %d", pwm, value);
}

/* In a row, as a program does that shows all values. */
static void values(const struct subject *subject, int rounds)
{
	int i;

	while (rounds--) {
		sleep_until(now_us() + KEPT_US);
		for (i = 0; i < PAIRS_A_ROUND; i++)
			time_pwm(subject, 100 + rounds + i);
		time_temp(subject);
	}
}

static void eeprom(const struct subject *subject, int times)
{
	unsigned char data[EEPROM_SIZE];
	double start;

	while (times--) {
		start = now_us();
		subject->get_eeprom(data);
		sample(subject, "eeprom", now_us() - start);
		if (memcmp(data, "Q237Y12345", 10) || data[EEPROM_SIZE - 1] != 0xfc)
			errx(EXIT_FAILURE, "the EEPROM has another content");
	}
}

static void storm(const struct subject *subject, int seconds)
{
	double next = now_us();
	int i, led;

	for (i = 1; i <= seconds * STORMS_A_SECOND; i++) {
		for (led = 0; led < LEDS; led++)
			subject->set_led(led, (i + led) % 2);
		next += STORM_US;
		sleep_until(next);
	}
}

static const struct job {
	const char *name;
	void (*run)(const struct subject *subject, int count);
	int count;
} jobs[] = {
	{ "leds", leds, 300 },
	{ "values", values, 12 },
	{ "eeprom", eeprom, 10 },
	{ "writes", writes, 600 },
	{ "storm", storm, 10 },
	{ }
};

static const struct subject *find_subject(const char *kind, const char *name)
{
	if (!strcmp(kind, "floor"))
		return floor_open(name);
	if (!strcmp(kind, "driver"))
		return driver_open(name);
	errx(EXIT_FAILURE, "%s is neither floor nor driver", kind);
}

int main(int argc, char **argv)
{
	const struct job *job;

	if (argc == 2 && !strcmp(argv[1], "--help")) {
		fputs(help_text, stdout);
		return EXIT_SUCCESS;
	}
	if (argc != 4 && argc != 5)
		errx(EXIT_FAILURE, "what to measure? Try 'bench --help'");
	for (job = jobs; job->name; job++) {
		if (strcmp(job->name, argv[3]))
			continue;
		job->run(find_subject(argv[1], argv[2]), argc == 5 ? atoi(argv[4]) : job->count);
		return EXIT_SUCCESS;
	}
	errx(EXIT_FAILURE, "%s is no job. Try 'bench --help'", argv[3]);
}
