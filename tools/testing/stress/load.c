// SPDX-License-Identifier: GPL-2.0-only
/*
 * Eight threads that use all that the drivers offer, as fast as they can and without a plan:
 *
 *	load SECONDS EEPROM
 *
 * The drivers may come and go, and the line may be bad: that something fails is all right, as long
 * as it fails with an error that is documented. A value that is read must be right. Prints a line
 * for each thread: its name, and how often it succeeded, failed, failed with an error that it must
 * not, and read something wrong.
 */

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <linux/input.h>
#include <linux/types.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include <linux/array_size.h>

#define EEPROM_SIZE	256
#define TEXT_MAX	512
#define FIRMWARE	"0105"
#define TEMPERATURE	"35000"

#define LEDS		"/sys/class/leds/*:*/"
#define MCU		"/sys/bus/serial/devices/serial*-*/"
#define HWMON		MCU "qnap-mcu-hwmon.*/hwmon/hwmon*/"
#define COOLING		"/sys/class/thermal/cooling_device*/"
#define EVENT		MCU "qnap-mcu-input.*/input/input*/event*"
#define NVMEM		"/sys/bus/nvmem/devices/qnap-mcu-eeprom*/"
#define COUNTERS	"/sys/kernel/debug/qnap-mcu-*/*"
#define TRACING		"/sys/kernel/tracing/"

/**
 * struct worker - a thread
 * @name: its name
 * @turn: what it does over and over
 * @thread: itself
 * @seed: where its random numbers are
 * @good: what succeeded
 * @failed: what failed as it may
 * @odd: what failed otherwise
 * @wrong: what was read and is not so
 */
struct worker {
	const char *name;
	void (*turn)(struct worker *worker);
	pthread_t thread;
	unsigned int seed;
	unsigned long good;
	unsigned long failed;
	unsigned long odd;
	unsigned long wrong;
};

static time_t end;
static u8 eeprom[EEPROM_SIZE];

static unsigned int below(struct worker *worker, unsigned int limit)
{
	return rand_r(&worker->seed) % limit;
}

/* Errors of a device that is not there, of the link, and of what another thread has set up. */
static bool may_fail_with(int error)
{
	static const int allowed[] = {
		ENOENT, ENODEV, ENXIO, ETIMEDOUT, EPROTO, EREMOTEIO, EIO, ESHUTDOWN, EBUSY,
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(allowed); i++)
		if (error == allowed[i])
			return true;

	return false;
}

static void note(struct worker *worker, const char *path, bool good)
{
	if (good) {
		worker->good++;
	} else if (may_fail_with(errno)) {
		worker->failed++;
	} else {
		worker->odd++;
		printf("# %s: %s: %s\n", worker->name, path, strerror(errno));
	}
}

/* One of the files that match, or none. */
static bool find(struct worker *worker, const char *pattern, char *path)
{
	glob_t found;
	bool any;

	any = !glob(pattern, 0, NULL, &found);
	if (any)
		snprintf(path, TEXT_MAX, "%s", found.gl_pathv[below(worker, found.gl_pathc)]);
	globfree(&found);
	errno = ENOENT;

	return any;
}

static void put(struct worker *worker, const char *pattern, const char *text)
{
	char path[TEXT_MAX] = "";
	int file = -1;

	if (find(worker, pattern, path))
		file = open(path, O_WRONLY);
	note(worker, path, file >= 0 && write(file, text, strlen(text)) >= 0);
	if (file >= 0)
		close(file);
}

static void put_number(struct worker *worker, const char *pattern, unsigned int number)
{
	char text[16];

	snprintf(text, sizeof(text), "%u", number);
	put(worker, pattern, text);
}

/* What is read, without its end of line, in @text. */
static bool get(struct worker *worker, const char *pattern, char *text)
{
	char path[TEXT_MAX] = "";
	ssize_t len = -1;
	int file = -1;

	if (find(worker, pattern, path))
		file = open(path, O_RDONLY);
	if (file >= 0)
		len = read(file, text, TEXT_MAX - 1);
	note(worker, path, len >= 0);
	if (file >= 0)
		close(file);
	if (len < 0)
		return false;
	text[len] = '\0';
	text[strcspn(text, "\n")] = '\0';

	return true;
}

static void expect(struct worker *worker, const char *pattern, const char *expected)
{
	char text[TEXT_MAX];

	if (!get(worker, pattern, text) || !strcmp(text, expected))
		return;
	worker->wrong++;
	printf("# %s: '%s', expected '%s'\n", worker->name, text, expected);
}

static void switch_leds(struct worker *worker)
{
	char text[TEXT_MAX];

	put_number(worker, LEDS "brightness", below(worker, 2));
	get(worker, LEDS "brightness", text);
}

static void blink_leds(struct worker *worker)
{
	static const char * const triggers[] = { "timer", "timer", "none", "heartbeat", "oneshot" };
	static const unsigned int delays[] = { 0, 50, 100, 250, 500, 1000 };

	put(worker, LEDS "trigger", triggers[below(worker, ARRAY_SIZE(triggers))]);
	put_number(worker, LEDS "delay_on", delays[below(worker, ARRAY_SIZE(delays))]);
	put_number(worker, LEDS "delay_off", delays[below(worker, ARRAY_SIZE(delays))]);
}

static void drive_fan(struct worker *worker)
{
	char text[TEXT_MAX];

	put_number(worker, HWMON "pwm1_enable", below(worker, 3));
	put_number(worker, HWMON "pwm1", below(worker, 256));
	get(worker, HWMON "pwm1", text);
}

static void read_sensors(struct worker *worker)
{
	char text[TEXT_MAX];

	expect(worker, HWMON "temp1_input", TEMPERATURE);
	get(worker, HWMON "fan1_input", text);
	get(worker, HWMON "fan1_fault", text);
}

static void cool(struct worker *worker)
{
	char text[TEXT_MAX];

	put_number(worker, COOLING "cur_state", below(worker, 8));
	get(worker, COOLING "cur_state", text);
	expect(worker, "/sys/class/thermal/thermal_zone*/temp", TEMPERATURE);
}

static void beep(struct worker *worker, int file)
{
	struct input_event event = { .type = EV_SND, .value = below(worker, 2) };
	struct input_event got;

	event.code = below(worker, 2) ? SND_BELL : SND_TONE;
	note(worker, "beep", write(file, &event, sizeof(event)) == sizeof(event));
	note(worker, "event", read(file, &got, sizeof(got)) > 0 || errno == EAGAIN);
}

static void press(struct worker *worker)
{
	char path[TEXT_MAX] = "", device[TEXT_MAX];
	unsigned int turns = below(worker, 20);
	int file = -1;

	if (find(worker, EVENT, path)) {
		snprintf(device, sizeof(device), "/dev/input%s", strrchr(path, '/'));
		file = open(device, O_RDWR | O_NONBLOCK);
	}
	note(worker, path, file >= 0);
	if (file < 0)
		return;
	while (turns--) {
		beep(worker, file);
		usleep(below(worker, 100000));
	}
	close(file);
}

static void read_eeprom(struct worker *worker)
{
	const size_t first = below(worker, EEPROM_SIZE);
	const size_t len = 1 + below(worker, EEPROM_SIZE - first);
	char path[TEXT_MAX] = "";
	u8 data[EEPROM_SIZE];
	ssize_t got = -1;
	int file = -1;

	if (find(worker, NVMEM "nvmem", path))
		file = open(path, O_RDONLY);
	if (file >= 0)
		got = pread(file, data, len, first);
	note(worker, path, got >= 0);
	if (file >= 0)
		close(file);
	if (got < 0 || ((size_t)got == len && !memcmp(data, eeprom + first, len)))
		return;
	worker->wrong++;
	printf("# %s: %zd bytes from %zu are wrong\n", worker->name, got, first);
}

static void watch(struct worker *worker)
{
	char text[TEXT_MAX];

	expect(worker, MCU "firmware_version", FIRMWARE);
	get(worker, COUNTERS, text);
	put_number(worker, TRACING "events/qnap_mcu/enable", below(worker, 2));
	get(worker, TRACING "trace", text);
}

static struct worker workers[] = {
	{ .name = "leds", .turn = switch_leds },
	{ .name = "blink", .turn = blink_leds },
	{ .name = "fan", .turn = drive_fan },
	{ .name = "sensors", .turn = read_sensors },
	{ .name = "cooling", .turn = cool },
	{ .name = "input", .turn = press },
	{ .name = "eeprom", .turn = read_eeprom },
	{ .name = "diagnosis", .turn = watch },
};

static void *work(void *context)
{
	struct worker *worker = context;

	while (time(NULL) < end) {
		worker->turn(worker);
		/* While there is no driver, do not spend the time with looking for it. */
		usleep(below(worker, 5000));
	}

	return NULL;
}

static void read_expected(const char *path)
{
	FILE *file = fopen(path, "rb");

	if (!file || fread(eeprom, 1, EEPROM_SIZE, file) != EEPROM_SIZE) {
		perror(path);
		exit(1);
	}
	fclose(file);
}

int main(int argc, char **argv)
{
	size_t i;

	if (argc != 3) {
		fprintf(stderr, "usage: load SECONDS EEPROM\n");
		return 2;
	}
	read_expected(argv[2]);
	setvbuf(stdout, NULL, _IOLBF, 0);
	end = time(NULL) + atoi(argv[1]);
	for (i = 0; i < ARRAY_SIZE(workers); i++) {
		workers[i].seed = i + 1;
		if (pthread_create(&workers[i].thread, NULL, work, &workers[i]))
			return 1;
	}
	for (i = 0; i < ARRAY_SIZE(workers); i++) {
		pthread_join(workers[i].thread, NULL);
		printf("%s %lu %lu %lu %lu\n", workers[i].name, workers[i].good, workers[i].failed,
		       workers[i].odd, workers[i].wrong);
	}

	return 0;
}
