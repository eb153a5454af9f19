// SPDX-License-Identifier: GPL-2.0-only
/* Pseudo-random numbers: see prng.h. */

#include "prng.h"

/**
 * prng_next() - next number
 * @state: the generator's state, at first the seed
 *
 * Return: 64 random bits.
 */
u64 prng_next(u64 *state)
{
	u64 mixed = *state += 0x9e3779b97f4a7c15;

	mixed = (mixed ^ mixed >> 30) * 0xbf58476d1ce4e5b9;
	mixed = (mixed ^ mixed >> 27) * 0x94d049bb133111eb;

	return mixed ^ mixed >> 31;
}

/**
 * prng_below() - next number below a limit
 * @state: the generator's state
 * @limit: the limit, at least 1
 *
 * Return: 0 to @limit - 1.
 */
unsigned int prng_below(u64 *state, unsigned int limit)
{
	return (prng_next(state) >> 32) * limit >> 32;
}

/**
 * prng_chance() - whether something happens
 * @state: the generator's state; no number is drawn for what cannot happen
 * @odds: how likely it is, of %PRNG_CERTAIN
 *
 * Return: true if it does.
 */
bool prng_chance(u64 *state, u64 odds)
{
	return odds && prng_next(state) >> 32 < odds;
}
