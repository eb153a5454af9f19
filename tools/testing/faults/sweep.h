/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A run of operations, each compared with what the MCU really does
 *
 * What is wrong falls under one of these:
 *
 * - an error: the operation said that it failed; unfounded if there was no fault to blame;
 * - lost: the operation said that it was done, and the MCU does something else;
 * - wrong: a value was read that is not true;
 * - excused: lost or wrong, but within the same operation the emulator counted a frame whose damage
 *   the checksum does not show: for a wrong value, a reply.
 */

#ifndef _FAULTS_SWEEP_H
#define _FAULTS_SWEEP_H

#include <linux/types.h>

#include "emulator.h"
#include "prng.h"

enum sweep_kind {
	SWEEP_LED,
	SWEEP_PWM_WRITE,
	SWEEP_PWM_READ,
	SWEEP_TEMP,
	SWEEP_RPM,
	SWEEP_EEPROM,
	SWEEP_BUTTON,
	SWEEP_BEEP,
	SWEEP_KINDS,
};

/**
 * struct sweep - a run
 * @name: its name
 * @seed: its seed
 * @random: its random numbers
 * @done: operations so far
 * @kind: what the present one does
 * @what: it in words
 * @state: what the MCU does
 * @want: what it should do
 * @drift: what it does since it was made to by a frame that was not sent, beside @want; the drivers
 *	   may set it right
 * @before: counts at the beginning of the operation
 * @counts: counts now
 * @start: counts at the beginning of the run
 * @struck: when the last fault was seen
 * @changes: how often the state changed while it was waited for the right one
 * @looked: whether @state is of the time after what was done last
 * @failed: whether the operation said that it failed
 * @steps: how many commands it takes at most
 * @errors: operations that failed
 * @unfounded: of these, those without a fault to blame
 * @lost: operations whose effect is not there
 * @wrong: wrong values
 * @excused: operations lost, or values wrong, that the checksum could not show
 * @by_kind: operations of each kind
 * @longest: ms that one took, by kind
 * @longest_step: ms that one took, by the commands that it takes
 * @asked: when temperature and fan speed were last asked for
 * @reading: what was read then
 * @fresh: whether the duty cycle was set since it was last read
 * @silent_from: when the last beep is over
 */
struct sweep {
	const char *name;
	u64 seed;
	u64 random;
	long done;
	enum sweep_kind kind;
	char what[64];
	struct mcu_state state;
	struct mcu_state want;
	struct mcu_state drift;
	struct mcu_counts before;
	struct mcu_counts counts;
	struct mcu_counts start;
	u64 struck;
	unsigned int changes;
	bool looked;
	bool failed;
	unsigned int steps;
	long errors;
	long unfounded;
	long lost;
	long wrong;
	long excused;
	long by_kind[SWEEP_KINDS];
	u64 longest[SWEEP_KINDS];
	u64 longest_step;
	u64 asked[2];
	long reading[2];
	bool fresh;
	u64 silent_from;
};

extern const char *const sweep_kind_names[SWEEP_KINDS];

void sweep_begin(struct sweep *sweep, const char *name, u64 seed);
void sweep_operation(struct sweep *sweep, enum sweep_kind kind);
void sweep_random_operation(struct sweep *sweep);
void sweep_settle(struct sweep *sweep);
void sweep_look(struct sweep *sweep);
bool sweep_struck(const struct sweep *sweep, u64 ms);
void sweep_error(struct sweep *sweep, const char *why);
void sweep_wrong(struct sweep *sweep, const char *format, ...);
void sweep_lost(struct sweep *sweep, const char *format, ...);

#endif /* _FAULTS_SWEEP_H */
