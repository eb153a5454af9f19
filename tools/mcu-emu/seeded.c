// SPDX-License-Identifier: GPL-2.0-only
/* Faults by chance: see seeded.h. */

#include <string.h>

#include "mcu.h"
#include "seeded.h"

/* A bit for each direction. */
#define REQUESTS	0x1
#define REPLIES		0x2

/* Name, what it can befall, time that belongs to it. */
static const struct {
	const char *name;
	unsigned int ways;
	u64 time;
} kinds[SEEDED_KINDS] = {
	[SEEDED_FLIP] = { "flip", REQUESTS | REPLIES, 0 },
	[SEEDED_LOSE] = { "lose", REQUESTS | REPLIES, 0 },
	[SEEDED_NOISE] = { "noise", REQUESTS | REPLIES, 0 },
	[SEEDED_TWICE] = { "twice", REPLIES, 0 },
	[SEEDED_LATE] = { "late", REPLIES, 700 * NSEC_PER_MSEC },
	[SEEDED_SPLIT] = { "split", REPLIES, 5 * NSEC_PER_MSEC },
	[SEEDED_REFUSE8] = { "refuse8", REQUESTS, 0 },
	[SEEDED_REFUSE9] = { "refuse9", REQUESTS, 0 },
	[SEEDED_SILENCE] = { "silence", REQUESTS, 5 * NSEC_PER_SEC },
	[SEEDED_RESTART] = { "restart", REQUESTS | REPLIES, 50 * NSEC_PER_MSEC },
	[SEEDED_RESET] = { "reset", REQUESTS | REPLIES, 50 * NSEC_PER_MSEC },
	[SEEDED_BABBLE] = { "babble", REPLIES, 50 * NSEC_PER_MSEC },
};

/**
 * seeded_name() - name of a kind of fault
 * @kind: the kind
 *
 * Return: the name.
 */
const char *seeded_name(enum seeded_kind kind)
{
	return kinds[kind].name;
}

/**
 * seeded_find() - look a kind of fault up
 * @name: its name, which may go on behind it
 * @len: length of the name
 * @kind: where to put the kind
 *
 * Return: false if there is none of that name.
 */
bool seeded_find(const char *name, size_t len, enum seeded_kind *kind)
{
	unsigned int i;

	for (i = 0; i < SEEDED_KINDS; i++) {
		if (strncmp(kinds[i].name, name, len) || kinds[i].name[len])
			continue;
		*kind = i;
		return true;
	}

	return false;
}

/**
 * seeded_init() - no faults, seed 0, the usual times
 * @seeded: the faults
 */
void seeded_init(struct seeded *seeded)
{
	unsigned int i;

	memset(seeded, 0, sizeof(*seeded));
	for (i = 0; i < SEEDED_KINDS; i++)
		seeded->time[i] = kinds[i].time;
	seeded_seed(seeded, 0);
}

/**
 * seeded_seed() - begin the generators anew
 * @seeded: the faults
 * @seed: the seed
 */
void seeded_seed(struct seeded *seeded, u64 seed)
{
	seeded->random[SEEDED_REQUEST] = seed;
	/* Far from the other one: neighbouring seeds must not share their numbers either. */
	seeded->random[SEEDED_REPLY] = ~prng_next(&seed);
}

/**
 * seeded_calm() - no more faults
 * @seeded: the faults
 */
void seeded_calm(struct seeded *seeded)
{
	memset(seeded->odds, 0, sizeof(seeded->odds));
	seeded->nth = 0;
}

/**
 * seeded_set_nth() - have a fault befall one frame
 * @seeded: the faults
 * @kind: the kind
 * @nth: which frame, of those that it can befall from now on, from 1; 0 for none
 * @byte: which byte of it, from 0; nothing happens to a frame that is shorter
 */
void seeded_set_nth(struct seeded *seeded, enum seeded_kind kind, unsigned int nth,
		    unsigned int byte)
{
	seeded->nth_kind = kind;
	seeded->nth = nth;
	seeded->nth_byte = byte;
	seeded->seen = 0;
}

/**
 * seeded_begin() - a frame begins
 * @seeded: the faults
 * @way: its direction
 */
void seeded_begin(struct seeded *seeded, enum seeded_way way)
{
	seeded->struck[way] = false;
	if (!seeded->nth || !(kinds[seeded->nth_kind].ways >> way & 1))
		return;
	seeded->seen++;
	seeded->struck[way] = seeded->seen == seeded->nth;
}

static bool strikes(struct seeded *seeded, enum seeded_way way, enum seeded_kind kind, bool due)
{
	const bool nth = due && seeded->struck[way] && seeded->nth_kind == kind;

	if (!prng_chance(&seeded->random[way], seeded->odds[kind]) && !nth)
		return false;
	seeded->count[kind]++;

	return true;
}

/**
 * seeded_frame() - whether a fault befalls the frame that has begun
 * @seeded: the faults
 * @way: its direction
 * @kind: a kind that befalls frames of this direction
 *
 * Return: true if it does.
 */
bool seeded_frame(struct seeded *seeded, enum seeded_way way, enum seeded_kind kind)
{
	return strikes(seeded, way, kind, true);
}

/**
 * seeded_cut() - where a fault cuts the frame that it befalls
 * @seeded: the faults
 * @way: its direction
 * @kind: the kind that befalls it
 * @len: how long the frame is, at least 1
 *
 * Return: how many bytes are left of the frame.
 */
unsigned int seeded_cut(struct seeded *seeded, enum seeded_way way, enum seeded_kind kind,
			unsigned int len)
{
	if (seeded->struck[way] && seeded->nth_kind == kind)
		return seeded->nth_byte < len ? seeded->nth_byte : len - 1;

	return prng_below(&seeded->random[way], len);
}

/**
 * seeded_byte() - what becomes of a byte of the frame that has begun
 * @seeded: the faults
 * @way: its direction
 * @index: which byte it is, from 0
 * @byte: the byte
 * @out: what arrives, at most %SEEDED_BYTE_MAX bytes
 *
 * Return: how many bytes arrive.
 */
size_t seeded_byte(struct seeded *seeded, enum seeded_way way, unsigned int index, u8 byte,
		   u8 *out)
{
	const bool due = index == seeded->nth_byte;
	size_t len = 0;

	if (strikes(seeded, way, SEEDED_NOISE, due))
		out[len++] = prng_next(&seeded->random[way]);
	if (strikes(seeded, way, SEEDED_LOSE, due))
		return len;
	if (strikes(seeded, way, SEEDED_FLIP, due))
		byte ^= 1 << prng_below(&seeded->random[way], 8);
	out[len++] = byte;

	return len;
}
