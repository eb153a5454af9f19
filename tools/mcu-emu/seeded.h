/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Faults by chance
 *
 * Each kind of fault befalls a share of the bytes, or of the frames, or just the Nth frame. Bytes
 * and frames of both directions have generators of their own, so that a seed stands for the same
 * faults whenever the same frames are exchanged.
 */

#ifndef _MCU_EMU_SEEDED_H
#define _MCU_EMU_SEEDED_H

#include "prng.h"

/* What one byte may become. */
#define SEEDED_BYTE_MAX	2
#define SEEDED_BABBLE_MAX	16

/**
 * enum seeded_kind - kinds of faults; the first three befall bytes, the others frames
 * @SEEDED_FLIP: one bit of the byte is flipped
 * @SEEDED_LOSE: the byte is lost
 * @SEEDED_NOISE: a byte that nobody sent comes before it
 * @SEEDED_TWICE: the reply is sent twice
 * @SEEDED_LATE: the reply is held back
 * @SEEDED_SPLIT: the reply comes byte by byte, with pauses
 * @SEEDED_REFUSE8: the request is answered with '8' and not carried out
 * @SEEDED_REFUSE9: the same with '9'
 * @SEEDED_SILENCE: the MCU swallows this request and all that follow, for a while
 * @SEEDED_RESTART: the MCU restarts within this frame, and remembers what its LEDs and its fan do
 * @SEEDED_RESET: the MCU restarts within this frame, and forgets that
 * @SEEDED_BABBLE: some time after this reply come bytes that nobody asked for
 * @SEEDED_KINDS: number of kinds
 */
enum seeded_kind {
	SEEDED_FLIP,
	SEEDED_LOSE,
	SEEDED_NOISE,
	SEEDED_TWICE,
	SEEDED_LATE,
	SEEDED_SPLIT,
	SEEDED_REFUSE8,
	SEEDED_REFUSE9,
	SEEDED_SILENCE,
	SEEDED_RESTART,
	SEEDED_RESET,
	SEEDED_BABBLE,
	SEEDED_KINDS,
};

enum seeded_way {
	SEEDED_REQUEST,
	SEEDED_REPLY,
	SEEDED_WAYS,
};

/**
 * struct seeded - faults by chance
 * @random: generators, by direction
 * @odds: how likely each kind is, of %PRNG_CERTAIN
 * @time: nanoseconds that belong to it: how late, how long a pause, a silence, a restart, how
 *	  long after a reply babble may come
 * @nth_kind: kind that befalls the Nth frame
 * @nth: which frame, of those that it can befall, from 1; 0 for none
 * @nth_byte: which byte of that frame, from 0
 * @seen: how many frames there were that it could have befallen
 * @struck: whether the frame under way is the Nth, by direction
 * @count: how often each kind struck
 */
struct seeded {
	u64 random[SEEDED_WAYS];
	u64 odds[SEEDED_KINDS];
	u64 time[SEEDED_KINDS];
	enum seeded_kind nth_kind;
	unsigned int nth;
	unsigned int nth_byte;
	unsigned int seen;
	bool struck[SEEDED_WAYS];
	unsigned int count[SEEDED_KINDS];
};

const char *seeded_name(enum seeded_kind kind);
bool seeded_find(const char *name, size_t len, enum seeded_kind *kind);

void seeded_init(struct seeded *seeded);
void seeded_seed(struct seeded *seeded, u64 seed);
void seeded_calm(struct seeded *seeded);
void seeded_set_nth(struct seeded *seeded, enum seeded_kind kind, unsigned int nth,
		    unsigned int byte);

void seeded_begin(struct seeded *seeded, enum seeded_way way);
bool seeded_frame(struct seeded *seeded, enum seeded_way way, enum seeded_kind kind);
unsigned int seeded_cut(struct seeded *seeded, enum seeded_way way, enum seeded_kind kind,
			unsigned int len);
size_t seeded_byte(struct seeded *seeded, enum seeded_way way, unsigned int index, u8 byte,
		   u8 *out);

#endif /* _MCU_EMU_SEEDED_H */
