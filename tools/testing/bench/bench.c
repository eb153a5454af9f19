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
"  idle-line    one LED write after the other, 20 ms apart, and a temperature\n"
"               each second; seconds\n"
"  pwm          pwm writes and reads in turn, without a pause; pairs\n"
"  eeprom       the whole EEPROM; times\n"
"  storm        all four LEDs 50 times a second; seconds\n";

#define PACE_US		20000.0
#define PACES_A_SECOND	50

/* Readings that a driver may keep for a second are older than that. */
#define SECOND_US	((PACES_A_SECOND + 2) * PACE_US)

static void sample(const struct subject *subject, const char *measure, double start)
{
	printf("%s %s %.1f\n", subject->name, measure, now_us() - start);
}

static void time_led(const struct subject *subject, unsigned int number)
{
	const double start = now_us();

	/* Each LED changes each time it is its turn. */
	subject->set_led(number % LEDS, number / LEDS % 2);
	if (subject->timed)
		sample(subject, "led", start);
}

static void time_temp(const struct subject *subject)
{
	const double start = now_us();
	const int temp = subject->get_temp();

	sample(subject, "temp", start);
	if (temp != 35)
		errx(EXIT_FAILURE, "the temperature is %d, not 35", temp);
}

static void idle_line(const struct subject *subject, int seconds)
{
	double next = now_us();
	unsigned int led = 0;
	int i;

	while (seconds--) {
		for (i = 0; i < PACES_A_SECOND; i++) {
			time_led(subject, led++);
			next += PACE_US;
			sleep_until(next);
		}
		time_temp(subject);
		next += SECOND_US - PACES_A_SECOND * PACE_US;
		sleep_until(next);
	}
}

static void time_pwm(const struct subject *subject, unsigned char value)
{
	double start = now_us();
	unsigned char pwm;

	subject->set_pwm(value);
	sample(subject, "pwm-write", start);

	start = now_us();
	pwm = subject->get_pwm();
	sample(subject, "pwm-read", start);
	if (pwm != value)
		errx(EXIT_FAILURE, "pwm is %d, not %d", pwm, value);
}

static void pwm(const struct subject *subject, int pairs)
{
	while (pairs--)
		time_pwm(subject, 100 + pairs % 100);
}

static void eeprom(const struct subject *subject, int times)
{
	unsigned char data[EEPROM_SIZE];
	double start;

	while (times--) {
		start = now_us();
		subject->get_eeprom(data);
		sample(subject, "eeprom", start);
		if (memcmp(data, "Q237Y12345", 10) || data[EEPROM_SIZE - 1] != 0xfc)
			errx(EXIT_FAILURE, "the EEPROM has another content");
	}
}

static void storm(const struct subject *subject, int seconds)
{
	double next = now_us();
	int i, led;

	for (i = 1; i <= seconds * PACES_A_SECOND; i++) {
		for (led = 0; led < LEDS; led++)
			subject->set_led(led, (i + led) % 2);
		next += PACE_US;
		sleep_until(next);
	}
}

static const struct job {
	const char *name;
	void (*run)(const struct subject *subject, int count);
	int count;
} jobs[] = {
	{ "idle-line", idle_line, 20 },
	{ "pwm", pwm, 200 },
	{ "eeprom", eeprom, 20 },
	{ "storm", storm, 10 },
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
	for (job = jobs; job < jobs + sizeof(jobs) / sizeof(jobs[0]); job++) {
		if (strcmp(job->name, argv[3]))
			continue;
		job->run(find_subject(argv[1], argv[2]), argc == 5 ? atoi(argv[4]) : job->count);
		return EXIT_SUCCESS;
	}
	errx(EXIT_FAILURE, "%s is no job. Try 'bench --help'", argv[3]);
}
