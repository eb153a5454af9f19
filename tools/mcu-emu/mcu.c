// SPDX-License-Identifier: GPL-2.0-only
/* The emulated microcontroller: see mcu.h. */

#include <string.h>

#include <linux/array_size.h>

#include "mcu.h"

#define BEEP_SHORT_NS		(500 * NSEC_PER_MSEC)
#define BEEP_LONG_NS		(1500 * NSEC_PER_MSEC)

#define DISK_FAST_NS		(100 * NSEC_PER_MSEC)
#define DISK_SLOW_NS		(500 * NSEC_PER_MSEC)
#define STATUS_FAST_NS		(500 * NSEC_PER_MSEC)
#define STATUS_SLOW_NS		(1000 * NSEC_PER_MSEC)
#define USB_BLINK_NS		(250 * NSEC_PER_MSEC)

/* From stand-still to full speed. How long a real fan takes is not known. */
#define FAN_RAMP_NS		NSEC_PER_SEC

#define TEMP_OFFSET		128

#define EXT_PORT_OFFSET		0x22
#define MAC_OFFSET		0x24
#define MAC_SIZE		17

static const struct mcu_model models[] = {
	{ .name = "ts133", .bays = 1, .usb_led = false },
	{ .name = "ts233", .bays = 2, .usb_led = true },
	{ .name = "ts433", .bays = 4, .usb_led = true },
};

/**
 * mcu_model_find() - look a model up
 * @name: its name
 *
 * Return: the model, or NULL if there is none of that name.
 */
const struct mcu_model *mcu_model_find(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(models); i++)
		if (!strcmp(models[i].name, name))
			return &models[i];

	return NULL;
}

/* Slot 0 holds what QNAP puts in a slot without an address: well-formed, but nobody's. */
static void eeprom_defaults(u8 *eeprom)
{
	static const char serial[0x13] = "Q225I01234";

	memset(eeprom, 0xff, MCU_EEPROM_SIZE);
	memcpy(eeprom, serial, sizeof(serial));
	memcpy(eeprom + EXT_PORT_OFFSET, "01", 2);
	memcpy(eeprom + MAC_OFFSET, "00:00:00:00:05:09", MAC_SIZE);
	memcpy(eeprom + MAC_OFFSET + MAC_SIZE, "02:08:9b:c0:ff:01", MAC_SIZE);
}

static void leds_off(struct mcu *mcu)
{
	memset(mcu->disk, 0, sizeof(mcu->disk));
	mcu->usb = MCU_LED_OFF;
	mcu->red = MCU_LED_OFF;
	mcu->green = MCU_LED_OFF;
	mcu->alternate = false;
}

static unsigned int target_rpm(const struct mcu *mcu)
{
	return (u64)mcu->rpm_max * mcu->pwm / UINT8_MAX;
}

/**
 * mcu_init() - an MCU as it comes out of the factory, powered on with the fan at its speed
 * @mcu: the MCU
 * @model: the NAS that it sits in
 */
void mcu_init(struct mcu *mcu, const struct mcu_model *model)
{
	memset(mcu, 0, sizeof(*mcu));
	mcu->model = model;
	memcpy(mcu->firmware, "0105", sizeof(mcu->firmware));
	eeprom_defaults(mcu->eeprom);
	mcu->temp = 35;
	mcu->powered = true;
	mcu->pwm = MCU_PWM_DEFAULT;
	mcu_set_rpm_max(mcu, MCU_RPM_DEFAULT);
}

/**
 * mcu_set_rpm_max() - put another fan in, running at its speed
 * @mcu: the MCU
 * @rpm: what the fan does at a duty cycle of 255
 */
void mcu_set_rpm_max(struct mcu *mcu, unsigned int rpm)
{
	mcu->rpm_max = rpm;
	mcu->rpm = target_rpm(mcu);
}

/**
 * mcu_restart() - restart the MCU's firmware
 * @mcu: the MCU
 * @now: the time
 *
 * LEDs and duty cycle go back to their defaults and the peripherals get their power back. What is
 * not the firmware's stays: the temperature, a blocked fan, a finger on the button.
 */
void mcu_restart(struct mcu *mcu, u64 now)
{
	leds_off(mcu);
	mcu->beep_until = 0;
	mcu->powered = true;
	mcu_set_pwm(mcu, now, MCU_PWM_DEFAULT);
}

/**
 * mcu_press() - press or release the power button
 * @mcu: the MCU
 * @until: when it is released: %MCU_NEVER to hold it, 0 to release it
 *
 * A real MCU reports the button only after it was held for a second or two: this is that moment.
 */
void mcu_press(struct mcu *mcu, u64 until)
{
	mcu->release_at = until;
}

/**
 * mcu_pressed() - whether the power button is reported as pressed
 * @mcu: the MCU
 * @now: the time
 *
 * Return: true if it is.
 */
bool mcu_pressed(const struct mcu *mcu, u64 now)
{
	return now < mcu->release_at;
}

/**
 * mcu_rpm() - present speed of the fan
 * @mcu: the MCU
 * @now: the time
 *
 * A fan that is not stuck runs up and down to what the duty cycle asks for.
 *
 * Return: revolutions per minute.
 */
unsigned int mcu_rpm(struct mcu *mcu, u64 now)
{
	const unsigned int target = target_rpm(mcu);
	const u64 elapsed = now > mcu->rpm_at ? now - mcu->rpm_at : 0;
	u64 step;

	if (mcu->rpm_stuck || mcu->rpm == target) {
		mcu->rpm_at = now;
		return mcu->rpm;
	}

	step = elapsed >= FAN_RAMP_NS ? mcu->rpm_max : mcu->rpm_max * elapsed / FAN_RAMP_NS;
	/* Keep counting from the old moment, or frequent callers would stop the ramp. */
	if (!step)
		return mcu->rpm;
	mcu->rpm_at = now;

	if (mcu->rpm < target)
		mcu->rpm = target - mcu->rpm > step ? mcu->rpm + step : target;
	else
		mcu->rpm = mcu->rpm - target > step ? mcu->rpm - step : target;

	return mcu->rpm;
}

/**
 * mcu_set_pwm() - change the duty cycle of the fan
 * @mcu: the MCU
 * @now: the time
 * @pwm: duty cycle
 */
void mcu_set_pwm(struct mcu *mcu, u64 now, u8 pwm)
{
	mcu_rpm(mcu, now);
	mcu->rpm_at = now;
	mcu->pwm = pwm;
}

/**
 * mcu_set_rpm() - pin the speed of the fan, 0 for a stuck one
 * @mcu: the MCU
 * @now: the time
 * @rpm: revolutions per minute
 */
void mcu_set_rpm(struct mcu *mcu, u64 now, unsigned int rpm)
{
	mcu->rpm_stuck = true;
	mcu->rpm = rpm;
	mcu->rpm_at = now;
}

/**
 * mcu_free_fan() - let the fan follow the duty cycle again
 * @mcu: the MCU
 * @now: the time
 */
void mcu_free_fan(struct mcu *mcu, u64 now)
{
	mcu->rpm_stuck = false;
	mcu->rpm_at = now;
}

/**
 * struct mcu_call - a command with a right checksum that is to be carried out
 * @now: the time
 * @request: its bytes
 * @data: where the reply's data goes
 */
struct mcu_call {
	u64 now;
	const u8 *request;
	u8 *data;
};

static bool do_version(struct mcu *mcu, const struct mcu_call *call)
{
	memcpy(call->data, mcu->firmware, sizeof(mcu->firmware));
	return true;
}

static bool do_power_off(struct mcu *mcu, const struct mcu_call *call)
{
	leds_off(mcu);
	mcu->beep_until = 0;
	mcu_set_pwm(mcu, call->now, 0);
	mcu->powered = false;
	return true;
}

static bool do_beep(struct mcu *mcu, const struct mcu_call *call)
{
	if (call->request[2] == '2') {
		mcu->beeps_short++;
		mcu->beep_until = call->now + BEEP_SHORT_NS;
	} else {
		mcu->beeps_long++;
		mcu->beep_until = call->now + BEEP_LONG_NS;
	}
	return true;
}

static bool do_status_led(struct mcu *mcu, const struct mcu_call *call)
{
	static const struct {
		char letter;
		enum mcu_led red, green;
		bool alternate;
	} states[] = {
		{ '4', MCU_LED_FAST, MCU_LED_OFF, false },
		{ '5', MCU_LED_OFF, MCU_LED_FAST, false },
		{ '6', MCU_LED_OFF, MCU_LED_ON, false },
		{ '7', MCU_LED_ON, MCU_LED_OFF, false },
		{ '8', MCU_LED_FAST, MCU_LED_FAST, true },
		{ '9', MCU_LED_OFF, MCU_LED_OFF, false },
		{ 'A', MCU_LED_OFF, MCU_LED_SLOW, false },
		{ 'B', MCU_LED_SLOW, MCU_LED_OFF, false },
		{ 'C', MCU_LED_SLOW, MCU_LED_SLOW, true },
		{ 'D', MCU_LED_ON, MCU_LED_ON, false },
	};
	size_t i = 0;

	while (states[i].letter != call->request[2])
		i++;
	mcu->red = states[i].red;
	mcu->green = states[i].green;
	mcu->alternate = states[i].alternate;
	return true;
}

static bool do_usb_led(struct mcu *mcu, const struct mcu_call *call)
{
	static const enum mcu_led modes[] = { MCU_LED_ON, MCU_LED_BLINK, MCU_LED_OFF };

	if (!mcu->model->usb_led)
		return false;
	mcu->usb = modes[call->request[2] - 'E'];
	return true;
}

static bool do_disk_led(struct mcu *mcu, const struct mcu_call *call)
{
	static const enum mcu_led modes[] = {
		MCU_LED_ON, MCU_LED_OFF, MCU_LED_FAST, MCU_LED_SLOW
	};
	const u8 bay = call->request[2] - '0';
	const u8 mode = call->request[3] - '0';

	if (bay >= mcu->model->bays || mode >= ARRAY_SIZE(modes))
		return false;
	mcu->disk[bay] = modes[mode];
	return true;
}

static bool do_button(struct mcu *mcu, const struct mcu_call *call)
{
	call->data[0] = mcu_pressed(mcu, call->now) ? '1' : '0';
	return true;
}

/* What the first and the last byte are on a real MCU is not known. */
static bool do_fan_speed(struct mcu *mcu, const struct mcu_call *call)
{
	const unsigned int turns = mcu_rpm(mcu, call->now) / MCU_RPM_UNIT;

	call->data[0] = call->request[2];
	call->data[1] = turns >> 8;
	call->data[2] = turns & 0xff;
	call->data[3] = 0;
	return true;
}

static bool do_pwm_get(struct mcu *mcu, const struct mcu_call *call)
{
	call->data[0] = mcu->pwm;
	return true;
}

static bool do_pwm_set(struct mcu *mcu, const struct mcu_call *call)
{
	mcu_set_pwm(mcu, call->now, call->request[4]);
	return true;
}

static bool do_temperature(struct mcu *mcu, const struct mcu_call *call)
{
	call->data[0] = mcu->temp + TEMP_OFFSET;
	return true;
}

static bool do_eeprom_read(struct mcu *mcu, const struct mcu_call *call)
{
	const u8 offset = call->request[2];
	const u8 len = call->request[3];

	if (!len || len > MCU_EEPROM_READ_MAX || offset + len > MCU_EEPROM_SIZE)
		return false;
	memcpy(call->data, mcu->eeprom + offset, len);
	return true;
}

/* Each says whether the command could be carried out. */
typedef bool (*mcu_handler)(struct mcu *mcu, const struct mcu_call *call);

static const mcu_handler handlers[MCU_OPS] = {
	[MCU_OP_VERSION] = do_version,
	[MCU_OP_POWER_OFF] = do_power_off,
	[MCU_OP_BEEP] = do_beep,
	[MCU_OP_STATUS_LED] = do_status_led,
	[MCU_OP_USB_LED] = do_usb_led,
	[MCU_OP_BUTTON] = do_button,
	[MCU_OP_FAN_SPEED] = do_fan_speed,
	[MCU_OP_PWM_GET] = do_pwm_get,
	[MCU_OP_PWM_SET] = do_pwm_set,
	[MCU_OP_TEMPERATURE] = do_temperature,
	[MCU_OP_DISK_LED] = do_disk_led,
	[MCU_OP_EEPROM_READ] = do_eeprom_read,
};

/**
 * mcu_status_frame() - the frame that acknowledges or refuses a command
 * @reply: where to put it
 * @status: digit
 *
 * Return: length of the frame.
 */
size_t mcu_status_frame(u8 *reply, u8 status)
{
	const u8 payload[] = { QNAP_MCU_STATUS_MARK, status };

	return qnap_mcu_frame_encode(reply, QNAP_MCU_REPLY_FRAME_MAX, payload, sizeof(payload));
}

static bool carry_out(struct mcu *mcu, u64 now, const struct mcu_command *command,
		      const u8 *frame, u8 *payload)
{
	const mcu_handler handler = command ? handlers[command->op] : NULL;
	struct mcu_call call = { .now = now, .request = frame };

	if (!handler)
		return false;
	memcpy(payload, frame, command->echo);
	call.data = payload + command->echo;

	return handler(mcu, &call);
}

/**
 * mcu_answer() - answer a command
 * @mcu: the MCU
 * @now: the time
 * @frame: command and checksum, or whatever was received
 * @len: length of both
 * @reply: where to put the reply, at least %QNAP_MCU_REPLY_FRAME_MAX bytes
 *
 * Return: length of the reply with its checksum, 0 for silence.
 */
size_t mcu_answer(struct mcu *mcu, u64 now, const u8 *frame, size_t len, u8 *reply)
{
	const struct mcu_command *command = NULL;
	u8 payload[QNAP_MCU_REPLY_MAX];
	bool valid = qnap_mcu_frame_valid(frame, len);

	if (valid && mcu_command_recognise(frame, len) == MCU_SPAN_WHOLE)
		command = mcu_command_find(frame, len);
	if (command && len != (size_t)command->len + QNAP_MCU_CHECKSUM_SIZE)
		command = NULL;

	if (!mcu->powered && (!command || command->op != MCU_OP_POWER_OFF))
		return 0;

	if (!valid) {
		mcu->bad_checksums++;
		return mcu_status_frame(reply, QNAP_MCU_STATUS_BAD_CHECKSUM);
	}

	if (!carry_out(mcu, now, command, frame, payload)) {
		mcu->failures++;
		return mcu_status_frame(reply, QNAP_MCU_STATUS_FAILED);
	}

	mcu->frames++;
	if (!command->echo)
		return mcu_status_frame(reply, QNAP_MCU_STATUS_DONE);

	return qnap_mcu_frame_encode(reply, QNAP_MCU_REPLY_FRAME_MAX, payload,
				     mcu_command_reply_len(command, frame));
}

static bool blink_lit(enum mcu_led led, u64 half_period, u64 now)
{
	if (led == MCU_LED_ON || led == MCU_LED_OFF)
		return led == MCU_LED_ON;

	return now / half_period % 2 == 0;
}

/**
 * mcu_disk_lit() - whether a bay's error LED shines at this moment
 * @mcu: the MCU
 * @bay: bay, from 0
 * @now: the time
 *
 * Return: true if it does.
 */
bool mcu_disk_lit(const struct mcu *mcu, unsigned int bay, u64 now)
{
	const enum mcu_led led = mcu->disk[bay];

	return blink_lit(led, led == MCU_LED_FAST ? DISK_FAST_NS : DISK_SLOW_NS, now);
}

/**
 * mcu_usb_lit() - whether the USB LED shines at this moment
 * @mcu: the MCU
 * @now: the time
 *
 * Return: true if it does.
 */
bool mcu_usb_lit(const struct mcu *mcu, u64 now)
{
	return blink_lit(mcu->usb, USB_BLINK_NS, now);
}

static u64 status_half_period(enum mcu_led led)
{
	return led == MCU_LED_FAST ? STATUS_FAST_NS : STATUS_SLOW_NS;
}

/**
 * mcu_red_lit() - whether the red status LED shines at this moment
 * @mcu: the MCU
 * @now: the time
 *
 * Return: true if it does.
 */
bool mcu_red_lit(const struct mcu *mcu, u64 now)
{
	return blink_lit(mcu->red, status_half_period(mcu->red), now);
}

/**
 * mcu_green_lit() - whether the green status LED shines at this moment
 * @mcu: the MCU
 * @now: the time
 *
 * Return: true if it does.
 */
bool mcu_green_lit(const struct mcu *mcu, u64 now)
{
	return blink_lit(mcu->green, status_half_period(mcu->green), now) != mcu->alternate;
}
