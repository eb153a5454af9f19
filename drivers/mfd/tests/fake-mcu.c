// SPDX-License-Identifier: GPL-2.0-only
/*
 * Model of the WT61P803 microcontroller of a TS-x33, with faults to order
 */

#include <linux/array_size.h>
#include <linux/cleanup.h>
#include <linux/lockdep.h>
#include <linux/minmax.h>
#include <linux/spinlock.h>
#include <linux/string.h>

#include "fake-mcu.h"
#include "fake-port.h"

#define FAKE_MCU_LATENCY_US	1000

/**
 * struct fake_reply - a reply in the making
 * @bytes: the reply
 * @len: its length
 */
struct fake_reply {
	u8 bytes[FAKE_MCU_REPLY_MAX];
	size_t len;
};

/**
 * struct fake_command - a command that the MCU knows
 * @begin: what it begins with
 * @begin_len: length of that
 * @len: length of the whole, without the checksum
 * @run: carries it out and adds the reply's data
 * @echo_len: number of bytes that the reply repeats; with 0 it is an acknowledgment
 */
struct fake_command {
	const char *begin;
	size_t begin_len;
	size_t len;
	bool (*run)(struct fake_mcu *mcu, const u8 *request, struct fake_reply *reply);
	size_t echo_len;
};

static void fake_reply_add(struct fake_reply *reply, const u8 *data, size_t len)
{
	memcpy(reply->bytes + reply->len, data, len);
	reply->len += len;
}

static u8 fake_sum(const u8 *data, size_t len)
{
	u8 sum = 0;

	for (size_t i = 0; i < len; i++)
		sum ^= data[i];

	return sum;
}

static void fake_reply_seal(struct fake_reply *reply)
{
	const u8 sum = fake_sum(reply->bytes, reply->len);

	fake_reply_add(reply, &sum, 1);
}

/* What the commands do. They return false for what the MCU cannot do. */

static bool fake_run_version(struct fake_mcu *mcu, const u8 *request, struct fake_reply *reply)
{
	fake_reply_add(reply, mcu->version, sizeof(mcu->version));

	return true;
}

static bool fake_run_button(struct fake_mcu *mcu, const u8 *request, struct fake_reply *reply)
{
	fake_reply_add(reply, &mcu->button, 1);

	return true;
}

static void fake_beep(struct fake_mcu *mcu, u8 kind)
{
	if (mcu->num_beeps == FAKE_MCU_BEEPS)
		return;

	mcu->beep_time[mcu->num_beeps] = ktime_get();
	mcu->beeps[mcu->num_beeps++] = kind;
}

static bool fake_run_function(struct fake_mcu *mcu, const u8 *request, struct fake_reply *reply)
{
	switch (request[2]) {
	case '0':
		mcu->num_power_off++;
		return true;
	case '2' ... '3':
		fake_beep(mcu, request[2]);
		return true;
	case '4' ... '9':
	case 'A' ... 'D':
		mcu->status_led = request[2];
		return true;
	case 'E' ... 'G':
		mcu->usb_led = request[2];
		return true;
	default:
		return false;
	}
}

static bool fake_run_speed(struct fake_mcu *mcu, const u8 *request, struct fake_reply *reply)
{
	fake_reply_add(reply, mcu->speed, sizeof(mcu->speed));

	return true;
}

static bool fake_run_get_pwm(struct fake_mcu *mcu, const u8 *request, struct fake_reply *reply)
{
	fake_reply_add(reply, &mcu->pwm, 1);

	return true;
}

static bool fake_run_set_pwm(struct fake_mcu *mcu, const u8 *request, struct fake_reply *reply)
{
	mcu->pwm = request[4];

	return true;
}

static bool fake_run_temperature(struct fake_mcu *mcu, const u8 *request, struct fake_reply *reply)
{
	fake_reply_add(reply, &mcu->temperature, 1);

	return true;
}

static bool fake_run_bay_led(struct fake_mcu *mcu, const u8 *request, struct fake_reply *reply)
{
	const unsigned int bay = request[2] - '0';

	if (bay >= FAKE_MCU_BAYS || request[3] < '0' || request[3] > '3')
		return false;

	mcu->bay_led[bay] = request[3];

	return true;
}

static bool fake_run_eeprom(struct fake_mcu *mcu, const u8 *request, struct fake_reply *reply)
{
	const unsigned int offset = request[2];
	const unsigned int len = request[3];

	if (!len || len > 36 || offset + len > FAKE_MCU_EEPROM_SIZE)
		return false;

	fake_reply_add(reply, mcu->eeprom + offset, len);

	return true;
}

/* The first that fits counts. */
static const struct fake_command fake_commands[] = {
	{ "%V", 2, 2, fake_run_version, 2 },
	{ "@CV", 3, 3, fake_run_button, 3 },
	{ "@C", 2, 3, fake_run_function },
	{ "@FA", 3, 3, fake_run_speed, 2 },
	{ "@FZ0", 4, 4, fake_run_get_pwm, 3 },
	{ "@FW0", 4, 5, fake_run_set_pwm },
	{ "@T3", 3, 3, fake_run_temperature, 3 },
	{ "@R", 2, 4, fake_run_bay_led },
	{ "\xf7\xa1", 2, 4, fake_run_eeprom, 4 },
};

/* Returns the command that the bytes are, or may become with more bytes. */
static const struct fake_command *fake_mcu_find(const u8 *request, size_t len)
{
	for (size_t i = 0; i < ARRAY_SIZE(fake_commands); i++) {
		const struct fake_command *command = &fake_commands[i];

		if (!memcmp(request, command->begin, min(len, command->begin_len)))
			return command;
	}

	return NULL;
}

static void fake_mcu_status(struct fake_reply *reply, u8 digit)
{
	const u8 status[] = { '@', digit };

	reply->len = 0;
	fake_reply_add(reply, status, sizeof(status));
}

static void fake_mcu_run(struct fake_mcu *mcu, const struct fake_command *command,
			 struct fake_reply *reply)
{
	fake_reply_add(reply, mcu->request, command->echo_len);
	if (!command->run(mcu, mcu->request, reply)) {
		mcu->num_bad++;
		fake_mcu_status(reply, '9');
	} else if (!command->echo_len) {
		fake_mcu_status(reply, '0');
	}
}

/* Sending, with the faults that concern it */

static void fake_mcu_send(struct fake_mcu *mcu, const struct fake_reply *reply,
			  unsigned int wait_us)
{
	mcu->busy_until = fake_port_reply(mcu->port, ktime_add_us(mcu->busy_until, wait_us),
					  reply->bytes, reply->len);
}

static void fake_mcu_send_noise(struct fake_mcu *mcu, unsigned int len)
{
	struct fake_reply noise;

	noise.len = min_t(size_t, len, sizeof(noise.bytes));
	prandom_bytes_state(&mcu->port->random, noise.bytes, noise.len);
	fake_mcu_send(mcu, &noise, mcu->latency_us);
}

static void fake_mcu_send_faulty(struct fake_mcu *mcu, struct fake_reply *reply,
				 const struct fake_trouble *trouble)
{
	unsigned int wait_us = mcu->latency_us;

	switch (trouble->fault) {
	case FAKE_LOSE_REPLY:
		return;
	case FAKE_BAD_REPLY:
		reply->bytes[reply->len - 2] ^= 0x04;
		break;
	case FAKE_HALF_REPLY:
		reply->len /= 2;
		break;
	case FAKE_LATE:
		wait_us += trouble->detail * USEC_PER_MSEC;
		break;
	case FAKE_TWICE:
		fake_mcu_send(mcu, reply, wait_us);
		wait_us = trouble->detail;
		break;
	case FAKE_NOISE:
		fake_mcu_send_noise(mcu, trouble->detail);
		wait_us = 0;
		break;
	default:
		break;
	}

	fake_mcu_send(mcu, reply, wait_us);
}

static struct fake_trouble *fake_mcu_find_trouble(struct fake_mcu *mcu)
{
	for (size_t i = 0; i < mcu->num_trouble; i++) {
		struct fake_trouble *trouble = &mcu->trouble[i];
		const size_t len = strlen(trouble->command);

		if (trouble->times && !memcmp(mcu->request, trouble->command, len)) {
			trouble->times--;
			return trouble;
		}
	}

	return NULL;
}

static void fake_mcu_obey_in_trouble(struct fake_mcu *mcu, const struct fake_command *command,
				     const struct fake_trouble *trouble)
{
	struct fake_reply reply = {};

	switch (trouble->fault) {
	case FAKE_LOSE_REQUEST:
		return;
	case FAKE_BAD_REQUEST:
		fake_mcu_status(&reply, '8');
		break;
	case FAKE_REFUSE:
		fake_mcu_status(&reply, '9');
		break;
	case FAKE_PRETEND:
		fake_mcu_status(&reply, '0');
		break;
	default:
		fake_mcu_run(mcu, command, &reply);
		break;
	}

	fake_reply_seal(&reply);
	fake_mcu_send_faulty(mcu, &reply, trouble);
}

/* Receiving */

static void fake_mcu_obey(struct fake_mcu *mcu, const struct fake_command *command)
{
	const struct fake_trouble *trouble = fake_mcu_find_trouble(mcu);
	struct fake_reply reply = {};

	if (trouble) {
		fake_mcu_obey_in_trouble(mcu, command, trouble);
		return;
	}

	fake_mcu_run(mcu, command, &reply);
	fake_reply_seal(&reply);
	fake_mcu_send(mcu, &reply, mcu->latency_us);
}

static void fake_mcu_complain(struct fake_mcu *mcu, u8 digit)
{
	struct fake_reply reply;

	mcu->num_bad++;
	fake_mcu_status(&reply, digit);
	fake_reply_seal(&reply);
	fake_mcu_send(mcu, &reply, mcu->latency_us);
}

/* The bytes are all of a command, and its checksum. */
static void fake_mcu_judge(struct fake_mcu *mcu, const struct fake_command *command)
{
	if (fake_sum(mcu->request, mcu->request_len))
		fake_mcu_complain(mcu, '8');
	else
		fake_mcu_obey(mcu, command);

	mcu->request_len = 0;
}

/* Returns false if no command begins like that. */
static bool fake_mcu_take(struct fake_mcu *mcu, u8 byte)
{
	const struct fake_command *command;

	mcu->request[mcu->request_len++] = byte;
	command = fake_mcu_find(mcu->request, mcu->request_len);
	if (command && mcu->request_len > command->len)
		fake_mcu_judge(mcu, command);

	return command;
}

static void fake_mcu_wake(struct fake_mcu *mcu, size_t len)
{
	const ktime_t now = ktime_get();
	const ktime_t arrived = ktime_add_ns(now, len * mcu->port->byte_ns);

	if (ktime_ms_delta(now, mcu->last_byte) >= FAKE_MCU_GAP_MS)
		mcu->request_len = 0;
	mcu->last_byte = arrived;
	if (ktime_before(mcu->busy_until, arrived))
		mcu->busy_until = arrived;
}

/**
 * fake_mcu_receive() - take bytes from the host
 * @mcu: MCU, its port locked
 * @data: bytes
 * @len: number of bytes
 */
void fake_mcu_receive(struct fake_mcu *mcu, const u8 *data, size_t len)
{
	lockdep_assert_held(&mcu->port->lock);

	fake_mcu_wake(mcu, len);
	for (size_t i = 0; i < len; i++) {
		if (fake_mcu_take(mcu, data[i]))
			continue;
		/* What follows in one go belongs to it. */
		fake_mcu_complain(mcu, '9');
		mcu->request_len = 0;
		break;
	}
}

/**
 * fake_mcu_expect_trouble() - order a fault
 * @mcu: MCU
 * @command: first bytes of the commands concerned, "" for all
 * @fault: what goes wrong
 * @times: with how many of them
 * @detail: see &enum fake_fault
 */
void fake_mcu_expect_trouble(struct fake_mcu *mcu, const char *command, enum fake_fault fault,
			     unsigned int times, unsigned int detail)
{
	const struct fake_trouble trouble = {
		.command = command,
		.fault = fault,
		.times = times,
		.detail = detail,
	};

	scoped_guard(spinlock_irqsave, &mcu->port->lock) {
		if (mcu->num_trouble < FAKE_MCU_FAULTS)
			mcu->trouble[mcu->num_trouble++] = trouble;
	}
}

/**
 * fake_mcu_forget_trouble() - take back all faults
 * @mcu: MCU
 */
void fake_mcu_forget_trouble(struct fake_mcu *mcu)
{
	scoped_guard(spinlock_irqsave, &mcu->port->lock)
		mcu->num_trouble = 0;
}

/**
 * fake_mcu_say() - send bytes that nobody asked for
 * @mcu: MCU
 * @data: bytes
 * @len: number of bytes
 */
void fake_mcu_say(struct fake_mcu *mcu, const char *data, size_t len)
{
	scoped_guard(spinlock_irqsave, &mcu->port->lock)
		fake_port_reply(mcu->port, ktime_get(), data, len);
}

/**
 * fake_mcu_init() - switch an MCU on
 * @mcu: MCU, zeroed
 * @port: what it is connected to
 */
void fake_mcu_init(struct fake_mcu *mcu, struct fake_port *port)
{
	static const u8 speed[] = { 0x00, 0x00, 0x2b, 0x00 };

	mcu->port = port;
	mcu->latency_us = FAKE_MCU_LATENCY_US;
	memcpy(mcu->version, "0051", sizeof(mcu->version));
	memset(mcu->bay_led, '?', sizeof(mcu->bay_led));
	mcu->usb_led = '?';
	mcu->status_led = '?';
	mcu->pwm = 90;
	memcpy(mcu->speed, speed, sizeof(mcu->speed));
	mcu->temperature = 128 + 37;
	mcu->button = '0';
	for (size_t i = 0; i < FAKE_MCU_EEPROM_SIZE; i++)
		mcu->eeprom[i] = i * 7;
}
