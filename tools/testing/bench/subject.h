/* SPDX-License-Identifier: GPL-2.0-only */
/* What is measured: the same operations through a driver, or with bare hands on a tty. */

#ifndef _BENCH_SUBJECT_H
#define _BENCH_SUBJECT_H

#include <stdbool.h>

#define LEDS		4
#define EEPROM_SIZE	256

/**
 * struct subject - one way to have the MCU do things
 * @name: for the report
 * @set_led: switch the error LED of a bay, without waiting for the MCU if that is possible
 * @finish_led: switch it and wait for the MCU
 * @timed: it may be timed from outside: finish_led() takes no longer than the MCU
 * @set_pwm: set the duty cycle of the fan
 * @get_pwm: read it
 * @get_temp: read the temperature in degrees Celsius
 * @get_eeprom: read the whole EEPROM
 *
 * All of them end the program, with the reason, if the MCU does not do it.
 */
struct subject {
	const char *name;
	void (*set_led)(unsigned int led, bool on);
	void (*finish_led)(unsigned int led, bool on);
	bool timed;
	void (*set_pwm)(unsigned char pwm);
	unsigned char (*get_pwm)(void);
	int (*get_temp)(void);
	void (*get_eeprom)(unsigned char *data);
};

const struct subject *floor_open(const char *tty);
const struct subject *driver_open(const char *device);

#endif /* _BENCH_SUBJECT_H */
