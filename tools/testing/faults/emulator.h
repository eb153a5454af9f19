/* SPDX-License-Identifier: GPL-2.0-only */
/* What the emulator knows: the state of the MCU, and what went wrong on the line. */

#ifndef _FAULTS_EMULATOR_H
#define _FAULTS_EMULATOR_H

#include <linux/types.h>

/* Exit code of a run that could not be carried out. */
#define EXIT_BROKEN	2

#define EMULATOR_LEDS	7
#define EMULATOR_WORD	12

/**
 * struct mcu_state - state of the MCU
 * @led: what the LEDs do, in a word; see box_leds
 * @pwm: duty cycle of the fan
 * @beeps: beeps so far, short and long
 * @mute: whether it swallows what it gets
 */
struct mcu_state {
	char led[EMULATOR_LEDS][EMULATOR_WORD];
	long pwm;
	long beeps[2];
	long mute;
};

/**
 * struct mcu_counts - what went wrong on the line so far
 * @strikes: faults of all kinds
 * @resets: of these, restarts after which LEDs and fan were at their defaults
 * @frames: requests and replies
 * @damaged: frames that did not arrive as they were sent
 * @requests: requests whose damage the checksum did not show, and that were carried out
 * @replies: replies whose damage it did not show
 */
struct mcu_counts {
	long strikes;
	long resets;
	long frames;
	long damaged;
	long requests;
	long replies;
};

/* The emulator's main(). */
int emulator_main(int argc, char **argv);

void emulator_start(void);
void emulator_tell(const char *format, ...);
void emulator_look(struct mcu_state *state, struct mcu_counts *counts);
void emulator_print_undetected(long from);

#endif /* _FAULTS_EMULATOR_H */
