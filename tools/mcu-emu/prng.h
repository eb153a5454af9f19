/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Pseudo-random numbers that are the same on every machine
 *
 * The generator is splitmix64: the state is a counter in steps of 0x9e3779b97f4a7c15, and a number
 * is that counter mixed by two multiplications. A seed is the counter's first value.
 */

#ifndef _MCU_EMU_PRNG_H
#define _MCU_EMU_PRNG_H

#include <linux/types.h>

/* Odds are of so many. */
#define PRNG_CERTAIN	0x100000000ULL

u64 prng_next(u64 *state);
unsigned int prng_below(u64 *state, unsigned int limit);
bool prng_chance(u64 *state, u64 odds);

#endif /* _MCU_EMU_PRNG_H */
