// SPDX-License-Identifier: GPL-2.0-only
/* The emulator and the line to its control socket: see emulator.h. */

#include <err.h>
#include <poll.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <linux/array_size.h>

#include "box.h"
#include "emulator.h"

#define PATIENCE_MS	20000
#define CONTROL		"/run/mcu"

static int line = -1;
static char answer[65536];
static size_t answer_len;

static void *run(void *unused)
{
	static const char *const arguments[] = {
		"mcu-emu", "--tty", "/dev/ttyNM1", "--eeprom", BOX_EEPROM_FILE, "--control",
		CONTROL, "--trace", "/dev/vport0p1", NULL,
	};

	(void)unused;
	emulator_main(ARRAY_SIZE(arguments) - 1, (char **)arguments);
	errx(EXIT_BROKEN, "the emulator has ended");
}

/*
 * Runs the emulator, at the far end of the port. Beside the sweep rather than in a process of its
 * own: what an emulated processor spends its time with is changing address spaces.
 */
void emulator_start(void)
{
	const struct sockaddr_un address = { .sun_family = AF_UNIX, .sun_path = CONTROL };
	const u64 end = box_now() + PATIENCE_MS;
	pthread_t thread;

	line = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (line < 0 || pthread_create(&thread, NULL, run, NULL))
		err(EXIT_BROKEN, "cannot start the emulator");
	while (connect(line, (struct sockaddr *)&address, sizeof(address))) {
		if (box_now() >= end)
			err(EXIT_BROKEN, "cannot connect to the emulator");
		box_sleep(10);
	}
}

static void take(void)
{
	struct pollfd wait = { .fd = line, .events = POLLIN };
	ssize_t len = -1;

	if (answer_len < sizeof(answer) - 1 && poll(&wait, 1, PATIENCE_MS) > 0)
		len = read(line, answer + answer_len, sizeof(answer) - 1 - answer_len);
	if (len <= 0)
		errx(EXIT_BROKEN, "the emulator does not answer");
	answer_len += len;
	answer[answer_len] = '\0';
}

static bool complete(unsigned int oks)
{
	const char *text = answer;

	if (answer_len < 3 || strcmp(answer + answer_len - 3, "ok\n"))
		return false;
	while (oks && (text = strstr(text, "ok\n"))) {
		oks--;
		text += 3;
	}

	return !oks;
}

/* Sends commands, a line each, and takes the answers to all of them. */
static void ask(const char *commands)
{
	unsigned int count = 0;
	const char *text;

	for (text = commands; *text; text++)
		count += *text == '\n';
	if (write(line, commands, text - commands) != text - commands)
		err(EXIT_BROKEN, "cannot write to the emulator");
	answer_len = 0;
	answer[0] = '\0';
	do {
		take();
		if (strstr(answer, "error: "))
			errx(EXIT_BROKEN, "emulator: %s-> %s", commands, answer);
	} while (!complete(count));
}

/* Sends a command that has no answer. */
void emulator_tell(const char *format, ...)
{
	char command[128];
	va_list arguments;
	int len;

	va_start(arguments, format);
	len = vsnprintf(command, sizeof(command) - 1, format, arguments);
	va_end(arguments);
	command[len] = '\n';
	command[len + 1] = '\0';
	ask(command);
}

static const char *find(const char *key)
{
	const size_t len = strlen(key);
	const char *text;

	for (text = answer; text; text = strchr(text, '\n')) {
		text += *text == '\n';
		if (!strncmp(text, key, len) && text[len] == '=')
			return text + len + 1;
	}
	errx(EXIT_BROKEN, "the emulator knows no %s", key);
}

static long number(const char *key)
{
	return strtol(find(key), NULL, 10);
}

static void word(const char *key, char *text)
{
	const char *value = find(key);
	const size_t len = strcspn(value, "\n");

	snprintf(text, EMULATOR_WORD, "%.*s", (int)len, value);
}

static long sum_of_strikes(void)
{
	const char *text = answer;
	long sum = 0;

	while ((text = strstr(text, "fault."))) {
		text += strcspn(text, "=") + 1;
		sum += strtol(text, NULL, 10);
	}

	return sum;
}

/* Sees what the MCU does and what has happened. */
void emulator_look(struct mcu_state *state, struct mcu_counts *counts)
{
	unsigned int i;

	ask("state\nfaults\n");
	for (i = 0; i < EMULATOR_LEDS; i++)
		word(box_leds[i].key, state->led[i]);
	state->pwm = number("pwm");
	state->beeps[0] = number("beeps_short");
	state->beeps[1] = number("beeps_long");
	state->mute = number("mute");
	counts->strikes = sum_of_strikes();
	counts->resets = number("fault.reset");
	counts->frames = number("requests") + number("replies");
	counts->damaged = number("damaged_requests") + number("damaged_replies");
	counts->requests = number("undetected_requests");
	counts->replies = number("undetected_replies");
}

/* Prints the undetected frames from that one on, as remarks. */
void emulator_print_undetected(long from)
{
	char *text, *rest;

	ask("undetected\n");
	for (text = strtok_r(answer, "\n", &rest); text; text = strtok_r(NULL, "\n", &rest))
		if (strcmp(text, "ok") && strtol(text, NULL, 10) > from)
			printf("# undetected: %s\n", text);
}
