/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The emulated microcontroller
 *
 * State and behaviour of the MCU of a QNAP TS-133, TS-233 or TS-433: a command frame in, a reply
 * frame out. It does no input or output and reads no clock: the time, in nanoseconds, is an
 * argument. Tests and fuzzers use it just as mcu-emu does.
 */

#ifndef _MCU_EMU_MCU_H
#define _MCU_EMU_MCU_H

#include <linux/types.h>

#include "command.h"

#define NSEC_PER_USEC		1000ULL
#define NSEC_PER_MSEC		1000000ULL
#define NSEC_PER_SEC		1000000000ULL
#define MCU_NEVER		UINT64_MAX

#define MCU_BAYS_MAX		4
#define MCU_FIRMWARE_SIZE	4
#define MCU_PWM_DEFAULT		102
#define MCU_RPM_DEFAULT		6000
#define MCU_RPM_UNIT		30
#define MCU_RPM_LIMIT		(UINT16_MAX * MCU_RPM_UNIT)
#define MCU_TEMP_MIN		(-128)
#define MCU_TEMP_MAX		127

enum mcu_led {
	MCU_LED_OFF,
	MCU_LED_ON,
	MCU_LED_FAST,
	MCU_LED_SLOW,
	MCU_LED_BLINK,
};

/**
 * struct mcu_model - what a model of the NAS has
 * @name: name on the command line
 * @bays: drive bays, each with an error LED
 * @usb_led: whether there is a USB LED
 */
struct mcu_model {
	const char *name;
	unsigned int bays;
	bool usb_led;
};

/**
 * struct mcu - the microcontroller
 * @model: which NAS it sits in
 * @firmware: firmware version as the MCU reports it
 * @eeprom: content of the EEPROM
 * @powered: false once the peripherals were powered off
 * @temp: case temperature in degrees Celsius
 * @pwm: duty cycle of the fan, 0 to 255
 * @rpm_max: what the fan does at a duty cycle of 255
 * @rpm_stuck: whether the fan turns at @rpm, whatever the duty cycle
 * @rpm: present speed of the fan
 * @rpm_at: when @rpm was true
 * @release_at: until when the power button is reported as pressed
 * @disk: error LEDs, by bay
 * @usb: USB LED
 * @red: red status LED
 * @green: green status LED
 * @alternate: whether the status LEDs blink in turn rather than together
 * @beep_until: until when the buzzer sounds
 * @beeps_short: short beeps so far
 * @beeps_long: long beeps so far
 * @frames: commands carried out
 * @bad_checksums: commands answered with '8'
 * @failures: commands answered with '9'
 */
struct mcu {
	const struct mcu_model *model;
	char firmware[MCU_FIRMWARE_SIZE];
	u8 eeprom[MCU_EEPROM_SIZE];
	bool powered;
	int temp;
	u8 pwm;
	unsigned int rpm_max;
	bool rpm_stuck;
	unsigned int rpm;
	u64 rpm_at;
	u64 release_at;
	enum mcu_led disk[MCU_BAYS_MAX];
	enum mcu_led usb;
	enum mcu_led red;
	enum mcu_led green;
	bool alternate;
	u64 beep_until;
	unsigned int beeps_short;
	unsigned int beeps_long;
	unsigned int frames;
	unsigned int bad_checksums;
	unsigned int failures;
};

const struct mcu_model *mcu_model_find(const char *name);

void mcu_init(struct mcu *mcu, const struct mcu_model *model);
void mcu_set_rpm_max(struct mcu *mcu, unsigned int rpm);
void mcu_restart(struct mcu *mcu, u64 now);

size_t mcu_answer(struct mcu *mcu, u64 now, const u8 *frame, size_t len, u8 *reply);
size_t mcu_status_frame(u8 *reply, u8 status);

void mcu_press(struct mcu *mcu, u64 until);
bool mcu_pressed(const struct mcu *mcu, u64 now);
void mcu_set_pwm(struct mcu *mcu, u64 now, u8 pwm);
void mcu_set_rpm(struct mcu *mcu, u64 now, unsigned int rpm);
void mcu_free_fan(struct mcu *mcu, u64 now);
unsigned int mcu_rpm(struct mcu *mcu, u64 now);

bool mcu_disk_lit(const struct mcu *mcu, unsigned int bay, u64 now);
bool mcu_usb_lit(const struct mcu *mcu, u64 now);
bool mcu_red_lit(const struct mcu *mcu, u64 now);
bool mcu_green_lit(const struct mcu *mcu, u64 now);

#endif /* _MCU_EMU_MCU_H */
