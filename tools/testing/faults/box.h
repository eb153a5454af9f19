/* SPDX-License-Identifier: GPL-2.0-only */
/* The box as its user sees it: LEDs, fan, temperature, button, buzzer and EEPROM. */

#ifndef _FAULTS_BOX_H
#define _FAULTS_BOX_H

#include <linux/types.h>

#include "emulator.h"

#define BOX_EEPROM_FILE	"/tests/eeprom"
#define BOX_EEPROM_SIZE	256
#define BOX_MODES	4

/**
 * struct box_led - an LED
 * @name: its class device
 * @key: its name in the emulator's state
 * @mode: what it can do, in the emulator's words
 * @half_period: of each blinking mode, in ms; 0 for a steady one
 * @default_blink: mode that the timer trigger begins with
 */
struct box_led {
	const char *name;
	const char *key;
	const char *mode[BOX_MODES];
	unsigned int half_period[BOX_MODES];
	unsigned int default_blink;
};

enum box_sensor {
	BOX_PWM,
	BOX_TEMP,
	BOX_RPM,
	BOX_SENSORS,
};

#define BOX_RED		5
#define BOX_GREEN	6

extern const struct box_led box_leds[EMULATOR_LEDS];

void box_open(void);
u64 box_now(void);
void box_sleep(unsigned int ms);

bool box_led_set(unsigned int led, bool lit);
bool box_led_blink(unsigned int led, unsigned int mode);
unsigned int box_led_failures(void);
bool box_read(enum box_sensor sensor, long *value);
bool box_write_pwm(long value);
bool box_read_eeprom(unsigned int offset, unsigned int len, u8 *data);
const u8 *box_eeprom(void);
bool box_beep(bool tone);
void box_poll_button(unsigned int ms);
int box_button(unsigned int patience);

#endif /* _FAULTS_BOX_H */
