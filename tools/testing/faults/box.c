// SPDX-License-Identifier: GPL-2.0-only
/* The box as its user sees it: see box.h. */

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <linux/input.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "box.h"

const struct box_led box_leds[EMULATOR_LEDS] = {
	{ "hdd1:red:status", "led.hdd1", { "off", "on", "fast", "slow" }, { 0, 0, 100, 500 }, 3 },
	{ "hdd2:red:status", "led.hdd2", { "off", "on", "fast", "slow" }, { 0, 0, 100, 500 }, 3 },
	{ "hdd3:red:status", "led.hdd3", { "off", "on", "fast", "slow" }, { 0, 0, 100, 500 }, 3 },
	{ "hdd4:red:status", "led.hdd4", { "off", "on", "fast", "slow" }, { 0, 0, 100, 500 }, 3 },
	{ "usb:blue:disk", "led.usb", { "off", "on", "blink" }, { 0, 0, 250 }, 2 },
	[BOX_RED] = {
		"red:status", "led.status.red",
		{ "off", "on", "fast", "slow" }, { 0, 0, 500, 1000 }, 2
	},
	[BOX_GREEN] = {
		"green:status", "led.status.green",
		{ "off", "on", "fast", "slow" }, { 0, 0, 500, 1000 }, 2
	},
};

#define PATIENCE_MS	60000

static int brightness[EMULATOR_LEDS], trigger[EMULATOR_LEDS];
static int sensors[BOX_SENSORS];
static int eeprom, events, log_file;
static char poll_path[256];
static u8 eeprom_content[BOX_EEPROM_SIZE];

/* Milliseconds on the monotonic clock. */
u64 box_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);

	return now.tv_sec * 1000ULL + now.tv_nsec / 1000000;
}

void box_sleep(unsigned int ms)
{
	const struct timespec time = { ms / 1000, ms % 1000 * 1000000 };

	nanosleep(&time, NULL);
}

/* The drivers may still be about to find their MCU. */
static bool glob_patiently(const char *pattern, glob_t *found)
{
	const u64 end = box_now() + PATIENCE_MS;

	while (glob(pattern, 0, NULL, found)) {
		if (box_now() >= end)
			return false;
		box_sleep(100);
	}

	return true;
}

static const char *find(const char *pattern)
{
	static char path[256];
	glob_t found;

	if (!glob_patiently(pattern, &found) || found.gl_pathc != 1)
		errx(EXIT_BROKEN, "not there, or not once: %s", pattern);
	snprintf(path, sizeof(path), "%s", found.gl_pathv[0]);
	globfree(&found);

	return path;
}

static int open_one(const char *pattern, int flags)
{
	const int fd = open(find(pattern), flags | O_CLOEXEC);

	if (fd < 0)
		err(EXIT_BROKEN, "cannot open %s", pattern);

	return fd;
}

static bool put(int fd, const char *text)
{
	return pwrite(fd, text, strlen(text), 0) == (ssize_t)strlen(text);
}

static bool put_number(const char *path, unsigned int value)
{
	const int fd = open(path, O_WRONLY | O_CLOEXEC);
	char text[16];
	bool done;

	snprintf(text, sizeof(text), "%u", value);
	done = fd >= 0 && put(fd, text);
	if (fd >= 0)
		close(fd);

	return done;
}

static void open_leds(void)
{
	char path[256];
	unsigned int i;

	for (i = 0; i < EMULATOR_LEDS; i++) {
		snprintf(path, sizeof(path), "/sys/class/leds/%s/brightness", box_leds[i].name);
		brightness[i] = open_one(path, O_WRONLY);
		snprintf(path, sizeof(path), "/sys/class/leds/%s/trigger", box_leds[i].name);
		trigger[i] = open_one(path, O_WRONLY);
	}
}

static void open_input(void)
{
	static const char device[] =
		"/sys/bus/serial/devices/serial?-?/qnap-mcu-input*/input/input*";
	char path[256];

	snprintf(path, sizeof(path), "%s/event*", device);
	snprintf(path, sizeof(path), "/dev/input/%s", strrchr(find(path), '/') + 1);
	events = open_one(path, O_RDWR | O_NONBLOCK);
	snprintf(path, sizeof(path), "%s/poll", device);
	snprintf(poll_path, sizeof(poll_path), "%s", find(path));
}

static void load_eeprom(const char *path)
{
	const int fd = open_one(path, O_RDONLY);

	if (read(fd, eeprom_content, sizeof(eeprom_content)) != sizeof(eeprom_content))
		errx(EXIT_BROKEN, "%s is too short", path);
	close(fd);
}

#define HWMON	"/sys/bus/serial/devices/serial?-?/qnap-mcu-hwmon*/hwmon/hwmon*/"

/* Nobody but us sets the fan. The kernel's own driver does not say who does. */
static void take_over_fan(void)
{
	glob_t found;

	if (glob(HWMON "pwm1_enable", 0, NULL, &found))
		return;
	if (!put_number(found.gl_pathv[0], 1))
		err(EXIT_BROKEN, "cannot take over the fan");
	globfree(&found);
}

static void open_hwmon(void)
{
	sensors[BOX_PWM] = open_one(HWMON "pwm1", O_RDWR);
	sensors[BOX_TEMP] = open_one(HWMON "temp1_input", O_RDONLY);
	sensors[BOX_RPM] = open_one(HWMON "fan1_input", O_RDONLY);
	take_over_fan();
}

/* Finds all interfaces. */
void box_open(void)
{
	open_leds();
	open_hwmon();
	eeprom = open_one("/sys/bus/nvmem/devices/qnap-mcu-eeprom*/nvmem", O_RDONLY);
	open_input();
	log_file = open_one("/dev/kmsg", O_RDONLY | O_NONBLOCK);
	lseek(log_file, 0, SEEK_END);
	load_eeprom(BOX_EEPROM_FILE);
}

/* Switches an LED on or off; the latter ends blinking. */
bool box_led_set(unsigned int led, bool lit)
{
	return put(brightness[led], lit ? "1" : "0");
}

static bool put_delay(unsigned int led, const char *name, unsigned int ms)
{
	char path[128];

	snprintf(path, sizeof(path), "/sys/class/leds/%s/%s", box_leds[led].name, name);

	return put_number(path, ms);
}

static bool put_delays(unsigned int led, unsigned int half_period, bool on_first)
{
	return put_delay(led, on_first ? "delay_on" : "delay_off", half_period) &&
	       put_delay(led, on_first ? "delay_off" : "delay_on", half_period);
}

/*
 * Makes an LED that is off blink. Between the first and the second time the LED core blinks it: on
 * first, and the longer the better, as it does not take back an order to switch it off when the MCU
 * has begun to blink it. If the host was so busy that there may be one, all begins anew.
 */
bool box_led_blink(unsigned int led, unsigned int mode)
{
	const struct box_led *box = &box_leds[led];
	const unsigned int usual = box->half_period[box->default_blink];
	const unsigned int wanted = box->half_period[mode];
	const unsigned int on = wanted > usual ? wanted : usual;
	u64 begin;

	if (wanted == usual)
		return put(trigger[led], "timer");

	while (put(trigger[led], "timer")) {
		begin = box_now();
		if (!put_delays(led, wanted, wanted > usual))
			return false;
		if (box_now() < begin + on)
			return true;
		if (!box_led_set(led, false))
			return false;
	}

	return false;
}

/* How often the kernel has said since the last call that it could not set an LED. */
unsigned int box_led_failures(void)
{
	unsigned int count = 0;
	char text[2048];
	ssize_t len;

	for (;;) {
		len = read(log_file, text, sizeof(text) - 1);
		/* A message that was overwritten before it was read is none of the last ones. */
		if (len < 0 && errno == EPIPE)
			continue;
		if (len <= 0)
			return count;
		text[len] = '\0';
		count += !!strstr(text, "Setting an LED's brightness failed");
	}
}

bool box_read(enum box_sensor sensor, long *value)
{
	char text[32];
	const ssize_t len = pread(sensors[sensor], text, sizeof(text) - 1, 0);

	if (len <= 0)
		return false;
	text[len] = '\0';
	*value = strtol(text, NULL, 10);

	return true;
}

bool box_write_pwm(long value)
{
	char text[16];

	snprintf(text, sizeof(text), "%ld", value);

	return put(sensors[BOX_PWM], text);
}

bool box_read_eeprom(unsigned int offset, unsigned int len, u8 *data)
{
	return pread(eeprom, data, len, offset) == (ssize_t)len;
}

/* What is in the EEPROM. */
const u8 *box_eeprom(void)
{
	return eeprom_content;
}

/* Has the buzzer beep, short or long. */
bool box_beep(bool tone)
{
	struct input_event event = { .type = EV_SND, .code = tone ? SND_TONE : SND_BELL };

	event.value = 1;

	return write(events, &event, sizeof(event)) == sizeof(event);
}

/* Sets how often the button is asked. */
void box_poll_button(unsigned int ms)
{
	if (!put_number(poll_path, ms))
		err(EXIT_BROKEN, "cannot set how often the button is polled");
}

/* Waits for the button. Returns 1 if it was pressed, 0 if it was released, -1 for neither. */
int box_button(unsigned int patience)
{
	const u64 end = box_now() + patience;
	struct pollfd wait = { .fd = events, .events = POLLIN };
	struct input_event event;
	u64 now;

	for (;;) {
		while (read(events, &event, sizeof(event)) == sizeof(event))
			if (event.type == EV_KEY)
				return event.value;
		now = box_now();
		if (now >= end)
			return -1;
		poll(&wait, 1, end - now);
	}
}
