// SPDX-License-Identifier: GPL-2.0-only
/*
 * The same operations through a driver's files in sysfs, as a user would do them.
 *
 * Writing the brightness of a LED only queues work. Whoever starts this has made a trace instance
 * "done" that has an event when set_brightness_delayed() ends, and nothing else: until then nothing
 * here wakes up and keeps the processor from the driver.
 */

#include <err.h>
#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "subject.h"

static int leds[LEDS];
static int pwm_file;
static int temp_file;
static int eeprom_file;
static FILE *done;

static void put(int file, const char *text)
{
	const ssize_t len = strlen(text);

	if (pwrite(file, text, len, 0) != len)
		err(EXIT_FAILURE, "cannot write %s", text);
}

static long get(int file)
{
	char text[32];
	const ssize_t len = pread(file, text, sizeof(text) - 1, 0);

	if (len <= 0)
		err(EXIT_FAILURE, "cannot read a value");
	text[len] = '\0';

	return strtol(text, NULL, 10);
}

/* The LED core hands this over to a work item. */
static void set_led(unsigned int led, bool on)
{
	put(leds[led], on ? "1" : "0");
}

static void finish_led(unsigned int led, bool on)
{
	char line[256];

	set_led(led, on);
	if (!fgets(line, sizeof(line), done))
		err(EXIT_FAILURE, "cannot read the trace");
}

static void set_pwm(unsigned char pwm)
{
	char text[8];

	snprintf(text, sizeof(text), "%d", pwm);
	put(pwm_file, text);
}

static unsigned char get_pwm(void)
{
	return get(pwm_file);
}

static int get_temp(void)
{
	return get(temp_file) / 1000;
}

static void get_eeprom(unsigned char *data)
{
	if (pread(eeprom_file, data, EEPROM_SIZE, 0) != EEPROM_SIZE)
		err(EXIT_FAILURE, "cannot read the EEPROM");
}

static const struct subject subject = {
	.name = "driver",
	.set_led = set_led,
	.finish_led = finish_led,
	.timed = false,
	.set_pwm = set_pwm,
	.get_pwm = get_pwm,
	.get_temp = get_temp,
	.get_eeprom = get_eeprom,
};

/* The only file of that name, wherever it is numbered. */
static int open_file(const char *device, const char *pattern, int mode)
{
	char path[256];
	glob_t found;
	int file;

	snprintf(path, sizeof(path), "%s/%s", device, pattern);
	if (glob(path, 0, NULL, &found))
		errx(EXIT_FAILURE, "there is no %s", path);
	file = open(found.gl_pathv[0], mode);
	if (file < 0)
		err(EXIT_FAILURE, "cannot open %s", found.gl_pathv[0]);
	globfree(&found);

	return file;
}

/**
 * driver_open() - work on what a driver offers
 * @device: the serial device, in sysfs
 *
 * Return: the operations.
 */
const struct subject *driver_open(const char *device)
{
	char led[64];
	int i;

	for (i = 0; i < LEDS; i++) {
		snprintf(led, sizeof(led), "leds/hdd%d:red:status/brightness", i + 1);
		leds[i] = open_file("/sys/class", led, O_WRONLY);
	}
	done = fopen("/sys/kernel/tracing/instances/done/trace_pipe", "r");
	if (!done)
		err(EXIT_FAILURE, "cannot open the trace");
	pwm_file = open_file(device, "qnap-mcu-hwmon*/hwmon/hwmon*/pwm1", O_RDWR);
	temp_file = open_file(device, "qnap-mcu-hwmon*/hwmon/hwmon*/temp1_input", O_RDONLY);
	eeprom_file = open_file("/sys/bus/nvmem/devices", "qnap-mcu-eeprom*/nvmem", O_RDONLY);

	return &subject;
}
