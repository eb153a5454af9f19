// SPDX-License-Identifier: GPL-2.0-only
/*
 * The floor: what a program without a driver reaches on the port as a plain tty. It sends a frame,
 * waits for as many bytes as the reply has, and compares what has to be compared; nothing else.
 */

#include <err.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "subject.h"

#define EEPROM_BLOCK	32

static int port;

static unsigned char checksum(const unsigned char *data, size_t len)
{
	unsigned char sum = 0;

	while (len--)
		sum ^= *data++;

	return sum;
}

/* The request has room for its checksum, reply_len counts that of the reply. */
static void ask(unsigned char *request, size_t len, size_t echo, unsigned char *reply,
		size_t reply_len)
{
	request[len] = checksum(request, len);
	if (write(port, request, len + 1) != (ssize_t)len + 1)
		err(EXIT_FAILURE, "cannot write to the port");
	if (read(port, reply, reply_len) != (ssize_t)reply_len)
		err(EXIT_FAILURE, "cannot read the reply to %.4s", request);
	if (checksum(reply, reply_len) || memcmp(request, reply, echo))
		errx(EXIT_FAILURE, "wrong reply to %.4s", request);
}

static void command(unsigned char *request, size_t len)
{
	unsigned char reply[3];

	ask(request, len, 0, reply, sizeof(reply));
	if (memcmp(reply, "@0", 2))
		errx(EXIT_FAILURE, "the MCU does not take %.4s", request);
}

static void set_led(unsigned int led, bool on)
{
	unsigned char request[] = { '@', 'R', '0' + led, on ? '0' : '1', 0 };

	command(request, sizeof(request) - 1);
}

static void set_pwm(unsigned char pwm)
{
	unsigned char request[] = { '@', 'F', 'W', '0', pwm, 0 };

	command(request, sizeof(request) - 1);
}

static unsigned char get_pwm(void)
{
	unsigned char request[] = "@FZ0";
	unsigned char reply[5];

	ask(request, 4, 3, reply, sizeof(reply));

	return reply[3];
}

static int get_temp(void)
{
	unsigned char request[] = "@T3";
	unsigned char reply[5];

	ask(request, 3, 3, reply, sizeof(reply));

	return reply[3] - 128;
}

static void get_eeprom(unsigned char *data)
{
	unsigned char request[] = { 0xf7, 0xa1, 0, EEPROM_BLOCK, 0 };
	unsigned char reply[4 + EEPROM_BLOCK + 1];
	size_t offset;

	for (offset = 0; offset < EEPROM_SIZE; offset += EEPROM_BLOCK) {
		request[2] = offset;
		ask(request, 4, 4, reply, sizeof(reply));
		memcpy(data + offset, reply + 4, EEPROM_BLOCK);
	}
}

static const struct subject subject = {
	.name = "floor",
	.set_led = set_led,
	.finish_led = set_led,
	.timed = true,
	.set_pwm = set_pwm,
	.get_pwm = get_pwm,
	.get_temp = get_temp,
	.get_eeprom = get_eeprom,
};

/**
 * floor_open() - work on a tty
 * @tty: its name
 *
 * Return: the operations.
 */
const struct subject *floor_open(const char *tty)
{
	struct termios settings;

	port = open(tty, O_RDWR | O_NOCTTY);
	if (port < 0 || tcgetattr(port, &settings))
		err(EXIT_FAILURE, "cannot open %s", tty);
	cfmakeraw(&settings);
	cfsetspeed(&settings, B115200);
	settings.c_cflag |= CLOCAL | CREAD;
	/* More than any reply has: read() then returns all that was asked for, or nothing. */
	settings.c_cc[VMIN] = 255;
	if (tcsetattr(port, TCSANOW, &settings))
		err(EXIT_FAILURE, "cannot set %s to 115200 baud", tty);

	return &subject;
}
