// SPDX-License-Identifier: GPL-2.0-only
/*
 * mkqnapimg: AES-256 in XTS mode, as dm-crypt encrypts a sector (FIPS 197, IEEE 1619)
 *
 * Only what encrypts, and not fast: a test needs no library for this.
 */

#include "gen.h"

#define BLOCK	16
#define ROUNDS	14
#define KEY	32

static u8 sbox[256];

static u8 doubled(u8 value)
{
	return value << 1 ^ (value & 0x80 ? 0x1b : 0);
}

static u8 rotated(u8 value, int by)
{
	return value << by | value >> (8 - by);
}

/* Walks through all numbers as powers of 3, and through their inverses at the same time. */
static void fill_sbox(void)
{
	u8 p = 1, q = 1;

	do {
		p ^= doubled(p);
		q ^= q << 1;
		q ^= q << 2;
		q ^= q << 4;
		q ^= q & 0x80 ? 0x09 : 0;
		sbox[p] = q ^ rotated(q, 1) ^ rotated(q, 2) ^ rotated(q, 3) ^ rotated(q, 4) ^ 0x63;
	} while (p != 1);
	sbox[0] = 0x63;
}

static void expand(const u8 *key, u8 *schedule)
{
	u8 constant = 1;

	memcpy(schedule, key, KEY);
	for (unsigned int i = KEY; i < BLOCK * (ROUNDS + 1); i += 4) {
		u8 word[4];

		memcpy(word, schedule + i - 4, 4);
		for (unsigned int b = 0; b < 4 && i % BLOCK == 0; b++)
			word[b] = sbox[schedule[i - 4 + (i % KEY ? b : (b + 1) % 4)]];
		if (i % KEY == 0) {
			word[0] ^= constant;
			constant = doubled(constant);
		}
		for (unsigned int b = 0; b < 4; b++)
			schedule[i + b] = schedule[i + b - KEY] ^ word[b];
	}
}

static void mix_column(u8 *c)
{
	const u8 all = c[0] ^ c[1] ^ c[2] ^ c[3], first = c[0];

	for (unsigned int i = 0; i < 4; i++)
		c[i] ^= all ^ doubled(c[i] ^ (i < 3 ? c[i + 1] : first));
}

static void encrypt(const u8 *schedule, u8 *block)
{
	u8 moved[BLOCK];

	for (unsigned int round = 0; round <= ROUNDS; round++, schedule += BLOCK) {
		for (unsigned int i = 0; round && i < BLOCK; i++)
			moved[i] = sbox[block[(i + i % 4 * 4) % BLOCK]];
		if (round)
			memcpy(block, moved, BLOCK);
		for (unsigned int i = 0; i < BLOCK && round && round < ROUNDS; i += 4)
			mix_column(block + i);
		for (unsigned int i = 0; i < BLOCK; i++)
			block[i] ^= schedule[i];
	}
}

static void next_tweak(u8 *tweak)
{
	const u8 carry = tweak[BLOCK - 1] & 0x80 ? 0x87 : 0;

	for (int i = BLOCK - 1; i; i--)
		tweak[i] = tweak[i] << 1 | tweak[i - 1] >> 7;
	tweak[0] = tweak[0] << 1 ^ carry;
}

/* Encrypts a sector in place. The key is two keys: one for the data, one for the number. */
void xts_encrypt(const u8 *key, u64 number, u8 *sector)
{
	static u8 data_schedule[BLOCK * (ROUNDS + 1)], tweak_schedule[BLOCK * (ROUNDS + 1)];
	u8 tweak[BLOCK] = { };

	if (!sbox[0]) {
		fill_sbox();
		expand(key, data_schedule);
		expand(key + KEY, tweak_schedule);
	}
	put64(tweak, number);
	encrypt(tweak_schedule, tweak);
	for (u8 *block = sector; block < sector + SECTOR; block += BLOCK) {
		for (unsigned int i = 0; i < BLOCK; i++)
			block[i] ^= tweak[i];
		encrypt(data_schedule, block);
		for (unsigned int i = 0; i < BLOCK; i++)
			block[i] ^= tweak[i];
		next_tweak(tweak);
	}
}
